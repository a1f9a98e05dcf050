"""Every count of meldingen (of an area, a period and a value), and every sum that ties them.

A gemeente counts receipts, the district tips: gemeenten = `RECEIVED` = district + `DOUBLE`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from mma_analysis.measure.frame import (
    AFTERWARDS,
    DOUBLE,
    EXISTING,
    MONTH,
    MONTHS_OF_KIND,
    NEW,
    OTHER,
    RECEIVED,
    TARGET,
    WHOLE,
    WINDOW,
    YEAR,
    Frame,
    period_of,
)
from mma_analysis.vocabulary import TOTAL, UNKNOWN, DataError, message
from mma_analysis.vocabulary.schema import BACKGROUND, FOLLOW_UP
from mma_analysis.vocabulary.value import NEVER, NOT_UNDERSTOOD

DELIVERED, REJECTED, DUPLICATE, READ = "delivered", "rejected", "duplicate", "read"
SINCE = "since"  # kind of the months since a gemeente was connected
YES, NO = "ja", "nee"
KEYS = ["area", "period", "breakdown", "value"]
COLUMNS = ["table", *KEYS, "kind", "count", "owner", "structural", "early"]
# What is counted: see `measure.sets`.
RECEIPTS, TIPS, AGAIN = "receipts", "tips", "again"
# The breakdowns that a gemeente may never fill in.
FIELDS = (*BACKGROUND, "also_sent_to", *FOLLOW_UP, "acted", "fed_back")


@dataclass(frozen=True)
class Counts:
    """All counts of an edition, exact, and the sums between them, which a reader can know.

    `cells`: one row per count, on its name (`area|period|breakdown|value`), with the released
    `table` it stands in, its `owner` and what makes a 0 one by its nature (`structural`).
    """

    cells: pd.DataFrame
    relations: pd.DataFrame  # a row per sum and count: in each, coefficient × count adds up to 0


def counted(
    meldingen: pd.DataFrame,
    of: Frame,
    delivered: pd.DataFrame | None = None,
    registration: pd.DataFrame | None = None,
) -> Counts:
    """Count all that may be released, and tie the counts together; a wrong sum is a `DataError`.

    `delivered`: per gemeente that sent a file its `rejected` and `duplicate` rows.
    """
    rows = categories(meldingen.reset_index(drop=True), of)
    parts = [_count(rows, level) for level in _levels(of)]
    if delivered is not None:
        parts.append(_delivered(pd.concat(parts), delivered))
    cells = pd.concat(parts, ignore_index=True)
    structural, early = _structural(cells, of, registration)
    owner = cells["area"].map(of.owner_of).fillna("")
    cells = cells.assign(owner=owner, structural=structural, early=early)
    names = cells[KEYS[0]].str.cat(cells[KEYS[1:]], sep="|")
    cells = cells[COLUMNS].set_index(names.rename("cell"))
    related = relations(cells, hierarchies(of))
    sums = related["coefficient"] * related["cell"].map(cells["count"])
    sums = sums.groupby(related["relation"]).sum()
    if (wrong := sums[sums != 0]).size:
        raise DataError.of("ours", what=message("not_additive", sum=wrong.index[0]))
    return Counts(cells, related)


# --- what each melding is counted under ----------------------------------------------------------


def categories(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Under what each melding in the evaluation is counted: a column per way of cutting them up."""
    meldingen = with_fed_back(meldingen, of)
    days, gemeente = meldingen["received_on"], meldingen["gemeente"]
    plain = ("gemeente", *(row["code"] for row in of.vocabulary.reference("breakdowns")))
    columns: dict[str, Any] = {name: meldingen[name] for name in plain if name in meldingen}
    for field in BACKGROUND:
        known = meldingen[field].map({True: YES, False: NO}).astype("object")
        columns[field] = known.fillna(UNKNOWN)
    columns |= {TOTAL: TOTAL, SINCE: of.since_bin(gemeente, days)}
    columns["tips"] = is_first_receipt(meldingen).map({True: of.district, False: DOUBLE})
    for finer, coarser, mapping in sums_of_classes(of):
        columns[coarser] = meldingen[finer].map(mapping)
    month = period_of(days, of.of_kind(MONTH))
    columns |= {str(name): month.map(values) for name, values in of.windows.items()}
    columns |= {str(name): gemeente.map(values) for name, values in of.groups.items()}
    table = pd.DataFrame(columns, index=meldingen.index)
    return table[month.notna()].astype("category")


