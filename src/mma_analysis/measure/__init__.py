"""Clean tables → counts → released tables: pure functions, table in, table out."""

from mma_analysis.measure.categories import first_receipts
from mma_analysis.measure.counts import Counts, RelationError, counted
from mma_analysis.measure.frame import Frame, frame
from mma_analysis.measure.rates import with_difference, with_rate
from mma_analysis.measure.released import (
    exact_counts,
    exact_tables,
    given_of,
    labelled,
    made,
    public_counts,
    volume,
)
from mma_analysis.measure.survey import themes_per_gemeente

__all__ = [
    "Counts",
    "Frame",
    "RelationError",
    "counted",
    "exact_counts",
    "exact_tables",
    "first_receipts",
    "frame",
    "given_of",
    "labelled",
    "made",
    "public_counts",
    "themes_per_gemeente",
    "volume",
    "with_difference",
    "with_rate",
]
