"""Open answers: themes by people's decision, agreement between coders, and released quotes."""

import math
import re
from pathlib import Path

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.clean import code_answers, ratings_of, released_quotes
from mma_analysis.clean.open_answers import ANSWER_COLUMNS
from mma_analysis.measure.survey import alpha, theme_counts
from mma_analysis.settings import codebook
from mma_analysis.settings.codebook import CodeFrame
from mma_analysis.vocabulary import DataError, UsageError
from mma_analysis.vocabulary.errors import MmaError
from mma_analysis.vocabulary.schema import CODINGS, OPEN_ANSWERS
from says import given, says
from small_edition import codebook as book_of
from small_edition import surveyed, written

BOOK = book_of(
    beter={"soort": "open", "tekst": "Wat kan beter?"},
    cijfer="number",
    zoveel={"soort": "open", "intern": True},
)

FRAME = CodeFrame.model_validate(
    {
        "thema": [
            {"code": "tijd", "label": "Tijd", "vraag": "beter", "woorden": ["tijd", "capaciteit"]},
            {"code": "bekendheid", "label": "Bekend & ja", "vraag": "beter", "woorden": ["public"]},
        ]
    }
)

# The joint answer of Noaberkracht is one answer for two gemeenten; one question has no themes.
ANSWERS = pd.DataFrame(
    [
        ("borne", "beter", "borne-beter-1", "Meer TIJD en publiciteit."),
        ("borne", "zoveel", "borne-zoveel-4", "Nee hoor."),
        ("dinkelland", "beter", "noaberkracht-beter-2", "Niets; het zit mee."),
        ("losser", "beter", "losser-beter-3", "Deeltijd & <b>capaciteit</b>."),
        ("tubbergen", "beter", "noaberkracht-beter-2", "Niets; het zit mee."),
    ],
    columns=[column.name for column in OPEN_ANSWERS],
    dtype="str",
)


def ratings(*lines: str) -> pd.DataFrame:
    """What the coders chose, each as `answer;coder;thema`, from the rows below a header."""
    rows = [
        ("coderingen.xlsx", coder, row, coder, answer, theme)
        for row, (answer, coder, theme) in enumerate((line.split(";") for line in lines), 2)
    ]
    return ratings_of(pd.DataFrame(rows, columns=list(CODINGS)), ANSWERS, FRAME)


THEMA = '[[thema]]\ncode = "tijd"\nlabel = "Tijd"\nvraag = "beter"\nwoorden = ["tijd"]\n'


@pytest.mark.parametrize(("old", "new", "code", "words"), cases("wrong_themes"))
def test_a_wrong_code_frame_says_file_theme_and_what_is_allowed(tmp_path, old, new, code, words):
    with pytest.raises(UsageError, match=says(code, **given(words))) as error:
        codebook.load_themes(surveyed(tmp_path, themas=THEMA.replace(old, new)), BOOK)

    assert "themas.toml" in str(error.value)
    # Nobody is told that there is no theme at all because one of them is wrong.
    assert "thema = [" not in str(error.value)


# --- proposal and decision -----------------------------------------------------------------------


def test_the_machine_proposes_by_the_beginning_of_words_and_nothing_is_decided_by_it():
    coding = code_answers(ANSWERS, FRAME, ratings())

    assert coding[["answer_id", "theme", "proposed"]].to_numpy().tolist() == [
        ["borne-beter-1", "tijd", True],
        ["borne-beter-1", "bekendheid", True],
        ["noaberkracht-beter-2", "tijd", False],
        ["noaberkracht-beter-2", "bekendheid", False],
        ["losser-beter-3", "tijd", True],  # capaciteit; not by Deeltijd
        ["losser-beter-3", "bekendheid", False],
    ]
    assert coding[["coders", "decision"]].drop_duplicates().to_numpy().tolist() == [[0, ""]]


