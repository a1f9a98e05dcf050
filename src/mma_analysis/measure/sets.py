"""What each count counts: a set of meldingen, with one name in every table, period and edition.

Two counts of the same meldingen have the same name. So a later edition, with another begin or end,
says of a set what was said of it before.
"""

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis.measure.counts import (
    AGAIN,
    DELIVERED,
    DUPLICATE,
    RECEIPTS,
    REJECTED,
    SINCE,
    TIPS,
    categories,
    hierarchies,
    is_first_receipt,
)
from mma_analysis.measure.frame import DOUBLE, RECEIVED, Frame
from mma_analysis.vocabulary import TOTAL
from mma_analysis.vocabulary.schema import PROGRESS

# What a count is about, in words of no edition alone: see `sets_of`.
SET = ["counted", "family", "codes", "region"]
CLEAN = "clean"
ONE_DAY = pd.Timedelta(days=1)

Span = tuple[pd.Timestamp, pd.Timestamp]  # the first and the last day
Spans = tuple[Span, ...]


def sets_of(
    cells: pd.DataFrame,
    of: Frame,
    early: Collection[str] = (),
    versions: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Say of each count which meldingen it counts; one row per count, on the name of its cell.

    - `counted`: `receipts`, `tips`, or `again` (receipts of tips that came in before).
    - `family`, `codes`: of which of the finest classes it is the sum, with commas; both empty for a
      total. What came of meldingen has the peildatum in its family: `result@2023-06-30`.
    - `region`: on which days of which gemeenten they came in: `borne,losser:2021-07-01/2022-06-30`.
      Days before a gemeente was connected are no part of it, unless it is `early`: some came in.
      A gemeente that was revised has another name there (`versions`).
    - `name`: all of these in one text.

    A count of no day at all has no row.
    """
    classes = _classes(cells, of)
    table = pd.DataFrame(index=cells.index)
    table["counted"] = (
        cells["area"].map({of.district: TIPS, DOUBLE: AGAIN}).fillna(RECEIPTS)
    )
    table["family"] = classes["family"]
    table["codes"] = classes["codes"]
    table["region"] = _regions(cells, of, early, versions or {})
    table = table[table["region"] != ""].astype("str")
    return table.assign(name=names_of(table))


def names_of(table: pd.DataFrame) -> pd.Series:
    """The name of each set: what it is about, as one text."""
    return table[SET[0]].str.cat(table[SET[1:]], sep="|")


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
        texts = [f"{first:%Y-%m-%d}/{last:%Y-%m-%d}" for first, last in spans]
        parts.append(",".join(sorted(slugs)) + ":" + "+".join(texts))
    return " ".join(sorted(parts))


def days_of(region: str) -> pd.DataFrame:
    """The days of a region: one row per `gemeente` and run of days, `first` and `last` included."""
    rows = []
    for part in region.split():
        slugs, _, spans = part.partition(":")
        for span in spans.split("+"):
            first, last = span.split("/")
            rows += [(slug, first, last) for slug in slugs.split(",")]
    table = pd.DataFrame(rows, columns=["gemeente", "first", "last"])
    return table.astype({"first": "datetime64[us]", "last": "datetime64[us]"})


def touches(regions: pd.Series, days: pd.DataFrame) -> pd.Series:
    """Whether each region has one of these days (`gemeente`, `first`, `last`)."""
    if days.empty:
        return pd.Series(data=False, index=regions.index)
    every = pd.concat(
        {region: days_of(region) for region in regions.unique()}, names=["region"]
    )
    both = every.reset_index("region").merge(days, on="gemeente", suffixes=("", "_of"))
    is_common = (both["first"] <= both["last_of"]) & (both["first_of"] <= both["last"])
    return regions.isin(both.loc[is_common, "region"])


def family_name(family: str, of: Frame) -> str:
    """The family with the day on which its classes were as counted, where that matters.

    What came of a melding goes on after the peildatum; how many rows were refused is of one file.
    """
    if family in PROGRESS:
        return f"{family}@{of.edition.peildatum}"
    if family == DELIVERED:
        return f"{DELIVERED} {of.edition.begin}/{of.edition.peildatum}"
    return family


def membership(table: pd.DataFrame, meldingen: pd.DataFrame, of: Frame) -> csr_array:
    """Which meldingen each set counts: a row per set of `table`, a column per melding."""
    meldingen = meldingen.reset_index(drop=True)
    classes = categories(meldingen, of).reindex(meldingen.index)
    is_inside: dict[tuple[str, str], pd.Series] = {}
    columns = [np.array([], dtype=np.int64)]
    ends = [0]
    for counted, family, codes, region in table[SET].itertuples(index=False, name=None):
        if (counted, region) not in is_inside:
            is_inside[counted, region] = _is_inside(counted, region, meldingen)
        is_counted = is_inside[counted, region]
        if family.startswith(DELIVERED):
            is_counted = is_counted & False
        elif family:
            value = classes[family.partition("@")[0]]
            is_counted = is_counted & value.isin(codes.split(","))
        members = np.flatnonzero(is_counted)
        columns.append(members)
        ends.append(ends[-1] + len(members))
    values = np.ones(ends[-1], dtype=np.int64)
    return csr_array((values, np.concatenate(columns), ends), (len(table), len(meldingen)))


def _is_inside(counted: str, region: str, meldingen: pd.DataFrame) -> pd.Series:
    """Whether each melding came in there and then, as a receipt, or first, or again."""
    days = days_of(region)
    slugs = days["gemeente"].str.partition("#")[0]
    is_inside = pd.Series(data=False, index=meldingen.index)
    for slug, row in zip(slugs, days.itertuples(), strict=True):
        is_there = meldingen["received_on"].between(row.first, row.last)
        is_inside |= is_there & meldingen["gemeente"].eq(slug)
    if counted != RECEIPTS:
        is_theirs = meldingen["gemeente"].isin(slugs)
        is_first = is_first_receipt(meldingen[is_theirs]).reindex(
            meldingen.index, fill_value=False
        )
        is_inside &= is_first if counted == TIPS else ~is_first
    return is_inside


def _classes(cells: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Family and codes of each count: a coarser class as the finest ones that it is the sum of."""
    links = hierarchies(of)
    totals = [f"{TOTAL}:{TOTAL}", f"{DELIVERED}:read"]
    finer = links[links["dimension"].eq("class") & ~links["whole"].isin(totals)]
    class_of = {
        totals[0]: ("", ""),
        totals[1]: (DELIVERED, f"{CLEAN},{DUPLICATE},{REJECTED}"),
    }
    for whole, parts in finer.groupby("whole")["part"]:
        families = parts.str.partition(":")[0]
        codes = parts.str.partition(":")[2]
        class_of[str(whole)] = families.iloc[0], ",".join(sorted(codes))

    classes = cells["breakdown"].str.cat(cells["value"], ":").map(class_of)
    family = classes.str[0].fillna(cells["breakdown"])
    named = {one: family_name(one, of) for one in family.unique()}
    return pd.DataFrame(
        {"family": family.map(named), "codes": classes.str[1].fillna(cells["value"])}
    )


def _regions(
    cells: pd.DataFrame, of: Frame, early: Collection[str], versions: Mapping[str, str]
) -> pd.Series:
    """The region of each count, as text; empty when there is none."""
    gemeenten = _gemeenten(of)
    days = _days(of)
    since = _days_since(of)
    connected_on = of.connected_on[list(of.delivered)].drop(list(early))
    keys = cells[["area", "period", "kind"]].assign(
        is_delivered=cells["breakdown"] == DELIVERED
    )
    text_of = {}
    for key in keys.drop_duplicates().itertuples(index=False, name=None):
        area, period, kind, is_delivered = key
        own = []
        for slug in gemeenten.get(area, ()):
            spans = since.get((slug, period), ()) if kind == SINCE else days.get(period, ())
            connected = _connected(spans, connected_on.get(slug))
            # Rows can be refused of who is connected later.
            here = spans if is_delivered and not connected else connected
            own.append((versions.get(slug, slug), here))
        text_of[key] = region_text(own)
    return pd.Series(pd.MultiIndex.from_frame(keys).map(text_of), cells.index)


def _gemeenten(of: Frame) -> dict[str, list[str]]:
    """The gemeenten that each area consists of."""
    gemeenten = {slug: [slug] for slug in of.delivered}
    links = hierarchies(of)
    for whole, parts in links[links["part"].isin(of.delivered)].groupby("whole")["part"]:
        gemeenten[str(whole)] = sorted(parts.unique())
    for area in (of.district, DOUBLE):
        gemeenten[area] = gemeenten.get(RECEIVED, [])
    return gemeenten


def _days(of: Frame) -> dict[str, Spans]:
    """The days of each period; around a campaign these can be several runs."""
    days: dict[str, Spans] = {}
    for row in of.periods.itertuples():
        days[row.period] = ((row.begin, row.end),)
    for _, sides in of.windows.items():
        is_other_side = sides.ne(sides.shift())
        for _, run in of.calendar.groupby(is_other_side.cumsum()):
            side = sides[run.index[0]]
            span = run["begin"].iloc[0], run["end"].iloc[-1]
            if span not in days.get(side, ()):
                days[side] = (*days.get(side, ()), span)
    return days


def _days_since(of: Frame) -> dict[tuple[str, str], Spans]:
    """The days of the months since its connection: other days for every gemeente."""
    table = of.days_since[of.days_since["begin"] <= of.days_since["end"]]
    return {(row.area, row.value): ((row.begin, row.end),) for row in table.itertuples()}


def _connected(spans: Spans, since: pd.Timestamp | None) -> Spans:
    """The part of these days since the connection, runs that follow on each other as one."""
    runs: list[Span] = []
    for first, last in spans:
        begin = first if since is None or pd.isna(since) else max(first, since)
        if begin > last:
            continue
        if runs and runs[-1][1] + ONE_DAY == begin:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((begin, last))
    return tuple(runs)
