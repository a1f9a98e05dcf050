"""Folders that take each other's place whole: never half old, half new, whatever happens."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mma_analysis.domain import MmaError

# In the folder where we work, on the way from what is being written to what was there before.
NEW, LEAVING, PREVIOUS = "new", "leaving", "previous"


@contextmanager
def swapped_in(target: Path, work: Path, keeps_previous: bool = False) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends without an error.

    It is written in `work`, where nobody looks, and forced to disk before it is moved. After an
    error, Ctrl-C or a kill, `target` is as it was; at the one moment at which it has left and the
    new folder has not come, a kill leaves no `target`, and `recover` brings it back. Only one
    process may do this at a time: see `locked`.

    Parameters
    ----------
    work
        A folder of our own, on the same disk when that can be. It is made for its owner only.
    keeps_previous
        Keep what was there until the next time, for `rolled_back`.

    Raises
    ------
    MmaError
        When `target` cannot be replaced: a file in it is open in a program that locks it.
    OSError
        When nothing can be written where `target` is: at once, and not after the work is done.
    """
    check_place(target)
    recover(target, work)
    new = work / NEW
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True, mode=0o700)
    try:
        yield new
        _force_to_disk(new)
        _swap(target, new, work)
        _let_go(work, keeps_previous)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def check_place(target: Path) -> None:
    """Raise an OSError that names the folder when nothing can be written where `target` is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=target.parent):  # has no name that a kill could leave behind
        pass


def recover(target: Path, work: Path) -> None:
    """Finish what a killed run was doing when it moved folders."""
    leaving = work / LEAVING
    if leaving.is_dir() and not target.exists():
        _move(leaving, target)
    elif leaving.is_dir():
        _let_go(work, keeps_previous=True)


def rolled_back(target: Path, work: Path) -> None:
    """Put the folder that was there before back in its place, and keep this one in turn.

    Raises
    ------
    MmaError
        When there is none.
    """
    check_place(target)
    recover(target, work)
    if not (work / PREVIOUS).is_dir():
        raise MmaError(
            f"there is no earlier {target.name} to go back to: one set is kept, the one before "
            "the last that was made"
        )
    _swap(target, work / PREVIOUS, work)
    _let_go(work, keeps_previous=True)


def _swap(target: Path, new: Path, work: Path) -> None:
    leaving = work / LEAVING
    try:
        if target.exists():
            _move(target, leaving)
        _move(new, target)
    except PermissionError as error:
        raise MmaError(
            f"cannot replace {target}: {error.strerror}; nothing was changed. "
            "Close the files of it that are open in another program and run again"
        ) from error
    finally:
        if leaving.exists() and not target.exists():
            _move(leaving, target)


def _let_go(work: Path, keeps_previous: bool) -> None:
    """What has left becomes the previous one, or goes."""
    leaving, previous = work / LEAVING, work / PREVIOUS
    if not leaving.is_dir():
        return
    shutil.rmtree(previous, ignore_errors=True)
    if keeps_previous:
        leaving.replace(previous)
    else:
        shutil.rmtree(leaving, ignore_errors=True)


def _move(folder: Path, to: Path) -> None:
    """Move a folder; to another disk by way of a copy beside its place, so that it comes whole."""
    try:
        folder.replace(to)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = to.with_name(f".{to.name}-copy")
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(folder, beside)
        _force_to_disk(beside)
        beside.replace(to)
        shutil.rmtree(folder)


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
