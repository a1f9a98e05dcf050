"""`bijlage.xlsx`: every released table that a page shows, one on a sheet, for eye and machine."""

import datetime as dt
import io
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import partial

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.office import CREATED, settled, subject
from mma_analysis.show import annex
from mma_analysis.show.annex import Column, Sheet
from mma_analysis.show.annex.cells import HIDDEN, MISSING, Cell

COVER, CONTENTS, NOTES, SIGNS, DEFINITIONS = (
    *("Voorblad", "Inhoud", "Toelichting"),
    *("Legenda", "Definities"),
)
A4 = 9
INK, SOFT, RULE = "#1b2430", "#5b6675", "#0b3c5d"
FEW_COLUMNS, WIDEST, WIDEST_TEXT = 4, 215, 635  # in pixels; what is wider goes on in a next line
COLUMNS_ON_PAPER = 10  # beside each other on A4: more would be too small to read
# 413 is Dutch: LibreOffice then writes numbers the Dutch way on any machine, and both write months.
FORMATS = {
    "count": "[$-413]#,##0",
    "number": "[$-413]#,##0.00",
    "share": "[$-413]0.0%",
    "euro": "[$€-413] #,##0",
    "cents": "[$€-413] #,##0.00",
    "year": "0",
    "date": "[$-413]d mmm yyyy",
}


@dataclass(frozen=True)
class Styles:
    """The formats of a workbook, each made once."""

    title: Format
    line: Format
    warning: Format
    link: Format
    head: Format
    number_head: Format
    text: Format
    hidden: Format
    missing: Format
    without: Format
    numbers: dict[str, Format]


@dataclass(frozen=True)
class Placed:
    """A table with what stands above it, ready to be written on a sheet."""

    name: str
    code: str
    title: str
    lines: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def annex_workbook(e: Evaluation) -> bytes:
    """Write the annex of an edition from the public evaluation of the district.

    No cell is a formula, and no text can become one. A sheet has a title, what it is about, the
    chapter of the report, a way back to the contents, and one table with a head that stays.
    """
    sheets = annex.sheets(e)
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": f"Bijlage met tabellen bij {e.edition.evaluatie.titel}",
                "subject": subject(e.edition, e.district),
                "created": CREATED,
            }
        )
        styles = _styles(book, e.edition.bescherming.basis)
        _cover(book.add_worksheet(COVER), e, styles)
        for placed in [*_around(e, sheets), *[_of_sheet(sheet) for sheet in sheets]]:
            _write(book.add_worksheet(placed.name), e, placed, styles)
    return settled(written.getvalue())


def _styles(book: Workbook, basis: int) -> Styles:
    def style(**options: object) -> Format:
        return book.add_format(
            {"font_name": "Arial", "font_size": 10, "font_color": INK, **options}
        )

    cell = partial(style, valign="top")
    head = {"bold": True, "text_wrap": True, "bg_color": "#dde7ef", "bottom": 1}
    # A rounded count of 0 may be a few: the number stays 0, and is read as what it can be.
    formats = FORMATS | {"rounded": f'{FORMATS["count"]};-#,##0;"0 – {basis - 1}"'}
    return Styles(
        title=style(bold=True, font_size=16, font_color=RULE),
        line=style(font_color=SOFT),
        warning=style(bold=True, font_color="#9a3412"),
        link=style(font_color="#0b5cad", underline=1, valign="top"),
        head=cell(**head, align="left", indent=1),
        number_head=cell(**head, align="right"),
        text=cell(text_wrap=True, align="left", indent=1),
        hidden=cell(align="right", bg_color="#e4e7ec"),
        missing=cell(align="right", bg_color="#fff1d6"),
        without=cell(align="right", italic=True, font_color=SOFT),
        numbers={form: cell(num_format=code, align="right") for form, code in formats.items()},
    )


# --- what is on which sheet ----------------------------------------------------------------------


def _around(e: Evaluation, sheets: Sequence[Sheet]) -> list[Placed]:
    """Contents, notes, legend and definitions: tables as well, so that they read the same way."""
    left_out = [(f"Niet in deze bijlage: {out.title}", out.reason) for out in annex.left_out(e)]
    named = sorted({name for sheet in sheets for name in sheet.indicators})
    return [
        _table_of_texts(
            *(CONTENTS, "Inhoud"),
            "Kies een tabblad. De tabellen staan in de volgorde van de hoofdstukken.",
            ("Tabblad", "Wat erin staat", "Hoofdstuk", "Rijen"),
            [(s.name, s.title, s.chapter, len(s.rows)) for s in sheets],
        ),
        _table_of_texts(
            *(NOTES, "Toelichting", "Hoe u de tabellen leest, en wat er niet in staat."),
            ("Onderwerp", "Uitleg"),
            [*annex.notes(e), *left_out],
        ),
        _table_of_texts(
            *(SIGNS, "Legenda: wat in een vak kan staan"),
            "Nul, niet getoond, geen gegevens en niet van toepassing zijn vier dingen.",
            ("In het vak staat", "Dat betekent"),
            [astuple(sign) for sign in annex.signs(e.edition.bescherming.basis)],
        ),
        _table_of_texts(
            *(DEFINITIONS, "Definities"),
            "Wat elk cijfer is, hoe het is berekend, en wat het niet zegt.",
            ("Cijfer", "Eenheid", "Wat het is", "Berekening", "Aanname", "Grens", "Bron"),
            [astuple(definition) for definition in annex.definitions(e.vocabulary, named)],
        ),
    ]


