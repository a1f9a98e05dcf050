"""`papermill --engine mma`: a notebook cell by cell in this very process, without a kernel."""

import io
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
    """Run a notebook in this process, which is to be a fresh one, with the outputs of a kernel."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run every cell; stop at the first that fails, unless it is tagged `raises-exception`."""
        import plotly.io

        plotly.io.renderers.default = "plotly_mimetype"  # imported without a kernel, it shows none
        ZMQInteractiveShell.clear_instance()
        with tempfile.TemporaryDirectory(prefix="mma-ipython-") as folder:
            given = {"config": Config(HistoryManager={"enabled": False}), "ipython_dir": folder}
            shell: Any = ZMQInteractiveShell.instance(compiler_class=XCachingCompiler, **given)
            shell.displayhook.session = shell.display_pub.session = _Session()
            _Client(nb_man).papermill_execute_cells()


class _Client(PapermillNotebookClient):
    """Papermill's way through a notebook, with only the shell of a kernel."""

    def execute_cell(self, cell: NotebookNode, cell_index: int, **unused: Any) -> NotebookNode:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        shell: Any = ZMQInteractiveShell.instance()
        session = shell.displayhook.session
        session.tell = lambda message: self.process_message(message, cell, cell_index)
        cell.outputs, cell.execution_count = [], shell.execution_count
        self.clear_before_next_output = False
        out, err = _Stream("stdout", session), _Stream("stderr", session)
        with redirect_stdout(out), redirect_stderr(err):
            is_well = shell.run_cell(cell.source, store_history=True).success
        if not is_well and "raises-exception" not in tags:
            # Of a magic that is not there IPython only prints.
            if not any(one.output_type == "error" for one in cell.outputs):
                said = "".join(one.get("text", "") for one in cell.outputs).strip()
                words = {"ename": "UsageError", "evalue": said, "traceback": [said]}
                cell.outputs = [new_output("error", **words)]
            error = next(one for one in reversed(cell.outputs) if one.output_type == "error")
            raise CellExecutionError("\n".join(error.traceback), error.ename, error.evalue)
        return cell

    def output(self, outs: Any, msg: Any, display_id: str | None, cell_index: int) -> None:
        """Write down what is printed in one go as one output."""
        goes_on = msg["msg_type"] == "stream" and not self.clear_before_next_output
        if goes_on and outs and outs[-1].get("name") == msg["content"]["name"]:
            outs[-1].text += msg["content"]["text"]
        else:
            super().output(outs, msg, display_id, cell_index)


class _Session(Session):
    """Hands over the messages that a kernel would send over a socket."""

    tell: Any

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *at: Any, **to: Any) -> Any:
        message = self.msg(msg_or_type, content) if content else msg_or_type
        self.tell(json_unpacker(json_packer(message)))


class _Stream(io.TextIOBase):
    def __init__(self, name: str, session: Session) -> None:
        self._name, self._session = name, session

    def write(self, text: str) -> int:
        self._session.send(None, "stream", {"name": self._name, "text": text})
        return len(text)
