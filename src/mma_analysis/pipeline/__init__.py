"""Everything between the deliveries and the released tables, in reading order, on disk."""

from mma_analysis.pipeline.beginning import first_codebook, start_coding, suggestions
from mma_analysis.pipeline.run import CODE, Prepared, prepare

__all__ = ["CODE", "Prepared", "first_codebook", "prepare", "start_coding", "suggestions"]
