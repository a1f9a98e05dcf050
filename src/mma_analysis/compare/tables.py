"""A comparison as released tables, for the pages of the later edition."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis.compare.definitions import changed_definitions
from mma_analysis.compare.figures import KEY, changed_counts, totals

WHEN = ("count_before", "state_before", "count_after", "state_after")
TOTALS = ("area", "period_before", "period_after", *WHEN)
COUNTS = ("table", *KEY, *WHEN)
DEFINITIONS = ("what", "of", "before", "after")


def change_tables(
    now: Path, before: Path, definitions: Sequence[Mapping[str, Any] | None]
) -> dict[str, pd.DataFrame]:
    """What changed since the earlier edition, of what both released; nothing is subtracted.

    Parameters
    ----------
    now, before
        The folders of released tables.
    definitions
        What the figures of this edition mean, and those of the earlier one; none when it did not
        write that down.

    Returns
    -------
    dict[str, pd.DataFrame]
        `changed_totals`: one row per area, with the whole period of each edition and its count.
        `changed_counts`: one row per count of the same area, days and value that is not what it
        was. `changed_definitions`: one row per definition that is not what it was; without this
        table that is not known.
    """
    tables = {
        "changed_totals": _table(totals(now, before), TOTALS),
        "changed_counts": _table(changed_counts(now, before), COUNTS),
    }
    found = changed_definitions(*definitions)
    if found is not None:
        told = _table(found, DEFINITIONS)
        tables["changed_definitions"] = told.astype("str").where(told.notna(), None)
    return tables


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    counts = [column for column in columns if column.startswith("count_")]
    return pd.DataFrame(rows, columns=list(columns)).astype(dict.fromkeys(counts, "Int64"))
