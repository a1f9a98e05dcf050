"""A delivered file → its sheets as grids of text: no header, no meaning, nothing dropped."""

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
TEXTS = (".csv", ".tsv", ".txt")
# Excel's `~$name.xlsx` is no workbook: somebody had `name.xlsx` open when it was copied.
LOCK_FILE = re.compile(rf"(?<![^/])(?:{'|'.join(map(re.escape, OPEN_ELSEWHERE))})([^/]+?)#?$")
NO_TABLE = {
    b"%PDF": "kind_pdf",
    b"{\\rtf": "kind_rtf",
    **dict.fromkeys((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*"), "kind_picture"),
    **dict.fromkeys((b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b"), "kind_packed"),
    b"MIME-Version": "kind_mail",
}


def open_grids(path: Path, file: str, may_be_empty: bool = False) -> list[Grid]:
    """Read every sheet of a workbook, or the one table of a text file, as text without its spaces.

    A date becomes ISO text (the time only when it is not midnight), a whole number loses its `.0`,
    a boolean becomes `WAAR` or `ONWAAR`, a formula that failed its error. Errors name it `file`.
    """
    if (itself := LOCK_FILE.sub(r"\1", file)) != file:
        raise DataError.of("lock_file", file=file, itself=itself)
    kind, kinds = path.suffix.lower(), (*WORKBOOKS, *TEXTS)
    if kind not in kinds:
        raise DataError.of("other_kind", file=file, kind=kind, kinds=", ".join(kinds))
    if (size := path.stat().st_size) > LARGEST_FILE:
        sizes = {"size": size // MEGABYTE, "most": LARGEST_FILE // MEGABYTE}
        raise DataError.of("too_large", file=file, **sizes)
    content = path.read_bytes()
    # The content and not the name decides what it is: a web page is often named .xls.
    if what := next((what for start, what in NO_TABLE.items() if content.startswith(start)), ""):
        raise DataError.of("no_registration", file=file, what=message(what))
    if content.startswith((ZIP, OLE)):
        grids = open_workbook(content, file)
    elif not (grids := open_markup(text := _decode(content, file), file)):
        rows = _cut(text, file)
        if text.startswith('"') and all(len(row) < 2 for row in rows):
            # A program that took the wrong delimiter puts quotation marks around whole rows.
            rows = _cut("\n".join(cell for row in rows for cell in row or [""]), file)
        grids = [Grid(file, "", rows, delimited=True)]
    if not may_be_empty and not any(any(row) for one in grids for row in one.rows):
        raise DataError.of("empty", file=file)
    return grids


BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
END_OF_TEXT = "\x0c\x1a"  # what old programs write after the last row
# Of these, which no keyboard types, no text has more than five or one in a hundred.
NOT_TYPED = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _decode(content: bytes, file: str) -> str:
    """The text in these bytes; an encoding that we do not know is an error."""
    encoding = next((name for bom, name in BOMS.items() if content.startswith(bom)), "")
    # Latin letters in UTF-16 have a NUL as every second byte; stray NULs are fewer.
    for name, half in (("utf-16-le", content[1:4000:2]), ("utf-16-be", content[:4000:2])):
        if half.count(0) > len(half) / 2:
            encoding = encoding or name
    # Who puts two exports below each other mixes their encodings: then each line has its own.
    lines = [content] if encoding else content.splitlines(keepends=True)
    try:
        text = "".join(map(partial(_decode_line, encoding=encoding), lines))
    except UnicodeDecodeError as error:
        raise DataError.of("encoding", file=file) from error
    text = text.replace("\x00", "").rstrip(END_OF_TEXT)
    if len(NOT_TYPED.findall(text)) > max(5, len(text) / 100):
        raise DataError.of("no_text", file=file)
    return text


def _decode_line(line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        return line.decode(encoding or "cp1252")


DELIMITERS = (";", ",", "\t", "|", "~", "^", "¦")
RECORDS_TO_JUDGE = 100
# No delivery ends with this: when it is missing after parsing, an open quote has swallowed it.
END_OF_FILE = "\x00end of file\x00"
csv.field_size_limit(LARGEST_FILE)  # what is longer than a file begins with an open quote
FORMULA_AROUND = re.compile(r'^\s*="(.*)"\s*$', re.DOTALL)


def _cut(text: str, file: str) -> list[list[str]]:
    """The rows, cut at their own delimiter; quotation marks that do not fit are an error."""
    # Excel's own first line `sep=;` is not shown as a row.
    text = re.sub(r'^"?sep=.?"?\r?\n', "", text, flags=re.IGNORECASE)
    delimiter = max(DELIMITERS, key=partial(_regularity, text))
    rows = list(islice(_records(text, delimiter), MOST_ROWS + 2))
    check_size(len(rows) - 1, max(map(len, rows)), file)
    if rows.pop() != [END_OF_FILE]:
        raise DataError.of("open_quote", file=file, row=len(rows) + 1)
    for at, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            # As when a quotation mark is closed rows too late.
            if "\n" in cell and _holds_a_row(cell, delimiter, (column, len(rows[0]))):
                raise DataError.of("swallowed", file=file, row=at, column=column)
    # `="0123"` is the formula that makes Excel show a text.
    return [[FORMULA_AROUND.sub(r"\1", cell).strip() for cell in row] for row in rows]


def _holds_a_row(cell: str, delimiter: str, widths: tuple[int, ...]) -> bool:
    """Whether a line in a cell is a row: with as many cells, or up to here, one of a melding."""
    lines = ([p.strip(' "') for p in line.split(delimiter)] for line in cell.split("\n")[1:])
    rows = (parts for parts in lines if len(parts) > 1 and len(parts) in widths)
    return any(any(map(grid.belongs_to_a_melding, parts)) for parts in rows)


def _regularity(text: str, delimiter: str) -> int:
    """In how many pieces the first records are cut, when equally many in each."""
    widths = Counter(map(len, islice(_records(text, delimiter), RECORDS_TO_JUDGE)))
    return max(((width - 1) * number for width, number in widths.items()), default=0)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    end = "" if text.endswith(("\n", "\r")) else "\n"
    return csv.reader(io.StringIO(f"{text}{end}{END_OF_FILE}", newline=""), delimiter=delimiter)
