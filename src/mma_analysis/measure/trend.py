"""What changes in the district: its trend, what that rests on, and the next year."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

from mma_analysis.measure.course import (
    Course,
    Floats,
    Ratio,
    Totals,
    design,
    fitted,
    persistence,
    season,
)
from mma_analysis.measure.frame import BEFORE_CONNECTION
from mma_analysis.measure.gemeenten import UNCLEAR, Baseline, as_change, slopes
from mma_analysis.measure.random_effects import SMALL_SCALE, RandomEffects
from mma_analysis.measure.rates import CANNOT_TELL, FEWER, MORE, NO_CHANGE, POWER, verdict

MONTHS_OF_YEAR = 12
LAST_MONTHS = 3  # of which what came in may not have been written down yet
LONG_START_UP = 12  # months since the connection
MONTHS_OF_LONG_START_UP = 48  # with less, a start-up of a year cannot be told from a trend
# Standard deviation of what months that may differ have more or fewer, as a logarithm.
EXPECTED = 0.3
# Of the ends of what a year may bring: beyond it nothing can be said of it.
LARGEST_RATIO = 4
WIDEST_CHANGE = 100  # of the ends of a change: beyond it these are no numbers for a reader
DECIDING = ("start_up", "last_quarter", "own_courses")
CHANGE_AND_ENDS = ["change", "low", "high"]


def shrunken(base: Course) -> Course | None:
    """The course where the first months after a connection, and the last three, may differ.

    Each by a factor of which the logarithm is expected to be N(0, 0.3²): it is hardly ever
    less than half or more than twice as many. What these months tell of a change is so much
    less that the interval holds in worlds with a slow start (`benchmarks/coverage.md`).
    """
    given = base.given
    columns, rows = given.start_up()
    columns["last"] = _last_months(given)
    prior = dict.fromkeys(columns, EXPECTED)
    trend = given.trend() | columns
    return fitted(given, trend, rows, base.widening, prior)


def trend_rows(baseline: Baseline) -> pd.DataFrame:
    """The yearly change within gemeenten, and again as if an `assumption` fails.

    0.05 is +5 %. `base` is the change as it is said. `decides`: it is only said when it
    holds in this row too. No row without a trend.
    """
    rows = []
    if baseline.trend is not None:
        of_own = _by_own_courses(baseline)
        for name, course in _courses(baseline.trend).items():
            more = of_own if name == "own_courses" else 0.0
            change = _change(course, more)
            row = {
                "assumption": name,
                "change": change.ratio,
                "low": change.low,
                "high": change.high,
                "verdict": verdict(1 + change.low, 1 + change.high),
                "decides": name in DECIDING,
            }
            rows.append(row)
    return pd.DataFrame(
        rows, columns=["assumption", *CHANGE_AND_ENDS, "verdict", "decides"]
    )


def _courses(base: Course) -> dict[str, Course | None]:
    """Assumption → the course without it."""
    given = base.given
    said = shrunken(base)
    last = {"last": _last_months(given)}
    courses = {
        "base": said,
        "start_up": _started(base),
        "start_up_year": _started(base, LONG_START_UP),
        "last_quarter": fitted(given, given.trend() | last),
        "own_courses": said,
    }
    if len(given.months) >= MONTHS_OF_LONG_START_UP:
        courses["start_up"] = courses.pop("start_up_year")
    return courses


def _by_own_courses(baseline: Baseline) -> float:
    """What own courses of gemeenten add to the variance of what they have in common.

    E(τ²) Σ_g w_g², of each gemeente its weight in the estimate.
    """
    course = baseline.trend
    if course is None:
        return 0.0
    own = slopes(course, baseline.cells, baseline.dispersion)
    if len(own) < 2:
        return 0.0
    effects = RandomEffects(
        own["change"].to_numpy(),
        own["variance"].to_numpy(),
        SMALL_SCALE,
    )
    squares = float((course.weights**2).sum())
    return effects.mean_square() * squares


def _last_months(given: Totals) -> Floats:
    """The months of which what came in may not have been written down yet."""
    months = len(given.months)
    is_last = np.arange(months) >= months - LAST_MONTHS
    return is_last.astype("float64")


def _started(base: Course, *until: int) -> Course | None:
    """The course with the first months after a connection apart."""
    columns, rows = base.given.start_up(*until)
    if not columns:
        return base
    trend = base.given.trend() | columns
    return fitted(base.given, trend, rows, base.widening)


def district_trend(baseline: Baseline, trend_rows: pd.DataFrame) -> pd.DataFrame:
    """One row: the yearly change within gemeenten.

    `qualifier`: the first deciding row in which a `more` or `fewer` is not said.
    `visible`: the least yearly change that would be seen in four of five such evaluations.
    """
    row = {
        "area": baseline.of.district,
        "change": np.nan,
        "low": np.nan,
        "high": np.nan,
        "verdict": CANNOT_TELL,
        "qualifier": "",
        "visible": np.nan,
        "dispersion": np.nan,
        "waves": np.nan,
    }
    course = baseline.trend
    if course is not None:
        by_name = trend_rows.set_index("assumption")
        base = by_name.loc["base"]
        row |= base[[*CHANGE_AND_ENDS, "verdict"]].to_dict()
        row["qualifier"] = _fails(by_name)
        row["visible"] = _visible(by_name, course.critical_value)
        row["dispersion"] = round(course.dispersion, 2)
        row["waves"] = round(course.wave_variance, 4)
    return pd.DataFrame([row])


def _fails(by_name: pd.DataFrame) -> str:
    """The first deciding assumption without which a change is not said, if any."""
    verdicts = by_name["verdict"]
    said = verdicts["base"]
    if said in (MORE, FEWER):
        for name in DECIDING:
            if verdicts[name] != said:
                return name
    return ""


def _visible(by_name: pd.DataFrame, critical_value: float) -> float:
    """The least change per year that all rows that decide would show in four of five.

    exp((t + z) · error) − 1, of the largest error of these rows
    """
    rows = by_name.loc[["base", *DECIDING], ["low", "high"]]
    ends = np.log1p(rows.to_numpy("float64"))
    width = ends[:, 1] - ends[:, 0]
    # With one that has no ends nothing is seen.
    widest = width.max()
    error = widest / 2 / critical_value
    least = (critical_value + norm.ppf(POWER)) * error
    change = float(np.expm1(least))
    return round(change, 2)


def _change(course: Course | None, more_variance: float = 0.0) -> Ratio:
    """The yearly change with its limits, as printed; missing where it says nothing."""
    if course is None:
        return UNCLEAR
    year = course.ratio("year", more_variance)
    if year.high > WIDEST_CHANGE * year.low:
        return UNCLEAR
    return as_change(year)


def next_year(baseline: Baseline, trend: pd.DataFrame) -> pd.DataFrame:
    """One row: meldingen of gemeenten in the year after the peildatum, if this goes on.

    `whole_year`: of the last twelve months, had all that delivered been connected.
    `expected`, `low` and `high`: as many when nothing can be seen to change, else with the
    change.
    """
    row = {
        "area": baseline.of.district,
        "whole_year": np.nan,
        "expected": np.nan,
        "low": np.nan,
        "high": np.nan,
        "verdict": CANNOT_TELL,
    }
    course = shrunken(baseline.trend) if baseline.trend else None
    if baseline.trend is not None and course is not None:
        said = trend.iloc[0]
        pace = _pace(baseline.trend)
        ahead = year_of(course, course.given.year[-MONTHS_OF_YEAR:] + 1)
        is_certain = not said["qualifier"]
        is_change = said["verdict"] in (MORE, FEWER) and is_certain
        expected = ahead.total if is_change else pace

        margin = course.critical_value * np.sqrt(ahead.variance)
        factor = float(np.exp(margin))
        low = min(expected, ahead.total / factor)
        high = max(expected, ahead.total * factor)
        row |= {"whole_year": pace, "expected": expected, "low": low, "high": high}
        is_narrow = high <= LARGEST_RATIO * low
        if is_narrow and is_certain:
            row["verdict"] = NO_CHANGE
    return pd.DataFrame([row])


def _pace(base: Course) -> float:
    """What was received in the last twelve months, had all been connected that long.

    received × (expected of all, connected all the time) / (expected of who was)

    Of gemeenten that were all connected it is what they received, as a reader counts it.
    """
    given = base.given
    received = given.counts[-MONTHS_OF_YEAR:].sum()
    of_who_was = base.means[:, -MONTHS_OF_YEAR:].sum()
    of_all = year_of(base, given.year[-MONTHS_OF_YEAR:]).total
    return float(received * of_all / of_who_was)


class Year(NamedTuple):
    """What all would receive in twelve months, and the variance of its logarithm."""

    total: float
    variance: float


def year_of(course: Course, years: Floats) -> Year:
    """What all would receive in these months, connected all the time.

    level_g = received_g / Σ_m w_gm ,    w_gm = time_gm exp(x_gm β)
    total = Σ_g level_g Σ_m exp(z_m β)

    z has the trend and season of these months, and 0 for the months that may differ. The
    variance is that of β, of each level given β, and of the months themselves:

        aᵀ cov(β) a + Σ_g (part_g² var(received_g) / received_g²) + max(by chance, by waves)
        a = (Σ_g level_g Σ_m exp(z_m β) z_m − Σ_g total_g x̄_g) / total

    of part_g = total_g / total, and x̄_g the mean of x with the weights w.
    """
    given = course.given
    coefficients = np.array(list(course.coefficients.values()))
    x = design(given, course.columns)
    z = np.stack([_column_at(name, years) for name in course.columns], axis=-1)

    is_own = np.array([f" {BEFORE_CONNECTION}" not in level for level in given.levels])
    weights = given.time * np.exp(x @ coefficients)
    of_level = weights.sum(axis=1)
    level = np.where(is_own, given.received / of_level, 0.0)
    of_months = np.exp(z @ coefficients)
    by_level = level * of_months.sum()
    total = float(by_level.sum())

    # How the logarithm of the total moves with each coefficient.
    centre = np.einsum("gm,gmk->gk", weights, x) / of_level[:, np.newaxis]
    moves = (level.sum() * of_months @ z - by_level @ centre) / total
    of_course = course.variance(moves)

    phi = course.dispersion
    of_received = phi * given.received + given.rounding_received
    relative = of_received / given.received**2
    part = by_level / total
    of_levels = float((part**2 * relative).sum())

    correlation = persistence(len(years)).mean()
    by_chance = phi / total
    by_waves = 1 / total + course.wave_variance * correlation
    of_year = max(by_chance, by_waves)
    return Year(total, of_course + of_levels + of_year)


def _column_at(name: str, years: Floats) -> Floats:
    """A column of a course in later months."""
    if name == "year":
        return years
    shape, _, wave = name.partition("_")
    if shape in ("sine", "cosine"):
        return season(years, int(wave))[name]
    return np.zeros(len(years))
