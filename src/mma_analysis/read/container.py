"""What a file is by its content, and whether it can be opened without harm.

The name of a file says little: a web page is often named `.xls`. A few kilobytes can unpack to
gigabytes, and one cell in the last corner of a sheet makes a program lay out seventeen billion
empty ones; neither is seen from the size of the file.
"""

import io
import re
import struct
import zipfile
import zlib
from functools import reduce

from mma_analysis.read.grid import LARGEST_UNPACKED, MEGABYTE, check_size, refuse_entities
from mma_analysis.settings import OPEN_ELSEWHERE
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.numbers import number

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STARTS = {
    b"%PDF": "kind_pdf",
    b"{\\rtf": "kind_rtf",
    **dict.fromkeys((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*"), "kind_picture"),
    **dict.fromkeys((b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b"), "kind_packed"),
    b"MIME-Version": "kind_mail",
}
PARTS = {"word/document.xml": "kind_word", "ppt/presentation.xml": "kind_slides"}
STREAMS = {
    "WordDocument": "kind_word",
    "PowerPoint Document": "kind_slides",
    "__properties_version1.0": "kind_outlook",
}
MOST_NAMED = 5
LOCK_FILE = re.compile(rf"(?<![^/])(?:{'|'.join(map(re.escape, OPEN_ELSEWHERE))})([^/]+?)#?$")

ENCRYPTED = 1
ENCRYPTED_ODS = b"<manifest:encryption-data"
# A picture (SVG) may have a DOCTYPE.
XML = (".xml", ".rels")
# Begins with what is the same in every cell: so it is found twice as fast.
FILLED_CELL = re.compile(rb"r=(?<=\sr=)[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")
# A formula that shows nothing has an empty value too, but then its cell is of the kind text.
UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\b(?![^>]*\bt=[\"']str)[^>]*?(?:\br=[\"'](?P<cell>[A-Z]+\d+)[\"'][^>]*)?>\s*"
    rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
FAILED_CELL = (b't="e"', b"t='e'")


def refuse_lock_file(file: str) -> None:
    """Excel's `~$name.xlsx` is no workbook: somebody had `name.xlsx` open when it was copied."""
    itself = LOCK_FILE.sub(r"\1", file)
    if itself != file:
        raise DataError.of("lock_file", file=file, itself=itself)


def refuse_other_kinds(content: bytes, file: str) -> None:
    """Refuse what is known to be no table, such as a PDF, with what to ask the sender."""
    for start, what in STARTS.items():
        if content.startswith(start):
            raise DataError.of("no_registration", file=file, what=message(what))


def not_a_workbook(content: bytes, file: str) -> DataError:
    """The error for a container of Office files in which there is no workbook that can be read."""
    streams = (message(s) for name, s in STREAMS.items() if name.encode("utf-16-le") in content)
    what = _in_archive(content) if content.startswith(ZIP) else next(streams, "")
    if what:
        return DataError.of("no_registration", file=file, what=what)
    return DataError.of("no_workbook", file=file)


def _in_archive(content: bytes) -> str:
    """What the archive is, when it is no workbook; a name of a file in it may tell of a melding."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    for part, what in PARTS.items():
        if part in names:
            return message(what)
    if "[Content_Types].xml" in names or "mimetype" in names:
        return ""
    endings = sorted({name.rpartition(".")[2].lower() for name in names if "." in name})
    return message("kind_zip", endings=", ".join(endings[:MOST_NAMED]))


# --- an archive that does harm -------------------------------------------------------------------


def refuse_harmful(content: bytes, file: str) -> bool:
    """Check the archive of a workbook before any program opens it.

    Refused is what is damaged or encrypted, unpacks to too much, reaches too far, declares XML
    entities, or holds formulas that were never calculated. Says whether a formula failed in some
    cell of an .xlsx: who reads it has to look for it.
    """
    failed = False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_declared(archive, file)
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    # To no more than it declares: one that is larger fails its checksum.
                    unpacked = part.read(entry.file_size)
                failed |= _check_part(unpacked, entry.filename, file)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError) as error:
        raise DataError.of("damaged", file=file, size=number(len(content))) from error
    return failed


def _check_declared(archive: zipfile.ZipFile, file: str) -> None:
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise DataError.of("unpacks", file=file, most=LARGEST_UNPACKED // MEGABYTE)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise DataError.of("password", file=file)
    if "xl/workbook.bin" in archive.namelist():
        raise DataError.of("binary", file=file)


def _check_part(content: bytes, part: str, file: str) -> bool:
    """Whether a formula failed in a cell of this part, which does no harm."""
    place = message("part", file=file, part=part)
    if ENCRYPTED_ODS in content:
        raise DataError.of("password", file=file)
    if part.endswith(XML):
        refuse_entities(content, place)
    has_formulas = b"<f" in content or b":f" in content
    if has_formulas and (found := UNCALCULATED.search(content)):
        if cell := (found["cell"] or b"").decode():
            place = message("part_cell", place=place, cell=cell)
        raise DataError.of("uncalculated", place=place)
    cells = FILLED_CELL.findall(content)
    columns = map(_column_number, {letters for letters, _ in cells})
    rows = map(int, {row for _, row in cells})
    check_size(max(rows, default=0), max(columns, default=0), place)
    return any(mark in content for mark in FAILED_CELL)


def _column_number(letters: bytes) -> int:
    return reduce(lambda number, letter: number * 26 + letter - ord("A") + 1, letters.upper(), 0)
