"""Rates, shares, differences and verdicts, against published figures and by hand."""

import numpy as np
import pandas as pd
import pytest
from conftest import cases
from scipy.stats import poisson

from mma_analysis import measure
from mma_analysis.measure.rates import (
    may_say,
    named,
    poisson_interval,
    rounding_variance,
    share_of,
    verdict,
    wilson,
    with_difference,
    with_rate,
)
from mma_analysis.settings import EXAMPLE, Workspace

RATES = [f"{rate}{end}" for rate in ("per_month", "per_10000") for end in ("", "_low", "_high")]
NAN = float("nan")
ENDS = ["count_from", "total_from", "count_to", "total_to"]


def counts(*values: int | None, months: float | None = 100.0) -> pd.DataFrame:
    """Of a thousand inhabitants."""
    table = pd.DataFrame({"count": pd.array(values, dtype="Int64"), "connected_months": months})
    table = table.astype({"connected_months": "float64"})
    return table.assign(inhabitant_years=1000 * table["connected_months"] / 12)


# --- exact counts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "dispersion", "low", "high", "tolerance"),
    [
        (0, 1.0, 0.0, 3.688879, 1e-6),  # PHEindicatormethods: no events
        # PHEindicatormethods: 1 per 100, 25.31781 to 5571.643 per 1e5
        (1, 1.0, 0.02531781, 5.571643, 1e-6),
        # PHEindicatormethods, Byar of 65. Ours is exact, and differs that little.
        (65, 1.0, 50.16319, 82.84914, 0.01),
        # R's qchisq, at the count divided by the dispersion
        (182, 2.0, 146.5350, 223.4557, 5e-5),
        (9, 1.5, 3.302841, 19.589211, 5e-7),
        (0, 2.0, 0.0, 7.377759, 5e-7),
    ],
)
def test_the_interval_of_a_count_and_its_rate_is_the_published_one(
    count, dispersion, low, high, tolerance
):
    table = counts(count).assign(area="borne")
    noise = pd.DataFrame({"area": ["borne"], "dispersion": dispersion})

    row = with_rate(table, dispersion=noise).iloc[0]

    assert poisson_interval(count, dispersion=dispersion) == pytest.approx(
        (low, high), abs=tolerance
    )
    found = [100 * row[f"per_month{end}"] for end in ("", "_low", "_high")]
    assert found == pytest.approx([count, low, high], abs=tolerance)
    # Per 10,000 inhabitants in a connected year: of a thousand in 100 months.
    assert row["per_10000_high"] == pytest.approx(row["per_month_high"] * 120)


@pytest.mark.parametrize(("count", "months"), [(None, 100.0), (3, 0.0), (3, None)])
def test_without_a_shown_count_or_connected_time_there_is_no_rate(count, months):
    assert with_rate(counts(count, months=months))[RATES].isna().all(axis=None)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (65, 100, 0.552544, 0.736358),  # PHEindicatormethods: Wilson of 65 / 100
        (1, 100, 0.001767432, 0.05448620),  # PHEindicatormethods: Wilson of 1 / 100
        (0, 100, 0.0, 0.0369935),  # 1.96² / (100 + 1.96²)
        *[(None, 100, None, None), (7, None, None, None), (0, 0, None, None)],
    ],
)
def test_a_share_has_the_published_wilson_interval(count, total, low, high):
    row = share_of(counts(count), pd.Series([total], dtype="Int64")).iloc[0]

    found = [None if pd.isna(end) else end for end in row[["share_low", "share_high"]]]
    assert found == pytest.approx([low, high], abs=5e-7)
    assert pd.isna(row["share"]) if low is None else row["share"] == count / total


# --- rounded counts ------------------------------------------------------------------------------


# By hand: x - √((x - l)² + z² v), with v = (5² - 1) / 8 = 3, so z² v = 11.5244.
@pytest.mark.parametrize(
    ("of", "n", "expected"),
    [
        # Garwood 4.7954 to 18.3904: 10 - √(5.2046² + 11.5244) and 10 + √(8.3904² + 11.5244).
        (poisson_interval, 10, (3.7861, 19.0511)),
        (poisson_interval, 5, (0.2120, 12.4827)),  # Garwood 1.6235 to 11.6683
        # A 0 is 0, 1, 2, 3 or 4: of these the mean square is 6. √(3.6889² + 23.0488).
        (poisson_interval, 0, (0.0, 6.0545)),
        # Wilson 0.552544 to 0.736358, and z² v (1 + 0.65²) / 100² = 0.0016393.
        (lambda n, basis: wilson(n, 100.0, basis), 65, (0.54447, 0.74538)),
    ],
)
def test_the_interval_of_a_rounded_count_is_the_one_worked_out_by_hand(of, n, expected):
    assert of(float(n), 5) == pytest.approx(expected, rel=5e-4)
    for count in range(5, 100, 5):
        (low, high), (lowest, highest) = (of(float(count), basis) for basis in (1, 5))
        assert lowest < low
        assert high < highest


def test_the_interval_of_rounded_counts_covers_at_least_94_percent_over_means_together():
    """Of counts that chance gives and that are rounded up or down, so that the mean stays."""
    n, means = np.arange(200), np.arange(1, 100, 0.5)
    down = n // 5 * 5
    low, high = poisson_interval(np.arange(0, 205, 5), 5)

    def covers(rounded: np.ndarray) -> np.ndarray:
        at = rounded[:, None] // 5
        return (low[at] <= means) & (means <= high[at])

    is_up = (n - down)[:, None] / 5
    covered = (1 - is_up) * covers(down) + is_up * covers(down + 5 * (n > down))
    of_mean = (poisson.pmf(n[:, None], means) * covered).sum(axis=0)

    assert of_mean.mean() >= 0.94
    assert of_mean.min() >= 0.88


