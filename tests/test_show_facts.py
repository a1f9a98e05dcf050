"""What may be said of released tables: counts, changes, and breakdowns with hidden parts."""

import pandas as pd
import pytest

from mma_analysis.show import facts, parts
from show_tables import (
    DISTRICT,
    FIRST,
    HIDDEN,
    LAST,
    MISSING,
    NOT_APPLICABLE,
    breakdown,
    connection,
    evaluation,
    per_period,
)


def topics_of(folder, cells, total=100, whole=None):
    """The topic groups of Borne: `total` for the shares, `whole` as its total on the page."""
    tables = {
        "per_topic_group": breakdown("topic_group", cells, total),
        "per_period": per_period({"borne": {"whole": total if whole is None else whole}}),
    }
    return parts.breakdown(evaluation(folder, tables), "topic_group")


# --- facts ---------------------------------------------------------------------------------------


def test_the_district_says_over_how_many_gemeenten_when_one_did_not_deliver(tmp_path):
    table = connection()
    whole = evaluation(tmp_path / "a", {"connection": table})
    lacking = evaluation(
        tmp_path / "b",
        {"connection": table.assign(has_delivered=table["area"] != "almelo")},
    )

    assert facts.where(whole, whole.district) == "Twente"
    assert facts.where(lacking, lacking.district) == "Twente (13 van de 14 gemeenten)"
    assert facts.where(lacking, lacking.area) == "Borne"


def test_a_total_is_of_this_area_unless_another_is_named(tmp_path):
    e = evaluation(
        tmp_path, {"per_period": per_period({"borne": {"whole": 7}, DISTRICT: {"whole": 90}})}
    )

    assert facts.total(e).value == 7
    assert facts.total(e, DISTRICT).value == 90
    assert facts.total(e, "almelo").state == HIDDEN


def test_a_rate_is_known_only_with_its_interval(tmp_path):
    rate = {"per_month": 2.0, "per_month_low": 1.0, "per_month_high": 3.0}
    known = evaluation(tmp_path / "a", {"per_period": per_period(**rate)})
    half = evaluation(tmp_path / "b", {"per_period": per_period(per_month=2.0)})

    assert facts.whole(known).per_month == facts.Interval(2.0, 1.0, 3.0)
    assert facts.whole(half).per_month is None


def test_the_causes_of_growth_are_whole_meldingen_that_add_up(tmp_path):
    row = (FIRST, LAST, 180.0, 421.0, 19.4, 208.6, 13.0)
    columns = ["period_from", "period_to", "count_from", "count_to", "new", "months", "same"]

    split = facts.split(
        evaluation(tmp_path, {"growth_split": pd.DataFrame([row], columns=columns)})
    )

    assert split is not None
    assert (split.new, split.months, split.same) == (19, 209, 13)
    assert split.new + split.months + split.same == split.growth == 241
    assert split.connected_share == pytest.approx(228 / 241)


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (HIDDEN, "Hoeveel het er zijn, tonen wij niet."),
        (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
        (NOT_APPLICABLE, "Borne was op de peildatum nog niet aangesloten."),
        (0, "Borne ontving in deze periode geen meldingen."),
        (9, "Hoeveel het er zijn, tonen wij niet."),  # the total is shown, its parts are not
    ],
)
def test_what_cannot_be_told_has_its_own_reason(tmp_path, whole, expected):
    e = evaluation(tmp_path, {"per_period": per_period({"borne": {"whole": whole}})})

    assert facts.absence(e, "Hoeveel het er zijn,") == expected


def test_a_gemeente_without_delivery_or_date_is_named(tmp_path):
    table = connection(borne=None)
    table.loc[table["area"] == "almelo", "has_delivered"] = False
    e = evaluation(tmp_path, {"connection": table})

    assert facts.without_delivery(e) == ["almelo"]
    assert facts.without_date(e) == ["borne"]
    assert not facts.is_whole(e)


# --- parts ---------------------------------------------------------------------------------------


def test_the_largest_part_is_larger_than_all_that_is_hidden_together(tmp_path):
    certain = topics_of(tmp_path / "a", {"drugs": 60, "geweld": 10, "overig": HIDDEN})
    # 45 are hidden, perhaps all in one part: then drugs is not the largest
    doubtful = topics_of(tmp_path / "b", {"drugs": 40, "geweld": 15, "overig": HIDDEN})

    assert certain.largest is not None
    assert certain.largest.code == "drugs"
    assert doubtful.largest is None


def test_two_equal_parts_have_no_largest(tmp_path):
    assert topics_of(tmp_path, {"drugs": 50, "geweld": 50}).largest is None


def test_zeros_have_no_largest_and_are_nothing_to_see(tmp_path):
    zeros = topics_of(tmp_path, {"drugs": HIDDEN, "geweld": HIDDEN, "overig": HIDDEN}, total=9)

    assert zeros.largest is None
    assert not zeros.is_shown


def test_the_unknown_part_is_never_the_largest(tmp_path):
    own = topics_of(tmp_path, {"onbekend": 60, "drugs": 40})

    assert own.largest is not None
    assert own.largest.code == "drugs"


