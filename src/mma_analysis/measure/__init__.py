"""Clean tables → counts and models: pure functions, table in, table out."""

from mma_analysis.measure.comparison import comparison, overdispersion, shrunken
from mma_analysis.measure.durations import time_to_close
from mma_analysis.measure.indicators import described, indicator, labelled
from mma_analysis.measure.survey import answers, numbers, response
from mma_analysis.measure.tables import (
    Frame,
    count_system,
    frame,
    released_counts,
    released_tables,
)
from mma_analysis.measure.themes import agreement, theme_counts
from mma_analysis.measure.trend import district_trend

__all__ = [
    "Frame",
    "agreement",
    "answers",
    "comparison",
    "count_system",
    "described",
    "district_trend",
    "frame",
    "indicator",
    "labelled",
    "numbers",
    "overdispersion",
    "released_counts",
    "released_tables",
    "response",
    "shrunken",
    "theme_counts",
    "time_to_close",
]
