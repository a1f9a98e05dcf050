"""The files of a set beside its pages: index, letters, papers, manifests."""

import math
import re
import shutil
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from mma_analysis import audit
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish import plan
from mma_analysis.publish.annex import annex_csv, annex_workbook
from mma_analysis.publish.datapackage import packed_tables
from mma_analysis.publish.letter import letter_html
from mma_analysis.publish.page_set import AROUND_SET, PageSet
from mma_analysis.publish.papers import (
    paper,
    proposal_document,
    proposal_html,
    yearly_return,
)
from mma_analysis.publish.plan import Page
from mma_analysis.publish.templates import written
from mma_analysis.settings import HOUSE_STYLE
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.show.covered import dekking
from mma_analysis.show.figure import Table
from mma_analysis.show.text import text_of_html
from mma_analysis.storage import (
    CANDIDATE,
    ISSUE_NUMBER,
    KEEPS_EARLIER,
    MANIFEST,
    can_go_out,
    files_below,
    hash_of,
    hashes_below,
    made_with,
    sent_as,
    settings_hash,
    sha256,
    write_json,
)
from mma_analysis.vocabulary import PACKAGE, Area, numbers
from mma_analysis.vocabulary.datapackage import dataset, in_script
from mma_analysis.vocabulary.notebooks import SENTENCES
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.value import STATE_UNKNOWN, Value

# By which name the tidy annex is kept.
KEPT_TIDY_ANNEX = "tidy_annex"
BODY = "<body>\n"
DISTRICT_PAGE = "district.html"
# The finding of the district with what stands below it, as its page says it.
ANSWER = re.compile(r"<h1>(?P<title>.*?)</h1>\s*(?:<p>(?P<lead>.*?)</p>)?", re.S)
# A link to the card of a gemeente; with no `href` it is a name that leads nowhere.
LINK_TO_CARD = re.compile(r'<a class="kaart" data-kaart="([\w-]+)"(?: href="[^"]*")?>')
# Above what two people must still sign, and above what must not be sent at all.
WARNINGS = {may: written("not_released.html", may=may) for may in (True, False)}
SOME = "wel"  # always or sometimes: of few meldingen it cannot be told how often
NOT_ALWAYS = "niet altijd"  # of one melding at least it is not known
OF_INDEX = ("bescherming.basis", "peildatum")  # the settings that the index names
# A setting, or a number that an author typed, as a page has it.
BESIDE_TABLES = re.compile(
    r'value="(?P<raw>[^"]*)" data-cell="(?P<cell>(?:instelling|vast)\|[^"]*)"'
)
FORM_UNDER_HEAD = {
    "Aangesloten sinds": "short_month",
    "Per 10.000 inwoners per jaar": "grenzen",
    "Resultaat opgeschreven": "balk",
}


def write_set_files(pages: Sequence[Page], stands: PageSet, folder: Path) -> None:
    """Write into a set what stands around its pages; what is still the same is kept."""
    edition = stands.edition
    processed = stands.tables
    is_signed = audit.is_signed(edition, processed, stands.kept)
    warning = "" if is_signed else WARNINGS[can_go_out(stands.manifest)]
    e = Evaluation(edition.vocabulary.district, edition, "openbaar", processed)
    made_from = _made_from(stands, warning)
    files = _kept(stands, AROUND_SET, made_from)
    if files:
        for file in files:
            shutil.copyfile(stands.target / file, _place(folder / file))
    else:
        files = _write_all(e, folder, warning)
    _place_tidy_annex(e, stands, folder, made_from)
    for page in pages:
        if page.state in plan.INSTEAD:
            reason = plan.WHY[page.state]
            html = written("placeholder.html", edition=edition, page=page, reason=reason)
            _write(folder / page.path, html)
    _link_cards(pages, folder)
    _warn(folder, warning)
    # After it: how large the pages are, the index says.
    index = _index(e, pages, folder / "openbaar")
    _write(folder / "openbaar/index.html", _with(warning, index))
    hashes = {file: sha256(folder / file) for file in files}
    stands.kept.write(AROUND_SET, made_from, hashes)
    _write_manifests(pages, stands, folder, is_signed)


def _made_from(stands: PageSet, warning: str) -> str:
    """One hash of all that letters, workbooks and papers depend on."""
    edition = stands.edition
    style = hashes_below(edition.folder / HOUSE_STYLE)
    sentences = stands.workspace.own(edition.slug, SENTENCES)
    depends_on = [
        stands.manifest,
        settings_hash(edition),
        style,
        sha256(sentences) if sentences else "",
        warning,
        made_with(),
    ]
    return hash_of(depends_on)


def _kept(stands: PageSet, name: str, made_from: str) -> list[str]:
    """Files that stand and were kept by this name, when each is what would be made now."""
    hashes = stands.kept.read(name, made_from) or {}
    for file, digest in hashes.items():
        path = stands.target / file
        if not path.is_file() or sha256(path) != digest:
            return []
    return list(hashes)


