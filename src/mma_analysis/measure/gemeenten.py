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
from mma_analysis.measure.frame import HALF, MONTH, SHORT_START_UP, WHOLE, YEAR, Frame

Slopes = dict[str, tuple[float, float]]  # gemeente → yearly change (log), and its variance
FEWEST_MONTHS = 18  # with less a season cannot be told from a trend
LARGEST, POINTS = 1.5, 61  # of the standard deviation between gemeenten, on the scale of the log
SCALE, SMALL_SCALE = 0.5, 0.25  # of the half-normal prior: of estimates, and of the mean square
NOTHING = (np.nan, np.nan, np.nan)
TAILS = (0.5, (1 - rates.LEVEL) / 2, (1 + rates.LEVEL) / 2)


@dataclass(frozen=True)
class Cells:
    """Counts of one gemeente that cut its time up: `months` says which month is in which."""

    counts: Floats
    months: Floats
    rounding: Floats


@dataclass(frozen=True)
class Baseline:
    """What everybody has, fitted once: the `course` with a trend and a season.

    `per_period`: the released totals with their time; `given`: what the course is fitted to;
    `cells`: of each gemeente; `noise`: how much more counts of an area vary than by chance.
    """

    of: Frame
    per_period: pd.DataFrame
    given: Totals | None
    course: Course | None
    cells: Mapping[str, Cells]
    noise: pd.Series

    @property
    def trend(self) -> tuple[Totals, Course] | None:
        """The totals and the course, when there is time enough to see a trend."""
        if self.given is None or self.course is None or len(self.given.months) < FEWEST_MONTHS:
            return None
        return self.given, self.course


def baseline(of: Frame, counts: pd.DataFrame) -> Baseline:
    """Fit what everybody has: `counts` as they are released."""
    per_period, given = with_time(of, counts), totals(of, counts)
    course = fitted(given, given.trend()) if given else None
    cells = cells_of(of, per_period, given) if given else {}
    noise = pd.Series(1.0, [*of.delivered, of.district])
    if given is not None and course is not None:
        noise.update(pd.Series(dispersions(given, course, cells)))
        noise[of.district] = course.dispersion
    return Baseline(of, per_period, given, course, cells, noise)


def dispersion(baseline: Baseline) -> pd.DataFrame:
    """How much more the counts of each area vary than by chance (1), the district last."""
    return baseline.noise.rename("dispersion").rename_axis("area").reset_index()


def dispersions(given: Totals, course: Course, cells: Mapping[str, Cells]) -> dict[str, float]:
    """Per gemeente: what its cells show, and what a noise of months of this size would give it."""
    means = course.means
    # Rounding varies as it does: only what chance has a part in can be more than chance.
    variance = means.sum() + given.rounding * len(given.months)
    noise = max(0.0, course.misfit / course.free - 1) * variance / (means**2).sum()
    misfit, free, by_chance = 0.0, 0, 0.0
    for slug, own in cells.items():
        expected = own.months @ means[given.levels.index(slug)]
        expected = expected * own.counts.sum() / expected.sum()
        is_there = expected > 0
        variance = (expected + own.rounding)[is_there]
        misfit += float(((own.counts - expected)[is_there] ** 2 / variance).sum())
        free += int(is_there.sum()) - 1
        part = expected[is_there] / expected.sum()
        by_chance += float(((1 - part) * expected[is_there] / variance).sum())
    of_cells = max(1.0, 1 + (misfit - free) / by_chance) if free >= FEWEST_FREE else 1.0
    return {
        slug: max(of_cells, 1 + noise * float((mean**2).sum() / mean.sum()))
        for slug, mean in zip(given.levels, means, strict=True)
    }


def cells_of(of: Frame, per_period: pd.DataFrame, given: Totals) -> dict[str, Cells]:
    """Gemeente → its half years, or years when a half is not shown; of one cell alone none."""
    is_told = per_period["count"].notna() & per_period["state"].eq("shown")
    shown, cells = per_period[is_told & per_period["connected_months"].gt(0)], {}
    for slug in (slug for slug in of.delivered if slug in given.levels):
        connected = given.time[given.levels.index(slug)] > 0
        for kind in (HALF, YEAR):
            longer = of.longer(MONTH, kind).reindex(given.months["period"])
            needed = set(longer[connected])
            rows = shown[shown["area"].eq(slug) & shown["kind"].eq(kind)]
            rows = rows[rows["period"].isin(needed)]
            if len(needed) > 1 and needed <= set(rows["period"]):
                counts = rows["count"].to_numpy(dtype="float64")
                months = np.array([longer == period for period in rows["period"]]) & connected
                cells[slug] = Cells(counts, months, rates.rounding_variance(rows["basis"], counts))
                break
    return cells


def gemeente_trends(
    baseline: Baseline, per_period: pd.DataFrame, trend: pd.DataFrame
) -> pd.DataFrame:
    """Estimate the yearly change of each gemeente that delivered (indicator `gemeente_trend`).

    A gemeente is named (`more`, `fewer`) by its own counts alone; of all others the estimate is
    drawn to those of other gemeenten, so that few counts say something too. `per_period`: the
    counts of the gemeente itself, beside what everybody has of others; `trend`: of the district.
    """
    of, rows, passes = baseline.of, [], []
    if baseline.trend is not None:
        given, course = baseline.trend
        cells = cells_of(of, per_period, given), baseline.cells
        for by in (0.0, _start_up(given, course)):
            passes.append([slopes(baseline, whose, by) for whose in cells])
    # What the district cannot tell from its start-up, no gemeente can.
    may_name = trend["qualifier"].iloc[0] != "start_up"
    counts = per_period[per_period["kind"] == WHOLE].set_index("area")["count"]
    for slug in of.delivered:
        both = [_beside_others(slug, *one) for one in passes]
        if not passes or pd.isna(counts.get(slug)) or counts[slug] == 0 or len(both[0]) < 2:
            rows.append((slug, *NOTHING, rates.CANNOT_TELL))
        else:
            rows.append((slug, *_trend_of(slug in passes[0][0], both, may_name)))
    return pd.DataFrame(rows, columns=["area", "change", "low", "high", "verdict"])


