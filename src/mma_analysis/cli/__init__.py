"""`mma`: the commands. Each is a few lines around one function."""

import gc
import signal
import sys

from typer import Abort
from typer.exceptions import TyperException

from mma_analysis.cli import editions, pages, sending  # noqa: F401
from mma_analysis.cli.console import Given, app, asked_wrongly, fail, speak_utf8
from mma_analysis.vocabulary import MmaError, UsageError, message

__all__ = ["app", "main"]

FAILED, WRONG_USE, WAITS, INTERRUPTED = 1, 2, 3, 130
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
        # Completion by a shell ends by itself.
        code = app(obj=given, standalone_mode=False)
    except Abort:
        code = INTERRUPTED
    except Exception as error:
        if given.debug and not isinstance(error, TyperException):
            raise
        fail(given, _explained(error), _exit_code(error))
    if code == INTERRUPTED:  # typer makes this of Ctrl-C, without a word
        fail(given, message("interrupted"), INTERRUPTED)
    sys.exit(code)


def _exit_code(error: Exception) -> int:
    from mma_analysis.audit import NotReleasedError

    if isinstance(error, NotReleasedError):
        return WAITS
    return WRONG_USE if isinstance(error, (UsageError, TyperException)) else FAILED


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
    if isinstance(error, TyperException):
        return asked_wrongly(error)
    if isinstance(error, OSError) and (error.filename or error.errno in NO_ROOM):
        # Who writes to a file that is open is not told its name.
        where = {"where": error.filename or message("a_disk"), "what": error.strerror}
        return message("no_room" if error.errno in NO_ROOM else "not_written", **where)
    return message("our_fault", kind=type(error).__name__)
