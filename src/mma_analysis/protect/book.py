"""Closed books: what went out about closed days stays, whatever is delivered later.

An issue closes the days that the deliveries in it cover: of each gemeente up to the
peildatum, or to the day on which its delivery ends. What a melding *is*
(when it came in, about what, who received it too) is booked then. What *came of it* is
booked as of that peildatum: of a later one more may be known. A revision books all rows of
a gemeente anew.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
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
from mma_analysis.vocabulary.value import FORGOTTEN

MELDING_KEY = ["gemeente", "melding_id"]
# What a melding is, and what came of it: no text, no place, no line of a file.
IDENTITY = ["received_on", "reported_on", "topic", *BACKGROUND, "also_sent_to"]
OUTCOME = [*PROGRESS, "closed_on"]
ROW_COLUMNS = [*MELDING_KEY, *IDENTITY, *OUTCOME]
OPEN = np.iinfo("int32").max  # in the column `booked` of a row that is not
# How many rows of a gemeente were refused and double, its grade, when it was connected.
DELIVERY_COLUMNS = {
    "area": "str",
    "connected_on": "datetime64[us]",
    "grade": "str",
    "rejected": "Int64",
    "duplicate": "Int64",
    "files": "Int64",
    "warnings": "Int64",
}
CHANGES = ["added", "gone", "changed"]
FEWEST_CHANGED = 5  # rows; of fewer, who assumes that few changed reads the truth
SAID_TYPES = {
    "counted": "str",
    "family": "str",
    "codes": "str",
    "region": "str",
    "name": "str",
    "number": "Int64",
    "off": "int64",
    "least": "int64",
    "state": "str",
}
# States of a count of which no number went out: it was withheld, or it stands in no table.
HIDDEN = "hidden"
UNPUBLISHED = "unpublished"
ORDER = {HIDDEN: 1, FORGOTTEN: 1, UNPUBLISHED: 2}


@dataclass(frozen=True)
class Issued:
    """What went out once: about which days, what was said, and what that was counted from.

    - `said`: one row per set of meldingen (`measure.sets_of`) with its `number`, how far
      that may be `off`, the `least` that a reader knows it is, and its `state`; a row too
      of a set of which no number went out.
    - `rows`: one row per melding in it, codes and days only (`ROW_COLUMNS`).
    - `lacking`: the gemeenten (versions) of which it has not all `rows`: those of days that
      went out before were forgotten when it was made.
    - `deliveries`: one row per gemeente, and one for all together (`DELIVERY_COLUMNS`).

    After `mma forget` there are no `rows` and no `deliveries`.
    """

    edition: str
    begin: dt.date
    peildatum: dt.date
    said: pd.DataFrame
    rows: pd.DataFrame | None
    deliveries: pd.DataFrame | None
    lacking: frozenset[str] = frozenset()

    @cached_property
    def closed_until(self) -> dict[str, pd.Timestamp]:
        """Gemeente, or version of one → the last day that it closed of it.

        That is the last one of all of its meldingen: what a delivery does not cover is not
        closed.
        """
        is_total = self.said["family"] == ""
        regions = self.said.loc[is_total, "region"].unique()
        last: dict[str, pd.Timestamp] = {}
        for region in regions:
            for part in region.split():
                _, _, spans = part.partition(":")
                _, _, last_day = spans.rpartition("/")
                end = pd.Timestamp(last_day)
                for slug in _slugs_of(part):
                    so_far = last.get(slug, end)
                    last[slug] = max(so_far, end)
        return last

    @cached_property
    def gemeenten(self) -> frozenset[str]:
        """The gemeenten, or versions of them, that are in it."""
        slugs = set[str]()
        for region in self.said["region"].unique():
            for part in region.split():
                slugs.update(_slugs_of(part))
        return frozenset(slugs)


def _slugs_of(part: str) -> list[str]:
    """The gemeenten of a part of a region: `almelo` and `borne` of `almelo,borne:…`."""
    slugs, _, _ = part.partition(":")
    return slugs.split(",")


def first_said(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """What was said of each set (`SAID_TYPES`), one row on its `name`: what stands first.

    A set that has no number yet can get one, and a number never goes. So what was shown
    comes before what was hidden, and that before what stood in no table.
    """
    columns = list(SAID_TYPES)
    every = [pd.DataFrame(columns=columns)]
    for table in tables:
        every.append(table[columns])
    said = pd.concat(every, ignore_index=True).astype(SAID_TYPES)

    place = said["state"].map(ORDER).fillna(0)
    in_order = place.sort_values(kind="stable").index
    return said.loc[in_order].drop_duplicates("name").set_index("name")


# --- versions of a gemeente ---------------------------------------------------------------


def slug_of(version: str) -> str:
    """The gemeente that a version is of: `borne` of `borne#2`."""
    slug, _, _ = version.partition("#")
    return slug


def number_of(version: str) -> int:
    """Which version of its gemeente this is: 1 of `borne`, 2 of `borne#2`."""
    _, _, number = version.partition("#")
    if not number:
        return 1
    return int(number)


def version_of(slug: str, number: int) -> str:
    """The name of a version; the first is called as the gemeente."""
    if number == 1:
        return slug
    return f"{slug}#{number}"


# --- all that went out --------------------------------------------------------------------


@dataclass(frozen=True)
class Book:
    """All that went out and shares a day and a gemeente with an edition, the oldest first.

    `revising`: the gemeenten of which this edition books all rows anew.
    """

    issues: tuple[Issued, ...] = ()
    revising: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything went out."""
        return bool(self.issues)

    @cached_property
    def said(self) -> pd.DataFrame:
        """What went out of each set, on its `name`: what was said of it first."""
        return first_said(issue.said for issue in self.issues)

    def said_beside(self, new: pd.DataFrame) -> pd.DataFrame:
        """The same of all that is out and all that would be: what is out stands first."""
        out = self.said.reset_index()
        return first_said([out, new])

    def first_deliveries(self, begin: dt.date, peildatum: dt.date) -> pd.DataFrame | None:
        """What was said of deliveries when these days went out first, if they did."""
        for issue in self.issues:
            if (issue.begin, issue.peildatum) == (begin, peildatum):
                return issue.deliveries
        return None

    @cached_property
    def _latest(self) -> dict[str, int]:
        """The number of the last version of each gemeente that went out."""
        latest: dict[str, int] = {}
        for issue in self.issues:
            for version in issue.gemeenten:
                slug = slug_of(version)
                so_far = latest.get(slug, 1)
                latest[slug] = max(so_far, number_of(version))
        return latest

    def version(self, slug: str) -> str:
        """The name of a gemeente in regions: `borne#2` when it was revised once."""
        number = self._latest.get(slug, 1)
        if slug in self.revising:
            number += 1
        return version_of(slug, number)

    def versions(self, slugs: pd.Series) -> pd.Series:
        """The version of each gemeente."""
        current = {}
        for slug in slugs.unique():
            current[slug] = self.version(slug)
        return slugs.map(current)

    # --- closed days ----------------------------------------------------------------------

    @cached_property
    def closed(self) -> pd.DataFrame:
        """The days that are closed: one row per issue and version of a gemeente.

        `gemeente` is that version, `first` and `last` are the days, `booked` is the place
        of the issue.
        """
        rows = []
        for place, issue in enumerate(self.issues):
            last_days = sorted(issue.closed_until.items())
            for version, last in last_days:
                rows.append((version, issue.begin, last, place))

        columns = ["gemeente", "first", "last", "booked"]
        table = pd.DataFrame(rows, columns=columns)
        return table.astype({"first": "datetime64[us]", "last": "datetime64[us]"})

    def closed_until(self, slugs: Sequence[str], peildatum: dt.date) -> pd.DataFrame:
        """The last day that went out of each of these gemeenten, up to a peildatum.

        One row per gemeente (`area`) of which any day did, in their order: `closed_until`,
        and `is_revised`, whether its rows were booked anew, or are so now.
        """
        versions = self.closed["gemeente"].astype("str")
        area = versions.map(slug_of)
        latest = self.closed["last"].groupby(area).max()
        end = pd.Timestamp(peildatum)
        last = latest.mask(latest > end, end)
        there = [slug for slug in slugs if slug in last.index]
        is_revised = [self.version(slug) != slug for slug in there]
        return pd.DataFrame(
            {
                "area": pd.Series(there, dtype="str"),
                "closed_until": last.reindex(there).to_numpy(),
                "is_revised": pd.Series(is_revised, dtype="bool"),
            }
        )

    @cached_property
    def forgotten(self) -> pd.DataFrame:
        """The closed days of which no booked rows are left: as `closed`.

        What was said of them stays; nothing else can be counted there.
        """
        closed = self.closed
        with_rows = []
        for place, issue in enumerate(self.issues):
            if issue.rows is not None:
                with_rows.append(place)
        has_rows = closed["booked"].isin(with_rows)
        gone = closed[~has_rows].reset_index(names="row")

        # Days of which another issue has all rows are not forgotten.
        there = closed[has_rows & ~self._is_lacking]
        both = gone.merge(there, on="gemeente", suffixes=("", "_there"))
        begins_inside = both["first_there"] <= both["first"]
        ends_inside = both["last"] <= both["last_there"]
        is_inside = begins_inside & ends_inside
        elsewhere = both.loc[is_inside, "row"]
        is_elsewhere = gone["row"].isin(elsewhere)
        forgotten = gone[~is_elsewhere]
        return forgotten.drop(columns="row")

    @property
    def _is_lacking(self) -> pd.Series:
        """Of which rows of `closed` the issue has not all rows itself."""
        is_lacking = []
        for row in self.closed.to_dict("records"):
            place = row["booked"]
            lacking = self.issues[place].lacking
            is_lacking.append(row["gemeente"] in lacking)
        return pd.Series(is_lacking, self.closed.index, dtype="bool")

    def is_closed(self, meldingen: pd.DataFrame) -> pd.Series:
        """Whether each melding came in on a closed day of the current version."""
        gemeente = self.versions(meldingen["gemeente"])
        is_closed = pd.Series(data=False, index=meldingen.index)
        for row in self.closed.to_dict("records"):
            is_theirs = gemeente == row["gemeente"]
            is_inside = meldingen["received_on"].between(row["first"], row["last"])
            is_closed |= is_theirs & is_inside
        return is_closed

    # --- booked rows ----------------------------------------------------------------------

    @cached_property
    def rows(self) -> pd.DataFrame:
        """What each booked melding is, one row on `MELDING_KEY`, as it was booked first.

        `gemeente` is a version, and `booked` the place of its issue.
        """
        columns = [*MELDING_KEY, *IDENTITY]
        # So that there are columns, with their types, also of no issue.
        empty = _as_clean(pd.DataFrame(columns=columns))
        tables = [empty.assign(booked=OPEN)]
        for place, issue in enumerate(self.issues):
            if issue.rows is None:
                continue
            of_issue = issue.rows[columns]
            tables.append(of_issue.assign(booked=place))
        every = pd.concat(tables, ignore_index=True)
        # The oldest issue comes first: of each melding its first booking stays.
        return every.drop_duplicates(MELDING_KEY)

    def outcomes(self) -> dict[dt.date, pd.DataFrame]:
        """Peildatum → what came of each melding by then, as booked first; on `MELDING_KEY`.

        The earliest peildatum comes first.
        """
        by_day: dict[dt.date, list[pd.DataFrame]] = {}
        for issue in self.issues:
            if issue.rows is None:
                continue
            of_day = by_day.setdefault(issue.peildatum, [])
            of_day.append(issue.rows[[*MELDING_KEY, *OUTCOME]])

        tables = {}
        for day in sorted(by_day):
            every = pd.concat(by_day[day], ignore_index=True)
            booked_first = every.drop_duplicates(MELDING_KEY)
            tables[day] = booked_first.set_index(MELDING_KEY)
        return tables


