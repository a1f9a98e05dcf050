"""What each row of a sheet is, and what nobody reads: that must not look like meldingen."""

from collections.abc import Iterator, Mapping, Sequence

from mma_analysis.read.grid import (
    FORMULA_ERROR,
    Grid,
    columns_named,
    is_number_of_m,
    rows_named,
)
from mma_analysis.read.headers import ROWS_TO_SEARCH, TOPIC_ELSE, HeaderWords, Registration
from mma_analysis.settings import SETTINGS_FILE, as_toml
from mma_analysis.vocabulary import DataError, Vocabulary, message, plain, rows_of
from mma_analysis.vocabulary.days import begins_with_a_day, is_number_of_a_day
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import DATES, REDUCED, WORD_FIELDS
from mma_analysis.vocabulary.text import word

DATA = "data"
SHIFTED = "shifted"
FAILED_FORMULAS = "failed"
OTHER_ROW = "other"
UNREAD = "unread"
BELOW = "below"

TOTAL_BELOW = form("total")
BESIDE_TOTAL = form("beside_total")
NOTE_BELOW = form("note")
LABEL = form("label")
# Above the meldingen of each month, or words without a number. Below a header of days it
# may be a day.
HEADING = form("heading")
# A note stands at the left. Elsewhere a single cell is a melding of which the rest was not
# filled.
NOTE_COLUMNS = 3
# Here a sentence may be a melding of which nothing else was filled in.
CONTENT_FIELDS = ("free_text", "topic", TOPIC_ELSE, *REDUCED)


def row_kinds(one: Registration) -> dict[int, str]:
    """Index of each row below the header → what it is; when in doubt it is data.

    `SHIFTED`: with something beyond the headers of a text file, so which field a cell is
    cannot be known. `FAILED_FORMULAS`: nothing but formulas that failed, and none where a
    day should be. `OTHER_ROW`: the header again, a total or a note. `UNREAD`: nothing in
    the columns that are read. `BELOW`: the header of another table, and all that stands
    below it.
    """
    rows = one.grid.rows
    targets = [column.target for column in one.columns]
    headers = [rows[at] for at in one.rows]
    names = [[plain(cell) for cell in one.cells(header)] for header in headers]
    width = max(len(header) for header in headers)
    day = one.indexes[targets.index("received_on")]
    read = [column.index for column in one.columns if column.target != "ignored"]

    # Days repeat: a row with one that a melding had, and another cell, is data at once.
    beside = [index for index in read if index != day][:1]

    of_meldingen: set[str] = set()
    kinds: dict[int, str] = {}
    for at, row in enumerate(rows[one.first :], one.first):
        if one.grid.delimited and any(row[width:]):
            kinds[at] = SHIFTED
            continue

        has_known_day = len(row) > read[-1] and row[day] in of_meldingen
        if has_known_day and any(row[index] for index in beside):
            kinds[at] = DATA
            continue

        kinds[at] = _kind(one.cells(row), targets, names)
        has_day = kinds[at] == DATA and day < len(row)
        if has_day and _is_of_a_melding(row[day], names):
            of_meldingen.add(row[day])

    for at in range(_second_header(one, kinds), len(rows)):
        kinds[at] = BELOW
    return kinds


def _kind(
    cells: Sequence[str],
    targets: Sequence[str],
    names: Sequence[Sequence[str]],
) -> str:
    filled = [(target, cell) for target, cell in zip(targets, cells, strict=True) if cell]
    texts = [cell for target, cell in filled if target != "ignored"]
    if not texts:
        return UNREAD

    has_failed = all(FORMULA_ERROR.fullmatch(text) for text in texts)
    has_day = any(target in DATES for target, _ in filled)
    if has_failed and not has_day:
        return FAILED_FORMULAS

    is_other = _is_header(cells, names) or _is_total(cells) or _is_note(cells, targets)
    return OTHER_ROW if is_other else DATA


def _is_header(cells: Sequence[str], names: Sequence[Sequence[str]]) -> bool:
    for header in names:
        if all(plain(cell) == name for cell, name in zip(cells, header, strict=True)):
            return True
    return False


