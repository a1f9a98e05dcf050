"""The course of gemeenten together: published numbers, and what it is fitted to."""

import numpy as np
import pandas as pd
import pytest
from conftest import cases

from counting import framed
from mma_analysis.measure.course import Course, HalfYear, fitted, season, totals
from mma_analysis.measure.nested import rounding_covariance
from totals import counts_of, days_of, given_of, of_margins, of_rows

YEAR = {"begin": "2022-01-01", "peildatum": "2022-12-31"}
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
DAYS_PER_MONTH = 365.25 / 12


def errors(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diag(covariance))


# --- published numbers ---------------------------------------------------------------------------

# Three gemeenten, two of which join: R's glm on the rows gives the numbers; without the total of
# the first months the same columns say nearly nothing.
B = [0, 0, 0, 2, 3, 3, 5, 4, 6, 4, 5, 6]
THREE = of_rows([5, 6, 4, 7, 6, 8, 5, 9, 7, 6, 8, 9], B, [0] * 6 + [8, 9, 12, 11, 14, 12])
EARLY = np.array([(np.arange(12) >= n) & (np.arange(12) < n + 3) for n in (0, 3, 6)], dtype=float)
LAST = (np.arange(12) >= 9).astype(float)


@pytest.mark.parametrize(
    ("columns", "early", "expected"),
    [
        ({}, [], [0.7168589, 0.3241981]),
        ({"early": EARLY}, [52], [0.4281823, 0.4713481, -0.2052376, 0.2416071]),
        ({"early": EARLY}, [], [1.0701319, 0.8470581]),
        ({"last": LAST}, [], [0.8670765, 0.5113825, -0.0915501]),
    ],
)
def test_the_course_and_its_error_are_those_of_r(columns, early, expected):
    """Of the year, and then of the other column: the estimate and its error."""
    course = fitted(THREE, {"year": THREE.year} | columns, [HalfYear(n, EARLY) for n in early])

    found = np.column_stack([[*course.coefficients.values()], errors(course.by_chance)]).ravel()
    assert found[: len(expected)] == pytest.approx(expected, abs=1e-7)


def test_counts_that_come_in_waves_have_the_wider_error_of_waves():
    restless = [[9, 9, 1, 2, 3, 3, 11, 10, 9, 2, 3, 13], B, [0] * 6 + [4, 16, 18, 5, 22, 1]]
    rows = of_rows(*restless)

    course = fitted(rows, {"year": rows.year})

    assert course.coefficients["year"] == pytest.approx(0.4536442, abs=5e-8)
    found = [
        course.misfit,
        course.dispersion,
        course.wave_variance,
        course.by_chance,
        course.by_waves,
    ]
    expected = [34.04429, 3.404429, 0.2743116, 0.6074868**2, 0.9330661**2]
    assert [float(np.squeeze(one)) for one in found] == pytest.approx(expected, rel=5e-7)
    # Student's t with ten degrees of freedom (printed tables): 2.228.
    _, low, high = np.log(course.ratio("year"))
    assert (high - low) / 2 == pytest.approx(2.228 * 0.9330661, rel=1e-4)
    assert course.widening == pytest.approx(0.9330661 / 0.6074868, rel=1e-6)
    # With totals beside those of months waves are not estimated again: it is said how much wider.
    _, lower, higher = np.log(fitted(rows, {"year": rows.year}, wider=1.5).ratio("year"))
    assert higher - lower == pytest.approx(1.5 * (high - low))


def sicily(waves: int) -> Course | None:
    """The smoking ban of January 2005 (month 37), as the authors modelled it."""
    month, table = np.arange(1.0, 60), [row.values[1:] for row in cases("sicily")]
    episodes, population = np.array(table, dtype="float64").T
    given = of_margins(episodes, [episodes.sum()], population[None])
    columns = {"ban": (month >= 37).astype(float), "month": month}
    return fitted(given, columns | season(month / 12, waves))


# The authors' corrected code with its output: clelandcm.github.io/ITS.
def test_the_smoking_ban_in_sicily_has_the_published_effect_and_dispersion():
    course = sicily(0)

    assert course.ratio("ban")[0] == pytest.approx(0.894, abs=5e-4)
    assert course.dispersion == pytest.approx(3.559195, rel=1e-5)
    assert sicily(2).ratio("ban")[0] == pytest.approx(0.8850715, abs=1e-6)
    assert sicily(2).dispersion == pytest.approx(2.262186, abs=1e-5)
    # Published with 1.96 errors, and of the dispersion alone.
    reach = 1.959964 * errors(course.by_chance)[0]
    limits = np.exp(course.coefficients["ban"] + np.array([-reach, reach]))
    assert limits == pytest.approx([0.839, 0.953], abs=5e-4)


