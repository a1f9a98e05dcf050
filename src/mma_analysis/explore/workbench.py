"""The bench: choose edition, area, breakdown and period, and see all of it change at once.

For JupyterLab, with the extra `lab`; it does not use a network.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import ipywidgets as widgets
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import plotly.io as pio

from mma_analysis.evaluation import Evaluation
from mma_analysis.explore.open_edition import edition, editions
from mma_analysis.explore.save import save
from mma_analysis.settings import EXAMPLE
from mma_analysis.show.claims import CANNOT_TELL, oordeel
from mma_analysis.show.figure import PLOTLY, STAYS_HERE, TEMPLATE, outputs
from mma_analysis.show.text import fill, notebook, to_html
from mma_analysis.vocabulary import PACKAGE, TOTAL, UsageError, message
from mma_analysis.vocabulary.numbers import FEW, number, percent
from mma_analysis.vocabulary.reference import words_of
from mma_analysis.vocabulary.rows import not_there

KIND_LABELS = {kind: f"Per {word}" for kind, word in words_of("kind").items()}
OWN_FOLDER = Path("eigen")  # not in git
KIND_LABELS["whole"] = "Hele evaluatie"


def _sentences(e: Evaluation, is_drawn: bool) -> str:
    """How many meldingen, how many per month and per inhabitant, and if that changes."""
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


def rows_of_choice(e: Evaluation, breakdown: str, kind: str) -> pd.DataFrame:
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


def choice_in_words(rows: pd.DataFrame, breakdown: str) -> pd.DataFrame:
    """With Dutch heads: the counts, why one is missing, and a size with its interval.

    The size is the rate of a total, and the share of any other count.
    """
    size = "share"
    named = "Aandeel"
    if breakdown == TOTAL:
        size = "per_month"
        named = "Per maand"
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


class _Chosen(NamedTuple):
    """What the menus choose: the area, the breakdown with its label, the kind of period."""

    e: Evaluation
    breakdown: str
    label: str
    kind: str


def _keep_figures_here() -> None:
    """Show figures without a button that sends their numbers to a cloud."""
    for name in pio.renderers:
        renderer = pio.renderers[name]
        if hasattr(renderer, "config"):
            config = renderer.config or {}
            renderer.config = {**config, **STAYS_HERE}


def _menu(name: str, value: str) -> widgets.Dropdown:
    """A menu in which only what it begins with can be chosen yet."""
    return widgets.Dropdown(
        options=[value],
        description=f"{name}:",
        style={"description_width": "6em"},
    )


class Bench(widgets.VBox):
    """Four choices above what follows from them: sentences, a figure and a table.

    Protected tables only: what is seen here may be shown as the openbaar report may.
    `table` and `figure` are what is on the screen; `save_button` saves both in the folder
    `eigen` beside the notebook. From now on figures of your own have no
    button that sends their numbers to a cloud either.

    >>> bench("voorbeeld-2023", "enschede").table["Meldingen"].to_list()
    [180]
    """

    def __init__(
        self, name: str = EXAMPLE, gebied: str = "", root: str | Path | None = None
    ) -> None:
        _keep_figures_here()
        self._root = root
        self._is_offering = False
        self._open = edition(name, root)
        words = self._open.settings.vocabulary
        area = words.area(gebied) if gebied else words.district
        self.choices = {
            "editie": _menu("Editie", name),
            "gebied": _menu("Gebied", area.slug),
            "uitsplitsing": _menu("Uitsplitsing", TOTAL),
            "periode": _menu("Periode", "whole"),
        }
        self._offer("editie", {one: one for one in editions(root)})

        self._sentences = widgets.HTML()
        self._drawing = widgets.Output()
        self._rows = widgets.HTML()
        self._rows.add_class("jp-RenderedHTMLCommon")  # looks as any table does
        self.table = pd.DataFrame()
        self.figure = go.Figure()
        self.save_button = widgets.Button(
            description="Bewaar figuur en tabel",
            tooltip="In de map ‘eigen’ naast dit notebook",
            layout={"width": "auto"},
        )
        self._saved = widgets.Label()
        self.save_button.on_click(self._save)
        saving = widgets.HBox([self.save_button, self._saved])
        menus = widgets.HBox([*self.choices.values()], layout={"flex_flow": "row wrap"})
        super().__init__([menus, self._sentences, self._drawing, self._rows, saving])
        self.add_class("mma-bench")
        self._refresh()
        for choice in self.choices.values():
            choice.observe(self._refresh, "value")

    def choose(self, **chosen: str) -> "Bench":
        """Choose by code what the menus choose, such as `gebied="borne"`.

        The menus are `editie`, `gebied`, `uitsplitsing` and `periode`.
        """
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
        name = str(self.choices["editie"].value)
        if name != self._open.name:
            self._open = edition(name, self._root)
        chosen = self._offer_all()

        rows = rows_of_choice(chosen.e, chosen.breakdown, chosen.kind)
        self.table = choice_in_words(rows, chosen.breakdown)
        self.figure = drawn(rows)
        heads = {"tijd": "Periode", "label": "Waarde", "count": "Meldingen"}
        titles = {
            "titel": f"{chosen.label} in {chosen.e.naam}",
            "eenheid": f"Aantal, {KIND_LABELS[chosen.kind].lower()}",
        }
        # As outputs: a `FigureWidget` sends the whole of plotly.js again for each (1 s).
        shown = outputs(notebook(chosen.e), self.figure, rows, titles, heads)
        for output in shown:
            if PLOTLY in output["data"]:
                # With the button that makes a PNG.
                output["data"][PLOTLY]["config"] = dict(STAYS_HERE)
        self._drawing.outputs = tuple(shown)
        self._sentences.value = _sentences(chosen.e, bool(shown))
        self._saved.value = ""
        read = as_read(self.table)
        self._rows.value = read.to_html(index=False, na_rep="", border=0)

    def _save(self, button: widgets.Button) -> None:
        """Save what is on the screen, and say where it is."""
        chosen = []
        for choice in self.choices.values():
            code = str(choice.value)
            chosen.append(code)
        name = "-".join(chosen)
        table = save(self.table, OWN_FOLDER / f"{name}.csv")
        files = table.as_posix()
        if self._drawing.outputs:  # else nothing could be drawn
            drawing = save(self.figure, OWN_FOLDER / f"{name}.html")
            files = f"{files} en {drawing.as_posix()}"
        self._saved.value = message("saved", files=files)

    def _offer_all(self) -> "_Chosen":
        """Offer in each menu what there is, and give what is chosen."""
        self._is_offering = True
        words = self._open.settings.vocabulary
        areas = {area.slug: area.name for area in (words.district, *words.gemeenten)}
        e = self._open.evaluation(self._offer("gebied", areas))

        level = e.area.level
        labels = {}
        kinds_of = {}
        for row in words.reference("breakdowns"):
            if row[level]:
                labels[row["code"]] = row["label"]
                kinds_of[row["code"]] = row[level].split()
        breakdown = self._offer("uitsplitsing", labels)
        kinds = {kind: KIND_LABELS[kind] for kind in kinds_of[breakdown]}
        kind = self._offer("periode", kinds)
        self._is_offering = False
        return _Chosen(e, breakdown, labels[breakdown], kind)

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
