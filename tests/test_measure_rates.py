"""Rates, shares, differences and verdicts, against published figures and by hand."""

import pandas as pd
import pytest
from conftest import cases

from mma_analysis import measure
from mma_analysis.measure.rates import (
    may_say,
    poisson_interval,
    rounding_variance,
    share_of,
    surviving,
    verdict,
    with_difference,
    with_rate,
)
from mma_analysis.settings import EXAMPLE, Workspace

BASIS = 5
RATES = [f"{rate}{end}" for rate in ("per_month", "per_10000") for end in ("", "_low", "_high")]
ENDS = ["count_from", "total_from", "count_to", "total_to"]


def counts(*values: int | None, months: float | None = 100.0, off: int = 0) -> pd.DataFrame:
    """Of a thousand inhabitants."""
    table = pd.DataFrame({"count": pd.array(values, dtype="Int64"), "connected_months": months})
    table = table.astype({"connected_months": "float64"}).assign(off=off)
    return table.assign(inhabitant_years=1000 * table["connected_months"] / 12)


# --- intervals -----------------------------------------------------------------------------------


# By hand, of rounded counts: x - √((x - l)² + z² v), v = (5² - 1) / 8 = 3, so z² v = 11.5244; of a
# sum of two, that is off by 8, twice as much.
@pytest.mark.parametrize(("of", "n", "by", "off", "low", "high", "tolerance"), cases("intervals"))
def test_an_interval_is_the_published_one_or_the_one_worked_out_by_hand(
    of, n, by, off, low, high, tolerance
):
    """`by`: the dispersion of a count, or what a share is of. `off`: of both counts of a share."""
    n, by, ends = int(n), float(by), [float(low), float(high)]
    of_n, of_total = int(off.split("/")[0]), int(off.split("/")[-1])
    if of == "count":
        found = pd.Series([n, *poisson_interval(n, rounding_variance(of_n, BASIS, n), by)])
    else:
        table = counts(n, off=of_n).assign(total=by, total_off=of_total)
        found = share_of(table, BASIS).iloc[0][["share", "share_low", "share_high"]]
    middle = n if of == "count" else n / by
    assert found.to_list() == pytest.approx([middle, *ends], abs=float(tolerance))


@pytest.mark.parametrize(
    ("count", "months", "total", "off"),
    [(None, 1.0, 100, 0), (3, 0.0, None, 0), (3, None, None, 0), (0, 0.0, 0, 0), (0, 1.0, None, 4)],
)
def test_without_a_shown_count_and_time_or_total_there_is_no_rate_and_no_share(
    count, months, total, off
):
    whole = pd.array([total], dtype="Int64")
    share = share_of(counts(count, off=off).assign(total=whole, total_off=off), BASIS)

    assert with_rate(counts(count, months=months, off=off), BASIS)[RATES].isna().all(axis=None)
    assert share[["share", "share_low", "share_high"]].isna().all(axis=None)


@pytest.mark.parametrize(("count", "off", "is_told"), [(15, 4, False), (20, 4, True), (1, 0, True)])
def test_of_a_rounded_count_below_twenty_there_is_no_rate(count, off, is_told):
    found = with_rate(counts(count, months=2.0, off=off), BASIS).iloc[0]

    assert found[RATES].notna().all() == is_told
    assert not is_told or found["per_month"] == count / 2


def test_rounding_moves_the_totals_of_the_example_no_more_than_intervals_allow(
    workspace: Workspace,
):
    of = measure.frame(workspace.edition(EXAMPLE))
    folder = workspace.processed(EXAMPLE)
    exact = measure.exact_tables(pd.read_parquet(folder / "clean" / "meldingen.parquet"), of)
    released = pd.read_parquet(folder / "measures" / "per_period.parquet").set_index("cell")

    moved = released["count"] - exact["per_period"].set_index("cell")["count"]

    assert set(released["off"][released["count"].notna()]) == {4}
    assert set(exact["per_period"]["off"]) == {0}
    assert moved.notna().sum() > 100
    assert 1 < (moved.astype("float64") ** 2).mean() <= rounding_variance(4, BASIS)


def test_of_a_rounded_total_below_fifty_there_is_no_share():
    totals = pd.Series([45, 50, 55], dtype="Int64")
    ends = {"count_from": 20, "total_from": totals, "count_to": 25, "total_to": 50}

    for off, told in ((4, [False, True, True]), (0, [True] * 3)):
        table = counts(20, 20, 20, off=off).assign(total=totals, total_off=off)
        shares = share_of(table, BASIS)
        compared = with_difference(pd.DataFrame(ends | {f"{end}_off": off for end in ENDS}), BASIS)
        assert shares[["share", "share_low", "share_high"]].notna().all(axis=1).to_list() == told
        assert compared[["share_from", "change", "low"]].notna().all(axis=1).to_list() == told


@pytest.mark.parametrize(
    ("off", "basis", "count", "variance"),
    # Of one rounding to fives (5² − 1) / 8, of a 0 4 × 9 / 6; of two and three so many times that.
    [(0, 5, 30, 0), (4, 5, 30, 3), (8, 5, 30, 6), (12, 5, 30, 9), (4, 5, 0, 6), (8, 5, 0, 12)]
    + [(9, 10, 30, 99 / 8), (18, 10, 30, 99 / 4)],
)
def test_a_sum_of_roundings_varies_as_all_of_them_together(off, basis, count, variance):
    assert float(rounding_variance(off, basis, count)) == pytest.approx(variance)


# --- differences ---------------------------------------------------------------------------------


def differences(*rows: tuple[int | None, ...], off: int = 0) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=ENDS).astype("Int64")
    return with_difference(
        table.assign(**dict.fromkeys([f"{end}_off" for end in ENDS], off)), BASIS
    )


# Newcombe 1998 (Stat Med 17:873), table II, method 10. The rounded one by hand, from Wilson with
# rounding in it: 56/70 is 0.1247 less and 0.0989 more, 48/80 is 0.1202 less and 0.1119 more;
# 0.2 - √(0.1247² + 0.1119²) and 0.2 + √(0.0989² + 0.1202²).
@pytest.mark.parametrize(("four", "off", "low", "high", "verdict"), cases("differences"))
def test_the_interval_of_a_difference_is_the_published_one(four, off, low, high, verdict):
    four = [int(n) for n in four.split()]

    row = differences(tuple(four), off=int(off)).iloc[0]

    assert row["change"] == pytest.approx(four[2] / four[3] - four[0] / four[1])
    ends = [float(low), float(high)] if low else row[["low", "high"]].to_list()
    assert row[["low", "high"]].to_list() == pytest.approx(ends, abs=1e-4)
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


@pytest.mark.parametrize(("chances", "expected"), cases("family"))
def test_of_a_family_is_named_what_survives_benjamini_and_hochberg(chances, expected):
    assert surviving([*map(float, chances.split())])[0].tolist() == [one == "1" for one in expected]


@pytest.mark.parametrize(("known", "total", "gemeenten", "delivered", "said"), cases("may_say"))
def test_how_much_of_a_field_must_be_known_before_something_is_said_of_it(
    known, total, gemeenten, delivered, said
):
    assert may_say(*map(float, (known, total, gemeenten, delivered))) == said
