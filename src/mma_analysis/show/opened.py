"""An evaluation that a notebook opened: what it shows is of this one alone."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from mma_analysis import evaluation
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import figure as shown
from mma_analysis.show.text import notebook, show_text


class Geopend(Evaluation):
    """The tables of one area for one audience, and what a notebook shows of them.

    In a text `e` is this evaluation, by whatever name the notebook knows it.
    """

    def tekst(self, zinnen: str, soort: str = "") -> None:
        """Show sentences, as a cell of `%%tekst` does.

        `soort`: what stands behind `%%tekst`, as `kop` or `sectie groei`.
        """
        show_text(notebook(self), "e.tekst", soort, zinnen)

    def toon(
        self,
        table: pd.DataFrame,
        titel: str = "",
        kolommen: Mapping[str, str] | None = None,
        noot: str = "",
        vorm: Mapping[str, str] | None = None,
        naam: str = "",
    ) -> None:
        """Show a table of this evaluation, as `tabel` does of the one that is open."""
        shown.tabel(table, titel, kolommen, noot, vorm, naam, e=self)

    def figuur(
        self,
        figure: go.Figure,
        table: pd.DataFrame | None = None,
        *,
        titel: str = "",
        eenheid: str = "",
        noot: str = "",
        bron: str = "",
        kolommen: Mapping[str, str] | None = None,
        vorm: Mapping[str, str] | None = None,
        naam: str = "",
    ) -> None:
        """Show a figure of this evaluation, as `figuur` does of the one that is open."""
        shown.figuur(
            figure,
            table,
            titel=titel,
            eenheid=eenheid,
            noot=noot,
            bron=bron,
            kolommen=kolommen,
            vorm=vorm,
            naam=naam,
            e=self,
        )


def geopend(e: Evaluation) -> Geopend:
    """The same tables, for a notebook that shows them."""
    audience = "intern" if e.is_intern else "openbaar"
    return Geopend(e.area, e.edition, audience, e.processed)


def open_editie(gebied: str, editie: str, doelgroep: str = "openbaar") -> Geopend:
    """Open the released tables of one area, and let this notebook show what it makes.

    `UsageError`: when area, edition or audience does not exist.
    """
    shown.show_as_a_page()
    e = evaluation.load(gebied, editie, doelgroep)
    return geopend(e)
