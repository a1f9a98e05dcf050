"""Periods, how long gemeenten were connected in them, and how many people live there."""

import datetime as dt

import pandas as pd
import pytest
from conftest import cases

from counting import TWENTE, VOCABULARY, edition, framed
from mma_analysis import measure
from mma_analysis.measure.frame import inhabitants, periods

MONTH = 30.4375  # mean length in days: 365.25 / 12
QUARTER = {"begin": "2022-01-01", "peildatum": "2022-03-31"}


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


# Losser delivered nothing.
@pytest.mark.parametrize(("since", "area", "days"), cases("connected"))
def test_a_gemeente_counts_for_the_days_that_remain_and_the_district_is_the_sum(since, area, days):
    losser = {"losser": {"aangesloten": "2021-07-01", "levering": []}}
    slugs, dates = since.split()[::2], since.split()[1::2]
    dates = [{"aangesloten": None if day == "-" else day} for day in dates]
    of = edition(dict(zip(slugs, dates, strict=True)) | losser, **QUARTER)

    table = measure.frame(of).exposure

    rows = table[(table["area"] == area) & table["period"].str.fullmatch(r"2022-\d\d")]
    months = [int(day) / MONTH for day in days.split()] or [float("nan")] * 3
    assert rows["connected_months"].to_list() == pytest.approx(months, nan_ok=True)
    assert rows["inhabitant_years"].isna().all() == (not days)
    if area == TWENTE:
        assert rows["connected_gemeenten"].to_list() == [1, *[1 + bool(days)] * 2]


# --- inhabitants ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "people"), cases("inhabitants"))
def test_inhabitants_are_known_on_a_day_or_in_a_straight_line_or_as_nearest(day: str, people: str):
    on = pd.DataFrame({"begin": pd.to_datetime([day]), "end": pd.to_datetime([day])})

    assert inhabitants(VOCABULARY, on)["almelo"].to_list() == [int(people)]


def test_inhabitants_of_a_period_are_those_of_its_middle_and_the_district_is_their_sum():
    since = dict.fromkeys(["almelo", "enschede"], "2020-07-01")

    table = framed(since, begin="2020-07-01", peildatum="2021-06-30").exposure

    whole = table[table["period"] == "whole"].set_index("area")["inhabitant_years"]
    year = 365 / 365.25
    # The middle is 30 December 2020, before the first day known: that of 1 January 2021.
    assert whole["almelo"] == pytest.approx(73_132 * year)
    assert whole["twente"] == pytest.approx((73_132 + 159_732) * year)
