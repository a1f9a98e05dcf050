"""Which rules a sender's rows do not meet and what to do about it; the grade that follows.

Great Expectations tests a table, and only counts are kept of what it finds.
"""

from mma_analysis.check.findings import FINDINGS, blocked, grade
from mma_analysis.check.meldingen import check_meldingen, check_registration
from mma_analysis.check.responses import check_responses, refuse_contradictions
