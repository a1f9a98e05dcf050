"""What the meldingen are about, what became of them, and what is missing in them."""

import pandas as pd

from mma_analysis.show import (
    accountability,
    charts,
    direct,
    follow_up,
    improvements,
    practice,
    topics,
)
from mma_analysis.show.blocks import Text
from show_tables import (
    DISTRICT,
    EMPTY,
    FIRST,
    GEMEENTEN,
    HIDDEN,
    LAST,
    MISSING,
    VOCABULARY,
    breakdown,
    cases,
    evaluation,
    frame,
    per_period,
    periods,
    says,
    told,
)

TABLES = {
    "per_topic_group": ["topic_group"],
    "per_topic": ["topic"],
    "per_background": ["has_time", "has_location", "has_person", "has_vehicle"],
    "per_follow_up": ["status", "disposition", "acted", "result", "fed_back", "usable"],
    "per_recipient": ["also_sent_to"],
}
BELOW = "Hieronder staat het beeld van heel Twente."


def borne(total, *, district=None, **fields):
    """An evaluation of Borne: its total, and counts for the fields that a test is about.

    All other fields are unknown for each melding; the district has 90 meldingen, all unknown
    except those in `district`.
    """
    n = total if isinstance(total, int) else 0
    unknown = {"onbekend": n} if n else {}
    tables = {
        name: pd.concat(
            part
            for field in of_table
            for part in (
                breakdown(field, fields.get(field, unknown), n),
                breakdown(field, (district or {}).get(field, {"onbekend": 90}), 90, area=DISTRICT),
            )
        )
        for name, of_table in TABLES.items()
    }
    counts = per_period({"borne": {"whole": total}, DISTRICT: {"whole": 90}})
    return evaluation(tables, per_period=counts)


# --- topics --------------------------------------------------------------------------------------

NO_LARGEST = "Geen onderwerp steekt er in Borne bovenuit"


@cases(
    "cells said title",
    # the largest topic is named when it is the largest for certain
    (
        {"drugs": 60, "geweld": 38, "onbekend": 2},
        "Het onderwerp dat het vaakst voorkomt, is drugs: bij 60% van de meldingen. Bij 2% van "
        "de meldingen is het onderwerp niet bekend.",
        "…rugs…",
    ),
    # two are as large
    ({"drugs": 50, "geweld": 50}, "Er is niet één … Het onderwerp is altijd bekend.", NO_LARGEST),
    # of the 100 are 80 hidden, in which another topic may be larger
    # what is hidden may be larger
    (
        {"drugs": 20, "geweld": HIDDEN, "overig": HIDDEN, "onbekend": HIDDEN},
        "Welk onderwerp het vaakst voorkomt, is hier niet te zeggen: een deel van de aantallen "
        "tonen wij niet.",
        "Van wat wij tonen, komt ‘drugs’ in Borne het vaakst voor",
    ),
    # none is the largest of what is shown
    ({"drugs": 40, "geweld": 40, "overig": HIDDEN}, "…", "Waar de meldingen in Borne over gaan"),
    # no topic is the largest when more have no topic
    ({"drugs": 30, "geweld": 10, "onbekend": 60}, "…", "Bij 60% … is het onderwerp niet bekend"),
    # 30 is not known, so that it may be the largest, but is no half
    ({"drugs": 25, "geweld": 25, "overig": 20, "onbekend": 30}, "…", NO_LARGEST),
)
def test_the_largest_topic(cells, said, title):
    e = borne(100, topic_group=cells)

    says(topics.sentence(e), said)
    says(topics.own_chart(e), title)


@cases(
    "total reason",
    (HIDDEN, "Waar de meldingen in Borne over gaan, tonen wij niet."),
    (MISSING, "Van Borne is geen bestand met meldingen ontvangen."),
    (0, "Borne ontving in deze periode geen meldingen."),
)
def test_without_topics_the_reason_is_told_and_the_district_shown(total, reason):
    hidden = dict.fromkeys(["drugs", "geweld", "overig"], HIDDEN) if total == HIDDEN else {}
    e = borne(total, topic_group=hidden, district={"topic_group": {"drugs": 90}})

    says(topics.sentence(e), f"{reason} {BELOW}")
    says(topics.own_chart(e), "Drugs is het grootste onderwerp in Twente")


