"""The audit of one edition's finished files, from opening them to the verdict."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, StrictBool, StrictStr, ValidationError

from mma_analysis.audit.document import INTERN, Cell, Document, Table, Text
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.result import OUTSIDE
from mma_analysis.settings import HOUSE_STYLE, Edition, Section
from mma_analysis.settings.edition import OWN_TEMPLATE
from mma_analysis.storage import MANIFEST, files_below, read_json, sha256
from mma_analysis.vocabulary import DataError

OPEN = "openbaar"
WORD = ".docx"
TIDY = ("cell", "column", "value", "text")
FILE = r"(openbaar|intern)/[a-z0-9/-]+\.(html|xlsx|docx|csv|pdf)"
Path_ = Annotated[str, Field(pattern=rf"^{FILE}$")]
Hash = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
Part = Literal[
    "code and templates",
    "house style",
    "libraries",
    "notebook",
    "own tables",
    "page",
    "reference tables",
    "released tables",
    "settings",
]


class _Page(Section):
    key: Hash = ""
    sha256: Hash = ""
    parts: dict[Part, Hash | Path_] = {}


class _Manifest(Section):
    """The only keys that a manifest of ours has, each with the kind of value that it has there."""

    edition: StrictStr = ""
    version: Annotated[str, Field(pattern=r"^(\d+(\.\w+)*)?$")] = ""
    set: Hash = ""
    candidate: Hash = ""
    attacked: StrictBool = True
    pages: dict[Path_, _Page] = {}
    files: dict[Path_, Hash] = {}
    papers: dict[Path_, Hash] = {}
    letters: dict[Path_, Hash] = {}
    without_report: dict[Path_, StrictStr] = {}


class Found(NamedTuple):
    """What an audit found, the numbers that authors typed, and the cells of each file."""

    findings: list[Finding]
    typed: list[dict[str, str]]
    cells: dict[str, int]


def audit(edition: Edition, reports: Path, tables: Path) -> Found:
    """Look at each finished file of an edition: what is not known to be ours is a finding.

    Reads the files as they would be sent, the deliveries as they came in, and the released tables
    in the folder `tables`, from which each number says it is; nothing of the plan in between. What
    two people released is still among the findings. No file at all, or one that cannot be read, is
    an error. `reports` has `openbaar` and `intern` in it.
    """
    # What searches takes a second to import: not when the files are those of last time.
    from mma_analysis.audit.cells import find_cells, typed
    from mma_analysis.audit.released import Released
    from mma_analysis.audit.search import Search
    from mma_analysis.audit.wording import Wording

    documents = _open_all(edition, reports)
    if not documents:
        raise DataError(f"no finished files in {reports}; run `mma report {edition.slug}` first")
    wording = Wording(edition)
    search = Search(edition, wording)
    readers = {owner: Released(edition, tables, owner) for owner in {d.owner for d in documents}}
    found = set(_in_manifests(edition, reports, documents))
    for document in documents:
        found |= {Finding(document.file, place, kind) for place, kind in document.faults}
        found |= {*find_cells(document, readers[document.owner], wording), *search.find(document)}
        heads = search.heads_for(document.owner)
        found |= {*_bare(document, documents, wording, heads)}
    cells = {d.file: len({claim.cell for claim in d.claims if claim.cell}) for d in documents}
    return Found(sorted(found), [one for d in documents for one in typed(d)], cells)


def _bare(
    document: Document, documents: Sequence[Document], wording: Any, heads: frozenset[str]
) -> Iterator[Finding]:
    """What stands beside the values and is not ours.

    Who hears a figure may hear its values; a list of contents may say what a heading says; a Word
    document what its page says, where each number has its cell.
    """
    page = document.file.removesuffix(WORD) + ".html"
    twins = [d for d in documents if d.file == page] if document.file.endswith(WORD) else []
    said = "\n".join(f" {words} " for twin in twins for words in twin.headings)
    for text in document.texts:
        if text.words in document.headings or (said and f" {text.words} " in said):
            continue
        also: tuple[str, ...] = ()
        if text.figure and text.place.endswith("aria-label"):
            also = tuple(dict.fromkeys(document.said(text.figure)))
        for kind, word in wording.faults(text.words, also, heads, text.only):
            if kind == "bare" and document.file.endswith("/kwaliteit.html"):
                continue
            named = f": ‘{word}’" if word else ""
            yield Finding(document.file, f"{text.place}{named}", kind)


# --- opening -------------------------------------------------------------------------------------


def _open_all(edition: Edition, reports: Path) -> list[Document]:
    """Open every finished file, in the order of their paths.

    A file that cannot be read is an error: what cannot be searched may not be sent.
    """
    from mma_analysis.audit.office import package_templates, parts_of

    brought = edition.folder / OWN_TEMPLATE
    templates = (*package_templates(), *([parts_of(brought)] if brought.is_file() else []))
    style = edition.folder / HOUSE_STYLE / "stijl.css"
    styles = frozenset([style.read_text("utf-8").strip()] if style.is_file() else [])
    paths = (path for path in files_below(reports) if path.is_file() or path.is_symlink())
    return [
        _opened(path, file, templates, styles)
        for path in paths
        if (file := path.relative_to(reports).as_posix()) not in OUTSIDE
    ]


def _opened(path: Path, file: str, templates: Sequence[Any], styles: frozenset[str]) -> Document:
    """Take one finished file apart; one of an unknown kind is a finding."""
    from mma_analysis.audit.office import open_letter, open_workbook
    from mma_analysis.audit.pages import open_page

    kind = path.suffix.lower()
    if path.is_symlink() or kind not in (".html", ".xlsx", ".docx", ".json", ".csv"):
        return Document(file, faults=[("het hele bestand", "unread")])
    if kind == ".xlsx":
        return open_workbook(path, file)
    if kind == WORD:
        return open_letter(path, file, templates)
    try:
        source = path.read_text(encoding="utf-8-sig" if kind == ".csv" else "utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: not UTF-8, so it cannot be searched; make it again") from error
    if kind == ".html":
        return open_page(source, file, styles)
    return _lines(source, file) if kind == ".csv" else _manifest(source, file)


def _lines(source: str, file: str) -> Document:
    """A tidy file: lines that each name a cell, a column, a number and how it reads."""
    head, *rows = list(csv.reader(source.splitlines(keepends=True), delimiter=";")) or [[]]
    if tuple(head) != TIDY or any(len(row) != len(TIDY) for row in rows):
        return Document(file, faults=[("het hele bestand", "unread")])
    cells = tuple(tuple(Cell(" ".join(text.split())) for text in row) for row in rows)
    return Document(file, tables=[Table("regels", TIDY, cells)])


def _manifest(source: str, file: str) -> Document:
    try:
        content = json.loads(source)
    except ValueError as error:
        raise DataError(f"{file}: no JSON, so it cannot be searched; make it again") from error
    try:
        manifest = _Manifest.model_validate(content)
    except ValidationError:
        return Document(file, faults=[("een sleutel of wat erbij staat", "unread")])
    words = [*manifest.without_report.values()]
    return Document(file, texts=[Text("inhoud", text) for text in words if text])


def _in_manifests(
    edition: Edition, reports: Path, documents: Sequence[Document]
) -> Iterator[Finding]:
    """Every file is one of its set as it was made, and what its figures give away is known."""
    hashes: dict[str, str] = {}
    for folder in (OPEN, INTERN):
        manifest = read_json(reports / folder / MANIFEST) or {}
        if manifest.get("attacked") is False:
            yield Finding(f"{folder}/{MANIFEST}", "cijfers", "unattacked")
        pages = {file: page.get("sha256", "") for file, page in manifest.get("pages", {}).items()}
        hashes |= {**pages, **manifest.get("files", {})}
    for document in documents:
        if document.file in (f"{OPEN}/{MANIFEST}", f"{INTERN}/{MANIFEST}"):
            continue
        if document.file not in hashes:
            yield Finding(
                OPEN if document.owner == "" else INTERN, "een bestand van geen set", "unread"
            )
        elif hashes[document.file] != sha256(reports / document.file):
            yield Finding(document.file, "het hele bestand", "unread")
