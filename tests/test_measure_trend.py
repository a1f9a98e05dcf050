"""Is it rising? What the trend rests on, beside the country, its months, and next year."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from counting import framed
from mma_analysis.measure.course import Totals, fitted
from mma_analysis.measure.gemeenten import baseline
from mma_analysis.measure.trend import (
    district_trend,
    expected_months,
    months_beside,
    national_comparison,
    next_year,
    trend_rows,
)
from totals import SIX, baseline_of, counts_of, days_of, of_rows

LONG_AGO = "2019-07-01"  # nothing of a start-up is left
BEGIN = "2021-07-01"
Numbers = dict[str, list[int]]
World = tuple[Numbers, dict[str, str]]  # of each per month, and since when it is connected


def alike(months: list[int], since: str = LONG_AGO) -> World:
    return dict.fromkeys(SIX, months), dict.fromkeys(SIX, since)


def growing(by: float, months: int = 24, rate: int = 30) -> list[int]:
    return [round(rate * by ** (month / 12)) for month in range(months)]


def joining(slow: int, gap: int = 3, months: int = 24) -> World:
    """One after the other; half as many in the first so many months, and then 40 each month."""
    first = {slug: gap * n for n, slug in enumerate(SIX)}
    begin = pd.Timestamp(BEGIN)
    since = {s: f"{begin + pd.DateOffset(months=n):%Y-%m-%d}" for s, n in first.items()}
    later = {s: [0] * n + ([20] * slow + [40] * months)[: months - n] for s, n in first.items()}
    return later, since


def told(numbers: Numbers, since: dict[str, str]) -> tuple[pd.Series, pd.DataFrame]:
    """The trend of the district, and the rows that it rests on."""
    months = len(next(iter(numbers.values())))
    last = pd.Timestamp(BEGIN) + pd.DateOffset(months=months, days=-1)
    of = framed({slug: since.get(slug, LONG_AGO) for slug in numbers}, peildatum=f"{last:%Y-%m-%d}")
    given = baseline_of(days_of(of, **numbers), of)
    rows = trend_rows(given)
    return district_trend(given, rows).iloc[0], rows.set_index("assumption")


# --- the trend of the district -------------------------------------------------------------------

ONE_GROWS = {"almelo": growing(2), "borne": [30] * 24, "losser": [30] * 24}


@pytest.mark.parametrize(
    ("world", "verdict", "change", "qualifier", "row"),
    [
        (alike(growing(1.2)), "more", 0.2, "", None),
        (alike(growing(0.8)), "fewer", -0.2, "", None),
        (alike([30] * 24), "no_change", 0, "", None),
        (joining(slow=0), "no_change", 0, "", None),  # from 40 in a month to 240
        # What these months have more or fewer is expected, and no change is made of it.
        (joining(slow=3), "no_change", None, "", "start_up"),
        (joining(slow=12, gap=6, months=48), "more", None, "start_up", "start_up"),
        (alike([20] * 21 + [26] * 3), "no_change", None, "", "last_quarter"),
        (alike([16] * 3 + [20] * 18 + [24] * 3, BEGIN), "no_change", None, "", None),
        # One grows and two others do not.
        ((ONE_GROWS, {}), "more", None, "own_courses", None),
        # Twelve in all: the interval holds a doubling.
        (({"almelo": [0, 1] * 12}, {}), "cannot_tell", None, "", None),
    ],
)
def test_a_change_is_said_with_the_first_assumption_that_it_does_not_survive(
    world, verdict, change, qualifier, row
):
    """`row`: of the assumption without which, by how the world is made, nothing changes."""
    found, rows = told(*world)

    assert (found["verdict"], found["qualifier"]) == (verdict, qualifier)
    assert change is None or found["change"] == pytest.approx(change, abs=0.011)
    assert row is None or rows.loc[row, "change"] == pytest.approx(0, abs=0.011)
    assert set(rows.index[rows["decides"]]) == {"start_up", "last_quarter", "own_courses"}
    assert ("start_up_year" in rows.index) == (len(world[0]["almelo"]) < 48)  # then it decides
    assert found[["low", "high"]].to_list() == rows.loc["base", ["low", "high"]].to_list()


@pytest.mark.parametrize(("waves", "months"), [(1, 24), (2, 36)])
def test_a_season_is_no_growth(waves, months):
    wave = [round(100 * np.exp(0.4 * np.sin(waves * np.pi * n / 6))) for n in range(months)]

    found, _ = told({"almelo": wave}, {})

    assert found["change"] == pytest.approx(0, abs=0.021)
    assert found["verdict"] == "no_change"


def test_months_that_may_differ_are_drawn_to_what_is_expected_by_hand():
    of = framed(dict.fromkeys(SIX, LONG_AGO))
    numbers = dict.fromkeys(SIX, [20] * 21 + [26] * 3)
    given = baseline_of(days_of(of, **numbers), of).course.given
    last = np.repeat([0.0, 1.0], [21, 3])

    free = fitted(given, {"last": last})
    held = fitted(given, {"last": last}, prior={"last": 0.3})

    # The score: what three months have more than their part, against b / 0.3² of the prior.
    assert free.coefficients["last"] == pytest.approx(np.log(1.3), abs=0.01)
    total = 6 * (20 * 21 + 26 * 3)
    b = held.coefficients["last"]
    part = 91 * np.exp(b) / (730 - 91 + 91 * np.exp(b))  # of the days
    assert 6 * 26 * 3 - total * part == pytest.approx(b / 0.3**2, rel=0.1)
    assert held.by_chance.item() < free.by_chance.item()


def test_the_least_change_that_can_be_seen_follows_from_the_widest_row():
    found, rows = told(*alike([30] * 24))

    deciding = rows.loc[["base", "start_up", "last_quarter", "own_courses"]]
    width = np.log(1 + deciding["high"]) - np.log(1 + deciding["low"])
    # 24 months, given their sum, less a trend and a wave: 20 degrees of freedom. Four of five
    # are seen from 0.8416 errors beyond the interval.
    reach = student.ppf(0.975, 20)
    factor = np.exp(width.max() / 2 * (reach + 0.8416) / reach)
    assert found["visible"] == pytest.approx(factor - 1, abs=0.006)


# Eighteen months are one season and a half; March of two years is fitted by every higher wave.
@pytest.mark.parametrize(
    ("numbers", "is_told"),
    [
        ([30] * 17, False),
        ([30] * 18, True),
        ([0] * 24, False),
        ([0] * 8 + [214] + [0] * 11 + [216] + [0] * 3, False),
    ],
)
def test_with_too_little_time_or_no_best_fit_there_is_no_trend(numbers, is_told):
    found, rows = told({"almelo": numbers}, {})

    assert found["verdict"] == ("no_change" if is_told else "cannot_tell")
    assert found[["change", "low", "high", "dispersion", "waves"]].notna().all() == is_told
    assert rows.empty != is_told


# --- beside the country --------------------------------------------------------------------------


THREE = SIX[:3]


def beside(
    numbers: Numbers, since: dict[str, str], first: str = "2021-01-01", last: str = "2022-12-31"
) -> pd.DataFrame:
    of = framed(dict.fromkeys(THREE, "2019-01-01") | since, begin=first, peildatum=last)
    return national_comparison(baseline_of(days_of(of, **numbers), of))


def test_a_fifth_fewer_stands_beside_a_quarter_fewer_in_the_country():
    row = beside(dict.fromkeys(THREE, [10] * 12 + [8] * 12), {}).iloc[0]

    assert (row["year_from"], row["year_to"]) == (2021, 2022)
    assert row["change"] == pytest.approx(-0.20)
    # M. passed on 24,986 tips in 2021 (nhnieuws.nl) and 18,857 in 2022 (nieuws.nl): -24.5 %.
    assert row["national_change"] == pytest.approx(-0.245, abs=5e-4)
    # 360 against 288: the log ratio is off by sqrt(1/360 + 1/288) = 0.079. Twenty degrees of
    # freedom are 2.086 errors: 0.678 to 0.944.
    assert (row["low"], row["high"]) == pytest.approx((-0.32, -0.06), abs=0.011)
    assert row["verdict"] == "fewer"


FROM_2022 = [0] * 12 + [10] * 12
STOPPED = {"almelo": FROM_2022[::-1], "borne": FROM_2022, "enschede": [0] * 24}
IN_MARCH = dict.fromkeys(THREE, ([0, 0, 5] + [0] * 9) * 2)
SLOW = {s: [0] * n + [2] * 6 + [10] * (18 - n) for s, n in zip(THREE, (0, 3, 6), strict=True)}
ALL_FROM_2022 = dict.fromkeys(THREE, "2022-01-01")
ONE_BY_ONE = dict(zip(THREE, ("2021-01-01", "2021-04-01", "2021-07-01"), strict=True))


@pytest.mark.parametrize(
    ("numbers", "since", "change", "verdict"),
    [
        # Who joins in the last year is no change.
        ({"enschede": FROM_2022}, {"enschede": "2022-01-01"}, 0, "no_change"),
        (SLOW, ONE_BY_ONE, None, "cannot_tell"),  # more, and not apart from a start-up
        # One stopped when another joined: none is seen in both years.
        (STOPPED, {"borne": "2022-01-01"}, np.nan, "cannot_tell"),
        (dict.fromkeys(THREE, FROM_2022), ALL_FROM_2022, np.nan, "cannot_tell"),
        (IN_MARCH, {}, np.nan, "cannot_tell"),  # in one month only
    ],
)
def test_of_years_is_said_what_the_same_gemeenten_had_in_both(numbers, since, change, verdict):
    row = beside(dict.fromkeys(THREE, [5] * 24) | numbers, since).iloc[0]

    assert change is None or row["change"] == pytest.approx(change, nan_ok=True)
    assert row["verdict"] == verdict
    assert row["national_change"] == pytest.approx(-0.245, abs=5e-4)


def test_only_whole_calendar_years_are_compared():
    two = beside(dict.fromkeys(THREE, [5] * 24), {}, "2021-07-01", "2023-06-30")
    three = beside(dict.fromkeys(THREE, [5] * 30 + [10] * 12), {}, "2020-07-01", "2023-12-31")

    assert two.empty
    assert three[["year_from", "year_to"]].to_numpy().tolist() == [[2021, 2022], [2022, 2023]]
    assert three["change"].to_list() == pytest.approx([0, 1])


# --- months --------------------------------------------------------------------------------------


class Seasonless(Totals):
    def seasons(self, waves: int | None = None) -> dict[str, np.ndarray]:
        return {}


def test_a_month_is_as_rare_beside_all_others_as_by_r():
    b = [0, 0, 0, 2, 3, 3, 5, 4, 6, 4, 5, 6]
    given = of_rows([5, 6, 4, 7, 6, 8, 5, 9, 7, 6, 8, 9], b, [0] * 6 + [8, 9, 12, 11, 14, 12])

    beside = months_beside(Seasonless(**vars(given)))

    period, expected, low, high, chance = beside.iloc[8]

    # 25 in the ninth month, and z = 0.5240447 with nine degrees of freedom (t 2.262157): the error
    # of the root is (5 − √22.26563) / z = 0.536888.
    assert (period, expected) == (8, pytest.approx(22.26563, abs=5e-6))
    assert chance == pytest.approx(2 * student.sf(0.5240447, 9), abs=1e-6)
    ends = (np.sqrt(22.26563) + np.array([-1, 1]) * 2.262157 * 0.536888) ** 2
    assert (low, high) == pytest.approx(tuple(ends), rel=1e-5)


@pytest.mark.parametrize(
    ("count", "off", "verdict"),
    [(100, 0, "no_change"), (150, 0, "more"), (50, 0, "fewer"), (0, 4, "cannot_tell")],
)
def test_a_month_far_from_the_others_is_named_and_no_other(count, off, verdict):
    of = framed({"almelo": LONG_AGO, "borne": LONG_AGO})
    numbers = [50] * 11 + [count // 2] + [50] * 12
    table = counts_of(days_of(of, almelo=numbers, borne=numbers), of, off)
    # Each tip came in at both: what is expected is of tips.
    table["count"] = table["count"].where(table["area"].eq("twente"), table["count"] * 2)

    found = expected_months(baseline(of, table)).set_index("period")

    assert found.loc["2022-06", "verdict"] == verdict
    assert set(found["verdict"].drop("2022-06")) == {"no_change"}
    if count:  # by what all other months show
        assert found.loc["2022-06", "expected"] == pytest.approx(100, abs=5)


# --- next year -----------------------------------------------------------------------------------


def ahead(numbers: Numbers, qualifier: str = "", **since: str) -> pd.Series:
    of = framed(dict.fromkeys(numbers, LONG_AGO) | since)
    holds = pd.DataFrame({"qualifier": [qualifier]})
    return next_year(baseline_of(days_of(of, **numbers), of), holds).iloc[0]


def test_a_year_to_come_is_worked_out_by_hand_when_nothing_changes():
    row = ahead(dict.fromkeys(SIX, [20] * 24))

    # 2880 in 730 days, 120 a month. The information of 24 months, given their sum, on a trend, a
    # wave, and three last months that are 1 / 0.3² as well known beforehand. From the middle to
    # that of next year it is 1.5 year, and an eighth of the months is no longer among the last.
    # The levels: 1 / 2880. The year itself: 1 / 1441. 19 degrees of freedom: t is 2.093.
    year = 2880 * 365.25 / 730
    months = (np.arange(24) + 0.5) / 12
    last = np.repeat([0.0, 1.0], [21, 3])
    wave = np.sin(2 * np.pi * months), np.cos(2 * np.pi * months)
    columns = np.column_stack([months, *wave, last])
    centred = columns - columns.mean(axis=0)
    information = 120 * centred.T @ centred + np.diag([0, 0, 0, 0.3**-2])
    moves = np.array([1.5, 0, 0, -1 / 8])
    error = np.sqrt(moves @ np.linalg.solve(information, moves) + 1 / 2880 + 1 / year)
    assert row[["receipts", "expected"]].to_list() == pytest.approx([year, year], rel=0.01)
    ends = year * np.exp(np.array([-1, 1]) * 2.093 * error)
    assert row[["low", "high"]].to_list() == pytest.approx(ends.tolist(), rel=0.01)
    assert row["verdict"] == "no_change"
    # A trend that does not hold under every assumption predicts no year.
    assert ahead(dict.fromkeys(SIX, [20] * 24), "start_up")["verdict"] == "cannot_tell"


LATE = [0] * 18 + [20] * 6
FAST = growing(1.5, rate=100)


@pytest.mark.parametrize(
    ("numbers", "since", "receipts", "growth", "verdict"),
    [
        # As if who joined halfway the last year had been there all year; what came in before is
        # no part of it.
        ({"almelo": [20] * 24, "borne": LATE}, "2023-01-01", 480, 1, "no_change"),
        ({"almelo": [20] * 24, "borne": [5] * 18 + LATE[18:]}, "2023-01-01", 480, 1, "no_change"),
        ({"almelo": FAST}, LONG_AGO, sum(FAST[12:]), 1.5, "no_change"),
        ({"almelo": [1] * 24}, LONG_AGO, 12, 1, "cannot_tell"),  # ends more than four times apart
        ({"almelo": [0] * 24}, LONG_AGO, None, None, "cannot_tell"),
    ],
)
def test_a_year_is_of_all_gemeenten_at_its_own_trend(numbers, since, receipts, growth, verdict):
    row = ahead(numbers, **{list(numbers)[-1]: since})

    assert row["verdict"] == verdict
    found = row[["receipts", "expected"]]
    expected = [np.nan, np.nan] if receipts is None else [receipts, receipts * growth]
    assert found.to_list() == pytest.approx(expected, rel=0.05, nan_ok=True)