def test_the_largest_topic_comes_first_and_what_is_not_known_last():
    cells = {"drugs": 10, "fraude_en_geld": 30, "ondermijning": HIDDEN, "onbekend": 40}
    chart = topics.own_chart(borne(90, topic_group=cells))

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


def test_the_topics_table_shows_what_the_figure_shows():
    cells = {"drugs": 96, "geweld": HIDDEN, "overig": HIDDEN}
    chart = topics.own_chart(borne(100, topic_group=cells))

    assert chart.table.rows[0] == ["Drugs", "96", "96%", "0%"]
    assert chart.table.rows[1] == ["Geweld en wapens", "·", "·", "0%"]
    assert list(chart.figure.data[0].x)[:2] == [96, None]
    assert "Aantallen van 1 tot en met 4 tonen wij niet." in chart.caption


def test_a_shares_interval_stands_beside_it():
    # the interval that these tests give is the share give or take 10%
    says(topics.sure(borne(100, topic_group={"drugs": 60, "geweld": 40})), "…tussen 50% en 70%…")


def shift(first, last, **verdicts):
    """An evaluation of the district with these topics, of 100 meldingen, in both years.

    Every shift is 5 percent points more, give or take 10, and the verdict is the one given.
    """
    rows = [
        (DISTRICT, code, 0.05, -0.05, 0.15, verdicts.get(code, "no_change"))
        for code in VOCABULARY.topic_groups
    ]
    return evaluation(
        area=DISTRICT,
        counts={"whole": 100, FIRST: 100, LAST: 100},
        topic_shift=frame(EMPTY["topic_shift"], *rows),
        per_topic_group=pd.concat(
            breakdown("topic_group", cells, 100, area=DISTRICT, period=period)
            for period, cells in (("whole", first), (FIRST, first), (LAST, last))
        ),
    )


DRUGS = {"drugs": 60, "geweld": 40}


@cases(
    "first last title",
    (DRUGS, {"drugs": 90, "geweld": 10}, "Drugs bleef het grootste onderwerp"),
    (DRUGS, {"drugs": 40, "geweld": 60}, "Geweld en wapens is nu …; eerst was dat drugs"),
    ({"drugs": 50, "geweld": 50}, DRUGS, "Drugs is het grootste onderwerp in jul 2022 – jun 2023"),
    (DRUGS, dict.fromkeys(DRUGS, HIDDEN), "Waar de meldingen in Twente over gaan"),
)
def test_the_title_of_the_shift_is_true_in_both_years(first, last, title):
    says(topics.shift_chart(shift(first, last)), title)


@cases(
    "verdicts said",
    # which topics shifted more than chance is told
    ({"drugs": "more", "geweld": "fewer"}, "…Bij drugs en geweld en wapens is … groter…"),
    # none did
    ({}, "…Bij geen enkel onderwerp is de verschuiving zo groot dat toeval is uitgesloten."),
    # what has no topic may move all others
    ({"drugs": "fewer", "onbekend": "more"}, "…Bij drugs is … Daardoor verschuiven alle…"),
    # that none did is said only of what is told
    ({"geweld": "cannot_tell"}, "…Bij geen getoond onderwerp is de verschuiving zo groot dat…"),
)
def test_how_sure_a_shift_is(verdicts, said):
    says(topics.sure(shift(DRUGS, {"drugs": 81, "geweld": 19}, **verdicts)), said)


def test_a_shift_that_is_hidden_is_not_said_to_be_chance():
    hidden = dict.fromkeys(VOCABULARY.topic_groups, "cannot_tell")

    assert "verschuiving" not in told(topics.sure(shift({}, {}, **hidden)))


