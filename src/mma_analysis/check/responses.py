"""What the clean responses to the survey must satisfy."""

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
from mma_analysis.vocabulary.schema import RESPONSES


def check_responses(responses: pd.DataFrame, codebook: Codebook, edition: Edition) -> list[Finding]:
    """Say per gemeente which rules its clean responses do not meet.

    A gemeente without an answer is a finding, unless the settings say that it had too little
    experience; a gemeente with both is a finding too. A number outside the limits of the code book
    is kept and told: only the sender knows what was meant.
    """
    vocabulary, questions = edition.vocabulary, codebook.questions
    if broken := find_faults_of_table(vocabulary, responses, agreed(RESPONSES)):
        return broken
    allowed = {
        "gemeente": [area.slug for area in vocabulary.gemeenten],
        "question": [vraag.code for vraag in questions],
        "kind": KINDS,
    }
    # Only a multi answer may have more rows: one for each choice.
    choice = responses["value"].where(responses["kind"].eq("multi"), "")
    columns = ["gemeente", "question", "choice"]
    once = expect("CompoundColumnsToBeUnique", "antwoord_dubbel", "question", column_list=columns)
    words = [*in_sets(allowed), *filled(RESPONSES), once]
    if broken := find_faults_of_table(vocabulary, responses.assign(choice=choice), [words]):
        return broken
    pairs = [
        (value, vraag.code)
        for vraag in questions
        for value in (NOT_ANSWERED, *(vraag.opties or (FILLED_IN,)))
    ]
    in_book = {"column_A": "value", "column_B": "question", "value_pairs_set": pairs}
    of_book = expect("ColumnPairValuesToBeInSet", "antwoord_buiten_lijst", **in_book)
    choices = responses[responses["kind"].ne("number")]
    findings = find_faults_by_gemeente(vocabulary, choices, [of_book])
    kind, rule = "ColumnValuesToBeBetween", "antwoord_buiten_bereik"
    within = [
        expect(kind, rule, "", v.kort, column=v.code, min_value=v.laagste, max_value=v.hoogste)
        for v in questions
        if (v.laagste, v.hoogste) != (None, None)
    ]
    findings += find_faults_by_gemeente(vocabulary, _numbers(responses, codebook), within)
    excused = edition.vragenlijst.geen_ervaring if edition.vragenlijst else ()
    for area in vocabulary.gemeenten:
        has_answered = area.slug in set(responses["gemeente"])
        if has_answered == (area.slug in excused):
            code = "vragenlijst_tegenstrijdig" if has_answered else "vragenlijst_ontbreekt"
            findings.append(finding(vocabulary, area.slug, code))
    return in_reading_order(vocabulary, findings)


def _numbers(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """One row per number given: the gemeente, and the number in the column of its question."""
    given = responses[responses["kind"].eq("number") & responses["value"].ne(NOT_ANSWERED)]
    numbers = given["value"].astype("float64")
    asked = [vraag.code for vraag in codebook.questions if vraag.soort == "number"]
    columns = {code: numbers.where(given["question"].eq(code)) for code in asked}
    return pd.DataFrame({"gemeente": given["gemeente"], **columns})
