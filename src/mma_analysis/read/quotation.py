"""Rows of a text file that an open quotation mark has swallowed."""

from collections.abc import Callable

from mma_analysis.domain import MmaError
from mma_analysis.read.words import looks_like_a_date, looks_like_a_number_of_m

ROWS_TO_JUDGE = 100


def refuse_swallowed_rows(rows: list[list[str]], delimiter: str, file: str) -> None:
    """No cell holds whole rows, as it does when a quotation mark is closed rows too late.

    Raises
    ------
    MmaError
        With the cell in which the mark was opened.
    """
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if "\n" in cell and _holds_rows(cell, column, rows, delimiter):
                raise MmaError(
                    f"{file}, row {number}, column {column + 1}: this cell holds what look like "
                    "the rows after it: a quotation mark is opened there and closed only in a "
                    "later row; close or remove it"
                )


def _holds_rows(cell: str, column: int, rows: list[list[str]], delimiter: str) -> bool:
    """A line in the cell is a row, or one up to this column, for what others have where it has it.

    That is a date, or the number of a tip.
    """
    widths = (column + 1, len(rows[0]))
    for line in cell.split("\n")[1:]:
        parts = [part.strip(' "') for part in line.split(delimiter)]
        if len(parts) in widths and len(parts) > 1:
            for looks in (looks_like_a_date, looks_like_a_number_of_m):
                places = [at for at, part in enumerate(parts) if looks(part)]
                if any(_have(rows[:ROWS_TO_JUDGE], at, looks) for at in places):
                    return True
    return False


def _have(rows: list[list[str]], column: int, looks: Callable[[str], bool]) -> bool:
    return any(looks(row[column].strip()) for row in rows if len(row) > column)