def test_the_table_of_the_shift_has_the_difference_and_its_limits():
    chart = topics.shift_chart(shift({"drugs": 60}, {"drugs": 65, "geweld": 35}))

    assert chart.table.rows[0] == ["Drugs", "60", "65", "60%", "65%", "+5 (−5 tot +15)"]


def test_hidden_topics_are_not_ordered_by_size():
    last = {"drugs": 10, "overig": 80, "geweld": HIDDEN, "ondermijning": HIDDEN}
    in_order = [row[0] for row in topics.shift_chart(shift({}, last)).table.rows]

    # after the first two in reading order, zero or hidden
    assert in_order[:4] == ["Overig", "Drugs", "Geweld en wapens", "Fraude en geld"]


def test_a_year_that_is_cut_short_takes_no_part_in_a_shift():
    cut = periods().assign(is_complete=lambda table: table["period"] != LAST)

    says(
        topics.shift_chart(evaluation(area=DISTRICT, periods=cut)),
        "Een verschuiving tussen jaren is nog niet te zien: er zijn nog geen twee volledige jaren.",
    )


def test_the_version_of_the_list_of_topics_is_accounted_for():
    says(accountability.definitions(borne(9)), "…in de versie van 1 oktober 2020…")


@cases(
    "groups is_told", (None, True), ("drugs geweld fraude_en_geld", True), ("drugs geweld", False)
)
def test_the_three_largest_are_told_when_a_tie_leaves_open_which_they_are(groups, is_told):
    e = evaluation(
        counts={"whole": 24},
        per_topic_group=breakdown("topic_group", {"drugs": 12, "geweld": 4}, 24),
        concentration=frame(EMPTY["concentration"], ("borne", groups, 20, 24, 20 / 24)),
    )

    sentence = "De drie grootste onderwerpen zijn samen goed voor 83% van de meldingen."
    assert (sentence in told(topics.sentence(e))) is is_told
    assert ("De drie grootste" in told(topics.sentence(e))) is is_told


def test_the_list_of_topics_puts_hidden_ones_after_shown_ones():
    cells = {"fraude": 80, "woonfraude": 6, "drugsdelicten": HIDDEN}
    table = topics.topics_table(borne(100, district={"topic": cells}))

    assert table.rows[:2] == [["Fraude", "80", "89%"], ["Woonfraude", "6", "7%"]]
    assert ["Drugsdelicten", "·", "·"] in table.rows


# --- practice ------------------------------------------------------------------------------------


def registered(fields, count=80):
    """Borne with all fields known of `count` out of 100 meldingen, but for those given."""
    first = {
        "topic_group": "drugs",
        "status": "afgesloten",
        "disposition": "actie_gemeente",
        "result": "bevestigd",
        "usable": "ja",
        "also_sent_to": "politie",
        **dict.fromkeys(TABLES["per_background"], "ja"),
    }
    known = {field: {code: count, "onbekend": 100 - count} for field, code in first.items()}
    return borne(100, **{**known, **fields})


@cases(
    "total count known said",
    (182, 33, 182, "Van alle 182 meldingen in Borne is bekend hoe ver zij zijn. Op de…"),
    (586, 81, 519, "Van 519 van de 586 meldingen in Borne is bekend hoe ver zij zijn. Op de…"),
    (HIDDEN, 5, 9, "Van 9 meldingen in Borne is bekend hoe ver zij zijn. Op de…"),
    (1, 0, 1, "Van de enige melding in Borne is bekend hoe ver zij is. Op de…"),
    (9, 0, 0, "Van geen enkele melding in Borne is bekend hoe ver zij is.…"),
)
def test_of_how_many_meldingen_is_known_how_far_they_are(total, count, known, said):
    e = evaluation(
        counts={"whole": total}, backlog=frame("area count total", ("borne", count, known))
    )

    says(practice.backlog_sentence(e), said)


