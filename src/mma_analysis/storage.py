"""Folders that are written whole by one run at a time, what is in them, and what went out of them.

An issue holds numbers that everybody has, and what each is about; no row and no exact count.
"""

import datetime as dt
import errno
import hashlib
import json
import os
import platform
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import Field

from mma_analysis.settings import BESIDE, OPEN_ELSEWHERE, Edition, Section, Workspace, read_blocks
from mma_analysis.vocabulary import DataError, message

MANIFEST = "manifest.json"
FORGOTTEN = "forgotten"  # the key of a manifest under which `mma forget` names what it removed
MEASURES = "measures"  # the released tables, below those of an edition
CANDIDATE = "kandidaat"  # beside them: what the next issue would say
# Kinds of OSError: there is no room on the disk, or no more for this person.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OWNER_READS, OWNER_OPENS = 0o600, 0o700
# Windows refuses to move or remove what a virus scanner still looks at: seconds until a next try.
AGAIN_AFTER = (0.1, 0.2, 0.4, 0.8, 1.6) if os.name == "nt" else ()
# How what programs leave in a folder that somebody looks at begins: it is never read or sent.
LEFT_BEHIND = (".ds_store", "desktop.ini", "thumbs.db", "._", *OPEN_ELSEWHERE)
# Beside a folder, so on its disk: what is being written, what it replaces, what was there before.
NEW, LEAVING, PREVIOUS = "new", "leaving", "previous"
LOCK, HOLDER = "lock", "holder.txt"


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of an earlier run; none when there was no run or its manifest is damaged."""
    return read_json(folder / MANIFEST)


def refuse_forgotten(manifest: dict[str, Any]) -> None:
    """Stop when the rows of an edition were forgotten: what is asked for needs them."""
    if manifest.get(FORGOTTEN):
        raise DataError.of("forgotten", slug=manifest["edition"])


def can_go_out(manifest: Mapping[str, Any]) -> bool:
    """Whether all readers tried, and none of them learns a count exactly or as a few."""
    attack = manifest["attack"]
    return attack["is_attacked"] and not any(is_certain for *_, is_certain in attack["learnt"])


def read_json(path: Path) -> dict[str, Any] | None:
    """What was written by `write_json`; none when it is not there or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON that is the same for the same content."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(path, text.encode())


def write_whole(path: Path, content: bytes, owner_only: bool = False) -> None:
    """Write a file of which the name is there only when all of it is, also after a power cut.

    `owner_only`: nobody else may open it, on systems that have such rights: not Windows.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_OPENS)
    half = path.with_suffix(f".{os.getpid()}.half")
    try:
        half.touch(mode=OWNER_READS if owner_only else 0o666)
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: half.replace(path))
    finally:
        half.unlink(missing_ok=True)


def patiently(do: Callable[[], object]) -> None:
    """Do something to a file or folder, on Windows again when a program is just looking at it."""
    for seconds in AGAIN_AFTER:
        try:
            do()
            return
        except PermissionError:
            time.sleep(seconds)
    do()


def owner_only(folder: Path) -> None:
    """Let nobody but its owner open a folder and what is in it.

    Windows has no such modes: there it is who may open the folder above that counts.
    """
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(OWNER_OPENS if path.is_dir() else OWNER_READS)


def files_below(folder: Path) -> dict[str, Path]:
    """Every file and link below a folder by its path in it, but for what programs left there."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink())
    return {
        path.relative_to(folder).as_posix(): path
        for path in paths
        if not path.name.lower().startswith(LEFT_BEHIND)
    }


def hashes_below(folder: Path, but: Sequence[str] = (MANIFEST,)) -> dict[str, str]:
    """sha256 of every file below a folder, by its path in it, but of these."""
    paths = files_below(folder).items()
    return {name: sha256(path) for name, path in paths if name not in but and path.is_file()}


def sha256(path: Path) -> str:
    """sha256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hash_of(content: Any) -> str:
    """One hash of lists and names with what belongs to them; names in any order."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@contextmanager
