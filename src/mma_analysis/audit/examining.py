"""The audit of one edition's finished files, from opening them to what was found."""

import base64
import csv
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis.audit import cells
from mma_analysis.audit.document import INTERN, Claim, Document, Finding
from mma_analysis.audit.office import open_letter, open_workbook, templates_in
from mma_analysis.audit.pages import open_page
from mma_analysis.audit.released import Released
from mma_analysis.audit.search import Search
from mma_analysis.audit.wording import Wording
from mma_analysis.settings import HOUSE_STYLE, Edition
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.storage import MANIFEST, files_below, read_json, sha256
from mma_analysis.vocabulary import UNKNOWN, DataError, numbers
from mma_analysis.vocabulary.value import quoted

WORD = ".docx"
OUTSIDE = ("audit.json", "dossier.html", "dossier.csv")  # of the analyst: they are not sent
MANIFESTS = {f"openbaar/{MANIFEST}": "openbaar", f"{INTERN}/{MANIFEST}": INTERN}
TIDY = ["cell", "column", "value", "text"]
NUMBER = re.compile(r"-?\d+(,\d+)?|\d{4}-\d\d-\d\d")
DONE = ("disposition", "result", "usable")
Fault = tuple[str, str]  # the place, and the kind of finding


class Auditor:
    """What it takes to judge the files of one edition: its words, its deliveries, its tables."""

    def __init__(self, edition: Edition, tables: Path) -> None:
        self._wording = Wording(edition)
        self._search = Search(edition, self._wording)
        everybody = Released(edition, tables)
        owners = (area.slug for area in edition.vocabulary.gemeenten)
        own = {owner: Released(edition, tables, owner, everybody) for owner in owners}
        self._readers = {"": everybody, **own}
        style = edition.folder / HOUSE_STYLE
        package = Path(str(files("mma_analysis"))) / "publish" / "template"
        self._templates = [*templates_in(package), *templates_in(style)]
        sheets = [path.read_text("utf-8").strip() for path in style.glob("stijl.css")]
        logos = [base64.b64encode(path.read_bytes()).decode() for path in style.glob("logo.svg")]
        links = (f"data:image/svg+xml;base64,{logo}" for logo in logos)
        self._house_style = frozenset([*sheets, *links])

    def open(self, path: Path, file: str) -> Document:
        """Take one finished file apart; one of an unknown kind is a finding.

        A file that cannot be read is an error: what cannot be searched may not be sent.
        """
        kind = "" if path.is_symlink() else path.suffix.lower()
        try:
            if kind == ".xlsx":
                return open_workbook(path, file)
            if kind == WORD:
                return open_letter(path, file, self._templates)
            if kind == ".html":
                return open_page(path.read_text("utf-8"), file, self._house_style)
            if kind == ".csv":
                return _lines(path.read_text("utf-8-sig"), file)
            if kind == ".json":
                return _manifest(path.read_text("utf-8"), file)
        except ValueError as error:
            raise DataError.of("cannot_examine", file=file) from error
        return Document(file, faults=[("het hele bestand", "unread")])

    def look(self, document: Document, page: Document | None = None) -> Iterator[Finding]:
        """Find what of a file is not known to be ours; `page` says the same as a Word document."""
        faults = [*self._take_return(document), *document.faults]
        if released := self._readers.get(document.owner):
            faults += cells.faults(document, released, self._wording)
            faults += self._bare(document, page)
        else:
            faults.append(("een map van geen gemeente", "unread"))
        yield from (Finding(document.file, *fault) for fault in faults)
        yield from self._search.find(document)

    def _take_return(self, document: Document) -> Iterator[Fault]:
        """The yearly return to MMA: the one file with numbers of tips, each that of the own table.

        All of its rows, in its order and in our words, are taken out of what is judged and
        searched; what else stands there is judged like any text.
        """
        if document.owner not in self._readers or not document.file.endswith(f"/{YEARLY_RETURN}"):
            return
        rows = self._readers[document.owner].rows("own_return").values()
        own = [row for row in rows if row["area"] == document.owner]
        expected = [words for row in own for words in self._words_of(row) if words]
        body = [one for one in document.texts if one.place.startswith("deel word/document.xml, ")]
        said = [text.words for text in body]
        start = said.index(expected[0]) if expected and expected[0] in said else 0
        if said[start : start + len(expected)] == expected:
            taken = {text.place for text in body[start : start + len(expected)]}
            document.texts = [text for text in document.texts if text.place not in taken]
        else:
            yield "de tabel", "cell"

    def _words_of(self, row: dict[str, Any]) -> Iterator[str]:
        number, fed_back = str(row["melding_id"]), row["fed_back_on"]
        yield "zonder nummer" if number.startswith("zonder-nummer-") else number
        yield numbers.day(row["received_on"])
        for name in DONE:
            yield (self._wording.vocabulary.values(name) | {UNKNOWN: "niet bekend"})[row[name]]
        yield "" if pd.isna(fed_back) else numbers.day(fed_back)

    def _bare(self, document: Document, page: Document | None) -> Iterator[Fault]:
        """What stands beside the values and is not ours.

        Who hears a figure may hear its values; a list of contents may say what a heading says; a
        Word document what its page says, where each number has its cell.
        """
        heads = self._search.heads_for(document.owner)
        said = "\n".join(f" {words} " for words in (page.headings if page else ()))
        for text in document.texts:
            if text.words in document.headings or f" {text.words} " in said:
                continue
            figure = text.figure if text.place.endswith("aria-label") else None
            heard = [one.words for one in document.claims if figure and one.figure == figure]
            also = (*text.also, *filter(None, heard))
            for kind, word in self._wording.faults(text.words, also, heads, text.only):
                yield f"{text.place}{f': ‘{word}’' if word else ''}", kind