RARELY = {"bevestigd": 46, "onbekend": 54}
UNTOLD = {"bevestigd": 46, "deels_bevestigd": HIDDEN, "onbekend": HIDDEN}
USABLE = {"ja": 46, "onbekend": 54}
SENT = {"politie": 46, "onbekend": 54}
NEVER = dict.fromkeys(TABLES["per_background"], {"ja": 0, "onbekend": 100})
FEW = "bij minder dan de helft van de meldingen bekend"
LEAST = "Het minst vaak geregistreerd in Borne"
BOTH = "het resultaat en de bruikbaarheid"


@cases(
    "fields said title",
    # the least registered field is named
    ({"result": RARELY}, f"Eén gegeven is {FEW}: het resultaat.…", f"{LEAST}: het resultaat (46%)"),
    # fields that are seldom known are counted and named
    ({"result": RARELY, "usable": USABLE}, f"Twee gegevens …: {BOTH}.…", f"{LEAST}: {BOTH} …"),
    # the least of what is shown
    ({"result": UNTOLD, "usable": USABLE}, "…", "Van wat wij tonen, is de bruikbaarheid …(46%)"),
    # the least of what is shown are two
    (
        {"result": UNTOLD, "usable": USABLE, "also_sent_to": SENT},
        "…",
        "…, zijn wie … nog meer kreeg en de bruikbaarheid …",
    ),
    # many that are never registered are counted
    (NEVER, "…", "Nooit geregistreerd in Borne: 4 van de 10 gegevens"),
    # never, of those that are shown
    ({"result": UNTOLD, **NEVER}, "…", "Nooit …: 4 van de 9 gegevens die wij tonen"),
    # few that are never registered are named
    (dict.fromkeys(["result", "usable"], {"onbekend": 100}), "…", f"Nooit … in Borne: {BOTH}"),
    # all are as good
    ({}, "…", "Elk gegeven is in Borne even vaak geregistreerd (80%)"),
    # what is told of a part says that it is a part
    (
        {"result": UNTOLD},
        "Elk gegeven dat wij tonen, is bekend bij minstens de helft van de meldingen. Van één "
        "gegeven tonen wij dit niet.…",
        "Elk gegeven dat wij tonen, is in Borne even vaak geregistreerd (80%)",
    ),
)
def test_the_least_registered_of_what_is_shown_are_in_sentence_and_title(fields, said, title):
    e = registered(fields)

    says(practice.completeness_sentence(e), said)
    says(practice.completeness_chart(e), title)


def test_a_registration_that_is_not_shown_gives_way_to_the_district():
    e = borne(HIDDEN)

    says(practice.completeness_sentence(e), f"Hoe volledig … is, tonen wij niet. {BELOW}")
    says(practice.completeness_chart(e), "…Twente…")


def completeness(*rows):
    """An evaluation of the district with these rows of completeness, of the result."""
    columns = "area period field registers state share"
    table = frame(columns, *((area, "whole", "result", *row) for area, *row in rows))
    table = table.astype({"registers": "boolean", "share": "Float64"})
    return evaluation(area=DISTRICT, completeness=table)


SOME = ("almelo", True, "shown", 0.5), ("borne", True, HIDDEN, None)
NONE_SENT = ("wierden", None, MISSING, None)


@cases(
    "rows said",
    (
        [*SOME, ("losser", False, "shown", 0.0), NONE_SENT],
        "2 van de 3 gemeenten houden van ten minste een deel van de meldingen het resultaat "
        "bij. In de registratie van Losser staat het nooit.",
    ),
    (SOME, "Elke gemeente die leverde, houdt van ten minste een deel…"),
    ([(slug, True, "shown", 0.5) for slug in GEMEENTEN], "Elke gemeente houdt van ten minste…"),
    ([], "Van geen enkele gemeente…"),
)
def test_which_gemeenten_never_register_a_result_is_told(rows, said):
    says(practice.gemeenten_sentence(completeness(*rows)), said)


