"""A delivered registration → one table of text in our fields, without free text."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from mma_analysis.read import chosen, headers, rows
from mma_analysis.read.asked import check_headers
from mma_analysis.read.grid import FORMULA_ERROR, Grid, is_number_of_m
from mma_analysis.read.grids import open_grids
from mma_analysis.read.headers import (
    BY_MARK,
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
    message,
    schema,
)
from mma_analysis.vocabulary.days import begins_with_a_day
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import (
    DATES,
    RAW_MELDINGEN,
    REDUCED,
    UNREADABLE,
    Delivery,
)
from mma_analysis.vocabulary.text import plain, word

# A word of a list is short: what is longer is text that was typed in the wrong column.
LONGEST_WORD = 60
POSTCODE = re.compile(r"\D*(\d{4})(?!\d)")
TELLS_GEMEENTE = ("gemeente", "postcode", "place")
# What a table has of each row besides its fields.
WITHDRAWN_COLUMNS = ("withdrawn", "struck")
OF_A_ROW = (*schema.SOURCE, "shifted", *WITHDRAWN_COLUMNS)


def read_delivery(edition: Edition, file: str) -> Delivery:
    """Read every data row of a delivered file; what a melding says does not come along.

    Free text and columns without a header are not read. Where, when, who and which vehicle
    are reduced to `ja` or `nee`, a postcode to its four digits, any other cell to 60
    characters. Each sheet has its own header; one that has none and holds no dates is a
    cover sheet.
    """
    path = edition.folder / PurePosixPath(file)
    return delivery_in(edition, file, open_grids(path, file))


def delivery_in(edition: Edition, file: str, sheets: list[Grid]) -> Delivery:
    """The same of sheets that were opened already, or that a program made."""
    senders = edition.deliveries()[file]
    words = HeaderWords(edition, senders)
    grids = _chosen_grids(edition, file, senders, sheets)
    shown = [grid for grid in grids if not grid.hidden]
    registrations = _registrations(words, shown)
    check_headers(registrations)

    read = [one.grid for one in registrations]
    unread = [grid for grid in grids if all(grid is not one for one in read)]
    rows.refuse_unread_sheets(words, unread, read)
    if not registrations:
        raise _no_registration(words, file, grids)

    notes = [note for one in registrations for note in one.notes]
    tables: list[pd.DataFrame] = []
    asked: list[str] = []
    second_tables: list[str] = []
    choices = chosen.of_sheets(sheets, grids)
    for one in registrations:
        kinds = rows.row_kinds(one)
        notes += rows.refuse_meldingen_around(one, kinds)
        second = rows.second_table(one, kinds)
        if second:
            second_tables.append(second)
        withdrawn = rows.withdrawn_rows(one, kinds)
        table = _sheet_table(one, kinds)
        do_count = _withdrawn_count(edition, senders)
        if do_count is False:
            table = _with_withdrawn(one, table, withdrawn)
        tables.append(table)
        choices += chosen.of_columns(one, kinds)
        if withdrawn:
            choices += chosen.of_withdrawn(one, withdrawn, do_count is True)
            asked.append(f"{one.grid.place}, {rows.rows_listed(withdrawn)}")
    if asked and _withdrawn_count(edition, senders) is None:
        raise DataError.of(
            "withdrawn",
            places="; ".join(asked),
            settings=SETTINGS_FILE,
            slug=senders[0],
        )

    named = _headers_of_targets(registrations)
    tells_gemeente = any(field in named for field in TELLS_GEMEENTE)
    if len(senders) > 1 and not tells_gemeente:
        raise DataError.of("no_gemeente", file=file, senders=", ".join(senders))

    table = pd.concat(tables, ignore_index=True)
    return Delivery(
        file,
        senders,
        headers=named,
        rows=_minimised(edition.vocabulary, table),
        unread=tuple(notes),
        second_tables=tuple(second_tables),
        choices=tuple(dict.fromkeys(choices)),
        has_withdrawn=bool(asked),
    )


def _withdrawn_count(edition: Edition, senders: Sequence[str]) -> bool | None:
    """Whether withdrawn rows count, by the settings of the first sender that says so."""
    for slug in senders:
        said = edition.gemeente(slug).vervallen_telt
        if said is not None:
            return said
    return None


def _with_withdrawn(
    one: Registration,
    table: pd.DataFrame,
    withdrawn: Sequence[int],
) -> pd.DataFrame:
    """The rows of a sheet, with which are `withdrawn`, and which of these are `struck`."""
    if not withdrawn:
        return table
    row_numbers = [at + 1 for at in withdrawn]
    of_struck = [at + 1 for at in withdrawn if at in one.grid.struck]
    is_withdrawn = table["source_row"].isin(row_numbers)
    is_struck = table["source_row"].isin(of_struck)
    return table.assign(withdrawn=is_withdrawn, struck=is_struck)


def _chosen_grids(
    edition: Edition,
    file: str,
    senders: Sequence[str],
    grids: list[Grid],
) -> list[Grid]:
    """The sheets of a file that its senders name, or all."""
    sheets: list[str] = []
    for slug in senders:
        sheets += edition.gemeente(slug).blad
    names = [grid.sheet for grid in grids]
    is_text = names == [""]
    if not sheets or is_text:
        return grids

    missing: list[str] = []
    for sheet in dict.fromkeys(sheets):
        if sheet not in names:
            said = message(
                "no_such_sheet",
                settings=SETTINGS_FILE,
                sheet=sheet,
                file=file,
                near=did_you_mean(sheet, names),
            )
            missing.append(said)
    if missing:
        raise UsageError("\n".join(missing))
    # Who names a hidden sheet has seen it.
    return [replace(grid, hidden=False) for grid in grids if grid.sheet in sheets]


def _registrations(words: HeaderWords, grids: list[Grid]) -> list[Registration]:
    """The sheets with headers and meldingen: no list of choices, and no table of totals."""
    headed: list[Registration] = []
    for grid in grids:
        found = headers.find_registration(words, grid)
        if found is not None:
            headed.append(found)
    with_meldingen = [one for one in headed if _may_have_meldingen(one)]
    return with_meldingen or headed[:1]


def _may_have_meldingen(one: Registration) -> bool:
    """Whether a header is of the day of receipt, or below it is a day or a number of M."""
    if "received_on" in one.targets:
        return True
    for row in one.grid.rows[one.first :]:
        if any(begins_with_a_day(cell) or is_number_of_m(cell) for cell in row):
            return True
    return False


def _no_registration(words: HeaderWords, file: str, grids: list[Grid]) -> DataError:
    """That no sheet has headers, and what to do about it."""
    widths = [len(row) - row.count("") for grid in grids for row in grid.rows]
    if max(widths, default=0) < 2:
        return DataError.of("one_column", file=file)
    block = f"[gemeenten.{words.sender}.kolommen] in {SETTINGS_FILE}"
    return DataError.of("no_header", file=file, rows=ROWS_TO_SEARCH, block=block)


def _headers_of_targets(registrations: Sequence[Registration]) -> dict[str, str]:
    """What columns are → their headers, each once, on whichever sheet they stand."""
    columns = [column for one in registrations for column in one.columns]
    named: dict[str, str] = {}
    for target in headers.TARGETS:
        same = [column.header for column in columns if column.target == target]
        if not same:
            continue
        field = headers.BY_MARK.get(target, target)
        if field in named:
            same.insert(0, named[field])
        named[field] = " / ".join(dict.fromkeys(same))
    return named


def _minimised(vocabulary: Vocabulary, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `_sheet_table` in our fields, the reduced ones as `ja` or `nee`."""
    columns: dict[str, list[pd.Series]] = {field: [] for field in RAW_MELDINGEN}
    of_a_row = [name for name in OF_A_ROW if name in table]
    named = table.columns.difference(of_a_row, sort=False)
    for name in named:
        field, *_ = name.split(" ")
        columns[field].append(table[name])

    fields: dict[str, pd.Series] = {}
    for field, same in columns.items():
        if same and field in REDUCED:
            fields[field] = reduce_to_presence(vocabulary, same)
        elif same:
            fields[field] = same[0].fillna("")
    for name in of_a_row:
        fields[name] = table[name]
    for name in WITHDRAWN_COLUMNS:
        if name in fields:  # missing on a sheet without such rows
            fields[name] = fields[name].eq(True)
    return pd.DataFrame(fields)


