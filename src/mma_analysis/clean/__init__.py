"""Clean what was read: our schema, our words, every row accounted for."""

from mma_analysis.clean.meldingen import CleanMeldingen, clean_meldingen
from mma_analysis.clean.survey import CleanResponses, clean_responses

__all__ = ["CleanMeldingen", "CleanResponses", "clean_meldingen", "clean_responses"]
