"""Which day a text means: every way of writing one that is known, and the orders it allows."""

import datetime as dt
import re
import unicodedata
from contextlib import suppress
from functools import lru_cache

# The same days come back in every column and file: a cell of this many is read once.
MOST_CELLS = 100_000

# The names of each month, from January on.
NAMES = (
    *("jan januari january", "feb febr februari february", "maa mrt mar maart march", "apr april"),
    *("mei may", "jun juni june", "jul juli july", "aug augustus august", "sep sept september"),
    *("okt oct oktober october", "nov november", "dec december"),
)
MONTHS = {name: month for month, names in enumerate(NAMES, 1) for name in names.split()}

TIME = (
    r"(?P<time>t\d{4}(?:\d{2})?z?|[t, ]+(?:om )?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"(?: ?(?:uur|u|h)\.?)?(?: ?[ap]\.?m\.?)?(?: ?(?:z|[+-]\d{2}:?\d{2}))?)?"
)
WEEKDAY = r"(?:(?:ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +)?"
ORDINAL = "(?:e|de|ste|st|nd|rd|th)?"
BETWEEN = r"[-–/. ]+"
YEAR = r"'?(?P<year>\d{4}|\d\d)"

# Where it was so late: what a system in the cloud or a database writes of a time.
OFFSET = re.compile(r"(z|[+-]\d\d:?\d\d)$")

DASH = re.compile("[\u2010-\u2015\u2212]")
TIME_FIRST = re.compile(r"^\d{1,2}:\d{2}(?::\d{2})?(?: uur)?,? +(?=.*\d{2}$)")
YEAR_LAST = re.compile(r"^(\d\d)(\d\d)((?:19|20)\d\d)$")

# These can be read in one way only, so they may stand together in one column.
ONE_READING = tuple(
    re.compile(pattern + TIME)
    for pattern in (
        r"(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)",
        rf"{WEEKDAY}(?P<day>\d\d?){ORDINAL}{BETWEEN}(?P<month>[a-z]+){BETWEEN}{YEAR}",
        rf"{WEEKDAY}(?P<month>[a-z]+)\.? (?P<day>\d\d?){ORDINAL},? {YEAR}",
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)",
    )
)
# A date in a workbook arrives like this, whatever it looked like there.
YEAR_FIRST = ONE_READING[0]
NUMBERS = re.compile(
    rf"{WEEKDAY}(?P<first>\d\d?){BETWEEN}(?P<second>\d\d?){BETWEEN}'?(?P<third>\d{{4}}|\d\d){TIME}"
)
# Days since the start of Excel's calendar, from 1982 to 2064, with the time as a fraction.
SERIAL = re.compile(r"(?P<days>[3-5]\d{4})(?:[.,]\d+)?")
EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
CENTURY_TURNS_AT = 70

DAY_FIRST, MONTH_FIRST, SHORT_YEAR_FIRST = "dag-maand-jaar", "maand-dag-jaar", "jaar-maand-dag"
# An order that only the settings can give: the day is the Monday of the week, so it is not exact.
WEEK = "week"
YEAR_AND_WEEK = re.compile(r"(?P<year>20\d\d)\W*(?:w|wk|week)?\W*(?P<week>\d\d?)")
WEEK_AND_YEAR = re.compile(r"(?:w|wk|week)?\W*(?P<week>\d\d?)\W+(?P<year>20\d\d)")
# What people write when they do not write a day.
MONTH = "month"
QUARTER = "quarter"
WITHOUT_YEAR = "without_year"
PARTS_OF_A_DATE = {
    QUARTER: re.compile(
        r"(?:(?:20\d\d|'\d\d)\W*)?"
        r"(?:[qk][1-4]|[1-4]e? ?(?:kwartaal|kw\.?)|(?:kwartaal|kw) [1-4])"
        r"(?:\W*(?:20)?\d\d)?"
    ),
    MONTH: re.compile(
        r"(?P<name>[a-z]+)\.?(?:[ -]*'?(?:20)?\d\d)?|"
        r"(?:0?[1-9]|1[0-2])[-/]20\d\d|20\d\d[-/](?:0[1-9]|1[0-2])"
    ),
    WITHOUT_YEAR: re.compile(
        rf"{WEEKDAY}\d\d?{ORDINAL}[-–/. ]+(?:(?P<name>[a-z]+)\.?|(?:0?[1-9]|1[0-2]))"
    ),
}
PARTS = {
    DAY_FIRST: ("third", "second", "first"),
    MONTH_FIRST: ("third", "first", "second"),
    SHORT_YEAR_FIRST: ("first", "second", "third"),
}


