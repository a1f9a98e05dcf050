"""Numbers, dates and small counts in Dutch words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

LOCALE = "nl_NL"
IN_WORDS = {
    0: "geen",
    1: "een",
    2: "twee",
    3: "drie",
    4: "vier",
    5: "vijf",
    6: "zes",
    7: "zeven",
    8: "acht",
    9: "negen",
    10: "tien",
    11: "elf",
    12: "twaalf",
    13: "dertien",
    14: "veertien",
}
HIDDEN, MISSING, NOT_APPLICABLE = "·", "–", "n.v.t."
STATE_TEXT = {"hidden": HIDDEN, "missing": MISSING, "not_applicable": NOT_APPLICABLE}


def number(value: float, digits: int = 0) -> str:
    """A number the Dutch way: 1234.5 → `1.234,5`."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(round(value, digits), format=pattern, locale=LOCALE)


def signed(value: float, digits: int = 0) -> str:
    """A number with its sign, with a true minus: `+12`, `−3`, `0`."""
    text = number(abs(value), digits)
    if not any(digit in "123456789" for digit in text):
        return text
    return ("+" if value > 0 else "−") + text


def percent(share: float, digits: int = 0) -> str:
    """A share as a percentage: 0.123 → `12%`."""
    return f"{number(share * 100, digits)}%"


def share(value: float | None) -> str:
    """A share for a table: a percentage, or the sign for what is not shown."""
    return HIDDEN if value is None or pd.isna(value) else percent(float(value))


def money(value: float, cents: bool = False) -> str:
    """Euros: 1400 → `€ 1.400`."""
    pattern = "¤ #,##0.00" if cents else "¤ #,##0"
    return format_currency(value, "EUR", pattern, locale=LOCALE, currency_digits=False)


def in_words(value: int) -> str:
    """A small number as a word, for the beginning of a sentence; larger ones as digits."""
    return IN_WORDS.get(value, number(value))


def meldingen(count: int) -> str:
    """`1 melding`, `2 meldingen`, `geen meldingen`."""
    return plural(count, "melding", "meldingen")


def plural(count: int, one: str, more: str) -> str:
    """A count with its noun in the right number; nothing is `geen`."""
    return f"{'geen' if count == 0 else number(count)} {one if count == 1 else more}"


def day(value: dt.date | pd.Timestamp) -> str:
    """`30 juni 2023`."""
    return format_date(value, "d MMMM y", locale=LOCALE)


def month(value: dt.date | pd.Timestamp) -> str:
    """`juni 2023`."""
    return format_date(value, "MMMM y", locale=LOCALE)


def short_month(value: dt.date | pd.Timestamp) -> str:
    """`jun 2023`."""
    return format_date(value, "MMM y", locale=LOCALE).replace(".", "")


def span(begin: dt.date | pd.Timestamp, end: dt.date | pd.Timestamp) -> str:
    """`jul 2021 – jun 2022`, or `jul – dec 2021` within a calendar year."""
    if begin.year == end.year:
        first = format_date(begin, "MMM", locale=LOCALE).replace(".", "")
        return f"{first} – {short_month(end)}"
    return f"{short_month(begin)} – {short_month(end)}"


def listing(words: Sequence[str]) -> str:
    """`a`, `a en b`, `a, b en c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} en {words[-1]}"


def out_of(count: int, total: int) -> str:
    """`9 van de 12`."""
    return f"{count} van de {total}"


def capital(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


@dataclass(frozen=True)
class Count:
    """One released count: a number, or one of the three reasons why there is none."""

    value: int | None
    state: str

    @property
    def is_shown(self) -> bool:
        """Whether there is a number to tell."""
        return self.value is not None

    @property
    def text(self) -> str:
        """For a table: the number or its sign."""
        return STATE_TEXT[self.state] if self.value is None else number(self.value)

    @property
    def sentence(self) -> str:
        """For a sentence: `12 meldingen`, or why there is no number."""
        if self.value is not None:
            return meldingen(self.value)
        return {
            "hidden": "een aantal meldingen dat wij niet tonen",
            "missing": "een onbekend aantal meldingen",
            "not_applicable": "nog geen meldingen",
        }[self.state]


def count_of(row: Any) -> Count:
    """The count of one row of a released table."""
    return Count(None if pd.isna(row["count"]) else int(row["count"]), str(row["state"]))


def find_count(table: pd.DataFrame, **keys: str) -> Count:
    """The count of the one row with these keys.

    Raises
    ------
    KeyError
        When there is not exactly one such row.
    """
    rows = table
    for column, value in keys.items():
        rows = rows[rows[column] == value]
    if len(rows) != 1:
        raise KeyError(f"{len(rows)} rows with {keys}, expected one")
    return count_of(rows.iloc[0])
