"""Folders that take each other's place whole: never half old, half new, whatever happens."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mma_analysis.storage.files import patiently
from mma_analysis.vocabulary import DataError

# In the folder where we work: what takes the place of the tables of an edition, and of its pages.
TABLES, PAGES = "tables", "pages"
# In each of those, on the way from what is being written to what was there before.
NEW, LEAVING, PREVIOUS = "new", "leaving", "previous"
# Beside a folder that moves to or from another disk: its copy, and what is removed after it.
COPY, GONE = "copy", "gone"
# Whether a file that may only be read cannot be removed; elsewhere its folder decides that.
KEEPS_READ_ONLY = os.name == "nt"


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
    DataError
        When `target` cannot be replaced: it is a link, a file in it is open in a program that locks
        it, or what was there before cannot be put away.
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
    """Raise an OSError that names the folder when nothing can be written where `target` is.

    Raises
    ------
    DataError
        When it is a link: then the folder it leads to would stay as it is.
    """
    if target.is_symlink():
        raise DataError(
            f"{target} is a link; nothing was changed. Put the folder itself there, or make a link "
            f"of {target.parent}"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=target.parent):  # has no name that a kill could leave behind
        pass


def recover(target: Path, work: Path) -> None:
    """Finish what a killed run was doing when it moved folders."""
    for beside in besides(target):
        _remove(beside)
    leaving = work / LEAVING
    if leaving.is_dir() and not target.exists():
        move(leaving, target)
    elif leaving.is_dir():
        _let_go(work, keeps_previous=True)


def besides(target: Path) -> list[Path]:
    """What a killed run can have left beside a folder that went to another disk."""
    return [path for name in (COPY, GONE) if (path := _beside(target, name)).exists()]


def rolled_back(target: Path, work: Path) -> None:
    """Put the folder that was there before back in its place, and keep this one in turn.

    Raises
    ------
    DataError
        When there is none.
    """
    check_place(target)
    recover(target, work)
    if not (work / PREVIOUS).is_dir():
        raise DataError(
            f"there is no earlier {target.name} to go back to: one set is kept, the one before "
            "the last that was made"
        )
    _swap(target, work / PREVIOUS, work)
    _let_go(work, keeps_previous=True)


def _swap(target: Path, new: Path, work: Path) -> None:
    leaving = work / LEAVING
    try:
        if target.exists():
            move(target, leaving)
        move(new, target)
    except PermissionError as error:
        raise DataError(
            f"cannot replace {target}: {error.strerror}; nothing was changed. "
            "Close the files of it that are open in another program and run again"
        ) from error
    finally:
        if leaving.exists() and not target.exists():
            move(leaving, target)


def _let_go(work: Path, keeps_previous: bool) -> None:
    """What has left becomes the previous one, or goes."""
    leaving, previous = work / LEAVING, work / PREVIOUS
    if not leaving.is_dir():
        return
    try:
        _remove(previous)
        if keeps_previous:
            patiently(lambda: leaving.replace(previous))
        else:
            _remove(leaving)
    except OSError as error:
        raise DataError(
            f"what is new is in its place, and what was there before it cannot be put away: "
            f"{error.filename}: {error.strerror}. Remove {previous} and {leaving}, and run again"
        ) from error


def move(folder: Path, to: Path) -> None:
    """Move a folder; to another disk by way of a copy beside its place, so that it comes whole.

    What it was leaves its place at once too. Until it is whole, a copy is for its owner only.
    """
    try:
        patiently(lambda: folder.replace(to))
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _move_to_another_disk(folder, to)


def _move_to_another_disk(folder: Path, to: Path) -> None:
    copy, gone = _beside(to, COPY), _beside(folder, GONE)
    _remove(copy)
    _remove(gone)
    copy.mkdir(mode=0o700)
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    _force_to_disk(copy)
    patiently(lambda: copy.replace(to))
    try:
        patiently(lambda: folder.replace(gone))
    except OSError:
        _remove(to)
        raise
    _remove(gone)


def _beside(folder: Path, name: str) -> Path:
    return folder.with_name(f".{folder.name}-{name}")


def _remove(folder: Path) -> None:
    """Remove a folder when it is there, also what in it may only be read."""
    if not folder.exists():
        return
    folder.chmod(0o700)
    for inside, folders, files in os.walk(folder):
        for name in (*folders, *(files if KEEPS_READ_ONLY else ())):
            if not (path := Path(inside, name)).is_symlink():
                path.chmod(0o700)
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
