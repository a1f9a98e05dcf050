"""Clean what was read: our schema, our words, every row accounted for."""

from mma_analysis.clean.chosen import choices_of
from mma_analysis.clean.meldingen import (
    OTHER_TIME,
    CleanMeldingen,
    clean_meldingen,
    refuse_unclear_days,
)
from mma_analysis.clean.open_answers import code_answers, ratings_of, released_quotes
from mma_analysis.clean.places import names_another
from mma_analysis.clean.survey import CleanResponses, clean_responses
from mma_analysis.clean.words import unknown_words
from mma_analysis.clean.years import years_asked
