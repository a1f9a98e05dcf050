"""What each count counts: a set of meldingen, with one name in every table and edition.

Two counts of the same meldingen have the same name. So a later edition, with another begin
or end, says of a set what was said of it before.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis.measure.counts import (
    AGAIN,
    DELIVERED,
    RECEIPTS,
    SINCE,
    TIPS,
    categories,
    hierarchies,
    is_first_receipt,
)
from mma_analysis.measure.frame import ALL_RECEIPTS, DOUBLE, ONE_DAY, Frame
from mma_analysis.vocabulary import TOTAL
from mma_analysis.vocabulary.schema import PROGRESS

# What a count is about, in words of no edition alone: see `sets_of`.
SET = ["counted", "family", "codes", "region"]

Span = tuple[pd.Timestamp, pd.Timestamp]  # the first and the last day
Spans = tuple[Span, ...]


def sets_of(
    cells: pd.DataFrame,
    of: Frame,
    early: Collection[str] = (),
    versions: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Say of each count which meldingen it counts; one row per count, on its name.

    - `counted`: `receipts`, `tips`, or `again` (receipts of tips that came in before).
    - `family`, `codes`: of which of the finest classes it is the sum, with commas; both
      empty for a total. What came of meldingen has the peildatum in its family:
      `result@2023-06-30`.
    - `region`: on which days of which gemeenten they came in:
      `borne,losser:2021-07-01/2022-06-30`. Days that its delivery does not cover are no
      part of it, nor days before a gemeente was connected, unless it is `early`: some came
      in. A gemeente that was revised has another name there (`versions`).
    - `name`: all of these in one text.

    A count of no day at all has no row.
    """
    classes = _classes(cells, of)
    counted = cells["area"].map({of.district: TIPS, DOUBLE: AGAIN})
    table = pd.DataFrame(
        {
            "counted": counted.fillna(RECEIPTS),
            "family": classes["family"],
            "codes": classes["codes"],
            "region": _regions(cells, of, early, versions or {}),
        },
        index=cells.index,
    )
    has_days = table["region"] != ""
    table = table[has_days].astype("str")
    return table.assign(name=names_of(table))


def names_of(table: pd.DataFrame) -> pd.Series:
    """The name of each set: what it is about, as one text."""
    first, *others = SET
    more = table[others]
    return table[first].str.cat(more, sep="|")


# --- regions ------------------------------------------------------------------------------


def region_text(days: Iterable[tuple[str, Spans]]) -> str:
    """One text for days of gemeenten; those with the same days stand together.

    >>> spring = ((pd.Timestamp("2023-03-01"), pd.Timestamp("2023-05-31")),)
    >>> region_text([("borne", spring), ("almelo", spring)])
    'almelo,borne:2023-03-01/2023-05-31'
    """
    together: dict[Spans, list[str]] = {}
    for slug, spans in days:
        if spans:
            same_days = together.setdefault(spans, [])
            same_days.append(slug)

    parts = []
    for spans, slugs in together.items():
        gemeenten = ",".join(sorted(slugs))
        texts = [f"{first:%Y-%m-%d}/{last:%Y-%m-%d}" for first, last in spans]
        runs = "+".join(texts)
        parts.append(f"{gemeenten}:{runs}")
    return " ".join(sorted(parts))


def days_of(region: str) -> pd.DataFrame:
    """The days of a region: one row per `gemeente` and run of days.

    `first` and `last` are days in it. `gemeente` is named as there.
    """
    rows = []
    for part in region.split():
        slugs, _, spans = part.partition(":")
        for span in spans.split("+"):
            first, last = span.split("/")
            for slug in slugs.split(","):
                rows.append((slug, first, last))

    table = pd.DataFrame(rows, columns=["gemeente", "first", "last"])
    return table.astype({"first": "datetime64[us]", "last": "datetime64[us]"})


def touches(regions: pd.Series, days: pd.DataFrame) -> pd.Series:
    """Whether each region has one of these days (`gemeente`, `first`, `last`)."""
    if days.empty:
        return pd.Series(data=False, index=regions.index)
    days_of_region = {region: days_of(region) for region in regions.unique()}
    every = pd.concat(days_of_region, names=["region"])
    every = every.reset_index("region")

    both = every.merge(days, on="gemeente", suffixes=("", "_of"))
    begins_in_time = both["first"] <= both["last_of"]
    ends_in_time = both["first_of"] <= both["last"]
    is_common = begins_in_time & ends_in_time
    touched = both.loc[is_common, "region"]
    return regions.isin(touched)


