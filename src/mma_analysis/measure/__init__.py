"""Clean tables → counts and models: pure functions, table in, table out."""

from mma_analysis.measure.durations import time_to_close
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
from mma_analysis.measure.trend import district_trend, year_on_year

__all__ = [
    "Frame",
    "agreement",
    "answers",
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
    "released_counts",
    "released_tables",
    "response",
    "theme_counts",
    "themes_per_gemeente",
    "time_to_close",
    "with_rate",
    "year_on_year",
]
