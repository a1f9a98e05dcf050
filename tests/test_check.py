"""Findings, the grade that they make, and the promise that no value of a cell is in them."""

import json

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.check import grade
from mma_analysis.check.findings import BrokenRule, findings_of, of_meldingen
from mma_analysis.check.suite import Expectation, find_faults, validate
from mma_analysis.vocabulary import DataError, Vocabulary
from says import says

VOCABULARY = Vocabulary()
RULES = VOCABULARY.reference("rules")


def expected(kind, **arguments):
    return Expectation("waarde", kind, arguments)


def test_findings_are_in_reading_order_and_have_their_columns_also_when_there_are_none():
    faults = [BrokenRule("losser", "geen_levering"), BrokenRule("borne", "geen_levering")]

    two = findings_of(VOCABULARY, [*faults, BrokenRule("borne", "verplicht", "topic", 2, 8)])

    rows = two[["gemeente", "rule", "column", "rows", "share"]].to_numpy().tolist()
    assert rows[0] == ["borne", "verplicht", "topic", 2, 0.25]
    assert [row[:2] for row in rows[1:]] == [
        ["borne", "geen_levering"],
        ["losser", "geen_levering"],
    ]
    assert findings_of(VOCABULARY, []).dtypes.to_dict() == two.dtypes.to_dict()


def test_no_value_of_a_cell_is_in_a_result_or_a_finding():
    table = pd.DataFrame(
        {
            "gemeente": "borne",
            "topic": ["CANARY", "CANARY", "fraude"],
            "group": ["CANARY", "drugs", "drugs"],
            "on": pd.to_datetime(["1987-06-05"] * 3),  # as telling as a word
        }
    )
    pairs = {"column_A": "topic", "column_B": "group", "value_pairs_set": [("a", "b")]}
    broken = [
        expected("ColumnValuesToBeInSet", column="topic", value_set=["fraude"]),
        expected("ColumnValuesToBeUnique", column="topic"),
        expected("CompoundColumnsToBeUnique", column_list=["topic", "on"]),
        expected("ColumnValuesToBeBetween", column="on", min_value=pd.Timestamp("2021-07-01")),
        expected("ColumnPairValuesToBeInSet", **pairs),
    ]

    results = validate(table, broken)
    faults = find_faults(VOCABULARY, table, broken)

    said = repr(results) + json.dumps(results.to_json_dict()) + repr(faults)
    said += findings_of(VOCABULARY, faults).to_json()
    assert [fault.rows for fault in faults] == [2, 2, 2, 3, 3]
    assert "CANARY" not in said
    assert "1987" not in said


def test_a_rule_that_cannot_be_computed_is_an_error_without_a_value():
    table = pd.DataFrame({"gemeente": "borne", "cijfer": ["CANARY", 3]})
    at_least = expected("ColumnValuesToBeBetween", column="cijfer", min_value=1)

    said = says("rule_failed", rule="waarde", column="cijfer")
    with pytest.raises(DataError, match=said) as error:
        find_faults(VOCABULARY, table, [at_least])

    assert "CANARY" not in str(error.value)


def test_every_rule_has_a_known_severity_and_a_sentence_that_can_be_filled_in():
    assert {rule["severity"] for rule in RULES} == {"critical", "warning", "info"}
    words = {"field": "veld", "date": "1 juni 2023", "months": "mei 2023"}
    words |= {"begin": "1 juli 2021", "peildatum": "30 juni 2023"}
    words |= {"first": "4 maart 2019", "last": "20 december 2019", "places": "rij 5"}
    words |= {"week": "week 13 van 2023"}
    agreed = [rule["code"] for rule in RULES if rule["table"] != "survey"]
    findings = findings_of(
        VOCABULARY, [BrokenRule("borne", rule, "veld", 1, 2, words) for rule in agreed]
    )
    assert findings["sentence"].str.fullmatch(r"[^{}]+[.?!]").all()


@pytest.mark.parametrize(("rows", "total", "sentence"), cases("of_meldingen"))
def test_how_many_meldingen_it_is_about_is_said_as_a_person_would(rows, total, sentence):
    assert of_meldingen(int(rows), int(total)) == sentence


@pytest.mark.parametrize(
    ("broken", "counted", "rejected", "doubtful", "expected", "reason"), cases("grades")
)
def test_what_is_wrong_lowers_the_grade_and_is_why(
    broken, counted, rejected, doubtful, expected, reason
):
    findings = findings_of(VOCABULARY, [BrokenRule("borne", rule) for rule in broken.split()])

    given = grade(VOCABULARY, findings, int(counted), int(rejected), doubtful.split())

    assert given[0] == expected
    assert reason in ("", given[1])