@lru_cache(maxsize=MOST_CELLS)
def day_of(cell: str, order: str) -> dt.date | None:
    """The day that a cell means; none when it is no date, or a day that does not exist."""
    text = _as_typed(cell)
    if order == WEEK and (match := YEAR_AND_WEEK.fullmatch(text) or WEEK_AND_YEAR.fullmatch(text)):
        with suppress(ValueError):
            return dt.date.fromisocalendar(int(match["year"]), int(match["week"]), 1)
        return None
    if match := next(filter(None, (kind.fullmatch(text) for kind in ONE_READING)), None):
        return _day(match["year"], match["month"], match["day"], match["time"])
    if serial := SERIAL.fullmatch(text):
        return EXCEL_DAY_ZERO + dt.timedelta(days=int(serial["days"]))
    numbers = NUMBERS.fullmatch(text)
    if numbers is None:
        return None
    if order == WEEK:  # a day among weeks counts when there is one way to read it
        ways = possible_orders(cell)
        return day_of(cell, min(ways)) if len(ways) == 1 else None
    # Without an order day and month are the same number, or this is no date in any order.
    year, month, day = (numbers[part] for part in PARTS[order or DAY_FIRST])
    return _day(year, month, day, numbers["time"])


@lru_cache(maxsize=MOST_CELLS)
def possible_orders(cell: str) -> frozenset[str]:
    """The orders that a cell of three numbers allows; a day that does not exist allows none."""
    match = NUMBERS.fullmatch(_as_typed(cell))
    if match is None or match["first"] == match["second"]:
        return frozenset()
    # Two digits at the end are a year, unless the first number is too large for a day.
    is_year = int(match["first"]) > 31 and len(match["third"]) == 2
    orders = (SHORT_YEAR_FIRST,) if is_year else (DAY_FIRST, MONTH_FIRST)
    return frozenset(order for order in orders if day_of(cell, order))


def begins_with_a_day(cell: str) -> bool:
    """Whether a cell begins with a date of more than digits: `31-2-2022` and `14-3-2022*` do."""
    text = _as_typed(cell)
    for match in filter(None, (kind.match(text) for kind in (NUMBERS, *ONE_READING))):
        # `vraag 5 22` has the form of a month by its name, but it is none.
        month = match.groupdict().get("month", "1")
        if (month in MONTHS or month.isdecimal()) and not match[0].isdecimal():
            return True
    return False


def kind_of_part(cell: str) -> str:
    """What a text says instead of a day: a `MONTH`, a `QUARTER`, or a day `WITHOUT_YEAR`.

    Empty when it is none of these.
    """
    text = _as_typed(cell)
    for kind, pattern in PARTS_OF_A_DATE.items():
        found = pattern.fullmatch(text)
        if found is None:
            continue
        name = found.groupdict().get("name")
        if name is None or name in MONTHS:
            return kind
    return ""


def is_number_of_a_day(cell: str) -> bool:
    """Whether digits alone may be a day: in Excel's calendar, or as `20220314`."""
    text = _as_typed(cell)
    return text.replace(".", "").replace(",", "").isdecimal() and day_of(cell, "") is not None


def is_year_first(cell: str) -> bool:
    """Whether this is a date as a workbook stores it."""
    return YEAR_FIRST.fullmatch(_as_typed(cell)) is not None


def _as_typed(cell: str) -> str:
    """The cell in the characters of a keyboard: other dashes and spaces, none that are unseen."""
    if not cell.isascii():
        seen = (c for c in unicodedata.normalize("NFKC", cell) if unicodedata.category(c) != "Cf")
        cell = DASH.sub("-", "".join(seen))
    text = TIME_FIRST.sub("", cell.strip().removeprefix("'").lower())
    # Eight digits that end in a year are day, month and year: there is no month 19 or 20.
    return YEAR_LAST.sub(r"\1-\2-\3", text)


def _day(year: str, month: str, day: str, time: str | None) -> dt.date | None:
    """The day in the Netherlands, also when the time says where else it was so late."""
    number = MONTHS.get(month) or (int(month) if month.isdecimal() else 0)
    century = 0 if len(year) == 4 else 2000 if int(year) < CENTURY_TURNS_AT else 1900
    try:
        found = dt.date(century + int(year), number, int(day))
    except ValueError:
        return None
    if OFFSET.search(time or ""):
        import pandas as pd  # here: the command line reads a day too, and must start at once

        with suppress(TypeError, ValueError, OverflowError):
            moment = pd.Timestamp(f"{found}{time}".replace(".m.", "m"))
            return moment.tz_convert("Europe/Amsterdam").date()
    return found
