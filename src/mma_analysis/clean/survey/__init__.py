"""The survey as read → `responses` and `open_answers`, in the words of the code book."""

from mma_analysis.clean.survey.responses import CleanResponses, clean_responses

__all__ = ["CleanResponses", "clean_responses"]
