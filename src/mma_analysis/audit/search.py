"""What of the deliveries may stand nowhere, and what points at a person or at how it was made.

Everything that was delivered is opened as `read` opens it, by content: a cell that one of them does
not see could be printed and not searched for. That is all they share: no header is recognised here.
"""

import hashlib
import os
import re
import socket
import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from mma_analysis.audit.document import Document, Finding, searched
from mma_analysis.audit.wording import Wording, letters_of, words_of
from mma_analysis.days import MONTHS
from mma_analysis.forms import form_texts
from mma_analysis.read.grids import TEXTS, WORKBOOKS, open_all
from mma_analysis.settings import OPEN_ELSEWHERE, PRESENTATION, Edition
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError

RUN = 4  # so many words in a row are no chance
DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([ T]\d.*)?")
LETTERS = string.ascii_letters + string.whitespace
NUMBERED = re.compile(r"(?:\b[A-Za-z]{1,3}[\W_]?)?(?:\d[\s./_-]?)+")
DIGITS_OF_A_NUMBER = 5  # of a tip, a case or a person
LETTERS_OF_A_NAME = 4
FEWEST_HEADINGS, LONGEST_HEADING = 3, 5  # cells of a row; words, for the questions are longer
BEGIN = re.compile(r"(?:^|(?<!\b\w)[.!?:;]\s+|[\"“‘(]\s*)$")  # of a sentence; not after an initial
BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)  # first digit first
Said = tuple[str, str]  # words, and the place where they stand


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
    """Read every cell of every table file below an edition's folder as text, empty ones left out.

    Also of a file that the settings do not name, but not the mark that a workbook is open at
    somebody's. A file that cannot be opened is an error: it could then not be searched for.
    """
    ours = {folder / name for name in ("sjablonen", "reference", *PRESENTATION)}
    for path in files_below(folder):
        is_table = path.suffix.lower() in (*WORKBOOKS, *TEXTS) and path.is_file()
        is_ours = path.name.startswith(OPEN_ELSEWHERE) or not ours.isdisjoint(path.parents)
        if not is_table or is_ours:
            continue
        file = path.relative_to(folder).as_posix()
        try:
            grids = list(open_all(path, file))
        except DataError as fault:
            raise DataError.of("cannot_search", file=file, fault=fault) from fault
        for grid in grids:
            head = _row_of_headings(grid.rows)
            for row, cells in enumerate(grid.rows, start=1):
                for column, words in enumerate(cells, start=1):
                    if re.search(r"\w", words):
                        yield Delivered(file, grid.sheet, row, column, words, row == head)


