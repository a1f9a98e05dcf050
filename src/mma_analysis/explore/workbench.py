"""The bench: choose edition, area, breakdown and period, and see all of it change at once.

And a table that sorts and filters. For JupyterLab, with the extra `lab`; neither uses a network.
"""

from pathlib import Path

import ipywidgets as widgets
import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from itables.typing import ITableOptions
from itables.widget import ITable

from mma_analysis.explore.opening import edition, editions
from mma_analysis.settings import EXAMPLE
from mma_analysis.show import exploring
from mma_analysis.show.blocks import STAYS_HERE, bundle
from mma_analysis.vocabulary import TOTAL, UsageError

WIDE = {"description_width": "6em"}
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

    Examples
    --------
    >>> shown = sortable(pd.DataFrame({"area": ["borne", "losser"], "count": [17, 20]}))
    >>> shown.df["count"].to_list()
    [17, 20]
    """
    if not isinstance(table, pd.DataFrame):
        raise UsageError(f"a {type(table).__name__} is no table: give a DataFrame")
    return ITable(table, **OPTIONS)


class Bench(widgets.VBox):
    """Four choices above what follows from them: sentences, a figure and a table.

    Protected tables only: what is seen here may be shown as the openbaar report may. `table` and
    `figure` are what is on the screen, to work on with or to save.
    """

    def __init__(
        self, name: str = EXAMPLE, gebied: str = "", root: str | Path | None = None
    ) -> None:
        self._root, self._is_offering = root, False
        self._open = edition(name, root)
        words = self._open.settings.vocabulary
        area = words.area(gebied) if gebied else words.district
        begin = {"editie": name, "gebied": area.slug, "uitsplitsing": TOTAL, "periode": "whole"}
        self.choices = {
            code: widgets.Dropdown(options=[value], description=f"{code.title()}:", style=WIDE)
            for code, value in begin.items()
        }
        self._offer("editie", {one: one for one in editions(root)})
        self._words, self._drawing = widgets.HTML(), widgets.Output()
        self.table, self.figure = pd.DataFrame(), go.Figure()
        self._rows = sortable(self.table)
        parts = [widgets.HBox([*self.choices.values()], layout={"flex_flow": "row wrap"})]
        super().__init__([*parts, self._words, self._drawing, self._rows])
        self.add_class("mma-bench")
        self._refresh()
        for choice in self.choices.values():
            choice.observe(self._refresh, "value")

    def choose(self, **chosen: str) -> "Bench":
        """Choose by code what the menus choose: `editie`, `gebied`, `uitsplitsing`, `periode`.

        Examples
        --------
        >>> shown = Bench().choose(gebied="enschede", periode="year")
        >>> shown.table["Meldingen"].sum()
        np.int64(180)
        """
        for name, value in chosen.items():
            self.choices[name].value = value
        return self

    def _refresh(self, change: object = None) -> None:
        """Offer what there is, and show what is chosen."""
        if self._is_offering:  # one choice that changes others is one change
            return
        if (name := str(self.choices["editie"].value)) != self._open.name:
            self._open = edition(name, self._root)
        self._is_offering = True
        words = self._open.settings.vocabulary
        areas = {area.slug: area.name for area in (words.district, *words.gemeenten)}
        e = self._open.evaluation(self._offer("gebied", areas))
        breakdown = self._offer("uitsplitsing", exploring.breakdowns(e))
        kind = self._offer("periode", exploring.kinds(e, breakdown))
        self._is_offering = False
        lines = exploring.lines(e, breakdown, kind)
        self.figure = exploring.figure(lines, kind)
        self.table = exploring.table(lines, breakdown)
        self._words.value = exploring.sentences(e)._repr_html_()
        # as an output: a `FigureWidget` sends the whole of plotly.js again for every figure (1 s)
        shown = bundle(self.figure)
        self._drawing.outputs = ({"output_type": "display_data", "data": shown, "metadata": {}},)
        self._rows.update(self.table)

    def _offer(self, name: str, labels: dict[str, str]) -> str:
        """Change what can be chosen, keep the choice if it is still there, and give it."""
        choice, options = self.choices[name], [(label, code) for code, label in labels.items()]
        if list(choice.options) != options:
            kept = choice.value if choice.value in labels else next(iter(labels))
            choice.options = options
            choice.value = kept
        return str(choice.value)


def bench(name: str = EXAMPLE, gebied: str = "", root: str | Path | None = None) -> Bench:
    """Show the bench in JupyterLab, of this edition and area (default: the district) to begin with.

    From here on figures of your own have no button that sends their numbers to a cloud either.

    Examples
    --------
    >>> bench("voorbeeld-2023", "enschede").table["Meldingen"].to_list()
    [180]
    """
    for renderer in (pio.renderers[one] for one in pio.renderers):
        if hasattr(renderer, "config"):
            renderer.config = {**(renderer.config or {}), **STAYS_HERE}
    return Bench(name, gebied, root)
