"""Which rows below a header are data, and which are a total, a repeated header or a note."""

import re
from collections.abc import Sequence
from itertools import compress

from mma_analysis.read.grid import Grid
from mma_analysis.read.headers import Header
from mma_analysis.read.words import FORMULA_ERROR
from mma_analysis.vocabulary import plain
from mma_analysis.vocabulary.schema import DATES, REDUCED

TOTAL = re.compile(
    r"(sub|eind|sub-|eind-)?tota(al|len)\b"
    r"|(aantal|gemiddelde?)( meldingen| tips)?( per \w+)?\W*[\d.,]*$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)*( melding(en)?)?\.?", re.IGNORECASE)
NOTE = re.compile(
    r"(bron|noot|let op|n\.?b\.?|opmerking|toelichting|legenda|disclaimer)\s*:|\*\s*[a-z]"
    r"|(pagina|blad|blz\.?) \d+( van |/)\d+$",
    re.IGNORECASE,
)
# What stands above the meldingen of each month in a list that is cut up by month or quarter, and
# words without a number. Below a header of days these may be a day.
HEADING = re.compile(
    r"((januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    r"|(jan|feb|mrt|apr|jun|jul|aug|sept?|okt|nov|dec)\.?|q[1-4]|kwartaal [1-4]|[1-4]e kwartaal)"
    r"( '?\d\d| \d{4})?:?)|[^\d\s]+(\s+[^\d\s]+){3,}",
    re.IGNORECASE,
)
# A note stands at the left. Elsewhere a single cell is a melding of which the rest was not filled.
NOTE_COLUMNS = 3
# Here a sentence may be a melding of which nothing else was filled in.
CONTENT = ("free_text", "topic", *REDUCED)


def data_rows(grid: Grid, header: Header) -> list[int]:
    """Indexes of the data rows: below the header, something filled, and not about the table itself.

    A row number that was filled in beforehand is not something filled, and nor is a formula that
    was filled in down to below the meldingen and failed there. When in doubt a row is data: what
    cleaning cannot use it rejects, and then the sender sees it.
    """
    places = [column.index for column in header.columns]
    names = [list(map(plain, _cells(grid.rows[row], places))) for row in header.rows]
    is_read = [column.target != "ignored" for column in header.columns]
    indexes: list[int] = []
    for index, row in enumerate(grid.rows[header.row + 1 :], header.row + 1):
        if not is_shifted(row, grid, header):
            cells = _cells(row, places)
            said = next(filter(None, compress(cells, is_read)), "")
            if not said or (FORMULA_ERROR.match(said) and only_failed(row, header)):
                continue
            is_repeated = any(all(map(str.__eq__, map(plain, cells), name)) for name in names)
            if is_repeated or _is_total(cells) or _is_note(cells, header):
                continue
        indexes.append(index)
    return indexes


def only_failed(row: Sequence[str], header: Header) -> bool:
    """Whether a row has nothing but formulas that failed, and none where a day should be."""
    columns = (c for c in header.columns if c.target != "ignored" and c.index < len(row))
    said = [(c.target, row[c.index]) for c in columns if row[c.index]]
    failed = (FORMULA_ERROR.fullmatch(cell) and target not in DATES for target, cell in said)
    return bool(said) and all(failed)


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
    numbers = all(TOTAL.match(cell) or NUMBER.fullmatch(cell) for cell in cells if cell)
    return numbers and any(map(TOTAL.match, cells))


def _is_note(cells: Sequence[str], header: Header) -> bool:
    """A text about the table, alone at the left; what may be a melding of one cell is none."""
    if cells.count("") != len(cells) - 1 or not any(cells[:NOTE_COLUMNS]):
        return False
    cell = "".join(cells)
    target = header.columns[cells.index(cell)].target
    if target in CONTENT or NOTE.match(cell):
        return target not in CONTENT
    return target not in DATES and HEADING.fullmatch(cell) is not None
