"""Office files: a zip of XML parts, of which each is a part, an element and a value that we make.

A workbook is held against the list of markup; a Word document against the template it was made
from, of which it may differ in its words alone.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import xlsxwriter

from mma_analysis.audit.document import JUDGED_THERE, PLACE, Cell, Document, Table, Text, texts_in
from mma_analysis.audit.pages import markup
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
THEME = "xl/theme/theme1.xml"
NUMBERED = re.compile(r"\d+")
IN_CELL = ("v", "t")  # read with their cell, or as a string that cells share
CODES = re.compile(r"&[LCRGPN&A]|&\"[^\"]*\"")  # of the footer of a sheet
JINJA = re.compile(r"\{[{%#].*?[#%}]\}", re.S)
SPACE = ("t", "space", "preserve")


def open_workbook(path: Path, file: str) -> Document:
    """Take a workbook apart: each of Excel's own tables is a table."""
    document = Document(file)
    parts = {name: _parsed(content, file) for name, content in _parts(path, document).items()}
    for name, root in parts.items():
        if not PARTS.fullmatch(name):  # its name may say too much
            document.faults.append(("een deel van het bestand", "markup"))
        elif name != THEME:
            _note(NUMBERED.sub("#", name), root, document)
        elif ElementTree.tostring(root) != _theme():
            document.faults.append(("deel theme", "markup"))
    shared = parts.get("xl/sharedStrings.xml")
    strings = [] if shared is None else [_text(item) for item in _all(shared, "si")]
    used: set[str] = set()
    for name, sheet in _sheets(parts):
        root = parts.get(f"xl/worksheets/{name}.xml")
        if root is not None:
            used |= _read_sheet(sheet, root, list(_refs(name, parts)), strings, document)
    if not used.issuperset(strings):
        document.faults.append(("een tekst die op geen tabblad staat", "unread"))
    return document


@cache
def _theme() -> bytes:
    """The theme that every workbook of ours has: that of an empty one."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet()
    with zipfile.ZipFile(written) as archive:
        return ElementTree.tostring(ElementTree.fromstring(archive.read(THEME)))


def open_letter(path: Path, file: str, templates: Sequence[Mapping[str, bytes]]) -> Document:
    """Take a Word document apart, and hold it against the one of `templates` that it is made of."""
    document = Document(file)
    parts = _parts(path, document)
    differing = (list(_differs(parts, of, file)) for of in templates)
    document.faults += [(place, "markup") for place in min(differing, key=len)]
    for name in filter(TEXTS.fullmatch, parts):
        root = _parsed(parts[name], file)
        if name.startswith("docProps"):
            _note(name, root, document)
        for number, paragraph in enumerate(_all(root, "p"), start=1):
            if words := _text(paragraph):
                document.texts.append(Text(f"deel {name}, alinea {number}", words))
    return document


def _differs(parts: Mapping[str, bytes], of: Mapping[str, bytes], file: str) -> Iterator[str]:
    """Where a document is otherwise than a template, but for its words."""
    if parts.keys() != of.keys():
        yield "een deel van het bestand"
    for name, content in parts.items():
        if not TEXTS.fullmatch(name):
            if name not in of or not _is_same(name, content, of[name]):
                yield f"deel {name}" if name in of else "een deel"
        elif not name.startswith("docProps"):
            ours = {SPACE, *_things(_parsed(of[name], file))} if name in of else {SPACE}
            if not ours.issuperset(_things(_parsed(content, file))):
                yield f"deel {name}"


def texts_of(template: Path) -> list[str]:
    """What a Word template says, a text per paragraph."""
    parts = parts_of(template).items()
    roots = [_parsed(part, template.name) for name, part in parts if TEXTS.fullmatch(name)]
    return [_text(paragraph) for root in roots for paragraph in _all(root, "p")]


@cache
def package_templates() -> tuple[Mapping[str, bytes], ...]:
    """The parts of every Word template of the package."""
    folder = files("mma_analysis").joinpath("publish", "template")
    found = [path for path in folder.iterdir() if path.name.endswith(".docx")]
    return tuple(parts_of(Path(str(path))) for path in sorted(found, key=lambda path: path.name))


def parts_of(path: Path) -> Mapping[str, bytes]:
    """The parts of a template."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- the zip -------------------------------------------------------------------------------------


def _parts(path: Path, document: Document) -> dict[str, bytes]:
    """Every part by its name; bytes that are in none of them are a fault."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if any(part.file_size > LARGEST_PART for part in parts):
                raise DataError(f"{document.file}: too large to be searched; make the file again")
            found = {part.filename: archive.read(part) for part in parts}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{document.file}: damaged or locked, so it cannot be searched") from error
    sizes = (AROUND_PART + 2 * len(p.filename.encode()) + p.compress_size for p in parts)
    if len(found) < len(parts) or path.stat().st_size != END + sum(sizes):
        document.faults.append(("naast de delen van het bestand", "unread"))
    if any(part.date_time != MOMENT for part in parts):
        document.faults.append(("het tijdstip van een deel", "trace"))
    return found


def _is_same(name: str, content: bytes, other: bytes) -> bool:
    """Whether two parts are the same, however their elements are written."""
    if content == other or not name.endswith((".xml", ".rels")):
        return content == other
    canonical = (ElementTree.canonicalize(one.decode("utf-8")) for one in (content, other))
    return next(canonical) == next(canonical)


def _parsed(content: bytes, file: str) -> Element:
    # An entity that is declared in the part itself has no place in an office file.
    builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    try:
        if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.I):
            raise ElementTree.ParseError("entities")
        return ElementTree.fromstring(content, ElementTree.XMLParser(target=builder))
    except ElementTree.ParseError as error:
        raise DataError(f"{file}: a part is damaged, so it cannot be searched") from error


def _local(name: object) -> str:
    """A name without its namespace; of a comment or an order to a program nothing."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _all(element: Element, name: str) -> list[Element]:
    return [below for below in element.iter() if _local(below.tag) == name]


