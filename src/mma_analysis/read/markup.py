"""Tables in HTML and in XML Spreadsheet 2003: what many a system saves with the name `.xls`.

Opening such a file in a spreadsheet program and saving it there would drop leading zeros and the
last digits of long numbers, so it is read as it is.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from lxml import html

from mma_analysis.read.grid import MOST_COLUMNS, MOST_ROWS, Grid, check_size, refuse_entities, times
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.numbers import number

FIRST = 2_000
WEB_PAGE = re.compile(r"<(!doctype html|html|head|body|table|meta)(?=[\s>])", re.IGNORECASE)
XML = re.compile(r"^\s*<\?xml\b[^>]*>", re.IGNORECASE)
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
WINDOWS = "{urn:schemas-microsoft-com:office:excel}"
SS = f"{{{SPREADSHEET}}}"
WHOLE_NUMBER = re.compile(r"(-?\d+)\.0+")
MIDNIGHT = re.compile(r"T00:00:00(\.0+)?$")


def open_markup(text: str, file: str) -> list[Grid]:
    """The tables of a web page under one another, or the sheets of an XML Spreadsheet 2003.

    What is damaged or declares XML entities is refused; of a text that is no markup there are none.
    """
    start = text[:FIRST].lstrip()
    is_page = WEB_PAGE.search(start)
    if not start.startswith("<") or not (is_page or XML.match(start)):
        return []
    if SPREADSHEET in start:
        refuse_entities(text.encode(), file)
        try:
            book = ET.fromstring(text.partition("?>")[2])
            return [_open_sheet(sheet, file) for sheet in book.iter(f"{SS}Worksheet")]
        except (ET.ParseError, ValueError) as error:
            raise DataError.of("damaged_xml", file=file) from error
    if not is_page:
        raise DataError.of("other_xml", file=file)
    return [_open_page(text, file)]


def _open_page(text: str, file: str) -> Grid:
    """The rows of all tables of a page; a cell over several columns leaves the next ones empty."""
    # Without huge_tree what is nested deeply would be left out without a word.
    page = html.fromstring(XML.sub("", text), parser=html.HTMLParser(huge_tree=True))
    for element in [*page.iter("script", "style")]:
        element.drop_tree()
    for element in page.iter("br", "p", "div"):
        element.text = f" {element.text or ''}"
    rows, merged = list[list[str]](), list[tuple[int, int, int]]()
    covered: dict[int, int] = {}  # column → last row that a cell above reaches
    for element in page.iter("table", "tr", "td", "th"):
        if element.tag == "table":
            covered = {}
        elif element.tag == "tr" or not rows:
            rows.append([])
        if element.tag in ("td", "th"):
            at, row = len(rows) - 1, rows[-1]
            while covered.get(len(row), -1) >= at:
                row.append("")
            spans = (times(element.get(name)) for name in ("colspan", "rowspan"))
            across, down = (min(span, MOST_COLUMNS) for span in spans)
            if down > 1:
                merged.append((len(row), at, at + down - 1))
                covered |= {len(row) + n: at + down - 1 for n in range(across)}
            row += [" ".join(element.text_content().split()), *[""] * (across - 1)]
    check_size(len(rows), max(map(len, rows), default=0), file)
    return Grid(file, "", rows, merged=tuple(merged))


def _open_sheet(sheet: ET.Element, file: str) -> Grid:
    """One sheet of an XML Spreadsheet 2003."""
    rows, merged = list[list[str]](), list[tuple[int, int, int]]()
    name = sheet.get(f"{SS}Name", "")
    for at, row in _placed(sheet.findall(f"{SS}Table/{SS}Row"), MOST_ROWS, file, name):
        rows += [[] for _ in range(at + 1 - len(rows))]
        for column, cell in _placed(row.findall(f"{SS}Cell"), MOST_COLUMNS, file, name):
            rows[at] += [""] * (column - len(rows[at])) + [_text(cell)]
            if down := int(cell.get(f"{SS}MergeDown", 0)):
                merged.append((column, at, at + down))
    visible = sheet.findtext(f"{WINDOWS}WorksheetOptions/{WINDOWS}Visible", "")
    return Grid(file, name, rows, hidden=visible.startswith("SheetHidden"), merged=tuple(merged))


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
    data = cell.find(f"{SS}Data")
    if data is None:
        return ""
    text, kind = "".join(data.itertext()).strip(), data.get(f"{SS}Type")
    if kind == "Boolean":
        return "WAAR" if text == "1" else "ONWAAR"
    text = MIDNIGHT.sub("", text) if kind == "DateTime" else text
    return WHOLE_NUMBER.sub(r"\1", text) if kind == "Number" else text
