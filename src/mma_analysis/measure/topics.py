"""What the meldingen are about, and how that shifts."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.domain import TOTAL
from mma_analysis.measure.differences import with_difference
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import YEAR

FIELD = "topic_group"


def topic_shift(counts: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Compare the share of each topic group in the first and in the last year.

    Shares of all meldingen, those without a known topic included: a shift of `onbekend` is a change
    in how gemeenten register, and it moves all others. The intervals hold for all groups together.

    Parameters
    ----------
    counts
        Protected counts per area, period and topic group: `area`, `period`, `breakdown`, `value`,
        `count` (missing when hidden), with those of breakdown `TOTAL`.
    periods
        As made by `periods.periods`.

    Returns
    -------
    pd.DataFrame
        One row per topic group and area that has counts per year, none with less than two years:
        `area`, `period_from`, `period_to`, `value`, `count_from`, `total_from`, `count_to`,
        `total_to`, and the difference as in `differences.with_difference`.
    """
    years = list(periods.loc[periods["kind"] == YEAR, "period"])
    rows = counts[counts["breakdown"].isin([FIELD, TOTAL])]
    areas = rows.loc[rows["breakdown"].eq(FIELD) & rows["period"].isin(years), "area"].unique()
    groups = list(domain.topic_groups())
    keys = [(area, value) for area in areas for value in groups] if len(years) > 1 else []
    table = pd.DataFrame(keys, columns=["area", "value"], dtype="str")
    found = rows.set_index(["period", "area", "value"])["count"].astype("Int64")
    for end, year in (("from", years[0]), ("to", years[-1])):
        period = pd.Series(year, table.index, dtype="str")
        total = pd.Series(TOTAL, table.index, dtype="str")
        table[f"period_{end}"] = period
        table[f"count_{end}"] = _taken(found, period, table["area"], table["value"])
        table[f"total_{end}"] = _taken(found, period, table["area"], total)
    return described(with_difference(table, len(groups)), "topic_shift")


def _taken(found: pd.Series, *keys: pd.Series) -> pd.Series:
    """The count with these keys, missing when there is none."""
    counts = found.reindex(pd.MultiIndex.from_arrays(keys))
    return pd.Series(counts.to_numpy(), keys[0].index, dtype="Int64")
