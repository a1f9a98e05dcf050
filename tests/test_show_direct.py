"""Rechtstreeks ontvangen: how fast, before and after, and what gemeenten say of it."""

import pandas as pd

from mma_analysis.show import direct
from mma_analysis.vocabulary import UNKNOWN
from show_tables import DISTRICT, EMPTY, agreeing, breakdown, cases, evaluation, frame, says, told


def shown(area: str = DISTRICT, **tables: pd.DataFrame):
    """An evaluation of an area with these tables, of which nothing is known of recipients."""
    recipients = breakdown("also_sent_to", {UNKNOWN: 100}, 100, area=area)
    return evaluation(tables, area=area, counts={"whole": 100}, per_recipient=recipients)


# --- before and after ----------------------------------------------------------------------------


def before(area: str, *rows: tuple) -> str:
    table = frame(EMPTY["before_connection"], *rows)
    return told(direct.before_after(shown(area, before_connection=table)))


UNREGISTERED = (None, None, None, "not_registered")


def test_the_district_names_who_is_known_and_of_how_many_it_is_not():
    rows = ("borne", 2.5, 1.2, 5.0, "more"), ("losser", *UNREGISTERED)

    says(
        before(DISTRICT, *rows),
        "Borne kreeg per maand 2,5 keer zoveel meldingen als voor de aansluiting (met 95% zekerheid"
        " tussen 1,2 en 5,0 keer): duidelijk meer. Van 13 gemeenten is dat niet bekend.",
    )


@cases(
    "row said",
    (("borne", 1.1, 0.7, 2.0, "cannot_tell"), "…niet duidelijk meer of minder."),
    (("borne", 0.5, 0.2, 0.8, "fewer"), "…duidelijk minder."),
    (("borne", *UNREGISTERED), "…hoorden, is niet bekend."),
    (("losser", 2.5, 1.2, 5.0, "more"), "…hoorden, is niet bekend."),
)
def test_a_gemeente_is_told_its_own(row, said):
    says(before("borne", row), said)
    assert "Losser" not in before("borne", row)


# --- how fast ------------------------------------------------------------------------------------


@cases(
    "row said",
    ((6, 1, 0, 1), "…was de helft … binnen 1 dag bij de gemeente. … tussen 0 en 1 dag.…"),
    ((6, 0, 0, 0), "…was de helft … op dezelfde dag bij de gemeente. Dat is geteld vanaf…"),
    ((1, 3, 3, 3), "…M. ze kreeg, bij 1 gemeente met beide dagen in de registratie.…"),
)
def test_how_fast_is_told_with_who_it_is_about(row, said):
    table = frame("area gemeenten median_days low high", (DISTRICT, *row))

    says(direct.experience(shown(time_to_receive=table)), said)


def test_without_both_days_it_is_not_known():
    says(direct.experience(shown()), "Hoe snel een gemeente een melding heeft, is niet bekend.")


# --- beside what gemeenten say -------------------------------------------------------------------

AGREED, STRONGLY = "mee eens", "helemaal mee eens"


@cases(
    "rows said",
    (
        [(AGREED, 2, 1.0), (STRONGLY, 1, None)],
        "…Wij legden de antwoorden op ‘Sneller’ naast wat is geteld. Gemeenten met ‘helemaal mee "
        "eens’ kregen per inwoner meer meldingen dan gemeenten met ‘mee eens’. Bij ‘mee eens’ was "
        "de helft binnen 1 dag bij de gemeente. Bij ‘helemaal mee eens’ is dat niet te zeggen. Dat "
        "is alleen een beschrijving…",
    ),
    ([(AGREED, 1, None), (STRONGLY, 1, None)], "…kregen per inwoner ongeveer evenveel…"),
    ([], "…leggen wij niet naast wat is geteld. Daarvoor moeten twee antwoorden elk door…"),
)
def test_what_gemeenten_say_stands_beside_who_received_more(rows, said):
    code = "sneller_dan_politie"
    by_answer = frame(EMPTY["experience_by_answer"], *((code, *row) for row in rows))
    statement = agreeing(code, "Sneller", 0, 0, 0, 8, 4)

    says(direct.experience(shown(survey_answers=statement, experience_by_answer=by_answer)), said)
