"""The difference between two shares, with the interval that suits small counts."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep

LEVEL = 0.95


def with_difference(table: pd.DataFrame, comparisons: int = 1) -> pd.DataFrame:
    """Add both shares and how much the second is above the first, with Newcombe's interval.

    Newcombe (1998, method 10) builds the interval from the two Wilson intervals, and keeps its
    promise at small counts. When several differences are looked at together, each interval is made
    so much wider that all of them hold at once in 95 % of cases (Bonferroni).

    Parameters
    ----------
    table
        With `count_from`, `total_from`, `count_to`, `total_to`, missing when hidden.
    comparisons
        How many differences are looked at together.

    Returns
    -------
    pd.DataFrame
        The same rows with `share_from`, `share_to`, `change` (0.1 is ten percent points more),
        `low`, `high`, and `verdict` in `more`, `fewer`, `no_change` and `cannot_tell`.

    Examples
    --------
    >>> found = with_difference(
    ...     pd.DataFrame({"count_from": [48], "total_from": 80, "count_to": 56, "total_to": 70})
    ... )
    >>> found[["change", "low", "high"]].round(4).to_numpy().tolist()
    [[0.2, 0.0524, 0.3339]]
    """
    count_from, total_from, count_to, total_to = (
        table[name].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        for name in ("count_from", "total_from", "count_to", "total_to")
    )
    rows = np.column_stack([count_from, total_from, count_to, total_to])
    alpha = (1 - LEVEL) / comparisons
    bounds = np.array([_interval(row, alpha) for row in rows.tolist()], dtype=np.float64)
    low, high = bounds.reshape(-1, 2).T
    with np.errstate(divide="ignore", invalid="ignore"):
        share_from, share_to = count_from / total_from, count_to / total_to
    found = {
        "share_from": share_from,
        "share_to": share_to,
        "change": share_to - share_from,
        "low": low,
        "high": high,
    }
    columns = {name: pd.Series(v, table.index, dtype="Float64") for name, v in found.items()}
    verdict = np.select(
        [np.isnan(low), low > 0, high < 0], ["cannot_tell", "more", "fewer"], "no_change"
    )
    return table.assign(**columns, verdict=pd.Series(verdict, table.index, dtype="str"))


def _interval(row: Sequence[float], alpha: float) -> tuple[float, float]:
    """Interval of one difference; missing when a count is, or when there is nothing to divide."""
    count_from, total_from, count_to, total_to = row
    if np.isnan([count_to, count_from]).any() or not (total_to > 0 and total_from > 0):
        return np.nan, np.nan
    low, high = confint_proportions_2indep(
        count_to, total_to, count_from, total_from, method="newcomb", alpha=alpha
    )
    return float(low), float(high)
