"""What of the deliveries may stand nowhere, and what points at a person or at how it was made."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from mma_analysis.audit.document import Document
from mma_analysis.audit.wording import SEARCHED, Wording, letters_of, words_of
from mma_analysis.forms import form_texts
from mma_analysis.read.grids import TEXTS, WORKBOOKS, open_grids
from mma_analysis.settings import BESIDE, Edition
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError

RUN = 4  # so many words in a row are no chance
DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([ T]\d.*)?")
NUMBERED = re.compile(r"\d(?:[\s./_-]?\d){4,}")  # of a tip, a case or a person


def delivered_cells(folder: Path) -> Iterator[tuple[str, str, int, int, str]]:
    """Every cell with words in every table file below an edition's folder, named or not.

    Of each its file, sheet, row and column from 1, and its words. A file that cannot be opened is
    an error: it could then not be searched for.
    """
    for file, path in files_below(folder).items():
        is_table = path.suffix.lower() in (*WORKBOOKS, *TEXTS) and path.is_file()
        if not is_table or file.partition("/")[0] in ("reference", *BESIDE):
            continue
        try:
            grids = open_grids(path, file, may_be_empty=True)
        except DataError as fault:
            raise DataError.of("cannot_search", file=file, fault=fault) from fault
        for grid in grids:
            for row, cells in enumerate(grid.rows, start=1):
                for column, words in enumerate(cells, start=1):
                    if re.search(r"\w", words):
                        yield file, grid.sheet, row, column, words


class Search:
    """What may stand in no file of an edition: where each number, name and run of words is from."""

    def __init__(self, edition: Edition, wording: Wording) -> None:
        self._ours = {run for text in wording.texts for run in _runs(text)}
        self._numbers = {number for text in wording.texts for number in numbers_in(text)}
        self._areas = {w for area in edition.vocabulary.areas for w in words_of(area.name)}
        self._words, self._settings = wording.words, "\n".join(wording.settings)
        # What is no chance → the first place where it was delivered.
        self._suspects: dict[str, str] = {}
        looked_at = set(form_texts(edition))
        for file, sheet, row, column, words in delivered_cells(edition.folder):
            if words.strip() not in looked_at:
                looked_at.add(words.strip())
                tab = f", tabblad ‘{sheet}’" if sheet else ""
                source = f"{file}{tab}, rij {row}, kolom {column}"
                for suspect in self._suspects_in(words):
                    self._suspects.setdefault(suspect, source)
        self._first = {suspect.partition(" ")[0] for suspect in self._suspects}

    def find(self, document: Document) -> None:
        """Find what was delivered, people and traces; a run of words may go on in the next text."""
        texts = [(one.place, one.text) for one in document.says]
        seen = defaultdict[tuple[str, str, str], list[str]](list)  # place, kind, source → what
        row = [(word, place) for place, text in texts for word in words_of(text)]
        for at, (word, place) in enumerate(row):
            run = " ".join(one for one, _ in row[at : at + RUN]) if word in self._first else ""
            for what in (word, run):
                if source := self._suspects.get(what):
                    seen[place, "delivered", source].append(what)
        for place, text in texts:
            for number in numbers_in(text):
                if source := self._suspects.get(number):
                    seen[place, "delivered", source].append(number)
            for kind, what in _patterns_in(text):
                if what not in self._settings:
                    seen[place, kind, ""].append(what)
        for (place, kind, source), every in seen.items():
            mark = hashlib.sha256(" ".join(every).encode()).hexdigest()
            document.fault(place, kind, source, mark)

    def _suspects_in(self, text: str) -> Iterator[str]:
        """The numbers of a cell, its words that are in no list of ours, and its runs of words."""
        for choice in re.split(r"[;|]", text):
            yield from (number for number in numbers_in(choice) if number not in self._numbers)
            words = [word for word in letters_of(choice) if word.isalpha() and len(word) > 1]
            yield from (word for word in words if word not in self._words)
            # A run says more than the name of a gemeente with a word beside it.
            for run in _runs(choice) if words and " " in choice.strip() else ():
                is_said = sum(word not in self._areas for word in run.split()) > 1
                yield from [run] if is_said and run not in self._ours else ()


def _runs(text: str) -> Iterator[str]:
    words = words_of(text)
    return (" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


@lru_cache(maxsize=100_000)
def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers of tips, cases or people that a text can hold, by their digits; no days."""
    numbers = (number for part in (text, *text.split()) for number in NUMBERED.findall(part))
    digits = (re.sub(r"\D", "", number) for number in numbers if not DATE.fullmatch(number))
    return tuple(dict.fromkeys(digits))


@lru_cache(maxsize=100_000)
def _patterns_in(words: str) -> tuple[tuple[str, str], ...]:
    """What points at a person or at how it was made: the kind, and the words themselves."""
    return tuple(
        (kind, match[0])
        for kind, pattern in SEARCHED
        if kind in ("person", "trace", "external")
        for match in pattern.finditer(words)
    )
