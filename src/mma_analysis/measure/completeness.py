"""How completely gemeenten register: of how many meldingen each field is known."""

import pandas as pd

from mma_analysis.measure.cells import HIDDEN, MISSING, NOT_APPLICABLE, SHOWN
from mma_analysis.measure.differences import with_difference
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import complete_years
from mma_analysis.measure.rates import share_of
from mma_analysis.vocabulary import TOTAL, UNKNOWN
from mma_analysis.vocabulary.schema import BACKGROUND, FOLLOW_UP

KEYS = ["area", "period", "breakdown"]
FIELDS = ("topic_group", *BACKGROUND, "also_sent_to", *FOLLOW_UP, "fed_back")


def completeness(counts: pd.DataFrame) -> pd.DataFrame:
    """Say of how many meldingen each field is registered, and whether anybody registers it at all.

    From protected counts only. Whether a field is registered at all needs no exact row: zeros are
    shown, so a gemeente that has a hidden or positive count of any known value registers it. It is
    said per gemeente and never of a single melding.

    Parameters
    ----------
    counts
        Protected counts: `area`, `period`, `breakdown`, `value`, `count`, `state`.

    Returns
    -------
    pd.DataFrame
        One row per area, period and field: `area`, `period`, `field`, `registers` (missing without
        meldingen), `count` (known), `state`, `total`, `share` with `share_low`, `share_high`
        (Wilson).

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "area": "borne",
    ...     "period": "whole",
    ...     "breakdown": ["totaal", "usable", "usable", "usable"],
    ...     "value": ["totaal", "ja", "nee", "onbekend"],
    ...     "count": pd.array([20, 15, 0, 5], dtype="Int64"),
    ...     "state": "shown",
    ... })
    >>> completeness(counts)[["field", "registers", "count", "share"]].to_numpy().tolist()
    [['usable', True, 15, 0.75]]
    """
    totals = counts[counts["breakdown"] == TOTAL].set_index(KEYS[:2])["count"].astype("Int64")
    own = counts[counts["breakdown"].isin(FIELDS)]
    known = own[own["value"] != UNKNOWN]
    known = known.assign(hidden=known["state"] == HIDDEN).groupby(KEYS, sort=False)
    summed = known["count"].sum().astype("Int64")
    unknown = own[own["value"] == UNKNOWN].set_index(KEYS)
    table = unknown[["state"]].assign(
        is_known=known["hidden"].any() | (summed > 0),
        summed=summed.where(known["count"].count() == known.size()),
    )
    of_total = pd.MultiIndex.from_arrays([table.index.get_level_values(k) for k in KEYS[:2]])
    total = pd.Series(totals.reindex(of_total).to_numpy(), table.index, dtype="Int64")
    rest = total - unknown["count"].astype("Int64")
    count = table["summed"].fillna(rest)
    table = table.assign(
        registers=_registers(table, total),
        count=count,
        state=table["state"].where(table["state"].isin([MISSING, NOT_APPLICABLE]), _state(count)),
    )
    shares = share_of(table.drop(columns=["is_known", "summed"]), total)
    return described(shares.rename_axis([*KEYS[:2], "field"]).reset_index(), "completeness")


def completeness_shift(table: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Compare of how many meldingen each field is known in the first and last complete year.

    The intervals hold for all fields in the table together. A field that is registered more often
    moves every share of it: such a share is then no sign of what meldingen are about. Of the last
    year less is done yet, so that its follow-up is known less often for that reason alone.

    Parameters
    ----------
    table
        As made by `completeness`: `area`, `period`, `field`, `count`, `total`.
    periods
        As made by `periods.periods`.

    Returns
    -------
    pd.DataFrame
        One row per area that has years and field, none with less than two such years: `area`,
        `period_from`, `period_to`, `field`, `count_from`, `total_from`, `count_to`, `total_to`,
        and the difference as in `differences.with_difference`.

    Examples
    --------
    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> cut = periods(dt.date(2021, 1, 1), dt.date(2022, 12, 31))
    >>> years = complete_years(cut)
    >>> known = pd.DataFrame({"area": "twente", "period": years, "field": "usable",
    ...                       "count": [20, 60], "total": [80, 80]})
    >>> found = completeness_shift(known, cut)
    >>> found[["share_from", "share_to", "verdict"]].to_numpy().tolist()
    [[0.25, 0.75, 'more']]
    """
    years = complete_years(periods)
    first, last = (years[0], years[-1]) if len(years) > 1 else ("", "")
    keys = ["area", "field"]
    ends = [
        table[table["period"] == year].set_index(keys)[["count", "total"]].add_suffix(f"_{end}")
        for end, year in (("from", first), ("to", last))
    ]
    both = pd.concat(ends, axis=1, join="inner").astype("Int64").reset_index()
    both = both.assign(period_from=first, period_to=last)
    columns = ["area", "period_from", "period_to", "field"]
    columns += ["count_from", "total_from", "count_to", "total_to"]
    told = with_difference(both[columns], max(1, both["field"].nunique()))
    return described(told, "completeness_shift")


def _registers(table: pd.DataFrame, total: pd.Series) -> pd.Series:
    """Whether any melding has a known value; missing where there are no meldingen to tell."""
    has_none = total.eq(0).fillna(False) | table["state"].isin([MISSING, NOT_APPLICABLE])
    return table["is_known"].astype("boolean").mask(has_none)


def _state(count: pd.Series) -> pd.Series:
    return count.notna().map({True: SHOWN, False: HIDDEN})
