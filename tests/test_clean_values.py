import pandas as pd
import pytest
from conftest import cases

from mma_analysis.clean.numbers import melding_numbers
from mma_analysis.clean.places import places, receivers
from mma_analysis.clean.words import WORD_FIELDS, blank, code_of
from mma_analysis.read.headers import TARGETS
from mma_analysis.read.meldingen import reduce_to_presence
from mma_analysis.vocabulary import Vocabulary, plain, word

VOCABULARY = Vocabulary()


@pytest.mark.parametrize(("field", "word", "code"), cases("words"))
def test_a_word_is_recognised_or_not_understood(field, word, code):
    assert code_of(field, word, VOCABULARY.words(field)) == code


NOTHING = ["", " ", "Niet bekend", "onbekend", "-", "–", "—", "--", "?"]


@pytest.mark.parametrize("cell", [*NOTHING, "n.v.t.", "nvt", "N.V.T", "n.b."])
def test_what_says_nothing_is_not_known_in_every_field_and_never_no(cell):
    said = {field: code_of(field, cell, VOCABULARY.words(field)) for field in WORD_FIELDS}

    assert said == dict.fromkeys(WORD_FIELDS, "onbekend")
    # A missing value is a sheet of the file without that column. Nothing at all beside a licence
    # plate means that there was none: such a cell could have been filled.
    cells = pd.Series(["QA-007-Q", "nee", cell, None], dtype="str")
    empty = "" if cell.strip() else "nee"
    assert reduce_to_presence(VOCABULARY, [cells]).tolist() == ["ja", "nee", empty, ""]
    assert blank(VOCABULARY, pd.Series([cell, "nee"])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("senders", "gemeente", "postcode", "place", "receiver", "reason", "told"), cases("receivers")
)
def test_a_row_is_of_the_sender_that_it_names_or_says_which_column_does_not(
    senders, gemeente, postcode, place, receiver, reason, told
):
    given = {"gemeente": gemeente, "postcode": postcode, "place": place}
    cells = {name: cell.replace("leeg", "") for name, cell in given.items() if cell}
    rows = pd.DataFrame(cells, index=[0], dtype="str")

    found = tuple(receivers(VOCABULARY, rows, tuple(senders.split())).iloc[0])

    assert found == (receiver, reason, told)


@pytest.mark.parametrize(("cell", "number"), cases("numbers"))
def test_a_number_has_one_way_of_writing(cell, number):
    assert melding_numbers(pd.Series([cell], dtype="str")).tolist() == [number]


def test_no_alias_of_a_header_or_word_means_two_things_and_each_means_what_is_there():
    tables = {
        name: VOCABULARY.reference(f"{name}_aliases") for name in ("column", "value", "topic")
    }
    aliases = [("a header", plain(row["alias"]), row["field"]) for row in tables["column"]]
    aliases += [(row["field"], word(row["alias"]), row["code"]) for row in tables["value"]]
    aliases += [("topic", plain(row["alias"]), row["code"]) for row in tables["topic"]]
    meanings: dict[tuple[str, str], str] = {}
    for field, alias, code in aliases:
        assert alias
        assert meanings.setdefault((field, alias), code) == code, alias
    assert {field for what, _, field in aliases if what == "a header"} <= {*TARGETS}
    for field in WORD_FIELDS:
        assert {*VOCABULARY.words(field).values()} <= {*VOCABULARY.values(field)}, field


def test_every_alias_of_a_gemeente_or_place_leads_somewhere():
    slugs = {area.slug for area in VOCABULARY.gemeenten} | {"buiten_district"}
    assert {row["gemeente"] for row in VOCABULARY.reference("gemeente_aliases")} <= slugs
    assert set(places(VOCABULARY)[0].values()) == {
        row["place"] for row in VOCABULARY.reference("places")
    }