def test_rounding_moves_the_totals_of_the_example_no_more_than_intervals_allow(
    workspace: Workspace,
):
    of = measure.frame(workspace.edition(EXAMPLE))
    folder = workspace.processed(EXAMPLE)
    exact = measure.exact_tables(pd.read_parquet(folder / "clean" / "meldingen.parquet"), of)
    released = pd.read_parquet(folder / "measures" / "per_period.parquet").set_index("cell")

    moved = released["count"] - exact["per_period"].set_index("cell")["count"]

    assert set(released["basis"]) == {5}
    assert moved.notna().sum() > 100
    assert 1 < (moved.astype("float64") ** 2).mean() <= rounding_variance(5)


def test_of_a_rounded_total_below_fifty_there_is_no_share():
    totals = pd.Series([45, 50, 55], dtype="Int64")
    table = pd.DataFrame({"count_from": 20, "total_from": totals, "count_to": 25, "total_to": 50})

    for basis, told in ((5, [False, True, True]), (1, [True] * 3)):
        shares = share_of(counts(20, 20, 20), totals, basis)
        compared = with_difference(table, basis=basis)
        assert shares[["share", "share_low", "share_high"]].notna().all(axis=1).to_list() == told
        assert compared[["share_from", "change", "low"]].notna().all(axis=1).to_list() == told


# --- differences ---------------------------------------------------------------------------------


def differences(*rows: tuple[int | None, ...], basis: int = 1) -> pd.DataFrame:
    return with_difference(pd.DataFrame(rows, columns=ENDS).astype("Int64"), basis)


# Newcombe 1998 (Stat Med 17:873), table II, method 10. The rounded one by hand, from Wilson with
# rounding in it: 56/70 is 0.1247 less and 0.0989 more, 48/80 is 0.1202 less and 0.1119 more;
# 0.2 - √(0.1247² + 0.1119²) and 0.2 + √(0.0989² + 0.1202²).
@pytest.mark.parametrize(
    ("four", "basis", "low", "high", "verdict"),
    [
        ((48, 80, 56, 70), 1, 0.0524, 0.3339, "more"),
        ((56, 70, 48, 80), 1, -0.3339, -0.0524, "fewer"),
        ((3, 10, 9, 10), 1, 0.1705, 0.8090, "more"),
        ((2, 7, 6, 7), 1, 0.0582, 0.8062, "more"),
        ((0, 29, 5, 56), 1, -0.0381, 0.1926, "cannot_tell"),
        ((48, 80, 56, 70), 5, 0.0324, 0.3557, "more"),
        # By hand as above: 20 and 30 of 50 are 0.0046 to 0.3752, and as rounded counts hold 0.
        ((20, 50, 30, 50), 1, 0.0046, 0.3752, "more"),
        ((20, 50, 30, 50), 5, None, None, "cannot_tell"),
        ((400, 800, 400, 800), 1, None, None, "no_change"),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(four, basis, low, high, verdict):
    row = differences(four, basis=basis).iloc[0]

    assert row["change"] == pytest.approx(four[2] / four[3] - four[0] / four[1])
    assert low is None or row[["low", "high"]].to_list() == pytest.approx([low, high], abs=1e-4)
    assert row["verdict"] == verdict


# 0.2 is 2.656 of its errors: p is 0.0079. Of six it survives (0.047), of seven it does not (0.055);
# named alone of six, its interval is of 99.2 %: 2.638 errors for 1.960.
@pytest.mark.parametrize(
    ("alike", "others", "verdict", "low"),
    [
        (1, 5, "more", 0.2 - 0.1476 * 2.638 / 1.960),
        (1, 6, "cannot_tell", 0.0524),
        (7, 0, "more", 0.0524),
    ],
)
def test_differences_of_a_family_are_named_together(
    alike: int, others: int, verdict: str, low: float
):
    hidden = (None, 80, 56, 70)  # of which nothing is known is not of the family

    found = differences(*[(48, 80, 56, 70)] * alike, *[(400, 800, 350, 700)] * others, hidden)

    assert found["verdict"].to_list() == [verdict] * alike + ["no_change"] * others + [
        "cannot_tell"
    ]
    assert found["low"].to_list()[:alike] == pytest.approx([low] * alike, abs=5e-3)


# --- verdicts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("of", "low", "high", "said", "not_named"), cases("verdicts"))
def test_what_is_said_of_a_ratio_and_of_a_difference_of_shares(of, low, high, said, not_named):
    """And, in a family, of what is not named."""
    room = () if of == "ratio" else (0.0, (-0.15, 0.15))

    found = [verdict(float(low), float(high), is_named, *room) for is_named in (True, False)]

    assert found == [said, not_named]


# Benjamini and Hochberg 1995, section 4.1: of fifteen hypotheses the first four are rejected.
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
PUBLISHED += [0.4262, 0.5719, 0.6528, 0.7590, 1.0000]


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        (PUBLISHED, [True] * 4 + [False] * 11),
        ([NAN, *PUBLISHED[::-1], NAN], [False] * 12 + [True] * 4 + [False]),
        ([0.05], [True]),
        ([0.051], [False]),
        ([0.05, 0.05], [True, True]),  # at its own rank 0.05 × 2 / 2
        ([NAN, NAN], [False, False]),
        ([], []),
    ],
)
def test_of_a_family_is_named_what_survives_benjamini_and_hochberg(chances, expected):
    assert named(chances)[0].tolist() == expected


@pytest.mark.parametrize(("known", "total", "gemeenten", "delivered", "said"), cases("may_say"))
def test_how_much_of_a_field_must_be_known_before_something_is_said_of_it(
    known, total, gemeenten, delivered, said
):
    assert may_say(*map(float, (known, total, gemeenten, delivered))) == said
