"""What the meldingen are about, what became of them, and what is missing in them."""

import pandas as pd
import pytest

from mma_analysis.show import (
    accountability,
    charts,
    direct,
    follow_up,
    improvements,
    practice,
    topics,
)
from mma_analysis.show.blocks import Chart, Table, Text
from mma_analysis.vocabulary import Vocabulary
from show_tables import (
    DISTRICT,
    FIRST,
    HIDDEN,
    LAST,
    MISSING,
    PERIODS,
    breakdown,
    evaluation,
    per_period,
    periods,
    told,
)

VOCABULARY = Vocabulary()
TABLES = {
    "per_topic_group": ["topic_group"],
    "per_topic": ["topic"],
    "per_background": ["has_time", "has_location", "has_person", "has_vehicle"],
    "per_follow_up": ["status", "disposition", "acted", "result", "fed_back", "usable"],
    "per_recipient": ["also_sent_to"],
}
ALL_UNKNOWN = {"onbekend": 90}


@pytest.fixture
def borne(tmp_path):
    """Make an evaluation of Borne: its total, and counts for the fields that a test is about.

    All other fields are unknown for each melding; the district has 90 meldingen, all unknown
    except those in `district`.
    """

    def make(total, *, area="borne", audience="openbaar", district=None, **fields):
        tables = {}
        for name, of_table in TABLES.items():
            parts = []
            for field in of_table:
                n = total if isinstance(total, int) else 0
                own = fields.get(field, {"onbekend": n} if n else {})
                parts.append(breakdown(field, own, n))
                other = (district or {}).get(field, ALL_UNKNOWN)
                parts.append(breakdown(field, other, 90, area=DISTRICT))
            tables[name] = pd.concat(parts)
        tables["per_period"] = per_period({"borne": {"whole": total}, DISTRICT: {"whole": 90}})
        return evaluation(tmp_path, tables, area=area, audience=audience)

    return make


# --- topics --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {"drugs": 60, "geweld": 38, "onbekend": 2},
            "Het onderwerp dat het vaakst voorkomt, is drugs: bij 60% van de meldingen. Bij 2% van "
            "de meldingen is het onderwerp niet bekend.",
        ),
        (
            {"drugs": 50, "geweld": 50},
            "Er is niet één onderwerp dat het vaakst voorkomt. Het onderwerp is altijd bekend.",
        ),
        (
            {"drugs": 20, "geweld": HIDDEN, "overig": HIDDEN, "onbekend": HIDDEN},
            "Welk onderwerp het vaakst voorkomt, is hier niet te zeggen: een deel van de aantallen "
            "tonen wij niet.",
        ),
    ],
)
def test_the_largest_topic_is_named_when_it_is_the_largest_for_certain(borne, cells, expected):
    assert told(topics.sentence(borne(100, topic_group=cells))) == expected


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (HIDDEN, "Waar de meldingen in Borne over gaan, tonen wij niet."),
        (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
        (0, "Borne ontving in deze periode geen meldingen."),
    ],
)
def test_without_topics_the_reason_is_told_and_the_district_shown(borne, total, expected):
    hidden = dict.fromkeys(["drugs", "geweld", "overig"], HIDDEN) if total == HIDDEN else {}
    e = borne(total, topic_group=hidden, district={"topic_group": {"drugs": 90}})

    assert told(topics.sentence(e)) == f"{expected} Hieronder staat het beeld van heel Twente."
    assert told(topics.own_chart(e)) == "Drugs is het grootste onderwerp in Twente"


def test_no_topic_is_the_largest_when_more_have_no_topic(borne):
    e = borne(100, topic_group={"drugs": 30, "geweld": 10, "onbekend": 60})

    assert told(topics.own_chart(e)) == (
        "Bij 60% van de meldingen in Borne is het onderwerp niet bekend"
    )


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ({"drugs": 40, "geweld": 40, "overig": 20}, "Geen onderwerp steekt er in Borne bovenuit"),
        # 30 is not known, so that it may be the largest, but is no half
        (
            {"drugs": 25, "geweld": 25, "overig": 20, "onbekend": 30},
            "Geen onderwerp steekt er in Borne bovenuit",
        ),
        (
            {"drugs": 40, "geweld": 40, "overig": HIDDEN, "wonen": HIDDEN},
            "Waar de meldingen in Borne over gaan",
        ),
        # of the 100 are 70 hidden, in which another topic may be larger
        (
            {"drugs": 30, "overig": HIDDEN, "wonen": HIDDEN},
            "Van wat wij tonen, komt ‘drugs’ in Borne het vaakst voor",
        ),
    ],
)
def test_without_a_largest_topic_the_title_says_what_can_be_said(borne, cells, title):
    assert told(topics.own_chart(borne(100, topic_group=cells))) == title


