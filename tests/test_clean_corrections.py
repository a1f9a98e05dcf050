import re

import pytest
from conftest import cases

from mma_analysis import clean, read
from mma_analysis.clean import corrections
from mma_analysis.vocabulary.errors import MmaError
from says import given, says
from small_edition import delivers

FILE = "Meldnummer;Datum ontvangst;Onderwerp\nM1;14-3-2022;drugs\nM2;31-2-2022;fraude\n"


@pytest.fixture
def cleaned(tmp_path):
    """Clean one file of Losser with these corrections."""

    def run(text):
        (tmp_path / corrections.CORRECTIONS_FILE).write_text(text, encoding="utf-8")
        edition = delivers(tmp_path, FILE)
        return clean.clean_meldingen([read.read_delivery(edition, "losser.csv")], edition)

    return run


def correction(**keys):
    """The row of M2 is removed, but for what is given, as TOML."""
    right = {"bestand": '"losser.csv"', "rij": 3, "kolom": '"received_on"', "actie": '"verwijder"'}
    right |= {"verwacht": '"31-2-2022"', "reden": '"tikfout"', "gemeld_aan": '"a@b.nl op 3-7"'}
    return (
        "[[correctie]]\n"
        + "".join(f"{key} = {keys[key]}\n" for key in keys)
        + "".join(f"{key} = {value}\n" for key, value in right.items() if key not in keys)
    )


def test_a_cell_is_replaced_before_cleaning_and_the_correction_is_named(cleaned):
    recorded = correction(verwacht='"30-2-2022"', status='"hersteld"')  # and is not applied
    tables = cleaned(recorded + correction(actie='"vervang"', waarde="2022-03-01"))

    assert tables.rejected.empty
    days = tables.meldingen["received_on"].dt.strftime("%d-%m-%Y").tolist()
    assert days == ["14-03-2022", "01-03-2022"]
    row = ["losser.csv", "", 3, "received_on", "vervang", "tikfout", "a@b.nl op 3-7"]
    assert tables.corrections.values.tolist() == [row]


def test_a_removed_row_is_refused_for_that_reason_alone(cleaned):
    tables = cleaned(correction())

    assert tables.rejected["reason_code"].tolist() == ["verwijderd"]
    assert len(tables.meldingen) == 1


def test_what_may_hold_content_is_expected_by_its_hash(cleaned):
    topic = {"kolom": '"topic"', "actie": '"vervang"', "waarde": '"drugs"'}

    tables = cleaned(correction(verwacht=f'"{corrections.hash_of_cell("fraude")}"', **topic))

    assert tables.corrections["field"].tolist() == ["topic"]


@pytest.mark.parametrize(("keys", "code", "words"), cases("wrong_corrections"))
def test_a_correction_that_is_wrong_or_fits_nothing_is_an_error(cleaned, keys, code, words):
    given_keys = dict(key.split("=", 1) for key in keys.split(" | "))

    with pytest.raises(MmaError, match=says(code, **given(words))) as told:
        cleaned(correction(**given_keys))

    assert not re.search("31-2-2022|fraude", str(told.value))
