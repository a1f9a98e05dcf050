"""How a warm process begins: with nothing of the program that asks, and not broken off halfway."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType

# Libraries start threads of their own, for arithmetic and for memory; a process is forked safely
# without them.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# Where plotly shows the figures of who explores. A name that it does not know stops its import.
RENDERER = "PLOTLY_RENDERER"


@contextmanager
def bare() -> Iterator[None]:
    """Let a process begin with no thread but its own, and without the program that asks for it.

    Python would import that program in it once more: our jobs need nothing of it. Nor do pages
    depend on where somebody likes to see figures.
    """
    before = {name: os.environ.get(name) for name in (*ONE_THREAD, RENDERER)}
    main = sys.modules["__main__"]
    os.environ.update(ONE_THREAD)
    os.environ.pop(RENDERER, None)
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def whole() -> Iterator[None]:
    """Let Ctrl-C wait until a process has begun; it breaks off what comes after.

    A terminal sends it to the process that begins as well, and to the server that forks: those
    would say on the screen where they were. They begin deaf to it (see `deaf`). A second Ctrl-C
    does not wait: what begins may hang.
    """
    if threading.current_thread() is not threading.main_thread():  # signals come in that one only
        yield
        return
    asked: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, wait)
    try:
        with _born_deaf():
            yield
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        signal.raise_signal(signal.SIGINT)


@contextmanager
def _born_deaf() -> Iterator[None]:
    """Hold Ctrl-C back in every process that begins here, from its first instruction."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: Ctrl-C goes to all that share the screen
        yield
        return
    from multiprocessing import resource_tracker  # not on Windows

    resource_tracker.ensure_running()  # when it is started it lets Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def deaf() -> None:
    """In the process: what Ctrl-C means is for the process that asked.

    What was held back is dropped, and a kernel that is started here hears its own again.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
