"""The code book of a survey: which question has which code, kind, options, order and columns."""

from mma_analysis.codebook.columns import QuestionColumns, columns_of, unclaimed
from mma_analysis.codebook.files import load_file
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
from mma_analysis.codebook.themes import (
    AGREED,
    DIVIDED,
    NO,
    UNDECIDED,
    YES,
    CodeFrame,
    Thema,
    load_themes,
)

__all__ = [
    "AGREED",
    "CHOICES",
    "DIVIDED",
    "FILLED_IN",
    "KINDS",
    "NO",
    "NOT_ANSWERED",
    "UNDECIDED",
    "YES",
    "Codebook",
    "CodeFrame",
    "QuestionColumns",
    "Thema",
    "Vraag",
    "columns_of",
    "is_survey_word",
    "load",
    "load_file",
    "load_themes",
    "scaffold",
    "split_header",
    "survey_words",
    "tidied",
    "unclaimed",
]
