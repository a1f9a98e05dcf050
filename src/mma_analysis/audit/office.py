"""Office files as things that are said: of each part, element and attribute it is one that we make.

A workbook is held against the list of markup; a Word document against the template it was made
from, of which it may differ in its words alone.
"""

import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from openpyxl.utils.cell import coordinate_to_tuple
from xlsxwriter.theme import THEME_XML_2007

from mma_analysis.audit.flat import Document, Kind, markup
from mma_analysis.vocabulary.value import quoted

LARGEST_PART = 64 * 1024 * 1024
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every part of ours
# Bytes of a zip: its end; and what each part takes beside its name, twice, and its content.
END, AROUND_PART = 22, 76
TEXTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml|docProps/core\.xml")
CORE, THEME = "docProps/core.xml", "xl/theme/theme1.xml"
NOTHING = Element("")
IN_CELL = ("v", "t")  # read with their cell, or as a string that cells share
PLACE = "Vindplaats"  # the column of the annex with the cell of each row
JINJA = re.compile(r"\{[{%#].*?[#%}]\}", re.S)
SPACE = ("t", "space", "preserve")
Parts = Mapping[str, bytes]


def say_workbook(path: Path, document: Document) -> None:
    """Write down what a workbook says: in Excel's own tables each number is of its row and head."""
    packed = _parts(path, document)
    parts = {name: _parsed(content) for name, content in packed.items() if name != THEME}
    if packed.get(THEME) != THEME_XML_2007.encode():
        document.fault("deel theme")
    for name, root in parts.items():
        if markup("xlsx")["part", "name"].fullmatch(name):
            _judge(re.sub(r"\d+", "#", name), root, document)
        else:  # its name may say too much
            document.fault("een deel van het bestand")
    strings = [_text(item) for item in parts.get("xl/sharedStrings.xml", NOTHING).iter("si")]
    sheets = [
        _sheet(one.get("name", ""), number, parts, strings)
        for number, one in enumerate(parts.get("xl/workbook.xml", NOTHING).iter("sheet"), start=1)
    ]
    sizes = {(sheet.name, str(bottom - top)) for sheet in sheets for top, bottom, _ in sheet.tables}
    for sheet in sheets:
        _say_sheet(sheet, sizes, document)
    if not {text for sheet in sheets for text, _ in sheet.grid.values()}.issuperset(strings):
        document.fault("een tekst die op geen tabblad staat", "unread")


def say_letter(path: Path, document: Document, templates: Sequence[Parts]) -> None:
    """Write down what a Word document says beside the one of `templates` that it is made of."""
    parts = _parts(path, document)
    for place in min((list(_differs(parts, of)) for of in templates), key=len):
        document.fault(place)
    for name in filter(TEXTS.fullmatch, parts):
        root = _parsed(parts[name])
        if name == CORE:
            _judge(name, root, document)
        for number, paragraph in enumerate(root.iter("p"), start=1):
            document.say(f"deel {name}, alinea {number}", _text(paragraph))


def _differs(parts: Parts, of: Parts) -> Iterator[str]:
    """Where a document is otherwise than a template, but for its words."""
    if parts.keys() != of.keys():
        yield "een deel van het bestand"
    for name in parts.keys() & of.keys() - {CORE}:  # that is judged by the list of markup
        if parts[name] != of[name] and not _shape(name, of[name]) >= _shape(name, parts[name]):
            yield f"deel {name}"


@lru_cache(maxsize=1_000)
def _shape(name: str, content: bytes) -> frozenset[tuple[str, ...]]:
    """All of a part, however its elements are written; without its words when it has those."""
    if not name.endswith((".xml", ".rels")):
        return frozenset([(content.hex(),)])
    if not TEXTS.fullmatch(name):
        return frozenset([(ElementTree.canonicalize(content.decode(), with_comments=True),)])
    found: set[tuple[str, ...]] = {SPACE}
    for element in _parsed(content).iter():
        tag = element.tag
        rests = ("" if tag == "t" else element.text, element.tail)
        rests = (JINJA.sub("", words or "").strip() for words in rests)
        found |= {(tag,), *((tag, "", rest) for rest in rests if rest)}
        found |= {(tag, name, value) for name, value in element.attrib.items()}
    return frozenset(found)


def templates_in(folder: Path) -> list[Parts]:
    """The parts of every Word template in a folder."""
    return [_read(path) for path in sorted(folder.glob("*.docx"))]


