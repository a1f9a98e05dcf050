"""Papermill's engine of ours: a notebook cell by cell, without a kernel beside it."""

import signal
import threading
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode

# Papermill imports this module while it imports its own: nothing else of it is there yet.
from papermill.engines import Engine, NotebookExecutionManager

MAY_FAIL, SKIPPED = "raises-exception", "skip-execution"
# What a notebook shows is caught for the process as a whole.
_one_at_a_time = threading.RLock()


class MmaEngine(Engine):
    """Run a notebook in this process: the same cells, parameters and outputs as in a kernel.

    Each notebook gets a namespace of its own, and what it changes of the process (options of
    pandas and plotly, random numbers, working directory, environment, warnings) is put back after
    it. Not in the outputs, other than in a kernel, is what is written past Python, straight to the
    file descriptors of the process; and nobody answers `input()`. In one process notebooks wait for
    each other; where an event loop runs, as in Jupyter, a cell cannot `await`. An error has the
    words of a kernel, in other colours.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        execution_timeout: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Run every cell; stop at the first that fails, unless it is tagged `raises-exception`.

        Raises
        ------
        CellTimeoutError
            When a cell takes more than `execution_timeout` seconds.
        RuntimeError
            When there is such a limit outside the main thread: no other can be interrupted.
        """
        del kernel_name, kwargs
        from mma_analysis.publish.engine.shell import language_info, started_shell
        from mma_analysis.publish.engine.state import restored

        with _one_at_a_time, restored(), started_shell() as shell:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                try:
                    if _is_to_run(cell):
                        with _at_most(execution_timeout, cell):
                            cell.outputs, cell.execution_count = shell.run(cell.source)
                        _refuse_error(cell)
                except CellExecutionError as error:
                    nb_man.cell_exception(cell, cell_index=index, exception=error)
                    break
                finally:
                    nb_man.cell_complete(cell, cell_index=index)
            nb_man.nb.metadata["language_info"] = language_info()


def _is_to_run(cell: NotebookNode) -> bool:
    is_code = cell.cell_type == "code" and bool(cell.source.strip())
    return is_code and SKIPPED not in cell.metadata.get("tags", [])


def _refuse_error(cell: NotebookNode) -> None:
    if MAY_FAIL in cell.metadata.get("tags", []):
        return
    for output in cell.outputs:
        if output.output_type == "error":
            raise CellExecutionError(
                "\n".join(output.traceback), ename=output.ename, evalue=output.evalue
            )


@contextmanager
def _at_most(seconds: float | None, cell: NotebookNode) -> Iterator[None]:
    """Interrupt what runs in the block, as Ctrl-C would, when it takes longer."""
    if seconds is None:
        yield
        return
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError(
            "the engine 'mma' can limit the time of a cell in the main thread only; leave out "
            "execution_timeout, or use papermill's own engine"
        )
    is_late = threading.Event()
    timer = threading.Timer(seconds, lambda: (is_late.set(), interrupt_main()))
    timer.daemon = True
    # Below nohup, or in the background of a script, this signal is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        # The interrupt may come just when the cell is done.
        if not is_late.is_set():
            raise
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    if is_late.is_set():
        raise CellTimeoutError.error_from_timeout_and_cell(
            "the cell did not end in time", int(seconds), cell
        )
