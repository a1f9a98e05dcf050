"""The registry: `reference/indicators.csv` says which tables there are and makes them."""

from collections.abc import Mapping
from graphlib import TopologicalSorter
from importlib import import_module
from typing import Any

import pandas as pd

from mma_analysis.measure.counts import counted
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.indicators import described
from mma_analysis.measure.released import exact_counts
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.reference import REGISTRY

PUBLIC, OWN, BOTH, CHANGES = "public", "own", "both", "changes"


def made(given: Mapping[str, Any], scope: str) -> dict[str, pd.DataFrame]:
    """Make every table of a scope by its row in the registry.

    A row names a function of this room and its inputs: what is given, or another table. A table of
    which an input is not given is not made. Of scope `own` the tables are made from the exact
    counts of all gemeenten, each row for its own gemeente alone; what it is compared with are
    tables that everybody has (`public_` and their name, in `given`).

    Parameters
    ----------
    given
        Name → value of everything that is not made here, tables included.
    scope
        `public`, `own` or `changes`.

    Returns
    -------
    dict[str, pd.DataFrame]
        Name → table, each with its column `cell`.

    Raises
    ------
    DataError
        When a table has two rows with the same keys.
    """
    rows = {row["table"]: row for row in REGISTRY if row["scope"] in (scope, BOTH)}
    needs = {name: row["inputs"].split() for name, row in rows.items()}
    if scope == PUBLIC:  # then what everybody has is what is being made
        needs = {name: [need.removeprefix("public_") for need in of] for name, of in needs.items()}
    known, tables = dict(given), {}
    for name in TopologicalSorter(needs).static_order():
        row = rows.get(name)
        if row is None:
            continue
        values = [name if need == "table" else known.get(need) for need in needs[name]]
        if any(value is None for value in values):
            continue
        known[name] = _function(row["function"])(*values)
        tables[name] = with_cells(known[name].reset_index(drop=True), row)
    return tables


def of_frame(of: Frame) -> dict[str, Any]:
    """What tables need of an edition, by the names that the registry has for it."""
    return {
        "of": of,
        "vocabulary": of.vocabulary,
        "district": of.vocabulary.district.slug,
        "exposure": of.exposure,
        "peildatum": pd.Timestamp(of.edition.peildatum),
    }


def exact_tables(meldingen: pd.DataFrame, of: Frame) -> dict[str, pd.DataFrame]:
    """Make every table that follows from counts, from clean rows of your own choice. Exact."""
    counts = exact_counts(counted(meldingen, of))
    return made({**of_frame(of), "counts": counts, "basis": 1, "meldingen": meldingen}, PUBLIC)


def _function(path: str) -> Any:
    module, name = path.rsplit(".", 1)
    return getattr(import_module(f"mma_analysis.measure.{module}"), name)


def with_cells(table: pd.DataFrame, row: Mapping[str, str]) -> pd.DataFrame:
    """The same rows with their `cell` (table and keys, in the order of the registry), and what the
    indicator is in `attrs`."""
    keys = row["keys"].split()
    cell = pd.Series(row["table"], table.index, dtype="str")
    for key in keys:
        cell = cell + "|" + _text(table[key])
    if cell.duplicated().any():
        raise DataError(
            f"table '{row['table']}' has two rows '{cell[cell.duplicated()].iloc[0]}'; "
            "its keys in reference/indicators.csv must tell its rows apart"
        )
    return described(table.assign(cell=cell), row["code"])


def _text(values: pd.Series) -> pd.Series:
    """A key as text: a day without its time, nothing as nothing."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    return values.astype("object").where(values.notna(), "").astype("str")
