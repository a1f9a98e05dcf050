"""Every count of meldingen that may be released, and every sum that ties it to others.

A count is of one area, one period and one value of one breakdown. All sums follow from declared
hierarchies: in one of the three a whole is the sum of its parts, whatever the other two are. A
gemeente counts the meldingen it received; the district counts tips: a tip that two gemeenten
received is one tip. So always gemeenten = `RECEIVED` = district + `DOUBLE`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mma_analysis.measure.categories import (
    AFTERWARDS,
    CROSSED,
    Windows,
    acted_of_disposition,
    categories,
    crossing,
)
from mma_analysis.measure.frame import BEFORE_CONNECTION, Frame
from mma_analysis.measure.periods import MONTHS_OF_KIND, WHOLE, WINDOW, YEAR, longer_period
from mma_analysis.vocabulary import TOTAL, UNKNOWN, DataError
from mma_analysis.vocabulary.schema import BACKGROUND

KEYS = ["area", "period", "breakdown", "value"]
RECEIVED, DOUBLE = "ontvangen", "dubbel"
NEW, EXISTING = "nieuw", "bestaand"  # gemeenten that joined within a year, and the others
SINCE = "since"  # kind of the months since a gemeente was connected
DELIVERED = "delivered"
REJECTED, DUPLICATE, READ = "rejected", "duplicate", "read"
OUTCOME = "result"
LONGER = {"year": WHOLE, "half": "year", "quarter": "half", "month": "quarter"}
COLUMNS = ["table", *KEYS, "kind", "count", "owner", "structural"]


class RelationError(DataError, ValueError):
    """The counts do not satisfy a sum that is said to hold between them."""


@dataclass(frozen=True)
class Counts:
    """All counts of an edition, exact, and the sums between them.

    `cells`
        One row per count, on its name (`area|period|breakdown|value`): these four, `kind` (of
        period), `table` (the released table it stands in; empty when it is in none), `count`,
        `owner` (who knows it from its own rows; empty when nobody does) and `structural`: a 0 that
        is one by its nature (not connected yet, or a field that the gemeente never fills in).
    `relations`
        One row per sum and count: `relation`, `cell`, `coefficient`; in every sum coefficient ×
        count adds up to 0. A reader can know all of them.
    """

    cells: pd.DataFrame
    relations: pd.DataFrame


def counted(meldingen: pd.DataFrame, of: Frame, delivered: pd.DataFrame | None = None) -> Counts:
    """Count every area in every period and breakdown that is released, and tie the counts together.

    A gemeente that delivered and has none gets a 0; one that delivered nothing has no counts. In
    the district a tip has the day and the topic that its first receiver wrote down.

    Parameters
    ----------
    meldingen
        Clean meldingen, one row per melding and receiving gemeente.
    delivered
        One row per gemeente that sent a file: `area`, `rejected`, `duplicate` (rows of its files).

    Raises
    ------
    RelationError
        When a sum does not hold: a fault of this package.
    """
    windows = Windows.of(of)
    rows = categories(meldingen.reset_index(drop=True), of, windows)
    levels = list(_levels(of, windows))
    parts = [_count(rows, level) for level in levels]
    if delivered is not None:
        parts.append(_delivered(parts, delivered))
    cells = pd.concat(parts, ignore_index=True)
    cells = cells.assign(owner=cells["area"].map(of.owner_of).fillna(""))
    cells = _with_structural(cells, of)
    names = cells[KEYS[0]].str.cat(cells[KEYS[1:]], sep="|")
    cells = cells[COLUMNS].set_index(names.rename("cell"))
    related = relations(cells, hierarchies(of, windows))
    _check(cells, related)
    return Counts(cells, related)


# --- what is counted -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Level:
    """Counts in one grouping of areas, one kind of period and one breakdown.

    `areas`, `periods` and `column` name columns of the categories; `all_areas`, `all_periods` and
    `values` are all that there can be. `table` is where it is released, for `shown` areas.
    """

    areas: str
    all_areas: list[str]
    periods: str
    all_periods: list[str]
    breakdown: str
    values: list[str]
    table: str = ""
    shown: frozenset[str] | None = None


def _levels(of: Frame, windows: Windows) -> Iterator[_Level]:
    district, delivered = of.vocabulary.district.slug, sorted(of.delivered)
    tips, codes = frozenset([district]), {kind: list(p["period"]) for kind, p in of.by_kind}
    kinds = [kind for kind, _ in of.by_kind]
    for row in of.vocabulary.reference("breakdowns"):
        breakdown, values = row["breakdown"], allowed_values(of, row["breakdown"])
        for kind in kinds:
            # Totals tie everything together: they are counted in every period, shown or not.
            is_needed = breakdown == TOTAL or (kind == WHOLE and breakdown == "topic")
            for areas, every, shown in (
                ("gemeente", delivered, None),
                ("tips", [district, DOUBLE], tips),
                ("all", [RECEIVED], None),
            ):
                is_shown = kind in row["district" if areas == "tips" else "gemeente"].split()
                if is_shown or is_needed:
                    table = row["table"] if is_shown else ""
                    if areas == "all":  # what ties gemeenten and tips; few of it are told
                        table = "received" if breakdown == TOTAL and kind in (WHOLE, YEAR) else ""
                    yield _Level(areas, every, kind, codes[kind], breakdown, values, table, shown)
    for year in codes.get(YEAR, [])[1:]:
        areas = [f"{NEW} {year}", f"{EXISTING} {year}"]
        yield _Level(f"joined {year}", areas, YEAR, [year], TOTAL, [TOTAL], "received")
    for background in BACKGROUND:
        name = crossing(background)
        values = [f"{has}+{result}" for has in CROSSED for result in allowed_values(of, OUTCOME)]
        for areas, every, shown in (
            ("gemeente", delivered, frozenset[str]()),
            ("tips", [district, DOUBLE], tips),
            ("all", [RECEIVED], frozenset[str]()),
        ):
            yield _Level(areas, every, WHOLE, [WHOLE], name, values, "crossed", shown)
    if of.since_bins:
        bins = [BEFORE_CONNECTION, *of.since_bins]
        for areas, every, table in (
            ("gemeente", delivered, ""),
            ("all", [RECEIVED], "since_connection"),
        ):
            yield _Level(areas, every, SINCE, bins, TOTAL, [TOTAL], table)
    for campaign in windows.campaigns:
        sides = windows.sides(campaign)
        breakdown, values = windows.breakdown(campaign), windows.values
        groups = [windows.part(campaign)]
        for areas, every in (("gemeente", delivered), (f"group {campaign}", groups)):
            for what, of_what in ((TOTAL, [TOTAL]), (breakdown, values)):
                is_shown = what != TOTAL and every is groups
                shown = frozenset(groups) if is_shown else frozenset[str]()
                yield _Level(
                    *(areas, every, f"window {campaign}", sides, what, of_what),
                    *("campaign_counts", shown),
                )
        yield _Level("gemeente", delivered, WHOLE, [WHOLE], breakdown, values)


def _count(rows: pd.DataFrame, level: _Level) -> pd.DataFrame:
    """Count in every combination of area, period and value; what is not there is a 0."""
    columns = [level.areas, level.periods, level.breakdown]
    if missing := [name for name in columns if name not in rows]:
        raise KeyError(f"no category {missing}")
    every = pd.MultiIndex.from_product(
        [level.all_areas, level.all_periods, level.values], names=["area", "period", "value"]
    )
    counts = rows.groupby(columns, observed=True).size()
    table = counts.rename_axis(every.names).reindex(every, fill_value=0).rename("count")
    table = table.reset_index().astype({"count": "int64"})
    is_shown = table["area"].isin(level.all_areas if level.shown is None else level.shown)
    # Of a campaign only what is compared: not the months after it.
    is_shown &= ~table["period"].str.startswith(f"{AFTERWARDS} ")
    in_table = pd.Series(level.table, table.index, dtype="str").where(is_shown, "")
    kind = WINDOW if level.periods.startswith(WINDOW) else level.periods
    return table.assign(table=in_table, breakdown=level.breakdown, kind=kind)


def _delivered(parts: list[pd.DataFrame], delivered: pd.DataFrame) -> pd.DataFrame:
    """Rows that were read: what counts, what was refused and what was double, per sender."""
    counted = pd.concat(parts)
    is_total = counted["kind"].eq(WHOLE) & counted["breakdown"].eq(TOTAL)
    clean = counted[is_total].set_index("area")["count"]
    by_area = delivered.set_index("area")[[REJECTED, DUPLICATE]]
    by_area.loc[RECEIVED] = by_area.sum()
    table = by_area.assign(**{READ: by_area.sum(axis=1) + clean.reindex(by_area.index).fillna(0)})
    cells = table.rename_axis("area").melt(ignore_index=False, var_name="value", value_name="count")
    shown = cells.index.to_series().eq(RECEIVED).map({True: "deliveries", False: ""})
    told = cells.assign(table=shown.to_numpy()).reset_index()
    return told.assign(period=WHOLE, kind=WHOLE, breakdown=DELIVERED).astype({"count": "int64"})


def _with_structural(cells: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Mark the zeros that tell of no melding: before the connection, or of a field never filled."""
    ends = cells["period"].map(of.periods.set_index("period")["end"])
    is_none = cells["count"].eq(0)
    before = cells["area"].map(of.connected_on).gt(ends)
    fields = cells["breakdown"].isin(of.fields)
    is_own = cells["area"].isin(of.delivered)
    known = cells[fields & is_own & cells["value"].ne(UNKNOWN) & cells["kind"].eq(WHOLE)]
    filled = known.groupby(["area", "breakdown"])["count"].sum()
    # Of a gemeente without meldingen it is not known what it fills in.
    totals = cells[cells["breakdown"].eq(TOTAL) & cells["kind"].eq(WHOLE)].set_index("area")
    has_any = totals["count"].reindex(filled.index.get_level_values("area")).gt(0).to_numpy()
    never = filled.index[filled.eq(0) & has_any]
    is_never = pd.MultiIndex.from_frame(cells[["area", "breakdown"]]).isin(never)
    structural = np.where(before & is_none, "not_applicable", "")
    structural = np.where(
        is_none & is_never & cells["value"].ne(UNKNOWN) & ~before, "never", structural
    )
    return cells.assign(structural=structural)


