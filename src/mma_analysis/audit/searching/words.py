"""Where words of a delivery or an answer stand in a finished file."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mma_analysis.audit.collecting.documents import Document
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.returns import is_return
from mma_analysis.audit.searching.known import RUN, words_of
from mma_analysis.audit.searching.suspects import DIGITS_ALONE, Suspects, numbers_in

BODY = " part word/document.xml"
GROUPS = re.compile(r"\d[\d\s.,/-]*\d")


def find_words(document: Document, suspects: Suspects) -> Iterator[Finding]:
    """Find what was delivered in a file: in its sentences, and in what only a program reads.

    The sentences are searched as one row of words, so that a run that goes on in the next cell,
    paragraph or element is found as well.
    """
    read = [(text.place, words_of(text.words)) for text in document.texts if text.is_read]
    if _has_any([word for _, words in read for word in words], suspects):
        yield from _in_row(document.file, read, suspects)
    unread = {text.words for text in document.texts if not text.is_read}
    unread = {words for words in unread if _has_any(words_of(words), suspects)}
    for text in document.texts if unread else ():
        if text.words in unread and not text.is_read:
            row = [(text.place, words_of(text.words))]
            yield from _in_row(document.file, row, suspects)
    for text, number in document.found(lambda words: _numbers(words, suspects)):
        if is_return(document.file) and text.place.endswith(BODY):  # each is that of its row
            continue
        yield Finding(document.file, text.place, "number", suspects.numbers[number])


def _numbers(text: str, suspects: Suspects) -> list[str]:
    return sorted(suspects.numbers.keys() & {*numbers_in(text), *_parted(text)})


def holds_any(text: str, suspects: Suspects) -> bool:
    """Whether a text holds anything that was delivered and may not be said."""
    return not suspects.numbers.keys().isdisjoint(numbers_in(text)) or _has_any(
        words_of(text), suspects
    )


@lru_cache(maxsize=100_000)
def _parted(text: str) -> tuple[str, ...]:
    """Numbers of which the digits stand in groups, as one; also from within a longer one."""
    found = [re.sub(r"\D", "", match[0]) for match in GROUPS.finditer(text)]
    return tuple(number for number in found if len(number) >= DIGITS_ALONE)


def _has_any(words: Sequence[str], suspects: Suspects) -> bool:
    """Whether a closer look can find something: most texts have nothing, and there are many."""
    runs = (
        zip(*(words[at:] for at in range(length)), strict=False) for length in range(2, RUN + 1)
    )
    return not (
        suspects.names.keys().isdisjoint(words)
        and all(suspects.runs.keys().isdisjoint(run) for run in runs)
    )


def _in_row(
    file: str, pieces: Sequence[tuple[str, Sequence[str]]], suspects: Suspects
) -> Iterator[Finding]:
    row = [(word, place) for place, words in pieces for word in words]
    words = [word for word, _ in row]
    for start, (word, place) in enumerate(row):
        if word in suspects.names:
            yield Finding(file, place, "name", suspects.names[word])
        for length in range(2, RUN + 1):
            run = tuple(words[start : start + length])
            if run in suspects.runs:
                yield Finding(file, place, "run", suspects.runs[run])
