"""An office file, read back: each part, element and attribute is one that we make."""

import datetime as dt
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import lxml.etree
from python_calamine import CalamineWorkbook
from xlsxwriter.theme import THEME_XML_2007

from mma_analysis.audit.document import Document, markup
from mma_analysis.audit.released import TYPED, is_number
from mma_analysis.audit.wording import WORD_PARTS
from mma_analysis.vocabulary import numbers
from mma_analysis.vocabulary.reference import CODES, KEYS_OF_TABLE, REGISTRY
from mma_analysis.vocabulary.value import quoted

LARGEST_PART = 64 * 1024 * 1024
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every part of ours
END_OF_ZIP = 22  # bytes of the end of a zip
AROUND_PART = 76  # bytes that each part takes there beside its name, twice, and its content
CORE = "docProps/core.xml"
THEME_PART = "xl/theme/theme1.xml"
STRINGS = "xl/sharedStrings.xml"
IN_CELL = ("v", "t")  # read with their cell, or as a string that cells share
# As the code book of the annex has them.
GLOSSED = {f"{row['code']} = {row['nl']}" for row in CODES}
PLACE = "Vindplaats"  # the column of the annex with the keys of each row, in words
NOTE = "Waarom een vak leeg is"  # the column with the reason for each box that is empty
NOT_EMPTY = "–"
TABLE_OF_TITLE = {row["title"]: row["table"] for row in REGISTRY if row["title"]}
JINJA = re.compile(r"\{[{%#].*?[#%}]\}", re.DOTALL)
AROUND_TAGS = re.compile("(?<=>)|(?=<)")
Shapes = Mapping[str, frozenset[str]]
Element = Any  # lxml gives its own no type


class SheetRow(NamedTuple):
    """A row of a sheet, with the heads of the table that it is in, if it is in one.

    `table`: the released table of the last title above it; empty above the first.
    """

    sheet: str
    number: int
    table: str
    heads: list[Any]
    heads_at: int
    cells: list[Any]

    @property
    def place(self) -> str:
        """Where it is, for a finding."""
        return f"tabblad {self.sheet}, rij {self.number}"


# --- workbooks ----------------------------------------------------------------------------


def say_workbook(path: Path, document: Document) -> None:
    """Write down what a workbook says: in a table each number is of its row and head."""
    packed = parts_in(path, document)
    theme = packed.pop(THEME_PART, b"")
    if theme != THEME_XML_2007.encode():
        document.fault("deel theme")
    parts = {name: _parsed(content) for name, content in packed.items()}
    for name, root in parts.items():
        _judge_part(name, root, document)

    rows = list(_rows(path))
    lengths = _lengths_of_tables(rows)
    for row in rows:
        if row.heads[:1] == [PLACE]:
            _say_row_of_cells(row, document)
        else:
            _say_row_of_words(row, lengths, document)

    on_sheets = set[str]()
    for row in rows:
        for cell in row.cells:
            words = f"{cell}".split()
            on_sheets.add(" ".join(words))
    strings = {_text(item) for item in parts[STRINGS].iter("si")}
    if not strings <= on_sheets:
        document.fault("een tekst die op geen tabblad staat", "unread")


def _judge_part(name: str, root: Element, document: Document) -> None:
    """Each part has a name of ours and elements of ours; no cell stands there twice."""
    if markup("xlsx")["part", "name"].fullmatch(name):
        without_number = re.sub(r"\d+", "#", name)
        _judge(without_number, root, document)
    else:  # its name may say too much
        document.fault("een deel van het bestand")
    places = [cell.get("r") for cell in root.iter("c")]
    if len(set(places)) < len(places):
        raise ValueError("what stands first is never seen")


