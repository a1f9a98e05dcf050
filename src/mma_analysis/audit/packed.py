"""The data package, read back: its tables are those of the annex, and all else follows."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from mma_analysis.audit.document import Document
from mma_analysis.audit.office import parts_in
from mma_analysis.audit.pages import json_object
from mma_analysis.audit.released import is_number
from mma_analysis.audit.tidy import in_one_form, public_tables
from mma_analysis.settings import Edition
from mma_analysis.storage import as_json
from mma_analysis.vocabulary.datapackage import (
    CSVW,
    DESCRIPTOR,
    EMPTY_BOX,
    WHY_EMPTY_COLUMN,
    PublicTable,
    csv_on_the_web,
    data_package,
)
from mma_analysis.vocabulary.released import CELL
from mma_analysis.vocabulary.value import Value, quoted

YES_AND_NO_OF_JSON = {"True": "true", "False": "false"}


def say_package(path: Path, document: Document, edition: Edition) -> None:
    """Write down what a data package says: each box has its cell, or its reason."""
    parts = parts_in(path, document)
    names_of = public_tables(document)
    tables = []
    for table, names in names_of.items():
        tables.append(PublicTable(table, [CELL, *names]))

    expected = [DESCRIPTOR, CSVW, *(table.path for table in tables)]
    if list(parts) != expected:
        document.fault("welke bestanden erin zitten", "unread")
        return
    _say_described(parts, tables, document, edition)
    for table in tables:
        names = names_of[table.name]
        _say_table(table, names, parts[table.path], document)


def _say_described(
    parts: Mapping[str, bytes],
    tables: Sequence[PublicTable],
    document: Document,
    edition: Edition,
) -> None:
    """What describes the tables follows from schema and settings, to the last byte.

    But for the sentence that it may not be sent yet: that is read as any other.
    """
    found = json_object(parts[DESCRIPTOR].decode(), document.file)
    status = str(found.get("status", ""))
    document.say(DESCRIPTOR, status)
    about = edition.about
    package = data_package(about, tables, edition.vocabulary, status)
    if parts[DESCRIPTOR] != as_json(package):
        document.fault(DESCRIPTOR, "unread")
    web = csv_on_the_web(about, tables, status)
    if parts[CSVW] != as_json(web):
        document.fault(CSVW, "unread")


def _say_table(
    table: PublicTable,
    names: Mapping[str, str],
    content: bytes,
    document: Document,
) -> None:
    """Every row of the released table stands there once, in its order."""
    lines = _lines_of(content)
    heads = [*table.columns, WHY_EMPTY_COLUMN.name]
    cells = list(document.released.rows(table.name))
    rows = lines[1:]
    found = []
    for row in rows:
        found.append(row[0])
    widths = set(map(len, lines))
    is_headed = lines[:1] == [heads]
    is_whole = widths == {len(heads)}
    is_ours = is_headed and is_whole
    if not is_ours or found != cells:
        document.fault(table.path, "unread")
        return
    for number, line in enumerate(rows, start=2):
        _say_row(f"{table.path}, regel {number}", names, line, document)


def _lines_of(content: bytes) -> list[list[str]]:
    """The lines of a table; none when its bytes are not as we write such lines."""
    source = content.decode("utf-8")
    lines = list(csv.reader(io.StringIO(source, newline="")))
    again = io.StringIO(newline="")
    csv.writer(again).writerows(lines)
    is_ours = source == again.getvalue() and all(lines)
    return lines if is_ours else []


def _say_row(
    place: str,
    names: Mapping[str, str],
    line: Sequence[str],
    document: Document,
) -> None:
    """Each box has the value of its cell; of each empty one stands why it is."""
    cell, *boxes, note = line
    empty = []
    for (column, name), box in zip(names.items(), boxes, strict=True):
        value = document.value(place, f"{quoted(cell)}#{name}")
        if value is None:
            continue
        if box == EMPTY_BOX:
            empty.append(column)
        if box != _for_programs(value):
            document.fault(f"{place}, kolom {column}", "cell")
    if note:
        _say_reasons(place, note, [cell, *empty], names, document)
    elif empty:
        document.fault(f"{place}, kolom {WHY_EMPTY_COLUMN.name}", "cell")


def _for_programs(value: Value) -> str:
    """How a package writes a value: a decimal point, yes and no as JSON has them."""
    written = in_one_form(value)
    if is_number(value.raw):
        return written.replace(",", ".")
    return YES_AND_NO_OF_JSON.get(written, written)


def _say_reasons(
    place: str,
    note: str,
    cell_and_empty: Sequence[str],
    names: Mapping[str, str],
    document: Document,
) -> None:
    """Write down why boxes are empty: of each that is, and of no other."""
    cell, *empty = cell_and_empty
    columns = []
    reasons = []
    for one in note.split("; "):
        column, _, why = one.partition(": ")
        columns.append(column)
        reasons.append(why)
    if columns != empty:
        document.fault(f"{place}, kolom {WHY_EMPTY_COLUMN.name}", "cell")
        return
    of_row = quoted(cell)
    for column, why in zip(columns, reasons, strict=True):
        name = names[column]
        document.say_cell(place, f"{of_row}#{name}", why)
