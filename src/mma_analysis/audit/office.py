"""An office file, read back: of each part, element and attribute it is one that we make.

A workbook is held against the list of markup; a Word document against the template it was made
from, of which it may differ in its words alone.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from string import digits
from typing import Any

import lxml.etree
from xlsxwriter.theme import THEME_XML_2007

from mma_analysis.audit.document import Document, markup
from mma_analysis.audit.wording import TEXTS
from mma_analysis.vocabulary.value import quoted

LARGEST_PART = 64 * 1024 * 1024
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every part of ours
# Bytes of a zip: its end; and what each part takes beside its name, twice, and its content.
END, AROUND_PART = 22, 76
CORE, THEME = "docProps/core.xml", "xl/theme/theme1.xml"
IN_CELL = ("v", "t")  # read with their cell, or as a string that cells share
PLACE = ("Vindplaats", True)  # the column of the annex with the cell of each row
JINJA = re.compile(r"\{[{%#].*?[#%}]\}", re.S)
Parts = Mapping[str, bytes]
Element = Any  # lxml gives its own no type
Cells = dict[str, tuple[str, bool]]  # column → what is in it, and whether that is a text


def say_workbook(path: Path, document: Document) -> None:
    """Write down what a workbook says: of a table with cells each number is of its row and head."""
    packed = _parts(path, document)
    if packed.get(THEME) != THEME_XML_2007.encode():
        document.fault("deel theme")
    parts = {name: _parsed(content) for name, content in packed.items() if name != THEME}
    for name, root in parts.items():
        if markup("xlsx")["part", "name"].fullmatch(name):
            _judge(re.sub(r"\d+", "#", name), root, document)
        else:  # its name may say too much
            document.fault("een deel van het bestand")
    strings = [_text(item) for item in parts["xl/sharedStrings.xml"].iter("si")]
    names = [sheet.get("name", "") for sheet in parts["xl/workbook.xml"].iter("sheet")]
    paths = (f"xl/worksheets/sheet{nth}.xml" for nth, _ in enumerate(names, start=1))
    rows = [
        (name, *row)
        for name, path in zip(names, paths, strict=True)
        for row in _rows(parts[path], strings)
    ]
    lengths = Counter((name, top) for name, _, top, _, _ in rows if top)
    # The list of contents says of each sheet how many rows its tables have.
    sizes = {(name, f"{length}") for (name, _), length in lengths.items()}
    for name, number, top, heads, cells in rows:
        first, place = cells.get("A", ("", False))[0], f"tabblad {name}, rij {number}"
        cell = quoted(first)
        for column, (words, is_text) in cells.items():
            if heads.get("A") == PLACE and column == "A":
                document.value(place, f"{cell}#cell", is_said=False)
            elif heads.get("A") == PLACE:
                head = heads.get(column, ("", True))[0]
                say = document.say_beside if is_text else document.say_raw
                say(f"{place}, kolom ‘{head}’", words, f"{cell}#{quoted(head)}")
            elif is_text and (top or column == "A" or len(cells) > 1):
                document.say(place, words)
            elif is_text or not top:
                document.fault(place)
            elif (first, words) not in sizes and words not in document.wording.given:
                document.fault(place, "cell")
    if not {text for *_, cells in rows for text, _ in cells.values()}.issuperset(strings):
        document.fault("een tekst die op geen tabblad staat", "unread")


def _rows(sheet: Element, strings: Sequence[str]) -> Iterator[tuple[int, int, Cells, Cells]]:
    """The rows of a sheet: number and cells, and within a table before those also its heads.

    A table begins at the first row with a second column, and ends where nothing stands.
    """
    last, top, heads = 0, 0, Cells()
    for element in sheet.iter("row"):
        number, cells = int(element.get("r")), Cells()
        for cell in element.iter("c"):
            words, is_text = cell.findtext("v") or "", cell.get("t") == "s"
            said, column = words.removesuffix(".0"), cell.get("r").rstrip(digits)
            if column in cells:
                raise ValueError("what stands first is never seen")
            if words:
                cells[column] = (strings[int(words)] if is_text else said, is_text)
        if number > last + 1:
            top, heads = 0, Cells()
        yield number, top, heads, cells
        if not top and len(cells) > 1:
            top, heads = number, cells
        last = number


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
        if parts[name] != of[name] and not _shape(name, parts[name]) <= _shape(name, of[name]):
            yield f"deel {name}"


@lru_cache(maxsize=1_000)
def _shape(name: str, content: bytes) -> frozenset[tuple[str, ...]]:
    """Every element, attribute and text of a part, but for the words that a reader gets."""
    if not name.endswith((".xml", ".rels")):
        return frozenset([(content.hex(),)])
    found: set[tuple[str, ...]] = {("t", "space", "preserve")}
    for element in _parsed(content).iter():
        tag = str(element.tag)
        is_read = tag == "t" and TEXTS.fullmatch(name)
        rests = ("" if is_read else element.text, element.tail)
        rests = (JINJA.sub("", words or "").strip() for words in rests)
        found |= {
            (tag,),
            *((tag, "", rest) for rest in rests),
            *((tag, *x) for x in element.items()),
        }
    return frozenset(found)


def templates_in(folder: Path) -> list[Parts]:
    """The parts of every Word template in a folder."""
    return [_read(path) for path in sorted(folder.glob("*.docx"))]


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
    root = lxml.etree.fromstring(content)
    for element in root.iter("*"):
        element.tag = lxml.etree.QName(element).localname
        for name in [name for name in element.attrib if name.startswith("{")]:
            element.set(lxml.etree.QName(name).localname, element.attrib.pop(name))
    return root


def _text(element: Element) -> str:
    return " ".join("".join(part.text or "" for part in element.iter("t")).split())


def _judge(part: str, root: Element, document: Document) -> None:
    """Hold each element, attribute and text of a part against the list of markup."""
    place, is_sheet = f"deel {part}", part.startswith("xl/")
    for element in root.iter():
        tag, words, values = str(element.tag), (element.text or "").strip(), [*element.items()]
        if words and not (is_sheet and tag in IN_CELL):
            values.append(("inhoud", words))
        document.judge("xlsx", place, tag, values)
        if (element.tail or "").strip():
            document.fault(place)
