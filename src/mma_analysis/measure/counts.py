"""Every count of meldingen that may be released, and every sum that ties it to others.

A count is of one area, one period and one value of one breakdown. All sums follow from declared
hierarchies: in one of the three a whole is the sum of its parts, whatever the other two are. A
gemeente counts the meldingen it received; the district counts tips: a tip that two gemeenten
received is one tip. So always gemeenten = `RECEIVED` = district + `DOUBLE`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mma_analysis.measure.categories import (
    AFTERWARDS,
    CROSSED,
    DELIVERED,
    DOUBLE,
    DUPLICATE,
    EXISTING,
    NEW,
    READ,
    RECEIVED,
    REJECTED,
    SINCE,
    WINDOW,
    YES,
    acted_of_disposition,
    campaigns,
    categories,
    crossing,
)
from mma_analysis.measure.frame import BEFORE, MONTHS_OF_KIND, WHOLE, YEAR, Frame
from mma_analysis.vocabulary import TOTAL, UNKNOWN, DataError, message
from mma_analysis.vocabulary.schema import BACKGROUND, FOLLOW_UP
from mma_analysis.vocabulary.value import NEVER, NOT_UNDERSTOOD

KEYS = ["area", "period", "breakdown", "value"]
OUTCOME = "result"
LONGER = {"year": WHOLE, "half": "year", "quarter": "half", "month": "quarter"}
COLUMNS = ["table", *KEYS, "kind", "count", "owner", "structural"]
# The breakdowns that a gemeente may never fill in.
FIELDS = (*BACKGROUND, "also_sent_to", *FOLLOW_UP, "acted", "fed_back")


class RelationError(DataError, ValueError):
    """The counts do not satisfy a sum that is said to hold between them."""


@dataclass(frozen=True)
class Counts:
    """All counts of an edition, exact, and the sums between them.

    `cells`: one row per count, on its name (`area|period|breakdown|value`): these four, `kind` (of
    period), `table` (the released table it stands in, if any), `count`, `owner` (who knows it from
    its own rows) and `structural`: what makes a 0 one by its nature. `relations`: one row per sum
    and count: `relation`, `cell`, `coefficient`; in every sum coefficient × count adds up to 0. A
    reader can know all of them.
    """

    cells: pd.DataFrame
    relations: pd.DataFrame


def counted(
    meldingen: pd.DataFrame,
    of: Frame,
    delivered: pd.DataFrame | None = None,
    registration: pd.DataFrame | None = None,
) -> Counts:
    """Count every area in every period and breakdown that is released, and tie the counts together.

    A gemeente that delivered and has none gets a 0. In the district a tip has the day and the topic
    that its first receiver wrote down. `delivered`: per gemeente that sent a file (`area`) its
    `rejected` and `duplicate` rows. A sum that does not hold is a `RelationError`.
    """
    rows = categories(meldingen.reset_index(drop=True), of)
    parts = [_count(rows, level) for level in _levels(of)]
    if delivered is not None:
        parts.append(_delivered(parts, delivered))
    cells = pd.concat(parts, ignore_index=True)
    cells = cells.assign(owner=cells["area"].map(of.owner_of).fillna(""))
    cells = cells.assign(structural=_structural(cells, of, registration))
    names = cells[KEYS[0]].str.cat(cells[KEYS[1:]], sep="|")
    cells = cells[COLUMNS].set_index(names.rename("cell"))
    related = relations(cells, hierarchies(of))
    sums = related["coefficient"] * related["cell"].map(cells["count"])
    sums = sums.groupby(related["relation"]).sum()
    if (wrong := sums[sums != 0]).size:
        raise RelationError.of("ours", what=message("not_additive", sum=wrong.index[0]))
    return Counts(cells, related)


# Column of areas and all there are, column of periods and all there are, breakdown and all its
# values, and the table in which these counts are released.
Level = tuple[Any, ...]


def _levels(of: Frame) -> Iterator[Level]:
    gemeenten, tips = ("gemeente", sorted(of.delivered)), ("tips", [of.district, DOUBLE])
    everybody = "all", [RECEIVED]
    for row in of.vocabulary.reference("breakdowns"):
        breakdown, values = row["breakdown"], allowed_values(of, row["breakdown"])
        is_total = breakdown == TOTAL
        for kind, of_kind in of.by_kind:
            # Totals tie everything together: they are counted in every period, shown or not.
            is_needed = is_total or (kind == WHOLE and breakdown == "topic")
            for areas in (gemeenten, tips, everybody):
                is_shown = kind in row["district" if areas is tips else "gemeente"].split()
                table = row["table"] if is_shown else ""
                if areas is everybody:  # what ties gemeenten and tips; few of it are told
                    table = "received" if is_total and kind in (WHOLE, YEAR) else ""
                if is_shown or is_needed:
                    yield *areas, kind, list(of_kind["period"]), breakdown, values, table
    for year in of.years[1:]:
        areas = [f"{NEW} {year}", f"{EXISTING} {year}"]
        yield f"joined {year}", areas, YEAR, [year], TOTAL, [TOTAL], "received"
    for background in BACKGROUND:
        values = [f"{has}+{result}" for has in CROSSED for result in allowed_values(of, OUTCOME)]
        for areas in (gemeenten, tips, everybody):
            table = "crossed" if areas is tips else ""
            yield *areas, WHOLE, [WHOLE], crossing(background), values, table
    if of.since_bins:
        bins = [BEFORE, *of.since_bins]
        for areas, table in ((gemeenten, ""), (everybody, "since_connection")):
            yield *areas, SINCE, bins, TOTAL, [TOTAL], table
    for one in campaigns(of):
        for areas, table in ((gemeenten, ""), ((one.group, [one.area]), "campaign_counts")):
            yield *areas, one.window, one.sides, TOTAL, [TOTAL], ""
            yield *areas, one.window, one.sides, one.breakdown, one.values, table
        yield *gemeenten, WHOLE, [WHOLE], one.breakdown, one.values, ""


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


def _delivered(parts: list[pd.DataFrame], delivered: pd.DataFrame) -> pd.DataFrame:
    """Rows that were read: what counts, what was refused and what was double, per sender."""
    counts = pd.concat(parts)
    is_total = counts["kind"].eq(WHOLE) & counts["breakdown"].eq(TOTAL)
    clean = counts[is_total].set_index("area")["count"]
    by_area = delivered.set_index("area")[[REJECTED, DUPLICATE]]
    by_area.loc[RECEIVED] = by_area.sum()
    by_area[READ] = by_area.sum(axis=1) + clean.reindex(by_area.index).fillna(0)
    cells = by_area.rename_axis("area").reset_index()
    cells = cells.melt("area", var_name="value", value_name="count").astype({"count": "int64"})
    table = cells["area"].eq(RECEIVED).map({True: "deliveries", False: ""})
    return cells.assign(table=table, period=WHOLE, kind=WHOLE, breakdown=DELIVERED)


def _structural(cells: pd.DataFrame, of: Frame, registration: pd.DataFrame | None) -> np.ndarray:
    """What makes a 0 one by its nature: before the connection, or of a field without a known one.

    Such a field was never filled in, or in words that nobody understood.
    """
    ends = cells["period"].map(of.periods.set_index("period")["end"])
    is_none, before = cells["count"].eq(0), cells["area"].map(of.connected_on).gt(ends)
    is_whole = cells["kind"].eq(WHOLE) & cells["area"].isin(of.delivered)
    known = cells[is_whole & cells["breakdown"].isin(FIELDS) & cells["value"].ne(UNKNOWN)]
    filled = known.groupby(["area", "breakdown"])["count"].sum()
    # Of a gemeente without meldingen it is not known what it fills in.
    totals = cells[is_whole & cells["breakdown"].eq(TOTAL)].set_index("area")["count"]
    has_any = totals.reindex(filled.index.get_level_values("area")).gt(0).to_numpy()
    never = filled.index[filled.eq(0) & has_any]
    field = pd.MultiIndex.from_frame(cells[["area", "breakdown"]])
    is_never = is_none & field.isin(never) & cells["value"].ne(UNKNOWN)
    unread = pd.MultiIndex.from_tuples([], names=field.names)
    if registration is not None:
        rows = registration[registration["registers"] == NOT_UNDERSTOOD]
        acted = rows[rows["field"] == "disposition"].assign(field="acted")
        unread = pd.MultiIndex.from_frame(pd.concat([rows, acted])[["gemeente", "field"]])
    states = ["not_applicable", NOT_UNDERSTOOD, NEVER]
    return np.select([is_none & before, is_never & field.isin(unread), is_never], states, "")


def allowed_values(of: Frame, breakdown: str) -> list[str]:
    """The codes that a breakdown can have, in reading order."""
    return [TOTAL] if breakdown == TOTAL else list(of.vocabulary.values(breakdown))


def hierarchies(of: Frame) -> pd.DataFrame:
    """Declare of what each area, period and class (breakdown and value) is the sum.

    One row per whole and part; `name`: of the way of cutting the whole up.
    """
    links = {"area": _areas(of), "period": _periods(of), "class": _classes(of)}
    rows = [(dimension, *link) for dimension, of_it in links.items() for link in of_it]
    return pd.DataFrame(rows, columns=["dimension", "name", "part", "whole"])


def _areas(of: Frame) -> Iterator[tuple[str, str, str]]:
    yield from (("gemeenten", slug, RECEIVED) for slug in of.delivered)
    yield from (("tips", part, RECEIVED) for part in (of.district, DOUBLE))
    for year in of.years[1:]:
        joined = of.joined_in(year)
        others = [slug for slug in of.delivered if slug not in joined]
        for name, members in ((f"{NEW} {year}", joined), (f"{EXISTING} {year}", others)):
            yield from ((name, slug, name) for slug in members)
            yield f"joined {year}", name, RECEIVED
    for one in campaigns(of):
        yield from ((one.name, slug, one.area) for slug in one.members)


def _periods(of: Frame) -> Iterator[tuple[str, str, str]]:
    for shorter in MONTHS_OF_KIND:
        longer = of.longer(shorter, LONGER[shorter])
        yield from ((shorter, str(part), str(whole)) for part, whole in longer.items())
    for period in (BEFORE, *of.since_bins) if of.since_bins else ():
        yield SINCE, period, WHOLE
    for one in campaigns(of):
        yield from ((one.window, side, WHOLE) for side in one.sides)
        for month, side in one.side_of.items():
            yield f"months {one.name}", str(month), side


def _classes(of: Frame) -> Iterator[tuple[str, str, str]]:
    total, vocabulary = f"{TOTAL}:{TOTAL}", of.vocabulary
    for row in vocabulary.reference("breakdowns"):
        if (breakdown := row["breakdown"]) != TOTAL:
            for value in allowed_values(of, breakdown):
                yield breakdown, f"{breakdown}:{value}", total
    for finer, coarser, mapping in (
        ("topic", "topic_group", vocabulary.group_of_topic),
        ("disposition", "acted", acted_of_disposition(vocabulary)),
    ):
        for part, whole in mapping.items():
            yield f"{finer} to {coarser}", f"{finer}:{part}", f"{coarser}:{whole}"
    for background in BACKGROUND:
        name = crossing(background)
        for result in allowed_values(of, OUTCOME):
            yield f"{name} to {background}", f"{name}:{YES}+{result}", f"{background}:{YES}"
            for has in CROSSED:
                yield f"{name} to {OUTCOME}", f"{name}:{has}+{result}", f"{OUTCOME}:{result}"
    for one in campaigns(of):
        for value in one.values:
            yield one.breakdown, f"{one.breakdown}:{value}", total
        for topic, value in one.value_of.items():
            yield f"topics of {one.name}", f"topic:{topic}", f"{one.breakdown}:{value}"
    for part in (total, f"{DELIVERED}:{REJECTED}", f"{DELIVERED}:{DUPLICATE}"):
        yield DELIVERED, part, f"{DELIVERED}:{READ}"


def relations(cells: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """List the sums that follow from the hierarchies, of the counts that there are.

    Of each whole of which the count and those of all parts are there, all else being the same.
    """
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
