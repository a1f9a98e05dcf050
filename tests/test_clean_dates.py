import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.clean.dates import delivery_dates
from mma_analysis.days import begins_with_a_day, day_of, is_number_of_a_day
from mma_analysis.vocabulary import DataError, MmaError
from says import says
from small_edition import SETTINGS, written

TOML = Path(__file__).parent / "cases" / "date_columns.toml"
COLUMNS = tomllib.loads(TOML.read_text(encoding="utf-8"))["case"]


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
        return {field: [text(day) for day in column] for field, column in read.items()}

    return read


def text(day):
    return None if pd.isna(day) else f"{day:%Y-%m-%d}"


@pytest.mark.parametrize(("cell", "day"), cases("days"))
def test_a_day_is_read_in_every_way_of_writing_and_is_that_which_it_was_here(days, cell, day):
    assert days([cell])["received_on"] == [day or None]
    assert begins_with_a_day(cell) or is_number_of_a_day(cell)  # so reading sees a date there too


@pytest.mark.parametrize(
    "cell", ["1.234", "volgt nog", "vraag 5 22", "nov 2021", "5-2022", "2021", "160000"]
)
def test_a_text_or_number_that_cannot_be_a_day_is_none_and_does_not_begin_with_one(cell):
    assert day_of(cell, "dag-maand-jaar") is None
    assert not begins_with_a_day(cell)
    assert not is_number_of_a_day(cell)


@pytest.mark.parametrize(
    "cell", ["31-2-2022", "2-31-2022", "31-04-2022", "29-2-2022", "13-13-2022"]
)
def test_a_day_that_does_not_exist_decides_nothing_and_is_missing(days, cell):
    both = says("reads_as", row=2, days="2022-04-03 (dag-maand-jaar) of 2022-03-04")
    with pytest.raises(DataError, match=both):
        days(["3-4-2022", cell])

    read = days(["3-4-2022", cell, "13-4-2022"])["received_on"]
    assert read == ["2022-04-03", None, "2022-04-13"]


@pytest.mark.parametrize("case", COLUMNS, ids=lambda case: case["why"])
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
