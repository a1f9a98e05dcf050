"""Public counts are rounded together, what is true of all is withheld, answers are a bit off."""

from mma_analysis.protect.cellkey import KEY_LENGTH, perturbed, row_keys
from mma_analysis.protect.rounding import (
    Cut,
    group_disclosures,
    rounded,
    staying,
    withheld,
)
