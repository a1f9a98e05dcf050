"""Everything between the deliveries and the released tables, in reading order, on disk."""

from mma_analysis.pipeline.upkeep import Prepared, issued, prepare

__all__ = ["Prepared", "issued", "prepare"]
