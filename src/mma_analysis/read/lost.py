"""Rows that look like tips where none are read: no tip is left out in silence."""

from collections.abc import Sequence

from mma_analysis.days import is_number_of_a_day
from mma_analysis.domain import plain
from mma_analysis.read.words import (
    looks_like_a_date,
    looks_like_a_number_of_m,
    topic_words,
)

# From here on dates or numbers below each other are a list, whatever stands beside them.
ROWS_OF_A_LIST = 3
# A label and a day stand on any cover sheet.
CELLS_OF_A_LABEL = 2
LABELS = (
    *("datum", "periode", "peildatum", "van", "vanaf", "tot", "tm", "totenmet", "totmet", "op"),
    *("versie", "stand", "standper", "bijgewerkt", "afgedrukt", "afdruk", "export", "opgemaakt"),
)


def rows_like_tips(rows: Sequence[Sequence[str]]) -> list[int]:
    """Indexes of the rows that look like tips, in a sheet without a header that is recognised.

    From three dates on each row with one does. A number is a day only in a column of them: alone it
    may be any number.
    """
    dated = [index for index, row in enumerate(rows) if any(map(looks_like_a_date, row))]
    if len(dated) < ROWS_OF_A_LIST:
        dated = [index for index in dated if looks_like_a_tip(rows[index])]
    return sorted({*dated, *_rows_with_numbers_of_days(rows)})


def looks_like_a_tip(row: Sequence[str]) -> bool:
    """A day beside the number of a tip or a topic, or in a row of several cells without a label.

    `Peildatum | 30-6-2023` and `Periode | 1-7-2021 | t/m | 30-6-2023` are no tips.
    """
    filled = [cell for cell in row if cell]
    if not any(map(looks_like_a_date, filled)):
        return False
    return tells_of_a_tip(filled) or (
        len(filled) > CELLS_OF_A_LABEL and not any(map(_is_label, filled))
    )


def tells_of_a_tip(cells: Sequence[str]) -> bool:
    """Whether one of the cells is the number of a tip or a topic."""
    return any(looks_like_a_number_of_m(cell) or plain(cell) in topic_words() for cell in cells)


def _is_label(cell: str) -> bool:
    return cell.endswith(":") or plain(cell) in LABELS


def _rows_with_numbers_of_days(rows: Sequence[Sequence[str]]) -> set[int]:
    """The rows of a column in which every number is a day of Excel's calendar, or as `20220314`."""
    found: set[int] = set()
    for column in range(max(map(len, rows), default=0)):
        cells = {index: row[column] for index, row in enumerate(rows) if column < len(row)}
        numbers = {index: cell for index, cell in cells.items() if cell[:1].isdecimal()}
        if len(numbers) >= ROWS_OF_A_LIST and all(map(is_number_of_a_day, numbers.values())):
            found |= numbers.keys()
    return found


def named(indexes: Sequence[int]) -> str:
    """How rows are named in an error: `row 3`, or `rows 2 to 5` when they are several."""
    first, last = indexes[0] + 1, indexes[-1] + 1
    return f"row {first}" if first == last else f"rows {first} to {last}"
