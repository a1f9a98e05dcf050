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
    """Take a workbook apart; each sheet is a table.

    Where Excel's own table begins is the head, and the first row above it is the title; on a sheet
    without one the first row is the head.

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
            table = _sheet(match[1], root, strings, formats, _head_row(match[1], parts))
            document.tables.append(table)
    return document


def _head_row(sheet: str, parts: dict[str, ElementTree.Element]) -> int:
    """The row in which the table of a sheet begins; 0 when it has no table or more than one."""
    relations = parts.get(f"xl/worksheets/_rels/{sheet}.xml.rels")
    targets = (
        []
        if relations is None
        else [r.attrib["Target"] for r in children(relations, "Relationship")]
    )
    tables = [f"xl/tables/{name.rpartition('/')[2]}" for name in targets if "/tables/" in name]
    if len(tables) != 1:
        return 0
    return _place(parts[tables[0]].attrib.get("ref", "").partition(":")[0])[0]


def _sheet(
    name: str, root: ElementTree.Element, strings: list[str], formats: list[str], head_row: int
) -> Table:
    grid = {
        _place(cell.attrib.get("r", "")): _covered(cell, _value(cell, strings), formats)
        for cell in children(root, "c")
    }
    filled = sorted({row for row, _ in grid})
    above = [row for row in filled if row < head_row]
    caption = grid.get((above[0], 0), Cell("")).words if above else ""
    filled = filled[len(above) :]
    width = max((column for _, column in grid), default=-1) + 1
    rows = [tuple(grid.get((row, column), Cell("")) for column in range(width)) for row in filled]
    head = tuple(cell.words for cell in rows[0]) if rows else ()
    return Table(name, caption, head, tuple(rows[1:]))


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