def _table_of_texts(
    name: str, title: str, line: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> Placed:
    columns = [Column(head, "count" if head == "Rijen" else "text") for head in heads]
    return Placed(name, name.lower(), title, [line], columns, rows)


def _of_sheet(sheet: Sheet) -> Placed:
    where = f"Hoofdstuk in het rapport: {sheet.chapter}."
    if sheet.indicators:
        where += f" Tabblad {DEFINITIONS}: {', '.join(sheet.indicators)}."
    lines = [sheet.about, where]
    return Placed(sheet.name, sheet.table, sheet.title, lines, sheet.columns, sheet.rows)


# --- writing -------------------------------------------------------------------------------------


def _cover(sheet: Worksheet, e: Evaluation, styles: Styles) -> None:
    told = annex.cover(e)
    first = 2 if e.edition.evaluatie.fictief else 1
    for row, (name, words) in enumerate(told, start=first):
        sheet.write_string(row, 0, name, styles.line)
        sheet.write_string(row, 1, words, styles.text)
    for row, name in enumerate((CONTENTS, NOTES, SIGNS, DEFINITIONS), start=first + len(told)):
        _link(sheet, row, 0, name, name, styles)
    sheet.autofit(WIDEST_TEXT)
    _above(sheet, e, f"Bijlage met tabellen bij {e.edition.evaluatie.titel}", (), styles)
    _print_set_up(sheet)


def _write(sheet: Worksheet, e: Evaluation, placed: Placed, styles: Styles) -> None:
    """A table as wide as its cells need, and above it a title, lines about it, and a way back."""
    head = (2 if e.edition.evaluatie.fictief else 1) + len(placed.lines) + 1
    _table(sheet, placed, head, styles)
    for number, cells in enumerate(placed.rows, start=head + 1):
        for index, (cell, column) in enumerate(zip(cells, placed.columns, strict=True)):
            _cell(sheet, number, index, cell, column, styles)
            if placed.name == CONTENTS and index == 0:
                _link(sheet, number, 0, str(cell), str(cell), styles)
    sheet.autofit(WIDEST if len(placed.columns) > FEW_COLUMNS else WIDEST_TEXT)
    _above(sheet, e, placed.title, placed.lines, styles)
    back = COVER if placed.name == CONTENTS else CONTENTS
    _link(sheet, head - 1, 0, back, f"Naar {back.lower()}", styles)
    sheet.freeze_panes(head + 1, 1 if len(placed.columns) > 6 else 0)
    _print_set_up(sheet, math.ceil(len(placed.columns) / COLUMNS_ON_PAPER))
    sheet.repeat_rows(head)


def _above(
    sheet: Worksheet, e: Evaluation, title: str, lines: Sequence[str], styles: Styles
) -> None:
    """The title of a sheet, that an example is one, and what it is about."""
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, title, styles.title)
    if e.edition.evaluatie.fictief:
        sheet.write_string(1, 0, annex.FICTITIOUS, styles.warning)
    for row, line in enumerate(lines, start=2 if e.edition.evaluatie.fictief else 1):
        sheet.write_string(row, 0, line, styles.line)


def _table(sheet: Worksheet, placed: Placed, head: int, styles: Styles) -> None:
    columns = [
        {
            "header": column.head,
            "header_format": styles.number_head if column.form in styles.numbers else styles.head,
        }
        for column in placed.columns
    ]
    sheet.add_table(
        *(head, 0, head + len(placed.rows), len(columns) - 1),
        {
            "name": f"tabel_{placed.code}",
            "title": placed.title,
            "description": " ".join(placed.lines),
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": columns,
        },
    )


def _cell(
    sheet: Worksheet, row: int, column: int, cell: Cell, told: Column, styles: Styles
) -> None:
    """One cell as what it is; a text is never handed to the part that looks for formulas."""
    if isinstance(cell, dt.date):
        sheet.write_datetime(
            row, column, dt.datetime(cell.year, cell.month, cell.day), styles.numbers["date"]
        )
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, styles.numbers[told.form])
    elif told.form in styles.numbers:
        known = {HIDDEN: styles.hidden, MISSING: styles.missing}
        sheet.write_string(row, column, cell, known.get(cell, styles.without))
    else:
        sheet.write_string(row, column, cell, styles.text)


def _link(sheet: Worksheet, row: int, column: int, name: str, words: str, styles: Styles) -> None:
    sheet.write_url(row, column, f"internal:'{name}'!A1", styles.link, words, f"Naar {name}")


def _print_set_up(sheet: Worksheet, across: int = 1) -> None:
    """A4, so many pages wide, each with the first column."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(across, 0)
    if across > 1:
        sheet.repeat_columns("A:A")
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&L&A&RPagina &P van &N")
