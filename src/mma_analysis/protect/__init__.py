"""Public counts are rounded together, what went out is closed, answers are a bit off."""

from mma_analysis.protect.book import (
    DELIVERIES,
    ROWS,
    Book,
    Issued,
    changes,
    public_rows,
    refuse_small_revision,
)
from mma_analysis.protect.cellkey import KEY_LENGTH, perturbed, row_keys
from mma_analysis.protect.rounding import (
    OFF_AT_MOST,
    Cut,
    composed,
    group_disclosures,
    in_the_way,
    rounded,
    withheld,
)
