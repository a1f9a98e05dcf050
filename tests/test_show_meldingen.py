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
from mma_analysis.vocabulary import UNKNOWN
from show_tables import (
    DISTRICT,
    EMPTY,
    FIRST,
    GEMEENTEN,
    HIDDEN,
    LAST,
    MISSING,
    NEVER,
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


def borne(total, *, district=None, basis=1, **fields):
    """An evaluation of Borne: its total, and counts for the fields that a test is about.

    All other fields are never filled in; the district has 90 meldingen, all unknown except those in
    `district`. The counts of Borne are exact unless `basis` is not 1. A field that is `HIDDEN` is
    not told at all.
    """
    n = total if isinstance(total, int) else 0
    tables = {
        name: pd.concat(
            part
            for field in of_table
            for part in (
                breakdown(field, _cells(field, fields.get(field), n), n, basis=basis),
                breakdown(field, (district or {}).get(field, {"onbekend": 90}), 90, area=DISTRICT),
            )
        )
        for name, of_table in TABLES.items()
    }
    counts = per_period({"borne": {"whole": total}, DISTRICT: {"whole": 90}})
    counts.loc[counts["area"] == "borne", "basis"] = basis
    return evaluation(tables, per_period=counts)


def _cells(field, given, total):
    codes = VOCABULARY.topic_groups if field == "topic_group" else VOCABULARY.values(field)
    if given is None and total:
        return {code: total if code == UNKNOWN else NEVER for code in codes}
    return dict.fromkeys(codes, HIDDEN) if given == HIDDEN else given or {}


# --- topics --------------------------------------------------------------------------------------

NO_LARGEST = "Geen onderwerp steekt er in Borne duidelijk bovenuit"


@cases(
    "basis cells said title",
    # the largest topic is named when it is the largest for certain
    (
        1,
        {"drugs": 60, "geweld": 38, "onbekend": 2},
        "Het onderwerp dat het vaakst voorkomt, is drugs: bij 60% van de meldingen. Bij 2% van "
        "de meldingen is het onderwerp niet bekend.",
        "Drugs is het grootste onderwerp in Borne",
    ),
    # two are as large
    (
        1,
        {"drugs": 50, "geweld": 50},
        "Er is niet één … Het onderwerp is altijd bekend.",
        NO_LARGEST,
    ),
    # no topic is the largest when more have no topic
    (1, {"drugs": 30, "geweld": 10, "onbekend": 60}, "…", "Bij 60% … is het onderwerp niet bekend"),
    # 30 is not known, so that it may be the largest, but is no half
    (1, {"drugs": 25, "geweld": 25, "overig": 20, "onbekend": 30}, "…", NO_LARGEST),
    # rounded: 50 and 45 may both be 47, and no unknown ones may be a few
    (
        5,
        {"drugs": 50, "geweld": 45, "overig": 5},
        "Er is niet één onderwerp dat duidelijk het vaakst voorkomt.",
        NO_LARGEST,
    ),
)
def test_the_largest_topic(basis, cells, said, title):
    e = borne(100, topic_group=cells, basis=basis)

    says(topics.sentence(e), said)
    says(topics.own_chart(e), title)


@cases(
    "total basis cells reason",
    (40, 5, HIDDEN, "Waar de meldingen in Borne over gaan, tonen wij niet."),
    (MISSING, 5, {}, "Van Borne is geen bestand met meldingen ontvangen."),
    (0, 1, {}, "Borne ontving in deze periode geen meldingen."),
    (0, 5, {}, "Borne ontving in deze periode hoogstens 4 meldingen."),
)
def test_without_topics_the_reason_is_told_and_the_district_shown(total, basis, cells, reason):
    e = borne(total, topic_group=cells, basis=basis, district={"topic_group": {"drugs": 90}})

    says(topics.sentence(e), f"{reason} {BELOW}")
    says(topics.own_chart(e), "Drugs is het grootste onderwerp in Twente")


def test_the_largest_topic_comes_first_and_what_is_not_known_last():
    cells = {"drugs": 10, "fraude_en_geld": 30, "onbekend": 40}
    chart = topics.own_chart(borne(80, topic_group=cells))

    assert [row[:2] for row in chart.table.rows] == [
        ["Fraude en geld", "30"],
        ["Drugs", "10"],
        ["Geweld en wapens", "0"],  # from here on in reading order
        ["Wonen en uitbuiting", "0"],
        ["Ondermijning", "0"],
        ["Overig", "0"],
        ["Onderwerp onbekend", "40"],
    ]
    assert list(chart.figure.data[0].marker.color) == [charts.BLUE] * 6 + [charts.UNKNOWN_COLOUR]


def test_the_topics_table_shows_what_the_figure_shows():
    chart = topics.own_chart(borne(100, topic_group={"drugs": 95, "geweld": 5}, basis=5))

    assert chart.table.rows[0] == ["Drugs", "95", "95%", "0%"]
    assert chart.table.rows[2] == ["Fraude en geld", "0 – 4", "<5%", "0%"]
    assert list(chart.figure.data[0].x)[:3] == [95, 5, 0]
    assert "Fraude en geld: 0 – 4." in chart.alt


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
    "first last said",
    (DRUGS, {"drugs": 90, "geweld": 10}, "Drugs bleef het grootste onderwerp. …"),
    (DRUGS, {"drugs": 40, "geweld": 60}, "Geweld en wapens is nu …; eerst was dat drugs. …"),
    ({"drugs": 50, "geweld": 50}, DRUGS, "Drugs is het grootste onderwerp in jul 2022 – jun 2023…"),
    (DRUGS, dict.fromkeys(VOCABULARY.topic_groups, HIDDEN), "Verschil: in procentpunten…"),
)
def test_what_is_said_of_the_shift_is_true_in_both_years(first, last, said):
    says(topics.shift_table(shift(first, last)).note, said)


