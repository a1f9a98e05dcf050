"""The audit of one edition's finished files, from opening them to what was found."""

import base64
import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

import pandas as pd

from mma_analysis.audit.document import Document, Finding
from mma_analysis.audit.office import say_letter, say_workbook, shapes_in
from mma_analysis.audit.pages import json_object, say_page
from mma_analysis.audit.released import Released
from mma_analysis.audit.search import Search
from mma_analysis.audit.wording import Wording, leaves
from mma_analysis.settings import HOUSE_STYLE, Edition
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.storage import MANIFEST, files_below, read_json, sha256
from mma_analysis.vocabulary import PACKAGE, UNKNOWN, DataError
from mma_analysis.vocabulary.numbers import day
from mma_analysis.vocabulary.value import quoted

INTERN, WORD = "intern", ".docx"
OUTSIDE = ("audit.json", "dossier.html", "dossier.csv")  # of the analyst: they are not sent
MANIFESTS = (f"openbaar/{MANIFEST}", f"{INTERN}/{MANIFEST}")
# What a file that is not as ours are can lead to; the error of lxml is a SyntaxError.
WRONG = (ValueError, TypeError, LookupError, AttributeError)
UNREADABLE = (*WRONG, SyntaxError, RuntimeError, zipfile.BadZipFile)
WORD_IN = re.compile(r"[^\W\d]{2}")
TIDY = ["cell", "column", "value", "text"]
DONE, DAYS = ("disposition", "result", "usable"), ("received_on", "fed_back_on")


class Auditor:
    """What it takes to judge the files of one edition: its words, its deliveries, its tables."""

    def __init__(self, edition: Edition, tables: Path) -> None:
        self._wording = Wording(edition)
        self._search = Search(edition, self._wording)
        self._released = Released(edition, tables)
        self._readers = {"", *(area.slug for area in edition.vocabulary.gemeenten)}
        style = edition.folder / HOUSE_STYLE
        package = PACKAGE / "publish" / "template"
        sheets = [path.read_text("utf-8").strip() for path in style.glob("stijl.css")]
        logos = [base64.b64encode(path.read_bytes()).decode() for path in style.glob("logo.svg")]
        ours = frozenset([*sheets, *(f"data:image/svg+xml;base64,{logo}" for logo in logos)])
        self._say: dict[str, Callable[[Path, Document], None]] = {
            ".html": partial(say_page, house_style=ours),
            ".xlsx": say_workbook,
            WORD: partial(say_letter, templates=[*shapes_in(package), *shapes_in(style)]),
            ".csv": _say_lines,
            ".json": _say_manifest,
        }

    def open(self, path: Path, file: str) -> Document:
        """Bring one finished file to what it says; an error when it cannot be read."""
        audience, *folder, name = file.split("/")
        owner = folder[0] if audience == INTERN and folder else ""
        document = Document(file, owner, self._released, self._wording)
        say = self._say.get(path.suffix.lower())
        if owner not in self._readers or say is None or path.is_symlink():
            document.fault("het hele bestand", "unread")
            return document
        try:
            say(path, document)
            if name == YEARLY_RETURN:
                self._take_return(document)
        except UNREADABLE as error:
            raise DataError.of("cannot_examine", file=file) from error
        return document

    def look(self, document: Document, page: Document | None = None) -> set[Finding]:
        """Find what of a file is not known to be ours; `page` says the same as a Word document."""
        # A list of contents says what a heading says, of which each value has its cell; a Word
        # document what its page says.
        whole = "\n".join(f" {words} " for words in page.whole) if page else ""
        for place, text, cells, is_read in document.says:
            is_heading = page is None and bool(WORD_IN.search(text))  # a number alone is none
            is_again = f" {text} " in whole or (is_heading and text in document.whole)
            if not is_read or is_again or not self._wording.faults(text):
                continue
            ways = (self._released.sayable(cell, document.owner) for cell in cells)
            also = dict.fromkeys(chain.from_iterable(ways))
            faults = () if text in also else self._wording.faults(text, tuple(also))
            for kind, word in faults:
                document.fault(f"{place}{f': ‘{word}’' if word else ''}", kind)
        self._search.find(document)
        return document.findings

    def _take_return(self, document: Document) -> None:
        """Take the rows of the own table, in its order, out of what a return to MMA says."""
        words = self._wording.vocabulary.values
        expected = list[str]()
        for row in self._released.rows("own_return", document.owner).values():
            number = re.sub("^zonder-nummer-.*", "zonder nummer", str(row["melding_id"]))
            done = [(words(name) | {UNKNOWN: "niet bekend"})[row[name]] for name in DONE]
            days = [day(row[name]) for name in DAYS if not pd.isna(row[name])]
            expected += [number, days[0], *done, *days[1:]]
        said = [one.text for one in document.says]
        start = said.index(expected[0]) if expected and expected[0] in said else 0
        if said[start : start + len(expected)] == expected:
            del document.says[start : start + len(expected)]
        else:
            document.fault("de tabel", "cell")


