"""The model of counts: a published series, and what is chance and what is more."""

import numpy as np
import pandas as pd
import pytest

from mma_analysis.measure.loglinear import LogLinear, log_linear, waves
from sicily import EPISODES, POPULATION


def sicily(with_season: bool = False) -> LogLinear:
    """The smoking ban of January 2005 (month 37), as the authors modelled it."""
    months = pd.Series(range(1, 60), dtype="float64")
    design = pd.DataFrame({"level": 1.0, "ban": (months >= 37).astype(float), "month": months})
    design = design.join(waves(months / 12, 2 if with_season else 0))
    return log_linear(pd.Series(EPISODES), design, pd.Series(POPULATION))


# The authors' corrected code with its output: clelandcm.github.io/ITS.
def test_the_smoking_ban_in_sicily_has_the_published_effect_and_poisson_interval():
    fitted = sicily()

    assert fitted.dispersion == pytest.approx(3.559195, rel=1e-5)
    assert fitted.ratio("ban") == pytest.approx((0.894, 0.839, 0.953), abs=5e-4)
    error = np.sqrt(fitted.covariance.loc["ban", "ban"] / fitted.dispersion)
    assert error == pytest.approx(0.0172248, abs=5e-8)
    limits = np.exp(fitted.coefficients["ban"] + np.array([-1.959964, 1.959964]) * error)
    assert limits == pytest.approx([0.865, 0.925], abs=5e-4)


def test_with_two_waves_a_year_the_smoking_ban_has_the_published_effect():
    fitted = sicily(with_season=True)

    assert fitted.ratio("ban") == pytest.approx((0.8850715, 0.8394010, 0.9332270), abs=1e-6)
    assert fitted.dispersion == pytest.approx(2.262186, abs=1e-5)
    assert np.exp(12 * fitted.coefficients["month"]) == pytest.approx(1.066808, abs=1e-6)


def test_an_interval_is_never_narrower_than_chance():
    even = pd.DataFrame({"level": 1.0, "is_second": [0.0, 0.0, 1.0, 1.0]})

    fitted = log_linear(pd.Series([10, 10, 10, 10]), even, pd.Series(1.0, even.index))

    # 20 against 20: the variance of a log ratio is 1/20 + 1/20.
    assert fitted.dispersion == 1
    assert fitted.covariance.loc["is_second", "is_second"] == pytest.approx(0.1)


def test_waves_of_a_year_add_up_to_nothing_over_it():
    months = pd.Series(np.arange(12) / 12)

    found = waves(months, 2)

    assert list(found.columns) == ["sine_1", "cosine_1", "sine_2", "cosine_2"]
    assert found.sum().to_numpy() == pytest.approx(np.zeros(4), abs=1e-12)


# --- no finite estimate --------------------------------------------------------------------------


@pytest.mark.parametrize("season", [False, True])
def test_counts_of_which_the_best_fit_lies_at_infinity_have_no_estimate(season: bool):
    # Nothing in the first year: every larger step fits better. Or only in March of two years:
    # every higher wave with its top in March does.
    months = pd.Series(range(24), dtype="float64")
    counts = pd.Series(0, months.index)
    counts[[2, 14] if season else [12, 14, 20]] = 10
    design = pd.DataFrame({"level": 1.0, "step": (months >= 12).astype(float)})
    design = design.join(waves(months / 12, 1 if season else 0))

    fitted = log_linear(counts, design, pd.Series(1.0, months.index))

    assert fitted.coefficients.isna().all()
    assert np.isnan(fitted.ratio("step")).all()
    assert np.isnan(fitted.dispersion)


def test_one_count_more_makes_the_estimate_finite():
    # 1 in twelve months and 30 in twelve: thirty times as many.
    months = pd.Series(range(24), dtype="float64")
    counts = pd.Series(0, months.index)
    counts[[0, 12, 14, 20]] = [1, 10, 10, 10]
    design = pd.DataFrame({"level": 1.0, "step": (months >= 12).astype(float)})

    fitted = log_linear(counts, design, pd.Series(1.0, months.index))

    assert fitted.ratio("step")[0] == pytest.approx(30)
