"""A workbook → its sheets as grids of text: .xlsx, .xls and .ods, when it does no harm."""

import datetime as dt
import html
import io
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import python_calamine as calamine
import xlrd
from openpyxl.utils import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException
from xlrd.biffh import XLRDError, error_text_from_code
from xlrd.compdoc import CompDocError

from mma_analysis.read import grid
from mma_analysis.read.grid import MEGABYTE, Grid, check_size, times
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.numbers import number

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What the libraries raise for a workbook that is damaged or of another kind.
UNREADABLE_BOOK = (
    calamine.CalamineError,
    XLRDError,
    CompDocError,
    InvalidFileException,
    ET.ParseError,
    struct.error,
    AssertionError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
)
ENCRYPTED = 1
# What stands in a file with a password: an .xlsx, which is then no archive, and an .ods.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
ENCRYPTED_ODS = b"<manifest:encryption-data"


@dataclass
class Beside:
    """What calamine, which reads the cells, does not say: the calendar, more of each sheet.

    `failed`: sheet, row and column, from 0 → what a program shows where a formula failed;
    `merged`: sheet, and cells as in a Grid; `coloured`: sheet and row → its colours;
    `struck`: sheet and row.
    """

    from_1904: bool = False
    failed: dict[tuple[str, int, int], str] = field(default_factory=dict)
    merged: list[tuple[str, tuple[int, int, int]]] = field(default_factory=list)
    coloured: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    struck: set[tuple[str, int]] = field(default_factory=set)


def open_workbook(content: bytes, file: str) -> list[Grid]:
    """Read every sheet of a workbook; refuse one with a password, or that does harm."""
    try:
        return _open_sheets(content, file)
    except UNREADABLE_BOOK as error:
        is_locked = isinstance(error, calamine.PasswordError) or "encrypted" in str(error)
        if is_locked:
            raise DataError.of("password", file=file) from error
        kind = _other_kind(content)
        if kind:
            raise DataError.of("no_registration", file=file, what=kind) from error
        raise DataError.of("no_workbook", file=file) from error


def _open_sheets(content: bytes, file: str) -> list[Grid]:
    is_old = content.startswith(OLE)
    beside = _of_old(content, file) if is_old else _of_archive(content, file)
    grids: list[Grid] = []
    stream = io.BytesIO(content)
    with calamine.CalamineWorkbook.from_filelike(stream) as book:
        for sheet in book.sheets_metadata:
            is_table = sheet.typ == calamine.SheetTypeEnum.WorkSheet
            if is_table:
                grids.append(_open_sheet(file, book, sheet, beside))
    return grids


# --- what it is, when it is no workbook ---------------------------------------------------


# A container of Office files in which there is no workbook: a name in it → what it is.
OTHER_KINDS = {
    b"word/document.xml": "kind_word",
    b"ppt/presentation.xml": "kind_slides",
    "WordDocument".encode("utf-16-le"): "kind_word",
    "PowerPoint Document".encode("utf-16-le"): "kind_slides",
    "__properties_version1.0".encode("utf-16-le"): "kind_outlook",
}
OF_A_BOOK = (OLE, b"[Content_Types].xml", b"mimetype")


def _other_kind(content: bytes) -> str:
    """What it is, when it is no workbook; a name of a file in it may tell of a melding."""
    for name, kind in OTHER_KINDS.items():
        if name in content:
            return message(kind)
    if any(name in content for name in OF_A_BOOK):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    endings = {Path(name).suffix.lower().removeprefix(".") for name in names}
    return message("kind_zip", endings=", ".join(sorted(endings - {""})))


# --- whether it does harm -----------------------------------------------------------------


