"""Whether day or month goes first in each column of a delivery, or the error that asks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from mma_analysis import days
from mma_analysis.clean.words import in_sheet, map_cells
from mma_analysis.days import day_of
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
    """One date column of one sheet, in the rows of that sheet."""

    field: str
    sheet: str
    rows: pd.DataFrame

    @cached_property
    def first_row(self) -> dict[str, int]:
        """Each distinct cell → the first row that it is on."""
        first = self.rows.groupby(self.field, sort=False)["source_row"].first()
        return dict(zip(map(str, first.index), first.tolist(), strict=True))

    @cached_property
    def orders(self) -> dict[str, frozenset[str]]:
        """Each cell that is a day in some order of its numbers → the orders that it allows."""
        allowed = {cell: days.possible_orders(cell) for cell in self.first_row}
        return {cell: orders for cell, orders in allowed.items() if orders}

    @cached_property
    def proofs(self) -> dict[str, str]:
        """Each order that the column proves → the first cell that allows that order only."""
        proofs: dict[str, str] = {}
        for cell, orders in self.orders.items():
            if len(orders) == 1:
                proofs.setdefault(min(orders), cell)
        return proofs

    @cached_property
    def is_in_weeks(self) -> bool:
        """Whether most of its cells are weeks and say so: `5-2022` may be a month."""
        weeks = [c for c in self.first_row if "w" in c.casefold() and not day_of(c, "")]
        return 2 * sum(day_of(c, days.WEEK) is not None for c in weeks) > len(self.first_row)

    def proved(self, others: Sequence["DateColumn"]) -> str:
        """The order that is proved here, else by its field on other sheets, else by any column."""
        same_column = [other for other in others if other.field == self.field]
        nearest = (
            {o for one in near for o in one.proofs} for near in ([self], same_column, others)
        )
        proved = next(filter(None, nearest), set[str]())
        return proved.pop() if len(proved) == 1 else ""

    def fault(self, order: str, edition: Edition) -> str:
        """Why this order of the column is not certain; empty when it is."""
        if self.is_in_weeks:
            return message("in_weeks")
        if len(self.proofs) > 1:
            each = [self._says("can_only_be", cell, one) for one, cell in self.proofs.items()]
            return message("two_ways", ways=", ".join(each))
        undecided = [cell for cell, allowed in self.orders.items() if len(allowed) > 1]
        if undecided and not order:
            both = (days.DAY_FIRST, days.MONTH_FIRST)
            return message("not_apart", reads=self._says("is_day", undecided[0], *both))
        # `22-03-14` is a day of the evaluation only when its year goes first.
        ways = (order or days.DAY_FIRST, days.SHORT_YEAR_FIRST)
        as_is, turned = (
            [day is not None and edition.begin <= day <= edition.peildatum for day in each]
            for each in ([day_of(cell, way) for cell in self.orders] for way in ways)
        )
        if turned and all(turned) and not any(as_is):
            return message("year_first", reads=self._says("is_day", next(iter(self.orders)), *ways))
        # A program with another order than the text took for dates only what it could: days to 12.
        if undecided or len(self.orders) < SWAPPED_TEXTS:
            return ""
        stored = [day_of(cell, "") for cell in self.first_row if days.is_year_first(cell)]
        real = [day for day in stored if day]
        if len(real) < SWAPPED_DATES or any(day.day > LAST_MONTH for day in real):
            return ""
        row = self.first_row[next(iter(self.orders))]
        return message("swapped", texts=len(self.orders), row=row, real=len(real))

    def _says(self, verb: str, cell: str, *orders: str) -> str:
        read = {order: day_of(cell, order) or message("no_such_day") for order in orders}
        ways = message("or").join(f"{day} ({order})" for order, day in read.items())
        return message("reads_as", row=self.first_row[cell], verb=message(verb), days=ways)


def delivery_dates(
    raw: pd.DataFrame, headers: Mapping[str, str], senders: Sequence[str], edition: Edition
) -> dict[str, pd.Series]:
    """Read the date columns of one delivery, or raise with every column that is not certain.

    The order that the settings give a column holds for all of it; else a day above 12 proves it. A
    day that is years outside the evaluation is missing.
    """
    is_set: dict[str, str] = {}
    for field in DATES:
        orders = {slug: edition.gemeente(slug).date_order(field) for slug in senders}
        if len(set(orders.values())) > 1:
            words = {"settings": SETTINGS_FILE, "slugs": ", ".join(orders), "field": field}
            raise UsageError.of("other_orders", **words)
        is_set[field] = next(iter(orders.values()), "")
    columns = [
        DateColumn(field, str(sheet), rows)
        for sheet, rows in raw.groupby("source_sheet", sort=False)
        for field in DATES
        if field in headers
    ]
    faults: list[str] = []
    chosen = {field: order for field, order in is_set.items() if order}
    read = {field: [pd.Series(dtype=DATE)] for field in DATES}
    for column in columns:
        field, order = column.field, is_set[column.field] or column.proved(columns)
        if not is_set[field] and (fault := column.fault(order, edition)):
            where = {"file": raw["source_file"].iloc[0], "sheet": in_sheet(column.sheet)}
            faults.append(message("order_column", **where, header=headers[field], fault=fault))
            chosen[field] = days.WEEK if column.is_in_weeks else days.DAY_FIRST
        read[field].append(map_cells(column.rows[field], partial(day_of, order=order), DATE))
    if faults:
        words = {"blocks": message("and").join(f"[gemeenten.{slug}]" for slug in senders)}
        words["orders"] = ", ".join(f'{field} = "{order}"' for field, order in chosen.items())
        faults.append(message("order_line", settings=SETTINGS_FILE, **words))
        raise DataError("\n".join(faults))
    delivered = []
    for slug in senders:
        day = edition.gemeente(slug).delivered_on
        if day:
            delivered.append(day)
    last = pd.Timestamp(max([edition.peildatum, *delivered]) + LONGEST_AFTER)
    # Who delivers a list of all years makes no fault: its old meldingen are of another time.
    first = dict.fromkeys(DATES, edition.begin - LONGEST_BEFORE) | {"received_on": FIRST_YEAR_OF_M}
    return {
        field: dates.where(dates.between(pd.Timestamp(first[field]), last))
        for field, parts in read.items()
        for dates in [pd.concat(parts).reindex(raw.index)]
    }
