"""Whether the headers of a file can be used, and what an unknown one may be."""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from mma_analysis.read.contents import (
    are_days,
    are_days_without_year,
    are_numbers_of_m,
    are_weeks,
    examples,
    fields_of_words,
    may_be_numbers,
    may_be_several,
)
from mma_analysis.read.headers import (
    BY_MARK,
    LEFT_OUT,
    LONGEST_HEADER,
    TOPIC_ELSE,
    HeaderColumn,
    HeaderWords,
    Registration,
    marked_columns,
)
from mma_analysis.settings import SETTINGS_FILE, as_toml
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.reference import form, words_of
from mma_analysis.vocabulary.schema import DATES, REDUCED, WORD_FIELDS
from mma_analysis.vocabulary.text import plain, word

MOST_HEADERS_NAMED = 20
MOST_NEAR = 3
# How alike a header and a known one must be to be named as its nearest.
LEAST_ALIKE = 0.7
REPEATABLE = (*REDUCED, TOPIC_ELSE, *BY_MARK, *LEFT_OUT)
SAYS_DAY = {field: form(f"says_{field}") for field in DATES}
RECEIVED_FIELD = ["received_on"]
# `Loos alarm?`: below it a yes means that the melding was not confirmed.
SAYS_THE_OPPOSITE = form("says_the_opposite")
OPPOSITE = {"ja": "niet_bevestigd", "nee": "bevestigd"}


@dataclass(frozen=True)
class UnknownHeader:
    """A header that nobody gave a meaning: what it may be, the likeliest first, and why.

    Its cells bear out the first of `fields` when it `is_proved`. `examples` are cells below
    it that say nothing of a melding: days and words of a list.
    """

    sheet: str
    header: str
    fields: tuple[str, ...]
    why: str
    is_proved: bool
    examples: tuple[str, ...]

    @property
    def may_say_the_opposite(self) -> bool:
        """Whether a yes below it would mean that a melding was not confirmed."""
        return "result" in self.fields and _says_the_opposite(self.header)

    @property
    def line(self) -> str:
        """A TOML line for it: ready to paste when it is proved, else a comment."""
        line = _line(self.header, self.fields[0])
        if self.why:
            line = f"{line}  # {self.why}"
        if self.is_proved:
            return line
        names = words_of("read_as")
        named = [message("named_field", code=one, name=names[one]) for one in self.fields]
        choices = message("choose_from", fields=", ".join(named))
        return f"# {line}  # {choices}"


# --- whether the header can be used -------------------------------------------------------


class UnknownHeaderError(DataError):
    """A file has headers that nobody gave a meaning: `headers` says what each may be."""

    headers: dict[str, UnknownHeader]


class NoDayError(DataError):
    """No column of a file is the day of receipt: `headers` are those that it has."""

    headers: list[str]


def check_headers(registrations: Sequence[Registration]) -> None:
    """Every column is recognised, none is there twice, and one says when it was received.

    A reduced field may have several columns. The error has the line to paste in the
    settings.
    """
    # An empty sheet bears nothing out: what is asked of the fullest one goes first.
    fullest_last = sorted(registrations, key=lambda one: len(one.grid.rows))
    asked: dict[str, UnknownHeader] = {}
    for one in fullest_last:
        asked |= unknown_headers(one)

    for one in reversed(fullest_last):
        unknown = [column.header for column in one.columns if not column.target]
        if unknown:
            raise _unknown_headers(one, unknown, asked)
        _check_fields(one)
        _check_meaning_of_yes(one)


def _unknown_headers(
    one: Registration,
    unknown: list[str],
    asked: dict[str, UnknownHeader],
) -> UnknownHeaderError:
    headers = _some(unknown)
    if "received_on" not in one.targets:
        headers = message("no_day_yet", headers=headers)
    lines = [header.line for header in asked.values()]
    error = UnknownHeaderError.of(
        "unknown_header",
        place=one.place,
        headers=headers,
        block=_block(one),
        lines="\n".join(lines[:MOST_HEADERS_NAMED]),
    )
    error.headers = asked
    return error


def _block(one: Registration) -> str:
    """Where in the settings the headers of its sender stand."""
    slug = one.words.sender
    return message("block", settings=SETTINGS_FILE, slug=slug, part="kolommen")


