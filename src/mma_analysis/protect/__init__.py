"""Public counts are rounded together, what went out is closed, answers are a bit off."""

from mma_analysis.protect.book import (
    CHANGES,
    DELIVERY_COLUMNS,
    HIDDEN,
    ROW_COLUMNS,
    UNPUBLISHED,
    Book,
    Issued,
    changes,
    number_of,
    public_rows,
    refuse_small_revision,
    slug_of,
    version_of,
)
from mma_analysis.protect.cellkey import KEY_LENGTH, perturbed, row_keys
from mma_analysis.protect.rounding import (
    SUMMED_AT_MOST,
    Cut,
    composed,
    group_disclosures,
    in_the_way,
    rounded,
    withheld,
)
