"""Rates, shares and differences of counts that may be shown, with intervals and verdicts.

Arrays of counts are nullable: what is hidden or unknown gives a missing answer, never a number.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta, binom, chi2, false_discovery_control
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from mma_analysis.measure.indicators import described

LEVEL = 0.95  # of every interval
PEOPLE = 10_000
FALSE_DISCOVERIES = 0.05  # of what is said of gemeenten, at most this may be chance
CANNOT_TELL, NO_CHANGE = "cannot_tell", "no_change"


def with_rate(counts: pd.DataFrame) -> pd.DataFrame:
    """Add meldingen per connected month and per 10,000 inhabitants a year, with exact intervals.

    Garwood's interval (indicators `per_month`, `per_10000`); benchmarks/coverage.md compares.

    `counts` has `count`, `connected_months` and `inhabitant_years` (inhabitants × connected years).

    The same rows with `per_month`, `per_10000`, and `_low` and `_high` of each; missing when the
    count is hidden or the time unknown or 0.

    Examples
    --------
    Six in half a year, of 24,000 inhabitants:

    >>> half = pd.DataFrame({"count": [6], "connected_months": 6.0, "inhabitant_years": 12000.0})
    >>> with_rate(half)[["per_month", "per_10000"]].iloc[0].to_list()
    [1.0, 5.0]
    """
    per_month = _per(counts, "per_month", counts["connected_months"])
    both = _per(per_month, "per_10000", counts["inhabitant_years"] / PEOPLE)
    return described(both, "per_month")


def _per(counts: pd.DataFrame, name: str, exposure: pd.Series) -> pd.DataFrame:
    known = exposure.where(exposure > 0)
    low, high = poisson_interval(counts["count"])
    rates = {
        name: counts["count"].astype("Float64") / known,
        f"{name}_low": low / known,
        f"{name}_high": high / known,
    }
    return counts.assign(**rates)


def poisson_interval(counts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Exact (Garwood) 95 % interval of a Poisson count; missing stays missing."""
    tail = (1 - LEVEL) / 2
    n = _floats(counts)
    low = np.where(n == 0, 0.0, chi2.ppf(tail, 2 * n) / 2)
    high = chi2.ppf(1 - tail, 2 * n + 2) / 2
    return _nullable(low, counts.index), _nullable(high, counts.index)


