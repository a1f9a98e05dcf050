"""Rates, shares and the comparison of gemeenten, against published figures and printed tables."""

import numpy as np
import pandas as pd
import pytest

from mma_analysis.measure.comparison import (
    comparison,
    funnel,
    limits,
    overdispersion,
    shrunken,
    size_classes,
    spread,
    usual_limits,
)
from mma_analysis.measure.rates import share_of, with_rate
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()


def counts(*values: int | None, months: float | None = 100.0) -> pd.DataFrame:
    table = pd.DataFrame({"count": pd.array(values, dtype="Int64"), "connected_months": months})
    # A thousand inhabitants.
    return table.astype({"connected_months": "float64"}).assign(
        inhabitant_years=lambda t: 1000 * t["connected_months"] / 12
    )


# --- rates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "low", "high", "tolerance"),
    [
        (0, 0.0, 3.688879, 1e-6),  # PHEindicatormethods: no events
        # PHEindicatormethods: 1 per 100, 25.31781 to 5571.643 per 1e5
        (1, 0.02531781, 5.571643, 1e-6),
        # PHEindicatormethods, Byar of 65. Ours is exact, and differs that little.
        (65, 50.16319, 82.84914, 0.01),
    ],
)
def test_the_interval_of_a_count_is_the_published_one(count, low, high, tolerance):
    row = with_rate(counts(count)).iloc[0]

    assert row["per_month"] * 100 == pytest.approx(count)
    assert row["per_month_low"] * 100 == pytest.approx(low, abs=tolerance)
    assert row["per_month_high"] * 100 == pytest.approx(high, abs=tolerance)


RATES = [f"{rate}{end}" for rate in ("per_month", "per_10000") for end in ("", "_low", "_high")]


def test_a_rate_per_inhabitant_is_of_10000_inhabitants_in_a_connected_year():
    # One in half a year among a thousand: two a year, twenty per 10,000; its interval twenty times
    # the published one of a single event.
    row = with_rate(counts(1, months=6.0)).iloc[0]

    assert row["per_10000"] == pytest.approx(20)
    assert row["per_10000_low"] == pytest.approx(20 * 0.02531781, rel=1e-6)
    assert row["per_10000_high"] == pytest.approx(20 * 5.571643, rel=1e-6)


@pytest.mark.parametrize(("count", "months"), [(None, 100.0), (3, 0.0), (3, None)])
def test_without_a_shown_count_or_connected_time_there_is_no_rate(count, months):
    given = counts(count, months=months)

    assert with_rate(given)[RATES].isna().all(axis=None)
    pd.testing.assert_frame_equal(given, counts(count, months=months))  # left alone


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
    assert share(0, 100)["share"] == 0  # a true zero


@pytest.mark.parametrize(("count", "total"), [(None, 100), (7, None), (None, None), (0, 0)])
def test_a_hidden_count_a_hidden_total_or_nothing_at_all_gives_no_share(
    count: int | None, total: int | None
):
    row = share(count, total)

    assert row[["share", "share_low", "share_high"]].isna().all()


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


def compared(*counts: int | None, receipts: int) -> pd.DataFrame:
    """As many gemeenten as there are counts, all of one size and connected as long."""
    slugs = [area.slug for area in VOCABULARY.gemeenten][: len(counts)]
    return comparison(
        VOCABULARY,
        counts=pd.Series(counts, slugs, dtype="Int64"),
        connected_months=pd.Series(12.0, slugs),
        inhabitants=pd.Series(25_000, slugs),
        receipts=receipts,
    )


# Printed tables of the Poisson distribution with mean 5: P(0) = .0067, P(at most 1) = .0404,
# P(10 or more) = .0318, P(11 or more) = .0137.
@pytest.mark.parametrize(("count", "beyond"), [(0, True), (1, False), (10, False), (11, True)])
def test_a_count_is_beyond_chance_when_chance_rarely_gives_it(count: int, beyond: bool):
    table = compared(count, None, receipts=10)

    assert table["expected"].to_list() == [5.0]
    assert table["beyond_chance"].to_list() == [beyond]


