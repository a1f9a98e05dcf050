"""Which finished files there are, and how each is opened."""

import json
from pathlib import Path

from mma_analysis.audit.collecting.documents import Document, Text
from mma_analysis.audit.collecting.figures import strings_in
from mma_analysis.audit.collecting.letters import open_letter
from mma_analysis.audit.collecting.lines import open_lines
from mma_analysis.audit.collecting.manifests import is_ours
from mma_analysis.audit.collecting.pages import open_page
from mma_analysis.audit.collecting.workbooks import open_workbook
from mma_analysis.audit.findings import RESULT
from mma_analysis.storage import MANIFEST, files_below
from mma_analysis.vocabulary import DataError


def collect(reports: Path) -> list[Document]:
    """Open every finished file of an edition, in the order of their paths.

    A file that cannot be read is an error: what cannot be searched may not be sent.
    """
    return [
        open_document(path, path.relative_to(reports).as_posix())
        for path in files_below(reports)
        if path != reports / RESULT
    ]


def open_document(path: Path, file: str) -> Document:
    """Take one finished file apart; one of an unknown kind is noted as not read.

    So are a CSV whose lines name no cells, and a JSON: no count in it can be read back.
    """
    document = _opened(path, file)
    document.texts.append(Text("name of the file", file, is_read=False))
    return document


def _opened(path: Path, file: str) -> Document:
    kind = path.suffix.lower()
    if path.is_symlink() or kind not in (".html", ".xlsx", ".docx", ".json", ".csv"):
        return Document(file, unread=[""])
    if kind == ".xlsx":
        return open_workbook(path, file)
    if kind == ".docx":
        return open_letter(path, file)
    if kind == ".csv":
        return open_lines(path, file)
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: not UTF-8, so it cannot be searched; make it again") from error
    if kind == ".html":
        return open_page(source, file)
    lines = enumerate(source.splitlines(), start=1)
    texts = [Text(f"line {number}", line) for number, line in lines]
    try:
        content = json.loads(source)
    except ValueError as error:
        raise DataError(f"{file}: no JSON, so it cannot be searched; make it again") from error
    # Every text in it as a program gets it.
    strings = dict.fromkeys(strings_in(content))
    texts += [Text("text in the data", string, is_read=False) for string in strings]
    if path.name != MANIFEST:
        return Document(file, texts=texts, unread=[""])
    return Document(file, texts=texts, strange=[] if is_ours(content) else ["a key or its value"])
