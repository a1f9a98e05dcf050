"""Whether something was filled in, instead of what: the content stops here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.domain import UNREADABLE
from mma_analysis.read.words import answer_in

# Of several columns the one that says most counts.
STRENGTH = ["", "nee", UNREADABLE, "ja"]
IN_AN_ANSWER = {"ja": "ja", "nee": "nee", UNREADABLE: UNREADABLE}
IN_CONTENT = {**IN_AN_ANSWER, "content": "ja", "onbekend": "nee", "": "nee"}


def reduce_to_presence(columns: Sequence[pd.Series]) -> pd.Series:
    """`ja` when any of these columns has it, `nee` when none of those that say so has, else empty.

    `UNREADABLE` when none has it and one holds what means neither: an error of a formula, a sign.

    Parameters
    ----------
    columns
        Text columns of one file that say the same thing (street and house number). A missing value
        is a sheet without that column: that says nothing.
    """
    strongest = np.max([_reduce_column(column) for column in columns], axis=0)
    return pd.Series(STRENGTH, dtype="str").take(strongest).set_axis(columns[0].index)


def _reduce_column(column: pd.Series) -> NDArray[np.intp]:
    """Place in `STRENGTH` of every cell.

    A column of only yes and no is an answer; any other column is content. In an answer an empty
    cell says nothing. In content an empty cell is a `nee`: it could have been filled, and so could
    one with `onbekend` or `n.v.t.`.
    """
    places, distinct = pd.factorize(column)
    words = [answer_in(cell) for cell in distinct.tolist()]
    meaning = IN_CONTENT if "content" in words else IN_AN_ANSWER
    # A missing value has place -1: the last, which says nothing.
    return np.array([*(STRENGTH.index(meaning.get(word, "")) for word in words), 0])[places]
