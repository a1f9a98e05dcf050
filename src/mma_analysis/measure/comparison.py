"""Gemeenten beside each other, per inhabitant and connected month; never by rate."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from mma_analysis.measure import rates
from mma_analysis.measure.frame import WHOLE, Frame
from mma_analysis.measure.gemeenten import Baseline
from mma_analysis.measure.random_effects import Mean, chance_of_spread, paule_mandel
from mma_analysis.vocabulary import Vocabulary

# With fewer gemeenten, how much they usually differ cannot be estimated.
FEWEST_COMPARED = 5
MOST_PEERS = 12  # more are not read beside each other
FEWEST_OF_SIZE = 2  # one gemeente tells nothing of others of its size
LARGE = 50_000  # inhabitants (CBS calls smaller ones small)
AS_EXPECTED = "as_expected"
ONE_OF_MANY = "one_of_many"  # outside its limits, as one of so many often is by chance
DIFFER = "differ"
AS_BY_CHANCE = "as_by_chance"


@dataclass(frozen=True)
class Beside:
    """One gemeente beside the others: what it would have at their rate.

    `low` and `high`: the 95 % limits of that prediction. On the scale of the root: its own
    `root`, the `mean` of the others, and the `error` of the difference, with how much they
    usually differ in it; `free` degrees of freedom. Missing where nothing can be said.
    """

    expected: float
    low: float = np.nan
    high: float = np.nan
    root: float = np.nan
    mean: float = np.nan
    error: float = np.nan
    free: int = 0

    @property
    def chance(self) -> float:
        """How likely a gemeente like the others is as far from them, by Student's t."""
        if self.free == 0:
            return np.nan
        apart = abs(self.root - self.mean)
        beyond = student.sf(apart / self.error, self.free)
        return float(2 * beyond)

    def ratio_limits(self, level: float) -> tuple[float, float]:
        """The limits of its ratio to the others: beyond 1 when it is that rare."""
        if self.free == 0:
            return np.nan, np.nan
        margin = _critical_value(self.free, level) * self.error
        lowest = max(self.root - margin, 0.0)
        highest = self.root + margin
        low = lowest / self.mean
        high = highest / self.mean
        return low**2, high**2


def _critical_value(free: int, level: float = rates.LEVEL) -> float:
    """How many standard errors an interval goes to each side, by Student's t."""
    return float(student.ppf((1 + level) / 2, free))


def comparison(baseline: Baseline, per_period: pd.DataFrame) -> pd.DataFrame:
    """Each gemeente beside what fits its inhabitants and time at the rate of the others.

    Ordered by size, never by rate. `more` and `fewer` are named. Who is outside its own
    limits but cannot be named among so many is `one_of_many`; others are `as_expected` or
    `cannot_tell`. `low` and `high` are limits of the `ratio` in which is how much gemeenten
    usually differ, as in the word; `usual_low` and `usual_high` are of a rate per 10,000
    inhabitants that would be usual.
    """
    basis = baseline.of.edition.bescherming.basis
    own = compared(baseline, per_period)
    public = compared(baseline, baseline.per_period)
    public_chances = {}
    for slug in public.index:
        fits = beside(public, str(slug), basis)
        public_chances[slug] = fits.chance

    rows = []
    for slug in own.index:
        others = public.drop(slug, errors="ignore")
        itself = own.loc[[slug]]
        fits = beside(pd.concat([others, itself]), str(slug), basis)
        chances = [public_chances[other] for other in others.index]
        chances.append(fits.chance)
        said = _said(own.loc[slug], fits, chances)
        rows.append(said)

    columns = ["expected", "expected_low", "expected_high"]
    columns += ["ratio", "low", "high", "verdict"]
    said = pd.DataFrame(rows, own.index, columns)
    table = _with_rates(own.join(said), basis)
    table = table.sort_values("exposure", kind="stable")
    table = table.drop(columns=["exposure", "dispersion"])
    table = table.rename_axis("area").reset_index()
    return table.astype(
        {
            "count": "Int64",
            "per_10000_low": "Float64",
            "per_10000_high": "Float64",
        }
    )


def _said(row: pd.Series, fits: Beside, chances: list[float]) -> dict[str, object]:
    """What is said of one gemeente, of which the chance is the last of this family."""
    are_named, level_of_named = rates.surviving(chances)
    is_named = are_named[-1]
    level = level_of_named if is_named else rates.LEVEL
    low, high = fits.ratio_limits(level)
    ratio = float(row["count"]) / fits.expected
    if np.isnan(fits.chance):
        said = rates.CANNOT_TELL
    elif is_named:
        said = rates.MORE if fits.root > fits.mean else rates.FEWER
    elif low > 1 or high < 1:
        said = ONE_OF_MANY
    else:
        said = AS_EXPECTED
    return {
        "expected": fits.expected,
        "expected_low": fits.low,
        "expected_high": fits.high,
        "ratio": ratio,
        "low": min(low, ratio),
        "high": max(high, ratio),
        "verdict": said,
    }


