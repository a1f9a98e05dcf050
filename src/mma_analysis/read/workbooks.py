"""A workbook → its sheets as grids of text: .xlsx, .xls and .ods, when it does no harm."""

import datetime as dt
import io
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine as calamine
import xlrd
from openpyxl.utils.exceptions import InvalidFileException
from xlrd.biffh import XLRDError, error_text_from_code
from xlrd.compdoc import CompDocError

from mma_analysis.read import grid
from mma_analysis.read.grid import (
    Grid,
    check_cells,
    check_size,
    check_texts,
    check_together,
    times,
)
from mma_analysis.read.harm import refuse_harmful
from mma_analysis.read.reach import occurs
from mma_analysis.vocabulary import DataError, message

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
# What stands in an .xlsx with a password, which is no archive.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


@dataclass
class WorkbookExtras:
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
    extras = _of_old(content, file) if is_old else _of_archive(content, file)
    grids: list[Grid] = []
    stream = io.BytesIO(content)
    with calamine.CalamineWorkbook.from_filelike(stream) as book:
        for sheet in book.sheets_metadata:
            is_table = sheet.typ == calamine.SheetTypeEnum.WorkSheet
            if is_table:
                grids.append(_open_sheet(file, book, sheet, extras))
                check_together(grids, file)
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


# --- what calamine does not say -----------------------------------------------------------


CALENDAR_OF_1904 = re.compile(
    rb"<(?:\w+:)?workbookPr\b"
    rb"[^>]*\bdate1904=[\"'](?:1|true)[\"']"
)
ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
CALC_TYPE = f"{CALC}value-type"
FAILED_CELL = r"t=[\"']e[\"']"  # for `occurs`
LOOKS = re.compile(rb'patternType="solid"|<(?:\w+:)?strike\b')
NOT_AVAILABLE = "#N/A"  # when it is not said which error it is
ROWS_WITH_COLOUR = 2_000  # that are looked at: who uses colours did it by hand


def _of_old(content: bytes, file: str) -> WorkbookExtras:
    """Of an .xls, sheet by sheet: how much all of them hold together is checked."""
    if ENCRYPTED_PACKAGE in content:
        raise DataError.of("password", file=file)
    silent = io.StringIO()
    book = xlrd.open_workbook(
        file_contents=content,
        logfile=silent,
        on_demand=True,
        ragged_rows=True,
    )
    extras = WorkbookExtras(from_1904=book.datemode == 1)
    cells = 0
    letters = 0
    for index, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(index)
        check_size(sheet.nrows, sheet.ncols, grid.place_of(file, name))
        cells += sheet.nrows * sheet.ncols
        check_cells(cells, file)
        for row in range(sheet.nrows):
            for column, kind in enumerate(sheet.row_types(row)):
                if kind == xlrd.XL_CELL_TEXT:
                    letters += len(sheet.cell_value(row, column))
                elif kind == xlrd.XL_CELL_ERROR:
                    code = int(sheet.cell_value(row, column))
                    extras.failed[name, row, column] = error_text_from_code[code]
        check_texts(letters, file)
        book.unload_sheet(index)
    return extras


def _of_archive(content: bytes, file: str) -> WorkbookExtras:
    parts = refuse_harmful(content, file)
    if "content.xml" in parts:
        return _OpenDocument(file).read(parts["content.xml"])

    book = parts.get("xl/workbook.xml", b"")
    styles = parts.get("xl/styles.xml", b"")
    extras = WorkbookExtras(from_1904=CALENDAR_OF_1904.search(book) is not None)
    has_failed = any(occurs(FAILED_CELL, part) for part in parts.values())
    has_looks = LOOKS.search(styles) is not None
    if has_failed:
        _look_at_cells(content, extras, most=None)
    elif has_looks:
        _look_at_cells(content, extras, most=ROWS_WITH_COLOUR)
    return extras


