"""Office files: a zip of XML parts."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from mma_analysis.audit.collecting.documents import Document, Tag, Text
from mma_analysis.domain import MmaError

# In the heading of a sheet: where a text stands, in which letter.
LAYOUT = re.compile(r'&(?:[A-Z]|"[^"]*"|\d+)')
LARGEST_PART = 64 * 1024 * 1024


def xml_parts(path: Path, document: Document) -> Iterator[tuple[str, ElementTree.Element]]:
    """Every XML part of an office file by its name; other parts are noted as not read.

    Raises
    ------
    MmaError
        When the file is no zip, or a part is damaged or far too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for part in sorted(archive.infolist(), key=lambda part: part.filename):
                if part.is_dir():
                    continue
                if part.file_size > LARGEST_PART:
                    raise MmaError(f"{document.file}: {part.filename} is too large to be searched")
                content = archive.read(part)
                if not part.filename.endswith((".xml", ".rels", ".vml")):
                    document.unread.append(part.filename)
                    continue
                yield part.filename, _parsed(content, document.file, part.filename)
    except zipfile.BadZipFile as error:
        raise MmaError(f"{document.file}: damaged, so it cannot be searched") from error


def _parsed(content: bytes, file: str, part: str) -> ElementTree.Element:
    # An entity that is declared in the part itself has no place in an office file.
    if re.search(rb"<!(DOCTYPE|ENTITY)", content[:4096], re.I):
        raise MmaError(f"{file}: {part} declares entities; make the file again")
    try:
        return ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise MmaError(f"{file}: {part} is damaged, so it cannot be searched") from error


def note_everything(name: str, root: ElementTree.Element, document: Document) -> None:
    """Write down every element, every attribute and every piece of text of a part."""
    for element in root.iter():
        tag = local(element.tag)
        attributes = {local(key): value for key, value in element.attrib.items()}
        document.tags.append(Tag(f"part {name}", tag, attributes))
        for key, value in attributes.items():
            document.texts.append(Text(f"attribute {key} in part {name}", value, is_read=False))
        for words in (element.text, element.tail):
            if words and words.strip():
                plain = LAYOUT.sub(" ", words) if tag.endswith(("Header", "Footer")) else words
                document.texts.append(Text(f"{tag} in part {name}", " ".join(plain.split())))


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def children(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """The elements below another one, at any depth, by their local name."""
    return [below for below in element.iter() if local(below.tag) == name]


def all_text(element: ElementTree.Element) -> str:
    """The text of an element and all that is in it, as one line."""
    return " ".join("".join(element.itertext()).split())
