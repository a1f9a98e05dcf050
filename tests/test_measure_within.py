"""The change within gemeenten, from the released totals of months and of gemeenten alone."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from mma_analysis.measure.loglinear import waves
from mma_analysis.measure.periods import periods
from mma_analysis.measure.within import Margins, margins, within
from mma_analysis.vocabulary import Vocabulary
from sicily import EPISODES, POPULATION
from totals import margins_of, totals

VOCABULARY = Vocabulary()

YEAR = periods(dt.date(2022, 1, 1), dt.date(2022, 12, 31))
CODES = YEAR.loc[YEAR["kind"] == "month", "period"].to_list()
BEGINS = YEAR.loc[YEAR["kind"] == "month", "begin"].to_list()
DAYS_PER_MONTH = 365.25 / 12


def each_month(*numbers: int) -> list[pd.Timestamp]:
    return [day for day, number in zip(BEGINS, numbers, strict=True) for _ in range(number)]


def known(*arguments) -> Margins:
    found = margins_of(*arguments)
    assert found is not None
    return found


# --- what is fitted ------------------------------------------------------------------------------


def series(counts: list[int], received: list[float], time: np.ndarray) -> Margins:
    months = pd.DataFrame({"stretch": range(len(counts))})
    return Margins(np.array(counts, dtype="float64"), months, np.array(received), time)


def sicily(number_of_waves: int):
    """The smoking ban of January 2005 (month 37), as the authors modelled it."""
    month = pd.Series(range(1, 60), dtype="float64")
    design = pd.DataFrame({"ban": (month >= 37).astype(float), "month": month})
    population = np.array([POPULATION])
    found = series(EPISODES, [float(sum(EPISODES))], population)
    return within(found, design.join(waves(month / 12, number_of_waves)))


# The authors' corrected code with its output: clelandcm.github.io/ITS.
def test_the_smoking_ban_in_sicily_has_the_published_effect_and_dispersion():
    fitted = sicily(0)

    assert fitted.ratio("ban")[0] == pytest.approx(0.894, abs=5e-4)
    assert sicily(2).ratio("ban")[0] == pytest.approx(0.885, abs=5e-4)  # two waves a year
    assert fitted.dispersion == pytest.approx(3.559195, rel=1e-5)
    assert fitted.variance == "quasi_poisson"
    # Published with 1.96 errors; ours has Student's t with 56 degrees of freedom, 2.0032.
    error = np.sqrt(fitted.covariance.loc["ban", "ban"])
    limits = np.exp(fitted.coefficients["ban"] + np.array([-1.959964, 1.959964]) * error)
    assert limits == pytest.approx([0.839, 0.953], abs=5e-4)
    assert fitted.reach == pytest.approx(2.0032, abs=5e-5)


def test_both_margins_say_all_that_the_counts_per_gemeente_and_month_do():
    """The estimates and errors of a Poisson regression on the rows (statsmodels)."""
    chance = np.random.default_rng(14)
    month = np.arange(30)
    joined = np.array([0, 4, 11, 20])
    time = (month >= joined[:, None]) * np.array([[1.0], [1.0], [0.8], [1.0]])
    rate = np.array([[20], [3], [40], [9]]) * np.exp(0.2 * month / 12)
    counts = chance.poisson(rate * time)
    design = pd.DataFrame({"year": month / 12}).join(waves(pd.Series(month / 12), 1))

    fitted = within(
        series(list(counts.sum(axis=0)), list(counts.sum(axis=1).astype(float)), time), design
    )

    is_row = time.ravel() > 0
    levels = pd.get_dummies(np.repeat(range(4), 30), dtype=float)
    rows = pd.concat([design] * 4, ignore_index=True).join(levels)[is_row].to_numpy()
    offset = np.log(time.ravel()[is_row])
    model = sm.GLM(counts.ravel()[is_row], rows, family=sm.families.Poisson(), offset=offset).fit()
    assert fitted.coefficients.to_list() == pytest.approx(model.params[:3], abs=1e-7)
    unwidened = fitted.covariance.to_numpy() / fitted.dispersion
    assert unwidened == pytest.approx(model.cov_params()[:3, :3], rel=1e-5, abs=1e-8)


def test_longer_stretches_give_the_true_course_too():
    """Twice as many from the second year on; of half of the months only the quarter is known."""
    expected = np.repeat([30, 60], 12)
    of_month = [*range(6), *[6] * 3, *[7] * 3, *range(8, 14), *[14] * 3, *[15] * 3]
    counts = pd.Series(expected).groupby(of_month).sum().to_list()
    months = pd.DataFrame({"stretch": of_month})
    told = Margins(np.array(counts, dtype="float64"), months, np.array([1080.0]), np.ones((1, 24)))
    step = pd.DataFrame({"second": (np.arange(24) >= 12).astype(float)})

    fitted = within(told, step)

    assert fitted.ratio("second")[0] == pytest.approx(2)
    # 360 against 720, and no more is lost by stretches that lie within one of both.
    error = np.sqrt(1 / 360 + 1 / 720)
    assert np.sqrt(fitted.covariance.loc["second", "second"]) == pytest.approx(error)


def test_columns_that_cannot_be_told_apart_have_no_estimate():
    month = pd.Series(np.arange(24) / 12)
    both = pd.DataFrame({"year": month, "same": 2 * month})

    fitted = within(series([10] * 24, [240.0], np.ones((1, 24))), both)

    assert fitted.coefficients.isna().all()
    assert fitted.variance is None


# --- what is read --------------------------------------------------------------------------------


def test_all_that_is_shown_is_months_and_gemeenten():
    found = known(
        {"almelo": each_month(*[2] * 12), "borne": each_month(*[0] * 6, *[1] * 6)},
        {"almelo": "2022-01-01", "borne": "2022-07-01"},
        YEAR,
    )

    assert found.counts.tolist() == [2] * 6 + [3] * 6
    assert found.received.tolist() == [24, 6]
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    assert found.time[0] == pytest.approx(days / DAYS_PER_MONTH)
    assert found.time[1] == pytest.approx(np.where(np.arange(12) < 6, 0, days) / DAYS_PER_MONTH)


def test_where_a_month_is_hidden_its_quarter_stands_in_and_then_its_half_year():
    days = {"almelo": each_month(*range(10, 22))}
    since = {"almelo": "2021-01-01"}

    of_quarter = known(days, since, YEAR, [("twente", "2022-05"), ("twente", "2022-06")])
    hidden = [("twente", "2022-02"), ("twente", "2022-04/2022-06")]
    of_half = known(days, since, YEAR, hidden)

    assert of_quarter.counts.tolist() == [10, 11, 12, 13 + 14 + 15, *range(16, 22)]
    assert of_quarter.months["stretch"].to_list() == [0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9]
    assert of_half.counts.tolist() == [sum(range(10, 16)), *range(16, 22)]


def test_gemeenten_that_are_hidden_are_one_by_inhabitants():
    found = known(
        {
            "almelo": each_month(*[9] * 12),
            "borne": each_month(3, *[0] * 11),
            "losser": each_month(*[0] * 11, 2),
        },
        dict.fromkeys(["almelo", "borne", "losser"], "2021-01-01"),
        YEAR,
        [("borne", "whole"), ("losser", "whole")],
    )

    assert sorted(found.received) == [5, 108]
    of_both = found.time[found.received == 5][0]
    of_almelo = found.time[found.received == 108][0]
    # Both were connected all the time: their months differ as those of Almelo do, but for some
    # inhabitants more or fewer in a year.
    assert of_both / of_both.sum() == pytest.approx(of_almelo / of_almelo.sum(), rel=0.01)


def test_what_came_before_the_connection_has_a_level_of_its_own():
    found = known(
        {"almelo": each_month(*[9] * 12), "borne": each_month(*[1] * 6, *[4] * 6)},
        {"almelo": "2021-01-01", "borne": "2022-07-01"},
        YEAR,
    )

    assert sorted(found.received) == [6, 24, 108]
    assert (found.time[found.received == 6][0] > 0).tolist() == [True] * 6 + [False] * 6
    assert (found.time[found.received == 24][0] > 0).tolist() == [False] * 6 + [True] * 6


def test_months_in_which_nobody_was_connected_are_left_out():
    found = known({"almelo": each_month(*[0] * 3, *[5] * 9)}, {"almelo": "2022-04-01"}, YEAR)

    assert found.counts.tolist() == [5] * 9
    assert found.months["period"].to_list() == CODES[3:]


def test_a_gemeente_without_a_known_date_or_a_hidden_whole_leaves_nothing_to_tell():
    days = {"almelo": each_month(*[9] * 12), "borne": each_month(*[9] * 12)}
    since = {"almelo": "2021-01-01", "borne": "2021-01-01"}

    assert margins_of(days, since | {"borne": None}, YEAR) is None
    assert margins_of(days, since, YEAR, [("twente", "whole")]) is None
    assert margins_of(days, since, YEAR) is not None


def test_who_delivered_nothing_has_no_part_whether_its_date_is_known_or_not():
    days, since = {"almelo": each_month(*[9] * 12)}, {"almelo": "2021-01-01"}
    table, time = totals(days, since, YEAR)
    missing = table[table["area"] == "almelo"].assign(
        area="wierden", state="missing", count=pd.NA, connected_months=np.nan
    )

    found = margins(VOCABULARY, pd.concat([table, missing]), 108.0, time, YEAR)

    assert found is not None
    assert found.received.tolist() == [108]


def test_where_receipts_are_hidden_tips_are_close_enough():
    days = {"almelo": each_month(*[9] * 12), "borne": each_month(3, *[0] * 11)}
    table, time = totals(days, dict.fromkeys(days, "2021-01-01"), YEAR, [("borne", "whole")])

    found = margins(VOCABULARY, table, float("nan"), time, YEAR)

    assert found is not None
    assert sorted(found.received) == [111 - 108, 108]
