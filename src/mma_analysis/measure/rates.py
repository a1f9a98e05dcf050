"""From released counts to what may be said: rates, shares, differences and verdicts.

What is unknown gives a missing answer, never a number. How far each count may be off is in
its table; the variance of that is in every interval (Zou and Donner 2008). `basis` is the
size of one rounding: a count is so many roundings off as (basis - 1) goes into its bound.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import chi2, false_discovery_control, norm

from mma_analysis.measure.bounded import Bounded, taken
from mma_analysis.vocabulary.numbers import FEW, FEWEST_OF_RATE
from mma_analysis.vocabulary.value import CANNOT_TELL

# Verdicts.
MORE = "more"
FEWER = "fewer"
NO_CHANGE = "no_change"
TOO_SHORT = "too_short"  # a time in which there can be no change per year

ROOM = (0.5, 2.0)  # an interval that holds a halving or a doubling says nothing
ROOM_OF_SHARE = (-0.15, 0.15)  # the same of a difference between shares
FALSE_DISCOVERIES = 0.05  # of what is named, at most this part may be chance
LEVEL = 0.95  # of every interval
POWER = 0.8  # to see a change or an effect that there is
Z = float(norm.ppf((1 + LEVEL) / 2))
RATE_PER = 10_000
FEWEST_OF_SHARE = FEW  # of a rounded total: of less, a share says more than is known

# How much of a field must be known before something is said of it (docs/methode.md).
KNOWN_OF_ALL = "of_all"
UNKNOWN_FIRST = "unknown_first"
ONLY_KNOWN = "only_known"
HALF_KNOWN = 0.5
QUARTER_KNOWN = 0.25
FEWEST_GEMEENTEN = 3


def rounding_variance(off: Any, basis: int, count: Any = 1) -> Any:
    """The variance that rounding adds to a count: of a sum of two that of both.

    n = off / (b - 1)    variance = n (b² - 1) / 8    of a 0: n (b - 1)(2b - 1) / 6

    Of a 0 it is the mean square. Half as much again as rounding one by one, as released
    tables add up (a test measures it).
    """
    least = basis - 1
    roundings = _floats(off) / least
    of_one = (basis**2 - 1) / 8
    of_zero = least * (2 * basis - 1) / 6
    is_zero = np.equal(count, 0)
    of_each = np.where(is_zero, of_zero, of_one)
    return roundings * of_each


def with_rate(
    counts: pd.DataFrame,
    basis: int,
    dispersion: pd.Series | None = None,
) -> pd.DataFrame:
    """Add `per_month` and `per_10000` (inhabitants, per year), and the ends of each.

    By `count` and how far it may be `off`, `connected_months` and `inhabitant_years`, and
    the `dispersion` per `area`. The ends are `per_month_low`, `per_month_high`, …. Without
    `inhabitant_years` there is only the rate per month.
    """
    n = enough_for_rate(counts["count"], counts["off"])
    phi: Any = 1.0
    if dispersion is not None:
        phi = counts["area"].map(dispersion).fillna(1.0)
    variance = rounding_variance(counts["off"], basis, n)
    low, high = poisson_interval(n, variance, phi)

    time_of = {"per_month": counts["connected_months"]}
    if "inhabitant_years" in counts:
        time_of["per_10000"] = counts["inhabitant_years"] / RATE_PER
    columns = {}
    for name, time in time_of.items():
        of_time = time.where(time > 0)
        columns[name] = n / of_time
        columns[f"{name}_low"] = low / of_time
        columns[f"{name}_high"] = high / of_time
    return _with(counts, columns)


def enough_for_rate(counts: Any, off: Any) -> Any:
    """The counts of which there is a rate: exact ones, and rounded ones that are no few."""
    n = _floats(counts)
    is_rounded = _floats(off) > 0
    is_few = is_rounded & (n < FEWEST_OF_RATE)
    return np.where(is_few, np.nan, n)


def poisson_interval(
    counts: Any,
    rounding: Any = 0.0,
    dispersion: Any = 1.0,
    level: float = LEVEL,
) -> tuple[Any, Any]:
    """Interval of a count that varies `dispersion` times as much as by chance (Garwood).

    low = φ χ²(α/2; 2n/φ) / 2    high = φ χ²(1 - α/2; 2n/φ + 2) / 2

    `rounding`: the variance of that, which comes on top.
    """
    tail = (1 - level) / 2
    n = _floats(counts)
    phi = _floats(dispersion)
    free = 2 * n / phi  # degrees of freedom
    below = chi2.ppf(tail, free)
    above = chi2.ppf(1 - tail, free + 2)
    low = phi * below / 2
    low = np.where(n == 0, 0.0, low)
    high = phi * above / 2

    reach = norm.ppf(1 - tail)
    low, high = widened(n, low, high, rounding, reach)
    low = np.maximum(low, 0.0)
    return low, high


def widened(
    value: Any,
    low: Any,
    high: Any,
    variance: Any,
    reach: float,
) -> tuple[Any, Any]:
    """An interval with one more, independent, cause of uncertainty in it.

    low = v - √((v - low)² + z² variance)    high = v + √((high - v)² + z² variance)

    `value`: v; `reach`: z, standard deviations from the value to an end.
    """
    more = reach**2 * variance
    down = value - low
    up = high - value
    further_down = np.sqrt(down**2 + more)
    further_up = np.sqrt(up**2 + more)
    return value - further_down, value + further_up


def share_of(table: pd.DataFrame, basis: int) -> pd.DataFrame:
    """Add the `share` that `count` is of `total`, with Wilson's interval.

    New are `share`, `share_low` and `share_high`, parts of 1, by the bounds of both counts
    (`off`, `total_off`). Missing when `count` or `total` is, and of a rounded total below
    `FEWEST_OF_SHARE`.
    """
    part = taken(table, "count")
    whole = taken(table, "total")
    shares = _Shares.of(part, whole, basis)
    low, high = shares.interval(LEVEL)
    columns = {
        "share": shares.share,
        "share_low": low,
        "share_high": high,
    }
    return _with(table, columns)


def wilson(
    n: Any,
    of: Any,
    rounding: Any = 0.0,
    rounding_of: Any = 0.0,
    level: float = LEVEL,
) -> tuple[Any, Any]:
    """Wilson's interval of a share p = n / N, with the rounding of both counts in it.

    (p + z² / 2N ± z √(p (1 − p) / N + z² / 4N²)) / (1 + z² / N)        (Wilson 1927)
    variance of rounding = (v + v_of p²) / N²

    `of`: N. `rounding`, `rounding_of`: v and v_of, the variance of that of `n` and of `of`.
    """
    share = n / of
    reach = norm.ppf((1 + level) / 2)
    more = reach**2 / of
    middle = share + more / 2
    by_chance = share * (1 - share) / of + more / (4 * of)
    off = reach * np.sqrt(np.maximum(by_chance, 0.0))
    low = np.clip((middle - off) / (1 + more), 0.0, 1.0)
    high = np.clip((middle + off) / (1 + more), 0.0, 1.0)
    of_both = rounding + rounding_of * share**2
    variance = of_both / of**2
    ends = widened(share, low, high, variance, reach)
    wide_low, wide_high = np.clip(ends, 0.0, 1.0)

    is_exact = variance == 0
    low = np.where(is_exact, low, wide_low)
    high = np.where(is_exact, high, wide_high)
    return low, high


def with_difference(table: pd.DataFrame, basis: int) -> pd.DataFrame:
    """Add both shares and how much the second is above the first, with Newcombe's interval.

    `table` has `count_from`, `total_from`, `count_to` and `total_to`, and of each how far
    it may be off (`count_from_off`); its rows are one family. New are `share_from`,
    `share_to`, `change` (0.1 is ten percent points more), `low`, `high`, `verdict`.

    >>> ends = {"count_from": [48], "total_from": 80, "count_to": 56, "total_to": 70}
    >>> exact = pd.DataFrame(ends | {f"{column}_off": 0 for column in ends})
    >>> with_difference(exact, 5)[["change", "low", "high"]].round(4).values.tolist()
    [[0.2, 0.0524, 0.3339]]
    """
    difference = _Difference(
        before=_Shares.of(
            taken(table, "count_from"),
            taken(table, "total_from"),
            basis,
        ),
        after=_Shares.of(
            taken(table, "count_to"),
            taken(table, "total_to"),
            basis,
        ),
    )
    chances = difference.chances()
    low, high, is_named = of_family(chances, difference.interval)
    columns = {
        "share_from": difference.before.share,
        "share_to": difference.after.share,
        "change": difference.change,
        "low": low,
        "high": high,
    }
    said = verdict(low, high, is_named, 0.0, ROOM_OF_SHARE)
    return _with(table, columns).assign(verdict=said)


class _Shares(NamedTuple):
    """Counts `n` of totals `total`, with the variance of the rounding of both."""

    n: Any
    total: Any
    rounding: Any
    rounding_of: Any

    @classmethod
    def of(cls, part: Bounded, whole: Bounded, basis: int) -> "_Shares":
        """Those that the first counts are of the second."""
        n = _floats(part.count)
        return cls(
            n=n,
            total=divisor(whole.count, whole.off),
            rounding=rounding_variance(part.off, basis, n),
            rounding_of=rounding_variance(whole.off, basis),
        )

    @property
    def share(self) -> Any:
        return self.n / self.total

    def interval(self, level: float) -> tuple[Any, Any]:
        return wilson(*self, level)

    def reach(self, level: float) -> tuple[Any, Any]:
        """How far its interval goes down and up."""
        share = self.share
        low, high = self.interval(level)
        return share - low, high - share


class _Difference(NamedTuple):
    """How much shares are above those of before."""

    before: _Shares
    after: _Shares

    @property
    def change(self) -> Any:
        return self.after.share - self.before.share

    def interval(self, level: float) -> tuple[Any, Any]:
        """That of Newcombe (1998), of how far the interval of each share goes down and up.

        low = d - √(down_after² + up_before²)    high = d + √(up_after² + down_before²)
        """
        before_down, before_up = self.before.reach(level)
        after_down, after_up = self.after.reach(level)
        down = np.hypot(after_down, before_up)
        up = np.hypot(after_up, before_down)
        change = self.change
        return change - down, change + up

    def chances(self) -> Any:
        """How rare so large a difference is by chance; missing when that is not known.

        By the end of its interval that is next to 0: p = 2 Φ(-z |d| / reach).
        """
        change = self.change
        low, high = self.interval(LEVEL)
        down = change - low
        up = high - change
        reach = np.where(change > 0, down, up)
        size = np.abs(change)
        with np.errstate(divide="ignore", invalid="ignore"):
            by_chance = 2 * norm.sf(Z * size / reach)
        chances = np.where(reach == 0, 1.0, by_chance)

        is_unknown = np.isnan(self.before.n + self.after.n)
        return np.where(is_unknown, np.nan, chances)


def fewest(off: Any) -> Any:
    """Of how many meldingen a part may be said: of rounded ones, and of exact ones."""
    is_rounded = _floats(off) > 0
    return np.where(is_rounded, FEWEST_OF_SHARE, 1)


def divisor(total: Any, off: Any) -> Any:
    """The totals of which a part may be said; others are missing."""
    of = _floats(total)
    is_enough = of >= fewest(off)
    return np.where(is_enough, of, np.nan)


def _floats(values: Any) -> Any:
    return np.asarray(values, dtype="float64")


def _with(table: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """The table with these columns; what is not known is missing."""
    numbers = pd.DataFrame(columns, table.index).astype("Float64")
    table = table.copy()
    for name in columns:
        table[name] = numbers[name]
    return table


# --- what may be said --------------------------------------------------------------------


def verdict(
    low: Any,
    high: Any,
    is_named: Any = True,
    neutral: float = 1.0,
    room: tuple[float, float] = ROOM,
) -> Any:
    """What the printed interval of a ratio allows; with another neutral, of a difference.

    `more` and `fewer` when it leaves out the neutral and is named; `no_change` within the
    room.
    """
    low = _floats(low)
    high = _floats(high)
    least, most = room
    is_known = ~np.isnan(low + high)
    is_more = is_known & is_named & (low > neutral)
    is_fewer = is_known & is_named & (high < neutral)
    is_near = (low > least) & (high < most)

    allowed = [is_more, is_fewer, is_near]
    said = np.select(allowed, [MORE, FEWER, NO_CHANGE], CANNOT_TELL)
    if said.ndim:
        return said
    return str(said)


def surviving(chances: Any) -> tuple[Any, float]:
    """Which p-values survive Benjamini and Hochberg (1995), and the level of intervals.

    Missing ones are not of the family. The level is that of Benjamini and Yekutieli (2005):
    1 - α × named / known.
    """
    values = _floats(chances)
    is_known = ~np.isnan(values)
    is_named = np.zeros(len(values), dtype=bool)
    if is_known.any():
        adjusted = false_discovery_control(values[is_known])
        is_named[is_known] = adjusted <= FALSE_DISCOVERIES
    if not is_named.any():
        return is_named, LEVEL
    part = is_named.sum() / is_known.sum()
    level = 1 - (1 - LEVEL) * part
    return is_named, level


def of_family(
    chances: Any,
    interval: Callable[[float], tuple[Any, Any]],
) -> tuple[Any, Any, Any]:
    """The ends of the intervals of a family, wider for who is named, and who that is.

    `interval` gives those of all at a level.
    """
    is_named, level = surviving(chances)
    wide_low, wide_high = interval(level)
    low, high = interval(LEVEL)
    low = np.where(is_named, wide_low, low)
    high = np.where(is_named, wide_high, high)
    return low, high, is_named


def may_say(known: Any, total: Any, gemeenten: Any, delivered: Any) -> Any:
    """What may be said of a field: `of_all`, `unknown_first` (no verdict) or `only_known`.

    `known` of `total` meldingen, at `gemeenten` of those that `delivered` (1 of 1 for a
    gemeente).
    """
    known = _floats(known)
    total = _floats(total)
    gemeenten = _floats(gemeenten)
    delivered = _floats(delivered)
    is_quarter = (total > 0) & (known >= QUARTER_KNOWN * total)
    is_half = known >= HALF_KNOWN * total
    is_several = gemeenten >= np.minimum(FEWEST_GEMEENTEN, delivered)
    is_half_of_gemeenten = gemeenten >= delivered / 2
    is_of_all = is_half & is_several & is_half_of_gemeenten

    allowed = [~is_quarter, is_of_all]
    return np.select(allowed, [ONLY_KNOWN, KNOWN_OF_ALL], UNKNOWN_FIRST)
