"""The yearly return to MMA: what was done with each melding, of one gemeente and for it alone."""

import io
import shutil
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn

from mma_analysis import evaluation
from mma_analysis.audit.examining import audit
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.letter import yearly_return
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.settings.edition import YEARLY_RETURN

HEADS = ("Nummer", "Ontvangen", "Wat is gedaan", "Resultaat", "Bruikbaar", "Teruggemeld")


def opened(e: Evaluation) -> Document:
    return docx.Document(io.BytesIO(yearly_return(e) or b""))


def rows(document: Document) -> list[tuple[str, ...]]:
    (table,) = document.tables
    return [tuple(cell.text for cell in row.cells) for row in table.rows]


def of(workspace: Workspace, slug: str) -> Evaluation:
    return evaluation.load(slug, EXAMPLE, "intern", workspace)


def test_every_melding_is_a_row_in_words_and_it_says_of_whom_and_when_it_is(workspace: Workspace):
    document = opened(of(workspace, "borne"))
    head, *told = rows(document)

    # borne.xlsx: 17 rows, of which one has no day that there is
    assert (head, len(told)) == (HEADS, 16)
    assert told[2] == (
        *("2022-007176", "11 mei 2022", "Toegevoegd aan een dossier", "Niet bevestigd"),
        *("niet bekend", ""),
    )
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Gemeente Borne" in text
    assert "Meldingen van 1 juli 2021 tot en met 30 juni 2023." in text
    (repeated,) = document.element.body.iter(qn("w:tblHeader"))  # on every page
    assert repeated.getparent().getparent() is document.tables[0].rows[0]._tr
    assert document.core_properties.title == "Terugmelding aan MMA, gemeente Borne"


def test_without_meldingen_there_is_none(workspace: Workspace, tmp_path: Path):
    e = of(workspace, "borne")
    nothing = Evaluation(e.area, e.edition, "intern", tmp_path / EXAMPLE)
    shutil.copytree(e.processed, nothing.processed)
    other = nothing.processed / "measures_intern"
    shutil.copytree(other / "losser", other / "borne", dirs_exist_ok=True)  # of another gemeente

    assert yearly_return(nothing) is None


@pytest.mark.slow
@pytest.mark.parametrize("plant", ["another result", "a row of another gemeente", "a count"])
def test_what_is_not_in_its_own_table_is_found(reports, tmp_path: Path, plant: str):
    there = reports.workspace
    found = there.reports(EXAMPLE) / "intern"
    kept = tmp_path / "reports" / "intern"
    shutil.copytree(found / "borne", kept / "borne")
    path = kept / "borne" / YEARLY_RETURN
    document = docx.Document(str(path))
    cells = document.tables[0].rows[3].cells
    if plant == "another result":
        cells[3].paragraphs[0].runs[0].text = "Bevestigd"
    elif plant == "a row of another gemeente":
        other = docx.Document(str(found / "losser" / YEARLY_RETURN)).tables[0].rows[1].cells
        for cell, of_other in zip(cells, other, strict=True):
            cell.paragraphs[0].runs[0].text = of_other.text
    else:
        document.paragraphs[2].runs[0].text += " Twee ervan gingen over 3 mensen."
    document.save(str(path))

    kinds = {
        finding.kind
        for finding in audit(there.edition(EXAMPLE), kept.parent, there.processed(EXAMPLE))[0]
        if finding.file.endswith(YEARLY_RETURN)
    }

    assert ("bare" if plant == "a count" else "cell") in kinds
