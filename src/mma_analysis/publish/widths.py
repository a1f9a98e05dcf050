"""How wide the columns of a sheet are, how many lines a text takes, and how many pages it needs."""

import datetime as dt
import math
import textwrap
from collections.abc import Sequence
from functools import cache

from mma_analysis.show.annex import Column
from mma_analysis.show.annex.cells import Cell

NARROWEST, WIDEST, WIDEST_TEXT = 9, 30, 90
FEW_COLUMNS = 4
WIDTH_PER_LETTER = 0.95
WIDEST_PAGE = 220  # of columns on one sheet of paper: wider would be too small to read


def widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[float]:
    """The width of each column: for the longest word of its head and most cells; texts wrap."""
    return [_width(columns, rows, index) for index in range(len(columns))]


def _width(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], index: int) -> float:
    column = columns[index]
    longest_word = max(len(word) for word in column.head.split()) + 4
    longest = max((len(shown(row[index], column)) for row in rows), default=0) + 3
    widest = WIDEST if len(columns) > FEW_COLUMNS or not index else WIDEST_TEXT
    return max(NARROWEST, longest_word, min(longest * WIDTH_PER_LETTER, widest))


def shown(cell: Cell, column: Column) -> str:
    """About what a reader sees of a cell, to measure it."""
    if isinstance(cell, dt.date):
        return "30 sep. 2023"
    return f"{cell:,.2f}" if isinstance(cell, float) and column.form != "text" else str(cell)


@cache  # the same words stand in many cells
def lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of this width."""
    return len(textwrap.wrap(text, max(int(width), 1))) or 1


def pages_across(found: Sequence[float]) -> int:
    """On how many pages beside each other columns of these widths can be read."""
    return max(1, math.ceil(sum(found) / WIDEST_PAGE))
