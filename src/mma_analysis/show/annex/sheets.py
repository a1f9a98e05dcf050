"""The sheets of the annex: which table on which, with what heads, and what a page calls them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show.annex import cells
from mma_analysis.show.annex.cells import Cell, Known
from mma_analysis.show.annex.sources import source
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.headings import headings

NUMBERS = ("count", "rounded", "number", "share", "euro", "cents", "year")


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its head in Dutch, and what its cells are.

    `form` is `text`, `area`, `period`, `date`, `yes_no` or one of `NUMBERS`.
    """

    head: str
    form: str


@dataclass(frozen=True)
class Sheet:
    """One released table as a sheet; a cell without a number says in words why."""

    table: str
    name: str
    title: str
    about: str
    chapter: str
    indicators: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class LeftOut:
    """A table that is not in the annex, and why."""

    title: str
    reason: str


def sheets(e: Evaluation) -> list[Sheet]:
    """Every released table that a page shows, in the order of the chapters.

    A table without rows in this edition is no sheet; `left_out` says so.

    `e` is the public evaluation of the district: its tables are those of all pages.
    """
    found = [(row, source(e, row["table"])) for row in _with_sheet(e)]
    known = Known(e)
    return [_sheet(known, row, table) for row, table in found if len(table)]


def sheet_of_area(e: Evaluation, table: str) -> Sheet:
    """The sheet of one table with the rows of this area only; its own exact ones when intern."""
    row = next(row for row in _with_sheet(e) if row["table"] == table)
    found = source(e, table)
    return _sheet(Known(e), row, found[found["area"] == e.area.slug])


def left_out(e: Evaluation) -> list[LeftOut]:
    """The tables that are not in the annex of this edition, with the reason."""
    empty = [row for row in _with_sheet(e) if not len(source(e, row["table"]))]
    never = [row for row in e.vocabulary.reference("indicators") if row["reason"]]
    return [
        *[
            LeftOut(row["title"], "hierover is in deze evaluatie niets te vertellen")
            for row in empty
        ],
        *[LeftOut(row["name"], row["reason"]) for row in never],
    ]


def _with_sheet(e: Evaluation) -> list[dict[str, str]]:
    return [row for row in e.vocabulary.reference("indicators") if row["sheet"]]


def columns_of(vocabulary: Vocabulary, code: str, table: pd.DataFrame) -> dict[str, Column]:
    """The columns of a released table that a reader sees."""
    rows = vocabulary.reference("indicators")
    names = (code, *(one["code"] for one in rows if one["table"] == code))
    found = headings(vocabulary.reference("labels"), names, [str(name) for name in table])
    return {name: Column(one["nl"], one["form"]) for name, one in found.items()}


def _sheet(known: Known, row: dict[str, str], table: pd.DataFrame) -> Sheet:
    vocabulary, code = known.e.vocabulary, row["table"]
    indicators = [one for one in vocabulary.reference("indicators") if one["table"] == code]
    told = columns_of(vocabulary, code, table)
    records: list[dict[str, Any]] = [
        {str(key): value for key, value in record.items()} for record in table.to_dict("records")
    ]
    return Sheet(
        table=code,
        name=row["sheet"],
        title=row["title"],
        about=row["about"],
        chapter=row["chapter"],
        indicators=[one["name"] for one in indicators],
        columns=list(told.values()),
        rows=[[_cell(known, code, record, *one) for one in told.items()] for record in records],
    )


def _cell(known: Known, table: str, row: Mapping[str, Any], name: str, column: Column) -> Cell:
    value = row[name]
    if column.form in NUMBERS:
        is_absent = pd.isna(value)
        return cells.why_empty(known, row, name) if is_absent else cells.number(value, column.form)
    if column.form in _SIMPLE:
        return _SIMPLE[column.form](known, value)
    return cells.harmless(cells.spoken(known, table, row, name))


_SIMPLE: dict[str, Callable[[Known, Any], Cell]] = {
    "area": lambda known, value: known.e.vocabulary.area(str(value)).name,
    "period": lambda known, value: known.periods[str(value)],
    "date": lambda known, value: cells.day(value),
    "yes_no": lambda known, value: cells.yes_no(value),
}
