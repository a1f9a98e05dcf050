"""What the settings chose of words, days and numbers of a file, told to who sent it."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from mma_analysis.clean.words import WORD_FIELDS, short_label
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import lines_of, message
from mma_analysis.vocabulary.days import DAY_FIRST, MONTH_FIRST, SHORT_YEAR_FIRST, WEEK
from mma_analysis.vocabulary.numbers import listing, small
from mma_analysis.vocabulary.schema import DATES, Delivery
from mma_analysis.vocabulary.text import word

ORDERS = {
    DAY_FIRST: "chose_day_first",
    MONTH_FIRST: "chose_month_first",
    SHORT_YEAR_FIRST: "chose_year_first",
}


class Meaning(NamedTuple):
    """What words of a field mean by the settings: its words here, and of how many rows."""

    words: list[str]
    rows: int


def choices_of(delivery: Delivery, edition: Edition) -> list[str]:
    """What somebody chose in how a file is read, that only its sender can confirm.

    One sentence per choice. A word of the settings that the file does not have is no
    choice for it.
    """
    said = [
        *delivery.choices,
        *_of_days(delivery, edition),
        *_of_senders(delivery, edition),
        *_of_words(delivery, edition),
    ]
    return list(dict.fromkeys(said))


def _of_days(delivery: Delivery, edition: Edition) -> Iterator[str]:
    """In which order day, month and year are read, or that they are weeks."""
    for slug in delivery.senders:
        for field in DATES:
            order = edition.gemeente(slug).date_order(field)
            header = delivery.headers.get(field, "")
            if not order or not header:
                continue
            if order == WEEK:
                yield message("chose_weeks", header=header)
            else:
                said = message(ORDERS[order])
                yield message("chose_order", header=header, order=said)


def _of_senders(delivery: Delivery, edition: Edition) -> Iterator[str]:
    """Which year days without one are of, and what is one melding."""
    places = {delivery.file, *delivery.rows["source_sheet"]}
    for slug in delivery.senders:
        own = edition.gemeente(slug)
        for place, year in own.jaar.items():
            if place in places:
                name = _name_of(place)
                yield message("chose_year", place=name, year=year)
        if own.zelfde_nummer is not None:
            is_one = own.zelfde_nummer
            yield message("chose_one_number" if is_one else "chose_more_numbers")
        for newer, older in own.vult_aan.items():
            if delivery.file in (newer, older):
                yield message("chose_added", newer=_name_of(newer), older=_name_of(older))


def _name_of(file: str) -> str:
    return file.rpartition("/")[2]


def _of_words(delivery: Delivery, edition: Edition) -> Iterator[str]:
    """What words of this file mean because the settings say so, most frequent first."""
    for field in (*WORD_FIELDS, "gemeente"):
        if field not in delivery.rows:
            continue
        meanings = _meanings(delivery, edition, field)
        for code, meaning in meanings.items():
            yield message(
                "chose_word",
                words=listing(meaning.words),
                header=delivery.headers[field],
                code=_said(edition, field, code),
                lines=lines_of(meaning.rows),
            )


def _meanings(delivery: Delivery, edition: Edition, field: str) -> dict[str, Meaning]:
    """Code → the words of this file that the settings give it."""
    said = dict(edition.waarden.get(field, {}))
    for slug in delivery.senders:
        said |= edition.gemeente(slug).waarden.get(field, {})
    code_of = {word(text): code for text, code in said.items()}

    meanings: dict[str, Meaning] = {}
    for cell, rows in Counter(delivery.rows[field]).most_common():
        code = code_of.get(word(cell), "")
        if not code:
            continue
        label = short_label(cell)
        shown = f"‘{label}’" if label else message("a_longer_text")
        before = meanings.get(code, Meaning([], 0))
        words = list(dict.fromkeys([*before.words, shown]))
        meanings[code] = Meaning(words, before.rows + rows)
    return meanings


def _said(edition: Edition, field: str, code: str) -> str:
    """What a code is called inside a sentence."""
    if field == "gemeente":
        return edition.vocabulary.area(code).name
    return small(edition.vocabulary.values(field)[code])
