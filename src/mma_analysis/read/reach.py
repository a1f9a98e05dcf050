"""How much a sheet of an .xlsx would hold, laid out: known before any of it is built.

A row or a cell that does not say where it stands comes behind the one before it, and a text
that cells share is built once for each of them. So a small file may ask for any memory.
"""

import re
import struct
from collections import Counter
from collections.abc import Collection, Mapping
from xml.parsers import expat

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils import column_index_from_string

from mma_analysis.read import grid
from mma_analysis.read.grid import MEGABYTE, check_size
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.numbers import number

CELL_PLACE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
# What a cell that is filled has; one of which only the look was chosen has none of these.
FILLING_ELEMENTS = ("v", "is", "f")
FILLED_CELL = re.compile(rb"r=(?<=\sr=)[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")
CELL_OF_SHARED_TEXT = re.compile(rb"\bt=[\"']s[\"'][^>]*>\s*<(?:\w+:)?v\s*>\s*(\d+)")
# For `occurs`: a cell that may be beyond the limits; and what makes a sheet one of which
# cells must be counted: one does not say where it stands, or not as programs write it.
FAR_CELL = r"\br=[\"'](?:[A-Za-z]{2,3}[0-9]|[A-Za-z][0-9]{6})"
_OTHERS = r"(?:\s+(?:[^\s=<>r][^\s=<>]*|r[^\s=<>]+)=(?:\"[^\"]*\"|'[^']*'))*"
ODD = "|".join(
    [
        rf"<(?:\w+:)?(?:c|row){_OTHERS}\s*/?>",
        r"<(?:\w+:)?row[^>]*\sr=[\"'](?:[0-9]{6}|[^0-9])",
        r"\s[rt](?:\s+=|=\s)|=(?:\"[^\"<]*>|'[^'<]*>)",
        r"<!",
    ]
)
LARGE_SHEET = 100 * MEGABYTE  # a sheet with more cells than we read
END_OF_STRING = re.compile(rb"</(?:\w+:)?si\s*>")
# Of these a program keeps a record each: the name of an element → how many there may be.
MOST_RECORDS = {b"si": grid.MOST_CELLS, b"mergeCell": 500_000, b"xf": 200_000}
BYTES_OF_CELL = 22  # at least, of one with a text that is shared


class _XlsxSheet:
    """A sheet of an .xlsx, read from its first element to its last.

    `row` and `column` are where the cell stands that is read, counted from 1; `uses` says
    how many cells show each text that is shared.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self.row = 0
        self.column = 0
        self.last_row = 0
        self.last_column = 0
        self.cells = 0
        self.is_shared = False
        self.is_index = False
        self.index = ""
        self.uses: dict[int, int] = {}

    def read(self, part: bytes) -> None:
        """Go through the elements; one that reaches too far is an error at once."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._hear
        try:
            parser.Parse(part, True)
        except expat.ExpatError as error:
            raise ValueError("a sheet that is no XML") from error

    def _begin(self, name: str, values: Mapping[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self.row = int(values.get("r", self.row + 1))
            self.column = 0
        elif tag == "c":
            self._begin_cell(values)
        elif tag in FILLING_ELEMENTS:
            self._fill()
            self.is_index = self.is_shared and tag == "v"
            self.index = ""

    def _begin_cell(self, values: Mapping[str, str]) -> None:
        self.is_shared = values.get("t") == "s"
        self.column += 1
        if "r" not in values:
            return
        said = CELL_PLACE.fullmatch(values["r"])
        if said is None:
            raise ValueError("no place of a cell")
        self.column = column_index_from_string(said[1])
        self.row = int(said[2])

    def _fill(self) -> None:
        self.cells += 1
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        check_size(self.last_row, self.last_column, self.place)

    def _hear(self, words: str) -> None:
        if self.is_index:
            self.index += words

    def _end(self, name: str) -> None:
        if self.is_index and name.rpartition(":")[2] == "v":
            self.is_index = False
            at = int(self.index)
            self.uses[at] = self.uses.get(at, 0) + 1


def check_reach(part: bytes, place: str) -> None:
    """The filled cells of a sheet reach no further than the limits."""
    if _is_odd(part):
        _XlsxSheet(place).read(part)
    elif occurs(FAR_CELL, part):
        cells = FILLED_CELL.findall(part)
        letters = {column.decode() for column, _ in cells}
        columns = [column_index_from_string(column) for column in letters]
        rows = {row for _, row in cells}
        last_row = max(map(int, rows), default=0)
        last_column = max(columns, default=0)
        check_size(last_row, last_column, place)


def _is_odd(part: bytes) -> bool:
    """Whether one must count where its cells stand, or how many there are."""
    has_orders = part.count(b"<?") > 1
    return len(part) > LARGE_SHEET or has_orders or occurs(ODD, part)


def check_records(part: bytes, place: str) -> None:
    """Of what a program keeps a record each there are not too many."""
    for name, most in MOST_RECORDS.items():
        count = part.count(b"<" + name) + part.count(b":" + name)
        if count > most:
            raise DataError.of("too_many", place=place, most=number(most))


def check_texts(strings: bytes, sheets: Collection[bytes], file: str) -> None:
    """The texts that cells share are not too much, built once for each of them."""
    most = grid.LARGEST_UNPACKED
    texts = END_OF_STRING.split(strings)
    longest = max(len(text) for text in texts)
    cells = sum(len(sheet) for sheet in sheets) // BYTES_OF_CELL
    if longest * cells <= most:
        return

    letters = 0
    for part in sheets:
        for at, times in _uses(part, file).items():
            if at < len(texts):
                letters += times * len(texts[at])
    grid.check_texts(letters, file)


def _uses(part: bytes, place: str) -> Mapping[int, int]:
    """How many cells of a sheet show each text that is shared."""
    if _is_odd(part):
        sheet = _XlsxSheet(place)
        sheet.read(part)
        return sheet.uses
    counted = Counter(CELL_OF_SHARED_TEXT.findall(part))
    return {int(at): times for at, times in counted.items()}


def occurs(pattern: str, part: bytes) -> bool:
    """Whether it is there at all.

    Asked of every byte that is unpacked, so of what is fastest; none of them is copied.
    """
    begin_and_end = struct.pack("=qq", 0, len(part))
    buffers = [None, pa.py_buffer(begin_and_end), pa.py_buffer(part)]
    text = pa.Array.from_buffers(pa.large_binary(), 1, buffers)
    options = pc.MatchSubstringOptions(pattern)
    return pc.call_function("match_substring_regex", [text], options)[0].as_py()
