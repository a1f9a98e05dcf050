"""What stands around the pages of a set: index, letters, papers, placeholders, manifests."""

import math
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from mma_analysis import audit
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish import plan
from mma_analysis.publish.annex import annex_csv, annex_workbook
from mma_analysis.publish.batch import PageSet
from mma_analysis.publish.letter import letter_html
from mma_analysis.publish.papers import (
    paper,
    proposal_document,
    proposal_html,
    yearly_return,
)
from mma_analysis.publish.plan import Page
from mma_analysis.publish.templates import written
from mma_analysis.settings import AUDIENCES
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.show.figure import Table
from mma_analysis.show.text import plain
from mma_analysis.storage import CANDIDATE, MANIFEST, can_go_out, hashes_below, write_json
from mma_analysis.vocabulary import Area

BODY = "<body>\n"
# Above what two people must still sign, and above what must not be sent at all.
WARNINGS = {may: written("not_released.html", may=may) for may in (True, False)}
FORMS = {"Aangesloten sinds": "short_month"}
FORMS |= dict.fromkeys(("Per 10.000 inwoners per jaar", "Resultaat opgeschreven"), "balk")


def write_around(pages: Sequence[Page], stands: PageSet, folder: Path) -> None:
    """Write what is made of the tables in no time, so anew each time, into a set of pages."""
    edition, processed, manifest = stands.edition, stands.tables, stands.manifest
    is_signed = audit.is_signed(edition, processed)
    warning = "" if is_signed else WARNINGS[can_go_out(manifest)]
    for area in edition.vocabulary.gemeenten:
        own = Evaluation(area, edition, "intern", processed)
        _write(folder / plan.own_path(area, plan.LETTER), letter_html(own))
        if own.own_tables:
            path = folder / plan.own_path(area, plan.OWN_FIGURES)
            _write(path, annex_workbook(own, warning))
        if content := yearly_return(own):
            _write(folder / plan.own_path(area, YEARLY_RETURN), content)
    e = Evaluation(edition.vocabulary.district, edition, "openbaar", processed)
    write_papers(e, folder, warning)
    instead = {page.path: plan.WHY[page.state] for page in pages if page.state in plan.INSTEAD}
    for page in [page for page in pages if page.path in instead]:
        words = {"page": page, "reason": instead[page.path]}
        _write(folder / page.path, written("placeholder.html", edition=edition, **words))
    _write(folder / "openbaar/index.html", _index(e, pages, folder / "openbaar"))
    for path in folder.rglob("*.html"):  # that two people must still sign, or not any more
        html = path.read_text(encoding="utf-8")
        for one in WARNINGS.values():
            html = html.replace(one, "")
        _write(path, html.replace(BODY, BODY + warning, 1))
    whole = {
        "edition": manifest["edition"],
        "version": manifest["version"],
        "set": plan.set_key(pages),
        "candidate": manifest["outputs"][f"{CANDIDATE}.parquet"],
        "attacked": can_go_out(manifest),
        "released": is_signed,
    }
    for audience in AUDIENCES:
        files = {f"{audience}/{name}": it for name, it in hashes_below(folder / audience).items()}
        made = {page.path: dict(page.parts) for page in pages if page.state in plan.THERE}
        content = {
            "pages": {
                name: {"parts": made[name], "sha256": files[name]} for name in files if name in made
            },
            "files": {name: files[name] for name in files if name not in made},
        }
        write_json(folder / audience / MANIFEST, whole | content)


def write_papers(e: Evaluation, reports: Path, warning: str) -> None:
    """Write the annex and the proposal; they are for everybody, as the district's page is.

    `warning`: what stands above what may not be sent yet.
    """
    names = paper(e) | {"vrijgave": f" {plain(warning)}".rstrip()}
    _write(reports / "openbaar/bijlage.csv", annex_csv(e))
    _write(reports / plan.ANNEX, annex_workbook(e, warning))
    _write(reports / plan.PROPOSAL, proposal_document(e, names))
    _write(reports / plan.PROPOSAL_PAGE, proposal_html(e, names))


def _write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _index(e: Evaluation, pages: Sequence[Page], folder: Path) -> str:
    """The way in to all pages, what matters of each gemeente, and how large the files are."""
    public = [page for page in pages if page.audience == "openbaar"]
    missing = [page for page in public if page.state not in plan.THERE]
    absent = {Path(page.path).name for page in missing}
    rows = [_row(e, area, f"{area.slug}.html" in absent) for area in e.vocabulary.gemeenten]
    table = Table(rows, dict(zip(rows[0], rows[0], strict=True)), FORMS).html("Alle gemeenten")
    sizes = {path.name: size(path) for path in folder.iterdir() if path.name not in absent}
    why = {page.title: plan.WHY[page.state] for page in missing}
    return written("index.html", edition=e.edition, e=e, table=table, sizes=sizes, absent=why)


def size(path: Path) -> str:
    """How large a file is, rounded up: `24 kB`, `2 MB`."""
    kilobytes = math.ceil(path.stat().st_size / 1_000)
    return f"{kilobytes} kB" if kilobytes < 1_000 else f"{math.ceil(kilobytes / 1_000)} MB"


def _row(e: Evaluation, area: Area, is_absent: bool) -> dict[str, object]:
    """What the index says of one gemeente, each number with its cell."""
    received = e.meldingen(area.slug)
    known = e.een("completeness", area=area.slug, period="whole", field="result")
    is_there = received and received.count.state != "missing"
    kept = known and (known.share if known.share.state != "unknown" else known.woord("registers"))
    link = Markup('<a href="{}.html">{}</a>').format(area.slug, area.name)
    return {
        "Gemeente": area.name if is_absent else link,
        "Aangesloten sinds": e.een("connection", area=area.slug).woord("connected_on"),
        "Meldingen": received.count if is_there else "geen bestand",
        "Per 10.000 inwoners per jaar": received.per_10000 if received else None,
        "Resultaat opgeschreven": kept if known else None,
    }
