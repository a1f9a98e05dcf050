"""What clean meldingen must satisfy, and who is told when they do not."""

import pandas as pd
import pytest

import counting
from counting import table
from mma_analysis import check
from mma_analysis.check.findings import of_meldingen
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

# The settings of one gemeente that delivered nothing: a warning each, left out below.
OTHERS = "geen_levering"
NO_DAYS = {"reported_on": None, "closed_on": None, "fed_back_on": None}
CONNECTED = {"aangesloten": "2022-02-01", "geleverd_op": "2023-07-03"}


def edition(**gemeenten: dict) -> Edition:
    return counting.edition({"borne": {}, **gemeenten})


def melding(number: str, **fields: object) -> dict[str, object]:
    """A melding of Borne with nothing wrong, but for the fields given."""
    days = {"reported_on": "2022-03-08", "closed_on": "2022-04-01", "fed_back_on": "2022-04-02"}
    return counting.melding(number, "borne", "2022-03-10") | days | fields


def found(meldingen: pd.DataFrame, settings: Edition | None = None) -> list[tuple[str, str, int]]:
    findings = check.check_meldingen(meldingen, settings or edition())
    return [(f.gemeente, f.rule, f.rows) for f in findings if f.rule != OTHERS]


def test_a_gemeente_without_a_delivery_is_warned_and_not_blocked():
    findings = check.check_meldingen(table(melding("1")), edition())

    assert {f.gemeente for f in findings if f.rule == "geen_levering"} == {
        area.slug for area in VOCABULARY.gemeenten if area.slug != "borne"
    }
    assert check.blocked(VOCABULARY, findings) == frozenset()


def test_a_broken_promise_of_our_own_is_critical():
    meldingen = table(
        melding("1"),
        melding("2", source_file=None),
        melding("3", status="klaar"),
        melding("4", disposition="niets"),
        melding("5", result="misschien"),
        melding("6", usable="soms"),
        melding("7", also_sent_to="krant"),
        melding("8", topic_group="drugs"),  # exists, but is not the group of fraude
        melding("9", **NO_DAYS, received_on="2021-06-30"),
        melding("10", **NO_DAYS, received_on="2023-07-01"),
        melding("11", topic="wietplantage"),  # does not exist, and so has no group
    )

    findings = check.check_meldingen(meldingen, edition())

    critical = {(f.rule, f.column): f.rows for f in findings if f.severity == "critical"}
    assert critical == {
        ("verplicht", "source_file"): 1,
        ("waarde", "topic"): 1,
        ("waarde", "status"): 1,
        ("waarde", "disposition"): 1,
        ("waarde", "result"): 1,
        ("waarde", "usable"): 1,
        ("waarde", "also_sent_to"): 1,
        ("onderwerpgroep", "topic_group"): 2,
        ("buiten_periode", "received_on"): 2,
    }
    assert check.blocked(VOCABULARY, findings) == {"borne"}


def test_a_number_twice_in_one_gemeente_is_critical_and_in_two_gemeenten_is_not():
    wierden = edition(wierden={})
    two_gemeenten = table(melding("1"), melding("1", gemeente="wierden"))
    one_gemeente = table(melding("1"), melding("1"), melding("2", gemeente="wierden"))

    assert found(two_gemeenten, wierden) == []
    assert found(one_gemeente, wierden) == [("borne", "nummer_dubbel", 2)]


