"""Which row of a sheet is the header, which field each column is, and what is wrong with it."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from openpyxl.utils import get_column_letter

from mma_analysis.days import DAY_FIRST, MONTH_FIRST, day_of
from mma_analysis.read.grid import Grid, belongs_to_a_melding, looks_like_a_number_of_m
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import UNKNOWN, DataError, UsageError, Vocabulary, message
from mma_analysis.vocabulary.schema import DATES, RAW_MELDINGEN, REDUCED
from mma_analysis.vocabulary.text import did_you_mean, plain, visible

# What a column can be besides a field: both are left out, free text because it may hold anything.
LEFT_OUT = ("free_text", "ignored")
TARGETS = (*RAW_MELDINGEN, *LEFT_OUT)

MOST_NAMED = 20
MOST_NEAR = 3
# How alike a header and a known one must be to be named as its nearest.
LEAST_ALIKE = 0.7
REPEATABLE = (*REDUCED, *LEFT_OUT)
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

    A column below two rows has the words of both, the upper one first. A column that is not
    recognised has an empty target; one without a header is nobody's, and is not read.
    """

    rows: tuple[int, ...]
    columns: tuple[HeaderColumn, ...]

    @property
    def row(self) -> int:
        """The lowest row: what is below it is data."""
        return self.rows[-1]

    @cached_property
    def targets(self) -> frozenset[str]:
        """What the columns are."""
        return frozenset(column.target for column in self.columns)

    @cached_property
    def indexes(self) -> list[int]:
        """Where the columns are."""
        return [column.index for column in self.columns]

    def cells(self, row: Sequence[str]) -> list[str]:
        """The cells of a row that stand below a header, in the order of the columns."""
        return [row[index] if index < len(row) else "" for index in self.indexes]


@dataclass(frozen=True)
class HeaderWords:
    """What the headers of some senders mean: plain header → field, `free_text` or `ignored`.

    `chosen` are the plain headers that the settings name, `sender` is whom an error names.
    """

    vocabulary: Vocabulary
    sender: str
    targets: dict[str, str]
    chosen: frozenset[str]

    def target(self, header: str) -> str:
        """What a column with this header is; empty when it is not recognised."""
        # The settings name a long header by its beginning, as the error that asks for it does.
        ways = (header, visible(header)[:LONGEST_HEADER], ADDITION.sub("", header))
        return next(filter(None, (self.targets.get(plain(way)) for way in ways)), "")

    def may_be_a_melding(self, row: Sequence[str]) -> bool:
        """Whether a row has one topic, a day or a number of a melding."""
        topics = self.vocabulary.words("topic")
        given = [cell for cell in row if plain(cell) in topics and not self.target(cell)]
        return len(given) == 1 or any(map(belongs_to_a_melding, row))


def header_words(edition: Edition, senders: Sequence[str]) -> HeaderWords:
    """What the headers of these senders mean: the settings first, then the alias table."""
    aliases = edition.vocabulary.reference("column_aliases")
    targets = {plain(row["alias"]): row["field"] for row in aliases}
    targets |= {plain(field): field for field in RAW_MELDINGEN}
    chosen: dict[str, str] = {}
    for slug in senders:
        for header, target in edition.gemeente(slug).kolommen.items():
            if target not in TARGETS:
                near = did_you_mean(target, TARGETS)
                words = {"settings": SETTINGS_FILE, "slug": slug, "header": header}
                raise UsageError.of("not_a_field", **words, target=target, near=near)
            chosen[plain(header)] = target
    return HeaderWords(edition.vocabulary, senders[0], targets | chosen, frozenset(chosen))


