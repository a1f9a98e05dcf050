"""Office files: a zip of XML parts."""

import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

from mma_analysis.audit.collecting.documents import Document, Tag, Text
from mma_analysis.vocabulary import DataError

# In the heading of a sheet: where a text stands, in which letter.
LAYOUT = re.compile(r'&(?:[A-Z]|"[^"]*"|\d+)')
LARGEST_PART = 64 * 1024 * 1024
COMMENTS = re.compile(r"(xl|word)/(threaded)?comments.*", re.I)
# Bytes of a zip's last record, of what can follow a part, and of what a part says of itself.
END_OF_ZIP, LONGEST_DESCRIPTOR, LONGEST_EXTRA = 22, 24, 36
LEAST_CONTRAST = 3.0  # WCAG 2.2, for the largest letters; with less nobody is meant to read it
BLACK, WHITE = "000000", "FFFFFF"


def xml_parts(path: Path, document: Document) -> Iterator[tuple[str, ElementTree.Element]]:
    """Every XML part of an office file by its name; other parts are noted as not read.

    A file that is damaged, locked or far too large is an error.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            document.unread += _between_parts(path, archive)
            document.texts.append(Text("note of the zip", as_text(archive.comment)))
            for part in sorted(archive.infolist(), key=lambda part: part.filename):
                if not part.is_dir():
                    yield from _part(archive, part, document)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{document.file}: damaged or locked, so it cannot be searched") from error


def _part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, document: Document
) -> Iterator[tuple[str, ElementTree.Element]]:
    name = part.filename
    if part.file_size > LARGEST_PART:
        raise DataError(f"{document.file}: {name} is too large to be searched")
    document.texts += [
        Text(f"name of part {name}", name, is_read=False),
        Text(f"note of part {name}", as_text(part.comment), is_read=False),
        Text(f"part {name}", "{}-{:02}-{:02} {:02}:{:02}:{:02}".format(*part.date_time), False),
    ]
    content = archive.read(part)
    if not name.endswith((".xml", ".rels", ".vml")):
        document.unread.append(f"part {name}")
        return
    yield name, _parsed(content, document.file, name)


def as_text(content: bytes) -> str:
    """Bytes that should be text, whatever they are."""
    return content.decode("utf-8", errors="replace")


def _between_parts(path: Path, archive: zipfile.ZipFile) -> Iterator[str]:
    """Whether a zip holds bytes of no part, or a part behind another one of the same name."""
    content = path.read_bytes()
    parts = sorted(archive.infolist(), key=lambda part: part.header_offset)
    if len({part.filename for part in parts}) < len(parts):
        yield "a part that is there twice"
    end = len(content) - END_OF_ZIP - len(archive.comment)
    if not content.startswith(b"PK\x03\x04") or content[max(end, 0) :][:4] != b"PK\x05\x06":
        yield "before or after the parts"
        return
    for part, after in pairwise([*(part.header_offset for part in parts), archive.start_dir]):
        names = int.from_bytes(content[part + 26 : part + 28], "little")
        extra = int.from_bytes(content[part + 28 : part + 30], "little")
        size = next(p.compress_size for p in parts if p.header_offset == part)
        if after - part - 30 - names - extra - size > LONGEST_DESCRIPTOR or extra > LONGEST_EXTRA:
            yield "between the parts"


def _parsed(content: bytes, file: str, part: str) -> ElementTree.Element:
    # An entity that is declared in the part itself has no place in an office file.
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.I):
        raise DataError(f"{file}: {part} declares entities; make the file again")
    builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    try:
        return ElementTree.fromstring(content, ElementTree.XMLParser(target=builder))
    except ElementTree.ParseError as error:
        raise DataError(f"{file}: {part} is damaged, so it cannot be searched") from error


def note_everything(name: str, root: ElementTree.Element, document: Document) -> None:
    """Write down every element, every attribute and every piece of text of a part."""
    if COMMENTS.match(name):
        document.tags.append(Tag(f"part {name}", "!comment", {}))
    # Of a shared text a cell holds the number: those of many cells are no number together.
    shared = [cell for cell in children(root, "c") if cell.attrib.get("t") == "s"]
    indexes = {below for cell in shared for below in children(cell, "v")}
    for element in root.iter():
        tag = local(element.tag)
        attributes = {local(key): value for key, value in element.attrib.items()}
        document.tags.append(Tag(f"part {name}", tag, attributes))
        for key, value in attributes.items():
            document.texts.append(Text(f"attribute {key} in part {name}", value, is_read=False))
        for words in () if element in indexes else (element.text, element.tail):
            if words and words.strip():
                plain = LAYOUT.sub(" ", words) if tag.endswith(("Header", "Footer")) else words
                document.texts.append(Text(f"{tag} in part {name}", " ".join(plain.split())))


def local(tag: object) -> str:
    """The name of an element without its namespace; of a comment or an order `!comment`."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else "!comment"


def children(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """The elements below another one, at any depth, by their local name."""
    return [below for below in element.iter() if local(below.tag) == name]


def all_text(element: ElementTree.Element) -> str:
    """The text of an element and all that is in it, as one line."""
    return " ".join("".join(element.itertext()).split())


def can_be_read(letters: str, behind: str = WHITE) -> bool:
    """Whether two colours, as RRGGBB, differ enough to read one on the other."""
    light, dark = sorted((_luminance(letters), _luminance(behind)), reverse=True)
    return (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
