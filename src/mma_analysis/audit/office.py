"""An office file, read back: what it says is judged, and all else must follow from that.

A workbook is written again from what it says, with what wrote it (`vocabulary.office`),
which reads no table: a part that is then otherwise was not written so. So nothing here
knows how a library writes a workbook, and a new release of it changes both.
"""

import datetime as dt
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from warnings import catch_warnings

import lxml.etree
from python_calamine import CalamineWorkbook
from xlsxwriter.exceptions import XlsxWriterException

from mma_analysis.audit.document import Document
from mma_analysis.audit.released import TYPED, is_number
from mma_analysis.audit.wording import WORD_PARTS
from mma_analysis.vocabulary import numbers
from mma_analysis.vocabulary.office import (
    BETWEEN_TABLES,
    CORE,
    FICTITIOUS_ROW,
    FIRST_HEAD,
    NEXT_HEAD,
    ROUNDED_FORM,
    BoxColumn,
    Content,
    FilledBox,
    Sheet,
    SheetTable,
    core_properties,
    packed,
    parts_of,
    rounded_look,
    workbook,
)
from mma_analysis.vocabulary.reference import (
    CODES,
    INDICATORS,
    KEYS_OF_TABLE,
    LABELS,
    headings,
)
from mma_analysis.vocabulary.value import bound_of, quoted

LARGEST_PART = 64 * 1024 * 1024
# As the code book of the annex has them.
GLOSSED = {f"{row['code']} = {row['nl']}" for row in CODES}
PLACE = "Vindplaats"  # the column of the annex with the keys of each row, in words
NOTE = "Waarom een vak leeg is"  # the column with the reason for each box that is empty
NOT_EMPTY = "–"
INDICATOR_OF_TITLE = {row["title"]: row for row in INDICATORS if row["title"]}
# Column and form of what is of no column.
UNKNOWN_HEAD = ("", "")
# Head → the same, of heads that are of no column of a released table.
BESIDE_COLUMNS = {PLACE: ("", "place"), NOTE: ("", "note"), "Rijen": ("", "count")}
WHOLE_BOOK = "het hele bestand"
JINJA = re.compile(r"\{[{%#].*?[#%}]\}", re.DOTALL)
# What is only there on a condition, in a line of its own; a mark may stand behind it.
CONDITIONAL = re.compile(r"\{% if .*\{% endif %\}(?:\{\{[^}]*\}\})?", re.DOTALL)
AROUND_TAGS = re.compile("(?<=>)|(?=<)")
WORDS_IN_PART = re.compile(r"<t(?: [^>]*)?(?:/>|>[^<]*</t>)")
TEXT_RUN = re.compile(r"<r(?: [^>]*?)?(?:/>|>.*?</r>)", re.DOTALL)
WITHOUT_WORDS = "zonder woorden"
Shape = Counter[str]
Shapes = Mapping[str, Shape]
Element = Any  # lxml gives its own no type
BoxesOfSheet = list[list[Any]]


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
    parts = parts_in(path, document)
    grids = _grids(path)
    rows = list(_rows(grids))
    lengths = _lengths_of_tables(rows)
    for row in rows:
        if row.heads[:1] == [PLACE]:
            _say_row_of_cells(row, document)
        else:
            _say_row_of_words(row, lengths, document)

    properties = _say_properties(parts[CORE], document)
    sheets = [_sheet(name, grid, document) for name, grid in grids.items()]
    try:
        # A warning of the library would say what stands there.
        with catch_warnings(action="error"):
            again = workbook(*properties, sheets)
    except (XlsxWriterException, UserWarning):
        document.fault(WHOLE_BOOK, "unread")
        return
    _hold_against(parts, parts_of(again), document)


def _hold_against(
    parts: Mapping[str, bytes],
    ours: Mapping[str, bytes],
    document: Document,
) -> None:
    """Each part is as we write it of what the file says, and none is missing."""
    if list(parts) != list(ours):
        document.fault("welke delen erin zitten", "unread")
    for name in parts.keys() & ours.keys():
        if parts[name] != ours[name]:
            document.fault(f"deel {name}", "otherwise")


def _say_properties(content: bytes, document: Document) -> tuple[str, str]:
    """Write down what a file says that it is: its title, and what it is about."""
    root = _parsed(content)
    title = root.findtext("title", "")
    subject = root.findtext("subject", "")
    document.say("titel in de eigenschappen", title)
    document.say("onderwerp in de eigenschappen", subject)
    return title, subject


