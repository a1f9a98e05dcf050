"""Text → days: the order of day and month is decided per column of a sheet, never per cell."""

import pandas as pd

from mma_analysis.clean.words import map_cells
from mma_analysis.days import day_of

DATE = "datetime64[us]"


def read_dates(cells: pd.Series, order: str) -> pd.Series:
    """Read a column of dates, with day, month and year in this order where they are numbers.

    A cell that is no date, or not in this order, is missing. A time of day is left out, after one
    that says where it was so late (`2022-02-28T23:00:00Z`) has given the day that it was here. An
    empty order means that every date of the column can be read in one way only.
    """
    return map_cells(cells, lambda cell: day_of(cell, order), DATE)
