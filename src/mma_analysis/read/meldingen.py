"""A delivered registration of meldingen → one table of text in our fields, without free text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, zip_longest
from pathlib import PurePosixPath

import pandas as pd

from mma_analysis.days import begins_with_a_day
from mma_analysis.read import headers, rows
from mma_analysis.read.grid import (
    FORMULA_ERROR,
    Grid,
    looks_like_a_number_of_m,
    place_of,
    rows_named,
)
from mma_analysis.read.grids import open_grids
from mma_analysis.read.headers import LEFT_OUT, Header, HeaderWords
from mma_analysis.read.rows import DATA, SHIFTED, row_kinds
from mma_analysis.read.workbooks import in_our_calendar
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import (
    DataError,
    UsageError,
    Vocabulary,
    did_you_mean,
    plain,
    schema,
    word,
)
from mma_analysis.vocabulary.schema import SOURCE, Delivery

# A word of a list is short: what is longer is text that was typed in the wrong column.
LONGEST_WORD = 60
TELLS_GEMEENTE = ("gemeente", "postcode", "place")


def read_delivery(edition: Edition, file: str) -> Delivery:
    """Read every data row of a delivered file; the content of a melding does not come along.

    Free text and columns without a header are not read. Where, when, who and which vehicle are
    reduced to `ja` or `nee`, a postcode to its four digits, any other cell to 60 characters. Each
    sheet has its own header; one that has none and holds no dates is a cover sheet.
    """
    senders, words, grids = _opened(edition, file)
    registrations = _registrations(words, file, [grid for grid in grids if not grid.hidden])
    read = [one.grid for one in registrations]
    others = [grid for grid in grids if all(grid is not one for one in read)]
    rows.refuse_unread_sheets(edition.vocabulary, others, read, file, senders[0])
    if not registrations:
        if all(len([cell for cell in row if cell]) < 2 for grid in grids for row in grid.rows):
            raise DataError.of("one_column", file=file)
        raise _no_header(file, senders[0])
    # An empty sheet bears nothing out: what is asked of the fullest one is asked first.
    for one in sorted(registrations, key=lambda one: -len(one.grid.rows)):
        headers.check_header(words, one.grid, one.header, one.place)
    columns: list[headers.HeaderColumn] = []
    tables: list[pd.DataFrame] = []
    of_topics, unread = [], []
    for one in registrations:
        kinds = row_kinds(one.grid, one.header)
        unread += rows.refuse_meldingen_around(words, one.grid, one.header, kinds, file)
        of_topics += one.notes
        columns += one.header.columns
        tables.append(_sheet_table(one.grid, one.header, kinds, file))
    if len(senders) > 1 and not {column.target for column in columns}.intersection(TELLS_GEMEENTE):
        raise DataError.of("no_gemeente", file=file, senders=", ".join(senders))
    table = pd.concat(tables)
    fields = {
        field: _field(edition.vocabulary, field, [table[name] for name in names])
        for field in schema.RAW_MELDINGEN
        if (names := [name for name in table if str(name).startswith(f"{field} ")])
    }
    named = {
        field: dict.fromkeys(column.header for column in columns if column.target == field)
        for field in (*schema.RAW_MELDINGEN, *LEFT_OUT)
    }
    return Delivery(
        file,
        senders,
        {field: " / ".join(given) for field, given in named.items() if given},
        pd.DataFrame(fields | {name: table[name] for name in SOURCE}).reset_index(drop=True),
        frozenset(table.loc[table["shifted"], "source_row"].tolist()),
        (*of_topics, *unread),
    )


def unknown_headers(edition: Edition, file: str) -> dict[str, str]:
    """Header of a delivered file that is not recognised → the line to paste (`suggested_lines`)."""
    senders, words, grids = _opened(edition, file)
    registrations = _registrations(words, file, grids)
    if not registrations:
        raise _no_header(file, senders[0])
    lines: dict[str, str] = {}
    # What the sheet with the most rows says wins: an empty one bears nothing out.
    for one in sorted(registrations, key=lambda one: len(one.grid.rows)):
        lines |= headers.suggested_lines(words, one.grid, one.header)
    return lines


def _no_header(file: str, sender: str) -> DataError:
    block = f"[gemeenten.{sender}.kolommen] in {SETTINGS_FILE}"
    return DataError.of("no_header", file=file, rows=headers.ROWS_TO_SEARCH, block=block)


def _opened(edition: Edition, file: str) -> tuple[tuple[str, ...], HeaderWords, list[Grid]]:
    """The gemeenten that deliver this file, their words, and the sheets that they name, or all."""
    senders = edition.deliveries().get(file)
    if senders is None:
        raise UsageError.of("not_delivered", settings=SETTINGS_FILE, file=file)
    words = headers.header_words(edition, senders)
    grids = open_grids(edition.folder / PurePosixPath(file), file)
    chosen = {sheet for slug in senders for sheet in edition.gemeente(slug).bladen}
    names = [grid.sheet for grid in grids]
    if not chosen or names == [""]:
        return senders, words, grids
    for sheet in chosen:
        if sheet not in names:
            where = {"settings": SETTINGS_FILE, "sheet": sheet, "file": file}
            raise UsageError.of("no_such_sheet", **where, near=did_you_mean(sheet, names))
    # Who names a hidden sheet has seen it.
    return senders, words, [replace(grid, hidden=False) for grid in grids if grid.sheet in chosen]


@dataclass(frozen=True)
class Registration:
    """A sheet with meldingen, its header and where that is, and what was chosen as topic."""

    grid: Grid
    header: Header
    place: str
    notes: list[str]


def _registrations(words: HeaderWords, file: str, grids: list[Grid]) -> list[Registration]:
    """The sheets in which a row is recognised as headers, and that hold meldingen.

    A list of choices or a table of totals has no day of receipt and no days or numbers of
    meldingen.
    """
    headed: list[Registration] = []
    for grid in grids:
        if likely := headers.find_header(words, grid):
            place = f"{place_of(file, grid.sheet)}, {rows_named([likely.row])}"
            header, notes = headers.with_best_topic(words, grid, likely, place)
            headed.append(Registration(grid, header, place, notes))
    return [
        one
        for one in headed
        if "received_on" in one.header.targets
        or any(
            begins_with_a_day(cell) or looks_like_a_number_of_m(cell)
            for cell in chain.from_iterable(one.grid.rows[one.header.row + 1 :])
        )
    ] or headed[:1]


def _sheet_table(grid: Grid, header: Header, kinds: dict[int, str], file: str) -> pd.DataFrame:
    """One row per data row of a sheet, a text column per header that is kept.

    Of a row that is shifted no cell is kept. A cell that was merged downwards stands in each data
    row that it covers: an empty row below it stays empty.
    """
    data = {at: grid.rows[at] for at, kind in kinds.items() if kind in (DATA, SHIFTED)}
    for column, first, last in grid.merged:
        text = grid.rows[first][column] if first in data and column < len(data[first]) else ""
        for at in range(first + 1, last + 1):
            if text and at in data and column < len(data[at]):
                data[at] = [*data[at][:column], text, *data[at][column + 1 :]]
    shifted = [kinds[at] == SHIFTED for at in data]
    kept = [[] if kinds[at] == SHIFTED else row for at, row in data.items()]
    columns = dict(enumerate(zip_longest(*kept, fillvalue="")))
    nothing = ("",) * len(data)
    cells: dict[str, tuple[str, ...]] = {}
    for column in header.columns:
        # The same header on two sheets is one column; one that stands twice on a sheet is two.
        name = f"{column.target} {plain(column.header)}"
        while name in cells:
            name += "+"
        if column.target not in LEFT_OUT:
            cells[name] = columns.get(column.index, nothing)
        if grid.from_1904 and column.target in schema.DATES:
            cells[name] = tuple(map(in_our_calendar, cells[name]))
    return pd.DataFrame(cells, dtype="str").assign(
        source_file=file,
        source_sheet=grid.sheet,
        source_row=pd.Series([at + 1 for at in data], dtype="int64"),
        shifted=pd.Series(shifted, dtype="bool"),
    )


def _field(vocabulary: Vocabulary, field: str, columns: list[pd.Series]) -> pd.Series:
    """One field from the columns that hold it: of a field that is not reduced a row has one.

    Where a formula failed the cell is `UNREADABLE`: it is not known whether it says anything.
    """
    if field in schema.REDUCED:
        return reduce_to_presence(vocabulary, columns)
    text = reduce(lambda text, part: text.where(text.notna(), part), columns).fillna("")
    failed = text.str.fullmatch(FORMULA_ERROR.pattern, case=False)
    if field == "postcode":
        text = text.str.extract(r"^\D*(\d{4})(?!\d)", expand=False).fillna("").astype("str")
    return text.str.slice(stop=LONGEST_WORD).mask(failed, schema.UNREADABLE)


# --- whether something was filled in, instead of what: the content stops here --------------------

# `nee, niet genoemd` and `geen kenteken`: a text that begins so, is short and takes nothing back.
DENIALS = ("nee", "neen", "geen", "niet", "nvt")
TAKEN_BACK = re.compile(r"maar|wel|behalve|.*\d.*")
LONGEST_DENIAL = 6
# Of several columns the one that says most counts.
STRENGTH = ["", "nee", schema.UNREADABLE, "ja"]
CONTENT = "content"


def reduce_to_presence(vocabulary: Vocabulary, columns: Sequence[pd.Series]) -> pd.Series:
    """`ja` when any of these columns has it, `nee` when none of those that say so has, else empty.

    `UNREADABLE` when none has it and one holds what means neither: an error of a formula, a sign. A
    missing value is a sheet without that column: that says nothing. In a column of only yes and no
    an empty cell says nothing; in any other it is a `nee`.
    """
    strengths: list[pd.Series] = []
    for column in columns:
        answers = {cell: _answer_in(vocabulary, cell) for cell in column.dropna().unique()}
        means = {CONTENT: "ja", "": "nee"} if CONTENT in answers.values() else {}
        ranks = {cell: means.get(answer, answer) for cell, answer in answers.items()}
        known = {cell: STRENGTH.index(rank) for cell, rank in ranks.items() if rank in STRENGTH}
        strengths.append(column.map(known).fillna(0))
    strongest = pd.concat(strengths, axis=1).max(axis=1)
    return strongest.map(dict(enumerate(STRENGTH))).astype("str")


def _answer_in(vocabulary: Vocabulary, cell: str) -> str:
    """`ja`, `nee` or `onbekend`, `UNREADABLE`, `CONTENT` of any other text, or empty.

    A failed formula says nothing about the melding, and nor do signs that nobody gave a meaning.
    """
    text, words = word(cell), vocabulary.words("yes_no")
    if FORMULA_ERROR.fullmatch(cell):
        return schema.UNREADABLE
    if not text or text in words:
        return words.get(text, "")
    parts = [plain(part) for part in re.findall(r"[\w.]+", cell)]
    is_denial = parts[:1] and parts[0] in DENIALS and len(parts) <= LONGEST_DENIAL
    if not is_denial or any(map(TAKEN_BACK.fullmatch, parts)):
        return CONTENT if text.isalnum() else schema.UNREADABLE
    beginnings = ("".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((words[text] for text in beginnings if text in words), "nee")
