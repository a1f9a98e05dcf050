"""The quality letter: what was received, counted and refused, and never what a melding says."""

import json
import re
from typing import Any

import pandas as pd
import pytest

from mma_analysis.evaluation import Evaluation
from mma_analysis.pipeline import prepare
from mma_analysis.publish.letter import letter_html
from mma_analysis.settings import EXAMPLE, SETTINGS_FILE, Workspace
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()


def letter(workspace: Workspace, slug: str) -> str:
    own = Evaluation(
        VOCABULARY.area(slug), workspace.edition(EXAMPLE), "intern", workspace.processed(EXAMPLE)
    )
    cells = re.sub(r"</(td|th)><", r"</\1> <", letter_html(own).replace(' class="woord"', ""))
    return re.sub(r"\s+", " ", cells)


def test_every_refused_row_is_counted_and_named_by_its_place_and_reason(workspace: Workspace):
    # almelo.xlsx: rows 35, 42 and 126 have an impossible, a missing and a late date
    html = letter(workspace, "almelo")

    assert "telden wij 113 meldingen. 2 regels konden wij niet tellen." in html
    assert "3 regels stonden er dubbel in." in html
    assert "Tabblad daarin" in html  # the row that counts may be on another sheet
    assert "<td>35</td> <td>Datum ontvangst</td> <td>De datum van ontvangst bestaat niet" in html
    assert "<td>42</td> <td>Datum ontvangst</td> <td>De datum van ontvangst ontbreekt" in html
    assert "<td>126</td> <td>Datum ontvangst</td> <td>De datum van ontvangst ligt na" in html


def test_what_is_of_another_time_or_place_is_told_apart_and_is_no_fault(workspace: Workspace):
    # noaberkracht.xlsx: row 10 is of a place elsewhere, row 30 is late, row 28 names no gemeente;
    # 16 rows of Dinkelland count
    html = letter(workspace, "dinkelland")

    assert "Eén regel konden wij niet tellen." in html
    assert "2 regels vallen buiten deze evaluatie. Dat is geen fout." in html
    assert "Oordeel: Geel.</strong> Wij konden 1 van de 17 regels niet tellen" in html
    assert "Regels die buiten deze evaluatie vallen" in html


def test_a_joint_file_tells_both_senders_of_rows_that_name_no_gemeente(workspace: Workspace):
    reason = VOCABULARY.rejection_reasons["gemeente_ontbreekt"]

    assert reason in letter(workspace, "dinkelland")
    assert reason in letter(workspace, "tubbergen")
    assert reason not in letter(workspace, "enschede")


def test_a_delivery_with_every_row_counted_has_no_table_of_rows(workspace: Workspace):
    html = letter(workspace, "haaksbergen")

    assert "Alle regels konden wij gebruiken." in html
    assert "<table" not in html


def test_an_answer_to_the_survey_is_not_among_the_rows_of_tips(workspace: Workspace):
    # Losser answered twice; in its file of tips no row is double
    html = letter(workspace, "losser")

    assert "Antwoorden op de vragenlijst die u later verving" in html
    assert "Regels die er dubbel in stonden" not in html


