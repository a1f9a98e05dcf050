"""What clean meldingen and answers must satisfy, and who is told when they do not."""

import datetime as dt

import pandas as pd
import pytest
from conftest import cases, toml_cases

import counting
from counting import table
from mma_analysis import check
from mma_analysis.vocabulary import Vocabulary, schema
from small_edition import codebook

VOCABULARY = Vocabulary()
EVERYBODY = [area.slug for area in VOCABULARY.gemeenten]
# Everybody else delivered nothing: a warning each, which blocks nobody.
OTHERS = "geen_levering"
NO_DAYS = dict.fromkeys(["reported_on", "closed_on", "fed_back_on"], "none")


def melding(number: int, times: int = 1, **fields: str) -> dict[str, object]:
    """A melding of Borne with nothing wrong, but for the fields given."""
    days = {"reported_on": "2022-03-08", "closed_on": "2022-04-01", "fed_back_on": "2022-04-02"}
    given = {name: None if cell == "none" else cell for name, cell in fields.items()}
    return counting.melding(str(number), "borne", "2022-03-10") | days | given


def rows_of(findings: pd.DataFrame, *columns: str) -> list[list]:
    return findings[["gemeente", "rule", *columns]].to_numpy().tolist()


def blocked(findings: pd.DataFrame) -> set[str]:
    return set(check.blocked(VOCABULARY, findings))


@pytest.mark.parametrize("case", toml_cases("checked"))
def test_gemeenten_are_told_what_is_wrong_and_nothing_else(case):
    gemeenten = {"borne": {}, **case.get("gemeenten", {})}
    settings = counting.edition(gemeenten)
    each = [row for row in case["rows"] for _ in range(row.get("times", 1))]
    rows = [melding(number, **fields) for number, fields in enumerate(each)]

    made = check.check_meldingen(table(*rows), settings, frozenset(case.get("empty", [])))

    findings = made[made["rule"].ne(OTHERS)]
    delivered = [slug for slug, own in gemeenten.items() if own.get("levering") != []]
    without = sorted({*EVERYBODY} - {*delivered})
    assert rows_of(made[made["rule"].eq(OTHERS)]) == [[slug, OTHERS] for slug in without]
    assert rows_of(findings, "column", "severity", "rows") == case.get("findings", [])
    sentences = dict(zip(findings["rule"], findings["sentence"], strict=True))
    for rule, sentence in case.get("says", {}).items():
        assert sentences[rule].startswith(sentence)
    assert blocked(made) == {*case.get("blocked", [])}


def test_an_end_that_is_seen_is_said_once_and_a_thin_quarter_not_besides():
    settings = counting.edition({"borne": {"aangesloten": "2022-02-01"}})
    other = {"topic": "woonfraude", "topic_group": "wonen_en_uitbuiting"}
    rows = [melding(n, **(other if n % 2 else {})) for n in range(40)]

    made = check.check_meldingen(table(*rows), settings, ends={"borne": dt.date(2022, 3, 31)})

    of_borne = made[made["gemeente"] == "borne"]
    assert rows_of(of_borne, "severity") == [["borne", "bestand_houdt_op", "warning"]]
    assert of_borne["sentence"].iloc[0].startswith("Na 31 maart 2022 staan er geen meldingen")


def test_a_delivery_by_weeks_ends_in_a_week_and_not_on_a_day():
    settings = counting.edition({"borne": {"datumformaat": "week"}})
    # 27 March 2023 is the Monday of week 13
    rows = [melding(n, received_on="2023-03-27") for n in range(3)]

    made = check.check_meldingen(table(*rows), settings, ends={"borne": dt.date(2023, 3, 31)})

    (ends,) = made[made["rule"] == "weken_houden_op"]["sentence"]
    assert ends.startswith("Uw bestand houdt op in week 13 van 2023, terwijl")
    assert ends.endswith("Wij tellen uw gemeente mee tot en met 31 maart 2023.")
    assert "bestand_houdt_op" not in set(made["rule"])


def test_a_file_about_other_days_is_asked_for_and_its_rows_need_no_repair():
    settings = counting.edition({"borne": {}})

    days = {"borne": (dt.date(2019, 3, 4), dt.date(2019, 12, 20))}
    made = check.check_meldingen(table(melding(1, gemeente="losser")), settings, other_days=days)

    of_borne = made[made["gemeente"] == "borne"]
    assert rows_of(of_borne, "severity") == [["borne", "andere_periode", "critical"]]
    said = of_borne["sentence"].iloc[0]
    assert said.startswith("Uw bestand gaat over 4 maart 2019 tot en met 20 december 2019,")
    assert "stuur ons het bestand met uw meldingen van 1 juli 2021 tot en met 30 juni 2023" in said