# --- the rows of public numbers -----------------------------------------------------------


def public_rows(
    meldingen: pd.DataFrame, book: Book, begin: dt.date, peildatum: dt.date
) -> pd.DataFrame:
    """The rows that public numbers are made of, with in `booked` the place of their issue.

    Booked rows for closed days, else the newest. `meldingen` are those of the newest
    deliveries, with `fed_back`; in the answer too `gemeente` is a slug. A melding that was
    booked counts once, also when it is on an open day now.
    """
    if not book:
        return meldingen.assign(booked=OPEN)

    booked = book.rows
    slug = booked["gemeente"].map(slug_of)
    current = book.versions(slug)
    is_current = booked["gemeente"] == current
    first = pd.Timestamp(begin)
    last = pd.Timestamp(peildatum)
    is_inside = booked["received_on"].between(first, last)
    kept = booked[is_current & is_inside].reset_index(drop=True)
    kept = _with_outcome(kept, meldingen, book, peildatum)
    kept["gemeente"] = kept["gemeente"].map(slug_of)

    versions = book.versions(meldingen["gemeente"])
    keys = pd.MultiIndex.from_arrays([versions, meldingen["melding_id"]])
    booked_keys = pd.MultiIndex.from_frame(booked[MELDING_KEY])
    is_booked = keys.isin(booked_keys)
    is_closed = book.is_closed(meldingen)
    is_new = ~is_closed & ~is_booked
    new = meldingen.loc[is_new, [*ROW_COLUMNS, "fed_back_on"]]
    new = new.assign(booked=OPEN)

    every = pd.concat([kept, new], ignore_index=True)
    return _as_clean(every)


