"""What a gemeente gets: its letter, and its yearly return to MMA; never what a melding says."""

import io
import json
import re
import shutil
from pathlib import Path

import docx
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import cases
from docx.oxml.ns import qn

from mma_analysis.evaluation import Evaluation, load
from mma_analysis.pipeline import prepare
from mma_analysis.publish import letter
from mma_analysis.publish.browser import opened_browser
from mma_analysis.publish.papers import yearly_return
from mma_analysis.settings import EXAMPLE, SETTINGS_FILE, Workspace
from mma_analysis.vocabulary import DataError, Vocabulary
from planting import write

READ = "Wat wij in uw bestand lazen"


def of(workspace: Workspace, slug: str) -> Evaluation:
    return load(slug, EXAMPLE, "intern", workspace)


def opened(workspace: Workspace, slug: str) -> BeautifulSoup:
    return BeautifulSoup(letter.letter_html(of(workspace, slug)), "html.parser")


def words(soup: BeautifulSoup, where: str = "body") -> str:
    (found,) = soup.select(where)
    return " ".join(found.get_text().split())


def rows(soup: BeautifulSoup, caption: str) -> list[list[str]]:
    """The rows of the table with this caption, each cell as text."""
    (region,) = soup.select(f'[aria-label="{caption}"]')
    cells = [row.find_all(["th", "td"]) for row in region.select("tbody tr")]
    return [[cell.get_text() for cell in row] for row in cells]


# --- the example ---------------------------------------------------------------------------------


def test_the_title_asks_one_thing_with_a_day_and_the_box_says_where_to(workspace: Workspace):
    # tests/truth: of the 182 meldingen of Enschede 82 have a result, of the others 67 are closed
    enschede = opened(workspace, "enschede")

    asked = "Wilt u uiterlijk 28 juli 2023 bij 67 afgesloten meldingen het resultaat invullen?"
    assert words(enschede, "h1") == asked
    text = words(enschede)
    assert "Wij telden 182 meldingen. Bij 82 staat wat eruit kwam." in text
    # enschede.xlsx: of those that count, all without a result say `onbekend`; none is empty
    assert "Bij 100 staat alleen dat het niet bekend is, zoals ‘onbekend’" in text
    assert "Daarvan zijn er 67 al afgesloten." in text
    # 189 rows: 182 count, 2 have no day, 2 are of after the evaluation, 3 are there twice
    besides = "2 regels die niet te tellen zijn, 2 regels die buiten deze evaluatie vallen"
    assert f"Daarnaast zagen wij {besides} en 3 dubbele regels." in text
    # 82 with a result and 67 more
    at_most = "Dan weet u van hoogstens 149 van de 182 meldingen wat eruit kwam"
    assert f"{at_most}, in plaats van 82." in text
    assert "Weet u het niet? Laat dan staan wat er staat." in text
    assert "Kies bevestigd, deels bevestigd of niet bevestigd." in text
    assert "Uiterlijk vrijdag 28 juli 2023 Terug naar evaluatie@voorbeeld.example" in text
    assert len(enschede.select("main > ol > li")) == 3
    # almelo.xlsx: who has no result has an empty cell
    assert "Weet u het niet? Laat het vak dan leeg." in words(opened(workspace, "almelo"))
    assert "Platform IVZ Twente A. Voorbeeld evaluatie@voorbeeld.example 13 juli 2023" in text


def test_each_header_is_told_with_what_it_was_taken_for_and_what_lacks_or_is_not_understood(
    workspace: Workspace, small: Workspace
):
    found = rows(opened(workspace, "enschede"), READ)

    assert ["Binnen bij ons", "dag van ontvangst", ""] in found
    assert ["Adres", "plaats in de melding", "niets"] in found
    assert ["Resultaat", "resultaat", "100 keer ‘niet bekend’"] in found
    assert ["Inhoud van de melding", "tekst van de melding: niet gelezen", ""] in found
    never = ["(geen kolom)", "resultaat", "de kolom"]
    assert never in rows(opened(workspace, "wierden"), READ)
    each = "1 keer niet ingevuld, 2 keer ‘niet bekend’, 1 keer niet begrepen"
    assert ["Resultaat", "resultaat", each] in rows(opened(small, "hengelo"), READ)