def _row_of_headings(grid: Sequence[Sequence[str]]) -> int:
    """The first row that is wide enough, when it is of a few words in each cell; else 0.

    A row about a tip has a day, a number or a sentence in it. When the next one is as short and
    wider, that is it: the first was a line above the table.
    """
    head, width = 0, FEWEST_HEADINGS - 1
    for row, cells in enumerate(grid, start=1):
        filled = [words for words in cells if words]
        if len(filled) < FEWEST_HEADINGS:
            continue
        is_short = all(
            len(words.split()) <= LONGEST_HEADING and not re.search(r"\d", words)
            for words in filled
        )
        if len(filled) <= width or not is_short:
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
        self._suspects: dict[tuple[str, ...], str] = {}
        self._heads: dict[str, set[str]] = {"": set()}  # gemeente → words of the heads of its files
        forms, first = set(form_texts(edition)), dict[str, str]()
        owners = {file: slug for slug, one in edition.gemeenten.items() for file in one.levering}
        for cell in delivered_cells(edition.folder):
            named = f"{cell.file} {cell.sheet} {cell.words if cell.is_head else ''}"
            self._heads.setdefault(owners.get(cell.file, ""), set()).update(words_of(named))
            if not cell.is_head and cell.words.strip() not in forms:
                first.setdefault(cell.words, cell.source)
        for words, source in first.items():
            for suspect in self._suspects_in(words):
                self._suspects.setdefault(suspect, source)
        self._first = {suspect[0] for suspect in self._suspects}
        host = socket.gethostname()
        users = (os.environ.get(name, "") for name in ("LOGNAME", "USER", "USERNAME"))
        names = {name.casefold() for name in (*users, host, host.partition(".")[0])}
        long = (name for name in names if len(name) >= LETTERS_OF_A_NAME)
        self._machine = {name for name in long if not self._words.issuperset(words_of(name))}

    def heads_for(self, owner: str) -> frozenset[str]:
        """What a gemeente may read of its own files: their names, and the words of their heads."""
        return frozenset(self._heads.get(owner, set()) | self._heads[""] if owner else ())

    def find(self, document: Document) -> Iterator[Finding]:
        """Find what was delivered, people and traces in what a file says."""
        texts = [
            *((text.words, text.place) for text in document.texts),
            *((claim.words or "", claim.place) for claim in document.typed),
            *((text, figure.place) for figure in document.figures for text in figure.strings),
        ]
        found: dict[tuple[str, str, str], list[str]] = {}
        for place, kind, words, source in (*self._delivered(texts), *self._personal(texts)):
            found.setdefault((place, kind, source), []).append(words)
        for (place, kind, source), every in found.items():
            mark = hashlib.sha256(" ".join(every).encode()).hexdigest()
            yield Finding(document.file, place, kind, source, mark)

    def _delivered(self, texts: Sequence[Said]) -> Iterator[tuple[str, str, str, str]]:
        """Words and numbers from a delivery, each with the cell that it came from.

        The texts of a page are one row of words: a run may go on in the next one.
        """
        row = [(word, place) for text, place in texts for word in words_of(text)]
        runs = (
            (place, tuple(word for word, _ in row[at : at + length]))
            for at, (first, place) in enumerate(row)
            if first in self._first
            for length in range(1, RUN + 1)
        )
        numbers = ((place, (number,)) for text, place in texts for number in numbers_in(text))
        for place, words in chain(runs, numbers):
            if words in self._suspects:
                yield place, "delivered", " ".join(words), self._suspects[words]

    def _personal(self, texts: Sequence[Said]) -> Iterator[tuple[str, str, str, str]]:
        """What points at a person, unless the settings say it; and traces of this machine."""
        for text, place in texts:
            for kind, what in _patterns_in(text):
                if what not in self._settings:
                    yield place, kind, what, ""
            if not self._machine.isdisjoint(re.findall(r"[\w.-]*\w", text.casefold())):
                yield place, "trace", "", ""

    def _suspects_in(self, text: str) -> Iterator[tuple[str, ...]]:
        """What of a cell would give a tip or an answer away, as words in a row.

        Not what the project prints itself, as the choices of a question, nor a day.
        """
        for choice in filter(None, re.split(r"[;|]", text)):
            words = words_of(choice) if any(map(str.isalpha, choice)) else ()
            is_ours = f" {' '.join(words)} " in self._lines
            if words and (self._ours.issuperset(_runs(words)) if len(words) >= RUN else is_ours):
                continue
            yield from ((number,) for number in numbers_in(choice))
            if all(word in MONTHS or word.isdigit() for word in words):
                continue
            is_text = " " in choice.strip()  # and not the name of something, however long
            if is_text and len(words) >= RUN:
                yield from (run for run in _runs(words) if self._says_something(run))
            elif is_text and len(words) > 1 and not self._words.issuperset(letters_of(choice)):
                yield words
            for match in re.finditer(
                r"[^\W\d_][\w'’-]*", choice
            ):  # names, but in a sentence the first
                begins = len(words) >= RUN and BEGIN.search(choice[: match.start()])
                for word in words_of(match[0]) if match[0][0].isupper() and not begins else ():
                    is_long = sum(map(str.isalpha, word)) >= LETTERS_OF_A_NAME
                    if is_long and word not in self._words:
                        yield (word,)

    def _says_something(self, run: Sequence[str]) -> bool:
        """Whether a run is not ours, and more than the name of a gemeente with a word beside it."""
        others = [word for word in run if word not in self._areas]
        return tuple(run) not in self._ours and len(others) > 1


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


@lru_cache(maxsize=100_000)
def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers of tips, cases or people that a text can hold, without signs and in small."""
    if sum(map(str.isdigit, text)) < DIGITS_OF_A_NUMBER:
        return ()
    tokens = [match[0] for match in NUMBERED.finditer(text)] + text.split()
    found: list[str] = []
    for token in tokens:
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
        for kind, what, pattern in searched("person", "trace", "external")
        for match in pattern.finditer(words)
        if what not in TESTS or TESTS[what](match[0])
    )


def passes_eleven_test(number: str) -> bool:
    """Whether nine digits can be a citizen service number (BSN)."""
    digits = re.sub(r"\D", "", number)
    total = sum(w * int(digit) for w, digit in zip(BSN_WEIGHTS, digits, strict=True))
    return total % 11 == 0 and digits != "0" * 9


def passes_mod97(account: str) -> bool:
    """Whether a text can be an IBAN (ISO 13616: the rest by 97 is 1)."""
    plain = re.sub(r"[\s.-]", "", account).upper()
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


TESTS = {"rekeningnummer": passes_mod97, "burgerservicenummer": passes_eleven_test}
