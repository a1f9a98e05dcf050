"""The lock of an edition: one run at a time, and what a killed run left is mended first."""

import datetime as dt
import errno
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mma_analysis.settings import Workspace
from mma_analysis.storage.folders import (
    OWNER_OPENS,
    begun_in,
    mend,
    mend_files,
    patiently,
    write_whole,
)
from mma_analysis.vocabulary import DataError, message

if TYPE_CHECKING:
    from filelock import BaseFileLock

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None

LOG = logging.getLogger(__name__)

LOCK = "lock"
HOLDER = "holder.txt"
ISSUING = "uitgaven.lock"
FILE_AS_LOCK = ".bestand"  # behind the name of a file that is there instead of a lock


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
    work = workspace.work("")
    work.mkdir(parents=True, exist_ok=True, mode=OWNER_OPENS)
    with _lock_at(work / ISSUING):
        yield


@contextmanager
def _taken(path: Path, holder: Path) -> Iterator[None]:
    """The lock itself; when another has it, the error says what that one signed."""
    from filelock import Timeout  # takes a twentieth of a second

    lock = _lock_at(path)
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


def _lock_at(path: Path) -> "BaseFileLock":
    """A lock of the operating system; a file that is there, on a disk that has no locks.

    `filelock` would choose the second by itself, but says so in English, and a second
    process then removes the file of the first: both would have the lock.
    """
    from filelock import FileLock, SoftFileLock

    if _has_locks(path):
        return FileLock(path)
    instead = path.with_name(f"{path.name}{FILE_AS_LOCK}")
    LOG.warning(message("disk_without_locks", path=instead))
    return SoftFileLock(instead)


def _has_locks(path: Path) -> bool:
    """Whether the disk knows locks; letting go of what nobody has here harms nobody."""
    if fcntl is None:  # Windows has them on each disk
        return True
    try:
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_UN)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        return False
    return True


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


def mend_begun(workspace: Workspace) -> None:
    """Remove what a kill left of editions that were being made: copies of deliveries.

    While the lock of one is taken, somebody is just making it.
    """
    for slug in begun_in(workspace.raw("")):
        with suppress(DataError), locked(workspace, slug):
            pass  # taking the lock mends it


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
