"""A workbook → its sheets as grids of text: .xlsx, .xls and .ods, when it does no harm."""

import datetime as dt
import io
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
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

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What the libraries raise for a workbook that is damaged or of another kind.
UNREADABLE_BOOK = (
    *(calamine.CalamineError, XLRDError, CompDocError, InvalidFileException, ET.ParseError),
    *(struct.error, AssertionError, LookupError, TypeError, ValueError),
)
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError)
ENCRYPTED = 1
# What stands in a file with a password: an .xlsx, which is then no archive, and an .ods.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
ENCRYPTED_ODS = b"<manifest:encryption-data"


@dataclass
class Beside:
    """What calamine, which reads the cells, does not say: the calendar, and more of each sheet.

    `failed`: sheet, row and column, from 0 → what a program shows where a formula failed; `merged`:
    sheet, and cells as in a Grid; `coloured`: sheet and row.
    """

    from_1904: bool = False
    failed: dict[tuple[str, int, int], str] = field(default_factory=dict)
    merged: list[tuple[str, tuple[int, int, int]]] = field(default_factory=list)
    coloured: set[tuple[str, int]] = field(default_factory=set)


def open_workbook(content: bytes, file: str) -> list[Grid]:
    """Read every sheet of a workbook; one with a password, or that does harm, is refused."""
    try:
        beside = _of_old(content, file) if content.startswith(OLE) else _of_archive(content, file)
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = [s for s in book.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
            return [_open_sheet(file, book, sheet, beside) for sheet in sheets]
    except UNREADABLE_BOOK as error:
        if isinstance(error, calamine.PasswordError) or "encrypted" in str(error):
            raise DataError.of("password", file=file) from error
        if what := _other_kind(content):
            raise DataError.of("no_registration", file=file, what=what) from error
        raise DataError.of("no_workbook", file=file) from error


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
    if what := next((what for name, what in OTHER_KINDS.items() if name in content), ""):
        return message(what)
    if any(name in content for name in OF_A_BOOK):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        endings = {Path(name).suffix.lower().removeprefix(".") for name in archive.namelist()}
    return message("kind_zip", endings=", ".join(sorted(endings - {""})))


# A picture (SVG) may have a DOCTYPE.
XML = (".xml", ".rels")
# What occurs in few parts, for `_occurs`.
FAR_CELL = r"r=[\"'](?:[A-Za-z]{2,3}[0-9]|[A-Za-z][0-9]{6})"
FORMULA, FAILED_CELL = r"<(?:\w+:)?f\b", r"t=[\"']e[\"']"
FILLED_CELL = re.compile(rb"r=(?<=\sr=)[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")
# A formula that shows nothing has an empty value too, but then its cell is of the kind text.
UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\b(?![^>]*\bt=[\"']str)[^>]*?(?:\br=[\"'](?P<cell>[A-Z]+\d+)[\"'][^>]*)?>\s*"
    rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def refuse_harmful(content: bytes, file: str) -> dict[str, bytes]:
    """The parts of the archive of a workbook, when it does no harm to who opens it.

    Refused is what is damaged or encrypted, unpacks to too much, reaches too far, declares XML
    entities, or holds formulas that were never calculated.
    """
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > grid.LARGEST_UNPACKED:
                raise DataError.of("unpacks", file=file, most=grid.LARGEST_UNPACKED // MEGABYTE)
            if any(entry.flag_bits & ENCRYPTED for entry in entries):
                raise DataError.of("password", file=file)
            for entry in entries:
                with archive.open(entry) as part:
                    # To no more than it declares: one that is larger fails its checksum.
                    parts[entry.filename] = part.read(entry.file_size)
    except BROKEN_ZIP as error:
        raise DataError.of("damaged", file=file, size=number(len(content))) from error
    if "xl/workbook.bin" in parts:
        raise DataError.of("binary", file=file)
    for name, part in parts.items():
        place = message("part", file=file, part=name)
        if ENCRYPTED_ODS in part:
            raise DataError.of("password", file=file)
        if name.endswith(XML):
            grid.refuse_entities(part, place)
        if _occurs(FORMULA, part) and (formula := UNCALCULATED.search(part)):
            cell = (formula["cell"] or b"").decode()
            where = message("part_cell", place=place, cell=cell) if cell else place
            raise DataError.of("uncalculated", place=where)
        cells = FILLED_CELL.findall(part) if _occurs(FAR_CELL, part) else ()
        columns = (column_index_from_string(one.decode()) for one in {of for of, _ in cells})
        last_row = max(map(int, {row for _, row in cells}), default=0)
        check_size(last_row, max(columns, default=0), place)
    return parts


def _occurs(pattern: str, part: bytes) -> bool:
    """Whether it is there at all: asked of every byte that is unpacked, so of what is fastest."""
    where, options = [pa.scalar(part, pa.large_binary())], pc.MatchSubstringOptions(pattern)
    return pc.call_function("match_substring_regex", where, options).as_py()


CALENDAR_OF_1904 = re.compile(rb"<workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)[\"']")
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
ROWS_WITH_COLOUR = 2_000  # that are looked at: who uses colours did it by hand


def _of_old(content: bytes, file: str) -> Beside:
    """Of an .xls: 65,536 rows of 256 columns at most, so it does no harm."""
    if ENCRYPTED_PACKAGE in content:
        raise DataError.of("password", file=file)
    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
    beside = Beside(book.datemode == 1)
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
        return _of_open_document(parts["content.xml"], file)
    book, styles = (parts.get(name, b"") for name in ("xl/workbook.xml", "xl/styles.xml"))
    beside = Beside(CALENDAR_OF_1904.search(book) is not None)
    has_failed = any(_occurs(FAILED_CELL, part) for part in parts.values())
    if has_failed or b'patternType="solid"' in styles:
        opened = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in opened.worksheets:
            sheet.reset_dimensions()  # those that a program wrote down may be wrong
            rows = sheet.iter_rows(max_row=None if has_failed else ROWS_WITH_COLOUR)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell.data_type == "e":
                        beside.failed[sheet.title, at, column] = str(cell.value or "#N/A")
                    if cell.value is not None and cell.has_style and cell.fill.fill_type == "solid":
                        beside.coloured.add((sheet.title, at))
    return beside


def _of_open_document(content: bytes, file: str) -> Beside:
    """Of an .ods, in which one element stands for many cells: how far it reaches is checked too."""
    beside, sheet = Beside(), ""
    at = down = column = last_row = last_column = 0
    for event, element in ET.iterparse(io.BytesIO(content), ("start", "end")):
        if event == "start" and element.tag == f"{TABLE}table":
            sheet, at, down, last_row, last_column = element.get(f"{TABLE}name", ""), 0, 0, 0, 0
        elif event == "start" and element.tag == f"{TABLE}null-date":
            beside.from_1904 = element.get(f"{TABLE}date-value") == "1904-01-01"
        elif event == "start" and element.tag == f"{TABLE}table-row":
            at, down, column = at + down, times(element.get(f"{TABLE}number-rows-repeated")), 0
        elif event == "end" and element.tag == f"{TABLE}table-row":
            element.clear()
        elif event == "end" and element.tag.endswith("table-cell"):
            across = times(element.get(f"{TABLE}number-columns-repeated"))
            if element.get(OFFICE_TYPE):
                last_row, last_column = max(last_row, at + down), max(last_column, column + across)
                check_size(last_row, last_column, grid.place_of(file, sheet))
            spanned = times(element.get(f"{TABLE}number-rows-spanned"))
            if spanned > 1:
                beside.merged.append((sheet, (column, at, at + spanned - 1)))
            if element.get(CALC_TYPE) == "error":
                error = "".join(element.itertext()).strip() or "#N/A"
                for n in range(across * down):
                    beside.failed[sheet, at + n // across, column + n % across] = error
            column += across
    return beside


# From here on the last digits of a number in a cell are not certain: Excel keeps fifteen.
SURE_DIGITS = 1e15
MOST_TEXTS = 100_000
DAY_NUMBER = re.compile(r"(\d{5})((?:[.,]\d+)?)")
DAYS_LATER = 1_462  # the calendar of 1904 began


def _open_sheet(
    file: str, book: calamine.CalamineWorkbook, sheet: calamine.SheetMetadata, beside: Beside
) -> Grid:
    name, opened = sheet.name, book.get_sheet_by_name(sheet.name)
    # Without skip_empty_area=False the first filled row would be row 1, whatever its number is.
    rows: list[list[Any]] = opened.to_python(skip_empty_area=False)
    # Most of a million cells are text: those are not worth a call each.
    for at, row in enumerate(rows):
        rows[at] = [cell.strip() if type(cell) is str else _as_text(cell) for cell in row]
    for (of, row, column), error in beside.failed.items():
        if of == name:
            rows += [[] for _ in range(row + 1 - len(rows))]
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = rows[row][column] or error
    ranges = opened.merged_cell_ranges or []
    merged = [(column, first, last) for (first, column), (last, _) in ranges if last > first]
    return Grid(
        file,
        name,
        rows,
        hidden=sheet.visible != calamine.SheetVisibleEnum.Visible,
        merged=tuple(merged or [cells for of, cells in beside.merged if of == name]),
        from_1904=beside.from_1904,
        coloured=frozenset(row for of, row in beside.coloured if of == name),
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
        # A workbook counts in fractions of a day: 14:05 may be stored as 14:04:59.999. A database
        # ends its day at 23:59:59.997: that is not the next day.
        rounded = (cell + dt.timedelta(milliseconds=1)).replace(microsecond=0)
        return rounded.isoformat().removesuffix("T00:00:00")
    return cell.isoformat() if isinstance(cell, (dt.date, dt.time)) else str(cell)


def in_our_calendar(cell: str) -> str:
    """The number of a day, counted from 1904, as it is in every other workbook; else the cell."""
    match = DAY_NUMBER.fullmatch(cell)
    return f"{int(match[1]) + DAYS_LATER}{match[2]}" if match else cell
