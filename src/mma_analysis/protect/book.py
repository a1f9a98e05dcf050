"""Closed books: what went out about days that are closed stays, whatever is delivered later.

An issue closes the days up to its peildatum for the gemeenten in it. What a melding *is* (when it
came in, about what, who received it too) is booked then. What *came of it* is booked as of that
peildatum: of a later one more may be known. A revision books all rows of a gemeente anew.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.schema import (
    BACKGROUND,
    MELDINGEN,
    NOT_FINAL,
    PROGRESS,
    UNKNOWN,
)

KEY = ["gemeente", "melding_id"]
# What a melding is, and what came of it: no text, no place, no line of a file.
IDENTITY = ["received_on", "reported_on", "topic", *BACKGROUND, "also_sent_to"]
OUTCOME = [*PROGRESS, "closed_on"]
ROWS = [*KEY, *IDENTITY, *OUTCOME]
OPEN = np.iinfo("int32").max  # in the column `booked` of a row that is not
# Of a gemeente: how many of its rows were refused and double, its grade, when it was connected.
DELIVERIES = {
    **{"area": "str", "connected_on": "datetime64[us]", "grade": "str"},
    **dict.fromkeys(["rejected", "duplicate", "files", "warnings"], "Int64"),
}
FEWEST_CHANGED = 5  # rows; of fewer, who assumes that few changed reads the truth
SAID = {
    **dict.fromkeys(["counted", "family", "codes", "region", "name"], "str"),
    **{"number": "Int64", "off": "int64", "least": "int64", "state": "str"},
}


@dataclass(frozen=True)
class Issued:
    """What went out once: about which days, what was said, and what that was counted from.

    - `said`: one row per set of meldingen (`measure.sets_of`) with its `number`, how far that may
      be `off`, the `least` that a reader knows it is, and its `state`; a row too of a set of which
      no number went out.
    - `rows`: one row per melding in it, codes and days only (`ROWS`); none after `mma forget`.
    - `deliveries`: one row per gemeente, and one for all together (`DELIVERIES`).
    """

    edition: str
    begin: dt.date
    peildatum: dt.date
    said: pd.DataFrame
    rows: pd.DataFrame | None
    deliveries: pd.DataFrame | None

    @cached_property
    def gemeenten(self) -> frozenset[str]:
        """The gemeenten, or versions of them, of which it closed days."""
        slugs = set[str]()
        for region in self.said["region"].unique():
            for part in region.split():
                slugs.update(part.partition(":")[0].split(","))
        return frozenset(slugs)


@dataclass(frozen=True)
class Book:
    """All that went out and has a day and a gemeente in common with an edition, the oldest first.

    `revising`: the gemeenten of which this edition books all rows anew.
    """

    issues: tuple[Issued, ...] = ()
    revising: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything went out."""
        return bool(self.issues)

    @property
    def is_forgotten(self) -> bool:
        """Whether rows that were counted are gone: their numbers can be kept, not made."""
        return any(issue.rows is None for issue in self.issues)

    @cached_property
    def said(self) -> pd.DataFrame:
        """What went out of each set, one row per name: what was said first, where it was said."""
        none = pd.DataFrame(columns=list(SAID))
        every = [none, *(issue.said[list(SAID)] for issue in self.issues)]
        table = pd.concat(every, ignore_index=True).astype(SAID)
        # A set that has no number yet can get one; a number never goes.
        rank = table["state"].map({"hidden": 1, "unpublished": 2}).fillna(0)
        in_order = table.assign(rank=rank).sort_values("rank", kind="stable")
        return in_order.drop_duplicates("name").drop(columns="rank").set_index("name")

    def version(self, slug: str) -> str:
        """The name of a gemeente in regions: `borne`, and `borne#2` when it was revised once."""
        number = self._latest.get(slug, 1) + (slug in self.revising)
        return f"{slug}#{number}" if number > 1 else slug

    @cached_property
    def _latest(self) -> dict[str, int]:
        """The number of the last version of each gemeente that went out."""
        latest: dict[str, int] = {}
        for issue in self.issues:
            for version in issue.gemeenten:
                slug, _, number = version.partition("#")
                latest[slug] = max(latest.get(slug, 1), int(number or 1))
        return latest

    def versions(self, slugs: pd.Series) -> pd.Series:
        """The version of each gemeente."""
        return slugs.map({slug: self.version(slug) for slug in slugs.unique()})

    @cached_property
    def closed(self) -> pd.DataFrame:
        """The days that are closed: one row per issue and version of a gemeente, by its place."""
        rows = []
        for place, issue in enumerate(self.issues):
            of_issue = [(slug, issue.begin, issue.peildatum, place) for slug in issue.gemeenten]
            rows += sorted(of_issue)
        table = pd.DataFrame(rows, columns=["gemeente", "first", "last", "booked"])
        return table.astype({"first": "datetime64[us]", "last": "datetime64[us]"})

    def closed_until(self, slugs: Sequence[str], peildatum: dt.date) -> pd.DataFrame:
        """The last day that went out of each of these gemeenten, up to a peildatum.

        One row per gemeente (`area`) of which any day did, in their order: `closed_until`,
        and `is_revised`, whether its rows were booked anew, or are so now.
        """
        area = self.closed["gemeente"].astype("str").str.split("#").str[0]
        last = self.closed["last"].groupby(area).max().clip(upper=pd.Timestamp(peildatum))
        there = [slug for slug in slugs if slug in last.index]
        is_revised = ["#" in self.version(slug) for slug in there]
        return pd.DataFrame(
            {
                "area": pd.Series(there, dtype="str"),
                "closed_until": last.reindex(there).to_numpy(),
                "is_revised": pd.Series(is_revised, dtype="bool"),
            }
        )

    def is_closed(self, meldingen: pd.DataFrame) -> pd.Series:
        """Whether each melding came in on a closed day of its gemeente as it is counted now."""
        days = meldingen["received_on"]
        gemeente = self.versions(meldingen["gemeente"])
        is_closed = pd.Series(data=False, index=meldingen.index)
        for row in self.closed.itertuples():
            is_closed |= gemeente.eq(row.gemeente) & days.between(row.first, row.last)
        return is_closed

    @cached_property
    def rows(self) -> pd.DataFrame:
        """What each booked melding is: `gemeente` is a version, `booked` the place of its issue."""
        tables = []
        for place, issue in enumerate(self.issues):
            if issue.rows is not None:
                tables.append(issue.rows[[*KEY, *IDENTITY]].assign(booked=place))
        if not tables:
            return pd.DataFrame(columns=[*KEY, *IDENTITY, "booked"])
        return pd.concat(tables, ignore_index=True).drop_duplicates(KEY)

    def outcomes(self) -> dict[dt.date, pd.DataFrame]:
        """Peildatum → what had come of each melding by then, as booked first; on `KEY`."""
        by_day: dict[dt.date, list[pd.DataFrame]] = {}
        for issue in self.issues:
            if issue.rows is not None:
                by_day.setdefault(issue.peildatum, []).append(issue.rows[[*KEY, *OUTCOME]])
        tables = {}
        for day in sorted(by_day):
            every = pd.concat(by_day[day], ignore_index=True)
            tables[day] = every.drop_duplicates(KEY).set_index(KEY)
        return tables

    def first_deliveries(self, begin: dt.date, peildatum: dt.date) -> pd.DataFrame | None:
        """What was said of deliveries when these days went out first, if they did."""
        for issue in self.issues:
            if (issue.begin, issue.peildatum) == (begin, peildatum):
                return issue.deliveries
        return None