def audit(edition: Edition, reports: Path, tables: Path) -> tuple[list[Finding], dict[str, int]]:
    """Look at each finished file of an edition: what is not known to be ours is a finding.

    Gives these, and how many cells each file names. Reads the files as they would be sent, the
    deliveries as they came in, and the released tables in the folder `tables`, from which each
    number says it is; nothing of the plan in between. What two people released is still among the
    findings. No file at all, or one that cannot be read, is an error.
    """
    paths = {path.relative_to(reports).as_posix(): path for path in files_below(reports)}
    paths = {file: path for file, path in paths.items() if file not in OUTSIDE}
    if not paths:
        raise DataError.of("nothing_to_examine", folder=reports, slug=edition.slug)
    auditor = Auditor(edition, tables)
    documents = {file: auditor.open(path, file) for file, path in paths.items()}
    found = {*_in_manifests(reports, paths)}
    for file, document in documents.items():
        page = documents.get(f"{file.removesuffix(WORD)}.html") if file.endswith(WORD) else None
        found |= {*auditor.look(document, page)}
    named = {file: {claim.cell for claim in one.claims} for file, one in documents.items()}
    return sorted(found), {file: len(names - {""}) for file, names in named.items()}


def _in_manifests(reports: Path, paths: dict[str, Path]) -> Iterator[Finding]:
    """The sets that were not attacked, and files that are in no set or not as they were made."""
    hashes: dict[str, str] = {}
    for file in MANIFESTS:
        manifest = read_json(reports / file) or {}
        hashes |= {page: row.get("sha256", "") for page, row in manifest.get("pages", {}).items()}
        hashes |= manifest.get("files", {})
        if manifest.get("attacked") is False:
            yield Finding(file, "cijfers", "unattacked")
    for file in paths.keys() - MANIFESTS.keys():
        if file not in hashes:  # its name may say too much
            folder = file.partition("/")[0]
            known = folder if folder in MANIFESTS.values() else "rapporten"
            yield Finding(known, "een bestand van geen set", "unread")
        elif hashes[file] != sha256(paths[file]):
            yield Finding(file, "het hele bestand", "unread")


# --- files of data -------------------------------------------------------------------------------


def _lines(source: str, file: str) -> Document:
    """A tidy file: lines that each name a cell, a column, a number and how it reads.

    What is no number is words, and judged like any.
    """
    head, *rows = list(csv.reader(source.splitlines(keepends=True), delimiter=";")) or [[]]
    if head != TIDY or any(len(row) != len(TIDY) for row in rows):
        return Document(file, faults=[("het hele bestand", "unread")])
    document = Document(file)
    for number, (cell, column, value, text) in enumerate(rows, start=2):
        place, is_number = f"regel {number}", bool(NUMBER.fullmatch(value))
        words = " ".join(text.split()) if is_number else None
        document.claims.append(Claim(place, f"{quoted(cell)}#{column}", value, words))
        if not is_number:
            document.say(place, text)
    return document


def _manifest(source: str, file: str) -> Document:
    """A list of files: each of its values is one of the list of markup, by where it stands."""
    document, content = Document(file), json.loads(source, object_pairs_hook=tuple)
    leaves = _leaves(content) if isinstance(content, tuple) else [("", source)]
    document.judge("json", "inhoud", "manifest", leaves)
    return document


def _leaves(content: tuple[Any, ...], above: str = "") -> Iterator[tuple[str, str]]:
    """The first key of each value, and its other keys with the value."""
    for key, value in content:
        path = f"{above}{key}"
        if isinstance(value, tuple) and value:
            yield from _leaves(value, f"{path}/")
        else:
            first, _, rest = path.partition("/")
            said = value if isinstance(value, str) else json.dumps(value)
            yield first, f"{rest}={said}" if rest else said
