"""The enemy of the protection plan: reads the finished files and shares no code with it.

It collects every number and text from the files as they would be sent, looks for counts that are
not rounded or that another file hides, and for what was delivered, for people, for what is active.
"""

from mma_analysis.audit.examining import (
    Audited,
    audit,
    examine,
    leave_out,
    refuse_unaudited,
    was_clean,
    write_result,
)
from mma_analysis.audit.findings import KINDS, Finding
from mma_analysis.audit.releasing import Verdict, explained

__all__ = [
    "KINDS",
    "Audited",
    "Finding",
    "Verdict",
    "audit",
    "examine",
    "explained",
    "was_clean",
    "leave_out",
    "refuse_unaudited",
    "write_result",
]
