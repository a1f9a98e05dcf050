"""A delivered file → its sheets as grids of text: no header, no meaning, nothing dropped."""

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
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
from mma_analysis.read.archive import check_size, has_a_password, refuse_harmful
from mma_analysis.read.grid import Grid
from mma_analysis.read.kinds import (
    OLE,
    ZIP,
    not_a_workbook,
    refuse_lock_file,
    refuse_other_kinds,
)
from mma_analysis.read.markup import is_markup, open_markup
from mma_analysis.read.quotation import refuse_swallowed_rows

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
DELIMITERS = (";", ",", "\t", "|", "~", "^", "¦")
RECORDS_TO_JUDGE = 100
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

# No delivery ends with this: when it is missing after parsing, an open quote has swallowed it.
END_OF_FILE = "\x00end of file\x00"

# What old programs write after the last row.
END_OF_TEXT = "\x0c\x1a"
NOT_TYPED = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CALENDAR_OF_1904 = re.compile(rb"<workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)[\"']")
# The record of the calendar with that of the precision, which always follows it.
CALENDAR_OF_1904_XLS = b"\x22\x00\x02\x00\x01\x00\x0e\x00\x02\x00"
# From here on the last digits of a number in a cell are not certain: Excel keeps fifteen.
SURE_DIGITS = 1e15
MOST_TEXTS = 100_000

Cell = float | bool | dt.datetime | dt.date | dt.time | dt.timedelta

DAY_NUMBER = re.compile(r"(\d{5})((?:[.,]\d+)?)")
DAYS_LATER = 1_462


def open_grids(path: Path, file: str) -> list[Grid]:
    """Read every sheet of a workbook, or the one table of a text file, as text.

    A date cell becomes ISO text (`2022-03-03`, with the time only when it is not midnight), a
    whole number loses its `.0`, a boolean becomes what Dutch Excel shows (`WAAR`, `ONWAAR`), an
    empty cell is `""`. Spaces around a cell are dropped.

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


def _open(content: bytes, file: str) -> list[Grid]:
    """The content and not the name decides what it is: a web page is often named .xls."""
    if content.startswith((ZIP, OLE)):
        return _open_workbook(content, file)
    refuse_other_kinds(content, file)
    text = _decode(content, file)
    return open_markup(text, file) if is_markup(text) else [Grid("", _open_text(text, file))]


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
    refuse_harmful(content, file)
    from_1904 = _counts_from_1904(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            grids = [_open_sheet(workbook, sheet, from_1904) for sheet in _worksheets(workbook)]
    except PasswordError as error:
        raise has_a_password(file) from error
    except CalamineError as error:
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


# --- text files ----------------------------------------------------------------------------------


def _open_text(text: str, file: str) -> list[list[str]]:
    delimiter, text = _delimiter_named_by_excel(text)
    delimiter = delimiter or _likeliest_delimiter(text)
    rows: list[list[str]] = []
    try:
        rows.extend(islice(_records(text, delimiter), limits.MOST_ROWS + 2))
    except csv.Error as error:
        raise MmaError(
            f"{file}, row {len(rows) + 1}: a cell is longer than {csv.field_size_limit():,} "
            "characters; a quotation mark is probably opened there and not closed: close or "
            "remove it"
        ) from error
    check_size(len(rows) - 1, max(map(len, rows)), file)
    if rows.pop() != [END_OF_FILE]:
        raise MmaError(
            f"{file}, row {len(rows) + 1}: a quotation mark is opened and never closed, so the "
            "rows after it cannot be told apart; close or remove it"
        )
    refuse_swallowed_rows(rows, delimiter, file)
    return [[_cell_of_text(cell) for cell in row] for row in rows]


def _cell_of_text(cell: str) -> str:
    """Without spaces around it, and without the formula that makes Excel show it as text."""
    cell = cell.strip()
    return cell[2:-1].strip() if cell.startswith('="') and cell.endswith('"') else cell


def _decode(content: bytes, file: str) -> str:
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise MmaError(
            f"{file}: not text in UTF-8, UTF-16 or Windows-1252; save it as CSV UTF-8, or ask the "
            "sender for the registration as .xlsx"
        ) from error
    text = text.replace("\x00", "").rstrip(END_OF_TEXT)
    strange = len(NOT_TYPED.findall(text))
    if strange > max(limits.SOME_CONTROL_CHARACTERS, len(text) * limits.MOST_CONTROL_CHARACTERS):
        raise MmaError(
            f"{file}: the content is not text; ask the sender for the registration as .xlsx or .csv"
        )
    return text


def _encoding(content: bytes) -> str:
    for bom, encoding in BOMS.items():
        if content.startswith(bom):
            return encoding
    even, odd = content[0:4000:2], content[1:4000:2]
    # Latin letters in UTF-16 have a NUL as every second byte; stray NULs are fewer.
    if odd.count(0) > len(odd) / 2:
        return "utf-16-le"
    if even.count(0) > len(even) / 2:
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter_named_by_excel(text: str) -> tuple[str, str]:
    """Excel's own first line `sep=;`, which a spreadsheet program does not show as a row."""
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r").strip('"')
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return first[-1], rest
    return "", text


def _likeliest_delimiter(text: str) -> str:
    """The delimiter that cuts the first records in the most pieces, equally many in each."""
    return max(DELIMITERS, key=lambda delimiter: _regularity(text, delimiter))


def _regularity(text: str, delimiter: str) -> int:
    records = islice(_records(text, delimiter), RECORDS_TO_JUDGE)
    try:
        widths = Counter(len(record) for record in records)
    except csv.Error:
        return 0
    return max(((width - 1) * number for width, number in widths.items()), default=0)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    end = "" if text.endswith(("\n", "\r")) else "\n"
    return csv.reader(io.StringIO(f"{text}{end}{END_OF_FILE}", newline=""), delimiter=delimiter)