def test_the_largest_topic_comes_first_and_what_is_not_known_last(borne):
    cells = {"drugs": 10, "fraude_en_geld": 30, "ondermijning": HIDDEN, "onbekend": 40}

    chart = topics.own_chart(borne(90, topic_group=cells))

    assert isinstance(chart, Chart)
    assert [row[:2] for row in chart.table.rows] == [
        ["Fraude en geld", "30"],
        ["Drugs", "10"],
        ["Geweld en wapens", "0"],  # from here on in reading order, zero or hidden
        ["Wonen en uitbuiting", "0"],
        ["Ondermijning", "·"],
        ["Overig", "0"],
        ["Onderwerp onbekend", "40"],
    ]
    assert list(chart.figure.data[0].marker.color) == [charts.BLUE] * 6 + [charts.UNKNOWN_COLOUR]


def test_the_topics_table_shows_what_the_figure_shows(borne):
    chart = topics.own_chart(
        borne(100, topic_group={"drugs": 96, "geweld": HIDDEN, "overig": HIDDEN})
    )

    assert isinstance(chart, Chart)
    assert chart.table.rows[0] == ["Drugs", "96", "96%", "0%"]
    assert chart.table.rows[1] == ["Geweld en wapens", "·", "·", "0%"]
    assert list(chart.figure.data[0].x)[:2] == [96, None]
    assert "Aantallen van 1 tot en met 4 tonen wij niet." in chart.caption


def test_a_shares_interval_stands_beside_it(borne):
    # the interval of the fixture is the share give or take 10%
    assert "tussen 50% en 70%" in told(
        topics.sure(borne(100, topic_group={"drugs": 60, "geweld": 40}))
    )


@pytest.fixture
def shift(tmp_path):
    """Make an evaluation of the district with these topics, of 100 meldingen, in both years.

    Every shift is 5 percent points more, give or take 10, and the verdict is the one given.
    """

    def make(first, last, **verdicts):
        parts = [
            breakdown("topic_group", cells, 100, area=DISTRICT, period=period)
            for period, cells in (("whole", first), (FIRST, first), (LAST, last))
        ]
        total = {DISTRICT: {"whole": 100, FIRST: 100, LAST: 100}}
        rows = [
            (DISTRICT, code, 0.05, -0.05, 0.15, verdicts.get(code, "no_change"))
            for code in VOCABULARY.topic_groups
        ]
        columns = ["area", "value", "change", "low", "high", "verdict"]
        tables = {
            "per_topic_group": pd.concat(parts),
            "per_period": per_period(total),
            "topic_shift": pd.DataFrame(rows, columns=columns),
        }
        return evaluation(tmp_path, tables, area=DISTRICT)

    return make


@pytest.mark.parametrize(
    ("first", "last", "title"),
    [
        (
            {"drugs": 60, "geweld": 40},
            {"drugs": 90, "geweld": 10},
            "Drugs bleef het grootste onderwerp",
        ),
        (
            {"drugs": 60, "geweld": 40},
            {"drugs": 40, "geweld": 60},
            "Geweld en wapens is nu het grootste onderwerp; eerst was dat drugs",
        ),
        (
            {"drugs": 50, "geweld": 50},
            {"drugs": 60, "geweld": 40},
            "Drugs is het grootste onderwerp in jul 2022 – jun 2023",
        ),
        (
            {"drugs": 60},
            {"drugs": HIDDEN, "geweld": HIDDEN},
            "Waar de meldingen in Twente over gaan",
        ),
    ],
)
def test_the_title_of_the_shift_is_true_in_both_years(shift, first, last, title):
    assert told(topics.shift_chart(shift(first, last))) == title


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (
            {"drugs": "more", "geweld": "fewer"},
            "Bij drugs en geweld en wapens is de verschuiving groter dan past bij toeval.",
        ),
        ({}, "Bij geen enkel onderwerp is de verschuiving zo groot dat toeval is uitgesloten."),
        (
            {"drugs": "fewer", "onbekend": "more"},
            "Bij drugs is de verschuiving groter dan past bij toeval. Het deel zonder bekend "
            "onderwerp veranderde ook. Daardoor verschuiven alle andere mee.",
        ),
    ],
)
def test_which_topics_shifted_more_than_chance_is_told(shift, verdicts, expected):
    e = shift({"drugs": 60, "geweld": 40}, {"drugs": 81, "geweld": 19}, **verdicts)

    assert told(topics.sure(e)).endswith(expected)


def test_that_no_topic_shifted_is_said_only_of_what_is_told(shift):
    e = shift({"drugs": 60}, {"drugs": 65}, geweld="cannot_tell")

    assert told(topics.sure(e)).endswith(
        "Bij geen getoond onderwerp is de verschuiving zo groot dat toeval is uitgesloten."
    )


def test_a_shift_that_is_hidden_is_not_said_to_be_chance(shift):
    hidden = dict.fromkeys(VOCABULARY.topic_groups, "cannot_tell")

    assert "verschuiving" not in told(topics.sure(shift({}, {}, **hidden)))


def test_the_table_of_the_shift_has_the_difference_and_its_limits(shift):
    chart = topics.shift_chart(shift({"drugs": 60}, {"drugs": 65, "geweld": 35}))

    assert isinstance(chart, Chart)
    assert chart.table.rows[0] == ["Drugs", "60", "65", "60%", "65%", "+5 (−5 tot +15)"]


