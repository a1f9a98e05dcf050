"""What went out of an edition: its issues, each as it was sent, and never another.

An issue holds numbers that everybody has, and what each is about; no row and no exact
count. Its file is in `data/issued`, and the edition names it with its hash: the two are
kept together. What it was counted from is booked in `data/booked`, for its owner only,
until it is forgotten.
"""

import datetime as dt
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field

from mma_analysis.settings import Section, Workspace, as_toml, read_blocks
from mma_analysis.storage.folders import (
    MANIFEST,
    as_json,
    read_json,
    read_manifest,
    sha256,
    write_whole,
)
from mma_analysis.vocabulary import DataError, message

CANDIDATE = "kandidaat"  # beside the released tables: what the next issue would say
ISSUES_FILE = "uitgaven.toml"
RELEASES_FILE = "vrijgave.toml"
ISSUE_NUMBER = "issue"  # in a manifest and in the dossier: which one these files are
KEEPS_EARLIER = (
    "keeps_earlier"  # in a manifest: whether numbers of earlier issues stay in it
)
ISSUE_IN_ZIP = re.compile(rb"uitgave (?P<number>\d+)")
COMING = ".komt"  # behind the name of an issue that the edition does not name yet
FORGOTTEN_ROWS = ".vergeten"  # what stands there instead of rows that were forgotten
HEAD_OF_LIST = """\
# Wat er is verstuurd: elke uitgave van deze editie. `mma bundle` schrijft dit: verander
# niets. De aantallen zelf staan in data/issued. Een nieuwe uitgave zegt ze niet anders.
"""


class Uitgave(Section):
    """One issue as its edition names it: which, when, and the sha256 of what it said."""

    nummer: int = Field(ge=1)
    dag: dt.date
    sha256: str
    geboekt: str = ""  # sha256 of the booked rows
    herziening: str = ""  # why it revised what went out before


@dataclass(frozen=True)
class Issue:
    """One issue of an edition: what it said, and what that was counted from.

    `booked` is none when these rows were forgotten.
    """

    edition: str
    number: int
    day: dt.date | None
    path: Path
    booked: Path | None = None


class Outgoing(NamedTuple):
    """What goes out: what is said, what is booked with it, why it revises earlier issues.

    `booked` is none when these rows were forgotten before it went out.
    """

    said: bytes
    booked: bytes | None
    revision: str = ""


def can_go_out(manifest: Mapping[str, Any]) -> bool:
    """Whether all readers tried, and none of them learns a count exactly or as a few."""
    attack = manifest["attack"]
    is_known = any(is_certain for *_, is_certain in attack["known"])
    return attack["is_attacked"] and not is_known


# --- what there is ------------------------------------------------------------------------


def all_issues(workspace: Workspace) -> list[Issue]:
    """The issues of all editions that there are or were, the oldest first."""
    with_issues = [path.name for path in workspace.issued("").glob("*/")]
    every = []
    for slug in sorted({*workspace.names(), *with_issues}):
        every += issues_of(workspace, slug)
    return sorted(every, key=_age)


def _age(issue: Issue) -> tuple[dt.date, str, int]:
    return issue.day or dt.date.min, issue.edition, issue.number


def issues_of(workspace: Workspace, slug: str) -> list[Issue]:
    """The issues of an edition, in their order, each checked to be what went out.

    Of an edition of which the folder was removed they are taken as they are.
    """
    if slug not in workspace.names():
        return [
            _of_removed_edition(workspace, slug, path) for path in _files(workspace, slug)
        ]
    listed = workspace.raw(slug) / ISSUES_FILE
    issues = []
    for one in read_blocks(listed, "uitgave", Uitgave):
        path = _place(workspace, slug, one.nummer)
        _complete(path, one)
        _check(path, one, listed, slug)
        booked = _booked(workspace, slug, one)
        issues.append(Issue(slug, one.nummer, one.dag, path, booked))
    known = {issue.path for issue in issues}
    unlisted = [path for path in _files(workspace, slug) if path not in known]
    if unlisted:
        back = message("put_back")
        raise DataError.of("issue_unlisted", path=unlisted[0], listed=listed, back=back)
    _refuse_lost(workspace, slug, issues)
    return sorted(issues, key=lambda issue: issue.number)


