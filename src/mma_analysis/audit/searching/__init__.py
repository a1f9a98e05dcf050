"""Search finished files for what was delivered, for people, for traces, for what is active."""

from mma_analysis.audit.searching.deliveries import Delivered, delivered_cells, delivered_files
from mma_analysis.audit.searching.search import search

__all__ = ["Delivered", "delivered_cells", "delivered_files", "search"]
