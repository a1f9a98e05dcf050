import pandas as pd
import pytest

from mma_analysis.clean.places import receivers
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

TWO = ("dinkelland", "tubbergen")


def receiver(senders, **cells):
    rows = pd.DataFrame({field: [cell] for field, cell in cells.items()}, index=[0], dtype="str")
    return tuple(receivers(VOCABULARY, rows, senders).iloc[0])


def test_every_row_of_a_file_with_one_sender_is_that_senders():
    assert receiver(("losser",)) == ("losser", "", "")
    assert receiver(("losser",), place="Enschede") == ("losser", "", "")
    assert receiver(("losser",), place="ergens bij het kanaal") == ("losser", "", "")


@pytest.mark.parametrize(
    "cells",
    [
        {"place": "Deventer"},
        {"gemeente": "gemeente Hardenberg"},
        {"place": "Hengelo (Gld)"},
        {"place": "Rossum (Maasdriel)"},
        {"place": "Rossum", "postcode": "5328"},  # Rossum in Gelderland
    ],
)
def test_a_place_clearly_outside_the_district_is_refused(cells):
    field = list(cells)[-1]

    assert receiver(("dinkelland",), **cells) == ("dinkelland", "buiten_district", field)


@pytest.mark.parametrize(
    "cells",
    [
        {"place": "Rossum"},  # also in Gelderland, but this is what Dinkelland sent
        {"place": "Denekamp", "postcode": "1000"},  # one of the two is a slip
        {"gemeente": "Dinkelland", "place": "Deventer"},
        {"postcode": "7590"},  # a post box in Denekamp
    ],
)
def test_a_place_not_clearly_outside_the_district_is_counted(cells):
    assert receiver(("dinkelland",), **cells) == ("dinkelland", "", "")


@pytest.mark.parametrize(
    "name",
    [
        *("Dinkelland", "DINKELLAND", "gemeente Dinkelland", "gem. Dinkelland", "dinkelland"),
        *("GM1774", "1774", "Denekamp"),
    ],
)
def test_the_gemeente_column_is_a_name_a_code_or_a_place(name):
    assert receiver(TWO, gemeente=name) == ("dinkelland", "", "")


def test_a_code_without_its_leading_zero_is_recognised():
    assert receiver(("almelo", "enschede"), gemeente="153") == ("enschede", "", "")


def test_the_gemeente_column_goes_before_the_postcode_and_that_before_the_place():
    assert receiver(TWO, gemeente="Tubbergen", postcode="7591", place="Denekamp")[0] == "tubbergen"
    assert (
        receiver(TWO, gemeente="Noaberkracht", postcode="7651", place="Denekamp")[0] == "tubbergen"
    )
    assert receiver(TWO, postcode="", place="Weerselo")[0] == "dinkelland"


@pytest.mark.parametrize(
    ("senders", "place", "expected"),
    [
        (("hellendoorn", "tubbergen"), "Haarle", ""),
        (("hellendoorn", "tubbergen"), "Haarle (Tubbergen)", "tubbergen"),
        (("dinkelland", "tubbergen"), "Haarle", "tubbergen"),  # Dinkelland has no Haarle
        (("dinkelland", "oldenzaal"), "Deurningen", ""),
        (("almelo", "tubbergen"), "Mariaparochie", ""),
        (TWO, "Geesteren", "tubbergen"),  # also in Gelderland
        (("almelo", "twenterand"), "Kloosterhaar", ""),  # most of it is in Hardenberg
        (("almelo", "twenterand"), "Kloosterhaar (Twenterand)", "twenterand"),
    ],
)
def test_an_ambiguous_place_is_settled_only_when_one_sender_has_it(senders, place, expected):
    reason = ("", "") if expected else ("plaats_dubbelzinnig", "place")

    assert receiver(senders, place=place) == (expected, *reason)


@pytest.mark.parametrize(("pc4", "expected"), [("7448", "hellendoorn"), ("7668", "tubbergen")])
def test_the_postcode_settles_an_ambiguous_place(pc4, expected):
    cells = {"gemeente": "Haarle", "postcode": pc4, "place": "Haarle"}

    assert receiver(("hellendoorn", "tubbergen"), **cells) == (expected, "", "")


@pytest.mark.parametrize(
    "cells",
    [
        {"place": ""},
        {"place": "de camping"},
        {"place": "Almelo"},  # in the district, but the file is not for Almelo
        {"gemeente": "Noaberkracht"},
    ],
)
def test_a_row_of_a_joint_file_that_names_none_of_its_senders_is_refused(cells):
    assert receiver(TWO, **cells) == ("", "gemeente_onbekend", next(iter(cells)))


def test_a_row_of_a_joint_file_about_a_place_elsewhere_is_refused():
    assert receiver(TWO, place="Nordhorn") == ("", "buiten_district", "place")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Hengelo (O)", "hengelo"),
        ("HENGELO OV.", "hengelo"),
        ("Westerhaar", "twenterand"),
        ("De Lutte", "losser"),
        ("St. Isidorushoeve", "haaksbergen"),
        ("'t Loo", "dinkelland"),
        ("Goor (Hof van Twente)", "hof-van-twente"),
        ("Harmöle", "haaksbergen"),
    ],
)
def test_places_are_recognised_in_their_spellings(place, expected):
    senders = ("dinkelland", "haaksbergen", "hengelo", "hof-van-twente", "losser", "twenterand")

    assert receiver(senders, place=place)[0] == expected
