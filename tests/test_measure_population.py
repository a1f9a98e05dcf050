"""Inhabitants on any day, and inhabitants × connected time."""

import datetime as dt

import pandas as pd
import pytest

from mma_analysis.measure.frame import exposure
from mma_analysis.measure.periods import inhabitants, periods
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()


def test_every_gemeente_has_inhabitants_with_a_source():
    rows = VOCABULARY.reference("population")

    assert {row["slug"] for row in rows} == {area.slug for area in VOCABULARY.gemeenten}
    assert all(row["source"] for row in rows)


def test_a_day_of_the_table_has_the_number_of_the_table():
    # CBS: 73,132 on 1 January 2021 and 74,355 on 1 January 2024.
    assert inhabitants(VOCABULARY, pd.Timestamp("2021-01-01"))["almelo"] == 73_132
    assert inhabitants(VOCABULARY, pd.Timestamp("2024-01-01"))["almelo"] == 74_355


def test_between_two_days_inhabitants_change_in_a_straight_line():
    # 1 July 2022 is 546 of the 1095 days after 1 January 2021: 73,132 + 1,223 * 0.49863 = 73,741.8.
    assert inhabitants(VOCABULARY, pd.Timestamp("2022-07-01"))["almelo"] == 73_742


def test_before_the_first_and_after_the_last_known_day_nothing_changes():
    assert inhabitants(VOCABULARY, pd.Timestamp("2010-01-01"))["almelo"] == 73_132
    assert inhabitants(VOCABULARY, pd.Timestamp("2030-01-01"))["almelo"] == 74_355


def test_inhabitants_of_a_period_are_those_of_its_middle_and_the_district_is_their_sum():
    cut = periods(dt.date(2020, 7, 1), dt.date(2021, 6, 30))
    known = pd.Series({"almelo": "2020-07-01", "enschede": "2020-07-01"}, dtype="datetime64[us]")

    table = exposure(VOCABULARY, known, ["almelo", "enschede"], cut)

    whole = table[table["period"] == "whole"].set_index("area")["inhabitant_years"]
    year = 365 / 365.25
    # The middle is 30 December 2020, before the first day known: that of 1 January 2021.
    assert whole["almelo"] == pytest.approx(73_132 * year)
    assert whole["twente"] == pytest.approx((73_132 + 159_732) * year)


def test_the_district_has_no_inhabitants_in_time_when_a_connection_is_unknown():
    cut = periods(dt.date(2020, 7, 1), dt.date(2021, 6, 30))
    known = pd.Series({"almelo": "2020-07-01", "borne": None}, dtype="datetime64[us]")

    table = exposure(VOCABULARY, known, ["almelo", "borne"], cut).set_index(["area", "period"])

    assert table["inhabitant_years"].isna()["twente", "whole"]


def test_inhabitants_of_two_vocabularies_stay_apart():
    own = {"slug": "noord", "reference_date": "2022-01-01", "inhabitants": "1000", "source": "x"}
    island, day = Vocabulary({"population": (own,)}), pd.Timestamp("2022-07-01")

    for _ in range(2):
        assert inhabitants(island, day).to_dict() == {"noord": 1000}
        assert inhabitants(VOCABULARY, day)["almelo"] == 73_742
