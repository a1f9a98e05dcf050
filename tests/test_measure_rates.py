"""Rates, shares and the comparison of gemeenten, against published figures and printed tables."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from mma_analysis.measure.rates import (
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
