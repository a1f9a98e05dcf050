"""The words of the project, and the tables that they stand in."""

import csv
from importlib.resources import files

import pytest

from mma_analysis import vocabulary
from mma_analysis.vocabulary import Vocabulary, plain, schema
from mma_analysis.vocabulary.reference import table_names

VOCABULARY = Vocabulary()


@pytest.mark.parametrize("name", table_names())
def test_every_row_of_every_table_is_whole_and_has_its_source(name):
    text = files("mma_analysis").joinpath("reference", f"{name}.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())

    assert rows
    assert header[-1] == "source"
    for number, row in enumerate(rows, start=2):
        assert len(row) == len(header), number
        # A sheet with a table of what came in, such as tariffs, is no indicator.
        is_indicator = name != "indicators" or row[header.index("code")]
        assert row[-1].strip() or not is_indicator, number


def test_twente_has_fourteen_gemeenten():
    assert VOCABULARY.district.name == "Twente"
    slugs = [area.slug for area in VOCABULARY.gemeenten]
    assert slugs == sorted(slugs)
    assert VOCABULARY.areas == (*VOCABULARY.gemeenten, VOCABULARY.district)
    assert len({area.cbs_code for area in VOCABULARY.areas}) == 15
    assert VOCABULARY.area("hof-van-twente").name == "Hof van Twente"


@pytest.mark.parametrize(
    "written", ["Datum ontvangst", "datum_ontvangst", "DATUM-ONTVANGST:", " dátum\u00a0ontvangst"]
)
def test_one_word_in_many_spellings_is_one_word(written):
    assert plain(written) == "datumontvangst"


def test_every_topic_is_in_one_group_and_no_group_is_empty():
    groups = VOCABULARY.group_of_topic

    assert len(VOCABULARY.topics) == 19  # of the contract, and `overig` and `onbekend`
    assert set(groups) == set(VOCABULARY.topics)
    assert set(groups.values()) == set(VOCABULARY.topic_groups)


@pytest.mark.parametrize("field", [*schema.FOLLOW_UP, *schema.BACKGROUND, "also_sent_to"])
def test_not_known_is_an_answer_of_every_field(field):
    assert vocabulary.UNKNOWN in VOCABULARY.values(field)


def test_gemeenten_stand_in_the_order_of_the_alphabet_whatever_the_table_has(tmp_path):
    rows = [
        "zwolle,Zwolle,gemeente,GM0193",
        "ijssel,IJsselland,district,",
        "abe,Abe,gemeente,GM0001",
    ]
    head = "slug,name,level,cbs_code"
    tables = {"areas": tuple(csv.DictReader([head, *rows]))}

    areas = [area.slug for area in Vocabulary(tables).areas]

    assert areas == ["abe", "zwolle", "ijssel"]
