"""The code book: what it accepts, and how it says what is wrong."""

from pathlib import Path

import pytest

from mma_analysis import codebook
from mma_analysis.domain import UsageError
from mma_analysis.edition import Edition, load

SETTINGS = """
[evaluatie]
titel = "Proef"
district = "Twente"
begin = 2021-07-01
peildatum = 2023-06-30
[gemeenten.borne]
"""

SURVEY = """
[vragenlijst]
bestand = "antwoorden.csv"
codeboek = "codeboek.toml"
"""

GEMEENTE = """
[[vraag]]
code = "gemeente"
tekst = "Welke gemeente?"
kort = "Gemeente"
soort = "gemeente"
"""


def edition_with(folder: Path, questions: str) -> Edition:
    (folder / "evaluatie.toml").write_text(SETTINGS + SURVEY, encoding="utf-8")
    (folder / "antwoorden.csv").write_text("", encoding="utf-8")
    (folder / "codeboek.toml").write_text(questions, encoding="utf-8")
    return load(folder)


def question(**keys: str) -> str:
    """A [[vraag]] block that is right but for the keys given, which are written as TOML."""
    right = {"code": '"cijfer"', "tekst": '"Welk cijfer?"', "kort": '"Cijfer"', "soort": '"number"'}
    return "\n[[vraag]]\n" + "\n".join(f"{k} = {v}" for k, v in {**right, **keys}.items())


def test_questions_keep_the_order_of_the_file_and_the_gemeente_stands_apart(tmp_path):
    questions = question(code='"b"', tekst='"B?"') + GEMEENTE + question(code='"a"', tekst='"A?"')

    book = codebook.load(edition_with(tmp_path, questions))

    assert book is not None
    assert [vraag.code for vraag in book.questions] == ["b", "a"]
    assert book.gemeente.code == "gemeente"


def test_an_edition_without_a_survey_has_no_code_book(tmp_path):
    (tmp_path / "evaluatie.toml").write_text(SETTINGS, encoding="utf-8")

    assert codebook.load(load(tmp_path)) is None


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Wat vindt u\nervan? ", "Wat vindt u ervan?"),  # line break in a header
        ("Wat\u00a0vindt u&nbsp;ervan?", "Wat vindt u ervan?"),  # both kinds of no-break space
        ("M&apos;s lijn &amp; wij", "M's lijn & wij"),
        ("Wat\u200b vindt u?", "Wat vindt u?"),  # zero-width space
        ("e\u0301e\u0301n", "één"),  # e + combining accent
        ("Wat Vindt U?", "Wat Vindt U?"),  # capitals are part of the question
    ],
)
def test_the_same_words_are_equal_however_a_tool_wrote_them(written, compared):
    assert codebook.tidied(written) == compared


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (question(soortt='"open"'), "unknown key 'vraag.2.soortt'; did you mean 'soort'?"),
        (question(soort='"schaal"'), "vraag.2.soort = 'schaal'"),
        (question(kort=f'"{"x" * 46}"'), "vraag.2.kort"),
        (question(code='"Cijfer 1"'), "vraag.2.code = 'Cijfer 1'"),
        (question(soort='"likert"'), "'cijfer' is likert and needs opties"),
        (question(opties='["1", "2"]'), "'cijfer' is number and has no opties"),
        (question(soort='"open"', hoogste="10"), "'cijfer' is open; only number has laagste"),
        (question(laagste="10", hoogste="1"), "'cijfer': laagste must not be above hoogste"),
        (question(soort='"single"', opties='["Ja", "ja"]'), "'cijfer' has an option twice: ja"),
        (question(soort='"single"', opties='["a", "b"]', codes='{A1 = "c"}'),
         "'cijfer': 'c' in codes is not an option; known are: a, b"),
        (question(codes='{A1 = "a"}'), "'cijfer' is number and has no codes"),
        (question() + question(tekst='"Anders?"'), "code stands at two questions: cijfer"),
        (question(kolom='"Q1"') + question(code='"b"', tekst='"B?"', kolom='"Q1"'),
         "kolom stands at two questions: Q1"),
        (question() + question(code='"b"'), "tekst stands at two questions: Welk cijfer?"),
        (GEMEENTE.replace("Welke", "Welke andere").replace('"gemeente"', '"g"', 1),
         "one question must be of soort gemeente; there is: gemeente, g"),
        ("\n[[vraagg]]", "unknown key 'vraagg'; did you mean 'vraag'?"),
    ],
)  # fmt: skip
def test_a_wrong_code_book_says_file_question_and_what_is_allowed(tmp_path, wrong, said):
    edition = edition_with(tmp_path, GEMEENTE + wrong)

    with pytest.raises(UsageError) as error:
        codebook.load(edition)

    assert said in str(error.value)
    assert "codeboek.toml" in str(error.value)


def test_a_code_book_without_a_question_for_the_gemeente_is_refused(tmp_path):
    edition = edition_with(tmp_path, question())

    with pytest.raises(UsageError, match="soort gemeente; there is: none"):
        codebook.load(edition)


def test_a_code_book_that_is_not_toml_is_refused(tmp_path):
    edition = edition_with(tmp_path, "[[vraag]\n")

    with pytest.raises(UsageError, match="not a TOML file"):
        codebook.load(edition)
