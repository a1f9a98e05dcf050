"""Rates and shares with exact intervals, from counts that may be shown."""

import numpy as np
import pandas as pd
from scipy.stats import chi2
from statsmodels.stats.proportion import proportion_confint

from mma_analysis.measure.indicators import described

LEVEL = 0.95
PEOPLE = 10_000


def with_rate(counts: pd.DataFrame) -> pd.DataFrame:
    """Add meldingen per connected month and per 10,000 inhabitants a year, with exact intervals.

    The interval (Garwood: chi-square quantiles) assumes that meldingen arrive independently of one
    another. It is exact for every count; Byar's approximation, which PHEindicatormethods takes from
    10 on, covers as much and is as wide (benchmarks/coverage.md), and needs a rule for small counts
    beside it. A hidden count or an unknown exposure gives a missing rate. What a gemeente received
    before its connection is in its count and not in its time: then its rate is too high.

    Parameters
    ----------
    counts
        With `count` (nullable), `connected_months` and `inhabitant_years` (inhabitants × connected
        years).

    Returns
    -------
    pd.DataFrame
        The same rows with `per_month`, `per_month_low`, `per_month_high`, `per_10000`,
        `per_10000_low`, `per_10000_high`.

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
    n = counts.astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    low = np.where(n == 0, 0.0, chi2.ppf(tail, 2 * n) / 2)
    high = chi2.ppf(1 - tail, 2 * n + 2) / 2
    return (
        pd.Series(low, counts.index, dtype="Float64"),
        pd.Series(high, counts.index, dtype="Float64"),
    )


def share_of(counts: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    """Add each count's share of a total that is itself shown, with the Wilson interval.

    A hidden count or a hidden total gives a missing share: a share of it could give it back.

    Parameters
    ----------
    counts
        With `count` (nullable).
    total
        The total of each row (nullable), on the index of `counts`.

    Returns
    -------
    pd.DataFrame
        The same rows with `total`, `share`, `share_low`, `share_high`.
    """
    n = counts["count"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    of = total.astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    of = np.where(of > 0, of, np.nan)
    low, high = proportion_confint(n, of, alpha=1 - LEVEL, method="wilson")
    found = {"share": n / of, "share_low": low, "share_high": high}
    columns = {
        name: pd.Series(values, counts.index, dtype="Float64") for name, values in found.items()
    }
    return counts.assign(total=total, **columns)
