"""What the clean responses to the survey must satisfy."""

from typing import TYPE_CHECKING

import pandas as pd

from mma_analysis.check.expectations import (
    agreed,
    expect,
    filled,
    find_faults_by_gemeente,
    find_faults_of_table,
    in_sets,
)
from mma_analysis.check.findings import Finding, finding, in_reading_order
from mma_analysis.codebook import FILLED_IN, KINDS, NOT_ANSWERED, Codebook
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.schema import RESPONSES

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def check_responses(responses: pd.DataFrame, codebook: Codebook, edition: Edition) -> list[Finding]:
    """Say per gemeente which rules its clean responses do not meet.

    A gemeente without an answer is a finding, unless the settings say that it had too little
    experience; a gemeente with both is a finding too. A number outside the limits of the code book
    is kept and told: only the sender knows what was meant.
    """
    vocabulary, whole = edition.vocabulary, agreed(RESPONSES)
    if broken := find_faults_of_table(vocabulary, responses, whole):
        return broken
    # Only a multi answer may have more rows: one for each choice.
    choice = responses["value"].where(responses["kind"].eq("multi"), "")
    with_choice = responses.assign(choice=choice)
    if broken := find_faults_of_table(vocabulary, with_choice, [words(vocabulary, codebook)]):
        return broken
    choices = responses[responses["kind"].ne("number")]
    pairs = [
        (value, vraag.code)
        for vraag in codebook.questions
        for value in (NOT_ANSWERED, *(vraag.opties or (FILLED_IN,)))
    ]
    in_book = {"column_A": "value", "column_B": "question", "value_pairs_set": pairs}
    of_book = expect("ColumnPairValuesToBeInSet", "antwoord_buiten_lijst", **in_book)
    findings = find_faults_by_gemeente(vocabulary, choices, [of_book])
    numbers = _numbers(responses, codebook)
    findings += find_faults_by_gemeente(vocabulary, numbers, limits(codebook))
    excused = edition.vragenlijst.geen_ervaring if edition.vragenlijst else ()
    for area in vocabulary.gemeenten:
        has_answered = area.slug in set(responses["gemeente"])
        if has_answered == (area.slug in excused):
            code = "vragenlijst_tegenstrijdig" if has_answered else "vragenlijst_ontbreekt"
            findings.append(finding(vocabulary, area.slug, code))
    return in_reading_order(vocabulary, findings)


def words(vocabulary: Vocabulary, codebook: Codebook) -> "list[Expectation]":
    """Every row is of a gemeente and a question that exist, and no answer stands there twice."""
    allowed = {
        "gemeente": [area.slug for area in vocabulary.gemeenten],
        "question": [vraag.code for vraag in codebook.questions],
        "kind": KINDS,
    }
    columns = ["gemeente", "question", "choice"]
    once = expect("CompoundColumnsToBeUnique", "antwoord_dubbel", "question", column_list=columns)
    return [*in_sets(allowed), *filled(RESPONSES), once]


def limits(codebook: Codebook) -> "list[Expectation]":
    """Every number is within the limits of its question in the code book."""
    return [
        expect(
            "ColumnValuesToBeBetween",
            "antwoord_buiten_bereik",
            label=vraag.kort,
            column=vraag.code,
            min_value=vraag.laagste,
            max_value=vraag.hoogste,
        )
        for vraag in codebook.questions
        if (vraag.laagste, vraag.hoogste) != (None, None)
    ]


def _numbers(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """One row per number given: the gemeente, and the number in the column of its question."""
    given = responses[responses["kind"].eq("number") & responses["value"].ne(NOT_ANSWERED)]
    numbers = given["value"].astype("float64")
    asked = [vraag.code for vraag in codebook.questions if vraag.soort == "number"]
    columns = {code: numbers.where(given["question"].eq(code)) for code in asked}
    return pd.DataFrame({"gemeente": given["gemeente"], **columns})
