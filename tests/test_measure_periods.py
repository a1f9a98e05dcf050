"""Periods, how long gemeenten were connected in them, and how many people live there."""

import datetime as dt

import pandas as pd
import pytest
from conftest import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis.measure.frame import (
    connected_months,
    exposure,
    inhabitants,
    period_of,
    periods,
)
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

MONTH = 30.4375  # mean length in days: 365.25 / 12


# --- periods -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("begin", "peildatum", "kind", "expected"), cases("periods"))
def test_an_evaluation_is_cut_into_periods_counted_from_its_first_month(
    begin: str, peildatum: str, kind: str, expected: str
):
    table = periods(dt.date.fromisoformat(begin), dt.date.fromisoformat(peildatum))

    told = table["period"] + table["begin"].dt.strftime(" %Y-%m-%d")
    told += table["end"].dt.strftime(" %Y-%m-%d")
    told += table["is_complete"].map({True: "", False: " cut short"})
    assert "; ".join(told[table["kind"] == kind]) == expected
    assert table["period"].is_unique  # a count is named by its period: year and half are two


@settings(max_examples=50, deadline=None)
@given(
    st.dates(dt.date(2015, 1, 1), dt.date(2030, 1, 1)),
    st.integers(min_value=1, max_value=1500),
)
def test_every_kind_covers_every_day_of_the_evaluation_once(begin: dt.date, days: int):
    last = begin + dt.timedelta(days=days)

    table = periods(begin, last)

    for _, rows in table.groupby("kind"):
        assert rows["begin"].iloc[0] == pd.Timestamp(begin)
        assert rows["end"].iloc[-1] == pd.Timestamp(last)
        following = rows["begin"].iloc[1:].to_list()
        assert [end + pd.Timedelta(days=1) for end in rows["end"].iloc[:-1]] == following


def test_first_and_last_day_are_inside_a_period_and_other_days_in_none():
    table = periods(dt.date(2021, 7, 1), dt.date(2022, 6, 30))
    days = ["2021-06-30", "2021-07-01", "2021-12-31", "2022-01-01", "2022-06-30", "2022-07-01"]

    found = period_of(pd.Series(pd.to_datetime(days)), table[table["kind"] == "half"])

    first, second = "2021-07/2021-12", "2022-01/2022-06"
    assert found.fillna("none").to_list() == ["none", first, first, second, second, "none"]


# --- connected months ----------------------------------------------------------------------------

FIRST_QUARTER = periods(dt.date(2022, 1, 1), dt.date(2022, 3, 31))


def connections(**days: str | None) -> pd.Series:
    slugs = [slug.replace("_", "-") for slug in days]
    return pd.Series(list(days.values()), index=slugs, dtype="datetime64[us]")


def months_of(table: pd.DataFrame, area: str) -> dict[str, float]:
    rows = table[(table["area"] == area) & table["period"].str.fullmatch(r"\d{4}-\d\d")]
    return dict(zip(rows["period"], rows["connected_months"], strict=True))


def test_a_gemeente_that_joins_halfway_a_month_counts_for_the_days_that_remain():
    days = connections(borne="2022-02-15", losser="2022-05-01", wierden=None)

    table = connected_months(days, FIRST_QUARTER)

    # February 15 to 28 are 14 days.
    assert months_of(table, "borne") == pytest.approx(
        {"2022-01": 0.0, "2022-02": 14 / MONTH, "2022-03": 31 / MONTH}
    )
    assert set(months_of(table, "losser").values()) == {0.0}  # not connected yet
    assert pd.Series(months_of(table, "wierden")).isna().all()  # not known since when


def test_the_district_is_the_sum_of_the_gemeenten_that_delivered():
    connected_on = connections(almelo="2021-07-01", borne="2022-02-15", losser="2021-07-01")

    table = exposure(VOCABULARY, connected_on, ["almelo", "borne"], FIRST_QUARTER)  # Losser did not

    district = table[table["area"] == VOCABULARY.district.slug].set_index("period")
    assert district.loc["2022-01", "connected_months"] == pytest.approx(31 / MONTH)
    assert district.loc["2022-02", "connected_months"] == pytest.approx((28 + 14) / MONTH)
    assert district.loc[["2022-01", "2022-02"], "connected_gemeenten"].to_list() == [1, 2]
    assert months_of(table, "losser")["2022-01"] == pytest.approx(31 / MONTH)


def test_the_district_has_no_known_time_when_a_gemeente_that_delivered_has_none():
    connected_on = connections(almelo="2021-07-01", borne=None)

    table = exposure(VOCABULARY, connected_on, ["almelo", "borne"], FIRST_QUARTER)
    without_borne = exposure(VOCABULARY, connected_on, ["almelo"], FIRST_QUARTER)

    district = table[table["area"] == VOCABULARY.district.slug]
    assert district[["connected_months", "inhabitant_years"]].isna().all(axis=None)
    assert set(district["connected_gemeenten"]) == {1}
    of_almelo = months_of(without_borne, VOCABULARY.district.slug)
    assert of_almelo["2022-01"] == pytest.approx(31 / MONTH)


# --- inhabitants ---------------------------------------------------------------------------------


def test_every_gemeente_has_inhabitants_with_a_source():
    rows = VOCABULARY.reference("population")

    assert {row["slug"] for row in rows} == {area.slug for area in VOCABULARY.gemeenten}
    assert all(row["source"] for row in rows)


@pytest.mark.parametrize(
    ("day", "people"),
    [
        ("2021-01-01", 73_132),  # CBS
        ("2024-01-01", 74_355),  # CBS
        ("2022-07-01", 73_742),  # 546 of 1095 days: 73,132 + 1,223 * 0.49863 = 73,741.8
        ("2010-01-01", 73_132),
        ("2030-01-01", 74_355),
    ],
)
def test_inhabitants_are_known_on_a_day_or_in_a_straight_line_or_as_nearest(day: str, people: int):
    assert inhabitants(VOCABULARY, pd.DatetimeIndex([day]))["almelo"].to_list() == [people]


def test_inhabitants_of_a_period_are_those_of_its_middle_and_the_district_is_their_sum():
    cut = periods(dt.date(2020, 7, 1), dt.date(2021, 6, 30))
    known = pd.Series({"almelo": "2020-07-01", "enschede": "2020-07-01"}, dtype="datetime64[us]")

    table = exposure(VOCABULARY, known, ["almelo", "enschede"], cut)

    whole = table[table["period"] == "whole"].set_index("area")["inhabitant_years"]
    year = 365 / 365.25
    # The middle is 30 December 2020, before the first day known: that of 1 January 2021.
    assert whole["almelo"] == pytest.approx(73_132 * year)
    assert whole["twente"] == pytest.approx((73_132 + 159_732) * year)
