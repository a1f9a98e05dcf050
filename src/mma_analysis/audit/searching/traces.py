"""Traces of how a file was made: paths, users, moments, what is left of a notebook."""

import os
import re
import socket
from collections.abc import Iterable, Iterator
from functools import lru_cache

from mma_analysis.audit.collecting.documents import Document
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.searching.known import words_of
from mma_analysis.audit.searching.suspects import Known

_PATH = re.compile(
    r"(?<![\w./<])(?:/(?:home|Users|Volumes|root|tmp|var|opt|mnt|private|srv)/[\w.-]+"
    r"|[A-Za-z]:[\\/][\w$.-]+|\\\\[\w.-]+\\[\w$.-]+|file:/)"
)
# A day at midnight is an axis of a figure; any other time is when something was done.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?!00:00(?::00)?(?!\d))\d\d:\d\d"
    r"|(?<![\d:])(?!00:00:00)\d\d:\d\d:\d\d(?![\d:])"
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} \w{3} \d{4}"
)
_NOTEBOOK = re.compile(
    r"execution_count|kernelspec|ipykernel|papermill|nbformat|Traceback \(most recent call last\)"
    r"|\bIn \[\d+\]:|\bOut\[\d+\]:|cell_type"
)
_PERSON_PROPERTIES = ("creator", "lastModifiedBy", "Manager", "Company")
# Properties that are empty or nothing in ours, whatever their words are elsewhere.
PLAIN = {"description": "", "keywords": "", "category": "", "revision": "1", "TotalTime": "0"}
PLAIN |= dict.fromkeys(("Words", "Characters", "CharactersWithSpaces", "Lines", "Paragraphs"), "0")
PLAIN |= {"Pages": "1", "HyperlinkBase": ""}
SHORTEST_NAME = 4


def find_traces(document: Document, known: Known) -> Iterator[Finding]:
    """Find what tells on which machine, by whom and when a file was made."""
    machine = [name for name in _names_of_this_machine() if not known.words.issuperset(name)]
    for text, kind in document.found(_traces_in):
        yield Finding(document.file, text.place, kind)
    for text, _ in document.found(lambda words: _named(machine, words)):
        yield Finding(document.file, text.place, "machine")
    for tag in document.tags:
        if tag.name == "!comment":
            yield Finding(document.file, tag.place, "comment")
    yield from _properties(document, known)


@lru_cache(maxsize=100_000)
def _traces_in(words: str) -> tuple[str, ...]:
    patterns = (("path", _PATH), ("moment", _MOMENT), ("notebook", _NOTEBOOK))
    return tuple(kind for kind, pattern in patterns if pattern.search(words))


@lru_cache(maxsize=100_000)
def _tokens(words: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w(?:[\w.-]*\w)?", words.casefold()))


def _named(names: Iterable[tuple[str, ...]], words: str) -> list[tuple[str, ...]]:
    """Which of these names, each a row of words, are in it."""
    line = f" {' '.join(_tokens(words))} "
    return [name for name in names if f" {' '.join(name)} " in line]


def _names_of_this_machine() -> set[tuple[str, ...]]:
    users = {os.environ.get(name, "") for name in ("LOGNAME", "USER", "USERNAME")}
    host = socket.gethostname()
    names = {*users, host, host.partition(".")[0]}
    return {_tokens(name) for name in names if len(name) >= SHORTEST_NAME}


def _properties(document: Document, known: Known) -> Iterator[Finding]:
    """Office files keep who made them; only a name that the project prints itself may stand."""
    for text in document.texts:
        what, _, part = text.place.partition(" in part ")
        is_who = what in _PERSON_PROPERTIES and not known.holds(words_of(text.words))
        if part.startswith("docProps/") and (is_who or text.words != PLAIN.get(what, text.words)):
            yield Finding(document.file, text.place, "property")
