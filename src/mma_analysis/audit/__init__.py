"""The audit: a closed world. What is not known to be ours is a finding.

It reads the finished files as they would be sent, recomputes every number from its cell, knows
every word, element and part that we make, and searches for what was delivered. It shares no code
with what it attacks. What no program can judge stands in the dossier, for two people to sign.
"""

from mma_analysis.audit.dossier import (
    NotReleasedError,
    examine,
    explained,
    is_signed,
    refuse_unaudited,
    refuse_unreleased,
    waits_for,
    was_clean,
    write_result,
)
