"""The rows of a released table by name, each number with the cell that it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from mma_analysis.vocabulary.errors import message
from mma_analysis.vocabulary.schema import UNKNOWN
from mma_analysis.vocabulary.text import did_you_mean
from mma_analysis.vocabulary.value import WORDS, Value, value_of


def not_there(name: str, names: Sequence[str]) -> str:
    """That there is no such name, and which was probably meant, or which there are."""
    return message("not_here", name=name, near=did_you_mean(name, names) if names else "")


class Row:
    """One row of a released table: every column of numbers is a Value, every other what it is.

    A day or a code with its cell is `row.woord("connected_on")`.
    """

    def __init__(self, row: Mapping[Any, Any]) -> None:
        self._row: dict[str, Any] = dict(row)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._row:
            said = not_there(name, list(self._row)) if self._row else message("no_such_row")
            raise AttributeError(said)
        if "cell" not in self._row or name == "cell":
            return self._row[name]
        value = self.woord(name)
        if value.form in WORDS:
            return self._row[name]
        return value

    def woord(self, column: str) -> Value:
        """A code or a day as a value: in words, and with its cell."""
        return value_of(self._row, column)

    def __dir__(self) -> list[str]:
        return [*self._row, "woord"]

    def __bool__(self) -> bool:
        return bool(self._row)

    def __repr__(self) -> str:  # for who looks in a notebook what there is
        return "\n".join(f"{name}: {getattr(self, name)}" for name in self._row)


@pd.api.extensions.register_dataframe_accessor("mma")
class Rows:
    """`tabel.mma["drugs"].count`: the rows of a released table, by their code or one by one."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def __getitem__(self, code: str) -> Row:
        rows = self._table[self._table[self._key] == code]
        if len(rows) != 1:
            raise KeyError(not_there(code, self._ipython_key_completions_()))
        return Row(rows.iloc[0].to_dict())

    @property
    def _key(self) -> str:
        return next(
            key for key in ("value", "area", "assumption", "situation") if key in self._table
        )

    def _ipython_key_completions_(self) -> list[str]:
        return [str(code) for code in self._table[self._key].unique()]

    def __contains__(self, code: str) -> bool:
        return code in self._ipython_key_completions_()

    def __iter__(self) -> Iterator[Row]:
        return (Row(row) for row in self._table.to_dict("records"))

    @property
    def een(self) -> Row:
        """The only row; one without columns, and so false, when there is none or more than one."""
        rows = list(self)
        return rows[0] if len(rows) == 1 else Row({})

    def som(self, *codes: str) -> Value:
        """The counts of these codes together."""
        return sum((self[code].count for code in codes), start=0)  # type: ignore[return-value]

    @property
    def bekend(self) -> Value:
        """Of how many meldingen it is known: all parts but `onbekend`."""
        return self.som(*(row.value for row in self if row.value != UNKNOWN))

    @property
    def onbekend(self) -> Value:
        """Of how many it is not."""
        return self[UNKNOWN].count

    @property
    def grootste(self) -> Row:
        """The largest known part, when it is so whatever the unknown ones and rounding hide."""
        known = [row for row in self if row.value != UNKNOWN]
        unknown = self.onbekend if UNKNOWN in self else Value(0)
        if not known or not all(row.count.shown for row in known) or not unknown.shown:
            return Row({})
        known.sort(key=lambda row: -float(row.count))
        second = known[1].count if len(known) > 1 else Value(0)
        most = float(second) + second.off + float(unknown) + unknown.off
        first = known[0]
        return first if float(first.count) - first.count.off > most else Row({})
