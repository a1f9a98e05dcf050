"""Rechtstreeks ontvangen: how fast, before and after, and what gemeenten say of it."""

import pandas as pd
import pytest

from mma_analysis.show import direct
from mma_analysis.vocabulary import UNKNOWN
from show_tables import DISTRICT, agreeing, breakdown, evaluation, per_period, told

COLUMNS = ["area", "ratio", "low", "high", "verdict"]


@pytest.fixture
def shown(tmp_path):
    """Make an evaluation of an area with these tables, of which nothing is known of recipients."""

    def make(area: str = DISTRICT, **tables: pd.DataFrame):
        unknown = {UNKNOWN: 100}
        recipients = breakdown("also_sent_to", unknown, 100, area=area)
        given = {
            "per_period": per_period({area: {"whole": 100}}),
            "per_recipient": recipients,
            **tables,
        }
        return evaluation(tmp_path, given, area=area)

    return make


# --- before and after ----------------------------------------------------------------------------


def before(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


def test_the_district_names_who_is_known_and_of_how_many_it_is_not(shown):
    e = shown(
        before_connection=before(
            ("borne", 2.5, 1.2, 5.0, "more"), ("losser", None, None, None, "not_registered")
        )
    )

    assert told(direct.before_after(e)) == (
        "Borne kreeg per maand 2,5 keer zoveel meldingen als voor de aansluiting (met 95% zekerheid"
        " tussen 1,2 en 5,0 keer): duidelijk meer. Van 13 gemeenten is dat niet bekend."
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("borne", 1.1, 0.7, 2.0, "cannot_tell"), "niet duidelijk meer of minder."),
        (("borne", 0.5, 0.2, 0.8, "fewer"), "duidelijk minder."),
        (("borne", None, None, None, "not_registered"), "hoorden, is niet bekend."),
        (("losser", 2.5, 1.2, 5.0, "more"), "hoorden, is niet bekend."),
    ],
)
def test_a_gemeente_is_told_its_own(shown, row, expected):
    sentence = told(direct.before_after(shown("borne", before_connection=before(row))))

    assert sentence.endswith(expected)
    assert "Losser" not in sentence


# --- how fast ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            (6, 1, 0, 1),
            "was de helft van de meldingen binnen 1 dag bij de gemeente. Met 95% zekerheid ligt "
            "dat tussen 0 en 1 dag.",
        ),
        (
            (6, 0, 0, 0),
            "was de helft van de meldingen op dezelfde dag bij de gemeente. Dat is geteld vanaf",
        ),
        ((1, 3, 3, 3), "M. ze kreeg, bij 1 gemeente met beide dagen in de registratie."),
    ],
)
def test_how_fast_is_told_with_who_it_is_about(shown, row, expected):
    columns = ["area", "gemeenten", "median_days", "low", "high"]
    table = pd.DataFrame([(DISTRICT, *row)], columns=columns)

    assert expected in told(direct.experience(shown(time_to_receive=table)))


def test_without_both_days_it_is_not_known(shown):
    assert told(direct.experience(shown())) == (
        "Hoe snel een gemeente een melding heeft, is niet bekend."
    )


# --- beside what gemeenten say -------------------------------------------------------------------

STATEMENT = agreeing("sneller_dan_politie", "Sneller", 0, 0, 0, 8, 4)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [("mee eens", 2, 1.0), ("helemaal mee eens", 1, None)],
            "Wij legden de antwoorden op ‘Sneller’ naast wat is geteld. "
            "Gemeenten met ‘helemaal mee eens’ kregen per inwoner meer meldingen dan gemeenten "
            "met ‘mee eens’. Bij ‘mee eens’ was de "
            "helft binnen 1 dag bij de gemeente. Bij ‘helemaal mee eens’ is dat niet te zeggen. "
            "Dat is alleen een beschrijving",
        ),
        (
            [("mee eens", 1, None), ("helemaal mee eens", 1, None)],
            "Gemeenten met ‘helemaal mee eens’ en ‘mee eens’ kregen per inwoner ongeveer evenveel "
            "meldingen. Dat is alleen een beschrijving",
        ),
        (
            [],
            "leggen wij niet naast wat is geteld. Daarvoor moeten twee antwoorden elk door",
        ),
    ],
)
def test_what_gemeenten_say_stands_beside_who_received_more(shown, rows, expected):
    table = pd.DataFrame(
        [("sneller_dan_politie", *row) for row in rows],
        columns=["question", "value", "rank", "median_days"],
    )

    e = shown(survey_answers=STATEMENT, experience_by_answer=table)

    assert expected in told(direct.experience(e))
