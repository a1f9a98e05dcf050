"""What a gemeente did not fill in, what of it was not understood, and what it does not register."""

import pandas as pd

from mma_analysis.check.findings import Finding, in_reading_order, of_meldingen, rules
from mma_analysis.vocabulary import Vocabulary

# Rule → the number of `schema.REGISTRATION` that it is about.
NUMBERS = {
    "niet_begrepen": "not_understood",
    "niet_ingevuld": "not_filled",
    "houdt_niet_bij": "no_column",
}


def check_registration(vocabulary: Vocabulary, registration: pd.DataFrame) -> list[Finding]:
    """Say per gemeente and field what is not filled in, not understood, and not registered.

    `registration`: as `clean_meldingen` makes it.
    """
    names = {row["breakdown"]: row["label"] for row in vocabulary.reference("breakdowns")}
    findings: list[Finding] = []
    for row in registration.to_dict("records"):
        field, total = row["field"], row["meldingen"]
        for code, number in NUMBERS.items():
            if rows := row[number]:
                rule = rules(vocabulary)[code]
                sentence = rule.sentence.format(
                    column=row["column"],
                    field=names[field],
                    meldingen=of_meldingen(rows, total),
                )
                told = (field, rule.severity, rows, rows / total, sentence)
                findings.append(Finding(row["gemeente"], code, *told))
    return in_reading_order(vocabulary, findings)
