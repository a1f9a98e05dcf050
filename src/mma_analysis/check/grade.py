"""One word for the quality of a delivery: groen, geel or rood, and why."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mma_analysis.check.findings import Finding
from mma_analysis.vocabulary import Vocabulary

GRADES = ("rood", "geel", "groen")  # the worst that holds is given
MANY_REJECTED = 0.10
NOT_UNDERSTOOD = "niet_begrepen"


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
    doubtful: Collection[str],
) -> Grade:
    """Grade one delivery.

    Red: nothing was delivered, a critical finding, or more than `MANY_REJECTED` of the rows
    refused. Yellow: any warning, and any row that was refused or that counts but is not right.
    Green: none of these. Information does not lower a grade. That a field is often not filled in is
    never more than that: everybody reads the grade, and beside what is shown a green one would say
    how large a hidden count of unknowns is at most. Doubles, and what is of another time or place,
    are neither `counted` nor `rejected`; `doubtful` are the reasons of what is wrong in rows that
    count. A reason with the code of a rule holds when there is such a finding.
    """
    severity_of = {finding.rule: finding.severity for finding in findings}
    total = counted + rejected
    holds = {
        **dict.fromkeys(severity_of, True),
        "fout": "critical" in severity_of.values(),
        "veel_geweigerd": rejected > MANY_REJECTED * total,
        "geweigerd": rejected > 0,
        "klopt_niet": any(reason != NOT_UNDERSTOOD for reason in doubtful),
        NOT_UNDERSTOOD: NOT_UNDERSTOOD in doubtful,
        "vraag": "warning" in severity_of.values(),
        "geteld": True,
        "niets": not severity_of,
    }
    reasons = [row for row in vocabulary.reference("grade_reasons") if holds.get(row["code"])]
    worst = next(code for code in GRADES if any(row["grade"] == code for row in reasons))
    sentences = [row["sentence"] for row in reasons if row["grade"] == worst]
    labels = {row["code"]: row["label"] for row in vocabulary.reference("grades")}
    reason = " ".join(sentences).format(rejected=rejected, total=total)
    return Grade(worst, labels[worst], reason)