def find_header(words: HeaderWords, grid: Grid) -> Header | None:
    """The row that names the most different things, among the first rows; None when none does.

    A header names at least two things of which one is a field. Two rows are a header when together
    they name more than one of them does: `Afhandeling` above `Status` and `Datum`. Never a row with
    a day, the number of a melding or one topic: a melding must not be shown as a header. Nor where
    the first column names more than the row: then each melding is a column.
    """
    best, most = None, 1
    rows = grid.rows[:ROWS_TO_SEARCH]
    data = [words.may_be_a_melding(row) for row in rows]
    for at, row in enumerate(rows):
        if not any(row) or data[at]:
            continue
        # On equal terms one row goes first.
        headers = [_header((at,), ((text, words.target(text)) for text in row))]
        numbers = any(cell.replace(".", "").isdecimal() for cell in row)
        if at and any(rows[at - 1]) and not data[at - 1] and not numbers:
            headers.append(_header((at - 1, at), _of_two_rows(words, rows[at - 1], row)))
        for header in headers:
            named = header.targets - {""}
            if len(named) > most and named - set(LEFT_OUT):
                best, most = header, len(named)
    if best and "" in best.targets:
        below = grid.rows[best.row : best.row + ROWS_TO_SEARCH]
        if len({words.target(row[0]) for row in below if row} - {""}) > most:
            return None
    return best


def _header(rows: tuple[int, ...], named: Iterable[tuple[str, str]]) -> Header:
    columns = (HeaderColumn(i, visible(text), target) for i, (text, target) in enumerate(named))
    return Header(rows, tuple(column for column in columns if plain(column.header)))


