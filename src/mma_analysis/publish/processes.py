"""Many jobs side by side, each in a fresh process: on this machine, or on a Dask cluster."""

import faulthandler
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from mma_analysis.vocabulary import DataError

FRESH = "forkserver" if sys.platform == "linux" else "spawn"
WARM = "mma_analysis.publish.warm"  # imported once, by the process that all others are forked from
Do = Callable[[Any], Any]


def each(
    do: Do, jobs: Sequence[Any], at_a_time: int | None, seconds: float = 600, scheduler: str = ""
) -> Generator[tuple[Any, Any, BaseException | None], None, None]:
    """Do every job in a fresh process; give each with its result, or the error in its place.

    A job that raises, takes more seconds, or whose process dies, is the only one that fails. What
    is done, jobs and results can be pickled. `scheduler`: a Dask cluster that sees the same files.
    """
    todo: dict[futures.Future[Any], Any] = {}
    with ExitStack() as at_the_end:
        if scheduler:
            from distributed import Client

            client = at_the_end.enter_context(Client(scheduler))
            executor: futures.Executor = client.get_executor(pure=False)
        else:
            executor = at_the_end.enter_context(
                futures.ThreadPoolExecutor(at_a_time or os.cpu_count())
            )
            at_the_end.callback(_end_all, executor, todo)
        for job in jobs:
            todo[executor.submit(alone, do, job, seconds)] = job
        # Not `futures.wait`: Ctrl-C in the midst of it leaves locks shut that workers wait for.
        ended: queue.SimpleQueue[futures.Future[Any]] = queue.SimpleQueue()
        for future in todo:
            future.add_done_callback(ended.put)
        while todo:
            try:
                future = ended.get(timeout=seconds + 60)
                error = future.exception()  # raised of a job that nobody does any more
            except (queue.Empty, futures.CancelledError):
                raise DataError.of("scheduler_gone", address=scheduler) from None
            yield todo.pop(future), None if error else future.result(), error


def _end_all(executor: futures.Executor, todo: dict[futures.Future[Any], Any]) -> None:
    """Begin no other job, and end those that run or are beginning: after Ctrl-C nobody waits."""
    executor.shutdown(wait=False, cancel_futures=True)
    while not all(future.done() for future in todo):
        for process in multiprocessing.active_children():
            process.kill()
        time.sleep(0.05)


def alone(do: Do, job: Any, seconds: float) -> Any:
    """Do one job in a fresh process, here or on a worker."""
    multiprocessing.current_process().daemon = False  # a worker is one, and those may start none
    context: Any = multiprocessing.get_context(FRESH)
    context.set_forkserver_preload([WARM])
    began = time.monotonic()
    with futures.ProcessPoolExecutor(1, context, _begin, (seconds,)) as fresh:
        try:
            return fresh.submit(_done, do, job).result()
        except BrokenProcessPool:
            why = "process_ended" if time.monotonic() - began < seconds else "took_too_long"
            raise DataError.of(why, seconds=f"{seconds:g}") from None


def _begin(seconds: float) -> None:
    """Let this process not hear Ctrl-C, and end in time, and with who asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = Path(os.devnull).open("w")  # noqa: SIM115  as long as the process lives
    faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)  # also when C is at work

    def end_with_who_asked() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
        os._exit(1)

    threading.Thread(target=end_with_who_asked, daemon=True).start()


def _done(do: Do, job: Any) -> Any:
    """What a job gives; its error in words, as that of a library need not survive the way back."""
    try:
        return do(job)
    except (DataError, OSError):
        raise
    except (Exception, SystemExit) as error:
        raise DataError(f"{error}" or type(error).__name__) from None
