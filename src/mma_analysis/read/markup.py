"""Tables in HTML and in XML Spreadsheet 2003: what many a system saves as `.xls`.

Opening such a file in a spreadsheet program and saving it there would drop leading zeros
and the last digits of long numbers, so it is read as it is.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from lxml import html
from lxml.etree import ParserError

from mma_analysis.read.grid import (
    MOST_COLUMNS,
    MOST_ROWS,
    Grid,
    check_elements,
    check_size,
    check_texts,
    check_together,
    place_of,
    refuse_entities,
    times,
)
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.numbers import number

FIRST = 2_000
WEB_PAGE = re.compile(r"<(!doctype html|html|head|body|table|meta)(?=[\s>])", re.IGNORECASE)
XML_BEGINS = re.compile(r"^\s*<\?xml\b[^>]*>", re.IGNORECASE)
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
WINDOWS = "{urn:schemas-microsoft-com:office:excel}"
SS = f"{{{SPREADSHEET}}}"
WHOLE_WITH_ZEROS = re.compile(r"(-?\d+)\.0+")
# What the parser says when it leaves out what is deeper.
LEFT_OUT_DEEPER = "ERR_RESOURCE_LIMIT"
MIDNIGHT = re.compile(r"T00:00:00(\.0+)?$")


def open_markup(text: str, file: str) -> list[Grid]:
    """The tables of a web page under one another, or the sheets of an XML Spreadsheet 2003.

    What is damaged or declares XML entities is refused; of a text that is no markup there
    are none.
    """
    start = text[:FIRST].lstrip()
    is_page = WEB_PAGE.search(start) is not None
    is_xml = XML_BEGINS.match(start) is not None
    if not start.startswith("<") or not (is_page or is_xml):
        return []
    if SPREADSHEET in start:
        return _open_book(text, file)
    if not is_page:
        raise DataError.of("other_xml", file=file)
    return [_open_page(text, file)]


# --- a web page ---------------------------------------------------------------------------


def _open_page(text: str, file: str) -> Grid:
    """The rows of all tables of a page, under one another."""
    # Without huge_tree what is nested deeply would be left out without a word.
    parser = html.HTMLParser(huge_tree=True)
    try:
        check_elements(text, file)
        page = html.fromstring(XML_BEGINS.sub("", text), parser=parser)
    except ParserError as error:
        raise DataError.of("empty", file=file) from error
    if any(fault.type_name == LEFT_OUT_DEEPER for fault in parser.error_log):
        raise DataError.of("too_deep", file=file)
    for element in page.iter("script", "style"):
        element.text = None
    for element in page.iter("br", "p", "div"):
        element.text = f" {element.text or ''}"

    laid_out = _Layout(file)
    letters = 0
    for element in page.iter("table", "tr", "td", "th"):
        if element.tag == "table":
            laid_out.begin_table()
        elif element.tag == "tr":
            laid_out.begin_row()
        else:
            across = min(times(element.get("colspan")), MOST_COLUMNS)
            down = min(times(element.get("rowspan")), MOST_COLUMNS)
            cell = " ".join(element.text_content().split())
            letters += len(cell)
            check_texts(letters, file)
            laid_out.add(cell, across, down)

    return Grid(file, "", laid_out.rows, merged=tuple(laid_out.merged))


class _Layout:
    """Cells that are laid out as a page shows them.

    A cell over several columns leaves the next ones empty, and one over several rows those
    below it. `reached`: column → the last row that a cell in it reaches. How far the page
    reaches is checked before a cell is put there.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.widest = 0
        self.rows: list[list[str]] = []
        self.merged: list[tuple[int, int, int]] = []
        self.reached: dict[int, int] = {}

    def begin_table(self) -> None:
        """No cell reaches into another table."""
        self.reached = {}

    def begin_row(self) -> None:
        """What is added from here on stands in a row of its own."""
        self.rows.append([])
        check_size(len(self.rows), self.widest, self.file)

    def add(self, cell: str, across: int, down: int) -> None:
        """Put a cell in the first place of the row that no other cell reaches."""
        if not self.rows:  # a cell outside every row
            self.begin_row()
        at = len(self.rows) - 1
        row = self.rows[at]
        while self.reached.get(len(row), -1) >= at:
            row.append("")

        column = len(row)
        self.widest = max(self.widest, column + across)
        check_size(len(self.rows), self.widest, self.file)
        if down > 1:
            last = at + down - 1
            self.merged.append((column, at, last))
            for beside in range(across):
                self.reached[column + beside] = last
        row.append(cell)
        row += [""] * (across - 1)


# --- XML Spreadsheet 2003 -----------------------------------------------------------------


def _open_book(text: str, file: str) -> list[Grid]:
    """The sheets of an XML Spreadsheet 2003."""
    refuse_entities(text.encode(), file)
    check_elements(text, file)
    _, _, content = text.partition("?>")
    grids: list[Grid] = []
    try:
        book = ET.fromstring(content)
        for sheet in book.iter(f"{SS}Worksheet"):
            grids.append(_open_sheet(sheet, file))
            check_together(grids, file)
    except (ET.ParseError, ValueError) as error:
        raise DataError.of("damaged_xml", file=file) from error
    return grids


def _open_sheet(sheet: ET.Element, file: str) -> Grid:
    rows: list[list[str]] = []
    merged: list[tuple[int, int, int]] = []
    name = sheet.get(f"{SS}Name", "")
    widest = 0
    elements = sheet.findall(f"{SS}Table/{SS}Row")
    for at, element in _placed(elements, MOST_ROWS, file, name):
        while len(rows) <= at:
            rows.append([])
        row = rows[at]

        cells = element.findall(f"{SS}Cell")
        for column, cell in _placed(cells, MOST_COLUMNS, file, name):
            widest = max(widest, column + 1)
            check_size(at + 1, widest, place_of(file, name))
            row += [""] * (column - len(row))
            row.append(_text(cell))

            down = int(cell.get(f"{SS}MergeDown", 0))
            if down:
                merged.append((column, at, at + down))

    visible = sheet.findtext(f"{WINDOWS}WorksheetOptions/{WINDOWS}Visible", "")
    is_hidden = visible.startswith("SheetHidden")
    return Grid(file, name, rows, hidden=is_hidden, merged=tuple(merged))


def _placed(
    elements: list[ET.Element],
    most: int,
    file: str,
    sheet: str,
) -> Iterator[tuple[int, ET.Element]]:
    """Rows or cells with their index: one may say that those before it were left out."""
    last = -1
    for element in elements:
        at = int(element.get(f"{SS}Index", last + 2)) - 1
        if at <= last:
            raise ValueError("an index goes back")
        if at >= most:
            raise DataError.of(
                "far_element",
                file=file,
                sheet=sheet,
                at=number(at + 1),
                most=number(most),
            )
        yield at, element
        last = at + int(element.get(f"{SS}MergeAcross", 0))


def _text(cell: ET.Element) -> str:
    data = cell.find(f"{SS}Data")
    if data is None:
        return ""
    text = "".join(data.itertext()).strip()
    kind = data.get(f"{SS}Type")
    if kind == "Boolean":
        return "WAAR" if text == "1" else "ONWAAR"
    if kind == "DateTime":
        return MIDNIGHT.sub("", text)
    if kind == "Number":
        return WHOLE_WITH_ZEROS.sub(r"\1", text)
    return text
