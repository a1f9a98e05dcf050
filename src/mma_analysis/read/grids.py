"""A delivered file → its sheets as grids of text: no header or meaning, nothing dropped."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from mma_analysis.read import grid
from mma_analysis.read.grid import LARGEST_FILE, MEGABYTE, MOST_ROWS, Grid, check_size
from mma_analysis.read.markup import open_markup
from mma_analysis.read.workbooks import OLE, ZIP, open_workbook
from mma_analysis.settings import OPEN_ELSEWHERE
from mma_analysis.vocabulary import DataError, message

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXT_ENDINGS = (".csv", ".tsv", ".txt")
READABLE_ENDINGS = (*WORKBOOKS, *TEXT_ENDINGS)
# Excel's `~$name.xlsx` is no workbook: somebody had `name.xlsx` open when it was copied.
OPEN_MARKS = "|".join(re.escape(mark) for mark in OPEN_ELSEWHERE)
LOCK_FILE = re.compile(rf"(?<![^/])(?:{OPEN_MARKS})([^/]+?)#?$")
# How a file begins → what it is, when it is no table.
NO_TABLE = {
    b"%PDF": "kind_pdf",
    b"{\\rtf": "kind_rtf",
    b"\x89PNG": "kind_picture",
    b"\xff\xd8\xff": "kind_picture",
    b"GIF8": "kind_picture",
    b"II*\x00": "kind_picture",
    b"MM\x00*": "kind_picture",
    b"7z\xbc\xaf": "kind_packed",
    b"Rar!": "kind_packed",
    b"\x1f\x8b": "kind_packed",
    b"MIME-Version": "kind_mail",
}


def open_grids(path: Path, file: str, may_be_empty: bool = False) -> list[Grid]:
    """Read every sheet of a workbook, or the one table of a text file, as text.

    Spaces around it are left out. A date becomes ISO text (the time only when it is not
    midnight), a whole number loses its `.0`, a boolean becomes `WAAR` or `ONWAAR`, a
    formula that failed its error. Errors name it `file`.
    """
    itself = LOCK_FILE.sub(r"\1", file)
    if itself != file:
        raise DataError.of("lock_file", file=file, itself=itself)

    kind = path.suffix.lower()
    kinds = (*WORKBOOKS, *TEXT_ENDINGS)
    if kind not in kinds:
        raise DataError.of("other_kind", file=file, kind=kind, kinds=", ".join(kinds))

    size = path.stat().st_size
    if size > LARGEST_FILE:
        most = LARGEST_FILE // MEGABYTE
        raise DataError.of("too_large", file=file, size=size // MEGABYTE, most=most)

    grids = _grids_in(path.read_bytes(), file)
    is_filled = any(any(row) for one in grids for row in one.rows)
    if not is_filled and not may_be_empty:
        raise DataError.of("empty", file=file)
    return grids


def _grids_in(content: bytes, file: str) -> list[Grid]:
    """The sheets in these bytes.

    The content and not the name decides what it is: a web page is often named .xls.
    """
    for start, kind in NO_TABLE.items():
        if content.startswith(start):
            raise DataError.of("no_registration", file=file, what=message(kind))
    if content.startswith((ZIP, OLE)):
        return open_workbook(content, file)
    text = _decode(content, file)
    return open_markup(text, file) or [_open_text(text, file)]


# --- bytes as text ------------------------------------------------------------------------


BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
LINE_OF_TEXT = re.compile(rb"[^\r\n]*[\r\n]*")
END_OF_TEXT = "\x0c\x1a"  # what old programs write after the last row
# Of these, which no keyboard types, no text has more than five or one in a hundred.
NOT_TYPED = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _decode(content: bytes, file: str) -> str:
    """The text in these bytes; an encoding that we do not know is an error."""
    encoding = _encoding_of(content)
    try:
        decoded = _decoded(content, encoding)
    except UnicodeDecodeError as error:
        raise DataError.of("encoding", file=file) from error

    text = decoded.replace("\x00", "").rstrip(END_OF_TEXT)
    most = max(5, len(text) / 100)
    if len(NOT_TYPED.findall(text)) > most:
        raise DataError.of("no_text", file=file)
    return text


def _encoding_of(content: bytes) -> str:
    """The encoding of the whole text, when its bytes say so; else empty."""
    for mark, encoding in BOMS.items():
        if content.startswith(mark):
            return encoding

    # Latin letters in UTF-16 have a NUL as every second byte; stray NULs are fewer.
    every_second = {
        "utf-16-le": content[1:4000:2],
        "utf-16-be": content[:4000:2],
    }
    for encoding, half in every_second.items():
        if half.count(0) > len(half) / 2:
            return encoding
    return ""


def _decoded(content: bytes, encoding: str) -> str:
    """The text: when its encoding is not known each line may have its own.

    Who puts two exports below each other mixes their encodings.
    """
    if encoding:
        return content.decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        whole = io.StringIO()
        for line in LINE_OF_TEXT.finditer(content):
            whole.write(_decode_line(line[0]))
        return whole.getvalue()


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252")


# --- text as rows -------------------------------------------------------------------------


DELIMITERS = (";", ",", "\t", "|", "~", "^", "¦")
RECORDS_TO_JUDGE = 100
# No delivery ends with this: when it is missing after parsing, an open quote has swallowed
# it.
END_OF_FILE = "\x00end of file\x00"
csv.field_size_limit(LARGEST_FILE)  # what is longer than a file begins with an open quote
FORMULA_AROUND = re.compile(r'^\s*="(.*)"\s*$', re.DOTALL)


def _open_text(text: str, file: str) -> Grid:
    """The one table of a text file."""
    rows = _cut(text, file)
    is_one_column = all(len(row) < 2 for row in rows)
    if is_one_column and text.startswith('"'):
        # A program that took the wrong delimiter puts quotation marks around whole rows.
        lines = [row[0] if row else "" for row in rows]
        rows = _cut("\n".join(lines), file)
    return Grid(file, "", rows, delimited=True)


def _cut(text: str, file: str) -> list[list[str]]:
    """The rows, cut at their own delimiter; quotation marks must fit."""
    # Excel's own first line `sep=;` is not shown as a row.
    text = re.sub(r'^"?sep=.?"?\r?\n', "", text, flags=re.IGNORECASE)
    delimiter = max(DELIMITERS, key=partial(_regularity, text))
    rows = list(islice(_records(text, delimiter), MOST_ROWS + 2))
    width = max(len(row) for row in rows)
    check_size(len(rows) - 1, width, file)
    if rows.pop() != [END_OF_FILE]:
        raise DataError.of("open_quote", file=file, row=len(rows) + 1)

    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            # As when a quotation mark is closed rows too late.
            if "\n" in cell and _holds_a_row(cell, delimiter, (column, len(rows[0]))):
                raise DataError.of("swallowed", file=file, row=number, column=column)

    # `="0123"` is the formula that makes Excel show a text.
    shown = []
    for row in rows:
        shown.append([FORMULA_AROUND.sub(r"\1", cell).strip() for cell in row])
    return shown


def _holds_a_row(cell: str, delimiter: str, widths: tuple[int, ...]) -> bool:
    """Whether a line in a cell is a row: one of a melding, with one of these widths."""
    for line in cell.split("\n")[1:]:
        parts = [part.strip(' "') for part in line.split(delimiter)]
        has_width = len(parts) > 1 and len(parts) in widths
        if has_width and any(grid.belongs_to_a_melding(part) for part in parts):
            return True
    return False


def _regularity(text: str, delimiter: str) -> int:
    """In how many pieces the first records are cut, when equally many in each."""
    first = islice(_records(text, delimiter), RECORDS_TO_JUDGE)
    widths = Counter(len(record) for record in first)
    pieces = [(width - 1) * records for width, records in widths.items()]
    return max(pieces, default=0)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    end = "" if text.endswith(("\n", "\r")) else "\n"
    lines = io.StringIO(f"{text}{end}{END_OF_FILE}", newline="")
    return csv.reader(lines, delimiter=delimiter)