def test_the_version_of_the_list_of_topics_is_accounted_for(borne):
    assert "in de versie van 1 oktober 2020" in told(accountability.definitions(borne(9)))


def test_the_mark_of_a_list_of_words_is_that_of_its_words():
    assert VOCABULARY.fingerprint("topics") == VOCABULARY.fingerprint("topics")
    assert VOCABULARY.fingerprint("topics") != VOCABULARY.fingerprint("topics", "topic_aliases")


def test_hidden_topics_are_not_ordered_by_size(shift):
    chart = topics.shift_chart(
        shift({}, {"drugs": 10, "overig": 80, "geweld": HIDDEN, "ondermijning": HIDDEN})
    )

    assert isinstance(chart, Chart)
    assert [row[0] for row in chart.table.rows][:4] == [
        "Overig",
        "Drugs",
        "Geweld en wapens",  # from here on in reading order, zero or hidden
        "Fraude en geld",
    ]


def test_a_single_year_has_no_shift(tmp_path):
    e = evaluation(tmp_path, {"periods": periods(PERIODS[:2])}, area=DISTRICT)

    assert isinstance(topics.shift_chart(e), Text)


# --- practice ------------------------------------------------------------------------------------


def known(count):
    """All fields known of `count` out of 100 meldingen."""
    first = {
        "topic_group": "drugs",
        "status": "afgesloten",
        "disposition": "actie_gemeente",
        "result": "bevestigd",
        "usable": "ja",
        "also_sent_to": "politie",
        **dict.fromkeys(TABLES["per_background"], "ja"),
    }
    return {field: {code: count, "onbekend": 100 - count} for field, code in first.items()}


def test_the_least_registered_field_is_in_the_title(borne):
    e = borne(100, **{**known(80), "result": {"bevestigd": 46, "onbekend": 54}})

    assert told(practice.completeness_chart(e)) == (
        "Het minst vaak geregistreerd in Borne: het resultaat (46%)"
    )
    assert told(practice.completeness_sentence(e)).startswith(
        "Eén gegeven is bij minder dan de helft van de meldingen bekend: het resultaat. Wat niet"
    )


@pytest.mark.parametrize(
    ("total", "count", "known", "expected"),
    [
        (182, 33, 182, "Van alle 182 meldingen in Borne is bekend hoe ver zij zijn. Op de"),
        (586, 81, 519, "Van 519 van de 586 meldingen in Borne is bekend hoe ver zij zijn. Op de"),
        (HIDDEN, 5, 9, "Van 9 meldingen in Borne is bekend hoe ver zij zijn. Op de"),
        (1, 0, 1, "Van de enige melding in Borne is bekend hoe ver zij is. Op de"),
        (9, 0, 0, "Van geen enkele melding in Borne is bekend hoe ver zij is."),
    ],
)
def test_of_how_many_meldingen_is_known_how_far_they_are(tmp_path, total, count, known, expected):
    tables = {
        "per_period": per_period({"borne": {"whole": total}}),
        "backlog": pd.DataFrame({"area": ["borne"], "count": [count], "total": [known]}),
    }

    assert told(practice.backlog_sentence(evaluation(tmp_path, tables))).startswith(expected)


def test_fields_that_are_seldom_known_are_counted_and_named(borne):
    few = {"result": {"bevestigd": 46, "onbekend": 54}, "usable": {"ja": 1, "onbekend": 99}}

    assert told(practice.completeness_sentence(borne(100, **{**known(80), **few}))).startswith(
        "Twee gegevens zijn bij minder dan de helft van de meldingen bekend: het resultaat en de "
        "bruikbaarheid. Wat niet"
    )


RARELY = {"bevestigd": 46, "onbekend": 54}
UNTOLD = {"bevestigd": 46, "deels_bevestigd": HIDDEN, "onbekend": HIDDEN}


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        (
            {"result": RARELY, "usable": {"ja": 46, "onbekend": 54}},
            "Het minst vaak geregistreerd in Borne: het resultaat en de bruikbaarheid (46%)",
        ),
        (
            {"result": UNTOLD, "usable": {"ja": 46, "onbekend": 54}},
            "Van wat wij tonen, is de bruikbaarheid in Borne het minst vaak geregistreerd (46%)",
        ),
        (
            {
                "result": UNTOLD,
                "usable": {"ja": 46, "onbekend": 54},
                "also_sent_to": {"politie": 46, "onbekend": 54},
            },
            "Van wat wij tonen, zijn wie de melding nog meer kreeg en de bruikbaarheid in Borne "
            "het minst vaak geregistreerd (46%)",
        ),
        (
            dict.fromkeys(TABLES["per_background"], {"ja": 0, "onbekend": 100}),
            "Nooit geregistreerd in Borne: 4 van de 10 gegevens",
        ),
        (
            {
                "result": UNTOLD,
                **dict.fromkeys(TABLES["per_background"], {"ja": 0, "onbekend": 100}),
            },
            "Nooit geregistreerd in Borne: 4 van de 9 gegevens die wij tonen",
        ),
        (
            {"result": {"onbekend": 100}, "usable": {"onbekend": 100}},
            "Nooit geregistreerd in Borne: het resultaat en de bruikbaarheid",
        ),
        ({}, "Elk gegeven is in Borne even vaak geregistreerd (80%)"),
        (
            {"result": UNTOLD},
            "Elk gegeven dat wij tonen, is in Borne even vaak geregistreerd (80%)",
        ),
    ],
)
def test_the_least_registered_of_what_is_shown_are_in_the_title(borne, fields, title):
    assert told(practice.completeness_chart(borne(100, **{**known(80), **fields}))) == title


