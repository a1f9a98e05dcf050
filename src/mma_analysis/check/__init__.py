"""What a delivery must satisfy: findings per sender, in Dutch, without any content of a melding."""

from mma_analysis.check.findings import Finding, Grade, as_table, blocked, grade
from mma_analysis.check.meldingen import check_meldingen, check_registration
from mma_analysis.check.responses import check_responses

__all__ = [
    "Finding",
    "Grade",
    "as_table",
    "blocked",
    "check_meldingen",
    "check_registration",
    "check_responses",
    "grade",
]
