"""Rates, shares and differences of released counts, with intervals.

Arrays of counts are nullable: what is unknown gives a missing answer, never a number. `basis` says
to multiples of what the counts were rounded (1: not at all). Rounding adds a variance to each
count, which is in every interval, as the width that independent causes give together (Zou and
Donner 2008).
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm
from statsmodels.stats.proportion import proportion_confint

from mma_analysis.measure.verdicts import LEVEL, level_of_named, named, verdict_of_difference

Z = float(norm.ppf((1 + LEVEL) / 2))
PEOPLE = 10_000
FEWEST_OF_SHARE = 50  # of a rounded total: of less, a share says more than is known


def rounding_variance(basis: Any, count: Any = 1) -> Any:
    """The variance that rounding to multiples of the basis adds to a count; nothing at basis 1.

    Rounded one by one it is (basis² − 1) / 12. Released tables add up, so counts move further: half
    as much again, as a test measures on the example. A rounded 0 can only have been more: of it
    this is the mean square.
    """
    return np.where(np.equal(count, 0), (basis - 1) * (2 * basis - 1) / 6, (basis**2 - 1) / 8)


def with_rate(
    counts: pd.DataFrame, basis: int = 1, dispersion: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Add meldingen per connected month and per 10,000 inhabitants a year, with intervals.

    Garwood's interval (indicators `per_month`, `per_10000`).

    `counts` has `count`, `connected_months` and `inhabitant_years` (inhabitants × connected years).
    `dispersion`: per `area` how much more its counts vary than by chance, when that is known.

    The same rows with `per_month`, `per_10000`, and `_low` and `_high` of each; missing when the
    count is or the time is unknown or 0.

    Examples
    --------
    Six in half a year, of 24,000 inhabitants:

    >>> half = pd.DataFrame({"count": [6], "connected_months": 6.0, "inhabitant_years": 12000.0})
    >>> with_rate(half)[["per_month", "per_10000"]].iloc[0].to_list()
    [1.0, 5.0]
    """
    phi = 1.0
    if dispersion is not None:
        of_area = dispersion.set_index("area")["dispersion"]
        phi = counts["area"].map(of_area).fillna(1.0).to_numpy()
    per_month = _per(counts, "per_month", counts["connected_months"], basis, phi)
    return _per(per_month, "per_10000", counts["inhabitant_years"] / PEOPLE, basis, phi)


def _per(
    counts: pd.DataFrame, name: str, exposure: pd.Series, basis: int, phi: Any
) -> pd.DataFrame:
    known = exposure.where(exposure > 0)
    low, high = poisson_interval(counts["count"], basis, phi)
    rates = {
        name: counts["count"].astype("Float64") / known,
        f"{name}_low": low / known,
        f"{name}_high": high / known,
    }
    return counts.assign(**rates)


def poisson_interval(
    counts: Any, basis: Any = 1, dispersion: Any = 1.0, level: float = LEVEL
) -> tuple[Any, Any]:
    """Interval of a count that varies `dispersion` times as much as by chance; missing stays so.

    Garwood's exact one of a Poisson count, at the count divided by the dispersion.

    Examples
    --------
    >>> [round(float(end), 4) for end in poisson_interval(182, dispersion=2)]
    [146.535, 223.4557]
    """
    tail = (1 - level) / 2
    n = _floats(counts) if isinstance(counts, pd.Series) else np.asarray(counts, dtype="float64")
    phi = np.asarray(dispersion, dtype="float64")
    low = phi * np.where(n == 0, 0.0, chi2.ppf(tail, 2 * n / phi) / 2)
    high = phi * chi2.ppf(1 - tail, 2 * n / phi + 2) / 2
    low, high = widened(n, low, high, rounding_variance(basis, n), norm.ppf(1 - tail))
    low = np.maximum(low, 0.0)
    if not isinstance(counts, pd.Series):
        return low, high
    return _nullable(low, counts.index), _nullable(high, counts.index)


def widened(value: Any, low: Any, high: Any, variance: Any, reach: float = Z) -> tuple[Any, Any]:
    """An interval with one more, independent, cause of uncertainty in it."""
    more = reach**2 * variance
    return value - np.sqrt((value - low) ** 2 + more), value + np.sqrt((high - value) ** 2 + more)


def share_of(counts: pd.DataFrame, total: pd.Series, basis: int = 1) -> pd.DataFrame:
    """Add each count's share of a total that is itself shown, with the Wilson interval.

    The same rows with `total` (as given, on the same index), `share`, `share_low`, `share_high`;
    missing when `count` or `total` is, and of a rounded total below `FEWEST_OF_SHARE`.
    """
    n, of = _floats(counts["count"]), _divisor(total, basis)
    share, low, high = n / of, *wilson(n, of, basis)
    found = {"share": share, "share_low": low, "share_high": high}
    columns = {name: _nullable(values, counts.index) for name, values in found.items()}
    return counts.assign(total=total, **columns)


