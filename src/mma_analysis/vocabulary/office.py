"""How an office file of ours looks and is packed, which follows from what it says alone.

Nothing here reads a table, a setting or a clock. So the audit can read back what a workbook
says, write it once more, and hold the two beside each other: whatever else is in the file
was not written by this.
"""

import datetime as dt
import io
import math
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mma_analysis.vocabulary.reference import PACKAGE
from mma_analysis.vocabulary.text import slug

Content = str | int | float | dt.date | None
# A fixed moment, of a workbook and a document: the same content gives the same bytes.
CREATED = dt.datetime(2000, 1, 1)
ENTRY_MOMENT = (1980, 1, 1, 0, 0, 0)
NO_SYSTEM = 0
LANGUAGE = "nl-NL"
CORE = "docProps/core.xml"
CORE_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>{title}</dc:title><dc:subject>{subject}</dc:subject>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
    "<dc:language>{language}</dc:language></cp:coreProperties>"
)
WORKBOOK_LOOK = tomllib.loads(
    (PACKAGE / "publish" / "template" / "workbook.toml").read_text(encoding="utf-8")
)
ROUNDED_FORM = "rounded"  # the form of a count of meldingen
AT_THE_RIGHT = {*WORKBOOK_LOOK["formats"], ROUNDED_FORM}
LOOK_OF_TEXT = "text"  # of a form that has no look of its own
GUIDE_SHEET = "Leeswijzer"
CONTENTS = "Inhoud"
A4 = 9
COLUMNS_ON_PAPER = 10
FEW_COLUMNS = 4
WIDEST_COLUMN = 215  # pixels of a column
WIDEST_TEXT = 635  # pixels of one on a sheet with few columns
FIRST_HEAD = 4  # rows above it: title, what it is, that it is fictitious, and a way back
FICTITIOUS_ROW = 2
WAY_BACK_ROW = 3
NEXT_HEAD = 2  # rows above it: title and what it is
BETWEEN_TABLES = 3


class BoxColumn(NamedTuple):
    """The head of a column, and the form of what stands in it."""

    head: str
    form: str


class FilledBox(NamedTuple):
    """What stands in a box of a table, and how it looks: as its form, mostly."""

    content: Content
    look: str


class SheetTable(NamedTuple):
    """A table on a sheet; `name` is what a spreadsheet calls it, in words."""

    name: str
    title: str
    about: str
    columns: Sequence[BoxColumn]
    rows: Sequence[Sequence[FilledBox]]


class Sheet(NamedTuple):
    """The tables of a sheet, below each other; `warning` stands above the first."""

    name: str
    warning: str
    tables: Sequence[SheetTable]


# --- how it is packed ---------------------------------------------------------------------


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Parts in a zip, without a trace of when and where it was made.

    They are not made smaller: one computer does that otherwise than another, and what is
    sent is smaller already.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, body in parts.items():
            entry = zipfile.ZipInfo(name, ENTRY_MOMENT)
            entry.create_system = NO_SYSTEM
            archive.writestr(entry, body)
    return content.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a zip by their names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def office_file(content: bytes, title: str, subject: str) -> bytes:
    """An office file as a library wrote it, of which we say what it is and nothing else."""
    properties = core_properties(title, subject)
    return packed(parts_of(content) | {CORE: properties})


def core_properties(title: str, subject: str) -> bytes:
    """The part of an office file that says what it is: without a maker or a clock."""
    written = CORE_PROPERTIES.format(
        title=escape(title),
        subject=escape(subject),
        moment=f"{CREATED.isoformat()}Z",
        language=LANGUAGE,
    )
    return written.encode()


# --- how a workbook looks -----------------------------------------------------------------


