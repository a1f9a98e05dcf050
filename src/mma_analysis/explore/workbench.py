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

from mma_analysis.explore.opening import OpenEdition, edition, editions
from mma_analysis.settings import EXAMPLE
from mma_analysis.show import exploring
from mma_analysis.show.blocks import STAYS_HERE, bundle
from mma_analysis.vocabulary import UsageError

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
        self.choices = {
            code: widgets.Dropdown(description=f"{code.title()}:", style=WIDE)
            for code in ("editie", "gebied", "uitsplitsing", "periode")
        }
        _offer(self.choices["editie"], {one: one for one in editions(root)}, name)
        _offer(self.choices["gebied"], _areas(self._open), area.slug)
        _offer(self.choices["uitsplitsing"], {"totaal": "Meldingen"})
        _offer(self.choices["periode"], {"whole": "Hele evaluatie"})
        self._words = widgets.HTML()
        self._drawing = widgets.Output()
        self.table, self.figure = pd.DataFrame(), go.Figure()
        self._rows = sortable(self.table)
        parts = [widgets.HBox([*self.choices.values()], layout={"flex_flow": "row wrap"})]
        super().__init__([*parts, self._words, self._drawing, self._rows])
        self.add_class("mma-bench")
        self._refresh()
        for choice in self.choices.values():
            choice.observe(self._changed, "value")

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

    def _changed(self, change: dict[str, object]) -> None:
        if self._is_offering:  # one choice that changes others is one change
            return
        if change["owner"] is self.choices["editie"]:
            self._open = edition(str(change["new"]), self._root)
            self._is_offering = True
            _offer(self.choices["gebied"], _areas(self._open))  # perhaps of another district
            self._is_offering = False
        self._refresh()

    def _refresh(self) -> None:
        """Offer what there is of this area, and show what is chosen."""
        e = self._open.evaluation(self._chosen("gebied"))
        self._is_offering = True
        _offer(self.choices["uitsplitsing"], exploring.breakdowns(e))
        breakdown = self._chosen("uitsplitsing")
        _offer(self.choices["periode"], exploring.kinds(e, breakdown))
        self._is_offering = False
        kind = self._chosen("periode")
        lines = exploring.lines(e, breakdown, kind)
        self.figure = exploring.figure(lines, kind)
        self.table = exploring.table(lines, breakdown)
        self._words.value = exploring.sentences(e)._repr_html_()
        # as an output: a `FigureWidget` sends the whole of plotly.js again for every figure (1 s)
        shown = bundle(self.figure)
        self._drawing.outputs = ({"output_type": "display_data", "data": shown, "metadata": {}},)
        self._rows.update(self.table)

    def _chosen(self, name: str) -> str:
        return str(self.choices[name].value)


def bench(name: str = EXAMPLE, gebied: str = "", root: str | Path | None = None) -> Bench:
    """Show the bench in JupyterLab, of this edition and area (default: the district) to begin with.

    From here on figures of your own have no button that sends their numbers to a cloud either.

    Raises
    ------
    UsageError
        When there is no such edition or area.

    Examples
    --------
    >>> bench("voorbeeld-2023", "enschede").table["Meldingen"].to_list()
    [180]
    """
    for renderer in (pio.renderers[one] for one in pio.renderers):
        if hasattr(renderer, "config"):
            renderer.config = {**(renderer.config or {}), **STAYS_HERE}
    return Bench(name, gebied, root)


def _areas(opened: OpenEdition) -> dict[str, str]:
    words = opened.settings.vocabulary
    return {area.slug: area.name for area in (words.district, *words.gemeenten)}


def _offer(choice: widgets.Dropdown, names: dict[str, str], wanted: str = "") -> None:
    """Change what can be chosen, and keep the choice if it is still there."""
    options = [(label, code) for code, label in names.items()]
    if list(choice.options) != options:
        kept = choice.value if choice.value in names else next(iter(names))
        choice.options = options
        choice.value = wanted or kept
