"""The audit of one edition's finished files, from opening them to what was found."""

import base64
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from lxml.etree import LxmlError

from mma_analysis.audit.document import Document, Finding, Passage
from mma_analysis.audit.earlier import DOCUMENT, EarlierAudit, Outcome, page_of_document
from mma_analysis.audit.files import INTERN_FOLDER, MANIFESTS, OUTSIDE
from mma_analysis.audit.office import say_letter, say_workbook, shapes_in
from mma_analysis.audit.packed import say_package
from mma_analysis.audit.pages import json_object, say_page
from mma_analysis.audit.released import ReleasedValues
from mma_analysis.audit.search import Search
from mma_analysis.audit.tidy import WHOLE_FILE, say_tidy
from mma_analysis.audit.wording import Wording, leaves
from mma_analysis.settings import HOUSE_STYLE, Edition
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.storage import MANIFEST, Kept, as_json, files_below, read_json, sha256
from mma_analysis.vocabulary import PACKAGE, UNKNOWN, DataError
from mma_analysis.vocabulary.datapackage import dataset, in_script
from mma_analysis.vocabulary.numbers import day

# What a file that is not as ours are can lead to.
UNLIKE_OURS = (ValueError, TypeError, LookupError, AttributeError)
WHEN_UNREADABLE = (*UNLIKE_OURS, SyntaxError, RuntimeError, zipfile.BadZipFile, LxmlError)
WORD_IN = re.compile(r"[^\W\d]{2}")
RESULT_FIELDS = ("disposition", "result", "usable")
DAY_COLUMNS = ("received_on", "fed_back_on")
NUMBERLESS = "zonder nummer"  # in a return, of a melding without one
NUMBER_IN_RETURN = "Aantal meldingen in deze lijst:"


class Auditor:
    """What it takes to judge the files of an edition: its words, deliveries and tables."""

    def __init__(self, edition: Edition, tables: Path) -> None:
        self._wording = Wording(edition, tables)
        self._search = Search(edition, self._wording)
        self._released = ReleasedValues(edition, tables)
        self._owners = {area.slug for area in edition.vocabulary.gemeenten}
        style = edition.folder / HOUSE_STYLE
        package = PACKAGE / "publish" / "template"
        templates = [*shapes_in(package), *shapes_in(style)]
        self._say: dict[str, Callable[[Path, Document], None]] = {
            ".html": partial(
                say_page,
                house_style=_sheets_and_logos(style),
                dataset=in_script(dataset(edition.about)),
            ),
            ".zip": partial(say_package, edition=edition),
            ".xlsx": say_workbook,
            DOCUMENT: partial(say_letter, templates=templates),
            ".csv": say_tidy,
            ".json": _say_manifest,
            ".py": _say_program,
        }

    def open(self, path: Path, file: str) -> Document:
        """Bring one finished file to what it says; an error when it cannot be read."""
        *folders, name = file.split("/")
        owner = ""
        if len(folders) > 1 and folders[0] == INTERN_FOLDER:
            owner = folders[1]
        document = Document(file, owner, self._released, self._wording)
        say = self._say.get(path.suffix.lower())
        is_for_nobody = bool(owner) and owner not in self._owners
        is_loose = not folders  # beside the folders of who gets them
        if is_for_nobody or is_loose or say is None or path.is_symlink():
            document.fault(WHOLE_FILE, "unread")
            return document
        try:
            say(path, document)
            if name == YEARLY_RETURN:
                self._take_return(document)
        except WHEN_UNREADABLE as error:
            raise DataError.of("cannot_examine", file=file) from error
        return document

    def leans_on(self, document: Document) -> list[str]:
        """What a file says that is ours only as notebooks of the edition say it."""
        return self._search.leans_on(document)

    def look(self, document: Document, page: Document | None = None) -> set[Finding]:
        """Find what of a file is not known as ours; of a Word document `page` is its page.

        A text may be said again without cells when its values had theirs: on the page of a
        Word document, in its order, or in the heading that a list of contents names.
        """
        of_page = ""
        if page is not None:
            of_page = "\n".join(f" {text} " for text in page.whole)
        headings = set(document.whole)
        begin = 0  # what stands before it on the page was said already
        for passage in document.says:
            again = f" {passage.text} "
            place = of_page.find(again, begin)
            is_again = place >= 0
            if is_again and self._wording.faults(passage.text):
                begin = place + len(again) - 1
            # A number alone is no heading.
            if page is None and WORD_IN.search(passage.text):
                is_again = passage.text in headings
            if passage.is_read and not is_again:
                self._judge_text(passage, document)
        self._search.find(document)
        return document.findings

    def _judge_text(self, passage: Passage, document: Document) -> None:
        """Each word and number of a text is ours, or of one of its cells."""
        if not self._wording.faults(passage.text):
            return
        of_cells: dict[str, None] = {}
        for cell in passage.cells:
            sayable = self._released.sayable(cell, document.owner)
            of_cells |= dict.fromkeys(sayable)
        if passage.text in of_cells:
            return

        for kind, word in self._wording.faults(passage.text, tuple(of_cells)):
            quote = f": ‘{word}’" if word else ""
            document.fault(f"{passage.place}{quote}", kind)

    def _take_return(self, document: Document) -> None:
        """Take out of what a return to M. says: the rows of the own table, in its order.

        And how many rows there are.
        """
        rows = self._released.rows("own_return", document.owner)
        number_of_rows = f"{NUMBER_IN_RETURN} {len(rows)}"
        document.says[:] = [one for one in document.says if one.text != number_of_rows]

        expected: list[str] = []
        for row in rows.values():
            expected += self._in_return(row)
        said = [one.text for one in document.says]
        start = 0
        if expected and expected[0] in said:
            start = said.index(expected[0])
        end = start + len(expected)
        if said[start:end] == expected:
            del document.says[start:end]
        else:
            document.fault("de tabel", "cell")

    def _in_return(self, row: Mapping[Any, Any]) -> Iterator[str]:
        """How a row stands in a return: its number, the days, and what was done."""
        number = str(row["number_as_delivered"])
        yield number or NUMBERLESS

        known_days = [row[name] for name in DAY_COLUMNS if not pd.isna(row[name])]
        days = [day(known) for known in known_days]
        yield days[0]
        for name in RESULT_FIELDS:
            code = row[name]
            words = self._wording.vocabulary.values(name)
            yield "niet bekend" if code == UNKNOWN else words[code]
        yield from days[1:]


