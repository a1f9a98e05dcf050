"""The change within the gemeenten beside that of the country, over the same calendar years."""

import datetime as dt

import pandas as pd
import pytest

from mma_analysis.measure.periods import periods
from mma_analysis.measure.trend import national_comparison
from mma_analysis.vocabulary import Vocabulary
from totals import margins_of

VOCABULARY = Vocabulary()

SLUGS = ["almelo", "borne", "losser"]
TWO = (dt.date(2021, 1, 1), dt.date(2022, 12, 31))


def compared(
    begin: dt.date,
    peildatum: dt.date,
    per_month: dict[str, dict[int, int]],
    hidden: list[tuple[str, str]] = [],  # noqa: B006
) -> pd.DataFrame:
    """So many meldingen a month per gemeente and calendar year; connected from its first year."""
    cut = periods(begin, peildatum)
    months = cut.loc[cut["kind"] == "month", "begin"]
    days = {
        slug: [day for day in months for _ in range(of_year.get(day.year, 0))]
        for slug, of_year in per_month.items()
    }
    since = {slug: f"{min(of_year)}-01-01" for slug, of_year in per_month.items()}
    return national_comparison(VOCABULARY, margins_of(days, since, cut, hidden), cut)


def test_a_fifth_fewer_stands_beside_a_quarter_fewer_in_the_country():
    row = compared(*TWO, dict.fromkeys(SLUGS, {2021: 10, 2022: 8})).iloc[0]

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

    row = compared(*TWO, series).iloc[0]

    assert row["change"] == 0
    assert row["verdict"] == "no_change"


def test_an_evaluation_without_two_whole_calendar_years_is_not_compared():
    table = compared(
        dt.date(2021, 7, 1), dt.date(2023, 6, 30), dict.fromkeys(SLUGS, {2021: 5, 2022: 5, 2023: 5})
    )

    assert table.empty


def test_three_calendar_years_are_two_comparisons():
    table = compared(
        dt.date(2020, 7, 1),
        dt.date(2023, 12, 31),
        dict.fromkeys(SLUGS, {2020: 9, 2021: 5, 2022: 5, 2023: 10}),
    )

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
    row = compared(*TWO, per_month).iloc[0]

    assert row["verdict"] == "cannot_tell"
    assert row[["change", "low", "high"]].isna().all()


def test_a_year_with_fewer_than_ten_meldingen_cannot_be_told():
    cut = periods(*TWO)
    months = cut.loc[cut["kind"] == "month", "begin"].to_list()
    since = {"almelo": "2021-01-01"}

    nine, ten = (
        national_comparison(VOCABULARY, margins_of({"almelo": months[: 12 + n]}, since, cut), cut)
        for n in (9, 10)
    )

    assert nine["verdict"].item() == "cannot_tell"
    assert ten["verdict"].item() == "no_change"


def test_meldingen_in_one_month_of_each_year_give_no_change_of_their_own():
    cut = periods(*TWO)
    days = [pd.Timestamp("2021-03-01")] * 12 + [pd.Timestamp("2022-03-01")] * 15

    found = margins_of({"almelo": days}, {"almelo": "2021-01-01"}, cut)

    row = national_comparison(VOCABULARY, found, cut).iloc[0]
    assert row["verdict"] == "cannot_tell"
    assert row[["change", "low", "high"]].isna().all()
    assert row["national_change"] == pytest.approx(-0.245, abs=5e-4)


def test_a_hidden_half_year_of_who_joined_changes_nothing_that_is_told():
    """Who joined is one with the other hidden ones, however its meldingen are spread."""
    both = dict.fromkeys(SLUGS, {2021: 10, 2022: 8})
    hidden = [("enschede", code) for code in ("whole", "2022-01/2022-12", "2022-07/2022-12")]

    without = compared(*TWO, both).iloc[0]
    with_it = compared(*TWO, both | {"enschede": {2022: 1}}, hidden).iloc[0]

    assert with_it["change"] == pytest.approx(without["change"], abs=0.011)


def test_without_counts_in_time_only_the_country_is_told():
    table = national_comparison(VOCABULARY, None, periods(*TWO))

    assert table["verdict"].to_list() == ["cannot_tell"]
    assert table["national_change"].to_list() == pytest.approx([-0.245], abs=5e-4)
