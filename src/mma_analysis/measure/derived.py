"""Indicators that follow from released counts alone; what is missing in these stays so.

And, for a gemeente alone, which of its rows lack a result.
"""

from collections.abc import Mapping

import pandas as pd

from mma_analysis.measure.bounded import Bounded, bounded_as, put, taken
from mma_analysis.measure.counts import COUNTED_FIELDS, TOPIC_BREAKDOWNS
from mma_analysis.measure.frame import ALL_RECEIPTS, WHOLE
from mma_analysis.measure.rates import fewest, may_say, share_of
from mma_analysis.measure.released import values_of, with_none_where_never_kept
from mma_analysis.vocabulary import TOTAL, UNKNOWN
from mma_analysis.vocabulary.schema import SOURCE
from mma_analysis.vocabulary.value import FORGOTTEN, NOT_KEPT, bound_of

WHOLLY = "bevestigd"
IN_PART = "deels_bevestigd"
NOT_CONFIRMED = "niet_bevestigd"
CLOSED = "afgesloten"
GROUP = "topic_group"
OF_FIELD = ["area", "breakdown"]
# What a gemeente writes down itself, of which the values are few: whether somebody acted
# follows from that.
REGISTRATION_FIELDS = tuple(
    field for field in COUNTED_FIELDS if field not in ("acted", *TOPIC_BREAKDOWNS)
)
ALWAYS = "always"
NEARLY = "nearly_always"
SOMETIMES = "sometimes"
# Of a rounded total: of fewer, a rounded 0 without may be more than one in ten.
FEWEST_FOR_WORD = 40
# How often meldingen without a result turn out right, beside those with one.
AS_OFTEN = {"half_as_often": 0.5, "as_often": 1.0, "more_often": 1.5}


def bounds(counts: pd.DataFrame, district: str = "") -> pd.DataFrame:
    """Between which parts of all meldingen each value of a field certainly lies.

    least = (n - off) / (N + off)    most = 1 - others / (N + off)

    `others`: those of which it is certain that they have another value. In the district
    what a second gemeente may say of the same tip is in both. No row when a count is
    missing, or of too small a rounded total.
    """
    table = _values_of_fields(counts)
    of_all = taken(table, "total")
    is_enough = of_all.count >= fewest(of_all.off)
    table = table[is_enough.fillna(False)].copy()

    least = taken(table).least
    others = _others(table)
    is_district = table["area"] == district
    if is_district.any():
        twice = again(counts, district)
        least_of_tips = least - twice
        others_of_tips = others - twice
        least = least.mask(is_district, least_of_tips.clip(lower=0))
        others = others.mask(is_district, others_of_tips.clip(lower=0))

    most_of_all = taken(table, "total").most
    table["least"] = least / most_of_all
    table["most"] = 1 - others / most_of_all
    columns = [*OF_FIELD, "value"]
    for name in ("count", "known", "total"):
        bound = bound_of(name)
        columns += [name, bound]
    return table[[*columns, "least", "most"]]


