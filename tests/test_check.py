"""Findings, and the promise that no value of a cell is ever in them."""

import json

import pandas as pd
import pytest

from mma_analysis import check
from mma_analysis.check import Finding
from mma_analysis.check.expectations import expect, find_faults, validate
from mma_analysis.check.findings import rules
from mma_analysis.vocabulary import DataError, Vocabulary

VOCABULARY = Vocabulary()


def in_set(column, *allowed):
    return expect("ColumnValuesToBeInSet", "waarde", column=column, value_set=list(allowed))


def test_findings_as_a_table_have_a_row_each_and_their_columns_also_when_there_are_none():
    one = check.as_table([Finding("borne", "kolommen", "", "info", 0, 0.0, "Zin.")])
    none = check.as_table([])

    assert one["gemeente"].to_list() == ["borne"]
    assert none.columns.to_list() == one.columns.to_list()
    assert none.dtypes.to_list() == one.dtypes.to_list()


def test_a_finding_counts_the_rows_and_says_so_in_its_sentence():
    table = pd.DataFrame({"topic": ["fraude", "x", "y", "fraude"]})

    found = find_faults(VOCABULARY, table, [in_set("topic", "fraude")], "borne")

    assert [(f.gemeente, f.rule, f.column, f.rows, f.share) for f in found] == [
        ("borne", "waarde", "topic", 2, 0.5)
    ]
    assert found[0].sentence.startswith("In 2 van de 4 regels heeft het veld topic een waarde")


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

    with pytest.raises(DataError, match="'antwoord_buiten_bereik' could not be computed") as error:
        find_faults(VOCABULARY, table, [at_least], "borne")

    assert "CANARY" not in str(error.value)


def test_every_rule_has_a_known_severity_and_a_sentence_that_can_be_filled_in():
    for rule in rules(VOCABULARY).values():
        assert rule["severity"] in ("critical", "warning", "info"), rule["code"]
        filled = {"column": "veld", "field": "veld", "rows": 1, "total": 2, "meldingen": "x"}
        sentence = rule["sentence"].format(**filled, days=90, date="1 juni 2023")
        assert sentence.endswith("."), rule["code"]