@cases(
    "verdicts said",
    # which topics shifted more than chance is told
    ({"drugs": "more", "geweld": "fewer"}, "…Bij drugs en geweld en wapens is … groter…"),
    # none did
    ({}, "…Bij geen enkel onderwerp is de verschuiving zo groot dat toeval is uitgesloten."),
    # what may come from who joined is no shift, and is told
    (
        {"drugs": "joined"},
        "…Wat er bij drugs verschoof, kan komen door wie er aansloot. Bij geen enkel ander …",
    ),
    # what has no topic may move all others
    ({"drugs": "fewer", "onbekend": "more"}, "…Bij drugs is … Daardoor verschuiven alle…"),
)
def test_how_sure_a_shift_is(verdicts, said):
    says(topics.sure(shift(DRUGS, {"drugs": 81, "geweld": 19}, **verdicts)), said)


def test_a_shift_that_is_hidden_is_not_said_to_be_chance():
    hidden = dict.fromkeys(VOCABULARY.topic_groups, "cannot_tell")

    assert "verschuiving" not in told(topics.sure(shift({}, {}, **hidden)))


def test_the_table_of_the_shift_has_the_difference_and_its_limits():
    table = topics.shift_table(shift({"drugs": 60}, {"drugs": 65, "geweld": 35}))

    assert table.rows[0] == ["Drugs", "60", "65", "60%", "65%", "+5 (−5 tot +15)"]


def test_a_year_that_is_cut_short_takes_no_part_in_a_shift():
    cut = periods().assign(is_complete=lambda table: table["period"] != LAST)

    says(
        topics.shift_table(evaluation(area=DISTRICT, periods=cut)),
        "Een verschuiving tussen jaren is nog niet te zien: er zijn nog geen twee volledige jaren.",
    )


def test_the_version_of_the_list_of_topics_is_accounted_for():
    says(accountability.definitions(borne(9)), "…in de versie van 1 oktober 2020…")


def test_the_list_of_topics_has_the_largest_first():
    table = topics.topics_table(borne(100, district={"topic": {"woonfraude": 6, "fraude": 80}}))

    assert table.rows[:2] == [["Fraude", "80", "89%"], ["Woonfraude", "6", "7%"]]