def test_every_refused_row_is_named_by_its_place_and_reason(workspace: Workspace):
    # almelo.xlsx: rows 35, 42 and 126 have an impossible, a missing and a late date
    almelo = opened(workspace, "almelo")

    refused = rows(almelo, "Regels die wij niet konden tellen")
    assert [row[1:3] for row in refused] == [["35", "Datum ontvangst"], ["42", "Datum ontvangst"]]
    assert refused[1][3] == "De datum van ontvangst ontbreekt."
    (outside,) = rows(almelo, "Regels die buiten deze evaluatie vallen: geen fout")
    assert outside[1] == "126"
    assert len(rows(almelo, "Regels die wij al hadden geteld")) == 3


def test_a_joint_file_tells_both_senders_of_rows_that_name_no_gemeente(workspace: Workspace):
    reason = Vocabulary().by_code("reasons", "sentence")["gemeente_ontbreekt"]

    told = {s: reason in words(opened(workspace, s)) for s in ("dinkelland", "tubbergen", "losser")}
    assert told == {"dinkelland": True, "tubbergen": True, "losser": False}


def test_an_answer_to_the_survey_is_not_among_the_rows_of_tips(workspace: Workspace):
    # Losser answered twice; in its file of tips no row is double
    losser = opened(workspace, "losser")

    # The survey is our file: no place in it is told.
    assert "Uw eerste antwoord op de vragenlijst telt niet mee" in words(losser)
    assert "antwoorden.xlsx" not in words(losser)
    assert not losser.select('[aria-label="Regels die wij al hadden geteld"]')


# --- small deliveries, counted by hand -----------------------------------------------------------

