"""Rows that may be one tip: listed for a person to decide, never dropped."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pandas as pd

from mma_analysis import domain

MOST_DAYS_APART = 3
# Of what a delivery says after reading, this tells one tip from another.
COMPARED = ("place", "reported_on", *domain.REDUCED, "also_sent_to")
# So many fields beside day and topic must be filled in both rows: less is chance.
LEAST_ALIKE = 3

Row = dict[Any, Any]


def near_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the pairs of rows of one gemeente that may be one tip written down twice.

    The text of a tip is not kept, so likeness is that of the fields that are: a known topic that is
    the same, received at most three days apart, and every field that both have filled the same, at
    least three of them and the place among them. Two rows with different numbers are two tips,
    unless the numbers differ only in leading zeros. In a large village three drugs tips a week are
    alike in all of this: the list asks, it proves nothing.

    Parameters
    ----------
    rows
        One row per counted row: the columns of `domain.MELDINGEN` and `number` (empty when there is
        none).

    Returns
    -------
    pandas.DataFrame
        One row per pair (`domain.NEAR_DUPLICATES`), in the order of the rows.
    """
    candidates = rows[(rows["topic"] != domain.UNKNOWN) & rows["place"].notna()]
    blocks = candidates.groupby(["gemeente", "topic", "place"], sort=False)
    pairs = [pair for _, block in blocks if _may_hold_pairs(block) for pair in _pairs(block)]
    columns = {column.name: column.dtype for column in domain.NEAR_DUPLICATES}
    table = pd.DataFrame(pairs, columns=list(columns)).astype(columns)
    return table.sort_values(list(columns), ignore_index=True)


def _may_hold_pairs(block: pd.DataFrame) -> bool:
    """Most blocks have only tips with a number of their own: those need not be compared."""
    numbers = block["number"].str.lstrip("0")
    return len(block) > 1 and bool((numbers == "").any() or numbers.duplicated().any())


def _pairs(block: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for first, second, days in _received_together(block):
        alike = _alike(first, second) if _may_be_one(first["number"], second["number"]) else []
        if len(alike) >= LEAST_ALIKE:
            one, other = sorted([_place(first), _place(second)])
            yield (first["gemeente"], *one, *other, days, ", ".join(alike))


def _received_together(block: pd.DataFrame) -> Iterator[tuple[Row, Row, int]]:
    """Pairs of rows at most so many days apart, with the days; never all pairs of a block."""
    records = block.sort_values("received_on", kind="stable").to_dict("records")
    for index, first in enumerate(records):
        for second in islice(records, index + 1, None):
            days = (second["received_on"] - first["received_on"]).days
            if days > MOST_DAYS_APART:
                break
            yield first, second, days


def _may_be_one(number: str, other: str) -> bool:
    return not number or not other or number.lstrip("0") == other.lstrip("0")


def _alike(first: Row, second: Row) -> list[str]:
    """The fields that both have filled; none when they differ in one of them."""
    filled = [field for field in COMPARED if _says(first[field]) and _says(second[field])]
    return filled if all(first[field] == second[field] for field in filled) else []


def _says(cell: Any) -> bool:
    return not pd.isna(cell) and cell != domain.UNKNOWN


def _place(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in domain.SOURCE)
