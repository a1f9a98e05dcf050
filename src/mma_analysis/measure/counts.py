"""Every count of meldingen, of an area, a period and a value, and every sum that ties them.

A gemeente counts receipts, the district tips: gemeenten = `RECEIVED` = district + `DOUBLE`.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

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

# The breakdown of what was delivered, and its values.
DELIVERED = "delivered"
CLEAN = "clean"
REJECTED = "rejected"
DUPLICATE = "duplicate"
SINCE = "since"  # kind of the months since a gemeente was connected
YES = "ja"
NO = "nee"
KEYS = ["area", "period", "breakdown", "value"]
COLUMNS = ["table", *KEYS, "kind", "count", "owner", "structural", "surely"]
# What is counted: see `measure.sets`.
RECEIPTS = "receipts"
TIPS = "tips"
AGAIN = "again"
# The breakdowns that a gemeente may never fill in.
TOPICS = ("topic", "topic_group")
FIELDS = (*BACKGROUND, "also_sent_to", *FOLLOW_UP, "acted", "fed_back", *TOPICS)
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

    first, *others = KEYS
    name = cells[first].str.cat(cells[others], sep="|")
    cells = cells[COLUMNS].set_index(name.rename("cell"))

    related = relations(cells, hierarchies(of))
    _refuse_wrong_sums(cells, related)
    return Counts(cells, related)


def _refuse_wrong_sums(cells: pd.DataFrame, related: pd.DataFrame) -> None:
    """Stop when counts do not add up: then something is wrong with the program."""
    count = related["cell"].map(cells["count"])
    terms = related["coefficient"] * count
    sums = terms.groupby(related["relation"]).sum()
    wrong = sums.index[sums != 0]
    if len(wrong):
        what = message("not_additive", sum=wrong[0])
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
        known = meldingen[field].map({True: YES, False: NO}).astype("object")
        columns[field] = known.fillna(UNKNOWN)
    columns[TOTAL] = TOTAL
    columns[SINCE] = of.since_bin(gemeente, days)
    is_first = is_first_receipt(meldingen)
    columns["tips"] = is_first.map({True: of.district, False: DOUBLE})
    for finer, coarser, class_of in sums_of_classes(of):
        columns[coarser] = meldingen[finer].map(class_of)

    month = period_of(days, of.of_kind(MONTH))
    for name, period_of_month in of.windows.items():
        columns[str(name)] = month.map(period_of_month)
    for name, group_of in of.groups.items():
        columns[str(name)] = gemeente.map(group_of)
    table = pd.DataFrame(columns, index=meldingen.index)
    return table[month.notna()].astype("category")


def with_fed_back(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """With `fed_back`: whether somebody told M. what came of it. Booked rows have it."""
    if "fed_back" in meldingen:
        return meldingen
    is_told = meldingen["fed_back_on"] <= of.periods["end"].max()
    # An empty day is `nee` only in a file that registers feedback.
    of_file = is_told.groupby([meldingen["gemeente"], meldingen["source_file"]])
    is_registered = of_file.transform("any")
    fed_back = is_told.map({True: YES, False: NO}).where(is_registered, UNKNOWN)
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
    again = in_order.index[in_order["melding_id"].duplicated()]
    return pd.Series(~meldingen.index.isin(again), meldingen.index)


def sums_of_classes(of: Frame) -> list[tuple[str, str, dict[str, str]]]:
    """Each breakdown of which the classes are sums of those of a finer one.

    The finer one, the coarser one, and class → class.
    """
    acted = {row["disposition"]: row["acted"] for row in of.vocabulary.reference("acted")}
    ways = [
        ("topic", "topic_group", of.vocabulary.group_of_topic),
        ("disposition", "acted", acted),
    ]
    for campaign in of.campaigns.values():
        ways.append(("topic", campaign.breakdown, campaign.value_of))
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
OF_ALL = Axis("all", [RECEIVED])


def _levels(of: Frame) -> Iterator[Level]:
    """All that is counted."""
    gemeenten = Axis("gemeente", sorted(of.delivered))
    yield from _of_breakdowns(of, gemeenten)
    years = of.of_kind(YEAR)["period"][1:]
    for year, joined in zip(years, _joined(of), strict=True):
        yield Level(joined, Axis(YEAR, [year]), EVERYTHING, "received")

    bins = Axis(SINCE, list(of.days_since["value"].unique()))
    if bins.values:
        yield Level(gemeenten, bins, EVERYTHING, "")
        yield Level(OF_ALL, bins, EVERYTHING, "since_connection")

    for name, campaign in of.campaigns.items():
        window = Axis(f"{WINDOW} {name}", campaign.sides)
        own = Axis(campaign.breakdown, [TARGET, OTHER])
        members = Axis(campaign.area, [campaign.area])
        yield Level(gemeenten, window, EVERYTHING, "")
        yield Level(gemeenten, window, own, "")
        yield Level(members, window, EVERYTHING, "")
        yield Level(members, window, own, "campaign_counts")
        yield Level(gemeenten, Axis(WHOLE, [WHOLE]), own, "")


def _joined(of: Frame) -> list[Axis]:
    """The gemeenten that joined within each year but the first, and the others."""
    every = []
    for year in of.of_kind(YEAR)["period"][1:]:
        areas = [f"{NEW} {year}", f"{EXISTING} {year}"]
        every.append(Axis(f"joined {year}", areas))
    return every


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
            is_needed = is_total or (kind == WHOLE and breakdown == "topic")
            if of_gemeenten or is_needed:
                table = row["table"] if of_gemeenten else ""
                yield Level(gemeenten, periods, classes, table)
            if of_tips or is_needed:
                table = row["table"] if of_tips else ""
                yield Level(tips, periods, classes, table)
            if of_gemeenten or is_needed:
                is_released = is_total and kind in (WHOLE, YEAR)
                table = "received" if is_released else ""
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
    cells = counts.rename("count").reset_index().astype({"count": "int64"})

    # Of the months after a campaign nothing is said.
    is_after = cells["period"].str.startswith(f"{AFTERWARDS} ")
    is_told = cells["area"].ne(DOUBLE) & ~is_after
    in_table = pd.Series(table, cells.index, dtype="str")
    is_window = periods.column.startswith(WINDOW)
    return cells.assign(
        table=in_table.where(is_told, ""),
        breakdown=classes.column,
        kind=WINDOW if is_window else periods.column,
    )


def _delivered(delivered: pd.DataFrame) -> pd.DataFrame:
    """How many rows of each gemeente were refused; those that count are its meldingen."""
    by_area = delivered.set_index("area")[[REJECTED, DUPLICATE]]
    by_area.loc[RECEIVED] = by_area.sum()

    cells = by_area.rename_axis("area").reset_index()
    cells = cells.melt("area", var_name="value", value_name="count")
    is_all = cells["area"] == RECEIVED
    return cells.astype({"count": "int64"}).assign(
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
    is_uncovered = is_none & of.is_uncovered(cells["area"], cells["period"])
    field = pd.MultiIndex.from_frame(cells[["area", "breakdown"]])
    never = _never_known(cells, of)
    is_known = cells["value"] != UNKNOWN
    is_never = is_none & is_known & field.isin(never)
    is_unread = np.zeros(len(cells), dtype=bool)
    if registration is not None:
        is_unread = field.isin(_not_understood(registration))
    why = [is_early, is_uncovered, is_never & is_unread, is_never]
    return np.select(why, STRUCTURAL, "")


def _surely(cells: pd.DataFrame, of: Frame, early: pd.Series) -> pd.Series:
    """The least that each count is for who knows the program, by its rules alone.

    Of days before the connection no number is told when there is none. A delivery that is
    seen to end has a melding in its last month, and so many in all that its silence is no
    chance (`frame.End`).
    """
    surely = early.astype("int64")
    is_total = cells["breakdown"] == TOTAL
    for slug, end in of.ends.items():
        if not end.fewest:
            continue
        last = of.periods[of.periods["end"] >= end.last_month]
        last = last[last["begin"] <= pd.Timestamp(end.day)]
        is_own = is_total & cells["area"].eq(slug)
        is_around = is_own & cells["period"].isin(last["period"])
        surely = surely.mask(is_around, 1)
        surely = surely.mask(is_around & cells["kind"].eq(WHOLE), end.fewest)
    return surely


def _early(cells: pd.DataFrame, of: Frame) -> pd.Series:
    """Whether each count is of days before the connection of its gemeente.

    One of the whole evaluation is so only of a gemeente without meldingen.
    """
    is_before = of.is_before_connection(cells["area"], cells["period"])
    is_part = cells["kind"] != WHOLE
    is_of_nobody = cells["area"].isin(_without_meldingen(cells, of))
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
    is_field = whole["breakdown"].isin(FIELDS)
    is_known = whole["value"] != UNKNOWN
    fields = whole[is_field & is_known].groupby(["area", "breakdown"])
    known = fields["count"].sum()
    # Of a gemeente without meldingen it is not known what it fills in.
    nobody = _without_meldingen(cells, of)
    is_of_nobody = known.index.isin(nobody, level="area")
    return known.index[known.eq(0) & ~is_of_nobody]


def _not_understood(registration: pd.DataFrame) -> pd.MultiIndex:
    """The gemeenten and breakdowns of which the words were not understood."""
    rows = registration[registration["registers"] == NOT_UNDERSTOOD]
    acted = rows[rows["field"] == "disposition"].assign(field="acted")
    groups = rows[rows["field"] == "topic"].assign(field="topic_group")
    fields = pd.concat([rows, acted, groups])
    return pd.MultiIndex.from_frame(fields[["gemeente", "field"]])


# --- what adds up -------------------------------------------------------------------------

# The name of a way of cutting up, and each part with the whole that it is of.
Way = tuple[str, Iterable[tuple[Hashable, Hashable]]]


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
        for name, parts in ways:
            for part, whole in parts:
                rows.append((dimension, name, part, whole))
    return pd.DataFrame(rows, columns=["dimension", "name", "part", "whole"])


def _of_areas(of: Frame) -> Iterator[Way]:
    yield "tips", _all_of(RECEIVED, [of.district, DOUBLE])
    for name, group_of in of.groups.items():
        yield f"gemeenten {name}", group_of.dropna().items()
    for joined in _joined(of):
        yield joined.column, _all_of(RECEIVED, joined.values)


def _of_periods(of: Frame) -> Iterator[Way]:
    kinds = [WHOLE, *MONTHS_OF_KIND]
    for longer, shorter in pairwise(kinds):
        periods = of.calendar[[shorter, longer]].drop_duplicates()
        yield shorter, periods.itertuples(index=False, name=None)

    bins = of.days_since["value"].unique()
    yield SINCE, _all_of(WHOLE, bins)
    for name, campaign in of.campaigns.items():
        yield f"{WINDOW} {name}", _all_of(WHOLE, campaign.sides)
        yield f"months {name}", campaign.side_of.items()


def _of_classes(of: Frame) -> Iterator[Way]:
    total = f"{TOTAL}:{TOTAL}"
    for row in of.vocabulary.reference("breakdowns"):
        name = row["code"]
        values = of.vocabulary.values(name)
        yield name, _all_of(total, [f"{name}:{value}" for value in values])
    for finer, coarser, class_of in sums_of_classes(of):
        parts = []
        for part, whole in class_of.items():
            parts.append((f"{finer}:{part}", f"{coarser}:{whole}"))
        yield f"{finer} to {coarser}", parts
    for campaign in of.campaigns.values():
        name = campaign.breakdown
        yield name, _all_of(total, [f"{name}:{TARGET}", f"{name}:{OTHER}"])


def _all_of(whole: str, parts: Iterable[str]) -> list[tuple[str, str]]:
    """Each of these parts with the one whole that it is of."""
    return [(part, whole) for part in parts]


def relations(cells: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """The sums that follow: of each whole that is counted, as are all its parts.

    `declared`: as `hierarchies`. A row per sum and count: `relation`, `cell`,
    `coefficient`.
    """
    table = cells.reset_index()[["cell", "area", "period"]]
    table["class"] = cells["breakdown"].str.cat(cells["value"], ":").to_numpy()
    terms = []
    for dimension, links in declared.groupby("dimension", sort=False):
        others = [one for one in ("area", "period", "class") if one != dimension]
        keys = ["name", "whole", *others]
        parts = table.merge(
            links[["name", "part", "whole"]],
            left_on=dimension,
            right_on="part",
        )
        sizes = links.groupby(["name", "whole"]).size()
        wholes = table.merge(
            sizes.rename("parts").reset_index(),
            left_on=dimension,
            right_on="whole",
        )
        there = parts.groupby(keys).size()
        wholes = wholes.merge(there.rename("there").reset_index(), on=keys)
        is_complete = wholes["parts"] == wholes["there"]
        complete = wholes[is_complete].reset_index(drop=True)
        complete["relation"] = complete[keys].agg("|".join, axis=1)

        of_parts = parts.merge(complete[[*keys, "relation"]], on=keys)
        terms += [of_parts.assign(coefficient=1), complete.assign(coefficient=-1)]
    columns = ["relation", "cell", "coefficient"]
    return pd.concat(terms, ignore_index=True)[columns]
