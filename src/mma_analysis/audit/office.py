"""Office files: a zip of XML parts, of which each is a part, an element and a value that we make.

A workbook is held against the list of markup; a Word document against the template it was made
from, of which it may differ in its words alone.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from openpyxl.utils.cell import coordinate_to_tuple
from xlsxwriter.theme import THEME_XML_2007

from mma_analysis.audit.document import PLACE, Cell, Document, Table
from mma_analysis.vocabulary import DataError

LARGEST_PART = 64 * 1024 * 1024
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every part of ours
# Bytes of a zip: its end; and what each part takes beside its name, twice, and its content.
END, AROUND_PART = 22, 76
TEXTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml|docProps/core\.xml")
# Parts of a workbook; the words of some are no words of a sheet.
PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/(workbook|styles|sharedStrings|theme/theme1|tables/table\d+)\.xml"
    r"|xl/worksheets/(sheet\d+\.xml|_rels/sheet\d+\.xml\.rels)"
)
THEME, STRINGS = "xl/theme/theme1.xml", "xl/sharedStrings.xml"
OUR_THEME = THEME_XML_2007.encode()
NUMBERED = re.compile(r"\d+")
IN_CELL = ("v", "t")  # read with their cell, or as a string that cells share
JINJA = re.compile(r"\{[{%#].*?[#%}]\}", re.S)
SPACE = ("t", "space", "preserve")
Parts = Mapping[str, bytes]


def open_workbook(path: Path, file: str) -> Document:
    """Take a workbook apart: each of Excel's own tables is a table."""
    document = Document(file)
    parts = {name: _parsed(content, file) for name, content in _parts(path, document).items()}
    for name, root in parts.items():
        if not PARTS.fullmatch(name):  # its name may say too much
            document.fault("een deel van het bestand")
        elif name != THEME:
            _judge(NUMBERED.sub("#", name), root, document)
        elif ElementTree.tostring(root) != ElementTree.tostring(_parsed(OUR_THEME, file)):
            document.fault("deel theme")
    strings = [_text(item) for item in _all(parts.get(STRINGS), "si")]
    used: set[str] = set()
    for number, sheet in enumerate(_all(parts.get("xl/workbook.xml"), "sheet"), start=1):
        used |= _read_sheet(sheet.get("name", ""), number, parts, strings, document)
    if not used.issuperset(strings):
        document.fault("een tekst die op geen tabblad staat", "unread")
    return document


def open_letter(path: Path, file: str, templates: Sequence[Parts]) -> Document:
    """Take a Word document apart, and hold it against the one of `templates` that it is made of."""
    document = Document(file)
    parts = _parts(path, document)
    roots = {name: _parsed(part, file) for name, part in parts.items() if TEXTS.fullmatch(name)}
    for place in min((list(_differs(parts, of)) for of in templates), key=len):
        document.fault(place)
    for name, root in roots.items():
        if name.startswith("docProps"):
            _judge(name, root, document)
        for number, paragraph in enumerate(_all(root, "p"), start=1):
            document.say(f"deel {name}, alinea {number}", _text(paragraph))
    return document


def _differs(parts: Parts, of: Parts) -> Iterator[str]:
    """Where a document is otherwise than a template, but for its words."""
    if parts.keys() != of.keys():
        yield "een deel van het bestand"
    for name in parts.keys() & of.keys():
        if parts[name] != of[name] and not _shape(name, of[name]) >= _shape(name, parts[name]):
            yield f"deel {name}"


@lru_cache(maxsize=1_000)
def _shape(name: str, content: bytes) -> frozenset[tuple[str, ...]]:
    """All of a part, however its elements are written; without its words when it has those."""
    if name.startswith("docProps/core"):  # judged by the list of markup
        return frozenset()
    if not name.endswith((".xml", ".rels")):
        return frozenset([(content.hex(),)])
    if not TEXTS.fullmatch(name):
        return frozenset([(ElementTree.canonicalize(content.decode(), with_comments=True),)])
    found: set[tuple[str, ...]] = {SPACE}
    for element in _parsed(content, name).iter():
        tag = _local(element.tag)
        rests = ("" if tag == "t" else element.text, element.tail)
        rests = (JINJA.sub("", words or "").strip() for words in rests)
        found |= {(tag,), *((tag, "", rest) for rest in rests if rest)}
        found |= {(tag, _local(name), value) for name, value in element.attrib.items()}
    return frozenset(found)


def texts_of(template: Path) -> list[str]:
    """What a Word template says, a text per paragraph."""
    with zipfile.ZipFile(template) as archive:
        parts = [archive.read(name) for name in filter(TEXTS.fullmatch, archive.namelist())]
    return [_text(one) for part in parts for one in _all(_parsed(part, template.name), "p")]


