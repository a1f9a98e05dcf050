"""What clean meldingen and answers must satisfy, and who is told when they do not."""

import pandas as pd
import pytest
from conftest import cases

import counting
from counting import table
from mma_analysis import check
from mma_analysis.check.findings import of_meldingen
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary, schema
from small_edition import codebook

VOCABULARY = Vocabulary()
EVERYBODY = [area.slug for area in VOCABULARY.gemeenten]

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


def blocked(findings: list[check.Finding]) -> set[str]:
    return set(check.blocked(VOCABULARY, findings))


def test_a_gemeente_without_a_delivery_is_warned_and_not_blocked():
    findings = check.check_meldingen(table(melding("1")), edition())

    assert {f.gemeente for f in findings if f.rule == "geen_levering"} == {*EVERYBODY} - {"borne"}
    assert blocked(findings) == set()


def test_a_broken_promise_of_our_own_is_critical():
    wrong = [
        {"source_file": None},
        *({"status": "klaar"}, {"disposition": "niets"}, {"result": "misschien"}),
        *({"usable": "soms"}, {"also_sent_to": "krant"}),
        {"topic": "wietplantage"},  # does not exist, and so has no group
        {"topic_group": "drugs"},  # exists, but is not the group of fraude
        NO_DAYS | {"received_on": "2021-06-30"},
        NO_DAYS | {"received_on": "2023-07-01"},
    ]
    rows = [melding(str(number), **fields) for number, fields in enumerate([{}, *wrong])]

    findings = check.check_meldingen(table(*rows), edition())

    fields = ("topic", "status", "disposition", "result", "usable", "also_sent_to")
    assert {(f.rule, f.column): f.rows for f in findings if f.severity == "critical"} == {
        ("verplicht", "source_file"): 1,
        **{("waarde", field): 1 for field in fields},
        ("onderwerpgroep", "topic_group"): 2,
        ("buiten_periode", "received_on"): 2,
    }
    assert blocked(findings) == {"borne"}


def test_a_number_twice_in_one_gemeente_is_critical_and_in_two_gemeenten_is_not():
    wierden = edition(wierden={})
    two_gemeenten = table(melding("1"), melding("1", gemeente="wierden"))
    one_gemeente = table(melding("1"), melding("1"), melding("2", gemeente="wierden"))

    assert found(two_gemeenten, wierden) == []
    assert found(one_gemeente, wierden) == [("borne", "nummer_dubbel", 2)]


def test_dates_that_only_the_sender_can_repair_are_a_warning():
    wrong = {
        ("gesloten_voor_ontvangst", "closed_on"): {"closed_on": "2022-03-09"},  # got on 10 March
        ("terugkoppeling_voor_ontvangst", "fed_back_on"): {"fed_back_on": "2022-03-09"},
        ("gemeld_na_ontvangst", "received_on"): {"reported_on": "2022-03-11"},
        ("gesloten_na_levering", "closed_on"): {"closed_on": "2023-07-04"},
        ("terugkoppeling_na_levering", "fed_back_on"): {"fed_back_on": "2023-07-04"},
        ("lang_onderweg", "received_on"): {"reported_on": "2021-12-09"},  # 91 days before
    }
    rows = [melding(str(number), **fields) for number, fields in enumerate([{}, *wrong.values()])]
    rows.append(melding("before", received_on="2022-01-31", reported_on=None))

    findings = check.check_meldingen(table(*rows), edition(borne=CONNECTED))

    own = [f for f in findings if f.gemeente == "borne"]
    assert {(f.rule, f.column): f.rows for f in own} == dict.fromkeys(wrong, 1)
    assert {(f.severity, f.share) for f in own} == {("warning", 1 / 8)}
    assert blocked(findings) == set()


def test_with_nothing_wrong_days_on_the_limit_and_absent_days_there_is_no_finding():
    meldingen = table(
        melding("1", **dict.fromkeys(NO_DAYS, "2022-03-10")),
        melding("2", received_on="2022-02-01", reported_on=None),  # the day of connection
        melding("3", closed_on="2023-07-03"),  # the day of delivery, after the peildatum
        melding("4", reported_on="2021-12-10"),  # 90 days before
        melding("5", **NO_DAYS),
    )

    assert found(meldingen, edition(borne=CONNECTED)) == []
    # When the day of delivery is not known the peildatum is the last day.
    closed = table(melding("1", closed_on="2023-07-01"))
    assert found(closed) == [("borne", "gesloten_na_levering", 1)]
    # Both days of the period count.
    ends = [melding(day, **NO_DAYS, received_on=day) for day in ("2021-07-01", "2023-06-30")]
    assert found(table(melding("1"), *ends)) == []


@pytest.mark.parametrize(("rows", "total", "told"), cases("of_meldingen"))
def test_how_many_meldingen_it_is_about_is_told_as_a_person_would(rows, total, told):
    assert of_meldingen(int(rows), int(total)) == told