def _write_all(e: Evaluation, folder: Path, warning: str) -> list[str]:
    """Write letters, workbooks and papers; which files these are."""
    before = files_below(folder).keys()
    for area in e.vocabulary.gemeenten:
        own = Evaluation(area, e.edition, "intern", e.processed)
        _write_own(own, folder, warning)
    write_papers(e, folder, warning)
    return sorted(files_below(folder).keys() - before)


def _write_own(own: Evaluation, folder: Path, warning: str) -> None:
    """Write what a gemeente gets beside its page: a letter, its own figures, its return."""
    area = own.area
    _write(folder / plan.own_path(area, plan.LETTER_PAGE), letter_html(own))
    if own.own_tables:
        figures = annex_workbook(own, warning)
        _write(folder / plan.own_path(area, plan.OWN_FIGURES), figures)
    content = yearly_return(own)
    if content:
        _write(folder / plan.own_path(area, YEARLY_RETURN), content)


def _link_cards(pages: Sequence[Page], folder: Path) -> None:
    """Let the name of a gemeente lead to its card when that is there, and else nowhere."""
    there = set()
    for page in pages:
        if page.audience == "openbaar" and page.state in plan.THERE:
            there.add(Path(page.path).name)

    def as_it_is(found: re.Match[str]) -> str:
        name = f"{found[1]}.html"
        leads = f' href="{name}"' if name in there else ""
        return f'<a class="kaart" data-kaart="{found[1]}"{leads}>'

    for path in folder.glob("openbaar/*.html"):
        html = path.read_text(encoding="utf-8")
        _write(path, LINK_TO_CARD.sub(as_it_is, html))


def _warn(folder: Path, warning: str) -> None:
    """Put above every page that two people must still sign, or take that away.

    Not above a letter: it is about what that gemeente itself sent, and goes to it at once.
    """
    for path in folder.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        above = "" if path.name == plan.LETTER_PAGE else warning
        _write(path, _with(above, html))


def _with(warning: str, html: str) -> str:
    """A page with this warning above it, in place of any that was there."""
    bare = html
    for one in WARNINGS.values():
        bare = bare.replace(one, "")
    return bare.replace(BODY, BODY + warning, 1)


def _write_manifests(
    pages: Sequence[Page],
    stands: PageSet,
    folder: Path,
    is_signed: bool,
) -> None:
    """Write of which tables a set is, whether it may be sent or was, and its files."""
    manifest = stands.manifest
    candidate = stands.tables / f"{CANDIDATE}.parquet"
    whole = {
        "edition": manifest["edition"],
        "version": manifest["version"],
        "candidate": manifest["outputs"][candidate.name],
        "attacked": can_go_out(manifest),
        "released": is_signed,
    }
    number = sent_as(stands.workspace, stands.edition.slug, candidate.read_bytes())
    whole[KEEPS_EARLIER] = _keeps_earlier(manifest, number)
    if number is not None:
        whole[ISSUE_NUMBER] = number
    for audience, key in plan.set_keys(pages).items():
        content = whole | {"set": key} | _files_of(audience, pages, folder)
        write_json(folder / audience / MANIFEST, content)


def _keeps_earlier(manifest: Mapping[str, Any], number: int | None) -> bool:
    """Whether tables keep numbers of earlier issues, also of other editions.

    `number`: which issue they are themselves, when they were sent.
    """
    earlier = manifest["bound_by"]
    own = {"edition": manifest["edition"], "number": number}
    if own in manifest["issues"]:
        earlier -= 1
    return earlier > 0


def _files_of(audience: str, pages: Sequence[Page], folder: Path) -> dict[str, Any]:
    """What a manifest says of the pages of a set, and of its other files."""
    parts = {page.path: dict(page.parts) for page in pages if page.state in plan.THERE}
    made = {}
    others = {}
    for name, digest in hashes_below(folder / audience).items():
        path = f"{audience}/{name}"
        if path in parts:
            made[path] = {"parts": parts[path], "sha256": digest}
        else:
            others[path] = digest
    return {"pages": made, "files": others}


def write_papers(e: Evaluation, reports: Path, warning: str) -> None:
    """Write the annex and the proposal; they are for everybody, as the district's page is.

    `warning`: what stands above what may not be sent yet.
    """
    in_words = text_of_html(warning)
    names = paper(e)
    names["vrijgave"] = f" {in_words}" if in_words else ""
    papers = {
        plan.ANNEX: annex_workbook(e, warning),
        plan.DATA_PACKAGE: packed_tables(e, in_words),
        plan.PROPOSAL: proposal_document(e, names),
        plan.PROPOSAL_PAGE: proposal_html(e, names),
        plan.CHECK: (PACKAGE / plan.CHECK).read_bytes(),
    }
    for path, content in papers.items():
        _write(reports / path, content)


