"""What of the deliveries may stand nowhere, and what points at a person or at how it was made.

Everything that was delivered is opened as `read` opens it, by content: a cell that one of them does
not see could be printed and not searched for. That is all they share: no header is recognised here.
"""

import hashlib
import re
import string
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from mma_analysis.audit.document import Document, Finding
from mma_analysis.audit.wording import Wording, letters_of, searched, words_of
from mma_analysis.days import MONTHS
from mma_analysis.forms import form_texts
from mma_analysis.read.grids import TEXTS, WORKBOOKS, open_grids
from mma_analysis.settings import OPEN_ELSEWHERE, PRESENTATION, Edition
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError

RUN = 4  # so many words in a row are no chance
DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([ T]\d.*)?")
LETTERS = string.ascii_letters + string.whitespace
NUMBERED = re.compile(r"(?:\b[A-Za-z]{1,3}[\W_]?)?(?:\d[\s./_-]?)+")
NAMED = re.compile(r"[^\W\d_][\w'’-]*")
DIGITS_OF_A_NUMBER = 5  # of a tip, a case or a person
LETTERS_OF_A_NAME = 4
FEWEST_HEADINGS, LONGEST_HEADING = 3, 5  # cells of a row; words, for the questions are longer
BEGIN = re.compile(r"(?:^|(?<!\b\w)[.!?:;]\s+|[\"“‘(]\s*)$")  # of a sentence; not after an initial


class Delivered(NamedTuple):
    """One cell with words in it, and where it stands; rows and columns count from 1."""

    file: str
    sheet: str
    row: int
    column: int
    words: str
    is_head: bool = False

    @property
    def source(self) -> str:
        """Where it stands, for a finding."""
        sheet = f", tabblad ‘{self.sheet}’" if self.sheet else ""
        return f"{self.file}{sheet}, rij {self.row}, kolom {self.column}"


def delivered_cells(folder: Path) -> Iterator[Delivered]:
    """Every cell with words in every table file below an edition's folder, named or not.

    A file that cannot be opened is an error: it could then not be searched for.
    """
    ours = {folder / name for name in ("sjablonen", "reference", *PRESENTATION)}
    for path in files_below(folder):
        is_table = path.suffix.lower() in (*WORKBOOKS, *TEXTS) and path.is_file()
        is_ours = path.name.startswith(OPEN_ELSEWHERE) or not ours.isdisjoint(path.parents)
        if not is_table or is_ours:
            continue
        file = path.relative_to(folder).as_posix()
        try:
            grids = open_grids(path, file, may_be_empty=True)
        except DataError as fault:
            raise DataError.of("cannot_search", file=file, fault=fault) from fault
        for grid in grids:
            head = _row_of_headings(grid.rows)
            for row, cells in enumerate(grid.rows, start=1):
                for column, words in enumerate(cells, start=1):
                    if re.search(r"\w", words):
                        yield Delivered(file, grid.sheet, row, column, words, row == head)


def _row_of_headings(grid: Sequence[Sequence[str]]) -> int:
    """The first row of a few words in each cell, or a wider one right below it; else 0.

    A row about a tip has a day, a number or a sentence in it.
    """
    head, width = 0, FEWEST_HEADINGS - 1
    for row, cells in enumerate(grid, start=1):
        filled = [words for words in cells if words]
        if len(filled) < FEWEST_HEADINGS:
            continue
        is_long = any(re.search(r"\d", t) or len(t.split()) > LONGEST_HEADING for t in filled)
        if len(filled) <= width or is_long:
            break
        head, width = row, len(filled)
    return head


