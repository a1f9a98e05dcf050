"""The rows of a released table by name, each number with the cell that it comes from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from mma_analysis.vocabulary.errors import message
from mma_analysis.vocabulary.glance import Line, glance, glance_at
from mma_analysis.vocabulary.reference import headings
from mma_analysis.vocabulary.schema import UNKNOWN
from mma_analysis.vocabulary.text import did_you_mean
from mma_analysis.vocabulary.value import (
    FORMS_OF_WORDS,
    Value,
    columns_of_released,
    is_bound,
    is_own,
    value_of,
)

Why = Callable[[], str]  # says why there is no row
# Columns of codes by which a row is asked for; a table has one of these.
CODE_COLUMNS = ("value", "area", "assumption", "situation")


def not_there(name: str, names: Sequence[str]) -> str:
    """That there is no such name, and which was probably meant, or which there are."""
    near = did_you_mean(name, names) if names else ""
    return message("not_here", name=name, near=near)


def records_of(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of a table, as `to_dict("records")` gives them, and sooner."""
    names = list(table)
    columns = []
    for name in names:
        values = table[name].tolist()
        columns.append([None if value is pd.NA else value for value in values])
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


class Row:
    """One row of a released table: a column of numbers is a Value, any other what it is.

    A day or a code with its cell is `row.woord("connected_on")`.
    """

    def __init__(self, row: Mapping[Any, Any], why: Why | None = None) -> None:
        self._row: dict[str, Any] = dict(row)
        self._why = why  # there is none: asked only when somebody uses it

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._row:
            raise AttributeError(self._not_here(name))
        if "cell" not in self._row or name == "cell":
            return self._row[name]
        value = self.woord(name)
        if value.form in FORMS_OF_WORDS:
            return self._row[name]
        return value

    def _not_here(self, name: str) -> str:
        """That there is no such column, or no row at all, and which there are."""
        if self._row:
            return not_there(name, list(self._row))
        return self._why() if self._why else message("no_such_row")

    def woord(self, column: str) -> Value:
        """A code or a day as a value: in words, and with its cell."""
        return value_of(self._row, column)

    def __dir__(self) -> list[str]:
        return [*self._row, "woord"]

    def __bool__(self) -> bool:
        return bool(self._row)

    def __repr__(self) -> str:  # for who looks in a notebook what there is
        lines = [f"{name}: {getattr(self, name)}" for name in self._row]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self._row:
            return glance_at("Geen rij", self._not_here(""))
        beside = self._said_beside()
        names = [name for name in self._row if name not in beside]
        cell = str(self._row.get("cell", ""))
        table = cell.partition("|")[0]
        known = headings([table], names)
        lines = []
        for name in names:
            heading = known[name]["nl"] if name in known else ""
            lines.append(Line(name, self._in_full(name), heading))
        warning = message("own_row") if is_own(self._row) else ""
        return glance(cell, lines, warning)

    def _in_full(self, name: str) -> str:
        """What stands in a column: a number with its interval, a code also in words."""
        value = getattr(self, name)
        if isinstance(value, Value):
            return value.in_full
        code = str(value)
        if "cell" not in self._row:
            return code
        in_words = str(self.woord(name))
        return code if in_words == code else f"{in_words} ({code})"

    def _said_beside(self) -> set[str]:
        """The columns that are said beside another: ends of intervals, bounds, the cell."""
        beside = set()
        for name in self._row:
            if is_bound(name):
                beside.add(name)
        if "cell" not in self._row:
            return beside
        beside.add("cell")
        table = self._row["cell"].partition("|")[0]
        columns = columns_of_released(table, tuple(self._row))
        for described in columns.values():
            beside.add(described.low)
            beside.add(described.high)
        return beside


@pd.api.extensions.register_dataframe_accessor("mma")
class Rows:
    """`tabel.mma["drugs"].count`: rows of a released table, by their code or one by one."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def __getitem__(self, code: str) -> Row:
        (row,) = self._of_codes([code])
        return row

    def _of_codes(self, codes: Sequence[str]) -> list[Row]:
        """The only row of each code, in this order."""
        of_code = self._table[self._key].tolist()
        rows = []
        for code in codes:
            if of_code.count(code) != 1:
                raise KeyError(not_there(str(code), self._ipython_key_completions_()))
            at = of_code.index(code)
            row = self._table.iloc[at]
            rows.append(Row(row.to_dict()))
        return rows

    @property
    def _key(self) -> str:
        """The column of codes by which a row is asked for."""
        return next(key for key in CODE_COLUMNS if key in self._table)

    def _ipython_key_completions_(self) -> list[str]:
        codes = self._table[self._key].unique()
        return [str(code) for code in codes]

    def __contains__(self, code: str) -> bool:
        return code in self._ipython_key_completions_()

    def __iter__(self) -> Iterator[Row]:
        for row in records_of(self._table):
            yield Row(row)

    @property
    def een(self) -> Row:
        """The only row; with more or none one without columns, which is false."""
        rows = list(self)
        is_one = len(rows) == 1
        return rows[0] if is_one else Row({})

    def som(self, *codes: str) -> Value:
        """The counts of these codes together."""
        counts = [row.count for row in self._of_codes(codes)]
        return sum(counts, start=0)  # type: ignore[return-value]

    @property
    def bekend(self) -> Value:
        """Of how many meldingen it is known: all parts but `onbekend`."""
        known = [row.value for row in self if row.value != UNKNOWN]
        return self.som(*known)

    @property
    def onbekend(self) -> Value:
        """Of how many it is not."""
        return self[UNKNOWN].count

    @property
    def grootste(self) -> Row:
        """The largest known part, when it is so whatever the unknown and rounding hide."""
        known = [row for row in self if row.value != UNKNOWN]
        unknown = self.onbekend if UNKNOWN in self else Value(0)
        are_shown = all(row.count.shown for row in known) and unknown.shown
        if not known or not are_shown:
            return Row({})

        known.sort(key=lambda row: -float(row.count))
        first = known[0]
        second = known[1].count if len(known) > 1 else Value(0)
        least_of_first = float(first.count) - first.count.off
        most_of_second = float(second) + second.off
        most_unknown = float(unknown) + unknown.off
        is_largest = least_of_first > most_of_second + most_unknown
        return first if is_largest else Row({})
