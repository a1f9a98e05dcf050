"""What changes in the district: its trend and what that rests on, beside the country, next year."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from mma_analysis.measure.course import (
    Course,
    Floats,
    Totals,
    fitted,
    persistence,
    season,
)
from mma_analysis.measure.frame import BEFORE, MONTH
from mma_analysis.measure.gemeenten import NOTHING, SMALL_SCALE, Baseline, Between, slopes
from mma_analysis.measure.rates import CANNOT_TELL, FEWER, MORE, NO_CHANGE, named, verdict

LAST_MONTHS = 3  # of which what came in may not have been written down yet
LONG_START_UP = 12  # months since the connection
MONTHS_OF_LONG_START_UP = 48  # with less, a start-up of a year cannot be told from a trend
EXPECTED = 0.3  # standard deviation of what months that may differ have more or fewer (logarithm)
POWER = 0.8  # to see a change that there is
LARGEST_RATIO = 4  # of the ends of what a year may bring: beyond it nothing can be said of it
WIDEST = 100  # of the ends of a change: beyond it these are no numbers for a reader
DECIDING = ("start_up", "last_quarter", "own_courses")
ENDS = ["change", "low", "high"]


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
    """The yearly change within gemeenten (0.05 is +5 %), and again as if an `assumption` fails.

    `base` is the change as it is said. `decides`: it is only said when it holds in this row
    too. No row without a trend.
    """
    rows = []
    if baseline.trend is not None:
        of_own = _by_own_courses(baseline)
        for name, course in _courses(baseline.trend).items():
            more = of_own if name == "own_courses" else 0.0
            change, low, high = _change(course, "year", more)
            row = {
                "assumption": name,
                "change": change,
                "low": low,
                "high": high,
                "verdict": verdict(1 + low, 1 + high),
                "decides": name in DECIDING,
            }
            rows.append(row)
    return pd.DataFrame(rows, columns=["assumption", *ENDS, "verdict", "decides"])


def _courses(plain: Course) -> dict[str, Course | None]:
    """Assumption → the course without it."""
    given = plain.given
    said = shrunken(plain)
    last = {"last": _last_months(given)}
    courses = {
        "base": said,
        "start_up": _started(plain),
        "start_up_year": _started(plain, LONG_START_UP),
        "last_quarter": fitted(given, given.trend() | last),
        "own_courses": said,
    }
    if len(given.months) >= MONTHS_OF_LONG_START_UP:
        courses["start_up"] = courses.pop("start_up_year")
    return courses


def _by_own_courses(baseline: Baseline) -> float:
    """What own courses of gemeenten add to the variance of what they have in common."""
    course = baseline.trend
    if course is None:
        return 0.0
    own = slopes(course, baseline.cells, baseline.noise)
    if len(own) < 2:
        return 0.0
    change, variance = own.to_numpy().T
    between = Between(change, variance, SMALL_SCALE).mean_square()
    parts = course.parts
    return between * float((parts**2).sum())


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
        row |= base[[*ENDS, "verdict"]].to_dict()
        row["qualifier"] = _fails(by_name)
        row["visible"] = _visible(by_name, course.reach)
        row["dispersion"] = round(course.dispersion, 2)
        row["waves"] = round(course.waves, 4)
    return pd.DataFrame([row])


def _fails(by_name: pd.DataFrame) -> str:
    """The first deciding assumption without which a change is not said; empty without any."""
    verdicts = by_name["verdict"]
    said = verdicts["base"]
    if said in (MORE, FEWER):
        for name in DECIDING:
            if verdicts[name] != said:
                return name
    return ""


def _visible(by_name: pd.DataFrame, reach: float) -> float:
    """The least change per year that all rows that decide would show in four of five.

    exp((t + z) · error) − 1, of the largest error of these rows
    """
    rows = by_name.loc[["base", *DECIDING], ["low", "high"]]
    ends = np.log1p(rows.to_numpy("float64"))
    width = ends[:, 1] - ends[:, 0]
    # With one that has no ends nothing is seen.
    largest = width.max() / 2 / reach
    return round(float(np.expm1((reach + norm.ppf(POWER)) * largest)), 2)


def _change(course: Course | None, column: str, more: float = 0.0) -> tuple[float, ...]:
    ratios = course.ratio(column, more) if course else NOTHING
    ratios = NOTHING if ratios[2] > WIDEST * ratios[1] else ratios
    return tuple(round(ratio - 1, 2) for ratio in ratios)


def national_comparison(baseline: Baseline) -> pd.DataFrame:
    """Successive whole calendar years, within the same gemeenten and in the whole country."""
    months = baseline.of.of_kind(MONTH).query("is_complete")
    number = months["begin"].dt.year.value_counts()
    reference = baseline.of.vocabulary.reference("national")
    national = {int(row["year"]): int(row["forwarded"]) for row in reference}
    rows = []
    for first, last in pairwise(sorted(number.index[number == 12])):
        change = national.get(last, np.nan) / national.get(first, np.nan) - 1
        rows.append((first, last, *years_beside(baseline.trend, first, last), change))
    columns = ["year_from", "year_to", *ENDS, "verdict", "national_change"]
    return pd.DataFrame(rows, columns=columns)


def years_beside(trend: Course | None, first: int, last: int) -> tuple[Any, ...]:
    """The change between two calendar years and its limits, and what may be said of it: `more`
    and `fewer` only when also with the first months after connection apart."""
    year = pd.Series(dtype="int64") if trend is None else trend.given.months["begin"].dt.year
    if trend is None or not {first, last} <= set(year):
        return (*NOTHING, CANNOT_TELL)
    given = trend.given
    steps = {str(one): (year == one).to_numpy(float) for one in sorted({*year} - {first})}
    columns = steps | given.seasons(1)
    ends = _change(fitted(given, columns), str(last))
    said = verdict(1 + ends[1], 1 + ends[2])
    if said in (MORE, FEWER):
        early, rows = given.start_up()
        _, low, high = _change(fitted(given, columns | early, rows, trend.widening), str(last))
        said = said if verdict(1 + low, 1 + high) == said else CANNOT_TELL
    return (*ends, said)


def expected_months(baseline: Baseline) -> pd.DataFrame:
    """Between which numbers each month of the district could be expected to lie, in hindsight."""
    months = baseline.per_period.query("area == @baseline.of.district and kind == @MONTH")
    table = months[["area", "period", "count", "off"]].reset_index(drop=True)
    if baseline.trend is None:
        return table.assign(expected=np.nan, low=np.nan, high=np.nan, verdict=CANNOT_TELL)
    received = baseline.trend.given.counts
    beside = months_beside(baseline.trend.given)
    (is_named, _), is_more = named(beside["p"]), received > beside["expected"]
    said = [beside["p"].isna(), is_named & is_more, is_named]
    beside["verdict"] = np.select(said, [CANNOT_TELL, MORE, FEWER], NO_CHANGE)
    # The model is of receipts, a reader sees tips.
    per_tip = received.sum() / months["count"].astype("float64").sum()
    beside[["expected", "low", "high"]] /= per_tip
    merged = table.merge(beside.drop(columns="p"), on="period", how="left")
    return merged.fillna({"verdict": CANNOT_TELL})


def months_beside(given: Totals) -> pd.DataFrame:
    """Each month beside what the others make expected, and the chance `p` of it, by its root."""
    rows = []
    for place, count in enumerate(given.counts):
        column = (np.arange(len(given.months)) == place).astype("float64")
        course = fitted(given, {"month": column, **given.trend()}) if count else None
        row = (np.nan,) * 4
        if course is not None:
            phi = course.dispersion
            expected = count / np.exp(course.coefficients["month"])
            variance = max(0.0, course.by_chance[0, 0] / phi - 1 / count)
            error, root = np.sqrt(phi * (1 + expected * variance)) / 2, np.sqrt(expected)
            low, high = max(root - course.reach * error, 0.0), root + course.reach * error
            chance = 2 * student.sf(abs(np.sqrt(count) - root) / error, course.free)
            row = expected, low**2, high**2, chance
        rows.append((given.months.index[place], *row))
    return pd.DataFrame(rows, columns=["period", "expected", "low", "high", "p"])


def next_year(baseline: Baseline, trend: pd.DataFrame) -> pd.DataFrame:
    """One row: meldingen of gemeenten in the year after the peildatum, if this goes on.

    `receipts`: of the last twelve months, had all that delivered been connected.
    """
    row = {
        "area": baseline.of.district,
        "receipts": np.nan,
        "expected": np.nan,
        "low": np.nan,
        "high": np.nan,
        "verdict": CANNOT_TELL,
    }
    course = shrunken(baseline.trend) if baseline.trend else None
    if course is not None:
        receipts, _ = _year_of(course, course.given.year[-12:])
        expected, low, high = year_ahead(course)
        row |= {"receipts": receipts, "expected": expected, "low": low, "high": high}
        is_narrow = high <= LARGEST_RATIO * low
        if is_narrow and not trend["qualifier"].iloc[0]:
            row["verdict"] = NO_CHANGE
    return pd.DataFrame([row])


def year_ahead(course: Course) -> tuple[float, float, float]:
    """What comes in in the year after the last month if this goes on, with its 95 % interval."""
    expected, variance = _year_of(course, course.given.year[-12:] + 1)
    factor = np.exp(course.reach * np.sqrt(variance))
    return expected, float(expected / factor), float(expected * factor)


def _year_of(course: Course, years: Floats) -> tuple[float, float]:
    """What all would receive in these months, connected all the time, and the variance of its
    logarithm.

    level_g = received_g / Σ_m w_gm ,    w_gm = time_gm exp(x_gm β)
    total = Σ_g level_g Σ_m exp(z_m β)

    z has the trend and season of these months, and 0 for the months that may differ.
    """
    given = course.given
    coefficients = np.array(list(course.coefficients.values()))
    levels, months = given.time.shape
    seen = []
    at = []
    for name, column in course.columns.items():
        seen.append(np.broadcast_to(column, (levels, months)))
        at.append(_column_at(name, years))
    design = np.stack(seen, axis=-1)
    ahead = np.stack(at, axis=-1)

    is_own = np.array([f" {BEFORE}" not in level for level in given.levels])
    weights = given.time * np.exp(design @ coefficients)
    of_level = weights.sum(axis=1)
    level = np.where(is_own, given.received / of_level, 0.0)
    later = np.exp(ahead @ coefficients)
    by_level = level * later.sum()
    total = float(by_level.sum())

    # How the logarithm of the total moves with each coefficient.
    centre = np.einsum("gm,gmk->gk", weights, design) / of_level[:, np.newaxis]
    moves = (level.sum() * later @ ahead - by_level @ centre) / total
    phi = course.dispersion
    of_levels = (phi * given.received + given.rounding_received) / given.received**2
    by_levels = float(((by_level / total) ** 2 * of_levels).sum())
    together = persistence(len(years)).mean()
    by_chance = max(phi / total, 1 / total + course.waves * together)
    return total, course.variance(moves) + by_levels + by_chance


def _column_at(name: str, years: Floats) -> Floats:
    """A column of a course in later months."""
    if name == "year":
        return years
    shape, _, wave = name.partition("_")
    if shape in ("sine", "cosine"):
        return season(years, int(wave))[name]
    return np.zeros(len(years))
