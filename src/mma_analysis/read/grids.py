"""A delivered file → its sheets as grids of text: no header, no meaning, nothing dropped."""

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
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
from mma_analysis.read import limits
from mma_analysis.read.archive import OLE, ZIP, check_size, has_a_password, refuse_harmful

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
DELIMITERS = (";", ",", "\t", "|", "~", "^", "¦")
RECORDS_TO_JUDGE = 100
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

# No delivery ends with this: when it is missing after parsing, an open quote has swallowed it.
END_OF_FILE = "\x00end of file\x00"

NOT_TYPED = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CALENDAR_OF_1904 = re.compile(rb"<workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)[\"']")
MOST_TEXTS = 100_000

Cell = float | bool | dt.datetime | dt.date | dt.time | dt.timedelta

DAY_NUMBER = re.compile(r"(\d{5})((?:[.,]\d+)?)")
DAYS_LATER = 1_462


@dataclass(frozen=True)
class Grid:
    """One sheet as text: index in `rows` + 1 is the row number that a spreadsheet program shows.

    A text file has one grid with an empty sheet name. Rows may differ in length. `merged` are the
    cells that were merged downwards: column, first row and last row as indexes. `from_1904` is the
    calendar of old Macs, in which a day has a number that is 1,462 less.
    """

    sheet: str
    rows: list[list[str]]
    hidden: bool = False
    merged: tuple[tuple[int, int, int], ...] = ()
    from_1904: bool = False


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
    kind = path.suffix.lower()
    if kind in WORKBOOKS:
        grids = _open_workbook(_bytes_of(path, file), file)
    elif kind in TEXTS:
        grids = [Grid("", _open_text(_bytes_of(path, file), file))]
    else:
        known = ", ".join((*WORKBOOKS, *TEXTS))
        raise MmaError(
            f"{file}: '{kind}' is not a kind of file that can be read; save it as one of {known}"
        )
    if not any(any(row) for grid in grids for row in grid.rows):
        raise MmaError(f"{file}: the file is empty; ask the sender for the registration itself")
    return grids


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
    # From bytes, so that the content and not the name decides which kind of workbook it is.
    refuse_harmful(content, file)
    from_1904 = _counts_from_1904(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return [_open_sheet(workbook, sheet, from_1904) for sheet in _worksheets(workbook)]
    except PasswordError as error:
        raise has_a_password(file) from error
    except CalamineError as error:
        raise MmaError(
            f"{file}: not a workbook that can be read; open it, save it as .xlsx and deliver it "
            "again"
        ) from error


def _worksheets(workbook: CalamineWorkbook) -> list[SheetMetadata]:
    return [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]


def _counts_from_1904(content: bytes) -> bool:
    if not content.startswith(ZIP):
        return False
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
        [[c.strip() if isinstance(c, str) else _as_text(c) for c in row] for row in cells],
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
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return _moment_as_text(cell)
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def _moment_as_text(moment: dt.datetime) -> str:
    # A workbook counts in fractions of a day: 14:05 may be stored as 14:04:59.999.
    rounded = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    midnight = rounded.time() == dt.time()
    return rounded.date().isoformat() if midnight else rounded.isoformat()


def in_our_calendar(cell: str) -> str:
    """The number of a day, counted from 1904, as it is in every other workbook; else the cell."""
    match = DAY_NUMBER.fullmatch(cell)
    return f"{int(match[1]) + DAYS_LATER}{match[2]}" if match else cell


# --- text files ----------------------------------------------------------------------------------


def _open_text(content: bytes, file: str) -> list[list[str]]:
    text = _decode(content, file).replace("\x00", "")
    delimiter, text = _delimiter_named_by_excel(text)
    delimiter = delimiter or _likeliest_delimiter(text)
    try:
        rows = list(islice(_records(text, delimiter), limits.MOST_ROWS + 2))
    except csv.Error as error:
        raise MmaError(f"{file}: not a table in text: {error}") from error
    check_size(len(rows) - 1, max(map(len, rows)), file)
    if rows.pop() != [END_OF_FILE]:
        raise MmaError(
            f"{file}, row {len(rows) + 1}: a quotation mark is opened and never closed, so the "
            "rows after it cannot be told apart; close or remove it"
        )
    return [[cell.strip() for cell in row] for row in rows]


def _decode(content: bytes, file: str) -> str:
    if content.startswith((ZIP, OLE)):
        raise MmaError(f"{file}: this is a workbook with the name of a text file; name it .xlsx")
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise MmaError(
            f"{file}: not text in UTF-8, UTF-16 or Windows-1252; save it as CSV UTF-8"
        ) from error
    if len(NOT_TYPED.findall(text)) > len(text) * limits.MOST_CONTROL_CHARACTERS:
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