def share_of(counts: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    """Add each count's share of a total that is itself shown, with the Wilson interval.

    The same rows with `total` (as given, on the same index), `share`, `share_low`, `share_high`;
    missing when `count` or `total` is: a share of it could give it back.
    """
    n, of = _floats(counts["count"]), _floats(total)
    of = np.where(of > 0, of, np.nan)
    low, high = proportion_confint(n, of, alpha=1 - LEVEL, method="wilson")
    found = {"share": n / of, "share_low": low, "share_high": high}
    columns = {name: _nullable(values, counts.index) for name, values in found.items()}
    return counts.assign(total=total, **columns)


def with_difference(table: pd.DataFrame, comparisons: int = 1) -> pd.DataFrame:
    """Add both shares and how much the second is above the first, with Newcombe's interval.

    `table` has `count_from`, `total_from`, `count_to`, `total_to`, missing when hidden.
    `comparisons`: how many differences are looked at together: all their intervals hold at once in
    95 % of cases (Bonferroni).

    The same rows with `share_from`, `share_to`, `change` (0.1 is ten percent points more), `low`,
    `high`, and `verdict` in `more`, `fewer`, `no_change` and `cannot_tell`.

    Examples
    --------
    >>> found = with_difference(
    ...     pd.DataFrame({"count_from": [48], "total_from": 80, "count_to": 56, "total_to": 70})
    ... )
    >>> found[["change", "low", "high"]].round(4).to_numpy().tolist()
    [[0.2, 0.0524, 0.3339]]
    """
    count_from, total_from, count_to, total_to = (
        _floats(table[name]) for name in ("count_from", "total_from", "count_to", "total_to")
    )
    alpha = (1 - LEVEL) / comparisons
    sides = zip(count_from, total_from, count_to, total_to, strict=True)
    bounds = [_newcombe(*side, alpha) for side in sides]
    low, high = np.array(bounds, dtype=np.float64).reshape(-1, 2).T
    with np.errstate(divide="ignore", invalid="ignore"):
        share_from, share_to = count_from / total_from, count_to / total_to
    found = {
        "share_from": share_from,
        "share_to": share_to,
        "change": share_to - share_from,
        "low": low,
        "high": high,
    }
    columns = {name: _nullable(values, table.index) for name, values in found.items()}
    verdicts = [verdict(*bound, 0.0) for bound in bounds]
    return table.assign(**columns, verdict=pd.Series(verdicts, table.index, dtype="str"))


def _newcombe(
    count_from: float, total_from: float, count_to: float, total_to: float, alpha: float
) -> tuple[float, float]:
    """Missing when a count is, or when there is nothing to divide."""
    if np.isnan([count_to, count_from]).any() or not (total_to > 0 and total_from > 0):
        return np.nan, np.nan
    low, high = confint_proportions_2indep(
        count_to, total_to, count_from, total_from, method="newcomb", alpha=alpha
    )
    return float(low), float(high)


def verdict(low: float, high: float, neutral: float, otherwise: str = NO_CHANGE) -> str:
    """`more` or `fewer` when the interval leaves out what would be no change, else `otherwise`.

    Without an interval it is `cannot_tell`.
    """
    if np.isnan([low, high]).any():
        return CANNOT_TELL
    return "more" if low > neutral else "fewer" if high < neutral else otherwise


def with_ratio(both: pd.DataFrame, otherwise: str) -> pd.DataFrame:
    """How many times as much per month the second period has, of gemeenten looked at together.

    Exact (Clopper–Pearson), given the sum of both counts. `more` and `fewer` are said of what
    remains when at most 5 % of all that is said may be chance (Benjamini & Hochberg 1995); the
    interval is that of the gemeente alone, and may leave out 1 all the same.

    `both` has one row per gemeente that can be compared: the counts `n_from`, `n_to` and the months
    `t_from`, `t_to`.

    On the same index `ratio`, `low`, `high` (infinite when the first has none) and `verdict` in
    `more`, `fewer` and `otherwise`.

    Examples
    --------
    One and then nine is more; beside nine others without a change that may well be chance:

    >>> one = pd.DataFrame({"n_from": [1], "n_to": [9], "t_from": [12.0], "t_to": [12.0]})
    >>> others = pd.concat([one, *[one.assign(n_from=9)] * 9], ignore_index=True)
    >>> [with_ratio(rows, "no_change").loc[0, "verdict"] for rows in (one, others)]
    ['more', 'no_change']
    """
    n_from, n_to = both["n_from"], both["n_to"]
    low, high = odds_interval(n_from.to_numpy(), n_to.to_numpy())
    found = pd.DataFrame({"ratio": n_to / n_from, "low": low, "high": high})
    n, expected = n_from + n_to, both["t_to"] / (both["t_from"] + both["t_to"])
    below, above = binom.cdf(n_to, n, expected), binom.sf(n_to - 1, n, expected)
    chance = np.minimum(1.0, 2 * np.minimum(below, above))
    remains = false_discovery_control(chance) <= FALSE_DISCOVERIES
    direction = np.where(below > above, "more", "fewer")
    return found.mul(both["t_from"] / both["t_to"], axis=0).assign(
        verdict=np.where(remains, direction, otherwise)
    )


def odds_interval(
    n_first: NDArray[np.float64], n_second: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact (Clopper–Pearson) 95 % interval of second : first, given their sum."""
    tail = (1 - LEVEL) / 2
    p_low = np.where(n_second > 0, beta.ppf(tail, n_second, n_first + 1), 0.0)
    p_high = np.where(n_first > 0, beta.ppf(1 - tail, n_second + 1, n_first), 1.0)
    with np.errstate(divide="ignore"):  # without any in the first year there is no upper end
        return p_low / (1 - p_low), p_high / (1 - p_high)


def _floats(values: pd.Series) -> Any:
    return values.astype("Float64").to_numpy(np.float64, na_value=np.nan)


def _nullable(values: Any, index: pd.Index) -> pd.Series:
    return pd.Series(values, index, dtype="Float64")
