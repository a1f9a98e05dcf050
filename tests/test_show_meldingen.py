"""What the meldingen are about, what became of them, and what is missing in them."""

import pandas as pd

from mma_analysis.show import (
    accountability,
    direct,
    follow_up,
    improvements,
    practice,
    topics,
)
from mma_analysis.vocabulary import UNKNOWN
from show_tables import (
    DISTRICT,
    HIDDEN,
    MISSING,
    NEVER,
    VOCABULARY,
    breakdown,
    cases,
    evaluation,
    frame,
    per_period,
    says,
)

TABLES = {
    "per_topic_group": ["topic_group"],
    "per_topic": ["topic"],
    "per_background": ["has_time", "has_location", "has_person", "has_vehicle"],
    "per_follow_up": ["status", "disposition", "acted", "result", "fed_back", "usable"],
    "per_recipient": ["also_sent_to"],
}


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


@cases(
    "total basis cells said",
    # the four largest, and what is not known
    (
        100,
        1,
        {"drugs": 30, "geweld": 40, "fraude_en_geld": 10, "wonen_en_uitbuiting": 9, "overig": 8}
        | {"onbekend": 3},
        "Meldingen in Borne gaan over geweld en wapens (40%), drugs (30%), fraude en geld (10%) en "
        "wonen en uitbuiting (9%). Bij 3% van de meldingen is het onderwerp niet bekend.",
    ),
    (100, 1, {"drugs": 100}, "… over drugs (100%). Het onderwerp is altijd bekend."),
    # rounded: no unknown ones may be a few, and of few meldingen there are counts
    (40, 5, {"drugs": 35, "geweld": 5}, "… over drugs (35) en geweld en wapens (5)."),
    # of nothing but unknown ones there is no topic
    (100, 1, {"onbekend": 100}, "Bij alle 100 meldingen is het onderwerp niet bekend."),
    (40, 5, HIDDEN, "Waar de meldingen in Borne over gaan, tonen wij niet."),
    (MISSING, 5, {}, "Van Borne is geen bestand met meldingen ontvangen."),
    (0, 5, {}, "Borne ontving in deze periode hoogstens 4 meldingen."),
)
def test_the_largest_topics_are_told_or_why_there_are_none(total, basis, cells, said):
    says(topics.sentence(borne(total, topic_group=cells, basis=basis)), said)


def test_the_version_of_the_list_of_topics_is_accounted_for():
    says(accountability.definitions(borne(9)), "…in de versie van 1 oktober 2020…")


# --- practice ------------------------------------------------------------------------------------


RARELY = {"bevestigd": 46, "onbekend": 54}


def completeness(*rows, area=DISTRICT):
    """An evaluation of an area with these rows of completeness, of the result."""
    columns = "area period field registers state count total share"
    table = frame(columns, *((area, "whole", "result", *row) for area, *row in rows))
    table = table.astype({"registers": "str", "share": "Float64"})
    return evaluation(area=area, completeness=table)


SOME = ("almelo", "sometimes", "shown", 50, 100, 0.5), ("borne", None, HIDDEN, None, 60, None)
NOT_ANY = ("losser", "never", "shown", 0, 60, 0.0)
NONE_SENT = ("wierden", None, MISSING, None, None, None)


@cases(
    "rows said",
    (
        [*SOME, NOT_ANY, NONE_SENT],
        "1 van de 3 gemeenten schrijft het resultaat nooit op: Losser.",
    ),
    (SOME, ""),
    ([], ""),
)
def test_which_gemeenten_never_register_a_result_is_told(rows, said):
    says(practice.never_sentence(completeness(*rows)), said)


def test_never_hidden_missing_few_and_known_are_different_things_in_the_table():
    few, all_of_it = ("sometimes", "shown", 20, 40, None), ("always", "shown", 100, 100, 1.0)
    others = NOT_ANY, NONE_SENT, ("tubbergen", *few), (DISTRICT, *all_of_it)
    table = practice.completeness_table(completeness(*SOME, *others))

    result = {row[0]: row[-1] for row in table.rows}
    names = ("Almelo", "Borne", "Losser", "Wierden", "Tubbergen", "Twente")
    assert [result[name] for name in names] == ["50%", "·", "nooit", "–", "te weinig", ">95%"]
    assert [row[0] for row in table.rows] == [*(a.name for a in VOCABULARY.gemeenten), "Twente"]


def test_a_gemeente_sees_its_own_registration_beside_the_district():
    table = practice.completeness_table(completeness(*SOME, NOT_ANY, area="losser"))

    assert [row[0] for row in table.rows] == ["Losser", "Twente"]
    assert table.rows[0][-1] == "nooit"


