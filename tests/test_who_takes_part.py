"""Who takes part, and who sets conditions, is what that gemeente answered: read from its workbook.

The workbook is read by the text of its questions, and not by the package.
"""

import re
from pathlib import Path

import openpyxl
import pytest
from conftest import PROJECT, Run

from mma_analysis.settings import EXAMPLE
from page_lines import lines_of

WORKBOOK = PROJECT / "data/raw" / EXAMPLE / "vragenlijst/antwoorden.xlsx"
WHO = "Namens welke gemeente vult u deze vragenlijst in?"
TAKES_PART = "Doet uw gemeente mee aan de vastgoedcampagne in het najaar van 2023?"
GOES_ON = "Wil uw gemeente de aansluiting op Meld Misdaad Anoniem voortzetten?"
# One answer for two gemeenten.
JOINT = {"Noaberkracht": ("Dinkelland", "Tubbergen")}
GEMEENTEN = {
    "Almelo": "almelo",
    "Borne": "borne",
    "Dinkelland": "dinkelland",
    "Enschede": "enschede",
    "Haaksbergen": "haaksbergen",
    "Hellendoorn": "hellendoorn",
    "Hengelo": "hengelo",
    "Hof van Twente": "hof-van-twente",
    "Losser": "losser",
    "Oldenzaal": "oldenzaal",
    "Rijssen-Holten": "rijssen-holten",
    "Tubbergen": "tubbergen",
    "Twenterand": "twenterand",
    "Wierden": "wierden",
}
# Answer → what a card says; without an answer it says that too.
ON_A_CARD = {
    "ja": "doet mee.",
    "nee": "doet niet mee.",
    "nog niet besloten": "beslist nog;",
    "": "liet nog niet weten of zij meedoet;",
}
GOES_ON_ON_A_CARD = {
    "ja": "wil aangesloten blijven.",
    "ja, onder voorwaarden": "wil aangesloten blijven, onder voorwaarden.",
}
# On its own card each answer is a row.
ASKED_ON_AN_OWN_CARD = "Vraag: Wij willen aangesloten blijven | Uw antwoord: "
NAME = r"[A-Z][\w-]+(?: van Twente)?"
NAMES = rf"({NAME}(?:(?:, | en ){NAME})*)"
# Answer → how a page of all names who gave it.
NAMED = {
    "ja": rf"gemeenten doen mee: {NAMES}\.",
    "nee": rf"{NAMES} doe(?:t|n) niet mee\.",
    "nog niet besloten": rf"{NAMES} beslis(?:t|sen) nog\.",
    "": rf"{NAMES} vuld(?:e|en) de vragenlijst niet in\.",
}
CONDITIONS = rf"{NAMES} (?:stel(?:t|len) voorwaarden om|hun voorwaarden)"


def answers_to(question: str) -> dict[str, str]:
    """Gemeente → its last answer; nothing for who did not answer."""
    sheet = openpyxl.load_workbook(WORKBOOK, read_only=True).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    questions = [str(text or "").strip() for text in header]
    who = questions.index(WHO)
    asked = questions.index(question)
    answered = dict.fromkeys(GEMEENTEN, "")
    for row in rows:
        name = str(row[who])
        for gemeente in JOINT.get(name, (name,)):
            answered[gemeente] = str(row[asked] or "")
    return answered


@pytest.fixture(scope="module")
def folder(reports: Run) -> Path:
    return reports.workspace.reports(EXAMPLE)


def test_the_workbook_has_each_answer_that_there_can_be():
    taking_part = answers_to(TAKES_PART)

    assert {*taking_part} == {*GEMEENTEN}, "a row is of no gemeente that we know"
    assert {*taking_part.values()} == {*ON_A_CARD}
    assert taking_part["Dinkelland"] == taking_part["Tubbergen"] == "ja"
    assert taking_part["Losser"] == "ja"  # the second time; the first time it left this empty
    assert {*answers_to(GOES_ON).values()} == {*GOES_ON_ON_A_CARD, ""}


@pytest.mark.parametrize("gemeente", GEMEENTEN)
@pytest.mark.parametrize("of", ["openbaar", "intern"])
def test_a_card_says_what_its_gemeente_answered(folder, of, gemeente):
    said = _card(folder, of, gemeente)
    answered = answers_to(TAKES_PART)[gemeente]

    mine = [words for words in ON_A_CARD.values() if f"{gemeente} {words}" in said]

    assert mine == [ON_A_CARD[answered]]


@pytest.mark.parametrize("gemeente", GEMEENTEN)
@pytest.mark.parametrize("of", ["openbaar", "intern"])
def test_a_card_says_if_its_gemeente_goes_on(folder, of, gemeente):
    said = _card(folder, of, gemeente)
    answered = answers_to(GOES_ON)[gemeente]

    mine = []
    for answer, words in GOES_ON_ON_A_CARD.items():
        if f"{gemeente} {words}" in said or f"{ASKED_ON_AN_OWN_CARD}{answer}\n" in f"{said}\n":
            mine.append(answer)

    assert mine == ([answered] if answered else [])


def _card(folder: Path, of: str, gemeente: str) -> str:
    slug = GEMEENTEN[gemeente]
    page = folder / of / f"{slug}.html" if of == "openbaar" else folder / of / slug / f"{slug}.html"
    return "\n".join(lines_of(page))


@pytest.mark.parametrize("page", ["district", "voorstel-dvo"])
def test_a_page_of_all_names_who_answered_what(folder, page):
    said = "\n".join(lines_of(folder / "openbaar" / f"{page}.html"))
    answered = answers_to(TAKES_PART)

    for answer, pattern in NAMED.items():
        gave_it = [gemeente for gemeente, own in answered.items() if own == answer]
        assert _named(pattern, said) == [gave_it], answer


@pytest.mark.parametrize("page", ["district", "voorstel-dvo"])
def test_a_page_of_all_names_who_sets_conditions(folder, page):
    said = "\n".join(lines_of(folder / "openbaar" / f"{page}.html"))
    answered = answers_to(GOES_ON)
    setting = [one for one, own in answered.items() if own == "ja, onder voorwaarden"]

    assert setting == ["Haaksbergen", "Hof van Twente"]
    assert _named(CONDITIONS, said) == [setting]


def _named(pattern: str, said: str) -> list[list[str]]:
    """Each list of names that stands in such a sentence."""
    return [re.split(", | en ", names) for names in re.findall(pattern, said)]
