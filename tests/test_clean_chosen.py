"""What the settings chose of a file, as its sender reads it."""

import pandas as pd
import pytest

from mma_analysis.clean import choices_of
from mma_analysis.clean.words import short_label
from mma_analysis.vocabulary.schema import UNREADABLE, Delivery
from small_edition import EVALUATIE, written

WORDS = """
[gemeenten.losser]
[gemeenten.losser.waarden.topic]
"gekke planten" = "drugsdelicten"
"vreemde geur" = "drugsdelicten"
"zaak 12 van buurman" = "drugsdelicten"
"""


def delivered(*topics: str) -> Delivery:
    rows = pd.DataFrame({"topic": list(topics)}, dtype="str").assign(source_sheet="")
    return Delivery("losser.csv", ("losser",), {"topic": "Soort"}, rows)


def test_words_with_one_meaning_are_told_at_once_with_all_their_rows(tmp_path):
    cells = ["gekke planten", "Vreemde geur", "gekke planten", "inbraak"]

    said = choices_of(delivered(*cells), written(tmp_path, EVALUATIE + WORDS))

    words = "‘gekke planten’ en ‘Vreemde geur’"
    assert said == [f"{words} in de kolom ‘Soort’ lazen wij als drugsdelicten (3 regels)."]


def test_a_word_with_a_digit_is_counted_and_not_told(tmp_path):
    cells = ["zaak 12 van buurman"]

    said = choices_of(delivered(*cells), written(tmp_path, EVALUATIE + WORDS))

    column = "in de kolom ‘Soort’ lazen wij als drugsdelicten (1 regel)."
    assert said == [f"een langere tekst {column}"]


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("Gekke  planten", "Gekke planten"),
        ("a" * 40, "a" * 40),
        ("a" * 41, ""),
        ("Dorpsstraat 7", ""),
        (UNREADABLE, ""),
    ],
)
def test_only_what_can_be_no_more_than_a_label_is_shown(cell, label):
    assert short_label(cell) == label
