"""The code book of a survey: which question has which code, kind, options, order and columns."""

from mma_analysis.codebook.columns import QuestionColumns, columns_of, unclaimed
from mma_analysis.codebook.questions import (
    CHOICES,
    FILLED_IN,
    KINDS,
    NOT_ANSWERED,
    Codebook,
    Vraag,
    load,
)
from mma_analysis.codebook.scaffold import scaffold
from mma_analysis.codebook.texts import is_survey_word, split_header, survey_words, tidied

__all__ = [
    "CHOICES",
    "FILLED_IN",
    "KINDS",
    "NOT_ANSWERED",
    "Codebook",
    "QuestionColumns",
    "Vraag",
    "columns_of",
    "is_survey_word",
    "load",
    "scaffold",
    "split_header",
    "survey_words",
    "tidied",
    "unclaimed",
]
