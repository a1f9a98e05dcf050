"""Office files that are the same for the same content: no clock, no maker, no machine."""

import datetime as dt
import io
import zipfile

from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Area

# A fixed moment, also for the entries of the zip: the same content gives the same bytes.
CREATED = dt.datetime(2000, 1, 1)
ENTRY_MOMENT = (1980, 1, 1, 0, 0, 0)
LANGUAGE = "nl-NL"
CORE = "docProps/core.xml"


def settled(content: bytes) -> bytes:
    """An office file without a trace of when and where it was packed, and with its language.

    Excel's files have no setting for a language but this property.
    """
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = zipfile.ZipInfo(name, ENTRY_MOMENT)
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 0
            body = old.read(name)
            new.writestr(part, _with_language(body) if name == CORE else body)
    return packed.getvalue()


def _with_language(core: bytes) -> bytes:
    if b"<dc:language>" in core:
        return core
    end = b"</cp:coreProperties>"
    return core.replace(end, f"<dc:language>{LANGUAGE}</dc:language>".encode() + end)


def subject(edition: Edition, district: Area) -> str:
    """What a paper is about, for its properties."""
    return f"{edition.evaluatie.titel}, Meld Misdaad Anoniem, district {district.name}"