def wilson(n: Any, of: Any, basis: int = 1, alpha: float = 1 - LEVEL) -> tuple[Any, Any]:
    """Wilson's interval of a share, with the rounding of both counts in it."""
    low, high = proportion_confint(n, of, alpha=alpha, method="wilson")
    if basis == 1:
        return low, high
    share = n / of
    variance = rounding_variance(basis, n) + rounding_variance(basis) * share**2
    low, high = widened(share, low, high, variance / of**2, norm.ppf(1 - alpha / 2))
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def with_difference(table: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Add both shares and how much the second is above the first, with Newcombe's interval.

    `table` has `count_from`, `total_from`, `count_to`, `total_to`, missing when hidden; its rows
    are one family. Of a total of which `share_of` has no share there is none here.

    The same rows with `share_from`, `share_to`, `change` (0.1 is ten percent points more), `low`,
    `high`, and `verdict`: `more` and `fewer` of those that are named, `no_change` of others within
    `ROOM_OF_SHARE`, else `cannot_tell`.

    Examples
    --------
    >>> found = with_difference(
    ...     pd.DataFrame({"count_from": [48], "total_from": 80, "count_to": 56, "total_to": 70})
    ... )
    >>> found[["change", "low", "high"]].round(4).to_numpy().tolist()
    [[0.2, 0.0524, 0.3339]]
    """
    count_from, count_to = _floats(table["count_from"]), _floats(table["count_to"])
    total_from, total_to = (_divisor(table[name], basis) for name in ("total_from", "total_to"))
    sides = list(zip(count_from, total_from, count_to, total_to, strict=True))
    is_named = named([_chance(side, basis) for side in sides])
    level = level_of_named(is_named, int(np.sum(~np.isnan(count_from + count_to))))
    bounds = [
        _newcombe(*side, 1 - (level if is_one else LEVEL), basis)
        for side, is_one in zip(sides, is_named, strict=True)
    ]
    low, high = np.array(bounds, dtype=np.float64).reshape(-1, 2).T
    share_from, share_to = count_from / total_from, count_to / total_to
    found = {
        "share_from": share_from,
        "share_to": share_to,
        "change": share_to - share_from,
        "low": low,
        "high": high,
    }
    columns = {name: _nullable(values, table.index) for name, values in found.items()}
    verdicts = [
        verdict_of_difference(*bound, bool(is_one))
        for bound, is_one in zip(bounds, is_named, strict=True)
    ]
    return table.assign(**columns, verdict=pd.Series(verdicts, table.index, dtype="str"))


def _chance(side: tuple[float, float, float, float], basis: int) -> float:
    """How rare so large a difference is by chance, from the end of its interval nearest to 0."""
    low, high = _newcombe(*side, 1 - LEVEL, basis)
    change = side[2] / side[3] - side[0] / side[1]
    off = change - low if change > 0 else high - change
    return float(2 * norm.sf(Z * abs(change) / off)) if off > 0 else 1.0 if off == 0 else np.nan


def _newcombe(
    count_from: float, total_from: float, count_to: float, total_to: float, alpha: float, basis: int
) -> tuple[float, float]:
    """Method 10 of Newcombe (1998); missing when one of the four is."""
    if np.isnan([count_to, count_from, total_to, total_from]).any():
        return np.nan, np.nan
    first, last = count_from / total_from, count_to / total_to
    (low_1, high_1), (low_2, high_2) = (
        wilson(n, of, basis, alpha) for n, of in ((count_from, total_from), (count_to, total_to))
    )
    change = last - first
    low = change - np.sqrt((last - low_2) ** 2 + (high_1 - first) ** 2)
    high = change + np.sqrt((high_2 - last) ** 2 + (first - low_1) ** 2)
    return float(low), float(high)


def _divisor(total: pd.Series, basis: int) -> Any:
    """What a share can be of: missing when there is nothing, or rounded and too little."""
    of = _floats(total)
    return np.where(of > 0 if basis == 1 else of >= FEWEST_OF_SHARE, of, np.nan)


def _floats(values: pd.Series) -> Any:
    return values.astype("Float64").to_numpy(np.float64, na_value=np.nan)


def _nullable(values: Any, index: pd.Index) -> pd.Series:
    return pd.Series(values, index, dtype="Float64")
