"""A delivered registration of meldingen → one table of text in our fields, without free text."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from mma_analysis.days import begins_with_a_day
from mma_analysis.read import headers, rows
from mma_analysis.read.grid import FORMULA_ERROR, Grid, is_number_of_m
from mma_analysis.read.grids import open_grids
from mma_analysis.read.headers import (
    LEFT_OUT,
    ROWS_TO_SEARCH,
    TOPIC_ELSE,
    HeaderWords,
    Registration,
)
from mma_analysis.read.rows import DATA, SHIFTED
from mma_analysis.read.workbooks import in_our_calendar
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import (
    UNKNOWN,
    DataError,
    UsageError,
    Vocabulary,
    did_you_mean,
    schema,
)
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import DATES, RAW_MELDINGEN, REDUCED, UNREADABLE, Delivery
from mma_analysis.vocabulary.text import plain, word

# A word of a list is short: what is longer is text that was typed in the wrong column.
LONGEST_WORD = 60
POSTCODE = re.compile(r"\D*(\d{4})(?!\d)")
TELLS_GEMEENTE = ("gemeente", "postcode", "place")


def read_delivery(edition: Edition, file: str) -> Delivery:
    """Read every data row of a delivered file; the content of a melding does not come along.

    Free text and columns without a header are not read. Where, when, who and which vehicle are
    reduced to `ja` or `nee`, a postcode to its four digits, any other cell to 60 characters. Each
    sheet has its own header; one that has none and holds no dates is a cover sheet.
    """
    senders, words, grids = _opened(edition, file)
    registrations = _registrations(words, [grid for grid in grids if not grid.hidden])
    read = [one.grid for one in registrations]
    unread = [grid for grid in grids if all(grid is not one for one in read)]
    headers.check_headers(registrations)
    rows.refuse_unread_sheets(words, unread, read)
    if not registrations:
        if all(len([*filter(None, row)]) < 2 for grid in grids for row in grid.rows):
            raise DataError.of("one_column", file=file)
        block = f"[gemeenten.{words.sender}.kolommen] in {SETTINGS_FILE}"
        raise DataError.of("no_header", file=file, rows=ROWS_TO_SEARCH, block=block)
    notes = [note for one in registrations for note in one.notes]
    tables: list[pd.DataFrame] = []
    named: dict[str, dict[str, None]] = {target: {} for target in headers.TARGETS}
    for one in registrations:
        kinds = rows.row_kinds(one)
        notes += rows.refuse_meldingen_around(one, kinds)
        tables.append(_sheet_table(one, kinds))
        for column in one.columns:
            named[column.target][column.header] = None
    if len(senders) > 1 and not any(map(named.get, TELLS_GEMEENTE)):
        raise DataError.of("no_gemeente", file=file, senders=", ".join(senders))
    table = pd.concat(tables, ignore_index=True)
    return Delivery(
        file,
        senders,
        {field: " / ".join(given) for field, given in named.items() if given},
        _minimised(edition.vocabulary, table),
        tuple(notes),
    )


def _minimised(vocabulary: Vocabulary, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `_sheet_table` in our fields, the reduced ones as `ja` or `nee`."""
    columns: dict[str, list[pd.Series]] = {field: [] for field in RAW_MELDINGEN}
    for name in table.columns.difference([*schema.SOURCE, "shifted"], sort=False):
        columns[name.split(" ")[0]].append(table[name])
    fields = {
        field: reduce_to_presence(vocabulary, same) if field in REDUCED else same[0].fillna("")
        for field, same in columns.items()
        if same
    }
    return pd.DataFrame(fields | {name: table[name] for name in (*schema.SOURCE, "shifted")})


def _opened(edition: Edition, file: str) -> tuple[tuple[str, ...], HeaderWords, list[Grid]]:
    """The gemeenten that deliver this file, their words, and the sheets that they name, or all."""
    senders = edition.deliveries()[file]
    words = HeaderWords(edition, senders)
    grids = open_grids(edition.folder / PurePosixPath(file), file)
    chosen = {sheet for slug in senders for sheet in edition.gemeente(slug).blad}
    names = [grid.sheet for grid in grids]
    if not chosen or names == [""]:
        return senders, words, grids
    for sheet in chosen:
        if sheet not in names:
            where = {"settings": SETTINGS_FILE, "sheet": sheet, "file": file}
            raise UsageError.of("no_such_sheet", **where, near=did_you_mean(sheet, names))
    # Who names a hidden sheet has seen it.
    return senders, words, [replace(grid, hidden=False) for grid in grids if grid.sheet in chosen]


def _registrations(words: HeaderWords, grids: list[Grid]) -> list[Registration]:
    """The sheets with headers and meldingen: no list of choices, and no table of totals."""
    headed = [one for grid in grids if (one := headers.find_registration(words, grid))]
    with_meldingen = [
        one
        for one in headed
        if "received_on" in one.targets
        or any(
            begins_with_a_day(cell) or is_number_of_m(cell)
            for row in one.grid.rows[one.first :]
            for cell in row
        )
    ]
    return with_meldingen or headed[:1]


