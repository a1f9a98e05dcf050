"""What each row of a sheet is, and what nobody reads: that must not look like meldingen."""

from collections.abc import Mapping, Sequence
from itertools import chain

from mma_analysis.days import begins_with_a_day, is_number_of_a_day
from mma_analysis.read.grid import FORMULA_ERROR, Grid, columns_named, is_number_of_m, rows_named
from mma_analysis.read.headers import ROWS_TO_SEARCH, TOPIC_ELSE, HeaderWords, Registration
from mma_analysis.settings import SETTINGS_FILE, as_toml
from mma_analysis.vocabulary import DataError, Vocabulary, message, plain, rows_of
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import DATES, REDUCED

DATA, SHIFTED, FAILED, OTHER, UNREAD = "data", "shifted", "failed", "other", "unread"

TOTAL, BESIDE_TOTAL, NOTE, LABEL = map(form, ("total", "beside_total", "note", "label"))
# Above the meldingen of each month, or words without a number. Below a header of days it may be a
# day.
HEADING = form("heading")
# A note stands at the left. Elsewhere a single cell is a melding of which the rest was not filled.
NOTE_COLUMNS = 3
# Here a sentence may be a melding of which nothing else was filled in.
CONTENT = ("free_text", "topic", TOPIC_ELSE, *REDUCED)


def row_kinds(one: Registration) -> dict[int, str]:
    """Index of each row below the header → what it is; when in doubt it is data.

    `SHIFTED`: with something beyond the headers of a text file, so which field a cell is cannot be
    known. `FAILED`: nothing but formulas that failed, and none where a day should be. `OTHER`: the
    header again, a total or a note. `UNREAD`: nothing in the columns that are read.
    """
    rows, targets = one.grid.rows, [column.target for column in one.columns]
    names = [list(map(plain, one.cells(rows[at]))) for at in one.rows]
    width = max(len(rows[at]) for at in one.rows)
    day = one.indexes[targets.index("received_on")]
    read = [column.index for column in one.columns if column.target != "ignored"]
    # Days repeat: a row with one that a melding had, and another cell, need not be looked at again.
    beside, of_meldingen = [index for index in read if index != day][:1], set[str]()
    kinds: dict[int, str] = {}
    for at, row in enumerate(rows[one.first :], one.first):
        if one.grid.delimited and any(row[width:]):
            kinds[at] = SHIFTED
        elif len(row) > read[-1] and row[day] in of_meldingen and any(row[i] for i in beside):
            kinds[at] = DATA
        else:
            kinds[at] = _kind(one.cells(row), targets, names)
            if kinds[at] == DATA and day < len(row) and _is_of_a_melding(row[day], names):
                of_meldingen.add(row[day])
    return kinds


def _kind(cells: Sequence[str], targets: Sequence[str], names: Sequence[Sequence[str]]) -> str:
    filled = [(to, cell) for to, cell in zip(targets, cells, strict=True) if cell]
    texts = [cell for to, cell in filled if to != "ignored"]
    if not texts:
        return UNREAD
    if all(map(FORMULA_ERROR.fullmatch, texts)) and not any(to in DATES for to, _ in filled):
        return FAILED
    is_header = any(all(map(str.__eq__, map(plain, cells), name)) for name in names)
    return OTHER if is_header or _is_total(cells) or _is_note(cells, targets) else DATA


def _is_of_a_melding(day: str, names: Sequence[Sequence[str]]) -> bool:
    """Whether a row with this cell and another is data, whatever the other is."""
    elsewhere = (TOTAL.match, BESIDE_TOTAL.fullmatch, FORMULA_ERROR.fullmatch)
    is_other = any(is_one(day) for is_one in elsewhere) or plain(day) in chain(*names)
    return day != "" and not is_other


def _is_total(cells: Sequence[str]) -> bool:
    numbers = all(TOTAL.match(cell) or BESIDE_TOTAL.fullmatch(cell) for cell in cells if cell)
    return numbers and any(map(TOTAL.match, cells))


def _is_note(cells: Sequence[str], targets: Sequence[str]) -> bool:
    """A text about the table, alone at the left; what may be a melding of one cell is none."""
    if cells.count("") != len(cells) - 1 or not any(cells[:NOTE_COLUMNS]):
        return False
    cell = "".join(cells)
    target = targets[cells.index(cell)]
    if target in CONTENT or NOTE.match(cell):
        return target not in CONTENT
    return target not in DATES and HEADING.fullmatch(cell) is not None


# Index of a row → index of a column → what is in it; rows and cells without anything are left out.
Cells = dict[int, dict[int, str]]

# A label and a day stand on any cover sheet.
CELLS_OF_A_LABEL = 2


