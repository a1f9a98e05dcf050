"""One word for the quality of a delivery: groen, geel or rood, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from mma_analysis.check.findings import Finding
from mma_analysis.vocabulary import Vocabulary

GRADES = ("rood", "geel", "groen")  # the worst that holds is given
MANY_REJECTED = 0.10
NOTHING_DELIVERED = "geen_levering"


@dataclass(frozen=True)
class Grade:
    """A grade, its label, and in Dutch why this delivery has it."""

    code: str
    label: str
    reason: str


def grade(
    vocabulary: Vocabulary,
    findings: Iterable[Finding],
    counted: int,
    rejected: int,
    doubtful: int,
) -> Grade:
    """Grade one delivery.

    Red: nothing was delivered, a critical finding, or more than `MANY_REJECTED` of the rows
    refused. Yellow: any warning, and any row that was refused or that counts but is not right.
    Green: none of these. Information does not lower a grade. That a field is often not filled in is
    never more than that: everybody reads the grade, and beside what is shown a green one would say
    how large a hidden count of unknowns is at most. Doubles, and what is of another time or place,
    are neither `counted` nor `rejected`; `doubtful` rows count with something wrong in them.
    """
    told = list(findings)
    severities = {finding.severity for finding in told}
    total = counted + rejected
    holds = {
        "geen_bestand": any(finding.rule == NOTHING_DELIVERED for finding in told),
        "fout": "critical" in severities,
        "veel_geweigerd": rejected > MANY_REJECTED * total,
        "geweigerd": rejected > 0,
        "klopt_niet": doubtful > 0,
        "vraag": "warning" in severities,
        "niets": True,
    }
    reasons = [row for row in vocabulary.reference("grade_reasons") if holds[row["code"]]]
    worst = next(code for code in GRADES if any(row["grade"] == code for row in reasons))
    sentences = [row["sentence"] for row in reasons if row["grade"] == worst]
    labels = {row["code"]: row["label"] for row in vocabulary.reference("grades")}
    reason = " ".join(sentences).format(rejected=rejected, total=total)
    return Grade(worst, labels[worst], reason)
