import pandas as pd
import pytest

from mma_analysis.clean.dates import read_dates


def days(cells, sheets=None):
    text = pd.Series(cells, dtype="str")
    on_sheets = pd.Series(sheets or [""] * len(cells), dtype="str")
    read = read_dates(text, on_sheets)
    assert read.dtype == "datetime64[us]"
    return [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in read]


@pytest.mark.parametrize(
    "cell",
    [
        "2022-03-03",
        "2022-03-03T14:05:00",
        "2022-03-03 14:05:00.000",
        "2022-03-03T14:05:00+01:00",
        "2022/3/3",
        "20220303",
        "3-3-2022",
        "03-03-2022",
        "03/03/2022 14:05",
        "3.3.22",
        "3 3 2022",
        "3 - 3 - '22",
        "03-03-2022, 14.05 uur",
        "3 maart 2022",
        "3 Maart 2022 om 14:05",
        "do 3 mrt. 2022",
        "donderdag 3 maart 2022",
        "3-mrt-22",
        "44623",
        "44623,586",
    ],
)
def test_the_third_of_march_is_read_in_every_way_of_writing(cell):
    assert days([cell]) == ["2022-03-03"]


@pytest.mark.parametrize(
    ("written", "month"),
    [("jan", 1), ("februari", 2), ("maart", 3), ("apr.", 4), ("mei", 5), ("juni", 6), ("jul", 7)]
    + [("augustus", 8), ("sept", 9), ("okt", 10), ("november", 11), ("DEC", 12)],
)
def test_dutch_months_are_read(written, month):
    assert days([f"5 {written} 2022"]) == [f"2022-{month:02d}-05"]


@pytest.mark.parametrize(
    "cell", ["31-02-2022", "31 februari 2022", "2022-13-01", "0-5-2022", "volgt nog", "5-2022", ""]
)
def test_what_is_not_a_day_is_missing(cell):
    assert days([cell]) == [None]


def test_day_and_month_are_never_swapped_to_make_a_day():
    assert days(["3-4-2022", "4-13-2022"]) == ["2022-04-03", None]


def test_a_cell_that_is_not_written_like_its_column_is_missing():
    assert days(["2022-03-03", "2022-03-04", "5-3-2022"]) == ["2022-03-03", "2022-03-04", None]


def test_each_sheet_has_its_own_way_of_writing():
    assert days(["2021-08-03", "44623"], ["2021", "2022"]) == ["2021-08-03", "2022-03-03"]