def public_rows(
    meldingen: pd.DataFrame, book: Book, begin: dt.date, peildatum: dt.date
) -> pd.DataFrame:
    """The rows that public numbers are made of: booked ones for closed days, else the newest.

    `meldingen` are those of the newest deliveries, with `fed_back`; of the answer `gemeente` is a
    slug. A melding that was booked counts once, also when it is on an open day now.
    """
    if not book:
        return meldingen.assign(booked=OPEN)
    booked = book.rows
    slug_of = booked["gemeente"].str.partition("#")[0]
    is_current = booked["gemeente"].eq(book.versions(slug_of))
    is_inside = booked["received_on"].between(pd.Timestamp(begin), pd.Timestamp(peildatum))
    kept = booked[is_current & is_inside].reset_index(drop=True)
    kept = with_outcome(kept, meldingen, book, peildatum)
    kept["gemeente"] = kept["gemeente"].str.partition("#")[0]

    versions = book.versions(meldingen["gemeente"])
    keys = pd.MultiIndex.from_arrays([versions, meldingen["melding_id"]])
    is_booked = keys.isin(pd.MultiIndex.from_frame(booked[KEY]))
    is_new = ~book.is_closed(meldingen) & ~is_booked
    new = meldingen.loc[is_new, [*ROWS, "fed_back_on"]].assign(booked=OPEN)
    return _as_clean(pd.concat([kept, new], ignore_index=True))


