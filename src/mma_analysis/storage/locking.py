"""One run of an edition at a time."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from mma_analysis.storage.files import read_json, write_json
from mma_analysis.storage.swapping import NEW
from mma_analysis.vocabulary import DataError

LOCK, HOLDER = "lock", "holder.json"
SIGNED = ("command", "process", "machine", "since")


@contextmanager
def locked(work: Path) -> Iterator[None]:
    """Let nobody else work in this folder as long as the block lasts.

    The lock is the operating system's: it is gone as soon as its holder is, also after a kill. A
    process may take it again while it holds it. What a killed run was writing is removed at once,
    also when there turns out to be nothing to do.

    Raises
    ------
    DataError
        When another process holds it; the message says which.
    """
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(work / LOCK, timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout:
        raise DataError(
            f"{_holder(work)} is working on this edition; wait until it is done, or end it, and "
            "run again. Nothing was changed"
        ) from None
    try:
        if lock.lock_counter == 1:
            _clear(work)
        _sign(work)
        yield
    finally:
        if lock.lock_counter == 1:
            (work / HOLDER).unlink(missing_ok=True)
        lock.release()


def _clear(work: Path) -> None:
    """Remove what a killed run was writing: it can hold rows, and nobody else is working here."""
    for half in work.glob(f"*/{NEW}"):
        shutil.rmtree(half, ignore_errors=True)
    for half in work.glob("*.half"):
        half.unlink()


def _sign(work: Path) -> None:
    """Write down who holds the lock, for who finds it taken."""
    holder = {
        "command": " ".join(["mma", *sys.argv[1:2]]),
        "process": os.getpid(),
        "machine": socket.gethostname(),
        "since": datetime.now().astimezone().strftime("%H:%M"),
    }
    with suppress(OSError):  # a full disk: `mma forget` makes room
        write_json(work / HOLDER, holder)


def _holder(work: Path) -> str:
    holder = read_json(work / HOLDER)
    if not holder or not holder.keys() >= {*SIGNED}:  # it has the lock and has not signed yet
        return "another process"
    return "`{command}` (process {process} on {machine}, since {since})".format_map(holder)