# --- chance and rounding, by hand ----------------------------------------------------------------

STEP = np.repeat([0.0, 1.0], 12)


# Twice as many from the second year on, 360 against 720. Given their sum, 720 varies by 1080 × ⅓ ×
# ⅔ = 240; rounding adds 3 for each of twelve months, less 12² × 3 / 24, as all add up: 18.
@pytest.mark.parametrize(("rounding", "variance"), [(0.0, 1 / 360 + 1 / 720), (3.0, 258 / 240**2)])
def test_the_error_of_a_step_is_that_of_its_two_sums_and_of_their_rounding(rounding, variance):
    of_months = rounding * (np.eye(24) - 1 / 24)
    rows = of_rows(np.repeat([30, 60], 12).tolist(), rounding=of_months)

    course = fitted(rows, {"step": STEP})

    assert course.ratio("step")[0] == pytest.approx(2)
    assert course.dispersion == 1  # never less, though these months are more even than by chance
    assert course.by_chance.item() == pytest.approx(variance)


# Of a year each half year, quarter and month is off with variance 3, and the year is given. The
# halves move against each other (−3); two quarters of one half: 3/4 − 9/4 = −3/2, of both: −3/4;
# two months of one quarter: 3/9 − 4/3 = −1; of two of one half −3/2/9 = −1/6, of both −3/4/9.
def test_months_that_add_up_to_longer_periods_are_off_as_little_as_these():
    of = framed({"borne": "2022-01-01"}, **YEAR)

    found = rounding_covariance(of.calendar, pd.Series(3.0, of.periods["period"]))

    assert found[0] == pytest.approx([3, -1, -1, *[-1 / 6] * 3, *[-1 / 12] * 6])
    assert np.diag(found) == pytest.approx([3] * 12)
    assert found.sum() == pytest.approx(0)
    half = np.repeat([1, 0], 6)
    assert half @ found @ half == pytest.approx(3)


def test_a_quarter_that_is_not_told_is_off_as_its_months_are():
    of = framed({"borne": "2022-01-01"}, **YEAR)
    variance = pd.Series(3.0, of.periods["period"])
    variance["2022-01/2022-03"] = np.nan  # three months of 3 make 9; with the other 6 in the mean

    found = rounding_covariance(of.calendar, variance)

    quarter = np.repeat([1, 0], [3, 9])
    assert quarter @ found @ quarter == pytest.approx(6)


MARCH = (np.arange(24) % 12 == 2) * 10


@pytest.mark.parametrize(
    ("counts", "columns", "ratio"),
    [
        ([10] * 24, {"step": STEP, "same": 2 * STEP}, None),  # cannot be told apart
        ([0] * 12 + [10, 0] * 6, {"step": STEP}, None),  # every larger step fits better
        ([1] + [0] * 11 + [10, 0] * 3 + [0] * 6, {"step": STEP}, 30),  # 1, and then 30
        (MARCH, {"step": STEP}, 1),
        (MARCH, {"step": STEP} | season(np.arange(24) / 12, 1), None),  # and every higher wave
        # Six months are five totals that are free, and four must be left to see how well it fits.
        ([10] * 6, {"step": np.arange(6)}, 1),
        ([10] * 5, {"step": np.arange(5)}, None),
    ],
)
def test_what_has_no_best_fit_has_no_estimate(counts, columns, ratio):
    course = fitted(of_margins(counts, [sum(counts)], np.ones((1, len(counts)))), columns)

    assert (course and course.ratio("step")[0]) == pytest.approx(ratio)


# --- what is read --------------------------------------------------------------------------------