def _place_tidy_annex(e: Evaluation, stands: PageSet, folder: Path, made_from: str) -> None:
    """The tidy annex of this set: it stays when tables and what pages name are the same."""
    named = [
        (value.cell, str(value.raw), str(value)) for value in _beside_tables(e, folder)
    ]
    made_from = hash_of([made_from, named])
    annex = folder / plan.TIDY_ANNEX
    if _kept(stands, KEPT_TIDY_ANNEX, made_from):
        shutil.copyfile(stands.target / plan.TIDY_ANNEX, _place(annex))
    else:
        write_tidy_annex(e, folder)
    stands.kept.write(KEPT_TIDY_ANNEX, made_from, {plan.TIDY_ANNEX: sha256(annex)})


def write_tidy_annex(e: Evaluation, reports: Path) -> None:
    """Write the tidy annex: every public table, and what the pages of this set name."""
    tidy = annex_csv(e, _beside_tables(e, reports))
    _write(reports / plan.TIDY_ANNEX, tidy)


def _beside_tables(e: Evaluation, reports: Path) -> list[Value]:
    """What public pages name that is in no table: settings, and what an author typed.

    With it each number on them can be computed again from the annex alone. The index comes
    later: what it names is there.
    """
    values = [e.instelling(name) for name in OF_INDEX]
    values.append(e.bijna_niets)
    for path in (reports / "openbaar").glob("*.html"):
        html = path.read_text(encoding="utf-8")
        for named in BESIDE_TABLES.finditer(html):
            cell = unescape(named["cell"])
            raw = unescape(named["raw"])
            value = _value_beside(e, cell, raw)
            values.append(value)
    found = {}
    for value in values:
        name = (value.cell, str(value.raw))
        found[name] = value
    return [found[name] for name in sorted(found)]


def _value_beside(e: Evaluation, cell: str, raw: str) -> Value:
    """A setting as the edition has it; a typed number as the page has it."""
    kind, _, name = cell.partition("|")
    if kind == "vast":
        return Value(raw, "typed", cell)
    return e.instelling(name)


def _place(path: Path) -> Path:
    """Where a file comes, in a folder that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _index(e: Evaluation, pages: Sequence[Page], folder: Path) -> str:
    """The way in to all pages, what matters of each gemeente, and how large files are."""
    absent = set()
    why = {}
    for page in pages:
        if page.audience == "openbaar" and page.state not in plan.THERE:
            absent.add(Path(page.path).name)
            why[page.title] = plan.WHY[page.state]

    rows = []
    for area in e.vocabulary.gemeenten:
        is_absent = f"{area.slug}.html" in absent
        rows.append(_row(e, area, is_absent))
    heads = {head: head for head in rows[0]}
    results = [row["Resultaat opgeschreven"] for row in rows]

    sizes = {}
    for path in folder.iterdir():
        if path.name not in absent:
            sizes[path.name] = size(path)
    return written(
        "index.html",
        edition=e.edition,
        e=e,
        table=Table(rows, heads, FORM_UNDER_HEAD).html("Alle gemeenten"),
        has_some=SOME in results,
        has_not_always=NOT_ALWAYS in results,
        answer=_answer(folder / DISTRICT_PAGE) if DISTRICT_PAGE in sizes else None,
        sizes=sizes,
        absent=why,
        covered=dekking(e).zin,
        dataset=Markup(in_script(dataset(e.edition.about))),  # noqa: S704  no `<` is in it
    )


def _answer(path: Path) -> dict[str, Markup] | None:
    """The finding of the district and what stands below it, as they stand on its page."""
    found = ANSWER.search(path.read_text(encoding="utf-8"))
    if found is None:
        return None
    told = {}
    for name, said in found.groupdict("").items():
        told[name] = Markup(said)  # noqa: S704  it is part of a page already
    return told


def size(path: Path) -> str:
    """How large a file is, rounded up: `24 kB`, `1,4 MB`."""
    kilobytes = math.ceil(path.stat().st_size / 1_000)
    if kilobytes < 1_000:
        return f"{kilobytes} kB"
    tenths = math.ceil(kilobytes / 100)
    return f"{numbers.number(tenths / 10, 1)} MB"


def _how_often(known: Row) -> Value | str:
    """The share; of fewer meldingen a word, as on a card."""
    if known.share.state != STATE_UNKNOWN:
        return known.share
    word = known.woord("registers")
    if word.shown or not known.count.shown:
        return word
    if known.count < known.total:
        return NOT_ALWAYS
    return SOME


def _row(e: Evaluation, area: Area, is_absent: bool) -> dict[str, object]:
    """What the index says of one gemeente, each number with its cell."""
    received = e.meldingen(area.slug)
    known = e.een("completeness", area=area.slug, period="whole", field="result")
    is_there = received and received.count.state != "missing"
    kept = _how_often(known) if known else None
    connection = e.een("connection", area=area.slug)
    link = Markup('<a href="{}.html">{}</a>').format(area.slug, area.name)
    return {
        "Gemeente": area.name if is_absent else link,
        "Aangesloten sinds": connection.woord("connected_on"),
        "Meldingen": received.count if is_there else connection.woord("delivery"),
        "Per 10.000 inwoners per jaar": received.per_10000 if received else None,
        "Resultaat opgeschreven": kept,
    }
