"""A delivered text file → its one table as rows of text."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice

from mma_analysis.read.grid import (
    MOST_CONTROL_CHARACTERS,
    MOST_ROWS,
    SOME_CONTROL_CHARACTERS,
    check_size,
)
from mma_analysis.read.words import belongs_to_a_melding
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.numbers import number

DELIMITERS = (";", ",", "\t", "|", "~", "^", "¦")
RECORDS_TO_JUDGE = 100
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

# No delivery ends with this: when it is missing after parsing, an open quote has swallowed it.
END_OF_FILE = "\x00end of file\x00"

# What old programs write after the last row.
END_OF_TEXT = "\x0c\x1a"
FORMULA_AROUND = re.compile(r'^\s*="(.*)"\s*$', re.DOTALL)
NOT_TYPED = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def open_text(text: str, file: str) -> list[list[str]]:
    """The rows of a text file, cut at its own delimiter; a cell has no spaces around it.

    A program that took the wrong delimiter puts quotation marks around every whole row: those rows
    are cut again. Quotation marks that do not fit are an error.
    """
    rows = _cut(text, file)
    if text.startswith('"') and all(len(row) < 2 for row in rows):
        rows = _cut("\n".join(cell for row in rows for cell in row or [""]), file)
    return rows


def _cut(text: str, file: str) -> list[list[str]]:
    # Excel's own first line `sep=;` is not shown as a row.
    text = re.sub(r'^"?sep=.?"?\r?\n', "", text, flags=re.IGNORECASE)
    delimiter = max(DELIMITERS, key=partial(_regularity, text))
    rows: list[list[str]] = []
    try:
        rows.extend(islice(_records(text, delimiter), MOST_ROWS + 2))
    except csv.Error as error:
        most = number(csv.field_size_limit())
        raise DataError.of("long_cell", file=file, row=len(rows) + 1, most=most) from error
    check_size(len(rows) - 1, max(map(len, rows)), file)
    if rows.pop() != [END_OF_FILE]:
        raise DataError.of("open_quote", file=file, row=len(rows) + 1)
    _refuse_swallowed_rows(rows, delimiter, file)
    # `="0123"` is the formula that makes Excel show a text.
    return [[FORMULA_AROUND.sub(r"\1", cell).strip() for cell in row] for row in rows]


def _refuse_swallowed_rows(rows: list[list[str]], delimiter: str, file: str) -> None:
    """No cell holds whole rows, as it does when a quotation mark is closed rows too late.

    A line in the cell is one when it has the cells of a row, or of one up to this column, and in
    one of them a day or the number of a melding.
    """
    for at, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            for line in cell.split("\n")[1:]:
                parts = [part.strip(' "') for part in line.split(delimiter)]
                is_row = len(parts) > 1 and len(parts) in (column, len(rows[0]))
                if is_row and any(map(belongs_to_a_melding, parts)):
                    raise DataError.of("swallowed", file=file, row=at, column=column)


def decode(content: bytes, file: str) -> str:
    """The text in these bytes; an encoding that we do not know is an error."""
    encoding = _encoding(content)
    try:
        # Who puts two exports below each other mixes their encodings: then each line has its own.
        lines = content.splitlines(keepends=True) if encoding == "cp1252" else [content]
        text = "".join(line.decode(_utf8_or(encoding, line)) for line in lines)
    except UnicodeDecodeError as error:
        raise DataError.of("encoding", file=file) from error
    text = text.replace("\x00", "").rstrip(END_OF_TEXT)
    strange = len(NOT_TYPED.findall(text))
    if strange > max(SOME_CONTROL_CHARACTERS, len(text) * MOST_CONTROL_CHARACTERS):
        raise DataError.of("no_text", file=file)
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
    return _utf8_or("cp1252", content)


def _utf8_or(other: str, content: bytes) -> str:
    """UTF-8 for what can be read so, as almost nothing else can; else the other encoding."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return other
    return "utf-8"


def _regularity(text: str, delimiter: str) -> int:
    """In how many pieces the first records are cut, when equally many in each."""
    try:
        widths = Counter(map(len, islice(_records(text, delimiter), RECORDS_TO_JUDGE)))
    except csv.Error:
        return 0
    return max(((width - 1) * number for width, number in widths.items()), default=0)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    end = "" if text.endswith(("\n", "\r")) else "\n"
    return csv.reader(io.StringIO(f"{text}{end}{END_OF_FILE}", newline=""), delimiter=delimiter)
