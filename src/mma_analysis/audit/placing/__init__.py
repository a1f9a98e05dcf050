"""Which count is which: figures on pages by area, period, breakdown and value."""

from mma_analysis.audit.placing.cells import placed_cells
from mma_analysis.audit.placing.sentences import Said, said_counts
from mma_analysis.audit.placing.tables import Placed
from mma_analysis.audit.placing.vocabulary import Key, Periods

__all__ = ["Key", "Periods", "Placed", "Said", "placed_cells", "said_counts"]
