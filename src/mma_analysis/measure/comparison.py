"""Do gemeenten differ more than chance, and more than gemeenten usually do?"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import pdtrik
from scipy.stats import norm

from mma_analysis.measure.frame import Frame
from mma_analysis.measure.periods import WHOLE, inhabitants, middle
from mma_analysis.measure.rates import poisson_interval, rounding_variance
from mma_analysis.vocabulary import Vocabulary

Limits = tuple[NDArray[np.float64], NDArray[np.float64]]

OUTSIDE = 0.05  # of gemeenten that differ as usual, at most this lies outside the limits
WINSORISED = 0.1  # of the gemeenten at each end; the share that Spiegelhalter (2005) uses
FEWEST_GEMEENTEN = 5  # with fewer, how much gemeenten usually differ cannot be estimated
PER = 10_000  # inhabitants
MONTHS_PER_YEAR = 12


def comparison(
    of: Frame,
    per_period: pd.DataFrame,
    public_per_period: pd.DataFrame,
    received: pd.DataFrame,
    overdispersion: pd.DataFrame,
) -> pd.DataFrame:
    """Compare each gemeente with what it would have at the rate of all (indicator `comparison`).

    A difference is no judgement. Ordered by size, never by rate.

    `per_period` and `received`: released totals. `overdispersion`: as made by `overdispersion`.

    One row per gemeente that delivered, with a known count and time: `area`, `inhabitants`,
    `size_class`, `count`, `basis`, `expected`, `ratio`, `verdict` in `as_expected`, `differs`
    (outside the limits of what is usual) and `cannot_tell` (fewer than `FEWEST_GEMEENTEN`), and
    `per_10k` (per 10,000 inhabitants per connected year) with `per_10k_low`, `per_10k_high` (exact
    Poisson).
    """
    table = compared(of, per_period, public_per_period, received)
    tau2 = float(overdispersion["tau2"].iloc[0])
    judged_table = _with_rates(judged(table, tau2)).drop(columns="exposure")
    return judged_table.sort_values("expected", ignore_index=True)


def compared(
    of: Frame, per_period: pd.DataFrame, public: pd.DataFrame, received: pd.DataFrame
) -> pd.DataFrame:
    """What is compared: one row per gemeente, as `comparison` up to `ratio`, with `exposure`."""
    untimed = public["kind"].eq(WHOLE) & public["area"].isin(of.delivered)
    untimed &= public["connected_months"].isna()
    whole = per_period[per_period["kind"].eq(WHOLE) & per_period["area"].isin(of.delivered)]
    is_timed = whole["connected_months"].notna()
    timed = whole[is_timed].set_index("area")
    of_all = received.loc[received["kind"] == WHOLE, "count"].sum(skipna=False)
    receipts = of_all - public.loc[untimed, "count"].sum(skipna=False)
    spans = of.periods[of.periods["kind"] == WHOLE]
    known = inhabitants(of.vocabulary, middle(spans["begin"], spans["end"]).iloc[0])
    people = known.reindex(timed.index).astype("float64")
    exposure = timed["connected_months"].astype("float64") * people
    table = pd.DataFrame(
        {
            "inhabitants": people.astype("int64"),
            "size_class": size_classes(of.vocabulary, people),
            "count": timed["count"].astype("Int64"),
            "basis": timed["basis"],
            "expected": float(receipts) * exposure / exposure.sum(),
            "exposure": exposure / PER / MONTHS_PER_YEAR,
        }
    )
    table = table[table["count"].notna() & (table["expected"] > 0)]
    ratio = table["count"].astype("float64") / table["expected"]
    return table.assign(ratio=ratio).rename_axis("area").reset_index()


def judged(table: pd.DataFrame, tau2: float) -> pd.DataFrame:
    """Add `verdict`, as in `comparison`.

    `table` has one row per gemeente: `expected`, and `ratio` (count / expected).
    `tau2`: variance between gemeenten, as in `overdispersion`; missing when not known.

    Examples
    --------
    Twice as many as expected, and what gemeenten usually differ is nothing or much:

    >>> table = pd.DataFrame({"expected": [100.0], "ratio": [2.0]})
    >>> judged(table, 0.0)["verdict"].item(), judged(table, 0.1)["verdict"].item()
    ('differs', 'as_expected')
    """
    expected, ratio = table["expected"].to_numpy(), table["ratio"]
    rounding = rounding_variance(table["basis"].to_numpy()) if "basis" in table else 0.0
    is_outside = ~ratio.between(*usual_limits(expected, tau2, OUTSIDE, rounding))
    is_unknown = np.full(len(table), np.isnan(tau2))
    verdict = np.select([is_unknown, is_outside], ["cannot_tell", "differs"], "as_expected")
    return table.assign(verdict=verdict)


def _with_rates(table: pd.DataFrame) -> pd.DataFrame:
    low, high = poisson_interval(table["count"], table["basis"])
    return table.assign(
        per_10k=table["count"].astype("Float64") / table["exposure"],
        per_10k_low=low / table["exposure"],
        per_10k_high=high / table["exposure"],
    )


def size_classes(vocabulary: Vocabulary, inhabitants: pd.Series) -> pd.Series:
    """Size class of each gemeente, by `reference/size_classes.csv`: its size peers share one."""
    rows = vocabulary.reference("size_classes")
    edges = [*(float(row["from_inhabitants"]) for row in rows), np.inf]
    found = pd.cut(inhabitants, edges, right=False, labels=[row["code"] for row in rows])
    return found.astype("str")


def limits(expected: NDArray[np.float64], alpha: float, rounding: Any = 0.0) -> Limits:
    """Limits of observed / expected under chance alone.

    A count is outside them exactly when its own Garwood interval leaves out the expected number
    (Poisson quantiles, continued between whole numbers).
    """
    low = pdtrik(alpha / 2, expected)
    high = pdtrik(1 - alpha / 2, expected) + 1
    reach = norm.ppf(1 - alpha / 2) * np.sqrt(rounding)
    low, high = (
        expected - np.hypot(expected - low, reach),
        expected + np.hypot(high - expected, reach),
    )
    return np.maximum(low, 0.0) / expected, high / expected


def usual_limits(
    expected: NDArray[np.float64], tau2: float, alpha: float, rounding: Any = 0.0
) -> Limits:
    """Limits of observed / expected that allow for what gemeenten usually differ; missing as `tau2`
    is.

    Never narrower than those of chance: the root is only nearly exact for small counts.
    """
    low, high = limits(expected, alpha, rounding)
    by_chance = (1 + rounding / expected) / (4 * expected)
    reach = norm.ppf(1 - alpha / 2) * np.sqrt(by_chance + tau2)
    return np.minimum(low, np.maximum(1 - reach, 0) ** 2), np.maximum(high, (1 + reach) ** 2)


def overdispersion(of: Frame, per_period: pd.DataFrame, received: pd.DataFrame) -> pd.DataFrame:
    """Estimate how much more gemeenten differ than chance and rounding make them differ.

    One row: `area` (the district), `gemeenten`, `phi` (1 is chance alone), `tau2` (variance of
    √(count / expected) between gemeenten); both missing with fewer than `FEWEST_GEMEENTEN`.
    """
    table = compared(of, per_period, per_period, received)
    basis = int(table["basis"].max()) if len(table) else 1
    found = dispersion(table["count"], table["expected"], basis)
    return found.assign(area=of.vocabulary.district.slug)[["area", "gemeenten", "phi", "tau2"]]


def dispersion(counts: pd.Series, expected: pd.Series, basis: int = 1) -> pd.DataFrame:
    """Estimate how much more gemeenten differ than chance makes them differ (Spiegelhalter 2005).

    The outer tenth on each side is drawn in: with fourteen gemeenten that makes the variance too
    small by about half, and the 95 % limits then hold about 90 %.

    One row: `gemeenten`, `phi`, `tau2`, as `overdispersion`.
    """
    expect = expected.to_numpy(dtype=np.float64)
    weights = 4 * expect / (1 + rounding_variance(basis) / np.maximum(expect, 1.0))
    differences = np.sqrt(counts.to_numpy(dtype=np.float64)) - np.sqrt(expect)
    z = differences / np.sqrt(expect / weights)
    found = (np.nan, np.nan)
    if len(z) >= FEWEST_GEMEENTEN:
        found = spread(np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED])), weights)
    return pd.DataFrame([(len(z), *found)], columns=["gemeenten", "phi", "tau2"])


def spread(z: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Dispersion of standardised differences, and the variance between units behind it, at least 0.

    Method of moments (DerSimonian and Laird 1986); `weights` are one over the variance by chance.
    """
    n, total = len(z), weights.sum()
    phi = float(np.mean(z**2))
    tau2 = (n * phi - (n - 1)) / (total - (weights**2).sum() / total)
    return phi, max(0.0, float(tau2))