def allowed_values(of: Frame, breakdown: str) -> list[str]:
    """The codes that a breakdown can have, in reading order."""
    named = {"topic": of.vocabulary.topics, "topic_group": of.vocabulary.topic_groups}
    if breakdown == TOTAL:
        return [TOTAL]
    return list(named.get(breakdown) or of.vocabulary.values(breakdown))


# --- what adds up --------------------------------------------------------------------------------


def hierarchies(of: Frame, windows: Windows) -> pd.DataFrame:
    """Declare of what each area, period and value is the sum.

    One row per whole and part: `dimension` (`area`, `period` or `class`: breakdown and value),
    `name` (of the way of cutting the whole up), `part`, `whole`.
    """
    rows = [("area", *row) for row in _areas(of, windows)]
    rows += [("period", *row) for row in _periods(of, windows)]
    rows += [("class", *row) for row in _classes(of, windows)]
    return pd.DataFrame(rows, columns=["dimension", "name", "part", "whole"])


def _areas(of: Frame, windows: Windows) -> Iterator[tuple[str, str, str]]:
    district = of.vocabulary.district.slug
    yield from (("gemeenten", slug, RECEIVED) for slug in of.delivered)
    yield from (("tips", part, RECEIVED) for part in (district, DOUBLE))
    for year in list(of.periods.loc[of.periods["kind"] == YEAR, "period"])[1:]:
        joined = of.joined_in(year)
        for name, members in (
            (NEW, joined),
            (EXISTING, [slug for slug in of.delivered if slug not in joined]),
        ):
            yield from ((f"{name} {year}", slug, f"{name} {year}") for slug in members)
            yield f"joined {year}", f"{name} {year}", RECEIVED
    for campaign in windows.campaigns:
        yield from ((campaign, slug, windows.part(campaign)) for slug in windows.members(campaign))