def test_what_is_told_of_a_part_says_that_it_is_a_part(borne):
    hidden = {"result": {"bevestigd": 46, "deels_bevestigd": HIDDEN, "onbekend": HIDDEN}}

    assert told(practice.completeness_sentence(borne(100, **{**known(80), **hidden}))).startswith(
        "Elk gegeven dat wij tonen, is bekend bij minstens de helft van de meldingen. Van één "
        "gegeven tonen wij dit niet."
    )


def test_a_registration_that_is_not_shown_gives_way_to_the_district(borne):
    e = borne(HIDDEN)

    assert told(practice.completeness_sentence(e)) == (
        "Hoe volledig de registratie in Borne is, tonen wij niet. Hieronder staat het beeld van "
        "heel Twente."
    )
    assert "Twente" in told(practice.completeness_chart(e))


COMPLETE = ["area", "period", "field", "registers", "state", "share"]


@pytest.fixture
def registered(tmp_path):
    """Make an evaluation of the district with these rows of completeness, of the result."""

    def make(*rows):
        table = pd.DataFrame(
            [(area, "whole", "result", *row) for area, *row in rows], columns=COMPLETE
        ).astype({"registers": "boolean", "share": "Float64"})
        return evaluation(tmp_path, {"completeness": table}, area=DISTRICT)

    return make


def test_which_gemeenten_never_register_a_result_is_told(registered):
    some = [("almelo", True, "shown", 0.5), ("borne", True, HIDDEN, None)]
    e = registered(*some, ("losser", False, "shown", 0.0), ("wierden", None, MISSING, None))

    assert told(practice.gemeenten_sentence(e)) == (
        "2 van de 3 gemeenten houden van ten minste een deel van de meldingen het resultaat bij. "
        "In de registratie van Losser staat het nooit."
    )
    assert told(practice.gemeenten_sentence(registered(*some))).startswith(
        "Elke gemeente die leverde, houdt van ten minste een deel"
    )
    everybody = [(area.slug, True, "shown", 0.5) for area in VOCABULARY.gemeenten]
    assert told(practice.gemeenten_sentence(registered(*everybody))).startswith(
        "Elke gemeente houdt van ten minste een deel"
    )
    assert told(practice.gemeenten_sentence(registered())).startswith("Van geen enkele gemeente")


def test_never_hidden_missing_and_known_are_four_things_in_the_table(registered):
    e = registered(
        ("almelo", True, "shown", 0.5),
        ("borne", True, HIDDEN, None),
        ("losser", False, HIDDEN, None),  # all known values are 0, only the total is hidden
        ("wierden", None, MISSING, None),
        (DISTRICT, True, "shown", 0.4),
    )

    table = practice.gemeenten_table(e)

    assert isinstance(table, Table)
    result = {row[0]: row[-1] for row in table.rows}
    assert [result[name] for name in ("Almelo", "Borne", "Losser", "Wierden", "Twente")] == [
        *("50%", "·", "nooit", "–", "40%"),
    ]
    assert [row[0] for row in table.rows][:2] == ["Almelo", "Borne"]


# --- follow-up -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "cells", "expected"),
    [
        (
            100,
            {"bevestigd": 20, "deels_bevestigd": 10, "niet_bevestigd": 10, "onbekend": 60},
            "Dit kwam er uit de 40 meldingen met een bekend resultaat: 50% bevestigd, 25% deels "
            "bevestigd en 25% niet bevestigd.",
        ),
        (
            9,
            {"bevestigd": 1, "niet_bevestigd": 2, "onbekend": 6},
            "Dit kwam er uit de 3 meldingen met een bekend resultaat: 1 bevestigd, 0 deels "
            "bevestigd en 2 niet bevestigd.",
        ),
        (
            9,
            {"bevestigd": 1, "onbekend": 8},
            "Van één melding is het resultaat bekend: bevestigd.",
        ),
        (9, {"onbekend": 9}, "Van geen enkele melding is het resultaat bekend."),
        (
            100,
            {"bevestigd": 20, "deels_bevestigd": HIDDEN, "niet_bevestigd": HIDDEN, "onbekend": 60},
            "Dit kwam er uit de 40 meldingen met een bekend resultaat: 50% bevestigd. De andere "
            "aantallen tonen wij niet.",
        ),
        (
            100,
            {"bevestigd": 20, "deels_bevestigd": HIDDEN, "onbekend": HIDDEN},
            "Een deel van de resultaten tonen wij niet.",
        ),
    ],
)
def test_results_are_told_of_the_meldingen_of_which_they_are_known(borne, total, cells, expected):
    assert told(follow_up.sentence(borne(total, result=cells))) == expected


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        (
            {"bevestigd": 46, "onbekend": 54},
            "Bij 54% van de meldingen in Borne is het resultaat niet bekend",
        ),
        ({"bevestigd": 100}, "Van elke melding in Borne is het resultaat bekend"),
        (
            {"bevestigd": 46, "niet_bevestigd": HIDDEN, "onbekend": HIDDEN},
            "Wat er bekend is over de opvolging in Borne",
        ),
    ],
)
def test_the_title_of_the_follow_up_tells_what_is_not_known(borne, cells, title):
    assert told(follow_up.steps_chart(borne(100, result=cells))) == title


