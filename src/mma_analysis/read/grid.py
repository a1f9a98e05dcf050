"""One sheet as text, whatever kind of file it came from, and what its cells look like."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.days import begins_with_a_day, is_number_of_a_day
from mma_analysis.vocabulary.numbers import number
from mma_analysis.vocabulary.reference import form

# Some ten times what has been seen; what is larger is refused before it can use the memory.
# A workbook is a compressed archive, and a program lays each sheet out as a full rectangle.
MEGABYTE = 1_000_000
LARGEST_FILE = 50 * MEGABYTE
LARGEST_UNPACKED = 300 * MEGABYTE
MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_CELLS = 5_000_000
MOST_ELEMENTS = 2_000_000
ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Grid:
    """One sheet as text, or a text file, which has no sheet; rows may differ in length.

    By index in `rows`: `merged` are the cells that were merged downwards, column, first row
    and last row; `coloured` the rows with a cell that has a colour, and which; `struck`
    those with a text that is struck through. `from_1904` is the calendar of old Macs.
    `delimited` is text that was cut at delimiters, of which one may have stood in a cell.
    """

    file: str
    sheet: str
    rows: list[list[str]]
    hidden: bool = False
    merged: tuple[tuple[int, int, int], ...] = ()
    from_1904: bool = False
    delimited: bool = False
    coloured: Mapping[int, frozenset[str]] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()

    @property
    def place(self) -> str:
        """How a message names it."""
        return place_of(self.file, self.sheet)


def place_of(file: str, sheet: str) -> str:
    """How a message names a sheet; a text file has none."""
    return message("sheet", file=file, sheet=sheet) if sheet else file


def rows_named(indexes: Collection[int]) -> str:
    """How rows are named: one, or from the first to the last."""
    first = min(indexes) + 1
    last = max(indexes) + 1
    return message("row" if first == last else "rows", first=first, last=last)


def columns_named(indexes: Collection[int]) -> str:
    """How columns are named: one, or from the first to the last, by their letters."""
    first = get_column_letter(min(indexes) + 1)
    last = get_column_letter(max(indexes) + 1)
    return message("column" if first == last else "columns", first=first, last=last)


def check_size(rows: int, columns: int, place: str) -> None:
    """A sheet reaches no further than the limits; the error says how far it does."""
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise DataError.of(
            "too_far",
            place=place,
            rows=number(rows),
            columns=number(columns),
            most_rows=number(MOST_ROWS),
            most_columns=MOST_COLUMNS,
            most_cells=number(MOST_CELLS),
        )


def check_cells(cells: int, file: str) -> None:
    """The sheets of a file are not too large together."""
    if cells > MOST_CELLS:
        most = number(MOST_CELLS)
        raise DataError.of("too_much_together", file=file, most=most)


def check_together(grids: Collection[Grid], file: str) -> None:
    """The same, of sheets that are laid out."""
    cells = 0
    for one in grids:
        widest = max((len(row) for row in one.rows), default=0)
        cells += len(one.rows) * widest
    check_cells(cells, file)


def check_texts(letters: int, file: str) -> None:
    """The texts of all cells of a file are not too much together."""
    if letters > LARGEST_UNPACKED:
        most = LARGEST_UNPACKED // MEGABYTE
        raise DataError.of("too_much_text", file=file, most=most)


def check_elements(text: str, file: str) -> None:
    """A text does not have more elements than can be kept in memory as a tree."""
    if text.count("<") - text.count("</") > MOST_ELEMENTS:
        most = number(MOST_ELEMENTS)
        raise DataError.of("too_many", place=file, most=most)


def times(given: str | None) -> int:
    """For how many rows or columns an element says that it stands; else for one."""
    if given and given.isdecimal():
        return max(int(given), 1)
    return 1


def refuse_entities(content: bytes, place: str) -> None:
    """XML that declares entities may hold any file of who opens it, or fill the memory."""
    if ENTITY.search(content):
        raise DataError.of("entities", place=place)


FORMULA_ERROR = form("formula_error")
NUMBER_OF_M = form("number_of_m")


def is_number_of_m(cell: str) -> bool:
    """Whether a cell is written as the number of a melding is."""
    return NUMBER_OF_M.fullmatch(cell) is not None


def belongs_to_a_melding(cell: str) -> bool:
    """Whether a cell holds a day or the number of a melding: no header does."""
    return begins_with_a_day(cell) or is_number_of_a_day(cell) or is_number_of_m(cell)
