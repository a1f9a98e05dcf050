"""A text document: body, headers, footers, notes, comments and properties."""

import re
from pathlib import Path
from xml.etree import ElementTree

from mma_analysis.audit.collecting.documents import Cell, Document, Table, Text
from mma_analysis.audit.collecting.parts import (
    can_be_read,
    children,
    local,
    note_everything,
    xml_parts,
)

COLOUR = re.compile("[0-9A-Fa-f]{6}")
DEFAULT = "Normal"  # the style of what names none


def open_letter(path: Path, file: str) -> Document:
    """Take a text document apart: paragraphs whole, tables with title, first row as head."""
    document = Document(file)
    parts = dict(xml_parts(path, document))
    document.unseen += _covered_styles(parts)
    for name, root in parts.items():
        note_everything(name, root, document)
        paragraphs = children(root, "p")
        for number, paragraph in enumerate(paragraphs, start=1):
            # A word may be cut over several runs, each a text of its own.
            if words := _words(paragraph):
                document.texts.append(Text(f"paragraph {number} of part {name}", words))
        for table in children(root, "tbl"):
            document.tables.append(_table(f"table {len(document.tables) + 1}", table))
    return document


def _covered_styles(parts: dict[str, ElementTree.Element]) -> list[str]:
    """The parts of which a style that is used has letters that cannot be read on paper."""
    used = {
        value
        for root in parts.values()
        for name in ("pStyle", "rStyle", "tblStyle")
        for below in children(root, name)
        for value in below.attrib.values()
    }
    return [
        f"a style in part {name}"
        for name, root in parts.items()
        for style in children(root, "style")
        if used.intersection(style.attrib.values()) or DEFAULT in style.attrib.values()
        for colour in children(style, "color")
        for value in colour.attrib.values()
        if COLOUR.fullmatch(value) and not can_be_read(value)
    ]


def _table(place: str, table: ElementTree.Element) -> Table:
    rows = [
        tuple(Cell(_words(cell)) for cell in children(row, "tc")) for row in children(table, "tr")
    ]
    head = tuple(cell.words for cell in rows[0]) if rows else ()
    return Table(place, _title(table), head, tuple(rows[1:]))


def _title(table: ElementTree.Element) -> str:
    """What a table is called for who cannot see it."""
    told = [value for below in children(table, "tblCaption") for value in below.attrib.values()]
    return " ".join(told)


def _words(element: ElementTree.Element) -> str:
    pieces = [part.text or "" for part in element.iter() if local(part.tag) in ("t", "delText")]
    return " ".join("".join(pieces).split())
