"""Sheets with the rows of other sheets of their file, as a year beside its months."""

import json
from collections.abc import Iterator

from mma_analysis import domain
from mma_analysis.days import DAY_FIRST, day_of
from mma_analysis.domain import MmaError, plain
from mma_analysis.read.grid import Grid
from mma_analysis.read.headers import Header
from mma_analysis.read.naming import REPEATABLE
from mma_analysis.read.rows import data_rows
from mma_analysis.settings import SETTINGS_FILE

Sheets = list[tuple[Grid, Header]]
# Index of a row → name of a column → its cell.
Rows = dict[int, dict[str, str]]

# A total to which something was added or in which something was mended since.
MOST_OF_A_SHEET = 0.8
# One row may be the same by chance.
FEWEST_ROWS = 2


def refuse_repeats(sheets: Sheets, file: str, sender: str) -> None:
    """No sheet has nearly all its rows on other sheets too, unless their numbers tell that.

    A row is the same when all that is filled in the columns that both sheets have is the same, free
    text too. Of rows with a number cleaning knows which one counts.

    Raises
    ------
    MmaError
        With the sheets, and the setting that chooses.
    """
    if len(sheets) < 2:
        return
    rows = [(grid.sheet, _rows(grid, header)) for grid, header in sheets]
    repeats = {
        sheet: found
        for sheet, own in rows
        if (found := _repeated(own, [(name, r) for name, r in rows if name != sheet]))
    }
    if not repeats:
        return
    sizes = {sheet: len(own) for sheet, own in rows}
    # The months in a year that has more rows, or else a year that is the months and no more.
    more = list(
        dict.fromkeys(n for _, names in repeats.values() for n in names if n not in repeats)
    )
    twice = list(repeats) if more else [max(repeats, key=lambda sheet: sizes[sheet])]
    others = more or repeats[twice[0]][1]
    number = sum(repeats[sheet][0] for sheet in twice)
    raise MmaError(
        f"{file}: {number} of the {sum(sizes[sheet] for sheet in twice)} rows on {_quoted(twice)} "
        f"stand on {_quoted(others)} too, without a number that tells that they are one tip, so "
        f"each would be counted twice; say in {SETTINGS_FILE} under [gemeenten.{sender}] which "
        f"sheets count:\nblad = {_without(twice, rows)}  # or {_without(others, rows)}"
    )


def _quoted(sheets: list[str]) -> str:
    return ", ".join(f"sheet '{sheet}'" for sheet in sheets)


def _without(out: list[str], rows: list[tuple[str, Rows]]) -> str:
    return json.dumps([sheet for sheet, _ in rows if sheet not in out], ensure_ascii=False)


def _rows(grid: Grid, header: Header) -> Rows:
    """The data rows, without the columns that only say where a row stands."""
    named = {
        plain(column.header) if column.target in REPEATABLE else column.target: column.index
        for column in header.columns
        if column.target != "ignored"
    }
    return {
        index: {
            name: _as_compared(name, row[at] if at < len(row) else "") for name, at in named.items()
        }
        for index in data_rows(grid, header)
        for row in [grid.rows[index]]
    }


def _as_compared(name: str, cell: str) -> str:
    """A day is the same day when one of both sheets has it as text."""
    if name in domain.DATES:
        return str(day_of(cell, DAY_FIRST) or cell)
    return plain(cell)


def _repeated(own: Rows, others: list[tuple[str, Rows]]) -> tuple[int, list[str]] | None:
    """How many of these rows stand on which other sheets; none when that is not most of them."""
    found: set[int] = set()
    distinct: set[tuple[str, ...]] = set()
    names: list[str] = []
    for name, rows in others:
        same = dict(_same(own, rows))
        if same:
            found |= same.keys()
            distinct |= set(same.values())
            names.append(name)
    enough = len(distinct) >= FEWEST_ROWS and len(found) >= MOST_OF_A_SHEET * len(own)
    return (len(found), names) if enough else None


def _same(own: Rows, other: Rows) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows that the other sheet has as well, but for those with a number on both."""
    if not own or not other:
        return
    there = next(iter(other.values()))
    columns = [name for name in next(iter(own.values())) if name in there]
    compared = [name for name in columns if name != "melding_id"]
    both_numbered = "melding_id" in columns
    known: dict[tuple[str, ...], bool] = {}
    for row in other.values():
        cells = tuple(row[name] for name in compared)
        known[cells] = known.get(cells, True) and both_numbered and row["melding_id"] != ""
    for index, row in own.items():
        cells = tuple(row[name] for name in compared)
        if cells not in known or len([cell for cell in cells if cell]) < FEWEST_ROWS:
            continue
        if not (known[cells] and row["melding_id"] != ""):
            yield index, cells
