"""What a command costs, with everything that it starts."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from mma_analysis.settings import ROOT_VARIABLE


@dataclass(frozen=True)
class Spent:
    """By the clock, of the processor (both in seconds), and the largest process in MB."""

    wall: float
    processor: float
    peak: float
    code: int


def adopt() -> None:
    """Become the parent of processes that lose theirs, such as the server that forks (Linux)."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def spent(arguments: list[str], root: Path) -> Spent:
    """Run Python with these arguments on the data below `root`, and wait for all it started.

    `adopt` first. A process is at least as large as the one that forked it, so keep this one small.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    here = os.environ | {ROOT_VARIABLE: str(root)}
    here.pop("PYTHONDONTWRITEBYTECODE", None)  # what was compiled once is not compiled again
    first = subprocess.Popen([sys.executable, *arguments], env=here, stdout=subprocess.DEVNULL)
    peak, code = 0.0, 0
    while True:
        try:
            number, status, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        peak = max(peak, used.ru_maxrss / 1024)
        if number == first.pid:
            first.returncode = code = os.waitstatus_to_exitcode(status)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.monotonic() - began, processor, peak, code)