# --- one sheet as a table -----------------------------------------------------------------


def _sheet_table(one: Registration, kinds: dict[int, str]) -> pd.DataFrame:
    """One row per data row of a sheet, a text column per header that is kept."""
    data = _data_rows(one.grid, kinds)
    is_shifted = [kinds[at] == SHIFTED for at in data]
    # Of a row with more cells than headers no cell is read.
    kept = [[] if kinds[at] == SHIFTED else row for at, row in data.items()]
    cells = _named_columns(one, kept)

    texts = {name: _kept(name, column) for name, column in cells.items()}
    row_numbers = [at + 1 for at in data]
    return pd.DataFrame(texts, dtype="str").assign(
        source_file=one.grid.file,
        source_sheet=one.grid.sheet,
        source_row=pd.Series(row_numbers, dtype="int64"),
        shifted=pd.Series(is_shifted, dtype="bool"),
    )


def _data_rows(grid: Grid, kinds: dict[int, str]) -> dict[int, list[str]]:
    """Index of each data row → its cells.

    What was merged downwards stands in each data row that it covers; an empty one stays
    empty.
    """
    data = {at: grid.rows[at] for at, kind in kinds.items() if kind in (DATA, SHIFTED)}
    for column, first, last in grid.merged:
        if first not in data or column >= len(data[first]):
            continue
        text = grid.rows[first][column]
        if not text:
            continue

        last_of_sheet = min(last, len(grid.rows) - 1)
        for at in range(first + 1, last_of_sheet + 1):
            if at in data and column < len(data[at]):
                row = list(data[at])
                row[column] = text
                data[at] = row
    return data