def _rows(path: Path) -> Iterator[SheetRow]:
    """The rows of every sheet.

    Heads are the first row with a second column, until where nothing stands.
    """
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        table = ""
        heads: list[Any] = []
        heads_at = 0
        for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
            width = sum(cell != "" for cell in cells)
            if width == 0:
                heads = []
            if width == 1 and not heads:
                table = TABLE_OF_TITLE.get(f"{cells[0]}", table)
            yield SheetRow(name, number, table, heads, heads_at, cells)
            if width > 1 and not heads:
                heads = cells
                heads_at = number


def _lengths_of_tables(rows: Sequence[SheetRow]) -> set[tuple[str, str]]:
    """A sheet, and how many rows a table on it has: the list of contents says so."""
    lengths = Counter((row.sheet, row.heads_at) for row in rows if row.heads)
    return {(sheet, f"{length}") for (sheet, _), length in lengths.items()}


def _say_row_of_cells(row: SheetRow, document: Document) -> None:
    """Write down a row of which each number, day and code has a cell.

    Rows stand in the order of the released table; which row it is stands first, in words.
    """
    in_order = document.released.in_order(row.table, document.owner)
    place_in_table = row.number - row.heads_at - 1
    if place_in_table >= len(in_order):
        document.fault(row.place, "origin")
        return
    cell_of_row = in_order[place_in_table]
    of_row = quoted(cell_of_row)
    document.value(row.place, f"{of_row}#cell", is_said=False)
    boxes = {}
    for head, cell in zip(row.heads, row.cells, strict=True):
        if head:
            boxes[head] = cell
        elif _words(cell):  # beside the table
            document.fault(row.place, "cell")
    keys = _keys_in_words(row.table, cell_of_row, boxes, document)
    if boxes[PLACE] != keys:
        document.fault(f"{row.place}, kolom ‘{PLACE}’", "cell")
    for head, cell in boxes.items():
        words = _words(cell)
        place = f"{row.place}, kolom ‘{head}’"
        if head == NOTE:
            _say_reasons(place, of_row, words, document)
        elif head != PLACE:
            column = quoted(head)
            _say_box(place, f"{of_row}#{column}", words, document)


def _keys_in_words(
    table: str,
    cell: str,
    boxes: Mapping[Any, Any],
    document: Document,
) -> str:
    """The keys of a row as its own boxes say them, in the order of its cell."""
    heads = document.released.heads(table, cell, document.owner)
    said = []
    for key in KEYS_OF_TABLE[table]:
        box = boxes.get(heads[key])
        words = _words(box)
        if isinstance(box, dt.date):
            day = numbers.day(box)
            words = f"vanaf {day}"
        said.append(words)
    return ", ".join(said)


def _say_box(place: str, cell: str, words: str, document: Document) -> None:
    """Write down what stands in a box; an empty one is of what there is no number of."""
    if words:
        document.say_cell(place, cell, words)
        return
    value = document.value(place, cell)
    if value is not None and is_number(value.raw):
        document.fault(place, "cell")


def _say_reasons(place: str, of_row: str, note: str, document: Document) -> None:
    """Write down why boxes of a row are empty: `Aandeel: niet te zeggen; …`."""
    if note == NOT_EMPTY:
        return
    for one in note.split("; "):
        head, _, why = one.rpartition(": ")
        column = quoted(head)
        document.say_cell(place, f"{of_row}#{column}", why)


def _say_row_of_words(
    row: SheetRow,
    lengths: set[tuple[str, str]],
    document: Document,
) -> None:
    """Write down a row without cells: its numbers were given, or are lengths of tables."""
    for cell in row.cells:
        words = _words(cell)
        if isinstance(cell, str):
            glossed = [TYPED + one for one in words.split("; ") if one in GLOSSED]
            document.say(row.place, words, glossed)
            continue
        is_length = (row.cells[0], words) in lengths
        if words not in document.wording.given and not is_length:
            document.fault(row.place, "cell")
        elif not row.heads:
            document.fault(row.place)


