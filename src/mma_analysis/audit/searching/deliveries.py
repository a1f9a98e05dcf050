"""Everything that was delivered, as text: each cell of each file, whatever its column is called.

Opened apart from `read`: the audit does not rely on any header having been recognised.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from mma_analysis.domain import MmaError

BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TABLES = (".csv", ".tsv", ".txt")
FEWEST_HEADINGS = 3
LONGEST_HEADING = 5  # words; the questions of a survey are longer, and in the code book


@dataclass(frozen=True)
class Delivered:
    """One cell with text in it, and where it stands; rows and columns count from 1.

    `is_head` says that it stands in the row of headings.
    """

    file: str
    sheet: str
    row: int
    column: int
    words: str
    is_head: bool = False

    @property
    def source(self) -> str:
        """Where it stands, for a finding."""
        sheet = f", sheet '{self.sheet}'" if self.sheet else ""
        return f"{self.file}{sheet}, row {self.row}, column {self.column}"


def delivered_files(folder: Path) -> list[Path]:
    """Every table file below an edition's folder, also one that the settings do not name."""
    below = sorted(path for path in folder.rglob("*") if path.is_file())
    ours = {folder / "sjablonen", folder / "reference"}
    return [
        p for p in below if p.suffix.lower() in (*BOOKS, *TABLES) and ours.isdisjoint(p.parents)
    ]


def delivered_cells(folder: Path) -> list[Delivered]:
    """Read every cell of every delivered file as text, empty ones left out.

    Raises
    ------
    MmaError
        When a file cannot be opened: what it holds could then not be searched for.
    """
    cells = []
    for path in delivered_files(folder):
        file = path.relative_to(folder).as_posix()
        try:
            cells += _of_book(path, file) if path.suffix.lower() in BOOKS else _of_text(path, file)
        except (CalamineError, csv.Error) as error:
            raise MmaError(
                f"{file}: cannot be opened, so the reports cannot be searched for what is in it; "
                "take it out of the edition's folder or ask for it again"
            ) from error
    return cells


def _of_book(path: Path, file: str) -> Iterator[Delivered]:
    book = CalamineWorkbook.from_path(path)
    for sheet in book.sheet_names:
        grid = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        yield from _of_grid(file, sheet, [[_as_text(value) for value in row] for row in grid])


def _of_text(path: Path, file: str) -> Iterator[Delivered]:
    text = _decoded(path.read_bytes())
    first = text.partition("\n")[0]
    separator = max(";\t,|", key=first.count)
    csv.field_size_limit(10_000_000)
    yield from _of_grid(file, "", list(csv.reader(text.splitlines(True), delimiter=separator)))


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _of_grid(file: str, sheet: str, grid: list[list[str]]) -> Iterator[Delivered]:
    head = _row_of_headings(grid)
    for row, cells in enumerate(grid, start=1):
        for column, words in enumerate(cells, start=1):
            if re.search(r"\w", words):
                yield Delivered(file, sheet, row, column, words, is_head=row == head)


def _row_of_headings(grid: list[list[str]]) -> int:
    """The first row that is wide enough, when it is of a few words in each cell; else 0.

    A row about a tip has a day, a number or a sentence in it.
    """
    for row, cells in enumerate(grid, start=1):
        filled = [words for words in cells if words.strip()]
        if len(filled) >= FEWEST_HEADINGS:
            is_head = not any(re.search(r"\d", words) for words in filled)
            longest = max(len(words.split()) for words in filled)
            return row if is_head and longest <= LONGEST_HEADING else 0
    return 0


def _as_text(value: object) -> str:
    """A cell as text; a whole number without its `.0`."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
