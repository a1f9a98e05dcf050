"""What clean meldingen must satisfy, and who is told when they do not."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mma_analysis import check, domain
from mma_analysis.edition import Edition

# The settings of one gemeente that delivered nothing: a warning each, left out below.
OTHERS = "geen_levering"


def edition(**gemeenten: dict) -> Edition:
    named = {slug.replace("_", "-"): settings for slug, settings in gemeenten.items()}
    borne = {"borne": {"levering": ["borne.csv"]}}
    evaluatie = {
        "titel": "Proef",
        "district": "Twente",
        "begin": "2021-07-01",
        "peildatum": "2023-06-30",
    }
    return Edition.model_validate({"evaluatie": evaluatie, "gemeenten": {**borne, **named}})


def melding(number: str, **fields: object) -> dict[str, object]:
    """A melding of Borne with nothing wrong, but for the fields given."""
    right = {
        "melding_id": number,
        "gemeente": "borne",
        "received_on": "2022-03-10",
        "reported_on": "2022-03-08",
        "topic": "fraude",
        "topic_group": "fraude_en_geld",
        "topic_as_delivered": "Fraude",
        "place": "Borne",
        "has_time": True,
        "has_location": True,
        "has_person": False,
        "has_vehicle": False,
        "also_sent_to": "politie",
        "status": "afgesloten",
        "disposition": "actie_gemeente",
        "result": "bevestigd",
        "usable": "ja",
        "closed_on": "2022-04-01",
        "fed_back_on": "2022-04-02",
        "source_file": "borne.csv",
        "source_sheet": "",
        "source_row": 2,
    }
    return {**right, **fields}


def table(*meldingen: dict[str, object]) -> pd.DataFrame:
    columns = {column.name: column.dtype for column in domain.MELDINGEN}
    return pd.DataFrame(list(meldingen), columns=list(columns)).astype(columns)


def found(meldingen: pd.DataFrame, settings: Edition | None = None) -> list[tuple[str, str, int]]:
    findings = check.check_meldingen(meldingen, settings or edition())
    return [(f.gemeente, f.rule, f.rows) for f in findings if f.rule != OTHERS]


def test_meldingen_with_nothing_wrong_have_no_finding():
    assert found(table(melding("1"), melding("2"))) == []


def test_a_gemeente_without_a_delivery_is_warned_and_not_blocked():
    findings = check.check_meldingen(table(melding("1")), edition())

    assert {f.gemeente for f in findings if f.rule == "geen_levering"} == {
        area.slug for area in domain.gemeenten() if area.slug != "borne"
    }
    assert check.blocked(findings) == frozenset()


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"melding_id": None}, "verplicht"),
        ({"topic": "wietplantage"}, "waarde"),
        ({"status": "klaar"}, "waarde"),
        ({"disposition": "niets"}, "waarde"),
        ({"result": "misschien"}, "waarde"),
        ({"usable": "soms"}, "waarde"),
        ({"also_sent_to": "krant"}, "waarde"),
        ({"topic_group": "drugs"}, "onderwerpgroep"),
        ({"received_on": "2021-06-30", "reported_on": None}, "buiten_periode"),
        ({"received_on": "2023-07-01", "closed_on": None, "fed_back_on": None,
          "reported_on": None}, "buiten_periode"),
    ],
)  # fmt: skip
def test_a_broken_promise_of_our_own_is_critical(fields, rule):
    findings = check.check_meldingen(table(melding("1"), melding("2", **fields)), edition())

    critical = [(f.gemeente, f.rule, f.rows) for f in findings if f.severity == "critical"]
    assert critical == [("borne", rule, 1)]
    assert check.blocked(findings) == {"borne"}


@pytest.mark.parametrize("day", ["2021-07-01", "2023-06-30"])
def test_the_first_and_the_last_day_of_the_period_count(day):
    fields = {"received_on": day, "reported_on": None, "closed_on": None, "fed_back_on": None}

    assert found(table(melding("1", **fields))) == []


def test_a_number_twice_in_one_gemeente_is_critical_and_in_two_gemeenten_is_not():
    wierden = edition(wierden={"levering": ["wierden.csv"]})
    two_gemeenten = table(melding("1"), melding("1", gemeente="wierden"))
    one_gemeente = table(melding("1"), melding("1"), melding("2", gemeente="wierden"))

    assert found(two_gemeenten, wierden) == []
    assert found(one_gemeente, wierden) == [("borne", "nummer_dubbel", 2)]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"closed_on": "2022-03-09"}, "gesloten_voor_ontvangst"),
        ({"fed_back_on": "2022-03-09"}, "terugkoppeling_voor_ontvangst"),
        ({"reported_on": "2022-03-11"}, "gemeld_na_ontvangst"),
        ({"closed_on": "2023-07-04"}, "gesloten_na_levering"),
        ({"fed_back_on": "2023-07-04"}, "terugkoppeling_na_levering"),
        ({"received_on": "2022-01-31", "reported_on": None}, "voor_aansluiting"),
        ({"reported_on": "2021-12-09"}, "lang_onderweg"),  # 91 days before 10 March 2022
    ],
)
def test_dates_that_only_the_sender_can_repair_are_a_warning(fields, rule):
    settings = edition(
        borne={
            "levering": ["borne.csv"],
            "aangesloten": "2022-02-01",
            "geleverd_op": "2023-07-03",
        }
    )

    findings = check.check_meldingen(table(melding("1"), melding("2", **fields)), settings)

    warnings = [f for f in findings if f.rule != OTHERS]
    assert [(f.rule, f.severity, f.rows, f.share) for f in warnings] == [(rule, "warning", 1, 0.5)]
    assert check.blocked(findings) == frozenset()


@pytest.mark.parametrize(
    "fields",
    [
        {"closed_on": "2022-03-10", "fed_back_on": "2022-03-10", "reported_on": "2022-03-10"},
        {"received_on": "2022-02-01", "reported_on": None},  # the day of connection
        {"closed_on": "2023-07-03"},  # the day of delivery, after the peildatum
        {"reported_on": "2021-12-10"},  # 90 days
        {"closed_on": None, "fed_back_on": None, "reported_on": None},
    ],
)
def test_dates_on_the_limit_and_absent_dates_are_no_finding(fields):
    settings = edition(
        borne={
            "levering": ["borne.csv"],
            "aangesloten": "2022-02-01",
            "geleverd_op": "2023-07-03",
        }
    )

    assert found(table(melding("1", **fields)), settings) == []


def test_when_the_day_of_delivery_is_not_known_the_peildatum_is_the_last_day():
    closed = table(melding("1", closed_on="2023-07-01"))

    assert found(closed) == [("borne", "gesloten_na_levering", 1)]


@pytest.mark.parametrize(
    ("unknown", "findings"),
    [(3, []), (4, [("borne", "onderwerp_onbekend", 4)])],  # of ten: 30 % is tolerated
)
def test_the_share_of_unknown_topics_has_a_limit(unknown, findings):
    nameless = {"topic": "onbekend", "topic_group": "onbekend"}
    rows = [melding(str(n), **(nameless if n < unknown else {})) for n in range(10)]

    assert found(table(*rows)) == findings


def test_an_unknown_topic_share_is_told_in_percent():
    nameless = {"topic": "onbekend", "topic_group": "onbekend"}

    findings = check.check_meldingen(table(melding("1", **nameless), melding("2")), edition())

    (sentence,) = [f.sentence for f in findings if f.rule == "onderwerp_onbekend"]
    assert sentence.startswith(
        "Bij 50% van uw meldingen kennen wij het onderwerp niet: 1 van de 2."
    )


@pytest.mark.parametrize(
    ("field", "rule", "severity"),
    [
        ("has_time", "tijd_onbekend", "info"),
        ("has_location", "plaats_onbekend", "info"),
        ("has_person", "persoon_onbekend", "info"),
        ("has_vehicle", "voertuig_onbekend", "info"),
        ("disposition", "afhandeling_onbekend", "warning"),
        ("result", "resultaat_onbekend", "info"),
        ("usable", "bruikbaar_onbekend", "info"),
    ],
)
def test_what_is_not_known_is_told_and_blocks_nothing(field, rule, severity):
    unknown = {field: pd.NA if field in domain.BACKGROUND else "onbekend"}

    findings = check.check_meldingen(table(melding("1", **unknown)), edition())

    assert [(f.rule, f.severity) for f in findings if f.rule != OTHERS] == [(rule, severity)]
    assert check.blocked(findings) == frozenset()


def test_a_delivery_with_nothing_to_count_is_critical_for_that_gemeente_only():
    settings = edition(wierden={"levering": ["wierden.csv"]})

    findings = check.check_meldingen(table(melding("1")), settings)

    assert check.blocked(findings) == {"wierden"}


def test_a_gemeente_without_rows_in_a_joint_file_that_has_rows_is_no_finding():
    settings = edition(
        dinkelland={"levering": ["samen.csv"]}, tubbergen={"levering": ["samen.csv"]}
    )
    joint = melding("2", gemeente="dinkelland", source_file="samen.csv")

    assert found(table(melding("1"), joint), settings) == []


def test_a_gemeente_that_connected_after_the_peildatum_has_nothing_to_deliver():
    settings = edition(wierden={"aangesloten": "2023-07-01"})

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
    assert len(check.blocked(check.check_meldingen(of_nobody, edition()))) == 15


def test_no_value_of_a_melding_is_in_the_findings():
    leaky = melding(
        "CANARY1", topic="CANARY2", topic_as_delivered="CANARY3", place="CANARY4", result="CANARY5"
    )

    findings = check.check_meldingen(table(leaky, leaky), edition())

    assert check.blocked(findings) == {"borne"}
    assert "CANARY" not in repr(findings) + check.as_table(findings).to_json()


def test_the_table_is_left_alone():
    meldingen = table(melding("1"), melding("2"))
    before = meldingen.copy()

    check.check_meldingen(meldingen, edition())

    assert_frame_equal(meldingen, before)