def _values_of_fields(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts of the known values of fields, with what is `known` and the `total`.

    Of fields of which each count is told.
    """
    is_whole = counts["kind"] == WHOLE
    is_registered = counts["breakdown"].isin(REGISTRATION_FIELDS)
    rows = with_none_where_never_kept(counts[is_whole & is_registered])
    rows["is_number"] = rows["count"].notna()
    is_told = rows.groupby(OF_FIELD)["is_number"].transform("all")
    rows = rows[is_told].drop(columns="is_number")

    is_unknown = rows["value"] == UNKNOWN
    unknown = rows[is_unknown].set_index(OF_FIELD)
    unknown = unknown[["count", "off"]].rename(columns=bounded_as("unknown"))
    of_known = rows[~is_unknown]
    table = of_known.join(unknown, on=OF_FIELD)
    table = table.join(_totals_of(counts), on="area")

    known = taken(table, "total") - taken(table, "unknown")
    # That nobody keeps it is known.
    is_never = table["state"].isin(NOT_KEPT)
    count = known.count.mask(is_never, 0)
    off = known.off.mask(is_never, 0)
    return put(table, "known", Bounded(count, off))


def _others(table: pd.DataFrame) -> pd.Series:
    """Of how many it is certain that they have another value of the field.

    By the counts of those values, or by what is known but for this one: what says most.
    """
    count = taken(table)
    field = [table[key] for key in OF_FIELD]
    of_all_values = count.least.groupby(field).transform("sum")
    by_values = of_all_values - count.least

    others = taken(table, "known") - count
    by_known = others.least
    says_more = by_values > by_known
    return by_values.where(says_more, by_known)


def _totals_of(counts: pd.DataFrame) -> pd.DataFrame:
    """All meldingen of each area, as `total`, and how far that may be off."""
    is_whole = counts["kind"] == WHOLE
    is_total = counts["breakdown"] == TOTAL
    rows = counts[is_whole & is_total].set_index("area")
    totals = rows[["count", "off"]].astype("Float64")
    return totals.rename(columns=bounded_as("total"))


def again(counts: pd.DataFrame, district: str) -> float:
    """How many tips at most more than one gemeente received; missing when not known."""
    totals = _totals_of(counts).reindex([ALL_RECEIPTS, district])
    if totals["total"].isna().any():
        return float("nan")
    both = taken(totals, "total")
    receipts = both.most[ALL_RECEIPTS]
    tips = both.least[district]
    return float(receipts - tips)


def filling_in(counts: pd.DataFrame, bounds: pd.DataFrame, district: str) -> pd.DataFrame:
    """What would be known `now`, and with a result of each `closed` melding.

    `without`: closed ones without a result, at least; `least`: which part has a result, at
    least; `whole_…`, `partly_…`: between which parts is confirmed, wholly or also in part.
    That is certain of `now`, by the `bounds`. Of `closed` it is as certain, if new results
    are as the known ones. A melding of which the status is not known is not closed.
    """
    result = values_of(counts, "result")
    total = values_of(counts, TOTAL)[TOTAL]
    closed = values_of(counts, "status")[CLOSED]
    # Of what is known the parts are more roundings than the whole and what is unknown.
    known = total - result[UNKNOWN]
    without = _closed_without_result(counts, closed - known, district)

    now = _as_it_is(known, total, bounds)
    now["without"] = without
    then = _with_results_of_closed(known, closed, total, without)
    then = _as_the_known(then, now, result, total)

    both = pd.concat([now, then]).rename_axis("area").reset_index()
    is_enough = both["total"] >= fewest(both["total_off"])
    enough = both[is_enough.fillna(False)]
    columns = ["area", "situation", "count", "off", "without", "total", "total_off"]
    columns += ["share", "least", "whole_low", "whole_high", "partly_low", "partly_high"]
    return enough.dropna()[columns]


def _closed_without_result(
    counts: pd.DataFrame, surplus: Bounded, district: str
) -> pd.Series:
    """How many closed ones of each area have no result, at least.

    `surplus`: how many more are closed than have a result.
    """
    without = surplus.least
    if district in without:
        without[district] = _without_in_district(counts, without, district)
    return without


def _as_it_is(known: Bounded, total: Bounded, bounds: pd.DataFrame) -> pd.DataFrame:
    """Of how many the result is known now; missing where no other can be like these."""
    number = known.count.where(known.count > 0)
    now = _situation("now", Bounded(number, known.off), total)
    now["least"] = known.least / total.most
    return _certain(now, bounds)


def _with_results_of_closed(
    known: Bounded,
    closed: Bounded,
    total: Bounded,
    without: pd.Series,
) -> pd.DataFrame:
    """Of how many the result is known once each closed melding has one.

    Those that are known now, and `without` of the closed ones at least.
    """
    number = known.count.where(known.count > 0)
    more_closed = closed.count - number
    known_then = number + more_closed.clip(lower=without)
    then = _situation("closed", Bounded(known_then, closed.off), total)
    # The larger of two counts is no further off than the one that may be most.
    then["off"] = then["off"].clip(lower=known.off)

    with_closed = known.least + without
    certainly_known = with_closed.clip(lower=closed.least) / total.most
    # Who adds up what the report says finds this: it may be less, and is as certain.
    added_up = (number + without) / total.count
    then["least"] = certainly_known.clip(upper=added_up)
    then["without"] = without
    return then


def _situation(name: str, known: Bounded, total: Bounded) -> pd.DataFrame:
    """Of how many meldingen of each area the result is known in one situation."""
    table = pd.DataFrame({"situation": name, "count": known.count, "off": known.off})
    table = put(table, "total", total)
    table["share"] = table["count"] / table["total"]
    return table


def _certain(now: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """With between which parts is confirmed, whatever the unknown are.

    Confirmed wholly or in part is all that is not `niet_bevestigd`.
    """
    is_result = bounds["breakdown"] == "result"
    is_whole = is_result & (bounds["value"] == WHOLLY)
    is_none = is_result & (bounds["value"] == NOT_CONFIRMED)
    whole = bounds[is_whole].set_index("area").reindex(now.index)
    none = bounds[is_none].set_index("area").reindex(now.index)
    return now.assign(
        whole_low=whole["least"],
        whole_high=whole["most"],
        partly_low=1 - none["most"],
        partly_high=1 - none["least"],
    )


def _as_the_known(
    then: pd.DataFrame,
    certain: pd.DataFrame,
    result: Mapping[str, Bounded],
    total: Bounded,
) -> pd.DataFrame:
    """With between which parts is confirmed, when new results are as those that are known.

    low = what is certain + new confirmed, at least, / (N + off)
    high = what may be - new others, at least, / (N + off)

    Of the new ones, `without` at least, as large a part as of the known ones, at least.
    """
    known = total - result[UNKNOWN]
    is_any = known.count > 0
    new_per_known = then["without"] / known.most.where(is_any)

    def of_all(some: Bounded) -> pd.Series:
        """Which part of all are new ones that are as some of the known ones, at least."""
        return new_per_known * some.least / total.most

    wholly = result[WHOLLY]
    in_part = result[IN_PART]
    others = result[NOT_CONFIRMED]
    table = then.copy()
    table["whole_low"] = certain["whole_low"] + of_all(wholly)
    table["whole_high"] = certain["whole_high"] - of_all(in_part + others)
    table["partly_low"] = certain["partly_low"] + of_all(wholly + in_part)
    table["partly_high"] = certain["partly_high"] - of_all(others)
    return table


def as_often(counts: pd.DataFrame) -> pd.DataFrame:
    """Which `share` of all is confirmed, wholly or in part, by how often unknown ones are.

    c + min(1, f c / k) u, of N: c confirmed of k known, u unknown, and f of `AS_OFTEN`. One
    row per area and `assumption`; none without a known result, or of too small a rounded
    total.
    """
    result = values_of(counts, "result")
    total = values_of(counts, TOTAL)[TOTAL]
    is_enough = total.count >= fewest(total.off)
    number = total.count.where(is_enough.fillna(False))
    unknown = result[UNKNOWN].count
    known = total.count - unknown
    confirmed = result[WHOLLY].count + result[IN_PART].count
    rate = confirmed / known.where(known > 0)

    tables = []
    for name, factor in AS_OFTEN.items():
        rate_of_unknown = (factor * rate).clip(upper=1)
        of_all = confirmed + rate_of_unknown * unknown
        share = (of_all / number).clip(0, 1)
        table = pd.DataFrame({"assumption": name, "share": share})
        tables.append(table)
    every = pd.concat(tables).rename_axis("area").reset_index()
    return every.dropna().astype({"share": "float64"})


def own_closed(tips: pd.DataFrame) -> pd.DataFrame:
    """The rows of a delivery that are closed without a result: for that gemeente alone."""
    is_closed = tips["status"] == CLOSED
    is_without = tips["result"] == UNKNOWN
    columns = ["area", *SOURCE]
    rows = tips.loc[is_closed & is_without, columns]
    return rows.sort_values(columns)


def _without_in_district(counts: pd.DataFrame, without: pd.Series, district: str) -> float:
    """Closed tips of the district without a result, at least.

    One gemeente may have results of open ones, another none of closed ones.
    """
    of_receipts = without.drop(district).sum()
    of_tips = of_receipts - again(counts, district)
    both = pd.Series([without[district], of_tips], dtype="Float64")
    return both.clip(lower=0).max()


def completeness(counts: pd.DataFrame, basis: int, district: str) -> pd.DataFrame:
    """Of how many meldingen (`count`) each field is registered, by how many `gemeenten`.

    `registers`: `always`, of rounded counts `nearly_always`, `sometimes`, `never` or
    `not_understood`. Rounded, and surely of `FEWEST_FOR_WORD` or more: else only the last
    two, which are exact, and of another field no word.
    """
    table = _unknown_of_fields(counts)
    unknown = taken(table)
    total = taken(table, "total")
    known = total - unknown
    is_kept = table["not_kept"].isna()
    is_absent = table["state"].isin(["missing", "not_applicable"])
    # Without meldingen there is nothing to tell it by.
    is_none = (total.count == 0).fillna(False)
    is_nobody = is_absent | is_none

    count = known.count.clip(lower=0).where(is_kept)
    has_count = count.notna()
    off = known.off.where(has_count)
    registers = _registers(unknown, total).where(has_count)
    registers = registers.where(is_kept, table["not_kept"])
    registers = registers.mask(is_nobody)
    state = _state(count, table)

    fields = table[["area", "period"]].assign(field=table["breakdown"])
    fields["registers"] = registers.astype("str")
    fields = put(fields, "count", Bounded(count, _whole(off)))
    fields["state"] = state.mask(is_absent, table["state"])
    fields = put(fields, "total", Bounded(total.count, _whole(total.off)))
    fields = share_of(fields, basis)

    # A gemeente is one of one; the district has as many as there are.
    is_gemeente = table["area"] != district
    keeps = is_kept & ~is_nobody
    number = _how_many(keeps & is_gemeente, table)
    gemeenten = keeps.astype("int64").where(is_gemeente, number)
    delivered = _how_many(~is_nobody & is_gemeente, table)
    delivered = delivered.mask(is_gemeente, 1)
    fields["gemeenten"] = gemeenten
    fields["may_say"] = may_say(count, total.count, gemeenten, delivered)
    return fields


def _registers(unknown: Bounded, total: Bounded) -> pd.Series:
    """How often a field is registered, in a word; missing where too little is known."""
    is_exact = unknown.off == 0
    always = is_exact.map({True: ALWAYS, False: NEARLY})
    is_none_unknown = unknown.count == 0
    registers = always.where(is_none_unknown, SOMETIMES)

    is_exact_total = total.off == 0
    is_enough = total.least >= FEWEST_FOR_WORD
    has_word = (is_exact & is_exact_total) | is_enough
    return registers.where(has_word.fillna(False))


def _state(count: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Why there is a count, or none."""
    is_number = count.notna()
    is_forgotten = table["state"] == FORGOTTEN
    is_kept = table["not_kept"].isna()
    state = is_number.map({True: "shown", False: "hidden"})
    state = state.mask(~is_number & is_forgotten, FORGOTTEN)
    return state.where(is_kept, table["not_kept"])


def _how_many(is_it: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Of each field and period the number of rows of which it is so."""
    by = [table["period"], table["breakdown"]]
    return is_it.groupby(by).transform("sum")


def _unknown_of_fields(counts: pd.DataFrame) -> pd.DataFrame:
    """How many are unknown of each field, why it is `not_kept`, and the `total`."""
    area_and_period = ["area", "period"]
    field = [*area_and_period, "breakdown"]
    is_field = counts["breakdown"].isin((GROUP, *REGISTRATION_FIELDS))
    rows = counts[is_field]
    is_never = rows["state"].isin(NOT_KEPT)
    not_kept = rows[is_never].groupby(field)["state"].first()

    is_total = counts["breakdown"] == TOTAL
    of_all = counts[is_total].set_index(area_and_period)
    totals = of_all[["count", "off"]].astype("Int64")
    totals = totals.rename(columns=bounded_as("total"))

    is_unknown = rows["value"] == UNKNOWN
    table = rows[is_unknown].join(not_kept.rename("not_kept"), on=field)
    table = table.join(totals, on=area_and_period)
    return table.reset_index(drop=True)


def _whole(off: pd.Series) -> pd.Series:
    """Bounds as whole numbers; where there is no number nothing is off."""
    return off.fillna(0).astype("int64")