def _periods(of: Frame, windows: Windows) -> Iterator[tuple[str, str, str]]:
    for shorter in MONTHS_OF_KIND:
        longer = longer_period(of.periods, shorter, LONGER[shorter])
        yield from ((shorter, str(part), str(whole)) for part, whole in longer.items())
    for period in (BEFORE_CONNECTION, *of.since_bins) if of.since_bins else ():
        yield SINCE, period, WHOLE
    for campaign in windows.campaigns:
        for side in windows.sides(campaign):
            yield f"window {campaign}", side, WHOLE
        for month, side in windows.months(campaign):
            yield f"months {campaign}", month, side


def _classes(of: Frame, windows: Windows) -> Iterator[tuple[str, str, str]]:
    total, vocabulary = f"{TOTAL}:{TOTAL}", of.vocabulary

    grouped = {
        ("topic", "topic_group"): vocabulary.group_of_topic,
        ("disposition", "acted"): acted_of_disposition(vocabulary),
    }
    for row in vocabulary.reference("breakdowns"):
        if (breakdown := row["breakdown"]) != TOTAL:
            for value in allowed_values(of, breakdown):
                yield breakdown, f"{breakdown}:{value}", total
    for (finer, coarser), mapping in grouped.items():
        for part, whole in mapping.items():
            yield f"{finer} to {coarser}", f"{finer}:{part}", f"{coarser}:{whole}"
    for background in BACKGROUND:
        name = crossing(background)
        for result in allowed_values(of, OUTCOME):
            yield f"{name} to {background}", f"{name}:ja+{result}", f"{background}:ja"
            for has in CROSSED:
                yield f"{name} to {OUTCOME}", f"{name}:{has}+{result}", f"{OUTCOME}:{result}"
    for campaign in windows.campaigns:
        breakdown = windows.breakdown(campaign)
        for value in windows.values:
            yield breakdown, f"{breakdown}:{value}", total
        for topic, value in windows.value_of(campaign).items():
            yield f"topics of {campaign}", f"topic:{topic}", f"{breakdown}:{value}"
    for value in (TOTAL, f"{DELIVERED}:{REJECTED}", f"{DELIVERED}:{DUPLICATE}"):
        yield DELIVERED, total if value == TOTAL else value, f"{DELIVERED}:{READ}"


