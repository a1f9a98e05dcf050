"""What may be said of released tables: counts, changes, and breakdowns with hidden parts."""

import pandas as pd
import pytest

from mma_analysis.show import facts, parts
from show_tables import (
    DISTRICT,
    HIDDEN,
    MISSING,
    NOT_APPLICABLE,
    breakdown,
    cases,
    connection,
    evaluation,
    per_period,
    says,
    split,
)


def topics_of(cells, total=100, whole=None):
    """The topic groups of Borne: `total` for the shares, `whole` as its total on the page."""
    e = evaluation(
        counts={"whole": total if whole is None else whole},
        per_topic_group=breakdown("topic_group", cells, total),
    )
    return parts.breakdown(e, "topic_group")


# --- facts ---------------------------------------------------------------------------------------


def test_a_gemeente_without_delivery_or_date_is_named():
    table = connection(borne=None)
    table.loc[table["area"] == "almelo", "has_delivered"] = False
    whole, lacking = evaluation(), evaluation(connection=table)

    assert facts.without_delivery(lacking) == ["almelo"]
    assert facts.without_date(lacking) == ["borne"]
    assert not facts.is_whole(lacking)
    # the district says over how many gemeenten
    assert facts.where(whole, whole.district) == "Twente"
    assert facts.where(lacking, lacking.district) == "Twente (13 van de 14 gemeenten)"
    assert facts.where(lacking, lacking.area) == "Borne"


def test_a_total_is_of_this_area_unless_another_is_named():
    e = evaluation(per_period=per_period({"borne": {"whole": 7}, DISTRICT: {"whole": 90}}))

    assert facts.total(e).value == 7
    assert facts.total(e, DISTRICT).value == 90
    assert facts.total(e, "almelo").state == HIDDEN


@cases(
    "rate interval",
    ({"per_month": 2.0, "per_month_low": 1.0, "per_month_high": 3.0}, facts.Interval(2, 1, 3)),
    ({"per_month": 2.0}, None),
)
def test_a_rate_is_known_only_with_its_interval(rate, interval):
    assert facts.whole(evaluation(per_period=per_period(**rate))).per_month == interval


def test_the_causes_of_growth_are_whole_meldingen_that_add_up():
    of = facts.split(evaluation(split(180, 421, 19.4, 208.6, 13.0)))

    assert (of.new, of.months, of.same) == (19, 209, 13)
    assert of.new + of.months + of.same == of.growth == 241
    assert of.connected_share == pytest.approx(228 / 241)


