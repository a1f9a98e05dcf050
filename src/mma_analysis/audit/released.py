"""The released tables as one reader may see them: read here once more, by the name of a cell."""

import datetime as dt
import io
from collections.abc import Callable
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd

from mma_analysis.settings import Edition
from mma_analysis.vocabulary.value import SHOWN, Value, computed, unquoted, value_of

Row = dict[str, Any]
OWN_TABLES = "tables.zip"
COUNTED = "tel("  # tel(table;key=value;…): the number of rows
SETTING = "instelling|"  # `instelling|kosten.fase.1.begin`
ENDS = {"low": "onder", "high": "boven"}
# What makes an expression one of no cell that there is.
NO_CELL = (LookupError, ValueError, TypeError, AttributeError, RecursionError)


class Released:
    """What a reader may know: everybody, or one gemeente (`owner`) that also has its own tables.

    `public`: what everybody may know, when that was read already.
    """

    def __init__(
        self, edition: Edition, tables: Path, owner: str = "", public: "Released | None" = None
    ) -> None:
        self._edition, self._tables, self._owner, self._public = edition, tables, owner, public
        self.rows: Callable[[str], dict[str, Row]] = cache(self._rows)
        self.value: Callable[[str], Value] = cache(partial(computed, lookup=self._value))

    @cached_property
    def _own(self) -> dict[str, bytes]:
        path = self._tables / "measures_intern" / self._owner / OWN_TABLES
        if not self._owner or not path.is_file():
            return {}
        with ZipFile(path) as packed:
            return {name: packed.read(name) for name in packed.namelist()}

    def _rows(self, table: str) -> dict[str, Row]:
        """The rows of a table by their cell; a gemeente's own take the place of the public ones."""
        path = self._tables / "measures" / f"{table}.parquet"
        is_there = table.isidentifier() and path.is_file()
        if f"{table}.parquet" not in self._own:
            if not is_there:
                raise KeyError(table)
            return self._public.rows(table) if self._public else _by_cell(pd.read_parquet(path))
        exact = pd.read_parquet(io.BytesIO(self._own[f"{table}.parquet"]))
        everybody = self._public or self
        others = everybody.rows(table) if is_there and everybody is not self else {}
        ours = {*exact["area"]}
        kept = {cell: row for cell, row in others.items() if row["area"] not in ours}
        return kept | _by_cell(exact)

    def _value(self, name: str) -> Value:
        """The value of one id."""
        if name.startswith(COUNTED):
            return self._counted(name)
        if name.startswith(SETTING):
            return self._setting(name)
        quoted, _, column = name.rpartition("#")
        cell, (column, _, side) = unquoted(quoted), column.partition(":")
        row = self.rows(cell.partition("|")[0])[cell]
        is_own = bool(self._owner) and row.get("area") == self._owner
        value = value_of(row, column, 1 if is_own else self._edition.bescherming.basis)
        return getattr(value, ENDS[side]) if side else value

    def _setting(self, name: str) -> Value:
        """A day, a number or a text that the edition sets."""
        first, *steps = name.removeprefix(SETTING).split(".")
        of = self._edition if first in type(self._edition).model_fields else self._edition.evaluatie
        setting: Any = getattr(of, first)
        for step in steps:
            setting = setting[int(step)] if step.isdecimal() else getattr(setting, step)
        if isinstance(setting, dt.date):
            return Value(f"{setting}", "day", name)
        is_number = isinstance(setting, int | float)
        return Value(
            setting if is_number else str(setting), "count" if is_number else "typed", name
        )

    def _counted(self, name: str) -> Value:
        table, *where = name.removeprefix(COUNTED).removesuffix(")").split(";")
        asked = [one.split("=", 1) for one in where]
        rows = self.rows(table).values()
        found = [row for row in rows if all(str(row[k]) == unquoted(v) for k, v in asked)]
        return Value(len(found), "count", name, SHOWN)


def _by_cell(table: pd.DataFrame) -> dict[str, Row]:
    rows = ({str(name): one for name, one in row.items()} for row in table.to_dict("records"))
    return {row["cell"]: row for row in rows}
