"""The proposal to the DVO: what it says when something is known, hidden, missing or not asked."""

import io
import re
from collections.abc import Callable

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn

from mma_analysis import evaluation
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.proposal import proposal_document, proposal_html
from mma_analysis.settings import EXAMPLE
from mma_analysis.show import development
from mma_analysis.show.facts import Change
from mma_analysis.show.proposal import UNDECIDED, Proposal, proposal
from mma_analysis.vocabulary import Vocabulary
from show_tables import InMemory, connection, trend
from test_show_editions import LACKING, NEVER, ONE_GEMEENTE, editions  # noqa: F401

VOCABULARY = Vocabulary()
SUBJECTS = [
    "De ontwikkeling van het aantal meldingen",
    "De werkwijze, de samenwerking en de registratie",
    "De voordelen die gemeenten zien van rechtstreeks ontvangen",
    "De verbeterpunten",
    "De kosten en de financiering",
    "De deelname aan campagnes",
    "De verdiepingsdag en het wegingskader",
]
HEADING = """
[voorstel]
onderwerp = "Evaluatie MMA"
agendapunt = "7a"
datum = 2023-07-13
openbaar = false
behandeld_door = "Platform IVZ"
registratienummer = "D-23"
telefoonnummer = "nummer op verzoek"
portefeuillehouder = "de voorzitter"
"""
FIELDS = {
    "Onderwerp": "Evaluatie MMA",
    "Agendapunt": "7a",
    "Datum": "13 juli 2023",
    "Openbaar": "nee",
    "Behandeld door": "Platform IVZ",
    "Registratienummer": "D-23",
    "Telefoonnummer": "nummer op verzoek",
    "Portefeuillehouder": "de voorzitter",
}


@pytest.fixture(scope="module")
def district(workspace) -> Evaluation:
    return evaluation.load("twente", EXAMPLE, workspace=workspace)


@pytest.fixture(scope="module")
def written(district):
    return docx.Document(io.BytesIO(proposal_document(district, proposal(district))))


@pytest.fixture
def of_hand(editions) -> Callable[..., Proposal]:  # noqa: F811
    """The paper of an edition with one melding, with these tables instead of its own."""

    def made(settings: str = ONE_GEMEENTE, **tables: pd.DataFrame) -> Proposal:
        e = evaluation.load("twente", "proef", workspace=editions(settings, ["2022-02-10"]))
        frames = {name: e.table(name) for name in e.tables} | tables
        return proposal(InMemory(e.area, e.edition, e.audience, e.processed, frames=frames))

    return made


def said(paper: Proposal) -> list[str]:
    """Every sentence of the paper."""
    return [
        *(advice.sentence for advice in paper.advice),
        *paper.decisions,
        *paper.introduction,
        *paper.next_steps,
    ]


# --- the heading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "fields", "title"),
    [
        (HEADING, FIELDS, "Evaluatie MMA"),
        *(
            (part, dict.fromkeys(FIELDS, "nog in te vullen"), "Proef")
            for part in ("", "[voorstel]\n")
        ),
    ],
    ids=["all", "none", "empty"],
)
def test_the_heading_has_all_fields_and_marks_what_is_to_be_filled_in(of_hand, part, fields, title):
    paper = of_hand(ONE_GEMEENTE.replace("[gemeenten.borne]", part + "[gemeenten.borne]"))

    assert {field.name: field.text for field in paper.heading} == fields
    assert {field.is_open for field in paper.heading} == {part != HEADING}
    assert paper.title == title  # of the evaluation, when there is no subject


# --- what it says --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ((0.2, 0.05, 0.4, "more"), development.trend_sentence(Change(0.2, 0.05, 0.4, "more"))),
        (
            (0.2, 0.05, 0.4, "more", "start_up"),
            "Of er echt iets verandert, weten wij dus niet.",
        ),
        # one that cannot be told is told as undecided
        ((*[float("nan")] * 3, "cannot_tell"), UNDECIDED),
    ],
)
def test_the_trend_is_told_as_on_the_page(of_hand, change, sentence):
    assert of_hand(**trend(*change)).advice[0].sentence.endswith(f" {sentence}")


NOT_KNOWN = pd.Series(pd.NaT, range(14)).astype("datetime64[us]")
ONE_OF_ALL = dict.fromkeys((a.slug.replace("-", "_") for a in VOCABULARY.gemeenten), "2024-01-01")
ONE_OF_ALL |= {"borne": "2022-03-01"}


@pytest.mark.parametrize(
    ("connected", "sentence"),
    [
        (
            connection(),
            "De eerste gemeente in Twente ontvangt ze rechtstreeks sinds juli 2021. "
            "Alle 14 gemeenten zijn op de peildatum aangesloten.",
        ),
        (
            connection(borne="2023-07-01", losser=None, wierden=None),
            "11 van de 14 gemeenten zijn op de peildatum aangesloten. Van 2 gemeenten weten wij "
            "het niet.",
        ),
        (
            connection(losser=None),
            "13 van de 14 gemeenten zijn op de peildatum aangesloten. Van 1 gemeente weten wij "
            "het niet.",
        ),
        (
            connection().assign(connected_on=NOT_KNOWN),
            "Wanneer de gemeenten in Twente zijn aangesloten, is niet bekend.",
        ),
        (
            connection(**ONE_OF_ALL),
            "sinds maart 2022. 1 van de 14 gemeenten is op de peildatum aangesloten.",
        ),
    ],
)
def test_the_introduction_says_how_many_gemeenten_were_connected(of_hand, connected, sentence):
    assert sentence in of_hand(connection=connected).introduction[0]


