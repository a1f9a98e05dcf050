"""Figures of more than one line of plotly: parts of a whole, what adds up, intervals."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from mma_analysis.show.figure import (
    COLOUR_NO,
    COLOUR_PARTLY,
    COLOUR_UNKNOWN,
    COLOUR_YES,
    INK,
    is_bounded,
    mark_in_words,
)
from mma_analysis.show.svg.elements import SOFT, USUAL_COLOUR
from mma_analysis.show.text import grenzen, text_of_html
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.value import FORMS_OF_SHARES, Value

HATCHED = {"shape": "/", "fgcolor": COLOUR_UNKNOWN, "bgcolor": "#ffffff", "size": 6}
BAND_WIDE = 14  # pixels
FROM_ABOVE = "reversed"  # plotly's first row is the lowest
SPAN = 20  # pixels: how thick a bar is that goes from one end to another
KEY_LINE = 23  # pixels in JupyterLab: a line of a key
KEY_GAP = 12  # the room between two keys
AROUND_KEY = 40
RAISED = "<br> "  # an empty line below a text, so that plotly sets it above an interval
HOVER = "%{y} %{fullData.name}: %{text}<extra></extra>"
# Plotly reads these in a text as the beginning of markup or of a template.
_MARKUP = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "{": "&#123;",
        "}": "&#125;",
    }
)


@dataclass(frozen=True)
class Balk:
    """A bar of parts that make a whole: what is asked, and each part with its name."""

    vraag: str
    delen: Sequence[tuple[str, Value]]
    laatste_is_nee: bool = True


def stapels(balken: Sequence[Balk], onbekend: str = "niet bekend") -> go.Figure:
    """Bars one below the other, each of one whole; the part `onbekend` last and hatched.

    On a page stands below each bar what its parts are; in JupyterLab at the right.
    """
    figure = go.Figure()
    lines = 0
    for balk in balken:
        shown = [(name, value) for name, value in balk.delen if value.shown]
        colours = _colours(balk, [name for name, _ in shown if name != onbekend])
        for name, value in shown:
            _add_part(figure, shown_literally(balk.vraag), name, value, colours.get(name))
        lines += len(shown) + 1
    figure.update_layout(
        barmode="stack",
        # Else plotly lets the reader scroll through the key.
        height=lines * KEY_LINE + len(balken) * KEY_GAP + AROUND_KEY,
        legend={"orientation": "v", "y": 1, "yanchor": "top"},
        xaxis={"visible": False},
        yaxis={"autorange": FROM_ABOVE},
    )
    return figure


def _colours(balk: Balk, known: Sequence[str]) -> dict[str, str]:
    """The colour of each part that is known: the first is *ja*, the last may be *nee*."""
    colours = {name: COLOUR_PARTLY for name in known}
    if known:
        colours[known[0]] = COLOUR_YES
    if balk.laatste_is_nee and len(known) > 1:
        colours[known[-1]] = COLOUR_NO
    return colours


def _add_part(
    figure: go.Figure,
    asked: str,
    name: str,
    value: Value,
    colour: str | None,
) -> None:
    """Draw a part of a bar with its number; hatched without a colour."""
    figure.add_bar(
        x=[float(value)],
        y=[asked],
        orientation="h",
        customdata=[value.cell],
        meta={"axis": "x", "words": [mark_in_words(value)]},
        name=shown_literally(name),
        legendgroup=asked,
        legendgrouptitle={"text": asked},
        text=[str(value)],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        marker={
            "color": colour or "#ffffff",
            "line": {"color": SOFT, "width": 1},
            "pattern": {} if colour else HATCHED,
        },
        hovertemplate=HOVER,
    )


def tussen(table: pd.DataFrame, rij: str, laag: str, hoog: str) -> go.Figure:
    """Between which ends something lies: a bar per row, with both ends beside it.

    `rij` is the column that names a row; `laag` and `hoog` are those of the ends.
    """
    figure = go.Figure()
    names = set()
    for row in table.mma:
        low = getattr(row, laag)
        high = getattr(row, hoog)
        if not low.shown or not high.shown:
            continue
        name = shown_literally(getattr(row, rij))
        names.add(name)
        figure.add_scatter(
            x=[float(low), float(high)],
            y=[name, name],
            mode="lines+text",
            line={"color": COLOUR_YES, "width": SPAN},
            text=[str(low), str(high)],
            textposition=["middle left", "middle right"],
            customdata=[low.cell, high.cell],
            meta={"axis": "x", "words": [f"ten minste {low}", f"ten hoogste {high}"]},
            hovertemplate=f"%{{y}}: {low} tot {high}<extra></extra>",
        )
        if low.form in FORMS_OF_SHARES:
            figure.update_xaxes(tickformat=".0%", range=[0, 1])
    # Plotly's own range ends in the middle of the first and the last line.
    figure.update_yaxes(range=[len(names) - 0.5, -0.5])
    figure.update_layout(showlegend=False)
    return figure


def waterval(table: pd.DataFrame, rij: str, kolom: str) -> go.Figure:
    """From the number of the first row to that of the last; each row between adds to it."""
    labels, values = _shown(table, rij, kolom)
    numbers = [float(value) for value in values]
    sums = list(accumulate(numbers))
    # The first and the last stand on the axis; each between begins where one before ended.
    starts = [0.0, *sums[:-2], 0.0]
    texts = [str(value) for value in values]
    colours = [COLOUR_NO] * len(values)
    for place in range(1, len(values) - 1):
        texts[place] = f"{values[place]} {text_of_html(grenzen(values[place]))}".strip()
        texts[place] += RAISED if is_bounded(values[place]) else ""
        colours[place] = COLOUR_YES
    bars = go.Bar(
        _marks(values, "x"),
        y=labels,
        base=starts,
        orientation="h",
        text=texts,
        textposition="outside",
        marker={"color": colours},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(autorange=FROM_ABOVE)
    figure.update_layout(showlegend=False)
    return figure


def verloop(
    table: pd.DataFrame,
    tijd: str,
    kolom: str,
    gemiddelde: Value,
    niet_heel: Sequence[Value] = (),
    onder: str = "",
) -> go.Figure:
    """A line through periods with its 95% interval, and a dashed line for the average.

    The first, the highest and the last have their number. The point is open of a period
    that not everybody delivered whole (`niet_heel`). Where a period in between has no
    number the line is broken. `onder`: a column of which the number stands below the line.
    """
    rows = _from_first_to_last(table, kolom)
    labels = [shown_literally(getattr(row, tijd)) for row in rows]
    values = [getattr(row, kolom) for row in rows]
    are_open = {shown_literally(str(period)) for period in niet_heel}
    symbols = []
    for label in labels:
        symbols.append("circle-open" if label in are_open else "circle")
    # `jul – sep 2021` over two lines, so that they fit side by side
    moments = [_over_lines(label) for label in labels]
    figure = go.Figure(_line(gemiddelde, "gemiddelde", "y", moments))
    points = go.Scatter(
        _marks(values, "y"),
        x=moments,
        mode="lines+markers+text",
        name="per maand",
        text=_first_highest_last(values),
        textposition="top center",
        line={"color": COLOUR_YES, "width": 2.5},
        marker={"size": 10, "symbol": symbols, "line": {"width": 2}},
        hovertemplate="%{x}: %{y}<extra></extra>",
    )
    figure.add_trace(points)
    if onder:
        below = [getattr(row, onder) for row in rows]
        figure.add_trace(_below(below, moments))
    figure.update_xaxes(tickangle=0)
    figure.update_layout(showlegend=False)
    return figure


def _from_first_to_last(table: pd.DataFrame, column: str) -> list[Row]:
    """The rows from the first with a number to the last."""
    rows = list(table.mma)
    shown = []
    for place, row in enumerate(rows):
        if getattr(row, column).shown:
            shown.append(place)
    return rows[shown[0] : shown[-1] + 1] if shown else []


def _first_highest_last(values: Sequence[Value]) -> list[str]:
    """What stands at each point of a line: nothing at most of them."""
    texts = [""] * len(values)
    known = [place for place, value in enumerate(values) if value.shown]
    if known:
        highest = max(known, key=lambda place: float(values[place]))
        for place in (known[0], highest, known[-1]):
            texts[place] = str(values[place])
    return texts


def _below(values: Sequence[Value], moments: Sequence[str]) -> go.Scatter:
    """Numbers in a row along the foot of a figure."""
    return go.Scatter(
        x=moments,
        y=[0] * len(values),
        mode="text",
        text=[str(value) for value in values],
        textposition="top center",
        customdata=[value.cell for value in values],
        meta={"axis": "y", "words": [str(value) for value in values]},
        hoverinfo="skip",
    )


def _over_lines(label: str) -> str:
    """`jul – sep 2021` over two lines: the year below its months."""
    months, space, year = label.replace(" – ", "–").rpartition(" ")
    return f"{months}<br>{year}" if space else label


def punten(
    table: pd.DataFrame,
    rij: str,
    kolom: str,
    gemiddelde: Value | None = None,
    eigen: str = "",
    laag: str = "",
    hoog: str = "",
) -> go.Figure:
    """A dot per row with its 95% interval, and a dashed line for all of them together.

    `eigen`: the name of the row that the page is about: it is bold, and the others are
    paler. `laag` and `hoog`: columns of the ends of what would be usual, a pale band behind
    each dot. The row of the page has its band also without a dot.
    """
    own = shown_literally(eigen)
    labels, values = _shown(table, rij, kolom)
    bands = []
    if laag and hoog:
        bands = _bands(table, rij, laag, hoog, [*labels, own])
    drawn = {*labels}
    for name, _, _ in bands:
        drawn.add(name)
    names = _in_order(table, rij, drawn)
    figure = go.Figure()
    if bands:
        figure.add_trace(_band(bands, own))
    if gemiddelde is not None and gemiddelde.shown:
        first_and_last = names[:1] + names[-1:]
        ends = [_marked(name, own) for name in first_and_last]
        figure.add_trace(_line(gemiddelde, "samen", "x", ends))
    colours = []
    for label in labels:
        is_other = own and label != own
        colours.append(COLOUR_PARTLY if is_other else COLOUR_YES)
    dots = go.Scatter(
        _marks(values, "x"),
        y=[_marked(label, own) for label in labels],
        mode="markers+text",
        name="gemeente",
        text=[str(value) for value in values],
        textposition="top center",
        marker={"color": colours, "size": 11},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    figure.add_trace(dots)
    figure.update_layout(showlegend=False)
    figure.update_yaxes(
        autorange=FROM_ABOVE,
        categoryarray=[_marked(name, own) for name in names],
        categoryorder="array",
    )
    return figure


def _bands(
    table: pd.DataFrame, label: str, low: str, high: str, names: Sequence[str]
) -> list[tuple[str, Value, Value]]:
    """The rows with these names of which both ends are known: a name, and its ends."""
    found = []
    for row in table.mma:
        name = shown_literally(getattr(row, label))
        lowest = getattr(row, low)
        highest = getattr(row, high)
        if name in names and lowest.shown and highest.shown:
            found.append((name, lowest, highest))
    return found


def _band(bands: Sequence[tuple[str, Value, Value]], own: str) -> go.Scatter:
    """A pale bar per row, from one end to the other."""
    ends: list[float | None] = []
    names: list[str | None] = []
    cells: list[str | None] = []
    words: list[str] = []
    for name, low, high in bands:
        label = _marked(name, own)
        ends += [float(low), float(high), None]
        names += [label, label, None]
        cells += [low.cell, high.cell, None]
        words += [f"gewoon vanaf {low}", f"gewoon tot {high}", ""]
    return go.Scatter(
        x=ends,
        y=names,
        mode="lines",
        line={"color": USUAL_COLOUR, "width": BAND_WIDE},
        customdata=cells,
        meta={"axis": "x", "words": words},
        name="gewoon",
        hoverinfo="skip",
    )


def _in_order(table: pd.DataFrame, label: str, wanted: Collection[str]) -> list[str]:
    """These names, in the order of the rows."""
    names = [shown_literally(getattr(row, label)) for row in table.mma]
    return [name for name in names if name in wanted]


def _marked(name: str, own: str) -> str:
    """A name as plotly has it: that of the page is bold."""
    return f"<b>{name}</b>" if name == own else name


def _shown(table: pd.DataFrame, label: str, column: str) -> tuple[list[str], list[Value]]:
    """The labels and the values of the rows with a number."""
    labels = []
    values = []
    for row in table.mma:
        value = getattr(row, column)
        if value.shown:
            labels.append(shown_literally(getattr(row, label)))
            values.append(value)
    return labels, values


def _marks(values: Sequence[Value], axis: str) -> dict[str, Any]:
    """Values along an axis: their ids, how they read, and how far their intervals reach."""
    down = []
    up = []
    for value in values:
        down.append(float(value) - float(value.onder) if is_bounded(value) else 0.0)
        up.append(float(value.boven) - float(value) if is_bounded(value) else 0.0)
    marks: dict[str, Any] = {
        axis: [float(value) if value.shown else None for value in values],
        "meta": {"axis": axis, "words": [mark_in_words(value) for value in values]},
        "customdata": [value.cell for value in values],
    }
    if any(up) or any(down):
        marks[f"error_{axis}"] = {
            "type": "data",
            "symmetric": False,
            "color": INK,
            "thickness": 1.5,
            "width": 3,
            "arrayminus": down,
            "array": up,
        }
    return marks


def _line(value: Value, name: str, axis: str, along: Sequence[str]) -> go.Scatter:
    """A dashed line at one value, along the other axis."""
    at_value = [float(value)] * len(along)
    return go.Scatter(
        x=at_value if axis == "x" else along,
        y=at_value if axis == "y" else along,
        mode="lines",
        meta={"axis": axis, "words": [str(value)] * len(along)},
        hoverinfo="skip",
        name=name,
        line={"color": SOFT, "dash": "dash", "width": 1.5},
        customdata=[value.cell] * len(along),
    )


def shown_literally(text: str) -> str:
    """A text that plotly shows letter for letter, whoever wrote it."""
    return str(text).translate(_MARKUP)
