"""From released counts to what may be said: rates, shares, differences, intervals and verdicts.

What is unknown gives a missing answer, never a number. `basis`: to multiples of what counts were
rounded (1: not at all); that variance is in every interval (Zou and Donner 2008).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2, false_discovery_control, norm
from statsmodels.stats.proportion import proportion_confint

MORE, FEWER, NO_CHANGE, CANNOT_TELL = "more", "fewer", "no_change", "cannot_tell"
ROOM = (0.5, 2.0)  # an interval that holds a halving or a doubling says nothing
ROOM_OF_SHARE = (-0.15, 0.15)  # the same of a difference between shares
FALSE_DISCOVERIES = 0.05  # of what is named, at most this part may be chance
LEVEL = 0.95  # of every interval
Z = float(norm.ppf((1 + LEVEL) / 2))
PEOPLE = 10_000
FEWEST_OF_SHARE = 50  # of a rounded total: of less, a share says more than is known

# How much of a field must be known before something is said of it (docs/methode.md).
OF_ALL, UNKNOWN_FIRST, ONLY_KNOWN = "of_all", "unknown_first", "only_known"
HALF_KNOWN, QUARTER_KNOWN = 0.5, 0.25
FEWEST_GEMEENTEN = 3


def rounding_variance(basis: Any, count: Any = 1) -> Any:
    """The variance that rounding to multiples of the basis adds to a count; of a 0 the mean square.

    Half as much again as rounding one by one, as released tables add up (a test measures it).
    """
    return np.where(np.equal(count, 0), (basis - 1) * (2 * basis - 1) / 6, (basis**2 - 1) / 8)


def with_rate(counts: pd.DataFrame, basis: int = 1, noise: pd.Series | None = None) -> pd.DataFrame:
    """Add `per_month` and `per_10000` (inhabitants, per year), and `_low` and `_high` of each.

    By `count`, `connected_months` and `inhabitant_years`, and the dispersion (`noise`) per `area`.
    """
    n = none_or_a_few(counts["count"], basis)
    phi = 1.0 if noise is None else counts["area"].map(noise).fillna(1.0)
    low, high = poisson_interval(n, basis, phi)
    months, years = counts["connected_months"], counts["inhabitant_years"]
    columns = {
        f"{name}{end}": values / time.where(time > 0)
        for name, time in (("per_month", months), ("per_10000", years / PEOPLE))
        for end, values in (("", n), ("_low", low), ("_high", high))
    }
    return _with(counts, **columns)


def none_or_a_few(counts: Any, basis: Any) -> Any:
    """The counts, without a 0 that was rounded: of none or a few there is no rate."""
    n = _floats(counts)
    return np.where((n == 0) & (np.asarray(basis) > 1), np.nan, n)


def poisson_interval(
    counts: Any, basis: Any = 1, dispersion: Any = 1.0, level: float = LEVEL
) -> tuple[Any, Any]:
    """Interval of a count that varies `dispersion` times as much as by chance (Garwood)."""
    tail, n, phi = (1 - level) / 2, _floats(counts), _floats(dispersion)
    low = phi * np.where(n == 0, 0.0, chi2.ppf(tail, 2 * n / phi) / 2)
    high = phi * chi2.ppf(1 - tail, 2 * n / phi + 2) / 2
    low, high = widened(n, low, high, rounding_variance(_floats(basis), n), norm.ppf(1 - tail))
    return np.maximum(low, 0.0), high


def widened(value: Any, low: Any, high: Any, variance: Any, reach: float) -> tuple[Any, Any]:
    """An interval with one more, independent, cause of uncertainty in it."""
    more = reach**2 * variance
    return value - np.sqrt((value - low) ** 2 + more), value + np.sqrt((high - value) ** 2 + more)


def share_of(counts: pd.DataFrame, total: pd.Series, basis: int = 1) -> pd.DataFrame:
    """Add `total`, as given, and the `share` of it with Wilson's `share_low` and `share_high`.

    Missing when `count` or `total` is, and of a rounded total below `FEWEST_OF_SHARE`.
    """
    n, of = _floats(counts["count"]), _divisor(total, basis)
    low, high = wilson(n, of, basis)
    return _with(counts.assign(total=total), share=n / of, share_low=low, share_high=high)


def wilson(n: Any, of: Any, basis: int = 1, level: float = LEVEL) -> tuple[Any, Any]:
    """Wilson's interval of a share, with the rounding of both counts in it."""
    low, high = proportion_confint(n, of, alpha=1 - level, method="wilson")
    if basis == 1:
        return low, high
    share = n / of
    variance = (rounding_variance(basis, n) + rounding_variance(basis) * share**2) / of**2
    low, high = widened(share, low, high, variance, norm.ppf((1 + level) / 2))
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def with_difference(table: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Add both shares and how much the second is above the first, with Newcombe's interval.

    `table` has `count_from`, `total_from`, `count_to`, `total_to`; its rows are one family. New are
    `share_from`, `share_to`, `change` (0.1 is ten percent points more), `low`, `high`, `verdict`.

    >>> ends = {"count_from": [48], "total_from": 80, "count_to": 56, "total_to": 70}
    >>> with_difference(pd.DataFrame(ends))[["change", "low", "high"]].round(4).values.tolist()
    [[0.2, 0.0524, 0.3339]]
    """
    n = [_floats(table[name]) for name in ("count_from", "count_to")]
    of = [_divisor(table[name], basis) for name in ("total_from", "total_to")]
    first, last = (counts / totals for counts, totals in zip(n, of, strict=True))
    change = last - first

    def newcombe(level: float) -> tuple[Any, Any]:
        (low_1, high_1), (low_2, high_2) = (
            wilson(*both, basis, level) for both in zip(n, of, strict=True)
        )
        low = change - np.sqrt((last - low_2) ** 2 + (high_1 - first) ** 2)
        return low, change + np.sqrt((high_2 - last) ** 2 + (first - low_1) ** 2)

    low, high = newcombe(LEVEL)
    # How rare so large a difference is by chance, from the end of its interval nearest to 0.
    off = np.where(change > 0, change - low, high - change)
    with np.errstate(divide="ignore", invalid="ignore"):
        chances = np.where(off == 0, 1.0, 2 * norm.sf(Z * np.abs(change) / off))
    low, high, is_named = of_family(np.where(np.isnan(n[0] + n[1]), np.nan, chances), newcombe)
    table = _with(table, share_from=first, share_to=last, change=change, low=low, high=high)
    return table.assign(verdict=verdict(low, high, is_named, 0.0, ROOM_OF_SHARE))


def fewest(basis: int) -> int:
    """Of how many meldingen, rounded or exact, a part may be said."""
    return FEWEST_OF_SHARE if basis > 1 else 1


def _divisor(total: pd.Series, basis: int) -> Any:
    of = _floats(total)
    return np.where(of >= fewest(basis), of, np.nan)


def _floats(values: Any) -> Any:
    return np.asarray(values, dtype="float64")


def _with(table: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    numbers = pd.DataFrame(columns, table.index).astype("Float64")
    return table.assign(**{str(name): numbers[name] for name in numbers})


# --- what may be said ----------------------------------------------------------------------------


def verdict(
    low: Any,
    high: Any,
    is_named: Any = True,
    neutral: float = 1.0,
    room: tuple[float, float] = ROOM,
) -> Any:
    """What the interval of a ratio (or, with another neutral, a difference) allows, as printed.

    `more` and `fewer` when it leaves out the neutral and is named; `no_change` within the room.
    """
    low, high = _floats(low), _floats(high)
    is_whole = ~np.isnan(low + high) & is_named
    is_near = (low > room[0]) & (high < room[1])
    allows = [is_whole & (low > neutral), is_whole & (high < neutral), is_near]
    said = np.select(allows, [MORE, FEWER, NO_CHANGE], CANNOT_TELL)
    return said if said.ndim else str(said)


def named(chances: Any) -> tuple[Any, float]:
    """Which p-values survive Benjamini and Hochberg (1995), and the level of their intervals.

    Missing ones are not of the family. The level is that of Benjamini and Yekutieli (2005).
    """
    values = _floats(chances)
    is_known, is_named = ~np.isnan(values), np.zeros(len(values), dtype=bool)
    if is_known.any():
        is_named[is_known] = false_discovery_control(values[is_known]) <= FALSE_DISCOVERIES
    part = is_named.sum() / is_known.sum() if is_named.any() else 1.0
    return is_named, 1 - (1 - LEVEL) * part


def of_family(chances: Any, interval: Callable[[float], tuple[Any, Any]]) -> tuple[Any, Any, Any]:
    """The ends of intervals (all, at a level) of a family, wider for who is named; who that is."""
    is_named, level = named(chances)
    both = zip(interval(level), interval(LEVEL), strict=True)
    low, high = (np.where(is_named, wide, usual) for wide, usual in both)
    return low, high, is_named


def may_say(known: Any, total: Any, gemeenten: Any, delivered: Any) -> Any:
    """Say what may be said of a field: `of_all`, `unknown_first` (and no verdict) or `only_known`.

    `known` of `total` meldingen, at `gemeenten` of those that `delivered` (1 of 1 for a gemeente).
    """
    known, total, wide, all_of = map(_floats, (known, total, gemeenten, delivered))
    is_wide = (wide >= np.minimum(FEWEST_GEMEENTEN, all_of)) & (wide >= all_of / 2)
    is_little = ~((total > 0) & (known >= QUARTER_KNOWN * total))
    said = [is_little, is_wide & (known >= HALF_KNOWN * total)]
    return np.select(said, [ONLY_KNOWN, OF_ALL], UNKNOWN_FIRST)
