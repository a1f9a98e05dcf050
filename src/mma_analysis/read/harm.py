"""Whether a workbook does harm to who opens it, before anything is built of it."""

import html
import io
import re
import struct
import zipfile
import zlib

from mma_analysis.read import grid
from mma_analysis.read.grid import MEGABYTE
from mma_analysis.read.reach import check_reach, check_records, check_texts, occurs
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.numbers import number

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
)
ENCRYPTED = 1
ENCRYPTED_ODS = b"<manifest:encryption-data"  # of an .ods with a password
# A picture (SVG) may have a DOCTYPE.
XML_ENDINGS = (".xml", ".rels")
# How an .xlsx says which sheet is in which part.
RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
SHEET_OF_BOOK = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
TARGET_ATTRIBUTE = re.compile(rb"\bTarget=[\"']([^\"']*)[\"']")
NAME_ATTRIBUTE = re.compile(rb"\sname=[\"']([^\"']*)[\"']")
ID = re.compile(rb"(?:\sId|:id)=[\"']([^\"']*)[\"']")
# What occurs in few parts, for `occurs`.
FORMULA = r"<(?:\w+:)?f\b"
SHEET = r"<(?:\w+:)?sheetData\b"
SHARED_STRINGS = r"<(?:\w+:)?sst\b"
# A formula that shows nothing has an empty value too, but then its cell is of the kind
# text.
UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\b(?![^>]{0,200}\bt=[\"']str)[^>]{0,200}?"
    rb"(?:\br=[\"'](?P<cell>[A-Z]+\d+)[\"'][^>]{0,200})?>\s*"
    rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def refuse_harmful(content: bytes, file: str) -> dict[str, bytes]:
    """The parts of the archive of a workbook, when it does no harm to who opens it.

    Refused is what is damaged or encrypted, unpacks to too much, reaches too far, declares
    XML_ENDINGS entities, or holds formulas that were never calculated.
    """
    try:
        parts = _unpacked(content, file)
    except BROKEN_ZIP as error:
        raise DataError.of("damaged", file=file, size=number(len(content))) from error

    if "xl/workbook.bin" in parts:
        raise DataError.of("binary", file=file)
    sheets = _sheet_names(parts)
    strings: list[bytes] = []
    tables: list[bytes] = []
    for name, part in parts.items():
        place = message("part", file=file, part=name)
        if name in sheets:
            place = grid.place_of(file, sheets[name])
        if ENCRYPTED_ODS in part:
            raise DataError.of("password", file=file)
        if name.endswith(XML_ENDINGS):
            grid.refuse_entities(part, place)
        _refuse_uncalculated(part, place)
        check_records(part, place)
        if occurs(SHEET, part):
            tables.append(part)
            check_reach(part, place)
        elif occurs(SHARED_STRINGS, part):
            strings.append(part)
    for part in strings:
        check_texts(part, tables, file)
    return parts


def _sheet_names(parts: dict[str, bytes]) -> dict[str, str]:
    """Part of an .xlsx → the name of the sheet in it, as far as the archive says so."""
    files: dict[bytes, bytes] = {}
    for found in RELATION.finditer(parts.get("xl/_rels/workbook.xml.rels", b"")):
        tag = found[0]
        target = TARGET_ATTRIBUTE.search(tag)
        known = ID.search(tag)
        if target and known:
            files[known[1]] = target[1]

    names: dict[str, str] = {}
    for found in SHEET_OF_BOOK.finditer(parts.get("xl/workbook.xml", b"")):
        name = NAME_ATTRIBUTE.search(found[0])
        known = ID.search(found[0])
        if name and known and known[1] in files:
            file = files[known[1]].decode(errors="replace")
            part = f"xl/{file.removeprefix('/').removeprefix('xl/')}"
            names[part] = html.unescape(name[1].decode(errors="replace"))
    return names


def _unpacked(content: bytes, file: str) -> dict[str, bytes]:
    """Name → what is in each part of an archive, when that is not too much."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if len(names) < len(entries):
            raise zipfile.BadZipFile("two parts with one name")
        size = sum(entry.file_size for entry in entries)
        if size > grid.LARGEST_UNPACKED:
            most = grid.LARGEST_UNPACKED // MEGABYTE
            raise DataError.of("unpacks", file=file, most=most)
        if any(entry.flag_bits & ENCRYPTED for entry in entries):
            raise DataError.of("password", file=file)
        for entry in entries:
            with archive.open(entry) as part:
                # To no more than it declares: one that is larger fails its checksum.
                parts[entry.filename] = part.read(entry.file_size)
    return parts


def _refuse_uncalculated(part: bytes, place: str) -> None:
    """Of a formula that was never calculated nobody knows what it shows."""
    if not occurs(FORMULA, part):
        return
    found = UNCALCULATED.search(part)
    if found is None:
        return
    cell = (found["cell"] or b"").decode()
    where = message("part_cell", place=place, cell=cell) if cell else place
    raise DataError.of("uncalculated", place=where)
