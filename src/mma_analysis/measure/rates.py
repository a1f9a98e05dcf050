"""Rates and shares with exact intervals, from counts that may be shown."""

import numpy as np
import pandas as pd
from scipy.stats import chi2
from statsmodels.stats.proportion import proportion_confint

LEVEL = 0.95


def with_rate(counts: pd.DataFrame) -> pd.DataFrame:
    """Add the number of meldingen per connected month, with its exact Poisson interval.

    The interval (Garwood: chi-square quantiles) assumes that meldingen arrive independently of one
    another. A hidden count or an unknown exposure gives a missing rate.

    Parameters
    ----------
    counts
        With `count` (nullable) and `connected_months`.

    Returns
    -------
    pd.DataFrame
        The same rows with `per_month`, `per_month_low`, `per_month_high`.
    """
    months = counts["connected_months"].where(counts["connected_months"] > 0)
    low, high = poisson_interval(counts["count"])
    return counts.assign(
        per_month=counts["count"].astype("Float64") / months,
        per_month_low=low / months,
        per_month_high=high / months,
    )


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
