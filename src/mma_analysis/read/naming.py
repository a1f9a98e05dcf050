"""What is wrong with the headers of a sheet, and the lines to paste in the settings."""

import difflib
import json
from collections.abc import Mapping

from mma_analysis import domain
from mma_analysis.domain import MmaError, plain
from mma_analysis.read.grid import Grid, letters
from mma_analysis.read.headers import LEFT_OUT, LONGEST_HEADER, TARGETS, Header, HeaderColumn
from mma_analysis.read.words import is_a_day
from mma_analysis.settings import SETTINGS_FILE

MOST_NAMED = 20
MOST_NEAR = 3
# How alike a header and a known one must be to be told as its nearest.
LEAST_ALIKE = 0.7
REPEATABLE = (*domain.REDUCED, *LEFT_OUT)


def check_header(
    grid: Grid, header: Header, place: str, sender: str, targets: dict[str, str]
) -> None:
    """Every column is recognised, none is there twice, and one says when the tip was received.

    Raises
    ------
    MmaError
        With the header at fault and the line to paste in the settings.
    """
    _refuse_unknown(grid, header, place, sender, targets)
    _refuse_double(header, place, sender)
    if not header.has("received_on"):
        told = f"the columns are {_some([c.header for c in header.columns])}"
        lines = _lines_of_receipt(grid, header, targets)
        paste = (
            f"{told}. If one of them does, paste in {_block(sender)}\n{lines}\nIf none does, ask"
            if lines
            else f"{told}; none of them holds days or has a header that is like a known one. Ask"
        )
        raise MmaError(
            f"{place}: no column says when the gemeente received the tip; {paste} the sender "
            "for a list with a row for each tip and its day of receipt; a table of totals cannot "
            "be used"
        )


def _lines_of_receipt(grid: Grid, header: Header, targets: Mapping[str, str]) -> str:
    """The line for the likeliest column, and the next ones as comments: only one can be it."""
    words = [alias for alias, field in targets.items() if field == "received_on"]
    columns = header.columns
    likeliest = [
        *(c.header for c in columns if c.target in domain.DATES),
        *(c.header for c in columns if holds_days(grid, header, c)),
        *(
            c.header
            for c in columns
            if difflib.get_close_matches(plain(c.header), words, n=1, cutoff=LEAST_ALIKE)
        ),
    ]
    lines = [_toml_line(text, "received_on") for text in dict.fromkeys(likeliest)]
    return "\n".join([*lines[:1], *(f"# {line}" for line in lines[1:MOST_NEAR])])


def holds_days(grid: Grid, header: Header, column: HeaderColumn) -> bool:
    """Whether most of what is filled in below a header is a day and nothing else."""
    below = (row[column.index] for row in grid.rows[header.row + 1 :] if column.index < len(row))
    filled = [cell for cell in below if cell]
    days = [cell for cell in filled if is_a_day(cell)]
    return len(days) > len(filled) / 2


def _refuse_unknown(
    grid: Grid, header: Header, place: str, sender: str, targets: dict[str, str]
) -> None:
    unknown = [column.header for column in header.columns if not column.target]
    if not unknown:
        return
    lines = list(suggested_lines(grid, header, targets).values())
    missing = "" if header.has("received_on") else " (none of the columns is received_on yet)"
    more = len(lines) - MOST_NAMED
    rest = f"\n# and {more} more: `mma check --suggest` writes all of them" if more > 0 else ""
    raise MmaError(
        f"{place}: header not recognised: {_some(unknown)}{missing}; choose what each is and paste "
        f"in {_block(sender)}\n" + "\n".join(lines[:MOST_NAMED]) + rest + "\n"
        f"A column can be: {', '.join(TARGETS)} (free_text and ignored are not read)"
    )


def _some(headers: list[str]) -> str:
    named = ", ".join(f"'{text[:LONGEST_HEADER]}'" for text in headers[:MOST_NAMED])
    more = len(headers) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def suggested_lines(grid: Grid, header: Header, targets: Mapping[str, str]) -> dict[str, str]:
    """Header that is not recognised → a TOML line for it, with the fields that are nearest.

    A column of days is no free text, which is not read: it gets the day that its header is like, or
    that of receipt when no other column can be that. Otherwise its line is a comment, so that the
    column stays an error until somebody has chosen.
    """
    unknown = [column for column in header.columns if not column.target]
    dated = {c.header[:LONGEST_HEADER] for c in unknown if holds_days(grid, header, c)}
    taken = {column.target for column in header.columns}
    lines: dict[str, str] = {}
    for text in dict.fromkeys(column.header[:LONGEST_HEADER] for column in unknown):
        near = _nearest_fields(text, targets)
        field = _proposed(near, taken, text in dated, only_days=len(dated) == 1)
        taken |= {field} - {*REPEATABLE}
        lines[text] = _suggestion(text, field, near, taken)
    return lines


def _nearest_fields(header: str, targets: Mapping[str, str]) -> list[str]:
    near = difflib.get_close_matches(plain(header), targets, n=8, cutoff=LEAST_ALIKE)
    return list(dict.fromkeys(targets[word] for word in near))[:MOST_NEAR]


def _proposed(near: list[str], taken: set[str], is_dated: bool, only_days: bool) -> str:
    """The field to propose: free text when nothing is near, and nothing when days are not sure."""
    free = [field for field in near if field not in taken or field in REPEATABLE]
    if not is_dated:
        return free[0] if free else "free_text"
    days = [field for field in free if field in domain.DATES]
    if days:
        return days[0]
    return "received_on" if only_days and "received_on" not in taken else ""


def _suggestion(header: str, field: str, near: list[str], taken: set[str]) -> str:
    nearest = f"nearest: {', '.join(near)}" if near else ""
    if field:
        line = _toml_line(header, field)
        is_said = field == "received_on" and field not in near
        told = "the only column of days" if is_said else nearest
        return f"{line}  # {told}" if told else line
    days = [day for day in domain.DATES if day not in taken]
    choices = ", ".join([*days, "ignored"])
    return f"# {_toml_line(header, (days or ['ignored'])[0])}  # holds days: choose from {choices}"


def _refuse_double(header: Header, place: str, sender: str) -> None:
    """A reduced field may have several columns (street and number); any other has one."""
    first: dict[str, HeaderColumn] = {}
    for column in header.columns:
        if column.target in REPEATABLE:
            continue
        other = first.setdefault(column.target, column)
        if other is not column:
            raise MmaError(f"{place}: {_double(other, column, sender)}")


def _double(one: HeaderColumn, other: HeaderColumn, sender: str) -> str:
    """What to do: a line in the settings can tell two columns apart only by their headers."""
    if plain(one.header) == plain(other.header):
        return (
            f"two columns have the header '{one.header}': {letters(one.index)} and "
            f"{letters(other.index)}; ask the sender which of them counts, and to give the other "
            "one another header"
        )
    return (
        f"two columns are {one.target}: '{one.header}' and '{other.header}'; leave one out: paste "
        f"in {_block(sender)}\n{_toml_line(other.header, 'ignored')}"
    )


def _block(sender: str) -> str:
    return f"{SETTINGS_FILE} under [gemeenten.{sender}.kolommen]:"


def _toml_line(header: str, target: str) -> str:
    # A JSON string is a TOML string: quotes and line breaks in a header are escaped the same way.
    return f'{json.dumps(header[:LONGEST_HEADER], ensure_ascii=False)} = "{target}"'
