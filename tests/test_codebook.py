"""The code book: what it accepts, and how it says what is wrong."""

import tomllib

import pandas as pd
import pytest
from conftest import cases

import small_edition
from mma_analysis import codebook, codebook_draft
from mma_analysis.vocabulary import UsageError, Vocabulary
from mma_analysis.vocabulary.schema import SurveyExport
from says import given, says
from small_edition import surveyed

VOCABULARY = Vocabulary()

GEMEENTE = """
[[vraag]]
code = "gemeente"
tekst = "Welke gemeente?"
kort = "Gemeente"
soort = "gemeente"
"""


def question(**keys: str) -> str:
    """A [[vraag]] block that is right but for the keys given, which are written as TOML."""
    right = {"code": '"cijfer"', "tekst": '"Welk cijfer?"', "kort": '"Cijfer"', "soort": '"number"'}
    return "\n[[vraag]]\n" + "\n".join(f"{k} = {v}" for k, v in {**right, **keys}.items())


WHOLE = (question(), "[[vraag]\n")  # no question for the gemeente; no TOML


def test_questions_keep_the_order_of_the_file_and_the_gemeente_stands_apart(tmp_path):
    questions = question(code='"b"', tekst='"B?"') + GEMEENTE + question(code='"a"', tekst='"A?"')

    book = codebook.load(surveyed(tmp_path, codebook=questions))

    assert book is not None
    assert [vraag.code for vraag in book.questions] == ["b", "a"]
    assert book.gemeente.code == "gemeente"


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


@pytest.mark.parametrize(("wrong", "code", "words"), cases("wrong_codebooks"))
def test_a_wrong_code_book_says_file_question_and_what_is_allowed(tmp_path, wrong, code, words):
    edition = surveyed(tmp_path, codebook=wrong if wrong in WHOLE else GEMEENTE + wrong)

    with pytest.raises(UsageError, match=says(code, **given(words))) as error:
        codebook.load(edition)

    assert "codeboek.toml" in str(error.value)


# --- scaffold ------------------------------------------------------------------------------------


NAMES = ["Borne", "Losser", "Almelo", "Hengelo"]


def proposed(columns: dict[str, list[str]], asked: codebook.Codebook | None = None) -> str:
    """The code book that is made of an export with these columns."""
    rows = pd.DataFrame(columns, dtype="str").assign(
        completed_on="", complete=True, source_file="a.csv", source_sheet="", source_row=2
    )
    return codebook_draft.draft(VOCABULARY, SurveyExport("a.csv", "MS Forms", rows, (";",)), asked)


def book_in(text: str) -> codebook.Codebook:
    return codebook.Codebook.model_validate(tomllib.loads(text))


@pytest.mark.parametrize(
    ("answers", "kind", "options", "doubt"),
    [
        (["7", "7,5", "", "60%"], "number", (), "controleer of het getal grenzen heeft"),
        (["ja", "nee", "Ja", "nee"], "single", ("ja", "nee"), "controleer de opties"),
        (["mee eens", "neutraal", "x", ""], "likert",
         ("helemaal mee oneens", "mee oneens", "neutraal", "mee eens", "helemaal mee eens", "x"),
         "controleer of de vragenlijst deze opties had"),
        (["b;a;", "a;", "b;", ""], "multi", ("b", "a"), "controleer de opties"),
        (["rood", "geel", "groen", ""], "open", (), "controleer of dit geen keuzevraag is"),
        (["x" * 61, "y" * 61, "", ""], "open", (), None),
        (["", "", "", ""], "open", (), "niemand vulde dit in; controleer soort"),
        # Markup is an option as any other.
        (["<b>a</b>", "<b>a</b>", "", ""], "single", ("<b>a</b>",), "controleer de opties"),
    ],
)  # fmt: skip
def test_a_made_code_book_guesses_the_kind_and_marks_what_was_not_sure(
    answers, kind, options, doubt
):
    header = 'Wat vindt u van "M."? <script>alert(1)</script> \\ \x7f'
    text = proposed({"Welke gemeente?": NAMES, header: answers})

    (vraag,) = book_in(text).questions
    assert (vraag.tekst, vraag.soort, vraag.opties) == (header, kind, options)
    marked = [line for line in text.rpartition("[[vraag]]")[2].splitlines() if "#" in line]
    assert [doubt in line for line in marked] == ([True] if doubt else [])


def test_a_made_code_book_puts_the_columns_of_options_together_and_never_writes_own_words():
    text = proposed(
        {
            "Welke gemeente?": NAMES,
            "Waar? [Excel]": ["Ja", "Nee", "", "Ja"],
            "Waar? [zaaksysteem]": ["", "Ja", "", ""],
            "Waar? [Other (please specify)]": ["", "canary", "", ""],
            "Vindt u? [Snel]": ["mee eens", "mee eens", "neutraal", ""],
            "Wat kan beter?": [f"canary {number}" for number in range(4)],
        }
    )
    waar, snel, beter = book_in(text).questions

    assert (waar.soort, waar.opties) == ("multi", ("Excel", "zaaksysteem", "anders"))
    assert (snel.tekst, snel.code, snel.kort) == ("Vindt u? [Snel]", "snel", "Snel")
    assert beter.soort == "open"
    assert "canary" not in text  # what somebody wrote is never in it


def test_a_made_code_book_gives_each_question_a_code_and_a_short_name_of_its_own():
    long = "Hoe tevreden bent u over de samenwerking met de politie in uw gemeente?"
    columns = {"Q1": NAMES, "Q2": ["x"] * 4, long: [""] * 4, f"{long} 2": [""] * 4}

    text = proposed(columns)

    book = book_in(text)
    assert [(vraag.code, vraag.kolom) for vraag in book.vraag] == [
        *(("q1", "Q1"), ("q2", "Q2")),
        *(("tevreden_bent_over", ""), ("tevreden_bent_over_2", "")),
    ]
    assert text.count("schrijf bij tekst de vraag") == 2
    assert book.vraag[2].kort == "Hoe tevreden bent u over de samenwerking met…"


