"""Every count of meldingen, of an area, a period and a value, and every sum that ties them.

A gemeente counts receipts, the district tips: gemeenten = `RECEIVED` = district + `DOUBLE`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mma_analysis.measure.frame import (
    AFTERWARDS,
    ALL_RECEIPTS,
    DOUBLE,
    EXISTING,
    MONTH,
    MONTHS_OF_KIND,
    NEW_GEMEENTEN,
    OTHER_TOPICS,
    TARGET,
    WHOLE,
    WINDOW,
    YEAR,
    Campaign,
    Frame,
    period_of,
)
from mma_analysis.vocabulary import TOTAL, UNKNOWN, DataError, message
from mma_analysis.vocabulary.schema import BACKGROUND, FOLLOW_UP, NO, YES
from mma_analysis.vocabulary.value import NEVER, NOT_UNDERSTOOD

# The breakdown of what was delivered, and its values.
DELIVERED = "delivered"
CLEAN_ROWS = "clean"
REJECTED = "rejected"
DUPLICATE = "duplicate"
SINCE = "since"  # kind of the months since a gemeente was connected
COUNT_KEYS = ["area", "period", "breakdown", "value"]
COUNT_COLUMNS = ["table", *COUNT_KEYS, "kind", "count", "owner", "structural", "surely"]
DIMENSIONS = ["area", "period", "class"]  # along which counts add up
# What is counted: see `measure.sets`.
RECEIPTS = "receipts"
TIPS = "tips"
AGAIN = "again"
# The breakdowns that a gemeente may never fill in.
TOPIC_BREAKDOWNS = ("topic", "topic_group")
COUNTED_FIELDS = (
    *BACKGROUND,
    "also_sent_to",
    *FOLLOW_UP,
    "acted",
    "fed_back",
    *TOPIC_BREAKDOWNS,
)
# Of a field the breakdown that follows from it.
FOLLOWS_FROM = {"disposition": "acted", "topic": "topic_group"}
# States of a count of which there is no number by its nature: in the days before the
# connection, or in a field that is not kept or not understood, there are none; of days that
# are not delivered it is not known.
NOT_APPLICABLE = "not_applicable"
MISSING = "missing"
STRUCTURAL = [NOT_APPLICABLE, MISSING, NOT_UNDERSTOOD, NEVER]


@dataclass(frozen=True)
class Counts:
    """All counts of an edition, exact, and the sums between them, which a reader can know.

    - `cells`: one row per count, on its name (`area|period|breakdown|value`), with the
      released `table` it stands in, its `owner`, why there is no number by its nature
      (`structural`), and how many there `surely` are for who knows the program.
    - `relations`: a row per sum and count: in each, coefficient × count adds up to 0.
    """

    cells: pd.DataFrame
    relations: pd.DataFrame


def counted(
    meldingen: pd.DataFrame,
    of: Frame,
    delivered: pd.DataFrame | None = None,
    registration: pd.DataFrame | None = None,
) -> Counts:
    """Count all that may be released, and tie the counts together.

    `delivered`: per gemeente that sent a file its `rejected` and `duplicate` rows.
    `registration`: which fields each gemeente registers. A wrong sum is a `DataError`.
    """
    rows = categories(meldingen.reset_index(drop=True), of)
    parts = [_count(rows, level) for level in _levels(of)]
    if delivered is not None:
        parts.append(_delivered(delivered))
    cells = pd.concat(parts, ignore_index=True)

    owner = cells["area"].map(of.owner_of)
    cells["owner"] = owner.fillna("")
    is_early = _early(cells, of)
    cells["surely"] = _surely(cells, of, is_early)
    cells["structural"] = _structural(cells, of, registration, is_early)

    first, *others = COUNT_KEYS
    name = cells[first].str.cat(cells[others], sep="|")
    cells = cells[COUNT_COLUMNS].set_index(name.rename("cell"))

    related = relations(cells, hierarchies(of))
    _refuse_wrong_sums(cells, related)
    return Counts(cells, related)


def _refuse_wrong_sums(cells: pd.DataFrame, related: pd.DataFrame) -> None:
    """Stop when counts do not add up: then something is wrong with the program."""
    count = related["cell"].map(cells["count"])
    terms = related["coefficient"] * count
    sums = terms.groupby(related["relation"]).sum()
    wrong = sums[sums != 0]
    if wrong.empty:
        return
    what = message("not_additive", sum=wrong.index[0])
    raise DataError.of("ours", what=what)


# --- what each melding is counted under ---------------------------------------------------


def categories(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Under what each melding in the evaluation is counted.

    A column per way of cutting them up, a row per melding in it.
    """
    meldingen = with_fed_back(meldingen, of)
    days = meldingen["received_on"]
    gemeente = meldingen["gemeente"]
    columns: dict[str, Any] = {"gemeente": gemeente}
    for row in of.vocabulary.reference("breakdowns"):
        name = row["code"]
        if name in meldingen:
            columns[name] = meldingen[name]
    for field in BACKGROUND:
        known = meldingen[field].map({True: YES, False: NO})
        columns[field] = known.astype("object").fillna(UNKNOWN)

    columns[TOTAL] = TOTAL
    columns[SINCE] = of.since_bin(gemeente, days)
    is_first = is_first_receipt(meldingen)
    columns["tips"] = is_first.map({True: of.district, False: DOUBLE})
    for way in sums_of_classes(of):
        columns[way.coarser] = meldingen[way.finer].map(way.class_of)

    month = period_of(days, of.of_kind(MONTH))
    for name, period_of_month in of.windows.items():
        columns[str(name)] = month.map(period_of_month)
    for name, group_of in of.groups.items():
        columns[str(name)] = gemeente.map(group_of)

    table = pd.DataFrame(columns, index=meldingen.index)
    is_inside = month.notna()
    return table[is_inside].astype("category")


