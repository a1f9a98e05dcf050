"""What each row of a sheet is, and what nobody reads: that must not look like meldingen."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import compress

from mma_analysis.days import begins_with_a_day, is_number_of_a_day
from mma_analysis.read.grid import (
    FORMULA_ERROR,
    Grid,
    columns_named,
    looks_like_a_number_of_m,
    place_of,
    rows_named,
)
from mma_analysis.read.headers import ROWS_TO_SEARCH, Header, HeaderWords, second_header
from mma_analysis.settings import SETTINGS_FILE
from mma_analysis.vocabulary import DataError, Vocabulary, message, plain, rows_of
from mma_analysis.vocabulary.schema import DATES, REDUCED

DATA, SHIFTED, FAILED, OTHER = "data", "shifted", "failed", "other"

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


def row_kinds(grid: Grid, header: Header) -> dict[int, str]:
    """Index of each row below the header → what it is; when in doubt it is data.

    `SHIFTED` is a row of a text file with something beyond its headers: a delimiter stood in a
    text, and which field a cell is cannot be known. `FAILED` has nothing but formulas that failed,
    and none where a day should be. `OTHER` says something about the table, or nothing that is read.
    """
    targets = [column.target for column in header.columns]
    is_read = [target != "ignored" for target in targets]
    names = [list(map(plain, header.cells(grid.rows[at]))) for at in header.rows]
    width = max(len(grid.rows[at]) for at in header.rows)
    kinds: dict[int, str] = {}
    for at, row in enumerate(grid.rows[header.row + 1 :], header.row + 1):
        cells = header.cells(row)
        kinds[at] = DATA
        if grid.delimited and any(row[width:]):
            kinds[at] = SHIFTED
        elif not (text := next(filter(None, compress(cells, is_read)), "")):
            kinds[at] = OTHER
        elif FORMULA_ERROR.fullmatch(text) and all(
            FORMULA_ERROR.fullmatch(cell) and target not in DATES
            for target, cell in zip(targets, cells, strict=True)
            if cell and target != "ignored"
        ):
            kinds[at] = FAILED
        elif any(all(map(str.__eq__, map(plain, cells), name)) for name in names) or (
            _is_total(cells) or _is_note(cells, header)
        ):
            kinds[at] = OTHER
    return kinds


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


# --- what nobody reads ---------------------------------------------------------------------------

# Index of a row → index of a column → what is in it; rows and cells without anything are left out.
Cells = dict[int, dict[int, str]]

# A label and a day stand on any cover sheet.
CELLS_OF_A_LABEL = 2
LABELS = (
    *("datum", "periode", "peildatum", "van", "vanaf", "tot", "tm", "totenmet", "totmet", "op"),
    *("versie", "stand", "standper", "bijgewerkt", "afgedrukt", "afdruk", "export", "opgemaakt"),
)


def refuse_meldingen_around(
    words: HeaderWords, grid: Grid, header: Header, kinds: Mapping[int, str], file: str
) -> list[str]:
    """Nothing looks like a melding above or beside the headers, or below those of another table.

    Says where something else stands that is not read: in columns without a header, colours,
    formulas that failed below the table.
    """
    beside = _beside(grid, header, kinds)
    again = second_header(words, grid, header)
    place = place_of(file, grid.sheet)
    parts = [
        (_filled(grid.rows[: header.rows[0]]), message("around_above", row=header.row + 1)),
        (beside, message("around_beside")),
        (_filled(grid.rows[again:], again), message("around_below", row=again)),
    ]
    for cells, where in parts:
        if suspected := _like_meldingen(words.vocabulary, place, cells):
            raise DataError.of("around", place=suspected, where=where)
    notes: list[str] = []
    read = [at for at, kind in kinds.items() if kind in (DATA, SHIFTED)]
    coloured = grid.coloured.intersection(read)
    if 0 < len(coloured) < len(read):
        notes.append(message("note_colour", place=place, rows=rows_of(len(coloured))))
    without = {at: columns for at, row in beside.items() if (columns := {*row} - {*header.indexes})}
    if without:
        columns, rows = columns_named([*set().union(*without.values())]), rows_named([*without])
        notes.append(message("note_beside", place=place, columns=columns, rows=rows))
    if failed := [at for at, kind in kinds.items() if kind == FAILED]:
        notes.append(message("note_failed", place=place, rows=rows_named(failed)))
    return notes


def refuse_unread_sheets(
    vocabulary: Vocabulary, unread: list[Grid], read: list[Grid], file: str, sender: str
) -> None:
    """Nothing looks like a melding on a sheet without headers, or on a hidden one.

    A hidden sheet that the settings do not name is an old copy, or was forgotten.
    """
    lines: list[str] = []
    hidden: list[Grid] = []
    where = {"settings": SETTINGS_FILE, "slug": sender}
    for grid in unread:
        place = place_of(file, grid.sheet)
        if suspected := _like_meldingen(vocabulary, place, _filled(grid.rows)):
            hidden += [grid] if grid.hidden else []
            what = "unread_hidden" if grid.hidden else "unread_headless"
            lines.append(message(what, place=suspected, rows=ROWS_TO_SEARCH))
    if not lines:
        return
    if len(lines) > len(hidden):
        lines.append(message("name_headers", **where))
    sheets = [grid.sheet for grid in [*read, *hidden]]
    if any(sheets):
        names = json.dumps(sheets, ensure_ascii=False)
        lines.append(message("name_sheets", sheets=names, **where))
    raise DataError("\n".join(lines))


def _filled(rows: Sequence[Sequence[str]], first: int = 0) -> Cells:
    filled = {at: {i: c for i, c in enumerate(row) if c} for at, row in enumerate(rows, first)}
    return {at: cells for at, cells in filled.items() if cells}


def _beside(grid: Grid, header: Header, kinds: Mapping[int, str]) -> Cells:
    """The cells below the headers that are not read, in columns without one.

    Those in columns that are ignored too, where a row has nothing in the columns that are read.
    """
    ignored = {column.index for column in header.columns if column.target == "ignored"}
    read = {*header.indexes} - ignored
    without = {*range(max(map(len, grid.rows)))} - {*header.indexes}
    cells: Cells = {}
    for at in (at for at, kind in kinds.items() if kind != SHIFTED):
        row = grid.rows[at]
        is_read = any(row[i] for i in read if i < len(row))
        unread = without if is_read else without | ignored
        if filled := {i: row[i] for i in sorted(unread) if i < len(row) and row[i]}:
            cells[at] = filled
    return cells


def _like_meldingen(vocabulary: Vocabulary, place: str, cells: Cells) -> str:
    """Where the rows are that look like meldingen; empty when none does."""
    rows = [at for at, row in cells.items() if _looks_like_a_melding(vocabulary, row.values())]
    columns = [column for at in rows for column in cells[at]]
    return f"{place}, {rows_named(rows)}, {columns_named(columns)}" if rows else ""


def _looks_like_a_melding(vocabulary: Vocabulary, cells: Collection[str]) -> bool:
    """A day beside the number of a melding or a topic, or among several cells without a label.

    `Peildatum | 30-6-2023` and `Periode | 1-7-2021 | t/m | 30-6-2023` are no meldingen. A number
    that may be a day is one beside the number of a melding only.
    """
    numbered = [cell for cell in cells if looks_like_a_number_of_m(cell)]
    if not any(map(begins_with_a_day, cells)):
        return any(is_number_of_a_day(cell) and numbered not in ([], [cell]) for cell in cells)
    if numbered or any(plain(cell) in vocabulary.words("topic") for cell in cells):
        return True
    labels = (cell.endswith(":") or plain(cell) in LABELS for cell in cells)
    return len(cells) > CELLS_OF_A_LABEL and not any(labels)
