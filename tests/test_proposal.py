"""The board paper: what it says, in Word and on its page, whatever an edition knows."""

import datetime as dt
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import PROJECT, cases
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from mma_analysis.audit.examination import Auditor
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.papers import (
    PROPOSAL_FIELDS,
    paper,
    points,
    proposal_document,
    proposal_html,
)
from mma_analysis.settings import EXAMPLE, HOUSE_STYLE
from mma_analysis.settings.edition import Besluit, Voorstel
from mma_analysis.show.figure import slug
from mma_analysis.vocabulary import DataError

OWN_TEMPLATE = f"{HOUSE_STYLE}/voorstel.docx"
POINTS = [one.values[1] for one in cases("sections") if one.values[0] == "voorstel"]
DECISION = {
    "tekst": "Het DVO besluit dat alle gemeenten aangesloten blijven.",
    "vraag": "niet gevraagd in de vragenlijst",
    "kosten": 15100,
    "eigenaar": "Platform IVZ",
    "datum": dt.date(2024, 1, 1),
}


@pytest.fixture(scope="module")
def soup(district) -> BeautifulSoup:
    return BeautifulSoup(proposal_html(district, paper(district)), "html.parser")


@pytest.fixture(scope="module")
def written(district) -> Document:
    return opened(proposal_document(district, paper(district)))


def told_besides(e: Evaluation, *decisions: dict[str, Any], **heading: Any) -> Evaluation:
    """The same figures, with these decisions and this heading of the paper."""
    changed = {"besluiten": tuple(map(Besluit.model_validate, decisions))}
    changed |= {"voorstel": Voorstel.model_validate(heading)}
    edition = e.edition.model_copy(update=changed)
    return Evaluation(e.area, edition, e.audience, e.processed)


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def paragraphs(document: Document) -> list[str]:
    """Every paragraph, also those in tables, that is not empty; a space is a space."""
    every = document.element.body.iter(qn("w:p"))
    found = ["".join(piece.text or "" for piece in one.iter(qn("w:t"))) for one in every]
    return [text.replace("\xa0", " ") for text in found if text]


# --- the same in both ----------------------------------------------------------------------------


def test_every_paragraph_of_word_is_on_the_page_in_full_and_the_same_bytes_again(
    district, soup, written
):
    page = " ".join(soup.get_text().split())
    again, told = paper(district), paragraphs(written)

    assert proposal_document(district, again) == proposal_document(district, again)
    assert len(told) > 40
    # On paper a field of the form that is not given is a line to fill in.
    to_fill_in = {name for name, value in again["velden"] if not value}
    assert to_fill_in == {"agendapunt", "registratienummer", "telefoonnummer", "portefeuillehouder"}
    missing = [text for text in told if text.strip() not in page]
    assert set(missing) == to_fill_in
    assert [text for text in told if re.search(r"[{}<>]|\b(None|nan)\b", text)] == []
    # None is cut off in the middle: what is a sentence ends as one.
    assert [text for text in told if len(text) > 70 and text[-1] != "."] == []


def test_the_numbers_are_those_that_were_counted(written):
    text = "\n".join(paragraphs(written))

    # tests/truth: 586 meldingen, of which 271 with a result; 12 of 14 gemeenten answered.
    assert "Bij 315 van de 585 meldingen weten wij niet wat eruit kwam" in text
    assert "Twaalf gemeenten vulden de vragenlijst in; Dinkelland en Tubbergen" in text
    assert "Hellendoorn en Wierden hadden daarvoor nog niet genoeg ervaring" in text
    assert "Vanaf 1 juli 2023 betaalt elke gemeente zelf." in text
    assert re.search(r"\bM\.", text) is None


# --- its form ------------------------------------------------------------------------------------


def test_the_points_stand_in_the_order_of_the_board_each_with_a_figure_and_its_section(soup):
    notebook = nbformat.read(PROJECT / "notebooks" / "district.ipynb", as_version=4)
    sources = "\n".join(cell.source for cell in notebook.cells)
    sections = {slug(title) for title in re.findall(r"^## (.+)$", sources, re.M)}
    sections |= set(re.findall(r"^%%tekst sectie (\S+)$", sources, re.M))
    points = soup.select("ol.punten > li")

    for point, subject in zip(points, POINTS, strict=True):
        assert point.b.text.startswith(subject)
        assert point.strong.find("data") is not None
        assert point.a["href"].partition("#")[2] in sections