class _Place(NamedTuple):
    """What the days of a count depend on; `is_delivered`: rows could be refused too."""

    area: str
    period: str
    kind: str
    is_delivered: bool


def _regions(
    cells: pd.DataFrame, of: Frame, early: Collection[str], versions: Mapping[str, str]
) -> pd.Series:
    """The region of each count, as text; empty when there is none."""
    gemeenten = _gemeenten(of)
    days = _Days.of(of, early)
    places = cells[["area", "period", "kind"]]
    places = places.assign(is_delivered=cells["breakdown"] == DELIVERED)
    text_of = {}
    for key in places.drop_duplicates().itertuples(index=False, name=None):
        place = _Place(*key)
        own = []
        for slug in gemeenten.get(place.area, ()):
            name = versions.get(slug, slug)
            own.append((name, days.counted(slug, place)))
        text_of[key] = region_text(own)
    text = pd.MultiIndex.from_frame(places).map(text_of)
    return pd.Series(text, cells.index)


@dataclass(frozen=True)
class _Days:
    """The days of periods, and which of these count of each gemeente.

    `of_period`: period → its days. `since`: the same for the months since its connection,
    per gemeente. `connected_on`: of who counts from that day.
    """

    of_period: Mapping[str, Spans]
    since: Mapping[tuple[str, str], Spans]
    connected_on: pd.Series
    covered_until: pd.Series

    @classmethod
    def of(cls, of: Frame, early: Collection[str]) -> "_Days":
        """Those of an edition, in which some gemeenten count before they are connected."""
        connected_on = of.connected_on[list(of.delivered)]
        return cls(
            of_period=_days(of),
            since=_days_since(of),
            connected_on=connected_on.drop(list(early)),
            covered_until=of.covered_until,
        )

    def counted(self, slug: str, place: _Place) -> Spans:
        """The days of a period on which a gemeente counts."""
        spans = self.of_period.get(place.period, ())
        if place.kind == SINCE:
            spans = self.since.get((slug, place.period), ())
        connected_on = self.connected_on.get(slug)
        if place.is_delivered:
            # Rows can be refused of who is connected later, and of any day.
            return _counted(spans, connected_on) or spans
        return _counted(spans, connected_on, self.covered_until[slug])


def _gemeenten(of: Frame) -> dict[str, list[str]]:
    """The gemeenten that each area consists of."""
    gemeenten = {slug: [slug] for slug in of.delivered}
    links = hierarchies(of)
    is_gemeente = links["part"].isin(of.delivered)
    parts_of = links[is_gemeente].groupby("whole")["part"]
    for whole, parts in parts_of:
        gemeenten[str(whole)] = sorted(parts.unique())

    received = gemeenten.get(ALL_RECEIPTS, [])
    gemeenten[of.district] = received
    gemeenten[DOUBLE] = received
    return gemeenten


def _days(of: Frame) -> dict[str, Spans]:
    """The days of each period; around a campaign these can be several runs."""
    days: dict[str, Spans] = {}
    for row in of.periods.to_dict("records"):
        span = (row["begin"], row["end"])
        days[row["period"]] = (span,)

    for _, side_of in of.windows.items():
        is_another = side_of != side_of.shift()
        run = is_another.cumsum()
        for _, months in of.calendar.groupby(run):
            first_month = months.index[0]
            side = side_of[first_month]
            begin = months["begin"].iloc[0]
            end = months["end"].iloc[-1]
            span = (begin, end)
            known = days.get(side, ())
            if span not in known:
                days[side] = (*known, span)
    return days


def _days_since(of: Frame) -> dict[tuple[str, str], Spans]:
    """The days of the months since its connection: other days for every gemeente."""
    table = of.days_since
    has_days = table["begin"] <= table["end"]
    days: dict[tuple[str, str], Spans] = {}
    for row in table[has_days].to_dict("records"):
        months = (row["area"], row["value"])
        span = (row["begin"], row["end"])
        days[months] = (span,)
    return days


def _counted(
    spans: Spans,
    since: pd.Timestamp | None,
    until: pd.Timestamp | None = None,
) -> Spans:
    """The part of these days from one until another; runs without a gap are one."""
    runs: list[Span] = []
    for begin, end in spans:
        if since is not None and pd.notna(since):
            begin = max(begin, since)
        if until is not None:
            end = min(end, until)
        if begin > end:
            continue
        if runs:
            begin_before, end_before = runs[-1]
            if end_before + ONE_DAY == begin:
                runs.pop()
                begin = begin_before
        runs.append((begin, end))
    return tuple(runs)


