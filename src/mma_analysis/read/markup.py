"""Tables in HTML and in XML Spreadsheet 2003: what many a system saves with the name `.xls`.

Opening such a file in a spreadsheet program and saving it there would drop leading zeros and the
last digits of long numbers, so it is read as it is.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser

from mma_analysis.read.grid import MOST_COLUMNS, MOST_ROWS, Grid, check_size, refuse_entities, times
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.numbers import number

FIRST = 2_000
WEB_PAGE = re.compile(r"<(!doctype html|html|head|body|table|meta)(?=[\s>])", re.IGNORECASE)
XML = re.compile(r"\s*<\?xml\b", re.IGNORECASE)
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
WINDOWS = "urn:schemas-microsoft-com:office:excel"
SS = f"{{{SPREADSHEET}}}"
NOT_SEEN = ("script", "style")
WHOLE_NUMBER = re.compile(r"(-?\d+)\.0+")
MIDNIGHT = re.compile(r"T00:00:00(\.0+)?$")


def is_markup(text: str) -> bool:
    """Whether this text is a web page or XML."""
    start = text[:FIRST].lstrip()
    return start.startswith("<") and (WEB_PAGE.search(start) or XML.match(start)) is not None


def open_markup(text: str, file: str) -> list[Grid]:
    """The tables of a web page under one another, or the sheets of an XML Spreadsheet 2003.

    Only the text of a cell is taken; what is damaged, or declares XML entities, is refused.
    """
    if SPREADSHEET in text[:FIRST]:
        refuse_entities(text.encode(), file)
        try:
            book = ET.fromstring(text.partition("?>")[2])
            return [_open_sheet(sheet, file) for sheet in book.iter(f"{SS}Worksheet")]
        except (ET.ParseError, ValueError) as error:
            raise DataError.of("damaged_xml", file=file) from error
    if not WEB_PAGE.search(text):
        raise DataError.of("other_xml", file=file)
    page = _Page()
    page.feed(text)
    page.close()
    check_size(len(page.rows), max(map(len, page.rows), default=0), file)
    return [Grid("", page.rows, merged=tuple(page.merged))]


class _Page(HTMLParser):
    """The rows of all tables of a page; a cell over several columns leaves the next ones empty."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.merged: list[tuple[int, int, int]] = []
        self._cell: list[str] | None = None
        self._is_seen = True
        self._columns = self._down = 1
        # Column → rows that a cell above still covers.
        self._covered: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell; what was not ended ends here."""
        if tag == "tr":
            self._end_row()
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            given = dict(attrs)
            self._columns, self._down = (
                min(times(given.get(name)), MOST_COLUMNS) for name in ("colspan", "rowspan")
            )
            self._cell = []
            if not self.rows:
                self.rows.append([])
        elif tag == "table":
            self._covered = {}
        elif tag in ("br", "p", "div"):
            self.handle_data(" ")
        elif tag in NOT_SEEN:
            self._is_seen = False

    def handle_endtag(self, tag: str) -> None:
        """End a row or a cell."""
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()
        elif tag in NOT_SEEN:
            self._is_seen = True

    def handle_data(self, data: str) -> None:
        """Text counts inside a cell only."""
        if self._cell is not None and self._is_seen:
            self._cell.append(data)

    def _end_row(self) -> None:
        self._end_cell()
        self._skip_covered()

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        self._skip_covered()
        row, number = self.rows[-1], len(self.rows) - 1
        if self._down > 1:
            self.merged.append((len(row), number, number + self._down - 1))
            self._covered |= {len(row) + n: self._down - 1 for n in range(self._columns)}
        row += [" ".join("".join(self._cell).split()), *[""] * (self._columns - 1)]
        self._cell = None

    def _skip_covered(self) -> None:
        """The columns that a cell of a row above reaches down over are empty in this row."""
        while self.rows and self._covered.get(len(self.rows[-1]), 0):
            column = len(self.rows[-1])
            self._covered[column] -= 1
            self.rows[-1].append("")


# --- XML Spreadsheet 2003 ------------------------------------------------------------------------


def _open_sheet(sheet: ET.Element, file: str) -> Grid:
    rows: list[list[str]] = []
    merged: list[tuple[int, int, int]] = []
    name = sheet.get(f"{SS}Name", "")
    for at, row in _placed(sheet.findall(f"{SS}Table/{SS}Row"), MOST_ROWS, file, name):
        rows += [[] for _ in range(at + 1 - len(rows))]
        for column, cell in _placed(row.findall(f"{SS}Cell"), MOST_COLUMNS, file, name):
            rows[at] += [""] * (column - len(rows[at])) + [_text(cell)]
            down = int(cell.get(f"{SS}MergeDown", 0))
            if down:
                merged.append((column, at, at + down))
    visible = sheet.findtext(f"{{{WINDOWS}}}WorksheetOptions/{{{WINDOWS}}}Visible", "")
    return Grid(name, rows, hidden=visible.startswith("SheetHidden"), merged=tuple(merged))


def _placed(
    elements: list[ET.Element], most: int, file: str, sheet: str
) -> Iterator[tuple[int, ET.Element]]:
    """Rows or cells with their index: one may say that those before it were left out."""
    at = -1
    for element in elements:
        before, at = at, int(element.get(f"{SS}Index", at + 2)) - 1
        if at <= before:
            raise ValueError("an index goes back")
        if at >= most:
            reach = {"at": number(at + 1), "most": number(most)}
            raise DataError.of("far_element", file=file, sheet=sheet, **reach)
        yield at, element
        at += int(element.get(f"{SS}MergeAcross", 0))


def _text(cell: ET.Element) -> str:
    """The text of a cell, as a workbook's would be."""
    data = cell.find(f"{SS}Data")
    if data is None:
        return ""
    text = "".join(data.itertext()).strip()
    kind = data.get(f"{SS}Type")
    if kind == "DateTime":
        return MIDNIGHT.sub("", text)
    if kind == "Boolean":
        return "WAAR" if text == "1" else "ONWAAR"
    return WHOLE_NUMBER.sub(r"\1", text) if kind == "Number" else text