@pytest.mark.parametrize(("lines", "answer", "tijd", "bekendheid"), cases("decisions"))
def test_a_theme_is_decided_when_all_coders_say_the_same_or_they_agreed(
    lines, answer, tijd, bekendheid
):
    coding = code_answers(ANSWERS, FRAME, ratings(*lines.split(" | ")))

    decided = coding[coding["answer_id"].eq(answer)].set_index("theme")["decision"]
    assert decided.to_dict() == {"tijd": tijd, "bekendheid": bekendheid}


@pytest.mark.parametrize(("lines", "code", "words"), cases("wrong_codings"))
def test_a_wrong_decision_says_sheet_row_and_repair_and_never_an_answer(lines, code, words):
    with pytest.raises(DataError, match=says(code, **given(words))) as error:
        ratings(*lines.split(" | "))

    place = says("coded_row", file="coderingen.xlsx", sheet="an", row=2)
    assert re.match(place, str(error.value))
    assert "canary" not in str(error.value)


def test_themes_are_counted_in_gemeenten_and_only_as_decided():
    each = [f"{answer};an;tijd" for answer in ANSWERS["answer_id"].unique() if "beter" in answer]
    divided = "losser-beter-3;bo;geen van deze thema's"
    coding = code_answers(ANSWERS, FRAME, ratings(*each, divided))

    counts = theme_counts(ANSWERS, coding, FRAME)

    # tijd: Borne and both of the joint answer; about Losser the coders are divided.
    assert list(counts) == ["question", "theme", "label", "count", "coded", "answered"]
    assert counts.to_numpy().tolist() == [
        ["beter", "tijd", "Tijd", 3, 3, 4],
        ["beter", "bekendheid", "Bekend & ja", 0, 4, 4],
    ]


_ = None
# K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: four observers, twelve units.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]


@pytest.mark.parametrize(
    ("coders", "published"),
    [
        (OBSERVERS, 0.743),
        ([[1, 2], [1, 2]], 1),
        # Undefined: nothing varies, nobody judged the same unit, the 2 is not compared.
        ([[1, 1], [1, 1]], math.nan),
        ([[1, _], [_, 2]], math.nan),
        ([[1, 2, _], [1, _, 1]], math.nan),
    ],
)
def test_alpha_is_as_published_and_undefined_when_nothing_varies(coders, published):
    assert alpha(pd.DataFrame(coders)) == pytest.approx(published, abs=0.0005, nan_ok=True)


# --- quotes --------------------------------------------------------------------------------------


BY = 'vrijgegeven_door = "De secretaris"\n'


def quotes_of(folder: Path, answer_id: str, text: str, extra: str = BY) -> pd.DataFrame:
    block = f'[[citaat]]\nanswer_id = "{answer_id}"\ntekst = "{text}"\ndatum = 2023-07-01\n'
    return released_quotes(surveyed(folder, citaten=block + extra), ANSWERS)


@pytest.mark.parametrize("text", ["capaciteit", r"Deeltijd &\n <b>capaciteit</b>."])
def test_a_quote_that_is_listed_and_stands_in_the_answer_is_released(tmp_path, text):
    quotes = quotes_of(tmp_path, "losser-beter-3", text)

    released = [text.replace(r"\n", ""), "De secretaris", "2023-07-01"]
    assert quotes.to_numpy().tolist() == [["losser-beter-3", "beter", *released]]


@pytest.mark.parametrize(("answer_id", "text", "extra", "code", "words"), cases("wrong_quotes"))
def test_a_wrong_quote_is_refused_without_its_text(tmp_path, answer_id, text, extra, code, words):
    with pytest.raises(MmaError, match=says(code, **given(words))) as error:
        quotes_of(tmp_path, answer_id, text, extra)

    assert "citaten.toml" in str(error.value)
    assert "canary" not in str(error.value)
    assert "apaciteit" not in str(error.value)


def test_without_a_survey_or_a_list_of_quotes_none_is_released(tmp_path):
    without_survey = released_quotes(written(tmp_path), ANSWERS)
    without_quotes = released_quotes(surveyed(tmp_path), ANSWERS)

    for quotes in (without_survey, without_quotes):
        assert quotes.empty
        assert tuple(quotes) == ANSWER_COLUMNS