def _with_rates(table: pd.DataFrame, basis: int) -> pd.DataFrame:
    """With the rate per 10,000 inhabitants a year, and between which rates is usual."""
    n = rates.enough_for_rate(table["count"], table["off"])
    rounding = rates.rounding_variance(table["off"], basis, n)
    low, high = rates.poisson_interval(n, rounding, table["dispersion"])
    people = table["exposure"] / rates.RATE_PER / 12
    return table.assign(
        per_10000=n / people,
        per_10000_low=low / people,
        per_10000_high=high / people,
        usual_low=table["expected_low"] / people,
        usual_high=table["expected_high"] / people,
    )


def compared(baseline: Baseline, per_period: pd.DataFrame) -> pd.DataFrame:
    """What is compared, on the gemeente.

    `inhabitants`, `size_class`, `count`, `off`, `exposure` (inhabitants × connected months)
    and `dispersion`.
    """
    of = baseline.of
    is_whole = per_period["kind"] == WHOLE
    has_delivered = per_period["area"].isin(of.delivered)
    whole = per_period[is_whole & has_delivered].set_index("area")
    whole = whole.dropna(subset=["connected_months", "count"])
    people = of.people.reindex(whole.index)
    table = pd.DataFrame({"inhabitants": people.astype("int64")})
    table["size_class"] = size_classes(of.vocabulary, people)
    table["count"] = whole["count"].astype("float64")
    table["off"] = whole["off"]
    table["exposure"] = people * whole["connected_months"]
    table["dispersion"] = baseline.dispersion.reindex(whole.index)
    return table[table["exposure"] > 0]


def beside(table: pd.DataFrame, slug: str, basis: int) -> Beside:
    """What one of `compared` would have at the rate of the others.

    On the scale of the root, on which the variance of a count does not depend on its size:

        y = √(n / E)        v = (φ + R / E) / 4E

    E is expected, R the variance of rounding.
    """
    others = table.drop(slug)
    count = others["count"].sum()
    exposure = others["exposure"].sum()
    if not exposure or not count:
        return Beside(np.nan)

    rate = count / exposure
    units = _on_root(table, rate, basis)
    own: Any = units.loc[slug]
    expected = float(own["expected"])
    is_other = units.index != slug
    known = units[units["is_judged"] & is_other]
    if len(known) < FEWEST_COMPARED - 1:
        return Beside(expected)

    usual = _usual(known)
    free = len(known) - 1
    variance = own["variance"] + usual.tau2 + usual.error**2
    error = float(np.sqrt(variance))
    margin = _critical_value(free) * error
    lowest = max(usual.mean - margin, 0.0)
    highest = usual.mean + margin
    low = lowest**2 * expected
    high = highest**2 * expected
    if not own["is_judged"]:
        return Beside(expected, low, high)
    return Beside(
        expected,
        low,
        high,
        root=float(own["root"]),
        mean=usual.mean,
        error=error,
        free=free,
    )


def _usual(units: pd.DataFrame) -> Mean:
    """The mean of units on the scale of the root, and how much they differ."""
    roots = units["root"].to_numpy()
    variances = units["variance"].to_numpy()
    return paule_mandel(roots, variances)


def _on_root(table: pd.DataFrame, rate: float, basis: int) -> pd.DataFrame:
    """What is `expected` of `compared` at a rate, and the `root` of what came of it.

    With the `variance` of that root, and whether it `is_judged`; see `beside`.
    """
    expected = table["exposure"] * rate
    rounding = rates.rounding_variance(table["off"], basis)
    of_one = table["dispersion"] + rounding / expected
    # A rounded 0 may be 0 to 4.
    is_exact = table["off"] == 0
    is_some = table["count"] > 0
    units = pd.DataFrame({"expected": expected})
    units["root"] = np.sqrt(table["count"] / expected)
    units["variance"] = of_one / expected / 4
    units["is_judged"] = is_some | is_exact
    return units


# --- all together -------------------------------------------------------------------------


def spread(baseline: Baseline, comparison: pd.DataFrame) -> pd.DataFrame:
    """One row: whether rates of gemeenten differ more than by chance, from what to what.

    `chance`: of Cochran's Q, of gemeenten that do not differ. `lowest` and `highest`: rates
    of single gemeenten.
    """
    units = _units(baseline)
    known = units[units["is_judged"]]
    row = {
        "area": baseline.of.district,
        "gemeenten": len(known),
        "lowest": comparison["per_10000"].min(),
        "highest": comparison["per_10000"].max(),
        "chance": np.nan,
        "spread": rates.CANNOT_TELL,
    }
    if len(known) >= FEWEST_COMPARED:
        roots = known["root"].to_numpy()
        variances = known["variance"].to_numpy()
        chance = chance_of_spread(roots, variances)
        is_more = chance < 1 - rates.LEVEL
        row["chance"] = chance
        row["spread"] = DIFFER if is_more else AS_BY_CHANCE
    return pd.DataFrame([row])


