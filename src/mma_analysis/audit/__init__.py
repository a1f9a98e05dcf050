"""The audit: a closed world. What in a finished file is not known to be ours is a finding."""

from mma_analysis.audit.dossier import (
    NotReleasedError,
    examine,
    explained,
    is_signed,
    name_issue,
    refuse_unaudited,
    refuse_unreleased,
    waits_for,
    was_clean,
    write_result,
)