def _of_removed_edition(workspace: Workspace, slug: str, path: Path) -> Issue:
    booked = _booked_place(workspace, slug, int(path.stem))
    return Issue(slug, int(path.stem), None, path, booked if booked.is_file() else None)


def _booked_place(workspace: Workspace, slug: str, number: int) -> Path:
    return workspace.booked(slug) / f"{number}.zip"


def _booked(workspace: Workspace, slug: str, one: Uitgave) -> Path | None:
    """The rows of an issue; none when they were forgotten. Raise when they are gone or
    changed.
    """
    path = _booked_place(workspace, slug, one.nummer)
    if path.with_suffix(FORGOTTEN_ROWS).is_file():
        return None
    coming = path.with_suffix(COMING)
    if not path.is_file() and coming.is_file() and sha256(coming) == one.geboekt:
        coming.replace(path)
    if not path.is_file():
        raise DataError.of("booked_missing", path=path, number=one.nummer, slug=slug)
    if sha256(path) != one.geboekt:
        raise DataError.of("booked_changed", path=path, number=one.nummer, slug=slug)
    return path


def booked_files(workspace: Workspace, slug: str) -> list[Path]:
    """The rows that were booked with the issues of an edition, those that are there."""
    return sorted(workspace.booked(slug).glob("*.zip"))


def mark_forgotten(workspace: Workspace, slug: str) -> None:
    """Say of every booked file that it is forgotten, before it is removed."""
    for path in booked_files(workspace, slug):
        write_whole(path.with_suffix(FORGOTTEN_ROWS), b"")


def was_revised(workspace: Workspace, slug: str, reason: str) -> bool:
    """Whether an issue of this edition revised earlier ones for this reason."""
    listed = workspace.raw(slug) / ISSUES_FILE
    return any(one.herziening == reason for one in read_blocks(listed, "uitgave", Uitgave))


def _place(workspace: Workspace, slug: str, number: int) -> Path:
    return workspace.issued(slug) / f"{number}.parquet"


def _files(workspace: Workspace, slug: str) -> list[Path]:
    """The files of issues that there are, in their order."""
    files = workspace.issued(slug).glob("*.parquet")
    numbered = [path for path in files if path.stem.isdecimal()]
    return sorted(numbered, key=lambda path: int(path.stem))


def _complete(path: Path, one: Uitgave) -> None:
    """Give an issue its name when somebody was stopped after the edition named it."""
    coming = path.with_suffix(COMING)
    if not path.is_file() and coming.is_file() and sha256(coming) == one.sha256:
        coming.replace(path)


def _check(path: Path, one: Uitgave, listed: Path, slug: str) -> None:
    """Raise when an issue that the edition names is not there, or not as it went out."""
    if not path.is_file():
        harm = "issue_missing"
    elif sha256(path) != one.sha256:
        harm = "issue_changed"
    else:
        return
    raise DataError.of(
        harm,
        path=path,
        number=one.nummer,
        sha=one.sha256[:12],
        listed=listed,
        slug=slug,
        back=message("put_back"),
    )


# --- what names it ------------------------------------------------------------------------


def manifest_of_issue(path: Path, number: int) -> bytes:
    """A manifest that says of which issue its files are."""
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return as_json(manifest | {ISSUE_NUMBER: number})


def mark_of_issue(number: int) -> bytes:
    """What a zip says of itself without its passphrase: of which issue it is."""
    return f"uitgave {number}".encode()


def _refuse_lost(workspace: Workspace, slug: str, issues: Sequence[Issue]) -> None:
    """Raise when something still names an issue that the edition does not name itself.

    Without them the next issue would be the first again, and nothing would bind it.
    """
    known = {issue.number for issue in issues}
    lost = [one for one in _named(workspace, slug) if one.number not in known]
    if not lost:
        return
    raise DataError.of(
        "issue_lost",
        number=max(one.number for one in lost),
        slug=slug,
        places=", ".join(str(one.path) for one in lost),
        listed=workspace.raw(slug) / ISSUES_FILE,
        issued=workspace.issued(slug),
        folders=", ".join(sorted({str(one.folder) for one in lost})),
    )


