"""How completely gemeenten register, and how that and the topics shift."""

import numpy as np
import pandas as pd

from mma_analysis.measure.growth import both_periods
from mma_analysis.measure.periods import WHOLE, complete_years
from mma_analysis.measure.rates import share_of, with_difference
from mma_analysis.measure.released import HIDDEN, MISSING, NEVER, NOT_APPLICABLE, SHOWN
from mma_analysis.measure.verdicts import FEWER, MORE, may_say
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import BACKGROUND, FOLLOW_UP

KEYS = ["area", "period", "breakdown"]
FIELDS = ("topic_group", *BACKGROUND, "also_sent_to", *FOLLOW_UP, "fed_back")
FIELD = "topic_group"
ALWAYS, SOMETIMES = "always", "sometimes"
JOINED = "joined"  # a shift that is there by who joined
ENDS = ["count_from", "total_from", "count_to", "total_to"]


def completeness(counts: pd.DataFrame, basis: int, district: str) -> pd.DataFrame:
    """Say of how many meldingen each field is registered: always, sometimes or never.

    Said per gemeente, never of a single melding. `counts`: released counts.

    One row per area, period and field: `area`, `period`, `field`, `registers` (`always` when the
    released number of unknowns is 0, `sometimes`, `never`; missing without meldingen or when that
    number is hidden), `count` (known), `basis`, `state`, `total`, `share` with `share_low`,
    `share_high` (Wilson), `gemeenten` (how many of the area register it) and `may_say`
    (`verdicts.may_say`).

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "area": "borne",
    ...     "period": "whole",
    ...     "breakdown": ["totaal", "usable", "usable", "usable"],
    ...     "value": ["totaal", "ja", "nee", "onbekend"],
    ...     "count": pd.array([20, 15, 0, 5], dtype="Int64"),
    ...     "basis": 1,
    ...     "state": "shown",
    ... })
    >>> known = completeness(counts, 1, "twente")
    >>> known[["field", "registers", "count", "share"]].to_numpy().tolist()
    [['usable', 'sometimes', 15, 0.75]]
    """
    totals = counts[counts["breakdown"] == TOTAL].set_index(KEYS[:2])["count"].astype("Int64")
    own = counts[counts["breakdown"].isin(FIELDS)]
    never = own.assign(never=own["state"] == NEVER).groupby(KEYS, sort=False)["never"].any()
    unknown = own[own["value"] == UNKNOWN].set_index(KEYS)
    of_total = pd.MultiIndex.from_arrays([unknown.index.get_level_values(k) for k in KEYS[:2]])
    total = pd.Series(totals.reindex(of_total).to_numpy(), unknown.index, dtype="Int64")
    count = (total - unknown["count"].astype("Int64")).clip(lower=0)
    is_absent = unknown["state"].isin([MISSING, NOT_APPLICABLE])
    # Without meldingen there is nothing to tell it by.
    nobody = total.eq(0).fillna(False) | is_absent
    keeps = ~never.reindex(unknown.index).astype("boolean").mask(nobody)
    registers = unknown["count"].eq(0).map({True: ALWAYS, False: SOMETIMES})
    registers = registers.mask(count.isna() | nobody).mask(~keeps.fillna(True), NEVER)
    table = unknown[["basis"]].assign(
        registers=registers.astype("str"),
        keeps=keeps,
        count=count,
        state=unknown["state"].where(is_absent, count.notna().map({True: SHOWN, False: HIDDEN})),
    )
    columns = ["registers", "keeps", "count", "basis", "state"]
    shares = share_of(table[columns], total, basis)
    found = shares.rename_axis([*KEYS[:2], "field"]).reset_index()
    by = ["period", "field"]
    keep = found[found["area"].ne(district)].groupby(by)["keeps"]
    keys = pd.MultiIndex.from_frame(found[by])
    is_all = found["area"].eq(district)
    number = keep.sum().reindex(keys).fillna(0).to_numpy().astype("int64")
    of = keep.count().reindex(keys).fillna(0).to_numpy().astype("int64")
    found["gemeenten"] = np.where(is_all, number, found["keeps"].fillna(False).astype("int64"))
    delivered = np.where(is_all, of, 1)
    found["may_say"] = [
        may_say(*row)
        for row in zip(found["count"], found["total"], found["gemeenten"], delivered, strict=True)
    ]
    return found.drop(columns="keeps")