def _look_at_cells(content: bytes, extras: WorkbookExtras, most: int | None) -> None:
    """Add to `extras` which formulas failed, and what rows look like."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # those that a program wrote down may be wrong
        for at, row in enumerate(sheet.iter_rows(max_row=most)):
            for column, cell in enumerate(row):
                if cell.data_type == "e":
                    error = str(cell.value or NOT_AVAILABLE)
                    extras.failed[sheet.title, at, column] = error

                if cell.value is not None and cell.has_style:
                    _look_at_style(cell, (sheet.title, at), extras)


def _look_at_style(cell: Any, row: tuple[str, int], extras: WorkbookExtras) -> None:
    """Add to `extras` the colour of a cell, and that its text is struck through."""
    if cell.fill.fill_type == "solid":
        colour = cell.fill.fgColor
        colours = extras.coloured.setdefault(row, set())
        colours.add(f"{colour.type} {colour.value}")
    if cell.font.strike:
        extras.struck.add(row)


class _OpenDocument:
    """An .ods, read from its first element to its last; one may stand for many cells.

    `at` is the index of the row that is read, `down` for how many rows it stands, `column`
    the index of the next cell. How far the sheet reaches is checked.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.extras = WorkbookExtras()
        self.letters = 0
        self.cells = 0
        self.column = 0
        self._begin_sheet("")

    def read(self, content: bytes) -> WorkbookExtras:
        """What calamine does not say of it."""
        for event, element in ET.iterparse(io.BytesIO(content), ("start", "end")):
            if event == "start":
                self._begin(element)
            else:
                self._end(element)
        return self.extras

    def _begin(self, element: ET.Element) -> None:
        if element.tag == f"{ODF_TABLE}table":
            self.cells += self.last_row * self.last_column
            self._begin_sheet(element.get(f"{ODF_TABLE}name", ""))
        elif element.tag == f"{ODF_TABLE}null-date":
            first_day = element.get(f"{ODF_TABLE}date-value")
            self.extras.from_1904 = first_day == "1904-01-01"
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
            text = "".join(element.itertext())
            self.letters += len(text) * across * self.down
            check_texts(self.letters, self.file)

        spanned = times(element.get(f"{ODF_TABLE}number-rows-spanned"))
        if spanned > 1:
            last = self.at + spanned - 1
            cells = (self.column, self.at, last)
            self.extras.merged.append((self.sheet, cells))

        if element.get(CALC_TYPE) == "error":
            error = "".join(element.itertext()).strip() or NOT_AVAILABLE
            rows = range(self.at, self.at + self.down)
            columns = range(self.column, self.column + across)
            for row, column in product(rows, columns):
                self.extras.failed[self.sheet, row, column] = error
        self.column += across

    def _check_reach(self, across: int) -> None:
        row = self.at + self.down
        column = self.column + across
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)

        place = grid.place_of(self.file, self.sheet)
        check_size(self.last_row, self.last_column, place)
        laid_out = self.last_row * self.last_column
        check_cells(self.cells + laid_out, self.file)


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
    extras: WorkbookExtras,
) -> Grid:
    name = sheet.name
    opened = book.get_sheet_by_name(name)
    # Without skip_empty_area=False the first filled row would be row 1, whatever its number
    # is.
    rows: list[list[Any]] = opened.to_python(skip_empty_area=False)
    # Most of a million cells are text: those are not worth a call each.
    for at, row in enumerate(rows):
        rows[at] = [cell.strip() if type(cell) is str else _as_text(cell) for cell in row]

    for (of, at, column), error in extras.failed.items():
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
        merged = [cells for of, cells in extras.merged if of == name]
    coloured: dict[int, frozenset[str]] = {}
    for (of, at), colours in extras.coloured.items():
        if of == name:
            coloured[at] = frozenset(colours)
    struck = frozenset(at for of, at in extras.struck if of == name)
    return Grid(
        file,
        name,
        rows,
        hidden=sheet.visible != calamine.SheetVisibleEnum.Visible,
        merged=tuple(merged),
        from_1904=extras.from_1904,
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
