"""What a notebook shows, written down as the outputs of its cells."""

import base64
import io
import json
import re
from typing import Any

from jupyter_client.jsonutil import json_default
from nbformat import NotebookNode

# Half a sign: what Python makes of a byte that is no text. It cannot be written as UTF-8.
HALF_A_SIGN = re.compile("[\ud800-\udfff]")
NO_SIGN = "\ufffd"


class Shown(NotebookNode):
    """What was shown as JSON: nobody changes it any more, so copies of a notebook share it.

    A notebook is copied whole before it is written, and nearly all of it is figures.
    """

    def __deepcopy__(self, memo: Any) -> "Shown":
        return self


class Recorder:
    """The outputs of the cell that is running, in the order in which they came."""

    def __init__(self) -> None:
        self._outputs: list[NotebookNode] = []
        self._by_id: dict[str, list[NotebookNode]] = {}
        self._is_to_be_cleared = False

    def begin_cell(self) -> list[NotebookNode]:
        """Start a new cell; what it shows comes in the list that is returned."""
        self._outputs, self._is_to_be_cleared = [], False
        return self._outputs

    def write(self, stream: str, text: str) -> None:
        """Add to what was printed; what is printed in one go is one output."""
        last = self._outputs[-1] if self._outputs and not self._is_to_be_cleared else None
        if last is not None and last.output_type == "stream" and last.name == stream:
            last.text += text
        else:
            self._add("stream", {"name": stream, "text": text})

    def show(
        self, kind: str, data: Any, metadata: Any, display_id: str | None = None, **more: Any
    ) -> None:
        """Add something shown: `display_data`, or the `execute_result` of the cell."""
        content = {"data": _bundle(data), "metadata": _as_json(metadata or {}), **more}
        output = self._add(kind, content)
        if display_id:
            self._by_id.setdefault(display_id, []).append(output)

    def update(self, data: Any, metadata: Any, display_id: str) -> None:
        """Replace what was shown under this id, also in earlier cells."""
        for output in self._by_id.get(display_id, []):
            output.data, output.metadata = _bundle(data), _as_json(metadata or {})

    def fail(self, ename: str, evalue: str, traceback: list[str]) -> None:
        """Add an error."""
        self._add("error", {"ename": ename, "evalue": evalue, "traceback": traceback})

    def clear(self, wait: bool) -> None:
        """Take away what the cell showed; when waiting, only as soon as something new comes."""
        self._is_to_be_cleared = wait
        if not wait:
            self._outputs.clear()

    def _add(self, kind: str, content: dict[str, Any]) -> NotebookNode:
        if self._is_to_be_cleared:
            self.clear(wait=False)
        # What is inside stays as it is: as nodes of a notebook, a figure is slow to copy.
        output = NotebookNode(output_type=kind, **content)
        self._outputs.append(output)
        return output


class Stream(io.TextIOBase):
    """What stands in for `sys.stdout` or `sys.stderr` while a cell runs."""

    encoding = "utf-8"

    def __init__(self, name: str, recorder: Recorder) -> None:
        self._name, self._recorder = name, recorder

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Record the text."""
        if text:
            self._recorder.write(self._name, _whole(text))
        return len(text)


def _bundle(data: Any) -> NotebookNode:
    """What is shown, by its kind."""
    kinds = _as_json(data).items()
    return NotebookNode(
        {k: Shown(shown) if isinstance(shown, dict) else shown for k, shown in kinds}
    )


def _as_json(content: Any) -> Any:
    """The content as it comes out of a kernel, whose messages are JSON."""
    return json.loads(_whole(json.dumps(content, default=_plain, ensure_ascii=False)))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return json_default(value)


def _whole(text: str) -> str:
    return text if text.isascii() else HALF_A_SIGN.sub(NO_SIGN, text)
