"""The gate: each number of a page is that of its cell, and what has no cell says no number."""

import base64
import binascii
import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis.audit import marks
from mma_analysis.audit.collecting.documents import Cell, Claim, Document, Table
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.released import NO_CELL, SETTING, Released
from mma_analysis.audit.returns import find_in_return, is_return
from mma_analysis.audit.wording import Wording
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.code_lists import derived
from mma_analysis.vocabulary.headings import headings
from mma_analysis.vocabulary.reference import INDICATORS
from mma_analysis.vocabulary.value import WORDS, Value, quoted, unquoted, value_of

TYPED = "vast|"  # a number that the author typed, and behind it what it is
DATA = re.compile(r"data:text/csv;base64,(.*)", re.S)
WIDE = re.compile(r"--deel:([\d.]+)%")  # how wide the bar in a cell is
DOT = "●"
WORD = ".docx"
KEYS = re.compile(r"[|#;=()+ ]")  # between the parts of an id
PLACE = "Vindplaats"  # the column of the annex with the cell of each row
TIDY = ("cell", "column", "value", "text")  # the heads of the annex for programs
NUMERIC = ("count", "rounded", "number", "share", "euro", "cents")
CLOSE = 1e-6


def is_gated(document: Document, pages: Collection[str]) -> bool:
    """Whether the numbers of a file say where they are from: those of `pages` do, and figures."""
    says = document.claims or document.figures or any(map(_has_place, document.tables))
    return bool(says) or document.file in pages


def word_files(documents: Sequence[Document]) -> set[str]:
    """The Word documents that say what a page beside them says, where each number has its cell."""
    pages = {document.file for document in documents if document.claims}
    names = (document.file.removesuffix(WORD) for document in documents)
    return {f"{name}{WORD}" for name in names if f"{name}.html" in pages}


def find_cells(
    documents: Sequence[Document], pages: Collection[str], edition: Edition, tables: Path
) -> Iterator[Finding]:
    """Find what is not as the released tables have it, in files that say from which cell it is.

    `pages` were made from a notebook, or are the Word form of a page; `tables` is the folder of the
    released tables. Everybody's files are compared with the public ones, those of a gemeente with
    what it may see.
    """
    wording = Wording(edition)
    readers = {owner: Released(edition, tables, owner) for owner in {d.owner for d in documents}}
    for document in documents:
        yield from _files(document)
        if is_gated(document, pages):
            yield from _in_page(document, readers[document.owner], wording)
            yield from _in_tables(document, edition.vocabulary, readers[document.owner])
        if is_return(document.file):
            of = readers[document.owner]
            yield from find_in_return(document, of, edition.vocabulary, wording)
        elif document.file in pages and document.file.endswith(WORD):
            yield from _beside_page(document, documents, wording)


def _in_page(document: Document, of: Released, wording: Wording) -> Iterator[Finding]:
    for claim in document.claims:
        yield from _claim(document.file, claim, of)
    if document.file.endswith(".html"):
        yield from _bare(document, wording)
        yield from _origins(document, wording)
        yield from _drawn(document, of, wording)


def _in_tables(document: Document, vocabulary: Vocabulary, of: Released) -> Iterator[Finding]:
    for table in document.tables:
        yield from _beside(document.file, table)
        if table.head == TIDY:
            yield from _tidy(document.file, table, of)
        elif _has_place(table):
            yield from _sheet(document.file, table, vocabulary, of)


def typed(documents: Sequence[Document]) -> Iterator[dict[str, str]]:
    """The numbers that an author typed: a person judges them, no table can."""
    for document in documents:
        for claim in document.claims:
            if claim.cell.startswith(TYPED):
                why = claim.cell.removeprefix(TYPED)
                yield {"file": document.file, "place": claim.place, "text": claim.words, "why": why}


def _beside_page(
    document: Document, documents: Sequence[Document], wording: Wording
) -> Iterator[Finding]:
    """What a Word document says in numbers, its page must say in the same words, with its cells."""
    page = document.file.removesuffix(WORD) + ".html"
    said = [text.words for other in documents if other.file == page for text in other.texts]
    for text in document.texts:
        is_judged = " part word/" in text.place and not any(text.words in whole for whole in said)
        for word in wording.faults(text.words) if is_judged and text.is_read else ():
            yield Finding(document.file, f"{text.place}: ‘{word}’", "bare")


# --- a value -------------------------------------------------------------------------------------


def _claim(file: str, claim: Claim, of: Released) -> Iterator[Finding]:
    if claim.cell.startswith(TYPED):
        if claim.state or claim.words != claim.value or not claim.cell.removeprefix(TYPED).strip():
            yield Finding(file, claim.place, "cell")
        return
    try:
        # An empty place can be of no cell at all.
        is_empty = claim.state and not claim.cell
        value = Value(None, state=claim.state) if is_empty else of.value(claim.cell)
        value = value.as_form(claim.form) if claim.form else value
    except NO_CELL:
        yield Finding(file, claim.place, "origin")
        return
    if not (_is_absent(claim, value) if claim.state else _is_told(claim, value)):
        yield Finding(file, claim.place, "cell")


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


# --- what has no cell ----------------------------------------------------------------------------


