"""What the words in a delivery mean, and each cell as our code: the edition's own words first."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import pandas as pd

from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import UNKNOWN, UsageError, Vocabulary, message
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import UNREADABLE, WORD_FIELDS, Column, Delivery
from mma_analysis.vocabulary.text import did_you_mean, plain, visible, word

# Plain word → code, per field.
Words = Mapping[str, Mapping[str, str]]


def map_cells(cells: pd.Series, meaning: Callable[[str], object], dtype: str = "str") -> pd.Series:
    """Replace each cell by its meaning, which is asked once for every distinct cell."""
    places, distinct = cells.array.factorize(use_na_sentinel=False)
    meanings = pd.Series([meaning(cell) for cell in distinct.tolist()], dtype=dtype).array
    return pd.Series(meanings.take(places), index=cells.index)


def as_table(
    rows: pd.DataFrame | Sequence[tuple[object, ...]], columns: Sequence[Column]
) -> pd.DataFrame:
    """Rows of values, or these columns of a table with more, as the schema has them."""
    dtypes = {column.name: column.dtype for column in columns}
    table = pd.DataFrame(rows, columns=list(dtypes))
    return table.astype(dtypes).reset_index(drop=True)


def in_sheet(sheet: str) -> str:
    """How a message says on which sheet something is; nothing of a text file."""
    return message("in_sheet", sheet=sheet) if sheet else ""


def words_of(edition: Edition, senders: Iterable[str]) -> Words:
    """What every word of these senders means, per field."""
    vocabulary = edition.vocabulary
    words = {field: dict(vocabulary.words(field)) for field in WORD_FIELDS}
    words["gemeente"] = {}  # only what the settings add: names are looked up elsewhere
    slugs = [area.slug for area in vocabulary.gemeenten]
    for slug in senders:
        for field, meanings in edition.gemeente(slug).waarden.items():
            where = {
                "place": f"{SETTINGS_FILE}: [gemeenten.{slug}.waarden.{field}]",
                "field": field,
            }
            if field not in words:
                raise UsageError.of("in_field", **where, near=did_you_mean(field, words))
            codes = slugs if field == "gemeente" else vocabulary.values(field)
            for text, code in meanings.items():
                if code not in codes:
                    near = did_you_mean(code, codes)
                    raise UsageError.of("no_code", **where, word=text, code=code, near=near)
                words[field][word(text)] = code
    return words


def is_empty(vocabulary: Vocabulary, cell: str) -> bool:
    """Whether nothing is filled in: an empty cell, a dash, `niet ingevuld`."""
    text = word(cell)
    return not text or text in vocabulary.aliases("empty")


def says_nothing(vocabulary: Vocabulary, cell: str) -> bool:
    """Whether a cell is empty, or says in any field that it is not known: `?`, `n.v.t.`."""
    return is_empty(vocabulary, cell) or word(cell) in vocabulary.aliases("any")


def blank(vocabulary: Vocabulary, cells: pd.Series) -> pd.Series:
    """Whether each of these cells says nothing."""
    return map_cells(cells, partial(says_nothing, vocabulary), "bool")


def not_filled(vocabulary: Vocabulary, cells: pd.Series) -> pd.Series:
    """In which of these cells nothing is filled in."""
    return map_cells(cells, partial(is_empty, vocabulary), "bool")


# A label this long, or with a digit in it, may be about somebody.
LONGEST_LABEL = 40
DIGIT = re.compile(r"\d")
BETWEEN_TOPICS, BETWEEN_RECEIVERS = form("between_topics"), form("between_receivers")
BEFORE_SUBTHEME = form("before_subtheme")


def code_of(field: str, cell: str, words: Mapping[str, str], several: str | None = None) -> str:
    """Code of a cell; `onbekend` when it is empty, `UNREADABLE` when nobody said what it means.

    `several`: what a cell with more topics counts as, the first (`eerste`) or a topic.
    """
    whole = words.get(word(cell), UNREADABLE) if word(cell) else UNKNOWN
    if whole == UNREADABLE and field == "topic":
        parts = [words.get(plain(part), UNREADABLE) for part in BETWEEN_TOPICS.split(cell)]
        if several and len(set(parts)) > 1 and UNREADABLE not in parts:
            return parts[0] if several == "eerste" else several
        # `Drugsdelicten: hennep`
        return words.get(plain(BEFORE_SUBTHEME.split(cell)[0]), UNREADABLE)
    if whole != UNREADABLE or field != "also_sent_to":
        return whole
    parts = {words.get(plain(part), UNREADABLE) for part in BETWEEN_RECEIVERS.split(cell)}
    others = parts - {UNKNOWN, UNREADABLE, "alleen_gemeente"}
    if len(others) > 1:
        return "politie_en_partner"
    return others.pop() if others else UNREADABLE


def short_label(cell: str) -> str:
    """The label as delivered, when it can only be a label: short and without a digit."""
    # One of the marks that nobody sees turns the text after it around on a page.
    seen = visible(cell)
    is_label = cell != UNREADABLE and len(seen) <= LONGEST_LABEL and not DIGIT.search(seen)
    return seen if is_label else ""


def unknown_words(delivery: Delivery, edition: Edition) -> pd.DataFrame:
    """List the words that nobody gave a meaning: short ones, without a digit.

    One row per field and word, the most frequent first: `field`, `word`, `rows`.
    """
    vocabulary, several = edition.vocabulary, edition.evaluatie.meer_onderwerpen
    words = words_of(edition, delivery.senders)
    unknown: list[tuple[str, str, int]] = []
    for field in ("gemeente", *WORD_FIELDS) if len(delivery.senders) > 1 else WORD_FIELDS:
        labels = map_cells(delivery.rows[field], short_label) if field in delivery.rows else []
        for text, rows in sorted(Counter(labels).items(), key=lambda one: (-one[1], one[0])):
            code = code_of(field, text, words[field], several)
            if code == UNREADABLE and not (field == "gemeente" and vocabulary.gemeente_of(text)):
                unknown.append((field, text, rows))
    return pd.DataFrame(unknown, columns=["field", "word", "rows"])