def test_a_step_shows_the_share_that_is_known(borne):
    chart = follow_up.steps_chart(
        borne(
            100,
            result={"bevestigd": 46, "onbekend": 54},
            acted={"ja": 30, "nee": 20, "onbekend": 50},
            fed_back={"ja": HIDDEN, "nee": HIDDEN, "onbekend": 90},
        )
    )

    assert isinstance(chart, Chart)
    received, _, acted, result, fed_back, _ = zip(*(t.x for t in chart.figure.data), strict=True)
    assert received == (1.0, 0.0, 0.0)
    assert acted == (0.3, 0.2, 0.5)
    assert result == (0.46, 0.0, 0.54)
    assert fed_back == (None, None, None)
    assert "Actie of overdracht: 30% ja, 20% nee en 50% niet bekend." in chart.alt
    assert "Resultaat bekend: 46% ja en 54% niet bekend." in chart.alt
    assert "Teruggekoppeld aan M.: niet getoond." in chart.alt
    assert ["Resultaat: bevestigd", "46", "46%"] in chart.table.rows


def test_an_abbreviation_keeps_its_capitals_in_a_table(borne):
    chart = follow_up.steps_chart(borne(100, result={"bevestigd": 100}))

    assert isinstance(chart, Chart)
    assert "Afhandeling: overgedragen aan het RIEC" in [row[0] for row in chart.table.rows]


def test_what_is_confirmed_for_certain_stands_beside_the_claim(borne):
    known = {"result": {"bevestigd": 20, "niet_bevestigd": 20, "onbekend": 60}}
    e = borne(100, **known, usable={"ja": 40, "nee": 10, "onbekend": 50})

    assert told(follow_up.sure(e)).endswith(
        "Zeker is dat minstens 20% en hoogstens 80% van de meldingen in Borne helemaal bevestigd "
        "is. Ook is zeker dat minstens 40% en hoogstens 90% van de meldingen in Borne bruikbaar is."
    )
    assert "Zolang resultaten ontbreken" in told(follow_up.meaning(e))


DURATIONS = ["area", "median_days", "median_low", "median_high"]
DURATIONS += ["within_30", "within_90"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            (33.0, 28.0, 40.0, 0.48, 0.78),
            "In heel Twente is naar schatting van alle meldingen 48% binnen 30 dagen en 78% "
            "binnen 90 dagen afgesloten. De helft is afgesloten binnen 33 dagen; met 95% "
            "zekerheid ligt dat tussen 28 en 40 dagen.",
        ),
        (
            (40.0, 33.0, None, 0.3, 0.7),
            "Wanneer de helft is afgesloten, is niet precies te zeggen: met 95% zekerheid pas na "
            "33 dagen of later.",
        ),
        (
            (40.0, None, None, 0.3, 0.7),
            "De helft is afgesloten binnen 40 dagen; hoe zeker dat is, is niet te zeggen.",
        ),
        (
            (33.0, 28.0, 40.0, 0.48, None),
            "In heel Twente is naar schatting van alle meldingen 48% binnen 30 dagen afgesloten.",
        ),
        (
            (33.0, 28.0, 40.0, None, None),
            "Welk deel binnen 30 of 90 dagen is afgesloten, is nog niet te zeggen",
        ),
        (
            (None, None, None, 0.1, 0.2),
            "Na hoeveel dagen de helft is afgesloten, is nog niet te zeggen.",
        ),
    ],
)
def test_the_time_to_close_has_its_interval_when_it_is_reached(tmp_path, row, expected):
    table = pd.DataFrame([(DISTRICT, *row)], columns=DURATIONS)
    table = table.astype(dict.fromkeys(DURATIONS[1:], "float64"))

    assert expected in told(
        follow_up.duration_sentence(evaluation(tmp_path, {"time_to_close": table}))
    )


