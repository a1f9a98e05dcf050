"""Indicators that follow from released counts alone; what is missing in these stays so."""

from collections.abc import Mapping

import pandas as pd

from mma_analysis.measure.bounded import Bounded, bounded_as, put, summed, taken
from mma_analysis.measure.counts import FIELDS, TOPICS
from mma_analysis.measure.frame import RECEIVED, WHOLE, Frame
from mma_analysis.measure.rates import (
    FEWER,
    MORE,
    fewest,
    may_say,
    share_of,
    with_difference,
)
from mma_analysis.measure.released import values_of, with_none_where_never_kept
from mma_analysis.vocabulary import TOTAL, UNKNOWN
from mma_analysis.vocabulary.value import FORGOTTEN, NOT_KEPT, bound_of

CONFIRMED = ["bevestigd", "deels_bevestigd"]
KNOWN = [*CONFIRMED, "niet_bevestigd"]
OPEN, CLOSED = ["ontvangen", "in_behandeling"], "afgesloten"
GROUP = "topic_group"
OF_FIELD = ["area", "breakdown"]
# What a gemeente writes down itself, of which the values are few: whether somebody acted
# follows from that.
REGISTERED = tuple(field for field in FIELDS if field not in ("acted", *TOPICS))
ALWAYS, NEARLY, SOMETIMES = "always", "nearly_always", "sometimes"
# Of a rounded total: of fewer, a rounded 0 without may be more than one in ten.
FEWEST_FOR_WORD = 40
JOINED = "joined"  # a shift that is there by who joined


def bounds(counts: pd.DataFrame, district: str = "") -> pd.DataFrame:
    """Between which parts of all meldingen each value of a field certainly lies.

    least = (n - off) / (N + off)    most = 1 - others / (N + off)

    `others`: those of which it is certain that they have another value. In the district what
    a second gemeente may say of the same tip is in both. No row when a count is missing, or
    of too small a rounded total.
    """
    table = _values_of_fields(counts)
    total = taken(table, "total")
    is_enough = total.count >= fewest(total.off)
    table = table[is_enough.fillna(False)]
    count = taken(table)
    least = count.least
    others = _others(table)
    is_district = table["area"] == district
    if is_district.any():
        twice = again(counts, district)
        least_of_tips = (least - twice).clip(lower=0)
        others_of_tips = (others - twice).clip(lower=0)
        least = least.mask(is_district, least_of_tips)
        others = others.mask(is_district, others_of_tips)
    most = taken(table, "total").most
    table = table.assign(least=least / most, most=1 - others / most)
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
    is_field = counts["breakdown"].isin(REGISTERED)
    rows = with_none_where_never_kept(counts[is_whole & is_field])
    is_number = rows["count"].notna()
    field = [rows[key] for key in OF_FIELD]
    is_told = is_number.groupby(field).transform("all")
    rows = rows[is_told]
    is_unknown = rows["value"] == UNKNOWN
    unknown = rows[is_unknown].set_index(OF_FIELD)[["count", "off"]]
    unknown = unknown.rename(columns=bounded_as("unknown"))
    table = rows[~is_unknown].join(unknown, on=OF_FIELD)
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
    of_all = count.least.groupby(field).transform("sum")
    by_values = of_all - count.least
    known = taken(table, "known")
    by_known = (known - count).least
    return by_values.where(by_values > by_known, by_known)


def _totals_of(counts: pd.DataFrame) -> pd.DataFrame:
    """All meldingen of each area, as `total`, and how far that may be off."""
    is_whole = counts["kind"] == WHOLE
    is_total = counts["breakdown"] == TOTAL
    rows = counts[is_whole & is_total].set_index("area")
    totals = rows[["count", "off"]].astype("Float64")
    return totals.rename(columns=bounded_as("total"))


def again(counts: pd.DataFrame, district: str) -> float:
    """How many tips at most more than one gemeente received; missing when not known."""
    totals = _totals_of(counts).reindex([RECEIVED, district])
    if totals["total"].isna().any():
        return float("nan")
    receipts = taken(totals.head(1).reset_index(), "total")
    tips = taken(totals.tail(1).reset_index(), "total")
    again = receipts - tips
    return float(again.most.item())


