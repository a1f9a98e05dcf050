"""What of the deliveries may stand nowhere, and what points at a person or at how it was made.

Everything that was delivered is opened as `read` opens it, by content: a cell that one of them does
not see could be printed and not searched for. That is all they share: no header is recognised here.
"""

import os
import re
import socket
import string
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from mma_analysis.audit.document import Document, Text
from mma_analysis.audit.findings import Finding, marked
from mma_analysis.audit.wording import Wording, letters_of, settings_texts, words_of
from mma_analysis.days import MONTHS
from mma_analysis.forms import form_texts
from mma_analysis.read.grids import TEXTS, WORKBOOKS, open_all
from mma_analysis.settings import OPEN_ELSEWHERE, PRESENTATION, Edition
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.reference import package_table

RUN = 4  # so many words in a row are no chance
DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([ T]\d.*)?")
LETTERS = string.ascii_letters + string.whitespace
NUMBERED = re.compile(r"(?:\b[A-Za-z]{1,3}[\W_]?)?(?:\d[\s./_-]?)+")
DIGITS_OF_A_NUMBER = 5  # of a tip, a case or a person
LETTERS_OF_A_NAME = 4
FEWEST_HEADINGS, LONGEST_HEADING = 3, 5  # cells of a row; words, for the questions are longer
BEGIN = re.compile(r"(?:^|(?<!\b\w)[.!?:;]\s+|[\"“‘(]\s*)$")  # of a sentence; not after an initial
TOKEN = r"(?<![\w.,+-])(?:{})(?![\w]|[.,-]\d)"  # not within a longer number
BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)  # first digit first


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


def delivered_files(folder: Path) -> list[Path]:
    """Every table file below an edition's folder, also one that the settings do not name.

    Not the mark that a workbook is open at somebody's: there is no row in it.
    """
    ours = {folder / name for name in ("sjablonen", "reference", *PRESENTATION)}
    return [
        path
        for path in files_below(folder)
        if path.suffix.lower() in (*WORKBOOKS, *TEXTS)
        and path.is_file()
        and ours.isdisjoint(path.parents)
        and not path.name.startswith(OPEN_ELSEWHERE)
    ]


def delivered_cells(folder: Path) -> Iterator[Delivered]:
    """Read every cell of every delivered file as text, empty ones left out.

    A file that cannot be opened is an error: what is in it could then not be searched for.
    """
    for path in delivered_files(folder):
        file = path.relative_to(folder).as_posix()
        try:
            grids = list(open_all(path, file))
        except DataError as fault:
            raise DataError(
                f"{file}: cannot be opened, so the reports cannot be searched for what is in it; "
                f"take it out of the edition's folder or ask for it again\n{fault}"
            ) from fault
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
    found, width = 0, 0
    for row, cells in enumerate(grid, start=1):
        filled = [words for words in cells if words]
        if len(filled) < FEWEST_HEADINGS:
            continue
        is_short = all(
            len(words.split()) <= LONGEST_HEADING and not re.search(r"\d", words)
            for words in filled
        )
        if not is_short or len(filled) <= width:
            return found
        found, width = row, len(filled)
    return found


