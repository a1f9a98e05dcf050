"""What went out, read from disk for an edition, and what is kept of it when it is sent."""

import datetime as dt
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pandas as pd

from mma_analysis import protect, storage
from mma_analysis.measure.sets import SET, names_of
from mma_analysis.settings import SETTINGS_FILE, Edition, Workspace
from mma_analysis.vocabulary import DataError, UsageError
from mma_analysis.vocabulary.parquet import table_in

# The tables of what is booked, and the columns of what is said as it is kept.
ROWS_TABLE = "rows"
DELIVERIES_TABLE = "deliveries"
LACKING = "lacking"
SAID_COLUMNS = ["cell", *SET, "number", "text", "off", "least", "state"]


def book_for(workspace: Workspace, edition: Edition) -> protect.Book:
    """All that went out and shares a day and a gemeente with this edition, in its order.

    DataError: an issue is of before closed books. UsageError: there is nothing to revise.
    """
    issues = []
    for issue in storage.all_issues(workspace):
        issued = _read(issue)
        begins_in_time = issued.begin <= edition.peildatum
        ends_in_time = edition.begin <= issued.peildatum
        slugs = {protect.slug_of(version) for version in issued.gemeenten}
        has_gemeenten = not slugs.isdisjoint(edition.gemeenten)
        if begins_in_time and ends_in_time and has_gemeenten:
            issues.append(issued)
    return protect.Book(tuple(issues), _revising(workspace, edition, issues))


def _read(issue: storage.Issue) -> protect.Issued:
    """One issue as it went out."""
    table = _table_in(issue.path.read_bytes(), issue.path, issue)
    if "region" not in table:
        raise DataError.of("issue_too_old", path=issue.path, number=issue.number)
    rows = None
    deliveries = None
    lacking = frozenset[str]()
    if issue.booked is not None:
        parts = _parts_in(issue.booked, issue)
        tables = {}
        for name, content in parts.items():
            tables[name] = _table_in(content, issue.booked, issue)
        rows = tables[ROWS_TABLE]
        deliveries = tables[DELIVERIES_TABLE]
        # What was booked by an older version does not say that it lacks rows.
        if LACKING in tables:
            lacking = frozenset(tables[LACKING]["gemeente"])
    return protect.Issued(
        edition=issue.edition,
        begin=dt.date.fromisoformat(table["begin"].iloc[0]),
        peildatum=dt.date.fromisoformat(table["peildatum"].iloc[0]),
        said=table.assign(name=names_of(table)),
        rows=rows,
        deliveries=deliveries,
        lacking=lacking,
    )


def _parts_in(path: Path, issue: storage.Issue) -> dict[str, bytes]:
    """Table → its file, of what is booked with an issue."""
    parts = {}
    try:
        with ZipFile(path) as packed:
            for name in packed.namelist():
                parts[name.removesuffix(".parquet")] = packed.read(name)
    except BadZipFile as fault:
        raise _unreadable(path, issue) from fault
    if not {ROWS_TABLE, DELIVERIES_TABLE} <= parts.keys():
        raise _unreadable(path, issue)
    return parts


def _table_in(content: bytes, path: Path, issue: storage.Issue) -> pd.DataFrame:
    """A table of an issue. What is no table any more is a `DataError`.

    Of an edition of which the folder was removed nothing says how the file was.
    """
    try:
        return table_in(content)
    except (OSError, ValueError) as fault:
        raise _unreadable(path, issue) from fault


def _unreadable(path: Path, issue: storage.Issue) -> DataError:
    return DataError.of(
        "issue_unreadable",
        path=path,
        number=issue.number,
        slug=issue.edition,
    )


def _revising(
    workspace: Workspace, edition: Edition, issues: list[protect.Issued]
) -> frozenset[str]:
    """The gemeenten of which this edition books all rows anew: until that went out."""
    revision = edition.herziening
    if revision is None:
        return frozenset()
    if storage.was_revised(workspace, edition.slug, revision.reden):
        return frozenset()
    days = edition.slug, edition.begin, edition.peildatum
    went_out = [(issue.edition, issue.begin, issue.peildatum) for issue in issues]
    if days not in went_out:
        path = edition.folder / SETTINGS_FILE
        raise UsageError.of("nothing_to_revise", path=path, peildatum=edition.peildatum)
    return frozenset(revision.gemeenten)


def said_table(issued: protect.Issued) -> pd.DataFrame:
    """What an issue says, as it is kept: a row per count that it says or that readers know.

    It holds no row, no exact count, and no name of a file.
    """
    return issued.said[SAID_COLUMNS].assign(
        begin=issued.begin.isoformat(),
        peildatum=issued.peildatum.isoformat(),
    )


def booked_tables(issued: protect.Issued) -> dict[str, pd.DataFrame]:
    """What is booked with an issue: for its owner only; none once it is forgotten."""
    lacking = pd.DataFrame({"gemeente": sorted(issued.lacking)}, dtype="str")
    tables = {
        ROWS_TABLE: issued.rows,
        DELIVERIES_TABLE: issued.deliveries,
        LACKING: lacking,
    }
    return {name: table for name, table in tables.items() if table is not None}
