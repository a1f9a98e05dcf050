"""Which row of a sheet is the header, and which field each of its columns is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from operator import itemgetter

from mma_analysis.read.contents import (
    FEWEST_MARKS,
    OF_FOLLOW_UP,
    are_marks,
    fields_of_words,
    holds_for_most,
    may_be_numbers,
    may_be_several,
)
from mma_analysis.read.grid import Grid, belongs_to_a_melding, rows_named
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.settings.joint import Said
from mma_analysis.vocabulary import UNKNOWN, UsageError, message
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import RAW_MELDINGEN, WORD_FIELDS
from mma_analysis.vocabulary.text import did_you_mean, plain, visible, word

# What a column can be besides a field: both are left out, free text because it may hold
# anything.
LEFT_OUT = ("free_text", "ignored")
TOPIC_ELSE = "topic_else"  # read where the topic is empty
# A mark below it means that its header is the topic, or the result.
BY_MARK = {"topic_x": "topic", "result_x": "result"}
TARGETS = (*RAW_MELDINGEN, TOPIC_ELSE, *BY_MARK, *LEFT_OUT)

ROWS_TO_SEARCH = 50
LONGEST_HEADER = 60
SAYS_NO_WHICH = form("which_day_is_not_said")
ADDITION = re.compile(r"\(.*?\)|\bja ?/ ?nee\b|\bj/n\b", re.IGNORECASE)


class HeaderWords:
    """What the headers of some senders mean: the settings first, then the alias table.

    `targets`: plain header → field, `free_text` or `ignored`; those in `chosen` the
    settings name. An error names the block of `sender`.
    """

    def __init__(self, edition: Edition, senders: Sequence[str]) -> None:
        self.vocabulary = edition.vocabulary
        self.sender = senders[0]

        aliases = self.vocabulary.reference("column_aliases")
        self.targets = {plain(row["alias"]): row["field"] for row in aliases}
        self.targets |= {plain(field): field for field in RAW_MELDINGEN}
        self.chosen: dict[str, Said] = {}
        # Words of a result that the settings explain.
        of_all = edition.waarden.get("result", {})
        self.explained = {word(text) for text in of_all}
        for slug in senders:
            results = edition.gemeente(slug).waarden.get("result", {})
            self.explained |= {word(text) for text in results}
            for header, target in edition.gemeente(slug).kolommen.items():
                if target not in TARGETS:
                    raise UsageError.of(
                        "not_a_field",
                        settings=SETTINGS_FILE,
                        slug=slug,
                        header=header,
                        target=target,
                        near=did_you_mean(target, TARGETS),
                    )
                name = plain(header)
                said = Said(slug, "kolommen", header, target)
                before = self.chosen.setdefault(name, said)
                said.refuse_other_than(before)
                self.targets[name] = target

    def target(self, header: str) -> str:
        """What a column with this header is; empty when it is not recognised."""
        # The settings name a long header by its beginning, as the error that asks for it
        # does.
        beginning = visible(header)[:LONGEST_HEADER]
        without_addition = ADDITION.sub("", header)
        for way in (header, beginning, without_addition):
            target = self.targets.get(plain(way))
            if target:
                return target
        return ""

    def is_chosen(self, header: str) -> bool:
        """Whether the settings say what a column with this header is."""
        beginning = visible(header)[:LONGEST_HEADER]
        return plain(header) in self.chosen or plain(beginning) in self.chosen

    def may_be_a_melding(self, row: Sequence[str]) -> bool:
        """Whether a row has one topic, a day or a number of a melding."""
        words = self.vocabulary.words("topic")
        topics = [cell for cell in row if plain(cell) in words]
        no_headers = [topic for topic in topics if not self.target(topic)]
        return len(no_headers) == 1 or any(belongs_to_a_melding(cell) for cell in row)


@dataclass(frozen=True)
class HeaderColumn:
    """One column of a sheet: where it is, its header as delivered, and the field it is."""

    index: int
    header: str
    target: str


@dataclass(frozen=True)
class Registration:
    """A sheet and its header: its rows, one or two (indexes in its grid), and its columns.

    A header of two rows has the words of both, the upper one first; one that is not
    recognised has an empty target. `notes` say which column was not taken for the topic.
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
        index = column.index
        rows = self.grid.rows[self.first :]
        return [row[index] for row in rows if index < len(row) and row[index]]


# --- which row is the header --------------------------------------------------------------


def find_registration(words: HeaderWords, grid: Grid) -> Registration | None:
    """The sheet with as header the row that names the most different things, if any does.

    A header names at least two things of which one is a field. Two rows are a header when
    together they name more than one of them does: `Afhandeling` above `Status` and `Datum`.
    Never a row with a day, the number of a melding or one topic: a melding must not be
    shown as a header. Nor where the first column names more than the row: then each melding
    is a column.
    """
    best = None
    most = 1
    rows = grid.rows[:ROWS_TO_SEARCH]
    is_melding = [words.may_be_a_melding(row) for row in rows]
    for at, row in enumerate(rows):
        if not any(row) or is_melding[at]:
            continue

        # On equal terms one row goes first.
        headers: dict[tuple[int, ...], list[HeaderColumn]] = {}
        headers[at,] = _of_one_row(words, row)
        has_upper = at > 0 and any(rows[at - 1]) and not is_melding[at - 1]
        has_numbers = any(cell.replace(".", "").isdecimal() for cell in row)
        if has_upper and not has_numbers:
            headers[at - 1, at] = _of_two_rows(words, rows[at - 1], row)

        for header_rows, columns in headers.items():
            targets = {column.target for column in columns} - {""}
            has_field = not targets <= set(LEFT_OUT)
            if has_field and len(targets) > most:
                headed = tuple(column for column in columns if plain(column.header))
                best = Registration(words, grid, header_rows, headed)
                most = len(targets)

    if best is None or _first_column_names_more(best, most):
        return None
    return _with_doubts(_with_best_topic(best))