def test_of_what_was_closed_on_no_known_day_only_the_bound_is_told(tmp_path):
    row = (DISTRICT, 33.0, 28.0, 40.0, 0.48, 0.78)
    table = pd.DataFrame([row], columns=DURATIONS)

    assert told(
        follow_up.duration_sentence(evaluation(tmp_path, {"time_to_close": table}))
    ).endswith(
        "Voor de tijd tot afsluiten telt een gemeente mee als van minstens 90% van wat zij afsloot "
        "de dag bekend is. Afgesloten meldingen zonder die dag tellen niet mee: dat is hoogstens "
        "10%."
    )


def test_without_closing_dates_nothing_is_said_of_time(tmp_path):
    e = evaluation(tmp_path)

    assert "de opvolging in heel Twente duurt, is niet vast te stellen" in told(
        follow_up.duration_sentence(e)
    )
    assert "is niet vast te stellen" in told(follow_up.ways_sentence(e))


def test_why_the_time_to_feedback_of_all_is_not_told_is_said(tmp_path):
    assert (
        "Hoe lang het duurt voor M. hoort wat ervan kwam, vertellen wij niet over heel Twente. "
        "Daarvoor leggen te weinig gemeenten dit vast, of zijn er te weinig meldingen."
    ) in told(follow_up.duration_sentence(evaluation(tmp_path)))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            (376.0, 337.0, 400.0, 0.0, 0.05),
            "Binnen 90 dagen is van ongeveer 5% van de meldingen in heel Twente aan M. "
            "teruggekoppeld wat ervan kwam. De helft is teruggekoppeld binnen 376 dagen",
        ),
        (
            (None, None, None, 0.0, 0.0),
            "van minder dan 3% van de meldingen in heel Twente aan M. teruggekoppeld wat ervan "
            "kwam. Na hoeveel dagen de helft is teruggekoppeld, is nog niet te zeggen.",
        ),
    ],
)
def test_the_time_to_feedback_is_told_in_steps_of_five_percent(tmp_path, row, expected):
    table = pd.DataFrame([(DISTRICT, *row)], columns=DURATIONS)
    table = table.astype(dict.fromkeys(DURATIONS[1:], "float64"))

    assert expected in told(
        follow_up.duration_sentence(evaluation(tmp_path, {"time_to_feedback": table}))
    )


def test_the_ways_of_ending_are_told_together(tmp_path):
    rows = [(DISTRICT, "ja", 0.45), (DISTRICT, "nee", 0.3), (DISTRICT, "onbekend", 0.0)]
    table = pd.DataFrame(rows, columns=["area", "acted", "within_90"])

    assert (
        "Ongeveer 45% was afgesloten na actie of overdracht. Ongeveer 30% was afgesloten zonder "
        "actie of overdracht. De rest stond nog open."
    ) in told(follow_up.ways_sentence(evaluation(tmp_path, {"outcomes_over_time": table})))


@pytest.fixture
def backgrounds(tmp_path):
    """Make an evaluation with the results by background: the background, its verdict and change.

    Of 50 meldingen without it 40% is confirmed, of 80 with it 40% and the change; other totals may
    be given.
    """

    def make(*rows):
        table = pd.DataFrame(
            [
                (
                    DISTRICT,
                    background,
                    *(totals or (50, 80)),
                    0.4,
                    0.4 + change,
                    change,
                    change - 0.1,
                    change + 0.1,
                )
                for background, _, change, *totals in rows
            ],
            columns=[
                *("area", "background", "total_from", "total_to", "share_from", "share_to"),
                *("change", "low", "high"),
            ],
        )
        given = {"result_by_background": table.assign(verdict=[row[1] for row in rows])}
        return evaluation(tmp_path, given, area=DISTRICT)

    return make


def test_a_result_with_and_without_a_background_stand_side_by_side(backgrounds):
    e = backgrounds(("has_time", "no_change", 0.05), ("has_location", "more", 0.2))

    table = follow_up.background_table(e)

    assert isinstance(table, Table)
    assert table.rows == [
        ["tijdstip", "45% van 80", "40% van 50", "+5 (−5 tot +15)"],
        ["plaats", "60% van 80", "40% van 50", "+20 (+10 tot +30)"],
    ]
    assert "Met plaats is een resultaat vaker een bevestiging dan past bij toeval." in table.note


def test_a_result_that_is_hidden_has_a_sign_and_is_no_finding(backgrounds):
    nothing = float("nan")
    hidden = ("has_time", "cannot_tell", nothing, None, None)
    e = backgrounds(hidden, ("has_person", "no_change", 0.0))

    table = follow_up.background_table(e)

    assert isinstance(table, Table)
    assert table.rows[0] == ["tijdstip", "·", "·", "·"]
    assert "Geen van de getoonde verschillen is groter dan past bij toeval." in table.note
    assert isinstance(
        follow_up.background_table(backgrounds(("has_time", "cannot_tell", nothing))), Text
    )


def test_that_no_background_differs_is_said_of_all_when_all_are_told(backgrounds):
    table = follow_up.background_table(backgrounds(("has_time", "no_change", 0.0)))

    assert isinstance(table, Table)
    assert "Geen enkel verschil is groter dan past bij toeval." in table.note


