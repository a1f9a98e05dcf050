"""What was chosen for a gemeente in how her file is read: she is asked, and who signs sees it."""

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from bs4 import BeautifulSoup

import sixty
from mma_analysis import audit
from mma_analysis.evaluation import load
from mma_analysis.pipeline import prepare
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.publish import letter, papers
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import DataError, UsageError
from small_edition import EVALUATIE, delivers, workbook

# Gemeente → its file, what the settings say of it, and what it is asked to confirm. By hand.
ALARM = """Datum ontvangst;Onderwerp;Loos alarm?
14-3-2022;Fraude;ja
15-3-2022;Fraude;nee
16-3-2022;Fraude;ja
"""
ALARM_IS = """[gemeenten.tubbergen.kolommen]
"Loos alarm?" = "result"
[gemeenten.tubbergen.waarden.result]
"ja" = "niet_bevestigd"
"nee" = "bevestigd"
"""
ALARM_ASKED = [
    "Wij lazen de kolom ‘Loos alarm?’ als resultaat.",
    "‘ja’ in de kolom ‘Loos alarm?’ lazen wij als niet bevestigd (2 regels).",
    "‘nee’ in de kolom ‘Loos alarm?’ lazen wij als bevestigd (1 regel).",
]
AMOUNTS = """Datum ontvangst;Onderwerp;Resultaat;Aantal
14-3-2022;Fraude;Bevestigd;3
15-3-2022;Fraude;;58
"""
AMOUNTS_ARE = '[gemeenten.twenterand.kolommen]\n"Aantal" = "ignored"\n'
AMOUNTS_ASKED = [
    "De kolom ‘Aantal’ lazen wij niet. Zij telt op tot 61; wij telden 2 regels, elk als één "
    "melding."
]
OWN_WORDS = """Meldnummer;Datum ontvangst;Onderwerp
M2022-7015804;14-3-2022;wietplantje
 mma 2022/15 ;15-3-2022;Wietplantje
;16-3-2022;Fraude
"""
OWN_WORDS_ARE = """[gemeenten.dinkelland.waarden.topic]
"wietplantje" = "drugsdelicten"
"komt hier niet voor" = "fraude"
"""
OWN_WORDS_ASKED = [
    "‘wietplantje’ en ‘Wietplantje’ in de kolom ‘Onderwerp’ lazen wij als drugsdelicten (2 regels)."
]
CROSSED = """Datum ontvangst;Drugsdelicten;Woonfraude;Op de mat
14-3-2022;x;;1
15-3-2022;;x;2
16-3-2022;x;;3
"""
CROSSED_IS = """[gemeenten.enschede.kolommen]
"Drugsdelicten" = "topic_x"
"Woonfraude" = "topic_x"
"Op de mat" = "ignored"
"""
CROSSED_ASKED = [
    "De kolommen ‘Drugsdelicten’ en ‘Woonfraude’ lazen wij samen als onderwerp: "
    "wat is aangekruist, telt.",
    "Wij lazen de kolom ‘Op de mat’ niet.",
]
UNCLEAR = "Datum ontvangst;Onderwerp\n04-03-2022;Fraude\n"
UNCLEAR_IS = 'datumformaat = "dag-maand-jaar"\n'
UNCLEAR_ASKED = [
    "De datums in de kolom ‘Datum ontvangst’ lazen wij met eerst de dag en dan de maand: "
    "3-4 is 3 april."
]
WEEKS = "Datum ontvangst;Onderwerp\n2022-W26;Fraude\n2023-W13;Fraude\n"
WEEKS_ARE = 'datumformaat = { received_on = "week" }\nklopt = "Zij belde."\n'
WEEKS_ASKED = [
    "In de kolom ‘Datum ontvangst’ staan weken. Wij rekenden met de maandag van elke week."
]
TIPS = [
    ["Datum ontvangst", "Onderwerp", "Resultaat"],
    ["14-3-2022", "Fraude", "Bevestigd"],
    ["15-3-2022", "Fraude", "Bevestigd"],
    ["16-3-2022", "Fraude", "Bevestigd"],
    ["17-3-2022", "Fraude", "Bevestigd"],
]
STRUCK_ASKED = ["2 regels zijn doorgehaald op tabblad ‘Blad1’. Die telden wij niet mee."]
SHEETS_ASKED = ["Het tabblad ‘2022’ lazen wij niet."]
SENT = {
    "tubbergen": ("t.csv", ALARM, "", ALARM_IS, ALARM_ASKED),
    "twenterand": ("w.csv", AMOUNTS, "", AMOUNTS_ARE, AMOUNTS_ASKED),
    "dinkelland": ("d.csv", OWN_WORDS, "", OWN_WORDS_ARE, OWN_WORDS_ASKED),
    "enschede": ("e.csv", CROSSED, "", CROSSED_IS, CROSSED_ASKED),
    "haaksbergen": ("h.csv", UNCLEAR, UNCLEAR_IS, "", UNCLEAR_ASKED),
    "hengelo": ("g.csv", WEEKS, WEEKS_ARE, "", WEEKS_ASKED),
    "losser": (
        "l.xlsx",
        sixty.xlsx({"Blad1": TIPS}, struck=(2, 4)),
        "vervallen_telt = false\n",
        "",
        STRUCK_ASKED,
    ),
    "rijssen-holten": (
        "r.xlsx",
        workbook({"alles": TIPS, "2022": TIPS}),
        'blad = ["alles"]\n',
        "",
        SHEETS_ASKED,
    ),
    "almelo": ("a.csv", "Datum ontvangst;Onderwerp\n31-03-2022;Fraude\n", "", "", []),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("choices"))
    folder = made.raw("proef")
    folder.mkdir(parents=True)
    slugs = ", ".join(f'"{slug}"' for slug in SENT)
    settings = f"{EVALUATIE}[bescherming]\nsamen = [[{slugs}]]\n[brief]\nuiterlijk = 2023-07-28\n"
    for slug, (file, content, own, blocks, _) in SENT.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / file).write_bytes(data)
        settings += f'[gemeenten.{slug}]\nlevering = ["{file}"]\n{own}{blocks}'
    settings += '[gemeenten.wierden]\nstuurde = "totalen"\n'
    settings += '[gemeenten.borne]\nstuurde = "onleesbaar"\n'
    (folder / "evaluatie.toml").write_text(settings, encoding="utf-8")
    prepare(made, "proef")
    return made


