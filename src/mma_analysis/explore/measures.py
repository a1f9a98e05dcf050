"""Released tables for a researcher: what columns hold, and categories in their order."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.vocabulary.reference import REGISTRY
from mma_analysis.vocabulary.released import COLUMNS_OF, codes_in_order, released_columns
from mma_analysis.vocabulary.rows import not_there


class Measures(Evaluation):
    """The released tables of an edition; what has an order is an ordered category.

    Each is a copy, by its name. `columns(name)` says what its columns hold.
    """

    def __getitem__(self, name: str) -> pd.DataFrame:
        """One released table, its rows in reading order.

        `DataError`: when there is no such table; the message says which there are.
        """
        table = super().__getitem__(name)
        attributes = dict(table.attrs)
        for column, codes in self._orders(name).items():
            ordered = pd.CategoricalDtype(codes, ordered=True)
            table[column] = table[column].astype(ordered)
        table.attrs.update(attributes)
        return table

    def columns(self, name: str) -> pd.DataFrame:
        """The dictionary of a released table: one row per column, in their order.

        `dtype`, and a `unit` if it has one; `label` and `meaning` in Dutch, `label_en` and
        `meaning_en` in English; `order`: the codes from first to last, when they have one;
        `is_key`: whether the column is one of those that tell rows apart. `method` and
        `source` are those of the table. `KeyError`: no edition has such a table.

        >>> import mma_analysis as mma
        >>> told = mma.edition("voorbeeld-2023").measures.columns("per_period")
        >>> told.set_index("column").loc["per_month", ["dtype", "unit"]].to_list()
        ['Float64', 'meldingen per maand']
        """
        if name not in COLUMNS_OF:
            raise KeyError(not_there(name, list(COLUMNS_OF)))
        indicator = next(row for row in REGISTRY if row["table"] == name)
        keys = indicator["keys"].split()
        orders = self._orders(name)
        rows = []
        for column in released_columns(name):
            described = {
                "column": column.name,
                "dtype": column.dtype,
                "unit": column.unit,
                "label": column.label,
                "label_en": column.label_en,
                "meaning": column.meaning,
                "meaning_en": column.meaning_en,
                "order": " ".join(orders.get(column.name, [])),
                "is_key": column.name in keys,
                "method": indicator["method"],
                "source": indicator["source"],
            }
            rows.append(described)
        return pd.DataFrame(rows)

    def _orders(self, name: str) -> dict[str, list[str]]:
        """Column → its codes from first to last, of those of a table that have an order."""
        return codes_in_order(name, self.vocabulary)
