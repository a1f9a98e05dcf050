"""`mma`: the commands. Each is a few lines around one function."""

import gc
import signal
import sys

from rich.markup import escape

from mma_analysis.cli import editions, pages, sending  # noqa: F401
from mma_analysis.cli.console import Given, app, err, speak_utf8
from mma_analysis.vocabulary import MmaError, UsageError

__all__ = ["app", "main"]

FAILED, WRONG_USE, WAITS, INTERRUPTED = 1, 2, 3, 130
NOTHING_HALF = "nothing half made was put in its place"
# Python looks for circles among objects a tenth of its time, and tables hold none.
BETWEEN_LOOKS = 100_000


def main() -> None:
    """Run a command; errors have no traceback, unless --debug asks for it."""
    gc.set_threshold(BETWEEN_LOOKS)
    speak_utf8()
    _end_as_after_ctrl_c()
    # Python would import the program that asks for a process in that process once more.
    vars(sys.modules["__main__"]).pop("__file__", None)
    given = Given()
    try:
        app(obj=given)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # typer makes this of Ctrl-C, without a word
            err.print(f"interrupted; {NOTHING_HALF}")
        raise
    except Exception as error:
        if given.debug:
            raise
        err.print(f"[red]error:[/] {escape(_explained(error))}")
        sys.exit(_exit_code(error))


def _exit_code(error: Exception) -> int:
    from mma_analysis.audit import NotReleasedError

    if isinstance(error, NotReleasedError):
        return WAITS
    return WRONG_USE if isinstance(error, UsageError) else FAILED


def _end_as_after_ctrl_c() -> None:
    """Clean up too when a closing system or terminal ends the program; `nohup` stays what it is."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _explained(error: Exception) -> str:
    """What a person can do with an error; of a fault of ours only its kind: its text may quote."""
    from mma_analysis.storage import NO_ROOM

    if isinstance(error, MmaError):
        return str(error)
    if isinstance(error, OSError) and (error.filename or error.errno in NO_ROOM):
        where = error.filename or "a disk"  # who writes to a file that is open is not told its name
        room = "Make room and run" if error.errno in NO_ROOM else "Mend that and run"
        return f"{where}: {error.strerror}; {NOTHING_HALF}. {room} again"
    return (
        f"{type(error).__name__}: this is a fault of mma-analysis, and {NOTHING_HALF}; "
        "please report it with what --debug shows, without anything from a melding"
    )