# --- families and their classes -----------------------------------------------------------


def family_name(family: str, of: Frame) -> str:
    """The family with the day on which its classes were as counted, where that matters.

    What came of a melding goes on after the peildatum; how many rows were refused is of one
    file.
    """
    if family in PROGRESS:
        return f"{family}@{of.edition.peildatum}"
    if family == DELIVERED:
        return delivered_name(of.edition.begin, of.edition.peildatum)
    return family


def delivered_name(begin: dt.date, peildatum: dt.date) -> str:
    """The family of what was delivered for these days: also of what was refused."""
    return f"{DELIVERED} {begin}/{peildatum}"


def field_of(family: str) -> str:
    """The field that a family is of: `result` of `result@2023-06-30`."""
    field, _, _ = family.partition("@")
    return field


def _classes(cells: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Family and codes of each count: a coarser class is the sum of finer ones."""
    total = f"{TOTAL}:{TOTAL}"
    field_of_class = {total: ""}
    codes_of_class = {total: ""}
    links = hierarchies(of)
    is_class = links["dimension"] == "class"
    is_coarser = links["whole"] != total
    parts_of = links[is_class & is_coarser].groupby("whole")["part"]
    for whole, parts in parts_of:
        finer = parts.str.split(":", n=1, expand=True)
        fields = finer[0]
        codes = sorted(finer[1])
        field_of_class[str(whole)] = fields.iloc[0]
        codes_of_class[str(whole)] = ",".join(codes)

    name = cells["breakdown"].str.cat(cells["value"], ":")
    field = name.map(field_of_class).fillna(cells["breakdown"])
    codes = name.map(codes_of_class).fillna(cells["value"])
    family_of = {one: family_name(one, of) for one in field.unique()}
    family = field.map(family_of)
    return pd.DataFrame({"family": family, "codes": codes})


# --- which meldingen ----------------------------------------------------------------------


def membership(table: pd.DataFrame, meldingen: pd.DataFrame, of: Frame) -> csr_array:
    """Which meldingen each set counts: a row per set of `table`, a column per melding.

    `meldingen` are of the current version of each gemeente, whatever its name in a region.
    A set of what was delivered counts none.
    """
    meldingen = meldingen.reset_index(drop=True)
    classes = categories(meldingen, of).reindex(meldingen.index)
    is_inside: dict[tuple[str, str], pd.Series] = {}
    columns = [np.array([], dtype=np.int64)]
    ends = [0]
    for counted, family, codes, region in table[SET].itertuples(index=False, name=None):
        where = (counted, region)
        if where not in is_inside:
            is_inside[where] = _is_inside(counted, region, meldingen)
        is_counted = is_inside[where]
        if family:
            is_counted = is_counted & _has_class(classes, family, codes)

        members = np.flatnonzero(is_counted)
        end = ends[-1] + len(members)
        columns.append(members)
        ends.append(end)

    every = np.concatenate(columns)
    ones = np.ones(len(every), dtype=np.int64)
    shape = (len(table), len(meldingen))
    return csr_array((ones, every, ends), shape=shape)


def _has_class(classes: pd.DataFrame, family: str, codes: str) -> pd.Series:
    """Whether each melding is of one of these codes; of what was delivered none is."""
    if family.startswith(DELIVERED):
        return pd.Series(data=False, index=classes.index)
    value = classes[field_of(family)]
    return value.isin(codes.split(","))


def _is_inside(counted: str, region: str, meldingen: pd.DataFrame) -> pd.Series:
    """Whether each melding came in there and then, as a receipt, or first, or again."""
    days = days_of(region)
    slug_and_version = days["gemeente"].str.partition("#")
    days["gemeente"] = slug_and_version[0]
    received_on = meldingen["received_on"]
    gemeente = meldingen["gemeente"]
    is_inside = pd.Series(data=False, index=meldingen.index)
    for row in days.to_dict("records"):
        is_then = received_on.between(row["first"], row["last"])
        is_there = gemeente == row["gemeente"]
        is_inside |= is_then & is_there
    if counted == RECEIPTS:
        return is_inside

    is_theirs = gemeente.isin(days["gemeente"])
    is_first = is_first_receipt(meldingen[is_theirs])
    is_first = is_first.reindex(meldingen.index, fill_value=False)
    if counted == TIPS:
        return is_inside & is_first
    return is_inside & ~is_first