# A picture (SVG) may have a DOCTYPE.
XML_ENDINGS = (".xml", ".rels")
# How an .xlsx says which sheet is in which part.
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
SHEET_OF_BOOK = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
TARGET_ATTRIBUTE = re.compile(rb"\bTarget=[\"']([^\"']*)[\"']")
NAME_ATTRIBUTE = re.compile(rb"\sname=[\"']([^\"']*)[\"']")
ID = re.compile(rb"(?:\sId|:id)=[\"']([^\"']*)[\"']")
# What occurs in few parts, for `_occurs`.
FAR_CELL = r"r=[\"'](?:[A-Za-z]{2,3}[0-9]|[A-Za-z][0-9]{6})"
FORMULA = r"<(?:\w+:)?f\b"
FAILED_CELL = r"t=[\"']e[\"']"
FILLED_CELL = re.compile(rb"r=(?<=\sr=)[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")
# A formula that shows nothing has an empty value too, but then its cell is of the kind
# text.
UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\b(?![^>]*\bt=[\"']str)[^>]*?"
    rb"(?:\br=[\"'](?P<cell>[A-Z]+\d+)[\"'][^>]*)?>\s*"
    rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def refuse_harmful(content: bytes, file: str) -> dict[str, bytes]:
    """The parts of the archive of a workbook, when it does no harm to who opens it.

    Refused is what is damaged or encrypted, unpacks to too much, reaches too far, declares
    XML entities, or holds formulas that were never calculated.
    """
    try:
        parts = _unpacked(content, file)
    except BROKEN_ZIP as error:
        raise DataError.of("damaged", file=file, size=number(len(content))) from error

    if "xl/workbook.bin" in parts:
        raise DataError.of("binary", file=file)
    sheets = _sheet_names(parts)
    for name, part in parts.items():
        place = message("part", file=file, part=name)
        if name in sheets:
            place = grid.place_of(file, sheets[name])
        if ENCRYPTED_ODS in part:
            raise DataError.of("password", file=file)
        if name.endswith(XML_ENDINGS):
            grid.refuse_entities(part, place)
        _refuse_uncalculated(part, place)
        _check_reach(part, place)
    return parts


def _sheet_names(parts: dict[str, bytes]) -> dict[str, str]:
    """Part of an .xlsx → the name of the sheet in it, as far as the archive says so."""
    files: dict[bytes, bytes] = {}
    for found in RELATION.finditer(parts.get("xl/_rels/workbook.xml.rels", b"")):
        tag = found[0]
        target = TARGET_ATTRIBUTE.search(tag)
        known = ID.search(tag)
        if target and known:
            files[known[1]] = target[1]

    names: dict[str, str] = {}
    for found in SHEET_OF_BOOK.finditer(parts.get("xl/workbook.xml", b"")):
        name = NAME_ATTRIBUTE.search(found[0])
        known = ID.search(found[0])
        if name and known and known[1] in files:
            file = files[known[1]].decode(errors="replace")
            part = f"xl/{file.removeprefix('/').removeprefix('xl/')}"
            names[part] = html.unescape(name[1].decode(errors="replace"))
    return names


def _unpacked(content: bytes, file: str) -> dict[str, bytes]:
    """Name → what is in each part of an archive, when that is not too much."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        size = sum(entry.file_size for entry in entries)
        if size > grid.LARGEST_UNPACKED:
            most = grid.LARGEST_UNPACKED // MEGABYTE
            raise DataError.of("unpacks", file=file, most=most)
        if any(entry.flag_bits & ENCRYPTED for entry in entries):
            raise DataError.of("password", file=file)
        for entry in entries:
            with archive.open(entry) as part:
                # To no more than it declares: one that is larger fails its checksum.
                parts[entry.filename] = part.read(entry.file_size)
    return parts


def _refuse_uncalculated(part: bytes, place: str) -> None:
    """Of a formula that was never calculated nobody knows what it shows."""
    if not _occurs(FORMULA, part):
        return
    found = UNCALCULATED.search(part)
    if found is None:
        return
    cell = (found["cell"] or b"").decode()
    where = message("part_cell", place=place, cell=cell) if cell else place
    raise DataError.of("uncalculated", place=where)


def _check_reach(part: bytes, place: str) -> None:
    """The filled cells of a sheet reach no further than the limits."""
    if not _occurs(FAR_CELL, part):
        return
    cells = FILLED_CELL.findall(part)
    letters = {column.decode() for column in {column for column, _ in cells}}
    columns = [column_index_from_string(column) for column in letters]
    last_column = max(columns, default=0)
    rows = {row for _, row in cells}
    last_row = max(map(int, rows), default=0)
    check_size(last_row, last_column, place)


def _occurs(pattern: str, part: bytes) -> bool:
    """Whether it is there at all.

    Asked of every byte that is unpacked, so of what is fastest.
    """
    text = pa.scalar(part, pa.large_binary())
    options = pc.MatchSubstringOptions(pattern)
    return pc.call_function("match_substring_regex", [text], options).as_py()


# --- what calamine does not say -----------------------------------------------------------


CALENDAR_OF_1904 = re.compile(
    rb"<(?:\w+:)?workbookPr\b"
    rb"[^>]*\bdate1904=[\"'](?:1|true)[\"']"
)
ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
CALC_TYPE = f"{CALC}value-type"
LOOKS = re.compile(rb'patternType="solid"|<(?:\w+:)?strike\b')
NOT_AVAILABLE = "#N/A"  # when it is not said which error it is
ROWS_WITH_COLOUR = 2_000  # that are looked at: who uses colours did it by hand


def _of_old(content: bytes, file: str) -> Beside:
    """Of an .xls: 65,536 rows of 256 columns at most, so it does no harm."""
    if ENCRYPTED_PACKAGE in content:
        raise DataError.of("password", file=file)
    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
    beside = Beside(from_1904=book.datemode == 1)
    for sheet in book.sheets():
        for row in range(sheet.nrows):
            for column, kind in enumerate(sheet.row_types(row)):
                if kind == xlrd.XL_CELL_ERROR:
                    code = int(sheet.cell_value(row, column))
                    beside.failed[sheet.name, row, column] = error_text_from_code[code]
    return beside


def _of_archive(content: bytes, file: str) -> Beside:
    parts = refuse_harmful(content, file)
    if "content.xml" in parts:
        return _OpenDocument(file).read(parts["content.xml"])

    book = parts.get("xl/workbook.xml", b"")
    styles = parts.get("xl/styles.xml", b"")
    beside = Beside(from_1904=CALENDAR_OF_1904.search(book) is not None)
    has_failed = any(_occurs(FAILED_CELL, part) for part in parts.values())
    has_looks = LOOKS.search(styles) is not None
    if has_failed:
        _look_at_cells(content, beside, most=None)
    elif has_looks:
        _look_at_cells(content, beside, most=ROWS_WITH_COLOUR)
    return beside


def _look_at_cells(content: bytes, beside: Beside, most: int | None) -> None:
    """Add to `beside` which formulas failed, and what rows look like."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # those that a program wrote down may be wrong
        for at, row in enumerate(sheet.iter_rows(max_row=most)):
            for column, cell in enumerate(row):
                if cell.data_type == "e":
                    error = str(cell.value or NOT_AVAILABLE)
                    beside.failed[sheet.title, at, column] = error

                if cell.value is not None and cell.has_style:
                    _look_at_style(cell, (sheet.title, at), beside)


def _look_at_style(cell: Any, row: tuple[str, int], beside: Beside) -> None:
    """Add to `beside` the colour of a cell, and that its text is struck through."""
    if cell.fill.fill_type == "solid":
        colour = cell.fill.fgColor
        colours = beside.coloured.setdefault(row, set())
        colours.add(f"{colour.type} {colour.value}")
    if cell.font.strike:
        beside.struck.add(row)


class _OpenDocument:
    """An .ods, read from its first element to its last; one may stand for many cells.

    `at` is the index of the row that is read, `down` for how many rows it stands, `column`
    the index of the next cell. How far the sheet reaches is checked.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.beside = Beside()
        self.column = 0
        self._begin_sheet("")

    def read(self, content: bytes) -> Beside:
        """What calamine does not say of it."""
        for event, element in ET.iterparse(io.BytesIO(content), ("start", "end")):
            if event == "start":
                self._begin(element)
            else:
                self._end(element)
        return self.beside

    def _begin(self, element: ET.Element) -> None:
        if element.tag == f"{ODF_TABLE}table":
            self._begin_sheet(element.get(f"{ODF_TABLE}name", ""))
        elif element.tag == f"{ODF_TABLE}null-date":
            first_day = element.get(f"{ODF_TABLE}date-value")
            self.beside.from_1904 = first_day == "1904-01-01"
        elif element.tag == f"{ODF_TABLE}table-row":
            self._begin_row(element)

    def _end(self, element: ET.Element) -> None:
        if element.tag == f"{ODF_TABLE}table-row":
            element.clear()
        elif element.tag.endswith("table-cell"):
            self._add_cell(element)

    def _begin_sheet(self, name: str) -> None:
        self.sheet = name
        self.at = 0
        self.down = 0
        self.last_row = 0
        self.last_column = 0

    def _begin_row(self, element: ET.Element) -> None:
        self.at += self.down
        self.down = times(element.get(f"{ODF_TABLE}number-rows-repeated"))
        self.column = 0

    def _add_cell(self, element: ET.Element) -> None:
        across = times(element.get(f"{ODF_TABLE}number-columns-repeated"))
        if element.get(OFFICE_TYPE):
            self._check_reach(across)

        spanned = times(element.get(f"{ODF_TABLE}number-rows-spanned"))
        if spanned > 1:
            last = self.at + spanned - 1
            cells = (self.column, self.at, last)
            self.beside.merged.append((self.sheet, cells))

        if element.get(CALC_TYPE) == "error":
            error = "".join(element.itertext()).strip() or NOT_AVAILABLE
            rows = range(self.at, self.at + self.down)
            columns = range(self.column, self.column + across)
            for row, column in product(rows, columns):
                self.beside.failed[self.sheet, row, column] = error
        self.column += across

    def _check_reach(self, across: int) -> None:
        row = self.at + self.down
        column = self.column + across
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)

        place = grid.place_of(self.file, self.sheet)
        check_size(self.last_row, self.last_column, place)


# --- cells as text ------------------------------------------------------------------------


# From here on the last digits of a number in a cell are not certain: Excel keeps fifteen.
SURE_DIGITS = 1e15
MOST_TEXTS = 100_000
DAY_NUMBER = re.compile(r"(\d{5})((?:[.,]\d+)?)")
DAYS_LATER = 1_462  # the calendar of 1904 began


def _open_sheet(
    file: str,
    book: calamine.CalamineWorkbook,
    sheet: calamine.SheetMetadata,
    beside: Beside,
) -> Grid:
    name = sheet.name
    opened = book.get_sheet_by_name(name)
    # Without skip_empty_area=False the first filled row would be row 1, whatever its number
    # is.
    rows: list[list[Any]] = opened.to_python(skip_empty_area=False)
    # Most of a million cells are text: those are not worth a call each.
    for at, row in enumerate(rows):
        rows[at] = [cell.strip() if type(cell) is str else _as_text(cell) for cell in row]

    for (of, at, column), error in beside.failed.items():
        if of != name:
            continue
        while len(rows) <= at:
            rows.append([])
        row = rows[at]
        row += [""] * (column + 1 - len(row))
        row[column] = row[column] or error

    merged: list[tuple[int, int, int]] = []
    for (first, column), (last, _) in opened.merged_cell_ranges or []:
        if last > first:
            merged.append((column, first, last))
    if not merged:
        merged = [cells for of, cells in beside.merged if of == name]
    coloured: dict[int, frozenset[str]] = {}
    for (of, at), colours in beside.coloured.items():
        if of == name:
            coloured[at] = frozenset(colours)
    struck = frozenset(at for of, at in beside.struck if of == name)
    return Grid(
        file,
        name,
        rows,
        hidden=sheet.visible != calamine.SheetVisibleEnum.Visible,
        merged=tuple(merged),
        from_1904=beside.from_1904,
        coloured=coloured,
        struck=struck,
    )


# Dates and numbers repeat; typed, because 1, 1.0 and True are one key and three texts.
@lru_cache(maxsize=MOST_TEXTS, typed=True)
def _as_text(cell: float | bool | dt.datetime | dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(cell, bool):
        return "WAAR" if cell else "ONWAAR"
    if isinstance(cell, float):
        if abs(cell) >= SURE_DIGITS:
            return f"{cell:.14E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        # A workbook counts in fractions of a day: 14:05 may be stored as 14:04:59.999. A
        # database ends its day at 23:59:59.997: that is not the next day.
        later = cell + dt.timedelta(milliseconds=1)
        rounded = later.replace(microsecond=0)
        return rounded.isoformat().removesuffix("T00:00:00")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def in_our_calendar(cell: str) -> str:
    """The number of a day, counted from 1904, as in every other workbook; else the cell."""
    match = DAY_NUMBER.fullmatch(cell)
    if match is None:
        return cell
    day = int(match[1]) + DAYS_LATER
    part_of_a_day = match[2]
    return f"{day}{part_of_a_day}"
