"""Clean what was read: our schema, our words, every row accounted for.

`mma.clean(file, "borne")` cleans one file in memory: see `explore.library.clean`.
"""

import sys
from types import ModuleType
from typing import Any

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


class _Stage(ModuleType):
    """This module, that can be called: the stage and what a researcher calls."""

    def __call__(self, *given: Any, **asked: Any) -> Any:
        """Clean what one gemeente registered: see `explore.library.clean`."""
        # The package knows where it is: this stage imports nothing of what researchers use.
        package = sys.modules[__name__.rpartition(".")[0]]
        clean_one = package.asked_by_researchers("clean")
        return clean_one(*given, **asked)


sys.modules[__name__].__class__ = _Stage
