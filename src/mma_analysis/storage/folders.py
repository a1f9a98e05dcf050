"""Files and folders that are there whole or not at all, and what is in them.

A file is written under another name first, and a folder beside the one of which it takes
the place: a kill, a full disk or a power cut leaves the old or the new, and never a half.
"""

import ctypes
import errno
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from mma_analysis.settings import OPEN_ELSEWHERE
from mma_analysis.vocabulary import DataError

MANIFEST = "manifest.json"
# Kinds of OSError: there is no room on the disk, or no more for this person.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OWNER_READS = 0o600
OWNER_OPENS = 0o700
ALL_READ = 0o666  # but for whom this machine leaves out by itself
# Windows refuses to move or remove what a virus scanner still looks at: seconds until a
# next try.
AGAIN_AFTER = (0.1, 0.2, 0.4, 0.8, 1.6) if os.name == "nt" else ()
# How what programs leave in a folder that somebody looks at begins: it is never read or
# sent.
LEFT_BEHIND = (".ds_store", "desktop.ini", "thumbs.db", "._", *OPEN_ELSEWHERE)
# Beside a folder, so on its disk: what is being written, what it replaces, what was there
# before.
NEW_FOLDER = "new"
LEAVING = "leaving"
PREVIOUS = "previous"
EXCHANGED = "exchanged"  # with its own number on the disk: what comes, or what was there
HALF_WRITTEN = ".half"  # how the name of a file ends that is being written
OUR_NEW = re.compile(rf"\.(?P<name>[a-z0-9][a-z0-9-]*)-{NEW_FOLDER}")
# With the process that wrote it: an analyst calls no file so.
OUR_HALF = re.compile(rf".+\.\d+{re.escape(HALF_WRITTEN)}")
# Of Linux's renameat2: paths are from where we are, and two change names.
FROM_HERE = -100
EXCHANGE = 2


# --- a file -------------------------------------------------------------------------------


def write_whole(path: Path, content: bytes, owner_only: bool = False) -> None:
    """Write a file that has its name only when all of it is there, also after a power cut.

    `owner_only`: nobody else may open it, on systems that have such rights: not Windows.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_OPENS)
    half = path.with_suffix(f".{os.getpid()}{HALF_WRITTEN}")  # as OUR_HALF
    mode = OWNER_READS if owner_only else ALL_READ
    try:
        half.touch(mode=mode)
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: half.replace(path))
    except BaseException:
        # Once it has its name nothing may fail any more: it is there.
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise


def patiently(do: Callable[[], object]) -> None:
    """Do something to a file, on Windows again when a program is just looking at it."""
    for seconds in AGAIN_AFTER:
        try:
            do()
            return
        except PermissionError:
            time.sleep(seconds)
    do()


def sha256(path: Path) -> str:
    """sha256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON that is the same for the same content."""
    write_whole(path, as_json(content))


def as_json(content: dict[str, Any]) -> bytes:
    """The bytes of a file that `write_json` writes."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    return text.encode()


def read_json(path: Path) -> dict[str, Any] | None:
    """What was written by `write_json`; none when it is not there or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None


# --- what is in a folder ------------------------------------------------------------------


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of an earlier run; none when there was no run or it is damaged."""
    return read_json(folder / MANIFEST)


def files_below(folder: Path) -> dict[str, Path]:
    """Path in a folder → the file or link there, but for what programs left there."""
    files = {}
    for path in sorted(folder.rglob("*")):
        is_left_behind = path.name.lower().startswith(LEFT_BEHIND)
        is_half = path.suffix == HALF_WRITTEN
        is_there = path.is_file() or path.is_symlink()
        if is_there and not is_left_behind and not is_half:
            files[path.relative_to(folder).as_posix()] = path
    return files


def hashes_below(folder: Path, but: Sequence[str] = (MANIFEST,)) -> dict[str, str]:
    """sha256 of every file below a folder, by its path in it, but of these."""
    hashes = {}
    for name, path in files_below(folder).items():
        if name not in but and path.is_file():
            hashes[name] = sha256(path)
    return hashes


def owner_only(folder: Path) -> None:
    """Let nobody but its owner open a folder and what is in it.

    Windows has no such modes: there it is who may open the folder above that counts.
    """
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(OWNER_OPENS if path.is_dir() else OWNER_READS)


def remove(folder: Path) -> None:
    """Remove a folder when it is there, also what in it may only be read."""
    if folder.exists():
        owner_only(folder)
        patiently(lambda: shutil.rmtree(folder))


# --- one folder in the place of another ---------------------------------------------------


