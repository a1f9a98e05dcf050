"""The change within the gemeenten beside that of the country, over the same calendar years."""

import pandas as pd
import pytest

from mma_analysis.measure.trend import national_comparison, years_beside
from small_edition import framed
from totals import Days, totals

SLUGS = ["almelo", "borne", "losser"]


def told(
    days: Days, since: dict[str, str], begin: str = "2021-01-01", peildatum: str = "2022-12-31"
) -> pd.DataFrame:
    of = framed(since, begin, peildatum)
    return national_comparison(of, totals(days, of))


def compared(per_month: dict[str, dict[int, int]], **time: str) -> pd.DataFrame:
    """So many meldingen a month per gemeente and calendar year; connected from its first year."""
    days = {
        slug: [day for year, n in of_year.items() for day in months(year) for _ in range(n)]
        for slug, of_year in per_month.items()
    }
    since = {slug: f"{min(of_year)}-01-01" for slug, of_year in per_month.items()}
    return told(days, since, **time)


def months(*years: int) -> list[pd.Timestamp]:
    return [pd.Timestamp(year, month, 1) for year in years for month in range(1, 13)]


def test_a_fifth_fewer_stands_beside_a_quarter_fewer_in_the_country():
    row = compared(dict.fromkeys(SLUGS, {2021: 10, 2022: 8})).iloc[0]

    assert (row["year_from"], row["year_to"]) == (2021, 2022)
    assert row["change"] == pytest.approx(-0.20)
    # M. passed on 24,986 tips in 2021 (nhnieuws.nl) and 18,857 in 2022 (nieuws.nl): -24.5 %.
    assert row["national_change"] == pytest.approx(-0.245, abs=5e-4)
    # 360 against 288: the log ratio is off by sqrt(1/360 + 1/288) = 0.079. Twenty degrees of
    # freedom are 2.086 errors: 0.678 to 0.944.
    assert (row["low"], row["high"]) == pytest.approx((-0.32, -0.06), abs=0.011)
    assert row["verdict"] == "fewer"


def test_a_gemeente_that_joins_in_the_last_year_is_no_change():
    series = dict.fromkeys(SLUGS, {2021: 5, 2022: 5}) | {"enschede": {2022: 50}}

    row = compared(series).iloc[0]

    assert row["change"] == 0
    assert row["verdict"] == "no_change"


def test_an_evaluation_without_two_whole_calendar_years_is_not_compared():
    series = dict.fromkeys(SLUGS, {2021: 5, 2022: 5, 2023: 5})

    assert compared(series, begin="2021-07-01", peildatum="2023-06-30").empty


def test_three_calendar_years_are_two_comparisons():
    series = dict.fromkeys(SLUGS, {2020: 9, 2021: 5, 2022: 5, 2023: 10})

    table = compared(series, begin="2020-07-01", peildatum="2023-12-31")

    assert table[["year_from", "year_to"]].to_numpy().tolist() == [[2021, 2022], [2022, 2023]]
    assert table["change"].to_list() == pytest.approx([0, 1])


@pytest.mark.parametrize(
    "per_month",
    [
        {"almelo": {2021: 10}, "borne": {2022: 10}},  # none in both years (and see below)
        dict.fromkeys(SLUGS, {2022: 10}),
    ],
)
def test_when_nobody_was_connected_in_both_years_nothing_can_be_told(
    per_month: dict[str, dict[int, int]],
):
    row = compared(per_month).iloc[0]

    assert row["verdict"] == "cannot_tell"
    assert row[["change", "low", "high"]].isna().all()


@pytest.mark.parametrize(("last", "verdict"), [(9, "cannot_tell"), (10, "no_change")])
def test_a_year_with_fewer_than_ten_meldingen_cannot_be_told(last: int, verdict: str):
    days = {"almelo": months(2021, 2022)[: 12 + last]}

    assert told(days, {"almelo": "2021-01-01"})["verdict"].item() == verdict


def test_meldingen_in_one_month_of_each_year_give_no_change_of_their_own():
    days = [pd.Timestamp("2021-03-01")] * 12 + [pd.Timestamp("2022-03-01")] * 15

    row = told({"almelo": days}, {"almelo": "2021-01-01"}).iloc[0]

    assert row["verdict"] == "cannot_tell"
    assert row[["change", "low", "high"]].isna().all()
    assert row["national_change"] == pytest.approx(-0.245, abs=5e-4)


def test_without_counts_in_time_only_the_country_is_told():
    of = framed({"almelo": None}, "2021-01-01", "2022-12-31")

    table = years_beside(of.vocabulary, None, of.periods)

    assert table["verdict"].to_list() == ["cannot_tell"]
    assert table["national_change"].to_list() == pytest.approx([-0.245], abs=5e-4)
