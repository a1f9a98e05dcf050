"""Of days that went out: up to which they are booked, and what is otherwise now."""

import pandas as pd

CHANGES = ["added", "gone", "changed"]


def closed_days(booked: pd.DataFrame) -> pd.DataFrame:
    """Up to which day the numbers of each gemeente are those of the first issue about them.

    One row per gemeente (`area`) with later days beside these, or of which the numbers were
    revised (`is_revised`). An edition that says only what it said before has no row: its
    tables are those that went out. That rows are otherwise now makes no difference.
    """
    has_later = booked["closed_until"] < booked["covered_until"]
    is_named = has_later | booked["is_revised"]
    columns = ["area", "closed_until", "is_revised"]
    return booked.loc[is_named, columns]


def own_changed(changed: pd.DataFrame, booked: pd.DataFrame) -> pd.DataFrame:
    """What a gemeente delivers otherwise now about days that went out; for itself alone.

    One row per gemeente (`area`) of which rows were `added`, `gone` or `changed`, with the
    last of these days (`closed_until`), and whether they are revised now (`is_revised`).
    """
    number = changed[CHANGES].sum(axis=1)
    is_otherwise = number > 0
    own = changed[is_otherwise]
    last = booked[["area", "closed_until"]]
    return own.merge(last, on="area", how="left")
