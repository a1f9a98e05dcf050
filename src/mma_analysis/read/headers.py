"""Which row of a sheet is the header, which field each column is, and what is wrong with it."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from mma_analysis.days import begins_with_a_day
from mma_analysis.read.grid import Grid, letters
from mma_analysis.read.words import belongs_to_a_melding, is_a_day, looks_like_a_number_of_m
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import (
    UNKNOWN,
    DataError,
    UsageError,
    Vocabulary,
    did_you_mean,
    message,
    plain,
    visible,
)
from mma_analysis.vocabulary.schema import DATES, RAW_MELDINGEN, REDUCED

# What a column can be besides a field: both are left out, free text because it may hold anything.
LEFT_OUT = ("free_text", "ignored")
TARGETS = (*RAW_MELDINGEN, *LEFT_OUT)

MOST_NAMED = 20
MOST_NEAR = 3
# How alike a header and a known one must be to be told as its nearest.
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
    """Plain header → field, `free_text` or `ignored`: the settings first, then the alias table."""
    aliases = edition.vocabulary.reference("column_aliases")
    targets = {plain(row["alias"]): row["field"] for row in aliases}
    targets |= {plain(field): field for field in RAW_MELDINGEN}
    for slug in senders:
        for header, target in edition.gemeente(slug).kolommen.items():
            if target not in TARGETS:
                near = did_you_mean(target, TARGETS)
                words = {"settings": SETTINGS_FILE, "slug": slug, "header": header}
                raise UsageError.of("not_a_field", **words, target=target, near=near)
            targets[plain(header)] = target
    return targets


def find_header(vocabulary: Vocabulary, grid: Grid, targets: dict[str, str]) -> Header | None:
    """The row that names the most different things, among the first rows; None when none does.

    A header names at least two things of which one is a field: a cover sheet's `Datum | 3-7-2023`
    names one, its `Nr | Toelichting` no field. Two rows are a header when together they name more
    than one of them does: `Afhandeling` above `Status` and `Datum`. Never a row with a day, the
    number of a melding or one topic: words such as `Ontvangen` and `Bevestigd` stand in meldingen
    too, and what is in a melding must not be told as a header that is not recognised.
    """
    best: Header | None = None
    most = 1
    for header in _candidates(vocabulary, grid.rows[:ROWS_TO_SEARCH], targets):
        named = {column.target for column in header.columns} - {""}
        if len(named) > most and named - set(LEFT_OUT):
            best, most = header, len(named)
    return None if best and _goes_down(grid, best, targets) else best


def likeliest_header(vocabulary: Vocabulary, grid: Grid, targets: dict[str, str]) -> Header | None:
    """The last row with several texts above the first date, in a sheet without a known header.

    Never a row that may be a melding: without dates only the first filled row is looked at.
    """
    filled = [(index, row) for index, row in enumerate(grid.rows[:ROWS_TO_SEARCH]) if any(row)]
    dated = [place for place, (_, row) in enumerate(filled) if any(map(begins_with_a_day, row))]
    above = filled[: dated[0] if dated else 1]
    several = [(index, row) for index, row in above if len([cell for cell in row if cell]) > 1]
    if not several or _may_be_a_melding(vocabulary, several[-1][1], targets):
        return None
    index, row = several[-1]
    header = _header((index,), [(text, _target(text, targets)) for text in row])
    return None if _goes_down(grid, header, targets) else header


def _candidates(
    vocabulary: Vocabulary, rows: Sequence[Sequence[str]], targets: dict[str, str]
) -> Iterator[Header]:
    """Each row as a header, then with the row above it: on equal terms one row goes first."""
    data = [_may_be_a_melding(vocabulary, row, targets) for row in rows]
    for index, row in enumerate(rows):
        if not any(row) or data[index]:
            continue
        one = [(text, _target(text, targets)) for text in row]
        yield _header((index,), one)
        numbers = [cell for cell in row if cell.replace(".", "").isdecimal()]
        if index and any(rows[index - 1]) and not data[index - 1] and not numbers:
            yield _header((index - 1, index), _of_two_rows(rows[index - 1], row, targets))


def _may_be_a_melding(vocabulary: Vocabulary, row: Sequence[str], targets: dict[str, str]) -> bool:
    words = vocabulary.words("topic")
    topics = [cell for cell in row if plain(cell) in words and not _target(cell, targets)]
    return len(topics) == 1 or any(map(belongs_to_a_melding, row))


def _goes_down(grid: Grid, header: Header, targets: dict[str, str]) -> bool:
    """Whether the first column names more fields than the row: each melding is a column."""
    across = {column.target for column in header.columns}
    rows = grid.rows[header.row : header.row + ROWS_TO_SEARCH]
    down = {_target(row[0], targets) for row in rows if row} - {""}
    return "" in across and len(down) > max(1, len(across - {""}))


def _header(rows: tuple[int, ...], named: Iterable[tuple[str, str]]) -> Header:
    """A header; a column that is not recognised has an empty target."""
    columns = (HeaderColumn(i, visible(text), target) for i, (text, target) in enumerate(named))
    # A column without a header is nobody's: what is in it may be anything, so it is not read.
    return Header(rows, tuple(column for column in columns if plain(column.header)))


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
    names = [grid.rows[row] for row in header.rows]
    for index, row in enumerate(grid.rows[header.row + 1 :], start=header.row + 1):
        day = row[received] if received is not None and received < len(row) else ""
        if not day or any(map(str.isdecimal, day)) or row in names:
            continue
        named = {(i, target) for i, text in enumerate(row) if (target := _target(text, targets))}
        if not named <= same and "received_on" in {target for _, target in named}:
            return index
    return None


def with_best_topic(
    vocabulary: Vocabulary, grid: Grid, header: Header, chosen: Collection[str], place: str
) -> tuple[Header, list[str]]:
    """The header with one column as topic: the one that names the most different topics.

    `Thema` may say the same in each row beside a `Subthema` with the topic. Other columns are then
    ignored, which the second result tells. `chosen`: headers that the settings name, which stand.
    """
    words = vocabulary.words("topic")
    topics: dict[HeaderColumn, set[str]] = {}
    candidates = [column for column in header.columns if column.target in ("topic", "ignored")]
    for column in candidates if len(candidates) > 1 else ():
        cells = Counter(
            row[column.index] for row in grid.rows[header.row + 1 :] if column.index < len(row)
        )
        codes = {cell: words.get(plain(cell), "") for cell in cells if cell}
        known = sum(cells[cell] for cell, code in codes.items() if code)
        holds_topics = 2 * known > cells.total() - cells[""]
        if column.target == "topic" or holds_topics:
            topics[column] = {*codes.values()} - {"", UNKNOWN}
    most = max(map(len, topics.values()), default=0)
    best = [column for column, named in topics.items() if len(named) == most]
    if len(topics) < 2 or len(best) > 1 or any(plain(c.header) in chosen for c in topics):
        return header, []
    columns = tuple(
        replace(c, target="topic" if c is best[0] else "ignored") if c in topics else c
        for c in header.columns
    )
    return replace(header, columns=columns), [
        message("note_other_topic", place=place, other=c.header, header=best[0].header)
        for c in topics
        if c is not best[0]
    ]


# --- what is wrong with the headers, and the lines to paste in the settings ----------------------


def check_header(
    grid: Grid, header: Header, place: str, sender: str, targets: dict[str, str]
) -> None:
    """Every column is recognised, none is there twice, and one says when the melding was received.

    The error has the header at fault and the line to paste in the settings.
    """
    _refuse_unknown(grid, header, place, sender, targets)
    _refuse_double(header, place, sender)
    if not header.has("received_on"):
        columns = _some([column.header for column in header.columns])
        raise DataError.of("no_day", place=place, columns=columns, block=_block(sender))


def _refuse_unknown(
    grid: Grid, header: Header, place: str, sender: str, targets: dict[str, str]
) -> None:
    unknown = [column.header for column in header.columns if not column.target]
    if not unknown:
        return
    lines = list(suggested_lines(grid, header, targets).values())
    if (more := len(lines) - MOST_NAMED) > 0:
        lines[MOST_NAMED:] = [message("more_lines", number=more)]
    headers = _some(unknown)
    if not header.has("received_on"):
        headers = message("no_day_yet", headers=headers)
    raise DataError.of(
        "unknown_header",
        place=place,
        headers=headers,
        block=_block(sender),
        lines="\n".join(lines),
        targets=", ".join(TARGETS),
    )


def _some(headers: list[str]) -> str:
    named = ", ".join(f"'{text[:LONGEST_HEADER]}'" for text in headers[:MOST_NAMED])
    more = len(headers) - MOST_NAMED
    return message("and_more", named=named, number=more) if more > 0 else named


def suggested_lines(grid: Grid, header: Header, targets: Mapping[str, str]) -> dict[str, str]:
    """Header that is not recognised → a TOML line for it.

    It is ready to paste only when its cells bear it out: a header like that of a day above days,
    numbers of meldingen while no column has them yet. Any other line is a comment, with what it
    may be, so that the column stays an error until somebody has chosen: spelling proves nothing.
    """
    unknown = {c.header[:LONGEST_HEADER]: c for c in header.columns if not c.target}
    taken = {column.target for column in header.columns}
    lines: dict[str, str] = {}
    for text, column in unknown.items():
        words = difflib.get_close_matches(plain(text), targets, n=8, cutoff=LEAST_ALIKE)
        near = list(dict.fromkeys(targets[word] for word in words))[:MOST_NEAR]
        free = [field for field in near if field not in taken or field in REPEATABLE]
        why, fields, proved = "", [*free, *LEFT_OUT], []
        if _mostly(is_a_day, grid, header, column):
            days = [day for day in DATES if day not in taken]
            proved = [field for field in free if field in DATES]
            why, fields = "holds_days", [*proved, *days, "ignored"]
        elif "melding_id" not in taken and _mostly(looks_like_a_number_of_m, grid, header, column):
            why, fields = "holds_numbers", ["melding_id", "ignored"]
            proved = ["melding_id"]
        fields = list(dict.fromkeys(fields))
        line = _toml_line(text, fields[0])
        notes = [message(why)] if why else []
        if len(proved) == 1:
            taken |= {proved[0]}
        else:
            line = f"# {line}"
            notes.append(message("choose_from", fields=", ".join(fields)))
        lines[text] = "  ".join([line, *notes])
    return lines


def _mostly(holds: Callable[[str], bool], grid: Grid, header: Header, column: HeaderColumn) -> bool:
    """Whether this holds for most of what is filled in below a header."""
    below = (row[column.index] for row in grid.rows[header.row + 1 :] if column.index < len(row))
    filled = [cell for cell in below if cell]
    return sum(map(holds, filled)) > len(filled) / 2


def _refuse_double(header: Header, place: str, sender: str) -> None:
    """A reduced field may have several columns (street and number); any other has one.

    A line in the settings can tell two columns apart only by their headers.
    """
    first: dict[str, HeaderColumn] = {}
    for column in header.columns:
        one = first.setdefault(column.target, column)
        if column.target in REPEATABLE or one is column:
            continue
        if plain(one.header) == plain(column.header):
            both = {"one": letters(one.index), "other": letters(column.index)}
            raise DataError.of("same_header", place=place, header=one.header, **both)
        raise DataError.of(
            "same_field",
            place=place,
            field=one.target,
            one=one.header,
            other=column.header,
            block=_block(sender),
            line=_toml_line(column.header, "ignored"),
        )


def _block(sender: str) -> str:
    return message("block", settings=SETTINGS_FILE, slug=sender, part="kolommen")


def _toml_line(header: str, target: str) -> str:
    # A JSON string is a TOML string: quotes and line breaks in a header are escaped the same way.
    return f'{json.dumps(header[:LONGEST_HEADER], ensure_ascii=False)} = "{target}"'
