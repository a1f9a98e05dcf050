"""`voorstel-dvo.docx` and `voorstel-dvo.html`: the board paper, for a person to finish in Word."""

import io
from collections.abc import Sequence
from importlib.resources import files

import docx
from docx.document import Document

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish import word
from mma_analysis.publish.office import settled, subject
from mma_analysis.publish.templates import written
from mma_analysis.show import words
from mma_analysis.show.annex import FICTITIOUS
from mma_analysis.show.proposal import BODY, Advice, Field, Proposal

ASKED = f"Het {BODY} wordt gevraagd kennis te nemen van:"
TO_DECIDE = "Het DVO wordt daarnaast gevraagd:"
HEADS = ("Kenmerk", "Gegevens")
TEMPLATE = ("template", "voorstel.docx")  # its looks: change those in Word
SURE, NOTE = "Zekerheid", "Noot"  # styles in it


def proposal_html(e: Evaluation, paper: Proposal) -> str:
    """Write the board paper as a page; as `proposal_document`."""
    return written(
        "proposal.html",
        edition=e.edition,
        district=e.district,
        paper=paper,
        asked=ASKED,
        more=more,
        to_decide=TO_DECIDE,
        peildatum=words.day(e.peildatum),
    )


def proposal_document(e: Evaluation, paper: Proposal) -> bytes:
    """Write the board paper for Word, in its template, so that a person can finish it.

    Everything that the settings do not say stands in it as `nog in te vullen`.
    """
    document = docx.Document(str(files("mma_analysis.publish").joinpath(*TEMPLATE)))
    _properties(document, e, paper)
    _first_page(document, e, paper)
    document.add_heading("Wat woorden betekenen", 1)
    for term, meaning in paper.explained.terms:
        name = document.add_paragraph()
        name.add_run(term).bold = True
        name.paragraph_format.keep_with_next = True
        document.add_paragraph(meaning)
    document.add_heading("Bijlagen", 1)
    for name in paper.attached:
        document.add_paragraph(name, "List Bullet")
    written = io.BytesIO()
    document.save(written)
    return settled(written.getvalue())


def more(advice: Advice) -> str:
    """Where the report tells more."""
    return f"Meer hierover: hoofdstuk ‘{advice.chapter}’."


def _properties(document: Document, e: Evaluation, paper: Proposal) -> None:
    """What it is, also on every page: that it is an example above, and its title below."""
    section, properties = document.sections[0], document.core_properties
    properties.title = f"Voorstel aan het DVO: {paper.title}"
    properties.subject = subject(e.edition, e.district)
    section.footer.paragraphs[0].runs[0].text = properties.title
    if e.edition.evaluatie.fictief:
        section.header.paragraphs[0].add_run(FICTITIOUS)


def _first_page(document: Document, e: Evaluation, paper: Proposal) -> None:
    document.add_paragraph(f"Voorstel aan het {BODY}, district {e.district.name}", "Subtitle")
    document.add_paragraph(paper.title, "Title")
    _heading_table(document, paper.heading)
    document.add_heading("Advies aan het DVO", 1)
    document.add_paragraph(ASKED).paragraph_format.keep_with_next = True
    for advice in paper.advice:
        paragraph = document.add_paragraph(style="List Number")
        paragraph.add_run(f"{advice.subject}. ").bold = True
        paragraph.add_run(f"{advice.sentence} {more(advice)}")
    document.add_paragraph(TO_DECIDE).paragraph_format.keep_with_next = True
    for point in paper.decisions:
        document.add_paragraph(point, "List Bullet")
    for title, paragraphs in (("Inleiding", paper.introduction), ("Vervolg MMA", paper.next_steps)):
        document.add_heading(title, 1)
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)


def _heading_table(document: Document, fields: Sequence[Field]) -> None:
    table = word.add_table(document, [HEADS, *[(f.name, f.text) for f in fields]], "Kop")
    for row, field in zip(table.rows[1:], fields, strict=True):
        if field.is_open:
            word.mark_open(row.cells[1])
