"""What calamine does not say about an OpenDocument workbook: merged cells and its calendar."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile

MERGED = re.compile(rb"number-rows-spanned=[\"'](?!1[\"'])")
CALENDAR_OF_1904 = re.compile(rb"<table:null-date\b[^>]*date-value=[\"']1904-01-01[\"']")
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def content_of(workbook: bytes) -> bytes:
    """The part with all sheets; empty when this archive is no OpenDocument workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read("content.xml") if "content.xml" in archive.namelist() else b""


def merged_down(content: bytes) -> dict[str, list[tuple[int, int, int]]]:
    """Sheet → its cells that were merged downwards, as in `Grid.merged`.

    Parameters
    ----------
    content
        The part with all sheets, in which XML entities have been refused already.
    """
    if not MERGED.search(content):
        return {}
    tables = ET.fromstring(content).iter(f"{TABLE}table")
    return {table.get(f"{TABLE}name", ""): _merged_in(table) for table in tables}


def _merged_in(table: ET.Element) -> list[tuple[int, int, int]]:
    merged: list[tuple[int, int, int]] = []
    at = 0
    for row in table.iter(f"{TABLE}table-row"):
        column = 0
        for cell in row:
            down = times(cell, "number-rows-spanned")
            if down > 1:
                merged.append((column, at, at + down - 1))
            column += times(cell, "number-columns-repeated")
        at += times(row, "number-rows-repeated")
    return merged


def times(element: ET.Element, name: str) -> int:
    """How many rows or columns an element stands for."""
    given = element.get(f"{TABLE}{name}", "1")
    return int(given) if given.isdecimal() else 1
