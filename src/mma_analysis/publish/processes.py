"""Many jobs side by side, each in a fresh process: on this machine, or on a Dask cluster."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ThreadPoolExecutor, wait
from contextlib import ExitStack
from multiprocessing import connection, resource_tracker
from typing import Any

from mma_analysis.vocabulary import DataError

WARM = "mma_analysis.publish.warm"  # imported once, by the process that all others are forked from
Do = Callable[[Any], Any]


def each(
    do: Do, jobs: Sequence[Any], at_a_time: int | None, seconds: float = 600, scheduler: str = ""
) -> Iterator[tuple[Any, Any, BaseException | None]]:
    """Do every job in a fresh process; give each with its result, or the error in its place.

    A job that raises, takes more seconds, or whose process dies, is the only one that fails. `do`
    is a function of a module; jobs and results can be pickled. `scheduler` is the address of a Dask
    cluster whose workers see the same files; this machine when empty.
    """
    stop: Any = None
    with ExitStack() as at_the_end:
        if scheduler:
            from distributed import Client

            client = at_the_end.enter_context(Client(scheduler))
            executor: Executor = client.get_executor(pure=False)
        else:
            # Signals are for the main thread: none of these is broken off while it starts a process
            executor = ThreadPoolExecutor(at_a_time or os.cpu_count(), initializer=_deaf)
            stop, stopper = multiprocessing.Pipe(duplex=False)
            at_the_end.callback(executor.shutdown, cancel_futures=True)
            at_the_end.callback(stopper.close)  # now `stop` can be read: no thread waits any more
        todo = {executor.submit(alone, do, job, seconds, stop): job for job in jobs}
        while todo:
            done, _ = wait(todo, seconds + 60, FIRST_COMPLETED)
            if not done or any(future.cancelled() for future in done):
                raise DataError.of("scheduler_gone", address=scheduler)
            for future in done:
                error = future.exception()
                yield todo.pop(future), None if error else future.result(), error


def alone(do: Do, job: Any, seconds: float, stop: Any = None) -> Any:
    """Do one job in a fresh process, here or on a worker; it is ended when `stop` can be read."""
    context: Any = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    context.set_forkserver_preload([WARM])
    multiprocessing.current_process().daemon = False  # a worker is one, and those may start none
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(theirs, do, job))
    process.start()
    theirs.close()
    try:
        if ours not in connection.wait([ours, stop] if stop else [ours], seconds):
            raise DataError.of("took_too_long", seconds=f"{seconds:g}")
        result, error = ours.recv()
    except (EOFError, OSError):
        raise DataError.of("process_ended") from None
    finally:
        process.kill()
        process.join()
        ours.close()
    if error:
        raise error
    return result


def _deaf() -> None:
    """Let what this thread starts not hear Ctrl-C, which a terminal sends to all of us."""
    if sys.platform != "win32":
        resource_tracker.ensure_running()  # when it is started it lets Ctrl-C through again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _serve(pipe: connection.Connection, do: Do, job: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    try:
        __import__(WARM)  # in a forked process it is there already
        answer = (do(job), None)
    except Exception as error:
        words = f"{error}" or type(error).__name__
        answer = (None, error if isinstance(error, OSError) else DataError(words))
    try:
        pipe.send(answer)
    finally:
        os._exit(0)  # nothing is left to clean up; and who asked may be gone


def _end_with_who_asked() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)
