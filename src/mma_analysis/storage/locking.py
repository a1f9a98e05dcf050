"""One run of an edition at a time."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mma_analysis.domain import MmaError

LOCK, HOLDER = "lock", "holder.json"


@contextmanager
def locked(work: Path) -> Iterator[None]:
    """Let nobody else work in this folder as long as the block lasts.

    The lock is the operating system's: it is gone as soon as its holder is, also after a kill. A
    process may take it again while it holds it.

    Raises
    ------
    MmaError
        When another process holds it; the message says which.
    """
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(work / LOCK, timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout:
        raise MmaError(
            f"{_holder(work)} is working on this edition; wait until it is done, or end it, and "
            "run again. Nothing was changed"
        ) from None
    try:
        _sign(work)
        yield
    finally:
        if lock.lock_counter == 1:
            (work / HOLDER).unlink(missing_ok=True)
        lock.release()


def _sign(work: Path) -> None:
    """Write down who holds the lock, for who finds it taken."""
    holder = {
        "command": " ".join(["mma", *sys.argv[1:2]]),
        "process": os.getpid(),
        "machine": socket.gethostname(),
        "since": datetime.now().astimezone().strftime("%H:%M"),
    }
    (work / HOLDER).write_text(json.dumps(holder), encoding="utf-8")


def _holder(work: Path) -> str:
    try:
        holder: dict[str, Any] = json.loads((work / HOLDER).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # it has the lock and has not signed yet
        return "another process"
    return "`{command}` (process {process} on {machine}, since {since})".format_map(holder)
