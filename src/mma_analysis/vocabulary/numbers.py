"""Numbers, dates and lists the Dutch way."""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

if TYPE_CHECKING:
    import pandas as pd

    Day = dt.date | pd.Timestamp

LOCALE = "nl_NL"
SMALL_IN_WORDS = (
    "geen",
    "één",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
)
# Of fewer meldingen than this a percentage looks more exact than it is: say `6 van de 9`.
FEW = 50
FEWEST_OF_RATE = 20  # of a rounded count: a rate of fewer is a rate of the rounding


@cache
def number(value: float | Decimal, digits: int = 0) -> str:
    """A number the Dutch way, halves rounded away from nothing: 1234.56 → `1.235`."""
    pattern = "#,##0"
    if digits:
        pattern += "." + digits * "0"
    exact = Decimal(str(value))
    last_digit = Decimal(1).scaleb(-digits)
    rounded = exact.quantize(last_digit, rounding=ROUND_HALF_UP)
    text = format_decimal(abs(rounded), format=pattern, locale=LOCALE)
    return f"−{text}" if rounded < 0 else text


def signed(value: float | Decimal) -> str:
    """A whole number with its sign, with a true minus: `+12`, `−3`, `0`."""
    text = number(abs(value))
    if text == "0":
        return text
    sign = "+" if value > 0 else "−"
    return sign + text


def hundred(share: float) -> Decimal:
    """A share in hundredths, without what a float makes of a half."""
    return Decimal(str(share)) * 100


def percent(share: float) -> str:
    """A share in a sentence: 0.123 → `12%`; `0%` and `100%` only when they are exact."""
    text = number(hundred(share))
    if text == "0" and share > 0:
        return "minder dan 1%"
    if text == "100" and share < 1:
        return "meer dan 99%"
    return f"{text}%"


def percent_at_least(share: float) -> str:
    """A share that it is for certain at least: 0.158 → `15%`, never up."""
    return f"{math.floor(hundred(share))}%"


def percent_at_most(share: float) -> str:
    """A share that it is for certain at most: 0.901 → `91%`, never down."""
    return f"{math.ceil(hundred(share))}%"


def short(share: str) -> str:
    """A share in a sentence as it stands in a table: `minder dan 1%` → `<1%`."""
    return share.replace("minder dan ", "<").replace("meer dan ", ">")


def money(value: float, cents: bool = False) -> str:
    """Euros: 1400 → `€ 1.400`, with a space that no line breaks at."""
    digits = 2 if cents else 0
    return f"€\xa0{number(value, digits)}"


def in_words(value: int) -> str:
    """A small number as a word, for the beginning of a sentence; larger ones as digits."""
    has_word = 0 <= value < len(SMALL_IN_WORDS)
    return SMALL_IN_WORDS[value] if has_word else number(value)


def day(value: "Day") -> str:
    """`30 juni 2023`."""
    return format_date(value, "d MMMM y", locale=LOCALE)


def month(value: "Day") -> str:
    """`juni 2023`."""
    return format_date(value, "MMMM y", locale=LOCALE)


def short_month(value: "Day") -> str:
    """`jun 2023`."""
    text = format_date(value, "MMM y", locale=LOCALE)
    return text.replace(".", "")


def span(begin: "Day", end: "Day") -> str:
    """`jul 2021 – jun 2022`, `jul – dec 2021` within a year, `jul 2021` within a month."""
    first = short_month(begin)
    last = short_month(end)
    if first == last:
        return last
    if begin.year == end.year:
        first = first.partition(" ")[0]
    return f"{first} – {last}"


def listing(words: Sequence[str]) -> str:
    """`a`, `a en b`, `a, b en c`."""
    return format_list(list(words), locale=LOCALE)


def capital(sentence: str) -> str:
    """The sentence with a capital first letter, which has no accent: `Eén`."""
    first = sentence[:1]
    rest = sentence[1:]
    if first == "é":
        return f"E{rest}"
    return first.upper() + rest


def small(label: str) -> str:
    """A label inside a sentence: the first letter small, an abbreviation left as it is."""
    is_abbreviation = label[:2].isupper()
    if is_abbreviation:
        return label
    return label[:1].lower() + label[1:]