def test_what_is_read_is_months_gemeenten_and_the_first_months_after_connection():
    since = {"almelo": "2022-01-01", "borne": "2022-07-01", "losser": "2022-07-16"}
    numbers = {"almelo": [2] * 12, "borne": [0] * 6 + [1] * 6, "losser": [0] * 7 + [4] * 5}
    found = given_of(days_of(framed(since, **YEAR), **numbers), since, **YEAR)

    assert found.counts.tolist() == [2] * 6 + [3] + [7] * 5
    assert found.received.tolist() == [24, 6, 20]
    time = found.time * DAYS_PER_MONTH
    assert time[0] == pytest.approx(DAYS)
    assert time[1] == pytest.approx(np.where(np.arange(12) < 6, 0, DAYS))
    assert time[2].tolist() == pytest.approx([0] * 6 + [16, 31, 30, 31, 30, 31])
    assert found.year[[0, 11]] == pytest.approx([15 / 365.25, (334 + 15) / 365.25])
    # Until 15 October Losser has been connected for three months.
    early = {name: row.count for name, row in found.early.items()}
    assert early == {"1-3": 6 + 3 + 12, "4-": 18 + 3 + 8}
    assert found.parts["1-3"][0].tolist() == [1] * 3 + [0] * 9
    assert found.parts["1-3"][2].tolist() == pytest.approx([0] * 6 + [1, 1, 1, 15 / 31, 0, 0])
    columns, rows = found.start_up(6)
    assert list(columns) == ["1-3"]
    assert [row.count for row in rows] == [21]


@pytest.mark.parametrize(
    ("since", "borne", "levels", "months"),
    [
        # What came before the connection has a level of its own.
        ("2022-07-01", [1] * 6 + [4] * 6, {"borne": 24, "borne before": 6}, 12),
        ("2022-04-01", [0] * 3 + [5] * 9, {"borne": 45}, 9),  # in the first nobody was connected
        (None, [9] * 12, None, 0),  # not known since when
        ("2022-01-01", [0] * 12, None, 0),
        ("2023-01-01", [0] * 12, None, 0),  # connected after the evaluation
    ],
)
def test_levels_are_of_connected_time_and_of_what_came_before_it(since, borne, levels, months):
    found = given_of(
        days_of(framed({"borne": since}, **YEAR), borne=borne), {"borne": since}, **YEAR
    )

    assert (found and dict(zip(found.levels, found.received, strict=True))) == levels
    assert (len(found.months) if found else 0) == months
    # In each month there is one of these levels.
    assert found is None or ((found.time > 0).sum(axis=0) == 1).all()


def test_what_came_after_a_connection_is_as_far_off_as_both_counts_of_that_difference():
    of = framed({"borne": "2022-07-01"}, **YEAR)
    table = counts_of(days_of(of, borne=[1] * 6 + [4] * 6), of, off=4)

    found = totals(of, table)

    assert dict(zip(found.levels, found.rounding_received, strict=True)) == {
        "borne": 6,  # 2 (5² − 1) / 8: all, without the first half year
        "borne before": 3,
    }


ALMELO = framed({"almelo": "2021-01-01"}, **YEAR)
NINE = counts_of(days_of(ALMELO, almelo=[9] * 12), ALMELO)


@pytest.mark.parametrize(
    ("area", "period", "count", "expected"),
    [
        ("almelo", "whole", None, None),  # not told
        ("twente", "2022-05", None, None),
        ("twente", "2022-05", 0, [0 if n == 4 else 108 / 11 for n in range(12)]),
        ("twente", "2022-01/2022-06", None, [9] * 12),  # not needed
    ],
)
def test_receipts_are_shared_over_the_months_as_tips_are_and_all_of_them_are_needed(
    area, period, count, expected
):
    table = NINE.copy()
    table.loc[table["area"].eq(area) & table["period"].eq(period), "count"] = count

    found = totals(ALMELO, table)

    assert (found and found.counts.tolist()) == (expected and pytest.approx(expected))


def test_who_delivered_nothing_has_no_part_and_rounding_is_said():
    missing = NINE[NINE["area"] == "almelo"].assign(area="wierden", state="missing", count=pd.NA)
    missing = missing.astype(NINE.dtypes)

    # The first month of the district is a sum of two counts.
    off = NINE["area"].eq("twente") & NINE["period"].eq("2022-01")
    rounded = NINE.assign(off=off.map({True: 8, False: 4}))

    found = totals(ALMELO, pd.concat([rounded, missing.assign(off=0)]))

    assert (found.levels, found.received.tolist()) == (["almelo"], [108])
    # 2 and 1 (5² − 1) / 8 = 6 and 3; the months of a quarter as these are in the mean: 4.
    assert np.diag(found.rounding) == pytest.approx([4, 4, 4, *[3] * 9])
    assert found.rounding_received.tolist() == [3]
