"""Indicators that follow from released counts alone; what is missing in these stays so."""

import pandas as pd

from mma_analysis.measure.counts import FIELDS
from mma_analysis.measure.frame import RECEIVED, WHOLE, Frame
from mma_analysis.measure.rates import FEWER, MORE, fewest, may_say, share_of, with_difference
from mma_analysis.measure.released import values_of
from mma_analysis.vocabulary import TOTAL, UNKNOWN
from mma_analysis.vocabulary.value import NOT_KEPT

CONFIRMED = ["bevestigd", "deels_bevestigd"]
KNOWN = [*CONFIRMED, "niet_bevestigd"]
OPEN, CLOSED = ["ontvangen", "in_behandeling"], "afgesloten"
GROUP = "topic_group"
# What a gemeente writes down itself: whether somebody acted follows from that.
REGISTERED = tuple(field for field in FIELDS if field != "acted")
ALWAYS, NEARLY, SOMETIMES = "always", "nearly_always", "sometimes"
JOINED = "joined"  # a shift that is there by who joined


def bounds(counts: pd.DataFrame, basis: int = 1, district: str = "") -> pd.DataFrame:
    """Between which parts of all meldingen each value of a field certainly lies (`least`, `most`).

    Rounding is in both, and in the district what a second gemeente may say of the same tip. No row
    when a count is missing, or of too small a rounded total.
    """
    keys = ["area", "breakdown"]
    rows = counts[counts["kind"].eq(WHOLE) & counts["breakdown"].isin(REGISTERED)]
    rows = rows.assign(count=rows["count"].astype("Float64").mask(rows["state"].isin(NOT_KEPT), 0))
    total = rows.groupby(keys)["count"].sum(skipna=False).rename("total")
    unknown = rows[rows["value"] == UNKNOWN].set_index(keys)["count"]
    table = rows[rows["value"] != UNKNOWN].join(total, on=keys)
    table = table.join((total - unknown).rename("known"), on=keys)
    table = table[table["total"].ge(fewest(basis)).fillna(False)]
    off, twice = pd.Series(basis - 1.0, table.index), again(counts, basis, district)
    off = off.mask(table["area"].eq(district), basis - 1 + twice)
    most = table["total"] + basis - 1
    others = (table["known"] - table["count"] - off).clip(lower=0)
    table = table.assign(least=(table["count"] - off).clip(lower=0) / most, most=1 - others / most)
    return table[[*keys, "value", "count", "known", "total", "least", "most"]]


def again(counts: pd.DataFrame, basis: int, district: str) -> float:
    """How many tips at most more than one gemeente received; missing when that is not known."""
    is_total = counts["kind"].eq(WHOLE) & counts["breakdown"].eq(TOTAL)
    receipts = counts[is_total].set_index("area")["count"].dropna()
    if not {RECEIVED, district} <= {*receipts.index}:
        return float("nan")
    return float(receipts[RECEIVED] - receipts[district]) + basis - 1


def filling_in(counts: pd.DataFrame, basis: int, district: str) -> pd.DataFrame:
    """What would be known `now`, with a result of each `closed` melding, or each `not_open` one.

    `without`: closed ones without a result, at least; `whole_…`, `partly_…`: between which parts,
    which is certain of `now`: the rounding is in it.
    """
    result, status = values_of(counts, "result"), values_of(counts, "status")
    known, total = (result[some].sum(axis=1, skipna=False) for some in (KNOWN, [*KNOWN, UNKNOWN]))
    off, most = basis - 1, total + basis - 1
    without = (status[CLOSED] - known - 2 * off).clip(lower=0)
    known = known.where(known > 0)  # else there is nothing that others could be like
    if district in without:  # one gemeente may have results of open ones, another none of closed
        twice = again(counts, basis, district)
        of_each = [without[district], without.drop(district).sum() - twice]
        without[district] = pd.Series(of_each, dtype="Float64").max()
        without = without.clip(lower=0)
    closed = known + (status[CLOSED] - known).clip(lower=without)
    not_open = total - status[OPEN].sum(axis=1, skipna=False)
    situations, parts = {"now": known, "closed": closed, "not_open": not_open}, []
    for situation, number in situations.items():
        count = number.clip(lower=known)
        table = pd.DataFrame({"situation": situation, "count": count, "without": without})
        table = table.assign(total=total, share=count / total)
        for name, some in (("whole", CONFIRMED[:1]), ("partly", CONFIRMED)):
            confirmed = result[some].sum(axis=1, skipna=False)
            table[f"{name}_low"] = confirmed / known * table["share"]
            table[f"{name}_high"] = table[f"{name}_low"] + 1 - table["share"]
            if situation == "now":
                other = known - confirmed - off * (len(KNOWN) - len(some))
                table[f"{name}_low"] = (confirmed - off * len(some)).clip(lower=0) / most
                table[f"{name}_high"] = 1 - other.clip(lower=0) / most
        table["partly_low"] = table["partly_low"].clip(lower=table["whole_low"])
        table["whole_high"] = table["whole_high"].clip(upper=table["partly_high"])
        parts.append(table.rename_axis("area").reset_index())
    every = pd.concat(parts, ignore_index=True)
    return every[every["total"].ge(fewest(basis)).fillna(False)].dropna()


