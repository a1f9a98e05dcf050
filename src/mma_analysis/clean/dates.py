"""Whether day or month goes first in each column of a delivery, or the error that asks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from mma_analysis.clean.words import in_sheet, map_cells
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import DataError, UsageError, days, message
from mma_analysis.vocabulary.days import day_of
from mma_analysis.vocabulary.schema import DATES

# Dates that a program took for real ones and texts that it did not: from these numbers on
# chance does not explain that no real date has a day above 12 (0.4 to the fifth power is 1
# %).
SWAPPED_DATES = 5
SWAPPED_TEXTS = 2
LAST_MONTH = 12
# No melding was received before there was a line.
FIRST_YEAR_OF_M = dt.date(2002, 1, 1)
# What is further from the evaluation than this is what a system writes for no day:
# 31-12-9999 or 1-1-1900. A typing error of a year is within it, and is asked about.
LONGEST_BEFORE = dt.timedelta(days=5 * 365)
LONGEST_AFTER = dt.timedelta(days=366)

DATE_DTYPE = "datetime64[us]"


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
        return {str(cell): row for cell, row in first.items()}

    @cached_property
    def orders(self) -> dict[str, frozenset[str]]:
        """Each cell that is a day in some order of numbers → the orders that it allows."""
        orders = {}
        for cell in self.first_row:
            allowed = days.possible_orders(cell)
            if allowed:
                orders[cell] = allowed
        return orders

    @cached_property
    def proofs(self) -> dict[str, str]:
        """Each order that the column proves → the first cell that allows only that one."""
        proofs: dict[str, str] = {}
        for cell, allowed in self.orders.items():
            if len(allowed) == 1:
                proofs.setdefault(min(allowed), cell)
        return proofs

    @cached_property
    def is_in_weeks(self) -> bool:
        """Whether most of its cells are weeks and say so: `5-2022` may be a month."""
        with_a_w = [cell for cell in self.first_row if "w" in cell.casefold()]
        no_days = [cell for cell in with_a_w if not day_of(cell, "")]
        weeks = [cell for cell in no_days if day_of(cell, days.WEEK)]
        return len(weeks) > len(self.first_row) / 2

    def proved(self, others: Sequence["DateColumn"]) -> str:
        """The order that is proved here, else by its field on other sheets, else by any.

        Empty when it is not, or when the nearest of these prove two.
        """
        same_field = [other for other in others if other.field == self.field]

        for columns in ([self], same_field, others):
            orders = {order for column in columns for order in column.proofs}
            if orders:
                return orders.pop() if len(orders) == 1 else ""
        return ""

    def fault(self, order: str, edition: Edition) -> str:
        """Why this order of the column is not certain; empty when it is."""
        if self.is_in_weeks:
            return message("in_weeks")

        if len(self.proofs) > 1:
            ways = []
            for proved, cell in self.proofs.items():
                ways.append(self._says("can_only_be", cell, [proved]))
            return message("two_ways", ways=", ".join(ways))

        undecided = [cell for cell, allowed in self.orders.items() if len(allowed) > 1]
        if undecided and not order:
            both = [days.DAY_FIRST, days.MONTH_FIRST]
            return message("not_apart", reads=self._says("is_day", undecided[0], both))

        # `22-03-14` is a day of the evaluation only when its year goes first.
        as_read = order or days.DAY_FIRST
        as_read_inside = self._are_inside(edition, as_read)
        year_first_inside = self._are_inside(edition, days.SHORT_YEAR_FIRST)
        if self.orders and all(year_first_inside) and not any(as_read_inside):
            first = next(iter(self.orders))
            both = [as_read, days.SHORT_YEAR_FIRST]
            return message("year_first", reads=self._says("is_day", first, both))

        return "" if undecided else self._swapped()

    def _are_inside(self, edition: Edition, order: str) -> list[bool]:
        """Whether each cell, in this order of its numbers, is a day of the evaluation."""
        are_inside = []
        for cell in self.orders:
            day = day_of(cell, order)
            is_inside = day is not None and edition.begin <= day <= edition.peildatum
            are_inside.append(is_inside)
        return are_inside

    def _swapped(self) -> str:
        """That a program seems to have swapped days and months; empty when it did not.

        One with another order than the text took for dates only what it could: days to 12.
        """
        texts = len(self.orders)
        if texts < SWAPPED_TEXTS:
            return ""
        stored = [cell for cell in self.first_row if days.is_year_first(cell)]
        read = [day_of(cell, "") for cell in stored]
        real = [day for day in read if day]
        is_not_swapped = any(day.day > LAST_MONTH for day in real)
        if len(real) < SWAPPED_DATES or is_not_swapped:
            return ""

        first = next(iter(self.orders))
        row = self.first_row[first]
        return message("swapped", texts=texts, row=row, real=len(real))

    def _says(self, verb: str, cell: str, orders: Sequence[str]) -> str:
        """Which day a cell is in each of these orders."""
        ways = []
        for order in dict.fromkeys(orders):
            day = day_of(cell, order) or message("no_such_day")
            ways.append(f"{day} ({order})")
        return message(
            "reads_as",
            row=self.first_row[cell],
            verb=message(verb),
            days=message("or").join(ways),
        )


def delivery_dates(
    raw: pd.DataFrame,
    headers: Mapping[str, str],
    senders: Sequence[str],
    edition: Edition,
) -> dict[str, pd.Series]:
    """Read the date columns of a delivery, or raise with every one that is not certain.

    The order that the settings give a column holds for all of it; else a day above 12
    proves it. A day that is years outside the evaluation is missing.
    """
    order_set = _orders_set(senders, edition)
    columns = []
    for sheet, rows in raw.groupby("source_sheet", sort=False):
        for field in DATES:
            if field in headers:
                columns.append(DateColumn(field, str(sheet), rows))

    faults: list[str] = []
    chosen = {field: order for field, order in order_set.items() if order}
    parts = {field: [pd.Series(dtype=DATE_DTYPE)] for field in DATES}
    for column in columns:
        field = column.field
        order = order_set[field] or column.proved(columns)
        fault = "" if order_set[field] else column.fault(order, edition)
        if fault:
            said = message(
                "order_column",
                file=raw["source_file"].iloc[0],
                sheet=in_sheet(column.sheet),
                header=headers[field],
                fault=fault,
            )
            faults.append(said)
            chosen[field] = days.WEEK if column.is_in_weeks else days.DAY_FIRST

        in_order = partial(day_of, order=order)
        parts[field].append(map_cells(column.rows[field], in_order, DATE_DTYPE))

    if faults:
        faults.append(_line_to_paste(senders, chosen))
        raise DataError("\n".join(faults))

    last = _last_day(senders, edition)
    read = {}
    for field in DATES:
        dates = pd.concat(parts[field]).reindex(raw.index)
        is_a_day = dates.between(_first_day(field, edition), last)
        read[field] = dates.where(is_a_day)
    return read


def _orders_set(senders: Sequence[str], edition: Edition) -> dict[str, str]:
    """Field → the order that the settings of its senders give it; empty when none."""
    order_set: dict[str, str] = {}
    for field in DATES:
        orders = [edition.gemeente(slug).date_order(field) for slug in senders]
        if len(set(orders)) > 1:
            raise UsageError.of(
                "other_orders",
                settings=SETTINGS_FILE,
                slugs=", ".join(senders),
                field=field,
            )
        order_set[field] = orders[0] if orders else ""
    return order_set


def _line_to_paste(senders: Sequence[str], chosen: Mapping[str, str]) -> str:
    """What to write in the settings, and in which blocks."""
    blocks = [f"[gemeenten.{slug}]" for slug in senders]
    orders = [f'{field} = "{order}"' for field, order in chosen.items()]
    return message(
        "order_line",
        settings=SETTINGS_FILE,
        blocks=message("and").join(blocks),
        orders=", ".join(orders),
    )


def _first_day(field: str, edition: Edition) -> pd.Timestamp:
    """Before this a day of this field is what a system writes for no day."""
    # Who delivers a list of all years makes no fault: its old meldingen are of another
    # time.
    if field == "received_on":
        return pd.Timestamp(FIRST_YEAR_OF_M)
    return pd.Timestamp(edition.begin - LONGEST_BEFORE)


def _last_day(senders: Sequence[str], edition: Edition) -> pd.Timestamp:
    """After this a day is what a system writes for no day."""
    latest = edition.peildatum
    for slug in senders:
        delivered_on = edition.gemeente(slug).delivered_on
        if delivered_on:
            latest = max(latest, delivered_on)
    return pd.Timestamp(latest + LONGEST_AFTER)
