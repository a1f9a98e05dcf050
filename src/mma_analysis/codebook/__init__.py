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
    ANSWER_ID,
    CODING_FILE,
    DIVIDED,
    HELP_SHEET,
    LIST_SHEET,
    NO,
    NO_THEME,
    THEME,
    UNDECIDED,
    YES,
    CodeFrame,
    Thema,
    load_themes,
)

__all__ = [
    "AGREED",
    "ANSWER_ID",
    "CHOICES",
    "CODING_FILE",
    "DIVIDED",
    "FILLED_IN",
    "HELP_SHEET",
    "KINDS",
    "LIST_SHEET",
    "NO",
    "NOT_ANSWERED",
    "NO_THEME",
    "THEME",
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