def test_what_gemeenten_usually_differ_is_not_known_of_a_few_and_nothing_of_none():
    assert set(compared(1, 40, 5, 6, receipts=52)["verdict"]) == {"cannot_tell"}
    assert compared(0, 0, receipts=0).empty


def test_a_gemeente_that_differs_as_gemeenten_usually_do_is_beyond_chance_only():
    # 10 and 30 are both beyond chance where 20 is expected (P of 10 or fewer is .011, of 30 or more
    # .022), but half of the gemeenten are; 100 is out of every line.
    table = compared(10, 30, 10, 30, 20, 20, 20, 20, receipts=160).set_index("area")
    far = compared(20, 19, 21, 20, 20, 20, 100, 20, receipts=160)

    assert table["beyond_chance"].sum() == 4
    assert set(table["verdict"]) == {"as_expected"}
    assert far["verdict"].value_counts().to_dict() == {"as_expected": 7, "differs_clearly": 1}


# FunnelPlotR, tests/testthat/test-classes_methods.R: phi 2.948033 for these six hospitals, on the
# logarithm and with nothing trimmed; its od_adjustment.R gives tau2 0.01947753 for them, and with
# the square root and 10 % winsorised phi 2.32717826 and tau2 0.00343978.
OBSERVED = pd.Series([100, 150, 180, 80, 120, 225])
EXPECTED = pd.Series([108, 112, 165, 95, 100, 220])


def test_the_dispersion_is_the_published_one():
    expected = EXPECTED.to_numpy(dtype=float)

    phi, tau2 = spread(np.sqrt(expected) * np.log(OBSERVED.to_numpy() / expected), expected)

    assert phi == pytest.approx(2.948033, abs=5e-7)
    assert tau2 == pytest.approx(0.01947753, abs=5e-9)


def test_the_overdispersion_is_that_of_the_reference_package():
    found = overdispersion(OBSERVED, EXPECTED).iloc[0]
    less_than_chance = overdispersion(pd.Series([20] * 6), pd.Series([20] * 6))

    assert found["phi"] == pytest.approx(2.32717826, abs=5e-9)
    assert found["tau2"] == pytest.approx(0.00343978, abs=5e-9)
    assert less_than_chance["tau2"].to_list() == [0.0]


def test_a_gemeente_without_any_melding_is_compared_too():
    assert compared(0, 20, 21, 19, 20, 20, receipts=120)["verdict"].iloc[0] == "differs_clearly"


def test_gemeenten_that_differ_as_usual_are_seldom_outside_the_usual_limits():
    # Simulated: √(count / expected) varies between gemeenten with a standard deviation of 0.17.
    random = np.random.default_rng(2005)
    expected = np.array([4, 6, 9, 23, 25, 29, 30, 31, 32, 35, 50, 93, 98, 127], dtype=float)
    outside, beyond_chance = [], []
    for _ in range(200):
        usual = np.clip(1 + 0.17 * random.standard_normal(14), 0, None) ** 2
        count = random.poisson(expected * usual)
        expect = count.sum() * expected / expected.sum()
        tau2 = overdispersion(pd.Series(count), pd.Series(expect))["tau2"].iloc[0]
        for found, (low, high) in (
            (outside, usual_limits(expect, tau2, 0.05)),
            (beyond_chance, limits(expect, 0.05)),
        ):
            found.append(np.mean((count / expect < low) | (count / expect > high)))

    assert np.mean(outside) < 0.12
    assert np.mean(beyond_chance) > 0.25


def test_the_usual_limits_are_never_narrower_than_chance():
    expected = np.array([0.5, 2.0, 5.0, 20.0, 100.0, 1000.0])

    for alpha in (0.05, 0.002):
        low, high = limits(expected, alpha)
        usual_low, usual_high = usual_limits(expected, 0.0, alpha)

        assert (usual_low <= low).all()
        assert (usual_high >= high).all()
        assert usual_high == pytest.approx(high, rel=0.25)  # and hardly wider without variance