def swapped_in(target: Path, keeps_previous: bool = False) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends without an error.

    It is for its owner only, and forced to disk before it is moved. After an error, Ctrl-C or a
    kill, `target` is as it was; at the one moment at which it has left and the new folder has not
    come, a kill leaves no `target`, and the next `locked` brings it back. Only who holds that lock
    may do this. `keeps_previous` keeps what was there until the next time, for `rolled_back`.
    """
    check_place(target)
    new = _beside(target, NEW)
    new.mkdir(mode=OWNER_OPENS)
    try:
        yield new
        for path in (new, *new.rglob("*")):
            if path.is_file() or os.name == "posix":  # Windows has no such thing for folders
                descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
                os.fsync(descriptor)
                os.close(descriptor)
        _swap(target, new, keeps_previous)
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def locked(workspace: Workspace, slug: str) -> Iterator[None]:
    """Let nobody else work on this edition as long as the block lasts; the error says who does.

    The lock is the operating system's: it is gone as soon as its holder is, also after a kill. What
    a killed run was writing is removed at once, and what it was moving comes back.
    """
    work = workspace.work(slug)
    work.mkdir(parents=True, exist_ok=True, mode=OWNER_OPENS)
    holder = work / HOLDER
    try:
        lock = FileLock(work / LOCK).acquire(timeout=0)
    except Timeout:
        # It may have the lock and not have signed yet.
        who = holder.read_text(encoding="utf-8") if holder.is_file() else message("somebody")
        raise DataError.of("busy", who=who) from None
    with lock:
        for half in work.glob("*.half"):
            patiently(half.unlink)
        reports = workspace.reports(slug)
        others = workspace.processed(slug), workspace.printed(slug), workspace.bundles(slug)
        for target in (*others, reports):
            remove(_beside(target, NEW))
            leaving = _beside(target, LEAVING)
            if leaving.is_dir() and not target.exists():
                leaving.replace(target)
            _let_go(target, keeps_previous=target == reports)
        command, since = " ".join(["mma", *sys.argv[1:2]]), dt.datetime.now().astimezone()
        where = {"process": os.getpid(), "machine": socket.gethostname(), "since": f"{since:%H:%M}"}
        signed = message("who_since", command=f"`{command}`", **where)
        with suppress(OSError):  # a full disk: `mma forget` makes room
            write_whole(holder, signed.encode())
        try:
            yield
        finally:
            patiently(partial(holder.unlink, missing_ok=True))


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
    places = (_beside(target, name) for name in (NEW, LEAVING, PREVIOUS))
    return [place for place in places if place.exists()]


def rolled_back(target: Path) -> None:
    """Put the folder that was there before back in its place, and keep this one in turn."""
    check_place(target)
    if not _beside(target, PREVIOUS).is_dir():
        raise DataError.of("nothing_earlier", name=target.name)
    _swap(target, _beside(target, PREVIOUS), keeps_previous=True)


def _beside(folder: Path, name: str) -> Path:
    return folder.with_name(f".{folder.name}-{name}")


def _swap(target: Path, new: Path, keeps_previous: bool) -> None:
    leaving = _beside(target, LEAVING)
    try:
        if target.exists():
            patiently(lambda: target.replace(leaving))
        patiently(lambda: new.replace(target))
    except PermissionError as error:
        raise DataError.of("cannot_replace", path=target, error=error.strerror) from error
    finally:
        if leaving.exists() and not target.exists():
            leaving.replace(target)
    _let_go(target, keeps_previous)


def _let_go(target: Path, keeps_previous: bool) -> None:
    """What has left becomes the previous one, or goes."""
    leaving, previous = _beside(target, LEAVING), _beside(target, PREVIOUS)
    if not leaving.is_dir():
        return
    try:
        remove(previous)
        if keeps_previous:
            patiently(lambda: leaving.replace(previous))
        else:
            remove(leaving)
    except OSError as error:
        which = {"previous": previous, "leaving": leaving, "file": error.filename}
        raise DataError.of("cannot_put_away", **which, error=error.strerror) from error


def remove(folder: Path) -> None:
    """Remove a folder when it is there, also what in it may only be read."""
    if folder.exists():
        owner_only(folder)
        patiently(lambda: shutil.rmtree(folder))


ISSUES_FILE, RELEASES_FILE = "uitgaven.toml", "vrijgave.toml"
COMING = ".komt"  # behind the name of an issue that the edition does not name yet
ABOVE = """\
# Wat er is verstuurd: elke uitgave van deze editie. `mma bundle` schrijft dit: verander niets.
# De aantallen zelf staan in data/issued. Een nieuwe uitgave zegt ze niet anders.
"""


class Uitgave(Section):
    """One issue as its edition names it: which, when, and the sha256 of what it said."""

    nummer: int = Field(ge=1)
    dag: dt.date
    sha256: str


@dataclass(frozen=True)
class Issue:
    """One issue of one edition, and the table of what it said: a row per count (`dimensions`)."""

    edition: str
    number: int
    day: dt.date | None
    path: Path


def issues(workspace: Workspace, slug: str) -> list[Issue]:
    """The issues of an edition, in their order, each checked to be what went out.

    Of an edition of which the folder was removed they are taken as they are.
    """
    listed, folder = workspace.raw(slug) / ISSUES_FILE, workspace.issued(slug)
    numbered = (path for path in folder.glob("*.parquet") if path.stem.isdecimal())
    there = sorted(numbered, key=lambda path: int(path.stem))
    if slug not in workspace.names():
        return [Issue(slug, int(path.stem), None, path) for path in there]
    checked = {}
    where = {"listed": listed, "slug": slug, "back": message("put_back")}
    for one in read_blocks(listed, "uitgave", Uitgave):
        path = folder / f"{one.nummer}.parquet"
        coming = path.with_suffix(COMING)
        if not path.is_file() and coming.is_file() and sha256(coming) == one.sha256:
            coming.replace(path)  # somebody was stopped between the two
        if not path.is_file() or sha256(path) != one.sha256:
            state = "issue_changed" if path.is_file() else "issue_missing"
            raise DataError.of(state, path=path, number=one.nummer, sha=one.sha256[:12], **where)
        checked[path] = Issue(slug, one.nummer, one.dag, path)
    if strange := [path for path in there if path not in checked]:
        raise DataError.of("issue_unlisted", path=strange[0], **where)
    return sorted(checked.values(), key=lambda issue: issue.number)


def all_issues(workspace: Workspace) -> list[Issue]:
    """The issues of all editions that there are or were, the oldest first."""
    slugs = {*workspace.names(), *(path.name for path in workspace.issued("").glob("*/"))}
    every = [issue for slug in sorted(slugs) for issue in issues(workspace, slug)]
    return sorted(every, key=lambda issue: (issue.day or dt.date.min, issue.edition, issue.number))


def add_issue(workspace: Workspace, slug: str, content: bytes, day: dt.date) -> Issue | None:
    """Keep what goes out now as the next issue; none when the last one says the same.

    It is an issue from the moment that the edition names it: whoever is stopped before has none.
    """
    before = issues(workspace, slug)
    if before and before[-1].path.read_bytes() == content:
        return None
    number, listed = len(before) + 1, workspace.raw(slug) / ISSUES_FILE
    day = max([day, *(one.day for one in before if one.day)])  # a clock may have been ahead
    path = workspace.issued(slug) / f"{number}.parquet"
    coming = path.with_suffix(COMING)
    try:
        write_whole(coming, content)
        text = listed.read_text(encoding="utf-8") if before else ABOVE
        line = f'\n[[uitgave]]\nnummer = {number}\ndag = {day}\nsha256 = "{sha256(coming)}"\n'
        write_whole(listed, (text + line).encode())
    except OSError:
        coming.unlink(missing_ok=True)
        raise
    coming.replace(path)
    return Issue(slug, number, day, path)


NAMED = 5  # files in a message
PACKAGE = "mma-analysis"
UNDERNEATH = ("markupsafe",)  # what others need, and can change a byte of a page


def inputs_of(workspace: Workspace, edition: Edition) -> dict[str, str]:
    """All that tables depend on: files of the edition, and more by a name in words → a hash."""
    earlier, released = edition.bescherming.vorige_editie, ""
    processed = workspace.processed(earlier or "")
    if earlier and (manifest := read_manifest(processed)):
        figures = hash_of(hashes_below(processed / MEASURES))
        released = hash_of({"figures": figures, "meant": manifest.get("definitions")})
    issued = all_issues(workspace)
    return {
        **input_hashes(edition.folder),
        f"wat {earlier or 'geen editie'} vrijgaf": released,
        **{f"uitgave {one.number} van {one.edition}": sha256(one.path) for one in issued},
    }


def input_hashes(folder: Path) -> dict[str, str]:
    """sha256 of what tables and what is found depend on: the program, and files of an edition.

    Not those that say how pages look, which stand in the pages; nor what went out and was signed,
    which is written down afterwards.
    """
    hashes = hashes_below(folder, (ISSUES_FILE, RELEASES_FILE))
    return made_with() | {
        name: digest for name, digest in hashes.items() if name.partition("/")[0] not in BESIDE
    }


@cache
def made_with() -> dict[str, str]:
    """What can change a byte of anything: versions of all that is needed, and every file of ours.

    Of Python without its last number; bytecode does not count: it changes when nothing does.
    """
    python = ".".join(platform.python_version_tuple()[:2])
    needed = [re.split(r"[^\w-]", one)[0] for one in requires(PACKAGE) or () if "extra" not in one]
    packages = {"python": python} | {one: version(one) for one in (PACKAGE, *UNDERNEATH, *needed)}
    ours = hashes_below(Path(__file__).parent)
    code = {name: ours[name] for name in ours if "__pycache__" not in name}
    return {"pakketten": hash_of(packages), "code en sjablonen": hash_of(code)}


def outdated(workspace: Workspace, edition: Edition, manifest: Mapping[str, Any]) -> str:
    """Why the tables do not hold any more, in words; empty when they do."""
    outputs, slug = manifest.get("outputs", {}), edition.slug
    now, processed = inputs_of(workspace, edition), workspace.processed(slug)
    # That these tables themselves were sent since then changes nothing.
    same = outputs.get(f"{CANDIDATE}.parquet")
    changed = differing(manifest.get("inputs", {}), now)
    if changed := [name for name in changed if now.get(name, "") != same]:
        return message("inputs_changed", files=", ".join(changed), slug=slug)
    if changed := differing(outputs, hashes_below(processed)):
        return message("outputs_changed", files=", ".join(changed[:NAMED]), folder=processed)
    return ""


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names that came, went or have another hash."""
    return sorted(name for name in before.keys() | now if before.get(name) != now.get(name))
