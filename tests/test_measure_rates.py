"""Rates, shares and the comparison of gemeenten, against published figures and printed tables."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from mma_analysis.measure.comparison import (
    comparison,
    dispersion,
    judged,
    limits,
    overdispersion,
    size_classes,
    spread,
    usual_limits,
)
from mma_analysis.measure.rates import (
    odds_interval,
    poisson_interval,
    rounding_variance,
    share_of,
    wilson,
    with_difference,
    with_rate,
)
from mma_analysis.vocabulary import Vocabulary
from small_edition import framed

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


# --- of rounded counts ---------------------------------------------------------------------------


def interval(of: str, n: int, basis: int) -> tuple[float, float]:
    """The interval of a count, of its share of 100, or of its ratio to 15."""
    if of == "count":
        low, high = poisson_interval(pd.Series([n]), basis)
        return float(low.iloc[0]), float(high.iloc[0])
    if of == "share":
        return wilson(float(n), 100.0, basis)
    low, high = odds_interval(np.array([15.0]), np.array([float(n)]), basis)
    return float(low[0]), float(high[0])


@pytest.mark.parametrize("of", ["count", "share", "ratio"])
def test_the_interval_of_a_rounded_count_holds_that_of_an_exact_one_and_is_wider(of: str):
    for n in range(5, 100, 5):
        (low, high), (lowest, highest) = (interval(of, n, basis) for basis in (1, 5))
        assert 0 < lowest < low
        assert high < highest


# By hand: x - sqrt((x - l)^2 + z^2 v), with v = (5^2 - 1) / 12 = 2, so z^2 v = 7.6829.
@pytest.mark.parametrize(
    ("of", "n", "expected"),
    [
        # Garwood 4.7954 to 18.3904: 10 - sqrt(5.2046^2 + 7.6829) and 10 + sqrt(8.3904^2 + 7.6829).
        ("count", 10, (4.1033, 18.8364)),
        ("count", 5, (0.6315, 12.2215)),  # Garwood 1.6235 to 11.6683
        # A 0 is 0, 1, 2, 3 or 4: of these the mean square is 6. sqrt(3.6889^2 + 23.0488).
        ("count", 0, (0.0, 6.0545)),
        # Wilson 0.552544 to 0.736358, and v (1 + 0.65^2) / 100^2 = 0.0002845.
        ("share", 65, (0.54709, 0.74247)),
        # Clopper-Pearson of 15 in 30: 0.3130 to 0.6870, odds 0.4556 to 2.1949, logarithms -0.7861
        # and 0.7862. v (1/15^2 + 1/15^2) = 0.01778: sqrt(0.7862^2 + 0.0683) = 0.8285.
        ("ratio", 15, (0.4367, 2.2899)),
    ],
)
def test_the_interval_of_a_rounded_count_is_the_one_worked_out_by_hand(of, n, expected):
    assert interval(of, n, basis=5) == pytest.approx(expected, rel=5e-4)


def test_the_interval_of_rounded_counts_covers_at_least_94_percent_over_means_together():
    """Of counts that chance gives and that are rounded up or down, so that the mean stays."""
    n, means = np.arange(200), np.arange(1, 100, 0.5)
    down = n // 5 * 5
    ends = poisson_interval(pd.Series(range(0, 205, 5)), 5)
    low, high = (end.to_numpy(np.float64) for end in ends)

    def covers(rounded: np.ndarray) -> np.ndarray:
        at = rounded[:, None] // 5
        return (low[at] <= means) & (means <= high[at])

    is_up = (n - down)[:, None] / 5
    covered = (1 - is_up) * covers(down) + is_up * covers(down + 5 * (n > down))
    of_mean = (poisson.pmf(n[:, None], means) * covered).sum(axis=0)

    assert of_mean.mean() >= 0.94
    assert of_mean.min() >= 0.88


def test_of_a_rounded_total_below_fifty_there_is_no_share():
    totals = pd.Series([45, 50, 55], dtype="Int64")
    table = pd.DataFrame({"count_from": 20, "total_from": totals, "count_to": 25, "total_to": 50})

    for basis, told in ((5, [False, True, True]), (1, [True] * 3)):
        shares = share_of(counts(20, 20, 20), totals, basis)
        compared = with_difference(table, basis=basis)
        assert shares[["share", "share_low", "share_high"]].notna().all(axis=1).to_list() == told
        assert compared[["share_from", "change", "low"]].notna().all(axis=1).to_list() == told
        assert compared["verdict"].ne("cannot_tell").to_list() == told


# Newcombe by hand, from Wilson with the rounding in it: 56/70 is 0.1195 less and 0.0922 more,
# 48/80 is 0.1168 less and 0.1082 more; 0.2 - sqrt(0.1195^2 + 0.1082^2) and so on.
def test_the_interval_of_a_difference_of_rounded_counts_is_the_one_worked_out_by_hand():
    table = pd.DataFrame({"count_from": [48], "total_from": 80, "count_to": 56, "total_to": 70})

    row = with_difference(table, basis=5).iloc[0]

    assert row[["change", "low", "high"]].to_list() == pytest.approx(
        [0.2, 0.0388, 0.3487], abs=1e-4
    )


@pytest.mark.parametrize(("basis", "verdict"), [(1, "more"), (5, "no_change")])
def test_what_is_clear_of_exact_counts_need_not_be_of_rounded_ones(basis: int, verdict: str):
    # From 20 to 30 of 50 is 0.0045 to 0.3955, by hand as above.
    table = pd.DataFrame({"count_from": [20], "total_from": 50, "count_to": 30, "total_to": 50})

    assert with_difference(table, basis=basis)["verdict"].item() == verdict


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


def beside(expected: float, *counts: int, basis: int = 1) -> pd.DataFrame:
    """These counts, where as many are expected of each."""
    n = pd.Series(counts, dtype="float64")
    found = dispersion(n, pd.Series(expected, n.index), basis)["tau2"].item()
    table = pd.DataFrame({"count": n, "expected": expected, "ratio": n / expected, "basis": basis})
    return judged(table, found)


# Printed tables of the Poisson distribution with mean 5: P(0) = .0067, P(at most 1) = .0404,
# P(10 or more) = .0318, P(11 or more) = .0137. With mean 20: P(29 or more) = .0343, P(30 or more)
# = .0218; 30 as a rounded count is not clear.
@pytest.mark.parametrize(
    ("expected", "count", "basis", "outside"),
    [
        *[(5.0, 0, 1, True), (5.0, 1, 1, False), (5.0, 10, 1, False), (5.0, 11, 1, True)],
        *[(20.0, 29, 1, False), (20.0, 30, 1, True), (20.0, 30, 5, False), (20.0, 35, 5, True)],
    ],
)
def test_a_count_is_outside_the_limits_of_chance_when_chance_and_rounding_rarely_give_it(
    expected: float, count: int, basis: int, outside: bool
):
    low, high = limits(np.array([expected]), 0.05, rounding_variance(basis))

    assert (not low[0] <= count / expected <= high[0]) == outside


def test_what_gemeenten_usually_differ_is_not_known_of_a_few():
    assert set(beside(13, 1, 40, 5, 6)["verdict"]) == {"cannot_tell"}


def test_who_differs_as_gemeenten_usually_do_is_as_expected_and_one_far_out_differs():
    # 10 and 30 are both beyond chance where 20 is expected (P of 10 or fewer is .011, of 30 or more
    # .022), but half of the gemeenten are; 100 is out of every line.
    table = beside(20, 10, 30, 10, 30, 20, 20, 20, 20)
    far = beside(20, 20, 19, 21, 20, 20, 20, 100, 20)

    assert set(table["verdict"]) == {"as_expected"}
    assert far["verdict"].value_counts().to_dict() == {"as_expected": 7, "differs": 1}


@pytest.mark.parametrize("tau2", [0.0, 0.02])
def test_rounded_counts_are_judged_by_wider_limits_and_less_of_what_they_differ_is_believed(tau2):
    expected, v = np.geomspace(1, 200, 40), 2.0

    for alpha in (0.05, 0.002):
        for exact, rounded in (
            (limits(expected, alpha), limits(expected, alpha, v)),
            (usual_limits(expected, tau2, alpha), usual_limits(expected, tau2, alpha, v)),
        ):
            assert (rounded[0] <= exact[0]).all()
            assert (rounded[1] > exact[1]).all()
    # z of 15 and 35 where 25 is expected is about 2: of rounded counts it is a little less.
    n, expect = pd.Series([15, 15, 15, 35, 35, 35]), pd.Series([25.0] * 6)
    assert dispersion(n, expect, 5)["tau2"].item() < dispersion(n, expect, 1)["tau2"].item()


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
    found = dispersion(OBSERVED, EXPECTED).iloc[0]
    less_than_chance = dispersion(pd.Series([20] * 6), pd.Series([20] * 6))

    assert found["phi"] == pytest.approx(2.32717826, abs=5e-9)
    assert found["tau2"] == pytest.approx(0.00343978, abs=5e-9)
    assert less_than_chance["tau2"].to_list() == [0.0]


def test_a_gemeente_without_any_melding_is_compared_too():
    assert beside(20, 0, 20, 21, 19, 20, 20)["verdict"].iloc[0] == "differs"


def test_gemeenten_that_differ_as_usual_are_seldom_outside_the_usual_limits():
    # Simulated: √(count / expected) varies between gemeenten with a standard deviation of 0.17.
    random = np.random.default_rng(2005)
    expected = np.array([4, 6, 9, 23, 25, 29, 30, 31, 32, 35, 50, 93, 98, 127], dtype=float)
    outside, beyond_chance = [], []
    for _ in range(200):
        usual = np.clip(1 + 0.17 * random.standard_normal(14), 0, None) ** 2
        count = random.poisson(expected * usual)
        expect = count.sum() * expected / expected.sum()
        tau2 = dispersion(pd.Series(count), pd.Series(expect))["tau2"].iloc[0]
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


def test_peers_are_gemeenten_in_the_same_class_of_size():
    people = pd.Series({"borne": 23_686, "hellendoorn": 35_932, "hengelo": 81_057, "klein": 20_000})

    assert size_classes(VOCABULARY, people).to_list() == ["20_50", "20_50", "50_100", "20_50"]


def test_expected_follows_inhabitants_and_connected_time():
    of = framed(dict.fromkeys(["almelo", "borne", "losser"], "2021-07-01"))
    rows = [
        ("almelo", 30, 24.0),
        ("borne", 20, 24.0),
        ("losser", 10, 12.0),
        ("wierden", None, 24.0),
    ]
    table = pd.DataFrame(rows, columns=["area", "count", "connected_months"])
    per_period = table.assign(kind="whole", basis=5).astype({"count": "Int64"})
    received = pd.DataFrame({"kind": ["whole"], "count": pd.array([60], "Int64")})

    much = overdispersion(of, per_period, received)
    found = comparison(of, per_period, per_period, received, much)

    assert much[["area", "gemeenten"]].to_numpy().tolist() == [["twente", 3]]
    # Half as long connected is half as many expected; in the order of what is expected.
    people = found.set_index("area")["inhabitants"]
    weight = people * [1, 2, 2]
    assert list(found["area"]) == ["losser", "borne", "almelo"]
    assert found["expected"].to_list() == pytest.approx((60 * weight / weight.sum()).to_list())
    assert found["ratio"].to_list() == pytest.approx((found["count"] / found["expected"]).to_list())
    # Two years of 73,742 inhabitants: 30 / 14.7484 per 10,000 a year.
    assert people["almelo"] == pytest.approx(73_742, abs=2)
    assert found["per_10k"].iloc[-1] == pytest.approx(2.0341, abs=1e-3)
    assert set(found["verdict"]) == {"cannot_tell"}  # of three