def test_a_share_of_nothing_is_not_said_to_be_hidden(backgrounds):
    none_with_it = ("has_time", "cannot_tell", float("nan"), 50, 0)
    e = backgrounds(none_with_it, ("has_person", "more", 0.2))

    table = follow_up.background_table(e)

    assert isinstance(table, Table)
    assert table.rows[0] == ["tijdstip", "?", "?", "?"]


# --- received directly ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "cells", "expected"),
    [
        (
            100,
            {"alleen_gemeente": 20, "politie": 54, "onbekend": 26},
            "Bij 20% van de meldingen is geregistreerd dat alleen de gemeente ze kreeg. "
            "Bij 26% van de meldingen is niet geregistreerd wie ze nog meer kreeg.",
        ),
        (
            100,
            {"alleen_gemeente": 20, "politie": 80},
            "Bij 20% van de meldingen is geregistreerd dat alleen de gemeente ze kreeg.",
        ),
        (
            100,
            {"politie": 100},
            "Bij geen van de 100 meldingen is geregistreerd dat alleen de gemeente ze kreeg.",
        ),
        (
            100,
            {"alleen_gemeente": HIDDEN, "politie": 80, "onbekend": 16},
            "Hoeveel meldingen alleen de gemeente kreeg, tonen wij niet. Bij 16% van de meldingen "
            "is niet geregistreerd wie ze nog meer kreeg.",
        ),
        (9, {"onbekend": 9}, "In de registratie staat niet wie de meldingen nog meer kreeg."),
        (
            HIDDEN,
            {"politie": HIDDEN},
            "Wie de meldingen in Borne nog meer kreeg, tonen wij niet. "
            "Hieronder staat het beeld van heel Twente.",
        ),
    ],
)
def test_what_only_the_gemeente_got_is_told_from_the_registration(borne, total, cells, expected):
    assert told(direct.sentence(borne(total, also_sent_to=cells))) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"alleen_gemeente": 20, "politie": 80}, "weet de politie niets zolang"),
        ({"politie": 60, "onbekend": 40}, "kreeg ook altijd iemand anders de melding."),
        ({"onbekend": 100}, "Zolang niet is geregistreerd"),
    ],
)
def test_what_it_means_follows_from_what_is_registered(borne, cells, expected):
    assert expected in told(direct.meaning(borne(100, also_sent_to=cells)))


def test_what_cannot_be_known_is_said_about_the_time_before(borne):
    e = borne(100, also_sent_to={"alleen_gemeente": 20, "politie": 54, "onbekend": 26})

    assert told(direct.before_after(e)).startswith(
        "Zeker is dat minstens 20% en hoogstens 46% van de meldingen in Borne alleen naar de "
        "gemeente ging."
    )
    assert "is niet vast te stellen" in told(direct.before_after(e))


# --- improvements --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "cells", "expected"),
    [
        (
            100,
            {"ja": 60, "nee": 30, "onbekend": 10},
            "Voor zover bekend ontbreekt de plaats bij 33% van de meldingen in Borne.",
        ),
        (9, {"ja": 8, "nee": 1}, "De plaats ontbreekt bij 1 van de 9 meldingen in Borne."),
        (9, {"ja": 9}, "De plaats ontbreekt bij geen van de 9 meldingen in Borne."),
        (9, {"onbekend": 9}, "In Borne is niet geregistreerd of de plaats in een melding stond."),
        (
            HIDDEN,
            {"ja": HIDDEN},
            "Hoe vaak de plaats ontbreekt in Borne, tonen wij niet. Hieronder "
            "staat het beeld van heel Twente.",
        ),
    ],
)
def test_a_missing_place_is_told_of_what_was_registered(borne, total, cells, expected):
    assert told(improvements.background_sentence(borne(total, has_location=cells))).startswith(
        expected
    )


def test_the_background_has_all_three_parts_in_words_and_table(borne):
    chart = improvements.background_chart(
        borne(100, has_time={"ja": 30, "nee": 60, "onbekend": 10})
    )

    assert isinstance(chart, Chart)
    assert chart.title == (
        "Voor zover bekend ontbreekt het tijdstip bij 67% van de meldingen in Borne"
    )
    assert "Tijdstip: 30% staat erin, 60% staat er niet in en 10% niet geregistreerd." in chart.alt
    assert chart.table.rows[0] == ["Tijdstip", "30", "60", "10"]


PART_HIDDEN = {"ja": 11, "nee": HIDDEN, "onbekend": HIDDEN}


def test_a_figure_in_which_no_bar_can_be_drawn_is_of_the_district(borne):
    fields = dict.fromkeys(improvements.FIELDS, PART_HIDDEN)
    e = borne(16, **fields, district={"has_time": {"ja": 60, "nee": 30}})

    chart = improvements.background_chart(e)

    assert isinstance(chart, Chart)
    assert chart.title == "Het tijdstip ontbreekt bij 33% van de meldingen in Twente"
    assert "Hieronder staat het beeld van heel Twente." in told(improvements.background_sentence(e))
    assert chart.table.caption == "Achtergrond in de meldingen van Twente"