def test_never_hidden_missing_and_known_are_four_things_in_the_table():
    # of Losser all known values are 0, only the total is hidden
    others = ("losser", False, HIDDEN, None), NONE_SENT, (DISTRICT, True, "shown", 0.4)
    table = practice.gemeenten_table(completeness(*SOME, *others))

    result = {row[0]: row[-1] for row in table.rows}
    assert [result[name] for name in ("Almelo", "Borne", "Losser", "Wierden", "Twente")] == [
        *("50%", "·", "nooit", "–", "40%")
    ]
    assert [row[0] for row in table.rows][:2] == ["Almelo", "Borne"]


# --- follow-up -----------------------------------------------------------------------------------


@cases(
    "total cells said",
    (
        100,
        {"bevestigd": 20, "deels_bevestigd": 10, "niet_bevestigd": 10, "onbekend": 60},
        "Dit kwam er uit de 40 meldingen met …: 50% …, 25% deels … en 25% niet bevestigd.",
    ),
    (9, {"bevestigd": 1, "niet_bevestigd": 2, "onbekend": 6}, "…: 1 …, 0 deels … 2 niet…"),
    (9, {"bevestigd": 1, "onbekend": 8}, "Van één melding is het resultaat bekend: bevestigd."),
    (9, {"onbekend": 9}, "Van geen enkele melding is het resultaat bekend."),
    (
        100,
        {"bevestigd": 20, "deels_bevestigd": HIDDEN, "niet_bevestigd": HIDDEN, "onbekend": 60},
        "… uit de 40 meldingen …: 50% bevestigd. De andere aantallen tonen wij niet.",
    ),
    (100, UNTOLD, "Een deel van de resultaten tonen wij niet."),
)
def test_results_are_told_of_the_meldingen_of_which_they_are_known(total, cells, said):
    says(follow_up.sentence(borne(total, result=cells)), said)


@cases(
    "cells title",
    (RARELY, "Bij 54% van de meldingen in Borne is het resultaat niet bekend"),
    ({"bevestigd": 100}, "Van elke melding in Borne is het resultaat bekend"),
    (UNTOLD, "Wat er bekend is over de opvolging in Borne"),
)
def test_the_title_of_the_follow_up_tells_what_is_not_known(cells, title):
    says(follow_up.steps_chart(borne(100, result=cells)), title)


def test_a_step_shows_the_share_that_is_known():
    fields = {
        "result": RARELY,
        "acted": {"ja": 30, "nee": 20, "onbekend": 50},
        "fed_back": {"ja": HIDDEN, "nee": HIDDEN, "onbekend": 90},
    }
    chart = follow_up.steps_chart(borne(100, **fields))

    received, _, acted, result, fed_back, _ = zip(*(t.x for t in chart.figure.data), strict=True)
    assert received == (1.0, 0.0, 0.0)
    assert acted == (0.3, 0.2, 0.5)
    assert result == (0.46, 0.0, 0.54)
    assert fed_back == (None, None, None)
    assert "Actie of overdracht: 30% ja, 20% nee en 50% niet bekend." in chart.alt
    assert "Resultaat bekend: 46% ja en 54% niet bekend." in chart.alt
    assert "Teruggekoppeld aan M.: niet getoond." in chart.alt
    assert ["Resultaat: bevestigd", "46", "46%"] in chart.table.rows
    # an abbreviation keeps its capitals
    assert "Afhandeling: overgedragen aan het RIEC" in [row[0] for row in chart.table.rows]


def test_what_is_confirmed_for_certain_stands_beside_the_claim():
    result = {"bevestigd": 20, "niet_bevestigd": 20, "onbekend": 60}
    e = borne(100, result=result, usable={"ja": 40, "nee": 10, "onbekend": 50})

    says(
        follow_up.sure(e),
        "…Zeker is dat minstens 20% en hoogstens 80% van de meldingen in Borne helemaal bevestigd "
        "is. Ook is zeker dat minstens 40% en hoogstens 90% van de meldingen in Borne bruikbaar "
        "is.",
    )
    says(follow_up.meaning(e), "…Zolang resultaten ontbreken…")