# --- practice ------------------------------------------------------------------------------------


def registered(fields, count=80, basis=1):
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
    return borne(100, basis=basis, **{**known, **fields})


@cases(
    "total basis cells said",
    (182, 1, {"ontvangen": 33, "afgesloten": 149}, "Van alle 182 meldingen … nog 33 open.…"),
    (100, 1, {"ontvangen": 9, "afgesloten": 80, "onbekend": 11}, "Van 89 van de 100 meldingen…"),
    (9, 1, {"afgesloten": 9}, "… stond daarvan niets meer open."),
    (1, 1, {"ontvangen": 1}, "Van de enige melding … hoe ver zij is. … stond er daarvan nog 1 …"),
    (9, 1, None, "Van geen enkele melding in Borne is bekend hoe ver zij is."),
    (9, 1, HIDDEN, "Hoeveel meldingen in Borne nog open staan, tonen wij niet."),
    (100, 5, {"afgesloten": 100}, "Van (bijna) alle 100 meldingen … nog hoogstens 8 open."),
    # rounded: neither all nor none, and a sum of two zeros may be 8
    (20, 5, {"afgesloten": 20}, "Van 20 van de 20 … stonden er daarvan nog hoogstens 8 open."),
    (20, 5, {"ontvangen": 5, "afgesloten": 15}, "… stonden er daarvan nog 5 open. …"),
)
def test_of_how_many_meldingen_is_known_how_far_they_are(total, basis, cells, said):
    says(practice.backlog_sentence(borne(total, basis=basis, status=cells)), said)


RARELY = {"bevestigd": 46, "onbekend": 54}
USABLE = {"ja": 46, "onbekend": 54}
SENT = {"politie": 46, "onbekend": 54}
NO_BACKGROUND = dict.fromkeys(TABLES["per_background"])
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
    ({"result": HIDDEN, "usable": USABLE}, "…", f"{LEAST}, van wat wij tonen: de … (46%)"),
    # many that are never registered are counted
    (NO_BACKGROUND, "…", "Nooit geregistreerd in Borne: 4 van de 10 gegevens"),
    # few that are never registered are named
    (dict.fromkeys(["result", "usable"]), "…", f"Nooit … in Borne: {BOTH}"),
    # all are as good
    ({}, "…", "Elk gegeven is in Borne even vaak geregistreerd (80%)"),
    # what is told of a part says that it is a part
    (
        {"result": HIDDEN},
        "Elk gegeven dat wij tonen, is bekend bij ongeveer de helft van de meldingen of meer. Van "
        "één gegeven tonen wij dit niet.…",
        "Elk gegeven dat wij tonen, is in Borne even vaak geregistreerd (80%)",
    ),
)
def test_the_least_registered_of_what_is_shown_are_in_sentence_and_title(fields, said, title):
    e = registered(fields)

    says(practice.completeness_sentence(e), said)
    says(practice.completeness_chart(e), title)


@cases(
    "fields said title",
    # 45 known and 55 not: at most 53 of which it is known, at least 51 of which it is not
    ({"result": {"bevestigd": 45, "onbekend": 55}}, "…", f"{LEAST}: het resultaat (45%)"),
    ({"result": {"bevestigd": 40, "onbekend": 60}}, f"Eén gegeven is {FEW}: het resultaat.…", "…"),
    ({"result": {"bevestigd": 45, "onbekend": 55}}, "Elk gegeven is bekend bij ongeveer de…", "…"),
    # not known of 25, which may be 21, and of 20, which may be 24; of 30 it is at least 26
    (
        {"result": {"bevestigd": 75, "onbekend": 25}},
        "…",
        "Elk gegeven is in Borne ongeveer even vaak geregistreerd (75%)",
    ),
    ({"result": {"bevestigd": 70, "onbekend": 30}}, "…", f"{LEAST}: het resultaat (70%)"),
    # both are least, and neither for certain
    (
        {"result": {"bevestigd": 20, "onbekend": 80}, "usable": {"ja": 25, "onbekend": 75}},
        "…",
        f"{LEAST}: {BOTH} (ongeveer 20%)",
    ),
    # a 0 may be a few, and is no never
    ({"result": {"onbekend": 100}}, "…", f"{LEAST}: het resultaat (minder dan 9%)"),
    ({"result": None}, "…", "Nooit geregistreerd in Borne: het resultaat"),
)
def test_of_rounded_counts_the_least_registered_are_so_for_certain(fields, said, title):
    e = registered(fields, basis=5)

    says(practice.completeness_sentence(e), said)
    says(practice.completeness_chart(e), title)