def slopes(baseline: Baseline, cells: Mapping[str, Cells], by: Floats | float = 0.0) -> Slopes:
    """The own yearly change of gemeenten with cells, beside the season of all, and its variance.

    `by`: what else is known of months (levels × months, on the scale of the logarithm).
    """
    if baseline.trend is None:
        return {}
    given, course = baseline.trend
    known = dict(zip(course.columns, course.coefficients, strict=True))
    season = sum((known[name] * values for name, values in given.seasons().items()), np.zeros(1))
    weights = given.time * np.exp(season + by)
    return {
        slug: slope(own, weights[given.levels.index(slug)], given.year, float(baseline.noise[slug]))
        for slug, own in cells.items()
        if own.counts.sum() > 0
    }


def slope(cells: Cells, weights: Floats, year: Floats, phi: float = 1.0) -> tuple[float, float]:
    """The yearly change of one gemeente, on the scale of the logarithm, and its variance.

    Multinomial, given the sum of its cells; half a unit for each keeps it finite. `weights`: what
    would come in without a change, per month; `year`: of the middle of each.
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


def _start_up(given: Totals, base: Course) -> Floats:
    """What the first months after connection had beside later ones, on the scale of the log."""
    columns, rows = given.start_up(SHORT_START_UP)
    course = fitted(given, given.trend() | columns, rows) if columns else base
    known = dict(zip(course.columns, course.coefficients, strict=True)) if course else {}
    parts = (known.get(name, 0.0) * part for name, part in columns.items())
    return sum(parts, np.zeros(given.time.shape))


def _beside_others(slug: str, own: Slopes, public: Slopes) -> Floats:
    """Changes and variances: what everybody has of others, then that of this gemeente, if any."""
    others = [estimate for other, estimate in public.items() if other != slug]
    return np.array([*others, *([own[slug]] if slug in own else [])]).reshape(-1, 2)


def _trend_of(has_own: bool, passes: list[Floats], may_name: bool) -> tuple[Any, ...]:
    """The change of one gemeente: its own when that is named, else drawn to the others."""

    def changes(*logs: float) -> list[float]:
        return [round(float(np.exp(log)) - 1, 2) for log in logs]

    if has_own and may_name:
        first, second = (2 * ndtr(-np.abs(b) / np.sqrt(v)) for b, v in (one.T for one in passes))
        (change, variance), (again, _) = (one[-1] for one in passes)
        is_named = rates.named(first)
        if is_named[-1] and second[-1] < 1 - rates.LEVEL and change * again > 0:
            level = rates.level_of_named(is_named, len(is_named))
            reach = norm.ppf((1 + level) / 2) * np.sqrt(variance)
            said = rates.MORE if change > 0 else rates.FEWER
            return *changes(change, change - reach, change + reach), said
    place = len(passes[0]) - 1 if has_own else None
    drawn = [Between(*one.T).shrunken(place, TAILS) for one in passes]
    low, high = min(one[1] for one in drawn), max(one[2] for one in drawn)
    change, low, high = changes(drawn[0][0], low, high)
    # Of an estimate that is drawn to others nobody is named.
    return change, low, high, rates.verdict(1 + low, 1 + high, is_named=False)


@dataclass(frozen=True)
class Between:
    """Posterior, on a grid, of how much units differ: half-normal prior, flat on their mean."""

    values: Floats
    variances: Floats
    scale: float = SCALE

    def _given(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Per point: variance between units, mean, sum of the weights of units, its own weight."""
        grid = np.linspace(0.0, LARGEST, POINTS)
        each = 1 / (self.variances + grid[:, None] ** 2)
        total = each.sum(axis=1)
        mean = (each * self.values).sum(axis=1) / total
        log = -(grid**2) / (2 * self.scale**2) + 0.5 * np.log(each).sum(axis=1)
        log += -0.5 * np.log(total) - 0.5 * (each * (self.values - mean[:, None]) ** 2).sum(axis=1)
        weights = np.exp(log - log.max())
        weights[[0, -1]] /= 2  # the trapezium rule
        return grid**2, mean, total, weights / weights.sum()

    def mean_square(self) -> float:
        """Posterior mean of the variance between units."""
        tau2, *_, weights = self._given()
        return float((tau2 * weights).sum())

    def shrunken(self, unit: int | None, tails: tuple[float, ...]) -> list[float]:
        """Quantiles of one unit, drawn to the others; of None, a unit that says nothing itself."""
        tau2, mean, total, weights = self._given()
        if unit is None:
            middle, variance = mean, tau2 + 1 / total
        else:
            chance = self.variances[unit]
            part = tau2 / (tau2 + chance)
            middle = mean + part * (self.values[unit] - mean)
            variance = part * chance + (1 - part) ** 2 / total
        error = np.sqrt(variance)
        low, high = (middle - 9 * error).min(), (middle + 9 * error).max()

        def below(value: float, tail: float) -> float:
            return float((weights * ndtr((value - middle) / error)).sum()) - tail

        return [float(brentq(below, low, high, args=(tail,))) for tail in tails]
