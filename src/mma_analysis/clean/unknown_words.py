"""Words in the other fields with a list (status, result) that nobody gave a meaning."""

from collections.abc import Mapping
from difflib import get_close_matches

import pandas as pd

from mma_analysis.clean.values import receiver_codes, short_labels
from mma_analysis.clean.words import ENUMS, says_nothing, words_of
from mma_analysis.domain import UNKNOWN, Delivery, word
from mma_analysis.settings import Edition

COLUMNS = ("field", "word", "rows", "nearest")


def unknown_words(delivery: Delivery, edition: Edition) -> pd.DataFrame:
    """List the words for which a field counts as unknown: short ones, without a digit.

    Parameters
    ----------
    delivery
        As read.
    edition
        Whose settings say what the words of its senders mean.

    Returns
    -------
    pd.DataFrame
        One row per field and word, the most frequent first: `field`, `word`, `rows`, and `nearest`,
        the code of the known word that looks like it, empty when none does.
    """
    known = words_of(edition, delivery.senders)
    found: list[tuple[str, str, int, str]] = []
    for field in ENUMS:
        if field not in delivery.rows:
            continue
        words = known[field]
        labels = short_labels(delivery.rows[field]).value_counts(sort=False)
        for label, rows in labels.items():
            text = str(label)
            if says_nothing(text) or _is_known(text, field, words):
                continue
            near = get_close_matches(word(text), words, n=1)
            found.append((field, text, int(rows), words[near[0]] if near else ""))
    found.sort(key=lambda row: (ENUMS.index(row[0]), -row[2], row[1]))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _is_known(text: str, field: str, words: Mapping[str, str]) -> bool:
    if word(text) in words:
        return True
    parts = pd.Series([text], dtype="str")
    return field == "also_sent_to" and receiver_codes(parts, words).iloc[0] != UNKNOWN