def _check_fields(one: Registration) -> None:
    """No field has two columns that can have one, and one column is the day of receipt."""
    first: dict[str, HeaderColumn] = {}
    for column in one.columns:
        before = first.setdefault(column.target, column)
        if before is not column and column.target not in REPEATABLE:
            raise _two_columns(one, before, column)

    if "received_on" not in one.targets:
        raise _no_day(one)


def _no_day(one: Registration) -> NoDayError:
    """That no column is the day of receipt, with a line for each that holds days."""
    with_days: list[str] = []
    for column in one.columns:
        cells = one.filled(column)
        if are_days(cells) or are_weeks(cells) or are_days_without_year(cells):
            line = _line(column.header, "received_on")
            with_days.append(f"# {line}")
    headers = [column.header for column in one.columns]
    error = NoDayError.of(
        "no_day",
        place=one.place,
        columns=_some(headers),
        block=_block(one),
        lines="\n".join(with_days) or message("no_day_line"),
    )
    error.headers = [header[:LONGEST_HEADER] for header in headers]
    return error


def _check_meaning_of_yes(one: Registration) -> None:
    """Below a header that says the opposite, the settings say what yes and no mean."""
    yes_no = one.words.vocabulary.words("yes_no")
    for column in one.columns:
        if column.target != "result" or not _says_the_opposite(column.header):
            continue

        lines: dict[str, str] = {}
        distinct = set(one.filled(column))
        for cell in sorted(distinct):
            said = word(cell)
            meaning = OPPOSITE.get(yes_no.get(said, ""), "")
            is_explained = said in one.words.explained
            if meaning and not is_explained:
                lines[said] = f'# {as_toml(cell)} = "{meaning}"'
        if lines:
            raise DataError.of(
                "opposite_result",
                place=one.place,
                header=column.header[:LONGEST_HEADER],
                settings=SETTINGS_FILE,
                slug=one.words.sender,
                lines="\n".join(lines.values()),
            )


def _says_the_opposite(header: str) -> bool:
    return SAYS_THE_OPPOSITE.search(header) is not None


def _two_columns(one: Registration, first: HeaderColumn, second: HeaderColumn) -> DataError:
    """That two columns are one field: which, and what to do."""
    if plain(first.header) == plain(second.header):
        return DataError.of(
            "same_header",
            place=one.place,
            header=first.header,
            one=get_column_letter(first.index + 1),
            other=get_column_letter(second.index + 1),
        )
    lines = [f"# {_line(column.header, 'ignored')}" for column in (first, second)]
    return DataError.of(
        "same_field",
        place=one.place,
        field=words_of("read_as")[first.target],
        one=first.header,
        other=second.header,
        block=_block(one),
        lines="\n".join(lines),
    )


def _some(headers: list[str]) -> str:
    """The first headers, and how many more there are."""
    first = [f"'{text[:LONGEST_HEADER]}'" for text in headers[:MOST_HEADERS_NAMED]]
    named = ", ".join(first)
    more = len(headers) - MOST_HEADERS_NAMED
    return message("and_more", named=named, number=more) if more > 0 else named


# --- what an unknown header may be --------------------------------------------------------


class Suggestion(NamedTuple):
    """What a column may be, the likeliest first, and why; its cells bear out `proved`."""

    fields: list[str]
    why: str = ""
    proved: Sequence[str] = ()


def unknown_headers(one: Registration) -> dict[str, UnknownHeader]:
    """Header that is not recognised → what it may be.

    It is proved only when its cells bear it out: a header like that of a day above days,
    numbers of meldingen while no column has them.
    """
    taken = set(one.targets)
    marked = [column.header[:LONGEST_HEADER] for column in marked_columns(one)]
    places: dict[str, list[HeaderColumn]] = {}
    for column in one.columns:
        if not column.target:
            places.setdefault(column.header[:LONGEST_HEADER], []).append(column)

    asked: dict[str, UnknownHeader] = {}
    for text, columns in places.items():
        cells = one.filled(columns[-1])
        suggestion = _suggestion(one, text, cells, taken, marked)
        if len(columns) > 1:
            suggestion = _of_several(columns, suggestion)
        is_proved = len(suggestion.proved) == 1
        if is_proved:
            taken.update(suggestion.proved)
        asked[text] = UnknownHeader(
            sheet=one.grid.sheet,
            header=text,
            fields=tuple(dict.fromkeys(suggestion.fields)),
            why=suggestion.why,
            is_proved=is_proved,
            examples=tuple(examples(one.words.vocabulary, cells)),
        )
    return asked