@cases(
    "total fields reason",
    (45, {}, "Borne ontving minder dan 50 meldingen: te weinig voor percentages."),
    (MISSING, {}, "Van Borne is geen bestand met meldingen ontvangen."),
)
def test_a_registration_without_percentages_gives_way_to_the_district(total, fields, reason):
    e = borne(total, basis=5, **fields)

    says(practice.completeness_sentence(e), f"{reason} {BELOW}")
    says(practice.completeness_chart(e), "…Twente…")


def completeness(*rows):
    """An evaluation of the district with these rows of completeness, of the result."""
    columns = "area period field registers state count total share"
    table = frame(columns, *((area, "whole", "result", *row) for area, *row in rows))
    table = table.astype({"registers": "str", "share": "Float64"})
    return evaluation(area=DISTRICT, completeness=table)


SOME = ("almelo", "sometimes", "shown", 50, 100, 0.5), ("borne", None, HIDDEN, None, 60, None)
NOT_ANY = ("losser", "never", "shown", 0, 60, 0.0)
NONE_SENT = ("wierden", None, MISSING, None, None, None)


@cases(
    "rows said",
    (
        [*SOME, NOT_ANY, NONE_SENT],
        "2 van de 3 gemeenten houden van ten minste een deel van de meldingen het resultaat "
        "bij. In de registratie van Losser staat het nooit.",
    ),
    (SOME, "Elke gemeente die leverde, houdt van ten minste een deel…"),
    ([(slug, *SOME[0][1:]) for slug in GEMEENTEN], "Elke gemeente houdt van ten minste…"),
    ([], "Van geen enkele gemeente…"),
)
def test_which_gemeenten_never_register_a_result_is_told(rows, said):
    says(practice.gemeenten_sentence(completeness(*rows)), said)


def test_never_hidden_missing_few_and_known_are_different_things_in_the_table():
    few, all_of_it = ("sometimes", "shown", 20, 40, None), ("always", "shown", 100, 100, 1.0)
    others = NOT_ANY, NONE_SENT, ("tubbergen", *few), (DISTRICT, *all_of_it)
    table = practice.gemeenten_table(completeness(*SOME, *others))

    result = {row[0]: row[-1] for row in table.rows}
    names = ("Almelo", "Borne", "Losser", "Wierden", "Tubbergen", "Twente")
    assert [result[name] for name in names] == ["50%", "·", "nooit", "–", "te weinig", ">95%"]
    assert [row[0] for row in table.rows][:2] == ["Almelo", "Borne"]


# --- follow-up -----------------------------------------------------------------------------------


@cases(
    "total basis cells said",
    (
        100,
        1,
        {"bevestigd": 25, "deels_bevestigd": 15, "niet_bevestigd": 10, "onbekend": 50},
        "Dit kwam er uit de 50 meldingen met …: 50% …, 30% deels … en 20% niet bevestigd.",
    ),
    (9, 1, {"bevestigd": 1, "niet_bevestigd": 2, "onbekend": 6}, "…: 1 …, 0 deels … 2 niet…"),
    (9, 1, {"bevestigd": 1, "onbekend": 8}, "Van één melding is het resultaat bekend: bevestigd."),
    (9, 1, {"onbekend": 9}, "Van geen enkele melding is het resultaat bekend."),
    (20, 5, {"bevestigd": 10, "onbekend": 10}, "…de 10 meldingen …: 10 …, 0 – 4 deels … 0 – 4 …"),
    (20, 5, {"onbekend": 20}, "Van hoogstens 8 meldingen is het resultaat bekend."),
    (20, 5, None, "Van geen enkele melding is het resultaat bekend."),
    (20, 5, HIDDEN, f"Wat de meldingen in Borne opleverden, tonen wij niet. {BELOW}"),
)
def test_results_are_told_of_the_meldingen_of_which_they_are_known(total, basis, cells, said):
    says(follow_up.sentence(borne(total, basis=basis, result=cells)), said)


