"""Where words of a delivery or an answer stand in a finished file."""

from collections.abc import Iterator, Sequence

from mma_analysis.audit.collecting import Document
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.searching.known import RUN, words_of
from mma_analysis.audit.searching.suspects import Suspects, numbers_in


def find_words(document: Document, suspects: Suspects) -> Iterator[Finding]:
    """Find what was delivered in a file: in its sentences, and in what only a program reads.

    The sentences are searched as one row of words, so that a run that goes on in the next cell,
    paragraph or element is found as well.
    """
    read = [(text.place, words_of(text.words)) for text in document.texts if text.is_read]
    if _has_any([word for _, words in read for word in words], suspects):
        yield from _in_row(document.file, read, suspects)
    # Most texts are on a page many times, as attributes are.
    different = {text.words for text in document.texts}
    unread = {text.words for text in document.texts if not text.is_read}
    unread = {words for words in unread if _has_any(words_of(words), suspects)}
    numbered = {
        words: found
        for words in different
        if (found := suspects.numbers.keys() & numbers_in(words))
    }
    for text in document.texts if unread or numbered else ():
        if text.words in unread and not text.is_read:
            row = [(text.place, words_of(text.words))]
            yield from _in_row(document.file, row, suspects)
        for number in sorted(numbered.get(text.words, ())):
            yield Finding(document.file, text.place, "number", suspects.numbers[number])


def _has_any(words: Sequence[str], suspects: Suspects) -> bool:
    """Whether a closer look can find something: most texts have nothing, and there are many."""
    runs = (zip(*(words[at:] for at in range(length)), strict=False) for length in range(2, RUN + 1))
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
