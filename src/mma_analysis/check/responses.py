"""What the clean responses to the survey must satisfy."""

from typing import TYPE_CHECKING

import pandas as pd

from mma_analysis.check.expectations import (
    agreed,
    expect,
    filled,
    find_faults,
    find_faults_by_gemeente,
    find_faults_of_table,
    in_sets,
)
from mma_analysis.check.findings import Finding, in_reading_order
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
    of_book = expect(
        "ColumnPairValuesToBeInSet",
        "antwoord_buiten_lijst",
        column_A="value",
        column_B="question",
        value_pairs_set=pairs,
    )
    findings = find_faults_by_gemeente(vocabulary, choices, [of_book])
    numbers = _numbers(responses, codebook)
    findings += find_faults_by_gemeente(vocabulary, numbers, limits(codebook))
    for area in vocabulary.gemeenten:
        own = responses[responses["gemeente"].eq(area.slug)]
        findings += find_faults(vocabulary, own, presence(area.slug, edition), area.slug)
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


def presence(slug: str, edition: Edition) -> "list[Expectation]":
    """A gemeente answered, or is declared to have too little experience: one of the two."""
    rows = "TableRowCountToBeBetween"
    if edition.vragenlijst and slug in edition.vragenlijst.geen_ervaring:
        return [expect(rows, "vragenlijst_tegenstrijdig", max_value=0)]
    return [expect(rows, "vragenlijst_ontbreekt", min_value=1)]


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