@cases(
    "basis cells title",
    (1, RARELY, "Bij 54% van de meldingen in Borne is het resultaat niet bekend"),
    (1, {"bevestigd": 100}, "Van elke melding in Borne is het resultaat bekend"),
    (5, {"bevestigd": 100}, "Bij hoogstens 4 van de 100 meldingen … is het resultaat niet bekend"),
)
def test_the_title_of_the_follow_up_tells_what_is_not_known(basis, cells, title):
    says(follow_up.steps_chart(borne(100, basis=basis, result=cells)), title)


def test_a_step_shows_the_share_that_is_known():
    fields = {"result": RARELY, "acted": {"ja": 30, "nee": 20, "onbekend": 50}, "fed_back": None}
    chart = follow_up.steps_chart(borne(100, basis=5, **fields))

    received, _, acted, result, fed_back, _ = zip(*(t.x for t in chart.figure.data), strict=True)
    assert received == (1.0, 0.0, 0.0)
    assert acted == (0.3, 0.2, 0.5)
    assert result == (0.46, 0.0, 0.54)
    assert fed_back == (0.0, 0.0, 1.0)  # of a field that is never kept
    assert "Actie of overdracht: 30% ja, 20% nee en 50% niet bekend." in chart.alt
    assert "Resultaat bekend: 46% ja en 54% niet bekend." in chart.alt
    assert ["Terugkoppeling: niet geregistreerd", "100", "100%"] in chart.table.rows
    assert ["Resultaat: bevestigd", "46", "46%"] in chart.table.rows
    # an abbreviation keeps its capitals
    assert "Afhandeling: overgedragen aan het RIEC" in [row[0] for row in chart.table.rows]


def test_of_few_meldingen_the_steps_have_a_table_without_shares_and_no_figure():
    table = follow_up.steps_chart(borne(20, basis=5, result={"bevestigd": 10, "onbekend": 10}))

    assert table.head == ["Stap", "Meldingen"]
    assert ["Resultaat: bevestigd", "10"] in table.rows
    # nor of nothing at all: the sentence says so
    says(follow_up.steps_chart(borne(20, basis=5)), "")


@cases(
    "cells said",
    (None, "Van geen enkele melding is bekend wat ermee is gedaan."),
    ({"onbekend": 20}, ""),  # rounded: of a few it may be known, and the table says so
    ({"actie_gemeente": 20}, "Bij 20 van de 20 meldingen in Borne is bekend wat ermee is gedaan"),
)
def test_what_was_done_has_a_figure_where_it_is_known(cells, said):
    says(follow_up.disposition_chart(borne(20, basis=5, disposition=cells)), said)


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
CLOSED = (33.0, 28.0, 40.0, 0.48, 0.78)


@cases(
    "row said",
    # the time to close has its interval; of what was closed on no known day the bound is told
    (
        CLOSED,
        "In de gemeenten in Twente die dit bijhouden, is naar schatting van alle meldingen 48% "
        "binnen 30 dagen en 78% binnen 90 dagen afgesloten. De helft is afgesloten binnen 33 "
        "dagen; met 95% zekerheid ligt dat tussen 28 en 40 dagen. Meldingen die op de peildatum "
        "nog open stonden, … telt een gemeente mee als van minstens 90% van wat zij afsloot de dag "
        "bekend is. Afgesloten meldingen zonder die dag tellen niet mee: dat is hoogstens 10%.",
    ),
    # without an upper limit
    ((40.0, 33.0, None, 0.3, 0.7), "…niet precies te zeggen: … 33 dagen of later.…"),
    # without limits
    ((40.0, None, None, 0.3, 0.7), "…40 dagen; hoe zeker dat is, …"),
    # nobody is followed for 90 days
    ((33.0, 28.0, 40.0, 0.48, None), "…48% binnen 30 dagen afgesloten.…"),
    # nor for 30
    ((33.0, 28.0, 40.0, None, None), "…Welk deel … is nog niet te…"),
    # half is not reached
    ((None, None, None, 0.1, 0.2), "…Na hoeveel dagen de helft is…"),
)
def test_the_time_to_close_has_its_interval_when_it_is_reached(row, said):
    numbers = dict.fromkeys(DURATIONS.split(), "float64")
    closing = frame(f"area {DURATIONS}", (DISTRICT, *row)).astype(numbers)

    says(follow_up.duration_sentence(evaluation(time_to_close=closing)), said)


