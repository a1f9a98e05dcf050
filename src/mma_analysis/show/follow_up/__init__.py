"""Opvolging: from received to result, with what is not known as a visible part."""

from mma_analysis.show.follow_up.background import background_table
from mma_analysis.show.follow_up.durations import duration_sentence
from mma_analysis.show.follow_up.steps import (
    disposition_chart,
    meaning,
    sentence,
    steps_chart,
    sure,
)

__all__ = [
    "background_table",
    "disposition_chart",
    "duration_sentence",
    "meaning",
    "sentence",
    "steps_chart",
    "sure",
]
