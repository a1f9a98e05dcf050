"""A workbook → its sheets as grids of text: .xlsx, .xls and .ods.

calamine reads the cells. It does not say which cells hold an error, which it gives as empty, in
which calendar an old Mac counted, or what is merged in an .ods: that is looked up beside it.
"""

import datetime as dt
import io
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import openpyxl
import xlrd
from openpyxl.utils.exceptions import InvalidFileException
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)
from xlrd.biffh import XLRDError, error_text_from_code
from xlrd.compdoc import CompDocError

from mma_analysis.read.container import OLE, not_a_workbook, refuse_harmful
from mma_analysis.read.grid import Grid, check_size, place_of, times
from mma_analysis.vocabulary import DataError

ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
# What the libraries raise for a workbook that is damaged or of another kind.
UNREADABLE_BOOK = (
    *(CalamineError, XLRDError, CompDocError, InvalidFileException, ET.ParseError),
    *(struct.error, AssertionError, LookupError, TypeError, ValueError),
)
CALENDAR_OF_1904 = re.compile(rb"<workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)[\"']")
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
# From here on the last digits of a number in a cell are not certain: Excel keeps fifteen.
SURE_DIGITS = 1e15
MOST_TEXTS = 100_000
DAY_NUMBER = re.compile(r"(\d{5})((?:[.,]\d+)?)")
DAYS_LATER = 1_462
SOLID = b'patternType="solid"'
ROWS_WITH_COLOUR = 2_000  # that are looked at: who uses colours did it by hand

Cell = float | bool | dt.datetime | dt.date | dt.time | dt.timedelta
# Row and column, from 0 → what a spreadsheet program shows in a cell in which a formula failed.
Failed = dict[tuple[int, int], str]
# Cells that were merged downwards, as in `Grid.merged`.
Merged = list[tuple[int, int, int]]


@dataclass(frozen=True)
class Beside:
    """What calamine does not say: the calendar, and per sheet its errors and merged cells."""

    from_1904: bool = False
    failed: Mapping[str, Failed] = field(default_factory=dict)
    merged: Mapping[str, Merged] = field(default_factory=dict)
    coloured: Mapping[str, frozenset[int]] = field(default_factory=dict)


