"""The change within the gemeenten beside that of the country, over the same calendar years."""

import datetime as dt

import pandas as pd
import pytest

from mma_analysis.measure.national import national_comparison, not_given_away
from mma_analysis.measure.periods import periods

SLUGS = ["almelo", "borne", "losser"]


def compared(
    begin: dt.date, peildatum: dt.date, per_month: dict[str, dict[int, int]]
) -> pd.DataFrame:
    """So many meldingen a month per gemeente and calendar year; connected when there are any."""
    cut = periods(begin, peildatum)
    months = cut[cut["kind"] == "month"]
    rows, time = [], []
    for slug, of_year in per_month.items():
        for code, day in zip(months["period"], months["begin"], strict=True):
            number = of_year.get(day.year, 0)
            rows += [(slug, day)] * number
            time.append((slug, code, 1.0 if number else 0.0))
    meldingen = pd.DataFrame(rows, columns=["gemeente", "received_on"])
    meldingen = meldingen.astype({"received_on": "datetime64[us]"})
    exposure = pd.DataFrame(time, columns=["area", "period", "connected_months"])
    return national_comparison(meldingen, exposure, cut)


TWO = (dt.date(2021, 1, 1), dt.date(2022, 12, 31))


def test_a_fifth_fewer_stands_beside_a_quarter_fewer_in_the_country():
    row = compared(*TWO, dict.fromkeys(SLUGS, {2021: 10, 2022: 8})).iloc[0]

    assert (row["year_from"], row["year_to"]) == (2021, 2022)
    assert row["change"] == pytest.approx(-0.20)
    # M. passed on 24,986 tips in 2021 (nhnieuws.nl) and 18,857 in 2022 (nieuws.nl): -24.5 %.
    assert row["national_change"] == pytest.approx(-0.245, abs=5e-4)
    # 360 against 288: the log ratio is off by sqrt(1/360 + 1/288) = 0.079.
    assert (row["low"], row["high"]) == pytest.approx((-0.32, -0.07), abs=0.011)
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
        dict.fromkeys(SLUGS[:2], {2021: 10, 2022: 8}),  # two gemeenten
        dict.fromkeys(SLUGS, {2022: 10}),  # none in both years
        {},
    ],
)
def test_too_few_gemeenten_in_both_years_cannot_be_told(per_month: dict[str, dict[int, int]]):
    row = compared(*TWO, per_month).iloc[0]

    assert row["verdict"] == "cannot_tell"
    assert pd.isna(row["change"])


def test_a_gemeente_that_heard_nothing_in_both_years_is_none_of_the_three():
    cut = periods(dt.date(2020, 1, 1), dt.date(2022, 12, 31))
    days = cut.loc[cut["kind"] == "month", "begin"]
    # Losser was connected all the time, and heard something in 2020 only.
    rows = [(slug, day) for slug in SLUGS for day in days if slug != "losser" or day.year == 2020]
    meldingen = pd.DataFrame(rows, columns=["gemeente", "received_on"])
    exposure = pd.DataFrame({"area": SLUGS}).merge(cut[["period"]], how="cross")

    table = national_comparison(meldingen, exposure.assign(connected_months=1.0), cut)

    # 36 and then 24 meldingen can be chance; the last pair has two gemeenten only.
    assert table.set_index("year_to")["verdict"].to_dict() == {
        2021: "no_change",
        2022: "cannot_tell",
    }


def test_a_year_with_fewer_than_ten_meldingen_cannot_be_told():
    cut = periods(*TWO)
    days = cut.loc[cut["kind"] == "month", "begin"]
    # One a month in each of the three gemeenten, but for three quarters of the last year.
    rows = [(slug, day) for slug in SLUGS for day in days if day < pd.Timestamp("2022-04-01")]
    meldingen = pd.DataFrame(rows, columns=["gemeente", "received_on"])
    exposure = pd.DataFrame({"area": SLUGS}).merge(cut[["period"]], how="cross")

    row = national_comparison(meldingen, exposure.assign(connected_months=1.0), cut).iloc[0]

    assert row["verdict"] == "cannot_tell"


def test_meldingen_in_one_month_of_each_year_give_no_change_of_their_own():
    cut = periods(*TWO)
    days = pd.to_datetime(["2021-03-01"] * 4 + ["2022-03-01"] * 5)
    slugs = pd.DataFrame({"gemeente": SLUGS})
    meldingen = slugs.merge(pd.DataFrame({"received_on": days}), "cross")
    exposure = slugs.rename(columns={"gemeente": "area"}).merge(cut[["period"]], "cross")

    row = national_comparison(meldingen, exposure.assign(connected_months=1.0), cut).iloc[0]

    assert row["verdict"] == "cannot_tell"
    assert row[["change", "low", "high"]].isna().all()
    assert row["national_change"] == pytest.approx(-0.245, abs=5e-4)


@pytest.mark.parametrize(("state", "change"), [("shown", -0.2), ("hidden", None)])
def test_what_would_tell_a_hidden_count_of_who_joined_is_left_out(state: str, change: float | None):
    """Three gemeenten went from 120 to 96; the district had 99 in 2022: Enschede had 3."""
    series = dict.fromkeys(SLUGS, {2021: 10, 2022: 8})
    cut = periods(*TWO)
    halves = cut.loc[cut["kind"] == "half", "period"]
    rows = [(area, period, "shown") for area in ("twente", "enschede") for period in halves]
    per_period = pd.DataFrame(rows, columns=["area", "period", "state"])
    per_period.loc[7, "state"] = state  # of Enschede, the last half year
    connected_on = pd.Series(
        {**dict.fromkeys(SLUGS, "2020-01-01"), "enschede": "2022-07-01"}, dtype="datetime64[us]"
    )

    row = not_given_away(compared(*TWO, series), per_period, connected_on, cut).iloc[0]

    assert row["change"] == pytest.approx(change, nan_ok=True) if change else pd.isna(row["change"])
    assert (row["verdict"] == "cannot_tell") == (change is None)
