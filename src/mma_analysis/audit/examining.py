"""The audit of one edition's finished files, from opening them to the verdict."""

import base64
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StrictBool, StrictStr, ValidationError

from mma_analysis.audit.cells import find_cells, typed
from mma_analysis.audit.document import INTERN, Cell, Document, Table, Text
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.office import open_letter, open_workbook, package_templates, parts_of
from mma_analysis.audit.pages import open_page
from mma_analysis.audit.released import Released
from mma_analysis.audit.result import OUTSIDE
from mma_analysis.audit.returns import is_return, take_rows
from mma_analysis.audit.search import Search
from mma_analysis.audit.wording import Wording
from mma_analysis.settings import HOUSE_STYLE, Edition, Section
from mma_analysis.storage import MANIFEST, files_below, read_json, sha256
from mma_analysis.vocabulary import DataError

OPEN = "openbaar"
WORD = ".docx"
TIDY = ("cell", "column", "value", "text")
FILE = r"(openbaar|intern)/[a-z0-9/-]+\.(html|xlsx|docx|csv|pdf)"
Path_ = Annotated[str, Field(pattern=rf"^{FILE}$")]
Hash = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
Part = Literal[
    "code en sjablonen",
    "eigen lijsten",
    "eigen tabellen",
    "huisstijl",
    "instellingen",
    "notebook",
    "openbare tabellen",
    "pagina",
    "pakketten",
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
    released: StrictBool = True
    pages: dict[Path_, _Page] = {}
    files: dict[Path_, Hash] = {}
    without_report: dict[Path_, StrictStr] = {}


class Found(NamedTuple):
    """What an audit found, the numbers that authors typed, and the cells of each file."""

    findings: list[Finding]
    typed: list[dict[str, str]]
    cells: dict[str, int]


class Auditor:
    """What it takes to judge the files of one edition: its words, its deliveries, its tables."""

    def __init__(self, edition: Edition, tables: Path) -> None:
        self._wording = Wording(edition)
        self._search = Search(edition, self._wording)
        everybody = Released(edition, tables)
        owners = (area.slug for area in edition.vocabulary.gemeenten)
        own = {owner: Released(edition, tables, owner, everybody) for owner in owners}
        self._readers = {"": everybody, **own}
        brought = sorted((edition.folder / HOUSE_STYLE).glob(f"*{WORD}"))
        self._templates = (*package_templates(), *map(parts_of, brought))
        style, logo = (edition.folder / HOUSE_STYLE / name for name in ("stijl.css", "logo.svg"))
        styles = [style.read_text("utf-8").strip()] if style.is_file() else []
        styles += [_as_link(logo.read_bytes())] if logo.is_file() else []
        self._house_style = frozenset(styles)

    def open(self, path: Path, file: str) -> Document:
        """Take one finished file apart; one of an unknown kind is a finding.

        A file that cannot be read is an error: what cannot be searched may not be sent.
        """
        kind = path.suffix.lower()
        if path.is_symlink() or kind not in (".html", ".xlsx", WORD, ".json", ".csv"):
            return Document(file, faults=[("het hele bestand", "unread")])
        if kind == ".xlsx":
            return open_workbook(path, file)
        if kind == WORD:
            return open_letter(path, file, self._templates)
        try:
            source = path.read_text(encoding="utf-8-sig" if kind == ".csv" else "utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"{file}: not UTF-8, so it cannot be searched; make it again") from (
                error
            )
        if kind == ".html":
            return open_page(source, file, self._house_style)
        return _lines(source, file) if kind == ".csv" else _manifest(source, file)

    def look(self, document: Document, page: Document | None = None) -> Iterator[Finding]:
        """Find what of a file is not known to be ours; `page` says the same as a Word document."""
        yield from (Finding(document.file, place, kind) for place, kind in document.faults)
        if document.owner in self._readers:
            of = self._readers[document.owner]
            if is_return(document):
                yield from take_rows(document, of, self._wording.vocabulary)
            yield from find_cells(document, of, self._wording)
        else:
            yield Finding("intern", "een map van geen gemeente", "unread")
        yield from self._search.find(document)
        yield from self._bare(document, page)

    def _bare(self, document: Document, page: Document | None) -> Iterator[Finding]:
        """What stands beside the values and is not ours.

        Who hears a figure may hear its values; a list of contents may say what a heading says; a
        Word document what its page says, where each number has its cell.
        """
        heads = self._search.heads_for(document.owner)
        said = "\n".join(f" {words} " for words in (page.headings if page else ()))
        for text in document.texts:
            if text.words in document.headings or (said and f" {text.words} " in said):
                continue
            also: tuple[str, ...] = ()
            if text.figure and text.place.endswith("aria-label"):
                also = tuple(dict.fromkeys(document.said(text.figure)))
            for kind, word in self._wording.faults(text.words, also, heads, text.only):
                named = f": ‘{word}’" if word else ""
                yield Finding(document.file, f"{text.place}{named}", kind)


def _as_link(picture: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"


def audit(edition: Edition, reports: Path, tables: Path) -> Found:
    """Look at each finished file of an edition: what is not known to be ours is a finding.

    Reads the files as they would be sent, the deliveries as they came in, and the released tables
    in the folder `tables`, from which each number says it is; nothing of the plan in between. What
    two people released is still among the findings. No file at all, or one that cannot be read, is
    an error. `reports` has `openbaar` and `intern` in it.
    """
    paths = {path.relative_to(reports).as_posix(): path for path in files_below(reports)}
    paths = {file: path for file, path in paths.items() if file not in OUTSIDE}
    if not paths:
        raise DataError(f"no finished files in {reports}; run `mma report {edition.slug}` first")
    auditor = Auditor(edition, tables)
    documents = {file: auditor.open(path, file) for file, path in paths.items()}
    found = {*unattacked(reports), *_in_manifests(reports, list(documents))}
    for file, document in documents.items():
        page = documents.get(f"{file.removesuffix(WORD)}.html") if file.endswith(WORD) else None
        found |= {*auditor.look(document, page)}
    cells = {f: len({c.cell for c in d.claims if c.cell}) for f, d in documents.items()}
    return Found(sorted(found), [one for d in documents.values() for one in typed(d)], cells)


# --- files of data -------------------------------------------------------------------------------


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
    words = [f"editie {manifest.edition}", *manifest.without_report.values()]
    return Document(file, texts=[Text("inhoud", text) for text in words if text])


def unattacked(reports: Path) -> Iterator[Finding]:
    """The sets of which the manifest says that nobody knows what their figures give away."""
    for folder in (OPEN, INTERN):
        if (read_json(reports / folder / MANIFEST) or {}).get("attacked") is False:
            yield Finding(f"{folder}/{MANIFEST}", "cijfers", "unattacked")


def _in_manifests(reports: Path, files: Sequence[str]) -> Iterator[Finding]:
    """The files that are in no set, or not as they were made."""
    hashes: dict[str, str] = {}
    for folder in (OPEN, INTERN):
        manifest = read_json(reports / folder / MANIFEST) or {}
        pages = {file: page.get("sha256", "") for file, page in manifest.get("pages", {}).items()}
        hashes |= {**pages, **manifest.get("files", {})}
    for file in files:
        folder = file.partition("/")[0]
        if file in (f"{OPEN}/{MANIFEST}", f"{INTERN}/{MANIFEST}"):
            continue
        if file not in hashes:  # its name may say too much
            known = folder if folder in (OPEN, INTERN) else "rapporten"
            yield Finding(known, "een bestand van geen set", "unread")
        elif hashes[file] != sha256(reports / file):
            yield Finding(file, "het hele bestand", "unread")
