"""The words of this project: code lists, areas, the columns of tables, and what can go wrong.

Every word is a row of a table under `reference/`, or of the table that an edition has instead of
it. A `Vocabulary` holds those of one edition; whoever needs a word has it, or its edition, as an
argument.
"""

from mma_analysis.vocabulary.code_lists import Area, Vocabulary, derived
from mma_analysis.vocabulary.errors import (
    PACKAGE,
    DataError,
    UsageError,
    filled_in,
    message,
    rows_of,
)
from mma_analysis.vocabulary.schema import TOTAL, UNKNOWN
from mma_analysis.vocabulary.text import did_you_mean, fingerprint, listed, plain, short_hash, word