def opened(workspace: Workspace, slug: str) -> BeautifulSoup:
    e = load(slug, "proef", "intern", workspace)
    return BeautifulSoup(letter.letter_html(e), "html.parser")


def words(soup: BeautifulSoup, where: str) -> str:
    (found,) = soup.select(where)
    return " ".join(found.get_text().split())


@pytest.mark.parametrize("slug", SENT)
def test_a_letter_asks_whether_each_choice_is_right(workspace: Workspace, slug: str):
    soup = opened(workspace, slug)
    lines = [one.get_text() for one in soup.select(".keuzes li")]

    assert lines == SENT[slug][-1]
    assert len(soup.select(".keuzes")) == (1 if lines else 0)


def test_a_choice_goes_before_a_column_that_is_not_there_and_not_before_results(
    workspace: Workspace,
):
    # Tubbergen has all results; Twenterand lacks one
    tubbergen = words(opened(workspace, "tubbergen"), "h1")
    twenterand = words(opened(workspace, "twenterand"), "h1")

    assert tubbergen == "Wilt u uiterlijk 28 juli 2023 nakijken of wij uw bestand goed lazen?"
    assert "1 melding het resultaat invullen" in twenterand


def test_what_a_choice_says_the_letter_does_not_say_again(workspace: Workspace):
    text = words(opened(workspace, "hengelo"), "body")
    assert "Wij rekenden met de maandag" in text
    assert "Wij rekenen met de maandag" not in text


def test_who_signs_sees_every_choice_and_of_whom(workspace: Workspace, tmp_path: Path):
    edition = workspace.edition("proef")
    path = tmp_path / "intern" / "losser" / "kwaliteit.html"
    path.parent.mkdir(parents=True)
    path.write_text(str(opened(workspace, "losser")), encoding="utf-8")
    verdict = audit.examine(edition, tmp_path, workspace.processed("proef"))
    audit.write_result(verdict, edition, tmp_path)
    dossier = BeautifulSoup((tmp_path / "dossier.html").read_text("utf-8"), "html.parser")
    lines = [one.get_text() for one in dossier.select("main > ul > li")]

    assert "Losser: 1 keer; haar brief noemt wat" in lines
    # Eight gemeenten, and not Almelo: a header or tab, which may have a name in it, is not told.
    assert len(lines) == 8


def test_rows_that_are_struck_through_have_a_reason_of_their_own(workspace: Workspace):
    soup = opened(workspace, "losser")
    delivery = load("losser", "proef", "intern", workspace).een("own_delivery", area="losser")

    assert (delivery.clean, delivery.withdrawn) == (2, 2)
    assert (delivery.rejected, delivery.outside) == (0, 0)
    listed = words(soup, '[aria-label="Regels die zijn doorgehaald of vervallen"]')
    assert listed.count("Deze regel is doorgehaald. Wij tellen haar niet mee.") == 2
    text = words(soup, "body")
    assert "behalve wat is doorgehaald of vervallen: 2 regels." in text
    assert "buiten deze evaluatie" not in text


