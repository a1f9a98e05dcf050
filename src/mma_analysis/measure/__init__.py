"""Clean tables → counts → released tables: pure functions, table in, table out."""

from mma_analysis.measure.categories import first_receipts, steps
from mma_analysis.measure.counts import Counts, RelationError, counted
from mma_analysis.measure.frame import Frame, connected_months, frame
from mma_analysis.measure.gemeenten import size_classes
from mma_analysis.measure.indicators import labelled
from mma_analysis.measure.periods import inhabitants
from mma_analysis.measure.rates import with_difference, with_rate
from mma_analysis.measure.registry import CHANGES, OWN, PUBLIC, exact_tables, made, of_frame
from mma_analysis.measure.released import exact_counts, public_counts, volume
from mma_analysis.measure.survey import themes_per_gemeente

__all__ = [
    "CHANGES",
    "OWN",
    "PUBLIC",
    "Counts",
    "Frame",
    "RelationError",
    "connected_months",
    "counted",
    "exact_counts",
    "exact_tables",
    "first_receipts",
    "frame",
    "inhabitants",
    "labelled",
    "made",
    "of_frame",
    "public_counts",
    "size_classes",
    "steps",
    "themes_per_gemeente",
    "volume",
    "with_difference",
    "with_rate",
]
