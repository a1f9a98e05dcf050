"""Which day a text means: every known way of writing one, and the orders it allows."""

import datetime as dt
import re
import unicodedata
from functools import lru_cache

# The same days come back in every column and file: a cell of this many is read once.
MOST_CELLS_KEPT = 100_000

# The names of each month, from January on.
MONTH_NAMES = (
    "jan januari january",
    "feb febr februari february",
    "maa mrt mar maart march",
    "apr april",
    "mei may",
    "jun juni june",
    "jul juli july",
    "aug augustus august",
    "sep sept september",
    "okt oct oktober october",
    "nov november",
    "dec december",
)


def _months() -> dict[str, int]:
    """Name of a month → its number."""
    months = {}
    for number, names in enumerate(MONTH_NAMES, start=1):
        for name in names.split():
            months[name] = number
    return months


MONTHS = _months()

TIME_BEHIND = (
    r"(?P<time>t\d{4}(?:\d{2})?z?|[t, ]+(?:om )?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"(?: ?(?:uur|u|h)\.?)?(?: ?[ap]\.?m\.?)?(?: ?(?:z|[+-]\d{2}:?\d{2}))?)?"
)
WEEKDAY = r"(?:(?:ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +)?"
ORDINAL = "(?:e|de|ste|st|nd|rd|th)?"
BETWEEN_PARTS = r"[-–/. ]+"
YEAR_IN_DAY = r"'?(?P<year>\d{4}|\d\d)"

# Where it was so late: what a system in the cloud or a database writes of a time.
OFFSET = re.compile(r"(z|[+-]\d\d:?\d\d)$")

UNSEEN = "Cf"  # the category of signs that take no place
DASH = re.compile("[\u2010-\u2015\u2212]")
TIME_FIRST = re.compile(r"^\d{1,2}:\d{2}(?::\d{2})?(?: uur)?,? +(?=.*\d{2}$)")
YEAR_LAST = re.compile(r"^(\d\d)(\d\d)((?:19|20)\d\d)$")

# These can be read in one way only, so they may stand together in one column.
ONE_READING = tuple(
    re.compile(pattern + TIME_BEHIND)
    for pattern in (
        r"(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)",
        rf"{WEEKDAY}(?P<day>\d\d?){ORDINAL}{BETWEEN_PARTS}(?P<month>[a-z]+)"
        rf"{BETWEEN_PARTS}{YEAR_IN_DAY}",
        rf"{WEEKDAY}(?P<month>[a-z]+)\.? (?P<day>\d\d?){ORDINAL},? {YEAR_IN_DAY}",
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)",
    )
)
# A date in a workbook arrives like this, whatever it looked like there.
YEAR_FIRST = ONE_READING[0]
DAY_IN_NUMBERS = re.compile(
    rf"{WEEKDAY}(?P<first>\d\d?){BETWEEN_PARTS}(?P<second>\d\d?){BETWEEN_PARTS}"
    rf"'?(?P<third>\d{{4}}|\d\d){TIME_BEHIND}"
)
# Days since the start of Excel's calendar, from 1982 to 2064, with the time as a fraction.
SERIAL = re.compile(r"(?P<days>[3-5]\d{4})(?:[.,]\d+)?")
EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
CENTURY_TURNS_AT = 70
LAST_OF_MONTH = 31

DAY_FIRST = "dag-maand-jaar"
MONTH_FIRST = "maand-dag-jaar"
SHORT_YEAR_FIRST = "jaar-maand-dag"
# Only the settings can give this order: the day is the Monday of the week, so not exact.
WEEK = "week"
YEAR_AND_WEEK = re.compile(r"(?P<year>20\d\d)\W*(?:w|wk|week)?\W*(?P<week>\d\d?)")
WEEK_AND_YEAR = re.compile(r"(?:w|wk|week)?\W*(?P<week>\d\d?)\W+(?P<year>20\d\d)")
# What people write when they do not write a day.
ONLY_MONTH = "month"
ONLY_QUARTER = "quarter"
WITHOUT_YEAR = "without_year"
PARTS_OF_A_DATE = {
    ONLY_QUARTER: re.compile(
        r"(?:(?:20\d\d|'\d\d)\W*)?"
        r"(?:[qk][1-4]|[1-4]e? ?(?:kwartaal|kw\.?)|(?:kwartaal|kw) [1-4])"
        r"(?:\W*(?:20)?\d\d)?"
    ),
    ONLY_MONTH: re.compile(
        r"(?P<name>[a-z]+)\.?(?:[ -]*'?(?:20)?\d\d)?|"
        r"(?:0?[1-9]|1[0-2])[-/]20\d\d|20\d\d[-/](?:0[1-9]|1[0-2])"
    ),
    WITHOUT_YEAR: re.compile(
        rf"{WEEKDAY}\d\d?{ORDINAL}[-–/. ]+(?:(?P<name>[a-z]+)\.?|(?:0?[1-9]|1[0-2]))"
    ),
}
GROUPS_IN_ORDER = {
    DAY_FIRST: ("third", "second", "first"),
    MONTH_FIRST: ("third", "first", "second"),
    SHORT_YEAR_FIRST: ("first", "second", "third"),
}