def _words(cell: Any) -> str:
    """A cell as it reads; a whole number without a part behind the comma."""
    if isinstance(cell, str):
        return cell
    return f"{cell}".removesuffix(".0")


# --- Word documents -----------------------------------------------------------------------


def say_letter(path: Path, document: Document, templates: Sequence[Shapes]) -> None:
    """Write down what a Word document says beside its template, one of `templates`."""
    parts = parts_in(path, document)
    shapes = {}
    for name, content in parts.items():
        if name != CORE:
            shapes[name] = _shape(name, content)

    strange = [_strange_in(shapes, template) for template in templates]
    for name in min(strange, key=len):
        is_ours = any(name in template for template in templates)
        # Else its name may say too much.
        document.fault(f"deel {name}" if is_ours else "een deel van het bestand")

    for name, content in parts.items():
        if not WORD_PARTS.fullmatch(name):
            continue
        root = _parsed(content)
        if name == CORE:
            _judge(name, root, document)
        for number, paragraph in enumerate(root.iter("p"), start=1):
            document.say(f"deel {name}, alinea {number}", _text(paragraph))


def _strange_in(shapes: Shapes, template: Shapes) -> list[str]:
    """The parts of a document with something that is not in its template."""
    strange = []
    for name, shape in shapes.items():
        of_template = template.get(name, frozenset())
        if not shape <= of_template:
            strange.append(name)
    return strange


def shapes_in(folder: Path) -> list[Shapes]:
    """The shape of every part of every Word template in a folder."""
    templates = []
    for path in sorted(folder.glob("*.docx")):
        shapes = {}
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                shapes[name] = _shape(name, archive.read(name))
        templates.append(shapes)
    return templates


@lru_cache(maxsize=1_000)
def _shape(name: str, content: bytes) -> frozenset[str]:
    """Every tag and text of a part, but for the words that a reader gets."""
    if not name.endswith((".xml", ".rels")):
        return frozenset([content.hex()])
    shape = lxml.etree.tostring(_parsed(content), encoding="unicode")
    if WORD_PARTS.fullmatch(name):
        shape = re.sub(r"<t( [^>]*)?>[^<]*", "<t>", shape)
    without_jinja = JINJA.sub("", shape)
    pieces = AROUND_TAGS.split(without_jinja.replace("/>", ">"))
    return frozenset(piece.strip() for piece in pieces)


# --- parts --------------------------------------------------------------------------------


def parts_in(path: Path, document: Document) -> dict[str, bytes]:
    """Every part by its name; bytes that are in none of them are a fault."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if any(part.file_size > LARGEST_PART for part in parts):
            raise ValueError("too large")
        content = {part.filename: archive.read(part) for part in parts}

    size = END_OF_ZIP
    for part in parts:
        names = 2 * len(part.filename.encode())
        size += AROUND_PART + names + part.compress_size
    is_twice = len(content) < len(parts)
    if is_twice or path.stat().st_size != size:
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
        element.tag = _without_namespace(element.tag)
        for name in list(element.attrib):
            if name.startswith("{"):
                value = element.attrib.pop(name)
                element.set(_without_namespace(name), value)
    return root


def _without_namespace(name: str) -> str:
    return name.rpartition("}")[2]


def _text(element: Element) -> str:
    """What stands in an element, without spaces that nobody sees."""
    text = "".join(part.text or "" for part in element.iter("t"))
    return " ".join(text.split())


def _judge(part: str, root: Element, document: Document) -> None:
    """Hold each element, attribute and text of a part against the list of markup."""
    place = f"deel {part}"
    is_sheet = part.startswith("xl/")
    for element in root.iter():
        tag = str(element.tag)
        values = list(element.items())
        words = (element.text or "").strip()
        is_read_with_cell = is_sheet and tag in IN_CELL
        if words and not is_read_with_cell:
            values.append(("inhoud", words))
        document.judge("xlsx", place, tag, values)
        after = element.tail or ""
        if after.strip():
            document.fault(place)
