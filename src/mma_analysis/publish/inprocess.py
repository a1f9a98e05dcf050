"""`papermill --engine mma`: a notebook cell by cell in this very process, without a kernel.

Papermill imports this module while it imports its own: import papermill, and not this.
"""

import io
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from traitlets.config import Config


class InProcess(Engine):
    """Run a notebook in this process, which is to be a fresh one, with the outputs of a kernel.

    Not in them is what is written past Python, straight to the file descriptors of the process.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, execution_timeout: float | None = None, **unused: Any
    ) -> None:
        """Run every cell; stop at the first that fails, unless it is tagged `raises-exception`.

        Raises
        ------
        ValueError
            When there is a limit of time per cell: only the process as a whole can be ended.
        """
        if execution_timeout is not None:
            raise ValueError("the engine 'mma' has no limit of time per cell: leave it out")
        import plotly.io

        plotly.io.renderers.default = "plotly_mimetype"  # imported without a kernel, it shows none
        ZMQInteractiveShell.clear_instance()
        with tempfile.TemporaryDirectory(prefix="mma-ipython-") as folder:
            config = Config(HistoryManager={"enabled": False})
            client = _Client(nb_man)
            client.shell = ZMQInteractiveShell.instance(config=config, ipython_dir=folder)
            client.papermill_execute_cells()


class _Client(PapermillNotebookClient):
    """Papermill's way through a notebook, with only the shell of a kernel."""

    shell: Any

    def execute_cell(self, cell: NotebookNode, cell_index: int, **unused: Any) -> NotebookNode:
        tags = cell.metadata.get("tags", [])
        is_code = cell.cell_type == "code" and cell.source.strip()
        if not is_code or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs, cell.execution_count = [], self.shell.execution_count
        self.clear_before_next_output = False
        session = _Session()
        session.tell = lambda message: self.process_message(message, cell, cell_index)
        self.shell.displayhook.session = self.shell.display_pub.session = session
        out, err = _Stream("stdout", session), _Stream("stderr", session)
        with redirect_stdout(out), redirect_stderr(err):
            is_well = self.shell.run_cell(cell.source, store_history=True).success
        if not is_well and "raises-exception" not in tags:
            error = next(one for one in reversed(cell.outputs) if one.output_type == "error")
            raise CellExecutionError("\n".join(error.traceback), error.ename, error.evalue)
        return cell

    def output(self, outs: list[NotebookNode], msg: dict[str, Any], *at: Any) -> Any:
        """Write an output down; what is printed in one go is one output."""
        last = outs[-1] if outs and not self.clear_before_next_output else {}
        if msg["msg_type"] == "stream" and last.get("name") == msg["content"]["name"]:
            last["text"] += msg["content"]["text"]
            return last
        return super().output(outs, msg, *at)


class _Session(Session):
    """Hands over the messages that a kernel would send over a socket."""

    tell: Any

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *at: Any, **to: Any) -> Any:
        message = self.msg(msg_or_type, content) if content is not None else msg_or_type
        self.tell(self.unpack(self.pack(message)))


class _Stream(io.TextIOBase):
    def __init__(self, name: str, session: Session) -> None:
        self._name, self._session = name, session

    def write(self, text: str) -> int:
        if text:
            self._session.send(None, "stream", {"name": self._name, "text": text})
        return len(text)
