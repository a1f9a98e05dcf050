"""Whether something was filled in, instead of what: the content stops here."""

import pandas as pd

from mma_analysis.domain import plain
from mma_analysis.read.words import yes_no_words


def reduce_to_presence(columns: pd.DataFrame) -> pd.Series:
    """`ja` when any of these columns has it, `nee` when none of those that say so has, else empty.

    Parameters
    ----------
    columns
        Text columns of one file that say the same thing (street and house number). A missing value
        is a sheet without that column: that says nothing.
    """
    reduced = columns.apply(_reduce_column)
    present = (reduced == "ja").any(axis="columns")
    absent = (reduced == "nee").any(axis="columns")
    answer = pd.Series("", index=columns.index, dtype="str")
    return answer.mask(absent, "nee").mask(present, "ja")


def _reduce_column(column: pd.Series) -> pd.Series:
    """A column of only yes and no is an answer; any other column is content.

    In an answer an empty cell says nothing. In content an empty cell is a `nee`: it could have been
    filled, and so could one with `onbekend` or `n.v.t.`.
    """
    words = column.map({cell: _word(cell) for cell in column.dropna().unique()})
    filled = column.notna() & (column != "")
    if words[filled].ne("content").all():
        return words.where(words.isin(["ja", "nee"]), "").astype("str")
    content = words.replace({"content": "ja", "onbekend": "nee", "": "nee"})
    return content.where(column.notna(), "").astype("str")


def _word(cell: str) -> str:
    if not plain(cell):
        return "nee" if cell else ""
    return yes_no_words().get(plain(cell), "content")
