"""Each value of a file is that of its cell, and so is what stands beside it in another form."""

import base64
import binascii
import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import pandas as pd

from mma_analysis.audit import marks
from mma_analysis.audit.document import PLACE, Cell, Claim, Document, Table
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.pages import DATA_FILE
from mma_analysis.audit.released import NO_CELL, SETTING, Released
from mma_analysis.audit.wording import Wording
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.code_lists import derived
from mma_analysis.vocabulary.headings import headings
from mma_analysis.vocabulary.reference import INDICATORS
from mma_analysis.vocabulary.value import WORDS, Value, quoted, unquoted, value_of

TYPED = "vast|"  # a number that the author typed, and behind it what it is
WIDE = re.compile(r"--deel:([\d.]+)%")  # how wide the bar in a cell is
DOT = "●"
KEYS = re.compile(r"[|#;=()+ ]")  # between the parts of an id
TIDY = ("cell", "column", "value", "text")  # the heads of the annex for programs
CONTENTS, ROWS = "Inhoud", "Rijen"  # the sheet that says how many rows the others have
NUMERIC = ("count", "rounded", "number", "share", "euro", "cents")
CLOSE = 1e-6


def find_cells(document: Document, of: Released, wording: Wording) -> Iterator[Finding]:
    """Find what is not as the released tables of a file's reader have it."""
    for place, kind in _faults(document, of, wording):
        yield Finding(document.file, place, kind)


def typed(document: Document) -> Iterator[dict[str, str]]:
    """The numbers that an author typed: a person judges them, no table can."""
    for claim in document.claims:
        if claim.cell.startswith(TYPED):
            why = claim.cell.removeprefix(TYPED)
            yield {"file": document.file, "place": claim.place, "text": claim.words, "why": why}


def _faults(document: Document, of: Released, wording: Wording) -> Iterator[tuple[str, str]]:
    yield from filter(None, (_claim(claim, of) for claim in document.claims))
    yield from _origins(document, wording)
    for figure in document.figures:
        for where, _ in marks.faults(figure, of.value, wording):
            yield f"{figure.place}, {where}", "mark"
    for place, source, figure in document.files:
        if source.startswith(DATA_FILE):
            beside = [table for table in document.tables if table.figure == figure != 0]
            if not beside or not _is_same(_unpacked(source), beside[0], wording):
                yield place, "file"
    for table in document.tables:
        yield from _drawn_in_cells(table)
        if table.head == TIDY:
            yield from _tidy(table, of)
        elif table.sheet:
            yield from _sheet(table, document.tables, wording, of)


# --- a value -------------------------------------------------------------------------------------


def _claim(claim: Claim, of: Released) -> tuple[str, str] | None:
    if claim.cell.startswith(TYPED):
        is_said = claim.words == claim.value and claim.cell.removeprefix(TYPED).strip()
        return None if is_said and not claim.state else (claim.place, "cell")
    try:
        # An empty place can be of no cell at all.
        is_empty = claim.state and not claim.cell
        value = Value(None, state=claim.state) if is_empty else of.value(claim.cell)
        value = value.as_form(claim.form) if claim.form else value
    except NO_CELL:
        return claim.place, "origin"
    is_so = _is_absent(claim, value) if claim.state else _is_told(claim, value)
    return None if is_so else (claim.place, "cell")


def _is_absent(claim: Claim, value: Value) -> bool:
    """Whether there is nothing there, for that reason; and what stands there says no number."""
    signs = {"", value.sign, str(value), f"{value.sign}{value}"}
    return not value.shown and value.state == claim.state and claim.words in signs


def _is_told(claim: Claim, value: Value) -> bool:
    if claim.cell.startswith(SETTING):  # an author may write a day as a month
        return claim.words in marks.written([value]) and _is_number_of(claim.value, value)
    ways = {" ".join(way.split()) for way in (str(value), value.sign)} if value.shown else set()
    return claim.words in ways and _is_number_of(claim.value, value)


def _is_number_of(text: str, value: Value) -> bool:
    try:
        return abs(float(text) - float(value)) <= CLOSE * max(1.0, abs(float(value)))
    except (TypeError, ValueError):  # a day or a code
        return text == str(value.raw)


def _origins(document: Document, wording: Wording) -> Iterator[tuple[str, str]]:
    """Where numbers come from is said of numbers of the page, without a number of its own."""
    there = {claim.cell for claim in document.claims}
    there |= {name for figure in document.figures for name in figure.strings}
    for cell, said in document.origins.items():
        # What tells a row apart may be a number or a day: it is not what is in it.
        keys = tuple(filter(None, (unquoted(key) for key in KEYS.split(cell))))
        if cell not in there:
            yield "waar getallen vandaan komen", "origin"
        elif not cell.startswith(TYPED) and wording.faults(said, keys):
            yield "waar getallen vandaan komen", "bare"


# --- tables of pages, and the files that hold the same -------------------------------------------


def _drawn_in_cells(table: Table) -> Iterator[tuple[str, str]]:
    """Bars and dots in cells, which say a number without a digit."""
    for number, row in enumerate(table.rows, start=1):
        for cell in row:
            value = cell.claims[0].value if cell.claims and not cell.claims[0].state else ""
            wide, dots = WIDE.findall(cell.style), cell.words.count(DOT)
            is_wide = [f"{float(value):.1%}"[:-1]] if wide and _is_float(value) else []
            if wide != is_wide or (dots and value != str(dots)):
                yield f"{table.place}, rij {number}", "cell"


