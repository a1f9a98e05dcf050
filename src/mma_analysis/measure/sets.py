"""What each count counts: a set of meldingen, with one name in every table and edition.

Two counts of the same meldingen have the same name. So a later edition, with another begin
or end, says of a set what was said of it before.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

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
from mma_analysis.measure.frame import DAY, DOUBLE, RECEIVED, Frame
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
    return table[first].str.cat(table[others], sep="|")


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
            together.setdefault(spans, []).append(slug)
    parts = []
    for spans, slugs in together.items():
        gemeenten = ",".join(sorted(slugs))
        texts = [f"{first:%Y-%m-%d}/{last:%Y-%m-%d}" for first, last in spans]
        parts.append(f"{gemeenten}:{'+'.join(texts)}")
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
    touched = both.loc[begins_in_time & ends_in_time, "region"]
    return regions.isin(touched)


def _regions(
    cells: pd.DataFrame, of: Frame, early: Collection[str], versions: Mapping[str, str]
) -> pd.Series:
    """The region of each count, as text; empty when there is none."""
    gemeenten = _gemeenten(of)
    days = _days(of)
    since = _days_since(of)
    connected_on = of.connected_on[list(of.delivered)].drop(list(early))
    covered_until = of.covered_until
    keys = cells[["area", "period", "kind"]].assign(is_delivered=cells["breakdown"] == DELIVERED)
    text_of = {}
    for key in keys.drop_duplicates().itertuples(index=False, name=None):
        area, period, kind, is_delivered = key
        own = []
        for slug in gemeenten.get(area, ()):
            spans = days.get(period, ())
            if kind == SINCE:
                spans = since.get((slug, period), ())
            counted = _counted(spans, connected_on.get(slug), covered_until[slug])
            # Rows can be refused of who is connected later, and of any day.
            if is_delivered:
                counted = _counted(spans, connected_on.get(slug)) or spans
            own.append((versions.get(slug, slug), counted))
        text_of[key] = region_text(own)
    return pd.Series(pd.MultiIndex.from_frame(keys).map(text_of), cells.index)


def _gemeenten(of: Frame) -> dict[str, list[str]]:
    """The gemeenten that each area consists of."""
    gemeenten = {slug: [slug] for slug in of.delivered}
    links = hierarchies(of)
    is_gemeente = links["part"].isin(of.delivered)
    for whole, parts in links[is_gemeente].groupby("whole")["part"]:
        gemeenten[str(whole)] = sorted(parts.unique())

    received = gemeenten.get(RECEIVED, [])
    gemeenten[of.district] = received
    gemeenten[DOUBLE] = received
    return gemeenten


def _days(of: Frame) -> dict[str, Spans]:
    """The days of each period; around a campaign these can be several runs."""
    days: dict[str, Spans] = {}
    for row in of.periods.to_dict("records"):
        span = row["begin"], row["end"]
        days[row["period"]] = (span,)
    for _, side_of in of.windows.items():
        is_another = side_of != side_of.shift()
        for _, months in of.calendar.groupby(is_another.cumsum()):
            side = side_of[months.index[0]]
            span = months["begin"].iloc[0], months["end"].iloc[-1]
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
        months = row["area"], row["value"]
        span = row["begin"], row["end"]
        days[months] = (span,)
    return days


def _counted(
    spans: Spans,
    since: pd.Timestamp | None,
    until: pd.Timestamp | None = None,
) -> Spans:
    """The part of these days from one until another; runs without a gap are one."""
    runs: list[Span] = []
    for first, last in spans:
        begin = first if since is None or pd.isna(since) else max(first, since)
        end = last if until is None else min(last, until)
        if begin > end:
            continue
        if runs and runs[-1][1] + DAY == begin:
            before, _ = runs.pop()
            begin = before
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
    class_of = {total: ("", "")}
    links = hierarchies(of)
    is_class = links["dimension"] == "class"
    is_finer = links["whole"] != total
    for whole, parts in links[is_class & is_finer].groupby("whole")["part"]:
        finer = parts.str.partition(":")
        family = finer[0].iloc[0]
        codes = sorted(finer[2])
        class_of[str(whole)] = family, ",".join(codes)

    name = cells["breakdown"].str.cat(cells["value"], ":")
    coarser = name.map(class_of)
    field = coarser.str[0].fillna(cells["breakdown"])
    codes = coarser.str[1].fillna(cells["value"])
    family_of = {one: family_name(one, of) for one in field.unique()}
    return pd.DataFrame(
        {
            "family": field.map(family_of),
            "codes": codes,
        }
    )


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
        where = counted, region
        if where not in is_inside:
            is_inside[where] = _is_inside(counted, region, meldingen)
        is_counted = is_inside[where]
        if family.startswith(DELIVERED):
            is_counted = is_counted & False
        elif family:
            value = classes[field_of(family)]
            has_code = value.isin(codes.split(","))
            is_counted = is_counted & has_code
        members = np.flatnonzero(is_counted)
        columns.append(members)
        ends.append(ends[-1] + len(members))

    content = np.ones(ends[-1], dtype=np.int64), np.concatenate(columns), ends
    return csr_array(content, shape=(len(table), len(meldingen)))


def _is_inside(counted: str, region: str, meldingen: pd.DataFrame) -> pd.Series:
    """Whether each melding came in there and then, as a receipt, or first, or again."""
    days = days_of(region)
    days["gemeente"] = days["gemeente"].str.partition("#")[0]
    is_inside = pd.Series(data=False, index=meldingen.index)
    for row in days.to_dict("records"):
        is_then = meldingen["received_on"].between(row["first"], row["last"])
        is_inside |= is_then & (meldingen["gemeente"] == row["gemeente"])
    if counted == RECEIPTS:
        return is_inside

    is_theirs = meldingen["gemeente"].isin(days["gemeente"])
    is_first = is_first_receipt(meldingen[is_theirs])
    is_first = is_first.reindex(meldingen.index, fill_value=False)
    return is_inside & (is_first if counted == TIPS else ~is_first)
