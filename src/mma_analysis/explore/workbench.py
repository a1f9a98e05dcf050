"""The bench: choose edition, area, breakdown and period, and see all of it change at once.

For JupyterLab, with the extra `lab`; it does not use a network.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import ipywidgets as widgets
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import plotly.io as pio

from mma_analysis.evaluation import Evaluation
from mma_analysis.explore.opening import edition, editions
from mma_analysis.settings import EXAMPLE
from mma_analysis.show.claims import CANNOT_TELL, oordeel
from mma_analysis.show.figure import PLOTLY, STAYS_HERE, TEMPLATE, outputs
from mma_analysis.show.text import fill, notebook, to_html
from mma_analysis.vocabulary import PACKAGE, TOTAL, UsageError
from mma_analysis.vocabulary.numbers import FEW, number, percent
from mma_analysis.vocabulary.reference import words_of
from mma_analysis.vocabulary.rows import not_there

KINDS = {kind: f"Per {word}" for kind, word in words_of("kind").items()}
KINDS["whole"] = "Hele evaluatie"


def _sentences(e: Evaluation, is_drawn: bool) -> str:
    """How many meldingen, how many per month and per inhabitant, and whether that changes."""
    heel = e.meldingen()
    trend = e.een("gemeente_trends", area=e.gebied)
    if e.is_district:
        trend = e.een("trend")
    are_enough = e.is_district or heel.count >= FEW
    said = oordeel(trend) if are_enough else CANNOT_TELL
    names = {
        "e": e,
        "heel": heel,
        "trend": trend,
        "gezegd": said,
        "is_getekend": is_drawn,
    }
    path = PACKAGE / "explore" / "bench.j2"
    template = path.read_text(encoding="utf-8")
    filled = fill(template, names, e=e)
    return to_html(filled)


def rows_of(e: Evaluation, breakdown: str, kind: str) -> pd.DataFrame:
    """The released rows of a choice, in reading order, with period and value in words."""
    if breakdown == TOTAL:
        totals = e.tabel("per_period", area=e.gebied, kind=kind)
        table = totals.assign(label="Meldingen")
    else:
        of_kind = e.tabel("periods", kind=kind)
        periods = of_kind["period"].to_list()
        table = e.verdeling(breakdown, periode=periods)
    names = [str(row.woord("period")) for row in table.mma]
    return table.assign(tijd=names)


def drawn(rows: pd.DataFrame) -> go.Figure:
    """A bar for each count that is shown."""
    shown = rows.dropna(subset="count")
    shown = shown.assign(getal=[row.count.sign for row in shown.mma])
    is_one_value, is_one_period = (len({*rows[name]}) == 1 for name in ("label", "tijd"))
    figure = px.bar(
        shown,
        x="count",
        y="tijd" if is_one_value else "label",
        color=None if is_one_value or is_one_period else "tijd",
        barmode="group",
        orientation="h",
        text="getal",
        custom_data=["cell"],
        template=TEMPLATE,
    )
    return figure.update_traces(textangle=0).update_yaxes(autorange="reversed")


def in_words(rows: pd.DataFrame, breakdown: str) -> pd.DataFrame:
    """With Dutch heads: why a count is missing, and the rate of a total or the share of any other,
    with its interval."""
    size, named = ("per_month", "Per maand") if breakdown == TOTAL else ("share", "Aandeel")
    heads = {
        "tijd": "Periode",
        "label": "Waarde",
        "count": "Meldingen",
        "state": "Toestand",
    }
    heads |= {size: named, f"{size}_low": "Laagst", f"{size}_high": "Hoogst"}
    said = rows.replace({"state": words_of("state")})
    shown = said[list(heads)].rename(columns=heads)
    return shown.round(3)


def as_read(table: pd.DataFrame) -> pd.DataFrame:
    """The table of the bench as a page would say it: 56%, and 2,6 per month."""
    write = percent if "Aandeel" in table else partial(number, digits=1)
    shown = table.astype("object")
    for name in ("Aandeel", "Per maand", "Laagst", "Hoogst"):
        if name in table:
            shown[name] = table[name].map(write, na_action="ignore")
    return shown


class Bench(widgets.VBox):
    """Four choices above what follows from them: sentences, a figure and a table.

    Protected tables only: what is seen here may be shown as the openbaar report may. `table` and
    `figure` are what is on the screen. From now on figures of your own have no button that sends
    their numbers to a cloud either.

    >>> bench("voorbeeld-2023", "enschede").table["Meldingen"].to_list()
    [180]
    """

    def __init__(
        self, name: str = EXAMPLE, gebied: str = "", root: str | Path | None = None
    ) -> None:
        for renderer in (pio.renderers[one] for one in pio.renderers):
            if hasattr(renderer, "config"):
                renderer.config = {**(renderer.config or {}), **STAYS_HERE}
        self._root, self._is_offering = root, False
        self._open = edition(name, root)
        words = self._open.settings.vocabulary
        area = words.area(gebied) if gebied else words.district
        begin = {
            "editie": name,
            "gebied": area.slug,
            "uitsplitsing": TOTAL,
            "periode": "whole",
        }
        self.choices = {
            code: widgets.Dropdown(
                options=[value],
                description=f"{code.title()}:",
                style={"description_width": "6em"},
            )
            for code, value in begin.items()
        }
        self._offer("editie", {one: one for one in editions(root)})
        self._sentences, self._drawing = widgets.HTML(), widgets.Output()
        self._rows = widgets.HTML()
        self._rows.add_class("jp-RenderedHTMLCommon")  # looks as any table does
        self.table, self.figure = pd.DataFrame(), go.Figure()
        menus = widgets.HBox([*self.choices.values()], layout={"flex_flow": "row wrap"})
        super().__init__([menus, self._sentences, self._drawing, self._rows])
        self.add_class("mma-bench")
        self._refresh()
        for choice in self.choices.values():
            choice.observe(self._refresh, "value")

    def choose(self, **chosen: str) -> "Bench":
        """Choose by code what the menus choose: `editie`, `gebied`, `uitsplitsing`, `periode`."""
        for name, value in chosen.items():
            if name not in self.choices:
                known = list(self.choices)
                raise UsageError(not_there(name, known))
            choice = self.choices[name]
            codes = [code for _, code in choice.options]
            if value not in codes:
                raise UsageError(not_there(value, codes))
            choice.value = value
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
        level = e.area.level
        offered = {r["code"]: r for r in words.reference("breakdowns") if r[level]}
        labels = {code: row["label"] for code, row in offered.items()}
        breakdown = self._offer("uitsplitsing", labels)
        kinds = {kind: KINDS[kind] for kind in offered[breakdown][level].split()}
        kind = self._offer("periode", kinds)
        self._is_offering = False
        rows = rows_of(e, breakdown, kind)
        self.table, self.figure = in_words(rows, breakdown), drawn(rows)
        heads = {"tijd": "Periode", "label": "Waarde", "count": "Meldingen"}
        unit = f"Aantal, {KINDS[kind].lower()}"
        titles = {"titel": f"{labels[breakdown]} in {e.naam}", "eenheid": unit}
        # as outputs: a `FigureWidget` sends the whole of plotly.js again for every figure (1 s)
        shown = outputs(notebook(e), self.figure, rows, titles, heads)
        for one in shown:
            if PLOTLY in one["data"]:
                # With the button that makes a PNG.
                one["data"][PLOTLY]["config"] = dict(STAYS_HERE)
        self._drawing.outputs = tuple(shown)
        self._sentences.value = _sentences(e, bool(shown))
        shown = as_read(self.table)
        self._rows.value = shown.to_html(index=False, na_rep="", border=0)

    def _offer(self, name: str, labels: Mapping[str, str]) -> str:
        """Change what can be chosen, keep the choice if it is still there, and give it."""
        choice = self.choices[name]
        options = [(label, code) for code, label in labels.items()]
        if list(choice.options) != options:
            is_kept = choice.value in labels
            kept = choice.value if is_kept else next(iter(labels))
            choice.options = options
            choice.value = kept
        return str(choice.value)


bench = Bench