def test_the_district_is_not_announced_above_a_figure_of_the_gemeente(borne):
    e = borne(16, has_location=PART_HIDDEN)  # of the other three it is known that nothing is known

    assert "heel Twente" not in told(improvements.background_sentence(e))
    chart = improvements.background_chart(e)
    assert isinstance(chart, Chart)
    assert chart.title == (
        "In Borne is nooit geregistreerd of er een tijdstip, een persoon of een voertuig in een "
        "melding staat"
    )


def test_when_the_time_is_not_told_the_title_is_about_the_next_kind_of_background(borne):
    fields = {"has_time": PART_HIDDEN, "has_person": {"ja": 10, "nee": 30, "onbekend": 60}}

    chart = improvements.background_chart(borne(100, **fields))

    assert isinstance(chart, Chart)
    assert (
        chart.title == "Voor zover bekend ontbreekt een persoon bij 75% van de meldingen in Borne"
    )
    assert chart.caption.endswith("waarvan dit bekend is: 30 van 40.")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {"ja": 30, "nee": 60, "onbekend": 10},
            "minstens 60% en hoogstens 70% van de meldingen in Borne geen tijdstip heeft.",
        ),
        ({"ja": 40, "nee": 60}, "Van elke melding is geregistreerd of er een tijdstip in staat."),
        ({"onbekend": 100}, "is hieruit niet af te leiden."),
    ],
)
def test_how_often_the_time_is_missing_for_certain(borne, cells, expected):
    assert expected in told(improvements.sure(borne(100, has_time=cells)))


# --- the list of M. ------------------------------------------------------------------------------


def test_the_list_of_topics_puts_hidden_ones_after_shown_ones(borne):
    e = borne(100, district={"topic": {"fraude": 80, "woonfraude": 6, "drugsdelicten": HIDDEN}})

    table = topics.topics_table(e)

    assert isinstance(table, Table)
    assert table.rows[:2] == [["Fraude", "80", "89%"], ["Woonfraude", "6", "7%"]]
    assert ["Drugsdelicten", "·", "·"] in table.rows


CURVE = ["area", "day", "closed", "waiting"]


def test_the_curve_says_when_half_is_closed_and_where_it_ends(tmp_path):
    rows = [(0, 0.05, 0.0), (30, 0.5, 0.0), (90, 0.8, 0.1)]
    table = pd.DataFrame([(DISTRICT, *row) for row in rows], columns=CURVE)

    chart = follow_up.closing_chart(evaluation(tmp_path, {"closing_curve": table}))

    assert isinstance(chart, Chart)
    assert chart.title == "Na 30 dagen is ongeveer 50% afgesloten, na 90 dagen 80%"
    assert "Na 90 dagen: 80%." in chart.alt
    # Both from the same curve: they are one hundred percent together.
    assert chart.table.rows[-1] == ["90", "80%", "20%"]


def test_a_curve_that_stays_below_half_says_so(tmp_path):
    table = pd.DataFrame([(DISTRICT, 0, 0.0, 0.0), (DISTRICT, 7, 0.2, 0.1)], columns=CURVE)

    assert told(follow_up.closing_chart(evaluation(tmp_path, {"closing_curve": table}))) == (
        "Minder dan de helft is na 7 dagen afgesloten"
    )


def test_without_enough_meldingen_there_is_a_sentence_and_no_curve(tmp_path):
    assert told(follow_up.closing_chart(evaluation(tmp_path))) == (
        "Daarvoor zijn er te weinig meldingen of gemeenten: hier staat geen figuur."
    )


def test_a_year_that_is_cut_short_takes_no_part_in_a_shift(tmp_path):
    cut = periods().assign(is_complete=lambda table: table["period"] != LAST)
    e = evaluation(tmp_path, {"periods": cut}, area=DISTRICT)

    block = topics.shift_chart(e)

    assert told(block) == (
        "Een verschuiving tussen jaren is nog niet te zien: er zijn nog geen twee volledige jaren."
    )


def test_the_three_largest_are_told_when_a_tie_leaves_open_which_they_are(tmp_path):
    columns = ["area", "groups", "count", "total", "share"]
    tables = {
        "per_topic_group": breakdown("topic_group", {"drugs": 12, "geweld": 4}, 24),
        "per_period": per_period({"borne": {"whole": 24}}),
    }

    def said(groups: str | None) -> str:
        told_of = pd.DataFrame([("borne", groups, 20, 24, 20 / 24)], columns=columns)
        return told(topics.sentence(evaluation(tmp_path, {**tables, "concentration": told_of})))

    sentence = "De drie grootste onderwerpen zijn samen goed voor 83% van de meldingen."
    assert sentence in said(None)
    assert sentence in said("drugs geweld fraude_en_geld")
    assert "De drie grootste" not in said("drugs geweld")
