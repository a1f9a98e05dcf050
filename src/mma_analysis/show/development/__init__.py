"""Ontwikkeling: is it really rising, and where does the growth come from?"""

from mma_analysis.show.development.district import (
    assumptions_table,
    district_sentence,
    district_trend,
    months_chart,
    split_chart,
    trend_sentence,
)
from mma_analysis.show.development.gemeente import (
    gemeente_sentence,
    gemeente_trend,
    halves_chart,
)

__all__ = [
    "assumptions_table",
    "district_sentence",
    "district_trend",
    "gemeente_sentence",
    "gemeente_trend",
    "halves_chart",
    "months_chart",
    "split_chart",
    "trend_sentence",
]