class Search:
    """What may stand in no file of an edition: where each number, name and run of words is from."""

    def __init__(self, edition: Edition, wording: Wording) -> None:
        lines = [words_of(text) for text in wording.texts]
        self._ours = frozenset(run for line in lines for run in _runs(line))
        self._lines = "\n".join(f" {' '.join(line)} " for line in lines)
        self._areas = {w for area in edition.vocabulary.areas for w in words_of(area.name)}
        self._words, self._settings = wording.known, "\n".join(wording.settings)
        self._heads = defaultdict[str, set[str]](set)  # gemeente → words of the heads of its files
        forms, first = set(form_texts(edition)), dict[str, str]()
        owners = {file: slug for slug, one in edition.gemeenten.items() for file in one.levering}
        for cell in delivered_cells(edition.folder):
            named = f"{cell.file} {cell.sheet} {cell.words if cell.is_head else ''}"
            self._heads[owners.get(cell.file, "")].update(words_of(named))
            if not cell.is_head and cell.words.strip() not in forms:
                first.setdefault(cell.words, cell.source)
        # What is no chance → the first place where it was delivered.
        self._suspects: dict[tuple[str, ...], str] = {}
        for words, source in first.items():
            for suspect in self._suspects_in(words):
                self._suspects.setdefault(suspect, source)
        self._first = {suspect[0] for suspect in self._suspects}

    def heads_for(self, owner: str) -> frozenset[str]:
        """What a gemeente may read of its own files: their names, and the words of their heads."""
        return frozenset(self._heads[owner] | self._heads[""] if owner else ())

    def find(self, document: Document) -> Iterator[Finding]:
        """Find what was delivered, people and traces; a run of words may go on in the next text."""
        texts = [(one.place, one.text) for one in document.says]
        found = defaultdict[tuple[str, str, str], list[str]](list)  # place, kind, source → what
        row = [(word, place) for place, text in texts for word in words_of(text)]
        for at in [at for at, (word, _) in enumerate(row) if word in self._first]:
            for end in range(at + 1, at + 1 + RUN):
                words = tuple(word for word, _ in row[at:end])
                if source := self._suspects.get(words):
                    found[row[at][1], "delivered", source].append(" ".join(words))
        for place, text in texts:
            for number in numbers_in(text):
                if source := self._suspects.get((number,)):
                    found[place, "delivered", source].append(number)
            for kind, what in _patterns_in(text):
                if what not in self._settings:
                    found[place, kind, ""].append(what)
        for (place, kind, source), every in found.items():
            mark = hashlib.sha256(" ".join(every).encode()).hexdigest()
            yield Finding(document.file, place, kind, source, mark)

    def _suspects_in(self, text: str) -> Iterator[tuple[str, ...]]:
        """What of a cell would give a tip or an answer away; not what we print ourselves."""
        for choice in filter(None, re.split(r"[;|]", text)):
            words = words_of(choice) if any(map(str.isalpha, choice)) else ()
            is_long, is_text = len(words) >= RUN, " " in choice.strip()
            is_ours = f" {' '.join(words)} " in self._lines
            if words and (self._ours.issuperset(_runs(words)) if is_long else is_ours):
                continue
            yield from ((number,) for number in numbers_in(choice))
            if all(word in MONTHS or word.isdigit() for word in words):
                continue
            if is_long and is_text:  # and not the name of something, however long
                yield from filter(self._says_something, _runs(words))
            elif is_text and len(words) > 1 and not self._words.issuperset(letters_of(choice)):
                yield words
            # Words with a capital that are not ours; in a sentence not the first.
            for match in NAMED.finditer(choice):
                begins = is_long and BEGIN.search(choice[: match.start()])
                for word in words_of(match[0]) if match[0][0].isupper() and not begins else ():
                    is_name = sum(map(str.isalpha, word)) >= LETTERS_OF_A_NAME
                    if is_name and word not in self._words:
                        yield (word,)

    def _says_something(self, run: tuple[str, ...]) -> bool:
        """Whether a run is not ours, and more than the name of a gemeente with a word beside it."""
        return run not in self._ours and sum(word not in self._areas for word in run) > 1


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


@lru_cache(maxsize=100_000)
def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers of tips, cases or people that a text can hold, without signs and in small."""
    if sum(map(str.isdigit, text)) < DIGITS_OF_A_NUMBER:
        return ()
    found: list[str] = []
    for token in (*(match[0] for match in NUMBERED.finditer(text)), *text.split()):
        plain = re.sub(r"[\W_]", "", token).casefold()
        digits = sum(map(str.isdigit, plain))
        is_number = plain.isascii() and digits >= DIGITS_OF_A_NUMBER and len(plain) - digits <= 3
        if is_number and not DATE.fullmatch(token.strip(LETTERS)):
            found += [plain, plain.lstrip(string.ascii_lowercase)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=100_000)
def _patterns_in(words: str) -> tuple[tuple[str, str], ...]:
    """What points at a person or at how it was made: the kind, and the words themselves."""
    return tuple(
        (kind, match[0])
        for kind, pattern in searched("person", "trace", "external")
        for match in pattern.finditer(words)
    )