def _text(element: Element) -> str:
    kept = (part.text or "" for part in element.iter() if _local(part.tag) == "t")
    return " ".join("".join(kept).split())


def _things(root: Element) -> Iterator[tuple[str, str, str]]:
    """Each element, and each attribute with its value; and text that is not that of a run."""
    for element in root.iter():
        tag = _local(element.tag)
        yield tag, "", ""
        for name, value in element.attrib.items():
            yield tag, _local(name), value
        for words in (element.text if tag != "t" else "", element.tail):
            if words and (rest := JINJA.sub("", words).strip()):
                yield tag, "", rest


def _note(part: str, root: Element, document: Document) -> None:
    """Hold each element, attribute and text of a part against the list."""
    known = markup("xlsx")
    for element in root.iter():
        tag = _local(element.tag)
        if (tag, "") not in known:
            document.faults.append((f"deel {part}", "markup"))
        for name, value in ((_local(name), value) for name, value in element.attrib.items()):
            _judge(known.get((tag, name), re.compile("(?!)")), part, value, document)
        words = " ".join((element.text or "").split())
        if words and not (tag in IN_CELL and part.startswith("xl/")):
            _judge(known.get((tag, "."), re.compile("(?!)")), part, words, document)
        if (element.tail or "").strip():
            document.faults.append((f"deel {part}", "markup"))


def _judge(pattern: re.Pattern[str] | None, part: str, value: str, document: Document) -> None:
    if pattern is None:
        document.texts.append(Text(f"deel {part}", CODES.sub(" ", value)))
    elif match := pattern.fullmatch(value):
        document.texts += texts_in(match, f"deel {part}")
    else:
        document.faults.append((f"deel {part}", "markup"))


# --- the sheets ----------------------------------------------------------------------------------


def _sheets(parts: Mapping[str, Element]) -> Iterator[tuple[str, str]]:
    """The name of each part with a sheet, and the name of that sheet."""
    book = parts.get("xl/workbook.xml")
    for number, sheet in enumerate([] if book is None else _all(book, "sheet"), start=1):
        yield f"sheet{number}", sheet.get("name", "")


def _refs(sheet: str, parts: Mapping[str, Element]) -> Iterable[str]:
    """Where the tables of a sheet are, as `A6:C9`."""
    relations = parts.get(f"xl/worksheets/_rels/{sheet}.xml.rels")
    for relation in [] if relations is None else _all(relations, "Relationship"):
        table = parts.get(f"xl/tables/{relation.get('Target', '').rpartition('/')[2]}")
        if table is not None:
            yield table.get("ref", "")


def _read_sheet(
    sheet: str, root: Element, refs: list[str], strings: list[str], document: Document
) -> set[str]:
    """Read the tables of a sheet, and what stands above them; gives every word in it."""
    grid = {_place(cell.get("r", "")): _cell(cell, strings) for cell in _all(root, "c")}
    left = {place for place, cell in grid.items() if cell.words}
    for ref in refs:
        (top, first), (bottom, last) = map(_place, ref.split(":"))
        columns = range(first, last + 1)
        rows = [
            tuple(grid.get((row, column), Cell("")) for column in columns)
            for row in range(top, bottom + 1)
        ]
        head = tuple(cell.words for cell in rows[0])
        # Words of a row that names its cell are judged with that cell.
        only = JUDGED_THERE if head[:1] == (PLACE,) else ""
        for number, row in enumerate(rows, start=top):
            place = f"tabblad {sheet}, rij {number}"
            kept = only if number > top else ""
            document.texts += [Text(place, c.words, 0, kept) for c in row if c.style == "s"]
        document.tables.append(Table(f"tabblad {sheet}", head, tuple(rows[1:]), 0, sheet, top))
        left -= {(row, column) for row in range(top, bottom + 1) for column in columns}
    lowest = max((_place(ref.split(":")[0])[0] for ref in refs), default=0)
    # Beside its tables a sheet has lines above them, in its first column, and those are words.
    for row, column in sorted(left):
        document.texts.append(Text(f"tabblad {sheet}, rij {row}", grid[row, column].words))
        if column or row >= lowest or grid[row, column].style != "s":
            document.faults.append((f"tabblad {sheet}, rij {row}", "markup"))
    return {cell.words for cell in grid.values()}


def _place(reference: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]*)(\d*)", reference).groups()  # pyright: ignore[reportOptionalMemberAccess]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits or 0), column - 1


def _cell(cell: Element, strings: list[str]) -> Cell:
    kind = cell.get("t", "n")
    words = next((part.text or "" for part in cell if _local(part.tag) == "v"), "")
    if kind == "s" and words.isdigit() and int(words) < len(strings):
        words = strings[int(words)]
    return Cell(words.removesuffix(".0"), kind)
