"""`mma compare`: what changed since an earlier edition, from released tables only."""

from mma_analysis.compare.comparing import Comparison, change_tables, compare
from mma_analysis.compare.telling import told

__all__ = ["Comparison", "change_tables", "compare", "told"]
