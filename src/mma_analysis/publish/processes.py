"""Many jobs side by side, each in a fresh process: on this machine, or on a Dask cluster."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from multiprocessing import connection
from typing import Any

from mma_analysis.domain import NO_ROOM, MmaError

SECONDS = 600.0
# Imported once, by the process that all others are forked from.
WARM = "mma_analysis.publish.warm"


def each(
    do: Callable[[Any], Any],
    jobs: Sequence[Any],
    at_a_time: int | None = None,
    seconds: float = SECONDS,
    scheduler: str = "",
) -> Iterator[tuple[Any, Any, Exception | None]]:
    """Do every job in a fresh process; give each with its result, or the error in its place.

    A job that raises, takes more seconds, or whose process dies, is the only one that fails.

    Parameters
    ----------
    do
        A function of a module; jobs and results can be pickled.
    scheduler
        Address of a Dask cluster whose workers see the same files; this machine when empty.
    """
    if scheduler:
        from distributed import Client

        with Client(scheduler) as client:
            yield from _done(client.get_executor(pure=False), do, jobs, seconds)
        return
    # Each thread waits for one process. None is ever broken off while it starts one: signals are
    # for the main thread.
    threads = futures.ThreadPoolExecutor(at_a_time or os.cpu_count(), initializer=_deaf)
    stop, stopper = multiprocessing.Pipe(duplex=False)
    try:
        yield from _done(threads, do, jobs, seconds, stop)
    finally:
        stopper.close()  # now `stop` can be read: nobody waits any more
        threads.shutdown(cancel_futures=True)


def _done(
    executor: futures.Executor, do: Any, jobs: Sequence[Any], seconds: float, stop: Any = None
) -> Iterator[tuple[Any, Any, Exception | None]]:
    todo = {executor.submit(alone, do, job, seconds, stop): job for job in jobs}
    while todo:
        done, _ = futures.wait(todo, seconds + 60, futures.FIRST_COMPLETED)
        if not done or any(future.cancelled() for future in done):
            raise MmaError(
                "the scheduler or the last worker is gone or does not answer; nothing was "
                "changed. Start it again and run again"
            )
        for future in done:
            error = future.exception()
            yield todo.pop(future), None if error else future.result(), error


def alone(do: Callable[[Any], Any], job: Any, seconds: float, stop: Any = None) -> Any:
    """Do one job in a fresh process, which ends when `stop` can be read; here or on a worker."""
    context: Any = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    if sys.platform == "linux":
        context.set_forkserver_preload([WARM])
    multiprocessing.current_process().daemon = False  # a worker is one, and those may start none
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(theirs, do, job))
    process.start()
    theirs.close()
    try:
        if ours not in connection.wait([ours, stop] if stop else [ours], seconds):
            raise MmaError(f"it took more than {seconds:g} seconds")
        result, error = ours.recv()
    except (EOFError, OSError):
        raise MmaError("the process that made it ended unexpectedly") from None
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
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # when it is started it lets Ctrl-C through again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _serve(pipe: connection.Connection, do: Callable[[Any], Any], job: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    try:
        __import__(WARM)  # in a forked process it is there already
        answer = (do(job), None)
    except Exception as error:
        is_full = isinstance(error, OSError) and error.errno in NO_ROOM
        answer = (None, error if is_full else MmaError(f"{error}" or type(error).__name__))
    try:
        pipe.send(answer)
    finally:
        os._exit(0)  # nothing is left to clean up; and who asked may be gone


def _end_with_who_asked() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