def relations(cells: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """List the sums that follow from the hierarchies, of the counts that there are.

    A sum holds for each whole of which the count and those of all parts are there, in the same
    area, period and class but for the one that is cut up.
    """
    table = cells.reset_index().assign(
        **{"class": cells["breakdown"].str.cat(cells["value"], ":").to_numpy()}
    )
    table = table[["cell", "area", "period", "class"]]
    found = []
    for dimension, links in declared.groupby("dimension", sort=False):
        others = [name for name in ("area", "period", "class") if name != dimension]
        keys = ["name", "whole", *others]
        sizes = links.groupby(["name", "whole"]).size().rename("parts").reset_index()
        parts = table.merge(links[["name", "part", "whole"]], left_on=dimension, right_on="part")
        wholes = table.merge(sizes, left_on=dimension, right_on="whole")
        there = parts.groupby(keys).size().rename("there").reset_index()
        complete = wholes.merge(there, on=keys)
        complete = complete[complete["parts"] == complete["there"]].reset_index(drop=True)
        complete["relation"] = complete[["name", *keys[1:]]].agg("|".join, axis=1)
        terms = parts.merge(complete[[*keys, "relation"]], on=keys)
        found += [
            terms[["relation", "cell"]].assign(coefficient=1),
            complete[["relation", "cell"]].assign(coefficient=-1),
        ]
    return pd.concat(found, ignore_index=True)


def _check(cells: pd.DataFrame, related: pd.DataFrame) -> None:
    if not cells.index.is_unique:
        name = cells.index[cells.index.duplicated()][0]
        raise RelationError(f"count '{name}' occurs twice; expected one row per count")
    sums = related["coefficient"] * related["cell"].map(cells["count"])
    wrong = sums.groupby(related["relation"]).sum()
    if (wrong != 0).any():
        raise RelationError(
            f"the sum '{wrong.index[wrong != 0][0]}' does not add up: it is "
            f"{wrong[wrong != 0].iloc[0]:g}, expected 0; repair how the counts are measured"
        )