def texts_of(template: Path) -> list[str]:
    """What a Word template says, a text per paragraph."""
    roots = [_parsed(part) for name, part in _read(template).items() if TEXTS.fullmatch(name)]
    return [_text(one) for root in roots for one in root.iter("p")]


def _read(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _parts(path: Path, document: Document) -> Parts:
    """Every part by its name; bytes that are in none of them are a fault."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if any(part.file_size > LARGEST_PART for part in parts):
        raise ValueError("too large")
    found = _read(path)
    sizes = (AROUND_PART + 2 * len(p.filename.encode()) + p.compress_size for p in parts)
    if len(found) < len(parts) or path.stat().st_size != END + sum(sizes):
        document.fault("naast de delen van het bestand", "unread")
    if any(part.date_time != MOMENT for part in parts):
        document.fault("het tijdstip van een deel", "trace")
    return found


def _parsed(content: bytes) -> Element:
    """The elements of a part, by names without their namespace; comments have none."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.I):  # has no place in an office file
        raise ValueError("entities")
    builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    root = ElementTree.fromstring(content, ElementTree.XMLParser(target=builder))
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib = {_local(name): value for name, value in element.attrib.items()}
    return root


@lru_cache(maxsize=10_000)
def _local(name: object) -> str:
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _text(element: Element) -> str:
    return " ".join("".join(part.text or "" for part in element.iter("t")).split())


def _judge(part: str, root: Element, document: Document) -> None:
    """Hold each element, attribute and text of a part against the list of markup."""
    place, is_sheet = f"deel {part}", part.startswith("xl/")
    for element in root.iter():
        tag, words, values = element.tag, (element.text or "").strip(), [*element.attrib.items()]
        if words and not (is_sheet and tag in IN_CELL):
            values.append(("inhoud", words))
        document.judge("xlsx", place, tag, values)
        if (element.tail or "").strip():
            document.fault(place)


class _Sheet(NamedTuple):
    """A sheet: what is in each cell by row and column, and whether that is a text; its tables.

    Of a table its first row, which has the heads, its last row, and how many columns it has.
    """

    name: str
    grid: Mapping[tuple[int, int], tuple[str, bool]]
    tables: Sequence[tuple[int, int, int]]


def _sheet(name: str, nth: int, parts: Mapping[str, Element], strings: Sequence[str]) -> _Sheet:
    relations = parts.get(f"xl/worksheets/_rels/sheet{nth}.xml.rels", NOTHING).iter("Relationship")
    targets = (f"xl/tables/{one.get('Target', '').rpartition('/')[2]}" for one in relations)
    refs = [parts[target].get("ref", "") for target in targets if target in parts]
    ends = [[coordinate_to_tuple(end) for end in ref.split(":")] for ref in refs]
    grid = {}
    for cell in parts.get(f"xl/worksheets/sheet{nth}.xml", NOTHING).iter("c"):
        words, is_text = cell.findtext("v") or "", cell.get("t") == "s"
        words = strings[int(words)] if is_text else words.removesuffix(".0")
        grid[coordinate_to_tuple(cell.get("r", ""))] = (words, is_text)
    return _Sheet(name, grid, [(top, bottom, width) for (top, _), (bottom, width) in ends])


def _say_sheet(sheet: _Sheet, sizes: Collection[tuple[str, str]], document: Document) -> None:
    """Of a table with cells each number is said of its row and head; words stand in all others.

    Beside its tables a sheet has lines above them, in its first column, and those are words.
    """
    lowest = max((top for top, _, _ in sheet.tables), default=0)
    tables = {row: one for one in sheet.tables for row in range(one[0], one[1] + 1)}
    for (row, column), (words, is_text) in sorted(sheet.grid.items()):
        place = f"tabblad {sheet.name}, rij {row}"
        top, _, width = tables.get(row, (row, row, 0))
        first, head = (sheet.grid.get(at, ("", True))[0] for at in ((row, 1), (top, column)))
        if words and column > width and (column != 1 or row >= lowest or not is_text):
            document.fault(place)
        if row == top or sheet.grid.get((top, 1)) != (PLACE, True):
            if is_text or (first, words) not in sizes:
                document.say(place, words, Kind.WORDS if is_text else Kind.GIVEN)
        elif column > 1 and words:
            cells, kind = (f"{quoted(first)}#{quoted(head)}",), Kind.BESIDE if is_text else Kind.RAW
            document.say(f"{place}, kolom ‘{head}’", words, kind, cells)