@lru_cache(maxsize=MOST_CELLS_KEPT)
def day_of(cell: str, order: str) -> dt.date | None:
    """The day that a cell means; none when it is no date, or a day that does not exist."""
    text = _as_typed(cell)
    if order == WEEK:
        week = YEAR_AND_WEEK.fullmatch(text) or WEEK_AND_YEAR.fullmatch(text)
        if week is not None:
            return _monday(week)
    for pattern in ONE_READING:
        found = pattern.fullmatch(text)
        if found is not None:
            return _day(found["year"], found["month"], found["day"], found["time"])
    serial = SERIAL.fullmatch(text)
    if serial is not None:
        since_zero = dt.timedelta(days=int(serial["days"]))
        return EXCEL_DAY_ZERO + since_zero
    numbers = DAY_IN_NUMBERS.fullmatch(text)
    if numbers is None:
        return None

    if order == WEEK:  # a day among weeks counts when there is one way to read it
        ways = possible_orders(cell)
        return day_of(cell, min(ways)) if len(ways) == 1 else None
    # Without an order day and month are the same number, or this is no date in any order.
    year, month, day = GROUPS_IN_ORDER[order or DAY_FIRST]
    return _day(numbers[year], numbers[month], numbers[day], numbers["time"])


def _monday(week: re.Match[str]) -> dt.date | None:
    """The first day of a week; none when the year has no such week."""
    year = int(week["year"])
    number = int(week["week"])
    try:
        return dt.date.fromisocalendar(year, number, 1)
    except ValueError:
        return None


@lru_cache(maxsize=MOST_CELLS_KEPT)
def possible_orders(cell: str) -> frozenset[str]:
    """The orders that a cell of three numbers allows; none for an impossible day."""
    text = _as_typed(cell)
    numbers = DAY_IN_NUMBERS.fullmatch(text)
    if numbers is None or numbers["first"] == numbers["second"]:
        return frozenset()
    # Two digits at the end are a year, unless the first number is too large for a day.
    is_too_large = int(numbers["first"]) > LAST_OF_MONTH
    is_year = is_too_large and len(numbers["third"]) == 2
    orders = (SHORT_YEAR_FIRST,) if is_year else (DAY_FIRST, MONTH_FIRST)
    possible = set()
    for order in orders:
        if day_of(cell, order) is not None:
            possible.add(order)
    return frozenset(possible)


def begins_with_a_day(cell: str) -> bool:
    """Whether a cell begins with a date and its signs: `31-2-2022` and `14-3-2022*` do."""
    text = _as_typed(cell)
    for pattern in (DAY_IN_NUMBERS, *ONE_READING):
        found = pattern.match(text)
        if found is None:
            continue
        # `vraag 5 22` has the form of a month by its name, but it is none.
        month = found.groupdict().get("month", "1")
        is_month = month in MONTHS or month.isdecimal()
        is_all_digits = found[0].isdecimal()
        if is_month and not is_all_digits:
            return True
    return False


def kind_of_part(cell: str) -> str:
    """What a text says instead of a day; empty when it says none of these.

    It is `ONLY_MONTH`, `ONLY_QUARTER`, or a day `WITHOUT_YEAR`.
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


def with_year(cell: str, year: int) -> str:
    """The cell with this year behind it when it is a day without one; else as it is."""
    if kind_of_part(cell) != WITHOUT_YEAR:
        return cell
    return f"{cell.strip()}-{year}"


def is_number_of_a_day(cell: str) -> bool:
    """Whether digits alone may be a day: in Excel's calendar, or as `20220314`."""
    text = _as_typed(cell)
    without_signs = text.replace(".", "").replace(",", "")
    return without_signs.isdecimal() and day_of(cell, "") is not None


def is_year_first(cell: str) -> bool:
    """Whether this is a date as a workbook stores it."""
    text = _as_typed(cell)
    return YEAR_FIRST.fullmatch(text) is not None


def _as_typed(cell: str) -> str:
    """The cell in the characters of a keyboard: plain dashes and spaces, none unseen."""
    typed = cell
    if not cell.isascii():
        seen = ""
        for letter in unicodedata.normalize("NFKC", cell):
            if unicodedata.category(letter) != UNSEEN:
                seen += letter
        typed = DASH.sub("-", seen)
    text = typed.strip().removeprefix("'").lower()
    without_time = TIME_FIRST.sub("", text)
    # Eight digits that end in a year are day, month and year: there is no month 19 or 20.
    return YEAR_LAST.sub(r"\1-\2-\3", without_time)


def _day(year: str, month: str, day: str, time: str | None) -> dt.date | None:
    """The day in the Netherlands, also when the time says where else it was so late."""
    try:
        found = dt.date(_whole_year(year), _number_of_month(month), int(day))
    except ValueError:
        return None
    if time is None or not OFFSET.search(time):
        return found
    return _day_here(found, time)


def _whole_year(year: str) -> int:
    """The year that four digits or the last two say."""
    number = int(year)
    if len(year) == 4:
        return number
    century = 2000 if number < CENTURY_TURNS_AT else 1900
    return century + number


def _number_of_month(month: str) -> int:
    """The number of a month by its name or in digits; 0 when it is none."""
    if month in MONTHS:
        return MONTHS[month]
    return int(month) if month.isdecimal() else 0


def _day_here(day: dt.date, time: str) -> dt.date:
    """The day in the Netherlands at a time elsewhere; the same when no such time is."""
    import pandas as pd  # here: the command line reads a day too, and must start at once

    written = f"{day}{time}".replace(".m.", "m")
    try:
        moment = pd.Timestamp(written)
        return moment.tz_convert("Europe/Amsterdam").date()
    except (TypeError, ValueError, OverflowError):
        return day
