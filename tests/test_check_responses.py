"""What clean responses must satisfy, and who is told when they do not."""

import pandas as pd

from counting import edition as edition_of
from mma_analysis import check
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary, schema
from small_edition import codebook

VOCABULARY = Vocabulary()

CODEBOOK = codebook(
    eens={"soort": "likert", "opties": ["mee oneens", "mee eens"]},
    waar={"soort": "multi", "opties": ["zaaksysteem", "Excel"]},
    cijfer={"soort": "number", "kort": "Rapportcijfer", "laagste": 1, "hoogste": 10},
    aantal="number",
    beter={"soort": "open", "tekst": "Wat kan beter?"},
)

EVERYBODY = [area.slug for area in VOCABULARY.gemeenten]


def edition(*no_experience: str) -> Edition:
    survey = {"bestand": "a.csv", "codeboek": "c.toml", "geen_ervaring": no_experience}
    return edition_of({"borne": {}}, vragenlijst=survey)


def table(*answers: tuple[str, str, str, str]) -> pd.DataFrame:
    """An answer is gemeente, question, kind and value."""
    columns = {column.name: column.dtype for column in schema.RESPONSES}
    rows = [(*answer, "", "a.csv", "", 2) for answer in answers]
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def answers_of_all(*extra: tuple[str, str, str, str], but: str = "") -> pd.DataFrame:
    """Everybody agrees, but one gemeente that is left out, and some say more."""
    agreed = [(slug, "eens", "likert", "mee eens") for slug in EVERYBODY if slug != but]
    return table(*agreed, *extra)


def found(responses: pd.DataFrame, settings: Edition) -> list[tuple[str, str, str, int]]:
    findings = check.check_responses(responses, CODEBOOK, settings)
    return [(f.gemeente, f.rule, f.column, f.rows) for f in findings]


def test_answers_with_nothing_wrong_have_no_finding():
    responses = answers_of_all(
        ("borne", "waar", "multi", "zaaksysteem"),
        ("borne", "waar", "multi", "Excel"),
        ("borne", "cijfer", "number", "7.5"),
        ("borne", "aantal", "number", "900"),  # without limits
        ("borne", "beter", "open", "ja"),
        ("losser", "waar", "multi", ""),
        ("losser", "cijfer", "number", ""),
        ("losser", "beter", "open", ""),
    )

    assert found(responses, edition()) == []


def test_a_number_outside_the_limits_is_a_warning_that_names_the_question():
    responses = answers_of_all(
        ("almelo", "cijfer", "number", "1"),
        ("borne", "cijfer", "number", "0.9"),
        ("hengelo", "cijfer", "number", "10"),
        ("losser", "cijfer", "number", "10.5"),
    )

    findings = check.check_responses(responses, CODEBOOK, edition())

    assert [(f.gemeente, f.rule, f.column, f.severity) for f in findings] == [
        ("borne", "antwoord_buiten_bereik", "cijfer", "warning"),
        ("losser", "antwoord_buiten_bereik", "cijfer", "warning"),
    ]
    assert all("'Rapportcijfer'" in f.sentence for f in findings)


def test_a_choice_outside_the_code_book_is_critical_and_is_not_in_the_finding():
    responses = answers_of_all(
        ("borne", "waar", "multi", "schrift"),
        ("losser", "waar", "multi", "mee eens"),  # an option, but of another question
        ("wierden", "beter", "open", "CANARY, de hele tekst"),
    )

    findings = check.check_responses(responses, CODEBOOK, edition())

    assert [(f.gemeente, f.rule, f.rows) for f in findings] == [
        ("borne", "antwoord_buiten_lijst", 1),
        ("losser", "antwoord_buiten_lijst", 1),
        ("wierden", "antwoord_buiten_lijst", 1),
    ]
    assert check.blocked(VOCABULARY, findings) == {"borne", "losser", "wierden"}
    assert "CANARY" not in repr(findings) + check.as_table(findings).to_json()


def test_a_gemeente_without_an_answer_is_warned_unless_it_had_too_little_experience():
    responses = answers_of_all(but="wierden")

    findings = check.check_responses(responses, CODEBOOK, edition())

    assert [(f.gemeente, f.rule, f.severity) for f in findings] == [
        ("wierden", "vragenlijst_ontbreekt", "warning")
    ]
    assert check.blocked(VOCABULARY, findings) == frozenset()
    assert found(responses, edition("wierden")) == []
    assert found(answers_of_all(), edition("wierden")) == [
        ("wierden", "vragenlijst_tegenstrijdig", "", 0)
    ]


def test_a_table_that_is_not_what_was_agreed_blocks_every_area():
    responses = answers_of_all()

    assert found(responses.drop(columns="value"), edition()) == [("twente", "kolommen", "", 0)]
    assert found(answers_of_all(("borne", "wie", "open", "ja")), edition()) == [
        ("twente", "waarde", "question", 1)
    ]
    assert found(answers_of_all(("zwolle", "eens", "likert", "mee eens")), edition()) == [
        ("twente", "waarde", "gemeente", 1)
    ]


def test_an_answer_that_is_there_twice_is_critical_but_two_choices_are_not():
    twice = answers_of_all(("borne", "eens", "likert", "mee oneens"))

    assert found(twice, edition()) == [("twente", "antwoord_dubbel", "question", 2)]
