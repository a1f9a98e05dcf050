"""What everybody has of the course, fitted once, and the own course of each gemeente."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mma_analysis.measure import rates
from mma_analysis.measure.course import (
    CLOSE,
    FEWEST_FREE,
    MOST_STEPS,
    Course,
    Floats,
    Ratio,
    Totals,
    fitted,
    totals,
    with_time,
)
from mma_analysis.measure.frame import DAYS_PER_MONTH, HALF_YEAR, WHOLE, YEAR, Frame
from mma_analysis.measure.random_effects import RandomEffects
from mma_analysis.vocabulary.value import TAKES_BACK

FEWEST_MONTHS_OF_TREND = 18  # with less a season cannot be told from a trend
DAYS_OF_YEAR = 365  # that a gemeente counts: of fewer there is no change per year
LONGEST_STEP = 2.0  # of a search, on the scale of the logarithm
UNCLEAR = Ratio(np.nan, np.nan, np.nan)  # a change of which nothing can be said
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
    dispersion: pd.Series  # of each area

    @property
    def trend(self) -> Course | None:
        """The course, when there is time enough to see a trend."""
        if self.course is None:
            return None
        months = len(self.course.given.months)
        if months < FEWEST_MONTHS_OF_TREND:
            return None
        return self.course


def baseline(of: Frame, counts: pd.DataFrame) -> Baseline:
    """Fit what everybody has: `counts` as they are released."""
    per_period = with_time(of, counts)
    dispersion = pd.Series(1.0, [*of.delivered, of.district])
    given = totals(of, counts)
    course = None
    if given is not None:
        course = fitted(given, given.trend())
    if course is None:
        return Baseline(of, per_period, None, {}, dispersion)

    cells = cells_of(of, per_period, course.given)
    of_gemeenten = pd.Series(dispersions(course, cells))
    dispersion.update(of_gemeenten)
    dispersion[of.district] = course.dispersion
    return Baseline(of, per_period, course, cells, dispersion)


def dispersions(course: Course, cells: Mapping[str, Cells]) -> dict[str, float]:
    """φ per gemeente: what its cells show, and what that of months gives one of its size.

    φ_g = max(φ_cells, 1 + α Σ_k m_gk² / Σ_k m_gk)

    α is by how much months vary more than by chance, in squares of what is expected.
    """
    of_cells = _dispersion_of_cells(course, cells)
    alpha = _noise_of_months(course)
    found = {}
    for slug, means in zip(course.given.levels, course.means, strict=True):
        squares = (means**2).sum()
        of_months = 1 + alpha * float(squares / means.sum())
        found[slug] = max(of_cells, of_months)
    return found


def _noise_of_months(course: Course) -> float:
    """α = (Q / df − 1) Σ m / Σ m².

    Rounding varies as it does: only what chance has a part in can be more than chance.
    """
    given = course.given
    number = len(given.months)
    rounding = np.broadcast_to(given.rounding, (number, number))
    variance = course.means.sum() + np.trace(rounding)
    squares = (course.means**2).sum()
    phi = course.misfit / course.free
    excess = max(0.0, phi - 1)
    return float(excess * variance / squares)


def _dispersion_of_cells(course: Course, cells: Mapping[str, Cells]) -> float:
    """How much more cells of gemeenten vary than by chance, beside the course (Pearson).

    φ = 1 + (X² − df) / C,    X² = Σ (c − μ)² / (μ + R),    C = Σ (1 − p) μ / (μ + R)

    of a gemeente with n in its cells: μ = n p, and R is the variance of rounding.
    """
    misfit = 0.0
    free = 0
    by_chance = 0.0
    for slug, own in cells.items():
        place = course.given.levels.index(slug)
        of_cells = own.months @ course.means[place]
        part = of_cells / of_cells.sum()
        expected = part * own.counts.sum()
        variance = expected + own.rounding
        residuals = own.counts - expected
        squares = residuals**2 / variance
        chances = (1 - part) * expected / variance

        misfit += float(squares.sum())
        by_chance += float(chances.sum())
        free += len(expected) - 1
    if free < FEWEST_FREE:
        return 1.0
    excess = (misfit - free) / by_chance
    return max(1.0, 1 + excess)


def cells_of(of: Frame, per_period: pd.DataFrame, given: Totals) -> dict[str, Cells]:
    """Gemeente → its half years, or years when a half is not shown; of one alone none."""
    has_count = per_period["count"].notna()
    is_shown = per_period["state"] == "shown"
    is_connected = per_period["connected_months"] > 0
    shown = per_period[has_count & is_shown & is_connected]
    cells = {}
    for slug in of.delivered:
        if slug not in given.levels:
            continue
        own = shown[shown["area"] == slug]
        is_month = given.time[given.levels.index(slug)] > 0
        for kind in (HALF_YEAR, YEAR):
            of_kind = own[own["kind"] == kind]
            found = _cells(of_kind, given.months[kind], is_month, of)
            if found is not None:
                cells[slug] = found
                break
    return cells


def _cells(
    shown: pd.DataFrame, period_of: pd.Series, is_month: np.ndarray, of: Frame
) -> Cells | None:
    """The cells of one kind, when all that hold a connected month are shown.

    `shown`: the rows of one gemeente and kind. `period_of`: of each month.
    """
    needed = set(period_of[is_month])
    rows = shown[shown["period"].isin(needed)]
    if len(needed) < 2 or len(rows) < len(needed):
        return None
    counts = rows["count"].to_numpy(dtype="float64")
    of_each = [period_of == period for period in rows["period"]]
    months: Any = np.array(of_each) & is_month
    basis = of.edition.bescherming.basis
    rounding = rates.rounding_variance(rows["off"], basis, counts)
    return Cells(counts, months, rounding)


# --- the own course of a gemeente ---------------------------------------------------------


def gemeente_trends(
    baseline: Baseline, per_period: pd.DataFrame, trend: pd.DataFrame
) -> pd.DataFrame:
    """The yearly change of each gemeente, by its own counts beside what all have.

    `per_period`: those counts. `trend`: what is said of all together. Who is named has its
    own change; what others have is drawn to that of all, and is never surer than that. Who
    is connected for less than a year has none: `too_short`.
    """
    whole = Whole.of(trend)
    of = baseline.of
    course = baseline.trend
    passes = []
    may_name = False
    if course is not None:
        started = _started(course)
        passes = _passes(baseline, course, started, per_period)
        may_name = not _may_be_start_up(course, started)

    is_whole = per_period["kind"] == WHOLE
    received = per_period[is_whole].set_index("area")
    rows = []
    for slug in of.delivered:
        count = received["count"].get(slug)
        has_count = pd.notna(count) and count
        months = received["connected_months"].get(slug)
        if _is_too_short(months):
            of_gemeente = ChangeOfGemeente(UNCLEAR, rates.TOO_SHORT)
        elif passes and has_count:
            of_gemeente = _change_of(str(slug), passes, may_name, whole)
        else:
            of_gemeente = ChangeOfGemeente(UNCLEAR, rates.CANNOT_TELL)
        row = {
            "area": slug,
            "change": of_gemeente.change.ratio,
            "low": of_gemeente.change.low,
            "high": of_gemeente.change.high,
            "verdict": of_gemeente.verdict,
        }
        rows.append(row)
    return pd.DataFrame(rows, columns=["area", "change", "low", "high", "verdict"])


def _is_too_short(months: float | None) -> bool:
    """Whether these months that a gemeente counts are less than a year."""
    if months is None or pd.isna(months):
        return False
    return round(months * DAYS_PER_MONTH) < DAYS_OF_YEAR


@dataclass(frozen=True)
class Whole:
    """What is said of all together: whether a change can be seen, and how wide it is."""

    is_seen: bool
    width: float  # from its middle to an end, on the scale of the logarithm

    @classmethod
    def of(cls, trend: pd.DataFrame) -> "Whole":
        """By the row of the district. When it is taken back, nothing is seen."""
        row = trend.iloc[0]
        is_said = row["verdict"] != rates.CANNOT_TELL
        is_seen = is_said and row["qualifier"] not in TAKES_BACK
        ends = trend[["low", "high"]].astype("float64").iloc[0]
        width = np.log1p(ends["high"]) - np.log1p(ends["low"])
        return cls(is_seen, float(width) / 2)


@dataclass(frozen=True)
class ChangeOfGemeente:
    """The yearly change of a gemeente with its limits, and what may be said of it."""

    change: Ratio
    verdict: str


@dataclass(frozen=True)
class _Pass:
    """The slopes of all gemeenten: by their own counts, and by those that everybody has."""

    own: pd.DataFrame
    public: pd.DataFrame

    def beside(self, slug: str) -> pd.DataFrame:
        """What everybody has of others, then that of this gemeente itself, if any."""
        others = self.public.drop(slug, errors="ignore")
        itself = self.own[self.own.index == slug]
        return pd.concat([others, itself])


def _started(course: Course) -> Course | None:
    """The course with the first months after a connection apart."""
    columns, early = course.given.start_up()
    every = course.given.trend() | columns
    return fitted(course.given, every, early)


def _passes(
    baseline: Baseline,
    course: Course,
    started: Course | None,
    per_period: pd.DataFrame,
) -> list[_Pass]:
    """The slopes, and once more with the first months after a connection apart.

    What these had more or fewer is expected then.
    """
    own = cells_of(baseline.of, per_period, course.given)
    nothing = np.zeros(course.given.time.shape)
    at_first = nothing
    if started is not None:
        early, _ = course.given.start_up()
        at_first = started.on_months(early)

    passes = []
    for more in (nothing, at_first):
        one = _Pass(
            own=slopes(course, own, baseline.dispersion, more),
            public=slopes(course, baseline.cells, baseline.dispersion, more),
        )
        passes.append(one)
    return passes


def _may_be_start_up(course: Course, started: Course | None) -> bool:
    """Whether a change in the district may be its start-up: then no gemeente is named."""
    change = course.ratio("year")
    verdict = rates.verdict(change.low, change.high)
    if verdict not in (rates.MORE, rates.FEWER):
        return False
    if started is None:
        return True
    change_apart = started.ratio("year")
    verdict_apart = rates.verdict(change_apart.low, change_apart.high)
    return verdict_apart != verdict


def slopes(
    course: Course,
    cells: Mapping[str, Cells],
    dispersion: pd.Series,
    more: Floats | float = 0.0,
) -> pd.DataFrame:
    """The own yearly `change` (log) of gemeenten, beside the season, and its `variance`.

    `more`: what each level and month is expected to have more, on the scale of the log.
    """
    given = course.given
    season = course.on_months(given.seasons())
    weights = given.time * np.exp(season + more)
    rows = {}
    for slug, own in cells.items():
        place = given.levels.index(slug)
        phi = float(dispersion[slug])
        rows[slug] = slope(own, weights[place], given.year, phi)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["change", "variance"])


def slope(
    cells: Cells,
    weights: Floats,
    year: Floats,
    phi: float = 1.0,
) -> tuple[float, float]:
    """The yearly change b of one gemeente (log) and its variance, given the sum.

    The counts in its cells are multinomial then:

    p_j(b) ∝ Σ_{k in j} w_k exp(b y_k)      c_j = n_j + J p_j(0) / 2
    score = Σ c_j (ȳ_j − ȳ)                 information = Σ c Σ p_j (ȳ_j − ȳ)²

    `weights`: what would come in per month without it. Half a unit for each of J cells
    keeps b finite (Haldane 1956).
    """
    without = cells.months @ weights
    half_each = len(without) / 2 * without / without.sum()
    counts = cells.counts + half_each
    total = counts.sum()

    change = 0.0
    information = 1.0
    off_mean = np.zeros(len(without))
    for _ in range(MOST_STEPS):
        of_months = weights * np.exp(change * year)
        expected = cells.months @ of_months
        part = expected / expected.sum()
        years = cells.months @ (of_months * year) / expected
        off_mean = years - part @ years
        information = float(total * part @ off_mean**2)
        score = float(counts @ off_mean)
        step = score / information
        change += float(np.clip(step, -LONGEST_STEP, LONGEST_STEP))
        if abs(step) < CLOSE:
            break

    of_counts = information * cells.counts.sum() / total
    by_chance = phi / of_counts
    by_rounding = float(cells.rounding @ off_mean**2) / information**2
    return change, by_chance + by_rounding


def _change_of(
    slug: str, passes: list[_Pass], may_name: bool, whole: Whole
) -> ChangeOfGemeente:
    """The change of one gemeente: its own when it is named, else drawn to the others."""
    first, second = [one.beside(slug) for one in passes]
    if len(first) < 2:
        return ChangeOfGemeente(UNCLEAR, rates.CANNOT_TELL)
    has_own = slug in first.index
    if has_own and may_name:
        own = _named(first, second)
        if own is not None:
            return own
    if np.isnan(whole.width):
        return ChangeOfGemeente(UNCLEAR, rates.CANNOT_TELL)
    return _drawn(first, second, has_own, whole)


def _named(first: pd.DataFrame, second: pd.DataFrame) -> ChangeOfGemeente | None:
    """Its own change (the last row), when it is named, with the interval of who is."""
    own = first.iloc[-1]
    change = float(own["change"])
    change_again = float(second["change"].iloc[-1])
    are_named, level = rates.surviving(_chances(first))
    is_named = are_named[-1]
    chance_again = _chances(second)[-1]
    is_seen_again = chance_again < 1 - rates.LEVEL
    has_same_sign = change * change_again > 0
    if not (is_named and is_seen_again and has_same_sign):
        return None

    error = float(np.sqrt(own["variance"]))
    margin = norm.ppf((1 + level) / 2) * error
    ends = np.exp([change, change - margin, change + margin])
    verdict = rates.MORE if change > 0 else rates.FEWER
    return ChangeOfGemeente(as_change(Ratio(*ends)), verdict)


def _chances(slopes: pd.DataFrame) -> Floats:
    """How likely so large a change is by chance, of each."""
    error = np.sqrt(slopes["variance"])
    z = slopes["change"].abs() / error
    beyond: Any = norm.sf(z.to_numpy())
    return 2 * beyond


def _drawn(
    first: pd.DataFrame, second: pd.DataFrame, has_own: bool, whole: Whole
) -> ChangeOfGemeente:
    """The change of the last row, drawn to all others; without an own one, of any other.

    The interval is that of both passes together. Nobody is named by it, and where all
    together do not see whether they change, neither does one of them.
    """
    last = len(first) - 1
    place = last if has_own else None
    drawn = []
    for slopes_of_pass in (first, second):
        effects = RandomEffects(
            values=slopes_of_pass["change"].to_numpy(),
            variances=slopes_of_pass["variance"].to_numpy(),
        )
        of_pass = Ratio(*effects.shrunken(place, TAILS))
        drawn.append(_as_unsure_as(whole, of_pass, effects))

    middle = drawn[0].ratio
    low = min(one.low for one in drawn)
    high = max(one.high for one in drawn)
    ends = np.exp([middle, low, high])
    change = as_change(Ratio(*ends))
    verdict = rates.CANNOT_TELL
    if whole.is_seen:
        verdict = rates.verdict(1 + change.low, 1 + change.high, is_named=False)
    return ChangeOfGemeente(change, verdict)


def _as_unsure_as(whole: Whole, drawn: Ratio, effects: RandomEffects) -> Ratio:
    """The same with ends as far apart as what all have in common allows (logarithms).

    end = middle ± √(d² + max(0, w² − z² var(μ)))

    d is how far the end was, w the width of all together. Waves through the district, its
    start-up and its last quarter are in w, and no slope of a gemeente shows them.
    """
    z = norm.ppf((1 + rates.LEVEL) / 2)
    of_slopes = z**2 * effects.variance_of_mean()
    unseen = max(0.0, whole.width**2 - of_slopes)
    middle = drawn.ratio
    below = np.hypot(middle - drawn.low, np.sqrt(unseen))
    above = np.hypot(drawn.high - middle, np.sqrt(unseen))
    return Ratio(middle, float(middle - below), float(middle + above))


def as_change(ratio: Ratio) -> Ratio:
    """How much more a factor makes, as it is printed: 0.05 is +5 %."""
    changes = [round(float(end) - 1, 2) for end in ratio]
    return Ratio(*changes)
