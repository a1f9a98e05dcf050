"""Text → days: one way of writing per column of a sheet, never decided per cell."""

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
YEAR_FIRST = r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
DAY_FIRST = (
    rf"(?P<day>\d{{1,2}})e?{BETWEEN}(?P<month>\d{{1,2}}|[a-z]+){BETWEEN}'?(?P<year>\d{{4}}|\d{{2}})"
)
COMPACT = r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
# Days since the start of Excel's calendar, from 1982 to 2064, with the time as a fraction.
SERIAL = r"([3-5]\d{4})(?:[.,]\d+)?"
EXCEL_DAY_ZERO = pd.Timestamp("1899-12-30")
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
    distinct = pd.Series(cells.unique(), dtype="str").str.lower()
    readings = [cells.map(dict(zip(cells.unique(), read(distinct), strict=True))) for read in WAYS]
    best = max(readings, key=lambda reading: reading.notna().sum())
    return best.astype(DATE)


def _read_numbered(cells: pd.Series, pattern: str) -> pd.Series:
    """Read what this pattern fits; a day that does not exist (31 February) is missing."""
    parts = cells.str.extract(f"^{pattern}$", flags=re.IGNORECASE)
    days = pd.DataFrame(
        {
            "year": pd.to_numeric(parts["year"]).map(_full_year),
            "month": parts["month"].map(MONTHS),
            "day": pd.to_numeric(parts["day"]),
        }
    )
    return pd.to_datetime(days, errors="coerce")


def _full_year(year: float) -> float:
    if year >= 100:
        return year
    return year + (2000 if year < CENTURY_TURNS_AT else 1900)


def _read_year_first(cells: pd.Series) -> pd.Series:
    return _read_numbered(cells, YEAR_FIRST + TIME)


def _read_day_first(cells: pd.Series) -> pd.Series:
    return _read_numbered(cells, WEEKDAY + DAY_FIRST + TIME)


def _read_compact(cells: pd.Series) -> pd.Series:
    return _read_numbered(cells, COMPACT + TIME)


def _read_serial(cells: pd.Series) -> pd.Series:
    days = pd.to_numeric(cells.str.extract(f"^{SERIAL}$", expand=False))
    return EXCEL_DAY_ZERO + pd.to_timedelta(days, unit="D")


# In this order when two read as many cells.
WAYS: tuple[Callable[[pd.Series], pd.Series], ...] = (
    _read_year_first,
    _read_day_first,
    _read_compact,
    _read_serial,
)
