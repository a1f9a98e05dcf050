"""Text → days: one way of writing per column of a sheet, never decided per cell."""

import datetime as dt
import re
from collections.abc import Callable

import pandas as pd

DATE = "datetime64[us]"

MONTHS = {
    "jan": 1, "januari": 1, "january": 1,
    "feb": 2, "febr": 2, "februari": 2, "february": 2,
    "maa": 3, "mrt": 3, "mar": 3, "maart": 3, "march": 3,
    "apr": 4, "april": 4,
    "mei": 5, "may": 5,
    "jun": 6, "juni": 6, "june": 6,
    "jul": 7, "juli": 7, "july": 7,
    "aug": 8, "augustus": 8, "august": 8,
    "sep": 9, "sept": 9, "september": 9,
    "okt": 10, "oct": 10, "oktober": 10, "october": 10,
    "nov": 11, "november": 11,
    "dec": 12, "december": 12,
}  # fmt: skip
MONTHS |= {f"{number:0{width}}": number for number in range(1, 13) for width in (1, 2)}

TIME = (
    r"(?:[t, ]+(?:om )?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"(?: ?(?:uur|u|h)\.?)?(?: ?(?:z|[+-]\d{2}:?\d{2}))?)?"
)
WEEKDAY = r"(?:(?:ma|di|wo|do|vr|za|zo)[a-z]*\.?,? +)?"
BETWEEN = r"[-–/. ]+"
YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?){TIME}")
DAY_FIRST = re.compile(
    rf"{WEEKDAY}(?P<day>\d\d?)e?{BETWEEN}(?P<month>\d\d?|[a-z]+){BETWEEN}'?"
    rf"(?P<year>\d{{4}}|\d\d){TIME}"
)
COMPACT = re.compile(rf"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d){TIME}")
# Days since the start of Excel's calendar, from 1982 to 2064, with the time as a fraction.
SERIAL = re.compile(r"(?P<days>[3-5]\d{4})(?:[.,]\d+)?")
EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
CENTURY_TURNS_AT = 70


def read_dates(cells: pd.Series, sheets: pd.Series) -> pd.Series:
    """Read a column of dates; a cell that is not written like the rest of its column is missing.

    The way of writing that reads the most cells of a column on a sheet is that column's: year
    first, day first (month as a number or a name), without separators, or Excel's day number. A
    time of day is left out.

    Parameters
    ----------
    cells
        Text of one column of one file.
    sheets
        The sheet that each cell is on: a column on another sheet is another column.
    """
    columns = [_read_column(column) for _, column in cells.groupby(sheets, sort=False)]
    if not columns:
        return pd.Series(pd.NaT, index=cells.index, dtype=DATE)
    return pd.concat(columns).reindex(cells.index)


def _read_column(cells: pd.Series) -> pd.Series:
    numbers = cells.value_counts()
    readings = [{cell: read(cell.lower()) for cell in numbers.index} for read in WAYS]
    # Of ways that read equally many cells, max takes the first.
    best = max(readings, key=lambda days: numbers[[day is not None for day in days.values()]].sum())
    return cells.map(pd.Series(best, dtype=DATE)).astype(DATE)


def _numbered_day(match: re.Match[str] | None) -> dt.date | None:
    """The day that was matched; none when it does not exist, like 31 February."""
    month = MONTHS.get(match["month"]) if match else None
    if match is None or month is None:
        return None
    try:
        return dt.date(_full_year(match["year"]), month, int(match["day"]))
    except ValueError:
        return None


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < CENTURY_TURNS_AT else 1900)


def _year_first(cell: str) -> dt.date | None:
    return _numbered_day(YEAR_FIRST.fullmatch(cell))


def _day_first(cell: str) -> dt.date | None:
    return _numbered_day(DAY_FIRST.fullmatch(cell))


def _compact(cell: str) -> dt.date | None:
    return _numbered_day(COMPACT.fullmatch(cell))


def _serial(cell: str) -> dt.date | None:
    match = SERIAL.fullmatch(cell)
    return EXCEL_DAY_ZERO + dt.timedelta(days=int(match["days"])) if match else None


WAYS: tuple[Callable[[str], dt.date | None], ...] = (_year_first, _day_first, _compact, _serial)
