"""Write sheets as xlsx, ods or text, with the same bytes on every machine."""

import csv
import datetime as dt
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from .cells import Cell, Layout
from .sheets import Sheet

WRITTEN_AT = dt.datetime(2023, 7, 3, 9, 0)
XLSX_DATE, XLSX_MOMENT = "dd-mm-yyyy", "dd-mm-yyyy hh:mm:ss"
COLUMN_WIDTH = 18

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    ' manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
ODS_CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    "<office:document-content"
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    "</office:document-content>"
)


def file_bytes(layout: Layout, sheets: tuple[Sheet, ...]) -> bytes:
    """Write the sheets in the format that the file's name ends in."""
    suffix = layout["name"].rpartition(".")[2]
    if suffix == "xlsx":
        return xlsx(sheets)
    if suffix == "ods":
        return ods(sheets)
    return text(sheets[0], layout["separator"], layout["encoding"])


def text(sheet: Sheet, separator: str, encoding: str) -> bytes:
    """Write one sheet as separated text; UTF-16 gets the byte order mark that Excel gives it."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(_padded(sheet))
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    return (mark + out.getvalue()).encode(encoding)


def xlsx(sheets: tuple[Sheet, ...]) -> bytes:
    """Write a workbook as Excel does: dates are numbers with a format, text is text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": WRITTEN_AT})
    formats = {
        dt.date: book.add_format({"num_format": XLSX_DATE}),
        dt.datetime: book.add_format({"num_format": XLSX_MOMENT}),
    }
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.set_column(0, 30, COLUMN_WIDTH)
        for row, cells in enumerate(sheet.grid):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    page.write_datetime(row, column, _moment(cell), formats[type(cell)])
                elif isinstance(cell, int):
                    page.write_number(row, column, cell)
                elif cell:
                    page.write_string(row, column, cell)
    book.close()
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as packed:
        parts = {name: packed.read(name) for name in sorted(packed.namelist())}
    return _packed(parts)


def _moment(day: dt.date) -> dt.datetime:
    return day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())


def ods(sheets: tuple[Sheet, ...]) -> bytes:
    """Write a workbook as LibreOffice does, in its smallest form."""
    tables = "".join(_ods_table(sheet) for sheet in sheets)
    return _packed(
        {
            "mimetype": ODS_TYPE.encode(),
            "META-INF/manifest.xml": ODS_MANIFEST.encode(),
            "content.xml": ODS_CONTENT.format(tables=tables).encode(),
        }
    )


def _ods_table(sheet: Sheet) -> str:
    rows = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>"
        for cells in _padded(sheet)
    )
    return f"<table:table table:name={quoteattr(sheet.name)}>{rows}</table:table>"


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, dt.date):
        value = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        shown = f"{cell:%d-%m-%Y}"
    elif isinstance(cell, int):
        value, shown = f'office:value-type="float" office:value="{cell}"', str(cell)
    else:
        value, shown = 'office:value-type="string"', escape(cell)
    return f"<table:table-cell {value}><text:p>{shown}</text:p></table:table-cell>"


def _padded(sheet: Sheet) -> list[list[Cell]]:
    """All rows equally long, as a spreadsheet saves them."""
    width = max(len(cells) for cells in sheet.grid)
    return [[*cells, *([None] * (width - len(cells)))] for cells in sheet.grid]


def _packed(parts: dict[str, bytes]) -> bytes:
    """Zip without compression and with one fixed time: no zlib and no clock in the bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, WRITTEN_AT.timetuple()[:6])
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)
    return out.getvalue()
