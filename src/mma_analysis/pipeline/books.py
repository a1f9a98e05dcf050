"""What went out, read from disk for an edition, and what is kept of it when it is sent."""

import datetime as dt
import io
from zipfile import ZipFile

import pandas as pd

from mma_analysis import protect, storage
from mma_analysis.measure.sets import SET, names_of
from mma_analysis.settings import SETTINGS_FILE, Edition, Workspace
from mma_analysis.vocabulary import DataError, UsageError

ROWS, DELIVERIES = "rows", "deliveries"
SAID = [*SET, "number", "text", "off", "least", "state"]


def book_for(workspace: Workspace, edition: Edition) -> protect.Book:
    """All that went out and has a day and a gemeente in common with this edition."""
    slugs = set(edition.gemeenten)
    issues = []
    for issue in storage.all_issues(workspace):
        issued = _read(issue)
        has_days = issued.begin <= edition.peildatum and edition.begin <= issued.peildatum
        has_gemeenten = any(name.partition("#")[0] in slugs for name in issued.gemeenten)
        if has_days and has_gemeenten:
            issues.append(issued)
    return protect.Book(tuple(issues), _revising(workspace, edition, issues))


def _read(issue: storage.Issue) -> protect.Issued:
    """One issue as it went out."""
    table = pd.read_parquet(issue.path)
    if "region" not in table:
        raise DataError.of("issue_too_old", path=issue.path, number=issue.number)
    rows, deliveries = None, None
    if issue.booked is not None:
        with ZipFile(issue.booked) as packed:
            rows = pd.read_parquet(io.BytesIO(packed.read(f"{ROWS}.parquet")))
            deliveries = pd.read_parquet(io.BytesIO(packed.read(f"{DELIVERIES}.parquet")))
    return protect.Issued(
        edition=issue.edition,
        begin=dt.date.fromisoformat(table["begin"].iloc[0]),
        peildatum=dt.date.fromisoformat(table["peildatum"].iloc[0]),
        said=table.assign(name=names_of(table)),
        rows=rows,
        deliveries=deliveries,
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
    same_days = [
        issue
        for issue in issues
        if issue.edition == edition.slug
        and (issue.begin, issue.peildatum) == (edition.begin, edition.peildatum)
    ]
    if not same_days:
        path = edition.folder / SETTINGS_FILE
        raise UsageError.of("nothing_to_revise", path=path, peildatum=edition.peildatum)
    return frozenset(revision.gemeenten)


def said_table(issued: protect.Issued) -> pd.DataFrame:
    """What an issue says, as it is kept: it holds no row, no exact count, and no name of a file."""
    days = {"begin": issued.begin.isoformat(), "peildatum": issued.peildatum.isoformat()}
    return issued.said[["cell", *SAID]].assign(**days)


def booked_tables(issued: protect.Issued) -> dict[str, pd.DataFrame]:
    """What is booked with an issue: for its owner only, until `mma forget`."""
    assert issued.rows is not None
    assert issued.deliveries is not None
    return {ROWS: issued.rows, DELIVERIES: issued.deliveries}
