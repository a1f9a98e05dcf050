"""What of deliveries may stand nowhere; what points at a person or at how it was made."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from mma_analysis.audit.document import Document, Passage
from mma_analysis.audit.wording import Wording, letters_of, plain_words
from mma_analysis.forms.workbooks import form_texts
from mma_analysis.read.grids import TEXT_ENDINGS, WORKBOOKS, open_grids
from mma_analysis.settings import BESIDE_SETTINGS, Edition
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.searched import SEARCHED

WORDS_IN_A_ROW = 4  # so many words in a row are no chance
LIKE_A_DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([ T]\d.*)?")
LONG_NUMBER = re.compile(r"\d(?:[\s./_-]?\d){4,}")  # of a tip, a case or a person
IN_A_DELIVERY = "delivered"  # the kind of what stands in a delivery too
# Kinds of what points at a person or at how a file was made.
POINTING_KINDS = ("person", "trace", "external")
PATTERNS = [(kind, form) for kind, form in SEARCHED if kind in POINTING_KINDS]


class DeliveredCell(NamedTuple):
    """A cell with words in it; rows and columns are numbered from 1."""

    file: str
    sheet: str
    row: int
    column: int
    words: str

    @property
    def source(self) -> str:
        """Where it stands, for the analyst."""
        tab = f", tabblad ‘{self.sheet}’" if self.sheet else ""
        return f"{self.file}{tab}, rij {self.row}, kolom {self.column}"


def delivered_cells(folder: Path) -> Iterator[DeliveredCell]:
    """Every cell with words in every table file below an edition's folder, named or not.

    A file that cannot be opened is an error: it could then not be searched for.
    """
    for file, path in files_below(folder).items():
        is_table = path.suffix.lower() in (*WORKBOOKS, *TEXT_ENDINGS) and path.is_file()
        is_beside = file.partition("/")[0] in ("reference", *BESIDE_SETTINGS)
        if not is_table or is_beside:
            continue
        try:
            grids = open_grids(path, file, may_be_empty=True)
        except DataError as fault:
            raise DataError.of("cannot_search", file=file, fault=fault) from fault
        for grid in grids:
            for row, cells in enumerate(grid.rows, start=1):
                for column, words in enumerate(cells, start=1):
                    if re.search(r"\w", words):
                        yield DeliveredCell(file, grid.sheet, row, column, words)


class Found(NamedTuple):
    """Where something was found, of which kind, and from where it was delivered."""

    place: str
    kind: str
    source: str = ""


class Search:
    """What may stand in no file of an edition: numbers, names and runs of words, each with
    where it is from.
    """

    def __init__(self, edition: Edition, wording: Wording) -> None:
        self._known_words = wording.words
        self._settings = "\n".join(wording.settings)
        self._known_numbers = set[str]()
        self._runs = set[str]()
        for text in wording.texts:
            self._known_numbers.update(numbers_in(text))
            self._runs.update(_runs_in(text))
        self._areas = set[str]()
        for area in edition.vocabulary.areas:
            self._areas.update(plain_words(area.name))

        # What is no chance → the first place where it was delivered.
        self._suspects: dict[str, str] = {}
        looked_at = set(form_texts(edition))
        for cell in delivered_cells(edition.folder):
            words = cell.words.strip()
            if words in looked_at:
                continue
            looked_at.add(words)
            for suspect in self._suspects_in(cell.words):
                self._suspects.setdefault(suspect, cell.source)
        self._first_words = {suspect.partition(" ")[0] for suspect in self._suspects}
        self._only_own: set[str] = set()
        if wording.only_own:
            others = wording.texts - wording.only_own
            self._only_own = tokens_of(wording.only_own) - tokens_of(others)

    def leans_on(self, document: Document) -> list[str]:
        """What a file says that is ours only as notebooks of the edition say it."""
        if not self._only_own:
            return []
        texts = [passage.text for passage in document.says]
        whole = " ".join(texts)  # a run of words may go on in the next text
        tokens = tokens_of([whole, *texts])
        return sorted(tokens & self._only_own)

    def find(self, document: Document) -> None:
        """Find what was delivered, people and traces; a place of a kind is one finding."""
        found = defaultdict[Found, list[str]](list)
        words_and_runs = self._words_in(document.says)
        others = self._numbers_and_patterns_in(document.says)
        for one, words in chain(words_and_runs, others):
            found[one].append(words)

        for one, every in found.items():
            together = " ".join(every)
            mark = hashlib.sha256(together.encode()).hexdigest()
            document.fault(one.place, one.kind, one.source, mark)

    def _numbers_and_patterns_in(
        self, says: Iterable[Passage]
    ) -> Iterator[tuple[Found, str]]:
        """Numbers that were delivered, and what points at people or at how it was made."""
        for passage in says:
            for number in numbers_in(passage.text):
                if number in self._suspects:
                    source = self._suspects[number]
                    yield Found(passage.place, IN_A_DELIVERY, source), number
            for kind, words in _patterns_in(passage.text):
                if words not in self._settings:
                    yield Found(passage.place, kind), words

    def _words_in(self, says: Iterable[Passage]) -> Iterator[tuple[Found, str]]:
        """Words and runs of words that were delivered; a run may go on in the next text."""
        words: list[str] = []
        places: list[str] = []
        for passage in says:
            of_text = plain_words(passage.text)
            words += of_text
            places += [passage.place] * len(of_text)

        for at, word in enumerate(words):
            if word not in self._first_words:
                continue
            run = " ".join(words[at : at + WORDS_IN_A_ROW])
            for suspect in (word, run):
                if suspect in self._suspects:
                    source = self._suspects[suspect]
                    yield Found(places[at], IN_A_DELIVERY, source), suspect

    def _suspects_in(self, text: str) -> Iterator[str]:
        """Of a cell its numbers, words that are in no list of ours, and runs of words."""
        for choice in re.split(r"[;|]", text):
            for number in numbers_in(choice):
                if number not in self._known_numbers:
                    yield number
            words = _words_of_letters(choice)
            for word in words:
                if word not in self._known_words:
                    yield word
            if words and " " in choice.strip():
                for run in _runs_in(choice):
                    if self._is_telling(run):
                        yield run

    def _is_telling(self, run: str) -> bool:
        """Whether a run says more than the name of a gemeente with a word beside it."""
        others = [word for word in run.split() if word not in self._areas]
        return len(others) > 1 and run not in self._runs


def _words_of_letters(text: str) -> list[str]:
    """The words of two letters or more, without a number or a mark in them."""
    alphabetic = [word for word in letters_of(text) if word.isalpha()]
    return [word for word in alphabetic if len(word) > 1]


def _runs_in(text: str) -> Iterator[str]:
    """Every `WORDS_IN_A_ROW` words in a row."""
    words = plain_words(text)
    number = len(words) - WORDS_IN_A_ROW + 1
    for start in range(number):
        yield " ".join(words[start : start + WORDS_IN_A_ROW])


def tokens_of(texts: Iterable[str]) -> set[str]:
    """All that is looked up of texts: words, runs of words, and numbers."""
    tokens = set[str]()
    for text in texts:
        tokens.update(plain_words(text))
        tokens.update(_runs_in(text))
        tokens.update(numbers_in(text))
    return tokens


@lru_cache(maxsize=100_000)
def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers of tips, cases or people that a text can hold, in digits; no days."""
    found: dict[str, None] = {}
    for part in (text, *text.split()):
        for number in LONG_NUMBER.findall(part):
            if not LIKE_A_DATE.fullmatch(number):
                digits = re.sub(r"\D", "", number)
                found[digits] = None
    return tuple(found)


@lru_cache(maxsize=100_000)
def _patterns_in(text: str) -> tuple[tuple[str, str], ...]:
    """What points at a person or at how it was made: the kind, and the words themselves."""
    found = []
    for kind, pattern in PATTERNS:
        found += [(kind, match[0]) for match in pattern.finditer(text)]
    return tuple(found)
