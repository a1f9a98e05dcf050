"""Whether a workbook can be opened without harm: its archive is walked through, in pieces.

A few kilobytes can unpack to gigabytes, and one cell in the last corner of a sheet makes a program
lay out seventeen billion empty ones. Neither is seen from the size of the file.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from mma_analysis.domain import MmaError
from mma_analysis.read import limits
from mma_analysis.read.kinds import OLE

ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
PIECE = 1_000_000
# A cell or a row element may be cut in two by the end of a piece: so much is looked at again.
OVERLAP = 4_000
# No row of an OpenDocument sheet is larger, and a larger one would be looked at again and again.
LARGEST_ODS_ROW = 5 * PIECE
LOCAL_HEADER = 30
ENCRYPTED = 1
# A picture (SVG) may have a DOCTYPE.
XML = (".xml", ".rels")

# All that may do harm begins like this: a declaration, a formula, a cell beyond column AX (50) or
# from row 100,000, an OpenDocument table. A part without it need not be looked at closely, for
# 50 x 99,999 cells are within every limit. Two searches: each skips to its own first characters.
MAY_DO_HARM = (
    r"<(?:!|manifest:encryption-data|table:table|(?:\w+:)?f\b)",
    r"r=[\"'](?i:(?:[B-Z][A-Z]|A[YZ]|[A-Z]{3})[0-9]|[A-Z]*[0-9]{6})",
)

# A cell in which a formula failed: who reads the workbook has to look for it.
FAILED_CELL = (b't="e"', b"t='e'")

ENCRYPTED_ODS = b"<manifest:encryption-data"
ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
FILLED_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")
# A row that says how far down it is, with cells that do not say where they are.
ROW_OF_UNNAMED = re.compile(
    rb"<(?:\w+:)?row\s[^>]*?\br=[\"'](\d{1,7})[\"'][^>]*(?<!/)>\s*<(?:\w+:)?c\b(?![^>]*\br=)"
)
# A formula that shows nothing has an empty value too, but then its cell is of the kind text.
UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\b(?![^>]*\bt=[\"']str)[^>]*?(?:\br=[\"'](?P<cell>[A-Z]+\d+)[\"'][^>]*)?>\s*"
    rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
# The record of an old workbook that says it is encrypted stands first; that of the calendar is
# always followed by the one of the precision.
ENCRYPTED_XLS = re.compile(rb"\x09\x08\x10\x00.{16}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
REPEATED = re.compile(rb"number-(?:rows|columns)-repeated=[\"'](\d+)[\"']")
ODS_ROWS = re.compile(rb"(?=<table:table-row\b|<table:table )")
ODS_ROW = re.compile(rb"<table:table-row\b([^>]*)>")
ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")


def refuse_harmful(content: bytes, file: str) -> frozenset[str]:
    """Check the bytes of a workbook before any program opens it.

    Returns
    -------
    The parts of an .xlsx with a cell in which a formula failed: they are unpacked here anyhow.

    Raises
    ------
    MmaError
        When it is no workbook, is damaged or encrypted, unpacks to too much, reaches too far,
        declares XML entities, or holds formulas that were never calculated.
    """
    if content.startswith(OLE):  # .xls: 65,536 rows of 256 columns at most
        if ENCRYPTED_PACKAGE in content or ENCRYPTED_XLS.search(content):
            raise has_a_password(file)
        return frozenset()
    try:
        return _check_parts(content, file)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError) as error:
        raise MmaError(
            f"{file}: the workbook is damaged or not complete ({len(content):,} bytes arrived); "
            "ask the sender to send it again"
        ) from error


def _check_parts(content: bytes, file: str) -> frozenset[str]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    _check_declared(entries, names, file)
    unpacked, failed = 0, set[str]()
    for entry in entries:
        is_suspect, rest = False, b""
        for piece in _pieces(content, entry):
            unpacked += len(piece)
            if unpacked > limits.LARGEST_UNPACKED:
                raise _too_large(file)
            text = rest + piece
            is_suspect = is_suspect or _may_do_harm(text)
            if any(mark in text for mark in FAILED_CELL):
                failed.add(entry.filename)
            rest = piece[-OVERLAP:]
        if is_suspect:
            _look_closely(content, entry, file)
    return frozenset(failed)


def _may_do_harm(piece: bytes) -> bool:
    scalar = [pa.scalar(piece, pa.binary())]
    options = (pc.MatchSubstringOptions(pattern) for pattern in MAY_DO_HARM)
    return any(pc.call_function("match_substring_regex", scalar, o).as_py() for o in options)


def _look_closely(content: bytes, entry: zipfile.ZipInfo, file: str) -> None:
    reach = Reach(file, entry.filename)
    for piece in _pieces(content, entry):
        reach.look_at(piece)
    reach.finish()


def _check_declared(entries: list[zipfile.ZipInfo], names: set[str], file: str) -> None:
    if len(entries) > limits.MOST_PARTS:
        raise MmaError(
            f"{file}: the workbook consists of {len(entries):,} parts, more than "
            f"{limits.MOST_PARTS:,}; save only the registration in a new workbook"
        )
    if sum(entry.file_size for entry in entries) > limits.LARGEST_UNPACKED:
        raise _too_large(file)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise has_a_password(file)
    if "xl/workbook.bin" in names:
        raise MmaError(
            f"{file}: a binary workbook (.xlsb) is not read; open it in Excel and save it as .xlsx"
        )


def has_a_password(file: str) -> MmaError:
    """The error for a workbook that is encrypted."""
    return MmaError(
        f"{file}: the workbook has a password, so nothing in it can be read; ask the sender to "
        "save it without one (Excel: File, Info, Protect Workbook, Encrypt with Password, and "
        "empty the field)"
    )


def _too_large(file: str) -> MmaError:
    most = limits.LARGEST_UNPACKED // limits.MEGABYTE
    return MmaError(
        f"{file}: the workbook unpacks to more than {most} MB, far more than a registration; copy "
        "the registration to a new workbook, without pictures, and deliver that"
    )


def _pieces(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part as they really are: its declared size is what the sender wrote."""
    name_length, extra_length = struct.unpack_from("<HH", content, entry.header_offset + 26)
    start = entry.header_offset + LOCAL_HEADER + name_length + extra_length
    packed = content[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError(entry.compress_type)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while not inflate.eof:
        piece = inflate.decompress(packed, PIECE)
        packed = inflate.unconsumed_tail
        if not piece and not inflate.eof:
            raise EOFError(entry.filename)
        yield piece


class Reach:
    """How far the filled cells of one part of a workbook reach, piece by piece."""

    def __init__(self, file: str, part: str) -> None:
        self._file = file
        self._place = f"{file}, part {part}"
        self._is_xml = part.endswith(XML)
        self._rest = b""
        self._columns: set[bytes] = set()
        self._last_row = 0
        self._open_document = OpenDocumentReach()

    def look_at(self, piece: bytes) -> None:
        """Take one piece of the part into account."""
        text = self._rest + piece
        self._refuse(text)
        found = FILLED_CELL.findall(text)
        if found:
            columns, rows = zip(*found, strict=True)
            self._columns.update(columns)
            self._last_row = max(self._last_row, *map(int, rows)) if rows else self._last_row
            self._check(self._last_row, max(map(_column_number, self._columns)))
        unnamed = [int(row) for row in ROW_OF_UNNAMED.findall(text)]
        if unnamed:
            self._check(max(unnamed), 1)
        self._rest = text[-OVERLAP:]
        if b"<table:table" in piece or self._open_document.started:
            self._open_document.look_at(piece)
            self._check(self._open_document.last_row, self._open_document.last_column)

    def finish(self) -> None:
        """Take what was kept of the last row into account."""
        self._open_document.finish()
        self._check(self._open_document.last_row, self._open_document.last_column)

    def _refuse(self, text: bytes) -> None:
        if ENCRYPTED_ODS in text:
            raise has_a_password(self._file)
        if self._is_xml and ENTITY.search(text):
            raise MmaError(
                f"{self._place}: it declares XML entities, which no spreadsheet program does; do "
                "not open it, and ask the sender where it comes from"
            )
        uncalculated = UNCALCULATED.search(text)
        if uncalculated:
            cell = (uncalculated["cell"] or b"").decode()
            raise MmaError(
                f"{self._place}{f', cell {cell}' if cell else ''}: it has formulas without a "
                "value: a program wrote them and nobody saw what they give; open it in a "
                "spreadsheet program, save it there and deliver it again"
            )

    def _check(self, rows: int, columns: int) -> None:
        check_size(rows, columns, self._place)


def check_size(rows: int, columns: int, place: str) -> None:
    """A sheet or text file reaches no further than the limits.

    Raises
    ------
    MmaError
        With how far it reaches.
    """
    inside = rows <= limits.MOST_ROWS and columns <= limits.MOST_COLUMNS
    if not inside or rows * columns > limits.MOST_CELLS:
        raise MmaError(
            f"{place}: filled cells reach to row {rows:,} and column {columns:,}; at most "
            f"{limits.MOST_ROWS:,} rows, {limits.MOST_COLUMNS:,} columns and "
            f"{limits.MOST_CELLS:,} cells are read; remove what is far below or beside the "
            "registration, or split it over the years"
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


class OpenDocumentReach:
    """How far the cells of an OpenDocument sheet reach, where one element stands for many cells."""

    def __init__(self) -> None:
        self.started = False
        self.last_row = self.last_column = self._row = 0
        self._rest = b""

    def look_at(self, piece: bytes) -> None:
        """Take the whole rows of this piece into account."""
        self.started = True
        *rows, self._rest = ODS_ROWS.split(self._rest + piece)
        if len(self._rest) > LARGEST_ODS_ROW:
            self.last_column = limits.MOST_COLUMNS + 1
        for row in rows:
            self._look_at_row(row)

    def finish(self) -> None:
        """The last row has no other row after it."""
        self._look_at_row(self._rest)
        self._rest = b""

    def _look_at_row(self, row: bytes) -> None:
        if row.startswith(b"<table:table "):
            self._row = 0
        start = ODS_ROW.match(row)
        if start is None:
            return
        self._row += _times(start[1])
        column = 0
        for attributes in ODS_CELL.findall(row, start.end()):
            column += _times(attributes)
            if b"value-type=" in attributes:
                self.last_row = max(self.last_row, self._row)
                self.last_column = max(self.last_column, column)


def _times(attributes: bytes) -> int:
    repeated = REPEATED.search(attributes)
    return int(repeated[1]) if repeated else 1
