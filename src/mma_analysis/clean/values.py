"""The words of a delivery → our codes: topics, the fields with a list, present or absent."""

import re
from collections.abc import Mapping

import pandas as pd

from mma_analysis import domain
from mma_analysis.clean.words import map_cells
from mma_analysis.domain import UNKNOWN, UNREADABLE, plain, visible, word

# A label this long, or with a digit in it, may be about somebody.
LONGEST_LABEL = 40
DIGIT = re.compile(r"\d")
THEME_BEFORE_SUBTHEME = re.compile(r"[:>(]| [-–] ")
BETWEEN_RECEIVERS = re.compile(r"[,;/+&]| en | e\.a\.", re.IGNORECASE)


def topic_codes(cells: pd.Series, words: Mapping[str, str]) -> pd.Series:
    """Topic of each label; `onbekend` when it is empty or nobody said what it means.

    Of a label like `Drugsdelicten: hennep` the theme counts when the whole is not known.
    """
    return map_cells(cells, lambda cell: _topic(cell, words))


def _topic(cell: str, words: Mapping[str, str]) -> str:
    theme = THEME_BEFORE_SUBTHEME.split(cell)[0]
    return words.get(plain(cell)) or words.get(plain(theme), UNKNOWN)


def topic_groups(topics: pd.Series) -> pd.Series:
    """Topic code → code of its group."""
    return map_cells(topics, domain.group_of_topic().__getitem__)


def short_labels(cells: pd.Series) -> pd.Series:
    """Keep the labels as delivered that can only be labels: short and without a digit.

    Without the marks that nobody sees: one of them turns the text after it around on a page.
    """
    return map_cells(cells, _label)


def _label(cell: str) -> str:
    seen = visible(cell)
    return "" if cell == UNREADABLE or _may_be_about_somebody(seen) else seen


def _may_be_about_somebody(cell: str) -> bool:
    return len(cell) > LONGEST_LABEL or DIGIT.search(cell) is not None


def codes(cells: pd.Series, words: Mapping[str, str]) -> pd.Series:
    """Code of each word; `onbekend` when it is empty or nobody said what it means."""
    return map_cells(cells, lambda cell: words.get(word(cell), UNKNOWN))


def receiver_codes(cells: pd.Series, words: Mapping[str, str]) -> pd.Series:
    """Who else received the tip; a list of receivers is put together from its parts."""
    return map_cells(cells, lambda cell: _receivers(cell, words))


def _receivers(cell: str, words: Mapping[str, str]) -> str:
    whole = words.get(plain(cell))
    if whole:
        return whole
    parts = {words.get(plain(part), UNKNOWN) for part in BETWEEN_RECEIVERS.split(cell)}
    parts -= {UNKNOWN, "alleen_gemeente"}
    if len(parts) > 1:
        return "politie_en_partner"
    return parts.pop() if parts else UNKNOWN


def presence(cells: pd.Series) -> pd.Series:
    """`ja` and `nee` of reading → true and false; empty is missing: not registered."""
    return map_cells(cells, {"ja": True, "nee": False}.get, "boolean")
