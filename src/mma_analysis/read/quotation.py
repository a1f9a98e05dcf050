"""Rows of a text file that an open quotation mark has swallowed."""

from mma_analysis.domain import MmaError
from mma_analysis.read.words import looks_like_a_date

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
    """A line in the cell is a row, or one up to this column, with a date where others have one."""
    widths = (column + 1, len(rows[0]))
    for line in cell.split("\n")[1:]:
        parts = [part.strip(' "') for part in line.split(delimiter)]
        dated = [at for at, part in enumerate(parts) if looks_like_a_date(part)]
        if len(parts) in widths and any(_is_dated(rows[:ROWS_TO_JUDGE], at) for at in dated):
            return True
    return False


def _is_dated(rows: list[list[str]], column: int) -> bool:
    return any(looks_like_a_date(row[column].strip()) for row in rows if len(row) > column)
