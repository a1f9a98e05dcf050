"""What can be said of one gemeente: its noise and its own course."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from conftest import cases

from counting import framed
from mma_analysis.measure import Frame
from mma_analysis.measure.course import fitted
from mma_analysis.measure.gemeenten import (
    Cells,
    Whole,
    _drawn,
    baseline,
    dispersions,
    gemeente_trends,
    slope,
    slopes,
)
from mma_analysis.measure.random_effects import SMALL_SCALE, RandomEffects
from mma_analysis.measure.trend import district_trend, trend_rows
from totals import SIX as SLUGS
from totals import baseline_of, counts_of, days_of, of_rows

# --- published numbers ---------------------------------------------------------------------------

# R's integrate on 0 … 1.5; ours is the trapezium rule over 61 points.
FOUR = np.array([0.1, 0.3, -0.2, 0.6]), np.array([0.02, 0.05, 0.08, 0.3])


def test_an_estimate_is_drawn_to_the_others_as_integration_says():
    tails = (0.025, 0.5, 0.975)
    first, last, nobody = (RandomEffects(*FOUR).shrunken(unit, tails) for unit in (0, 3, None))

    assert first == pytest.approx([-0.13470, 0.11273, 0.35604], abs=1e-3)
    assert last == pytest.approx([-0.27222, 0.17476, 0.87252], abs=1e-3)
    assert RandomEffects(*FOUR, SMALL_SCALE).mean_square() == pytest.approx(0.0375420, abs=1e-4)
    assert RandomEffects(*FOUR).variance_of_mean() == pytest.approx(0.0380174, abs=1e-5)
    # Of whom nothing is known, what others have is said, and less sure.
    assert nobody[0] < first[0] < nobody[1] < first[2] < nobody[2]


@pytest.mark.parametrize(
    ("phi", "rounding", "variance"),
    [
        (1.0, 0.0, 0.385771**2),  # by hand: see below
        (2.0, 0.0, 2 * 0.385771**2),
        # Of each cell 3 more, at 20.5 / 31 before and 10.5 / 31 after the mean.
        (1.0, 3.0, 0.385771**2 + 3 * (20.5**2 + 10.5**2) / 31**2 / 6.943548**2),
    ],
)
def test_an_own_course_is_the_one_worked_out_by_hand(phi, rounding, variance):
    """10 and then 20, with half for each: ln(20.5 / 10.5); information 31 × 20.5 × 10.5 / 31²."""
    cells = Cells(np.array([10.0, 20.0]), np.eye(2), np.full(2, rounding))

    found = slope(cells, np.ones(2), np.array([0.0, 1.0]), phi)

    assert found == pytest.approx((0.669050, variance), rel=2e-6)


def test_an_own_change_is_beside_what_everybody_is_expected_to_have_more():
    """Who has as many as the season and what is expected more make together has no change."""
    given = of_rows([10] * 12, [20] * 12)
    course = fitted(given, given.seasons())
    season = course.on_months(given.seasons())
    more = 0.3 * np.tile(given.year, (2, 1))
    counts = 100 * np.exp(season + more)
    own = {
        slug: Cells(counts[place], np.eye(12), np.zeros(12))
        for place, slug in enumerate(given.levels)
    }

    found = slopes(course, own, pd.Series(1.0, given.levels), more)

    assert found["change"].tolist() == pytest.approx([0.0, 0.0], abs=1e-6)


# --- how much counts vary ------------------------------------------------------------------------


# By hand: months of 10 and of 20, that vary so many times as much as by chance.
@pytest.mark.parametrize(("misfit", "cells", "rounding", "expected"), cases("dispersion"))
def test_counts_of_a_gemeente_vary_as_its_cells_show_and_at_least_as_months_do(
    misfit, cells, rounding, expected
):
    given = of_rows([10] * 8, [20] * 8)
    course = fitted(given, {"year": given.year})
    means = np.array([[10.0] * 4, [20.0] * 4])
    course = replace(course, misfit=float(misfit), free=1, means=means)
    own = {
        f"level {n}": Cells(np.array(counts.split(), float), np.eye(4), np.full(4, float(rounding)))
        for n, counts in enumerate(cells.split(" / ") if cells else ())
    }

    numbers = [float(Fraction(number)) for number in expected.split()]
    assert list(dispersions(course, own).values()) == pytest.approx(numbers)


def test_the_noise_is_said_of_who_delivered_and_the_district_and_is_chance_without_a_date():
    restless = {"almelo": [5, 25] * 12, "borne": [10] * 24}
    found = {}
    for since in ("2021-07-01", None):
        of = framed(dict.fromkeys(restless, since))
        found[since] = baseline_of(days_of(of, **restless), of).dispersion.to_dict()

    assert list(found["2021-07-01"]) == ["almelo", "borne", "twente"]
    assert min(found["2021-07-01"].values()) > 2
    assert found[None] == {"almelo": 1, "borne": 1, "twente": 1}


# --- its own course ------------------------------------------------------------------------------

OF = framed(dict.fromkeys(SLUGS, "2021-07-01"))
SHORT = framed(dict.fromkeys(SLUGS, "2021-07-01"), peildatum="2022-11-30")
EVEN = dict.fromkeys(SLUGS, [20] * 24)
TWICE = [n for n in (10, 14, 20, 28) for _ in range(6)]  # twice as many in a year
HALF = TWICE[::-1]


def trends(
    numbers: dict[str, list[int]],
    own: dict[str, list[int]] | None = None,
    of: Frame = OF,
    hidden: str = "",
) -> pd.DataFrame:
    """Of what everybody has; and, when it differs, of what gemeenten have themselves."""
    public, exact = (baseline_of(days_of(of, **n), of) for n in (numbers, own or numbers))
    its_own = exact.per_period.assign(
        count=exact.per_period["count"].mask(exact.per_period["area"].eq(hidden))
    )
    of_all = district_trend(public, trend_rows(public))
    return gemeente_trends(public, its_own, of_all).set_index("area")


@pytest.mark.parametrize(
    ("almelo", "verdict", "change"),
    [
        (TWICE, "more", 1.0),
        (HALF, "fewer", -0.5),
        ([20] * 24, "no_change", 0.0),
        # 3 and then 6 are too few to be named, and are drawn to the others.
        ([1, 0] * 3 + [0] * 6 + [1, 0] * 6, "no_change", None),
    ],
)
def test_a_gemeente_is_named_by_its_own_counts_alone(almelo, verdict, change):
    found = trends(EVEN | {"almelo": almelo}, of=framed(dict.fromkeys(SLUGS, "2019-07-01")))

    row = found.loc["almelo"]
    assert row["verdict"] == verdict
    assert row["low"] <= row["change"] <= row["high"]
    assert change is None or row["change"] == pytest.approx(change, abs=0.06)
    assert set(found["verdict"].drop("almelo")) == {"no_change"}


# Twice as many in one half year as in the next, all together: it moves by itself.
WAVE = [30] * 6 + [10] * 6 + [30] * 6 + [10] * 6
FLAT = pd.DataFrame({"change": [0.0] * 4, "variance": [0.01] * 4})


@pytest.mark.parametrize(
    ("low", "high", "verdict", "qualifier", "said"),
    [
        # Of four slopes of 0 ± 0.2 the mean has less than ±0.2, and all together −50 % … +100 %.
        (-0.5, 1.0, "cannot_tell", "", "cannot_tell"),
        (-0.4, 0.6, "cannot_tell", "", "cannot_tell"),
        (-0.1, 0.1, "no_change", "", "no_change"),
        (0.01, 0.2, "more", "start_up", "cannot_tell"),
        (0.01, 0.2, "more", "last_quarter", "cannot_tell"),
        (0.01, 0.2, "more", "own_courses", "no_change"),
    ],
)
def test_a_gemeente_is_never_surer_than_all_together(low, high, verdict, qualifier, said):
    row = {"low": low, "high": high, "verdict": verdict, "qualifier": qualifier}

    found = _drawn(FLAT, FLAT, True, Whole.of(pd.DataFrame([row])))

    assert found.verdict == said
    width = np.log1p(found.change.high) - np.log1p(found.change.low)
    assert width >= np.log1p(high) - np.log1p(low) - 0.02  # printed in whole percents


def test_where_nothing_is_said_of_all_together_nothing_is_said_of_one():
    row = {"low": pd.NA, "high": pd.NA, "verdict": "cannot_tell", "qualifier": ""}
    trend = pd.DataFrame([row]).astype({"low": "Float64", "high": "Float64"})
    public = baseline_of(days_of(OF, **EVEN), OF)

    found = gemeente_trends(public, public.per_period, trend)

    assert set(found["verdict"]) == {"cannot_tell"}
    assert found[["change", "low", "high"]].isna().all(axis=None)


def test_a_gemeente_has_no_change_where_all_together_have_none():
    """A count moves a lot, and nobody has a change that can be seen."""
    found = trends({slug: WAVE for slug in SLUGS})

    assert set(found["verdict"]) == {"cannot_tell"}


def test_what_the_district_cannot_tell_from_its_start_up_no_gemeente_can():
    """Almelo doubled, and with it all together grew; unless their first half year was slow."""
    long_ago = framed(dict.fromkeys(SLUGS, "2019-07-01"))

    joined_at_the_begin = trends(EVEN | {"almelo": TWICE}, of=OF)
    joined_before = trends(EVEN | {"almelo": TWICE}, of=long_ago)

    assert joined_at_the_begin.loc["almelo", "verdict"] == "cannot_tell"
    assert joined_before.loc["almelo", "verdict"] == "more"


def test_a_gemeente_sees_its_own_counts_beside_what_everybody_has_of_the_others():
    alone = trends(EVEN, own=EVEN | {"almelo": TWICE})
    all_changed = trends(EVEN, own={slug: TWICE for slug in SLUGS} | {"almelo": [20] * 24})

    assert alone["verdict"].to_dict() == dict.fromkeys(SLUGS, "no_change") | {"almelo": "more"}
    assert all_changed.loc["almelo"].equals(trends(EVEN).loc["almelo"])


@pytest.mark.parametrize(
    ("numbers", "options"),
    [
        ({"almelo": [20] * 24, "borne": [0] * 24}, {}),  # of two: none to borrow from
        (EVEN, {"hidden": "borne"}),
        ({slug: [20] * 17 for slug in SLUGS}, {"of": SHORT}),
    ],
)
def test_without_time_counts_or_others_nothing_is_said(numbers, options):
    row = trends(numbers, **options).loc["borne"]

    assert row["verdict"] == "cannot_tell"
    assert row[["change", "low", "high"]].isna().all()


@pytest.mark.parametrize(
    ("since", "months", "verdict"),
    [
        ("2022-07-01", 12, "no_change"),  # to 30 June 2023: 365 days
        ("2022-07-02", 11, "too_short"),
        ("2023-04-01", 3, "too_short"),
    ],
)
def test_of_less_than_a_year_there_is_no_change_per_year(since, months, verdict):
    of = framed(dict.fromkeys(SLUGS, "2021-07-01") | {"borne": since})
    borne = [0] * (24 - months) + [20] * months

    row = trends(EVEN | {"borne": borne}, of=of).loc["borne"]

    assert row["verdict"] == verdict
    has_change = verdict == "no_change"
    assert row[["change", "low", "high"]].notna().tolist() == [has_change] * 3


def test_a_gemeente_of_which_a_half_year_is_not_told_has_its_years():
    counts = counts_of(days_of(OF, **EVEN), OF)
    is_first = counts["area"].eq("almelo") & counts["period"].eq("2021-07/2021-12")

    cells = baseline(OF, counts.assign(count=counts["count"].mask(is_first))).cells

    assert cells["almelo"].counts.tolist() == [240, 240]
    assert cells["borne"].counts.tolist() == [120] * 4