def completeness(counts: pd.DataFrame, basis: int, district: str) -> pd.DataFrame:
    """Of how many meldingen (`count`) each field is registered, and by how many `gemeenten`.

    `registers`: `always`, of rounded counts `nearly_always`, `sometimes`, `never` or
    `not_understood`.
    """
    keys = ["area", "period", "breakdown"]
    rows = counts[counts["breakdown"].isin((GROUP, *REGISTERED))]
    not_kept = rows[rows["state"].isin(NOT_KEPT)].groupby(keys)["state"].first()
    totals = counts[counts["breakdown"] == TOTAL].set_index(keys[:2])["count"].astype("Int64")
    table = rows[rows["value"] == UNKNOWN].join(not_kept.rename("not_kept"), on=keys)
    table = table.join(totals.rename("total"), on=keys[:2]).reset_index(drop=True)
    count = (table["total"] - table["count"]).clip(lower=0).mask(table["not_kept"].notna())
    is_absent = table["state"].isin(["missing", "not_applicable"])
    # Without meldingen there is nothing to tell it by.
    is_nobody = table["total"].eq(0).fillna(False) | is_absent
    every = ALWAYS if basis == 1 else NEARLY
    registers = table["count"].eq(0).map({True: every, False: SOMETIMES}).mask(count.isna())
    shown = table["not_kept"].fillna(count.notna().map({True: "shown", False: "hidden"}))
    of_field = table[keys].rename(columns={"breakdown": "field"})
    fields = of_field.assign(
        registers=table["not_kept"].fillna(registers).mask(is_nobody).astype("str"),
        count=count,
        basis=table["basis"],
        state=table["state"].where(is_absent, shown),
    )
    keeps, is_own = table["not_kept"].isna() & ~is_nobody, table["area"].ne(district)
    by = [table["period"], table["breakdown"]]
    gemeenten, delivered = (
        (who & is_own).groupby(by).transform("sum") for who in (keeps, ~is_nobody)
    )
    fields = share_of(fields, table["total"], basis)
    fields["gemeenten"] = keeps.astype("int64").where(is_own, gemeenten)
    said = may_say(count, table["total"], fields["gemeenten"], delivered.mask(is_own, 1))
    return fields.assign(may_say=said)


def topic_shift(
    of: Frame, per_period: pd.DataFrame, per_topic_group: pd.DataFrame, basis: int = 1
) -> pd.DataFrame:
    """Compare the share of each topic group in the first and in the last complete year.

    `composition`: what of it would be there with the same topics in every gemeente all the time.
    """
    first, *_, last = of.complete_years if len(of.complete_years) > 1 else ["", ""]
    rows = per_topic_group[["area", "value", "period", "count", "total"]]
    before, after = (rows[rows["period"] == year] for year in (first, last))
    table = before.merge(after, on=["area", "value"], suffixes=("_from", "_to"))
    table = with_difference(table, basis)
    received = per_period.pivot_table("count", "area", "period", "sum").drop(of.district)
    by_joining = _composition(received, per_topic_group, first, last)
    table = table.assign(composition=table["value"].map(by_joining.to_dict()).astype("float64"))
    low, high = (table[end].astype("float64") - table["composition"] for end in ("low", "high"))
    is_apart = (low.gt(0) | high.lt(0)) & table["composition"].notna()
    is_said = table["verdict"].isin([MORE, FEWER])
    return table.assign(verdict=table["verdict"].mask(is_said & ~is_apart, JOINED))


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
