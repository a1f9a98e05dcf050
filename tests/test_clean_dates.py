import re

import pandas as pd
import pytest
from conftest import cases, toml_cases

from mma_analysis.clean.dates import delivery_dates
from mma_analysis.vocabulary import errors, schema
from mma_analysis.vocabulary.days import begins_with_a_day, is_number_of_a_day, kind_of_part
from says import says
from small_edition import SETTINGS, written


@pytest.fixture
def days(tmp_path):
    """Read columns of dates as those of one file of Losser; the first data row is row 2."""

    def read(given, sheets="", senders=("losser",), extra="", **_):
        own = written(tmp_path, SETTINGS.replace("borne", "losser") + extra)
        raw = pd.DataFrame(given, dtype="str").reindex(columns=schema.DATES, fill_value="")
        raw = raw.assign(source_file="losser.csv", source_sheet=sheets, source_row=raw.index + 2)
        headers = {"received_on": "Ontvangen", "closed_on": "Dicht"}
        read = delivery_dates(raw, headers, senders, own)
        assert read["received_on"].dtype == "datetime64[us]"
        return {
            field: days.dt.strftime("%Y-%m-%d").fillna("").tolist() for field, days in read.items()
        }

    return read


@pytest.mark.parametrize(("cell", "day"), cases("days"))
def test_a_day_is_read_in_every_way_of_writing_and_nothing_else_is_taken_for_one(days, cell, day):
    assert days({"received_on": [cell]})["received_on"] == [day if day[:1].isdecimal() else ""]
    is_like_a_day = begins_with_a_day(cell) or is_number_of_a_day(cell)
    assert is_like_a_day == (day != "no day")  # so reading sees a date there too


@pytest.mark.parametrize("case", toml_cases("date_columns"))
def test_columns_decide_their_order_or_it_is_asked_for_each(days, case):
    if "become" in case:
        read = days(**case)
        assert {field: read[field] for field in case["become"]} == case["become"]
        return
    ((code, words),) = case["error"].items()
    with pytest.raises(errors.MmaError) as error:
        days(**case)
    assert all(re.search(says(code, **one), str(error.value)) for one in words)


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("month", ["mei 2024", "mei", "jul. 23", "jul '23", "05-2024", "2024-05", "Sept 2024"]),
        ("quarter", ["2e kwartaal 2024", "kwartaal 2", "Q2", "Q2 2024", "2024-Q2", "K3 2023"]),
        ("without_year", ["3 juli", "3-7", "3/7", "woensdag 3 juli", "14 mrt."]),
        ("", ["1-1-1900", "31-2-2022", "onbekend", "3 dagen", "begin 2024", "2024", "tips", ""]),
    ],
)
def test_what_is_no_day_may_be_a_month_a_quarter_or_a_day_without_a_year(kind, cells):
    assert [cell for cell in cells if kind_of_part(cell) != kind] == []
