"""What stands beside the table: cells that have no header above them, so that nobody reads them."""

from collections.abc import Sequence

from mma_analysis.days import is_number_of_a_day
from mma_analysis.domain import MmaError
from mma_analysis.read.grid import Grid, letters
from mma_analysis.read.headers import Header
from mma_analysis.read.lost import ROWS_OF_A_LIST, looks_like_a_tip, named
from mma_analysis.read.naming import is_a_day
from mma_analysis.read.rows import is_shifted, only_failed
from mma_analysis.read.words import looks_like_a_number_of_m

# Index of the row and of the column → what is in it.
Cells = dict[tuple[int, int], str]


def refuse_tips_beside(grid: Grid, header: Header, place: str) -> None:
    """In columns without a header nothing looks like tips: a second table, days, their numbers.

    A remark that begins with a day (`15-3-2022 gebeld`) is none. Without the numbers a tip that
    stands there twice would count twice.

    Raises
    ------
    MmaError
        With the rows and columns.
    """
    beside = cells_beside(grid, header)
    rows = sorted({row for row, _ in beside})
    by_row = {row: [cell for (at, _), cell in beside.items() if at == row] for row in rows}
    lost = {row for row, cells in by_row.items() if looks_like_a_tip(cells)}
    _refuse_tips_in_ignored(grid, header, place)
    for column in {column for _, column in beside}:
        own = {row: cell for (row, at), cell in beside.items() if at == column}
        lost |= _rows_with_days(own)
        if not header.has("melding_id"):
            lost |= _rows_with_numbers(own)
    if lost:
        found = [column for row, column in beside if row in lost]
        raise MmaError(
            f"{place}, {named(sorted(lost))}, {_columns(found)}: here are cells that look like "
            "tips, in columns without a header, and those are not read; put them below the table, "
            "or on a sheet of their own with headers, or give the column a header when it belongs "
            "to the table, or ask the sender to do so"
        )


def _refuse_tips_in_ignored(grid: Grid, header: Header, place: str) -> None:
    """No row is filled in columns that are ignored only, as one of a second table is."""
    ignored = [column.index for column in header.columns if column.target == "ignored"]
    if not ignored:
        return
    read = [column.index for column in header.columns if column.target != "ignored"]
    lost = [
        at
        for at, row in enumerate(grid.rows[header.row + 1 :], header.row + 1)
        if not any(row[one] for one in read if one < len(row))
        and looks_like_a_tip([row[one] for one in ignored if one < len(row)])
    ]
    if lost:
        raise MmaError(
            f"{place}, {named(lost)}: here are cells that look like tips, in columns that are "
            "ignored, and nothing in the columns that are read; put these rows below the table, or "
            "on a sheet of their own with headers, or ask the sender to do so"
        )


def told_beside(grid: Grid, header: Header, place: str) -> list[str]:
    """Where something stands that is not read: beside the table, or failed formulas below it."""
    told: list[str] = []
    beside = cells_beside(grid, header)
    if beside:
        rows = sorted({row for row, _ in beside})
        columns = _columns([column for _, column in beside])
        told.append(f"{place}, {columns} without a header: filled in {named(rows)}, and not read")
    below = enumerate(grid.rows[header.row + 1 :], header.row + 1)
    failed = [at for at, row in below if only_failed(row, header)]
    if failed:
        told.append(f"{place}, {named(failed)}: nothing but formulas that failed, and not read")
    return told


def cells_beside(grid: Grid, header: Header) -> Cells:
    """The filled cells below the header in columns that have none.

    Of a text file not those of a row with more cells than headers: such a row is refused.
    """
    headed = {column.index for column in header.columns}
    without = sorted(set(range(max(map(len, grid.rows)))) - headed)
    if not without:
        return {}
    return {
        (at, column): row[column]
        for at, row in enumerate(grid.rows[header.row + 1 :], header.row + 1)
        if not is_shifted(row, grid, header)
        for column in without
        if column < len(row) and row[column]
    }


def _rows_with_days(column: dict[int, str]) -> set[int]:
    """The rows of a column in which at least three cells are days and nothing else."""
    days = {row for row, cell in column.items() if is_a_day(cell) and not cell.isdecimal()}
    numbers = {row for row, cell in column.items() if cell[:1].isdecimal()}
    if all(is_number_of_a_day(column[row]) for row in numbers):
        days |= numbers
    return days if len(days) >= ROWS_OF_A_LIST else set()


def _rows_with_numbers(column: dict[int, str]) -> set[int]:
    """The rows of a column in which every cell is written as the number of a tip."""
    is_list = len(column) >= ROWS_OF_A_LIST and all(map(looks_like_a_number_of_m, column.values()))
    return set(column) if is_list else set()


def _columns(indexes: Sequence[int]) -> str:
    first, last = letters(min(indexes)), letters(max(indexes))
    return f"column {first}" if first == last else f"columns {first} to {last}"