SMALL = """
[evaluatie]
titel = "<i>Proef</i>"
district = "Twente"
begin = 2021-07-01
peildatum = 2023-06-30

[gemeenten.borne]
aangesloten = 2022-02-01
levering = ["meldingen/<b>borne.csv"]
[gemeenten.borne.kolommen]
"=<b>Ontvangen</b>" = "received_on"

[gemeenten.losser]
levering = ["meldingen/losser.csv"]

[gemeenten.wierden]
levering = ["meldingen/oud.csv", "meldingen/nieuw.csv"]
vervangt = { "meldingen/nieuw.csv" = "meldingen/oud.csv" }
"""
HEADER = "Meldnummer;Datum ontvangst;Onderwerp;Woonplaats\n"
FILES = {
    # row 2 is from before the connection, row 3 has no such day, row 4 is row 2 again
    "<b>borne.csv": "Meldnummer;=<b>Ontvangen</b>;Onderwerp;Woonplaats\n"
    "=1+1;14-1-2022;=cmd|' /C calc'!A0;@SUM(A1)\n"
    "+2;31-2-2022;-2+3;<script>alert(1)</script>\n"
    "=1+1;14-1-2022;<img src=x onerror=alert(1)>;\n",
    "losser.csv": HEADER,
    "oud.csv": HEADER + "M1;14-3-2022;drugs;\n",
    "nieuw.csv": HEADER + "M1;14-3-2022;drugs;\nM2;15-3-2022;fraude;\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Three gemeenten: one tries to do harm, one had no tips, one sent its file again."""
    workspace = Workspace(tmp_path_factory.mktemp("small"))
    (workspace.raw(EXAMPLE) / "meldingen").mkdir(parents=True)
    (workspace.raw(EXAMPLE) / SETTINGS_FILE).write_text(SMALL, encoding="utf-8")
    for name, content in FILES.items():
        (workspace.raw(EXAMPLE) / "meldingen" / name).write_text(content, encoding="utf-8")
    prepare(workspace, EXAMPLE)
    return workspace


def manifest_of(workspace: Workspace) -> dict[str, Any]:
    return json.loads((workspace.processed(EXAMPLE) / "manifest.json").read_text(encoding="utf-8"))


def test_nothing_that_a_sender_wrote_is_markup_or_a_formula_in_the_letter(small: Workspace):
    html = re.sub("<style>.*?</style>", "", letter(small, "borne"), flags=re.DOTALL)

    assert "&lt;b&gt;Ontvangen&lt;/b&gt;" in html  # its header may be shown
    assert not any(tag in html for tag in ("<b>", "<i>", "<script", "<img"))
    assert not any(cell in html for cell in ("calc", "1+1", "SUM(A1)", "alert", "-2+3"))


def test_a_tip_from_before_the_connection_is_told_once(small: Workspace):
    html = letter(small, "borne")

    assert html.count("waarop uw gemeente op MMA is aangesloten") == 1
    assert "Oordeel: Rood." in html  # one of two rows is refused


def test_a_gemeente_without_tips_delivered_what_was_asked(small: Workspace):
    html = letter(small, "losser")

    assert "In uw bestand staan wel koppen, maar geen meldingen." in html
    assert "Oordeel: Geel." in html
    assert manifest_of(small)["blocked"] == []


def test_a_gemeente_that_sent_nothing_is_told_so(small: Workspace):
    html = letter(small, "almelo")

    assert "geen bestand met meldingen ontvangen" in html
    assert "Oordeel: Rood." in html


def test_what_is_not_filled_in_is_asked_for_and_is_in_nothing_that_others_read(small: Workspace):
    # Both of its rows have a topic, and its file has no column for what was done with them.
    html = letter(small, "wierden")

    assert "Oordeel: Groen." in html
    asked = html.index("Wat u kunt aanvullen")
    told = "Een kolom voor &#39;Afhandeling&#39; ontbreekt bij alle 2 meldingen."
    assert html.index(told) > asked
    assert "niets te herstellen" not in html
    measures = small.processed(EXAMPLE) / "measures"
    # Eleven of fourteen gemeenten sent no file, losser one without tips, and a topic of borne is
    # no word; not what is not filled in.
    assert pd.read_parquet(measures / "deliveries.parquet")["warnings"].to_list() == [13]


def test_a_replaced_file_is_named_in_the_letter_and_the_manifest(small: Workspace):
    files = {file["path"]: file for file in manifest_of(small)["files"]}

    assert "oud.csv telt niet mee: nieuw.csv kwam ervoor in de plaats." in letter(small, "wierden")
    assert files["meldingen/oud.csv"]["replaced_by"] == "meldingen/nieuw.csv"
    assert (files["meldingen/oud.csv"]["read"], files["meldingen/nieuw.csv"]["read"]) == (0, 2)
