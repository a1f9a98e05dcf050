"""Indicators that follow from released counts alone: one function each.

Whoever adds one writes a function here and its row in `reference/indicators.csv`: the rest follows.
`docs/adding.md` goes through it. `counts` are released; what is missing in them stays so.
"""

import pandas as pd

from mma_analysis.measure.categories import OTHERS, OUTCOME, YES, crossing
from mma_analysis.measure.counts import FIELDS
from mma_analysis.measure.frame import WHOLE, Frame
from mma_analysis.measure.rates import (
    FEWER,
    FEWEST_OF_SHARE,
    MORE,
    may_say,
    share_of,
    with_difference,
)
from mma_analysis.measure.released import values_of
from mma_analysis.vocabulary import TOTAL, UNKNOWN
from mma_analysis.vocabulary.schema import BACKGROUND
from mma_analysis.vocabulary.value import NOT_KEPT

CONFIRMED = ["bevestigd", "deels_bevestigd"]
KNOWN = [*CONFIRMED, "niet_bevestigd"]
OPEN, CLOSED = ["ontvangen", "in_behandeling"], "afgesloten"
GROUP = "topic_group"
# What a gemeente writes down itself: whether somebody acted follows from that.
REGISTERED = tuple(field for field in FIELDS if field != "acted")
ALWAYS, SOMETIMES = "always", "sometimes"
JOINED = "joined"  # a shift that is there by who joined