def _units(baseline: Baseline) -> pd.DataFrame:
    """All that are `compared`, on the scale of the root, at the rate of all together."""
    table = compared(baseline, baseline.per_period)
    count = table["count"].sum()
    if not count:
        return table.assign(
            expected=np.nan,
            root=np.nan,
            variance=np.nan,
            is_judged=False,
        )
    rate = count / table["exposure"].sum()
    basis = baseline.of.edition.bescherming.basis
    units = _on_root(table, rate, basis)
    return table.join(units)


def by_size(baseline: Baseline) -> pd.DataFrame:
    """Small and large gemeenten: the rate of each together, and its `ratio` to the other.

    Two rows, when there are two gemeenten or more of each size; else none. In the intervals
    is how much gemeenten of one size differ (τ², Paule and Mandel):

        variance of a sum of counts = Σ (φ n + R + 4 τ² E²)

    Student's t has as many degrees of freedom as there are gemeenten, less two.
    """
    columns = [
        "size",
        "gemeenten",
        "count",
        "off",
        "per_10000",
        "per_10000_low",
        "per_10000_high",
    ]
    columns += ["ratio", "low", "high", "verdict"]
    units = _units(baseline)
    is_large = units["inhabitants"] >= LARGE
    large_units = units[is_large]
    small_units = units[~is_large]
    fewest = min(len(large_units), len(small_units))
    if fewest < FEWEST_OF_SIZE or not units["is_judged"].all():
        return pd.DataFrame(columns=columns)

    basis = baseline.of.edition.bescherming.basis
    small = _together(small_units, basis)
    large = _together(large_units, basis)
    critical_value = _critical_value(len(units) - 2)
    of_small = _rates_of(small, large, critical_value)
    of_large = _rates_of(large, small, critical_value)
    rows = [{"size": "small", **of_small}, {"size": "large", **of_large}]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"count": "Int64", "off": "int64"})


@dataclass(frozen=True)
class _Together:
    """Gemeenten of one size together."""

    gemeenten: int
    count: float
    off: float
    people: float  # × years, in 10,000
    variance: float  # of the logarithm of the rate


def _together(side: pd.DataFrame, basis: int) -> _Together:
    """The sum of gemeenten of one size, and how much its rate varies."""
    usual = _usual(side)
    rounding = rates.rounding_variance(side["off"], basis)
    by_chance = side["dispersion"] * side["count"] + rounding
    by_others = 4 * usual.tau2 * side["expected"] ** 2
    variance = (by_chance + by_others).sum()
    count = side["count"].sum()
    return _Together(
        gemeenten=len(side),
        count=count,
        off=side["off"].sum(),
        people=side["exposure"].sum() / rates.RATE_PER / 12,
        variance=float(variance / count**2),
    )


def _rates_of(one: _Together, other: _Together, critical_value: float) -> dict[str, object]:
    """The rate of gemeenten of one size, and its ratio to that of the other."""
    rate = one.count / one.people
    error = np.sqrt(one.variance)
    margin = np.exp(critical_value * error)

    rate_of_other = other.count / other.people
    ratio = rate / rate_of_other
    error_of_ratio = np.sqrt(one.variance + other.variance)
    margin_of_ratio = np.exp(critical_value * error_of_ratio)
    low = ratio / margin_of_ratio
    high = ratio * margin_of_ratio
    return {
        "gemeenten": one.gemeenten,
        "count": one.count,
        "off": one.off,
        "per_10000": rate,
        "per_10000_low": rate / margin,
        "per_10000_high": rate * margin,
        "ratio": ratio,
        "low": low,
        "high": high,
        "verdict": rates.verdict(round(low, 2), round(high, 2)),
    }


# --- who is beside whom -------------------------------------------------------------------


def peers(of: Frame) -> pd.DataFrame:
    """Name per gemeente (`area`) the nearest in size of its class.

    Without any, the two nearest of all.
    """
    sizes = size_classes(of.vocabulary, of.people)
    rows = []
    for slug in of.people.index:
        others = of.people.drop(slug)
        more = others - of.people[slug]
        apart = more.abs().sort_values(kind="stable")
        nearest = apart.index
        is_same = sizes[nearest] == sizes[slug]
        chosen = nearest[is_same][:MOST_PEERS]
        if chosen.empty:
            chosen = nearest[:2]
        for peer in others.index:
            if peer in chosen:
                rows.append((slug, peer))
    return pd.DataFrame(rows, columns=["area", "peer"])


def size_classes(vocabulary: Vocabulary, inhabitants: pd.Series) -> pd.Series:
    """Size class of each gemeente, by `reference/size_classes.csv`: peers share one."""
    rows = vocabulary.reference("size_classes")
    edges = [float(row["from_inhabitants"]) for row in rows]
    edges.append(np.inf)
    codes = [row["code"] for row in rows]
    classes = pd.cut(inhabitants, edges, right=False, labels=codes)
    return classes.astype("str")
