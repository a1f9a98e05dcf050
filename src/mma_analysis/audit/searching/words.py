"""Where words of a delivery or an answer stand in a finished file."""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from mma_analysis.audit.collecting import Document
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.searching.known import RUN, words_of
from mma_analysis.audit.searching.suspects import Suspects, numbers_in


def find_words(document: Document, suspects: Suspects) -> Iterator[Finding]:
    """Find what was delivered in a file: in its sentences, and in what only a program reads.

    The sentences are searched as one row of words, so that a run that goes on in the next cell,
    paragraph or element is found as well.
    """
    places = [(text.is_read, text.place, words_of(text.words)) for text in document.texts]
    read = [(place, words) for is_read, place, words in places if is_read]
    unread = [[(place, words)] for is_read, place, words in places if not is_read]
    for row in (read, *unread):
        words = list(chain.from_iterable(words for _, words in row))
        if _has_any(words, suspects):
            yield from _in_row(document.file, _placed(row), suspects)
    for text in document.texts:
        for number in numbers_in(text.words):
            if number in suspects.numbers:
                yield Finding(document.file, text.place, "number", suspects.numbers[number])


def _has_any(words: Sequence[str], suspects: Suspects) -> bool:
    """Whether a closer look can find something: most texts have nothing, and there are many."""
    return not (
        suspects.names.keys().isdisjoint(words) and suspects.begins.isdisjoint(pairwise(words))
    )


def _placed(row: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[str, str]]:
    return [(word, place) for place, words in row for word in words]


def _in_row(file: str, row: list[tuple[str, str]], suspects: Suspects) -> Iterator[Finding]:
    words = [word for word, _ in row]
    for start, (word, place) in enumerate(row):
        if word in suspects.names:
            yield Finding(file, place, "name", suspects.names[word])
        for length in range(2, RUN + 1):
            run = tuple(words[start : start + length])
            if run in suspects.runs:
                yield Finding(file, place, "run", suspects.runs[run])
