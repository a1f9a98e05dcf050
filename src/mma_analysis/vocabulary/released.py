"""The columns of every released table, by `reference/indicators.csv` and `labels.csv`."""

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from mma_analysis.vocabulary.reference import REGISTRY, labels_of, table_names

if TYPE_CHECKING:
    from mma_analysis.vocabulary import Vocabulary

CELL = "cell"
COLUMNS_OF = {row["table"]: (*row["columns"].split(), CELL) for row in REGISTRY}


class ReleasedColumn(NamedTuple):
    """One column of a released table: the same name has the same `dtype` in every table.

    `label` is what a Dutch reader calls it, `label_en` an English one; `meaning` and
    `meaning_en` say what it holds. `order`: its codes from first to last, when they have
    one, or the reference table that has them. `is_told`: whether the annex has it.
    """

    name: str
    dtype: str
    unit: str
    label: str
    label_en: str
    meaning: str
    meaning_en: str
    order: str
    is_told: bool


@cache
def released_columns(table: str) -> tuple[ReleasedColumn, ...]:
    """The columns of a released table, in their order; the name of the row is the last.

    `KeyError`: there is no such table, or it has a column without a row in `labels.csv`.

    >>> [column.name for column in released_columns("peers")]
    ['area', 'peer', 'cell']
    >>> released_columns("peers")[1].label_en
    'Gemeente of like size'
    """
    names = COLUMNS_OF[table]
    labels = labels_of([table], names)
    columns = []
    for name in names:
        label = labels[name]
        column = ReleasedColumn(
            name=name,
            dtype=label["dtype"],
            unit=label["unit"],
            label=label["nl"],
            label_en=label["en"],
            meaning=label["meaning"],
            meaning_en=label["meaning_en"],
            order=label["order"],
            is_told=bool(label["form"]),
        )
        columns.append(column)
    return tuple(columns)


def codes_in_order(table: str, vocabulary: "Vocabulary") -> dict[str, list[str]]:
    """Column → its codes from first to last, of those of a table that have an order.

    An edition can have size classes of its own.
    """
    orders = {}
    for column in released_columns(table):
        if column.order in table_names():
            rows = vocabulary.reference(column.order)
            orders[column.name] = [row["code"] for row in rows]
        elif column.order:
            orders[column.name] = column.order.split()
    return orders