def test_dates_that_only_the_sender_can_repair_are_a_warning():
    meldingen = table(
        melding("1"),
        melding("2", closed_on="2022-03-09"),  # received on 10 March 2022
        melding("3", fed_back_on="2022-03-09"),
        melding("4", reported_on="2022-03-11"),
        melding("5", closed_on="2023-07-04"),
        melding("6", fed_back_on="2023-07-04"),
        melding("7", received_on="2022-01-31", reported_on=None),
        melding("8", reported_on="2021-12-09"),  # 91 days before
    )

    findings = check.check_meldingen(meldingen, edition(borne=CONNECTED))

    own = [f for f in findings if f.gemeente == "borne"]
    assert {(f.rule, f.column): f.rows for f in own} == {
        ("gesloten_voor_ontvangst", "closed_on"): 1,
        ("terugkoppeling_voor_ontvangst", "fed_back_on"): 1,
        ("gemeld_na_ontvangst", "received_on"): 1,
        ("gesloten_na_levering", "closed_on"): 1,
        ("terugkoppeling_na_levering", "fed_back_on"): 1,
        ("lang_onderweg", "received_on"): 1,
    }
    assert {(f.severity, f.share) for f in own} == {("warning", 1 / 8)}
    assert check.blocked(VOCABULARY, findings) == frozenset()


def test_with_nothing_wrong_days_on_the_limit_and_absent_days_there_is_no_finding():
    same_day = {"reported_on": "2022-03-10", "closed_on": "2022-03-10", "fed_back_on": "2022-03-10"}
    meldingen = table(
        melding("1", **same_day),
        melding("2", received_on="2022-02-01", reported_on=None),  # the day of connection
        melding("3", closed_on="2023-07-03"),  # the day of delivery, after the peildatum
        melding("4", reported_on="2021-12-10"),  # 90 days before
        melding("5", **NO_DAYS),
    )

    assert found(meldingen, edition(borne=CONNECTED)) == []
    # Both days of the period count.
    ends = [melding(day, **NO_DAYS, received_on=day) for day in ("2021-07-01", "2023-06-30")]
    assert found(table(melding("1"), *ends)) == []


def test_when_the_day_of_delivery_is_not_known_the_peildatum_is_the_last_day():
    closed = table(melding("1", closed_on="2023-07-01"))

    assert found(closed) == [("borne", "gesloten_na_levering", 1)]


@pytest.mark.parametrize(
    ("rows", "total", "told"),
    [
        (1, 1, "uw enige melding"),
        (9, 9, "alle 9 meldingen"),
        (1, 9, "1 van de 9 meldingen"),
        (19, 19, "alle 19 meldingen"),
        (10, 20, "10 van de 20 meldingen (50%)"),
        (1, 300, "1 van de 300 meldingen (minder dan 1%)"),  # 0,3%
        (299, 300, "299 van de 300 meldingen (meer dan 99%)"),  # 99,7%
    ],
)
def test_how_many_meldingen_it_is_about_is_told_as_a_person_would(rows, total, told):
    assert of_meldingen(rows, total) == told


def test_what_is_empty_not_understood_and_never_registered_are_three_findings():
    numbers = ["meldingen", "not_filled", "not_understood", "no_column"]
    rows = pd.DataFrame(
        [("borne", "result", "Uitkomst", 20, 5, 3, 4), ("borne", "topic", "Soort", 20, 0, 0, 0)],
        columns=["gemeente", "field", "column", *numbers],
    )

    findings = check.check_registration(VOCABULARY, rows)

    assert [(f.rule, f.severity, f.rows, f.sentence.partition(". ")[0]) for f in findings] == [
        (
            *("niet_begrepen", "warning", 3),
            "In de kolom 'Uitkomst' staat bij 3 van de 20 meldingen (15%) een woord of teken dat "
            "wij niet kennen",
        ),
        (
            *("niet_ingevuld", "info", 5),
            "In de kolom 'Uitkomst' is bij 5 van de 20 meldingen (25%) niets ingevuld.",
        ),
        (
            *("houdt_niet_bij", "info", 4),
            "Een kolom voor 'Resultaat' ontbreekt bij 4 van de 20 meldingen (20%)",
        ),
    ]
    assert check.blocked(VOCABULARY, findings) == frozenset()