def test_why_no_time_to_close_is_told_is_said():
    says(
        follow_up.duration_sentence(evaluation()),
        "Hoe lang de opvolging in heel Twente duurt, is niet vast te stellen. Daarvoor leggen te "
        "weinig gemeenten vast wanneer zij meldingen afsluiten, of zijn er te weinig meldingen.",
    )


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
    # that no background differs is said
    (
        [("has_time", "no_change", 0.0)],
        ["tijdstip", "40% van 80", "40% van 50", "0 (−10 tot +10)"],
        "…Geen verschil is groter dan past bij toeval.…",
    ),
    # of nothing there is no share
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
    "total basis cells said",
    (100, 1, PARTLY, f"Bij 20% … {ALONE} Bij 26% … is niet geregistreerd wie ze nog…"),
    (100, 1, {"alleen_gemeente": 20, "politie": 80}, f"Bij 20% van de meldingen {ALONE}"),
    (100, 1, {"politie": 100}, f"Bij geen van de 100 meldingen {ALONE}"),
    (100, 5, {"politie": 100}, f"Bij hoogstens 4 van de 100 meldingen {ALONE}"),
    (9, 1, None, "In de registratie staat niet wie de meldingen nog meer kreeg."),
    (40, 5, HIDDEN, f"Wie de meldingen … nog meer kreeg, tonen wij niet. {BELOW}"),
)
def test_what_only_the_gemeente_got_is_told_from_the_registration(total, basis, cells, said):
    says(direct.sentence(borne(total, basis=basis, also_sent_to=cells)), said)


@cases(
    "cells said",
    (PARTLY, "Bij 74% van de meldingen in Borne is geregistreerd wie ze nog meer kreeg"),
    ({"politie": 100}, "Bij (bijna) alle 100 meldingen in Borne is geregistreerd wie ze nog …"),
    (None, ""),  # the sentence says that it is not registered
)
def test_recipients_have_a_figure_where_they_are_registered(cells, said):
    says(direct.recipients_chart(borne(100, basis=5, also_sent_to=cells)), said)


@cases(
    "basis cells said",
    (1, {"alleen_gemeente": 20, "politie": 80}, "…weet de politie niets zolang…"),
    (1, {"politie": 60, "onbekend": 40}, "…kreeg ook altijd iemand anders de melding.…"),
    (5, {"politie": 60, "onbekend": 40}, "…weet de politie niets zolang…"),
    (1, {"onbekend": 100}, "…Zolang niet is geregistreerd…"),
)
def test_what_it_means_follows_from_what_is_registered(basis, cells, said):
    says(direct.meaning(borne(100, basis=basis, also_sent_to=cells)), said)


def test_what_cannot_be_known_is_said_about_the_time_before():
    says(
        direct.before_after(borne(100, also_sent_to=PARTLY)),
        "Zeker is dat minstens 20% en hoogstens 46% van de meldingen in Borne alleen naar de "
        "gemeente ging.…is niet vast te stellen…",
    )


# --- improvements --------------------------------------------------------------------------------


