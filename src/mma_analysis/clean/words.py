"""What the words in a delivery mean, and each cell as our code: the edition's own words first."""

import re
from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import (
    UNKNOWN,
    UsageError,
    Vocabulary,
    derived,
    did_you_mean,
    plain,
    visible,
    word,
)
from mma_analysis.vocabulary.schema import FOLLOW_UP, UNREADABLE

ENUMS = (*FOLLOW_UP, "also_sent_to")
WORD_FIELDS = ("topic", *ENUMS)

# Plain word → code, per field.
Words = Mapping[str, Mapping[str, str]]


def map_cells(cells: pd.Series, meaning: Callable[[str], object], dtype: str = "str") -> pd.Series:
    """Replace each cell by its meaning, which is asked once for every distinct cell."""
    places, distinct = cells.array.factorize(use_na_sentinel=False)
    meanings = pd.Series([meaning(cell) for cell in distinct.tolist()], dtype=dtype).array
    return pd.Series(meanings.take(places), index=cells.index)


@derived
def known_words(vocabulary: Vocabulary, field: str) -> Mapping[str, str]:
    """Plain word → code: aliases, labels and the codes themselves."""
    codes = _codes_of(vocabulary, field)
    aliases = aliases_of(vocabulary, field)
    labels = {plain(label): code for code, label in codes.items()}
    return aliases | labels | {plain(code): code for code in codes}


@derived
def aliases_of(vocabulary: Vocabulary, field: str) -> dict[str, str]:
    """Plain alias → code: of a topic in `topic_aliases.csv`, of a field in `value_aliases.csv`."""
    if field == "topic":
        return {plain(row["alias"]): row["code"] for row in vocabulary.reference("topic_aliases")}
    rows = vocabulary.reference("value_aliases")
    return {word(row["alias"]): row["code"] for row in rows if row["field"] == field}


def _codes_of(vocabulary: Vocabulary, field: str) -> dict[str, str]:
    return vocabulary.topics if field == "topic" else vocabulary.values(field)


def words_of(edition: Edition, senders: Iterable[str]) -> Words:
    """What every word of these senders means, per field."""
    words = {field: dict(known_words(edition.vocabulary, field)) for field in WORD_FIELDS}
    for slug in senders:
        for field, meanings in edition.gemeente(slug).waarden.items():
            _check_meanings(edition.vocabulary, slug, field, meanings)
            words[field] |= {word(text): code for text, code in meanings.items()}
    return words


def _check_meanings(
    vocabulary: Vocabulary, slug: str, field: str, meanings: Mapping[str, str]
) -> None:
    place = f"{SETTINGS_FILE}: [gemeenten.{slug}.waarden.{field}]"
    if field not in WORD_FIELDS:
        near = did_you_mean(field, WORD_FIELDS)
        raise UsageError(f"{place}: '{field}' is not a field with a list of words{near}")
    codes = _codes_of(vocabulary, field)
    for delivered, code in meanings.items():
        if code not in codes:
            near = did_you_mean(code, codes)
            raise UsageError(f"{place} \"{delivered}\": '{code}' is not a code of {field}{near}")


def says_nothing(vocabulary: Vocabulary, cell: str) -> bool:
    """Whether a cell is empty, a dash, or says that it was not filled in."""
    return not plain(cell) or aliases_of(vocabulary, "yes_no").get(plain(cell)) == UNKNOWN


# --- cells → codes -------------------------------------------------------------------------------


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


def topic_groups(vocabulary: Vocabulary, topics: pd.Series) -> pd.Series:
    """Topic code → code of its group."""
    return map_cells(topics, vocabulary.group_of_topic.__getitem__)


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
    """Who else received the melding; a list of receivers is put together from its parts."""
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
