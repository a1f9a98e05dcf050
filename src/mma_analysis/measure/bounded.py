"""Counts that carry their own bound: how far each may be from the truth."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

import pandas as pd

from mma_analysis.vocabulary.value import bound_of


@dataclass(frozen=True)
class Bounded:
    """Counts, and how far each may be `off`; 0 is exact.

    Of a sum and of a difference the bounds add up, as they do for a `Value`.

    >>> yes = Bounded(pd.Series([40]), pd.Series([4]))
    >>> no = Bounded(pd.Series([20]), pd.Series([4]))
    >>> (yes + no).count.item(), (yes + no).off.item()
    (60, 8)
    """

    count: pd.Series
    off: pd.Series

    def __add__(self, other: "Bounded") -> "Bounded":
        count = self.count + other.count
        off = self.off + other.off
        return Bounded(count, off)

    def __sub__(self, other: "Bounded") -> "Bounded":
        count = self.count - other.count
        off = self.off + other.off
        return Bounded(count, off)

    @property
    def least(self) -> pd.Series:
        """What it is for certain at least."""
        least = self.count - self.off
        return least.clip(lower=0)

    @property
    def most(self) -> pd.Series:
        """What it is for certain at most."""
        return self.count + self.off


def summed(parts: Iterable[Bounded]) -> Bounded:
    """All of these together."""
    return reduce(add, parts)


def taken(table: pd.DataFrame, column: str = "count") -> Bounded:
    """The counts in a column of a table, with the column of their bound."""
    bound = bound_of(column)
    return Bounded(table[column], table[bound])


def put(table: pd.DataFrame, column: str, counts: Bounded) -> pd.DataFrame:
    """The table with these counts as a column, and their bound right after it."""
    table = table.copy()
    table[column] = counts.count
    table[bound_of(column)] = counts.off
    return table


def bounded_as(column: str) -> dict[str, str]:
    """New names for `count` and its bound: as that column and its bound."""
    return {
        "count": column,
        bound_of("count"): bound_of(column),
    }
