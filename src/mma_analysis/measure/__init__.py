"""Clean tables → counts and models: pure functions, table in, table out."""

from mma_analysis.measure.comparison import comparison, overdispersion, shrunken
from mma_analysis.measure.completeness import completeness
from mma_analysis.measure.crossings import result_by_background
from mma_analysis.measure.differences import with_difference
from mma_analysis.measure.durations import outcomes_over_time, time_to_close, time_to_feedback
from mma_analysis.measure.expected import expected_months
from mma_analysis.measure.growth import growth_between, growth_split
from mma_analysis.measure.indicators import described, indicator, labelled
from mma_analysis.measure.national import national_comparison
from mma_analysis.measure.population import inhabitants
from mma_analysis.measure.rates import with_rate
from mma_analysis.measure.survey import answers, numbers, response
from mma_analysis.measure.tables import (
    Frame,
    count_system,
    district_tables,
    frame,
    released_counts,
    released_tables,
)
from mma_analysis.measure.themes import agreement, theme_counts, themes_per_gemeente
from mma_analysis.measure.topics import topic_shift
from mma_analysis.measure.trend import district_trend, year_on_year

__all__ = [
    "Frame",
    "agreement",
    "answers",
    "comparison",
    "completeness",
    "count_system",
    "described",
    "district_tables",
    "district_trend",
    "expected_months",
    "frame",
    "growth_between",
    "growth_split",
    "indicator",
    "inhabitants",
    "labelled",
    "national_comparison",
    "numbers",
    "outcomes_over_time",
    "overdispersion",
    "released_counts",
    "released_tables",
    "response",
    "result_by_background",
    "shrunken",
    "theme_counts",
    "themes_per_gemeente",
    "time_to_close",
    "time_to_feedback",
    "topic_shift",
    "with_difference",
    "with_rate",
    "year_on_year",
]