def test_a_file_without_a_row_is_a_delivery_of_no_tips_and_no_fault_that_blocks():
    settings = edition(wierden={"levering": ["wierden.csv", "later.csv"]})
    only_one = frozenset({"wierden.csv"})

    of_none = check.check_meldingen(table(melding("1")), settings, only_one | {"later.csv"})
    of_some = check.check_meldingen(table(melding("1")), settings, only_one)

    assert [(f.rule, f.severity) for f in of_none if f.gemeente == "wierden"] == [
        ("geen_meldingen", "warning")
    ]
    assert check.blocked(VOCABULARY, of_none) == frozenset()
    assert check.blocked(VOCABULARY, of_some) == {"wierden"}


def test_a_gemeente_without_rows_in_a_joint_file_that_has_rows_is_no_finding():
    settings = edition(
        dinkelland={"levering": ["samen.csv"]}, tubbergen={"levering": ["samen.csv"]}
    )
    joint = melding("2", gemeente="dinkelland", source_file="samen.csv")

    assert found(table(melding("1"), joint), settings) == []


def test_a_gemeente_that_connected_after_the_peildatum_has_nothing_to_deliver():
    settings = edition(wierden={"levering": [], "aangesloten": "2023-07-01"})

    findings = check.check_meldingen(table(melding("1")), settings)

    assert "wierden" not in {f.gemeente for f in findings}


def test_a_table_that_is_not_what_was_agreed_blocks_every_area():
    meldingen = table(melding("1"))
    without_column = meldingen.drop(columns="topic")
    other_dtype = meldingen.astype({"source_row": "str"})
    of_nobody = table(melding("1", gemeente="zwolle"))

    assert found(without_column) == [("twente", "kolommen", 0)]
    assert found(other_dtype) == [("twente", "soort", 0)]
    assert found(of_nobody) == [("twente", "waarde", 1)]
    assert len(check.blocked(VOCABULARY, check.check_meldingen(of_nobody, edition()))) == 15


@pytest.mark.parametrize(
    ("settings", "is_told"),
    [
        ({"geleverd_op": "2023-06-15"}, True),
        ({"geleverd_op": "2023-06-29"}, True),
        ({"geleverd_op": "2023-06-30"}, False),  # on the peildatum itself
        ({}, False),  # not known when
        ({"geleverd_op": "2023-06-15", "levering": []}, False),  # nothing was delivered
        ({"geleverd_op": "2023-06-15", "aangesloten": "2023-07-01"}, False),
    ],
)
def test_a_delivery_of_before_the_peildatum_is_told(settings: dict, is_told: bool):
    empty = frozenset({"wierden.csv"})
    said = f"{settings.get('geleverd_op', '')[-2:]} juni 2023"

    findings = check.check_meldingen(table(melding("1")), edition(wierden=settings), empty)

    early = [f for f in findings if f.rule == "geleverd_voor_peildatum"]
    assert [(f.gemeente, f.severity) for f in early] == [("wierden", "warning")] * is_told
    assert all(f.sentence.startswith(f"Uw levering is van {said}. Dat is voor") for f in early)
    assert check.blocked(VOCABULARY, findings) == frozenset()


@pytest.mark.parametrize(
    ("last", "is_told"),
    [
        # 40 in the 425 days from 1 February 2022 on make 8.6 in the 91 days after 31 March 2023.
        (2, True),
        (5, False),  # more than half of them
    ],
)
def test_far_fewer_in_the_last_quarter_than_before_is_told(last: int, is_told: bool):
    rows = [melding(f"a{n}") for n in range(40)]
    rows += [melding(f"b{n}", received_on="2023-05-10", **NO_DAYS) for n in range(last)]
    findings = check.check_meldingen(table(*rows), edition(borne=CONNECTED))

    thin = [f.sentence for f in findings if f.rule == "laatste_kwartaal_dun"]

    assert bool(thin) == is_told
    assert all("2 meldingen" in one and "ongeveer 9 te verwachten" in one for one in thin)
