"""What went out: every issue of every edition, kept as it was, and said so in the edition itself.

An issue holds numbers that everybody has, and what each is about; no row and no exact count.
"""

import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import Field

from mma_analysis.settings import Section, Workspace, read_blocks
from mma_analysis.storage.files import sha256, write_whole
from mma_analysis.vocabulary import DataError, message

ISSUES_FILE = "uitgaven.toml"
CANDIDATE = "kandidaat"  # what the next issue would say, beside the released tables
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
    """One issue of one edition, and where what it said is kept."""

    edition: str
    number: int
    day: dt.date | None
    path: Path

    def table(self) -> pd.DataFrame:
        """What was said: a row per count, with what it is about (see `measure.categories`)."""
        return pd.read_parquet(io.BytesIO(self.path.read_bytes()))


def issues(workspace: Workspace, slug: str) -> list[Issue]:
    """The issues of an edition, in their order, each checked to be what went out.

    Of an edition of which the folder was removed they are taken as they are.
    """
    listed, folder = workspace.raw(slug) / ISSUES_FILE, workspace.issued(slug)
    there = sorted(folder.glob("*.parquet"), key=lambda path: int(path.stem))
    if not workspace.raw(slug).is_dir():
        return [Issue(slug, int(path.stem), None, path) for path in there]
    named = read_blocks(listed, "uitgave", Uitgave)
    found = []
    back = {"listed": listed, "back": message("put_back")}
    for place, one in enumerate(named, start=1):
        path = folder / f"{one.nummer}.parquet"
        coming = path.with_suffix(COMING)
        if one.nummer != place:
            raise DataError.of("issue_order", number=one.nummer, expected=place, **back)
        if not path.is_file() and coming.is_file() and sha256(coming) == one.sha256:
            coming.replace(path)  # somebody was stopped between the two
        if not path.is_file() or sha256(path) != one.sha256:
            state = "issue_changed" if path.is_file() else "issue_missing"
            which = {"path": path, "number": one.nummer, "slug": slug, "sha": one.sha256[:12]}
            raise DataError.of(state, **which, **back)
        found.append(Issue(slug, one.nummer, one.dag, path))
    if strange := there[len(found) :]:
        raise DataError.of("issue_unlisted", path=strange[0], **back)
    return found


def all_issues(workspace: Workspace) -> list[Issue]:
    """The issues of all editions that there are or were, the oldest first."""
    slugs = {*workspace.names(), *(path.name for path in workspace.issued("").glob("*/"))}
    found = [issue for slug in sorted(slugs) for issue in issues(workspace, slug)]
    return sorted(found, key=lambda issue: (issue.day or dt.date.min, issue.edition, issue.number))


def add_issue(workspace: Workspace, slug: str, content: bytes, day: dt.date) -> Issue | None:
    """Keep what goes out now as the next issue; none when the last one says the same.

    It is an issue from the moment that the edition names it: whoever is stopped before has none.
    """
    before = issues(workspace, slug)
    listed, folder = workspace.raw(slug) / ISSUES_FILE, workspace.issued(slug)
    if before and before[-1].path.read_bytes() == content:
        return None
    number = len(before) + 1
    path = folder / f"{number}.parquet"
    coming = path.with_suffix(COMING)
    try:
        write_whole(coming, content)
        digest = sha256(coming)
        text = listed.read_text(encoding="utf-8") if before else ABOVE
        line = f'\n[[uitgave]]\nnummer = {number}\ndag = {day}\nsha256 = "{digest}"\n'
        write_whole(listed, (text + line).encode())
    except OSError:
        coming.unlink(missing_ok=True)
        raise
    coming.replace(path)
    return Issue(slug, number, day, path)