def refuse_meldingen_around(one: Registration, kinds: Mapping[int, str]) -> list[str]:
    """Nothing looks like a melding above or beside the headers, or below those of another table.

    Says where there is something else that is not read.
    """
    rows, place, headed = one.grid.rows, one.grid.place, {*one.indexes}
    width = range(max(map(len, rows)))
    nobodys = [index for index in width if index not in headed]
    beside: Cells = {}
    may_have = {UNREAD, *((DATA, FAILED, OTHER) if nobodys else ())}
    for at in (at for at, kind in kinds.items() if kind in may_have):
        row, unread = rows[at], width if kinds[at] == UNREAD else nobodys
        if cells := {index: row[index] for index in unread if index < len(row) and row[index]}:
            beside[at] = cells
    again = _second_header(one, kinds)
    parts = {
        message("around_above", row=one.first): _filled(rows[: one.rows[0]]),
        message("around_beside"): beside,
        message("around_below", row=again): _filled(rows[again:], again),
    }
    for where, cells in parts.items():
        if suspected := _like_meldingen(one.words.vocabulary, place, cells):
            raise DataError.of("around", place=suspected, where=where)
    notes: list[str] = []
    read = [at for at, kind in kinds.items() if kind in (DATA, SHIFTED)]
    coloured = one.grid.coloured.intersection(read)
    if 0 < len(coloured) < len(read):
        notes.append(message("note_colour", place=place, rows=rows_of(len(coloured))))
    without = {at: columns for at, row in beside.items() if (columns := {*row} - headed)}
    if without:
        columns, at = columns_named({*chain(*without.values())}), rows_named(without)
        notes.append(message("note_beside", place=place, columns=columns, rows=at))
    if failed := [at for at, kind in kinds.items() if kind == FAILED]:
        notes.append(message("note_failed", place=place, rows=rows_named(failed)))
    return notes


def refuse_unread_sheets(words: HeaderWords, unread: list[Grid], read: list[Grid]) -> None:
    """Nothing looks like a melding on a sheet without headers, or that is hidden and not named."""
    lines: list[str] = []
    hidden: list[Grid] = []
    where = {"settings": SETTINGS_FILE, "slug": words.sender}
    for grid in unread:
        if suspected := _like_meldingen(words.vocabulary, grid.place, _filled(grid.rows)):
            hidden += [grid] if grid.hidden else []
            what = "unread_hidden" if grid.hidden else "unread_headless"
            lines.append(message(what, place=suspected, rows=ROWS_TO_SEARCH))
    if not lines:
        return
    if len(lines) > len(hidden):
        lines.append(message("name_headers", **where))
    if sheets := [grid.sheet for grid in read or hidden if grid.sheet]:
        lines.append(message("name_sheets", sheets=as_toml(sheets), **where))
    raise DataError("\n".join(lines))


def _filled(rows: Sequence[Sequence[str]], first: int = 0) -> Cells:
    filled = {at: {i: c for i, c in enumerate(row) if c} for at, row in enumerate(rows, first)}
    return {at: cells for at, cells in filled.items() if cells}


def _second_header(one: Registration, kinds: Mapping[int, str]) -> int:
    """Index below the header of another table, with other columns, else the number of rows."""
    received = next(column for column in one.columns if column.target == "received_on")
    same = {(column.index, column.target) for column in one.columns}
    no_days = {cell for cell in {*one.filled(received)} if not any(map(str.isdecimal, cell))}
    for at in (at for at, kind in kinds.items() if no_days and kind == DATA):
        row = one.grid.rows[at]
        if received.index < len(row) and row[received.index] in no_days:
            named = {
                (i, target) for i, text in enumerate(row) if (target := one.words.target(text))
            }
            if not named <= same and "received_on" in {target for _, target in named}:
                return at + 1
    return len(one.grid.rows)


def _like_meldingen(vocabulary: Vocabulary, place: str, cells: Cells) -> str:
    """Where the rows are that look like meldingen; empty when none does."""
    rows: list[int] = []
    for at, row in cells.items():
        texts = list(row.values())
        numbered = list(filter(is_number_of_m, texts))
        labels = (text.endswith(":") or LABEL.fullmatch(plain(text)) for text in texts)
        if not any(map(begins_with_a_day, texts)):
            # A number that may be a day is one beside the number of a melding only.
            others = (numbered not in ([], [text]) for text in filter(is_number_of_a_day, texts))
            is_like = any(others)
        elif numbered or any(plain(text) in vocabulary.words("topic") for text in texts):
            is_like = True
        else:  # `Peildatum | 30-6-2023` and `Periode | 1-7-2021 | t/m | 30-6-2023` are none
            is_like = len(texts) > CELLS_OF_A_LABEL and not any(labels)
        rows += [at] if is_like else []
    columns = [column for at in rows for column in cells[at]]
    return f"{place}, {rows_named(rows)}, {columns_named(columns)}" if rows else ""
