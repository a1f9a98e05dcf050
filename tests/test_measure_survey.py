"""Counting answers of a census of gemeenten."""

import pandas as pd
import pytest

from mma_analysis.codebook import Codebook
from mma_analysis.measure.survey import answers, numbers, response
from mma_analysis.vocabulary import Vocabulary
from small_edition import codebook

VOCABULARY = Vocabulary()

CODEBOOK = codebook(
    kwaliteit={"soort": "likert", "opties": ["oneens", "eens", "weet niet"]},
    kanalen={"soort": "multi", "opties": ["krant", "web"]},
    cijfer="number",
    tips="open",
)


def responses(*rows: tuple[str, str, str], joint: tuple[str, ...] = ()) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["gemeente", "question", "value"], dtype="str")
    return table.assign(answered_by=table["gemeente"].isin(joint).map({True: "samen", False: ""}))


def counts(table: pd.DataFrame, question: str) -> dict[str, int]:
    found = answers(VOCABULARY, table, CODEBOOK)
    return found[found["question"] == question].set_index("value")["count"].to_dict()


# --- who answered --------------------------------------------------------------------------------


def test_each_gemeente_answered_alone_jointly_or_not_and_why():
    table = responses(
        ("almelo", "kwaliteit", "eens"),
        ("almelo", "cijfer", "7"),
        ("borne", "kwaliteit", "eens"),
        joint=("borne",),
    )

    found = response(table, ["almelo", "borne", "losser", "wierden"], ["wierden", "almelo"])

    assert found.to_numpy().tolist() == [
        ["almelo", "answered", ""],
        ["borne", "joint", "samen"],
        ["losser", "no_answer", ""],
        ["wierden", "no_experience", ""],
    ]


# --- what they answered --------------------------------------------------------------------------


def test_answers_are_counted_per_option_in_the_order_of_the_code_book():
    table = responses(
        ("almelo", "kwaliteit", "eens"),
        ("borne", "kwaliteit", "eens"),
        ("losser", "kwaliteit", "weet niet"),
        ("wierden", "kwaliteit", ""),  # left empty: no answer
        joint=("almelo", "borne"),  # a joint answer counts for each
    )

    assert list(counts(table, "kwaliteit").items()) == [
        ("oneens", 0),
        ("eens", 2),
        ("weet niet", 1),
    ]
    found = answers(VOCABULARY, table, CODEBOOK).query("question == 'kwaliteit'")
    assert set(found["answered"]) == {3}
    assert counts(responses(), "kwaliteit") == {"oneens": 0, "eens": 0, "weet niet": 0}
    assert counts(responses(), "tips") == {}


def test_a_gemeente_that_chose_two_options_answered_once_and_others_come_after_them():
    table = responses(
        ("almelo", "kanalen", "radio"), ("almelo", "kanalen", "krant"), ("almelo", "kanalen", "web")
    )

    found = answers(VOCABULARY, table, CODEBOOK).query("question == 'kanalen'")

    assert found["value"].to_list() == ["krant", "web", "radio"]
    assert found["count"].to_list() == [1, 1, 1]
    assert found["answered"].to_list() == [1, 1, 1]


@pytest.mark.parametrize("intern", ["kwaliteit", "kanalen", "cijfer", "tips"])
def test_a_question_that_is_intern_is_in_no_released_table(intern):
    asked = [vraag.model_copy(update={"intern": vraag.code == intern}) for vraag in CODEBOOK.vraag]
    book = Codebook(vraag=tuple(asked))
    given = {"kwaliteit": "eens", "kanalen": "web", "cijfer": "7", "tips": "ja"}
    table = responses(*(("almelo", question, value) for question, value in given.items()))

    counted = {*answers(VOCABULARY, table, book)["question"]}
    measured = {*numbers(table, book)["question"]}

    assert counted == {"kwaliteit", "kanalen", "tips"} - {intern}
    assert measured == {"cijfer"} - {intern}
    assert counts(table, "tips") == {"ja": 1}


@pytest.mark.parametrize("agreeing", [0, 9, 12])
def test_of_all_fourteen_it_is_certain_between_which_counts_it_lies(agreeing: int):
    # With 12 of 14 answers the two others may all, or none, have said the same: x to x + 2 of 14.
    slugs = [area.slug for area in VOCABULARY.gemeenten][:12]
    table = responses(
        *[
            (slug, "kwaliteit", "eens" if place < agreeing else "oneens")
            for place, slug in enumerate(slugs)
        ]
    )

    found = answers(VOCABULARY, table, CODEBOOK).query("question == 'kwaliteit'").set_index("value")

    assert found.loc["eens", ["count", "answered"]].to_list() == [agreeing, 12]
    assert found.loc["eens", ["least", "most"]].to_list() == [agreeing, agreeing + 2]
    assert found.loc["weet niet", ["least", "most"]].to_list() == [0, 2]


# --- numbers -------------------------------------------------------------------------------------


def test_a_number_has_its_lowest_middle_and_highest_if_anybody_gave_one():
    given = [("almelo", "6"), ("borne", "7.5"), ("losser", "8"), ("wierden", "")]
    table = responses(*((slug, "cijfer", number) for slug, number in given))

    row, of_nobody = numbers(table, CODEBOOK).iloc[0], numbers(responses(), CODEBOOK).iloc[0]

    found = ["lowest", "median", "mean", "highest"]
    assert row["answered"] == 3
    assert row[found].to_list() == [6, 7.5, pytest.approx(21.5 / 3), 8]
    assert of_nobody["answered"] == 0
    assert of_nobody[found].isna().all()
