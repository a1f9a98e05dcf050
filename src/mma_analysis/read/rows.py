"""Which rows below a header are data, and which are a total, a repeated header or a note."""

import re
from collections.abc import Sequence

from mma_analysis.days import begins_with_a_day
from mma_analysis.read.grid import Grid
from mma_analysis.read.headers import Header
from mma_analysis.read.words import (
    FORMULA_ERROR,
    looks_like_a_number_of_m,
)
from mma_analysis.vocabulary import Vocabulary, plain
from mma_analysis.vocabulary.schema import DATES, REDUCED

TOTAL = re.compile(
    r"(sub|eind|sub-|eind-)?tota(al|len)\b"
    r"|(aantal|gemiddelde?)( meldingen| tips)?( per \w+)?\W*[\d.,]*$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*( melding(en)?)?\.?", re.IGNORECASE)
NAMED_NOTE = re.compile(
    r"(bron|noot|let op|n\.?b\.?|opmerking|toelichting|legenda|disclaimer)\s*:", re.IGNORECASE
)
PAGE = re.compile(r"(pagina|blad|blz\.?) \d+( van |/)\d+", re.IGNORECASE)
# What stands above the meldingen of each month in a list that is cut up by month or quarter.
PART_OF_A_YEAR = re.compile(
    r"(januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    r"|(jan|feb|mrt|apr|jun|jul|aug|sept?|okt|nov|dec)\.?|q[1-4]|kwartaal [1-4]|[1-4]e kwartaal)"
    r"( '?\d\d| \d{4})?:?",
    re.IGNORECASE,
)
MONTH = re.compile(
    r"\b(jan|feb|mrt|maart|apr|mei|jun|jul|aug|sep|okt|nov|dec)[a-z]*\b", re.IGNORECASE
)
# A note stands at the left. Elsewhere a single cell is a melding of which the rest was not filled.
NOTE_COLUMNS = 3
# In a table of two columns a single cell is half of what there is to fill.
WIDE_TABLE = 3
WORDS_OF_A_SENTENCE = 4
CONTENT = ("free_text", *REDUCED)


def data_rows(vocabulary: Vocabulary, grid: Grid, header: Header) -> list[int]:
    """Indexes of the data rows: below the header, something filled, and not about the table itself.

    A row number that was filled in beforehand is not something filled, and nor is a formula that
    was filled in down to below the meldingen and failed there. When in doubt a row is data: what
    cleaning cannot use it rejects, and then the sender sees it.
    """
    places = [column.index for column in header.columns]
    names = [list(map(plain, _cells(grid.rows[row], places))) for row in header.rows]
    says = [column.index for column in header.columns if column.target != "ignored"]
    indexes: list[int] = []
    end = _end_of_table(grid, header)
    for index in range(header.row + 1, len(grid.rows)):
        row = grid.rows[index]
        if not is_shifted(row, grid, header):
            cells = _cells(row, places)
            if not any(_cells(row, says)) or only_failed(row, header):
                continue
            is_repeated = any(all(map(str.__eq__, map(plain, cells), name)) for name in names)
            if _is_total(cells) or is_repeated or _is_note(vocabulary, cells, header, index >= end):
                continue
        indexes.append(index)
    return indexes


def only_failed(row: Sequence[str], header: Header) -> bool:
    """Whether a row has nothing but formulas that failed, and none where a day should be."""
    columns = (c for c in header.columns if c.target != "ignored" and c.index < len(row))
    failed = (
        c.target not in DATES and FORMULA_ERROR.fullmatch(row[c.index]) is not None
        for c in columns
        if row[c.index]
    )
    return next(failed, False) and all(failed)


def is_shifted(row: Sequence[str], grid: Grid, header: Header) -> bool:
    """Whether a row of a text file has something beyond the last cell of its headers.

    Most often a delimiter stands in a text without quotation marks, and then each cell after it is
    below the header of another. In a workbook such a cell is a remark beside the table.
    """
    if not grid.delimited:
        return False
    return any(row[max(len(grid.rows[index]) for index in header.rows) :])


def with_merged_cells(grid: Grid, indexes: Sequence[int]) -> list[list[str]]:
    """These rows, where a cell that was merged downwards stands in each row that it covers.

    Only rows that are data already: an empty row below a merged cell stays empty.
    """
    rows = {index: grid.rows[index] for index in indexes}
    for column, first, last in grid.merged:
        text = grid.rows[first][column] if first in rows and column < len(rows[first]) else ""
        for index in range(first + 1, last + 1):
            if text and index in rows and column < len(rows[index]):
                rows[index] = [*rows[index][:column], text, *rows[index][column + 1 :]]
    return list(rows.values())


def _cells(row: Sequence[str], places: Sequence[int]) -> list[str]:
    """The cells that stand below a header, in the order of the columns."""
    return [row[place] if place < len(row) else "" for place in places]


def _is_total(cells: Sequence[str]) -> bool:
    """`Totaal`, `Totaal aantal: 57`, or such a word with nothing but numbers beside it."""
    filled = [cell for cell in cells if cell]
    only_numbers = all(TOTAL.match(cell) or NUMBER.fullmatch(cell) for cell in filled)
    return only_numbers and any(TOTAL.match(cell) for cell in filled)


def _end_of_table(grid: Grid, header: Header) -> int:
    """The index below which no row has more than one filled cell, but for totals."""
    places = [column.index for column in header.columns]
    for index in range(len(grid.rows) - 1, header.row, -1):
        cells = _cells(grid.rows[index], places)
        if len([cell for cell in cells if cell]) > 1 and not _is_total(cells):
            return index + 1
    return header.row + 1


def _is_note(vocabulary: Vocabulary, cells: Sequence[str], header: Header, below: bool) -> bool:
    """A text about the table: below all data, or in words only at the left of a wide table.

    Whatever may be a melding of which the rest was not filled, or of which all cells are in one, is
    none: cleaning refuses it with a reason.
    """
    filled = [position for position, cell in enumerate(cells) if cell]
    if len(filled) != 1 or filled[0] >= NOTE_COLUMNS:
        return False
    # Here a sentence may be a melding of which nothing else was filled in.
    target = header.columns[filled[0]].target
    if target in CONTENT:
        return False
    cell = cells[filled[0]]
    if PAGE.fullmatch(cell):
        return True
    if target not in DATES and PART_OF_A_YEAR.fullmatch(cell):
        return True
    if not _is_sentence(cell) or _may_be_a_melding(vocabulary, cell, target):
        return False
    at_the_left = filled[0] == 0 and len(cells) >= WIDE_TABLE and target not in DATES
    return below or (at_the_left and not any(map(str.isdecimal, cell)))


def _may_be_a_melding(vocabulary: Vocabulary, cell: str, target: str) -> bool:
    """A topic, a day, a month where a day should be, or a whole row in one cell."""
    if NAMED_NOTE.match(cell):
        return False
    words = re.split(r"[\s,;|]+", cell)
    if any(map(looks_like_a_number_of_m, words)) or begins_with_a_day(cell.lstrip("*'\"( ")):
        return True
    if target == "topic" or plain(cell) in vocabulary.words("topic"):
        return True
    return target in DATES and MONTH.search(cell) is not None


def _is_sentence(cell: str) -> bool:
    marked = cell.startswith("*") or NAMED_NOTE.match(cell) is not None
    return marked or len(cell.split()) >= WORDS_OF_A_SENTENCE
