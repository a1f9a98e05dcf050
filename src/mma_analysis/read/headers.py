"""Which row of a sheet is the header, and which field each of its columns is."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from mma_analysis import domain
from mma_analysis.domain import UsageError, plain, visible
from mma_analysis.read.grid import Grid
from mma_analysis.read.words import belongs_to_a_tip, looks_like_a_date, topic_words
from mma_analysis.settings import SETTINGS_FILE, Edition

# What a column can be besides a field: both are left out, free text because it may hold anything.
LEFT_OUT = ("free_text", "ignored")
TARGETS = (*domain.RAW_MELDINGEN, *LEFT_OUT)

ROWS_TO_SEARCH = 50
LONGEST_HEADER = 60
SAYS_NO_WHICH = ("datum", "dag", "op", "nummer", "nr", "tijd", "naam")
ADDITION = re.compile(r"\(.*?\)|\bja ?/ ?nee\b|\bj/n\b", re.IGNORECASE)


@dataclass(frozen=True)
class HeaderColumn:
    """One column of a sheet: where it is, its header as delivered, and the field it is."""

    index: int
    header: str
    target: str


@dataclass(frozen=True)
class Header:
    """The header of a sheet: one row, or two (indexes in its grid), and the columns that have one.

    A column below two rows has the words of both, the upper one first.
    """

    rows: tuple[int, ...]
    columns: tuple[HeaderColumn, ...]

    @property
    def row(self) -> int:
        """The lowest row: what is below it is data."""
        return self.rows[-1]

    def has(self, target: str) -> bool:
        """Whether a column is this field."""
        return any(column.target == target for column in self.columns)


def header_targets(edition: Edition, senders: Iterable[str]) -> dict[str, str]:
    """Plain header → field, `free_text` or `ignored`: the settings first, then the alias table.

    Raises
    ------
    UsageError
        When the settings name something that a column cannot be.
    """
    targets = dict(_aliases())
    for slug in senders:
        for header, target in edition.gemeente(slug).kolommen.items():
            if target not in TARGETS:
                near = domain.did_you_mean(target, TARGETS)
                raise UsageError(
                    f"{SETTINGS_FILE}: [gemeenten.{slug}.kolommen] \"{header}\": '{target}' is not "
                    f"a field{near}"
                )
            targets[plain(header)] = target
    return targets


@domain.remembered()
def _aliases() -> dict[str, str]:
    aliases = {plain(row["alias"]): row["field"] for row in domain.reference("column_aliases")}
    return aliases | {plain(field): field for field in domain.RAW_MELDINGEN}


def find_header(grid: Grid, targets: dict[str, str]) -> Header | None:
    """The row that names the most different things, among the first rows; None when none does.

    A header names at least two things of which one is a field: a cover sheet's `Datum | 3-7-2023`
    names one, its `Nr | Toelichting` no field. Two rows are a header when together they name more
    than one of them does: `Afhandeling` above `Status` and `Datum`. Never a row with a day, the
    number of a tip or one topic: words such as `Ontvangen` and `Bevestigd` stand in tips too, and
    what is in a tip must not be told as a header that is not recognised.
    """
    best: Header | None = None
    most = 1
    for header in _candidates(grid.rows[:ROWS_TO_SEARCH], targets):
        named = {column.target for column in header.columns} - {""}
        if len(named) > most and named - set(LEFT_OUT):
            best, most = header, len(named)
    return best


def likeliest_header(grid: Grid, targets: dict[str, str]) -> Header | None:
    """The last row with several texts above the first date, in a sheet without a known header.

    Never a row that may be a melding: without dates only the first filled row is looked at.
    """
    filled = [(index, row) for index, row in enumerate(grid.rows[:ROWS_TO_SEARCH]) if any(row)]
    dated = [place for place, (_, row) in enumerate(filled) if any(map(looks_like_a_date, row))]
    above = filled[: dated[0] if dated else 1]
    several = [(index, row) for index, row in above if len([cell for cell in row if cell]) > 1]
    if not several or _may_be_a_tip(several[-1][1], targets):
        return None
    index, row = several[-1]
    return _header((index,), [(text, _target(text, targets)) for text in row])


def _candidates(rows: Sequence[Sequence[str]], targets: dict[str, str]) -> Iterator[Header]:
    """Each row as a header, then with the row above it: on equal terms one row goes first."""
    data = [_may_be_a_tip(row, targets) for row in rows]
    for index, row in enumerate(rows):
        if not any(row) or data[index]:
            continue
        one = [(text, _target(text, targets)) for text in row]
        yield _header((index,), one)
        if index and any(rows[index - 1]) and not data[index - 1] and not any(map(_is_number, row)):
            yield _header((index - 1, index), _of_two_rows(rows[index - 1], row, targets))


def _may_be_a_tip(row: Sequence[str], targets: dict[str, str]) -> bool:
    topics = [cell for cell in row if plain(cell) in topic_words() and not _target(cell, targets)]
    return len(topics) == 1 or any(map(belongs_to_a_tip, row))


def _header(rows: tuple[int, ...], named: Iterable[tuple[str, str]]) -> Header:
    """A header; a column that is not recognised has an empty target."""
    columns = (HeaderColumn(i, visible(text), target) for i, (text, target) in enumerate(named))
    # A column without a header is nobody's: what is in it may be anything, so it is not read.
    return Header(rows, tuple(column for column in columns if plain(column.header)))


def _is_number(cell: str) -> bool:
    return cell.replace(".", "").isdecimal()


def _of_two_rows(
    upper: Sequence[str], lower: Sequence[str], targets: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Text and target per column; a cell of the upper row reaches over the empty ones after it.

    `Datum` alone means the day of receipt, but not below a word that says which day it is.
    """
    above = ""
    for own, text in zip_longest(upper, lower, fillvalue=""):
        above = own or above
        if not text:
            yield own, _target(own, targets)
            continue
        both = f"{above} {text}".strip()
        target = _target(both, targets) or _target(f"{text} {above}", targets)
        alone = "" if above and plain(text) in SAYS_NO_WHICH else _target(text, targets)
        yield both, target or alone


def _target(header: str, targets: dict[str, str]) -> str:
    # The settings name a long header by its beginning, as the error that asks for it does.
    whole = targets.get(plain(header)) or targets.get(plain(visible(header)[:LONGEST_HEADER]))
    return whole or targets.get(plain(ADDITION.sub("", header)), "")


def second_header(grid: Grid, header: Header, targets: dict[str, str]) -> int | None:
    """Index of a row below the header that is a header of another table, with other columns.

    The same header again, as on every page of a print, is none.
    """
    received = next((c.index for c in header.columns if c.target == "received_on"), None)
    same = {(column.index, column.target) for column in header.columns}
    names = [_words(grid.rows[row]) for row in header.rows]
    for index, row in enumerate(grid.rows[header.row + 1 :], start=header.row + 1):
        day = row[received] if received is not None and received < len(row) else ""
        if not day or any(map(str.isdecimal, day)) or _words(row) in names:
            continue
        named = {(i, target) for i, text in enumerate(row) if (target := _target(text, targets))}
        if not named <= same and "received_on" in {target for _, target in named}:
            return index
    return None


def is_a_header(row: Sequence[str], targets: dict[str, str]) -> bool:
    """Whether a row names a day of receipt and another field, and is no tip."""
    fields = {_target(text, targets) for text in row} - {"", *LEFT_OUT}
    return len(fields) > 1 and "received_on" in fields and not any(map(belongs_to_a_tip, row))


def _words(row: Sequence[str]) -> list[str]:
    return [word for cell in row if (word := plain(cell))]