def with_outcome(
    rows: pd.DataFrame, newest: pd.DataFrame, book: Book, peildatum: dt.date
) -> pd.DataFrame:
    """Booked rows with what had come of them by this peildatum.

    As booked for that day, or for the first day after it; else as was booked last before it, or, of
    what could still change, as delivered now. Known never becomes unknown.
    """
    keys = pd.MultiIndex.from_frame(rows[KEY])
    current = newest.assign(gemeente=book.versions(newest["gemeente"]))
    found = current.drop_duplicates(KEY).set_index(KEY)[OUTCOME].reindex(keys)
    for name in PROGRESS:
        found[name] = found[name].fillna(UNKNOWN)
    outcomes = book.outcomes()
    for day in sorted(day for day in outcomes if day < peildatum):
        found = _at_least(outcomes[day].reindex(keys), found)
    for day in sorted((day for day in outcomes if day >= peildatum), reverse=True):
        booked = outcomes[day].reindex(keys)
        found = booked.where(booked["status"].notna(), found, axis=0)
    return rows.assign(**{name: found[name].to_numpy() for name in OUTCOME})


def _at_least(booked: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """What was booked where that is final, or where nothing is known now; else what is found."""
    columns = {}
    for name in PROGRESS:
        may_change = booked[name].isna() | booked[name].isin([UNKNOWN, *NOT_FINAL.get(name, ())])
        stays = ~may_change | (booked[name].notna() & found[name].eq(UNKNOWN))
        columns[name] = booked[name].where(stays, found[name])
    columns["closed_on"] = booked["closed_on"].fillna(found["closed_on"])
    return pd.DataFrame(columns)


def _as_clean(rows: pd.DataFrame) -> pd.DataFrame:
    types = {column.name: column.dtype for column in MELDINGEN if column.name in rows}
    return rows.astype(types)


def changes(meldingen: pd.DataFrame, book: Book, slugs: Collection[str]) -> pd.DataFrame:
    """What is delivered now about closed days, beside what was booked: one row per gemeente.

    `added`, `gone` and `changed` rows; what came of a melding is no change.
    """
    booked = book.rows
    current = meldingen.assign(gemeente=book.versions(meldingen["gemeente"]))
    now = current[book.is_closed(meldingen)].drop_duplicates(KEY).set_index(KEY)[IDENTITY]
    before = booked.set_index(KEY)[IDENTITY]
    both = now.index.intersection(before.index)
    is_equal = now.loc[both].astype("object").fillna("") == before.loc[both].astype("object").fillna("")
    changed = both[~is_equal.all(axis=1)]
    counts = {
        "added": now.index.difference(before.index),
        "gone": before.index.difference(pd.MultiIndex.from_frame(current[KEY])),
        "changed": changed,
    }
    versions = {slug: book.version(slug) for slug in slugs}
    table = pd.DataFrame({"area": list(slugs)})
    for name, keys in counts.items():
        of_version = keys.get_level_values("gemeente").value_counts()
        table[name] = [int(of_version.get(versions[slug], 0)) for slug in slugs]
    return table


def refuse_small_revision(changed: pd.DataFrame, slugs: Collection[str]) -> None:
    """Stop when a gemeente that is to be revised changed in few rows."""
    rows = changed.set_index("area")[["added", "gone", "changed"]].sum(axis=1)
    for slug in sorted(slugs):
        if rows.get(slug, 0) < FEWEST_CHANGED:
            raise DataError.of(
                "revision_too_small",
                slug=slug,
                number=int(rows.get(slug, 0)),
                fewest=FEWEST_CHANGED,
            )
