"""What stands in a column: days, weeks, numbers, words of a field, or only marks."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from mma_analysis.read.grid import is_number_of_m
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.days import (
    DAY_FIRST,
    MONTH_FIRST,
    WEEK,
    WITHOUT_YEAR,
    day_of,
    kind_of_part,
)
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import WORD_FIELDS
from mma_analysis.vocabulary.text import word

FEWEST_MARKS = 2  # columns: of one nobody knows whether it is one of several
DIGIT = re.compile(r"\d")
SHORT_NUMBER = re.compile(r"\d{1,3}")
YES_OR_NO = ("result", "usable")  # what a yes or a no may be, of a column of words
# What may stand below a header that is mostly one of a text in own words.
OF_FOLLOW_UP = ("result", "disposition", "usable", "status")
MOST_EXAMPLES = 3
TICK_SIGN = form("mark")
PARTLY_TICKED = form("partly")
IS_NUMBERED = form("says_number")
IS_COUNTED = form("says_how_many")


def holds_for_most(holds: Collection[object]) -> bool:
    """Whether something holds for more than half of these."""
    number = sum(1 for one in holds if one)
    return number > len(holds) / 2


def are_days(cells: Sequence[str]) -> bool:
    """Whether most cells are a day, in some order of its numbers."""
    days = [day_of(cell, DAY_FIRST) or day_of(cell, MONTH_FIRST) for cell in cells]
    return holds_for_most(days)


def are_days_without_year(cells: Sequence[str]) -> bool:
    """Whether most cells are a day, and say no year."""
    without = [kind_of_part(cell) == WITHOUT_YEAR for cell in cells]
    return holds_for_most(without)


def are_weeks(cells: Sequence[str]) -> bool:
    """Whether most cells are a week."""
    weeks = [day_of(cell, WEEK) for cell in cells]
    return holds_for_most(weeks)


def are_numbers_of_m(cells: Sequence[str]) -> bool:
    """Whether most cells are written as the number of a melding is."""
    numbers = [is_number_of_m(cell) for cell in cells]
    return holds_for_most(numbers)


def may_be_numbers(header: str, cells: Sequence[str]) -> bool:
    """Whether a header like *Nr* stands above numbers that do not just count the rows."""
    if not cells or not IS_NUMBERED.fullmatch(header.strip()):
        return False
    total = len(cells)
    different = set(cells)
    for cell in different:
        if not DIGIT.search(cell):
            return False

    rows = range(1, total + 1)
    numbers_of_rows = [str(row) for row in rows]
    if list(cells) == numbers_of_rows:
        return False
    return len(different) > total / 2


def may_be_several(header: str, cells: Sequence[str]) -> bool:
    """Whether a header like *Aantal* stands above whole numbers of which one is above 1."""
    if not IS_COUNTED.fullmatch(header.strip()):
        return False
    numbers = whole_numbers(cells)
    if len(numbers) <= len(cells) / 2:
        return False
    return max(numbers) > 1


def whole_numbers(cells: Sequence[str]) -> list[int]:
    """The whole numbers of three digits at most among these cells."""
    return [int(cell) for cell in cells if SHORT_NUMBER.fullmatch(cell)]


def are_words(vocabulary: Vocabulary, field: str, cells: Sequence[str]) -> bool:
    """Whether most cells are words of this field; yes and no are of any."""
    codes = vocabulary.words(field)
    known = {text for text, code in codes.items() if code != UNKNOWN}
    of_any_field = set(vocabulary.words("yes_no"))
    of_field = known - of_any_field
    return holds_for_most([word(cell) in of_field for cell in cells])


def are_yes_or_no(vocabulary: Vocabulary, cells: Sequence[str]) -> bool:
    """Whether most cells are yes, no or partly, and both of two of these occur."""
    yes_no = vocabulary.words("yes_no")
    said: Counter[str] = Counter()
    for cell in cells:
        text = word(cell)
        answer = yes_no.get(text, UNKNOWN)
        if PARTLY_TICKED.fullmatch(text):
            answer = "deels"
        if answer != UNKNOWN:
            said[answer] += 1

    if len(said) < 2:
        return False
    return said.total() > len(cells) / 2


def are_marks(cells: Sequence[str], rows: int) -> bool:
    """Whether a column has a mark in some of its rows, and nothing else."""
    if not 0 < len(cells) < rows:
        return False
    different = set(cells)
    return all(TICK_SIGN.fullmatch(cell) for cell in different)


def fields_of_words(
    vocabulary: Vocabulary,
    cells: Sequence[str],
    taken: Collection[str],
    among: Sequence[str],
) -> list[str]:
    """The fields of which most cells are words, and what a yes or a no may be."""
    fields: list[str] = []
    for field in among:
        if field not in taken and are_words(vocabulary, field, cells):
            fields.append(field)
    if fields or not are_yes_or_no(vocabulary, cells):
        return fields
    for field in YES_OR_NO:
        if field in among and field not in taken:
            fields.append(field)
    return fields


def examples(vocabulary: Vocabulary, cells: Sequence[str]) -> list[str]:
    """The first cells that say nothing of a melding: days, weeks and words of a list.

    Nothing of a column that mostly holds other texts: in it such a word may be a name.
    """
    known = set(vocabulary.words("yes_no"))
    for field in WORD_FIELDS:
        known |= set(vocabulary.words(field))

    shown = [cell for cell in cells if _is_closed(cell, known)]
    if len(shown) <= len(cells) / 2:
        return []
    different = list(dict.fromkeys(shown))
    return different[:MOST_EXAMPLES]


def _is_closed(cell: str, known: Collection[str]) -> bool:
    """Whether a cell is a day, a week, a mark or a word of a list, and nothing more."""
    for order in (DAY_FIRST, MONTH_FIRST, WEEK):
        if day_of(cell, order):
            return True
    return word(cell) in known or TICK_SIGN.fullmatch(cell) is not None
