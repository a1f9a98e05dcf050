"""The papers around the pages: the annex, and the proposal to the DVO for Word and as a page."""

from pathlib import Path

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.annex import annex_workbook
from mma_analysis.publish.proposal import proposal_document, proposal_html
from mma_analysis.settings import Edition
from mma_analysis.show.proposal import proposal
from mma_analysis.storage import sha256

ANNEX, PROPOSAL, PROPOSAL_PAGE = (
    "openbaar/bijlage.xlsx",
    "openbaar/voorstel-dvo.docx",
    "openbaar/voorstel-dvo.html",
)


def write_papers(edition: Edition, processed: Path, reports: Path) -> None:
    """Write the annex and the proposal; they are for everybody, as the district's page is."""
    e = Evaluation(edition.vocabulary.district, edition, "openbaar", processed)
    (reports / ANNEX).write_bytes(annex_workbook(e))
    paper = proposal(e)
    (reports / PROPOSAL).write_bytes(proposal_document(e, paper))
    (reports / PROPOSAL_PAGE).write_text(proposal_html(e, paper), encoding="utf-8", newline="\n")


def paper_hashes(reports: Path) -> dict[str, str]:
    """sha256 of each paper, by its path below the edition's reports."""
    return {path: sha256(reports / path) for path in (ANNEX, PROPOSAL, PROPOSAL_PAGE)}
