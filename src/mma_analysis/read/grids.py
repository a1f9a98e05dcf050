"""A delivered file → its sheets as grids of text: no header, no meaning, nothing dropped."""

import datetime as dt
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mma_analysis.domain import MmaError
from mma_analysis.read import limits, open_document
from mma_analysis.read.archive import has_a_password, refuse_harmful
from mma_analysis.read.failed import with_failed_cells
from mma_analysis.read.grid import Grid
from mma_analysis.read.kinds import (
    OLE,
    ZIP,
    not_a_workbook,
    refuse_lock_file,
    refuse_other_kinds,
)
from mma_analysis.read.markup import is_markup, open_markup
from mma_analysis.read.text import decode, open_text

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
CALENDAR_OF_1904 = re.compile(rb"<workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)[\"']")
# The record of the calendar with that of the precision, which always follows it.
CALENDAR_OF_1904_XLS = b"\x22\x00\x02\x00\x01\x00\x0e\x00\x02\x00"
# From here on the last digits of a number in a cell are not certain: Excel keeps fifteen.
SURE_DIGITS = 1e15
MOST_TEXTS = 100_000

Cell = float | bool | dt.datetime | dt.date | dt.time | dt.timedelta

BETWEEN_CELLS = re.compile(r"\s*[;\t|]\s*")
DAY_NUMBER = re.compile(r"(\d{5})((?:[.,]\d+)?)")
DAYS_LATER = 1_462


def open_grids(path: Path, file: str) -> list[Grid]:
    """Read every sheet of a workbook, or the one table of a text file, as text.

    A date cell becomes ISO text (`2022-03-03`, with the time only when it is not midnight), a
    whole number loses its `.0`, a boolean becomes what Dutch Excel shows (`WAAR`, `ONWAAR`), a
    formula that failed its error (`#N/A`), an empty cell is `""`. Spaces around a cell are dropped.

    Parameters
    ----------
    path
        Where the file is.
    file
        How the file is named in an error: relative to the edition.

    Raises
    ------
    MmaError
        When the kind of file is unknown, the file cannot be read, is larger than `limits`, or
        holds nothing.
    """
    refuse_lock_file(file)
    kind = path.suffix.lower()
    if kind not in (*WORKBOOKS, *TEXTS):
        raise MmaError(
            f"{file}: '{kind}' is not a kind of file that can be read; it must be one of "
            f"{', '.join((*WORKBOOKS, *TEXTS))}. Unpack a packed folder and name what is in it; of "
            "anything else ask the sender for the registration as .xlsx or .csv"
        )
    grids = _open(_bytes_of(path, file), file)
    if not any(any(row) for grid in grids for row in grid.rows):
        raise MmaError(
            f"{file}: the file is empty: it has no cell with anything in it; ask the sender for "
            "the registration itself"
        )
    return grids


def open_all(path: Path, file: str) -> list[Grid]:
    """Every cell of a file, for who searches for what is in it: as `open_grids` gives them.

    A text that is refused for its quotation marks or its length is cut at tabs, bars and
    semicolons; a file in which there is nothing has no cell.

    Raises
    ------
    MmaError
        When nothing can be said of what is in it.
    """
    refuse_lock_file(file)
    content = _bytes_of(path, file)
    try:
        return _open(content, file)
    except MmaError:
        refuse_other_kinds(content, file)
        text = "" if content.startswith((ZIP, OLE)) else decode(content, file)
        if not text or is_markup(text):
            raise
        return [Grid("", [BETWEEN_CELLS.split(line.strip()) for line in text.splitlines()])]


def _open(content: bytes, file: str) -> list[Grid]:
    """The content and not the name decides what it is: a web page is often named .xls."""
    if content.startswith((ZIP, OLE)):
        return _open_workbook(content, file)
    refuse_other_kinds(content, file)
    text = decode(content, file)
    if is_markup(text):
        return open_markup(text, file)
    return [Grid("", open_text(text, file), delimited=True)]


def _bytes_of(path: Path, file: str) -> bytes:
    size = path.stat().st_size
    if size > limits.LARGEST_FILE:
        raise MmaError(
            f"{file}: the file is {size // limits.MEGABYTE} MB; at most "
            f"{limits.LARGEST_FILE // limits.MEGABYTE} MB is read; deliver the registration "
            "without pictures and attachments, or split it over the years"
        )
    return path.read_bytes()


# --- workbooks -----------------------------------------------------------------------------------


def _open_workbook(content: bytes, file: str) -> list[Grid]:
    with_failed_formulas = refuse_harmful(content, file)
    from_1904 = _counts_from_1904(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            grids = [_open_sheet(workbook, sheet, from_1904) for sheet in _worksheets(workbook)]
        grids = with_failed_cells(grids, content, with_failed_formulas)
    except PasswordError as error:
        raise has_a_password(file) from error
    except (CalamineError, ET.ParseError, KeyError) as error:
        raise not_a_workbook(content, file) from error
    return _as_open_document(grids, content) if content.startswith(ZIP) else grids


def _as_open_document(grids: list[Grid], workbook: bytes) -> list[Grid]:
    """With what calamine does not say about this kind; of another kind the grids as they are."""
    content = open_document.content_of(workbook)
    if not content:
        return grids
    from_1904 = open_document.CALENDAR_OF_1904.search(content) is not None
    merged = open_document.merged_down(content)
    return [
        replace(grid, merged=tuple(merged.get(grid.sheet, ())), from_1904=from_1904)
        for grid in grids
    ]


def _worksheets(workbook: CalamineWorkbook) -> list[SheetMetadata]:
    return [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]


def _counts_from_1904(content: bytes) -> bool:
    if content.startswith(OLE):
        return CALENDAR_OF_1904_XLS in content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        return CALENDAR_OF_1904.search(archive.read("xl/workbook.xml")) is not None


def _open_sheet(workbook: CalamineWorkbook, sheet: SheetMetadata, from_1904: bool) -> Grid:
    opened = workbook.get_sheet_by_name(sheet.name)
    # Without skip_empty_area=False the first filled row would be row 1, whatever its number is.
    cells = opened.to_python(skip_empty_area=False)
    merged = [
        (column, first, last)
        for (first, column), (last, _) in opened.merged_cell_ranges or []
        if last > first
    ]
    return Grid(
        sheet.name,
        # Most of a million cells are text: those are not worth a call each.
        [[c.strip() if type(c) is str else _as_text(c) for c in row] for row in cells],
        hidden=sheet.visible != SheetVisibleEnum.Visible,
        merged=tuple(merged),
        from_1904=from_1904,
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
        return _moment_as_text(cell)
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def _moment_as_text(moment: dt.datetime) -> str:
    # A workbook counts in fractions of a day: 14:05 may be stored as 14:04:59.999.
    rounded = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    # A database ends its day at 23:59:59.997: that is not the next day.
    if rounded.date() > (moment + dt.timedelta(milliseconds=1)).date():
        rounded = moment.replace(microsecond=0)
    midnight = rounded.time() == dt.time()
    return rounded.date().isoformat() if midnight else rounded.isoformat()


def in_our_calendar(cell: str) -> str:
    """The number of a day, counted from 1904, as it is in every other workbook; else the cell."""
    match = DAY_NUMBER.fullmatch(cell)
    return f"{int(match[1]) + DAYS_LATER}{match[2]}" if match else cell
