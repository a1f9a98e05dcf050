"""What the clean responses to the survey must satisfy."""

from typing import TYPE_CHECKING

import pandas as pd

from mma_analysis.check.expectations import (
    by_rule,
    columns_suite,
    dtypes_suite,
    filled,
    find_faults,
    find_faults_by_gemeente,
    find_faults_of_table,
    great_expectations,
    suite,
)
from mma_analysis.check.findings import Finding, in_reading_order
from mma_analysis.codebook import FILLED_IN, KINDS, NOT_ANSWERED, Codebook
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.schema import RESPONSES

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


def check_responses(responses: pd.DataFrame, codebook: Codebook, edition: Edition) -> list[Finding]:
    """Say per gemeente which rules its clean responses do not meet.

    A gemeente without an answer is a finding, unless the settings say that it had too little
    experience; a gemeente with both is a finding too. A number outside the limits of the code book
    is kept and told: only the sender knows what was meant.
    """
    agreed = [columns_suite(RESPONSES), dtypes_suite(RESPONSES)]
    vocabulary = edition.vocabulary
    words = words_suite(vocabulary, codebook)
    broken = find_faults_of_table(vocabulary, responses, agreed)
    broken = broken or find_faults_of_table(vocabulary, _with_choice(responses), [words])
    if broken:
        return broken
    choices = responses[responses["kind"].ne("number")]
    findings = find_faults_by_gemeente(vocabulary, choices, choices_suite(codebook))
    numbers = _numbers(responses, codebook)
    findings += find_faults_by_gemeente(vocabulary, numbers, numbers_suite(codebook))
    for area in vocabulary.gemeenten:
        own = responses[responses["gemeente"].eq(area.slug)]
        findings += find_faults(vocabulary, own, presence_suite(area.slug, edition), area.slug)
    return in_reading_order(vocabulary, findings)


def _with_choice(responses: pd.DataFrame) -> pd.DataFrame:
    """Only a multi answer may have more rows: one for each choice."""
    return responses.assign(choice=responses["value"].where(responses["kind"].eq("multi"), ""))


def words_suite(vocabulary: Vocabulary, codebook: Codebook) -> "ExpectationSuite":
    """Every row is of a gemeente and a question that exist, and no answer stands there twice."""
    expect = great_expectations().expectations
    allowed = {
        "gemeente": [area.slug for area in vocabulary.gemeenten],
        "question": [vraag.code for vraag in codebook.questions],
        "kind": list(KINDS),
    }
    agreed = [
        expect.ExpectColumnValuesToBeInSet(column=column, value_set=codes, **by_rule("waarde"))
        for column, codes in allowed.items()
    ]
    once = expect.ExpectCompoundColumnsToBeUnique(
        column_list=["gemeente", "question", "choice"],
        **by_rule("antwoord_dubbel", column="question"),
    )
    return suite("words of responses", [*agreed, *filled(RESPONSES), once])


def presence_suite(slug: str, edition: Edition) -> "ExpectationSuite":
    """A gemeente answered, or is declared to have too little experience: one of the two."""
    expect = great_expectations().expectations
    survey = edition.vragenlijst
    if survey and slug in survey.geen_ervaring:
        rows = expect.ExpectTableRowCountToBeBetween(
            max_value=0, **by_rule("vragenlijst_tegenstrijdig")
        )
    else:
        rows = expect.ExpectTableRowCountToBeBetween(
            min_value=1, **by_rule("vragenlijst_ontbreekt")
        )
    return suite("presence", [rows])


def choices_suite(codebook: Codebook) -> "ExpectationSuite":
    """Every choice is an option of its question in the code book."""
    pairs = [
        (value, vraag.code)
        for vraag in codebook.questions
        for value in (NOT_ANSWERED, *(vraag.opties or (FILLED_IN,)))
    ]
    allowed = great_expectations().expectations.ExpectColumnPairValuesToBeInSet(
        column_A="value",
        column_B="question",
        value_pairs_set=pairs,
        **by_rule("antwoord_buiten_lijst"),
    )
    return suite("choices", [allowed])


def numbers_suite(codebook: Codebook) -> "ExpectationSuite":
    """Every number is within the limits of its question in the code book."""
    expect = great_expectations().expectations
    limited = [
        expect.ExpectColumnValuesToBeBetween(
            column=vraag.code,
            min_value=vraag.laagste,
            max_value=vraag.hoogste,
            **by_rule("antwoord_buiten_bereik", label=vraag.kort),
        )
        for vraag in codebook.questions
        if (vraag.laagste, vraag.hoogste) != (None, None)
    ]
    return suite("numbers", limited)


def _numbers(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """One row per number given: the gemeente, and the number in the column of its question."""
    given = responses[responses["kind"].eq("number") & responses["value"].ne(NOT_ANSWERED)]
    numbers = given["value"].astype("float64")
    asked = [vraag.code for vraag in codebook.questions if vraag.soort == "number"]
    columns = {code: numbers.where(given["question"].eq(code)) for code in asked}
    return pd.DataFrame({"gemeente": given["gemeente"], **columns})
