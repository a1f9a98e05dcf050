"""Cells of a workbook in which a formula failed (`#N/B`, `#REF!`): calamine gives them as empty."""

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from mma_analysis.read.grid import Grid
from mma_analysis.read.kinds import OLE
from mma_analysis.read.open_document import TABLE, content_of, times

# Row and column, from 0 → what a spreadsheet program shows there.
Failed = dict[tuple[int, int], str]

CELL = re.compile(r"([A-Za-z]+)(\d+)")
IS_ERROR_IN_ODS = b'calcext:value-type="error"'
VALUE_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
LETTERS_OF_ALPHABET = 26

# Records of an old workbook: the beginning of a sheet, a cell with an error, a formula with one.
BEGIN_OF_SHEET = re.compile(rb"\x09\x08\x10\x00\x00\x06\x10\x00")
CODES = {
    b"\x00": "#NULL!",
    b"\x07": "#DIV/0!",
    b"\x0f": "#VALUE!",
    b"\x17": "#REF!",
    b"\x1d": "#NAME?",
    b"\x24": "#NUM!",
    b"\x2a": "#N/A",
}
CODE = rb"([\x00\x07\x0f\x17\x1d\x24\x2a])"
ERROR_RECORDS = re.compile(
    rb"(?:\x05\x02\x08\x00(..)(..).." + CODE + rb"\x01"
    rb"|\x06\x00..(..)(..)..\x02." + CODE + rb"...\xff\xff)",
    re.DOTALL,
)


def with_failed_cells(grids: Sequence[Grid], workbook: bytes, parts: Collection[str]) -> list[Grid]:
    """The same sheets, with the error in each empty cell in which the workbook has one.

    Parameters
    ----------
    parts
        Of an .xlsx the parts with such a cell, as `archive.refuse_harmful` gives them.
    """
    if workbook.startswith(OLE):
        found = _in_xls(workbook)
        failed = {grid.sheet: found.get(at, {}) for at, grid in enumerate(grids)}
    else:
        content = content_of(workbook)
        failed = _in_ods(content) if content else _in_xlsx(workbook, parts)
    return [_filled(grid, failed.get(grid.sheet, {})) for grid in grids]


def _filled(grid: Grid, failed: Failed) -> Grid:
    if not failed:
        return grid
    last = max(row for row, _ in failed)
    rows = [*grid.rows, *([] for _ in range(last + 1 - len(grid.rows)))]
    for (row, column), error in failed.items():
        cells = [*rows[row], *[""] * (column + 1 - len(rows[row]))]
        rows[row] = [*cells[:column], cells[column] or error, *cells[column + 1 :]]
    return replace(grid, rows=rows)


# --- the three kinds -----------------------------------------------------------------------------


def _in_xlsx(workbook: bytes, parts: Collection[str]) -> dict[str, Failed]:
    """Sheet → its errors; sheets without any are not parsed."""
    if not parts:
        return {}
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        sheets = [(sheet, part) for sheet, part in _sheets_of(archive) if part in parts]
        return {sheet: dict(_in_part(archive.read(part))) for sheet, part in sheets}


def _sheets_of(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The name of each sheet with the part that it is in."""
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
    sheets: list[tuple[str, str]] = []
    for sheet in ET.fromstring(archive.read("xl/workbook.xml")).iter():
        own = [value for name, value in sheet.attrib.items() if name.endswith("}id")]
        if sheet.tag.endswith("}sheet") and own:
            path = posixpath.normpath(posixpath.join("/xl", targets.get(own[0], "")))
            sheets.append((sheet.get("name", ""), path.removeprefix("/")))
    return sheets


def _in_part(part: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """The errors of a sheet; a row or cell that does not say where it is comes after the last."""
    at = column = -1
    for event, element in ET.iterparse(io.BytesIO(part), ("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            at, column = int(element.get("r", at + 2)) - 1, -1
        elif event == "start" and tag == "c":
            place = CELL.fullmatch(element.get("r", ""))
            column = _number(place[1]) if place else column + 1
        elif event == "end" and tag == "c":
            if element.get("t") == "e":
                shown = [one.text for one in element if one.tag.endswith("}v")]
                yield (at, column), (shown[0] if shown else None) or "#N/A"
            element.clear()


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * LETTERS_OF_ALPHABET + ord(letter) - ord("A") + 1
    return number - 1


def _in_ods(content: bytes) -> dict[str, Failed]:
    if IS_ERROR_IN_ODS not in content:
        return {}
    tables = ET.fromstring(content).iter(f"{TABLE}table")
    return {table.get(f"{TABLE}name", ""): dict(_in_table(table)) for table in tables}


def _in_table(table: ET.Element) -> Iterator[tuple[tuple[int, int], str]]:
    at = 0
    for row in table.iter(f"{TABLE}table-row"):
        column = 0
        down = times(row, "number-rows-repeated")
        for cell in row:
            across = times(cell, "number-columns-repeated")
            if cell.get(VALUE_TYPE) == "error":
                error = "".join(cell.itertext()).strip() or "#N/A"
                for place in range(across * down):
                    yield (at + place // across, column + place % across), error
            column += across
        at += down


def _in_xls(workbook: bytes) -> Mapping[int, Failed]:
    """Number of a sheet, in the order of the workbook → its errors."""
    begins = [match.start() for match in BEGIN_OF_SHEET.finditer(workbook)]
    failed: dict[int, Failed] = {}
    for match in ERROR_RECORDS.finditer(workbook):
        row, column, code = (one for one in match.groups() if one is not None)
        sheet = sum(begin < match.start() for begin in begins) - 1
        place = int.from_bytes(row, "little"), int.from_bytes(column, "little")
        failed.setdefault(sheet, {})[place] = CODES[code]
    return failed
