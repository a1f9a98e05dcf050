"""Tables of a Word document: what python-docx has no word for. Its looks are in `voorstel.docx`."""

from collections.abc import Sequence

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.table import Table, _Cell

OPEN = "FFF4D6"
WIDTH = Mm(166)  # of A4 between the margins
COLUMNS = (Mm(50), Mm(116))
TOGETHER = 15  # a table of so many rows is never cut by a page


def add_table(
    document: Document,
    rows: Sequence[Sequence[str]],
    title: str,
) -> Table:
    """A table of text whose first row is its head, repeated on each page; no page cuts a row.

    `title` is for who cannot see the table.
    """
    table = document.add_table(len(rows), len(rows[0]), "Table Grid")
    table._tbl.tblPr.append(_element("w:tblCaption", val=title))
    table.autofit = False
    for column, width in zip(table.columns, COLUMNS, strict=True):
        column.width = width
    for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        for index, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = COLUMNS[index]
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).font.size = Pt(9)
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(1.5)
            form.keep_with_next = number == 0 or len(rows) <= TOGETHER
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    return table


def mark_open(cell: _Cell) -> None:
    """Colour a cell that a person has to fill in."""
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=OPEN))
    cell.paragraphs[0].runs[0].italic = True


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
