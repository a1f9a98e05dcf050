"""A workbook: every sheet, also a hidden one, and everything else that is in the file."""

import re
from pathlib import Path
from xml.etree import ElementTree

from mma_analysis.audit.collecting.documents import Cell, Document, Table
from mma_analysis.audit.collecting.formats import covers, formats_of
from mma_analysis.audit.collecting.parts import (
    all_text,
    children,
    local,
    note_everything,
    xml_parts,
)

HIDDEN = "·"
SHEET = re.compile(r"xl/worksheets/(sheet\d+)\.xml")


def open_workbook(path: Path, file: str) -> Document:
    """Take a workbook apart; each sheet is a table whose first row is its head.

    Raises
    ------
    MmaError
        When the file or a part of it is damaged.
    """
    document = Document(file)
    parts = dict(xml_parts(path, document))
    for name, root in parts.items():
        note_everything(name, root, document)
    shared = parts.get("xl/sharedStrings.xml")
    strings = [] if shared is None else [all_text(item) for item in children(shared, "si")]
    formats = formats_of(parts.get("xl/styles.xml"))
    for name, root in parts.items():
        if match := SHEET.fullmatch(name):
            document.tables.append(_sheet(match[1], root, strings, formats))
    return document


def _sheet(name: str, root: ElementTree.Element, strings: list[str], formats: list[str]) -> Table:
    grid = {
        _place(cell.attrib.get("r", "")): _covered(cell, _value(cell, strings), formats)
        for cell in children(root, "c")
    }
    filled = sorted({row for row, _ in grid})
    width = max((column for _, column in grid), default=-1) + 1
    rows = [tuple(grid.get((row, column), Cell("")) for column in range(width)) for row in filled]
    head = tuple(cell.words for cell in rows[0]) if rows else ()
    return Table(name, "", head, tuple(rows[1:]))


def _place(reference: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]*)(\d*)", reference).groups()  # pyright: ignore[reportOptionalMemberAccess]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits or 0), column - 1


def _covered(cell: ElementTree.Element, value: Cell, formats: list[str]) -> Cell:
    """A number that its format covers up stands beside what is shown instead."""
    style = int(cell.attrib.get("s", "0"))
    form = formats[style] if style < len(formats) else ""
    if cell.attrib.get("t", "n") == "n" and value.words and covers(form, float(value.words)):
        return Cell(HIDDEN, f"{value.words} {value.beside}")
    return value


def _value(cell: ElementTree.Element, strings: list[str]) -> Cell:
    """What a cell says; a formula stands beside its value."""
    kind = cell.attrib.get("t", "n")
    if kind == "inlineStr":
        return Cell(all_text(cell))
    values = {local(part.tag): part.text or "" for part in cell}
    words = values.get("v", "")
    if kind == "s" and words.isdigit() and int(words) < len(strings):
        words = strings[int(words)]
    return Cell(words.removesuffix(".0"), values.get("f", ""))
