import re

import pandas as pd
import pytest
from conftest import cases, toml_cases

from mma_analysis.clean.dates import delivery_dates
from mma_analysis.days import begins_with_a_day, is_number_of_a_day
from mma_analysis.vocabulary import MmaError
from says import says
from small_edition import SETTINGS, written


@pytest.fixture
def days(tmp_path):
    """Read columns of dates as those of one file of Losser; the first data row is row 2."""

    def read(received_on, sheets=None, senders=("losser",), extra="", **others):
        own = written(tmp_path, SETTINGS.replace("borne", "losser") + extra)
        nothing = [""] * len(received_on)
        cells = {"received_on": received_on, "reported_on": nothing, "closed_on": nothing}
        raw = pd.DataFrame(cells | {"fed_back_on": nothing} | others, dtype="str").assign(
            source_file="losser.csv",
            source_sheet=sheets or nothing,
            source_row=range(2, len(received_on) + 2),
        )
        headers = {"received_on": "Ontvangen", "closed_on": "Dicht"}
        read = delivery_dates(raw, headers, senders, own)
        assert read["received_on"].dtype == "datetime64[us]"
        return {
            field: days.dt.strftime("%Y-%m-%d").fillna("").tolist() for field, days in read.items()
        }

    return read


@pytest.mark.parametrize(("cell", "day"), cases("days"))
def test_a_day_is_read_in_every_way_of_writing_and_nothing_else_is_taken_for_one(days, cell, day):
    assert days([cell])["received_on"] == [day if day[:1].isdecimal() else ""]
    is_like_a_day = begins_with_a_day(cell) or is_number_of_a_day(cell)
    assert is_like_a_day == (day != "no day")  # so reading sees a date there too


@pytest.mark.parametrize("case", toml_cases("date_columns"))
def test_columns_decide_their_order_or_it_is_asked_for_each(days, case):
    given = case["given"] | {"sheets": case.get("sheets"), "extra": case.get("extra", "")}
    given["senders"] = case.get("senders", ["losser"])

    if "become" in case:
        read = days(**given)
        assert {field: read[field] for field in case["become"]} == case["become"]
        return
    ((code, words),) = case["error"].items()
    with pytest.raises(MmaError) as error:
        days(**given)
    assert all(re.search(says(code, **one), str(error.value)) for one in words)
