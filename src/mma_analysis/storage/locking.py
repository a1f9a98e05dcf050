"""One run of an edition at a time."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from filelock import FileLock, Timeout

from mma_analysis.settings import Workspace
from mma_analysis.storage.files import write_whole
from mma_analysis.storage.swapping import recover
from mma_analysis.vocabulary import DataError

LOCK, HOLDER = "lock", "holder.txt"


@contextmanager
def locked(workspace: Workspace, slug: str) -> Iterator[None]:
    """Let nobody else work on this edition as long as the block lasts; the error says who does.

    The lock is the operating system's: it is gone as soon as its holder is, also after a kill. What
    a killed run was writing is removed at once, and what it was moving comes back.
    """
    work = workspace.work(slug)
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    holder = work / HOLDER
    try:
        lock = FileLock(work / LOCK).acquire(timeout=0)
    except Timeout:
        # It may have the lock and not have signed yet.
        who = holder.read_text(encoding="utf-8") if holder.is_file() else "another process"
        raise DataError(
            f"{who} is working on this edition; wait until it is done, or end it, and run again. "
            "Nothing was changed"
        ) from None
    with lock:
        for half in work.glob("*.half"):
            half.unlink()
        recover(workspace.processed(slug))
        recover(workspace.printed(slug))
        recover(workspace.reports(slug), keeps_previous=True)
        now = datetime.now().astimezone()
        command = " ".join(["mma", *sys.argv[1:2]])
        signed = f"`{command}` (process {os.getpid()} on {socket.gethostname()}, since {now:%H:%M})"
        with suppress(OSError):  # a full disk: `mma forget` makes room
            write_whole(holder, signed.encode())
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)
