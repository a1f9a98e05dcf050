"""One word for the quality of a delivery: groen, geel or rood, by a rule that stands in a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from mma_analysis import domain
from mma_analysis.check.findings import Finding

GREEN, YELLOW, RED = "groen", "geel", "rood"
MANY_REJECTED = 0.10
NOTHING_DELIVERED = "geen_levering"


@dataclass(frozen=True)
class Grade:
    """A grade, its label and the rule by which it was given, in Dutch."""

    code: str
    label: str
    rule: str


def grade(findings: Iterable[Finding], counted: int, rejected: int, doubtful: int) -> Grade:
    """Grade one delivery.

    Red: nothing was delivered, a critical finding, or more than `MANY_REJECTED` of the rows
    refused. Yellow: any warning, and any row that was refused or that counts but is not right.
    Green: none of these. Information (a field that is often not filled in) does not lower a grade.

    Parameters
    ----------
    findings
        Of one gemeente.
    counted, rejected
        Its rows that were counted and that were refused; doubles are neither.
    doubtful
        Its rows that were counted with something wrong in them.
    """
    told = list(findings)
    severities = {finding.severity for finding in told}
    nothing = any(finding.rule == NOTHING_DELIVERED for finding in told)
    many = rejected > MANY_REJECTED * (counted + rejected)
    if nothing or many or "critical" in severities:
        return _named(RED)
    return _named(YELLOW if "warning" in severities or rejected or doubtful else GREEN)


def _named(code: str) -> Grade:
    row = next(row for row in domain.reference("grades") if row["code"] == code)
    return Grade(row["code"], row["label"], row["rule"])
