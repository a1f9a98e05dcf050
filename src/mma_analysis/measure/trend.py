"""What changes in the district: its trend and what that rests on, beside the country, next year."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import t as student

from mma_analysis.measure.course import (
    FEWEST_MONTHS,
    LONG_START_UP,
    PERSISTENCE,
    SHORT_START_UP,
    Course,
    Floats,
    Row,
    Totals,
    fitted,
    season,
    totals,
)
from mma_analysis.measure.frame import BEFORE_CONNECTION, Frame
from mma_analysis.measure.gemeenten import Cells, Slopes, cells_of, slopes
from mma_analysis.measure.periods import MONTH
from mma_analysis.measure.spread import SMALL_SCALE, Between
from mma_analysis.measure.verdicts import (
    CANNOT_TELL,
    FEWER,
    MORE,
    NO_CHANGE,
    named,
    verdict,
)
from mma_analysis.vocabulary import Vocabulary

LAST_MONTHS = 3  # of which what came in may not have been written down yet
MONTHS_OF_LONG_START_UP = 48  # with less, a start-up of a year cannot be told from a trend
MONTHS_OF_YEAR = 12
LARGEST_RATIO = 4  # of the ends of what a year may bring: beyond it nothing can be said of it
BASE, START_UP, LAST_QUARTER, OWN_COURSES = "base", "start_up", "last_quarter", "own_courses"
LONG, WITHOUT_LARGEST = "start_up_year", "without_largest"
NO_SEASON, OTHER_SEASON = "no_season", "other_season"
DECIDING = (START_UP, LAST_QUARTER, OWN_COURSES)
ENDS = ["change", "low", "high"]
TREND = [*ENDS, "verdict", "qualifier", "dispersion", "waves"]
NATIONAL = ["year_from", "year_to", *ENDS, "verdict", "national_change"]
NOTHING = (np.nan, np.nan, np.nan)


def trend_rows(
    of: Frame, per_period: pd.DataFrame, since_connection: pd.DataFrame, dispersion: pd.DataFrame
) -> pd.DataFrame:
    """Estimate the yearly change within gemeenten, and again as if an assumption did not hold.

    One row per assumption (indicator `trend_rows`), none without a trend: `assumption`, `change`
    per year (0.05 is +5 %), `low`, `high` (all rounded to 0.01), `verdict`, `decides` (whether the
    trend is only said when it holds in this row too). A row that cannot be estimated has no
    numbers.
    """
    given = totals(of, per_period, since_connection)
    base, rows = _base(given), []
    if given is not None and base is not None:
        cells = cells_of(of, per_period, given)
        phi = dispersion.set_index("area")["dispersion"]
        rows = rows_of(given, base, cells, slopes(given, base, cells, phi))
    return pd.DataFrame(rows, columns=["assumption", *ENDS, "verdict", "decides"])


def rows_of(
    given: Totals, base: Course, cells: Mapping[str, Cells], own: Slopes
) -> list[tuple[str, float, float, float, str, bool]]:
    """The rows of `trend_rows`: `cells` and `own` courses are of each gemeente."""
    trend = given.trend()
    months, waves = len(given.months), len(given.seasons()) // 2
    long = months >= MONTHS_OF_LONG_START_UP
    courses = {
        BASE: base,
        START_UP: _started(given, base, LONG_START_UP if long else SHORT_START_UP),
        **({} if long else {LONG: _started(given, base, LONG_START_UP)}),
        LAST_QUARTER: fitted(given, trend | {"last": _last_quarter(months)}),
        OWN_COURSES: base,
        WITHOUT_LARGEST: _without_largest(given, base, cells),
        NO_SEASON: fitted(given, {"year": given.year}),
        OTHER_SEASON: fitted(given, {"year": given.year, **given.seasons(3 - waves)}),
    }
    rows = []
    for name, course in courses.items():
        more = _own_courses(base, own) if name == OWN_COURSES else 0.0
        ends = _change(course, "year", more)
        rows.append((name, *ends, verdict(1 + ends[1], 1 + ends[2]), name in DECIDING))
    return rows


def district_trend(of: Frame, per_period: pd.DataFrame, trend_rows: pd.DataFrame) -> pd.DataFrame:
    """Say what the yearly change within gemeenten is, and what it does not survive.

    One row: `area` (the district), `change`, `low`, `high` and `verdict` as in `trend_rows`,
    `qualifier` (the first deciding row in which a `more` or `fewer` is not said; else empty),
    `dispersion` and `waves` (variance of a wave through the district).
    """
    base = _base(totals(of, per_period))
    row = (*NOTHING, CANNOT_TELL, "", np.nan, np.nan)
    if base is not None and len(trend_rows):
        by_name = trend_rows.set_index("assumption")
        noise = (round(base.dispersion, 2), round(base.waves, 4))
        verdicts = dict(zip(trend_rows["assumption"], trend_rows["verdict"], strict=True))
        row = (*by_name.loc[BASE, ENDS], *said_of(verdicts), *noise)
    table = pd.DataFrame([row], columns=TREND).assign(area=of.vocabulary.district.slug)
    return table[["area", *TREND]]


def said_of(verdicts: Mapping[str, str]) -> tuple[str, str]:
    """The verdict of the trend and its qualifier, by those of the assumptions."""
    said = verdicts[BASE]
    fails = [name for name in DECIDING if verdicts[name] != said]
    return said, fails[0] if said in (MORE, FEWER) and fails else ""


def _base(given: Totals | None) -> Course | None:
    """The course with a straight trend, when there is time enough to see one."""
    if given is None or len(given.months) < FEWEST_MONTHS:
        return None
    return fitted(given, given.trend())


def _started(given: Totals, base: Course, until: int) -> Course | None:
    """The same with the first months after connection apart."""
    columns, rows = given.start_up(until)
    return fitted(given, given.trend() | columns, rows, base.widening) if columns else base


def _last_quarter(months: int) -> Floats:
    return (np.arange(months) >= months - LAST_MONTHS).astype("float64")


def _own_courses(base: Course, own: Slopes) -> float:
    """Variance that the own courses of gemeenten add to what they have in common."""
    values, variances = (np.array([slope[n] for slope in own.values()]) for n in (0, 1))
    between = Between(values, variances, SMALL_SCALE).mean_square() if len(values) > 1 else 0.0
    return between * float((base.parts_of_year**2).sum())


def _without_largest(given: Totals, base: Course, cells: Mapping[str, Cells]) -> Course | None:
    """The same with a course of its own for the gemeente with most, from its shown half years."""
    place = int(np.argmax(given.received))
    if (its := cells.get(given.levels[place])) is None:
        return None
    own = np.zeros(given.time.shape)
    own[place] = given.year
    rows = []
    for count, months in zip(its.counts, its.months, strict=True):
        part = np.zeros(given.time.shape)
        part[place] = months
        rows.append(Row(float(count), part))
    return fitted(given, given.trend() | {"own": own}, rows, base.widening)


def _change(course: Course | None, column: str, more: float = 0.0) -> tuple[float, float, float]:
    if course is None:
        return NOTHING
    change, low, high = (round(factor - 1, 2) for factor in course.ratio(column, more))
    return change, low, high


# --- beside the country --------------------------------------------------------------------------


def national_comparison(
    of: Frame, per_period: pd.DataFrame, since_connection: pd.DataFrame
) -> pd.DataFrame:
    """Compare calendar years within the same gemeenten, and those years in the whole country.

    One row per pair of successive whole calendar years in the evaluation: `year_from`, `year_to`,
    `change`, `low`, `high` (rounded to 0.01), `verdict` (`more` and `fewer` only when also with the
    first months after connection apart), `national_change` (missing when not known).
    """
    given = totals(of, per_period, since_connection)
    months = of.periods[(of.periods["kind"] == MONTH) & of.periods["is_complete"]]
    number = months["begin"].dt.year.value_counts()
    years = sorted(number.index[number == MONTHS_OF_YEAR])
    rows = [
        (first, last, *years_beside(given, first, last), _national(of.vocabulary, first, last))
        for first, last in pairwise(years)
        if last == first + 1
    ]
    return pd.DataFrame(rows, columns=NATIONAL)


def years_beside(given: Totals | None, first: int, last: int) -> tuple[float, float, float, str]:
    """The change between two calendar years, and what may be said of it."""
    nothing = (*NOTHING, CANNOT_TELL)
    base = _base(given)
    if given is None or base is None:
        return nothing
    year = given.months["begin"].dt.year
    steps = {
        f"{one}": (year == one).to_numpy(float) for one in sorted(year.unique()) if one != first
    }
    if not {first, last} <= set(year):
        return nothing
    columns = steps | given.seasons(1)
    course = fitted(given, columns)
    ends = _change(course, f"{last}")
    said = verdict(1 + ends[1], 1 + ends[2])
    if said in (MORE, FEWER):
        early, rows = given.start_up(SHORT_START_UP)
        _, low, high = _change(fitted(given, columns | early, rows, base.widening), f"{last}")
        said = said if verdict(1 + low, 1 + high) == said else CANNOT_TELL
    return (*ends, said)


def _national(vocabulary: Vocabulary, first: int, last: int) -> float:
    rows = vocabulary.reference("national")
    known = {int(row["year"]): int(row["forwarded"]) for row in rows}
    return known[last] / known[first] - 1 if {first, last} <= set(known) else np.nan


# --- months, and a year to come ------------------------------------------------------------------


def expected_months(of: Frame, per_period: pd.DataFrame) -> pd.DataFrame:
    """Say for each month of the district between which numbers it could be expected to lie.

    By what all other months show (indicator `expected_months`): in hindsight, so a trend, a season
    and who joined are in it. One in twenty lies outside by chance: named is what survives that.

    One row per month: `area`, `period`, `count`, `expected`, `low`, `high`, `verdict`: `more` or
    `fewer` when it is named, `no_change`, or `cannot_tell` without a trend, or when a count is 0.
    """
    district = of.vocabulary.district.slug
    own = per_period[per_period["area"].eq(district) & per_period["kind"].eq(MONTH)]
    table = own[["area", "period", "count"]].reset_index(drop=True)
    given = totals(of, per_period)
    rows = months_beside(given)
    if given is None or not rows:
        return table.assign(expected=np.nan, low=np.nan, high=np.nan, verdict=CANNOT_TELL)
    # The model is of receipts, a reader sees tips.
    per_tip = given.counts.sum() / own["count"].astype("float64").sum()
    found = pd.DataFrame(rows, columns=["period", "expected", "low", "high", "p"])
    found["count"] = given.counts
    is_more = found["count"] > found["expected"]
    found["verdict"] = np.select(
        [found["p"].isna(), named(found["p"]) & is_more, named(found["p"])],
        [CANNOT_TELL, MORE, FEWER],
        NO_CHANGE,
    )
    found[["expected", "low", "high"]] /= per_tip
    return table.merge(found.drop(columns=["p", "count"]), on="period", how="left").fillna(
        {"verdict": CANNOT_TELL}
    )


def months_beside(given: Totals | None) -> list[tuple]:
    """Each month beside what the others make expected: `period`, `expected`, limits, and chance."""
    base = _base(given)
    if given is None or base is None:
        return []
    rows = []
    for place, period in enumerate(given.months["period"]):
        count = given.counts[place]
        column = (np.arange(len(given.months)) == place).astype("float64")
        course = fitted(given, given.trend() | {"month": column}) if count else None
        rows.append((period, *(_month(course, count) if course else (np.nan,) * 4)))
    return rows


def _month(course: Course, count: float) -> tuple[float, float, float, float]:
    """Expected, limits and chance: on the scale of the root, where the noise of counts is even."""
    place, phi = course.columns.index("month"), course.dispersion
    expected = count / np.exp(course.coefficients[place])
    variance = max(0.0, course.by_chance[place, place] / phi - 1 / count)
    error = np.sqrt(phi * (1 + expected * variance)) / 2
    root = np.sqrt(expected)
    low, high = max(root - course.reach * error, 0.0) ** 2, (root + course.reach * error) ** 2
    chance = 2 * student.sf(abs(np.sqrt(count) - root) / error, course.free)
    return float(expected), float(low), float(high), float(chance)


def next_year(of: Frame, per_period: pd.DataFrame, trend: pd.DataFrame) -> pd.DataFrame:
    """Say how many meldingen gemeenten receive in the year after the peildatum, if this goes on.

    One row: `area` (the district), `receipts` (of the last twelve months, as if every gemeente that
    delivered had been connected all that time), `expected`, `low`, `high` and `verdict`:
    `cannot_tell` when `high` is more than `LARGEST_RATIO` times `low`, without a trend, or when the
    trend does not hold under every assumption: then it is no basis for a year to come.
    """
    given = totals(of, per_period)
    base = _base(given)
    row = (np.nan, *NOTHING, CANNOT_TELL)
    if given is not None and base is not None:
        receipts, _ = year_of(given, base, given.year[-MONTHS_OF_YEAR:])
        ends = year_ahead(given, base)
        says = ends[2] <= LARGEST_RATIO * ends[1] and not trend["qualifier"].iloc[0]
        row = (receipts, *ends, NO_CHANGE if says else CANNOT_TELL)
    columns = ["receipts", "expected", "low", "high", "verdict"]
    table = pd.DataFrame([row], columns=columns)
    return table.assign(area=of.vocabulary.district.slug)[["area", *columns]]


def year_ahead(given: Totals, base: Course) -> tuple[float, float, float]:
    """What comes in in the year after the last month if this goes on, with its 95 % interval."""
    expected, variance = year_of(given, base, given.year[-MONTHS_OF_YEAR:] + 1)
    reach = base.reach * np.sqrt(variance)
    return expected, float(expected * np.exp(-reach)), float(expected * np.exp(reach))


def year_of(given: Totals, course: Course, years: Floats) -> tuple[float, float]:
    """What all gemeenten would receive in these months, connected all the time, and the variance of
    the logarithm of that."""
    waves = (len(course.columns) - 1) // 2
    at = np.column_stack([years, *season(years, waves).values()])
    seen = np.column_stack([given.year, *given.seasons(waves).values()])
    is_own = np.array([f" {BEFORE_CONNECTION}" not in level for level in given.levels])
    weights = given.time * np.exp(seen @ course.coefficients)
    level = np.where(is_own, given.received / weights.sum(axis=1), 0.0)
    later = np.exp(at @ course.coefficients)
    by_level, total = level * later.sum(), float(level.sum() * later.sum())
    centre = (weights @ seen) / weights.sum(axis=1, keepdims=True)
    moves = (level.sum() * later @ at - by_level @ centre) / total
    place = np.arange(len(years))
    together = (PERSISTENCE ** np.abs(place[:, None] - place)).mean()
    phi = course.dispersion
    of_levels = (phi * given.received + given.rounding) / given.received**2
    variance = course.variance(moves) + float(((by_level / total) ** 2 * of_levels).sum())
    return total, variance + max(phi / total, 1 / total + course.waves * together)
