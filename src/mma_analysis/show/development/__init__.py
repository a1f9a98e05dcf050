"""Ontwikkeling: is it really rising, and where does the growth come from?"""

from mma_analysis.show.development.district import (
    district_sentence,
    district_sure,
    meaning,
    months_chart,
    quarters_table,
    split_chart,
)
from mma_analysis.show.development.gemeente import (
    gemeente_sentence,
    gemeente_sure,
    halves_chart,
    halves_table,
)
from mma_analysis.show.development.national import national_sentence, national_table
from mma_analysis.show.development.where import where_sentence

__all__ = [
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
    "quarters_table",
    "split_chart",
    "where_sentence",
]
