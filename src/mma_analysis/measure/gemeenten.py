"""What everybody has of the course, fitted once, and the own course of each gemeente."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import norm

from mma_analysis.measure import rates
from mma_analysis.measure.course import (
    CLOSE,
    FEWEST_FREE,
    MOST_STEPS,
    Course,
    Floats,
    Totals,
    fitted,
    totals,
    with_time,
)
from mma_analysis.measure.frame import HALF, WHOLE, YEAR, Frame

FEWEST_MONTHS = 18  # with less a season cannot be told from a trend
LARGEST, POINTS = 1.5, 61  # of the standard deviation between gemeenten, on the scale of the log
SCALE, SMALL_SCALE = 0.5, 0.25  # of the half-normal prior: of estimates, and of the mean square
NOTHING = (np.nan, np.nan, np.nan)
TAILS = (0.5, (1 - rates.LEVEL) / 2, (1 + rates.LEVEL) / 2)


@dataclass(frozen=True)
class Cells:
    """Counts of one gemeente that cut its time up."""

    counts: Floats
    months: Floats  # which month is in which
    rounding: Floats  # the variance of each


@dataclass(frozen=True)
class Baseline:
    """What everybody has, fitted once."""

    of: Frame
    per_period: pd.DataFrame
    course: Course | None
    cells: Mapping[str, Cells]
    noise: pd.Series  # the dispersion of each area

    @property
    def trend(self) -> Course | None:
        """The course, when there is time enough to see a trend."""
        is_long = self.course is not None and len(self.course.given.months) >= FEWEST_MONTHS
        return self.course if is_long else None


def baseline(of: Frame, counts: pd.DataFrame) -> Baseline:
    """Fit what everybody has: `counts` as they are released."""
    per_period, given = with_time(of, counts), totals(of, counts)
    course = fitted(given, given.trend()) if given else None
    cells = cells_of(of, per_period, course.given) if course else {}
    noise = pd.Series(1.0, [*of.delivered, of.district])
    if course is not None:
        noise.update(pd.Series(dispersions(course, cells)))
        noise[of.district] = course.dispersion
    return Baseline(of, per_period, course, cells, noise)


def dispersions(course: Course, cells: Mapping[str, Cells]) -> dict[str, float]:
    """Per gemeente: what its cells show, and what a noise of months of this size would give it."""
    given, means = course.given, course.means
    # Rounding varies as it does: only what chance has a part in can be more than chance.
    number = len(given.months)
    rounding = np.broadcast_to(given.rounding, (number, number))
    variance = means.sum() + np.trace(rounding)
    noise = max(0.0, course.misfit / course.free - 1) * variance / (means**2).sum()
    misfit, free, by_chance = 0.0, 0, 0.0
    for slug, own in cells.items():
        part = own.months @ means[given.levels.index(slug)]
        part = part / part.sum()
        expected = part * own.counts.sum()
        variance = expected + own.rounding
        misfit += float(((own.counts - expected) ** 2 / variance).sum())
        free += len(expected) - 1
        by_chance += float(((1 - part) * expected / variance).sum())
    of_cells = max(1.0, 1 + (misfit - free) / by_chance) if free >= FEWEST_FREE else 1.0
    return {
        slug: max(of_cells, 1 + noise * float((mean**2).sum() / mean.sum()))
        for slug, mean in zip(given.levels, means, strict=True)
    }


def cells_of(of: Frame, per_period: pd.DataFrame, given: Totals) -> dict[str, Cells]:
    """Gemeente → its half years, or years when a half is not shown; of one cell alone none."""
    basis = of.edition.bescherming.basis
    is_told = per_period["count"].notna() & per_period["state"].eq("shown")
    shown, cells = per_period[is_told & per_period["connected_months"].gt(0)], {}
    for slug in (slug for slug in of.delivered if slug in given.levels):
        connected = given.time[given.levels.index(slug)] > 0
        for kind in (HALF, YEAR):
            longer = given.months[kind]
            needed = set(longer[connected])
            rows = shown[shown["area"].eq(slug) & shown["period"].isin(needed)]
            rows = rows[rows["kind"] == kind]
            if len(needed) > 1 and len(rows) == len(needed):
                counts = rows["count"].to_numpy(dtype="float64")
                months = np.array([longer == period for period in rows["period"]]) & connected
                rounding = rates.rounding_variance(rows["off"], basis, counts)
                cells[slug] = Cells(counts, months, rounding)
                break
    return cells


# --- the own course of a gemeente ----------------------------------------------------------------


def gemeente_trends(baseline: Baseline, per_period: pd.DataFrame) -> pd.DataFrame:
    """The yearly change of each gemeente, by its own counts (`per_period`) beside what all have."""
    of = baseline.of
    course = baseline.trend
    rows = []
    passes = []
    may_name = True
    if course is not None:
        # Once more with what the first months after connection had beside later ones.
        columns, early = course.given.start_up()
        start_up = fitted(course.given, course.given.trend() | columns, early)
        whose = cells_of(of, per_period, course.given), baseline.cells
        for by in (0.0, start_up.on_months(columns) if start_up else 0.0):
            passes.append([slopes(course, cells, baseline.noise, by) for cells in whose])
        may_name = not _is_start_up(course, start_up)
    counts = per_period[per_period["kind"] == WHOLE].set_index("area")["count"]
    for slug in of.delivered:
        # What everybody has of others, then that of this gemeente, if any.
        both = [
            pd.concat([public.drop(slug, errors="ignore"), own[own.index == slug]])
            for own, public in passes
        ]
        said: tuple[Any, ...] = (*NOTHING, rates.CANNOT_TELL)
        if both and pd.notna(counts.get(slug)) and counts[slug] and len(both[0]) > 1:
            has_own = slug in both[0].index
            said = _trend_of([one.to_numpy() for one in both], has_own, may_name)
        rows.append((slug, *said))
    return pd.DataFrame(rows, columns=["area", "change", "low", "high", "verdict"])


def _is_start_up(course: Course, start_up: Course | None) -> bool:
    """Whether a change in the district may be its start-up: then no gemeente is named."""
    _, low, high = course.ratio("year")
    said = rates.verdict(low, high)
    if said not in (rates.MORE, rates.FEWER):
        return False
    if start_up is None:
        return True
    _, low, high = start_up.ratio("year")
    return rates.verdict(low, high) != said


def slopes(
    course: Course, cells: Mapping[str, Cells], noise: pd.Series, by: Floats | float = 0.0
) -> pd.DataFrame:
    """The own yearly `change` (log) of gemeenten, beside the season and `by`; its `variance`."""
    given = course.given
    weights = given.time * np.exp(course.on_months(given.seasons()) + by)
    rows = {
        slug: slope(own, weights[given.levels.index(slug)], given.year, float(noise[slug]))
        for slug, own in cells.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["change", "variance"])


def slope(cells: Cells, weights: Floats, year: Floats, phi: float = 1.0) -> tuple[float, float]:
    """The yearly change of one gemeente (log) and its variance, multinomial given their sum.

    `weights`: what would come in per month without it. Half a unit for each keeps it finite.
    """
    flat = cells.months @ weights
    counts = cells.counts + len(flat) * flat / flat.sum() / 2
    change, information, off = 0.0, 1.0, np.zeros(len(flat))
    for _ in range(MOST_STEPS):
        of_months = weights * np.exp(change * year)
        expected = cells.months @ of_months
        years = cells.months @ (of_months * year) / expected
        off = years - expected @ years / expected.sum()
        information = float(counts.sum() * (expected / expected.sum()) @ off**2)
        step = float(counts @ off) / information
        change += float(np.clip(step, -2.0, 2.0))
        if abs(step) < CLOSE:
            break
    by_chance = phi / (information * cells.counts.sum() / counts.sum())
    return change, by_chance + float(cells.rounding @ off**2) / information**2


def _trend_of(passes: list[Floats], has_own: bool, may_name: bool) -> tuple[Any, ...]:
    """The change of one gemeente: its own when that is named, else drawn to the others."""

    def changes(*logs: float) -> list[float]:
        return [round(float(np.exp(log)) - 1, 2) for log in logs]

    if has_own and may_name:
        first, second = (2 * ndtr(-np.abs(b) / np.sqrt(v)) for b, v in (one.T for one in passes))
        (change, variance), (again, _) = (one[-1] for one in passes)
        is_named, level = rates.named(first)
        if is_named[-1] and second[-1] < 1 - rates.LEVEL and change * again > 0:
            reach = norm.ppf((1 + level) / 2) * np.sqrt(variance)
            said = rates.MORE if change > 0 else rates.FEWER
            return *changes(change, change - reach, change + reach), said
    place = len(passes[0]) - 1 if has_own else None
    drawn = [Between(*one.T).shrunken(place, TAILS) for one in passes]
    low, high = min(one[1] for one in drawn), max(one[2] for one in drawn)
    change, low, high = changes(drawn[0][0], low, high)
    # Of an estimate that is drawn to others nobody is named.
    return change, low, high, rates.verdict(1 + low, 1 + high, is_named=False)


class Between:
    """Posterior, on a grid, of how much units differ: half-normal prior, flat on their mean."""

    def __init__(self, values: Floats, variances: Floats, scale: float = SCALE) -> None:
        self.values, self.variances = values, variances
        grid = np.linspace(0.0, LARGEST, POINTS)
        each = 1 / (variances + grid[:, None] ** 2)
        self.tau2, self.total = grid**2, each.sum(axis=1)
        self.mean = (each * values).sum(axis=1) / self.total
        log = -(grid**2) / (2 * scale**2) + 0.5 * np.log(each).sum(axis=1)
        log += -0.5 * np.log(self.total) - 0.5 * (each * (values - self.mean[:, None]) ** 2).sum(1)
        weights = np.exp(log - log.max())
        weights[[0, -1]] /= 2  # the trapezium rule
        self.weights = weights / weights.sum()

    def mean_square(self) -> float:
        """Posterior mean of the variance between units."""
        return float((self.tau2 * self.weights).sum())

    def shrunken(self, unit: int | None, tails: tuple[float, ...]) -> list[float]:
        """Quantiles of one unit, drawn to the others; of None, a unit that says nothing itself."""
        middle, variance = self.mean, self.tau2 + 1 / self.total
        if unit is not None:
            chance = self.variances[unit]
            part = self.tau2 / (self.tau2 + chance)
            middle = self.mean + part * (self.values[unit] - self.mean)
            variance = part * chance + (1 - part) ** 2 / self.total
        error = np.sqrt(variance)
        low, high = (middle - 9 * error).min(), (middle + 9 * error).max()

        def below(value: float, tail: float) -> float:
            return float((self.weights * ndtr((value - middle) / error)).sum()) - tail

        return [float(brentq(below, low, high, args=(tail,))) for tail in tails]