def _sheet_table(one: Registration, kinds: dict[int, str]) -> pd.DataFrame:
    """One row per data row of a sheet, a text column per header that is kept."""
    grid = one.grid
    data = {at: grid.rows[at] for at, kind in kinds.items() if kind in (DATA, SHIFTED)}
    # Merged downwards: it stands in each data row that it covers; an empty one stays empty.
    for column, first, last in grid.merged:
        text = grid.rows[first][column] if first in data and column < len(data[first]) else ""
        for at in range(first + 1, last + 1):
            if text and at in data and column < len(data[at]):
                data[at] = [*data[at][:column], text, *data[at][column + 1 :]]
    shifted = [kinds[at] == SHIFTED for at in data]
    kept = [[] if kinds[at] == SHIFTED else row for at, row in data.items()]
    columns = dict(enumerate(zip_longest(*kept, fillvalue="")))
    cells: dict[str, Sequence[str]] = {}
    instead: list[Sequence[str]] = []
    for column in one.columns:
        if column.target in LEFT_OUT:
            continue
        name = column.target
        if name in REDUCED:
            # The same header on two sheets is one column; one that stands twice on a sheet is two.
            name += f" {plain(column.header)}"
            while name in cells:
                name += "+"
        cells[name] = columns.get(column.index, ("",) * len(data))
        if name == TOPIC_ELSE:
            instead.append(cells.pop(name))
        if grid.from_1904 and name in DATES:
            cells[name] = [in_our_calendar(cell) for cell in cells[name]]
    for others in instead:
        topics = cells.get("topic", others)
        cells["topic"] = [t if plain(t) else o for t, o in zip(topics, others, strict=True)]
    texts = {name: _kept(name, column) for name, column in cells.items()}
    return pd.DataFrame(texts, dtype="str").assign(
        source_file=grid.file,
        source_sheet=grid.sheet,
        source_row=pd.Series([at + 1 for at in data], dtype="int64"),
        shifted=pd.Series(shifted, dtype="bool"),
    )


def _kept(name: str, cells: Sequence[str]) -> Sequence[str]:
    """What is kept of each cell of a column: four digits of a postcode, or how it begins."""
    if name.startswith(REDUCED):
        return cells
    distinct = set(cells)
    kept = {cell: cell[:LONGEST_WORD] for cell in distinct if len(cell) > LONGEST_WORD}
    if name == "postcode":
        kept = {cell: digits[1] if (digits := POSTCODE.match(cell)) else "" for cell in distinct}
    # Where a formula failed it is not known whether the cell says anything.
    kept |= dict.fromkeys(filter(FORMULA_ERROR.fullmatch, distinct), UNREADABLE)
    return [kept.get(cell, cell) for cell in cells] if kept else cells


# `nee, niet genoemd` and `geen kenteken`: a text that begins so, is short and takes nothing back.
DENIAL, TAKEN_BACK = form("denial"), form("taken_back")
LONGEST_DENIAL = 6
# Of several columns the one that says most counts.
ANSWERS = ("", "nee", UNREADABLE, "ja")
STRENGTH = {UNKNOWN: 0} | {answer: rank for rank, answer in enumerate(ANSWERS)}
CONTENT = "content"


def reduce_to_presence(vocabulary: Vocabulary, columns: Sequence[pd.Series]) -> pd.Series:
    """`ja` when any of these columns has it, `nee` when none of those that say so has, else empty.

    `UNREADABLE` when none has it and one holds an error of a formula, or a sign that means neither.
    A missing value, of a sheet without that column, says nothing; nor does an empty cell among only
    yes and no, but among other cells it is a `nee`.
    """
    strengths: list[np.ndarray] = []
    for column in columns:
        places, distinct = column.array.factorize()
        answers = [_answer_in(vocabulary, cell) for cell in distinct]
        means = {CONTENT: "ja", "": "nee"} if CONTENT in answers else {}
        ranks = [STRENGTH[means.get(answer, answer)] for answer in answers]
        strengths.append(np.array([*ranks, 0])[places])  # −1: missing
    strongest = np.array(ANSWERS, dtype=object)[np.maximum.reduce(strengths)]
    return pd.Series(strongest, columns[0].index, dtype="str")


def _answer_in(vocabulary: Vocabulary, cell: str) -> str:
    """`ja`, `nee` or `onbekend`, `UNREADABLE`, `CONTENT` of any other text, or empty."""
    text, words = word(cell), vocabulary.words("yes_no")
    if FORMULA_ERROR.fullmatch(cell):
        return UNREADABLE
    if not text or text in words:
        return words.get(text, "")
    parts = [plain(part) for part in re.findall(r"[\w.]+", cell)]
    is_denial = parts and DENIAL.fullmatch(parts[0]) and len(parts) <= LONGEST_DENIAL
    if not is_denial or any(map(TAKEN_BACK.fullmatch, parts)):
        return CONTENT if text.isalnum() else UNREADABLE
    beginnings = ("".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((words[text] for text in beginnings if text in words), "nee")