def workbook(title: str, subject: str, sheets: Sequence[Sheet]) -> bytes:
    """Write sheets with tables. No cell is a formula, and no text can become one."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": CREATED})
        looks = _looks(book, sheets)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, looks)
    return office_file(content.getvalue(), title, subject)


def rounded_look(bound: int) -> str:
    """The look of a rounded count that may be so far off."""
    return f"{ROUNDED_FORM} {bound}"


def _looks(book: xlsxwriter.Workbook, sheets: Sequence[Sheet]) -> dict[str, Format]:
    """How cells look: each style of `workbook.toml`, and each form of a number."""
    looks = dict(WORKBOOK_LOOK["styles"])
    formats = WORKBOOK_LOOK["formats"] | _formats_of_rounded(sheets)
    for form, number_format in formats.items():
        looks[form] = looks["number"] | {"num_format": number_format}
    styles = {}
    for name, look in looks.items():
        styles[name] = book.add_format(WORKBOOK_LOOK["every"] | look)
    return styles


def _formats_of_rounded(sheets: Sequence[Sheet]) -> dict[str, str]:
    """How rounded counts are written: a 0 that may be a few stays 0, and reads as `0–4`.

    One for each bound that a count on these sheets has.
    """
    used = set()
    for sheet in sheets:
        for table in sheet.tables:
            for row in table.rows:
                used.update(box.look for box in row)
    formats = {}
    for look in sorted(used):
        form, _, bound = look.rpartition(" ")
        if form == ROUNDED_FORM:
            few = ""
            if bound != "0":
                few = f';-#,##0;"0–{bound}"'
            formats[look] = WORKBOOK_LOOK["formats"]["count"] + few
    return formats


def _write(page: Worksheet, sheet: Sheet, looks: Mapping[str, Format]) -> None:
    """Tables below each other with their titles; of one alone the head stays in sight."""
    is_contents = sheet.name == CONTENTS
    top = 0
    tops = []
    for table in sheet.tables:
        tops.append(top)
        above = FIRST_HEAD
        if top:
            above = NEXT_HEAD
        head = top + above
        _write_table(page, table, head, is_contents, looks)
        rows = max(len(table.rows), 1)
        top = head + rows + BETWEEN_TABLES

    wide = max(len(table.columns) for table in sheet.tables)
    widest = WIDEST_TEXT
    if wide > FEW_COLUMNS:
        widest = WIDEST_COLUMN
    page.autofit(widest)
    # After the widths: a title may go on over its neighbours.
    for top, table in zip(tops, sheet.tables, strict=True):
        page.write(top, 0, table.title, looks["title"])
        page.write(top + 1, 0, table.about, looks["line"])
    if sheet.warning:
        page.write(FICTITIOUS_ROW, 0, sheet.warning, looks["warning"])
    if sheet.name != GUIDE_SHEET:
        back = CONTENTS
        if is_contents:
            back = GUIDE_SHEET
        _link(page, WAY_BACK_ROW, back, f"Naar {back.lower()}", looks)

    if len(sheet.tables) == 1:
        page.freeze_panes(FIRST_HEAD + 1, 1)
        page.repeat_rows(FIRST_HEAD)
    page.hide_gridlines(2)
    page.set_paper(A4)
    page.set_landscape()
    pages_wide = math.ceil(wide / COLUMNS_ON_PAPER)
    page.fit_to_pages(pages_wide, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.set_footer("&L&A&RPagina &P van &N")


def _link(
    page: Worksheet,
    row: int,
    to: str,
    text: str,
    looks: Mapping[str, Format],
) -> None:
    """Write in the first column a link to another sheet."""
    page.write_url(row, 0, f"internal:'{to}'!A1", looks["link"], text, f"Naar {to}")


def _write_table(
    page: Worksheet,
    table: SheetTable,
    head: int,
    is_contents: bool,
    looks: Mapping[str, Format],
) -> None:
    """Write a table with its heads in row `head`; a list of contents links to sheets."""
    heads = []
    for column in table.columns:
        look = "head"
        if column.form in AT_THE_RIGHT:
            look = "number head"
        head_of_column = {"header": column.head, "header_format": looks[look]}
        heads.append(head_of_column)
    words = slug(table.name).replace("-", "_")
    options = {
        "name": f"tabel_{words}",
        "title": table.title,
        "description": table.about,
        "columns": heads,
        "style": "Table Style Light 1",
        "banded_rows": False,
    }
    last_row = head + len(table.rows)
    last_column = len(heads) - 1
    page.add_table(head, 0, last_row, last_column, options)

    for number, row in enumerate(table.rows, start=head + 1):
        for place, box in enumerate(row):
            content = box.content
            is_link = is_contents and place == 0
            if is_link:
                name = f"{content}"
                _link(page, number, name, name, looks)
            elif content is not None:
                look = looks.get(box.look, looks[LOOK_OF_TEXT])
                page.write(number, place, content, look)
