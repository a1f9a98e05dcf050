"""Which fields a gemeente registers, and why a field of its meldingen is not known."""

import numpy as np
import pandas as pd

from mma_analysis.clean.words import WORD_FIELDS, as_table, blank
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import REDUCED, REGISTRATION, UNREADABLE, Delivery


def registration(
    vocabulary: Vocabulary,
    deliveries: dict[str, Delivery],
    raw: pd.DataFrame,
    codes: pd.DataFrame,
    counted: pd.DataFrame,
) -> pd.DataFrame:
    """Count per gemeente and field of how many meldingen it is known, and why not of the others.

    `raw` are the cells as read, `codes` the same with words as our codes, and `counted` the
    meldingen, on their index. A cell of a file that has no such column is not an empty one.
    """
    tables: list[pd.DataFrame] = []
    for field in (*WORD_FIELDS, *REDUCED):
        headers = {file: one.headers.get(field, "") for file, one in deliveries.items()}
        own, code = counted.assign(column=counted["source_file"].map(headers)), codes[field]
        is_blank = blank(vocabulary, raw[field]) & code.isin(["", UNKNOWN])
        by_gemeente = own.assign(
            meldingen=1,
            known=own[field].notna() & own[field].ne(UNKNOWN),
            not_filled=own["column"].ne("") & is_blank,
            not_understood=code.eq(UNREADABLE),
            no_column=own["column"].eq(""),
        ).groupby("gemeente")
        numbers = ["meldingen", "known", "not_filled", "not_understood", "no_column"]
        # Of two files with other headers one is named.
        table = by_gemeente[numbers].sum().assign(column=by_gemeente["column"].max(), field=field)
        tables.append(table.reset_index())
    table = pd.concat(tables).sort_values("gemeente", kind="stable")
    holds = [table["known"].eq(table["meldingen"]), table["known"] > 0, table["not_understood"] > 0]
    registers = np.select(holds, ["always", "sometimes", "not_understood"], "never")
    return as_table(table.assign(registers=registers), REGISTRATION)
