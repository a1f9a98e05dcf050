"""What may be said of released tables: counts, changes, and breakdowns, exact and rounded."""

from mma_analysis.show import facts, parts
from mma_analysis.vocabulary import UNKNOWN
from show_tables import (
    DISTRICT,
    HIDDEN,
    MISSING,
    NEVER,
    NOT_APPLICABLE,
    VOCABULARY,
    breakdown,
    cases,
    connection,
    evaluation,
    per_period,
    says,
)


def topics_of(cells, total=100, basis=1):
    """The topic groups of Borne, of so many meldingen, exact or rounded."""
    e = evaluation(
        per_period=per_period({"borne": {"whole": total}}, basis=basis),
        per_topic_group=breakdown("topic_group", cells, total, basis=basis),
    )
    return parts.breakdown(e, "topic_group")


# --- facts ---------------------------------------------------------------------------------------


def test_a_gemeente_without_delivery_or_date_is_named():
    table = connection(borne=None)
    table.loc[table["area"] == "almelo", "has_delivered"] = False
    whole, lacking = evaluation(), evaluation(connection=table)

    assert facts.without_delivery(lacking) == ["almelo"]
    assert facts.without_date(lacking) == ["borne"]
    # the district says over how many gemeenten
    assert facts.where(whole, whole.district) == "Twente"
    assert facts.where(lacking, lacking.district) == "Twente (13 van de 14 gemeenten)"
    assert facts.where(lacking, lacking.area) == "Borne"


def test_a_total_is_of_this_area_unless_another_is_named():
    e = evaluation(per_period=per_period({"borne": {"whole": 7}, DISTRICT: {"whole": 90}}))

    assert facts.total(e).value == 7
    assert facts.total(e, DISTRICT).value == 90
    assert facts.total(e, "almelo").state == MISSING


@cases(
    "rate interval",
    ({"per_month": 2.0, "per_month_low": 1.0, "per_month_high": 3.0}, facts.Interval(2, 1, 3)),
    ({"per_month": 2.0}, None),
)
def test_a_rate_is_known_only_with_its_interval(rate, interval):
    assert facts.whole(evaluation(per_period=per_period(**rate))).per_month == interval


@cases(
    "whole expected",
    (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
    (NOT_APPLICABLE, "Borne was op de peildatum nog niet aangesloten."),
    (0, "Borne ontving in deze periode geen meldingen."),
    (9, "Hoeveel het er zijn, tonen wij niet."),  # the total is shown, its parts are not
)
def test_what_cannot_be_told_has_its_own_reason(whole, expected):
    assert facts.absence(evaluation(counts={"whole": whole}), "Hoeveel het er zijn,") == expected


# --- parts ---------------------------------------------------------------------------------------

ALL = list(VOCABULARY.topic_groups)
KNOWN = [code for code in ALL if code != UNKNOWN]


@cases(
    "cells total basis",
    (dict.fromkeys(ALL, HIDDEN), 100, 1),
    ({"drugs": 0}, 0, 5),
)
def test_nothing_and_what_is_not_shown_are_nothing_to_see(cells, total, basis):
    assert topics_of({"drugs": 60}).is_shown
    assert not topics_of(cells, total, basis).is_shown


@cases(
    "cells total basis known share",
    ({"drugs": 60, "geweld": 10, "onbekend": 30}, 100, 1, 70, 0.7),
    ({"drugs": 100}, 100, 1, 100, 1.0),
    (dict.fromkeys(ALL, HIDDEN), 100, 1, None, None),
    # of few rounded ones there is no share
    ({"drugs": 10, "onbekend": 30}, 40, 5, 10, None),
    # what a gemeente never fills in is no rounded 0
    ({**dict.fromkeys(KNOWN, NEVER), "onbekend": 100}, 100, 5, 0, 0.0),
)
def test_how_many_are_known_is_all_but_the_unknown_ones(cells, total, basis, known, share):
    own = topics_of(cells, total, basis)

    assert own.known == known
    assert own.known_share == share


def test_a_part_is_told_among_the_known_ones():
    own = topics_of({"drugs": 60, "geweld": 10, "onbekend": 30})

    assert own.among_known("drugs") == (60, 70)
    assert topics_of(dict.fromkeys(ALL, HIDDEN)).among_known("drugs") is None


@cases(
    "cells total basis expected",
    # 22 of 100 are known to be about drugs; none to all of the 54 unknown ones may be too
    ({"drugs": 22, "geweld": 24, "onbekend": 54}, 100, 1, "minstens 22% en hoogstens 76% … telt"),
    # 1 to 100 of 300: bounds are rounded outwards
    ({"drugs": 1, "geweld": 200, "onbekend": 99}, 300, 1, "hoogstens 34% … telt"),
    ({"drugs": 2, "geweld": 3, "onbekend": 4}, 9, 1, "minstens 2 en hoogstens 6 van de 9 … tellen"),
    ({"drugs": 2, "geweld": 7}, 9, 1, "2 van de 9 meldingen in Borne tellen"),
    ({"geweld": 8, "onbekend": 1}, 9, 1, "hoogstens 1 van de 9 meldingen in Borne telt"),
    ({"drugs": 1, "geweld": 8}, 9, 1, "1 van de 9 meldingen in Borne telt"),
    ({"geweld": 9}, 9, 1, "geen van de 9 meldingen in Borne telt"),
    ({"drugs": 1}, 1, 1, "de enige melding in Borne telt"),
    ({"drugs": 30}, 30, 1, "alle 30 meldingen in Borne tellen"),
    ({"drugs": 50, "geweld": 50}, 100, 1, "50% van de meldingen in Borne telt"),
    ({"onbekend": 9}, 9, 1, ""),  # all is possible
    (dict.fromkeys(ALL, HIDDEN), 9, 1, ""),
    # rounded: 20 may be 16 of 104, and 20 and 55 may be 24 and 59 of 96
    ({"drugs": 20, "geweld": 25, "onbekend": 55}, 100, 5, "minstens 15% en hoogstens 87% … telt"),
    # 0 and 5 may be 4 and 9 of 96
    ({"geweld": 95, "onbekend": 5}, 100, 5, "hoogstens 14% van de meldingen in Borne telt"),
    ({"drugs": 10, "onbekend": 10}, 20, 5, ""),  # of few nothing is certain
)
def test_bounds_hold_whatever_the_unknown_ones_are(cells, total, basis, expected):
    certain = parts.certain(parts.within(topics_of(cells, total, basis), "drugs", "telt", "tellen"))

    says(certain, f"Zeker is dat {expected}." if expected else "")


@cases(
    "cells total basis expected",
    ({"drugs": 60}, 100, 1, "60%"),
    ({"drugs": HIDDEN}, 100, 1, "·"),
    ({}, 0, 1, ""),
    ({"drugs": 60}, 100, 5, "60%"),
    ({"geweld": 60}, 100, 5, "<5%"),  # at most 4 of 96
    ({"drugs": NEVER}, 100, 5, "0%"),
    ({"drugs": 5}, 10, 5, "te weinig"),
    ({"geweld": 10}, 10, 5, ""),
)
def test_a_share_for_a_table_says_why_it_is_not_there(cells, total, basis, expected):
    assert topics_of(cells, total, basis).part("drugs").share_text == expected
