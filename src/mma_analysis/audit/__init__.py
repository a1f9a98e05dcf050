"""The audit: a closed world. What in a finished file is not known as ours is a finding."""

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