def _of_two_rows(
    words: HeaderWords, upper: Sequence[str], lower: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Text and target per column; a cell of the upper row reaches over the empty ones after it.

    `Datum` alone means the day of receipt, but not below a word that says which day it is.
    """
    above = ""
    for over, text in zip_longest(upper, lower, fillvalue=""):
        above = over or above
        both = f"{above} {text}".strip() if text else over
        alone = "" if above and plain(text) in SAYS_NO_WHICH else words.target(text)
        yield both, words.target(both) or (text and words.target(f"{text} {above}")) or alone


def second_header(words: HeaderWords, grid: Grid, header: Header) -> int:
    """Row number of a header of another table below this one, with other columns; else of no row.

    The same header again, as on every page of a print, is none.
    """
    received = next((c.index for c in header.columns if c.target == "received_on"), None)
    same = {(column.index, column.target) for column in header.columns}
    names = [grid.rows[at] for at in header.rows]
    for at, row in enumerate(grid.rows[header.row + 1 :], start=header.row + 2):
        day = row[received] if received is not None and received < len(row) else ""
        if not day or any(map(str.isdecimal, day)) or row in names:
            continue
        named = {(i, target) for i, text in enumerate(row) if (target := words.target(text))}
        if not named <= same and "received_on" in {target for _, target in named}:
            return at
    return len(grid.rows)


def with_best_topic(
    words: HeaderWords, grid: Grid, header: Header, place: str
) -> tuple[Header, list[str]]:
    """The header with one column as topic: the one that names the most different topics.

    `Thema` may say the same in each row beside a `Subthema` with the topic. Other columns are then
    ignored, which the second result says. Headers that the settings name stand.
    """
    codes_of = words.vocabulary.words("topic")
    topics: dict[HeaderColumn, set[str]] = {}
    candidates = [column for column in header.columns if column.target in ("topic", "ignored")]
    for column in candidates if len(candidates) > 1 else ():
        cells = Counter(_below(grid, header, column))
        codes = {cell: codes_of.get(plain(cell), "") for cell in cells}
        with_code = sum(cells[cell] for cell, code in codes.items() if code)
        if column.target == "topic" or 2 * with_code > cells.total():
            topics[column] = {*codes.values()} - {"", UNKNOWN}
    most = max(map(len, topics.values()), default=0)
    best = [column for column, codes in topics.items() if len(codes) == most]
    others = [column for column in topics if column != best[0]]
    if not others or len(best) > 1 or any(plain(c.header) in words.chosen for c in topics):
        return header, []
    targets = {best[0]: "topic"} | dict.fromkeys(others, "ignored")
    columns = tuple(replace(c, target=targets.get(c, c.target)) for c in header.columns)
    return replace(header, columns=columns), [
        message("note_other_topic", place=place, other=c.header, header=best[0].header)
        for c in others
    ]


def _below(grid: Grid, header: Header, column: HeaderColumn) -> list[str]:
    """What is filled in below a header."""
    rows = (row for row in grid.rows[header.row + 1 :] if column.index < len(row))
    return [row[column.index] for row in rows if row[column.index]]


# --- what is wrong with the headers, and the lines to paste in the settings ----------------------


def check_header(words: HeaderWords, grid: Grid, header: Header, place: str) -> None:
    """Every column is recognised, none is there twice, and one says when the melding was received.

    A reduced field may have several columns. The error has the line to paste in the settings.
    """
    block = message("block", settings=SETTINGS_FILE, slug=words.sender, part="kolommen")
    has_day = "received_on" in header.targets
    if unknown := [column.header for column in header.columns if not column.target]:
        lines = list(suggested_lines(words, grid, header).values())[:MOST_NAMED]
        headers = _some(unknown) if has_day else message("no_day_yet", headers=_some(unknown))
        advice = {"block": block, "lines": "\n".join(lines), "targets": ", ".join(TARGETS)}
        raise DataError.of("unknown_header", place=place, headers=headers, **advice)
    first: dict[str, HeaderColumn] = {}
    for other in header.columns:
        one = first.setdefault(other.target, other)
        if one is other or other.target in REPEATABLE:
            continue
        if plain(one.header) == plain(other.header):
            both = [get_column_letter(column.index + 1) for column in (one, other)]
            where = {"header": one.header, "one": both[0], "other": both[1]}
            raise DataError.of("same_header", place=place, **where)
        line = _toml_line(other.header, "ignored")
        where = {"field": one.target, "one": one.header, "other": other.header}
        raise DataError.of("same_field", place=place, **where, block=block, line=line)
    if not has_day:
        columns = _some([column.header for column in header.columns])
        raise DataError.of("no_day", place=place, columns=columns, block=block)


def _some(headers: list[str]) -> str:
    named = ", ".join(f"'{text[:LONGEST_HEADER]}'" for text in headers[:MOST_NAMED])
    more = len(headers) - MOST_NAMED
    return message("and_more", named=named, number=more) if more > 0 else named


def suggested_lines(words: HeaderWords, grid: Grid, header: Header) -> dict[str, str]:
    """Header that is not recognised → a TOML line for it.

    It is ready to paste only when its cells bear it out: a header like that of a day above days,
    numbers of meldingen while no column has them. Any other line is a comment with what it may be.
    """
    unknown = {c.header[:LONGEST_HEADER]: c for c in header.columns if not c.target}
    taken = set(header.targets)
    lines: dict[str, str] = {}
    for text, column in unknown.items():
        alike = difflib.get_close_matches(plain(text), words.targets, n=8, cutoff=LEAST_ALIKE)
        near = list(dict.fromkeys(words.targets[name] for name in alike))[:MOST_NEAR]
        free = [field for field in near if field not in taken or field in REPEATABLE]
        # What nobody reads falsifies nothing, also when somebody takes the line as it is.
        why, fields, proved = "", [*LEFT_OUT, *free], []
        below = _below(grid, header, column)
        numbers = sum(map(looks_like_a_number_of_m, below))
        in_any_order = (day_of(cell, DAY_FIRST) or day_of(cell, MONTH_FIRST) for cell in below)
        if 2 * sum(day is not None for day in in_any_order) > len(below):
            days = [day for day in DATES if day not in taken]
            proved = [field for field in free if field in DATES]
            why, fields = "holds_days", [*proved, *days, "ignored"]
        elif "melding_id" not in taken and 2 * numbers > len(below):
            why, fields, proved = "holds_numbers", ["melding_id", "ignored"], ["melding_id"]
        notes = [_toml_line(text, fields[0]), *([message(why)] if why else [])]
        if len(proved) == 1:
            taken |= {*proved}
        else:
            notes[0] = f"# {notes[0]}"
            notes.append(message("choose_from", fields=", ".join(dict.fromkeys(fields))))
        lines[text] = "  ".join(notes)
    return lines


def _toml_line(header: str, target: str) -> str:
    # A JSON string is a TOML string: quotes and line breaks in a header are escaped the same way.
    return f'{json.dumps(header[:LONGEST_HEADER], ensure_ascii=False)} = "{target}"'
