"""An office file, read back: each of its parts, elements and attributes is one that we make."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml.etree
from python_calamine import CalamineSheet, CalamineWorkbook
from xlsxwriter.theme import THEME_XML_2007

from mma_analysis.audit.document import Document, markup
from mma_analysis.audit.released import TYPED
from mma_analysis.audit.wording import TEXTS
from mma_analysis.vocabulary.reference import CODES
from mma_analysis.vocabulary.value import quoted

LARGEST_PART = 64 * 1024 * 1024
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every part of ours
# Bytes of a zip: its end; and what each part takes beside its name, twice, and its content.
END, AROUND_PART = 22, 76
CORE, THEME = "docProps/core.xml", "xl/theme/theme1.xml"
IN_CELL = ("v", "t")  # read with their cell, or as a string that cells share
GLOSSED = {
    f"{row['code']} = {row['nl']}" for row in CODES
}  # as the code book of the annex has them
PLACE = "Vindplaats"  # the column of the annex with the cell of each row
JINJA = re.compile(r"\{[{%#].*?[#%}]\}", re.S)
Shapes = Mapping[str, frozenset[str]]
Element = Any  # lxml gives its own no type


def say_workbook(path: Path, document: Document) -> None:
    """Write down what a workbook says: of a table with cells each number is of its row and head."""
    packed = _parts(path, document)
    if packed.pop(THEME, b"") != THEME_XML_2007.encode():
        document.fault("deel theme")
    parts = {name: _parsed(content) for name, content in packed.items()}
    for name, root in parts.items():
        if markup("xlsx")["part", "name"].fullmatch(name):
            _judge(re.sub(r"\d+", "#", name), root, document)
        else:  # its name may say too much
            document.fault("een deel van het bestand")
        if len({*(places := [cell.get("r") for cell in root.iter("c")])}) < len(places):
            raise ValueError("what stands first is never seen")
    book = CalamineWorkbook.from_path(path)
    rows = [
        (name, *row) for name in book.sheet_names for row in _rows(book.get_sheet_by_name(name))
    ]
    # The list of contents says how many rows each table has.
    lengths = Counter((name, id(heads)) for name, _, heads, _ in rows if heads)
    given = {(name, f"{length}") for (name, _), length in lengths.items()}
    for name, number, heads, cells in rows:
        place, of_row = f"tabblad {name}, rij {number}", quoted(f"{cells[0]}")
        for head, cell in zip(heads or cells, cells, strict=True):
            words = cell if isinstance(cell, str) else f"{cell}".removesuffix(".0")
            if heads[:1] == [PLACE] and head == PLACE:
                document.value(place, f"{of_row}#cell", is_said=False)
            elif heads[:1] == [PLACE] and words:
                document.say_cell(f"{place}, kolom ‘{head}’", f"{of_row}#{quoted(head)}", words)
            elif isinstance(cell, str):
                document.say(
                    place, words, [TYPED + one for one in words.split("; ") if one in GLOSSED]
                )
            elif words not in document.wording.given and (cells[0], words) not in given:
                document.fault(place, "cell")
            elif not heads:
                document.fault(place)
    strings = {_text(item) for item in parts["xl/sharedStrings.xml"].iter("si")}
    if not strings.issubset(" ".join(f"{cell}".split()) for *_, cells in rows for cell in cells):
        document.fault("een tekst die op geen tabblad staat", "unread")


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any], list[Any]]]:
    """The rows of a sheet: number, the heads of the table that they are in, and cells."""
    heads = list[Any]()  # of the first row with a second column, until where nothing stands
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        width = sum(cell != "" for cell in cells)
        heads = heads if width else []
        yield number, heads, cells
        heads = heads or (cells if width > 1 else [])


def say_letter(path: Path, document: Document, templates: Sequence[Shapes]) -> None:
    """Write down what a Word document says beside the one of `templates` that it is made of."""
    parts = _parts(path, document)
    shapes = {name: _shape(name, content) for name, content in parts.items() if name != CORE}
    strange = (
        [name for name, shape in shapes.items() if not shape <= of.get(name, frozenset())]
        for of in templates
    )
    for name in min(strange, key=len):
        is_ours = any(name in of for of in templates)  # else its name may say too much
        document.fault(f"deel {name}" if is_ours else "een deel van het bestand")
    for name in filter(TEXTS.fullmatch, parts):
        root = _parsed(parts[name])
        if name == CORE:
            _judge(name, root, document)
        for number, paragraph in enumerate(root.iter("p"), start=1):
            document.say(f"deel {name}, alinea {number}", _text(paragraph))


def shapes_in(folder: Path) -> list[Shapes]:
    """The shape of every part of every Word template in a folder."""
    shapes = []
    for path in sorted(folder.glob("*.docx")):
        with zipfile.ZipFile(path) as archive:
            shapes.append({name: _shape(name, archive.read(name)) for name in archive.namelist()})
    return shapes


@lru_cache(maxsize=1_000)
def _shape(name: str, content: bytes) -> frozenset[str]:
    """Every tag and text of a part, but for the words that a reader gets."""
    if not name.endswith((".xml", ".rels")):
        return frozenset([content.hex()])
    shape = lxml.etree.tostring(_parsed(content), encoding="unicode")
    if TEXTS.fullmatch(name):
        shape = re.sub(r"<t( [^>]*)?>[^<]*", "<t>", shape)
    pieces = re.split(r"(?<=>)|(?=<)", JINJA.sub("", shape).replace("/>", ">"))
    return frozenset(map(str.strip, pieces))


def _parts(path: Path, document: Document) -> dict[str, bytes]:
    """Every part by its name; bytes that are in none of them are a fault."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if any(part.file_size > LARGEST_PART for part in parts):
            raise ValueError("too large")
        content = {part.filename: archive.read(part) for part in parts}
    sizes = (AROUND_PART + 2 * len(p.filename.encode()) + p.compress_size for p in parts)
    if len(content) < len(parts) or path.stat().st_size != END + sum(sizes):
        document.fault("naast de delen van het bestand", "unread")
    if any(part.date_time != MOMENT for part in parts):
        document.fault("het tijdstip van een deel", "trace")
    return content


def _parsed(content: bytes) -> Element:
    """The elements of a part, by names without their namespace; comments have none."""
    if b"<!DOCTYPE" in content:  # of entities that grow; it has no place in an office file
        raise ValueError("entities")
    root = lxml.etree.fromstring(content)
    for element in root.iter("*"):
        element.tag = element.tag.rpartition("}")[2]
        for name in [name for name in element.attrib if name.startswith("{")]:
            element.set(name.rpartition("}")[2], element.attrib.pop(name))
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
