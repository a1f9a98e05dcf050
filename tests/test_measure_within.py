"""The change within gemeenten, from the released totals of months and of gemeenten alone."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from mma_analysis.measure.loglinear import waves
from mma_analysis.measure.within import Margins, margins, within
from sicily import EPISODES, POPULATION
from small_edition import framed
from totals import margins_of, totals

BEGINS = pd.date_range("2022-01-01", periods=12, freq="MS")
DAYS_PER_MONTH = 365.25 / 12
YEAR = {"begin": "2022-01-01", "peildatum": "2022-12-31"}


def each_month(*numbers: int) -> list[pd.Timestamp]:
    return [day for day, number in zip(BEGINS, numbers, strict=True) for _ in range(number)]


def known(days: dict[str, list[pd.Timestamp]], since: dict[str, str]) -> Margins:
    found = margins_of(days, since, **YEAR)
    assert found is not None
    return found


# --- what is fitted ------------------------------------------------------------------------------


def series(counts: list[int], received: list[float], time: np.ndarray, basis: int = 1) -> Margins:
    months = pd.DataFrame(index=range(len(counts)))
    return Margins(np.array(counts, dtype="float64"), months, np.array(received), time, basis)


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


@pytest.mark.parametrize(("basis", "dispersion"), [(1, 1.0), (5, 1 + 2 / 45)])
def test_the_error_of_a_step_is_that_of_its_two_sums_and_of_their_rounding(
    basis: int, dispersion: float
):
    """Twice as many from the second year on: 360 against 720."""
    step = pd.DataFrame({"second": np.repeat([0.0, 1.0], 12)})
    counts = np.repeat([30, 60], 12).tolist()

    fitted = within(series(counts, [1080.0], np.ones((1, 24)), basis), step)

    assert fitted.ratio("second")[0] == pytest.approx(2)
    # The variance of a rounded month is 2 more, of 45 a month.
    error = np.sqrt((1 / 360 + 1 / 720) * dispersion)
    assert np.sqrt(fitted.covariance.loc["second", "second"]) == pytest.approx(error)


def test_columns_that_cannot_be_told_apart_have_no_estimate():
    month = pd.Series(np.arange(24) / 12)
    both = pd.DataFrame({"year": month, "same": 2 * month})

    fitted = within(series([10] * 24, [240.0], np.ones((1, 24))), both)

    assert fitted.coefficients.isna().all()


# --- what is read --------------------------------------------------------------------------------


def test_what_is_read_is_months_and_gemeenten():
    found = known(
        {"almelo": each_month(*[2] * 12), "borne": each_month(*[0] * 6, *[1] * 6)},
        {"almelo": "2022-01-01", "borne": "2022-07-01"},
    )

    assert found.counts.tolist() == [2] * 6 + [3] * 6
    assert found.received.tolist() == [24, 6]
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    assert found.time[0] == pytest.approx(days / DAYS_PER_MONTH)
    assert found.time[1] == pytest.approx(np.where(np.arange(12) < 6, 0, days) / DAYS_PER_MONTH)


def test_what_came_before_the_connection_has_a_level_of_its_own():
    found = known(
        {"almelo": each_month(*[9] * 12), "borne": each_month(*[1] * 6, *[4] * 6)},
        {"almelo": "2021-01-01", "borne": "2022-07-01"},
    )

    assert sorted(found.received) == [6, 24, 108]
    assert (found.time[found.received == 6][0] > 0).tolist() == [True] * 6 + [False] * 6
    assert (found.time[found.received == 24][0] > 0).tolist() == [False] * 6 + [True] * 6


def test_months_in_which_nobody_was_connected_are_left_out():
    found = known({"almelo": each_month(*[0] * 3, *[5] * 9)}, {"almelo": "2022-04-01"})

    assert found.counts.tolist() == [5] * 9
    assert found.months["begin"].to_list() == list(BEGINS[3:])


@pytest.mark.parametrize(
    ("numbers", "since"),
    [
        ([9] * 12, None),  # not known since when
        ([0] * 12, "2022-01-01"),
        ([0] * 12, "2023-01-01"),  # connected after the evaluation
    ],
)
def test_without_a_known_date_or_anything_in_connected_time_there_is_nothing_to_tell(
    numbers: list[int], since: str | None
):
    assert margins_of({"borne": each_month(*numbers)}, {"borne": since}, **YEAR) is None


def test_who_delivered_nothing_has_no_part_whether_its_date_is_known_or_not():
    days, of = {"almelo": each_month(*[9] * 12)}, framed({"almelo": "2021-01-01"}, **YEAR)
    table = totals(days, of)
    missing = table[table["area"] == "almelo"].assign(
        area="wierden", state="missing", count=pd.NA, connected_months=np.nan
    )

    found = margins(of, pd.concat([table, missing]))

    assert found is not None
    assert found.received.tolist() == [108]