def test_a_row_that_says_vervallen_is_not_called_struck_through(tmp_path):
    rows = "Datum ontvangst;Onderwerp;Opmerking\n14-3-2022;drugs;vervallen\n15-3-2022;drugs;\n"
    edition = delivers(tmp_path, rows, own="vervallen_telt = false")
    cleaned = read_and_clean(edition)

    (reason,) = cleaned.rejected["reason"]
    assert reason == "Bij deze regel staat vervallen of test. Wij tellen haar niet mee."
    (file,) = cleaned.files
    assert file["choices"] == ["Bij 1 regel staat vervallen of test. Die telden wij niet mee."]


def test_rows_that_count_although_they_are_struck_through_are_a_choice_too(tmp_path):
    content = sixty.xlsx({"Blad1": TIPS}, struck=(2,))
    edition = delivers(tmp_path, content, "l.xlsx", own="vervallen_telt = true")
    cleaned = read_and_clean(edition)

    assert len(cleaned.meldingen) == 4
    (file,) = cleaned.files
    said = "1 regel is doorgehaald op tabblad ‘Blad1’. Die telden wij gewoon mee."
    assert file["choices"] == [said]


@pytest.mark.parametrize(
    ("slug", "title", "said", "delivery"),
    [
        (
            "wierden",
            "Wilt u uiterlijk 28 juli 2023 een lijst met elke melding op een eigen regel sturen?",
            "U stuurde totalen. Wij vragen één regel per melding",
            "sent_totals",
        ),
        (
            "borne",
            "Wilt u uiterlijk 28 juli 2023 uw bestand met meldingen opnieuw sturen?",
            "U stuurde een bestand dat wij niet konden lezen.",
            "sent_unreadable",
        ),
    ],
)
def test_who_sent_something_else_is_not_told_that_nothing_came(
    workspace: Workspace, slug: str, title: str, said: str, delivery: str
):
    soup = opened(workspace, slug)
    e = load(slug, "proef", "intern", workspace)

    assert words(soup, "h1") == title
    text = words(soup, "body")
    assert said in text
    assert "geen bestand" not in text
    assert e.een("connection", area=slug).delivery == delivery


def test_what_she_sent_is_no_delivery_as_well(tmp_path):
    with pytest.raises(UsageError, match="stuurde: er staat ook iets bij levering"):
        delivers(tmp_path, UNCLEAR, own='stuurde = "totalen"')


def test_of_a_file_without_headers_totals_are_asked_first(tmp_path):
    edition = delivers(tmp_path, "Maand;Drugs;Fraude\n1-2022;7;2\n2-2022;6;6\n")
    with pytest.raises(DataError) as asked:
        read_and_clean(edition)
    text = str(asked.value)
    assert text.index("Is het een tabel met totalen") < text.index("Noem dan minstens twee koppen")
    assert 'stuurde = "totalen"' in text


def test_a_return_to_m_has_each_number_as_its_sender_wrote_it(workspace: Workspace):
    paper = papers.yearly_return(load("dinkelland", "proef", "intern", workspace))
    (table,) = docx.Document(io.BytesIO(paper or b"")).tables
    numbers = [row.cells[0].text for row in table.rows]

    assert numbers == ["Nummer", "M2022-7015804", "mma 2022/15", "zonder nummer"]


def test_who_signs_reads_what_each_line_is(workspace: Workspace, tmp_path: Path):
    edition = workspace.edition("proef")
    path = tmp_path / "intern" / "losser" / "kwaliteit.html"
    path.parent.mkdir(parents=True)
    typed = '<data class="v" value="50.000" data-cell="vast|{why}">50.000</data>'
    ours = "vanaf zoveel inwoners heet een gemeente hier groot"
    page = f"<html><body>{typed.format(why=ours)}</body></html>"
    path.write_text(page, encoding="utf-8")
    of_ours = kinds(audit.examine(edition, tmp_path, workspace.processed("proef")))
    path.write_text(page.replace(ours, "mijn eigen grens"), encoding="utf-8")
    of_own = kinds(audit.examine(edition, tmp_path, workspace.processed("proef")))
    path.write_text(page.replace("50.000", "3"), encoding="utf-8")
    of_another = kinds(audit.examine(edition, tmp_path, workspace.processed("proef")))

    assert of_ours["getypte getallen"] == "drempels die in een tekst van het programma getypt staan"
    assert of_own["getypte getallen"] == "getallen die de schrijver zelf typte"
    # With a reason of ours, a number that is not.
    assert of_another["getypte getallen"] == "getallen die de schrijver zelf typte"
    assert of_ours["tabel grades"] == "oordelen over leveringen"


def kinds(verdict: dict[str, Any]) -> dict[str, str]:
    """Output → what kind it is, in words."""
    return {line["output"]: line["kind"] for line in verdict["lines"]}
