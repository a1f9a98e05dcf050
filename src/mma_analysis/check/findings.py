"""A finding: which rule a sender's rows do not meet, in how many rows, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Literal, cast

import pandas as pd

from mma_analysis.vocabulary import Vocabulary, derived

Severity = Literal["critical", "warning", "info"]

# Of fewer meldingen than this a percentage looks more exact than it is.
FEW = 20
NUMBERS = {"rows": "int64", "share": "float64"}


@dataclass(frozen=True)
class Rule:
    """A row of rules.csv."""

    code: str
    severity: Severity
    sentence: str


@dataclass(frozen=True)
class Finding:
    """One rule that the rows of one gemeente do not meet; never holds a value of a cell.

    `gemeente` is the district when the fault is in the table as a whole. `rows` is how many rows
    break the rule and `share` their part of all rows tested (0–1); both are 0 when the rule is
    about the table and not about rows. `sentence` is for the sender.
    """

    gemeente: str
    rule: str
    column: str
    severity: Severity
    rows: int
    share: float
    sentence: str


@derived
def rules(vocabulary: Vocabulary) -> dict[str, Rule]:
    """Code → rule, in the order in which a sender reads them."""
    return {
        row["code"]: Rule(
            code=row["code"],
            severity=cast(Severity, row["severity"]),
            sentence=row["sentence"],
        )
        for row in vocabulary.reference("rules")
    }


def in_reading_order(vocabulary: Vocabulary, findings: Iterable[Finding]) -> list[Finding]:
    """By gemeente, and then as the rules stand in rules.csv."""
    order = list(rules(vocabulary))
    return sorted(findings, key=lambda f: (f.gemeente, order.index(f.rule), f.column))


def blocked(vocabulary: Vocabulary, findings: Iterable[Finding]) -> frozenset[str]:
    """The areas that get no page: those with a critical finding.

    A critical finding for the district is about a whole table: then no area gets a page.
    """
    stopped = frozenset(f.gemeente for f in findings if f.severity == "critical")
    if vocabulary.district.slug in stopped:
        return frozenset(area.slug for area in vocabulary.areas)
    return stopped


def as_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """One row per finding, with the fields of `Finding` as columns."""
    dtypes = {field.name: NUMBERS.get(field.name, "str") for field in fields(Finding)}
    rows = [asdict(finding) for finding in findings]
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


def of_meldingen(rows: int, total: int) -> str:
    """How many of a gemeente's meldingen, to follow `bij`: `alle 9 meldingen`.

    With a percentage where that says more than the counts, so not of a few.
    """
    if rows == total:
        return "uw enige melding" if total == 1 else f"alle {total} meldingen"
    # `0%` and `100%` would be wrong of a share between them.
    share = f"{rows / total:.0%}"
    share = {"0%": "minder dan 1%", "100%": "meer dan 99%"}.get(share, share)
    return f"{rows} van de {total} meldingen{f' ({share})' if total >= FEW else ''}"
