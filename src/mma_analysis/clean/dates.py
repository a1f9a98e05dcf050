"""Whether day or month goes first in each column of a delivery, or the error that asks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from mma_analysis.clean.words import in_sheet, map_cells
from mma_analysis.days import (
    DAY_FIRST,
    MONTH_FIRST,
    SHORT_YEAR_FIRST,
    day_of,
    is_year_first,
    possible_orders,
)
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import DataError, UsageError, message
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
    def orders(self) -> dict[str, frozenset[str]]:
        """Each cell that is a day in some order of its numbers → the orders that it allows."""
        return {cell: allowed for cell in self.first_row if (allowed := possible_orders(cell))}

    @cached_property
    def proofs(self) -> dict[str, str]:
        """Each order that the column proves → the first cell that allows that order only."""
        proved: dict[str, str] = {}
        for cell, allowed in self.orders.items():
            if len(allowed) == 1:
                proved.setdefault(min(allowed), cell)
        return proved

    def says(self, verb: str, cell: str, *orders: str) -> str:
        """Where a cell is, and which day it is in these orders."""
        days = {order: day_of(cell, order) or message("no_such_day") for order in orders}
        read = message("or").join(f"{day} ({order})" for order, day in days.items())
        return message("reads_as", row=self.first_row[cell], verb=message(verb), days=read)


def delivery_dates(
    raw: pd.DataFrame, headers: Mapping[str, str], senders: Iterable[str], edition: Edition
) -> dict[str, pd.Series]:
    """Read the date columns of one delivery, or raise with every column that is not certain.

    The order that the settings give a column holds for all of it. Otherwise a column of a sheet
    proves its order with a day above 12 that exists; when it cannot, the same column on the other
    sheets does, and else the other date columns of the file: one file comes from one program. Dates
    that can be read in one way only (year first, month as a word, Excel's number) need no order, so
    a column may mix them with the rest. A day that is years outside the evaluation is missing; a
    day of receipt that is years before it only when there was no M. yet.
    """
    senders = list(senders)
    sheets = [(str(name), cells) for name, cells in raw.groupby("source_sheet", sort=False)]
    parts = [
        DateColumn(field, name, dict(first.itertuples(index=False)))
        for field in DATES
        for name, cells in sheets
        for first in [cells[[field, "source_row"]].drop_duplicates(field)]
    ]
    columns = {field: _set_order(field, senders, edition) for field in DATES}
    orders: dict[tuple[str, str], str] = {}
    faults: list[str] = []
    for part in parts:
        is_set = columns[part.field]
        order = is_set or _proved_order(part, parts)
        orders[part.field, part.sheet] = order
        if not is_set and (fault := _fault(part, order, edition)):
            orders_to_choose = dict(day_first=DAY_FIRST, month_first=MONTH_FIRST)
            where = dict(file=raw["source_file"].iloc[0], sheet=in_sheet(part.sheet))
            blocks = message("and").join(f"[gemeenten.{slug}]" for slug in senders)
            faults.append(
                message(
                    "order_column",
                    **where,
                    header=headers.get(part.field, part.field),
                    fault=fault,
                    settings=SETTINGS_FILE,
                    blocks=blocks,
                    field=part.field,
                    **orders_to_choose,
                    year_first=SHORT_YEAR_FIRST,
                )
            )
    if faults:
        raise DataError("\n".join(faults))
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


def _set_order(field: str, senders: Iterable[str], edition: Edition) -> str:
    orders = {slug: edition.gemeente(slug).date_order(field) for slug in senders}
    if len(set(orders.values())) > 1:
        words = {"settings": SETTINGS_FILE, "slugs": ", ".join(orders), "field": field}
        raise UsageError.of("other_orders", **words)
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
    if len(part.proofs) > 1:
        ways = [part.says("can_only_be", cell, one) for one, cell in part.proofs.items()]
        return message("two_ways", ways=", ".join(ways))
    undecided = [cell for cell, allowed in part.orders.items() if len(allowed) > 1]
    if undecided and not order:
        return message("not_apart", reads=part.says("is_day", undecided[0], DAY_FIRST, MONTH_FIRST))
    # `22-03-14` is a day of the evaluation only when its year goes first.
    ways = (order or DAY_FIRST, SHORT_YEAR_FIRST)
    days = [[day_of(cell, way) for cell in part.orders] for way in ways]
    as_is, turned = (
        [day is not None and edition.begin <= day <= edition.peildatum for day in each]
        for each in days
    )
    if part.orders and all(turned) and not any(as_is):
        return message("year_first", reads=part.says("is_day", next(iter(part.orders)), *ways))
    return "" if undecided else _swapped_by_a_program(part)


def _swapped_by_a_program(part: DateColumn) -> str:
    """A program with another order than the text took for dates only what it could: days to 12."""
    real = [day for cell in part.first_row if is_year_first(cell) and (day := day_of(cell, ""))]
    enough = len(part.orders) >= SWAPPED_TEXTS and len(real) >= SWAPPED_DATES
    if not enough or any(day.day > LAST_MONTH for day in real):
        return ""
    row = part.first_row[next(iter(part.orders))]
    return message("swapped", texts=len(part.orders), row=row, real=len(real))
