"""What headers and words of deliveries ask of a person, for every form of asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from mma_analysis import clean, read
from mma_analysis.pipeline.first_look import Looked, look
from mma_analysis.settings import Edition

EVERY_GEMEENTE = ""  # in the place of a gemeente: what holds for all of them
OF_A_WORD = ["field", "word"]


@dataclass(frozen=True)
class HeaderQuestion:
    """Which field a header is, in the block of its sender.

    It is ready when its cells prove the first of its fields, and no other file of its
    sender asked the same header in another way.
    """

    sender: str
    file: str
    asked: read.UnknownHeader
    is_ready: bool


@dataclass(frozen=True)
class WordQuestion:
    """What a word of a field means: to its sender, or to all when several files have it.

    `columns`: the headers that it stands below. `file` is empty when it is of several.
    """

    owner: str
    file: str
    columns: tuple[str, ...]
    field: str
    word: str
    rows: int
    files: int
    gemeenten: int
    codes: Mapping[str, str]


@dataclass
class Questions:
    """All that is asked, in the order of the files, and what is wrong beside it."""

    headers: list[HeaderQuestion] = field(default_factory=list)
    words: list[WordQuestion] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def questions_of(edition: Edition) -> Questions:
    """Look at every delivery, and ask what is not known: each header and word once."""
    looked = look(edition)
    faults = [*looked.faults, *looked.years, *looked.answers_to_nothing(edition)]
    questions = Questions(faults=faults)
    for file in looked.headers:
        _ask_headers(questions, looked, edition, file)
    _ask_words(questions, looked, edition)
    return questions


def _ask_headers(questions: Questions, looked: Looked, edition: Edition, file: str) -> None:
    """Add the headers of a file that its sender was not asked in the same words already."""
    sender = edition.deliveries()[file][0]
    before = [one for one in questions.headers if one.sender == sender]
    lines = [one.asked.line for one in before]
    ready = [one.asked.header for one in before if one.is_ready]
    for asked in looked.headers[file].headers.values():
        if asked.line in lines:
            continue
        # What stands there for another file of the same gemeente counts for this one too: a
        # header that would become something else here is for a person to decide.
        is_ready = asked.is_proved and asked.header not in ready
        questions.headers.append(HeaderQuestion(sender, file, asked, is_ready))


def _ask_words(questions: Questions, looked: Looked, edition: Edition) -> None:
    """Add the words of each file, and then those that several files have."""
    every: list[pd.DataFrame] = []
    for delivery in looked.readable:
        words = clean.unknown_words(delivery, edition)
        headers = [delivery.headers[field] for field in words["field"]]
        sender = delivery.senders[0]
        every.append(words.assign(file=delivery.file, sender=sender, column=headers))
    if not every:
        return

    words = pd.concat(every, ignore_index=True)
    shared = _shared(words)
    keys = pd.MultiIndex.from_frame(words[OF_A_WORD])
    is_shared = keys.isin(pd.MultiIndex.from_frame(shared[OF_A_WORD]))
    for row in words[~is_shared].to_dict("records"):
        question = WordQuestion(
            owner=row["sender"],
            file=row["file"],
            columns=(row["column"],),
            field=row["field"],
            word=row["word"],
            rows=row["rows"],
            files=1,
            gemeenten=1,
            codes=_codes(edition, row["file"], row["field"]),
        )
        questions.words.append(question)
    for row in shared.to_dict("records"):
        question = WordQuestion(
            owner=EVERY_GEMEENTE,
            file="",
            columns=tuple(dict.fromkeys(row["columns"])),
            field=row["field"],
            word=row["word"],
            rows=row["rows"],
            files=row["files"],
            gemeenten=row["gemeenten"],
            codes=edition.vocabulary.values(row["field"]),
        )
        questions.words.append(question)


def _shared(words: pd.DataFrame) -> pd.DataFrame:
    """The words that several files have: what they mean is said once, for all gemeenten.

    One row per field and word, most files first, with `rows`, `files`, `gemeenten` and
    `columns`. A name of a gemeente means something in its own file only.
    """
    may_be = words[words["field"] != "gemeente"]
    by_word = may_be.groupby(OF_A_WORD, sort=False)
    counted = by_word.agg(
        rows=("rows", "sum"),
        files=("file", "nunique"),
        gemeenten=("sender", "nunique"),
        columns=("column", list),
    )
    is_shared = counted["files"] > 1
    shared = counted[is_shared].reset_index()
    return shared.sort_values(["files", "rows"], ascending=False, kind="stable")


def _codes(edition: Edition, file: str, field: str) -> dict[str, str]:
    """Code → name of what a word can mean; of a gemeente those that sent the file."""
    if field != "gemeente":
        return edition.vocabulary.values(field)
    senders = edition.deliveries()[file]
    return {slug: edition.vocabulary.area(slug).name for slug in senders}
