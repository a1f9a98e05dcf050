"""Which row of a sheet is the header, which field each column is, and what is wrong with it."""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from operator import itemgetter

from openpyxl.utils import get_column_letter

from mma_analysis.days import DAY_FIRST, MONTH_FIRST, WEEK, day_of
from mma_analysis.read.grid import Grid, belongs_to_a_melding, is_number_of_m, rows_named
from mma_analysis.settings import SETTINGS_FILE, Edition, as_toml
from mma_analysis.vocabulary import UNKNOWN, DataError, UsageError, message
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import DATES, RAW_MELDINGEN, REDUCED, WORD_FIELDS
from mma_analysis.vocabulary.text import did_you_mean, plain, visible, word

# What a column can be besides a field: both are left out, free text because it may hold anything.
LEFT_OUT = ("free_text", "ignored")
TOPIC_ELSE = "topic_else"  # read where the topic is empty
TARGETS = (*RAW_MELDINGEN, TOPIC_ELSE, *LEFT_OUT)

MOST_NAMED = 20
MOST_NEAR = 3
# How alike a header and a known one must be to be named as its nearest.
LEAST_ALIKE = 0.7
REPEATABLE = (*REDUCED, TOPIC_ELSE, *LEFT_OUT)
ROWS_TO_SEARCH = 50
LONGEST_HEADER = 60
SAYS_NO_WHICH = form("which_day_is_not_said")
ADDITION = re.compile(r"\(.*?\)|\bja ?/ ?nee\b|\bj/n\b", re.IGNORECASE)


class HeaderWords:
    """What the headers of some senders mean: the settings first, then the alias table.

    `targets`: plain header → field, `free_text` or `ignored`; those in `chosen` the settings name.
    An error names the block of `sender`.
    """

    def __init__(self, edition: Edition, senders: Sequence[str]) -> None:
        self.vocabulary, self.sender = edition.vocabulary, senders[0]
        aliases = edition.vocabulary.reference("column_aliases")
        self.targets = {plain(row["alias"]): row["field"] for row in aliases}
        self.targets |= {plain(field): field for field in RAW_MELDINGEN}
        self.chosen = set[str]()
        for slug in senders:
            for header, target in edition.gemeente(slug).kolommen.items():
                if target not in TARGETS:
                    near = did_you_mean(target, TARGETS)
                    words = {"settings": SETTINGS_FILE, "slug": slug, "header": header}
                    raise UsageError.of("not_a_field", **words, target=target, near=near)
                self.targets[plain(header)] = target
                self.chosen.add(plain(header))

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


@dataclass(frozen=True)
class HeaderColumn:
    """One column of a sheet: where it is, its header as delivered, and the field it is."""

    index: int
    header: str
    target: str