@contextmanager
def swapped_in(target: Path, keeps_previous: bool = False) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends without an error.

    It is for its owner only, and forced to disk before it is moved. After an error, Ctrl-C
    or a kill, `target` is as it was. Where two folders cannot change names in one call,
    there is a moment at which it has left and the new one has not come: a kill then leaves
    no `target`, and the next `locked` brings it back. Only who holds that lock may do this.
    `keeps_previous` keeps what was there until the next time, for `rolled_back`.
    """
    check_place(target)
    new = _beside(target, NEW_FOLDER)
    new.mkdir(mode=OWNER_OPENS)
    try:
        yield new
        _force_to_disk(new)
        _swap(target, new, keeps_previous)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def rolled_back(target: Path) -> None:
    """Put the folder that was there before back in its place, and keep this one in turn."""
    check_place(target)
    previous = _beside(target, PREVIOUS)
    if not previous.is_dir():
        raise DataError.of("nothing_earlier", name=target.name)
    if not _exchanged(target, previous):
        _move_in(target, previous, keeps_previous=True)


def mend(target: Path, keeps_previous: bool) -> None:
    """After a kill: what was being written goes, and what was being moved comes back."""
    remove(_beside(target, NEW_FOLDER))
    leaving = _beside(target, LEAVING)
    for folder in _half_exchanged(target):
        if _is_by_its_number(folder):
            remove(folder)  # it did not come
        else:
            folder.replace(leaving)
    if leaving.is_dir() and not target.exists():
        leaving.replace(target)
    _let_go(target, keeps_previous)


def check_place(target: Path) -> None:
    """Raise an OSError that names the folder when nothing can be written where `target` is.

    A link is refused: the folder it leads to would stay as it is.
    """
    if target.is_symlink():
        raise DataError.of("is_link", path=target, parent=target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=target.parent):  # a kill leaves no name behind
        pass


def mend_files(folder: Path) -> None:
    """After a kill: files in a folder, at every depth, that were being written go.

    What a link leads to is elsewhere, and stays.
    """
    if folder.is_symlink():
        return
    for half in list(folder.rglob(f"*{HALF_WRITTEN}")):
        is_named_so = OUR_HALF.fullmatch(half.name)
        if is_named_so and half.is_file() and not half.is_symlink():
            patiently(partial(half.unlink, missing_ok=True))


def begun_in(parent: Path) -> list[str]:
    """The names of folders that somebody began to write here, and that never came."""
    begun = []
    for path in sorted(parent.glob(f".*-{NEW_FOLDER}")):
        named = OUR_NEW.fullmatch(path.name)
        is_folder = path.is_dir() and not path.is_symlink()
        if named and is_folder and not (parent / named["name"]).exists():
            begun.append(named["name"])
    return begun


def besides(target: Path) -> list[Path]:
    """What is there beside a folder: kept to go back to, or left by a killed run."""
    places = [_beside(target, name) for name in (NEW_FOLDER, LEAVING, PREVIOUS)]
    places += _half_exchanged(target)
    return [place for place in places if place.exists()]


def _beside(folder: Path, name: str) -> Path:
    return folder.with_name(f".{folder.name}-{name}")


def _force_to_disk(folder: Path) -> None:
    is_posix = os.name == "posix"
    flags = os.O_RDONLY if is_posix else os.O_RDWR
    for path in (folder, *folder.rglob("*")):
        if path.is_file() or is_posix:  # Windows has no such thing for folders
            descriptor = os.open(path, flags)
            os.fsync(descriptor)
            os.close(descriptor)


def _swap(target: Path, new: Path, keeps_previous: bool) -> None:
    if _change_names(target, new):
        _let_go(target, keeps_previous)
    else:
        _move_in(target, new, keeps_previous)


def _change_names(target: Path, new: Path) -> bool:
    """Let a new folder and the one there change names in one call; what was there leaves.

    The new one is called after its own number on the disk first. A kill then leaves a
    folder of which the name tells which of the two it is: with another number than its
    own it is what was there.
    """
    if sys.platform != "linux" or not target.exists():
        return False
    named = _beside(target, f"{EXCHANGED}-{new.stat().st_ino}")
    new.replace(named)
    if not _exchanged(target, named):
        named.replace(new)
        return False
    named.replace(_beside(target, LEAVING))
    return True


def _half_exchanged(target: Path) -> list[Path]:
    """What a kill in `_change_names` left beside a folder."""
    begin = f".{target.name}-{EXCHANGED}-"
    found = []
    if target.parent.is_dir():
        for path in target.parent.iterdir():
            number = path.name.removeprefix(begin)
            if path.name.startswith(begin) and number.isdecimal():
                found.append(path)
    return found


def _is_by_its_number(folder: Path) -> bool:
    """Whether a folder is called after its own number on the disk."""
    number = folder.name.rpartition("-")[2]
    return number == str(folder.stat().st_ino)


def _move_in(target: Path, new: Path, keeps_previous: bool) -> None:
    """Let a folder come in the place of another by two moves."""
    leaving = _beside(target, LEAVING)
    try:
        _moved(target, new, leaving)
    except PermissionError as error:
        raise DataError.of("cannot_replace", path=target, error=error.strerror) from error
    finally:
        if leaving.exists() and not target.exists():
            leaving.replace(target)
    _let_go(target, keeps_previous)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change names in one call, where the system has one (Linux has)."""
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:  # an old C library
        return False
    failed = renameat2(FROM_HERE, os.fsencode(one), FROM_HERE, os.fsencode(other), EXCHANGE)
    return not failed  # some file systems cannot


def _moved(target: Path, new: Path, leaving: Path) -> None:
    """Let one folder leave, and another come in its place."""
    if target.exists():
        patiently(lambda: target.replace(leaving))
    patiently(lambda: new.replace(target))


def _let_go(target: Path, keeps_previous: bool) -> None:
    """What has left becomes the previous one, or goes."""
    leaving = _beside(target, LEAVING)
    previous = _beside(target, PREVIOUS)
    if not leaving.is_dir():
        return
    try:
        remove(previous)
        if keeps_previous:
            patiently(lambda: leaving.replace(previous))
        else:
            remove(leaving)
    except OSError as error:
        raise DataError.of(
            "cannot_put_away",
            previous=previous,
            leaving=leaving,
            file=error.filename,
            error=error.strerror,
        ) from error
