"""Rates, shares and differences of released counts, with intervals and verdicts.

Arrays of counts are nullable: what is unknown gives a missing answer, never a number. `basis` says
to multiples of what the counts were rounded (1: not at all). Rounding adds a variance of about
(basis² − 1) / 12 to each count; it is in every interval, as the width that independent causes give
together (Zou and Donner 2008).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta, binom, chi2, false_discovery_control, norm
from statsmodels.stats.proportion import proportion_confint

LEVEL = 0.95  # of every interval
Z = float(norm.ppf((1 + LEVEL) / 2))
PEOPLE = 10_000
FALSE_DISCOVERIES = 0.05  # of what is said of gemeenten, at most this may be chance
CANNOT_TELL, NO_CHANGE = "cannot_tell", "no_change"
FEWEST_OF_SHARE = 50  # of a rounded total: of less, a share says more than is known


def rounding_variance(basis: Any, count: Any = 1) -> Any:
    """The variance that rounding to multiples of the basis adds to a count.

    A rounded 0 can only have been more: of it this is the mean square.
    """
    return np.where(np.equal(count, 0), (basis - 1) * (2 * basis - 1) / 6, (basis**2 - 1) / 12)


def with_rate(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Add meldingen per connected month and per 10,000 inhabitants a year, with exact intervals.

    Garwood's interval (indicators `per_month`, `per_10000`); benchmarks/coverage.md compares.

    `counts` has `count`, `connected_months` and `inhabitant_years` (inhabitants × connected years).

    The same rows with `per_month`, `per_10000`, and `_low` and `_high` of each; missing when the
    count is or the time is unknown or 0.

    Examples
    --------
    Six in half a year, of 24,000 inhabitants:

    >>> half = pd.DataFrame({"count": [6], "connected_months": 6.0, "inhabitant_years": 12000.0})
    >>> with_rate(half)[["per_month", "per_10000"]].iloc[0].to_list()
    [1.0, 5.0]
    """
    per_month = _per(counts, "per_month", counts["connected_months"], basis)
    return _per(per_month, "per_10000", counts["inhabitant_years"] / PEOPLE, basis)


def _per(counts: pd.DataFrame, name: str, exposure: pd.Series, basis: int) -> pd.DataFrame:
    known = exposure.where(exposure > 0)
    low, high = poisson_interval(counts["count"], basis)
    rates = {
        name: counts["count"].astype("Float64") / known,
        f"{name}_low": low / known,
        f"{name}_high": high / known,
    }
    return counts.assign(**rates)


def poisson_interval(counts: pd.Series, basis: Any = 1) -> tuple[pd.Series, pd.Series]:
    """Exact (Garwood) 95 % interval of a Poisson count; missing stays missing."""
    tail = (1 - LEVEL) / 2
    n = _floats(counts)
    low = np.where(n == 0, 0.0, chi2.ppf(tail, 2 * n) / 2)
    high = chi2.ppf(1 - tail, 2 * n + 2) / 2
    low, high = widened(n, low, high, rounding_variance(basis, n))
    return _nullable(np.maximum(low, 0.0), counts.index), _nullable(high, counts.index)