def with_fed_back(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """With `fed_back`, whether somebody told M. what came of it; booked rows have it already."""
    if "fed_back" in meldingen:
        return meldingen
    is_told = meldingen["fed_back_on"] <= of.periods["end"].max()
    # An empty day is `nee` only in a file that registers feedback.
    of_file = is_told.groupby([meldingen["gemeente"], meldingen["source_file"]])
    fed_back = is_told.map({True: YES, False: NO}).where(of_file.transform("any"), UNKNOWN)
    return meldingen.assign(fed_back=fed_back)


def is_first_receipt(meldingen: pd.DataFrame) -> pd.Series:
    """Whether each melding is the first receipt of its tip.

    What was `booked` earlier stays the first, also when an older receipt comes to light.
    """
    several = meldingen[meldingen["melding_id"].duplicated(keep=False)]
    booked = [name for name in ("booked",) if name in meldingen]
    in_order = several.sort_values([*booked, "received_on", "gemeente"], kind="stable")
    again = in_order.index[in_order["melding_id"].duplicated(keep="first")]
    return pd.Series(~meldingen.index.isin(again), meldingen.index)


def sums_of_classes(of: Frame) -> list[tuple[str, str, dict[str, str]]]:
    """Each breakdown of which the classes are sums of those of a finer one: that one first, and
    class → class."""
    acted = {row["disposition"]: row["acted"] for row in of.vocabulary.reference("acted")}
    return [
        ("topic", "topic_group", of.vocabulary.group_of_topic),
        ("disposition", "acted", acted),
        *(("topic", one.breakdown, one.value_of) for one in of.campaigns.values()),
    ]


# --- what is counted -----------------------------------------------------------------------------

# Column of areas and all there are, column of periods and all there are, breakdown and all its
# values, and the table in which these counts are released.
Level = tuple[str, list[str], str, list[str], str, list[str], str]


def _levels(of: Frame) -> Iterator[Level]:
    gemeenten, tips = ("gemeente", sorted(of.delivered)), ("tips", [of.district, DOUBLE])
    everybody, whole = ("all", [RECEIVED]), (WHOLE, [WHOLE])
    for row in of.vocabulary.reference("breakdowns"):
        is_total = (breakdown := row["code"]) == TOTAL
        values = list(of.vocabulary.values(breakdown)) or [TOTAL]
        for kind, of_kind in of.periods.groupby("kind", sort=False):
            # Totals tie everything together: they are counted in every period, shown or not.
            is_needed = is_total or (kind == WHOLE and breakdown == "topic")
            for areas in (gemeenten, tips, everybody):
                is_shown = kind in row["district" if areas is tips else "gemeente"].split()
                table = row["table"] if is_shown else ""
                if areas is everybody:  # what ties gemeenten and tips; few of it are released
                    table = "received" if is_total and kind in (WHOLE, YEAR) else ""
                if is_shown or is_needed:
                    yield *areas, str(kind), list(of_kind["period"]), breakdown, values, table
    for year in of.of_kind(YEAR)["period"][1:]:
        areas = [f"{NEW} {year}", f"{EXISTING} {year}"]
        yield f"joined {year}", areas, YEAR, [year], TOTAL, [TOTAL], "received"
    if bins := list(of.days_since["value"].unique()):
        for areas, table in ((gemeenten, ""), (everybody, "since_connection")):
            yield *areas, SINCE, bins, TOTAL, [TOTAL], table
    for name, one in of.campaigns.items():
        window, own = (f"{WINDOW} {name}", one.sides), (one.breakdown, [TARGET, OTHER])
        for areas, table in ((gemeenten, ""), ((one.area, [one.area]), "campaign_counts")):
            yield *areas, *window, TOTAL, [TOTAL], ""
            yield *areas, *window, *own, table
        yield *gemeenten, *whole, *own, ""


def _count(rows: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Count in every combination of area, period and value; what is not there is a 0."""
    areas, all_areas, periods, all_periods, breakdown, values, table = level
    of_cells = [all_areas, all_periods, values]
    every = pd.MultiIndex.from_product(of_cells, names=["area", "period", "value"])
    counts = rows.groupby([areas, periods, breakdown], observed=True).size()
    counts = counts.rename_axis(every.names).reindex(every, fill_value=0).rename("count")
    cells = counts.reset_index().astype({"count": "int64"})
    kind = WINDOW if periods.startswith(WINDOW) else periods
    # Of the months after a campaign nothing is said.
    is_told = cells["area"].ne(DOUBLE) & ~cells["period"].str.startswith(f"{AFTERWARDS} ")
    in_table = pd.Series(table, cells.index, dtype="str").where(is_told, "")
    return cells.assign(table=in_table, breakdown=breakdown, kind=kind)


def _delivered(counts: pd.DataFrame, delivered: pd.DataFrame) -> pd.DataFrame:
    is_total = counts["kind"].eq(WHOLE) & counts["breakdown"].eq(TOTAL)
    clean = counts[is_total].set_index("area")["count"]
    by_area = delivered.set_index("area")[[REJECTED, DUPLICATE]]
    by_area.loc[RECEIVED] = by_area.sum()
    by_area[READ] = by_area.sum(axis=1) + clean.reindex(by_area.index).fillna(0)
    cells = by_area.rename_axis("area").reset_index()
    cells = cells.melt("area", var_name="value", value_name="count").astype({"count": "int64"})
    table = cells["area"].eq(RECEIVED).map({True: "deliveries", False: ""})
    return cells.assign(table=table, period=WHOLE, kind=WHOLE, breakdown=DELIVERED)


def _structural(
    cells: pd.DataFrame, of: Frame, registration: pd.DataFrame | None
) -> tuple[np.ndarray, pd.Series]:
    """What makes a 0 one by its nature: before the connection (`early`), or of a field without a
    known one (never filled in, or in words that nobody understood)."""
    ends = cells["period"].map(of.periods.set_index("period")["end"])
    is_none, early = cells["count"].eq(0), cells["area"].map(of.connected_on).gt(ends)
    whole = cells[cells["kind"].eq(WHOLE) & cells["area"].isin(of.delivered)]
    known = whole[whole["breakdown"].isin(FIELDS) & whole["value"].ne(UNKNOWN)]
    filled = known.groupby(["area", "breakdown"])["count"].sum()
    # Of a gemeente without meldingen it is not known what it fills in.
    nobody = whole.loc[whole["breakdown"].eq(TOTAL) & whole["count"].eq(0), "area"]
    never = filled.index[filled.eq(0) & ~filled.index.isin(nobody, level="area")]
    field = pd.MultiIndex.from_frame(cells[["area", "breakdown"]])
    is_never = is_none & field.isin(never) & cells["value"].ne(UNKNOWN)
    early &= cells["kind"].ne(WHOLE) | cells["area"].isin(nobody)
    is_unread = np.zeros(len(cells), dtype=bool)
    if registration is not None:
        rows = registration[registration["registers"] == NOT_UNDERSTOOD]
        acted = rows[rows["field"] == "disposition"].assign(field="acted")
        unread = pd.concat([rows, acted])[["gemeente", "field"]]
        is_unread = field.isin(pd.MultiIndex.from_frame(unread))
    states = ["not_applicable", NOT_UNDERSTOOD, NEVER]
    return np.select([is_none & early, is_never & is_unread, is_never], states, ""), early


# --- what adds up --------------------------------------------------------------------------------


def hierarchies(of: Frame) -> pd.DataFrame:
    """Of what each area, period and class is the sum: a row per whole and part, and the `name` of
    the way of cutting the whole up."""
    total, vocabulary = f"{TOTAL}:{TOTAL}", of.vocabulary
    rows: list[tuple[str, str, str, str]] = []

    def cut_up(dimension: str, name: str, parts: Iterable[tuple[Any, Any]]) -> None:
        rows.extend((dimension, name, part, whole) for part, whole in parts)

    cut_up("area", "tips", ((part, RECEIVED) for part in (of.district, DOUBLE)))
    for way, group_of in of.groups.items():
        cut_up("area", f"gemeenten {way}", group_of.dropna().items())
    for year in of.of_kind(YEAR)["period"][1:]:
        names = f"{NEW} {year}", f"{EXISTING} {year}"
        cut_up("area", f"joined {year}", ((name, RECEIVED) for name in names))
    for longer, shorter in pairwise((WHOLE, *MONTHS_OF_KIND)):
        pairs = of.calendar[[shorter, longer]].drop_duplicates()
        cut_up("period", shorter, zip(pairs[shorter], pairs[longer], strict=True))
    cut_up("period", SINCE, ((period, WHOLE) for period in of.days_since["value"].unique()))
    for name in (row["code"] for row in vocabulary.reference("breakdowns")):
        cut_up("class", name, ((f"{name}:{value}", total) for value in vocabulary.values(name)))
    for finer, coarser, mapping in sums_of_classes(of):
        parts = ((f"{finer}:{part}", f"{coarser}:{whole}") for part, whole in mapping.items())
        cut_up("class", f"{finer} to {coarser}", parts)
    for name, one in of.campaigns.items():
        cut_up("period", f"{WINDOW} {name}", ((side, WHOLE) for side in one.sides))
        cut_up("period", f"months {name}", one.side_of.items())
        own = ((f"{one.breakdown}:{value}", total) for value in (TARGET, OTHER))
        cut_up("class", one.breakdown, own)
    read = (total, f"{DELIVERED}:{REJECTED}", f"{DELIVERED}:{DUPLICATE}")
    cut_up("class", DELIVERED, ((part, f"{DELIVERED}:{READ}") for part in read))
    return pd.DataFrame(rows, columns=["dimension", "name", "part", "whole"])


def relations(cells: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """The sums that follow: of each whole of which the count and those of all parts are there."""
    table = cells.reset_index()[["cell", "area", "period"]]
    table["class"] = cells["breakdown"].str.cat(cells["value"], ":").to_numpy()
    terms = []
    for dimension, links in declared.groupby("dimension", sort=False):
        keys = ["name", "whole", *(c for c in ("area", "period", "class") if c != dimension)]
        sizes = links.groupby(keys[:2]).size().rename("parts").reset_index()
        parts = table.merge(links[["name", "part", "whole"]], left_on=dimension, right_on="part")
        wholes = table.merge(sizes, left_on=dimension, right_on="whole")
        there = parts.groupby(keys).size().rename("there").reset_index()
        complete = wholes.merge(there, on=keys).query("parts == there").reset_index(drop=True)
        complete["relation"] = complete[keys].agg("|".join, axis=1)
        of_parts = parts.merge(complete[[*keys, "relation"]], on=keys)
        terms += [of_parts.assign(coefficient=1), complete.assign(coefficient=-1)]
    return pd.concat(terms, ignore_index=True)[["relation", "cell", "coefficient"]]