@cases(
    "whole expected",
    (HIDDEN, "Hoeveel het er zijn, tonen wij niet."),
    (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
    (NOT_APPLICABLE, "Borne was op de peildatum nog niet aangesloten."),
    (0, "Borne ontving in deze periode geen meldingen."),
    (9, "Hoeveel het er zijn, tonen wij niet."),  # the total is shown, its parts are not
)
def test_what_cannot_be_told_has_its_own_reason(whole, expected):
    assert facts.absence(evaluation(counts={"whole": whole}), "Hoeveel het er zijn,") == expected


# --- parts ---------------------------------------------------------------------------------------


@cases(
    "cells largest",
    # larger than all that is hidden together: 30, and in the next 45, perhaps all in one part
    ({"drugs": 60, "geweld": 10, "overig": HIDDEN}, "drugs"),
    ({"drugs": 40, "geweld": 15, "overig": HIDDEN}, None),
    ({"drugs": 50, "geweld": 50}, None),
    # the unknown part is never the largest
    ({"onbekend": 60, "drugs": 40}, "drugs"),
    # zeros have no largest
    ({"drugs": HIDDEN, "geweld": HIDDEN, "overig": HIDDEN}, None),
)
def test_the_largest_part_is_the_largest_for_certain(cells, largest):
    found = topics_of(cells).largest

    assert (found and found.code) == largest


@cases(
    "cells whole",
    (dict.fromkeys(["drugs", "geweld", "overig"], HIDDEN), 100),
    ({"drugs": 60}, HIDDEN),
)
def test_zeros_or_parts_without_a_shown_total_are_nothing_to_see(cells, whole):
    assert topics_of({"drugs": 60}).is_shown
    assert not topics_of(cells, whole=whole).is_shown


@cases(
    "cells known",
    ({"drugs": 60, "geweld": 10, "onbekend": 30}, 70),
    ({"drugs": HIDDEN, "geweld": 10, "onbekend": 30}, 70),  # 100 less the unknown
    ({"drugs": 60, "geweld": 10, "onbekend": HIDDEN}, 70),  # all known parts together
    ({"drugs": HIDDEN, "geweld": 10, "onbekend": HIDDEN}, None),
)
def test_how_many_are_known_follows_from_shown_counts_alone(cells, known):
    own = topics_of(cells)

    assert own.known == known
    assert own.known_share == (None if known is None else known / 100)


def test_a_part_is_told_among_the_known_ones():
    own = topics_of({"drugs": 60, "geweld": HIDDEN, "onbekend": 30})

    assert own.among_known("drugs") == (60, 70)
    assert own.among_known("geweld") is None


@cases(
    "cells label",
    # what is hidden may be more than 30 of the 100
    ({"drugs": 30, "geweld": 10, "overig": HIDDEN}, "drugs"),
    ({"drugs": 30, "onbekend": 40, "overig": HIDDEN}, "onderwerp onbekend"),
    ({"drugs": 30, "geweld": 30, "overig": HIDDEN}, ""),  # as often
    ({"drugs": HIDDEN, "overig": HIDDEN}, ""),  # only zeros are shown
)
def test_the_largest_of_what_is_shown_is_said_to_be_that(cells, label):
    title = f"Van wat wij tonen, komt ‘{label}’ in Borne het vaakst voor" if label else ""

    assert parts.most_shown(topics_of(cells)) == title


@cases(
    "cells total expected",
    # 22 of 100 are known to be about drugs; none to all of the 54 unknown ones may be too
    ({"drugs": 22, "geweld": 24, "onbekend": 54}, 100, "minstens 22% en hoogstens 76% … telt"),
    ({"drugs": 1, "geweld": 200, "onbekend": 99}, 300, "hoogstens 33% … telt"),
    ({"drugs": 2, "geweld": 3, "onbekend": 4}, 9, "minstens 2 en hoogstens 6 van de 9 … tellen"),
    ({"drugs": 2, "geweld": 7}, 9, "2 van de 9 meldingen in Borne tellen"),
    ({"geweld": 8, "onbekend": 1}, 9, "hoogstens 1 van de 9 meldingen in Borne telt"),
    ({"drugs": 1, "geweld": 8}, 9, "1 van de 9 meldingen in Borne telt"),
    ({"geweld": 9}, 9, "geen van de 9 meldingen in Borne telt"),
    ({"drugs": 1}, 1, "de enige melding in Borne telt"),
    ({"drugs": 30}, 30, "alle 30 meldingen in Borne tellen"),
    ({"drugs": 15, "geweld": 15}, 30, "50% van de meldingen in Borne telt"),
    ({"onbekend": 9}, 9, ""),  # all is possible
    ({"drugs": HIDDEN, "geweld": 4, "onbekend": 3}, 9, ""),
)
def test_bounds_hold_whatever_the_unknown_ones_are(cells, total, expected):
    certain = parts.certain(parts.within(topics_of(cells, total), "drugs", "telt", "tellen"))

    says(certain, f"Zeker is dat {expected}." if expected else "")


def test_a_share_for_a_table_says_why_it_is_not_there():
    own = topics_of({"drugs": 60, "geweld": HIDDEN})

    assert own.part("drugs").share_text == "60%"
    assert own.part("geweld").share_text == "·"
    assert topics_of({}, total=0).part("drugs").share_text == ""


def test_the_district_stands_in_when_nothing_of_the_area_is_shown():
    own = breakdown("topic_group", {"drugs": HIDDEN, "geweld": HIDDEN}, 4)
    other = breakdown("topic_group", {"drugs": 9}, 9, area=DISTRICT)
    counts = per_period({DISTRICT: {"whole": 9}})
    e = evaluation(per_topic_group=pd.concat([own, other]), per_period=counts)

    assert parts.shown_breakdown(e, "topic_group").area.slug == DISTRICT