def _bare(document: Document, wording: Wording) -> Iterator[Finding]:
    """Numbers and comparisons beside the values; who hears a figure may hear its values."""
    said: dict[int, tuple[str, ...]] = {}
    for claim in document.claims:
        said[claim.figure] = (*said.get(claim.figure, ()), claim.words)
    for text in document.bare:
        also = said.get(text.figure, ()) if text.figure and "attribute" in text.place else ()
        if text.words in document.told:  # a list of contents says what a heading says
            continue
        for word in wording.faults(text.words, tuple(dict.fromkeys(filter(None, also)))):
            yield Finding(document.file, f"{text.place}: ‘{word}’", "bare")


def _origins(document: Document, wording: Wording) -> Iterator[Finding]:
    """Where numbers come from is said of numbers of the page, without a number of its own."""
    there = {claim.cell for claim in document.claims}
    there |= {name for figure in document.figures for name in figure.strings}
    for cell, said in document.origins.items():
        if cell not in there:
            yield Finding(document.file, "where numbers come from", "origin")
        # What tells a row apart may be a number or a day: it is not what is in it.
        keys = tuple(filter(None, (unquoted(key) for key in KEYS.split(cell))))
        for word in () if cell.startswith(TYPED) else wording.faults(said, keys):
            yield Finding(document.file, f"where numbers come from: ‘{word}’", "bare")


def _drawn(document: Document, of: Released, wording: Wording) -> Iterator[Finding]:
    for figure in document.figures:
        for where, word in marks.faults(figure, of.value, wording):
            place = f"{figure.place}, {where}"
            yield Finding(document.file, f"{place}: ‘{word}’" if word else place, "mark")


# --- tables, and the files that hold the same ----------------------------------------------------


def _beside(file: str, table: Table) -> Iterator[Finding]:
    """Bars and dots in cells, which say a number without a digit."""
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row, start=1):
            told = cell.claims[0].value if cell.claims and not cell.claims[0].state else ""
            wide, dots = WIDE.findall(cell.beside), cell.words.count(DOT)
            is_wide = [f"{float(told):.1%}"[:-1]] if wide and _is_float(told) else []
            if wide != is_wide or (dots and told != str(dots)):
                yield Finding(file, f"{table.place}, row {number}, column {column}", "cell")


def _is_float(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text))


def _files(document: Document) -> Iterator[Finding]:
    """Data files in links that do not hold what the table beside them holds."""
    for tag in document.tags:
        packed = DATA.fullmatch(tag.attributes.get("href", "")) if tag.name == "a" else None
        if packed is None:
            continue
        table = next((t for t in document.tables if tag.figure and t.figure == tag.figure), None)
        if table is None or not _is_same(_unpacked(packed[1]), table):
            yield Finding(document.file, tag.place, "file")


def _unpacked(packed: str) -> list[list[str]]:
    try:
        text = base64.b64decode(packed, validate=True).decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        return []
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def _is_same(lines: Sequence[Sequence[str]], table: Table) -> bool:
    if not lines or tuple(lines[0]) != table.head or len(lines) != len(table.rows) + 1:
        return False
    pairs = (zip_longest(*both, fillvalue=None) for both in zip(lines[1:], table.rows, strict=True))
    return all(_holds(text, cell) for row in pairs for text, cell in row)


def _holds(text: str | None, cell: Cell | None) -> bool:
    """Whether a line has in this place what the cell says, to the last digit."""
    if text is None or cell is None:
        return False
    claim = cell.claims[0] if cell.claims else None
    if claim is None or claim.state:
        return " ".join(text.split()) == cell.words or not re.search(r"\d", text)
    if _is_float(number := text.replace(",", ".")) and _is_float(claim.value):
        return abs(float(number) - float(claim.value)) <= CLOSE * max(1.0, abs(float(number)))
    return text in (claim.value, claim.words)


# --- the annex -----------------------------------------------------------------------------------


def _has_place(table: Table) -> bool:
    return table.head[:1] == (PLACE,) or table.head == TIDY


def _tidy(file: str, table: Table, of: Released) -> Iterator[Finding]:
    """Every line of a tidy file is what its cell says: the number, and how it reads."""
    for number, (place, column, value, text) in enumerate(table.rows, start=2):
        try:
            told = of.value(f"{quoted(place.words)}#{column.words}")
        except NO_CELL:
            yield Finding(file, f"line {number}", "origin")
            continue
        is_same = not told.shown and not re.search(r"\d", value.words + text.words)
        if told.shown and told.form not in WORDS:
            near = Value(round(float(told)), told.form) if told.form == "euro" else told
            is_same = _is_number_of(value.words.replace(",", "."), near) and text.words == " ".join(
                str(told).split()
            )
        elif told.shown:
            is_same = value.words == str(told.raw) or value.words == f"'{told.raw}"
        if not is_same:
            yield Finding(file, f"line {number}", "cell")


def _sheet(file: str, table: Table, vocabulary: Vocabulary, of: Released) -> Iterator[Finding]:
    """Every number of a sheet is that of the column of its row."""
    for number, row in enumerate(table.rows, start=1):
        place, name = f"{table.place}, row {number}", row[0].words.partition("|")[0]
        try:
            released = of.rows(name)[row[0].words]
        except LookupError:
            yield Finding(file, place, "origin")
            continue
        columns = _columns(vocabulary, name, tuple(released))
        for column, (head, cell) in enumerate(zip(table.head, row, strict=False), start=1):
            if head in columns and not _is_released(cell.words, released, *columns[head]):
                yield Finding(file, f"{place}, column {column}", "cell")


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
    told = round(float(value)) if form == "euro" else float(value)
    return abs(float(words) - told) <= max(CLOSE, 0.5 * (form == "euro"))
