"""A table that sorts and filters in JupyterLab, without a network."""

import pandas as pd
from itables import init_notebook_mode, to_html_datatable
from itables.typing import ITableOptions

from mma_analysis.domain import UsageError

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
    "connected": False,
    "language": WORDS,
    "showIndex": False,
    "maxBytes": 0,  # never a part of the table without a word
    "layout": {"topStart": "search", "topEnd": None},
    "lengthMenu": [10, 25, 100],
}


class Sortable:
    """A table that shows itself with a search box, and heads to sort by."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        init_notebook_mode(all_interactive=False, connected=False)
        return to_html_datatable(self.table, **OPTIONS)


def sortable(table: pd.DataFrame) -> Sortable:
    """Show a table so that a click on a head sorts it and a word filters it.

    Everything that it needs is in the notebook: it asks the network for nothing.

    Raises
    ------
    UsageError
        When this is no table.

    Examples
    --------
    >>> sortable(pd.DataFrame({"area": ["borne"], "count": [17]}))
        area  count
    0  borne     17
    """
    if not isinstance(table, pd.DataFrame):
        raise UsageError(f"a {type(table).__name__} is no table: give a DataFrame")
    return Sortable(table)
