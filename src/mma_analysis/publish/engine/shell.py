"""An IPython shell that runs cells and keeps what they show, where a kernel would send it."""

import atexit
import io
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from traitlets import Type
from traitlets.config import Config

from mma_analysis.publish.engine.recording import Recorder, Stream


class _Publisher(DisplayPublisher):
    """Keeps what `display` shows."""

    shell: Any

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *unused: Any,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        display_id = (transient or {}).get("display_id")
        if update and display_id:
            self.shell.recorder.update(data, metadata, display_id)
        else:
            self.shell.recorder.show("display_data", data, metadata, display_id)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear(wait)


class _Hook(DisplayHook):
    """Keeps the value of the last expression of a cell."""

    shell: Any

    def write_output_prompt(self) -> None:
        """Show no prompt: the count is part of the output."""

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        self.shell.recorder.show(
            "execute_result", format_dict, md_dict, execution_count=self.prompt_count
        )

    def finish_displayhook(self) -> None:
        self._is_active = False


class Shell(InteractiveShell):
    """Runs one cell after another in one namespace, as the kernel of a notebook does."""

    displayhook_class: Any = Type(_Hook)
    display_pub_class: Any = Type(_Publisher)
    recorder: Recorder

    def __init__(self, **kwargs: Any) -> None:
        self.recorder = Recorder()
        super().__init__(**kwargs)

    def run(self, source: str) -> tuple[list[NotebookNode], int]:
        """Run one cell.

        Returns
        -------
        tuple[list[NotebookNode], int]
            Its outputs, an error among them when it failed, and its number.
        """
        outputs = self.recorder.begin_cell()
        number = self.execution_count
        usual = sys.stdin, sys.stdout, sys.stderr
        sys.stdin = io.StringIO()  # nobody answers
        sys.stdout, sys.stderr = Stream("stdout", self.recorder), Stream("stderr", self.recorder)
        try:
            self.run_cell(source, store_history=True)
        finally:
            sys.stdin, sys.stdout, sys.stderr = usual
        return outputs, number

    def ask_exit(self) -> None:
        """Go on after `exit()`: the process may have other notebooks to run."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.recorder.fail(str(etype.__name__), str(evalue), list(stb))

    def enable_gui(self, gui: Any = None) -> None:
        """Leave windows alone: a page has none."""


@contextmanager
def started_shell() -> Iterator[Shell]:
    """A new shell, which is the one that `get_ipython` and `display` know as long as it lives."""
    before = InteractiveShell._instance if InteractiveShell.initialized() else None
    main = sys.modules["__main__"]
    InteractiveShell.clear_instance()
    with tempfile.TemporaryDirectory(prefix="mma-ipython-") as folder:
        config = Config(HistoryManager={"enabled": False, "hist_file": ":memory:"})
        shell = Shell.instance(config=config, ipython_dir=folder)
        try:
            yield shell
        finally:
            # Else every shell lives as long as its worker, which cleans them all up at its end.
            atexit.unregister(shell.atexit_operations)
            shell.user_ns.clear()
            Shell.clear_instance()
            sys.modules["__main__"] = main
            if before is not None:
                kinds: Any = type(before)
                for kind in kinds._walk_mro():
                    kind._instance = before


def language_info() -> dict[str, Any]:
    """What a kernel says of its language, and a notebook keeps."""
    return {
        "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": platform.python_version(),
    }
