"""Every count of meldingen that may be released, and every sum that ties it to others.

A count is of one area, one period and one value of one breakdown. All sums follow from declared
hierarchies: in one of the three a whole is the sum of its parts, whatever the other two are. A
gemeente counts the meldingen it received; the district counts tips: a tip that two gemeenten
received is one tip. So always gemeenten = `RECEIVED` = district + `DOUBLE`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
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
    OUTCOME,
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
COLUMNS = ["table", *KEYS, "kind", "count", "owner", "structural"]
# The breakdowns that a gemeente may never fill in.
FIELDS = (*BACKGROUND, "also_sent_to", *FOLLOW_UP, "acted", "fed_back")


@dataclass(frozen=True)
class Counts:
    """All counts of an edition, exact, and the sums between them, which a reader can know.

    `cells`: one row per count, on its name (`area|period|breakdown|value`), with the released
    `table` it stands in, its `owner` and what makes a 0 one by its nature (`structural`).
    `relations`: one row per sum and count; in every sum coefficient × count adds up to 0.
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

    In the district a tip has the day and the topic that its first receiver wrote down. `delivered`:
    per gemeente that sent a file its `rejected` and `duplicate` rows. A sum that does not hold is a
    `DataError`.
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
        raise DataError.of("ours", what=message("not_additive", sum=wrong.index[0]))
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
    """What makes a 0 one by its nature: before the connection, or of a field without a known one
    (never filled in, or in words that nobody understood)."""
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
    """Of what each area, period and class is the sum: a row per whole and part, and the `name` of
    the way of cutting the whole up."""
    total, vocabulary = f"{TOTAL}:{TOTAL}", of.vocabulary
    rows: list[tuple[str, str, str, str]] = []

    def cut_up(dimension: str, name: str, parts: Iterable[tuple[str, str]]) -> None:
        rows.extend((dimension, name, part, whole) for part, whole in parts)

    cut_up("area", "gemeenten", ((slug, RECEIVED) for slug in of.delivered))
    cut_up("area", "tips", ((part, RECEIVED) for part in (of.district, DOUBLE)))
    for year in of.years[1:]:
        joined = of.joined_in(year)
        for name in (f"{NEW} {year}", f"{EXISTING} {year}"):
            members = (s for s in of.delivered if (s in joined) == name.startswith(NEW))
            cut_up("area", name, ((slug, name) for slug in members))
            cut_up("area", f"joined {year}", [(name, RECEIVED)])
    for longer, shorter in pairwise((WHOLE, *MONTHS_OF_KIND)):
        pairs = of.calendar[[shorter, longer]].drop_duplicates()
        cut_up("period", shorter, zip(pairs[shorter], pairs[longer], strict=True))
    if of.since_bins:
        cut_up("period", SINCE, ((period, WHOLE) for period in (BEFORE, *of.since_bins)))
    for row in vocabulary.reference("breakdowns"):
        if (name := row["breakdown"]) != TOTAL:
            values = allowed_values(of, name)
            cut_up("class", name, ((f"{name}:{value}", total) for value in values))
    for finer, coarser, mapping in (
        ("topic", "topic_group", vocabulary.group_of_topic),
        ("disposition", "acted", acted_of_disposition(vocabulary)),
    ):
        parts = ((f"{finer}:{part}", f"{coarser}:{whole}") for part, whole in mapping.items())
        cut_up("class", f"{finer} to {coarser}", parts)
    for background in BACKGROUND:
        name, yes = crossing(background), f"{background}:{YES}"
        for result in allowed_values(of, OUTCOME):
            whole = f"{OUTCOME}:{result}"
            both = ((f"{name}:{has}+{result}", whole) for has in CROSSED)
            cut_up("class", f"{name} to {OUTCOME}", both)
            cut_up("class", f"{name} to {background}", [(f"{name}:{YES}+{result}", yes)])
    for one in campaigns(of):
        cut_up("area", one.name, ((slug, one.area) for slug in one.members))
        cut_up("period", one.window, ((side, WHOLE) for side in one.sides))
        cut_up("period", f"months {one.name}", zip(of.calendar.index, one.side_of, strict=True))
        cut_up("class", one.breakdown, ((f"{one.breakdown}:{v}", total) for v in one.values))
        topics = ((f"topic:{t}", f"{one.breakdown}:{v}") for t, v in one.value_of.items())
        cut_up("class", f"topics of {one.name}", topics)
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
