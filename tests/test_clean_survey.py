"""From answer sheets to one row per gemeente, question and answer."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import cases, toml_cases
from hypothesis import given as given_any
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from counting import edition as edition_of
from mma_analysis.clean.survey import CleanResponses, choices_in, clean_responses
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.schema import SurveyExport
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


@pytest.mark.parametrize("case", toml_cases("answer_sheets"))
def test_each_sheet_counts_or_is_named_with_its_row_and_reason(case):
    survey = export(*((*cells, at and f"2023-{at}T09:00:00") for *cells, at in case["sheets"]))
    survey.rows["complete"] = survey.rows["completed_on"].ne("")

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    kinds = [vraag.soort for vraag in CODEBOOK.questions]
    assert set(cleaned.responses["kind"]) <= {*kinds}
    answers = cleaned.responses.groupby("gemeente")
    assert {slug: rows["value"].to_list() for slug, rows in answers} == case["answers"]
    refused = cleaned.rejected[["gemeente", "source_row", "column", "reason_code"]]
    assert refused.to_numpy().tolist() == case.get("refused", [])
    superseded = cleaned.superseded[["gemeente", "source_row", "kept_row"]]
    assert superseded.to_numpy().tolist() == case.get("superseded", [])
    unreadable = cleaned.unreadable[["gemeente", "column", "reason_code"]]
    assert unreadable.to_numpy().tolist() == case.get("unreadable", [])
    assert cleaned.open_answers["text"].to_list() == case.get("texts", [])
    tables = (cleaned.responses, cleaned.superseded, cleaned.rejected, cleaned.unreadable)
    assert "canary" not in "".join(table.to_json() for table in tables)


@pytest.mark.parametrize(("written", "slugs", "answered_by"), cases("answered_for"))
def test_a_gemeente_is_known_by_its_usual_names(written, slugs, answered_by):
    responses = cleaned_from((written, "mee eens", "", "7", "", DAY)).responses

    cijfer = responses[responses["question"].eq("cijfer")]
    assert cijfer["gemeente"].to_list() == slugs.split()
    assert set(cijfer["answered_by"]) == {answered_by}


@pytest.mark.parametrize(("written", "kept", "reason"), cases("typed_numbers"))
def test_a_number_is_kept_in_one_form_and_never_guessed(written, kept, reason):
    cleaned = cleaned_from(("Borne", "", "", written, "", DAY))

    assert answered(cleaned.responses, "cijfer") == [kept]
    assert cleaned.unreadable["reason_code"].to_list() == reason.split()


# --- columns for options -------------------------------------------------------------------------


def export_with(columns: dict[str, str]) -> SurveyExport:
    """One answer sheet of Borne, in row 2, with these columns instead of that of `waar`."""
    rows = export(("Borne", "", "", "", "", DAY)).rows.drop(columns="Waar?").assign(**columns)
    return SurveyExport("a.csv", "LimeSurvey", rows)


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


@pytest.mark.parametrize(("question", "header", "code", "words"), cases("misfits"))
def test_a_code_book_and_an_export_that_do_not_fit_are_an_error(question, header, code, words):
    headers = {"beter": "Wat kan beter?", "waar": "Waar? [zaaksysteem]"}
    survey = export_with(EACH)
    rows = survey.rows.rename(columns={headers.get(question, ""): header})
    name = {"naam": {"soort": "open", "tekst": header}} if question == "naam" else {}

    with pytest.raises(DataError, match=says(code, **given(words))):
        clean_responses(replace(survey, rows=rows), codebook(**QUESTIONS, **name), EDITION)


@pytest.mark.parametrize(("cell", "value", "reason"), cases("own_texts"))
def test_an_own_text_beside_a_question_with_one_answer(cell, value, reason):
    columns = {**EACH, "Eens?": cell, "Eens? [other]": "canary"}

    cleaned = clean_responses(export_with(columns), CODEBOOK, EDITION)

    assert answered(cleaned.responses, "eens") == [value]
    listed = cleaned.unreadable[["gemeente", "source_row", "column", "reason_code"]]
    assert listed.to_numpy().tolist() == [["borne", 2, "Eens?", one] for one in reason.split()]


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
