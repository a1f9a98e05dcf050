"""The code book: what it accepts, and how it says what is wrong."""

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import cases, toml_cases

import small_edition
from mma_analysis import check
from mma_analysis.forms import codebook_draft
from mma_analysis.settings import Edition, codebook
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, message
from mma_analysis.vocabulary.schema import SurveyExport
from says import given, says
from small_edition import surveyed, written

VOCABULARY = Vocabulary()

GEMEENTE = """
[[vraag]]
code = "gemeente"
tekst = "Welke gemeente?"
kort = "Gemeente"
soort = "gemeente"
"""


@pytest.mark.parametrize(("wrong", "code", "words"), cases("wrong_codebooks"))
def test_a_wrong_code_book_says_file_question_and_what_is_allowed(tmp_path, wrong, code, words):
    above = "" if words == "codes=geen" else GEMEENTE  # or nobody is asked who answers
    edition = surveyed(tmp_path, codebook=above + wrong)

    with pytest.raises(UsageError, match=says(code, **given(words))) as error:
        codebook.load(edition)

    assert "codeboek.toml" in str(error.value)


MEEDOEN = """
[[vraag]]
code = "meedoen"
tekst = "Doet u mee?"
kort = "Wij doen mee"
soort = "single"
opties = ["ja", "nee", "nog niet besloten"]
"""
CAMPAIGN = """
[[campagnes]]
naam = "Tegels"
begin = {begin}
eind = 2024-12-31
gemeenten = {gemeenten}
vraag = "meedoen"
"""


def campaign(
    folder: Path, gemeenten: str, begin: str = "2024-01-01", named: bool = True
) -> Edition:
    """An edition until 30 June 2023 with a survey that asks who takes part in a campaign."""
    asked = MEEDOEN + ("op_naam = true\n" if named else "")
    surveyed(folder, codebook=GEMEENTE + asked)
    settings = (folder / "evaluatie.toml").read_text(encoding="utf-8")
    more = CAMPAIGN.format(begin=begin, gemeenten=gemeenten)
    return written(folder, settings + more)


def test_who_takes_part_follows_from_a_question_that_may_be_told_by_name(tmp_path):
    edition = campaign(tmp_path, '"alle"', named=False)

    with pytest.raises(UsageError, match=says("campaign_question", name="Tegels", word="meedoen")):
        codebook.load(edition)


ANSWERED = {"almelo": "ja", "borne": "nee", "losser": "nog niet besloten", "wierden": ""}


@pytest.mark.parametrize(
    ("gemeenten", "begin", "gemeente", "wrongly"),
    [
        ('"alle"', "2024-01-01", "", ""),  # for whom it is meant, and not who takes part
        ('"alle"', "2023-01-01", "Borne", "takes_part"),
        ('["almelo", "losser", "wierden"]', "2024-01-01", "", ""),
        ('["almelo", "borne"]', "2024-01-01", "Borne", "takes_part"),
        ('["losser"]', "2024-01-01", "Almelo", "takes_no_part"),
    ],
)
def test_settings_and_answers_do_not_say_another_thing_of_who_takes_part(
    tmp_path, gemeenten, begin, gemeente, wrongly
):
    edition = campaign(tmp_path, gemeenten, begin)
    rows = [(slug, "meedoen", "single", value) for slug, value in ANSWERED.items()]
    responses = pd.DataFrame(rows, columns=["gemeente", "question", "kind", "value"], dtype="str")
    book = codebook.load(edition)

    if not gemeente:
        check.refuse_contradictions(responses, book, edition)
    else:
        with pytest.raises(DataError) as error:
            check.refuse_contradictions(responses, book, edition)
        assert f"'Tegels' {message(wrongly)}: {gemeente}." in str(error.value)


# --- a first one, from an export ------------------------------------------------------------------


NAMES = ["Borne", "Losser", "Almelo", "Hengelo"]
WHO = {"code": "gemeente", "tekst": "Welke gemeente?", "kort": "Gemeente", "soort": "gemeente"}


