"""Folders that one run at a time writes, and that take each other's place whole."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from mma_analysis.settings import Workspace
from mma_analysis.storage.files import owner_only, patiently, write_whole
from mma_analysis.vocabulary import DataError, message

# Beside a folder, so on its disk: what is being written, what it replaces, what was there before.
NEW, LEAVING, PREVIOUS = "new", "leaving", "previous"
LOCK, HOLDER = "lock", "holder.txt"


def beside(folder: Path, name: str) -> Path:
    """Where what comes in the place of a folder, leaves it or was there before stands meanwhile."""
    return folder.with_name(f".{folder.name}-{name}")


@contextmanager
def swapped_in(target: Path, keeps_previous: bool = False) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends without an error.

    It is for its owner only, and forced to disk before it is moved. After an error, Ctrl-C or a
    kill, `target` is as it was; at the one moment at which it has left and the new folder has not
    come, a kill leaves no `target`, and the next `locked` brings it back. Only who holds that lock
    may do this. `keeps_previous` keeps what was there until the next time, for `rolled_back`.
    """
    check_place(target)
    new = beside(target, NEW)
    new.mkdir(mode=0o700)
    try:
        yield new
        _force_to_disk(new)
        _swap(target, new)
        _let_go(target, keeps_previous)
    finally:
        shutil.rmtree(new, ignore_errors=True)


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
        who = holder.read_text(encoding="utf-8") if holder.is_file() else message("somebody")
        raise DataError.of("busy", who=who) from None
    with lock:
        for half in work.glob("*.half"):
            half.unlink()
        recover(workspace.processed(slug))
        recover(workspace.printed(slug))
        recover(workspace.bundles(slug))
        recover(workspace.reports(slug), keeps_previous=True)
        now = datetime.now().astimezone()
        command = " ".join(["mma", *sys.argv[1:2]])
        where = {"process": os.getpid(), "machine": socket.gethostname(), "since": f"{now:%H:%M}"}
        signed = message("who_since", command=f"`{command}`", **where)
        with suppress(OSError):  # a full disk: `mma forget` makes room
            write_whole(holder, signed.encode())
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)


def check_place(target: Path) -> None:
    """Raise an OSError that names the folder when nothing can be written where `target` is.

    A link is refused: the folder it leads to would stay as it is.
    """
    if target.is_symlink():
        raise DataError.of("is_link", path=target, parent=target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=target.parent):  # has no name that a kill could leave behind
        pass


def besides(target: Path) -> list[Path]:
    """What is there beside a folder: kept to go back to, or left by a killed run."""
    places = (beside(target, name) for name in (NEW, LEAVING, PREVIOUS))
    return [place for place in places if place.exists()]


def recover(target: Path, keeps_previous: bool = False) -> None:
    """Finish what a killed run was doing when it moved folders, and remove what it was writing."""
    _remove(beside(target, NEW))
    leaving = beside(target, LEAVING)
    if leaving.is_dir() and not target.exists():
        patiently(lambda: leaving.replace(target))
    _let_go(target, keeps_previous)


def rolled_back(target: Path) -> None:
    """Put the folder that was there before back in its place, and keep this one in turn."""
    check_place(target)
    if not beside(target, PREVIOUS).is_dir():
        raise DataError.of("nothing_earlier", name=target.name)
    _swap(target, beside(target, PREVIOUS))
    _let_go(target, keeps_previous=True)


def _swap(target: Path, new: Path) -> None:
    leaving = beside(target, LEAVING)
    try:
        if target.exists():
            patiently(lambda: target.replace(leaving))
        patiently(lambda: new.replace(target))
    except PermissionError as error:
        raise DataError.of("cannot_replace", path=target, error=error.strerror) from error
    finally:
        if leaving.exists() and not target.exists():
            patiently(lambda: leaving.replace(target))


def _let_go(target: Path, keeps_previous: bool) -> None:
    """What has left becomes the previous one, or goes."""
    leaving, previous = beside(target, LEAVING), beside(target, PREVIOUS)
    if not leaving.is_dir():
        return
    try:
        _remove(previous)
        if keeps_previous:
            patiently(lambda: leaving.replace(previous))
        else:
            _remove(leaving)
    except OSError as error:
        which = {"previous": previous, "leaving": leaving, "file": error.filename}
        raise DataError.of("cannot_put_away", **which, error=error.strerror) from error


def _remove(folder: Path) -> None:
    """Remove a folder when it is there, also what in it may only be read."""
    if folder.exists():
        owner_only(folder)
        patiently(lambda: shutil.rmtree(folder))


def _force_to_disk(folder: Path) -> None:
    """Wait until the disk has all of it: after a power cut a name that is there has its content."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    if os.name == "posix":  # Windows has no such thing for folders
        for path in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