DURATIONS = "median_days median_low median_high within_30 within_90"
CLOSE, FEEDBACK = "time_to_close", "time_to_feedback"
CLOSED = (33.0, 28.0, 40.0, 0.48, 0.78)


@cases(
    "table row said",
    # the time to close has its interval
    (
        CLOSE,
        CLOSED,
        "…In heel Twente is naar schatting van alle meldingen 48% binnen 30 dagen en 78% "
        "binnen 90 dagen afgesloten. De helft is afgesloten binnen 33 dagen; met 95% zekerheid "
        "ligt dat tussen 28 en 40 dagen.…",
    ),
    # of what was closed on no known day only the bound is told
    (
        CLOSE,
        CLOSED,
        "…Voor de tijd tot afsluiten telt een gemeente mee als van minstens 90% van wat zij "
        "afsloot de dag bekend is. Afgesloten meldingen zonder die dag tellen niet mee: dat is "
        "hoogstens 10%.",
    ),
    # without an upper limit
    (CLOSE, (40.0, 33.0, None, 0.3, 0.7), "…niet precies te zeggen: … 33 dagen of later.…"),
    # without limits
    (CLOSE, (40.0, None, None, 0.3, 0.7), "…40 dagen; hoe zeker dat is, …"),
    # nobody is followed for 90 days
    (CLOSE, (33.0, 28.0, 40.0, 0.48, None), "…48% binnen 30 dagen afgesloten.…"),
    # nor for 30
    (CLOSE, (33.0, 28.0, 40.0, None, None), "…Welk deel … is nog niet te…"),
    # half is not reached
    (CLOSE, (None, None, None, 0.1, 0.2), "…Na hoeveel dagen de helft is…"),
    # the time to feedback is told in steps of five percent
    (
        FEEDBACK,
        (376.0, 337.0, 400.0, 0.0, 0.05),
        "…ongeveer 5% van de …De helft is teruggekoppeld binnen 376 dagen…",
    ),
    # hardly any feedback
    (
        FEEDBACK,
        (None, None, None, 0.0, 0.0),
        "…van minder dan 3% van de …Na hoeveel dagen de helft is teruggekoppeld, is…",
    ),
)
def test_a_duration_has_its_interval_when_it_is_reached(table, row, said):
    numbers = dict.fromkeys(DURATIONS.split(), "float64")
    durations = frame(f"area {DURATIONS}", (DISTRICT, *row)).astype(numbers)

    says(follow_up.duration_sentence(evaluation({table: durations})), said)


def test_why_durations_are_not_told_is_said():
    said = told(follow_up.duration_sentence(evaluation()))

    says(said, "…de opvolging in heel Twente duurt, is niet vast te stellen…")
    says(
        said,
        "…Hoe lang het duurt voor M. hoort wat ervan kwam, vertellen wij niet over heel Twente. "
        "Daarvoor leggen te weinig gemeenten dit vast, of zijn er te weinig meldingen.…",
    )
    says(follow_up.ways_sentence(evaluation()), "…is niet vast te stellen…")


def test_the_ways_of_ending_are_told_together():
    rows = [(DISTRICT, "ja", 0.45), (DISTRICT, "nee", 0.3), (DISTRICT, "onbekend", 0.0)]
    table = frame("area acted within_90", *rows)

    says(
        follow_up.ways_sentence(evaluation(outcomes_over_time=table)),
        "…Ongeveer 45% was afgesloten na actie of overdracht. Ongeveer 30% was afgesloten zonder "
        "actie of overdracht. De rest stond nog open.…",
    )


def curve(*rows):
    table = frame(EMPTY["closing_curve"], *((DISTRICT, *row) for row in rows))
    return follow_up.closing_chart(evaluation(closing_curve=table))


