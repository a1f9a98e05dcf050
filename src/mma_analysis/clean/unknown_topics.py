"""Words for a topic that nobody gave a meaning: counted as unknown, and listed for a person."""

from difflib import get_close_matches

import pandas as pd

from mma_analysis.clean.words import known_words
from mma_analysis.domain import UNKNOWN, plain


def unknown_topics(meldingen: pd.DataFrame) -> pd.DataFrame:
    """List the words for which the topic of a melding is unknown.

    Only words that can be a label are kept of a delivery: short, and without a digit.

    Parameters
    ----------
    meldingen
        Clean meldingen, as `domain.MELDINGEN`.

    Returns
    -------
    pd.DataFrame
        One row per gemeente and word, the most frequent first: `gemeente`, `word`, `rows`, and
        `nearest`, the code of the known word that looks like it, empty when none does.
    """
    words = known_words("topic")
    told = meldingen[meldingen["topic"].eq(UNKNOWN) & meldingen["topic_as_delivered"].notna()]
    delivered: list[str] = told["topic_as_delivered"].tolist()
    is_new = pd.Series([plain(word) not in {"", *words} for word in delivered], told.index)
    counted = (
        told[is_new.astype("bool")]
        .groupby(["gemeente", "topic_as_delivered"])
        .size()
        .rename("rows")
    )
    table = counted.rename_axis(["gemeente", "word"]).reset_index()
    near = [get_close_matches(plain(word), words, n=1) for word in table["word"]]
    table = table.assign(nearest=[words[found[0]] if found else "" for found in near])
    order = ["gemeente", "rows", "word"]
    return table.sort_values(order, ascending=[True, False, True], ignore_index=True)
