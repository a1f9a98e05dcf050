"""The quality letter: what was received, counted and refused, and never what a melding says."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import PROJECT

from mma_analysis import domain
from mma_analysis.edition import EXAMPLE, SETTINGS_FILE, Workspace
from mma_analysis.evaluation import Evaluation
from mma_analysis.pipeline import prepare
from mma_analysis.publish.letter import letter_html


def letter(workspace: Workspace, slug: str) -> str:
    own = Evaluation(
        domain.area(slug), workspace.edition(EXAMPLE), "intern", workspace.processed(EXAMPLE)
    )
    return re.sub(r"\s+", " ", letter_html(own))


def test_every_refused_row_is_named_by_its_place_and_reason(workspace: Workspace):
    # almelo.xlsx: rows 35, 42 and 126 have an impossible, a missing and a late date
    html = letter(workspace, "almelo")

    assert "<td>35</td> <td>Datum ontvangst</td> <td>De datum van ontvangst bestaat niet" in html
    assert "<td>42</td> <td>Datum ontvangst</td> <td>De datum van ontvangst ontbreekt" in html
    assert "<td>126</td> <td>Datum ontvangst</td> <td>De datum van ontvangst ligt na" in html


def test_the_letter_counts_what_the_truth_file_counts(workspace: Workspace):
    html = letter(workspace, "almelo")

    assert "telden wij 113 meldingen. 3 regels konden wij niet tellen." in html
    assert "3 regels stonden er dubbel in." in html


def test_a_joint_file_tells_both_senders_of_rows_that_name_no_gemeente(workspace: Workspace):
    reason = domain.rejection_reasons()["gemeente_onbekend"]

    assert reason in letter(workspace, "dinkelland")
    assert reason in letter(workspace, "tubbergen")
    assert reason not in letter(workspace, "enschede")


def test_a_delivery_with_every_row_counted_has_no_table_of_rows(workspace: Workspace):
    html = letter(workspace, "haaksbergen")

    assert "Alle regels konden wij gebruiken." in html
    assert "<table" not in html


def test_a_gemeente_that_sent_nothing_is_told_so(tmp_path: Path):
    workspace = Workspace(tmp_path)
    shutil.copytree(PROJECT / "data" / "raw" / EXAMPLE, workspace.raw(EXAMPLE))
    settings = workspace.raw(EXAMPLE) / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    line = 'levering         = ["meldingen/borne.xlsx"]\n'
    assert line in text
    settings.write_text(text.replace(line, ""), encoding="utf-8")
    prepare(workspace, EXAMPLE, say=lambda line: None)

    html = letter(workspace, "borne")

    assert "geen bestand met meldingen ontvangen" in html
    assert "Oordeel: Rood." in html


@pytest.mark.parametrize("area", domain.gemeenten(), ids=lambda area: area.slug)
def test_no_letter_repeats_anything_of_a_melding(area: domain.Area, workspace: Workspace):
    html = letter(workspace, area.slug)

    assert not re.search(r"\d{4}-\d{6}", html)  # the number of a tip
    assert "http" not in html.replace("http-equiv", "")
