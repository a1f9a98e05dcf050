"""Rows that say the same tip twice within one gemeente."""

import pandas as pd

from mma_analysis import domain

SOURCE = list(domain.SOURCE)
KEPT = {"source_file": "kept_file", "source_sheet": "kept_sheet", "source_row": "kept_row"}


def find_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the rows with a number that their gemeente has already, and the row that stays.

    The row with the most filled cells stays, the first one when they are equal. A row without a
    number is never a duplicate. The same number at two gemeenten is two receipts.

    Parameters
    ----------
    rows
        One row per accepted row, in the order of the files: `gemeente`, `number` (empty when there
        is none), `filled` (number of filled cells) and the columns of `domain.SOURCE`.

    Returns
    -------
    pandas.DataFrame
        One row per row that is not counted, with the index that it has in `rows`: where it is and
        which row stands for it.
    """
    numbered = rows[rows["number"] != ""]
    # A stable sort: of two rows that are filled alike the first stays first.
    best_first = numbered.sort_values("filled", ascending=False, kind="stable")
    kept = best_first.groupby(["gemeente", "number"], sort=False)[SOURCE].transform("first")
    double = best_first.duplicated(["gemeente", "number"])
    duplicates = best_first[double].join(kept[double].rename(columns=KEPT))
    return duplicates[[*SOURCE, "gemeente", *KEPT.values()]].sort_index()