def test_a_made_code_book_says_so_when_no_question_has_names_of_gemeenten():
    text = proposed({"Wie?": ["x", "y", "z", "q"], "Welke gemeente?": [""] * 4})

    assert book_in(text).gemeente.tekst == "Welke gemeente?"
    assert "geen kolom met namen van gemeenten gevonden" in text


def earlier(*questions: str) -> codebook.Codebook:
    return book_in(GEMEENTE + "".join(questions))


def test_a_question_that_was_asked_before_keeps_its_code_options_and_limits():
    asked = earlier(
        question(laagste="1", hoogste="10"),
        question(code='"b"', tekst='"Hoe?"', soort='"single"', opties='["nooit", "vaak"]'),
    )
    columns = {"Hoe?": ["vaak", "rood", "", ""], "Welk cijfer?": ["7", "", "", ""], "B?": ["x"] * 4}

    text = proposed({"Welke gemeente?": NAMES, **columns}, asked)

    book = book_in(text)
    assert (book.gemeente, *book.questions[:2]) == (asked.gemeente, *asked.questions[::-1])
    assert book.questions[2].code == "b_2"  # b is taken
    assert text.count("overgenomen uit het eerdere codeboek") == 3
    assert text.count("er zijn antwoorden die geen optie waren; controleer de opties") == 0


def test_a_question_with_codes_in_the_export_keeps_what_they_mean():
    keys = {"soort": '"single"', "opties": '["ja", "nee"]', "codes": '{A1 = "ja", "2" = "nee"}'}
    asked = earlier(question(kolom='"Q5[SQ001]"', **keys))

    text = proposed({"Welke gemeente?": NAMES, "Q5[SQ001]": ["A1", "2", "2", "2"]}, asked)

    assert book_in(text) == asked


def test_a_new_answer_to_an_old_question_is_marked_and_not_written():
    asked = earlier(question(tekst='"Hoe?"', soort='"single"', opties='["nooit", "vaak"]'))

    text = proposed({"Welke gemeente?": NAMES, "Hoe?": ["vaak", "soms", "vaak", "soms"]}, asked)

    assert "geen optie waren; controleer de opties" in text
    assert '["nooit", "vaak"]' in text


def test_who_answers_is_the_question_with_names_also_when_it_was_another_before():
    asked = earlier(question(tekst='"Namens wie?"'))

    text = proposed({"Namens wie?": NAMES, "Welke gemeente?": [""] * 4}, asked)

    assert book_in(text).gemeente.tekst == "Namens wie?"
    assert book_in(text).questions[0].soort == "open"


@pytest.mark.parametrize(
    ("header", "intern"),
    [
        ("Hoeveel meldingen ontving uw gemeente?", True),
        ("Wat is het AANTAL ontvangen Meldingen per jaar?", True),
        ("Hoeveel mensen werken er aan?", False),
        ("Over welke thema's gaan de meldingen?", False),
    ],
)
@pytest.mark.parametrize(
    "answers", [["1", "2", "3", "4"], ["x", "x", "y", "y"], ["a", "b", "", ""]]
)
def test_a_question_for_how_many_meldingen_is_proposed_as_intern(header, intern, answers):
    text = proposed({"Welke gemeente?": NAMES, header: answers})

    (vraag,) = book_in(text).questions
    assert vraag.intern is intern
    assert ("controleer of dit naar aantallen meldingen vraagt" in text) is intern
    assert "#   intern     true: het antwoord komt op geen pagina" in text


def test_who_answers_is_not_proposed_as_intern():
    text = proposed({"Van welke gemeente is dit aantal meldingen?": NAMES})

    assert not book_in(text).gemeente.intern


@pytest.mark.parametrize(("intern", "marked"), [("true", 0), ("false", 1)])
def test_a_question_of_before_stays_as_a_person_decided_and_is_marked(intern, marked):
    header = "Hoeveel meldingen waren het?"
    asked = earlier(question(tekst=f'"{header}"', intern=intern))

    text = proposed({"Welke gemeente?": NAMES, header: ["1"] * 4}, asked)

    assert book_in(text) == asked
    assert text.count("zet er dan intern = true bij") == marked


# --- columns -------------------------------------------------------------------------------------


def test_the_columns_of_options_belong_to_the_question_that_has_these_options():
    where = {"opties": ["Excel", "anders"], "codes": {"SQ001": "Excel"}, "kolom": "Q4"}
    book = small_edition.codebook(waar={"soort": "multi", **where})
    headers = ["Gemeente?", "Q4[SQ001]", "Waar? [anders]", "Q4[other]", "Waar? [Schrift]"]

    columns = codebook.columns_of(VOCABULARY, book, headers)

    assert columns["waar"].options == {"Q4[SQ001]": "Excel", "Waar? [anders]": "anders"}
    assert columns["waar"].other == ("Q4[other]",)
    assert codebook.unclaimed(columns, headers) == ["Waar? [Schrift]"]


def test_a_statement_of_a_grid_is_known_by_its_own_words_when_only_one_column_has_them():
    book = small_edition.codebook(waar={"soort": "likert", "opties": ["mee eens"]})

    once = codebook.columns_of(VOCABULARY, book, ["Gemeente?", "Eens? [Waar?]"])
    twice = codebook.columns_of(VOCABULARY, book, ["Gemeente?", "Eens? [Waar?]", "Waarom? [Waar?]"])

    assert once["waar"].whole == "Eens? [Waar?]"
    assert twice["waar"].headers == ()
