"""Is it rising? What the trend rests on, and next year."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from counting import framed
from mma_analysis.measure.course import fitted
from mma_analysis.measure.trend import district_trend, next_year, trend_rows
from totals import SIX, baseline_of, days_of

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


# --- next year -----------------------------------------------------------------------------------


def ahead(
    numbers: Numbers, qualifier: str = "", said: str = "no_change", **since: str
) -> pd.Series:
    of = framed(dict.fromkeys(numbers, LONG_AGO) | since)
    trend = pd.DataFrame({"verdict": [said], "qualifier": [qualifier]})
    return next_year(baseline_of(days_of(of, **numbers), of), trend).iloc[0]


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
    assert row[["whole_year", "expected"]].to_list() == pytest.approx([year, year], rel=0.01)
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
    row = ahead(numbers, said="more", **{list(numbers)[-1]: since})

    assert row["verdict"] == verdict
    found = row[["whole_year", "expected"]]
    expected = [np.nan, np.nan] if receipts is None else [receipts, receipts * growth]
    assert found.to_list() == pytest.approx(expected, rel=0.05, nan_ok=True)


def test_when_no_change_is_seen_a_year_is_as_the_last_one_within_the_limits_of_the_trend():
    told = ahead({"almelo": FAST}, said="more")
    unseen = ahead({"almelo": FAST}, said="no_change")

    assert unseen["expected"] == unseen["whole_year"] == told["whole_year"]
    assert unseen["high"] == told["high"]
    assert unseen["low"] == min(told["low"], unseen["whole_year"])


def test_the_pace_of_gemeenten_that_were_all_connected_is_what_they_received():
    """Also when the last quarter is so low that something may be missing in it."""
    falls = [20] * 21 + [8] * 3
    since = {"almelo": LONG_AGO, "borne": LONG_AGO}
    row = ahead({"almelo": falls, "borne": FAST}, said="cannot_tell", **since)

    received = 9 * 20 + 3 * 8 + sum(FAST[12:])
    assert row["whole_year"] == pytest.approx(received, rel=0.002)  # months of 28 to 31 days