def test_parts_without_a_shown_total_are_nothing_to_see(tmp_path):
    assert not topics_of(tmp_path, {"drugs": 60}, whole=HIDDEN).is_shown


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        ({"drugs": 60, "geweld": 10, "onbekend": 30}, 70),
        ({"drugs": HIDDEN, "geweld": 10, "onbekend": 30}, 70),  # 100 less the unknown
        ({"drugs": 60, "geweld": 10, "onbekend": HIDDEN}, 70),  # all known parts together
        ({"drugs": HIDDEN, "geweld": 10, "onbekend": HIDDEN}, None),
    ],
)
def test_how_many_are_known_follows_from_shown_counts_alone(tmp_path, cells, known):
    own = topics_of(tmp_path, cells)

    assert own.known == known
    assert own.known_share == (None if known is None else known / 100)


def test_a_part_is_told_among_the_known_ones(tmp_path):
    own = topics_of(tmp_path, {"drugs": 60, "geweld": HIDDEN, "onbekend": 30})

    assert own.among_known("drugs") == (60, 70)
    assert own.among_known("geweld") is None


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        # what is hidden may be more than 30 of the 100
        (
            {"drugs": 30, "geweld": 10, "overig": HIDDEN},
            "Van wat wij tonen, komt ‘drugs’ in Borne het vaakst voor",
        ),
        (
            {"drugs": 30, "onbekend": 40, "overig": HIDDEN},
            "Van wat wij tonen, komt ‘onderwerp onbekend’ in Borne het vaakst voor",
        ),
        ({"drugs": 30, "geweld": 30, "overig": HIDDEN}, ""),  # as often
        ({"drugs": HIDDEN, "overig": HIDDEN}, ""),  # only zeros are shown
    ],
)
def test_the_largest_of_what_is_shown_is_said_to_be_that(tmp_path, cells, title):
    assert parts.most_shown(topics_of(tmp_path, cells)) == title


@pytest.mark.parametrize(
    ("cells", "total", "expected"),
    [
        # 22 of 100 are known to be about drugs; none to all of the 54 unknown ones may be too
        (
            {"drugs": 22, "geweld": 24, "onbekend": 54},
            100,
            "Zeker is dat minstens 22% en hoogstens 76% van de meldingen in Borne telt.",
        ),
        (
            {"drugs": 1, "geweld": 200, "onbekend": 99},
            300,
            "Zeker is dat hoogstens 33% van de meldingen in Borne telt.",
        ),
        (
            {"drugs": 2, "geweld": 3, "onbekend": 4},
            9,
            "Zeker is dat minstens 2 en hoogstens 6 van de 9 meldingen in Borne tellen.",
        ),
        (
            {"drugs": 2, "geweld": 7},
            9,
            "Zeker is dat 2 van de 9 meldingen in Borne tellen.",
        ),
        (
            {"drugs": 0, "geweld": 8, "onbekend": 1},
            9,
            "Zeker is dat hoogstens 1 van de 9 meldingen in Borne telt.",
        ),
        ({"drugs": 1, "geweld": 8}, 9, "Zeker is dat 1 van de 9 meldingen in Borne telt."),
        ({"geweld": 9}, 9, "Zeker is dat geen van de 9 meldingen in Borne telt."),
        ({"drugs": 1}, 1, "Zeker is dat de enige melding in Borne telt."),
        ({"drugs": 30}, 30, "Zeker is dat alle 30 meldingen in Borne tellen."),
        ({"drugs": 15, "geweld": 15}, 30, "Zeker is dat 50% van de meldingen in Borne telt."),
        ({"onbekend": 9}, 9, ""),  # all is possible
        ({"drugs": HIDDEN, "geweld": 4, "onbekend": 3}, 9, ""),
    ],
)
def test_bounds_hold_whatever_the_unknown_ones_are(tmp_path, cells, total, expected):
    own = topics_of(tmp_path, cells, total)

    assert parts.certain(parts.within(own, "drugs", "telt", "tellen")) == expected


def test_a_share_for_a_table_says_why_it_is_not_there(tmp_path):
    own = topics_of(tmp_path / "a", {"drugs": 60, "geweld": HIDDEN})
    of_nothing = topics_of(tmp_path / "b", {}, total=0)

    assert own.part("drugs").share_text == "60%"
    assert own.part("geweld").share_text == "·"
    assert of_nothing.part("drugs").share_text == ""


def test_the_district_stands_in_when_nothing_of_the_area_is_shown(tmp_path):
    tables = {
        "per_topic_group": pd.concat(
            [
                breakdown("topic_group", {"drugs": HIDDEN, "geweld": HIDDEN}, 4),
                breakdown("topic_group", {"drugs": 9}, 9, area=DISTRICT),
            ]
        ),
        "per_period": per_period({DISTRICT: {"whole": 9}}),
    }

    shown = parts.shown_breakdown(evaluation(tmp_path, tables), "topic_group")

    assert shown.area.slug == DISTRICT
