"""Rechtstreeks ontvangen: how fast, and what gemeenten say of it."""

import pandas as pd

from mma_analysis.show import direct
from mma_analysis.vocabulary import UNKNOWN
from show_tables import DISTRICT, EMPTY, agreeing, breakdown, cases, evaluation, frame, says


def shown(area: str = DISTRICT, **tables: pd.DataFrame):
    """An evaluation of an area with these tables, of which nothing is known of recipients."""
    recipients = breakdown("also_sent_to", {UNKNOWN: 100}, 100, area=area)
    return evaluation(tables, area=area, counts={"whole": 100}, per_recipient=recipients)


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
