"""Warm processes that do one job after another: forked where that is safe, else kept."""

import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

import psutil

from mma_analysis.publish.starting import bare, deaf, whole
from mma_analysis.storage import NO_ROOM
from mma_analysis.vocabulary import DataError

FORK, SPAWN = "fork", "spawn"
HOW = (FORK, SPAWN) if "forkserver" in multiprocessing.get_all_start_methods() else (SPAWN,)
WARM = "mma_analysis.publish.warm"
# Between two looks at the clock and at the memory of the workers.
LOOK = 0.25

Job = Any
Do = Callable[[Job], Any]


@dataclass(frozen=True)
class Limits:
    """What one job may take: seconds by the clock, and MB of memory of its process."""

    seconds: float = 600.0
    megabytes: float = 2000.0


@dataclass(frozen=True)
class Done:
    """What became of a job: its result, or in words why there is none."""

    job: Job
    result: Any = None
    fault: str = ""
    is_disk_full: bool = False


def default_how() -> str:
    """How workers begin here: forked from a warm process on Linux, spawned elsewhere.

    macOS can fork, but its own libraries do not survive it; Windows cannot.
    """
    return FORK if sys.platform == "linux" else SPAWN


def work(
    jobs: Sequence[Job], do: Do, at_a_time: int, how: str = "", limits: Limits | None = None
) -> Iterator[Done]:
    """Do jobs in warm processes, and give what became of each as soon as it is known.

    `fork`: a server imports everything once, and a child of it is forked for every job, so that no
    job can notice another. `spawn`: each process imports everything once and does one job after
    another. A process that dies, hangs or takes too much memory fails its own job only, and another
    one takes its place.

    Parameters
    ----------
    jobs
        What can be pickled.
    do
        A function of a module, called with a job in the process; what it raises is a fault.
    at_a_time
        The number of processes.
    """
    crew = _Crew(do, how or default_how(), limits or Limits())
    waiting = deque(jobs)
    try:
        while waiting or crew.busy:
            while waiting and len(crew.busy) < at_a_time:
                crew.give(waiting.popleft())
            yield from crew.finished()
    finally:
        crew.dismiss()


class _Crew:
    """The processes: those that are busy, and those that wait for a job."""

    def __init__(self, do: Do, how: str, limits: Limits) -> None:
        self._do, self._limits = do, limits
        self._is_forked = how == FORK
        self.busy: dict[Connection, _Worker] = {}
        self._idle: list[_Worker] = []

    def give(self, job: Job) -> None:
        with whole():
            worker = self._idle.pop() if self._idle else self._hired()
            self.busy[worker.pipe] = worker
        worker.begin(job)

    def _hired(self) -> "_Worker":
        context: Any = multiprocessing.get_context("forkserver" if self._is_forked else "spawn")
        if self._is_forked:
            context.set_forkserver_preload([WARM])
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._do), daemon=True)
        try:
            with bare():
                process.start()
        except (EOFError, OSError) as error:
            raise DataError(
                f"no process can be started to make pages ({type(error).__name__}: {error}); "
                "try --engine spawn, or --jobs 1 when memory is short"
            ) from error
        theirs.close()
        return _Worker(process, ours)

    def finished(self) -> Iterator[Done]:
        ready: list[Any] = wait(list(self.busy), timeout=LOOK)
        for pipe in ready:
            worker = self.busy.pop(pipe)
            done, is_well = worker.answer()
            if is_well and not self._is_forked:
                self._idle.append(worker)
            else:
                worker.end()
            yield done
        for pipe, worker in list(self.busy.items()):
            if fault := worker.excess(self._limits):
                del self.busy[pipe]
                worker.end()
                yield Done(worker.job, fault=fault)

    def dismiss(self) -> None:
        for worker in [*self.busy.values(), *self._idle]:
            worker.end()


class _Worker:
    """One process, and the job it has."""

    def __init__(self, process: Any, pipe: Connection) -> None:
        self.process, self.pipe = process, pipe
        self.job: Job = None
        self._since = 0.0

    def begin(self, job: Job) -> None:
        self.job, self._since = job, time.monotonic()
        try:
            self.pipe.send(job)
        except BrokenPipeError:  # it died while it waited: `answer` says so
            return

    def answer(self) -> tuple[Done, bool]:
        """What became of the job, and whether the process can do another."""
        try:
            answer = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return Done(self.job, fault="the process that made it ended unexpectedly"), False
        return Done(self.job, *answer), True

    def excess(self, limits: Limits) -> str:
        """Of what the job took too much, in words; empty when it did not."""
        if time.monotonic() - self._since > limits.seconds:
            return f"it took more than {limits.seconds:g} seconds"
        if self._takes_more_than(limits.megabytes):
            return f"it took more than {limits.megabytes:g} MB of memory"
        return ""

    def _takes_more_than(self, megabytes: float) -> bool:
        """Whether it takes more memory, with what it started; what those share counts once."""
        try:
            process = psutil.Process(self.process.pid)
            family = [process, *process.children(recursive=True)]
            if sum(one.memory_info().rss for one in family) <= megabytes * 1e6:
                return False
            exact = [one.memory_full_info() for one in family]  # takes long: seldom needed
        except psutil.Error:  # it ended since, or may not be looked at
            return False
        return sum(getattr(one, "pss", one.rss) for one in exact) > megabytes * 1e6

    def end(self) -> None:
        """End the process, and a kernel that it may have started."""
        try:
            family = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.Error:
            family = []
        self.process.kill()
        for one in family:
            with suppress(psutil.Error):  # it ended since
                one.kill()
        self.process.join()
        self.pipe.close()


def _serve(pipe: Connection, do: Do) -> None:
    """In the process: do what is asked until nobody asks, or who asked is gone."""
    deaf()
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    __import__(WARM)  # in a forked process it is there already
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            answer = (do(job), "", False)
        except Exception as error:
            is_full = isinstance(error, OSError) and error.errno in NO_ROOM
            answer = (None, f"{error}" or type(error).__name__, is_full)
        try:
            pipe.send(answer)
        except BrokenPipeError:  # who asked is gone
            return


def _end_with_who_asked() -> None:
    """Write nothing any more for one that was killed: what it made may be removed meanwhile."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