def test_the_curve_says_when_half_is_closed_and_where_it_ends():
    chart = curve((0, 0.05, 0.0), (30, 0.5, 0.0), (90, 0.8, 0.1))

    assert chart.title == "Na 30 dagen is ongeveer 50% afgesloten, na 90 dagen 80%"
    assert "Na 90 dagen: 80%." in chart.alt
    # Both from the same curve: they are one hundred percent together.
    assert chart.table.rows[-1] == ["90", "80%", "20%"]


def test_a_curve_that_stays_below_half_says_so():
    says(curve((0, 0.0, 0.0), (7, 0.2, 0.1)), "Minder dan de helft is na 7 dagen afgesloten")


def backgrounds(*rows):
    """The results by background: the background, its verdict and change.

    Of 50 meldingen without it 40% is confirmed, of 80 with it 40% and the change; other totals may
    be given.
    """
    columns = "area background verdict total_from total_to share_from share_to change low high"
    table = [
        (DISTRICT, background, verdict, *(totals or (50, 80)), 0.4, 0.4 + change)
        + (change, change - 0.1, change + 0.1)
        for background, verdict, change, *totals in rows
    ]
    e = evaluation(area=DISTRICT, result_by_background=frame(columns, *table))
    return follow_up.background_table(e)


NOTHING = float("nan")
MORE = ("has_person", "more", 0.2)


@cases(
    "rows first note",
    # with and without a background stand side by side
    (
        [("has_time", "no_change", 0.05), ("has_location", "more", 0.2)],
        ["tijdstip", "45% van 80", "40% van 50", "+5 (−5 tot +15)"],
        "…Met plaats is … vaker een bevestiging…",
    ),
    # a result that is hidden has a sign and is no finding
    (
        [("has_time", "cannot_tell", NOTHING, None, None), ("has_person", "no_change", 0.0)],
        ["tijdstip", "·", "·", "·"],
        "…Geen van de getoonde verschillen…",
    ),
    # that no background differs is said of all when all are told
    (
        [("has_time", "no_change", 0.0)],
        ["tijdstip", "40% van 80", "40% van 50", "0 (−10 tot +10)"],
        "…Geen enkel…",
    ),
    # a share of nothing is not said to be hidden
    ([("has_time", "cannot_tell", NOTHING, 50, 0), MORE], ["tijdstip", "?", "?", "?"], "…"),
)
def test_results_by_background(rows, first, note):
    table = backgrounds(*rows)

    assert table.rows[0] == first
    assert len(table.rows) == len(rows)
    says(table.note, note)


def test_results_by_background_that_are_all_hidden_are_a_sentence():
    assert isinstance(backgrounds(("has_time", "cannot_tell", NOTHING)), Text)


# --- received directly ---------------------------------------------------------------------------

PARTLY = {"alleen_gemeente": 20, "politie": 54, "onbekend": 26}
ALONE = "is geregistreerd dat alleen de gemeente ze kreeg."


@cases(
    "total cells said",
    (100, PARTLY, f"Bij 20% … {ALONE} Bij 26% … is niet geregistreerd wie ze nog…"),
    (100, {"alleen_gemeente": 20, "politie": 80}, f"Bij 20% van de meldingen {ALONE}"),
    (100, {"politie": 100}, f"Bij geen van de 100 meldingen {ALONE}"),
    (100, {"alleen_gemeente": HIDDEN, "politie": 80, "onbekend": 16}, "…tonen wij niet. Bij 16%…"),
    (9, {"onbekend": 9}, "In de registratie staat niet wie de meldingen nog meer kreeg."),
    (HIDDEN, {"politie": HIDDEN}, f"Wie de meldingen … nog meer kreeg, tonen wij niet. {BELOW}"),
)
def test_what_only_the_gemeente_got_is_told_from_the_registration(total, cells, said):
    says(direct.sentence(borne(total, also_sent_to=cells)), said)


@cases(
    "cells said",
    ({"alleen_gemeente": 20, "politie": 80}, "…weet de politie niets zolang…"),
    ({"politie": 60, "onbekend": 40}, "…kreeg ook altijd iemand anders de melding.…"),
    ({"onbekend": 100}, "…Zolang niet is geregistreerd…"),
)
def test_what_it_means_follows_from_what_is_registered(cells, said):
    says(direct.meaning(borne(100, also_sent_to=cells)), said)