CASES = Path(__file__).parent / "cases" / "letter"  # the settings, and a delivery for each request
# row 2 is from before the connection, row 3 has no such day, row 4 is row 2 again
HARMFUL = (
    "Meldnummer;=<b>Ontvangen</b>;Onderwerp;Woonplaats\n"
    "=1+1;14-1-2022;=cmd|' /C calc'!A0;@SUM(A1)\n"
    "+2;31-2-2022;-2+3;<script>alert(1)</script>\n"
    "=1+1;14-1-2022;<img src=x onerror=alert(1)>;\n"
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One tries to do harm, one had no tips, one sent its file again, the others lack little."""
    workspace = Workspace(tmp_path_factory.mktemp("small"))
    write(workspace.raw(EXAMPLE) / "meldingen" / "<b>borne.csv", HARMFUL)
    for path in CASES.iterdir():
        folder = "" if path.name == SETTINGS_FILE else "meldingen"
        shutil.copy(path, workspace.raw(EXAMPLE) / folder)
    prepare(workspace, EXAMPLE)
    return workspace


@pytest.mark.parametrize(("slug", "asked"), cases("letters_asked"))
def test_what_is_asked_is_what_helps_most_in_a_fixed_order(small: Workspace, slug, asked):
    text = words(soup := opened(small, slug))

    assert words(soup, "h1") == asked
    # Nobody set a day or an address, and none is invented.
    assert "uiterlijk 2" not in text
    assert ("Er is nog geen dag afgesproken." in text) == (slug != "haaksbergen")


def test_a_letter_counts_what_came_of_meldingen_as_the_page_of_that_gemeente_does(small: Workspace):
    # hengelo.csv: one confirmed, one empty, one ??, one not understood, and one that still runs
    soup = opened(small, "hengelo")
    results = of(small, "hengelo").verdeling("result").mma
    listed = [" ".join(one.get_text().split()) for one in soup.select("ul.tel > li")]

    assert (results.bekend, results.onbekend) == (1, 4)
    assert listed == ["5 meldingen geteld", "1 met ‘Resultaat’", "4 zonder ‘Resultaat’"]
    why = "bij 1 is niets ingevuld, bij 2 staat alleen dat het niet bekend is"
    assert f"Bij 1 staat wat eruit kwam. Bij 4 niet: {why}" in words(soup)
    assert "en bij 1 begrijpen wij het niet." in words(soup)


def test_nothing_that_a_sender_wrote_is_markup_or_a_formula_in_the_letter(small: Workspace):
    soup = opened(small, "borne")
    style = soup.style
    assert style is not None
    style.decompose()

    # A tip from before the connection is told once; one of two rows is refused.
    assert words(soup).count("waarop uw gemeente op MMA is aangesloten") == 1
    assert "Oordeel over uw levering: Rood (van groen, geel en rood)." in words(soup)
    assert "=<b>Ontvangen</b>" in words(soup)  # its header may be shown
    assert not soup.select("main img, main script, h1 i")
    assert not re.search(r"calc|1\+1|SUM\(A1\)|alert|-2\+3", str(soup))


def test_a_replaced_file_is_named_in_the_letter_and_the_manifest(small: Workspace):
    manifest = json.loads((small.processed(EXAMPLE) / "manifest.json").read_text("utf-8"))
    files = {file["path"]: file for file in manifest["files"]}

    assert "oud.csv telt niet mee: er kwam een nieuwer bestand" in words(opened(small, "wierden"))
    assert files["meldingen/oud.csv"]["replaced_by"] == "meldingen/nieuw.csv"
    assert files["meldingen/nieuw.csv"]["columns"]["received_on"] == "Datum ontvangst"
    assert manifest["blocked"] == []


def test_what_is_not_filled_in_is_in_nothing_that_others_read(small: Workspace):
    # Eight of fourteen gemeenten sent no file, losser one without tips, and in the file of borne a
    # topic and in that of hengelo a result is no word; not what is not filled in.
    measures = small.processed(EXAMPLE) / "measures"

    assert pd.read_parquet(measures / "deliveries.parquet")["warnings"].to_list() == [11]


def test_a_letter_that_is_too_long_fails_and_says_by_how_much(workspace: Workspace, monkeypatch):
    monkeypatch.setattr(letter, "MOST_LETTER_WORDS", 100)

    with pytest.raises(DataError, match=r"Enschede, kwaliteit.html: \d+ woorden, \d+ meer dan"):
        opened(workspace, "enschede")


@pytest.mark.slow
def test_without_its_list_and_what_was_chosen_a_letter_is_one_a4(reports):
    with opened_browser() as browser:
        for path in sorted(reports.workspace.reports(EXAMPLE).glob("intern/*/kwaliteit.html")):
            tab = browser.new_page()
            tab.goto(path.as_uri())
            tab.evaluate("document.getElementById('lijst').remove()")
            tab.evaluate("document.querySelector('.keuzes')?.remove()")
            printed = tab.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, path


# --- what it did with each melding ---------------------------------------------------------------


def test_every_melding_is_a_row_in_words_and_it_says_of_whom_and_when_it_is(workspace: Workspace):
    document = docx.Document(io.BytesIO(yearly_return(of(workspace, "borne")) or b""))
    (table,) = document.tables
    head, *told = (tuple(cell.text for cell in row.cells) for row in table.rows)

    heads = ("Nummer", "Ontvangen", "Wat is gedaan", "Resultaat", "Bruikbaar", "Teruggemeld")
    # borne.xlsx: 17 rows, of which one has no day that there is
    assert (head, len(told)) == (heads, 16)
    what = ("Toegevoegd aan een dossier", "Niet bevestigd", "niet bekend", "")
    assert told[2] == ("M2022-007176", "11 mei 2022", *what)
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Gemeente Borne" in text
    assert "Meldingen van 1 juli 2021 tot en met 30 juni 2023." in text
    (repeated,) = document.element.body.iter(qn("w:tblHeader"))  # on every page
    assert repeated.getparent().getparent() is document.tables[0].rows[0]._tr
    assert document.core_properties.title == "Terugmelding aan MMA, gemeente Borne"


def test_without_meldingen_there_is_none(small: Workspace):
    assert yearly_return(of(small, "losser")) is None  # its file holds no tips