@dataclass(frozen=True)
class Registration:
    """A sheet and its header: one row, or two (indexes in its grid), and the columns that have one.

    A header of two rows has the words of both, the upper one first; one that is not recognised has
    an empty target. `notes` say which column was not taken for the topic.
    """

    words: HeaderWords
    grid: Grid
    rows: tuple[int, ...]
    columns: tuple[HeaderColumn, ...]
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """Index of the first row below the header."""
        return self.rows[-1] + 1

    @property
    def place(self) -> str:
        """How a message names its header."""
        return f"{self.grid.place}, {rows_named([self.rows[-1]])}"

    @cached_property
    def targets(self) -> frozenset[str]:
        """What the columns are."""
        return frozenset(column.target for column in self.columns)

    @cached_property
    def indexes(self) -> list[int]:
        """Where the columns are."""
        return [column.index for column in self.columns]

    @cached_property
    def _headed(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        return itemgetter(*self.indexes)  # a header has two columns or more

    def cells(self, row: Sequence[str]) -> Sequence[str]:
        """The cells of a row that stand below a header, in the order of the columns."""
        if len(row) > self.indexes[-1]:
            return self._headed(row)
        return [row[index] if index < len(row) else "" for index in self.indexes]

    def filled(self, column: HeaderColumn) -> list[str]:
        """What is filled in below a header."""
        rows = (row for row in self.grid.rows[self.first :] if column.index < len(row))
        return [row[column.index] for row in rows if row[column.index]]


def find_registration(words: HeaderWords, grid: Grid) -> Registration | None:
    """The sheet with as header the row that names the most different things, when any row does.

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
        single = [(text, words.target(text)) for text in row]
        headers: list[tuple[tuple[int, ...], list[tuple[str, str]]]] = [((at,), single)]
        numbers = any(cell.replace(".", "").isdecimal() for cell in row)
        if at and any(rows[at - 1]) and not data[at - 1] and not numbers:
            headers.append(((at - 1, at), [*_of_two_rows(words, rows[at - 1], row)]))
        for header_rows, named in headers:
            targets = {target for _, target in named} - {""}
            if len(targets) > most and targets - set(LEFT_OUT):
                columns = (HeaderColumn(i, visible(text), to) for i, (text, to) in enumerate(named))
                headed = tuple(column for column in columns if plain(column.header))
                best, most = Registration(words, grid, header_rows, headed), len(targets)
    if best is None:
        return None
    below = grid.rows[best.first - 1 : best.first - 1 + ROWS_TO_SEARCH]
    if "" in best.targets and len({words.target(row[0]) for row in below if row} - {""}) > most:
        return None
    return _with_best_topic(best)


def _of_two_rows(
    words: HeaderWords, upper: Sequence[str], lower: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Text and target per column; a cell of the upper row reaches over the empty ones after it."""
    above = ""
    for over, text in zip_longest(upper, lower, fillvalue=""):
        above = over or above
        both = f"{above} {text}".strip() if text else over
        # `Datum` alone is the day of receipt, but not below a word that says which day it is.
        alone = "" if above and SAYS_NO_WHICH.fullmatch(plain(text)) else words.target(text)
        yield both, words.target(both) or (text and words.target(f"{text} {above}")) or alone


def _with_best_topic(one: Registration) -> Registration:
    """With one topic, unless the settings chose: `Thema` may say the same beside a `Subthema`."""
    codes_of = one.words.vocabulary.words("topic")
    topics: dict[HeaderColumn, set[str]] = {}
    candidates = [column for column in one.columns if column.target in ("topic", "ignored")]
    for column in candidates if len(candidates) > 1 else ():
        cells = one.filled(column)
        codes = {cell: codes_of.get(plain(cell), "") for cell in {*cells}}
        if column.target == "topic" or 2 * sum(codes[cell] != "" for cell in cells) > len(cells):
            topics[column] = {*codes.values()} - {"", UNKNOWN}
    most = max(map(len, topics.values()), default=0)
    best = [column for column, codes in topics.items() if len(codes) == most]
    others = [column for column in topics if column != best[0]]
    if not others or len(best) > 1 or any(plain(c.header) in one.words.chosen for c in topics):
        return one
    targets = {best[0]: "topic"}
    targets |= {other: TOPIC_ELSE if topics[other] else "ignored" for other in others}
    columns = tuple(replace(c, target=targets.get(c, c.target)) for c in one.columns)
    where = {"place": one.place, "header": best[0].header}
    said = {TOPIC_ELSE: "note_topic_else", "ignored": "note_ignored"}
    notes = tuple(message(said[targets[c]], **where, other=c.header) for c in others)
    return replace(one, columns=columns, notes=notes)


class UnknownHeaderError(DataError):
    """A file has headers that nobody gave a meaning: `lines` is header → the line to paste."""

    lines: dict[str, str]


def check_headers(registrations: Sequence[Registration]) -> None:
    """Every column is recognised, none is there twice, and one says when the melding was received.

    A reduced field may have several columns. The error has the line to paste in the settings.
    """
    # An empty sheet bears nothing out: what is asked of the fullest one goes first.
    fullest_last = sorted(registrations, key=lambda one: len(one.grid.rows))
    lines: dict[str, str] = {}
    for one in fullest_last:
        lines |= suggested_lines(one)
    for one in reversed(fullest_last):
        block = message("block", settings=SETTINGS_FILE, slug=one.words.sender, part="kolommen")
        if unknown := [column.header for column in one.columns if not column.target]:
            has_day, named = "received_on" in one.targets, _some(unknown)
            where = {"place": one.place, "targets": ", ".join(TARGETS), "block": block}
            where |= {"headers": named if has_day else message("no_day_yet", headers=named)}
            text = "\n".join([*lines.values()][:MOST_NAMED])
            error = UnknownHeaderError.of("unknown_header", **where, lines=text)
            error.lines = lines
            raise error
        _check_fields(one, block)


def _check_fields(one: Registration, block: str) -> None:
    where, first = {"place": one.place}, dict[str, HeaderColumn]()
    for other in one.columns:
        column = first.setdefault(other.target, other)
        if column is other or other.target in REPEATABLE:
            continue
        if plain(column.header) == plain(other.header):
            letters = [get_column_letter(each.index + 1) for each in (column, other)]
            where |= {"header": column.header, "one": letters[0], "other": letters[1]}
            raise DataError.of("same_header", **where)
        where |= {"field": column.target, "one": column.header, "other": other.header}
        lines = [f"# {_line(each.header, 'ignored')}" for each in (column, other)]
        raise DataError.of("same_field", **where, block=block, lines="\n".join(lines))
    if "received_on" not in one.targets:
        where["columns"] = _some([column.header for column in one.columns])
        raise DataError.of("no_day", **where, block=block)


def _some(headers: list[str]) -> str:
    named = ", ".join(f"'{text[:LONGEST_HEADER]}'" for text in headers[:MOST_NAMED])
    more = len(headers) - MOST_NAMED
    return message("and_more", named=named, number=more) if more > 0 else named


def suggested_lines(one: Registration) -> dict[str, str]:
    """Header that is not recognised → a TOML line for it.

    It is ready to paste only when its cells bear it out: a header like that of a day above days,
    numbers of meldingen while no column has them. Any other line is a comment with what it may be.
    """
    known, taken = one.words.targets, set(one.targets)
    lines: dict[str, str] = {}
    unknown = {c.header[:LONGEST_HEADER]: c for c in one.columns if not c.target}
    for text, column in unknown.items():
        alike = difflib.get_close_matches(plain(text), known, n=8, cutoff=LEAST_ALIKE)
        near = list(dict.fromkeys(known[name] for name in alike))[:MOST_NEAR]
        free = [field for field in near if field not in taken or field in REPEATABLE]
        cells = one.filled(column)
        fitting = [f for f in WORD_FIELDS if f not in taken and _are_words(one, f, cells)]
        why, proved = message("holds_words") if fitting else "", []
        # What nobody reads falsifies nothing, also when somebody takes the line as it is.
        fields = [*fitting, *LEFT_OUT, *free]
        others = [day for day in DATES if day not in taken]
        in_any_order = (day_of(cell, DAY_FIRST) or day_of(cell, MONTH_FIRST) for cell in cells)
        if 2 * sum(day is not None for day in in_any_order) > len(cells):
            proved = [field for field in free if field in DATES]
            why, fields = message("holds_days"), [*proved, *others, "ignored"]
        elif 2 * sum(day_of(cell, WEEK) is not None for cell in cells) > len(cells):
            why, fields = message("holds_weeks"), [*others, "ignored"]
        elif "melding_id" not in taken and 2 * sum(map(is_number_of_m, cells)) > len(cells):
            proved = ["melding_id"]
            why, fields = message("holds_numbers"), [*proved, "ignored"]
        line = "  ".join(filter(None, (_line(text, fields[0]), why)))
        if len(proved) == 1:
            taken |= {*proved}
        else:
            choices = message("choose_from", fields=", ".join(dict.fromkeys(fields)))
            line = f"# {line}  {choices}"
        lines[text] = line
    return lines


def _are_words(one: Registration, field: str, cells: Sequence[str]) -> bool:
    """Whether more than half of the cells are words of this field; yes and no are of any."""
    words, any_field = one.words.vocabulary.words(field), one.words.vocabulary.words("yes_no")
    of_field = {text for text in words if words[text] != UNKNOWN} - {*any_field}
    return 2 * sum(word(cell) in of_field for cell in cells) > len(cells)


def _line(header: str, target: str) -> str:
    return f'{as_toml(header[:LONGEST_HEADER])} = "{target}"'
