"""Filled cells that nobody read must not look like tips: no tip is left out in silence."""

from collections.abc import Sequence

from mma_analysis.days import is_number_of_a_day
from mma_analysis.domain import MmaError, plain
from mma_analysis.read.grid import Grid, columns_named, place_of, rows_named
from mma_analysis.read.headers import Header, is_a_header, second_header
from mma_analysis.read.rows import is_shifted, only_failed
from mma_analysis.read.words import (
    belongs_to_a_tip,
    is_a_day,
    looks_like_a_date,
    looks_like_a_number_of_m,
    topic_words,
)

# From here on days or numbers of tips below each other are a list, whatever stands beside them.
ROWS_OF_A_LIST = 3
# A label and a day stand on any cover sheet.
CELLS_OF_A_LABEL = 2
LABELS = (
    *("datum", "periode", "peildatum", "van", "vanaf", "tot", "tm", "totenmet", "totmet", "op"),
    *("versie", "stand", "standper", "bijgewerkt", "afgedrukt", "afdruk", "export", "opgemaakt"),
)


def refuse_tips_around(grid: Grid, header: Header, file: str, targets: dict[str, str]) -> None:
    """Nothing looks like a tip above the headers, beside them, or below those of another table.

    Raises
    ------
    MmaError
        With the rows and columns.
    """
    again = second_header(grid, header, targets)
    rest = _unread(grid, header, again)
    found = rows_like_tips(rest, targets, with_numbers=not header.has("melding_id"))
    if not found:
        return
    if found[0] < header.row:
        where = f"above the headers in row {header.row + 1}"
    elif again is not None and found[-1] > again:
        where = f"below headers in another order in row {again + 1}, where a second table begins"
    else:
        where = "in columns without a header, or in columns that are ignored only"
    raise MmaError(
        f"{_place(file, grid, rest, found)}: here are cells that look like tips and are not read: "
        f"they stand {where}; put them below the table in the same columns, or with headers of "
        "their own on a sheet or in a file of their own, or ask the sender to do so"
    )


def tips_of_sheet(grid: Grid, file: str, targets: dict[str, str]) -> str:
    """Where in a sheet that is not read something looks like tips; empty when nothing does."""
    found = rows_like_tips(grid.rows, targets)
    return _place(file, grid, grid.rows, found) if found else ""


def _place(file: str, grid: Grid, rows: Sequence[Sequence[str]], found: Sequence[int]) -> str:
    columns = [column for at in found for column, cell in enumerate(rows[at]) if cell]
    return f"{place_of(file, grid)}, {rows_named(found)}, {columns_named(columns)}"


def _unread(grid: Grid, header: Header, again: int | None) -> list[list[str]]:
    """The rows of a sheet, with nothing in them but the cells that are not read.

    Of a text file nothing of a row with more cells than headers: such a row is refused.
    """
    headed = {column.index for column in header.columns}
    read = {column.index for column in header.columns if column.target != "ignored"}
    rest: list[list[str]] = []
    for at, row in enumerate(grid.rows):
        if at < header.rows[0] or (again is not None and at > again):
            rest.append(row)
        elif at <= header.row or at == again or is_shifted(row, grid, header):
            rest.append([])
        else:
            says_something = any(row[column] for column in read if column < len(row))
            known = headed if says_something else read
            rest.append(["" if column in known else cell for column, cell in enumerate(row)])
    return rest


def told_unread(grid: Grid, header: Header, file: str) -> list[str]:
    """Where something stands that is not read: beside the table, or failed formulas below it."""
    place = place_of(file, grid)
    told: list[str] = []
    headed = {column.index for column in header.columns}
    rest = _unread(grid, header, None)[header.row + 1 :]
    beside = [
        (at, column)
        for at, row in enumerate(rest, header.row + 1)
        for column, cell in enumerate(row)
        if cell and column not in headed
    ]
    if beside:
        rows, columns = zip(*beside, strict=True)
        told.append(
            f"{place}, {columns_named(columns)} without a header: filled in {rows_named(rows)}, "
            "and not read"
        )
    below = enumerate(grid.rows[header.row + 1 :], header.row + 1)
    failed = [at for at, row in below if only_failed(row, header)]
    if failed:
        told.append(
            f"{place}, {rows_named(failed)}: nothing but formulas that failed, and not read"
        )
    return told


# --- what looks like tips ------------------------------------------------------------------------


def rows_like_tips(
    rows: Sequence[Sequence[str]], targets: dict[str, str], *, with_numbers: bool = False
) -> list[int]:
    """Indexes of the rows that look like tips.

    Below a row of headers of its own any row with something beside a day is one. So is each row of
    a column in which at least three cells are days and nothing else, or, `with_numbers`, in which
    every cell is the number of a tip.
    """
    found: set[int] = set()
    below_headers = False
    for index, row in enumerate(rows):
        filled = [cell for cell in row if cell]
        if not filled:
            continue
        in_a_table = below_headers and len(filled) > 1 and any(map(belongs_to_a_tip, filled))
        if in_a_table or _looks_like_a_tip(filled):
            found.add(index)
        below_headers = below_headers or is_a_header(row, targets)
    for column in range(max(map(len, rows), default=0)):
        cells = {at: row[column] for at, row in enumerate(rows) if column < len(row)}
        filled_in = {at: cell for at, cell in cells.items() if cell}
        listed = _days(filled_in, rows)
        if with_numbers and all(map(looks_like_a_number_of_m, filled_in.values())):
            listed |= filled_in.keys()
        if len(listed) >= ROWS_OF_A_LIST:
            found |= listed
    return sorted(found)


def _looks_like_a_tip(filled: Sequence[str]) -> bool:
    """A day beside the number of a tip or a topic, or in a row of several cells without a label.

    `Peildatum | 30-6-2023` and `Periode | 1-7-2021 | t/m | 30-6-2023` are no tips. A number that
    may be a day is one beside the number of a tip only.
    """
    numbered = [cell for cell in filled if looks_like_a_number_of_m(cell)]
    if not any(map(looks_like_a_date, filled)):
        return any(is_number_of_a_day(cell) and numbered not in ([], [cell]) for cell in filled)
    if numbered or any(plain(cell) in topic_words() for cell in filled):
        return True
    return len(filled) > CELLS_OF_A_LABEL and not any(map(_is_label, filled))


def _days(column: dict[int, str], rows: Sequence[Sequence[str]]) -> set[int]:
    """The rows of a column with a day and nothing else, in a row without a label.

    Numbers are days only when all of them may be: alone one may be any number.
    """
    days = {
        at
        for at, cell in column.items()
        if is_a_day(cell) and not cell.isdecimal() and not any(map(_is_label, rows[at]))
    }
    numbers = {at for at, cell in column.items() if cell[:1].isdecimal()}
    return days | numbers if all(is_number_of_a_day(column[at]) for at in numbers) else days


def _is_label(cell: str) -> bool:
    return cell.endswith(":") or plain(cell) in LABELS
