"""A DataFrame of a program → a sheet of text, as if it had been a file."""

import datetime as dt
from typing import Any

import pandas as pd

from mma_analysis.read.grid import Grid


def grid_of(frame: pd.DataFrame, file: str) -> Grid:
    """Its columns as headers and its rows as text, in the way that a workbook is read.

    What is missing is empty; the index is left out. Errors name it `file`.
    """
    headers = [str(column).strip() for column in frame.columns]
    rows = [headers]
    for row in frame.itertuples(index=False, name=None):
        rows.append([_text_of(cell) for cell in row])
    return Grid(file, "", rows)


def _text_of(cell: Any) -> str:
    """A cell as the reader of a workbook writes it; empty when it is missing."""
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return ""
    if pd.api.types.is_bool(cell):
        return "ja" if cell else "nee"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        is_midnight = cell.time() == dt.time()
        return str(cell.date()) if is_midnight else str(cell)
    return str(cell).strip()
