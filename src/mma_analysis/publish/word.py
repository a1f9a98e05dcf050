"""What a Word document needs and python-docx has no word for: styles, fields, table heads."""

from collections.abc import Sequence

from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FONT = "Arial"
BLUE, SOFT, LINE, TINT, OPEN = "154273", "4B5760", "D5DDE3", "EEF2F5", "FFF4D6"
WIDTH = Mm(166)  # of A4 between the margins
COLUMNS = (Mm(50), Mm(116))
TOGETHER = 15  # a table of so many rows is never cut by a page
# What a reader does not need: a picture of the template, and settings of who made that.
LEFT_OUT = ("/thumbnail", "/customXml", "/stylesWithEffects")
WORD_2013 = "15"


def set_up(document: Document, language: str) -> None:
    """A4, our own look in the styles that Word knows, and the language of the text."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(22), Mm(20)
    _look(document)
    _language(document, language)
    _newest(document)
    package = document.part.package
    assert package is not None
    for relations in (package.rels, document.part.rels):
        for key in [k for k, r in relations.items() if r.reltype.endswith(LEFT_OUT)]:
            del relations[key]


def _look(document: Document) -> None:
    for name, size, before, after, colour in (
        ("Normal", 10, 0, 6, ""),
        ("Title", 22, 2, 10, BLUE),
        ("Subtitle", 11, 0, 0, SOFT),
        ("Heading 1", 15, 16, 4, BLUE),
        ("List Number", 10, 0, 4, ""),
        ("List Bullet", 10, 0, 3, ""),
        ("Header", 8.5, 0, 0, "9A3412"),
        ("Footer", 8.5, 0, 0, SOFT),
    ):
        _style(document, name, size, before, after, colour)
    footer = document.styles["Footer"].paragraph_format  # pyright: ignore[reportAttributeAccessIssue]
    footer.tab_stops.clear_all()
    footer.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def _style(
    document: Document, name: str, size: float, before: float, after: float, colour: str
) -> None:
    """One style: a font that is no part of a theme, so that it looks the same everywhere."""
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for part in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{part}"), None)
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)
    style.font.italic = False
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if name == "Title":
        for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
            style.element.get_or_add_pPr().remove(border)


def _language(document: Document, language: str) -> None:
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), language)
    for element in document.settings.element.iter(qn("w:themeFontLang")):
        element.set(qn("w:val"), language)


def _newest(document: Document) -> None:
    """Say that this is made for today's Word, which otherwise opens it as an old document."""
    compat = document.settings.element.find(qn("w:compat"))
    if compat is None:
        return
    setting = OxmlElement("w:compatSetting")
    setting.set(qn("w:name"), "compatibilityMode")
    setting.set(qn("w:uri"), "http://schemas.microsoft.com/office/word")
    setting.set(qn("w:val"), WORD_2013)
    compat.append(setting)


def keep_with_next(paragraph: Paragraph) -> None:
    """Never the last line of a page."""
    paragraph.paragraph_format.keep_with_next = True


def add_field(paragraph: Paragraph, code: str) -> None:
    """Something that Word works out, such as the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


# --- tables --------------------------------------------------------------------------------------


def add_table(
    document: Document,
    rows: Sequence[Sequence[str]],
    title: str,
) -> Table:
    """A table of text whose first row is its head, repeated on each page; no page cuts a row.

    `title` is for who cannot see the table.
    """
    table = document.add_table(len(rows), len(rows[0]), "Table Grid")
    _table_properties(table, title)
    table.autofit = False
    for column, width in zip(table.columns, COLUMNS, strict=True):
        column.width = width
    for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        _row_properties(row._tr, is_head=number == 0)
        for index, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = COLUMNS[index]
            paragraph = _fill(cell, text)
            paragraph.paragraph_format.keep_with_next = number == 0 or len(rows) <= TOGETHER
            if number == 0:
                paragraph.runs[0].bold = True
                _shade(cell, TINT)
    return table


def mark_open(cell: _Cell) -> None:
    """Colour a cell that a person has to fill in."""
    _shade(cell, OPEN)
    cell.paragraphs[0].runs[0].italic = True


def _fill(cell: _Cell, text: str) -> Paragraph:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    paragraph.add_run(text).font.size = Pt(9)
    return paragraph


def _shade(cell: _Cell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _row_properties(row: BaseOxmlElement, is_head: bool) -> None:
    properties = row.get_or_add_trPr()  # pyright: ignore[reportAttributeAccessIssue]
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def _table_properties(table: Table, title: str) -> None:
    """Thin lines between the rows only, and the title."""
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        is_drawn = side in ("top", "bottom", "insideH")
        for key, value in (("val", "single" if is_drawn else "nil"), ("sz", "4"), ("color", LINE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    look = properties.find(qn("w:tblLook"))
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), title)
    if look is None:
        properties.extend([borders, caption])
    else:  # in the order that the schema asks
        look.addprevious(borders)
        look.addnext(caption)