class Named(NamedTuple):
    """A file that names an issue, and the folder of an edition that it is in."""

    folder: Path
    path: Path
    number: int


def _named(workspace: Workspace, slug: str) -> Iterator[Named]:
    """What names an issue of an edition: tables made beside it, its files, its bundles."""
    processed = workspace.processed(slug)
    manifest = read_manifest(processed) or {}
    for issue in manifest.get("issues", ()):
        if issue["edition"] == slug:
            yield Named(processed, processed / MANIFEST, issue["number"])

    reports = workspace.reports(slug)
    for path in (*reports.glob("*.json"), *reports.glob(f"*/{MANIFEST}")):
        number = (read_json(path) or {}).get(ISSUE_NUMBER)
        if number is not None:
            yield Named(reports, path, number)

    bundles = workspace.bundles(slug)
    for path in sorted(bundles.glob("*.zip")):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as bundle:
                marked = ISSUE_IN_ZIP.fullmatch(bundle.comment)
            if marked:
                yield Named(bundles, path, int(marked["number"]))


# --- one more -----------------------------------------------------------------------------


def add_issue(
    workspace: Workspace,
    slug: str,
    outgoing: Outgoing,
    day: dt.date,
) -> Issue | None:
    """Keep what goes out now as the next issue; none when the last one says the same.

    It is an issue from the moment that the edition names it: whoever is stopped before has
    none.
    """
    if sent_as(workspace, slug, outgoing.said) is not None:
        return None
    before = issues_of(workspace, slug)
    number = len(before) + 1
    path = _place(workspace, slug, number)
    booked = _booked_place(workspace, slug, number)
    coming = path.with_suffix(COMING)
    coming_rows = booked.with_suffix(COMING)
    try:
        write_whole(coming, outgoing.said)
        write_whole(coming_rows, outgoing.booked or b"", owner_only=True)
        one = Uitgave(
            nummer=number,
            dag=_not_before(day, before),
            sha256=sha256(coming),
            geboekt=sha256(coming_rows),
            herziening=outgoing.revision,
        )
        _list(one, workspace.raw(slug) / ISSUES_FILE)
    except OSError:
        coming.unlink(missing_ok=True)
        coming_rows.unlink(missing_ok=True)
        raise
    coming.replace(path)
    if outgoing.booked is None:
        coming_rows.replace(booked.with_suffix(FORGOTTEN_ROWS))
        return Issue(slug, number, one.dag, path)
    coming_rows.replace(booked)
    return Issue(slug, number, one.dag, path, booked)


def sent_as(workspace: Workspace, slug: str, content: bytes) -> int | None:
    """The number of the last issue of an edition, when that says this."""
    issues = issues_of(workspace, slug)
    if issues and issues[-1].path.read_bytes() == content:
        return issues[-1].number
    return None


def number_for(workspace: Workspace, slug: str, content: bytes) -> int:
    """The number of the issue that `add_issue` keeps this as, or has kept it as already."""
    number = sent_as(workspace, slug, content)
    return len(issues_of(workspace, slug)) + 1 if number is None else number


def _not_before(day: dt.date, before: Sequence[Issue]) -> dt.date:
    """The day, or that of a later issue: a clock may have been ahead."""
    days = [issue.day for issue in before if issue.day]
    return max([day, *days])


def _list(one: Uitgave, listed: Path) -> None:
    """Write an issue at the end of those that the edition names."""
    is_first = one.nummer == 1
    text = HEAD_OF_LIST if is_first else listed.read_text(encoding="utf-8")
    block = f"""
[[uitgave]]
nummer = {one.nummer}
dag = {one.dag}
sha256 = "{one.sha256}"
geboekt = "{one.geboekt}"
"""
    if one.herziening:
        block += f"herziening = {as_toml(one.herziening)}\n"
    write_whole(listed, (text + block).encode())
