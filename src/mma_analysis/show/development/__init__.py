"""Ontwikkeling: is it really rising, and where does the growth come from?"""

from mma_analysis.show.development.district import (
    assumptions_table,
    district_sentence,
    district_sure,
    meaning,
    months_chart,
    split_chart,
    trend_sentence,
)
from mma_analysis.show.development.gemeente import (
    gemeente_sentence,
    gemeente_sure,
    halves_chart,
    halves_table,
)
from mma_analysis.show.development.national import national_sentence, national_table

__all__ = [
    "assumptions_table",
    "district_sentence",
    "district_sure",
    "gemeente_sentence",
    "gemeente_sure",
    "halves_chart",
    "halves_table",
    "meaning",
    "months_chart",
    "national_sentence",
    "national_table",
    "split_chart",
    "trend_sentence",
]