def open_workbook(content: bytes, file: str) -> list[Grid]:
    """Read every sheet of a workbook; one with a password, or that does harm, is refused."""
    try:
        beside = _of_old(content, file) if content.startswith(OLE) else _of_archive(content, file)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = [s for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
            return [_open_sheet(book, sheet, beside) for sheet in sheets]
    except PasswordError as error:
        raise DataError.of("password", file=file) from error
    except UNREADABLE_BOOK as error:
        raise not_a_workbook(content, file) from error


# --- what calamine does not say ------------------------------------------------------------------


def _of_old(content: bytes, file: str) -> Beside:
    """Of an .xls: 65,536 rows of 256 columns at most, so it does no harm."""
    if ENCRYPTED_PACKAGE in content:
        raise DataError.of("password", file=file)
    try:
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
    except XLRDError as error:
        if "encrypted" in str(error):
            raise DataError.of("password", file=file) from error
        raise
    failed = {
        sheet.name: {
            (row, column): error_text_from_code[int(sheet.cell_value(row, column))]
            for row in range(sheet.nrows)
            for column, kind in enumerate(sheet.row_types(row))
            if kind == xlrd.XL_CELL_ERROR
        }
        for sheet in book.sheets()
    }
    return Beside(book.datemode == 1, failed)


def _of_archive(content: bytes, file: str) -> Beside:
    has_failed = refuse_harmful(content, file)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "content.xml" in names:
            return _of_open_document(archive.read("content.xml"), file)
        book = archive.read("xl/workbook.xml") if "xl/workbook.xml" in names else b""
        styles = archive.read("xl/styles.xml") if "xl/styles.xml" in names else b""
    failed = _failed_in_xlsx(content) if has_failed else {}
    coloured = _coloured_in_xlsx(content) if SOLID in styles else {}
    return Beside(CALENDAR_OF_1904.search(book) is not None, failed, coloured=coloured)


def _coloured_in_xlsx(content: bytes) -> dict[str, frozenset[int]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    coloured: dict[str, frozenset[int]] = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        coloured[sheet.title] = frozenset(
            at
            for at, row in enumerate(sheet.iter_rows(max_row=ROWS_WITH_COLOUR))
            if any(c.value is not None and c.has_style and c.fill.fill_type == "solid" for c in row)
        )
    return coloured


def _failed_in_xlsx(content: bytes) -> dict[str, Failed]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    failed: dict[str, Failed] = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # those that a program wrote down may be wrong
        failed[sheet.title] = {
            (at, column): str(cell.value or "#N/A")
            for at, row in enumerate(sheet.iter_rows())
            for column, cell in enumerate(row)
            if cell.data_type == "e"
        }
    return failed


def _of_open_document(content: bytes, file: str) -> Beside:
    """Of an .ods, in which one element stands for many cells: how far it reaches is checked too."""
    failed: dict[str, Failed] = {}
    merged: dict[str, Merged] = {}
    sheet, from_1904 = "", False
    at = down = column = last_row = last_column = 0
    for event, element in ET.iterparse(io.BytesIO(content), ("start", "end")):
        if event == "start" and element.tag == f"{TABLE}table":
            sheet, at, down, last_row, last_column = element.get(f"{TABLE}name", ""), 0, 0, 0, 0
        elif event == "start" and element.tag == f"{TABLE}null-date":
            from_1904 = element.get(f"{TABLE}date-value") == "1904-01-01"
        elif event == "start" and element.tag == f"{TABLE}table-row":
            at, down, column = at + down, times(element.get(f"{TABLE}number-rows-repeated")), 0
        elif event == "end" and element.tag == f"{TABLE}table-row":
            element.clear()
        elif event == "end" and element.tag.endswith("table-cell"):
            across = times(element.get(f"{TABLE}number-columns-repeated"))
            if element.get(OFFICE_TYPE):
                last_row, last_column = max(last_row, at + down), max(last_column, column + across)
                check_size(last_row, last_column, place_of(file, Grid(sheet, [])))
            spanned = times(element.get(f"{TABLE}number-rows-spanned"))
            if spanned > 1:
                merged.setdefault(sheet, []).append((column, at, at + spanned - 1))
            if element.get(CALC_TYPE) == "error":
                error = "".join(element.itertext()).strip() or "#N/A"
                places = ((at + n // across, column + n % across) for n in range(across * down))
                failed.setdefault(sheet, {}).update(dict.fromkeys(places, error))
            column += across
    return Beside(from_1904, failed, merged)


# --- the cells -----------------------------------------------------------------------------------


def _open_sheet(book: CalamineWorkbook, sheet: SheetMetadata, beside: Beside) -> Grid:
    opened = book.get_sheet_by_name(sheet.name)
    # Without skip_empty_area=False the first filled row would be row 1, whatever its number is.
    cells = opened.to_python(skip_empty_area=False)
    # Most of a million cells are text: those are not worth a call each.
    rows = [[c.strip() if type(c) is str else _as_text(c) for c in row] for row in cells]
    for (row, column), error in beside.failed.get(sheet.name, {}).items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = rows[row][column] or error
    merged = [
        (column, first, last)
        for (first, column), (last, _) in opened.merged_cell_ranges or []
        if last > first
    ]
    return Grid(
        sheet.name,
        rows,
        hidden=sheet.visible != SheetVisibleEnum.Visible,
        merged=tuple(merged or beside.merged.get(sheet.name, [])),
        from_1904=beside.from_1904,
        coloured=beside.coloured.get(sheet.name, frozenset()),
    )


# Dates and numbers repeat; typed, because 1, 1.0 and True are one key and three texts.
@lru_cache(maxsize=MOST_TEXTS, typed=True)
def _as_text(cell: Cell) -> str:
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
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def in_our_calendar(cell: str) -> str:
    """The number of a day, counted from 1904, as it is in every other workbook; else the cell."""
    match = DAY_NUMBER.fullmatch(cell)
    return f"{int(match[1]) + DAYS_LATER}{match[2]}" if match else cell