def topic_shift(
    vocabulary: Vocabulary, counts: pd.DataFrame, periods: pd.DataFrame, basis: int = 1
) -> pd.DataFrame:
    """Compare the share of each topic group in the first and in the last complete year.

    Of all meldingen: a shift of `onbekend` is a change in how gemeenten register.

    Released `counts`: `area`, `period`, `breakdown`, `value`, `count` (missing when not told).

    One row per topic group and area that has counts of these years, none with less than two:
    `area`, `value`, `period_from`, `period_to`, `count_from`, `total_from`, `count_to`, `total_to`,
    the difference as in `rates.with_difference`, of all groups together, and `composition`: what of
    it would be there if every gemeente had the same topics all the time, and others joined. A
    difference that is not there without that is `joined`.
    """
    first, last = _first_and_last(periods)
    rows = counts[counts["breakdown"].isin([FIELD, TOTAL]) & counts["period"].isin([first, last])]
    areas = rows.loc[rows["breakdown"].eq(FIELD), "area"].unique()
    every = pd.MultiIndex.from_product([areas, vocabulary.topic_groups], names=["area", "value"])
    both = both_periods(rows, ["area", "value"], ["count"], first, last)
    both = both.astype("Int64")
    of_all = pd.MultiIndex.from_arrays([every.get_level_values("area"), [TOTAL] * len(every)])
    table = every.to_frame(index=False).astype("str")
    for end, year in (("from", first), ("to", last)):
        table[f"period_{end}"] = pd.Series(year, table.index, dtype="str")
        for name, keys in (("count", every), ("total", of_all)):
            table[f"{name}_{end}"] = both[f"count_{end}"].reindex(keys).array
    table = with_difference(table, basis)
    by_joining = _composition(vocabulary, counts, first, last)
    table = table.assign(composition=table["value"].map(by_joining).astype("float64"))
    apart = [table[end].astype("float64") - table["composition"] for end in ("low", "high")]
    is_apart = ~((apart[0] <= 0) & (apart[1] >= 0)) & table["composition"].notna()
    is_said = table["verdict"].isin([MORE, FEWER])
    return table.assign(verdict=table["verdict"].mask(is_said & ~is_apart, JOINED))


def _composition(
    vocabulary: Vocabulary, counts: pd.DataFrame, first: str, last: str
) -> dict[str, float]:
    """Topic group → how its share shifts by who received more or fewer meldingen alone."""
    slugs = [area.slug for area in vocabulary.gemeenten]
    own = counts[counts["area"].isin(slugs)].dropna(subset="count")
    totals = own[own["breakdown"] == TOTAL].pivot_table("count", "area", "period", "sum")
    totals = totals.reindex(columns=[first, last, WHOLE]).astype("float64").fillna(0.0)
    totals = totals[totals[WHOLE] > 0]
    parts = totals[[first, last]] / totals[[first, last]].sum()
    groups = own[own["breakdown"].eq(FIELD) & own["period"].eq(WHOLE)]
    counted = groups.pivot_table("count", "area", "value", "sum").astype("float64")
    counted = counted[counted.index.isin(totals.index)].fillna(0.0)
    shares = counted.div(totals[WHOLE].reindex(counted.index), axis=0).reindex(totals.index)
    # Of whom topics are not shown, those of all others are taken.
    shares = shares.fillna(counted.sum() / totals[WHOLE].reindex(counted.index).sum())
    moved = shares.mul(parts[last] - parts[first], axis=0).sum()
    return {str(value): float(shift) for value, shift in moved.items()}


def _first_and_last(periods: pd.DataFrame) -> tuple[str, str]:
    """The first and last complete year; of one year alone there is nothing to compare."""
    years = complete_years(periods)
    return (years[0], years[-1]) if len(years) > 1 else ("", "")