# --- follow-up -----------------------------------------------------------------------------------


@cases(
    "total basis cells said",
    (
        100,
        1,
        {"bevestigd": 25, "deels_bevestigd": 15, "niet_bevestigd": 10, "onbekend": 50},
        "Dit kwam er uit de 50 meldingen met …: 50% …, 30% deels … en 20% niet bevestigd. Zeker…",
    ),
    (9, 1, {"bevestigd": 1, "niet_bevestigd": 2, "onbekend": 6}, "…: 1 …, 0 deels … 2 niet…"),
    (9, 1, {"bevestigd": 1, "onbekend": 8}, "Van één melding … bekend: bevestigd. Zeker…"),
    (9, 1, {"onbekend": 9}, "Van geen enkele melding is het resultaat bekend."),
    (20, 5, {"bevestigd": 10, "onbekend": 10}, "…de 10 meldingen …: 10 …, 0 – 4 deels … 0 – 4 …"),
    (20, 5, {"onbekend": 20}, "Van hoogstens 8 meldingen is het resultaat bekend."),
    (20, 5, None, "Van geen enkele melding is het resultaat bekend."),
    (20, 5, HIDDEN, "Wat de meldingen in Borne opleverden, tonen wij niet."),
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


def test_what_is_confirmed_for_certain_stands_beside_the_claim():
    result = {"bevestigd": 20, "niet_bevestigd": 20, "onbekend": 60}
    e = borne(100, result=result, usable={"ja": 40, "nee": 10, "onbekend": 50})

    says(
        follow_up.sentence(e),
        "…Zeker is dat minstens 20% en hoogstens 80% van de meldingen in Borne helemaal bevestigd "
        "is. Ook is zeker dat minstens 40% en hoogstens 90% van de meldingen in Borne bruikbaar "
        "is.",
    )


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

    says(follow_up.duration_sentence(evaluation(area=DISTRICT, time_to_close=closing)), said)


def test_why_no_time_to_close_is_told_is_said():
    says(
        follow_up.duration_sentence(evaluation(area=DISTRICT)),
        "Hoe lang de opvolging in Twente duurt, is niet vast te stellen. Daarvoor leggen te "
        "weinig gemeenten vast wanneer zij meldingen afsluiten, of zijn er te weinig meldingen.",
    )


# --- received directly ---------------------------------------------------------------------------

PARTLY = {"alleen_gemeente": 20, "politie": 54, "onbekend": 26}
ALONE = "is geregistreerd dat alleen de gemeente ze kreeg."
AT_LEAST = "Zeker is dat minstens 20% en hoogstens 46% van de meldingen in Borne alleen naar de …"


@cases(
    "total basis cells said",
    (100, 1, PARTLY, f"Bij 20% … {ALONE} … Bij 26% … is niet … {AT_LEAST}"),
    (100, 1, {"alleen_gemeente": 20, "politie": 80}, f"Bij 20% … {ALONE} Daarvan weet de politie…"),
    (100, 1, {"politie": 100}, f"Bij geen van de 100 meldingen {ALONE} Zeker…"),
    (100, 5, {"politie": 100}, f"Bij hoogstens 4 van de 100 meldingen {ALONE} Daarvan…"),
    (9, 1, None, "In de registratie staat niet wie de meldingen nog meer kreeg."),
    (40, 5, HIDDEN, "Wie de meldingen … nog meer kreeg, tonen wij niet."),
)
def test_what_only_the_gemeente_got_is_told_from_the_registration(total, basis, cells, said):
    says(direct.sentence(borne(total, basis=basis, also_sent_to=cells)), said)


# --- improvements --------------------------------------------------------------------------------


def test_the_background_has_all_three_parts_in_words_and_table():
    times = {"ja": 30, "nee": 60, "onbekend": 10}
    chart = improvements.background_chart(borne(100, has_time=times))

    says(chart, "Voor zover bekend ontbreekt het tijdstip bij 67% van de meldingen in Borne")
    assert "Tijdstip: 30% staat erin, 60% staat er niet in en 10% niet geregistreerd." in chart.alt
    assert chart.table.rows[0] == ["Tijdstip", "30", "60", "10"]


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


def test_without_meldingen_the_background_says_why():
    says(
        improvements.background_chart(borne(MISSING)),
        "Van Borne is geen bestand met meldingen ontvangen.",
    )


def test_that_nothing_was_ever_registered_is_said():
    says(
        improvements.background_chart(borne(60)),
        "In Borne is nooit geregistreerd of er een tijdstip, een plaats, een persoon of een "
        "voertuig in een melding staat",
    )
