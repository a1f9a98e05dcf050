import pandas as pd
import pytest
from conftest import cases

from mma_analysis.clean.dates import delivery_dates
from mma_analysis.days import begins_with_a_day, day_of, is_number_of_a_day
from mma_analysis.vocabulary import DataError, UsageError
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


def test_all_columns_that_cannot_be_decided_are_named_at_once(days):
    with pytest.raises(DataError, match=r"(?s)'Ontvangen'.*'Dicht'"):
        days(["5-3-2022"], closed_on=["6-3-2022"])


def test_the_settings_decide_for_all_columns_or_for_one(days):
    one = 'datumformaat = { received_on = "maand-dag-jaar" }\n'

    all_of_them = days(["5-3-2022"], extra='datumformaat = "dag-maand-jaar"\n')
    read = days(["5-3-2022"], closed_on=["14-3-2022"], extra=one)

    assert all_of_them["received_on"] == ["2022-03-05"]
    assert (read["received_on"], read["closed_on"]) == (["2022-05-03"], ["2022-03-14"])


def test_senders_of_one_file_must_say_the_same(days):
    extra = 'datumformaat = "dag-maand-jaar"\n[gemeenten.enschede]\n'

    with pytest.raises(UsageError, match=says("other_orders", slugs="losser, enschede")):
        days(["5-3-2022"], senders=("losser", "enschede"), extra=extra)


def test_another_sheet_or_column_decides_only_when_the_column_itself_does_not(days):
    by_sheet = days(["3-4-2022", "25-4-2022"], ["a", "b"])
    by_column = days(["3-4-2022"], closed_on=["25-4-2022"])

    assert by_sheet["received_on"] == ["2022-04-03", "2022-04-25"]
    assert by_column["received_on"] == ["2022-04-03"]
    with pytest.raises(DataError, match=says("order_column", sheet="a", header="Ontvangen")):
        days(["3-4-2022", "25-4-2022", "4/26/2022"], ["a", "b", "c"])
