"""Rates, shares and the comparison of gemeenten, against published figures and printed tables."""

import numpy as np
import pandas as pd
import pytest

from mma_analysis.measure.comparison import comparison, funnel, limits
from mma_analysis.measure.rates import share_of, with_rate


def counts(*values: int | None, months: float | None = 100.0) -> pd.DataFrame:
    table = pd.DataFrame({"count": pd.array(values, dtype="Int64"), "connected_months": months})
    # A thousand inhabitants.
    return table.astype({"connected_months": "float64"}).assign(
        inhabitant_years=lambda t: 1000 * t["connected_months"] / 12
    )


# --- rates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0.0, 3.688879),  # PHEindicatormethods: no events
        (1, 0.02531781, 5.571643),  # PHEindicatormethods: 1 per 100, 25.31781 to 5571.643 per 1e5
    ],
)
def test_the_interval_of_a_small_count_is_the_published_exact_one(
    count: int, low: float, high: float
):
    row = with_rate(counts(count)).iloc[0]

    assert row["per_month"] * 100 == pytest.approx(count)
    assert row["per_month_low"] * 100 == pytest.approx(low, rel=1e-6)
    assert row["per_month_high"] * 100 == pytest.approx(high, rel=1e-6)


RATES = [f"{rate}{end}" for rate in ("per_month", "per_10000") for end in ("", "_low", "_high")]


def test_a_rate_per_inhabitant_is_of_10000_inhabitants_in_a_connected_year():
    # One in half a year among a thousand: two a year, twenty per 10,000; its interval twenty times
    # the published one of a single event.
    row = with_rate(counts(1, months=6.0)).iloc[0]

    assert row["per_10000"] == pytest.approx(20)
    assert row["per_10000_low"] == pytest.approx(20 * 0.02531781, rel=1e-6)
    assert row["per_10000_high"] == pytest.approx(20 * 5.571643, rel=1e-6)


def test_a_hidden_count_gives_no_rate():
    assert with_rate(counts(None))[RATES].isna().all(axis=None)


@pytest.mark.parametrize("months", [0.0, None])
def test_without_connected_time_there_is_no_rate(months: float | None):
    assert with_rate(counts(0, 3, months=months))[RATES].isna().all(axis=None)


def test_a_rate_leaves_the_counts_alone():
    before = counts(1, None)

    with_rate(before)

    pd.testing.assert_frame_equal(before, counts(1, None))


# --- shares --------------------------------------------------------------------------------------


def share(count: int | None, total: int | None) -> pd.Series:
    return share_of(counts(count), pd.Series([total], dtype="Int64")).iloc[0]


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (65, 0.552544, 0.736358),  # PHEindicatormethods: Wilson of 65 / 100
        (1, 0.001767432, 0.05448620),  # PHEindicatormethods: Wilson of 1 / 100
    ],
)
def test_a_share_has_the_published_wilson_interval(count: int, low: float, high: float):
    row = share(count, 100)

    assert row["share"] == pytest.approx(count / 100)
    assert row["share_low"] == pytest.approx(low, abs=5e-7)
    assert row["share_high"] == pytest.approx(high, abs=5e-7)


@pytest.mark.parametrize(("count", "total"), [(None, 100), (7, None), (None, None), (0, 0)])
def test_a_hidden_count_a_hidden_total_or_nothing_at_all_gives_no_share(
    count: int | None, total: int | None
):
    row = share(count, total)

    assert row[["share", "share_low", "share_high"]].isna().all()


def test_a_share_of_a_true_zero_is_zero():
    assert share(0, 40)["share"] == 0


# --- comparison ----------------------------------------------------------------------------------


def test_the_limits_are_where_the_interval_of_the_count_just_reaches_what_is_expected():
    # Garwood interval of 1 (PHEindicatormethods): 0.02531781 to 5.571643.
    expected = np.array([0.02531781, 5.571643])

    low, high = limits(expected, alpha=0.05)

    assert high[0] * expected[0] == pytest.approx(1, rel=1e-5)
    assert low[1] * expected[1] == pytest.approx(1, rel=1e-5)


def test_there_is_no_lower_limit_where_no_meldingen_at_all_is_not_rare():
    low, _ = limits(np.array([3.6]), alpha=0.05)  # exp(-3.6) is 0.027, above 0.025

    assert low[0] == 0


def verdict_of(count: int) -> str:
    """The verdict on one of two equal gemeenten that together have 10: expected is 5."""
    slugs = ["almelo", "borne"]
    table = comparison(
        counts=pd.Series([count, None], slugs, dtype="Int64"),
        connected_months=pd.Series(12.0, slugs),
        inhabitants=pd.Series(1000, slugs),
        receipts=10,
    )
    assert table["expected"].to_list() == [5.0]
    return table["verdict"].iloc[0]


# Printed tables of the Poisson distribution with mean 5: P(0) = .0067, P(at most 1) = .0404,
# P(10 or more) = .0318, P(11 or more) = .0137, P(13 or more) = .0020, P(14 or more) = .0007.
@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        (0, "differs"),
        (1, "as_expected"),
        (10, "as_expected"),
        (11, "differs"),
        (13, "differs"),
        (14, "differs_clearly"),
    ],
)
def test_a_gemeente_differs_when_chance_rarely_gives_that_count(count: int, verdict: str):
    assert verdict_of(count) == verdict


def test_expected_follows_inhabitants_and_connected_time():
    slugs = ["almelo", "borne", "losser"]
    table = comparison(
        counts=pd.Series([30, 20, 10], slugs, dtype="Int64"),
        connected_months=pd.Series([12.0, 12.0, 6.0], slugs),
        inhabitants=pd.Series([2000, 1000, 2000], slugs),
        receipts=60,
    ).set_index("area")

    # Shares 24 : 12 : 12 of 48.
    assert table["expected"].to_dict() == {"borne": 15.0, "losser": 15.0, "almelo": 30.0}
    assert table.loc["almelo", "ratio"] == 1.0


def test_without_any_meldingen_nothing_can_be_compared():
    slugs = ["almelo", "borne"]

    table = comparison(
        counts=pd.Series([0, 0], slugs, dtype="Int64"),
        connected_months=pd.Series(12.0, slugs),
        inhabitants=pd.Series(1000, slugs),
        receipts=0,
    )

    assert table.empty


def test_the_funnel_narrows_and_its_outer_limits_lie_outside():
    table = funnel(100.0)

    assert (table["lowest"] <= table["low"]).all()
    assert (table["high"] < table["highest"]).all()
    assert table["high"].is_monotonic_decreasing
    assert table["expected"].iloc[-1] == pytest.approx(110)
