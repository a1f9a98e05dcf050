"""What changes in the district: its trend and what that rests on, beside the country, next year."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from mma_analysis.measure.course import (
    Course,
    Floats,
    Row,
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
LARGEST_RATIO = 4  # of the ends of what a year may bring: beyond it nothing can be said of it
WIDEST = 100  # of the ends of a change: beyond it these are no numbers for a reader
DECIDING = ("start_up", "last_quarter", "own_courses")
ENDS = ["change", "low", "high"]


def trend_rows(baseline: Baseline) -> pd.DataFrame:
    """The yearly change within gemeenten (0.05 is +5 %), and again as if an `assumption` fails.

    `decides`: the trend is only said when it holds in this row too. No row without a trend.
    """
    rows, base = [], baseline.trend
    if base is not None:
        given = base.given
        trend, months, waves = given.trend(), len(given.months), len(given.seasons()) // 2
        long = months >= MONTHS_OF_LONG_START_UP
        last = (np.arange(months) >= months - LAST_MONTHS).astype("float64")
        courses = {
            "base": base,
            "start_up": _started(base, LONG_START_UP) if long else _started(base),
            **({} if long else {"start_up_year": _started(base, LONG_START_UP)}),
            "last_quarter": fitted(given, trend | {"last": last}),
            "own_courses": base,
            "without_largest": _without_largest(baseline, base),
            "no_season": fitted(given, {"year": given.year}),
            "other_season": fitted(given, {"year": given.year, **given.seasons(3 - waves)}),
        }
        # What the own courses of gemeenten add to the variance of what they have in common.
        own = slopes(base, baseline.cells, baseline.noise).to_numpy().T
        between = Between(own[0], own[1], SMALL_SCALE).mean_square() if own.shape[1] > 1 else 0.0
        of_own = between * float((base.parts**2).sum())
        for name, course in courses.items():
            ends = _change(course, "year", of_own if name == "own_courses" else 0.0)
            rows.append((name, *ends, verdict(1 + ends[1], 1 + ends[2]), name in DECIDING))
    return pd.DataFrame(rows, columns=["assumption", *ENDS, "verdict", "decides"])


def district_trend(baseline: Baseline, trend_rows: pd.DataFrame) -> pd.DataFrame:
    """One row: the yearly change within gemeenten, and the first deciding row (`qualifier`) in
    which a `more` or `fewer` is not said."""
    row = (*NOTHING, CANNOT_TELL, "", np.nan, np.nan)
    if (course := baseline.trend) is not None:
        by_name = trend_rows.set_index("assumption")
        verdicts, said = by_name["verdict"], by_name.loc["base", "verdict"]
        fails = [name for name in DECIDING if said in (MORE, FEWER) and verdicts[name] != said]
        noise = (round(course.dispersion, 2), round(course.waves, 4))
        row = (*by_name.loc["base", ENDS], said, [*fails, ""][0], *noise)
    columns = ["area", *ENDS, "verdict", "qualifier", "dispersion", "waves"]
    return pd.DataFrame([(baseline.of.district, *row)], columns=columns)


def _started(base: Course, *until: int) -> Course | None:
    columns, rows = base.given.start_up(*until)
    trend = base.given.trend() | columns
    return fitted(base.given, trend, rows, base.widening) if columns else base


def _without_largest(baseline: Baseline, base: Course) -> Course | None:
    """The same with a course of its own for the gemeente with most, from its shown half years."""
    given, place = base.given, int(np.argmax(base.given.received))
    if (cells := baseline.cells.get(given.levels[place])) is None:
        return None
    is_it = np.arange(len(given.levels))[:, None] == place
    rows = []
    for count, months, rounding in zip(cells.counts, cells.months, cells.rounding, strict=True):
        part = np.where(is_it, months, 0.0)
        rows.append(Row(float(count), part, float(rounding)))
    columns = given.trend() | {"own": np.where(is_it, given.year, 0.0)}
    return fitted(given, columns, rows, base.widening)


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
    row = (np.nan, *NOTHING, CANNOT_TELL)
    if (course := baseline.trend) is not None:
        receipts, _ = _year_of(course, course.given.year[-12:])
        ends = year_ahead(course)
        says = ends[2] <= LARGEST_RATIO * ends[1] and not trend["qualifier"].iloc[0]
        row = (receipts, *ends, NO_CHANGE if says else CANNOT_TELL)
    columns = ["area", "receipts", "expected", "low", "high", "verdict"]
    return pd.DataFrame([(baseline.of.district, *row)], columns=columns)


def year_ahead(course: Course) -> tuple[float, float, float]:
    """What comes in in the year after the last month if this goes on, with its 95 % interval."""
    expected, variance = _year_of(course, course.given.year[-12:] + 1)
    factor = np.exp(course.reach * np.sqrt(variance))
    return expected, float(expected / factor), float(expected * factor)


def _year_of(course: Course, years: Floats) -> tuple[float, float]:
    """What all gemeenten would receive in these months, connected all the time, and the variance of
    the logarithm of that."""
    given, coefficients = course.given, np.array(list(course.coefficients.values()))
    at = np.column_stack([years, *season(years, len(coefficients) // 2).values()])
    seen = np.column_stack(list(given.trend().values()))
    is_own = np.array([f" {BEFORE}" not in level for level in given.levels])
    weights = given.time * np.exp(seen @ coefficients)
    level = np.where(is_own, given.received / weights.sum(axis=1), 0.0)
    later = np.exp(at @ coefficients)
    by_level, total = level * later.sum(), float(level.sum() * later.sum())
    centre = (weights @ seen) / weights.sum(axis=1, keepdims=True)
    moves = (level.sum() * later @ at - by_level @ centre) / total
    phi, together = course.dispersion, persistence(len(years)).mean()
    of_levels = (phi * given.received + given.rounding_received) / given.received**2
    variance = course.variance(moves) + float(((by_level / total) ** 2 * of_levels).sum())
    return total, variance + max(phi / total, 1 / total + course.waves * together)
