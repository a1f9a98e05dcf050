"""Everything between the deliveries and the released tables, in reading order, on disk."""

from mma_analysis.pipeline.upkeep import CODE, Prepared, prepare

__all__ = ["CODE", "Prepared", "prepare"]
