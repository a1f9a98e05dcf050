"""What the words of a delivery say, what looks like a melding, and what yes and no say."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.days import begins_with_a_day, is_number_of_a_day
from mma_analysis.vocabulary import Vocabulary, plain, word
from mma_analysis.vocabulary.schema import UNREADABLE

# What a spreadsheet program writes where a formula failed: `#N/B`, `#VERW!`, `#DIV/0!`, `Err:502`.
FORMULA_ERROR = re.compile(r"#N/?[ABV]|#[A-Z][A-Z/_0]+[!?]|#GETTING_DATA|Err:\d{3}", re.IGNORECASE)

# `M2022-0001`, `20220001` or `2022-0001`: how numbers of meldingen are written. `2022-2023` is a
# period.
NUMBER_OF_M = re.compile(
    r"m[\W_]*\d[\d\W_]*|\d{6,}|(?:19|20)\d\d[-/._ ](?!(?:19|20)\d\d$)\d{3,}", re.IGNORECASE
)


def looks_like_a_number_of_m(cell: str) -> bool:
    """Whether a cell is written as the number of a melding is."""
    return NUMBER_OF_M.fullmatch(cell) is not None


def belongs_to_a_melding(cell: str) -> bool:
    """Whether a cell holds a day or the number of a melding: no header does."""
    return begins_with_a_day(cell) or is_number_of_a_day(cell) or looks_like_a_number_of_m(cell)


# --- whether something was filled in, instead of what: the content stops here --------------------

# `nee, niet genoemd` and `geen kenteken`: a text that begins so, is short and takes nothing back.
DENIALS = ("nee", "neen", "geen", "niet", "nvt")
TAKEN_BACK = re.compile(r"maar|wel|behalve|.*\d.*")
LONGEST_DENIAL = 6
# Of several columns the one that says most counts.
STRENGTH = ["", "nee", UNREADABLE, "ja"]
CONTENT = "content"


def reduce_to_presence(vocabulary: Vocabulary, columns: Sequence[pd.Series]) -> pd.Series:
    """`ja` when any of these columns has it, `nee` when none of those that say so has, else empty.

    `UNREADABLE` when none has it and one holds what means neither: an error of a formula, a sign. A
    missing value is a sheet without that column: that says nothing.
    """
    strongest = np.max([_strengths(vocabulary, column) for column in columns], axis=0)
    return pd.Series(STRENGTH, dtype="str").take(strongest).set_axis(columns[0].index)


def _strengths(vocabulary: Vocabulary, column: pd.Series) -> NDArray[np.intp]:
    """Place in `STRENGTH` of every cell.

    In a column of only yes and no an empty cell says nothing; in any other it is a `nee`.
    """
    places, distinct = pd.factorize(column)
    answers = [_answer_in(vocabulary, cell) for cell in distinct.tolist()]
    if CONTENT in answers:
        answers = [{CONTENT: "ja", "": "nee"}.get(answer, answer) for answer in answers]
    strengths = [STRENGTH.index(answer) if answer in STRENGTH else 0 for answer in answers]
    # A missing value has place -1: the last, which says nothing.
    return np.array([*strengths, 0])[places]


def _answer_in(vocabulary: Vocabulary, cell: str) -> str:
    """`ja`, `nee` or `onbekend`, `UNREADABLE`, `CONTENT` of any other text, or empty.

    A failed formula says nothing about the melding, and nor do signs that nobody gave a meaning.
    """
    text, words = word(cell), vocabulary.words("yes_no")
    if FORMULA_ERROR.fullmatch(cell):
        return UNREADABLE
    if not text or text in words:
        return words.get(text, "")
    parts = [plain(part) for part in re.findall(r"[\w.]+", cell)]
    is_denial = parts[:1] and parts[0] in DENIALS and len(parts) <= LONGEST_DENIAL
    if not is_denial or any(map(TAKEN_BACK.fullmatch, parts)):
        return CONTENT if text.isalnum() else UNREADABLE
    beginnings = ("".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((words[text] for text in beginnings if text in words), "nee")