def _is_float(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text))


def _unpacked(source: str) -> list[list[str]]:
    try:
        packed = base64.b64decode(source.removeprefix(DATA_FILE), validate=True)
        return list(csv.reader(io.StringIO(packed.decode("utf-8-sig")), delimiter=";"))
    except (binascii.Error, UnicodeDecodeError):
        return []


def _is_same(lines: Sequence[Sequence[str]], table: Table, wording: Wording) -> bool:
    if not lines or tuple(lines[0]) != table.head or len(lines) != len(table.rows) + 1:
        return False
    pairs = (zip_longest(*both, fillvalue=None) for both in zip(lines[1:], table.rows, strict=True))
    return all(_holds(text, cell, wording) for row in pairs for text, cell in row)


def _holds(text: str | None, cell: Cell | None, wording: Wording) -> bool:
    """Whether a line has in this place what the cell says, to the last digit."""
    if text is None or cell is None:
        return False
    claim = cell.claims[0] if cell.claims else None
    if claim is None or claim.state:
        words = " ".join(text.split())
        return words == cell.words or not wording.faults(words)
    if _is_float(number := text.replace(",", ".")) and _is_float(claim.value):
        return abs(float(number) - float(claim.value)) <= CLOSE * max(1.0, abs(float(number)))
    return text in (claim.value, claim.words)


# --- the annex -----------------------------------------------------------------------------------


def _tidy(table: Table, of: Released) -> Iterator[tuple[str, str]]:
    """Every line of a tidy file is what its cell says: the number, and how it reads."""
    for number, (place, column, value, text) in enumerate(table.rows, start=2):
        try:
            released = of.value(f"{quoted(place.words)}#{column.words}")
        except NO_CELL:
            yield f"regel {number}", "origin"
            continue
        is_same = not released.shown and not re.search(r"\d", value.words + text.words)
        if released.shown and released.form not in WORDS:
            is_euro = released.form == "euro"
            near = Value(round(float(released)), released.form) if is_euro else released
            is_number = _is_number_of(value.words.replace(",", "."), near)
            is_same = is_number and text.words == " ".join(str(released).split())
        elif released.shown:
            is_same = value.words in (str(released.raw), f"'{released.raw}")
        if not is_same:
            yield f"regel {number}", "cell"


def _sheet(
    table: Table, tables: Sequence[Table], wording: Wording, of: Released
) -> Iterator[tuple[str, str]]:
    """Every number of a sheet is that of its row and column; without rows that name a cell, none.

    But for how many rows the other sheets have.
    """
    for number, row in enumerate(table.rows, start=table.top + 1):
        place = f"{table.place}, rij {number}"
        if table.head[:1] != (PLACE,):
            for head, cell in zip(table.head, row, strict=False):
                is_given = cell.words in wording.given or _is_size(table, head, row, tables)
                if cell.style != "s" and cell.words and not is_given:
                    yield place, "cell"
            continue
        name = row[0].words.partition("|")[0]
        try:
            released = of.rows(name)[row[0].words]
        except LookupError:
            yield place, "origin"
            continue
        columns = _columns(wording.vocabulary, name, tuple(released))
        keys = tuple(map(str, row[0].words.split("|")))
        for head, cell in zip(table.head, row, strict=False):
            if head in columns and not _is_released(cell.words, released, *columns[head]):
                yield f"{place}, kolom ‘{head}’", "cell"
            elif cell.style != "s" and head not in columns and not _is_day(cell.words, released):
                yield place, "cell"
            elif cell.style == "s" and head not in (PLACE, *columns):
                yield from ((place, kind) for kind, _ in wording.faults(cell.words, keys))


def _is_size(table: Table, head: str, row: Sequence[Cell], tables: Sequence[Table]) -> bool:
    sizes = {str(len(other.rows)) for other in tables if other.sheet == row[0].words}
    return table.sheet == CONTENTS and head == ROWS and row[-1].words in sizes


def _is_day(words: str, row: dict[str, Any]) -> bool:
    """Whether a number of days since 1900 is a day of the row."""
    days = (value for value in row.values() if isinstance(value, pd.Timestamp))
    return not words or words in {str((day - pd.Timestamp(1899, 12, 30)).days) for day in days}


@derived
def _columns(
    vocabulary: Vocabulary, table: str, names: tuple[str, ...]
) -> dict[str, tuple[str, str]]:
    """Head of a sheet → its column of numbers and the form of that."""
    own = (table, *(row["code"] for row in INDICATORS if row["table"] == table))
    found = headings(vocabulary.reference("labels"), own, names)
    return {row["nl"]: (name, row["form"]) for name, row in found.items() if row["form"] in NUMERIC}


def _is_released(words: str, row: dict[str, Any], column: str, form: str) -> bool:
    value = row[column]
    if not _is_float(words):
        is_absent = not value_of(row, column).shown or math.isinf(value)
        return is_absent and not re.search(r"\d", words)
    if pd.isna(value):
        return False
    released = round(float(value)) if form == "euro" else float(value)
    return abs(float(words) - released) <= max(CLOSE, 0.5 * (form == "euro"))