def test_what_is_empty_not_understood_and_never_registered_are_three_findings():
    numbers = ["meldingen", "not_filled", "not_understood", "no_column"]
    rows = pd.DataFrame(
        [("borne", "result", "Uitkomst", 20, 5, 3, 4), ("borne", "topic", "Soort", 20, 0, 0, 0)],
        columns=["gemeente", "field", "column", *numbers],
    )

    findings = check.check_registration(VOCABULARY, rows)

    assert [(f.rule, f.severity, f.rows) for f in findings] == [
        ("niet_begrepen", "warning", 3),
        ("niet_ingevuld", "info", 5),
        ("houdt_niet_bij", "info", 4),
    ]
    not_understood, not_filled, no_column = (finding.sentence for finding in findings)
    assert "'Uitkomst' staat bij 3 van de 20 meldingen (15%) een woord" in not_understood
    assert "'Uitkomst' is bij 5 van de 20 meldingen (25%) niets ingevuld" in not_filled
    assert "'Resultaat' ontbreekt bij 4 van de 20 meldingen (20%)" in no_column
    assert blocked(findings) == set()


def test_a_file_without_a_row_is_a_delivery_of_no_meldingen_and_no_fault_that_blocks():
    settings = edition(wierden={"levering": ["wierden.csv", "later.csv"]})
    only_one = frozenset({"wierden.csv"})

    of_none = check.check_meldingen(table(melding("1")), settings, only_one | {"later.csv"})
    of_some = check.check_meldingen(table(melding("1")), settings, only_one)

    of_wierden = [(f.rule, f.severity) for f in of_none if f.gemeente == "wierden"]
    assert of_wierden == [("geen_meldingen", "warning")]
    assert (blocked(of_none), blocked(of_some)) == (set(), {"wierden"})


def test_a_gemeente_with_nothing_to_deliver_is_no_finding():
    joint = {"levering": ["samen.csv"]}
    settings = edition(
        dinkelland=joint,
        tubbergen=joint,  # without rows of its own
        wierden={"levering": [], "aangesloten": "2023-07-01"},  # after the peildatum
    )
    of_dinkelland = melding("2", gemeente="dinkelland", source_file="samen.csv")

    findings = check.check_meldingen(table(melding("1"), of_dinkelland), settings)

    told = {f.gemeente for f in findings}
    assert told == {*EVERYBODY} - {"borne", "dinkelland", "tubbergen", "wierden"}


def test_meldingen_of_a_gemeente_outside_the_district_block_every_area():
    of_nobody = table(melding("1", gemeente="zwolle"))

    assert found(of_nobody) == [("twente", "waarde", 1)]
    assert len(blocked(check.check_meldingen(of_nobody, edition()))) == 15


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
    assert blocked(findings) == set()


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


# --- answers to the survey -----------------------------------------------------------------------

CODEBOOK = codebook(
    eens={"soort": "likert", "opties": ["mee oneens", "mee eens"]},
    waar={"soort": "multi", "opties": ["zaaksysteem", "Excel"]},
    cijfer={"soort": "number", "kort": "Rapportcijfer", "laagste": 1, "hoogste": 10},
    aantal="number",
    beter={"soort": "open", "tekst": "Wat kan beter?"},
)
KINDS = {vraag.code: vraag.soort for vraag in CODEBOOK.vraag}


def answers_of_all(*extra: str, but: str = "") -> pd.DataFrame:
    """Everybody agrees, but for one that is left out; `extra` are `gemeente;question;value`."""
    agreed = [f"{slug};eens;mee eens" for slug in EVERYBODY if slug != but]
    columns = {column.name: column.dtype for column in schema.RESPONSES}
    rows = [
        (slug, question, KINDS.get(question, "open"), value, "", "a.csv", "", 2)
        for slug, question, value in (one.split(";") for one in [*agreed, *extra])
    ]
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def of_answers(responses: pd.DataFrame, *no_experience: str) -> list[check.Finding]:
    survey = {"bestand": "a.csv", "codeboek": "c.toml", "geen_ervaring": no_experience}
    settings = counting.edition({"borne": {}}, vragenlijst=survey)
    return check.check_responses(responses, CODEBOOK, settings)


@pytest.mark.parametrize(("extra", "expected"), cases("wrong_answers"))
def test_answers_are_as_the_code_book_says_or_there_is_a_finding(extra, expected):
    findings = of_answers(answers_of_all(*extra.split(" | ")))

    told = [f"{f.gemeente} {f.rule} {f.column} {f.severity}" for f in findings]
    assert " | ".join(told) == expected
    assert "CANARY" not in repr(findings) + check.as_table(findings).to_json()
    for finding in findings:
        assert finding.rule != "antwoord_buiten_bereik" or "'Rapportcijfer'" in finding.sentence
        assert finding.severity != "critical" or finding.gemeente in blocked(findings)


def test_a_gemeente_without_an_answer_is_warned_unless_it_had_too_little_experience():
    without = answers_of_all(but="wierden")

    assert [(f.gemeente, f.rule, f.severity) for f in of_answers(without)] == [
        ("wierden", "vragenlijst_ontbreekt", "warning")
    ]
    assert blocked(of_answers(without)) == set()
    assert of_answers(without, "wierden") == []
    (contradicts,) = of_answers(answers_of_all(), "wierden")
    assert (contradicts.gemeente, contradicts.rule) == ("wierden", "vragenlijst_tegenstrijdig")