def _of_several(columns: Sequence[HeaderColumn], suggestion: Suggestion) -> Suggestion:
    """What columns with the same header may be: nothing that only one column can be."""
    letters = [get_column_letter(column.index + 1) for column in columns]
    why = message("stands_twice", columns=message("and").join(letters))
    may_be = [field for field in suggestion.fields if field in REPEATABLE]
    return Suggestion([*LEFT_OUT, *may_be], why)


def _suggestion(
    one: Registration,
    header: str,
    cells: Sequence[str],
    taken: Collection[str],
    marked: Collection[str],
) -> Suggestion:
    """What a column with this header and these cells may be; others are `taken`.

    `marked`: the headers of columns that have nothing but marks.
    """
    free = _nearest_fields(one.words, header, taken)
    if are_days(cells):
        return _suggested_days(header, taken)
    other_days = [field for field in DATES if field not in taken]
    if are_weeks(cells):
        return Suggestion([*other_days, "ignored"], message("holds_weeks"))
    if are_days_without_year(cells):
        return Suggestion([*other_days, "ignored"], message("holds_no_years"))
    if "melding_id" not in taken and are_numbers_of_m(cells):
        fields = ["melding_id", "ignored"]
        return Suggestion(fields, message("holds_numbers"), ["melding_id"])
    if may_be_several(header, cells):
        return Suggestion(["ignored"], message("holds_several"))
    if "melding_id" not in taken and may_be_numbers(header, cells):
        return Suggestion(["melding_id", "ignored"], message("holds_other_numbers"))

    if header in marked:
        reduced = [field for field in free if field in REDUCED]
        fields = [*_by_mark(one.words, header, taken), *reduced, *LEFT_OUT]
        return Suggestion(fields, message("holds_marks"))

    fitting = fields_of_words(one.words.vocabulary, cells, taken, WORD_FIELDS)
    # What nobody reads falsifies nothing, also when somebody takes the line as it is.
    fields = [*fitting, *LEFT_OUT, *free]
    return Suggestion(fields, message("holds_words") if fitting else "")


def _suggested_days(header: str, taken: Collection[str]) -> Suggestion:
    """What a column of days may be: ready only as day of receipt, when its header says so.

    Until some column is proved to be the day of receipt, any may be.
    """
    in_header = [field for field in DATES if SAYS_DAY[field].search(header)]
    free = [field for field in DATES if field not in taken]
    likely = [field for field in in_header if field in free]
    fields = [*likely, *free, "ignored"]
    why = message("holds_days")
    if in_header == RECEIVED_FIELD and likely == RECEIVED_FIELD:
        return Suggestion(fields, why, RECEIVED_FIELD)
    return Suggestion(fields, why)


def _by_mark(words: HeaderWords, header: str, taken: Collection[str]) -> list[str]:
    """What a column of marks may be: the field that has its header as a word goes first."""
    fields: list[str] = []
    for target, field in BY_MARK.items():
        if field in taken:
            continue
        if word(header) in words.vocabulary.words(field):
            fields.insert(0, target)
        else:
            fields.append(target)
    return fields


def _nearest_fields(words: HeaderWords, header: str, taken: Collection[str]) -> list[str]:
    """What the known headers that are most like this one are, when they can still be."""
    known = words.targets
    alike = difflib.get_close_matches(plain(header), known, n=8, cutoff=LEAST_ALIKE)
    fields = dict.fromkeys(known[name] for name in alike)
    free: list[str] = []
    for field in list(fields)[:MOST_NEAR]:
        if field not in taken or field in REPEATABLE:
            free.append(field)
    return free


def _line(header: str, target: str) -> str:
    return f'{as_toml(header[:LONGEST_HEADER])} = "{target}"'