def _sheets_and_logos(style: Path) -> frozenset[str]:
    """The style sheet and the logo of a house style, as they stand in a page."""
    sources = [path.read_text("utf-8").strip() for path in style.glob("stijl.css")]
    for path in style.glob("logo.svg"):
        packed = base64.b64encode(path.read_bytes()).decode()
        sources.append(f"data:image/svg+xml;base64,{packed}")
    return frozenset(sources)


class Audited(NamedTuple):
    """What was found; file → how many cells it names; numbers that were typed, and why."""

    findings: list[Finding]
    cells: dict[str, int]
    typed: set[str]


def audit(
    edition: Edition,
    reports: Path,
    tables: Path,
    kept: Kept | None = None,
) -> Audited:
    """Find what is not known to be ours in the finished files of an edition.

    Reads the files as they would be sent, the deliveries as they came in, and the released
    tables in the folder `tables`; nothing of the plan in between. What two people released
    is still among the findings. No file at all, or one that cannot be read, is an error.
    `kept`: a file in which nothing was found before is not examined again while it and all
    that it was held against stay the same.
    """
    paths = files_below(reports)
    for file in OUTSIDE:
        paths.pop(file, None)
    if not paths:
        raise DataError.of("nothing_to_examine", folder=reports, slug=edition.slug)
    earlier = EarlierAudit(edition, paths, tables, kept)
    outcomes = earlier.outcomes()
    to_examine = [file for file in paths if file not in outcomes]
    if to_examine:
        outcomes |= _examined(Auditor(edition, tables), paths, to_examine)
        earlier.keep(outcomes)

    findings = set(_in_manifests(reports, paths))
    cells = {}
    typed = set[str]()
    for file in paths:
        outcome = outcomes[file]
        findings |= outcome.findings
        cells[file] = outcome.cells
        typed |= outcome.typed
    return Audited(sorted(findings), cells, typed)


def _examined(
    auditor: Auditor,
    paths: Mapping[str, Path],
    files: Sequence[str],
) -> dict[str, Outcome]:
    """What comes of some of the files, each with the page that a Word document has."""
    documents = {file: auditor.open(paths[file], file) for file in files}
    outcomes = {}
    for file, document in documents.items():
        page = None
        of_page = page_of_document(file)
        if of_page in paths:
            page = documents.get(of_page) or auditor.open(paths[of_page], of_page)
        outcomes[file] = Outcome(
            findings=frozenset(auditor.look(document, page)),
            cells=len(document.cells),
            typed=frozenset(document.typed),
            leans_on=auditor.leans_on(document),
            of_notebooks=frozenset(document.of_notebooks),
        )
    return outcomes


def _in_manifests(reports: Path, paths: Mapping[str, Path]) -> Iterator[Finding]:
    """Sets that were not attacked; files that are in no set, or not as they were made."""
    hashes: dict[str, str] = {}
    for file in MANIFESTS:
        manifest = read_json(reports / file) or {}
        for page, row in manifest.get("pages", {}).items():
            hashes[page] = row.get("sha256", "")
        hashes |= manifest.get("files", {})
        if manifest.get("attacked") is False:
            yield Finding(file, "cijfers", "unattacked")

    for file, path in paths.items():
        if file in MANIFESTS:
            continue
        if file not in hashes:  # its name may say too much
            folder = file.partition("/")[0]
            is_set = f"{folder}/{MANIFEST}" in MANIFESTS
            known = folder if is_set else "rapporten"
            yield Finding(known, "een bestand van geen set", "unread")
        elif hashes[file] != sha256(path):
            yield Finding(file, WHOLE_FILE, "unread")


def _say_program(path: Path, document: Document) -> None:
    """The program with which anybody checks a set is the package's, to the last byte."""
    ours = PACKAGE / "openbaar" / "nagaan.py"
    if ours.read_bytes() != path.read_bytes():
        document.fault(WHOLE_FILE, "unread")


def _say_manifest(path: Path, document: Document) -> None:
    """A list of files: each value is one of the list of markup, by where it stands."""
    content = path.read_bytes()
    manifest = json_object(content.decode(), document.file)
    if content != as_json(manifest):
        document.fault(WHOLE_FILE)
    made_of = document.wording.made_of
    for name in ("edition", "version", "candidate"):
        if manifest.get(name, "") != made_of[f"{{{name}}}"]:
            document.fault(f"‘{name}’", "cell")
    for steps, leaf in leaves(manifest):
        first, *rest = [str(step) for step in steps] or [""]
        value = leaf if isinstance(leaf, str) else json.dumps(leaf)
        if rest:
            where = "/".join(rest)
            value = f"{where}={value}"
        document.judge("json", "inhoud", "manifest", [(first, value)])

        is_of_file = first in ("files", "pages") and bool(rest)
        if is_of_file:
            page = Path(rest[0])
            name = str(page.with_suffix(""))
            words = re.sub(r"[-_./]", " ", name)
            document.say("de naam van een bestand", words)