def test_without_a_survey_costs_or_campaigns_every_point_says_so(of_hand):
    told = {a.subject: a.sentence for a in of_hand().advice}

    assert list(told) == SUBJECTS
    assert "geen antwoord gegeven" in told[SUBJECTS[1]]
    assert "geen stellingen beantwoord" in told[SUBJECTS[2]]
    assert "niet opgegeven" in told[SUBJECTS[4]]
    assert "geen tarieven" in told[SUBJECTS[4]]
    assert "geen antwoord gegeven" in told[SUBJECTS[5]]
    assert "geen antwoord gegeven" in told[SUBJECTS[6]]


@pytest.mark.parametrize("lack", LACKING)
def test_what_an_edition_lacks_is_said_and_never_fails(editions, lack):  # noqa: F811
    e = evaluation.load("twente", "proef", workspace=editions(*LACKING[lack]))

    paper = proposal(e)
    told = said(paper)

    assert "" not in told
    assert [sentence for sentence in told if NEVER.search(sentence)] == []
    assert proposal_document(e, paper)
    assert "</html>" in proposal_html(e, paper)


def test_the_example_reads_well_and_every_figure_is_on_the_page(district):
    paper = proposal(district)

    assert [sentence for sentence in said(paper) if NEVER.search(sentence)] == []
    assert [a.subject for a in paper.advice] == SUBJECTS
    # Counted by hand in tests/truth: 586 meldingen.
    assert "585 meldingen" in paper.advice[0].sentence
    assert "afgerond op veelvouden van 5: ze wijken hoogstens 4 af" in paper.introduction[2]


def test_the_example_tells_nothing_twice(district):
    paper = proposal(district)

    pieces = [
        piece
        for text in said(paper)
        for piece in re.split(r"(?<=[.?!]) (?=[A-Z0-9‘])", text)
        # Two campaigns may be about the same topics.
        if len(piece.split()) > 3 and not piece.startswith("Onderwerpen: ")
    ]

    assert sorted({piece for piece in pieces if pieces.count(piece) > 1}) == []


def test_the_words_of_the_paper_are_explained_and_no_others(district):
    explained = dict(proposal(district).explained.terms)

    assert {"DVO", "Platform IVZ", "Verdiepingsdag", "Wegingskader"} <= set(explained)
    assert "Terugkoppeling" not in explained  # the paper does not speak of it


# --- the document, read back ---------------------------------------------------------------------


def test_the_document_has_real_headings_styles_and_lists(written):
    styled = [(p.style.name, p.text) for p in written.paragraphs]

    assert [text for style, text in styled if style == "Title"] == [
        "Evaluatie Meld Misdaad Anoniem"
    ]
    assert [text for style, text in styled if style == "Heading 1"] == [
        *("Advies aan het DVO", "Inleiding", "Vervolg MMA"),
        *("Wat woorden betekenen", "Bijlagen"),
    ]
    points = [text for style, text in styled if style == "List Number"]
    assert [text.split(". ")[0] for text in points] == SUBJECTS
    assert all("Meer hierover: hoofdstuk ‘" in text for text in points)
    assert "List Bullet" in {style for style, _ in styled}


def test_the_heading_is_a_table_with_a_head_and_a_title(written):
    (table,) = written.tables
    first, *others = table.rows

    assert first._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [r for r in others if r._tr.trPr.find(qn("w:tblHeader")) is not None] == []
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    assert [cell for row in table.rows for cell in row.cells if not cell.text] == []


def test_the_document_is_dutch_and_numbered_and_says_what_it_is(written):
    languages = {e.get(qn("w:val")) for e in written.styles.element.iter(qn("w:lang"))}
    footer = written.sections[0].footer._element
    fields = [e.get(qn("w:instr")) for e in footer.iter(qn("w:fldSimple"))]
    properties = written.core_properties

    assert languages == {"nl-NL"}
    assert fields == ["PAGE", "NUMPAGES"]
    assert "Fictieve voorbeelddata" in written.sections[0].header.paragraphs[0].text
    assert properties.title == "Voorstel aan het DVO: Evaluatie Meld Misdaad Anoniem"
    assert properties.language == "nl-NL"


def test_the_heading_of_the_document_marks_what_a_person_has_to_fill_in(written):
    rows = {row.cells[0].text: row.cells[1] for row in written.tables[0].rows}

    assert list(rows) == ["Kenmerk", *FIELDS]
    assert rows["Datum"].text == "13 juli 2023"
    assert rows["Openbaar"].text == "ja"
    assert rows["Agendapunt"].text == "nog in te vullen"
    assert rows["Agendapunt"]._tc.tcPr.find(qn("w:shd")).get(qn("w:fill")) == "FFF4D6"
    assert rows["Datum"]._tc.tcPr.find(qn("w:shd")) is None


def test_the_page_says_what_the_document_says(district, written):
    squeezed = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", proposal_html(district, proposal(district)))
    )
    page = squeezed.replace("&#39;", "'").replace("\xa0", " ")

    for paragraph in written.paragraphs:
        if paragraph.style.name != "Subtitle":
            for piece in re.split(r"(?<=[.?!]) ", paragraph.text.replace("\xa0", " ")):
                assert piece in page
