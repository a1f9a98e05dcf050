"""Many jobs side by side, each in a fresh process: on this machine or a Dask cluster."""

import faulthandler
import math
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
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple

from mma_analysis.vocabulary import DataError, UsageError

try:
    import resource
except ImportError:  # not on Windows
    resource = None

FRESH = "forkserver" if sys.platform == "linux" else "spawn"
# Imported once, by the process that all others are forked from.
WARM = "mma_analysis.publish.warm"
# How much memory one process may have, in GB; for a page of the example that is ample.
MEMORY_VARIABLE = "MMA_MEMORY"
GIGABYTES = 4.0
BYTES = 2**30  # of a GB
Do = Callable[[Any], Any]


class FinishedJob(NamedTuple):
    """A job that was done, with what it gave, or with its error."""

    job: Any
    result: Any
    error: BaseException | None


def gigabytes_allowed() -> float:
    """How much memory one process may have: as it was set, else `GIGABYTES`."""
    typed = os.environ.get(MEMORY_VARIABLE, f"{GIGABYTES}")
    try:
        number = float(typed.replace(",", "."))
    except ValueError:
        number = 0.0
    if not 1 <= number < math.inf:
        raise UsageError.of("memory_wrong", variable=MEMORY_VARIABLE, typed=typed)
    return number


def begin_server() -> None:
    """Begin the process that others are forked from: it imports while we do other work."""
    if FRESH == "forkserver":
        from multiprocessing import forkserver  # not everywhere

        forkserver.set_forkserver_preload([WARM])
        forkserver.ensure_running()


def each(
    do: Do,
    jobs: Sequence[Any],
    at_a_time: int | None,
    seconds: float = 600,
    scheduler: str = "",
) -> Generator[FinishedJob, None, None]:
    """Do every job in a fresh process; give each with its result or its error.

    A job that raises, takes more seconds or memory, or whose process dies, is the only one
    that fails; what it started ends with it, but for what began a session of its own. What
    is done, jobs and results can be pickled.
    `scheduler`: a Dask cluster that sees the same files.
    """
    gigabytes = gigabytes_allowed()
    todo: dict[futures.Future[Any], Any] = {}
    with ExitStack() as at_the_end:
        executor: futures.Executor
        if scheduler:
            from distributed import Client

            client = at_the_end.enter_context(Client(scheduler))
            executor = client.get_executor(pure=False)
        else:
            threads = futures.ThreadPoolExecutor(at_a_time or os.cpu_count())
            executor = at_the_end.enter_context(threads)
            at_the_end.callback(_end_all, executor, todo)
        for job in jobs:
            todo[executor.submit(alone, do, job, seconds, gigabytes)] = job

        # Not `futures.wait`: Ctrl-C in it leaves locks shut that workers wait for.
        all_ended: queue.SimpleQueue[futures.Future[Any]] = queue.SimpleQueue()
        for future in todo:
            future.add_done_callback(all_ended.put)
        while todo:
            try:
                future = all_ended.get(timeout=seconds + 60)
                error = future.exception()  # raised of a job that nobody does any more
            except (queue.Empty, futures.CancelledError):
                raise DataError.of("scheduler_gone", address=scheduler) from None
            result = None if error else future.result()
            yield FinishedJob(todo.pop(future), result, error)


def _end_all(executor: futures.Executor, todo: dict[futures.Future[Any], Any]) -> None:
    """Begin no other job, and end those that run or begin: after Ctrl-C nobody waits."""
    executor.shutdown(wait=False, cancel_futures=True)
    while not all(future.done() for future in todo):
        for process in multiprocessing.active_children():
            process.kill()
        time.sleep(0.05)


def alone(do: Do, job: Any, seconds: float, gigabytes: float) -> Any:
    """Do one job in a fresh process, here or on a worker."""
    # A worker of a cluster is a daemon, and those may start no process.
    multiprocessing.current_process().daemon = False
    context: Any = multiprocessing.get_context(FRESH)
    context.set_forkserver_preload([WARM])
    began = time.monotonic()
    given = seconds, gigabytes
    leader = 0
    with futures.ProcessPoolExecutor(1, context, _begin, given) as fresh:
        try:
            leader = fresh.submit(os.getpid).result()
            return fresh.submit(_done, do, job, gigabytes).result()
        except BrokenProcessPool:
            took = time.monotonic() - began
            why = "process_ended" if took < seconds else "took_too_long"
            raise DataError.of(why, seconds=f"{seconds:g}") from None
        finally:
            _end_group(leader)


def _end_group(leader: int) -> None:
    """End a process and what it started, where the system keeps these together.

    What began a session of its own lives on: the system keeps that apart.
    """
    if leader and hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # all of it ended by itself
            os.killpg(leader, signal.SIGKILL)


def _begin(seconds: float, gigabytes: float) -> None:
    """Let this process not hear Ctrl-C, end with who asked, and keep to its limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # what it starts can be ended with it
    if resource is not None:
        most = int(gigabytes * BYTES)
        _, ceiling = resource.getrlimit(resource.RLIMIT_DATA)
        if ceiling != resource.RLIM_INFINITY:
            most = min(most, ceiling)
        resource.setrlimit(resource.RLIMIT_DATA, (most, ceiling))
    nowhere = Path(os.devnull).open("w")  # noqa: SIM115  as long as the process lives
    # This ends it also while C is at work.
    faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)

    def end_with_who_asked() -> None:
        parent = multiprocessing.parent_process()
        if parent:
            parent.join()
        _end_group(os.getpid())
        os._exit(1)

    threading.Thread(target=end_with_who_asked, daemon=True).start()


def _done(do: Do, job: Any, gigabytes: float) -> Any:
    """What a job gives; an error in words: a library's may not survive the way back."""
    try:
        return do(job)
    except MemoryError:
        raise DataError.of(
            "too_much_memory",
            name=getattr(job, "path", job),
            limit=f"{gigabytes:g}".replace(".", ","),
            variable=MEMORY_VARIABLE,
        ) from None
    except (DataError, OSError):
        raise
    except (Exception, SystemExit) as error:
        raise DataError(f"{error}" or type(error).__name__) from None
