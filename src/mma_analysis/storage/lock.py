"""The lock of an edition: one run at a time, and what a killed run left is mended first."""

import datetime as dt
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from mma_analysis.settings import Workspace
from mma_analysis.storage.folders import (
    OWNER_OPENS,
    mend,
    mend_files,
    patiently,
    write_whole,
)
from mma_analysis.vocabulary import DataError, message

LOCK = "lock"
HOLDER = "holder.txt"
ISSUING = "uitgaven.lock"


@contextmanager
def locked(workspace: Workspace, slug: str) -> Iterator[None]:
    """Let nobody else work on this edition while the block lasts; the error says who does.

    The lock is the operating system's: it is gone as soon as its holder is, also after a
    kill. What a killed run was writing is removed at once, and what it was moving comes
    back.
    """
    work = workspace.work(slug)
    work.mkdir(parents=True, exist_ok=True, mode=OWNER_OPENS)
    holder = work / HOLDER
    with _taken(work / LOCK, holder):
        _mend_all(workspace, slug)
        with suppress(OSError):  # a full disk: `mma forget` makes room
            write_whole(holder, _who().encode())
        try:
            yield
        finally:
            patiently(partial(holder.unlink, missing_ok=True))


@contextmanager
def issuing(workspace: Workspace) -> Iterator[None]:
    """Let one edition at a time become an issue; another waits, for less than a second."""
    from filelock import FileLock

    work = workspace.work("")
    work.mkdir(parents=True, exist_ok=True, mode=OWNER_OPENS)
    with FileLock(work / ISSUING):
        yield


@contextmanager
def _taken(path: Path, holder: Path) -> Iterator[None]:
    """The lock itself; when another has it, the error says what that one signed."""
    from filelock import FileLock, Timeout  # takes a twentieth of a second

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        # It may have the lock and not have signed yet.
        is_signed = holder.is_file()
        who = holder.read_text(encoding="utf-8") if is_signed else message("somebody")
        raise DataError.of("busy", who=who) from None
    try:
        yield
    finally:
        lock.release()


def _mend_all(workspace: Workspace, slug: str) -> None:
    """Bring the folders of an edition to what they were before a run was killed."""
    for place in (workspace.work, workspace.issued, workspace.booked, workspace.concept):
        mend_files(place(slug))
    # Of `raw`: an edition that `mma new` did not finish.
    places = (workspace.raw, workspace.processed, workspace.printed, workspace.bundles)
    for place in places:
        mend_files(place(slug))
        mend(place(slug), keeps_previous=False)
    mend_files(workspace.reports(slug))
    mend(workspace.reports(slug), keeps_previous=True)


def _who() -> str:
    """Which command works on an edition: where, and since when."""
    command = " ".join(["mma", *sys.argv[1:2]])
    since = dt.datetime.now().astimezone()
    return message(
        "who_since",
        command=f"`{command}`",
        process=os.getpid(),
        machine=socket.gethostname(),
        since=f"{since:%H:%M}",
    )
