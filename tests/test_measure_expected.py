"""Which months lie outside what the months before let expect."""

import datetime as dt

import pandas as pd
import pytest

from mma_analysis.measure.periods import periods
from mma_analysis.measure.trend import limits, months_expected


def months(
    counts: list[int | None], people: list[float] | float = 1.0, basis: int = 1
) -> pd.DataFrame:
    """The months of one area from July 2021, with inhabitants × connected years."""
    last = pd.Timestamp("2021-07-01") + pd.DateOffset(months=len(counts)) - pd.DateOffset(days=1)
    cut = periods(dt.date(2021, 7, 1), last.date())
    table = cut.loc[cut["kind"] == "month", ["period"]].assign(area="twente", basis=basis)
    table = table.assign(count=pd.array(counts, dtype="Int64"), inhabitant_years=people)
    return months_expected(table, cut)


# R surveillance, test-farringtonFlexible.R: nbPlugin with a mean of 5 and 5 % on either side.
@pytest.mark.parametrize(("dispersion", "published"), [(1.5, (1, 10)), (1.0, (2, 9))])
def test_the_limits_are_the_published_ones(dispersion: float, published: tuple[int, int]):
    assert limits(5, dispersion, outside=0.05) == published


YEAR = [8, 10] * 6  # nine a month, varying less than chance


def test_a_month_far_above_the_year_before_it_is_more_and_an_empty_one_fewer():
    assert months([*YEAR, 30])["verdict"].iloc[-1] == "more"
    assert months([*YEAR, 9])["verdict"].iloc[-1] == "no_change"
    assert months([*YEAR, 0])["verdict"].iloc[-1] == "fewer"


def test_the_uncertain_mean_makes_the_range_wider_than_chance_alone():
    row = months([*YEAR, 9]).iloc[-1]

    # Poisson with mean 9 (printed tables): 2.5 % and 97.5 % points 4 and 15.
    assert row["expected"] == pytest.approx(9)
    assert row["low"] <= 4
    assert row["high"] > 15


def test_the_range_of_rounded_months_is_wider_by_a_variance_of_two():
    exact, rounded = (months([10] * 13, basis=basis).iloc[-1] for basis in (1, 5))

    # Ten a month, and its mean off by 10 / 12: variance 10.83 of exact counts, 12.83 of rounded
    # ones. Normal limits: 10 - 1.96 * 3.29 to 10 + 1.96 * 3.29, and 1.96 * 3.58.
    assert exact["expected"] == rounded["expected"] == pytest.approx(10)
    assert exact["low"] == pytest.approx(10 - 1.96 * 3.29, abs=1)
    assert rounded["high"] == pytest.approx(10 + 1.96 * 3.58, abs=1.1)
    assert rounded["low"] <= exact["low"] < exact["high"] < rounded["high"]


def test_a_month_that_is_outside_as_an_exact_count_need_not_be_as_a_rounded_one():
    told = [months([*[5] * 12, 11], basis=basis)["verdict"].iloc[-1] for basis in (1, 5)]

    # Negative binomial with mean 5: 10 or fewer are .982 with a variance of 5 + 5 / 12, and .963
    # with 2 more. With .975 as the limit 11 is outside the one, and inside the other.
    assert told == ["more", "no_change"]


def test_twice_the_connected_inhabitants_lets_expect_twice_as_many():
    row = months([*YEAR, 18], people=[1.0] * 12 + [2.0]).iloc[-1]

    assert row["expected"] == pytest.approx(18)
    assert row["verdict"] == "no_change"


def test_what_happens_later_changes_nothing_before():
    before = months([*YEAR, 9])

    later = months([*YEAR, 9, 200])

    pd.testing.assert_frame_equal(before, later.iloc[:-1])


@pytest.mark.parametrize(
    "counts",
    [
        [*YEAR[:11], 9],  # eleven months before it
        [None, *YEAR[:11], 9],  # eleven that are shown
        [*YEAR, None],  # not shown itself
        [*YEAR[:8], 1, 1, 1, 1, 9],  # four in the last four months
    ],
)
def test_too_few_months_or_meldingen_before_cannot_be_told(counts: list[int | None]):
    row = months(counts).iloc[-1]

    assert row["verdict"] == "cannot_tell"
    assert row[["expected", "low", "high"]].isna().all()


def test_where_the_connected_time_is_unknown_nothing_is_expected():
    table = months([*YEAR, 30], people=float("nan"))

    assert set(table["verdict"]) == {"cannot_tell"}


def test_a_season_of_two_years_is_expected_in_the_third():
    # Twenty in the three summer months and ten in the others, three years long.
    year = [20, 20, 10, 10, 10, 10, 10, 10, 10, 10, 10, 20]

    found = months(year * 3)

    july, january = found.iloc[24], found.iloc[30]
    assert july["period"] == "2023-07"
    assert july["expected"] > january["expected"] + 5


def test_a_month_that_is_cut_short_is_not_told():
    cut = periods(dt.date(2021, 7, 1), dt.date(2022, 7, 10))
    table = cut.loc[cut["kind"] == "month", ["period"]].assign(area="twente", inhabitant_years=1.0)

    found = months_expected(table.assign(count=[*YEAR, 1], basis=1), cut)

    assert "2022-07" not in set(found["period"])


def test_months_of_which_the_season_has_no_best_fit_let_nothing_be_expected():
    # Two years with nine in each June and nothing else.
    row = months([*([0] * 11 + [9]) * 2, 1]).iloc[-1]

    assert row["verdict"] == "cannot_tell"
    assert row[["expected", "low", "high"]].isna().all()
