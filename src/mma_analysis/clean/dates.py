"""Whether day or month goes first in each column of a delivery, or the error that asks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from mma_analysis.clean.words import map_cells
from mma_analysis.days import (
    DAY_FIRST,
    MONTH_FIRST,
    SHORT_YEAR_FIRST,
    day_of,
    is_year_first,
    possible_orders,
)
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import DataError, UsageError
from mma_analysis.vocabulary.schema import DATES

# Dates that a program took for real ones and texts that it did not: from these numbers on chance
# does not explain that no real date has a day above 12 (0.4 to the fifth power is 1 %).
SWAPPED_DATES, SWAPPED_TEXTS = 5, 2
LAST_MONTH = 12
# No melding was received before there was a line.
FIRST_YEAR_OF_M = dt.date(2002, 1, 1)
# What is further from the evaluation than this is what a system writes for no day: 31-12-9999 or
# 1-1-1900. A typing error of a year is within it, and is asked about.
LONGEST_BEFORE, LONGEST_AFTER = dt.timedelta(days=5 * 365), dt.timedelta(days=366)


DATE = "datetime64[us]"


@dataclass(frozen=True)
class DateColumn:
    """One date column of one sheet: its distinct cells, each with the first row that it is on."""

    field: str
    sheet: str
    first_row: Mapping[str, int]

    @cached_property
    def proofs(self) -> dict[str, str]:
        """Each order that the column proves → a cell that allows that order only."""
        proved: dict[str, str] = {}
        for cell in self.first_row:
            orders = possible_orders(cell)
            if len(orders) == 1:
                proved.setdefault(next(iter(orders)), cell)
        return proved

    @cached_property
    def open_cells(self) -> list[str]:
        """Cells that are a day in both orders, and not the same day."""
        return [cell for cell in self.first_row if len(possible_orders(cell)) > 1]

    def place(self, cell: str) -> str:
        """Where a cell is."""
        return f"row {self.first_row[cell]}"


def delivery_dates(
    raw: pd.DataFrame, headers: Mapping[str, str], senders: Iterable[str], edition: Edition
) -> dict[str, pd.Series]:
    """Read the date columns of one delivery.

    The order that the settings give a column holds for all of it. Otherwise a column of a sheet
    proves its order with a day above 12 that exists; when it cannot, the same column on the other
    sheets does, and else the other date columns of the file: one file comes from one program. Dates
    that can be read in one way only (year first, month as a word, Excel's number) need no order, so
    a column may mix them with the rest. A day that is years outside the evaluation is missing; a
    day of receipt that is years before it only when there was no M. yet.

    Raises
    ------
    DataError
        When a column proves two orders, or none while its cells are different days in each.
    UsageError
        When the senders of the file have set different orders.
    """
    senders = list(senders)
    by_sheet = raw[[*DATES, "source_row"]].groupby(raw["source_sheet"], sort=False)
    sheets = [(str(name), cells) for name, cells in by_sheet]
    orders = _orders(raw, sheets, headers, senders, edition)
    delivered = [day for slug in senders if (day := edition.gemeente(slug).geleverd_op)]
    last = pd.Timestamp(max([edition.peildatum, *delivered]) + LONGEST_AFTER)
    days: dict[str, pd.Series] = {}
    for field in DATES:
        read = [
            map_cells(cells[field], partial(day_of, order=orders[field, name]), DATE)
            for name, cells in sheets
        ]
        column = pd.concat(read).reindex(raw.index) if read else pd.Series([], dtype=DATE)
        # Who delivers a list of all years makes no fault: its old meldingen are of another time.
        of_receipt = field == "received_on"
        first = pd.Timestamp(FIRST_YEAR_OF_M if of_receipt else edition.begin - LONGEST_BEFORE)
        days[field] = column.where(column.between(first, last))
    return days


def _orders(
    raw: pd.DataFrame,
    sheets: list[tuple[str, pd.DataFrame]],
    headers: Mapping[str, str],
    senders: list[str],
    edition: Edition,
) -> dict[tuple[str, str], str]:
    """Field and sheet → the order of its dates; every column that is at fault is named."""
    parts = [
        DateColumn(field, name, dict(first[[field, "source_row"]].itertuples(index=False)))
        for field in DATES
        for name, cells in sheets
        for first in [cells.drop_duplicates(field)]
    ]
    columns = {field: _set_order(field, senders, edition) for field in DATES}
    orders: dict[tuple[str, str], str] = {}
    faults: list[str] = []
    for part in parts:
        order = orders[part.field, part.sheet] = columns[part.field] or _proved_order(part, parts)
        fault = "" if columns[part.field] else _fault(part, order, edition)
        if fault:
            file = raw["source_file"].iloc[0]
            sheet = f", sheet '{part.sheet}'" if part.sheet else ""
            blocks = " and ".join(f"[gemeenten.{slug}]" for slug in senders)
            faults.append(
                f"{file}{sheet}, column '{headers.get(part.field, part.field)}': {fault} say which "
                f"is right in {SETTINGS_FILE} under {blocks}\n"
                f'datumformaat = {{ {part.field} = "{DAY_FIRST}" }}  '
                f'# or "{MONTH_FIRST}", or "{SHORT_YEAR_FIRST}"'
            )
    if faults:
        raise DataError("\n".join(faults))
    return orders


def _set_order(field: str, senders: Iterable[str], edition: Edition) -> str:
    orders = {slug: edition.gemeente(slug).date_order(field) for slug in senders}
    if len(set(orders.values())) > 1:
        raise UsageError(
            f"{SETTINGS_FILE}: {', '.join(orders)} deliver one file but do not have the same "
            f"datumformaat for {field}; give each of them the same"
        )
    return next(iter(orders.values()), "")


def _proved_order(part: DateColumn, parts: list[DateColumn]) -> str:
    """The one order that is proved nearest to this column; empty when none is."""
    same_column = [other for other in parts if other.field == part.field]
    for near in ([part], same_column, parts):
        proved = {order for other in near for order in other.proofs}
        if proved:
            return proved.pop() if len(proved) == 1 else ""
    return ""


def _fault(part: DateColumn, order: str, edition: Edition) -> str:
    """Why the order of this column is not certain; empty when it is."""
    proofs = part.proofs
    if len(proofs) > 1:
        ways = [f"{part.place(cell)} can only be {_reading(cell, o)}" for o, cell in proofs.items()]
        return f"the dates are written in two ways: {', '.join(ways)};"
    if not order and part.open_cells:
        cell = part.open_cells[0]
        both = " or ".join(_reading(cell, order) for order in (DAY_FIRST, MONTH_FIRST))
        return (
            "day and month cannot be told apart: no day that exists is above 12; "
            f"{part.place(cell)} is {both};"
        )
    return _short_year_first(part, order, edition) or _swapped_by_a_program(part)


def _short_year_first(part: DateColumn, order: str, edition: Edition) -> str:
    """`22-03-14` is a day of the evaluation only when its year goes first."""
    order = order or DAY_FIRST
    cells = [cell for cell in part.first_row if possible_orders(cell)]
    as_is, turned = (
        [
            day
            for cell in cells
            if (day := day_of(cell, way)) and edition.begin <= day <= edition.peildatum
        ]
        for way in (order, SHORT_YEAR_FIRST)
    )
    if as_is or len(turned) < max(len(cells), 1):
        return ""
    both = " or ".join(_reading(cells[0], way) for way in (order, SHORT_YEAR_FIRST))
    return (
        f"no date is within the evaluation, and all are when the year goes first; "
        f"{part.place(cells[0])} is {both};"
    )


def _reading(cell: str, order: str) -> str:
    return f"{day_of(cell, order) or 'a day that does not exist'} ({order})"


def _swapped_by_a_program(part: DateColumn) -> str:
    """A program with another order than the text took for dates only what it could: days to 12."""
    texts = [cell for cell in part.first_row if possible_orders(cell)]
    if len(texts) < SWAPPED_TEXTS or part.open_cells:
        return ""
    dates = [day for cell in part.first_row if is_year_first(cell) and (day := day_of(cell, ""))]
    if len(dates) < SWAPPED_DATES or any(day.day > LAST_MONTH for day in dates):
        return ""
    return (
        f"{len(texts)} dates are text with a day above 12 (such as {part.place(texts[0])}) and "
        f"none of the {len(dates)} real dates has one: a spreadsheet program has probably swapped "
        "day and month of the real dates; ask for the export from before it was opened there, and "
        "only when the real dates prove to be right"
    )