def _of_one_row(words: HeaderWords, row: Sequence[str]) -> list[HeaderColumn]:
    columns: list[HeaderColumn] = []
    for index, text in enumerate(row):
        columns.append(HeaderColumn(index, visible(text), words.target(text)))
    return columns


def _of_two_rows(
    words: HeaderWords,
    upper: Sequence[str],
    lower: Sequence[str],
) -> list[HeaderColumn]:
    """The columns of two rows; a cell of the upper one reaches over empty ones after it."""
    columns: list[HeaderColumn] = []
    above = ""
    for over, text in zip_longest(upper, lower, fillvalue=""):
        above = over or above
        both = f"{above} {text}".strip() if text else over
        target = words.target(both)
        if text and not target:
            target = words.target(f"{text} {above}")

        # `Datum` alone is the day of receipt, but not below a word that says which day it
        # is.
        is_vague = above != "" and SAYS_NO_WHICH.fullmatch(plain(text))
        if not target and not is_vague:
            target = words.target(text)
        columns.append(HeaderColumn(len(columns), visible(both), target))
    return columns


def _first_column_names_more(one: Registration, most: int) -> bool:
    """Whether the first cells of the rows name more than the `most` of the header."""
    if "" not in one.targets:
        return False
    header = one.rows[-1]
    from_header = one.grid.rows[header : header + ROWS_TO_SEARCH]
    first_cells = [row[0] for row in from_header if row]
    named = {one.words.target(cell) for cell in first_cells} - {""}
    return len(named) > most


def _with_best_topic(one: Registration) -> Registration:
    """With one topic, unless the settings chose: `Thema` may say the same as `Subthema`."""
    topics = _topics(one)
    if len(topics) < 2:
        return one

    most = max(len(codes) for codes in topics.values())
    best = [column for column, codes in topics.items() if len(codes) == most]
    is_chosen = any(plain(column.header) in one.words.chosen for column in topics)
    if len(best) > 1 or is_chosen:
        return one

    (topic,) = best
    targets = {topic: "topic"}
    notes: list[str] = []
    for other, codes in topics.items():
        if other == topic:
            continue
        targets[other] = TOPIC_ELSE if codes else "ignored"
        note = message(
            "note_topic_else" if codes else "note_ignored",
            place=one.place,
            header=topic.header,
            other=other.header,
        )
        notes.append(note)

    columns: list[HeaderColumn] = []
    for column in one.columns:
        target = targets.get(column, column.target)
        columns.append(replace(column, target=target))
    return replace(one, columns=tuple(columns), notes=tuple(notes))


def _topics(one: Registration) -> dict[HeaderColumn, set[str]]:
    """Each column that may be the topic, when more may → the topics that it has.

    A column that nobody reads may be, when most of its cells are a topic.
    """
    may_be = ("topic", "ignored")
    candidates = [column for column in one.columns if column.target in may_be]
    if len(candidates) < 2:
        return {}

    code_of = one.words.vocabulary.words("topic")
    topics: dict[HeaderColumn, set[str]] = {}
    for column in candidates:
        cells = one.filled(column)
        codes = {cell: code_of.get(plain(cell), "") for cell in set(cells)}
        has_code = [codes[cell] != "" for cell in cells]

        if column.target == "topic" or holds_for_most(has_code):
            topics[column] = set(codes.values()) - {"", UNKNOWN}
    return topics


# --- what a header says and its cells do not ----------------------------------------------


def _with_doubts(one: Registration) -> Registration:
    """Without what we took a column for, where its cells say that it may be another thing.

    What the settings say of a column is never doubted.
    """
    marked = marked_columns(one)
    columns: list[HeaderColumn] = []
    for column in one.columns:
        kept = column
        name = plain(column.header)
        if name in one.words.chosen:
            pass
        elif column in marked or _may_be_more(one, column):
            kept = replace(column, target="")
        columns.append(kept)
    return replace(one, columns=tuple(columns))


def marked_columns(one: Registration) -> list[HeaderColumn]:
    """The columns of words that have nothing but marks, when there are several."""
    below = one.grid.rows[one.first :]
    filled = [row for row in below if any(one.cells(row))]
    number = len(filled)
    may_be = ("", *WORD_FIELDS)
    marked: list[HeaderColumn] = []
    for column in one.columns:
        if column.target not in may_be:
            continue
        cells = one.filled(column)
        if are_marks(cells, number):
            marked.append(column)
    if len(marked) < FEWEST_MARKS:
        return []
    return marked


def _may_be_more(one: Registration, column: HeaderColumn) -> bool:
    """Whether a column that is not read may hold a number, an amount or words to count."""
    if column.target not in LEFT_OUT:
        return False
    cells = one.filled(column)
    has_day = "received_on" in one.targets  # without one it is a table of totals
    if has_day and may_be_several(column.header, cells):
        return True
    if "melding_id" not in one.targets and may_be_numbers(column.header, cells):
        return True
    vocabulary = one.words.vocabulary
    fields = fields_of_words(vocabulary, cells, one.targets, OF_FOLLOW_UP)
    return len(fields) > 0