def with_fed_back(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """With `fed_back`: whether somebody told M. what came of it. Booked rows have it."""
    if "fed_back" in meldingen:
        return meldingen
    last_day = of.periods["end"].max()
    is_told = meldingen["fed_back_on"] <= last_day

    # An empty day is `nee` only in a file that registers feedback.
    of_file = is_told.groupby([meldingen["gemeente"], meldingen["source_file"]])
    is_registered = of_file.transform("any")
    fed_back = is_told.map({True: YES, False: NO})
    fed_back = fed_back.where(is_registered, UNKNOWN)
    return meldingen.assign(fed_back=fed_back)


def is_first_receipt(meldingen: pd.DataFrame) -> pd.Series:
    """Whether each melding is the first receipt of its tip.

    What was `booked` earlier stays the first, also when an older receipt comes to light.
    """
    order = ["received_on", "gemeente"]
    if "booked" in meldingen:
        order = ["booked", *order]
    is_repeated = meldingen["melding_id"].duplicated(keep=False)
    in_order = meldingen[is_repeated].sort_values(order, kind="stable")
    is_again = in_order["melding_id"].duplicated()
    again = in_order.index[is_again]
    is_first = ~meldingen.index.isin(again)
    return pd.Series(is_first, meldingen.index)


class SumOfClasses(NamedTuple):
    """A breakdown of which each class is the sum of classes of a finer one."""

    finer: str
    coarser: str
    class_of: Mapping[str, str]  # class of the finer one → that of the coarser one


def sums_of_classes(of: Frame) -> list[SumOfClasses]:
    """Each breakdown of which the classes are sums of those of a finer one."""
    acted_of = {}
    for row in of.vocabulary.reference("acted"):
        acted_of[row["disposition"]] = row["acted"]

    ways = [
        SumOfClasses("topic", "topic_group", of.vocabulary.group_of_topic),
        SumOfClasses("disposition", "acted", acted_of),
    ]
    for campaign in of.campaigns.values():
        of_campaign = SumOfClasses("topic", campaign.breakdown, campaign.value_of)
        ways.append(of_campaign)
    return ways


# --- what is counted ----------------------------------------------------------------------


class Axis(NamedTuple):
    """A column that meldingen are counted by, and all that can stand in it."""

    column: str
    values: list[str]


class Level(NamedTuple):
    """What is counted in every combination, and the table in which it is released."""

    areas: Axis
    periods: Axis
    classes: Axis
    table: str


EVERYTHING = Axis(TOTAL, [TOTAL])
OF_ALL = Axis("all", [ALL_RECEIPTS])


def _levels(of: Frame) -> Iterator[Level]:
    """All that is counted."""
    gemeenten = Axis("gemeente", sorted(of.delivered))
    yield from _of_breakdowns(of, gemeenten)
    for year, joined in _joined(of).items():
        yield Level(joined, Axis(YEAR, [year]), EVERYTHING, "received")
    yield from _of_months_since(of, gemeenten)
    for name, campaign in of.campaigns.items():
        yield from _of_campaign(name, campaign, gemeenten)


def _joined(of: Frame) -> dict[str, Axis]:
    """Year → the gemeenten that joined within it, and the others; of each but the first."""
    joined = {}
    later_years = of.of_kind(YEAR)["period"][1:]
    for year in later_years:
        areas = [f"{NEW_GEMEENTEN} {year}", f"{EXISTING} {year}"]
        joined[year] = Axis(f"joined {year}", areas)
    return joined


def _of_months_since(of: Frame, gemeenten: Axis) -> Iterator[Level]:
    """The months since the connection of each gemeente; released of all together."""
    bins = Axis(SINCE, list(of.days_since["value"].unique()))
    if bins.values:
        yield Level(gemeenten, bins, EVERYTHING, "")
        yield Level(OF_ALL, bins, EVERYTHING, "since_connection")


def _of_campaign(name: str, campaign: Campaign, gemeenten: Axis) -> Iterator[Level]:
    """Its own topics and others around a campaign; of its members together released."""
    window = Axis(f"{WINDOW} {name}", campaign.sides)
    whole = Axis(WHOLE, [WHOLE])
    topics = Axis(campaign.breakdown, [TARGET, OTHER_TOPICS])
    members = Axis(campaign.area, [campaign.area])
    yield Level(gemeenten, window, EVERYTHING, "")
    yield Level(gemeenten, window, topics, "")
    yield Level(members, window, EVERYTHING, "")
    yield Level(members, window, topics, "campaign_counts")
    yield Level(gemeenten, whole, topics, "")


def _of_breakdowns(of: Frame, gemeenten: Axis) -> Iterator[Level]:
    """Each breakdown of gemeenten, of tips, and of all receipts, which tie these."""
    tips = Axis("tips", [of.district, DOUBLE])
    for row in of.vocabulary.reference("breakdowns"):
        breakdown = row["code"]
        is_total = breakdown == TOTAL
        values = list(of.vocabulary.values(breakdown))
        classes = Axis(breakdown, values or [TOTAL])
        for kind, of_kind in of.periods.groupby("kind", sort=False):
            periods = Axis(str(kind), list(of_kind["period"]))
            of_gemeenten = kind in row["gemeente"].split()
            of_tips = kind in row["district"].split()
            # Totals tie everything together: counted in every period, shown or not.
            is_whole_topic = kind == WHOLE and breakdown == "topic"
            is_needed = is_total or is_whole_topic
            of_all = is_total and kind in (WHOLE, YEAR)

            if of_gemeenten or is_needed:
                table = row["table"] if of_gemeenten else ""
                yield Level(gemeenten, periods, classes, table)
            if of_tips or is_needed:
                table = row["table"] if of_tips else ""
                yield Level(tips, periods, classes, table)
            if of_gemeenten or is_needed:
                table = "received" if of_all else ""
                yield Level(OF_ALL, periods, classes, table)


def _count(rows: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Count in every combination of area, period and value; what is not there is a 0."""
    areas, periods, classes, table = level
    every = pd.MultiIndex.from_product(
        [areas.values, periods.values, classes.values],
        names=["area", "period", "value"],
    )
    columns = [areas.column, periods.column, classes.column]
    counts = rows.groupby(columns, observed=True).size()
    counts = counts.rename_axis(every.names).reindex(every, fill_value=0)
    cells = counts.rename("count").reset_index()
    cells = cells.astype({"count": "int64"})

    # Of the months after a campaign nothing is said.
    is_after = cells["period"].str.startswith(f"{AFTERWARDS} ")
    is_double = cells["area"] == DOUBLE
    in_table = pd.Series(table, cells.index, dtype="str")
    is_window = periods.column.startswith(WINDOW)
    return cells.assign(
        table=in_table.mask(is_double | is_after, ""),
        breakdown=classes.column,
        kind=WINDOW if is_window else periods.column,
    )


def _delivered(delivered: pd.DataFrame) -> pd.DataFrame:
    """How many rows of each gemeente were refused; those that count are its meldingen."""
    by_area = delivered.set_index("area")[[REJECTED, DUPLICATE]]
    by_area.loc[ALL_RECEIPTS] = by_area.sum()

    cells = by_area.rename_axis("area").reset_index()
    cells = cells.melt("area", var_name="value", value_name="count")
    cells = cells.astype({"count": "int64"})
    is_all = cells["area"] == ALL_RECEIPTS
    return cells.assign(
        table=is_all.map({True: "deliveries", False: ""}),
        period=WHOLE,
        kind=WHOLE,
        breakdown=DELIVERED,
    )


# --- a 0 by its nature --------------------------------------------------------------------


def _structural(
    cells: pd.DataFrame,
    of: Frame,
    registration: pd.DataFrame | None,
    early: pd.Series,
) -> np.ndarray:
    """What makes that there is no number by its nature (`STRUCTURAL`); empty of all else.

    Before the connection; after what was delivered; or of a field of which nothing is
    known: never filled in, or in words that nobody understood.
    """
    is_none = cells["count"] == 0
    is_early = is_none & early
    is_late = of.is_uncovered(cells["area"], cells["period"])
    is_uncovered = is_none & is_late

    field = pd.MultiIndex.from_frame(cells[["area", "breakdown"]])
    is_of_never = field.isin(_never_known(cells, of))
    is_known = cells["value"] != UNKNOWN
    is_never = is_none & is_known & is_of_never
    is_unread = np.zeros(len(cells), dtype=bool)
    if registration is not None:
        not_understood = _not_understood(registration)
        is_unread = field.isin(not_understood)
    is_not_understood = is_never & is_unread

    why = [is_early, is_uncovered, is_not_understood, is_never]
    return np.select(why, STRUCTURAL, "")


def _surely(cells: pd.DataFrame, of: Frame, early: pd.Series) -> pd.Series:
    """The least that each count is for who knows the program, by its rules alone.

    Of days before the connection no number is told when there is none. A delivery that is
    seen to end has a melding in its last month, and so many in all that its silence is no
    chance (`frame.DeliveryEnd`).
    """
    surely = early.astype("int64")
    is_total = cells["breakdown"] == TOTAL
    is_whole = cells["kind"] == WHOLE
    periods = of.periods
    for slug, end in of.ends.items():
        if not end.fewest:
            continue
        begins_in_time = periods["begin"] <= pd.Timestamp(end.day)
        ends_in_time = periods["end"] >= end.last_month
        around = periods.loc[begins_in_time & ends_in_time, "period"]

        is_own = is_total & (cells["area"] == slug)
        is_around = is_own & cells["period"].isin(around)
        surely = surely.mask(is_around, 1)
        surely = surely.mask(is_around & is_whole, end.fewest)
    return surely


def _early(cells: pd.DataFrame, of: Frame) -> pd.Series:
    """Whether each count is of days before the connection of its gemeente.

    One of the whole evaluation is so only of a gemeente without meldingen.
    """
    area = cells["area"]
    is_before = of.is_before_connection(area, cells["period"])
    is_part = cells["kind"] != WHOLE
    nobody = _without_meldingen(cells, of)
    is_of_nobody = area.isin(nobody)
    return is_before & (is_part | is_of_nobody)


def _without_meldingen(cells: pd.DataFrame, of: Frame) -> pd.Series:
    """The gemeenten of which no melding is counted."""
    whole = _whole(cells, of)
    is_total = whole["breakdown"] == TOTAL
    is_none = whole["count"] == 0
    return whole.loc[is_total & is_none, "area"]


def _whole(cells: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """The counts of the whole evaluation of each gemeente."""
    is_whole = cells["kind"] == WHOLE
    is_gemeente = cells["area"].isin(of.delivered)
    return cells[is_whole & is_gemeente]


def _never_known(cells: pd.DataFrame, of: Frame) -> pd.Index:
    """The gemeenten and breakdowns of which of no melding anything is known."""
    whole = _whole(cells, of)
    is_field = whole["breakdown"].isin(COUNTED_FIELDS)
    is_known = whole["value"] != UNKNOWN
    of_known = whole[is_field & is_known]
    known = of_known.groupby(["area", "breakdown"])["count"].sum()
    is_nothing = known == 0

    # Of a gemeente without meldingen it is not known what it fills in.
    nobody = _without_meldingen(cells, of)
    is_of_nobody = known.index.isin(nobody, level="area")
    return known.index[is_nothing & ~is_of_nobody]


def _not_understood(registration: pd.DataFrame) -> pd.MultiIndex:
    """The gemeenten and breakdowns of which the words were not understood."""
    is_not_understood = registration["registers"] == NOT_UNDERSTOOD
    fields = registration.loc[is_not_understood, ["gemeente", "field"]]
    following = fields.replace({"field": FOLLOWS_FROM})
    every = pd.concat([fields, following])
    return pd.MultiIndex.from_frame(every)


# --- what adds up -------------------------------------------------------------------------


class Way(NamedTuple):
    """A way of cutting up: its name, and part → the whole that it is of."""

    name: str
    whole_of: Mapping[Any, Any]


def hierarchies(of: Frame) -> pd.DataFrame:
    """Of what each area, period and class is the sum, in every way of cutting it up.

    A row per part: the `dimension`, the `name` of the way, the `part` and the `whole`.
    """
    ways_of = {
        "area": _of_areas(of),
        "period": _of_periods(of),
        "class": _of_classes(of),
    }
    rows = []
    for dimension, ways in ways_of.items():
        for way in ways:
            for part, whole in way.whole_of.items():
                rows.append((dimension, way.name, part, whole))
    return pd.DataFrame(rows, columns=["dimension", "name", "part", "whole"])


def _of_areas(of: Frame) -> Iterator[Way]:
    """What all gemeenten received: of tips, groups of gemeenten, new ones and others."""
    tips = [of.district, DOUBLE]
    yield Way("tips", dict.fromkeys(tips, ALL_RECEIPTS))
    for name, group_of in of.groups.items():
        members = group_of.dropna()
        yield Way(f"gemeenten {name}", members.to_dict())
    for joined in _joined(of).values():
        yield Way(joined.column, dict.fromkeys(joined.values, ALL_RECEIPTS))


def _of_periods(of: Frame) -> Iterator[Way]:
    """Each kind of the next, and the whole of the other ways to cut it."""
    kinds = [WHOLE, *MONTHS_OF_KIND]
    for longer, shorter in pairwise(kinds):
        by_shorter = of.calendar.set_index(shorter)
        yield Way(shorter, by_shorter[longer].to_dict())

    bins = of.days_since["value"].unique()
    yield Way(SINCE, dict.fromkeys(bins, WHOLE))
    for name, campaign in of.campaigns.items():
        yield Way(f"{WINDOW} {name}", dict.fromkeys(campaign.sides, WHOLE))
        yield Way(f"months {name}", campaign.side_of.to_dict())


def _of_classes(of: Frame) -> Iterator[Way]:
    """The total of each breakdown, and coarser classes of finer ones."""
    total = f"{TOTAL}:{TOTAL}"
    for row in of.vocabulary.reference("breakdowns"):
        name = row["code"]
        values = of.vocabulary.values(name)
        classes = [f"{name}:{value}" for value in values]
        yield Way(name, dict.fromkeys(classes, total))

    for way in sums_of_classes(of):
        whole_of = {}
        for finer, coarser in way.class_of.items():
            part = f"{way.finer}:{finer}"
            whole_of[part] = f"{way.coarser}:{coarser}"
        yield Way(f"{way.finer} to {way.coarser}", whole_of)

    for campaign in of.campaigns.values():
        name = campaign.breakdown
        classes = [f"{name}:{TARGET}", f"{name}:{OTHER_TOPICS}"]
        yield Way(name, dict.fromkeys(classes, total))


def relations(cells: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """The sums that follow: of each whole that is counted, as are all its parts.

    `declared`: as `hierarchies`. A row per sum and count: `relation`, `cell`,
    `coefficient`.
    """
    table = cells.reset_index()
    table["class"] = table["breakdown"].str.cat(table["value"], ":")
    table = table[["cell", *DIMENSIONS]]

    terms = []
    for dimension, links in declared.groupby("dimension", sort=False):
        terms += _terms(table, str(dimension), links)
    columns = ["relation", "cell", "coefficient"]
    return pd.concat(terms, ignore_index=True)[columns]


def _terms(table: pd.DataFrame, dimension: str, links: pd.DataFrame) -> list[pd.DataFrame]:
    """The parts and the wholes of the sums along one dimension, with their coefficients.

    `table`: the `cell` of each count, and its place in every dimension.
    """
    others = [name for name in DIMENSIONS if name != dimension]
    keys = ["name", "whole", *others]
    of_part = links[["name", "part", "whole"]]
    parts = table.merge(of_part, left_on=dimension, right_on="part")

    declared = links.groupby(["name", "whole"]).size()
    declared = declared.rename("declared").reset_index()
    counted = parts.groupby(keys).size()
    counted = counted.rename("counted").reset_index()
    wholes = table.merge(declared, left_on=dimension, right_on="whole")
    wholes = wholes.merge(counted, on=keys)

    is_complete = wholes["declared"] == wholes["counted"]
    complete = wholes[is_complete].reset_index(drop=True)
    complete["relation"] = complete[keys].agg("|".join, axis=1)
    relation = complete[[*keys, "relation"]]
    parts = parts.merge(relation, on=keys)
    return [parts.assign(coefficient=1), complete.assign(coefficient=-1)]