def _with_outcome(
    rows: pd.DataFrame, newest: pd.DataFrame, book: Book, peildatum: dt.date
) -> pd.DataFrame:
    """Booked rows with what had come of them by this peildatum.

    As booked for that day, or for the first day after it; else as was booked last before
    it, or, of what could still change, as delivered now. Known never becomes unknown.
    """
    keys = pd.MultiIndex.from_frame(rows[MELDING_KEY])
    versions = book.versions(newest["gemeente"])
    current = newest.assign(gemeente=versions)
    current = current.drop_duplicates(MELDING_KEY).set_index(MELDING_KEY)
    found = current[OUTCOME].reindex(keys)
    for field in PROGRESS:
        found[field] = found[field].fillna(UNKNOWN)

    outcomes = book.outcomes()
    for day in outcomes:
        if day < peildatum:
            booked = outcomes[day].reindex(keys)
            found = _at_least(booked, found)
    # The latest first, so that the first day after the peildatum has the last word.
    for day in reversed(outcomes):
        if day >= peildatum:
            booked = outcomes[day].reindex(keys)
            is_booked = booked["status"].notna()
            found = booked.where(is_booked, found, axis=0)

    complete = rows.copy()
    for name in OUTCOME:
        complete[name] = found[name].to_numpy()
    return complete


