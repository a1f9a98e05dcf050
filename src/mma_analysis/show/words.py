"""Numbers, dates and counts in Dutch words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from babel.dates import format_date

from mma_analysis.vocabulary.numbers import (
    FEW as FEW,
)
from mma_analysis.vocabulary.numbers import (
    IN_WORDS as IN_WORDS,
)
from mma_analysis.vocabulary.numbers import (
    LOCALE as LOCALE,
)
from mma_analysis.vocabulary.numbers import (
    Rounded as Rounded,
)
from mma_analysis.vocabulary.numbers import (
    between as between,
)
from mma_analysis.vocabulary.numbers import (
    between_times as between_times,
)
from mma_analysis.vocabulary.numbers import (
    capital as capital,
)
from mma_analysis.vocabulary.numbers import (
    day as day,
)
from mma_analysis.vocabulary.numbers import (
    has_shares as has_shares,
)
from mma_analysis.vocabulary.numbers import (
    in_words as in_words,
)
from mma_analysis.vocabulary.numbers import (
    is_none as is_none,
)
from mma_analysis.vocabulary.numbers import (
    known_share_of as known_share_of,
)
from mma_analysis.vocabulary.numbers import (
    listing as listing,
)
from mma_analysis.vocabulary.numbers import (
    money as money,
)
from mma_analysis.vocabulary.numbers import (
    month as month,
)
from mma_analysis.vocabulary.numbers import (
    most_of_nothing as most_of_nothing,
)
from mma_analysis.vocabulary.numbers import (
    number as number,
)
from mma_analysis.vocabulary.numbers import (
    off as off,
)
from mma_analysis.vocabulary.numbers import (
    percent as percent,
)
from mma_analysis.vocabulary.numbers import (
    share_of as share_of,
)
from mma_analysis.vocabulary.numbers import (
    short as short,
)
from mma_analysis.vocabulary.numbers import (
    short_month as short_month,
)
from mma_analysis.vocabulary.numbers import (
    signed as signed,
)
from mma_analysis.vocabulary.numbers import (
    small as small,
)
from mma_analysis.vocabulary.numbers import (
    span as span,
)

HIDDEN, MISSING, NOT_APPLICABLE = "·", "–", "n.v.t."
CANNOT_TELL = "?"
TOO_FEW = "te weinig"  # meldingen for a share
STATE_TEXT = {"hidden": HIDDEN, "missing": MISSING, "not_applicable": NOT_APPLICABLE}
STATE_WORDS = {
    "hidden": "niet getoond",
    "missing": "geen gegevens",
    "not_applicable": "nog niet aangesloten",
}


def share(value: float | None) -> str:
    """A share for a table or figure: a percentage, or that there is too little for one."""
    return TOO_FEW if value is None or pd.isna(value) else short(percent(float(value)))


def change(share_of_change: float) -> str:
    """A relative change: 0.26 → `26% meer`, −0.1 → `10% minder`, nothing → `evenveel`."""
    size = number(abs(share_of_change) * 100)
    if size == "0":
        return "evenveel"
    return f"{size}% {'meer' if share_of_change > 0 else 'minder'}"


def months(value: float) -> str:
    """A number of months to the nearest half: 5.95 → `6`, 4.3 → `4,5`, a few days → `<0,5`.

    A month is 30.4375 days here, so the first half of a year has 5.95 of them.
    """
    halves = round(value * 2) / 2
    if not halves and value > 0:
        return "<0,5"
    return number(halves, 0 if halves.is_integer() else 1)


# --- counts with their noun ----------------------------------------------------------------------


def plural(count: int, one: str, more: str) -> str:
    """A count with its noun in the right number; nothing is `geen`."""
    if most := most_of_nothing(count):
        return f"hoogstens {most} {more}"
    return f"{'geen' if count == 0 else number(count)} {one if count == 1 else more}"


def meldingen(count: int) -> str:
    """`1 melding`, `2 meldingen`, `geen meldingen`."""
    return plural(count, "melding", "meldingen")


def gemeenten(count: int, total: int, one: str, more: str) -> str:
    """How many gemeenten do something, with the verb in the right number.

    `9 van de 12 gemeenten zeggen`, `1 van de 12 gemeenten zegt`, `alle 12 gemeenten zeggen`,
    `geen van de 12 gemeenten zegt`; with a single gemeente in all: `1 gemeente zegt`.
    """
    if total == 1:
        return f"{plural(count, 'gemeente', 'gemeente')} {one}"
    if count == total:
        return f"alle {total} gemeenten {more}"
    who = "geen" if count == 0 else number(count)
    return f"{who} van de {total} gemeenten {more if count > 1 else one}"


def of_meldingen(count: int, total: int) -> str:
    """How many of the meldingen, to follow `bij` or `van`.

    `67% van de meldingen`; of fewer than `FEW` the counts themselves: `6 van de 9 meldingen`.
    """
    if most := most_of_nothing(count):
        return f"hoogstens {most} van de {number(total)} meldingen"
    if count == 0:
        return "geen enkele melding" if total == 1 else f"geen van de {number(total)} meldingen"
    if count == total and (total >= FEW or not off(count)):
        everything = f"{'(bijna) ' if off(count) else ''}alle {number(total)} meldingen"
        return "de enige melding" if total == 1 else everything
    if total < FEW:
        return f"{count:d} van de {total:d} meldingen"
    return f"{share_of(count, total)} van de meldingen"


def figure(count: int, total: int) -> str:
    """The same as a large figure: `67%`, or `6 van 9`."""
    if total < FEW:
        return f"{number(count)} van {number(total)}"
    return short(share_of(count, total))


# --- dates ---------------------------------------------------------------------------------------


def days(begin: dt.date, end: dt.date) -> str:
    """`15 juni tot en met 31 juli 2022`; both years when they differ."""
    first = format_date(begin, "d MMMM", locale=LOCALE) if begin.year == end.year else day(begin)
    return f"{first} tot en met {day(end)}"


# --- sentences -----------------------------------------------------------------------------------


# --- released counts -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """One released count: a number, or one of the reasons why there is none."""

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
    def spoken(self) -> str:
        """For a figure: the number, or in words why there is none."""
        return STATE_WORDS[self.state] if self.value is None else number(self.value)

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
    """The count of one row of a released table; of a field that is never kept it is an exact 0."""
    if row["state"] == "never":
        return Count(0, "shown")
    value, basis = row["count"], int(row["basis"])
    if pd.isna(value):
        return Count(None, str(row["state"]))
    return Count(int(value) if basis == 1 else Rounded(int(value), basis), str(row["state"]))


def only_count(rows: Sequence[Any]) -> Count:
    """The count of the only row.

    Raises
    ------
    KeyError
        When there is not exactly one row.
    """
    if len(rows) != 1:
        raise KeyError(f"{len(rows)} rows, expected one")
    return count_of(rows[0])