def test_a_table_that_was_not_read_is_asked_about_and_the_delivery_is_not_green():
    settings = counting.edition({"borne": {}})
    places = {"borne": ["borne.csv, rij 5"]}

    made = check.check_meldingen(table(melding(1)), settings, second_tables=places)

    of_borne = made[made["gemeente"] == "borne"]
    assert rows_of(of_borne, "severity") == [["borne", "tabel_niet_gelezen", "warning"]]
    said = of_borne["sentence"].iloc[0]
    assert said.startswith("Een tweede tabel in uw bestand lezen wij niet")
    assert "andere koppen: borne.csv, rij 5. Staan daar meldingen in?" in said
    given, _ = check.grade(VOCABULARY, of_borne, counted=1, rejected=0, doubtful=[])
    assert given == "Geel"


def test_a_month_without_any_between_full_ones_is_asked_about():
    # Eight in each of 23 months: 24 · (23/24)¹⁸⁴ is 0.01.
    days = [f"{month}-10" for month in pd.period_range("2021-07", "2023-06", freq="M")]
    rows = [
        melding(f"{day}-{n}", received_on=day, **NO_DAYS)
        for day in days
        for n in range(8)
        if day != "2022-03-10"
    ]

    made = check.check_meldingen(table(*rows), counting.edition({"borne": {}}))

    said = made[made["rule"] == "maand_leeg"]
    assert said["gemeente"].to_list() == ["borne"]
    assert said["sentence"].iloc[0].startswith("In maart 2022 staat geen enkele melding")


def test_what_is_empty_not_understood_and_never_registered_are_three_findings():
    numbers = ["meldingen", "not_filled", "said_unknown", "not_understood", "no_column"]
    rows = pd.DataFrame(
        [
            ("borne", "result", "Uitkomst", 20, 5, 2, 3, 4),
            ("borne", "topic", "Soort", 20, 0, 0, 0, 0),
            ("borne", "usable", "", 20, 0, 0, 0, 20),
        ],
        columns=["gemeente", "field", "column", *numbers],
    )

    findings = check.check_registration(VOCABULARY, rows)

    assert rows_of(findings, "severity", "rows") == [
        ["borne", "niet_begrepen", "warning", 3],
        ["borne", "niet_ingevuld", "info", 5],
        ["borne", "zegt_niet_bekend", "info", 2],
        ["borne", "houdt_niet_bij", "info", 4],
        ["borne", "houdt_nooit_bij", "info", 20],
    ]
    number = ["'Uitkomst' staat bij 3", "'Uitkomst' is bij 5", "'Uitkomst' staat bij 2"]
    number += ["'Resultaat' ontbreekt bij 4", "Er is geen kolom voor 'Bruikbaarheid'"]
    assert all(map(str.__contains__, findings["sentence"], number))
    assert blocked(findings) == set()


def test_a_delivery_without_a_topic_is_a_question():
    numbers = ["meldingen", "not_filled", "said_unknown", "not_understood", "no_column"]
    row = ("borne", "topic", "", 20, 0, 0, 0, 20)
    rows = pd.DataFrame([row], columns=["gemeente", "field", "column", *numbers])

    findings = check.check_registration(VOCABULARY, rows)

    assert rows_of(findings, "severity", "rows") == [
        ["borne", "geen_onderwerp", "warning", 20],
        ["borne", "houdt_nooit_bij", "info", 20],
    ]


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


@pytest.mark.parametrize(("extra", "but", "no_experience", "expected"), cases("wrong_answers"))
def test_answers_are_as_the_code_book_says_or_there_is_a_finding(
    extra, but, no_experience, expected
):
    survey = {"bestand": "a.csv", "codeboek": "c.toml", "geen_ervaring": no_experience.split()}
    settings = counting.edition({"borne": {}}, vragenlijst=survey)
    answers = answers_of_all(*filter(None, extra.split(" | ")), but=but)

    findings = check.check_responses(answers, CODEBOOK, settings)

    told = rows_of(findings, "column", "severity")
    assert " | ".join(map(" ".join, told)) == expected
    assert "CANARY" not in findings.to_json()
    numbers = findings[findings["rule"].eq("antwoord_buiten_bereik")]
    assert numbers["sentence"].str.contains("'Rapportcijfer'").all()
    stopped = findings.loc[findings["severity"].eq("critical"), "gemeente"]
    assert set(stopped) <= blocked(findings)
    assert len(stopped) or not blocked(findings)