def filling_in(counts: pd.DataFrame, district: str) -> pd.DataFrame:
    """What would be known `now`, with a result of each `closed`, or each `not_open` one.

    `without`: closed ones without a result, at least; `whole_…`, `partly_…`: between which
    parts, which is certain of `now`: how far the counts may be off is in it.
    """
    result = values_of(counts, "result")
    status = values_of(counts, "status")
    total = values_of(counts, TOTAL)[TOTAL]
    # Of what is known the parts are more roundings than the whole and what is unknown.
    known = total - result[UNKNOWN]
    without = (status[CLOSED] - known).least
    if district in without:
        without[district] = _without_in_district(counts, without, district)
    is_any = known.count > 0  # else there is nothing that others could be like
    number = known.count.where(is_any)
    closed = number + (status[CLOSED].count - number).clip(lower=without)
    situations = {
        "now": Bounded(number, known.off),
        "closed": Bounded(closed, status[CLOSED].off),
        "not_open": total - summed(status[name] for name in OPEN),
    }
    parts = []
    for situation, said in situations.items():
        count = said.count.clip(lower=number)
        # The larger of two counts is no further off than the one that may be most.
        off = said.off.clip(lower=known.off)
        table = pd.DataFrame({"situation": situation, "count": count, "off": off})
        table["without"] = without
        table = put(table, "total", total)
        table["share"] = count / total.count
        table = _confirmed(table, result, known, total.most)
        parts.append(table.rename_axis("area").reset_index())
    every = pd.concat(parts, ignore_index=True)
    is_enough = every["total"] >= fewest(every["total_off"])
    return every[is_enough.fillna(False)].dropna()


def _without_in_district(counts: pd.DataFrame, without: pd.Series, district: str) -> float:
    """Closed tips of the district without a result, at least.

    One gemeente may have results of open ones, another none of closed ones.
    """
    of_each = without.drop(district).sum()
    of_tips = of_each - again(counts, district)
    both = pd.Series([without[district], of_tips], dtype="Float64")
    return both.clip(lower=0).max()


def _confirmed(
    table: pd.DataFrame,
    result: Mapping[str, Bounded],
    known: Bounded,
    most: pd.Series,
) -> pd.DataFrame:
    """With between which parts is confirmed, wholly or also in part, in this situation."""
    is_now = table["situation"] == "now"
    for name, some in (("whole", CONFIRMED[:1]), ("partly", CONFIRMED)):
        confirmed = summed(result[value] for value in some)
        others = summed(result[value] for value in KNOWN if value not in some)
        part = confirmed.count / known.count
        low = part * table["share"]
        high = low + 1 - table["share"]
        certain_low = confirmed.least / most
        certain_high = 1 - others.least / most
        table[f"{name}_low"] = low.mask(is_now, certain_low)
        table[f"{name}_high"] = high.mask(is_now, certain_high)
    whole_low = table["whole_low"]
    partly_high = table["partly_high"]
    table["partly_low"] = table["partly_low"].clip(lower=whole_low)
    table["whole_high"] = table["whole_high"].clip(upper=partly_high)
    return table


