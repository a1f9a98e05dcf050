"""Indicators that follow from released counts alone: one function each.

Whoever adds one writes a function here and its row in `reference/indicators.csv`: the rest follows.
`docs/adding.md` goes through it. `counts` are released; what is missing in them stays so.
"""

import numpy as np
import pandas as pd

from mma_analysis.measure.categories import OTHERS, YES, crossing
from mma_analysis.measure.counts import OUTCOME
from mma_analysis.measure.frame import WHOLE, Frame
from mma_analysis.measure.rates import (
    FEWER,
    FEWEST_OF_SHARE,
    MORE,
    may_say,
    share_of,
    with_difference,
)
from mma_analysis.measure.released import whole_total
from mma_analysis.vocabulary import TOTAL, UNKNOWN
from mma_analysis.vocabulary.schema import BACKGROUND, FOLLOW_UP
from mma_analysis.vocabulary.value import NOT_KEPT

CONFIRMED = ("bevestigd", "deels_bevestigd")
KNOWN = (*CONFIRMED, "niet_bevestigd")
STATUS = ("ontvangen", "in_behandeling", "afgesloten")
FIELDS = (*BACKGROUND, "also_sent_to", *FOLLOW_UP, "fed_back")
GROUP = "topic_group"
ALWAYS, SOMETIMES = "always", "sometimes"
JOINED = "joined"  # a shift that is there by who joined