def _named_columns(one: Registration, rows: list[list[str]]) -> dict[str, Sequence[str]]:
    """The columns of these rows that are kept, by their fields.

    A reduced field may have more columns, and a space and its header behind its name.
    """
    columns = list(zip_longest(*rows, fillvalue=""))
    nothing = ("",) * len(rows)
    named: dict[str, Sequence[str]] = {}
    instead: list[Sequence[str]] = []
    marked: dict[str, list[tuple[str, Sequence[str]]]] = {}
    for column in one.columns:
        target = column.target
        if target in LEFT_OUT:
            continue

        cells = columns[column.index] if column.index < len(columns) else nothing
        if target == TOPIC_ELSE:
            instead.append(cells)
        elif target in BY_MARK:
            same = marked.setdefault(BY_MARK[target], [])
            same.append((column.header, cells))
        elif target in REDUCED:
            named[_new_name(f"{target} {plain(column.header)}", named)] = cells
        elif target in DATES and one.grid.from_1904:
            named[target] = [in_our_calendar(cell) for cell in cells]
        else:
            named[target] = cells

    for field, same in marked.items():
        said = _headers_marked(same)
        before = named.get(field, nothing)
        pairs = zip(before, said, strict=True)
        named[field] = [cell or header for cell, header in pairs]

    for others in instead:
        topics = named.get("topic", others)
        pairs = zip(topics, others, strict=True)
        named["topic"] = [topic if plain(topic) else other for topic, other in pairs]
    return named


