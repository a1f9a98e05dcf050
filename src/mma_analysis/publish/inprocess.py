"""`papermill --engine mma`: a notebook in this very process, without a kernel."""

import io
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell
from jupyter_client.session import Session, json_packer, json_unpacker
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine  # imports this module: import papermill, and not this
from traitlets.config import Config


class InProcess(Engine):
    """Run a notebook in this process, which is a fresh one, with a kernel's outputs."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        **options: Any,
    ) -> None:
        """Run every cell; stop at one that fails without the tag `raises-exception`."""
        import plotly.io

        # Imported without a kernel, it shows no figure.
        plotly.io.renderers.default = "plotly_mimetype"
        ZMQInteractiveShell.clear_instance()
        with tempfile.TemporaryDirectory(prefix="mma-ipython-") as folder:
            shell: Any = ZMQInteractiveShell.instance(
                compiler_class=XCachingCompiler,
                config=Config(HistoryManager={"enabled": False}),
                ipython_dir=folder,
            )
            session = _Session()
            shell.displayhook.session = session
            shell.display_pub.session = session
            # Those of a kernel ask a kernel.
            shell.user_ns |= {"exit": sys.exit, "quit": sys.exit}
            _Client(nb_man).papermill_execute_cells()


class _Client(PapermillNotebookClient):
    """Papermill's way through a notebook, with only the shell of a kernel."""

    def execute_cell(
        self,
        cell: NotebookNode,
        cell_index: int,
        **unused: Any,
    ) -> NotebookNode:
        tags = cell.metadata.get("tags", [])
        has_code = cell.cell_type == "code" and bool(cell.source.strip())
        if not has_code or self.skip_cells_with_tag in tags:
            return cell
        shell: Any = ZMQInteractiveShell.instance()
        session = shell.displayhook.session
        session.tell = lambda message: self.process_message(message, cell, cell_index)
        cell.outputs = []
        cell.execution_count = shell.execution_count
        self.clear_before_next_output = False

        printed = _Stream("stdout", session)
        complaints = _Stream("stderr", session)
        with redirect_stdout(printed), redirect_stderr(complaints):
            result = shell.run_cell(cell.source, store_history=True)
        if not result.success and "raises-exception" not in tags:
            error = _error_of(cell)
            raise CellExecutionError("\n".join(error.traceback), error.ename, error.evalue)
        return cell

    def output(self, outs: Any, msg: Any, display_id: str | None, cell_index: int) -> None:
        """Write down what is printed in one go as one output."""
        goes_on = msg["msg_type"] == "stream" and not self.clear_before_next_output
        if goes_on and outs and outs[-1].get("name") == msg["content"]["name"]:
            outs[-1].text += msg["content"]["text"]
        else:
            super().output(outs, msg, display_id, cell_index)


def _error_of(cell: NotebookNode) -> NotebookNode:
    """The last error of a cell; of a magic that is not there IPython only prints."""
    errors = [one for one in cell.outputs if one.output_type == "error"]
    if errors:
        return errors[-1]
    printed = [one.get("text", "") for one in cell.outputs]
    said = "".join(printed).strip()
    error = new_output("error", ename="UsageError", evalue=said, traceback=[said])
    cell.outputs = [error]
    return error


class _Session(Session):
    """Hands over the messages that a kernel would send over a socket."""

    tell: Any

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        *at: Any,
        **to: Any,
    ) -> Any:
        message = self.msg(msg_or_type, content) if content else msg_or_type
        self.tell(json_unpacker(json_packer(message)))


class _Stream(io.TextIOBase):
    def __init__(self, name: str, session: Session) -> None:
        self._name = name
        self._session = session

    def write(self, text: str) -> int:
        self._session.send(None, "stream", {"name": self._name, "text": text})
        return len(text)
