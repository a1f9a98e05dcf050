"""Findings, the grade that they make, and the promise that no value of a cell is in them."""

import json

import pandas as pd
import pytest
from conftest import cases

from mma_analysis import check
from mma_analysis.check import Finding, grade
from mma_analysis.check.expectations import expect, find_faults, validate
from mma_analysis.check.findings import rules
from mma_analysis.vocabulary import DataError, Vocabulary
from says import says

VOCABULARY = Vocabulary()


def in_set(column, *allowed):
    return expect("ColumnValuesToBeInSet", "waarde", column=column, value_set=list(allowed))


def test_findings_as_a_table_have_a_row_each_and_their_columns_also_when_there_are_none():
    one = check.as_table([Finding("borne", "waarde", "", "info", 0, 0.0, "Zin.")])
    none = check.as_table([])

    assert one["gemeente"].to_list() == ["borne"]
    assert none.columns.to_list() == one.columns.to_list()
    assert none.dtypes.to_list() == one.dtypes.to_list()


def test_a_finding_counts_the_rows_and_says_so_in_its_sentence():
    table = pd.DataFrame({"topic": ["fraude", "x", "y", "fraude"]})

    (found,) = find_faults(VOCABULARY, table, [in_set("topic", "fraude")], "borne")

    assert (found.gemeente, found.rule, found.column) == ("borne", "waarde", "topic")
    assert (found.rows, found.share) == (2, 0.5)
    assert found.sentence.startswith("In 2 van de 4 regels heeft het veld topic een waarde")


def test_no_value_of_a_cell_is_in_a_result_or_a_finding():
    table = pd.DataFrame(
        {
            "topic": ["CANARY", "CANARY", "fraude"],
            "group": ["CANARY", "drugs", "drugs"],
            "on": pd.to_datetime(["1987-06-05"] * 3),  # as telling as a word
        }
    )
    pairs = {"column_A": "topic", "column_B": "group", "value_pairs_set": [("a", "b")]}
    first = pd.Timestamp("2021-07-01")
    expected = [
        in_set("topic", "fraude"),
        expect("ColumnValuesToBeUnique", "waarde", column="topic"),
        expect("CompoundColumnsToBeUnique", "waarde", column_list=["topic", "on"]),
        expect("ColumnValuesToBeBetween", "waarde", column="on", min_value=first),
        expect("ColumnPairValuesToBeInSet", "waarde", **pairs),
    ]

    results = validate(table, expected)
    findings = find_faults(VOCABULARY, table, expected, "borne")

    said = repr(results) + json.dumps(results.to_json_dict()) + repr(findings)
    said += check.as_table(findings).to_json()
    assert len(findings) == 5
    assert "CANARY" not in said
    assert "1987" not in said


def test_a_rule_that_cannot_be_computed_is_an_error_without_a_value():
    table = pd.DataFrame({"cijfer": ["CANARY", 3]})
    at_least = expect(
        "ColumnValuesToBeBetween", "antwoord_buiten_bereik", column="cijfer", min_value=1
    )

    said = says("rule_failed", rule="antwoord_buiten_bereik", column="cijfer")
    with pytest.raises(DataError, match=said) as error:
        find_faults(VOCABULARY, table, [at_least], "borne")

    assert "CANARY" not in str(error.value)


def test_every_rule_has_a_known_severity_and_a_sentence_that_can_be_filled_in():
    for rule in rules(VOCABULARY).values():
        assert rule["severity"] in ("critical", "warning", "info"), rule["code"]
        filled = {"column": "veld", "field": "veld", "rows": 1, "total": 2, "meldingen": "x"}
        sentence = rule["sentence"].format(**filled, days=90, date="1 juni 2023")
        assert sentence.endswith("."), rule["code"]


# --- one word for the quality of a delivery ------------------------------------------------------


@pytest.mark.parametrize(
    ("severities", "counted", "rejected", "doubtful", "expected"), cases("grades")
)
def test_what_is_wrong_lowers_the_grade(severities, counted, rejected, doubtful, expected):
    found = [
        Finding("borne", severity, "", severity, 1, 0.1, "") for severity in severities.split()
    ]

    given = grade(VOCABULARY, found, int(counted), int(rejected), doubtful.split())

    assert given.code == expected


def test_no_tips_is_no_fault_and_no_file_is():
    told = {rule: Finding("borne", rule, "", "warning", 0, 0.0, "") for rule in rules(VOCABULARY)}

    assert grade(VOCABULARY, [], 0, 0, []).code == "groen"  # no row of its own in a joint file
    assert grade(VOCABULARY, [told["geen_meldingen"]], 0, 0, []).code == "geel"
    assert grade(VOCABULARY, [told["geen_levering"]], 0, 0, []).code == "rood"


@pytest.mark.parametrize(
    ("broken", "counted", "rejected", "doubtful", "reason"), cases("grade_reasons")
)
def test_a_sender_reads_why_the_grade_is_what_it_is(broken, counted, rejected, doubtful, reason):
    severities = {code: rule["severity"] for code, rule in rules(VOCABULARY).items()}
    found = [Finding("borne", rule, "", severities[rule], 0, 0.0, "") for rule in broken.split()]

    given = grade(VOCABULARY, found, int(counted), int(rejected), doubtful.split())

    assert given.reason == reason
