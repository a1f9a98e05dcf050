"""From answer sheets to one row per gemeente, question and answer."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mma_analysis import domain
from mma_analysis.clean.survey import clean_responses
from mma_analysis.codebook import Codebook
from mma_analysis.domain import MmaError, SurveyExport
from mma_analysis.edition import Edition

CODEBOOK = Codebook.model_validate(
    {
        "vraag": [
            {"code": "gemeente", "tekst": "Gemeente?", "kort": "Gemeente", "soort": "gemeente"},
            {"code": "eens", "tekst": "Eens?", "kort": "Eens", "soort": "likert",
             "opties": ["mee oneens", "neutraal", "mee eens"]},
            {"code": "waar", "tekst": "Waar?", "kort": "Waar", "soort": "multi",
             "opties": ["zaaksysteem", "Excel", "Anders, namelijk"]},
            {"code": "cijfer", "tekst": "Cijfer?", "kort": "Cijfer", "soort": "number"},
            {"code": "beter", "tekst": "Wat kan beter?", "kort": "Beter", "soort": "open"},
        ]
    }
)  # fmt: skip

EDITION = Edition.model_validate(
    {
        "evaluatie": {
            "titel": "Proef",
            "district": "Twente",
            "begin": "2021-07-01",
            "peildatum": "2023-06-30",
        },
        "gemeenten": {"borne": {}},
        "vragenlijst": {
            "bestand": "antwoorden.csv",
            "codeboek": "codeboek.toml",
            "gezamenlijk": {"noaberkracht": ["dinkelland", "tubbergen"]},
        },
    }
)

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


def answered(responses: pd.DataFrame, question: str) -> list[str]:
    return responses.loc[responses["question"].eq(question), "value"].to_list()


def test_one_sheet_becomes_a_row_per_question_and_choice():
    survey = export(("Borne", "mee eens", "Excel;zaaksysteem;", "7,5", "Meer tijd.", DAY))

    responses = clean_responses(survey, CODEBOOK, EDITION).responses

    expected = pd.DataFrame(
        [
            ("borne", "eens", "likert", "mee eens", "", "antwoorden.csv", "", 2),
            ("borne", "waar", "multi", "zaaksysteem", "", "antwoorden.csv", "", 2),
            ("borne", "waar", "multi", "Excel", "", "antwoorden.csv", "", 2),
            ("borne", "cijfer", "number", "7.5", "", "antwoorden.csv", "", 2),
            ("borne", "beter", "open", "ja", "", "antwoorden.csv", "", 2),
        ],
        columns=[column.name for column in domain.RESPONSES],
    ).astype({column.name: column.dtype for column in domain.RESPONSES})
    assert_frame_equal(responses, expected)


def test_a_question_without_an_answer_is_a_row_with_an_empty_value():
    survey = export(("Borne", "", "", "", "", DAY))

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert cleaned.responses["question"].to_list() == ["eens", "waar", "cijfer", "beter"]
    assert cleaned.responses["value"].to_list() == ["", "", "", ""]
    assert cleaned.unreadable.empty


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("Hof van Twente", "hof-van-twente"),
        ("gemeente Hof van Twente", "hof-van-twente"),
        ("hof-van-twente", "hof-van-twente"),
        ("Gemeente Rijssen Holten", "rijssen-holten"),
        ("ENSCHEDE", "enschede"),
        ("Hengelo (O)", "hengelo"),  # gemeente_aliases.csv
    ],
)
def test_a_gemeente_is_known_by_its_usual_names(written, slug):
    survey = export((written, "mee eens", "", "", "", DAY))

    responses = clean_responses(survey, CODEBOOK, EDITION).responses

    assert responses["gemeente"].unique().tolist() == [slug]


@pytest.mark.parametrize("written", ["Noaberkracht", "Dinkelland en Tubbergen"])
def test_a_declared_joint_answer_counts_for_each_of_its_gemeenten(written):
    survey = export((written, "mee eens", "", "7", "", DAY))

    responses = clean_responses(survey, CODEBOOK, EDITION).responses

    cijfer = responses[responses["question"].eq("cijfer")]
    assert cijfer["gemeente"].to_list() == ["dinkelland", "tubbergen"]
    assert cijfer["answered_by"].to_list() == ["noaberkracht", "noaberkracht"]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("Almelo en Wierden", "antwoord_gezamenlijk"),  # not declared
        ("Dinkelland, Tubbergen en Losser", "antwoord_gezamenlijk"),  # one more than declared
        ("Raalte", "antwoord_gemeente_onbekend"),  # not in the district
        ("Wij", "antwoord_gemeente_onbekend"),
        ("", "antwoord_gemeente_onbekend"),
    ],
)
def test_a_sheet_without_a_known_gemeente_is_refused_with_its_row_and_reason(written, reason):
    survey = export(("Borne", "", "", "", "", DAY), (written, "mee eens", "", "", "", DAY))

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert cleaned.responses["gemeente"].unique().tolist() == ["borne"]
    assert cleaned.rejected["source_row"].to_list() == [3]
    assert cleaned.rejected["reason_code"].to_list() == [reason]
    assert cleaned.rejected["column"].to_list() == ["Gemeente?"]


def test_of_two_answers_the_last_completed_counts_whole_and_the_other_is_named():
    survey = export(
        ("Losser", "mee eens", "", "7", "", "2023-06-15T09:00:00"),  # later, though higher up
        ("Losser", "mee oneens", "Excel;", "", "", "2023-05-30T09:00:00"),
    )

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert answered(cleaned.responses, "eens") == ["mee eens"]
    assert answered(cleaned.responses, "waar") == [""]
    assert cleaned.superseded[["gemeente", "source_row", "kept_row"]].to_dict("records") == [
        {"gemeente": "losser", "source_row": 3, "kept_row": 2}
    ]


def test_of_two_answers_at_one_moment_the_lower_row_counts():
    survey = export(("Losser", "", "", "6", "", DAY), ("Losser", "", "", "7", "", DAY))

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert answered(cleaned.responses, "cijfer") == ["7"]


def test_an_own_choice_is_the_option_anders_when_there_is_one():
    survey = export(("Borne", "", "Excel;Map op de schijf;Schrift;", "", "", DAY))

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert answered(cleaned.responses, "waar") == ["Excel", "Anders, namelijk"]
    assert cleaned.unreadable.empty


def test_an_own_choice_without_an_option_for_it_is_not_counted_and_named():
    survey = export(("Borne", "half om half", "", "", "", DAY))

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert answered(cleaned.responses, "eens") == [""]
    assert cleaned.unreadable[["gemeente", "source_row", "column", "reason_code"]].to_dict(
        "records"
    ) == [
        {"gemeente": "borne", "source_row": 2, "column": "Eens?",
         "reason_code": "antwoord_onbekend"}
    ]  # fmt: skip


def test_capitals_do_not_make_another_option():
    survey = export(("Borne", "Mee eens", "", "", "", DAY))

    assert answered(clean_responses(survey, CODEBOOK, EDITION).responses, "eens") == ["mee eens"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("7", "7"),
        ("7,0", "7"),
        ("7,5", "7.5"),
        ("7.5", "7.5"),
        ("60%", "60"),
        ("60 %", "60"),
        ("100", "100"),  # not 1E+2
        ("1.250,5", "1250.5"),
        ("0", "0"),
        ("-1", "-1"),
    ],
)
def test_a_number_is_kept_in_one_form(written, kept):
    survey = export(("Borne", "", "", written, "", DAY))

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert answered(cleaned.responses, "cijfer") == [kept]
    assert cleaned.unreadable.empty


@pytest.mark.parametrize("written", ["ongeveer 7", "7-8", "zeven", "1.250", "7,,5", "1e3", "inf"])
def test_a_number_that_cannot_be_read_for_sure_is_not_guessed(written):
    survey = export(("Borne", "", "", written, "", DAY))

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    assert answered(cleaned.responses, "cijfer") == [""]
    assert cleaned.unreadable["reason_code"].to_list() == ["getal_onleesbaar"]


def test_no_text_of_an_answer_gets_past_cleaning():
    survey = export(
        ("Borne", "canary1", "canary2;Excel", "canary3", "canary4", DAY),
        ("canary5", "", "", "", "", DAY),
    )

    cleaned = clean_responses(survey, CODEBOOK, EDITION)

    tables = (cleaned.responses, cleaned.superseded, cleaned.rejected, cleaned.unreadable)
    assert "canary" not in "".join(table.to_json() for table in tables)


def test_a_question_without_a_column_names_the_nearest_column():
    survey = export(("Borne", "", "", "", "", DAY))
    renamed = survey.rows.rename(columns={"Wat kan beter?": "Wat kan er beter?"})

    with pytest.raises(MmaError) as error:
        clean_responses(SurveyExport("a.csv", "MS Forms", renamed), CODEBOOK, EDITION)

    message = str(error.value)
    assert "question 'beter' of the code book has no column" in message
    assert "did you mean 'Wat kan er beter?'?" in message
    assert "column 'Wat kan er beter?' has no question in the code book" in message


def test_reading_is_left_alone():
    survey = export(("Borne", "Mee eens", "Excel;", "7,5", "Tekst", DAY))
    before = survey.rows.copy()

    clean_responses(survey, CODEBOOK, EDITION)

    assert_frame_equal(survey.rows, before)
