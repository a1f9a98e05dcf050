"""What stands around the pages of a set: index, letters, papers, placeholders, manifests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mma_analysis import audit
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.annex import annex_csv, annex_workbook
from mma_analysis.publish.index import index_html
from mma_analysis.publish.letter import letter_html
from mma_analysis.publish.plan import (
    ABSENT,
    ANNEX,
    ANNEX_DATA,
    BLOCKED,
    BLOCKED_REASON,
    FAILED,
    PROPOSAL,
    PROPOSAL_PAGE,
    Outcome,
    Page,
    letter_path,
    own_figures_path,
    return_path,
    set_key,
)
from mma_analysis.publish.proposal import paper, proposal_document, proposal_html
from mma_analysis.publish.templates import written
from mma_analysis.publish.yearly_return import yearly_return
from mma_analysis.settings import Edition
from mma_analysis.storage import CANDIDATE, MANIFEST, files_below, sha256, write_json

BODY = "<body>\n"
NOT_RELEASED = (
    '<aside class="banner" aria-label="Vrijgave"><strong>Nog niet vrijgegeven.</strong> '
    "Twee mensen moeten nog tekenen voordat dit naar buiten mag.</aside>\n"
)


def write_around(
    outcomes: Sequence[Outcome],
    edition: Edition,
    processed: Path,
    manifest: dict[str, Any],
    folder: Path,
) -> None:
    """Write what is made of the tables in no time, so anew each time, into a set of pages."""
    for area in edition.vocabulary.gemeenten:
        own = Evaluation(area, edition, "intern", processed)
        _write(letter_html(own), folder / letter_path(area))
        if own.own_tables:
            (folder / own_figures_path(area)).write_bytes(annex_workbook(own))
        if content := yearly_return(own):
            (folder / return_path(area)).write_bytes(content)
    for outcome in outcomes:
        if outcome.state in (FAILED, BLOCKED):
            html = placeholder_html(outcome.page, edition, _reason(outcome))
            _write(html, folder / outcome.page.path)
    write_papers(edition, processed, folder)
    public = [o for o in outcomes if o.page.audience == "openbaar"]
    missing = {o.page: _reason(o) for o in public if not o.exists}
    index = index_html(edition, processed, missing, folder / "openbaar")
    _write(index, folder / "openbaar" / "index.html")
    is_signed = audit.is_signed(edition, processed)
    _say_whether_released(folder, is_signed)
    _write_manifests(outcomes, edition, manifest, folder, is_signed)


def _say_whether_released(folder: Path, is_signed: bool) -> None:
    """Put on every page of a set that two people must still sign, or take that away."""
    for path in folder.rglob("*.html"):
        before = path.read_text(encoding="utf-8")
        after = before.replace(NOT_RELEASED, "")
        after = after if is_signed else after.replace(BODY, BODY + NOT_RELEASED, 1)
        if after != before:
            _write(after, path)


def _of_district(edition: Edition, processed: Path) -> Evaluation:
    return Evaluation(edition.vocabulary.district, edition, "openbaar", processed)


def _reason(outcome: Outcome) -> str:
    """Why there is no page, for the reader."""
    return {
        FAILED: "het maken van dit rapport is nu niet gelukt; u hoeft daar niets voor te doen",
        BLOCKED: BLOCKED_REASON,
        ABSENT: "dit rapport is nog niet gemaakt",
    }[outcome.state]


def _write_manifests(
    outcomes: Sequence[Outcome],
    edition: Edition,
    manifest: dict[str, Any],
    folder: Path,
    is_signed: bool,
) -> None:
    for audience in ("openbaar", "intern"):
        of_audience = [o for o in outcomes if o.page.audience == audience]
        rows = {
            o.page.path: {
                "parts": dict(o.parts),
                "sha256": sha256(folder / o.page.path),
            }
            for o in of_audience
            if o.exists
        }
        content = {
            "edition": manifest["edition"],
            "version": manifest["version"],
            "set": set_key(manifest, edition),
            "candidate": manifest["outputs"][f"{CANDIDATE}.parquet"],
            "attacked": manifest["attack"]["is_attacked"],
            "released": is_signed,
            "pages": rows,
        }
        without = {o.page.path: _reason(o) for o in of_audience if o.state in (FAILED, BLOCKED)}
        if without:
            content["without_report"] = without
        others = (path.relative_to(folder).as_posix() for path in files_below(folder / audience))
        content["files"] = {p: sha256(folder / p) for p in others if p not in rows}
        write_json(folder / audience / MANIFEST, content)


def _write(html: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", newline="\n")


def write_papers(edition: Edition, processed: Path, reports: Path) -> None:
    """Write the annex and the proposal; they are for everybody, as the district's page is."""
    e = _of_district(edition, processed)
    (reports / ANNEX).parent.mkdir(parents=True, exist_ok=True)
    (reports / ANNEX).write_bytes(annex_workbook(e))
    _write(annex_csv(e), reports / ANNEX_DATA)
    names = paper(e)
    (reports / PROPOSAL).write_bytes(proposal_document(e, names))
    _write(proposal_html(e, names), reports / PROPOSAL_PAGE)


def placeholder_html(page: Page, edition: Edition, reason: str) -> str:
    """Say that a report is not there, why (a Dutch clause without a full stop), and whom to ask."""
    return written("placeholder.html", edition=edition, page=page, reason=reason)
