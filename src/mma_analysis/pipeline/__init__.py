"""Everything between the deliveries and the released tables, in reading order, on disk."""

from mma_analysis.pipeline.issuing import issued
from mma_analysis.pipeline.upkeep import Prepared, prepare

__all__ = ["Prepared", "issued", "prepare"]
