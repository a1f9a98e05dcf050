"""Everything that was delivered, as text: each cell of each file, whatever its column is called.

Opened as `read` opens it, by content: a cell that one of them does not see could be printed and not
searched for. That is all they share: the audit does not rely on any header having been recognised.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mma_analysis.days import day_of
from mma_analysis.read.grids import TEXTS, WORKBOOKS, open_all
from mma_analysis.settings import OPEN_ELSEWHERE, PRESENTATION, Edition
from mma_analysis.storage import files_below
from mma_analysis.vocabulary import UNKNOWN, DataError, Vocabulary, plain
from mma_analysis.vocabulary.schema import DATES

FEWEST_HEADINGS = 3
LONGEST_HEADING = 5  # words; the questions of a survey are longer, and in the code book

# A day as the number that a spreadsheet program keeps of it (1982 to 2064), or its eight digits.
SERIAL = re.compile(r"[3-5]\d{4}(?:[.,]\d+)?")
EIGHT_DIGITS = (re.compile(r"(\d{4})(\d\d)(\d\d)"), re.compile(r"(\d\d)(\d\d)(\d{4})"))
YEARS = ("19", "20")
LAST_DAY, LAST_MONTH = 31, 12


@dataclass(frozen=True)
class Delivered:
    """One cell with text in it, and where it stands; rows and columns count from 1.

    `is_head` says that it stands in the row of headings, `is_day` that it is a day in digits below
    a heading of days: `44630` is 10 March 2022, and no number of a tip.
    """

    file: str
    sheet: str
    row: int
    column: int
    words: str
    is_head: bool = False
    is_day: bool = False

    @property
    def source(self) -> str:
        """Where it stands, for a finding."""
        sheet = f", sheet '{self.sheet}'" if self.sheet else ""
        return f"{self.file}{sheet}, row {self.row}, column {self.column}"


def delivered_files(folder: Path) -> list[Path]:
    """Every table file below an edition's folder, also one that the settings do not name.

    Not the mark that a workbook is open at somebody's: there is no row in it.
    """
    below = [p for p in files_below(folder) if p.suffix.lower() in (*WORKBOOKS, *TEXTS)]
    ours = {folder / name for name in ("sjablonen", "reference", *PRESENTATION)}
    return [
        path
        for path in below
        if path.is_file()
        and ours.isdisjoint(path.parents)
        and not path.name.startswith(OPEN_ELSEWHERE)
    ]


def day_headings(edition: Edition) -> frozenset[str]:
    """The headings, plain, that mean a day: by the list of headers or by the settings."""
    rows = edition.vocabulary.reference("column_aliases")
    known = [(row["alias"], row["field"]) for row in rows]
    own = [pair for g in edition.gemeenten.values() for pair in g.kolommen.items()]
    return frozenset(plain(heading) for heading, field in [*known, *own] if field in DATES)


def delivered_cells(
    vocabulary: Vocabulary, folder: Path, of_days: frozenset[str] = frozenset()
) -> list[Delivered]:
    """Read every cell of every delivered file as text, empty ones left out.

    Digits below a heading in `of_days` may be a day. A file that cannot be opened is an error: what
    it holds could then not be searched for.
    """
    unknown = _words_for_unknown(vocabulary)
    cells = []
    for path in delivered_files(folder):
        file = path.relative_to(folder).as_posix()
        try:
            for grid in open_all(path, file):
                cells += _of_grid(file, grid.sheet, grid.rows, of_days, unknown)
        except DataError as fault:
            raise DataError(
                f"{file}: cannot be opened, so the reports cannot be searched for what is in it; "
                f"take it out of the edition's folder or ask for it again\n{fault}"
            ) from fault
    return cells


def _of_grid(
    file: str,
    sheet: str,
    grid: list[list[str]],
    of_days: frozenset[str],
    unknown: frozenset[str],
) -> Iterator[Delivered]:
    head = _row_of_headings(grid, of_days)
    dated: set[int] = set()
    for row, cells in enumerate(grid, start=1):
        # A row with a day in it is a line above the table (`Datum;3 juli 2023`), or about a tip.
        can_be_head = not any(_is_day_in_words(words) for words in cells)
        for column, words in enumerate(cells, start=1):
            if not re.search(r"\w", words):
                continue
            if plain(words) in of_days:
                dated |= {column} if can_be_head else set()
            elif _ends_days(words, unknown):
                dated.discard(column)
            is_day = column in dated and _is_day_in_digits(words)
            yield Delivered(file, sheet, row, column, words, is_head=row == head, is_day=is_day)


def _words_for_unknown(vocabulary: Vocabulary) -> frozenset[str]:
    rows = vocabulary.reference("value_aliases")
    aliases = [row["alias"] for row in rows if row["code"] == UNKNOWN]
    return frozenset(map(plain, [UNKNOWN, *aliases]))


def _ends_days(words: str, unknown: frozenset[str]) -> bool:
    """Whether no days can be expected below it: words that are no day, as of another heading."""
    is_words = any(sign.isalpha() for sign in words)
    return is_words and not _is_day_in_words(words) and plain(words) not in unknown


def _is_day_in_words(words: str) -> bool:
    return not words.strip().isdecimal() and day_of(words, "") is not None


def _is_day_in_digits(words: str) -> bool:
    if SERIAL.fullmatch(words):
        return True
    found = [match.groups() for form in EIGHT_DIGITS if (match := form.fullmatch(words))]
    return any(_is_day(*sorted(parts, key=len)) for parts in found)


def _is_day(one: str, other: str, year: str) -> bool:
    """Whether these can be a day and a month, in one of both orders."""
    low, high = sorted((int(one), int(other)))
    return year.startswith(YEARS) and 1 <= low <= LAST_MONTH and high <= LAST_DAY


def _row_of_headings(grid: list[list[str]], of_days: frozenset[str]) -> int:
    """The first row that is wide enough, when it is of a few words in each cell; else 0.

    A row about a tip has a day, a number or a sentence in it. When the next one is of a few words
    too, is wider and has a heading of days, that is it: the first was a line above the table.
    """
    wide = [(row, [words for words in cells if words]) for row, cells in enumerate(grid, start=1)]
    wide = [(row, filled) for row, filled in wide if len(filled) >= FEWEST_HEADINGS]
    found, width = 0, 0
    for row, filled in wide:
        if not _is_of_headings(filled):
            return found
        if not found or (len(filled) > width and any(plain(words) in of_days for words in filled)):
            found, width = row, len(filled)
        else:
            return found
    return found


def _is_of_headings(filled: list[str]) -> bool:
    longest = max(len(words.split()) for words in filled)
    return longest <= LONGEST_HEADING and not any(re.search(r"\d", words) for words in filled)
