"""Counting answers of a census of gemeenten."""

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.measure.survey import answers, named, numbers, response
from mma_analysis.settings.codebook import Codebook
from mma_analysis.vocabulary import Vocabulary
from small_edition import codebook

SLUGS = [area.slug for area in Vocabulary().gemeenten]
CODEBOOK = codebook(
    kwaliteit={"soort": "likert", "opties": ["oneens", "eens", "weet niet"]},
    kanalen={"soort": "multi", "opties": ["krant", "web"]},
    cijfer="number",
    tips="open",
)


def responses(*rows: tuple[str, str, str], joint: tuple[str, ...] = ()) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["gemeente", "question", "value"], dtype="str")
    return table.assign(answered_by=table["gemeente"].isin(joint).map({True: "samen", False: ""}))


def test_each_gemeente_answered_alone_jointly_or_not_and_why():
    given = ("almelo", "kwaliteit", "eens"), ("almelo", "cijfer", "7"), ("borne", "cijfer", "7")

    found = response(
        responses(*given, joint=("borne",)),
        ["almelo", "borne", "losser", "wierden"],
        ["wierden", "almelo"],
    )

    assert found.to_numpy().tolist() == [
        ["almelo", "answered", ""],
        ["borne", "joint", "samen"],
        ["losser", "no_answer", ""],
        ["wierden", "no_experience", ""],
    ]


# With 12 of 14 answers the two others may all, or none, have said the same: x to x + 2 of 14.
@pytest.mark.parametrize(("given", "question", "expected", "answered"), cases("survey_answers"))
def test_answers_are_counted_in_the_order_of_the_code_book_and_of_all_it_is_certain_how_many(
    given, question, expected, answered
):
    told = [one.partition(" ") for one in given.split(" / ") if one]
    rows = [(slug, question, value) for slug, _, value in told]

    table = answers(responses(*rows, joint=("almelo", "borne")), SLUGS, CODEBOOK)

    found = table[table["question"] == question]
    assert " / ".join(found["value"] + " " + found["count"].astype("str")) == expected
    assert found["answered"].eq(int(answered)).all()
    assert found["count_least"].eq(found["count"]).all()
    assert (found["count_most"] - found["count_least"]).eq(14 - int(answered)).all()


@pytest.mark.parametrize("intern", ["kwaliteit", "kanalen", "cijfer", "tips"])
def test_a_question_that_is_intern_is_in_no_released_table(intern):
    asked = [vraag.model_copy(update={"intern": vraag.code == intern}) for vraag in CODEBOOK.vraag]
    book = Codebook(vraag=tuple(asked))
    given = {"kwaliteit": "eens", "kanalen": "web", "cijfer": "7", "tips": "ja"}
    table = responses(*(("almelo", question, value) for question, value in given.items()))

    counted = {*answers(table, SLUGS, book)["question"]}
    measured = {*numbers(table, book)["question"]}

    assert counted == {"kwaliteit", "kanalen", "tips"} - {intern}
    assert measured == {"cijfer"} - {intern}


def test_who_answered_what_is_said_of_questions_that_are_op_naam_and_of_no_other():
    named_too = [
        vraag.model_copy(update={"op_naam": vraag.code == "kwaliteit"}) for vraag in CODEBOOK.vraag
    ]
    table = responses(
        ("losser", "kwaliteit", "eens"),
        ("almelo", "kwaliteit", "eens"),
        ("borne", "kwaliteit", "oneens"),
        ("hengelo", "kwaliteit", ""),
        ("almelo", "kanalen", "web"),
    )

    found = named(table, Codebook(vraag=tuple(named_too)))

    assert found[["question", "position", "value", "area"]].to_numpy().tolist() == [
        ["kwaliteit", 0, "oneens", "borne"],
        ["kwaliteit", 1, "eens", "almelo"],
        ["kwaliteit", 1, "eens", "losser"],
    ]
    assert named(table, CODEBOOK).empty


def test_a_number_has_its_lowest_middle_and_highest_if_anybody_gave_one():
    given = [("almelo", "6"), ("borne", "7.5"), ("losser", "8"), ("wierden", "")]
    table = responses(*((slug, "cijfer", number) for slug, number in given))

    row, of_nobody = numbers(table, CODEBOOK).iloc[0], numbers(responses(), CODEBOOK).iloc[0]

    found = ["lowest", "median", "mean", "highest"]
    assert row["answered"] == 3
    assert row[found].to_list() == [6, 7.5, pytest.approx(21.5 / 3), 8]
    assert of_nobody["answered"] == 0
    assert of_nobody[found].isna().all()