def _at_least(booked: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """What was booked where that is final or nothing is known now; else what is found."""
    outcome = found[OUTCOME].copy()
    for field in PROGRESS:
        before = booked[field]
        now = found[field]
        can_change = NOT_FINAL.get(field, ())
        is_booked = before.notna()
        is_final = ~before.isin([UNKNOWN, *can_change])
        is_unknown_now = now == UNKNOWN
        stays = is_booked & (is_final | is_unknown_now)
        outcome[field] = before.where(stays, now)

    closed_on = booked["closed_on"]
    outcome["closed_on"] = closed_on.fillna(found["closed_on"])
    return outcome


def _as_clean(rows: pd.DataFrame) -> pd.DataFrame:
    """The same, with the types that clean meldingen have."""
    types = {}
    for column in MELDINGEN:
        if column.name in rows:
            types[column.name] = column.dtype
    return rows.astype(types)


# --- what changed since -------------------------------------------------------------------


def changes(
    meldingen: pd.DataFrame,
    book: Book,
    slugs: Collection[str],
    begin: dt.date,
    peildatum: dt.date,
) -> pd.DataFrame:
    """What is delivered now about closed days, beside what was booked: a row per gemeente.

    `area`, and how many rows were `added`, are `gone` and `changed`; what came of a melding
    is no change. `meldingen` are those of an edition from `begin` until `peildatum`: a
    booked one of another day is not among them, and is not gone.
    """
    before = book.rows.set_index(MELDING_KEY)[IDENTITY]
    first = pd.Timestamp(begin)
    last = pd.Timestamp(peildatum)
    is_asked = before["received_on"].between(first, last)
    asked_before = before.index[is_asked]
    versions = book.versions(meldingen["gemeente"])
    current = meldingen.assign(gemeente=versions)
    # What moved to an open day is not gone: it changed.
    is_booked = pd.MultiIndex.from_frame(current[MELDING_KEY]).isin(before.index)
    is_closed = book.is_closed(meldingen)
    compared = current[is_closed | is_booked].drop_duplicates(MELDING_KEY)
    now = compared.set_index(MELDING_KEY)[IDENTITY]

    both = now.index.intersection(before.index)
    as_now = now.loc[both].astype("object").fillna("")
    as_before = before.loc[both].astype("object").fillna("")
    is_same = (as_now == as_before).all(axis=1)
    keys_of = {
        "added": now.index.difference(before.index),
        "gone": asked_before.difference(now.index),
        "changed": both[~is_same],
    }

    asked = [book.version(slug) for slug in slugs]
    table = pd.DataFrame({"area": list(slugs)})
    for name in CHANGES:
        gemeente = keys_of[name].get_level_values("gemeente")
        number = gemeente.value_counts().reindex(asked, fill_value=0)
        table[name] = number.to_numpy(dtype=np.int64)
    return table


def refuse_small_revision(changed: pd.DataFrame, slugs: Collection[str]) -> None:
    """Stop when a gemeente that is to be revised changed in few rows: a `DataError`."""
    rows = changed.set_index("area")[CHANGES].sum(axis=1)
    for slug in sorted(slugs):
        number = int(rows.get(slug, 0))
        if number < FEWEST_CHANGED:
            raise DataError.of(
                "revision_too_small",
                slug=slug,
                number=number,
                fewest=FEWEST_CHANGED,
            )
