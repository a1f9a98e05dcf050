"""From answer sheets to one row per gemeente, question and answer."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import cases
from hypothesis import given as given_any
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from counting import edition as edition_of
from mma_analysis.clean.survey import CleanResponses, choices_in, clean_responses
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.schema import RESPONSES, SurveyExport
from says import given, says
from small_edition import codebook

QUESTIONS = {
    "eens": {"soort": "likert", "opties": ["mee oneens", "neutraal", "mee eens"]},
    "waar": {"soort": "multi", "opties": ["zaaksysteem", "Excel", "Anders, namelijk"]},
    "cijfer": "number",
    "beter": {"soort": "open", "tekst": "Wat kan beter?"},
}
CODEBOOK = codebook(**QUESTIONS)

SURVEY = {"bestand": "antwoorden.csv", "codeboek": "codeboek.toml"}
JOINT = {"noaberkracht": ["dinkelland", "tubbergen"]}
EDITION = edition_of({"borne": {}}, vragenlijst={**SURVEY, "gezamenlijk": JOINT})

DAY = "2023-05-30T09:00:00"


def export(*sheets: tuple[str, str, str, str, str, str]) -> SurveyExport:
    """A sheet is gemeente, eens, waar, cijfer, beter, completed_on; the first one is row 2."""
    headers = ["Gemeente?", "Eens?", "Waar?", "Cijfer?", "Wat kan beter?", "completed_on"]
    rows = pd.DataFrame(list(sheets), columns=headers, dtype="str").assign(
        complete=True,
        source_file="antwoorden.csv",
        source_sheet="",
        source_row=range(2, 2 + len(sheets)),
    )
    return SurveyExport("antwoorden.csv", "MS Forms", rows, (";",))


def cleaned_from(*sheets: tuple[str, str, str, str, str, str]) -> CleanResponses:
    return clean_responses(export(*sheets), CODEBOOK, EDITION)


def answered(responses: pd.DataFrame, question: str) -> list[str]:
    return responses.loc[responses["question"].eq(question), "value"].to_list()


def refused(cleaned: CleanResponses) -> list[tuple[str, int, str]]:
    rows = cleaned.rejected[["gemeente", "source_row", "reason_code"]]
    return list(rows.itertuples(index=False, name=None))


def test_one_sheet_becomes_a_row_per_question_and_choice():
    responses = cleaned_from(
        ("Borne", "mee eens", "Excel;zaaksysteem;", "7,5", "Meer tijd.", DAY)
    ).responses

    given = [("eens", "likert", "mee eens"), ("waar", "multi", "zaaksysteem")]
    given += [("waar", "multi", "Excel"), ("cijfer", "number", "7.5"), ("beter", "open", "ja")]
    expected = pd.DataFrame(
        [("borne", *one, "", "antwoorden.csv", "", 2) for one in given],
        columns=[column.name for column in RESPONSES],
    ).astype({column.name: column.dtype for column in RESPONSES})
    assert_frame_equal(responses, expected)


@pytest.mark.parametrize(
    ("sheets", "given"),
    [
        # a question without an answer is a row with an empty value
        ([("Borne", "", "", "7", "", DAY)], ["", "", "7", ""]),
        # of two answers at one moment the lower row counts
        ([("Losser", "", "", "6", "", DAY), ("Losser", "", "", "7", "", DAY)], ["", "", "7", ""]),
        # capitals do not make another option
        ([("Borne", "Mee eens", "", "", "", DAY)], ["mee eens", "", "", ""]),
        # an own choice is the option `Anders` when there is one
        ([("Borne", "", "Excel;Map op de schijf;Schrift;", "", "", DAY)],
         ["", "Excel", "Anders, namelijk", "", ""]),
    ],
)  # fmt: skip
def test_what_was_given_is_the_value(sheets, given):
    cleaned = cleaned_from(*sheets)

    assert list(dict.fromkeys(cleaned.responses["question"])) == ["eens", "waar", "cijfer", "beter"]
    assert cleaned.responses["value"].to_list() == given
    assert cleaned.unreadable.empty


@pytest.mark.parametrize(("written", "slugs", "answered_by"), cases("answered_for"))
def test_a_gemeente_is_known_by_its_usual_names(written, slugs, answered_by):
    responses = cleaned_from((written, "mee eens", "", "7", "", DAY)).responses

    cijfer = responses[responses["question"].eq("cijfer")]
    assert cijfer["gemeente"].to_list() == slugs.split()
    assert set(cijfer["answered_by"]) == {answered_by}


@pytest.mark.parametrize(("written", "reason"), cases("answered_for_nobody"))
def test_a_sheet_without_a_known_gemeente_is_refused_with_its_row_and_reason(written, reason):
    cleaned = cleaned_from(("Borne", "", "", "7", "", DAY), (written, "mee eens", "", "", "", DAY))

    assert cleaned.responses["gemeente"].unique().tolist() == ["borne"]
    assert refused(cleaned) == [("", 3, reason)]
    assert cleaned.rejected["column"].to_list() == ["Gemeente?"]


def test_of_two_answers_the_last_completed_counts_whole_and_the_other_is_named():
    cleaned = cleaned_from(
        ("Losser", "mee eens", "", "7", "", "2023-06-15T09:00:00"),  # later, though higher up
        ("Losser", "mee oneens", "Excel;", "", "", "2023-05-30T09:00:00"),
    )

    assert answered(cleaned.responses, "eens") == ["mee eens"]
    assert answered(cleaned.responses, "waar") == [""]
    assert cleaned.superseded[["gemeente", "source_row", "kept_row"]].to_dict("records") == [
        {"gemeente": "losser", "source_row": 3, "kept_row": 2}
    ]


def test_a_later_sheet_in_which_nothing_was_answered_replaces_nothing_and_is_named():
    cleaned = cleaned_from(
        ("Losser", "mee eens", "Excel;", "7", "", "2023-05-30T09:00:00"),
        ("Losser", "", "", "", "", "2023-06-15T09:00:00"),
        ("Noaberkracht", "", "", "", "", DAY),
        ("Borne", "half om half", "", "", "", DAY),  # an answer, though it cannot be counted
    )

    assert answered(cleaned.responses, "cijfer") == ["", "7"]  # Borne, Losser
    assert cleaned.superseded.empty
    assert refused(cleaned) == [
        ("losser", 3, "antwoord_leeg"),
        ("dinkelland", 4, "antwoord_leeg"),
        ("tubbergen", 4, "antwoord_leeg"),
    ]


NUMBERS = {"7": "7", "7,0": "7", "7,5": "7.5", "7.5": "7.5", "60%": "60", "60 %": "60", "0": "0"}
NUMBERS |= {"100": "100", "1.250,5": "1250.5", "-1": "-1"}  # not 1E+2
NOT_FOR_SURE = ("ongeveer 7", "7-8", "zeven", "1.250", "7,,5", "1e3", "inf")


@pytest.mark.parametrize(
    ("written", "kept", "reasons"),
    [(written, kept, []) for written, kept in NUMBERS.items()]
    + [(written, "", ["getal_onleesbaar"]) for written in NOT_FOR_SURE],
)
def test_a_number_is_kept_in_one_form_and_never_guessed(written, kept, reasons):
    cleaned = cleaned_from(("Borne", "", "", written, "", DAY))

    assert answered(cleaned.responses, "cijfer") == [kept]
    assert cleaned.unreadable["reason_code"].to_list() == reasons


def test_no_text_of_an_answer_gets_past_cleaning_but_in_the_open_answers():
    cleaned = cleaned_from(
        ("Borne", "canary1", "canary2;Excel", "canary3", "canary4", DAY),
        ("canary5", "", "", "", "", DAY),
    )

    tables = (cleaned.responses, cleaned.superseded, cleaned.rejected, cleaned.unreadable)
    assert "canary" not in "".join(table.to_json() for table in tables)
    assert cleaned.open_answers["text"].to_list() == ["canary4"]  # the only place, and internal


def test_a_sheet_that_was_never_sent_does_not_count_and_is_named():
    survey = export(
        ("Losser", "mee eens", "", "7", "", DAY),
        ("Losser", "mee oneens", "", "3", "canary", ""),
        ("Borne", "mee eens", "", "8", "canary", ""),
        ("Noaberkracht", "", "", "", "", ""),
        ("", "", "", "", "", ""),
    )
    survey.rows["complete"] = survey.rows["source_row"].eq(2)

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert answered(cleaned.responses, "cijfer") == ["7"]
    assert cleaned.superseded.empty
    assert cleaned.open_answers.empty
    # A joint sheet is named for each of its gemeenten.
    assert refused(cleaned) == [
        (slug, row, "antwoord_onvolledig")
        for slug, row in [("losser", 3), ("borne", 4), ("dinkelland", 5), ("tubbergen", 5), ("", 6)]
    ]


# --- columns for options -------------------------------------------------------------------------


def export_with(columns: dict[str, str]) -> SurveyExport:
    """One answer sheet of Borne, in row 2."""
    source = {"source_file": "a.csv", "source_sheet": "", "source_row": 2}
    ours = {"completed_on": DAY, "complete": True, **source}
    asked = {"Gemeente?": "Borne", "Eens?": "", "Cijfer?": "", "Wat kan beter?": ""}
    return SurveyExport("a.csv", "LimeSurvey", pd.DataFrame([{**asked, **columns, **ours}]))


EACH = {"Waar? [zaaksysteem]": "", "Waar? [Excel]": "", "Waar? [other]": ""}


def test_options_that_look_like_others_together_are_an_error_where_they_share_a_cell():
    options = ("Excel", "papier", "Excel, papier", "Excel, kast", "anders")
    book = codebook(**QUESTIONS | {"waar": {"soort": "multi", "opties": options}})
    rows = export(("Borne", "", "Excel, papier", "", "", DAY)).rows

    said = says("blurred_option", question="waar", tool="Google Forms", option="Excel, papier")
    with pytest.raises(DataError, match=said) as error:
        clean_responses(SurveyExport("a.csv", "Google Forms", rows, (", ", ";")), book, EDITION)
    apart = clean_responses(SurveyExport("a.csv", "MS Forms", rows, (";",)), book, EDITION)

    assert "Excel, kast" not in str(error.value)
    assert answered(apart.responses, "waar") == ["Excel, papier"]


@given_any(chosen=st.sets(st.sampled_from(["Excel", "Excel, blad", "a; b", "a", "kast"])))
def test_choices_in_one_cell_are_found_again_whatever_stands_in_an_option(chosen):
    options = ["Excel", "Excel, blad", "a; b", "a", "kast"]
    for separators in ((", ", ";"), (";",)):
        cell = separators[0].join(option for option in options if option in chosen)
        assert set(choices_in(cell, options, separators)) == chosen


@given_any(st.text("ab,; ", max_size=12))
def test_any_cell_can_be_cut_and_nothing_but_separators_is_lost(cell):
    letters = [letter for letter in cell if letter in "ab"]
    cut = choices_in(cell, ["a", "a; b"], (", ", ";"))

    assert [letter for choice in cut for letter in choice if letter in "ab"] == letters


@pytest.mark.parametrize(("question", "header", "code", "words"), cases("misfits"))
def test_a_code_book_and_an_export_that_do_not_fit_are_an_error(question, header, code, words):
    headers = {"beter": "Wat kan beter?", "waar": "Waar? [zaaksysteem]"}
    survey = export_with(EACH)
    rows = survey.rows.rename(columns={headers.get(question, ""): header})
    name = {"naam": {"soort": "open", "tekst": header}} if question == "naam" else {}

    with pytest.raises(DataError, match=says(code, **given(words))):
        clean_responses(replace(survey, rows=rows), codebook(**QUESTIONS, **name), EDITION)


@pytest.mark.parametrize(
    ("cell", "value", "reasons"),
    [
        ("-oth-", "", ["antwoord_onbekend"]),  # the question has no option for it
        ("neutraal", "neutraal", []),  # what is written beside a choice is no choice
        ("", "", ["antwoord_onbekend"]),
        ("half om half", "", ["antwoord_onbekend"]),
    ],
)
def test_an_own_text_beside_a_question_with_one_answer(cell, value, reasons):
    columns = {**EACH, "Eens?": cell, "Eens? [other]": "canary"}

    cleaned = clean_responses(export_with(columns), CODEBOOK, EDITION)

    assert answered(cleaned.responses, "eens") == [value]
    listed = cleaned.unreadable[["gemeente", "source_row", "column", "reason_code"]]
    assert listed.to_numpy().tolist() == [["borne", 2, "Eens?", reason] for reason in reasons]


# --- open answers --------------------------------------------------------------------------------


def test_an_open_answer_keeps_its_number_as_long_as_its_text_is_the_same():
    sheets = [("Losser", "", "", "", "Meer tijd.", DAY), ("Noaberkracht", "", "", "", "Niets", DAY)]

    texts = clean_responses(export(*sheets), CODEBOOK, EDITION).open_answers
    turned = clean_responses(export(*sheets[::-1]), CODEBOOK, EDITION).open_answers
    changed = clean_responses(
        export(("Losser", "", "", "", "Meer geld.", DAY)), CODEBOOK, EDITION
    ).open_answers

    assert_frame_equal(texts, turned)
    assert texts["gemeente"].to_list() == ["dinkelland", "losser", "tubbergen"]
    assert texts["answer_id"].nunique() == 2  # a joint answer is one answer
    assert texts["answer_id"].str.startswith("noaberkracht-beter-").sum() == 2
    assert not set(changed["answer_id"]) & set(texts["answer_id"])