def test_the_document_has_headings_and_tables_that_can_be_heard(written):
    styled = [(p.style.name, p.text) for p in written.paragraphs]
    headings = [text for style, text in styled if style == "Heading 1"]

    # What is asked comes first, then why, what it costs, and what is found.
    before = ["Advies aan het DVO", "Inleiding", "Kosten", "Wat de evaluatie laat zien"]
    assert headings == [*before, "Vervolg MMA", "Bijlagen"]
    for table in written.tables:
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    # The form and the points begin with their first row: no head that only a machine needs.
    form, *_, tariffs, points = written.tables
    assert form.rows[0].cells[0].text == "agendapunt"
    assert tariffs.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert len(points.rows) == len(POINTS)
    for row in points.rows:
        assert row.cells[0]._tc.find(f".//{qn('w:numPr')}") is not None
    footer = written.sections[0].footer._element
    assert [e.get(qn("w:instr")) for e in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert "Fictieve voorbeelddata" in written.sections[0].header.paragraphs[0].text
    assert written.core_properties.title == "Voorstel aan het DVO: Evaluatie Meld Misdaad Anoniem"
    assert written.core_properties.language == "nl-NL"


def test_the_subject_is_the_title_and_annexes_go_by_their_name(soup, written):
    titles = [p.text for p in written.paragraphs if p.style.name == "Title"]
    numbered = [p.text for p in written.paragraphs if p.style.name == "List Number"]
    asked, annexes = numbered[:4], numbered[4:]

    assert soup.main.h1.text == "Evaluatie Meld Misdaad Anoniem"
    assert titles == ["Evaluatie Meld Misdaad Anoniem"]
    assert annexes == ["Evaluatierapport Twente", "Tabellen bij het evaluatierapport"]
    assert asked == [item.text for item in soup.select("ol.verzoeken > li")]
    assert "anders binnen zes weken na dit overleg." in asked[1]
    # Two of the twelve go on under conditions, two did not answer, and ten want the day.
    assert "besluiten dat 10 gemeenten aangesloten blijven: zij willen dat, zonder" in asked[2]
    assert "Haaksbergen en Hof van Twente hun voorwaarden, en zeggen Hellendoorn en" in asked[2]
    assert asked[2].endswith(
        "Tot het DVO daarover beslist, blijven zij aangesloten en betalen zij zelf."
    )
    # Ten want a framework and publicity; three find meldingen concrete, two have the people.
    assert asked[3].endswith(
        "voor te bereiden over een wegingskader, meldingen die concreet genoeg zijn, genoeg mensen "
        "en de bekendheid van MMA."
    )
    links = {a.text: a["href"] for a in soup.main.select("ol:not(.punten) a")}
    assert links == dict(zip(annexes, ["district.html", "bijlage.xlsx"], strict=True))


def test_who_made_the_evaluation_deals_with_the_paper_unless_another_is_named(district):
    for named, expected in (("", "A. Voorbeeld"), ("B. Bedacht", "B. Bedacht")):
        e = told_besides(district, behandeld_door=named)
        fields = {name: str(value) for name, value in paper(e)["velden"]}

        assert fields["behandeld door"] == expected


def test_a_field_that_is_not_given_is_an_empty_line(district):
    e = told_besides(district, agendapunt="7a", openbaar=False)

    (table, *_) = opened(proposal_document(e, paper(e))).tables
    found = {row.cells[0].text: row.cells[1].text for row in table.rows}

    given = {"agendapunt": "7a", "openbaar": "nee", "behandeld door": "A. Voorbeeld"}
    fields = [name.replace("_", " ") for name in PROPOSAL_FIELDS if name != "onderwerp"]
    assert found == dict.fromkeys(fields, "") | given


def test_one_that_is_longer_than_a_board_reads_is_refused(district):
    e = told_besides(district, aanleiding="woord " * 800)

    with pytest.raises(DataError, match=r"woorden, \d+ meer dan de 930"):
        proposal_html(e, paper(e))


# --- the figure ----------------------------------------------------------------------------------

# tests/truth, each rounded to fives: of 585 meldingen, how many had each answer.
DONE = {
    "zelf iets of doorgegeven": 250,
    "in een dossier": 105,
    "geen vervolg nodig of mogelijk": 70,
    "niet bekend": 160,
}
WAS_RIGHT = {"helemaal": 125, "deels": 60, "niet bevestigd": 85, "niet bekend": 315}
# By hand, of 42 places for 585: 250 × 42 / 585 = 17.9, 105 → 7.5, 70 → 5.0, and so on.
PLACES = [18, 8, 5, 11, 9, 4, 6, 23]


def test_one_figure_draws_what_became_of_all_meldingen_with_its_finding_and_every_cell(soup):
    (figure,) = soup.select("figure:not(.tabel)")
    drawn = figure.select_one(".plot")
    heard = drawn["aria-label"]

    assert (
        figure.select_one(".ti").text
        == "Bij 315 van de 585 meldingen weten wij niet wat eruit kwam"
    )
    cells = {mark["data-cell"] for mark in drawn.select("svg.wide g[data-cell]")}
    assert len(cells) == len(DONE) + len(WAS_RIGHT)
    for name, count in (DONE | WAS_RIGHT).items():
        assert f"{name} {count}" in heard
    rows = [[cell.text for cell in row.select("th, td")] for row in figure.select("tbody tr")]
    told = [(answer, int(count)) for _, answer, count in rows]
    assert told == [*DONE.items(), *WAS_RIGHT.items()]


def test_in_word_the_figure_is_a_row_for_each_answer_with_a_bar_that_nobody_has_to_hear(written):
    _, done, was_right, _, _ = written.tables
    rows = [*done.rows[1:], *was_right.rows[1:]]
    bars = [row.cells[2].paragraphs[0] for row in rows]

    assert [table.rows[0].cells[0].text for table in (done, was_right)] == [
        "Wat deed de gemeente ermee?",
        "Klopte de melding?",
    ]
    told = [(row.cells[0].text, int(row.cells[1].text)) for row in rows]
    assert told == [*DONE.items(), *WAS_RIGHT.items()]
    assert [len(bar.text) for bar in bars] == PLACES
    assert {bar.text.strip() for bar in bars} == {""}
    fills = [bar._p.find(f".//{qn('w:shd')}").get(qn("w:fill")) for bar in bars]
    assert fills == ["154273", "154273", "154273", "C3CBD1"] * 2


def test_points_between_which_others_are_left_out_are_all_kept():
    together = "<ol><li><strong>1</strong> <em>Eén.</em> Zin.</li><li><em>Twee.</em> Zin.</li></ol>"
    apart = together.replace("<li>", "<li><p>").replace("</li>", "</p></li>")

    assert points(apart) == points(together)
    assert [point["kop"] for point in points(apart)] == ["Eén.", "Twee."]


# --- decisions -----------------------------------------------------------------------------------


def test_a_complete_decision_stands_on_a_page_of_its_own_with_the_votes_of_its_question(
    district, soup
):
    e = told_besides(district, DECISION | {"vraag": "voortzetten"})
    names = paper(e)

    page = BeautifulSoup(proposal_html(e, names), "html.parser").select_one("#besluiten")
    told = paragraphs(opened(proposal_document(e, names)))

    assert soup.select_one("#besluiten") is None  # nothing is to be decided
    assert page is not None
    cells = {one["data-cell"]: one.text for one in page.find_all("data")}
    assert cells["instelling|besluiten.0.kosten"] == "€\xa015.100"
    # tests/truth: of 12 answers 10 yes, 2 on conditions, none no
    assert told[told.index("Besluit 1") :] == [
        "Besluit 1",
        "Het DVO besluit dat alle gemeenten aangesloten blijven.",
        *("Wat gemeenten zeiden", "ja 10, ja, onder voorwaarden 2, nee 0"),
        *("Kosten", "€ 15.100", "Eigenaar en datum", "Platform IVZ, 1 januari 2024"),
    ]


@pytest.mark.parametrize("key", ["tekst", "vraag", "kosten", "eigenaar", "datum"])
def test_a_decision_that_lacks_anything_is_left_out_with_a_warning(district, caplog, key):
    incomplete = {name: value for name, value in DECISION.items() if name != key}
    if key == "vraag":  # or of a question that was not asked
        incomplete["vraag"] = "voortzeten"

    decisions = paper(told_besides(district, incomplete, DECISION))["besluiten"]

    assert [one["nummer"] for one in decisions] == [1]
    assert [r.getMessage() for r in caplog.records if f"vul {key} in" in r.getMessage()]


# --- the template of an edition ------------------------------------------------------------------


@pytest.fixture
def own(district, tmp_path) -> Callable[..., Evaluation]:
    """The example with a template of its own: one paragraph of these runs."""

    def made(*runs: str) -> Evaluation:
        edition = district.edition.model_copy()
        edition._folder = Path(shutil.copytree(district.edition.folder, tmp_path / EXAMPLE))
        document = docx.Document()
        paragraph = document.add_paragraph()
        for run in runs:
            paragraph.add_run(run)
        (edition.folder / OWN_TEMPLATE).parent.mkdir()
        document.save(str(edition.folder / OWN_TEMPLATE))
        return Evaluation(district.area, edition, "openbaar", district.processed)

    return made


CUT = r"alinea ‘Over \{\{ totaal.*in één keer opnieuw"


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        (("Over {{ tot", "aal }} meldingen"), CUT),
        (("Over {", "{ totaal }}"), CUT),
        (("Over {{ totaal",), CUT),
        (("Over {{ e.nam }}",), "voorstel.docx: een invulplek klopt niet: ‘nam’ bestaat .*'naam'"),
    ],
)
def test_a_place_that_word_cut_or_that_has_no_name_is_an_error_in_words(own, runs, why):
    e = own(*runs)

    with pytest.raises(DataError, match=why):
        proposal_document(e, paper(e))


def test_an_edition_brings_its_own_template_and_what_word_adds_to_it_is_not_strange(own, tmp_path):
    e = own("Ons stuk over ", "{{ totaal }}", " meldingen in {{ e.naam }}.")
    path = e.edition.folder / OWN_TEMPLATE
    document = docx.Document(str(path))
    for name in ("w:proofErr", "w:bookmarkStart"):
        document.paragraphs[0]._p.append(OxmlElement(name))
    document.save(str(path))
    made = tmp_path / "voorstel-dvo.docx"
    made.write_bytes(proposal_document(e, paper(e)))

    def is_strange() -> bool:
        return bool(Auditor(e.edition, tmp_path).open(made, f"openbaar/{made.name}").findings)

    assert paragraphs(docx.Document(str(made))) == ["Ons stuk over 585 meldingen in Twente."]
    assert not is_strange()
    path.unlink()
    assert is_strange()
