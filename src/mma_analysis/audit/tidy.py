"""The tidy file of the annex, read back: every row of every table, once, in one form."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mma_analysis.audit.document import Document
from mma_analysis.audit.released import SETTING, TYPED, is_number
from mma_analysis.vocabulary.reference import INDICATORS, headings
from mma_analysis.vocabulary.value import Value, is_bound, names_of_ends, quoted

TIDY_HEADS = ["cell", "column", "value", "text"]
BYTE_ORDER_MARK = "\ufeff"  # before all that a spreadsheet reads as UTF-8
BEGINS_NO_TABLE = (SETTING, TYPED)  # how lines begin that are of no table
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
LOOSE_SPACE = re.compile("^ |  | $")
WHOLE_FILE = "het hele bestand"
TidyLine = Sequence[str]


def say_tidy(path: Path, document: Document) -> None:
    """Write down the lines of a tidy file: a cell, a column, a value and how that reads."""
    lines = tidy_lines(path.read_bytes())
    are_whole = all(len(line) == len(TIDY_HEADS) for line in lines)
    if lines[:1] != [TIDY_HEADS] or not are_whole:
        document.fault(WHOLE_FILE, "unread")
        return
    of_tables = []
    beside = []
    for number, line in enumerate(lines[1:], start=2):
        place = f"regel {number}"
        if line[0].startswith(BEGINS_NO_TABLE):
            beside.append(line)
            _say_beside(place, line, document)
        else:
            of_tables.append((line[0], line[1]))
            _say_line(place, line, document)
    if of_tables != _expected(document):
        document.fault("welke regels er staan", "unread")
    if beside != sorted(beside) or lines[1 + len(of_tables) :] != beside:
        document.fault("de regels buiten de tabellen", "unread")


def tidy_lines(content: bytes) -> list[list[str]]:
    """The lines of a tidy file; none when its bytes are not as we write such lines."""
    source = content.decode("utf-8")
    text = source.removeprefix(BYTE_ORDER_MARK)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    again = io.StringIO(newline="")
    csv.writer(again, delimiter=";").writerows(lines)
    is_ours = source == BYTE_ORDER_MARK + again.getvalue()
    return lines if is_ours else []


def in_one_form(value: Value) -> str:
    """How a tidy file writes a value for a program; nothing when there is none."""
    raw: Any = value.raw
    if not value.shown or raw is None:
        return ""
    if is_number(raw):
        written = f"{int(raw)}" if raw == int(raw) else f"{raw}"
        return written.replace(".", ",")
    text = f"{raw}"
    looks_like_formula = text.lstrip(" ").startswith(FORMULA_SIGNS)
    return f"'{text}" if looks_like_formula else text


def _say_line(place: str, line: TidyLine, document: Document) -> None:
    cell, column, written, text = line
    name = f"{quoted(cell)}#{column}"
    value = document.value(place, name)
    if value is None:
        return
    has_loose_space = LOOSE_SPACE.search(text) is not None
    if written != in_one_form(value) or has_loose_space:
        document.fault(place, "cell")
    document.say_cell(place, name, text)


def _say_beside(place: str, line: TidyLine, document: Document) -> None:
    """A setting, or a number that an author typed, with its reason, as its page has it."""
    cell, column, written, text = line
    if cell.startswith(SETTING):
        if column:
            document.fault(place, "origin")
        document.say_cell(place, cell, written)
        document.say_cell(place, cell, text)
        return
    document.say_typed(place, cell.removeprefix(TYPED), written)
    if not column == written == text:
        document.fault(place, "cell")


def _expected(document: Document) -> list[tuple[str, str]]:
    """Every cell of a row and its column, of each table that the annex tells."""
    expected = []
    for table, names in public_tables(document).items():
        for cell in document.released.rows(table):
            expected += [(cell, name) for name in names.values()]
    return expected


def public_tables(document: Document) -> dict[str, dict[str, str]]:
    """Table → its columns that are told, and how pages call these; of those with rows."""
    tables = {}
    for about in INDICATORS:
        table = about["table"]
        if not about["sheet"] or about["scope"] == "own":
            continue
        try:
            rows = document.released.rows(table)
        except KeyError:  # this edition has no such table
            continue
        for row in rows.values():
            tables[table] = _told(table, tuple(row))
            break
    return tables


def _told(table: str, columns: tuple[str, ...]) -> dict[str, str]:
    """The columns of a table that are told → the names that pages give them."""
    ends = names_of_ends(table, columns)
    known = headings([table], columns)
    told = {}
    for column in columns:
        is_told = column in known or is_bound(column)
        if is_told and column != "cell":
            told[column] = ends.get(column, column)
    return told