def audit(
    edition: Edition, reports: Path, tables: Path
) -> tuple[list[Finding], dict[str, int], set[str]]:
    """What is not known to be ours in the finished files of an edition; how many cells each names;
    and the numbers that an author typed, each with its reason.

    Reads the files as they would be sent, the deliveries as they came in, and the released tables
    in the folder `tables`; nothing of the plan in between. What two people released is still among
    the findings. No file at all, or one that cannot be read, is an error.
    """
    paths = {file: path for file, path in files_below(reports).items() if file not in OUTSIDE}
    if not paths:
        raise DataError.of("nothing_to_examine", folder=reports, slug=edition.slug)
    auditor = Auditor(edition, tables)
    documents = {file: auditor.open(path, file) for file, path in paths.items()}
    findings = {*_in_manifests(reports, paths)}
    for file, document in documents.items():
        page = documents.get(f"{file.removesuffix(WORD)}.html") if file.endswith(WORD) else None
        findings |= auditor.look(document, page)
    cells = {file: len(one.cells) for file, one in documents.items()}
    return sorted(findings), cells, set[str]().union(*(one.typed for one in documents.values()))


def _in_manifests(reports: Path, paths: dict[str, Path]) -> Iterator[Finding]:
    """The sets that were not attacked, and files that are in no set or not as they were made."""
    hashes: dict[str, str] = {}
    for file in MANIFESTS:
        manifest = read_json(reports / file) or {}
        hashes |= {page: row.get("sha256", "") for page, row in manifest.get("pages", {}).items()}
        hashes |= manifest.get("files", {})
        if manifest.get("attacked") is False:
            yield Finding(file, "cijfers", "unattacked")
    for file in paths.keys() - {*MANIFESTS}:
        if file not in hashes:  # its name may say too much
            folder = file.partition("/")[0]
            known = folder if f"{folder}/{MANIFEST}" in MANIFESTS else "rapporten"
            yield Finding(known, "een bestand van geen set", "unread")
        elif hashes[file] != sha256(paths[file]):
            yield Finding(file, "het hele bestand", "unread")


def _say_lines(path: Path, document: Document) -> None:
    """A tidy file: lines that each name a cell, a column, a number or a code, and how it reads."""
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    head, *rows = list(csv.reader(lines, delimiter=";")) or [[]]
    if head != TIDY or any(len(row) != len(TIDY) for row in rows):
        document.fault("het hele bestand", "unread")
        return
    for number, (cell, column, *said) in enumerate(rows, start=2):
        for text in said:
            document.say_cell(f"regel {number}", f"{quoted(cell)}#{column}", text)


def _say_manifest(path: Path, document: Document) -> None:
    """A list of files: each of its values is one of the list of markup, by where it stands."""
    for steps, leaf in leaves(json_object(path.read_text("utf-8"), document.file)):
        first, *rest = map(str, steps or ("",))
        value = leaf if isinstance(leaf, str) else json.dumps(leaf)
        said = f"{'/'.join(rest)}={value}" if rest else value
        document.judge("json", "inhoud", "manifest", [(first, said)])
        if first in ("files", "pages") and rest:
            words = re.sub(r"[-_./]", " ", str(Path(rest[0]).with_suffix("")))
            document.say("de naam van een bestand", words)
