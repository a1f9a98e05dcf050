"""Words of a delivery that nobody gave a meaning: counted as unknown, and listed for a person."""

from collections.abc import Mapping
from difflib import get_close_matches

import pandas as pd

from mma_analysis.clean.words import (
    ENUMS,
    known_words,
    receiver_codes,
    says_nothing,
    short_labels,
    words_of,
)
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary, plain, word
from mma_analysis.vocabulary.schema import Delivery

# --- topics --------------------------------------------------------------------------------------


def unknown_topics(vocabulary: Vocabulary, meldingen: pd.DataFrame) -> pd.DataFrame:
    """List the words for which the topic of a melding is unknown, the most frequent first.

    Only words that can be a label are kept of a delivery: short, and without a digit.

    One row per gemeente and word: `gemeente`, `word`, `rows`, and `nearest`, the code of the known
    word that looks like it, empty when none does.
    """
    words = known_words(vocabulary, "topic")
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


# --- the other fields with a list (status, result) -----------------------------------------------


COLUMNS = ("field", "word", "rows", "nearest")


def unknown_words(delivery: Delivery, edition: Edition) -> pd.DataFrame:
    """List the words for which a field counts as unknown: short ones, without a digit.

    One row per field and word, the most frequent first: `field`, `word`, `rows`, and `nearest`.
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
            if says_nothing(edition.vocabulary, text) or _is_known(text, field, words):
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
