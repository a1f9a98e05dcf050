"""What a delivery must satisfy: findings per sender, in Dutch, without any content of a melding."""

from mma_analysis.check.findings import blocked, grade
from mma_analysis.check.tables import check_meldingen, check_registration, check_responses
