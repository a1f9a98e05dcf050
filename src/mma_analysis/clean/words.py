"""What the words in a delivery mean, and each cell as our code: the settings go first."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import pandas as pd

from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.settings.joint import Said
from mma_analysis.vocabulary import UNKNOWN, UsageError, Vocabulary, message
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import UNREADABLE, WORD_FIELDS, Column, Delivery
from mma_analysis.vocabulary.text import did_you_mean, plain, visible, word

# Plain word → code, per field.
Words = Mapping[str, Mapping[str, str]]


def map_cells(
    cells: pd.Series,
    meaning: Callable[[str], object],
    dtype: str = "str",
) -> pd.Series:
    """Replace each cell by its meaning, which is asked once for every distinct cell."""
    places, distinct = cells.array.factorize(use_na_sentinel=False)
    meanings = [meaning(cell) for cell in distinct.tolist()]
    typed = pd.Series(meanings, dtype=dtype).array
    return pd.Series(typed.take(places), index=cells.index)


def as_table(
    rows: pd.DataFrame | Sequence[tuple[object, ...]],
    columns: Sequence[Column],
) -> pd.DataFrame:
    """Rows of values, or these columns of a table with more, as the schema has them."""
    dtypes = {column.name: column.dtype for column in columns}
    table = pd.DataFrame(rows, columns=list(dtypes))
    return table.astype(dtypes).reset_index(drop=True)


def in_sheet(sheet: str) -> str:
    """How a message says on which sheet something is; nothing of a text file."""
    return message("in_sheet", sheet=sheet) if sheet else ""


def meanings_of(edition: Edition, senders: Iterable[str]) -> Words:
    """What every word of these senders means, per field."""
    vocabulary = edition.vocabulary
    words = {field: dict(vocabulary.words(field)) for field in WORD_FIELDS}
    words["gemeente"] = {}  # only what the settings add: names are looked up elsewhere
    for field, meanings in edition.waarden.items():
        _check_meanings(vocabulary, f"[waarden.{field}]", field, meanings)
        for text, code in meanings.items():
            words[field][word(text)] = code

    chosen: dict[tuple[str, str], Said] = {}
    for slug in senders:
        for field, meanings in edition.gemeente(slug).waarden.items():
            block = f"[gemeenten.{slug}.waarden.{field}]"
            _check_meanings(vocabulary, block, field, meanings)
            for text, code in meanings.items():
                said = Said(slug, f"waarden.{field}", text, code)
                before = chosen.setdefault((field, word(text)), said)
                said.refuse_other_than(before)
                words[field][word(text)] = code
    return words


def _check_meanings(
    vocabulary: Vocabulary,
    block: str,
    field: str,
    meanings: Mapping[str, str],
) -> None:
    """Refuse a field without a list of words, and a meaning that is no code of it."""
    place = f"{SETTINGS_FILE}: {block}"
    fields = [*WORD_FIELDS, "gemeente"]
    if field not in fields:
        near = did_you_mean(field, fields)
        raise UsageError.of("in_field", place=place, field=field, near=near)

    codes: Iterable[str] = vocabulary.values(field)
    if field == "gemeente":
        codes = [area.slug for area in vocabulary.gemeenten]
    for text, code in meanings.items():
        if code not in codes:
            raise UsageError.of(
                "no_code",
                place=place,
                field=field,
                word=text,
                code=code,
                near=did_you_mean(code, codes),
            )


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
LONGEST_CODE_LABEL = 40
DIGIT = re.compile(r"\d")
BETWEEN_TOPICS = form("between_topics")
BEFORE_SUBTHEME = form("before_subtheme")
BETWEEN_RECEIVERS = form("between_receivers")


def code_of(
    field: str,
    cell: str,
    words: Mapping[str, str],
    several: str | None = None,
) -> str:
    """Code of a cell; `onbekend` when it is empty, `UNREADABLE` when it has no meaning.

    `several`: what a cell with more topics counts as, the first (`eerste`) or a topic.
    """
    text = word(cell)
    if not text:
        return UNKNOWN
    code = words.get(text, UNREADABLE)
    if code != UNREADABLE:
        return code
    if field == "topic":
        return _code_of_topics(cell, words, several)
    if field == "also_sent_to":
        return _code_of_receivers(cell, words)
    return UNREADABLE


def _code_of_topics(cell: str, words: Mapping[str, str], several: str | None) -> str:
    topics = [plain(part) for part in BETWEEN_TOPICS.split(cell)]
    codes = [words.get(topic, UNREADABLE) for topic in topics]
    is_several = len(set(codes)) > 1 and UNREADABLE not in codes
    if several and is_several:
        return codes[0] if several == "eerste" else several

    # `Drugsdelicten: hennep`
    theme = BEFORE_SUBTHEME.split(cell)[0]
    return words.get(plain(theme), UNREADABLE)


def _code_of_receivers(cell: str, words: Mapping[str, str]) -> str:
    receivers = [plain(part) for part in BETWEEN_RECEIVERS.split(cell)]
    codes = {words.get(receiver, UNREADABLE) for receiver in receivers}
    others = codes - {UNKNOWN, UNREADABLE, "alleen_gemeente"}
    if len(others) > 1:
        return "politie_en_partner"
    return others.pop() if others else UNREADABLE


def short_label(cell: str) -> str:
    """The label as delivered, when it can only be a label: short and without a digit."""
    # One of the marks that nobody sees turns the text after it around on a page.
    seen = visible(cell)
    is_short = len(seen) <= LONGEST_CODE_LABEL
    if cell == UNREADABLE or not is_short or DIGIT.search(seen):
        return ""
    return seen


def unknown_words(delivery: Delivery, edition: Edition) -> pd.DataFrame:
    """List the words that nobody gave a meaning: short ones, without a digit.

    One row per field and word, the most frequent first: `field`, `word`, `rows`.
    """
    vocabulary = edition.vocabulary
    several = edition.evaluatie.meer_onderwerpen
    words = meanings_of(edition, delivery.senders)
    # Of one sender it is known which gemeente it is, whatever a column says.
    is_joint = len(delivery.senders) > 1
    fields = ("gemeente", *WORD_FIELDS) if is_joint else WORD_FIELDS

    unknown: list[tuple[str, str, int]] = []
    for field in fields:
        if field not in delivery.rows:
            continue
        labels = map_cells(delivery.rows[field], short_label)
        most_first = sorted(Counter(labels).items(), key=_most_first)
        for label, rows in most_first:
            code = code_of(field, label, words[field], several)
            is_name = field == "gemeente" and vocabulary.gemeente_of(label) != ""
            if code == UNREADABLE and not is_name:
                unknown.append((field, label, rows))
    return pd.DataFrame(unknown, columns=["field", "word", "rows"])


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    label, rows = counted
    return -rows, label
