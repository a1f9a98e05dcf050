"""Which fields a gemeente registers, and why a field of its meldingen is not known."""

import pandas as pd

from mma_analysis.clean.words import WORD_FIELDS, as_table, blank
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN
from mma_analysis.vocabulary.schema import MELDINGEN, REDUCED, REGISTRATION, UNREADABLE, Delivery

FIELDS = [column.name for column in MELDINGEN if column.name in {*WORD_FIELDS, *REDUCED}]


def registration(
    edition: Edition,
    deliveries: dict[str, Delivery],
    raw: pd.DataFrame,
    codes: pd.DataFrame,
    counted: pd.DataFrame,
) -> pd.DataFrame:
    """Count per gemeente and field of how many meldingen it is known, and why not of the others.

    `raw` are the cells as read, `codes` the same with words as our codes, and `counted` the
    meldingen, on their index. A cell of a file that has no such column is not an empty one: what
    a gemeente never registers is no fault in its rows.

    One row per gemeente with meldingen and field, as in `schema.REGISTRATION`.
    """
    files = counted["source_file"]
    tables: list[pd.DataFrame] = []
    for field in FIELDS:
        headers = {file: one.headers.get(field, "") for file, one in deliveries.items()}
        has_column = files.isin([file for file, header in headers.items() if header])
        is_blank = blank(edition.vocabulary, raw.loc[counted.index, field])
        rows = pd.DataFrame(
            {
                "gemeente": counted["gemeente"],
                "meldingen": 1,
                "known": counted[field].notna() & counted[field].ne(UNKNOWN),
                "not_filled": has_column & is_blank & codes[field].isin(["", UNKNOWN]),
                "not_understood": codes[field].eq(UNREADABLE),
                "no_column": ~has_column,
            }
        )
        table = rows.groupby("gemeente").sum().reset_index().assign(field=field)
        named = {
            slug: " / ".join({headers[file]: "" for file in own.unique() if headers[file]})
            for slug, own in files.groupby(counted["gemeente"])
        }
        tables.append(table.assign(column=table["gemeente"].map(named)))
    table = pd.concat(tables, ignore_index=True)
    known, of = table["known"], table["meldingen"]
    registers = (known == of).map({True: "always", False: "sometimes"})
    none = table["not_understood"].gt(0).map({True: "not_understood", False: "never"})
    told = table.assign(registers=registers.where(known > 0, none))
    return as_table(told.sort_values("gemeente", kind="stable"), REGISTRATION)
