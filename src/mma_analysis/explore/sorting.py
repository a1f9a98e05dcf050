"""A table that sorts and filters in JupyterLab, without a network."""

import pandas as pd
from itables.typing import ITableOptions
from itables.widget import ITable

from mma_analysis.vocabulary import UsageError

WORDS = {
    "search": "Zoeken:",
    "lengthMenu": "_MENU_ rijen per bladzijde",
    "info": "Rij _START_ tot _END_ van _TOTAL_",
    "infoEmpty": "Geen rijen",
    "infoFiltered": "(uit _MAX_)",
    "zeroRecords": "Niets gevonden",
    "emptyTable": "Geen rijen",
}
OPTIONS: ITableOptions = {
    "language": WORDS,
    "showIndex": False,
    "maxBytes": 0,  # never a part of the table without a word
    "layout": {"topStart": "search", "topEnd": None},
    "lengthMenu": [10, 25, 100],
}


def sortable(table: pd.DataFrame) -> ITable:
    """Show a table so that a click on a head sorts it and a word filters it.

    Everything that it needs comes with the package: it asks the network for nothing.

    Raises
    ------
    UsageError
        When this is no table.

    Examples
    --------
    >>> shown = sortable(pd.DataFrame({"area": ["borne", "losser"], "count": [17, 20]}))
    >>> shown.df["count"].to_list()
    [17, 20]
    """
    if not isinstance(table, pd.DataFrame):
        raise UsageError(f"a {type(table).__name__} is no table: give a DataFrame")
    return ITable(table, **OPTIONS)