def backlog(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Say which part of the meldingen of which the status is known is still open on the peildatum.

    One row per area: `count` (open), `total` (status known), `share` with its limits (Wilson).
    """
    new, handled, closed = (whole_total(counts, "status", value) for value in STATUS)
    table = pd.DataFrame({"count": new + handled, "total": new + handled + closed})
    table = table.rename_axis("area").reset_index()
    return share_of(table[["area", "count"]], table["total"], basis)


def bounds(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Say of every value of a field between which parts of all meldingen it certainly lies.

    `least`: when no unknown one has it; `most`: when all have it. Rounding is in both. Over the
    whole evaluation; none when a count is missing, or of a rounded total below `FEWEST_OF_SHARE`.
    """
    keys = ["area", "breakdown"]
    rows = counts[counts["kind"].eq(WHOLE) & counts["breakdown"].isin(FIELDS)]
    rows = rows.assign(count=rows["count"].astype("Float64").mask(rows["state"].isin(NOT_KEPT), 0))
    sums = rows.groupby(keys)["count"]
    rows = rows.assign(total=sums.transform("sum", min_count=1), told=sums.transform("count"))
    rows = rows[rows["told"].eq(sums.transform("size")) & rows["total"].ge(_fewest(basis))]
    unknown = rows[rows["value"] == UNKNOWN].set_index(keys)["count"]
    table = rows[rows["value"] != UNKNOWN].reset_index(drop=True)
    not_known = unknown.reindex(pd.MultiIndex.from_frame(table[keys])).fillna(0).to_numpy()
    known, off, most = table["total"] - not_known, basis - 1, table["total"] + basis - 1
    table = table.assign(
        known=known,
        least=((table["count"] - off).clip(lower=0) / most).astype("Float64"),
        most=(1 - (known - table["count"] - off).clip(lower=0) / most).astype("Float64"),
    )
    return table[[*keys, "value", "count", "known", "total", "least", "most"]]


def _fewest(basis: int) -> int:
    """Of how many meldingen, rounded or exact, a part may be said."""
    return FEWEST_OF_SHARE if basis > 1 else 1


def filling_in(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Say what would be known when a result is filled in at closing, and when nothing is open.

    As if new results are like those that are known. `situation`: `now`, `closed` (each closed
    melding has a result) or `not_open` (each that is not open any more). `without`: how many closed
    ones have none, at least; `whole_…`: between which parts of all is confirmed; `partly_…`: or in
    part.
    """
    of = {
        value: whole_total(counts, OUTCOME, value).astype("Float64") for value in (*KNOWN, UNKNOWN)
    }
    new, handled, closed = (whole_total(counts, "status", value) for value in STATUS)
    closed, known = closed.astype("Float64"), of[KNOWN[0]] + of[KNOWN[1]] + of[KNOWN[2]]
    total = known + of[UNKNOWN]
    situations = {"now": known, "closed": closed, "not_open": total - new - handled}
    without, parts = (closed - known - 2 * (basis - 1)).clip(lower=0), []
    for situation, number in situations.items():
        count = number.clip(lower=known)
        table = pd.DataFrame({"situation": situation, "count": count, "without": without})
        table = table.assign(total=total, share=count / total)
        confirmed = {"whole": of[KNOWN[0]], "partly": of[KNOWN[0]] + of[KNOWN[1]]}
        for name, n in confirmed.items():
            table[f"{name}_low"] = n / known * table["share"]
            table[f"{name}_high"] = table[f"{name}_low"] + 1 - table["share"]
        parts.append(table.rename_axis("area").reset_index())
    every = pd.concat(parts, ignore_index=True)
    return every[every["total"].ge(_fewest(basis)).fillna(False)].dropna()


def result_by_background(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Compare how often a result is a confirmation, with and without each background.

    For people who agree on how to weigh a melding, never to score one. Without (`_from`) and with
    it (`_to`): `count` confirmed, also in part, of a `total` of known results.
    """
    rows = []
    for background in BACKGROUND:
        crossed = counts[counts["breakdown"] == crossing(background)]
        for area, own in crossed.groupby("area"):
            count = own.set_index("value")["count"]
            sums = [
                int(count[[f"{has}+{result}" for result in results]].sum())
                for has in (OTHERS, YES)
                for results in (CONFIRMED, KNOWN)
            ]
            rows.append((area, background, *sums))
    numbers = ["count_from", "total_from", "count_to", "total_to"]
    table = pd.DataFrame(rows, columns=["area", "background", *numbers])
    return with_difference(table.astype(dict.fromkeys(numbers, "Int64")), basis)


def completeness(counts: pd.DataFrame, basis: int, district: str) -> pd.DataFrame:
    """Say of how many meldingen each field is registered: always, sometimes, or of none.

    Said per gemeente, never of a single melding. `registers`: `always` when the released number of
    unknowns is 0, `sometimes`, `never`, or `not_understood` when it is filled in words that nobody
    understood; missing without meldingen or when that number is hidden.
    `count`: known; `gemeenten`: how many of the area register it; `may_say`: as `rates.may_say`.
    """
    keys = ["area", "period", "breakdown"]
    totals = counts[counts["breakdown"] == TOTAL].set_index(keys[:2])["count"].astype("Int64")
    rows = counts[counts["breakdown"].isin((GROUP, *FIELDS))]
    not_kept = rows["state"].where(rows["state"].isin(NOT_KEPT))
    not_kept = rows.assign(not_kept=not_kept).groupby(keys, sort=False)["not_kept"].first()
    unknown = rows[rows["value"] == UNKNOWN].set_index(keys)
    of_rows = pd.MultiIndex.from_frame(unknown.reset_index()[keys[:2]])
    total = totals.reindex(of_rows).set_axis(unknown.index)
    count = (total - unknown["count"].astype("Int64")).clip(lower=0)
    is_absent = unknown["state"].isin(["missing", "not_applicable"])
    # Without meldingen there is nothing to tell it by.
    nobody = total.eq(0).fillna(False) | is_absent
    not_kept = not_kept.reindex(unknown.index)
    keeps = not_kept.isna().astype("boolean").mask(nobody)
    registers = unknown["count"].eq(0).map({True: ALWAYS, False: SOMETIMES})
    registers = registers.mask(count.isna() | nobody).mask(~keeps.fillna(True), not_kept)
    told = count.notna().map({True: "shown", False: "hidden"})
    table = pd.DataFrame({"registers": registers.astype("str"), "keeps": keeps, "count": count})
    table = table.assign(basis=unknown["basis"], state=unknown["state"].where(is_absent, told))
    table = share_of(table, total, basis).rename_axis([*keys[:2], "field"]).reset_index()
    own = table[table["area"] != district].groupby(["period", "field"])["keeps"]
    is_all, of_row = (
        table["area"].eq(district),
        pd.MultiIndex.from_frame(table[["period", "field"]]),
    )
    number, every = (
        of_field.reindex(of_row).fillna(0).to_numpy().astype("int64")
        for of_field in (own.sum(), own.count())
    )
    alone = table["keeps"].fillna(False).astype("int64")
    table["gemeenten"] = np.where(is_all, number, alone)
    of = (table["count"], table["total"], table["gemeenten"], np.where(is_all, every, 1))
    table["may_say"] = [may_say(*row) for row in zip(*of, strict=True)]
    return table.drop(columns="keeps")


def topic_shift(of: Frame, counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Compare the share of each topic group in the first and in the last complete year.

    Of all meldingen: a shift of `onbekend` is a change in how gemeenten register. `composition`:
    what of the difference would be there if every gemeente had the same topics all the time, and
    others joined. What is not there without that is `joined`.
    """
    years = of.complete_years if len(of.complete_years) > 1 else ["", ""]
    ends = {"from": years[0], "to": years[-1]}
    by_value = counts.set_index(["area", "value"])
    rows = by_value[by_value["breakdown"].isin([GROUP, TOTAL])]
    in_years = rows["breakdown"].eq(GROUP) & rows["period"].isin(ends.values())
    areas = rows.index.get_level_values("area")[in_years].unique()
    every = pd.MultiIndex.from_product([areas, of.vocabulary.topic_groups], names=["area", "value"])
    of_all = pd.MultiIndex.from_product([areas, [TOTAL] * len(of.vocabulary.topic_groups)])
    table = every.to_frame(index=False).astype("str")
    for end, year in ends.items():
        table[f"period_{end}"] = pd.Series(year, table.index, dtype="str")
        number = rows.loc[rows["period"] == year, "count"].astype("Int64")
        table[f"count_{end}"] = number.reindex(every).array
        table[f"total_{end}"] = number.reindex(of_all).array
    table = with_difference(table, basis)
    by_joining = _composition(of, counts, *ends.values())
    table = table.assign(composition=table["value"].map(by_joining.to_dict()).astype("float64"))
    low, high = (table[end].astype("float64") - table["composition"] for end in ("low", "high"))
    is_apart = (low.gt(0) | high.lt(0)) & table["composition"].notna()
    is_said = table["verdict"].isin([MORE, FEWER])
    return table.assign(verdict=table["verdict"].mask(is_said & ~is_apart, JOINED))


def _composition(of: Frame, counts: pd.DataFrame, first: str, last: str) -> pd.Series:
    """Topic group → how its share shifts by who received more or fewer meldingen alone."""
    own = counts[counts["area"].isin(of.connected_on.index)].dropna(subset="count")
    totals = own[own["breakdown"] == TOTAL].pivot_table("count", "area", "period", "sum")
    totals = totals.reindex(columns=[first, last, WHOLE]).astype("float64").fillna(0.0)
    totals = totals[totals[WHOLE] > 0]
    parts = totals[[first, last]] / totals[[first, last]].sum()
    groups = own[own["breakdown"].eq(GROUP) & own["period"].eq(WHOLE)]
    counted = groups.pivot_table("count", "area", "value", "sum").astype("float64")
    counted = counted[counted.index.isin(totals.index)].fillna(0.0)
    of_counted = totals.loc[counted.index, WHOLE]
    # Of whom topics are not shown, those of all others are taken.
    shares = counted.div(of_counted, axis=0).reindex(totals.index)
    shares = shares.fillna(counted.sum() / of_counted.sum())
    return shares.mul(parts[last] - parts[first], axis=0).sum()
