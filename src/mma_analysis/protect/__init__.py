"""Protection: public counts are rounded together, and what is true of all meldingen is withheld."""

from mma_analysis.protect.groups import group_disclosures, undecided, withheld
from mma_analysis.protect.rounding import rounded

__all__ = ["group_disclosures", "rounded", "undecided", "withheld"]
