"""Filled cells that nobody read must not look like meldingen: no melding is left out in silence."""

import json
from collections.abc import Collection, Sequence

from mma_analysis.days import begins_with_a_day, is_number_of_a_day
from mma_analysis.read.grid import Grid, columns_named, place_of, rows_named
from mma_analysis.read.headers import ROWS_TO_SEARCH, Header, second_header
from mma_analysis.read.rows import is_shifted, only_failed
from mma_analysis.read.words import looks_like_a_number_of_m
from mma_analysis.settings import SETTINGS_FILE
from mma_analysis.vocabulary import DataError, Vocabulary, message, plain, rows_of

# Index of a row → index of a column → what is in it; rows and cells without anything are left out.
Cells = dict[int, dict[int, str]]


# A label and a day stand on any cover sheet.
CELLS_OF_A_LABEL = 2
LABELS = (
    *("datum", "periode", "peildatum", "van", "vanaf", "tot", "tm", "totenmet", "totmet", "op"),
    *("versie", "stand", "standper", "bijgewerkt", "afgedrukt", "afdruk", "export", "opgemaakt"),
)


def refuse_meldingen_around(
    vocabulary: Vocabulary, grid: Grid, header: Header, file: str, targets: dict[str, str]
) -> None:
    """Nothing looks like a melding above or beside the headers, or below those of another table."""
    again = second_header(grid, header, targets)
    above = _filled(grid.rows[: header.rows[0]])
    below = _filled(grid.rows[again + 1 :], again + 1) if again is not None else {}
    rest = above | _beside(grid, header) | below
    found = rows_like_meldingen(vocabulary, rest)
    if not found:
        return
    if found[0] < header.row:
        where = message("around_above", row=header.row + 1)
    elif again is not None and found[-1] > again:
        where = message("around_below", row=again + 1)
    else:
        where = message("around_beside")
    raise DataError.of("around", place=_place(file, grid, rest, found), where=where)


def refuse_unread_sheets(
    vocabulary: Vocabulary, unread: list[Grid], read: list[Grid], file: str, sender: str
) -> None:
    """Nothing looks like a melding on a sheet without headers, or on a hidden one.

    A hidden sheet that the settings do not name is an old copy, or was forgotten.
    """
    cells_of = [(grid, _filled(grid.rows)) for grid in unread]
    lost = [
        (grid, _place(file, grid, cells, found))
        for grid, cells in cells_of
        if (found := rows_like_meldingen(vocabulary, cells))
    ]
    if not lost:
        return
    where = {"settings": SETTINGS_FILE, "slug": sender}
    lines = [
        message("unread_hidden" if grid.hidden else "unread_headless", place=p, rows=ROWS_TO_SEARCH)
        for grid, p in lost
    ]
    if not all(grid.hidden for grid, _ in lost):
        lines.append(message("name_headers", **where))
    sheets = [grid.sheet for grid in [*read, *(grid for grid, _ in lost if grid.hidden)]]
    if any(sheets):
        names = json.dumps(sheets, ensure_ascii=False)
        lines.append(message("name_sheets", sheets=names, **where))
    raise DataError("\n".join(lines))


def told_unread(grid: Grid, header: Header, file: str, read: Collection[int]) -> list[str]:
    """Where something stands that is not read: beside the table, or failed formulas below it.

    `read` are the numbers of the rows that are data.
    """
    place = place_of(file, grid)
    told: list[str] = []
    with_colour = [at for at in grid.coloured if at + 1 in read]
    if with_colour and len(with_colour) < len(read):
        told.append(message("note_colour", place=place, rows=rows_of(len(with_colour))))
    headed = {column.index for column in header.columns}
    beside = [(at, c) for at, row in _beside(grid, header).items() for c in row if c not in headed]
    if beside:
        columns, rows = columns_named([c for _, c in beside]), rows_named([at for at, _ in beside])
        told.append(message("note_beside", place=place, columns=columns, rows=rows))
    rest = [at for at in range(header.row + 1, len(grid.rows)) if at + 1 not in read]
    if failed := [at for at in rest if only_failed(grid.rows[at], header)]:
        told.append(message("note_failed", place=place, rows=rows_named(failed)))
    return told


def _filled(rows: Sequence[Sequence[str]], first: int = 0) -> Cells:
    return {
        at: cells
        for at, row in enumerate(rows, first)
        if (cells := {column: cell for column, cell in enumerate(row) if cell})
    }


def _beside(grid: Grid, header: Header) -> Cells:
    """The cells below the headers that are not read, in columns without one.

    Those in columns that are ignored too, where a row has nothing in the columns that are read. Of
    a text file nothing of a row with more cells than headers: such a row is refused.
    """
    ignored = [column.index for column in header.columns if column.target == "ignored"]
    headed = {column.index for column in header.columns}
    without = sorted(set(range(max(map(len, grid.rows)))) - headed)
    cells: Cells = {}
    for at, row in enumerate(grid.rows[header.row + 1 :], header.row + 1):
        unread = {c: row[c] for c in (*without, *ignored) if c < len(row) and row[c]}
        if not unread or is_shifted(row, grid, header):
            continue
        if any(row[c] for c in headed.difference(ignored) if c < len(row)):
            unread = {c: cell for c, cell in unread.items() if c not in ignored}
        if unread:
            cells[at] = unread
    return cells


def _place(file: str, grid: Grid, cells: Cells, found: Sequence[int]) -> str:
    columns = [column for at in found for column in cells[at]]
    return f"{place_of(file, grid)}, {rows_named(found)}, {columns_named(columns)}"


# --- what looks like meldingen --------------------------------------------------------------------


def rows_like_meldingen(vocabulary: Vocabulary, cells: Cells) -> list[int]:
    """Indexes of the rows that look like meldingen."""
    return [at for at, row in cells.items() if _looks_like_a_melding(vocabulary, [*row.values()])]


def _looks_like_a_melding(vocabulary: Vocabulary, filled: Sequence[str]) -> bool:
    """A day beside the number of a melding or a topic, or among several cells without a label.

    `Peildatum | 30-6-2023` and `Periode | 1-7-2021 | t/m | 30-6-2023` are no meldingen. A number
    that may be a day is one beside the number of a melding only.
    """
    numbered = [cell for cell in filled if looks_like_a_number_of_m(cell)]
    if not any(map(begins_with_a_day, filled)):
        return any(is_number_of_a_day(cell) and numbered not in ([], [cell]) for cell in filled)
    if numbered or any(plain(cell) in vocabulary.words("topic") for cell in filled):
        return True
    return len(filled) > CELLS_OF_A_LABEL and not any(map(_is_label, filled))


def _is_label(cell: str) -> bool:
    return cell.endswith(":") or plain(cell) in LABELS