def _grids(path: Path) -> dict[str, BoxesOfSheet]:
    """Sheet → its rows, from the first cell on."""
    book = CalamineWorkbook.from_path(path)
    grids = {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        grids[name] = sheet.to_python(skip_empty_area=False)
    return grids


def _rows(grids: Mapping[str, BoxesOfSheet]) -> Iterator[SheetRow]:
    """The rows of every sheet.

    Heads are the first row with a second column, until where nothing stands.
    """
    for name, grid in grids.items():
        table = ""
        heads: list[Any] = []
        heads_at = 0
        for number, cells in enumerate(grid, start=1):
            width = sum(cell != "" for cell in cells)
            if width == 0:
                heads = []
            if width == 1 and not heads:
                registered = INDICATOR_OF_TITLE.get(f"{cells[0]}")
                table = registered["table"] if registered else table
            yield SheetRow(name, number, table, heads, heads_at, cells)
            if width > 1 and not heads:
                heads = cells
                heads_at = number


# --- a workbook, to be written again ------------------------------------------------------


def _sheet(name: str, grid: BoxesOfSheet, document: Document) -> Sheet:
    """What a sheet says, as the layout takes it."""
    tables = []
    top = 0
    while top < len(grid):
        head = top + (NEXT_HEAD if top else FIRST_HEAD)
        end = head + 1
        while end < len(grid) and set(grid[end]) != {""}:
            end += 1
        tables.append(_sheet_table(name, grid[top:end], head - top, document))
        top = end - 1 + BETWEEN_TABLES
    warning = f"{grid[FICTITIOUS_ROW][0]}"
    return Sheet(name, warning, tables)


def _sheet_table(
    sheet: str, grid: BoxesOfSheet, head: int, document: Document
) -> SheetTable:
    """A table with its title, of which the heads stand so many rows below it."""
    title = f"{grid[0][0]}"
    about = f"{grid[1][0]}"
    heads = [f"{cell}" for cell in grid[head] if cell != ""]
    registered = INDICATOR_OF_TITLE.get(title)
    table = registered["table"] if registered else ""
    cells: list[str] = []
    if heads[:1] == [PLACE]:
        cells = document.released.in_order(table, document.owner)
    columns_of_heads = _columns_of_heads(table, cells, document)
    columns = []
    for one in heads:
        _, form = columns_of_heads.get(one, UNKNOWN_HEAD)
        columns.append(BoxColumn(one, form))

    rows = []
    for number, boxes in enumerate(grid[head + 1 :]):
        released = {}
        if number < len(cells):
            released = document.released.rows(table, document.owner)[cells[number]]
        row = []
        for one, box in zip(heads, boxes, strict=False):
            column, form = columns_of_heads.get(one, UNKNOWN_HEAD)
            look = form
            if form == ROUNDED_FORM:
                bound = int(released.get(bound_of(column), 0))
                look = rounded_look(bound)
            row.append(FilledBox(_content(box), look))
        rows.append(row)
    name = registered["name"] if registered else sheet
    return SheetTable(name, title, about, columns, rows)


def _content(box: Any) -> Content:
    """What a box holds: a whole number without a part behind the comma."""
    if box == "":
        return None
    is_whole = isinstance(box, float) and box.is_integer()
    return int(box) if is_whole else box


def _columns_of_heads(
    table: str,
    cells: Sequence[str],
    document: Document,
) -> dict[str, tuple[str, str]]:
    """Head → the column that it is of, and the form of what stands in it."""
    columns = [row["column"] for row in LABELS]  # of the tariffs, which are settings
    if cells:
        columns = list(document.released.rows(table, document.owner)[cells[0]])
    found = {}
    if table:
        for column, label in headings([table], columns).items():
            found[label["nl"]] = (column, label["form"])
    return found | BESIDE_COLUMNS


# --- a workbook, by what it says ----------------------------------------------------------


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

    properties = _say_properties(parts[CORE], document)
    if parts[CORE] != core_properties(*properties):
        document.fault(f"deel {CORE}", "otherwise")
    for name, content in parts.items():
        if not WORD_PARTS.fullmatch(name):
            continue
        root = _parsed(content)
        for number, paragraph in enumerate(root.iter("p"), start=1):
            document.say(f"deel {name}, alinea {number}", _text(paragraph))


def _strange_in(shapes: Shapes, template: Shapes) -> list[str]:
    """The parts of a document with something that is not in its template."""
    strange = []
    for name, shape in shapes.items():
        of_template = template.get(name, Counter())
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
def _shape(name: str, content: bytes) -> Shape:
    """What a part is made of, and how often: in another order it is the same.

    A part with words is made of whole runs of words, but for the words. A template repeats
    these, so how often says nothing; but how often a paragraph or row is empty does.
    """
    if not name.endswith((".xml", ".rels")):
        return Counter([content.hex()])
    root = _parsed(content)
    source = lxml.etree.tostring(root, encoding="unicode")
    if not WORD_PARTS.fullmatch(name):
        return Counter(AROUND_TAGS.split(source))
    without_words = WORDS_IN_PART.sub("<t/>", source)
    shape = JINJA.sub("", without_words)
    runs = TEXT_RUN.findall(shape)
    tags = AROUND_TAGS.split(TEXT_RUN.sub("", shape))
    pieces = Counter(dict.fromkeys(map(str.strip, [*runs, *tags]), 1))
    pieces[WITHOUT_WORDS] = _without_words(root)
    return pieces


def _without_words(root: Element) -> int:
    """How many rows are empty, and paragraphs but for the only one of a box of a row.

    In a template also those there on a condition, as the line that says it is made up.
    """
    empty = 0
    for element in root.iter("p", "tr"):
        around = element.getparent()
        is_all_of_box = around.tag == "tc" and len(around.findall("p")) == 1
        text = _text(element)
        can_be_empty = not text or CONDITIONAL.fullmatch(text) is not None
        if not is_all_of_box and can_be_empty:
            empty += 1
    return empty


# --- parts --------------------------------------------------------------------------------


def parts_in(path: Path, document: Document) -> dict[str, bytes]:
    """Every part by its name; what is in none of them is a fault, and so is another zip."""
    with zipfile.ZipFile(path) as archive:
        if any(part.file_size > LARGEST_PART for part in archive.infolist()):
            raise ValueError("too large")
    content = path.read_bytes()
    parts = parts_of(content)
    if content != packed(parts):
        document.fault("naast de delen van het bestand", "unread")
    return parts


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