def _is_of_a_melding(day: str, names: Sequence[Sequence[str]]) -> bool:
    """Whether a row with this cell and another is data, whatever the other is."""
    is_header = any(plain(day) in cells for cells in names)
    is_of_total = TOTAL_BELOW.match(day) or BESIDE_TOTAL.fullmatch(day)
    has_failed = FORMULA_ERROR.fullmatch(day)
    return day != "" and not (is_header or is_of_total or has_failed)


def _is_total(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    may_be = all(TOTAL_BELOW.match(cell) or BESIDE_TOTAL.fullmatch(cell) for cell in filled)
    return may_be and any(TOTAL_BELOW.match(cell) for cell in filled)


def _is_note(cells: Sequence[str], targets: Sequence[str]) -> bool:
    """A text about the table, alone at the left, that can be no melding of one cell."""
    is_alone = cells.count("") == len(cells) - 1
    is_at_the_left = any(cells[:NOTE_COLUMNS])
    if not is_alone or not is_at_the_left:
        return False

    cell = "".join(cells)
    target = targets[cells.index(cell)]
    if target in CONTENT_FIELDS:
        return False
    if NOTE_BELOW.match(cell):
        return True
    return target not in DATES and HEADING.fullmatch(cell) is not None


# --- what nobody reads --------------------------------------------------------------------


# Index of a row → index of a column → what is in it; rows and cells without anything are
# left out.
CellsOfRows = dict[int, dict[int, str]]

# A label and a day stand on any cover sheet.
CELLS_OF_A_LABEL = 2
CELLS_OF_A_HEADER = 2
STRIPES = 2
MOST_LISTED = 10
NO_COLOUR = frozenset[str]()
WITHDRAWN_BELOW = form("withdrawn")


def refuse_meldingen_around(one: Registration, kinds: Mapping[int, str]) -> list[str]:
    """Nothing looks like a melding above or beside the headers, or below another table's.

    Says where there is something else that is not read.
    """
    rows = one.grid.rows
    beside = _beside(one, kinds)
    below = [at for at, kind in kinds.items() if kind == BELOW]
    parts = {
        message("around_above", row=one.first): _filled(rows[: one.rows[0]]),
        message("around_beside"): beside,
    }
    if below:
        where = message("around_below", row=below[0] + 1)
        parts[where] = _of_other_meldingen(one, kinds, below[1:])
    for where, cells in parts.items():
        suspected = _like_meldingen(one.words.vocabulary, one.grid.place, cells)
        if suspected:
            raise DataError.of("around", place=suspected, where=where)
    return [
        *_colour_note(one, kinds),
        *_beside_note(one, beside),
        *_failed_note(one, kinds),
        *_below_note(one, below),
    ]


def _beside(one: Registration, kinds: Mapping[int, str]) -> CellsOfRows:
    """Row → its cells that nothing reads: below no header, or in a row that is not read."""
    rows = one.grid.rows
    columns = range(max(len(row) for row in rows))
    headed = set(one.indexes)
    without_header = [index for index in columns if index not in headed]
    beside: CellsOfRows = {}
    for at, kind in kinds.items():
        if kind in (SHIFTED, BELOW):
            continue
        row = rows[at]
        unread = columns if kind == UNREAD else without_header
        there = [index for index in unread if index < len(row) and row[index]]
        if there:
            beside[at] = {index: row[index] for index in there}
    return beside


def _colour_note(one: Registration, kinds: Mapping[int, str]) -> Iterator[str]:
    """That rows do not all have the same colour: a colour is not read.

    Every other row of one colour is how a table is made easy to read.
    """
    read = [at for at, kind in kinds.items() if kind in (DATA, SHIFTED)]
    colours = [one.grid.coloured.get(at, NO_COLOUR) for at in read]
    different = set(colours)
    is_every_other = len(different) == STRIPES and colours[2:] == colours[:-2]
    if len(different) < STRIPES or is_every_other:
        return
    coloured = [colour for colour in colours if colour]
    rows = rows_of(len(coloured))
    yield message("note_colour", place=one.grid.place, rows=rows)


def withdrawn_rows(one: Registration, kinds: Mapping[int, str]) -> list[int]:
    """Index of each data row that is struck through, or in which a cell says *vervallen*.

    A word that its own column knows says something else.
    """
    found: list[int] = []
    for at, kind in kinds.items():
        if kind != DATA:
            continue
        row = one.grid.rows[at]
        says_so = any(WITHDRAWN_BELOW.match(cell) for cell in row)
        if at in one.grid.struck or (says_so and not _is_known_word(one, row)):
            found.append(at)
    return found


def rows_listed(indexes: Sequence[int]) -> str:
    """Each of these rows by its number, the first few."""
    numbers = [str(at + 1) for at in indexes[:MOST_LISTED]]
    more = len(indexes) - MOST_LISTED
    named = ", ".join(numbers)
    if more > 0:
        named = message("and_more", named=named, number=more)
    return message("row", first=named)


def _is_known_word(registration: Registration, row: Sequence[str]) -> bool:
    """Whether what says that a row is withdrawn is a word of the list of its column."""
    vocabulary = registration.words.vocabulary
    for column in registration.columns:
        if column.target not in WORD_FIELDS:
            continue
        cell = row[column.index] if column.index < len(row) else ""
        if not WITHDRAWN_BELOW.match(cell):
            continue
        known = vocabulary.words(column.target)
        if word(cell) in known:
            return True
    return False


def _beside_note(one: Registration, beside: CellsOfRows) -> Iterator[str]:
    """That there are cells in columns without a header."""
    columns: set[int] = set()
    rows: list[int] = []
    for at, cells in beside.items():
        without_header = set(cells) - set(one.indexes)
        if without_header:
            columns |= without_header
            rows.append(at)
    if rows:
        yield message(
            "note_beside",
            place=one.grid.place,
            columns=columns_named(columns),
            rows=rows_named(rows),
        )


def _failed_note(one: Registration, kinds: Mapping[int, str]) -> Iterator[str]:
    """That there are rows with nothing but formulas that failed."""
    failed = [at for at, kind in kinds.items() if kind == FAILED_FORMULAS]
    if failed:
        yield message("note_failed", place=one.grid.place, rows=rows_named(failed))


def _of_other_meldingen(
    one: Registration,
    kinds: Mapping[int, str],
    below: Sequence[int],
) -> CellsOfRows:
    """The rows below the header of another table, without those about meldingen read here.

    Who keeps a second table of the same meldingen, such as to whom they went, repeats their
    numbers.
    """
    numbers: set[str] = set()
    targets = [column.target for column in one.columns]
    for at, kind in kinds.items():
        if kind != DATA:
            continue
        cells = one.cells(one.grid.rows[at])
        for target, cell in zip(targets, cells, strict=True):
            if target == "melding_id" and cell:
                numbers.add(cell)

    others: CellsOfRows = {}
    for at in below:
        row = one.grid.rows[at]
        if numbers.isdisjoint(row):
            others |= _filled([row], at)
    return others


def _below_note(one: Registration, below: Sequence[int]) -> Iterator[str]:
    """That another table begins, of which nothing is read."""
    filled = [at for at in below if any(one.grid.rows[at])]
    if filled:
        yield message(
            "note_below",
            place=one.grid.place,
            row=below[0] + 1,
            rows=rows_named(filled),
        )


def second_table(one: Registration, kinds: Mapping[int, str]) -> str:
    """Where another table begins, of which nothing is read; empty when there is none."""
    below = [at for at, kind in kinds.items() if kind == BELOW]
    if not below:
        return ""
    return f"{one.grid.place}, {rows_listed(below[:1])}"


def refuse_unread_sheets(words: HeaderWords, unread: list[Grid], read: list[Grid]) -> None:
    """Nothing looks like a melding on a sheet without headers, or a hidden one."""
    lines: list[str] = []
    hidden: list[Grid] = []
    for grid in unread:
        suspected = _like_meldingen(words.vocabulary, grid.place, _filled(grid.rows))
        if not suspected:
            continue
        if grid.hidden:
            hidden.append(grid)
        what = "unread_hidden" if grid.hidden else "unread_headless"
        lines.append(message(what, place=suspected, rows=ROWS_TO_SEARCH))
    if not lines:
        return

    has_headless = len(lines) > len(hidden)
    if has_headless:
        lines.append(message("name_headers", settings=SETTINGS_FILE, slug=words.sender))
    sheets = [grid.sheet for grid in read or hidden if grid.sheet]
    if sheets:
        said = message(
            "name_sheets",
            sheets=as_toml(sheets),
            settings=SETTINGS_FILE,
            slug=words.sender,
        )
        lines.append(said)
    raise DataError("\n".join(lines))


def _filled(rows: Sequence[Sequence[str]], first: int = 0) -> CellsOfRows:
    """The cells of these rows that hold something; `first`: index of the first row."""
    filled: CellsOfRows = {}
    for at, row in enumerate(rows, first):
        cells = {index: cell for index, cell in enumerate(row) if cell}
        if cells:
            filled[at] = cells
    return filled


def _second_header(one: Registration, kinds: Mapping[int, str]) -> int:
    """Index of the header of another table, with other columns; else how many rows."""
    rows = one.grid.rows
    for at, kind in kinds.items():
        row = rows[at]
        if kind != DATA or any(_has_digit(cell) for cell in row):
            continue
        if _has_own_word(one, row):
            continue
        if _names_other_columns(one, row) or _is_above_days(one, at):
            return at
    return len(rows)


def _has_own_word(one: Registration, row: Sequence[str]) -> bool:
    """Whether a cell is a word of its own column: then the row is a melding."""
    cells = one.cells(row)
    for column, cell in zip(one.columns, cells, strict=True):
        is_of_words = cell != "" and column.target in WORD_FIELDS
        if is_of_words and word(cell) in one.words.vocabulary.words(column.target):
            return True
    return False


def _names_other_columns(one: Registration, row: Sequence[str]) -> bool:
    """Whether most cells are headers that we know, and not those of this table."""
    filled = 0
    named: dict[int, str] = {}
    for place, cell in enumerate(row):
        if not cell:
            continue
        filled += 1
        target = one.words.target(cell)
        if target:
            named[place] = target

    distinct = set(named.values())
    if len(distinct) < CELLS_OF_A_HEADER or len(named) < filled / 2:
        return False
    own = {column.index: column.target for column in one.columns}
    return any(own.get(place) != target for place, target in named.items())


def _is_above_days(one: Registration, at: int) -> bool:
    """Whether words stand above a day, after an empty row or with a header that we know."""
    rows = one.grid.rows
    row = rows[at]
    day = _place_of_day(one)
    below = rows[at + 1] if at + 1 < len(rows) else []
    shortest = min(len(row), len(below))
    if shortest <= day:
        return False

    is_after_empty = not any(rows[at - 1])
    has_header = any(one.words.target(cell) for cell in row)
    if not is_after_empty and not has_header:
        return False

    said = row[day]
    nothing = one.words.vocabulary.aliases("any")
    if not said or word(said) in nothing:
        return False
    filled = [cell for cell in row if cell]
    return len(filled) >= CELLS_OF_A_HEADER and begins_with_a_day(below[day])


def _place_of_day(one: Registration) -> int:
    """Index of the column with the day of receipt."""
    for column in one.columns:
        if column.target == "received_on":
            return column.index
    raise KeyError("received_on")


def _has_digit(cell: str) -> bool:
    return any(map(str.isdecimal, cell))


def _like_meldingen(vocabulary: Vocabulary, place: str, cells: CellsOfRows) -> str:
    """Where the rows are that look like meldingen; empty when none does."""
    rows = [at for at, row in cells.items() if _is_like_one(vocabulary, list(row.values()))]
    if not rows:
        return ""

    columns = {column for at in rows for column in cells[at]}
    return f"{place}, {rows_named(rows)}, {columns_named(columns)}"


def _is_like_one(vocabulary: Vocabulary, texts: list[str]) -> bool:
    """Whether a row with these texts looks like a melding."""
    numbered = [text for text in texts if is_number_of_m(text)]
    has_day = any(begins_with_a_day(text) for text in texts)
    if not has_day:
        # A number that may be a day is one beside the number of a melding only.
        may_be_days = [text for text in texts if is_number_of_a_day(text)]
        return any(numbered not in ([], [text]) for text in may_be_days)

    topics = vocabulary.words("topic")
    if numbered or any(plain(text) in topics for text in texts):
        return True

    # `Peildatum | 30-6-2023` and `Periode | 1-7-2021 | t/m | 30-6-2023` are none.
    has_label = any(text.endswith(":") or LABEL.fullmatch(plain(text)) for text in texts)
    return len(texts) > CELLS_OF_A_LABEL and not has_label