def _headers_marked(columns: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """The headers of each row that have something below them, as several topics are."""
    rows: list[list[str]] = [[] for _ in columns[0][1]]
    for header, cells in columns:
        for marked, cell in zip(rows, cells, strict=True):
            if cell:
                marked.append(header)
    return [" / ".join(marked) for marked in rows]


def _new_name(name: str, names: Collection[str]) -> str:
    """The name, or a longer one when it is there already.

    The same header on two sheets is one column; one that stands twice on a sheet is two.
    """
    while name in names:
        name += "+"
    return name


def _kept(name: str, cells: Sequence[str]) -> Sequence[str]:
    """What is kept of each cell of a column: the digits of a postcode, or how it begins."""
    if name.startswith(REDUCED):
        return cells
    kept: dict[str, str] = {}
    for cell in set(cells):
        if FORMULA_ERROR.fullmatch(cell):
            # It is not known whether the cell says anything.
            kept[cell] = UNREADABLE
        elif name == "postcode":
            digits = POSTCODE.match(cell)
            kept[cell] = digits[1] if digits else ""
        elif len(cell) > LONGEST_WORD:
            kept[cell] = cell[:LONGEST_WORD]
    return [kept.get(cell, cell) for cell in cells] if kept else cells


# --- whether a column says something ------------------------------------------------------


# `nee, niet genoemd` and `geen kenteken`: a text that begins so, is short and takes nothing
# back.
DENIAL = form("denial")
TAKEN_BACK = form("taken_back")
LONGEST_DENIAL = 6
# Of several columns the one that says most counts.
ANSWERS = ("", "nee", UNREADABLE, "ja")
STRENGTH = {UNKNOWN: 0, "": 0, "nee": 1, UNREADABLE: 2, "ja": 3}
WHOLE_CONTENT = "content"


def reduce_to_presence(vocabulary: Vocabulary, columns: Sequence[pd.Series]) -> pd.Series:
    """`ja` when one of these columns has it, `nee` when none of those that say so has it.

    Else empty; or `UNREADABLE`, when one holds an error of a formula, or a sign that means
    neither. A missing value, of a sheet without that column, says nothing; nor does an
    empty cell among only yes and no, but among other cells it is a `nee`.
    """
    strengths: list[np.ndarray] = []
    for column in columns:
        places, distinct = column.array.factorize()
        answers = [_answer_in(vocabulary, cell) for cell in distinct]
        if WHOLE_CONTENT in answers:
            means = {WHOLE_CONTENT: "ja", "": "nee"}
            answers = [means.get(answer, answer) for answer in answers]

        ranks = [STRENGTH[answer] for answer in answers]
        ranks.append(0)  # the last one, as the place of a missing value is −1
        strengths.append(np.array(ranks)[places])

    strongest = np.maximum.reduce(strengths)
    answers = np.array(ANSWERS, dtype=object)[strongest]
    return pd.Series(answers, columns[0].index, dtype="str")


def _answer_in(vocabulary: Vocabulary, cell: str) -> str:
    """`ja`, `nee`, `onbekend`, `UNREADABLE`, `WHOLE_CONTENT` of other text, or empty."""
    if FORMULA_ERROR.fullmatch(cell):
        return UNREADABLE
    text = word(cell)
    meanings = vocabulary.words("yes_no")
    if not text or text in meanings:
        return meanings.get(text, "")

    parts = [plain(part) for part in re.findall(r"[\w.]+", cell)]
    if not _is_denial(parts):
        return WHOLE_CONTENT if text.isalnum() else UNREADABLE
    for length in range(len(parts), 0, -1):
        beginning = "".join(parts[:length])
        if beginning in meanings:
            return meanings[beginning]
    return "nee"


def _is_denial(parts: Sequence[str]) -> bool:
    """Whether these words say no: they begin so, are few, and take nothing back."""
    if not parts or len(parts) > LONGEST_DENIAL:
        return False
    is_taken_back = any(TAKEN_BACK.fullmatch(part) for part in parts)
    return DENIAL.fullmatch(parts[0]) is not None and not is_taken_back