def widened(value: Any, low: Any, high: Any, variance: Any) -> tuple[Any, Any]:
    """An interval with one more, independent, cause of uncertainty in it."""
    more = Z**2 * variance
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
    low, high = widened(share, low, high, variance / of**2)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def with_difference(table: pd.DataFrame, comparisons: int = 1, basis: int = 1) -> pd.DataFrame:
    """Add both shares and how much the second is above the first, with Newcombe's interval.

    `table` has `count_from`, `total_from`, `count_to`, `total_to`, missing when hidden. Of a total
    of which `share_of` has no share there is none here.
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
    count_from, count_to = _floats(table["count_from"]), _floats(table["count_to"])
    total_from, total_to = (_divisor(table[name], basis) for name in ("total_from", "total_to"))
    alpha = (1 - LEVEL) / comparisons
    sides = zip(count_from, total_from, count_to, total_to, strict=True)
    bounds = [_newcombe(*side, alpha, basis) for side in sides]
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
    verdicts = [verdict(*bound, 0.0) for bound in bounds]
    return table.assign(**columns, verdict=pd.Series(verdicts, table.index, dtype="str"))


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


def verdict(low: float, high: float, neutral: float, otherwise: str = NO_CHANGE) -> str:
    """`more` or `fewer` when the interval leaves out what would be no change, else `otherwise`.

    Without an interval it is `cannot_tell`.
    """
    if np.isnan([low, high]).any():
        return CANNOT_TELL
    return "more" if low > neutral else "fewer" if high < neutral else otherwise


def with_ratio(both: pd.DataFrame, public: pd.DataFrame | None = None) -> pd.DataFrame:
    """How many times as much per month the second period has, of gemeenten looked at together.

    Exact (Clopper–Pearson), given the sum of both counts, with their rounding on the scale of the
    logarithm. `more` and `fewer` are said of what remains when at most 5 % of all that is said may
    be chance (Benjamini & Hochberg 1995); the interval is that of the gemeente alone, and may leave
    out 1 all the same.

    `both` has one row per gemeente that can be compared: the counts `n_from`, `n_to`, the months
    `t_from`, `t_to`, and the `basis` of the counts.
    `public`: the same as everybody has it; then each row is looked at beside those of others.

    On the same index `ratio`, `low`, `high` (infinite when the first has none) and `verdict` in
    `more`, `fewer` and `no_change`.

    Examples
    --------
    One and then nine is more; beside nine others without a change that may well be chance:

    >>> one = pd.DataFrame({"n_from": [1], "n_to": [9], "t_from": [12.0], "t_to": [12.0]})
    >>> others = pd.concat([one, *[one.assign(n_from=9)] * 9], ignore_index=True)
    >>> [with_ratio(rows.assign(basis=1)).loc[0, "verdict"] for rows in (one, others)]
    ['more', 'no_change']
    """
    n_from, n_to = both["n_from"], both["n_to"]
    low, high = odds_interval(n_from.to_numpy(), n_to.to_numpy(), both["basis"].to_numpy())
    found = pd.DataFrame({"ratio": n_to / n_from, "low": low, "high": high})
    own, beside = chance_of(both), chance_of(both if public is None else public)
    remains = [
        false_discovery_control([chance, *beside.drop(area, errors="ignore")])[0]
        for area, chance in own.items()
    ]
    is_said = np.array(remains, dtype="float64") <= FALSE_DISCOVERIES
    direction = np.where(n_to * both["t_from"] > n_from * both["t_to"], "more", "fewer")
    return found.mul(both["t_from"] / both["t_to"], axis=0).assign(
        verdict=np.where(is_said, direction, NO_CHANGE)
    )


def chance_of(both: pd.DataFrame) -> pd.Series:
    """How rare a second count as far off as this one is without any change, for each row."""
    n, expected = both["n_from"] + both["n_to"], both["t_to"] / (both["t_from"] + both["t_to"])
    below, above = binom.cdf(both["n_to"], n, expected), binom.sf(both["n_to"] - 1, n, expected)
    exact = np.minimum(1.0, 2 * np.minimum(below, above))
    spread = np.sqrt(n * expected * (1 - expected) + rounding_variance(both["basis"]))
    of_rounded = 2 * norm.sf(np.abs(both["n_to"] - n * expected) / spread)
    chance = np.where(both["basis"] > 1, np.maximum(exact, of_rounded), exact)
    return pd.Series(chance, both.index)


def odds_interval(
    n_first: NDArray[np.float64], n_second: NDArray[np.float64], basis: Any = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exact (Clopper–Pearson) 95 % interval of second : first, given their sum."""
    tail = (1 - LEVEL) / 2
    p_low = np.where(n_second > 0, beta.ppf(tail, n_second, n_first + 1), 0.0)
    p_high = np.where(n_first > 0, beta.ppf(1 - tail, n_second + 1, n_first), 1.0)
    with np.errstate(divide="ignore"):  # without any in the first year there is no upper end
        low, high = p_low / (1 - p_low), p_high / (1 - p_high)
    return rounded_ratio(low, high, [n_first, n_second], basis)


def rounded_ratio(low: Any, high: Any, counts: Sequence[Any], basis: Any) -> tuple[Any, Any]:
    """The interval of a ratio of rounded counts, wider by their rounding; endless stays endless."""
    variance = sum(rounding_variance(basis) / np.maximum(n, 1.0) ** 2 for n in counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends, middle = (np.log(low), np.log(high)), (np.log(low) + np.log(high)) / 2
        below, above = (np.exp(end) for end in widened(middle, *ends, variance))
    is_finite = np.isfinite(middle) & (np.asarray(basis) > 1)
    return np.where(is_finite, below, low), np.where(is_finite, above, high)


def _divisor(total: pd.Series, basis: int) -> Any:
    """What a share can be of: missing when there is nothing, or rounded and too little."""
    of = _floats(total)
    return np.where(of > 0 if basis == 1 else of >= FEWEST_OF_SHARE, of, np.nan)


def _floats(values: pd.Series) -> Any:
    return values.astype("Float64").to_numpy(np.float64, na_value=np.nan)


def _nullable(values: Any, index: pd.Index) -> pd.Series:
    return pd.Series(values, index, dtype="Float64")