def completeness(counts: pd.DataFrame, basis: int, district: str) -> pd.DataFrame:
    """Of how many meldingen (`count`) each field is registered, and by how many `gemeenten`.

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
    is_nobody = is_absent | (total.count == 0).fillna(False)
    count = known.count.clip(lower=0).where(is_kept)
    is_number = count.notna()
    every = (unknown.off == 0).map({True: ALWAYS, False: NEARLY})
    registers = every.where(unknown.count == 0, SOMETIMES)
    is_exact = (unknown.off == 0) & (total.off == 0)
    has_word = is_exact | (total.least >= FEWEST_FOR_WORD)
    is_worded = is_number & has_word.fillna(False)
    registers = registers.where(is_worded).where(is_kept, table["not_kept"])
    is_lost = ~is_number & table["state"].eq(FORGOTTEN)
    state = is_number.map({True: "shown", False: "hidden"})
    state = state.mask(is_lost, FORGOTTEN)
    state = state.where(is_kept, table["not_kept"])
    fields = table[["area", "period"]].assign(field=table["breakdown"])
    fields["registers"] = registers.mask(is_nobody).astype("str")
    fields = put(fields, "count", Bounded(count, _whole(known.off.where(is_number))))
    fields["state"] = state.mask(is_absent, table["state"])
    fields = put(fields, "total", Bounded(total.count, _whole(total.off)))
    fields = share_of(fields, basis)
    keeps = is_kept & ~is_nobody
    is_own = table["area"] != district
    by = [table["period"], table["breakdown"]]
    gemeenten = (keeps & is_own).groupby(by).transform("sum")
    delivered = (is_own & ~is_nobody).groupby(by).transform("sum")
    fields["gemeenten"] = keeps.astype("int64").where(is_own, gemeenten)
    delivered = delivered.mask(is_own, 1)
    fields["may_say"] = may_say(count, total.count, fields["gemeenten"], delivered)
    return fields


def _unknown_of_fields(counts: pd.DataFrame) -> pd.DataFrame:
    """How many are unknown of each field, why it is `not_kept`, and the `total`."""
    keys = ["area", "period", "breakdown"]
    rows = counts[counts["breakdown"].isin((GROUP, *REGISTERED))]
    is_never = rows["state"].isin(NOT_KEPT)
    not_kept = rows[is_never].groupby(keys)["state"].first()
    of_all = counts[counts["breakdown"] == TOTAL].set_index(keys[:2])
    totals = of_all[["count", "off"]].astype("Int64")
    totals = totals.rename(columns=bounded_as("total"))
    table = rows[rows["value"] == UNKNOWN]
    table = table.join(not_kept.rename("not_kept"), on=keys)
    table = table.join(totals, on=keys[:2])
    return table.reset_index(drop=True)


def _whole(off: pd.Series) -> pd.Series:
    """Bounds as whole numbers; where there is no number nothing is off."""
    return off.fillna(0).astype("int64")


def topic_shift(
    of: Frame, per_period: pd.DataFrame, per_topic_group: pd.DataFrame, basis: int
) -> pd.DataFrame:
    """Compare the share of each topic group in the first and in the last complete year.

    `composition`: what of it would be there with the same topics in every gemeente all the time.
    """
    years = of.complete_years
    first, last = ("", "") if len(years) < 2 else (years[0], years[-1])
    before = _side(per_topic_group, first, "from")
    after = _side(per_topic_group, last, "to")
    table = before.merge(after, on=["area", "value"])
    table = with_difference(table, basis)
    received = per_period.pivot_table("count", "area", "period", "sum").drop(of.district)
    by_joining = _composition(received, per_topic_group, first, last)
    composition = table["value"].map(by_joining.to_dict())
    table["composition"] = composition.astype("float64")
    low = table["low"].astype("float64") - table["composition"]
    high = table["high"].astype("float64") - table["composition"]
    is_apart = (low > 0) | (high < 0)
    is_apart = is_apart & table["composition"].notna()
    is_said = table["verdict"].isin([MORE, FEWER])
    table["verdict"] = table["verdict"].mask(is_said & ~is_apart, JOINED)
    return table


def _side(groups: pd.DataFrame, period: str, side: str) -> pd.DataFrame:
    """Count and total of each topic group in one of two periods, named after its side."""
    rows = groups[groups["period"] == period]
    table = rows[["area", "value", "period"]]
    table = table.rename(columns={"period": f"period_{side}"})
    for name in ("count", "total"):
        counts = taken(rows, name)
        table = put(table, f"{name}_{side}", counts)
    return table


def _composition(totals: pd.DataFrame, groups: pd.DataFrame, first: str, last: str) -> pd.Series:
    """Topic group → how its share shifts by who received more or fewer meldingen alone."""
    totals = totals.reindex(columns=[first, last, WHOLE]).astype("float64").fillna(0.0)
    totals = totals[totals[WHOLE] > 0]
    parts = totals[[first, last]] / totals[[first, last]].sum()
    whole = groups[groups["period"] == WHOLE].dropna(subset="count")
    counted = whole.pivot_table("count", "area", "value", "sum").astype("float64")
    counted = counted[counted.index.isin(totals.index)].fillna(0.0)
    of_counted = totals.loc[counted.index, WHOLE]
    # Of whom topics are not shown, those of all others are taken.
    shares = counted.div(of_counted, axis=0).reindex(totals.index)
    shares = shares.fillna(counted.sum() / of_counted.sum())
    return shares.mul(parts[last] - parts[first], axis=0).sum()