def backlog(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Per area the part still open on the peildatum, of the meldingen of which status is known."""
    status = values_of(counts, "status")
    table = status[OPEN].sum(axis=1, skipna=False).rename("count").reset_index()
    total = table["area"].map(status[[*OPEN, CLOSED]].sum(axis=1, skipna=False))
    return share_of(table.astype({"count": "Int64"}), total.astype("Int64"), basis)


def bounds(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Between which parts of all meldingen each value of a field certainly lies.

    `least`, `most`: when no, or every, unknown one has it; rounding is in both. No row when a count
    is missing, or of a rounded total below `FEWEST_OF_SHARE`.
    """
    keys = ["area", "breakdown"]
    rows = counts[counts["kind"].eq(WHOLE) & counts["breakdown"].isin(REGISTERED)]
    rows = rows.assign(count=rows["count"].astype("Float64").mask(rows["state"].isin(NOT_KEPT), 0))
    total = (
        rows.groupby(keys)["count"]
        .transform("sum")
        .mask(rows["count"].isna().groupby([rows[key] for key in keys]).transform("any"))
    )
    rows = rows.assign(total=total)[total.ge(_fewest(basis)).fillna(False)]
    unknown = rows[rows["value"] == UNKNOWN].set_index(keys)["count"].rename("unknown")
    table = rows[rows["value"] != UNKNOWN].join(unknown, on=keys)
    known, off, most = table["total"] - table["unknown"], basis - 1, table["total"] + basis - 1
    table = table.assign(
        known=known,
        least=(table["count"] - off).clip(lower=0) / most,
        most=1 - (known - table["count"] - off).clip(lower=0) / most,
    )
    return table[[*keys, "value", "count", "known", "total", "least", "most"]]


def _fewest(basis: int) -> int:
    """Of how many meldingen, rounded or exact, a part may be said."""
    return FEWEST_OF_SHARE if basis > 1 else 1


def filling_in(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """What would be known `now`, with a result of each `closed` melding, or each `not_open` one.

    `without`: closed ones without a result, at least; `whole_…`, `partly_…`: between which parts of
    all is confirmed, or in part.
    """
    result, status = values_of(counts, OUTCOME), values_of(counts, "status")
    known, total = (result[some].sum(axis=1, skipna=False) for some in (KNOWN, [*KNOWN, UNKNOWN]))
    without = (status[CLOSED] - known - 2 * (basis - 1)).clip(lower=0)
    not_open = total - status[OPEN].sum(axis=1, skipna=False)
    situations, parts = {"now": known, "closed": status[CLOSED], "not_open": not_open}, []
    for situation, number in situations.items():
        count = number.clip(lower=known)
        table = pd.DataFrame({"situation": situation, "count": count, "without": without})
        table = table.assign(total=total, share=count / total)
        for name, some in (("whole", CONFIRMED[:1]), ("partly", CONFIRMED)):
            confirmed = result[some].sum(axis=1, skipna=False)
            table[f"{name}_low"] = confirmed / known * table["share"]
            table[f"{name}_high"] = table[f"{name}_low"] + 1 - table["share"]
        parts.append(table.rename_axis("area").reset_index())
    every = pd.concat(parts, ignore_index=True)
    return every[every["total"].ge(_fewest(basis)).fillna(False)].dropna()


def result_by_background(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """How often a known result is a confirmation, without (`_from`) and with (`_to`) a background.

    For people who agree on how to weigh a melding, never to score one.
    """
    rows = []
    for background in BACKGROUND:
        crossed = counts[counts["breakdown"] == crossing(background)]
        for area, own in crossed.groupby("area"):
            count, row = own.set_index("value")["count"], [area, background]
            for has in (OTHERS, YES):
                row += [count[[f"{has}+{r}" for r in some]].sum() for some in (CONFIRMED, KNOWN)]
            rows.append(row)
    numbers = ["count_from", "total_from", "count_to", "total_to"]
    table = pd.DataFrame(rows, columns=["area", "background", *numbers])
    return with_difference(table.astype(dict.fromkeys(numbers, "Int64")), basis)


def completeness(counts: pd.DataFrame, basis: int, district: str) -> pd.DataFrame:
    """Of how many meldingen (`count`) each field is registered, and by how many `gemeenten`.

    `registers`: `always` (the released number of unknowns is 0), `sometimes`, `never` or
    `not_understood`; missing without meldingen or when that number is hidden.
    """
    keys = ["area", "period", "breakdown"]
    totals = counts[counts["breakdown"] == TOTAL].set_index(keys[:2])["count"].astype("Int64")
    rows = counts[counts["breakdown"].isin((GROUP, *REGISTERED))]
    not_kept = rows["state"].where(rows["state"].isin(NOT_KEPT))
    not_kept = not_kept.groupby([rows[key] for key in keys]).first()
    table = rows[rows["value"] == UNKNOWN].set_index(keys)[["count", "basis", "state"]]
    not_kept = not_kept.reindex(table.index)
    total = totals.reindex(pd.MultiIndex.from_frame(table.reset_index()[keys[:2]]))
    total = total.set_axis(table.index)
    count = (total - table["count"]).clip(lower=0)
    is_absent = table["state"].isin(["missing", "not_applicable"])
    # Without meldingen there is nothing to tell it by.
    nobody = total.eq(0).fillna(False) | is_absent
    keeps = not_kept.isna().astype("boolean").mask(nobody)
    registers = table["count"].eq(0).map({True: ALWAYS, False: SOMETIMES})
    registers = registers.mask(count.isna() | nobody).mask(~keeps.fillna(True), not_kept)
    shown = count.notna().map({True: "shown", False: "hidden"})
    table = pd.DataFrame(
        {"registers": registers.astype("str"), "keeps": keeps, "count": count}
    ).assign(basis=table["basis"], state=table["state"].where(is_absent, shown))
    table = share_of(table, total, basis).rename_axis([*keys[:2], "field"]).reset_index()
    is_all = table["area"].eq(district)
    own = table["keeps"].mask(is_all).groupby([table["period"], table["field"]])
    table["gemeenten"] = table["keeps"].fillna(False).astype("int64")
    table["gemeenten"] = table["gemeenten"].mask(is_all, own.transform("sum").astype("int64"))
    of = own.transform("count").where(is_all, 1)
    rows = zip(table["count"], table["total"], table["gemeenten"], of, strict=True)
    table["may_say"] = [may_say(*row) for row in rows]
    return table.drop(columns="keeps")


def topic_shift(of: Frame, counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Compare the share of each topic group in the first and in the last complete year.

    `composition`: what of the difference would be there with the same topics in every gemeente all
    the time; what is not there without that is `joined`.
    """
    years = of.complete_years if len(of.complete_years) > 1 else ["", ""]
    rows = counts[counts["breakdown"].isin([GROUP, TOTAL])].set_index(["area", "value"])
    in_years = rows["breakdown"].eq(GROUP) & rows["period"].isin([years[0], years[-1]])
    areas, groups = rows.index[in_years].unique("area"), list(of.vocabulary.topic_groups)
    every = pd.MultiIndex.from_product([areas, groups], names=["area", "value"])
    of_all = pd.MultiIndex.from_product([areas, [TOTAL] * len(groups)])
    table = every.to_frame(index=False).astype("str")
    for end, year in (("from", years[0]), ("to", years[-1])):
        table[f"period_{end}"] = pd.Series(year, table.index, dtype="str")
        number = rows.loc[rows["period"] == year, "count"].astype("Int64")
        table[f"count_{end}"] = number.reindex(every).array
        table[f"total_{end}"] = number.reindex(of_all).array
    table = with_difference(table, basis)
    by_joining = _composition(of, counts, years[0], years[-1])
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