# Marshall 1991, infant deaths in Auckland 1977-85 / children under five in 1981; spdep's page on
# EBest prints a = 7.284173e-07 and b = 0.002633436 for these with nine years of population.
AUCKLAND = """
8/252 2/45 5/360 8/366 1/54 2/36 2/72 1/27 6/708 2/234 15/522 6/183 6/165 3/225 2/93 5/225 3/144
1/120 5/336 4/369 3/534 8/429 20/858 13/756 4/354 3/72 2/63 0/45 3/75 1/114 2/180 4/282 2/144 5/402
4/168 10/699 8/423 7/408 3/165 7/195 15/273 9/522 8/372 14/369 12/429 10/447 5/222 6/264 5/432 3/201
4/189 9/327 4/198 4/279 10/306 6/306 8/162 3/189 4/315 7/429 3/141 8/522 6/570 8/435 24/981 15/858
1/138 8/204 5/39 1/6 5/90 15/486 11/324 4/165 1/189 5/438 2/153 13/375 14/234 3/219 11/435 26/933
5/99 4/81 1/93 4/234 5/183 8/393 5/303 4/339 11/450 4/258 1/135 5/168 2/153 6/177 4/288 9/516 16/318
4/201 2/66 12/309 5/261 7/516 12/285 12/495 14/255 12/444 7/465 3/261 3/225 5/414 9/471 9/459 4/282
3/150 11/225 10/228 2/21 10/288 17/366 5/204 9/216 17/378 10/309 18/480 10/384 17/348 9/351 6/450
29/543 12/423 8/399 11/345 11/339 3/288 8/306 24/1359 4/372 7/330 7/360 4/192 1/162 3/183 15/528
34/795 27/891 26/1209 8/357 13/618 11/528 31/1248 7/186 17/918 14/387 38/1290 4/255 27/1407 10/570
10/306 6/312 18/594 2/177 5/177 28/762 18/714 3/303
"""


def auckland() -> pd.DataFrame:
    pairs = [pair.split("/") for pair in AUCKLAND.split()]
    table = pd.DataFrame(pairs, columns=["deaths", "children"]).astype("int64")
    return shrunken(table["deaths"], 9.0 * table["children"])


def test_rates_are_drawn_in_as_marshall_published():
    first = auckland().iloc[0]

    assert first["rate_of_all"] == pytest.approx(0.002633436, abs=5e-10)
    assert first["variance"] == pytest.approx(7.284173e-07, rel=1e-6)
    assert first["raw"] == pytest.approx(0.003527337, abs=5e-10)
    assert first["shrunken"] == pytest.approx(0.002978034, abs=5e-10)  # R run of spdep


def test_rates_that_differ_less_than_chance_become_the_rate_of_all():
    found = shrunken(pd.Series([10, 10, 11]), pd.Series([1000.0, 1000.0, 1000.0]))

    assert found["variance"].to_list() == [0.0] * 3
    assert found["shrunken"].to_numpy() == pytest.approx(31 / 3000)


def test_peers_are_gemeenten_in_the_same_class_of_size():
    people = pd.Series({"borne": 23_686, "hellendoorn": 35_932, "hengelo": 81_057, "klein": 20_000})

    assert size_classes(VOCABULARY, people).to_list() == ["20_50", "20_50", "50_100", "20_50"]


def test_expected_follows_inhabitants_and_connected_time():
    slugs = ["almelo", "borne", "losser"]
    table = comparison(
        VOCABULARY,
        counts=pd.Series([30, 20, 10], slugs, dtype="Int64"),
        connected_months=pd.Series([12.0, 12.0, 6.0], slugs),
        inhabitants=pd.Series([2000, 1000, 2000], slugs),
        receipts=60,
    ).set_index("area")

    # Shares 24 : 12 : 12 of 48.
    assert table["expected"].to_dict() == {"borne": 15.0, "losser": 15.0, "almelo": 30.0}
    assert table.loc["almelo", "ratio"] == 1.0


def test_the_funnel_narrows_and_its_outer_limits_lie_outside():
    table = funnel(100.0, tau2=0.01)

    assert (table["lowest"] <= table["low"]).all()
    assert (table["low"] <= table["chance_low"]).all()
    assert (table["chance_high"] < table["high"]).all()
    assert (table["high"] < table["highest"]).all()
    assert table["high"].is_monotonic_decreasing
    assert table["expected"].iloc[-1] == pytest.approx(110)
