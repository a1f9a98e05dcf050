"""Tables of a Word document: what python-docx has no word for. Its looks are in `voorstel.docx`."""

from collections.abc import Sequence

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell

OPEN = "FFF4D6"
WIDTH = Mm(166)  # of A4 between the margins
MOST_LETTERS, MARGIN_LETTERS, FEW_COLUMNS = 44, 3, 6
TOGETHER = 15  # a table of so many rows is never cut by a page


def add_table(
    document: Document,
    rows: Sequence[Sequence[str]],
    title: str,
    is_text: bool = True,
    text_columns: Sequence[str] = (),
) -> Table:
    """A table whose first row is its head, repeated on each page; no row is cut by a page.

    Numbers stand at the right, the first column and text at the left; of a table that is not all
    text, the heads of the columns that are. `title` is for who cannot see the table.
    """
    table = document.add_table(len(rows), len(rows[0]), "Table Grid")
    table._tbl.tblPr.append(_element("w:tblCaption", val=title))
    table.autofit = False
    widths, size = _widths(rows), 9 if len(rows[0]) <= FEW_COLUMNS else 8
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        for index, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = widths[index]
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).font.size = Pt(size)
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(1.5)
            form.keep_with_next = number == 0 or len(rows) <= TOGETHER
            if index and not is_text and rows[0][index] not in text_columns:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    return table


def mark_open(cell: _Cell) -> None:
    """Colour a cell that a person has to fill in."""
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=OPEN))
    cell.paragraphs[0].runs[0].italic = True


def _widths(rows: Sequence[Sequence[str]]) -> list[Length]:
    """As wide as the columns need, within the page: what remains goes to those that want more."""
    columns = list(zip(*rows, strict=True))
    words = [
        max(len(word) for text in column for word in text.split() or [""]) for column in columns
    ]
    wanted = [
        max(least, min(max(map(len, column)), MOST_LETTERS))
        for least, column in zip(words, columns, strict=True)
    ]
    # A table of many columns has smaller letters.
    letter = Mm(1.95) if len(columns) <= FEW_COLUMNS else Mm(1.68)
    room = WIDTH / letter - len(columns) * MARGIN_LETTERS
    over = sum(wanted) - room
    if over > 0:
        spare = sum(wanted) - sum(words)
        part = min(over / spare, 1) if spare else 0
        wanted = [want - part * (want - word) for want, word in zip(wanted, words, strict=True)]
    return [Length(int((want + MARGIN_LETTERS) * letter)) for want in wanted]


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