def test_what_cannot_be_known_is_said_about_the_time_before():
    says(
        direct.before_after(borne(100, also_sent_to=PARTLY)),
        "Zeker is dat minstens 20% en hoogstens 46% van de meldingen in Borne alleen naar de "
        "gemeente ging.…is niet vast te stellen…",
    )


# --- improvements --------------------------------------------------------------------------------


@cases(
    "total cells said",
    (100, {"ja": 60, "nee": 30, "onbekend": 10}, "Voor zover bekend … de plaats bij 33%…"),
    (9, {"ja": 8, "nee": 1}, "De plaats ontbreekt bij 1 van de 9 meldingen in Borne.…"),
    (9, {"ja": 9}, "De plaats ontbreekt bij geen van de 9 meldingen in Borne.…"),
    (9, {"onbekend": 9}, "In Borne is niet geregistreerd of de plaats in een melding stond.…"),
    (HIDDEN, {"ja": HIDDEN}, f"Hoe vaak de plaats ontbreekt in Borne, tonen wij niet. {BELOW}…"),
)
def test_a_missing_place_is_told_of_what_was_registered(total, cells, said):
    says(improvements.background_sentence(borne(total, has_location=cells)), said)


def test_the_background_has_all_three_parts_in_words_and_table():
    times = {"ja": 30, "nee": 60, "onbekend": 10}
    chart = improvements.background_chart(borne(100, has_time=times))

    says(chart, "Voor zover bekend ontbreekt het tijdstip bij 67% van de meldingen in Borne")
    assert "Tijdstip: 30% staat erin, 60% staat er niet in en 10% niet geregistreerd." in chart.alt
    assert chart.table.rows[0] == ["Tijdstip", "30", "60", "10"]


PART_HIDDEN = {"ja": 11, "nee": HIDDEN, "onbekend": HIDDEN}


def test_a_figure_in_which_no_bar_can_be_drawn_is_of_the_district():
    fields = dict.fromkeys(improvements.NOUNS, PART_HIDDEN)
    e = borne(16, **fields, district={"has_time": {"ja": 60, "nee": 30}})
    chart = improvements.background_chart(e)

    says(chart, "Het tijdstip ontbreekt bij 33% van de meldingen in Twente")
    says(chart.table, "Achtergrond in de meldingen van Twente")
    says(improvements.background_sentence(e), f"…{BELOW}…")


def test_the_district_is_not_announced_above_a_figure_of_the_gemeente():
    e = borne(16, has_location=PART_HIDDEN)  # of the other three it is known that nothing is known

    assert "heel Twente" not in told(improvements.background_sentence(e))
    says(
        improvements.background_chart(e),
        "In Borne is nooit geregistreerd of er een tijdstip, een persoon of een voertuig in een "
        "melding staat",
    )


def test_when_the_time_is_not_told_the_title_is_about_the_next_kind_of_background():
    fields = {"has_time": PART_HIDDEN, "has_person": {"ja": 10, "nee": 30, "onbekend": 60}}
    chart = improvements.background_chart(borne(100, **fields))

    says(chart, "Voor zover bekend ontbreekt een persoon bij 75% van de meldingen in Borne")
    assert chart.caption.endswith("waarvan dit bekend is: 30 van 40.")


@cases(
    "cells said",
    ({"ja": 30, "nee": 60, "onbekend": 10}, "…minstens 60% en hoogstens 70% … heeft.…"),
    ({"ja": 40, "nee": 60}, "…Van elke melding is geregistreerd of er een tijdstip in staat.…"),
    ({"onbekend": 100}, "…is hieruit niet af te leiden.…"),
)
def test_how_often_the_time_is_missing_for_certain(cells, said):
    says(improvements.sure(borne(100, has_time=cells)), said)
