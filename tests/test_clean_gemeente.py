import pandas as pd
import pytest

from mma_analysis.clean.places import receivers
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

ONE, TWO, OF_HAARLE = ("dinkelland",), ("dinkelland", "tubbergen"), ("hellendoorn", "tubbergen")
NAMES = ["Dinkelland", "DINKELLAND", "gemeente Dinkelland", "gem. Dinkelland", "dinkelland"]
NAMES += ["GM1774", "1774", "Denekamp"]


def receiver(senders, **cells):
    rows = pd.DataFrame({field: [cell] for field, cell in cells.items()}, index=[0], dtype="str")
    return tuple(receivers(VOCABULARY, rows, senders).iloc[0])


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


@pytest.mark.parametrize(
    ("senders", "cells", "expected"),
    [
        # A row of a file with one sender is that sender's,
        (("losser",), {}, "losser"),
        (("losser",), {"place": "Enschede"}, "losser"),
        (("losser",), {"place": "ergens bij het kanaal"}, "losser"),
        (ONE, {"place": "Rossum"}, "dinkelland"),  # also in Gelderland
        (ONE, {"place": "Denekamp", "postcode": "1000"}, "dinkelland"),  # one of the two is a slip
        (ONE, {"gemeente": "Dinkelland", "place": "Deventer"}, "dinkelland"),
        (ONE, {"postcode": "7590"}, "dinkelland"),  # a post box in Denekamp
        # and of a joint file that of the gemeente's name, code or place,
        *((TWO, {"gemeente": name}, "dinkelland") for name in NAMES),
        (("almelo", "enschede"), {"gemeente": "153"}, "enschede"),  # its leading zero is lost
        # of which the gemeente goes before the postcode, and that before the place.
        (TWO, {"gemeente": "Tubbergen", "postcode": "7591", "place": "Denekamp"}, "tubbergen"),
        (TWO, {"gemeente": "Noaberkracht", "postcode": "7651", "place": "Denekamp"}, "tubbergen"),
        (TWO, {"postcode": "", "place": "Weerselo"}, "dinkelland"),
        (OF_HAARLE, {"gemeente": "Haarle", "postcode": "7448", "place": "Haarle"}, "hellendoorn"),
        (OF_HAARLE, {"gemeente": "Haarle", "postcode": "7668", "place": "Haarle"}, "tubbergen"),
    ],
)
def test_a_row_is_of_the_sender_that_it_names(senders, cells, expected):
    assert receiver(senders, **cells) == (expected, "", "")


@pytest.mark.parametrize(
    ("senders", "cells", "reason"),
    [
        # A place clearly outside the district
        (ONE, {"place": "Deventer"}, "buiten_district"),
        (ONE, {"gemeente": "gemeente Hardenberg"}, "buiten_district"),
        (ONE, {"place": "Hengelo (Gld)"}, "buiten_district"),
        (ONE, {"place": "Rossum (Maasdriel)"}, "buiten_district"),
        (ONE, {"place": "Rossum", "postcode": "5328"}, "buiten_district"),  # in Gelderland
        (TWO, {"place": "Nordhorn"}, "buiten_district"),
        # A row of a joint file that names none of its senders
        (TWO, {"place": ""}, "gemeente_ontbreekt"),
        (TWO, {"place": "n.v.t."}, "gemeente_ontbreekt"),
        (TWO, {"place": "de camping"}, "gemeente_onbekend"),
        (TWO, {"place": "Almelo"}, "gemeente_onbekend"),  # the file is not for Almelo
        (TWO, {"gemeente": "Noaberkracht"}, "gemeente_onbekend"),
    ],
)
def test_a_row_of_nobody_is_refused_with_the_column_that_says_so(senders, cells, reason):
    known = senders[0] if len(senders) == 1 else ""

    assert receiver(senders, **cells) == (known, reason, list(cells)[-1])


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
