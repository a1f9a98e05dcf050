"""Protection: public counts are rounded together, and what is true of all meldingen is withheld.

Answers to questions, of which nobody knows beforehand what is asked, are changed a little each.
"""

from mma_analysis.protect.cellkey import KEY_LENGTH, perturbed, row_keys
from mma_analysis.protect.rounding import (
    Cut,
    group_disclosures,
    rounded,
    staying,
    withheld,
)
