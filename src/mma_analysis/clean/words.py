"""What the words in a delivery mean: the edition's own words first, then the alias tables."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from mma_analysis import domain
from mma_analysis.domain import UNKNOWN, UsageError, plain
from mma_analysis.settings import SETTINGS_FILE, Edition

ENUMS = (*domain.FOLLOW_UP, "also_sent_to")
WORD_FIELDS = ("topic", *ENUMS)

# Plain word → code, per field.
Words = Mapping[str, Mapping[str, str]]


def map_cells(cells: pd.Series, meaning: Callable[[str], object], dtype: str = "str") -> pd.Series:
    """Replace each cell by its meaning, which is asked once for every distinct cell."""
    places, distinct = cells.array.factorize(use_na_sentinel=False)
    meanings = pd.Series([meaning(cell) for cell in distinct.tolist()], dtype=dtype).array
    return pd.Series(meanings.take(places), index=cells.index)


@domain.remembered()
def known_words(field: str) -> Mapping[str, str]:
    """Plain word → code: aliases, labels and the codes themselves."""
    codes = domain.topics() if field == "topic" else domain.values(field)
    aliases = _topic_aliases() if field == "topic" else aliases_of(field)
    labels = {plain(label): code for code, label in codes.items()}
    return aliases | labels | {plain(code): code for code in codes}


@domain.remembered()
def aliases_of(field: str) -> dict[str, str]:
    """Plain alias → code of one field of `value_aliases.csv`."""
    rows = domain.reference("value_aliases")
    return {domain.word(row["alias"]): row["code"] for row in rows if row["field"] == field}


def _topic_aliases() -> dict[str, str]:
    return {plain(row["alias"]): row["code"] for row in domain.reference("topic_aliases")}


def words_of(edition: Edition, senders: Iterable[str]) -> Words:
    """What every word of these senders means, per field.

    Raises
    ------
    UsageError
        When the settings give a meaning to a field or with a code that does not exist.
    """
    words = {field: dict(known_words(field)) for field in WORD_FIELDS}
    for slug in senders:
        for field, meanings in edition.gemeente(slug).waarden.items():
            _check_meanings(slug, field, meanings)
            words[field] |= {domain.word(word): code for word, code in meanings.items()}
    return words


def _check_meanings(slug: str, field: str, meanings: Mapping[str, str]) -> None:
    place = f"{SETTINGS_FILE}: [gemeenten.{slug}.waarden.{field}]"
    if field not in WORD_FIELDS:
        near = domain.did_you_mean(field, WORD_FIELDS)
        raise UsageError(f"{place}: '{field}' is not a field with a list of words{near}")
    codes = domain.topics() if field == "topic" else domain.values(field)
    for word, code in meanings.items():
        if code not in codes:
            near = domain.did_you_mean(code, codes)
            raise UsageError(f"{place} \"{word}\": '{code}' is not a code of {field}{near}")


def says_nothing(cell: str) -> bool:
    """Whether a cell is empty, a dash, or says that it was not filled in."""
    return not plain(cell) or aliases_of("yes_no").get(plain(cell)) == UNKNOWN