def proposed(columns: dict[str, list[str]], before: codebook.Codebook | None = None) -> str:
    """The code book that is made of an export with these columns."""
    rows = pd.DataFrame(columns, dtype="str").assign(
        completed_on="", complete=True, source_file="a.csv", source_sheet="", source_row=2
    )
    return codebook_draft.draft(VOCABULARY, SurveyExport("a.csv", "MS Forms", rows, (";",)), before)


def book_in(text: str) -> codebook.Codebook:
    return codebook.Codebook.model_validate(tomllib.loads(text))


@pytest.mark.parametrize("case", toml_cases("drafts"))
def test_a_made_code_book_guesses_what_was_asked_and_marks_what_was_not_sure(case: dict[str, Any]):
    asked = [WHO, *case["earlier"]] if "earlier" in case else []
    before = codebook.Codebook.model_validate({"vraag": asked}) if asked else None
    columns = {WHO["tekst"]: case.get("who", NAMES), **case["columns"]}

    text = proposed(columns, before)

    book = book_in(text)
    assert book.gemeente.tekst == WHO["tekst"]
    for vraag, keys in zip(book.questions, case["vragen"], strict=True):
        written = vraag.model_dump(mode="json")
        assert {key: written[key] for key in keys} == keys
    assert [one for one in case.get("says", ()) if one not in text] == []
    marked = text.partition("[[vraag]]")[2]  # what stands above explains every mark
    assert [one for one in case.get("never", ()) if one in marked] == []


@pytest.mark.parametrize("asks", ["Namens wie?", "Van welke gemeente is dit aantal meldingen?"])
def test_who_answers_is_the_question_with_names_also_when_it_was_another_before(asks: str):
    number = {"code": "c", "tekst": "Namens wie?", "kort": "C", "soort": "number"}
    before = codebook.Codebook.model_validate({"vraag": [WHO, number]})

    book = book_in(proposed({asks: NAMES, WHO["tekst"]: [""] * 4}, before))

    assert (book.gemeente.tekst, book.gemeente.intern) == (asks, False)
    assert book.questions[0].soort == "open"


@pytest.mark.parametrize(
    ("written", "may_be"),
    [
        ("Belastingdienst Twente Noord", True),
        ("Openbaar Ministerie", True),
        ("Politie Oost Nederland", True),
        ("Jan Nieuwenhuis", False),
        ("Politie Jan Jansen", False),
        ("Fatima el Idrissi van de Belastingdienst", False),
    ],
)
def test_an_organisation_may_be_an_option_and_a_person_beside_it_may_not(written, may_be):
    asked = "Met wie werkt u samen?"
    both = ["Wijkteam", written] * 3
    names = [*NAMES, "Wierden", "Enschede"]

    (question,) = book_in(proposed({WHO["tekst"]: names, asked: both})).questions

    assert question.opties == (("Wijkteam", written) if may_be else ("Wijkteam",))


# --- columns -------------------------------------------------------------------------------------


def test_the_columns_of_options_belong_to_the_question_that_has_these_options():
    where = {"opties": ["Excel", "anders"], "codes": {"SQ001": "Excel"}, "kolom": "Q4"}
    book = small_edition.codebook(waar={"soort": "multi", **where})
    headers = ["Gemeente?", "Q4[SQ001]", "Waar? [anders]", "Q4[other]", "Waar? [Schrift]"]

    columns = codebook.columns_of_questions(VOCABULARY, book, headers)

    assert columns["waar"] == {
        "Q4[SQ001]": "Excel",
        "Waar? [anders]": "anders",
        "Q4[other]": codebook.WRITTEN_BESIDE,
    }


def test_a_statement_of_a_grid_is_known_by_its_own_words_when_only_one_column_has_them():
    book = small_edition.codebook(waar={"soort": "likert", "opties": ["mee eens"]})

    once = codebook.columns_of_questions(VOCABULARY, book, ["Gemeente?", "Eens? [Waar?]"])
    twice = codebook.columns_of_questions(
        VOCABULARY, book, ["Gemeente?", "Eens? [Waar?]", "Waarom? [Waar?]"]
    )

    assert once["waar"] == {"Eens? [Waar?]": codebook.WHOLE_ANSWER}
    assert twice["waar"] == {}