@cases(
    "total basis cells said",
    (100, 1, {"ja": 60, "nee": 30, "onbekend": 10}, "Voor zover bekend … de plaats bij 33%…"),
    (9, 1, {"ja": 8, "nee": 1}, "De plaats ontbreekt bij 1 van de 9 meldingen in Borne.…"),
    (9, 1, {"ja": 9}, "De plaats ontbreekt bij geen van de 9 meldingen in Borne.…"),
    (9, 1, None, "In Borne is niet geregistreerd of de plaats in een melding stond.…"),
    # no unknown ones may be a few
    (20, 5, {"ja": 10, "nee": 10}, "Voor zover bekend ontbreekt de plaats bij 10 van de 20 …"),
    (20, 5, {"onbekend": 20}, "In Borne is bijna niet geregistreerd of de plaats …"),
    (60, 5, HIDDEN, f"Hoe vaak de plaats ontbreekt in Borne, tonen wij niet. {BELOW}…"),
)
def test_a_missing_place_is_told_of_what_was_registered(total, basis, cells, said):
    fields = dict.fromkeys(improvements.NOUNS, cells if cells == HIDDEN else None)
    e = borne(total, basis=basis, **{**fields, "has_location": cells})

    says(improvements.background_sentence(e), said)


def test_the_background_has_all_three_parts_in_words_and_table():
    times = {"ja": 30, "nee": 60, "onbekend": 10}
    chart = improvements.background_chart(borne(100, has_time=times))

    says(chart, "Voor zover bekend ontbreekt het tijdstip bij 67% van de meldingen in Borne")
    assert "Tijdstip: 30% staat erin, 60% staat er niet in en 10% niet geregistreerd." in chart.alt
    assert chart.table.rows[0] == ["Tijdstip", "30", "60", "10"]


def test_a_figure_in_which_no_bar_can_be_drawn_is_of_the_district():
    fields = dict.fromkeys(improvements.NOUNS, {"ja": 10, "nee": 5})
    e = borne(15, basis=5, **fields, district={"has_time": {"ja": 60, "nee": 30}})
    chart = improvements.background_chart(e)

    says(chart, "Het tijdstip ontbreekt bij 33% van de meldingen in Twente")
    says(chart.table, "Achtergrond in de meldingen van Twente")


def test_when_the_time_is_not_told_the_title_is_about_the_next_kind_of_background():
    fields = {"has_time": None, "has_person": {"ja": 10, "nee": 30, "onbekend": 60}}
    chart = improvements.background_chart(borne(100, **fields))

    says(chart, "Voor zover bekend ontbreekt een persoon bij 30 van de 40 meldingen in Borne")


def test_the_title_says_of_which_meldingen_the_percentage_is():
    chart = improvements.background_chart(
        borne(100, has_time={"ja": 20, "nee": 60, "onbekend": 20})
    )

    says(chart, "Voor zover bekend ontbreekt het tijdstip bij 75% van de meldingen in Borne")
    assert chart.caption.endswith("waarvan dit bekend is: 60 van 80.")


def test_that_nothing_was_ever_registered_is_said():
    says(
        improvements.background_chart(borne(60)),
        "In Borne is nooit geregistreerd of er een tijdstip, een plaats, een persoon of een "
        "voertuig in een melding staat",
    )


@cases("absent said", (60, "…bij meer dan de helft…"), (50, "…naar tijdstip en plaats vragen."))
def test_that_more_than_half_has_no_time_is_said_when_it_is_certain(absent, said):
    """50 and 45 may be 46 and 49; 60 and 35 are at least 56 and at most 39."""
    times = {"nee": absent, "ja": 95 - absent, "onbekend": 5}

    says(improvements.meaning(borne(100, basis=5, has_time=times)), said)


@cases(
    "cells said",
    ({"ja": 30, "nee": 60, "onbekend": 10}, "…minstens 60% en hoogstens 70% … heeft.…"),
    ({"ja": 40, "nee": 60}, "…Van elke melding is geregistreerd of er een tijdstip in staat.…"),
    ({"onbekend": 100}, "…is hieruit niet af te leiden.…"),
)
def test_how_often_the_time_is_missing_for_certain(cells, said):
    says(improvements.sure(borne(100, has_time=cells)), said)