class Search:
    """What may stand in no file of an edition: where each number, name and run of words is from."""

    def __init__(self, edition: Edition, wording: Wording) -> None:
        lines = [words_of(text) for text in wording.texts]
        self._ours = frozenset(run for line in lines for run in _runs(line))
        self._lines = "\n".join(f" {' '.join(line)} " for line in lines)
        self._words, self._settings = wording.known, "\n".join(settings_texts(edition))
        self._suspects: dict[tuple[str, ...], str] = {}
        self._heads: dict[str, frozenset[str]] = {}  # gemeente → words of the heads of its files
        forms, first = set(form_texts(edition)), dict[str, str]()
        owners = {file: slug for slug, one in edition.gemeenten.items() for file in one.levering}
        for cell in delivered_cells(edition.folder):
            head = cell.words if cell.is_head else ""
            seen = words_of(f"{cell.file} {cell.sheet} {head}")
            owner = owners.get(cell.file, "")
            self._heads[owner] = self._heads.get(owner, frozenset()) | {*seen}
            if not cell.is_head and cell.words.strip() not in forms:
                first.setdefault(cell.words, cell.source)
        for words, source in first.items():
            for suspect in self._of_cell(words):
                self._suspects.setdefault(suspect, source)
        self._first = {suspect[0] for suspect in self._suspects}
        self._machine = {
            name for name in _of_this_machine() if not self._words.issuperset(words_of(name))
        }

    def heads_for(self, owner: str) -> frozenset[str]:
        """What a gemeente may read of its own files: their names, and the words of their heads."""
        none: frozenset[str] = frozenset()
        return self._heads.get(owner, none) | self._heads.get("", none) if owner else none

    def find(self, document: Document) -> Iterator[Finding]:
        """Find what was delivered, people and traces in what a file says."""
        typed = [Text(c.place, c.words) for c in document.claims if c.cell.startswith("vast|")]
        drawn = [Text(figure.place, text) for figure in document.figures for text in figure.strings]
        texts = (*document.texts, *typed, *drawn)
        found: dict[tuple[str, str, str], list[str]] = {}
        for place, kind, words, source in (*self._delivered(texts), *self._personal(texts)):
            found.setdefault((place, kind, source), []).append(words)
        for (place, kind, source), every in found.items():
            yield Finding(document.file, place, kind, source, marked(" ".join(every)))

    def _delivered(self, texts: Sequence[Text]) -> Iterator[tuple[str, str, str, str]]:
        """Words and numbers from a delivery, each with the cell that it came from.

        The texts of a page are one row of words: a run may go on in the next one.
        """
        row = [(word, text.place) for text in texts for word in words_of(text.words)]
        words = [word for word, _ in row]
        for at, word in enumerate(words):
            for length in range(1, RUN + 1) if word in self._first else ():
                run = tuple(words[at : at + length])
                if run in self._suspects:
                    yield row[at][1], "delivered", " ".join(run), self._suspects[run]
        for text in texts:
            for number in numbers_in(text.words):
                if (number,) in self._suspects:
                    yield text.place, "delivered", number, self._suspects[number,]

    def _personal(self, texts: Sequence[Text]) -> Iterator[tuple[str, str, str, str]]:
        """What points at a person, unless the settings say it; and traces of this machine."""
        for text in texts:
            for kind, what in _patterns_in(text.words):
                if what not in self._settings:
                    yield text.place, kind, what, ""
            if not self._machine.isdisjoint(re.findall(r"[\w.-]*\w", text.words.casefold())):
                yield text.place, "trace", "", ""

    def _of_cell(self, text: str) -> Iterator[tuple[str, ...]]:
        """What of a cell would give a tip or an answer away, as words in a row.

        Not what the project prints itself, as the choices of a question, nor a day.
        """
        for choice in filter(None, re.split(r"[;|]", text)):
            has_letters = any(sign.isalpha() for sign in choice)
            words = words_of(choice) if has_letters else ()
            if words and self._is_ours(words):
                continue
            yield from ((number,) for number in numbers_in(choice))
            if all(map(_is_of_day, words)):
                continue
            is_text = " " in choice.strip()  # and not the name of something, however long
            if is_text and len(words) >= RUN:
                yield from (run for run in _runs(words) if run not in self._ours)
            elif is_text and len(words) > 1 and not self._words.issuperset(letters_of(choice)):
                yield words
            yield from self._names(choice, is_sentence=len(words) >= RUN)

    def _names(self, text: str, is_sentence: bool) -> Iterator[tuple[str, ...]]:
        """Words with a capital that are not ours; of a sentence not the first one."""
        for match in re.finditer(r"[^\W\d_][\w'’-]*", text):
            if match[0][0].isupper() and not (is_sentence and BEGIN.search(text[: match.start()])):
                for word in words_of(match[0]):
                    letters = sum(sign.isalpha() for sign in word)
                    if letters >= LETTERS_OF_A_NAME and word not in self._words:
                        yield (word,)

    def _is_ours(self, words: Sequence[str]) -> bool:
        if len(words) >= RUN:
            return self._ours.issuperset(_runs(words))
        return f" {' '.join(words)} " in self._lines


def _is_of_day(word: str) -> bool:
    return word in MONTHS or word.isdigit()


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])


@lru_cache(maxsize=100_000)
def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers of tips, cases or people that a text can hold, without signs and in small."""
    if sum(sign.isdigit() for sign in text) < DIGITS_OF_A_NUMBER:
        return ()
    tokens = [match[0] for match in NUMBERED.finditer(text)] + text.split()
    plain = [
        re.sub(r"[\W_]", "", token).casefold()
        for token in tokens
        if not DATE.fullmatch(token.strip(LETTERS))
    ]
    whole = {token for token in plain if _is_number(token)}
    return tuple(
        dict.fromkeys([*whole, *(token.lstrip("abcdefghijklmnopqrstuvwxyz") for token in whole)])
    )


def _is_number(token: str) -> bool:
    digits = sum(sign.isdigit() for sign in token)
    return digits >= DIGITS_OF_A_NUMBER and len(token) - digits <= 3 and token.isascii()


# --- people and traces ---------------------------------------------------------------------------


@cache
def _searched() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple(
        (row["kind"], row["what"], re.compile(TOKEN.format(p) if row["whole"] else p))
        for row in package_table("searched")
        for p in [row["pattern"]]
    )


@lru_cache(maxsize=100_000)
def _patterns_in(words: str) -> tuple[tuple[str, str], ...]:
    """What points at a person or at how it was made: the kind, and the words themselves."""
    return tuple(
        (kind, match[0])
        for kind, what, pattern in _searched()
        for match in pattern.finditer(words)
        if what not in TESTS or TESTS[what](match[0])
    )


def _of_this_machine() -> Iterable[str]:
    names = {os.environ.get(name, "") for name in ("LOGNAME", "USER", "USERNAME")}
    host = socket.gethostname()
    names |= {host, host.partition(".")[0]}
    return {name.casefold() for name in names if len(name) >= LETTERS_OF_A_NAME}


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