def templates_in(folder: Path) -> list[Parts]:
    """The parts of every Word template in a folder."""
    found = []
    for path in sorted(folder.glob("*.docx")):
        with zipfile.ZipFile(path) as archive:
            found.append({name: archive.read(name) for name in archive.namelist()})
    return found


# --- the zip and its parts -----------------------------------------------------------------------


def _parts(path: Path, document: Document) -> Parts:
    """Every part by its name; bytes that are in none of them are a fault."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if any(part.file_size > LARGEST_PART for part in parts):
                raise DataError.of("cannot_examine", file=document.file)
            found = {part.filename: archive.read(part) for part in parts}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError.of("cannot_examine", file=document.file) from error
    sizes = (AROUND_PART + 2 * len(p.filename.encode()) + p.compress_size for p in parts)
    if len(found) < len(parts) or path.stat().st_size != END + sum(sizes):
        document.fault("naast de delen van het bestand", "unread")
    if any(part.date_time != MOMENT for part in parts):
        document.fault("het tijdstip van een deel", "trace")
    return found


def _parsed(content: bytes, file: str) -> Element:
    # An entity that is declared in the part itself has no place in an office file.
    builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    try:
        if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.I):
            raise ElementTree.ParseError("entities")
        return ElementTree.fromstring(content, ElementTree.XMLParser(target=builder))
    except ElementTree.ParseError as error:
        raise DataError.of("cannot_examine", file=file) from error


@lru_cache(maxsize=10_000)
def _local(name: object) -> str:
    """A name without its namespace; of a comment or an order to a program nothing."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _all(element: Element | None, name: str) -> list[Element]:
    every = () if element is None else element.iter()
    return [below for below in every if _local(below.tag) == name]


def _text(element: Element) -> str:
    return " ".join("".join(part.text or "" for part in _all(element, "t")).split())


def _judge(part: str, root: Element, document: Document) -> None:
    """Hold each element, attribute and text of a part against the list of markup."""
    place, is_sheet = f"deel {part}", part.startswith("xl/")
    for element in root.iter():
        tag = _local(element.tag)
        values = [(_local(name), value) for name, value in element.attrib.items()]
        words = (element.text or "").strip()
        if words and not (is_sheet and tag in IN_CELL):
            values.append((".", words))
        document.judge("xlsx", place, tag, values)
        if (element.tail or "").strip():
            document.fault(place)


# --- the sheets ----------------------------------------------------------------------------------


def _read_sheet(
    sheet: str, nth: int, parts: Mapping[str, Element], strings: list[str], document: Document
) -> set[str]:
    """Read the tables of a sheet, and what stands above them; gives every word in it."""
    relations = _all(parts.get(f"xl/worksheets/_rels/sheet{nth}.xml.rels"), "Relationship")
    names = (relation.get("Target", "").rpartition("/")[2] for relation in relations)
    refs = [
        parts[f"xl/tables/{name}"].get("ref", "") for name in names if f"xl/tables/{name}" in parts
    ]
    cells = _all(parts.get(f"xl/worksheets/sheet{nth}.xml"), "c")
    grid = {coordinate_to_tuple(cell.get("r", "")): _cell(cell, strings) for cell in cells}
    beside, lowest = {place for place, cell in grid.items() if cell.words}, 0
    for ref in refs:
        (top, first), (bottom, last) = map(coordinate_to_tuple, ref.split(":"))
        lowest, columns = max(lowest, top), range(first, last + 1)
        head, *rows = [
            tuple(grid.get((row, column), Cell("")) for column in columns)
            for row in range(top, bottom + 1)
        ]
        heads = tuple(cell.words for cell in head)
        for number, row in enumerate((head, *rows), start=top):
            # What tells a row apart may be a number or a day: it is not what is in it.
            keys = tuple(row[0].words.split("|")) if heads[0] == PLACE else ()
            for cell in row:
                if cell.style == "s" and cell.words != row[0].words:
                    document.say(f"tabblad {sheet}, rij {number}", cell.words, 0, "", keys)
        document.tables.append(Table(f"tabblad {sheet}", heads, tuple(rows), 0, sheet, top))
        beside -= {(row, column) for row in range(top, bottom + 1) for column in columns}
    # Beside its tables a sheet has lines above them, in its first column, and those are words.
    for row, column in sorted(beside):
        document.say(f"tabblad {sheet}, rij {row}", grid[row, column].words)
        if column != 1 or row >= lowest or grid[row, column].style != "s":
            document.fault(f"tabblad {sheet}, rij {row}")
    return {cell.words for cell in grid.values()}


def _cell(cell: Element, strings: list[str]) -> Cell:
    kind = cell.get("t", "n")
    words = next((part.text or "" for part in cell if _local(part.tag) == "v"), "")
    if kind == "s" and words.isdigit() and int(words) < len(strings):
        words = strings[int(words)]
    return Cell(words.removesuffix(".0"), kind)
