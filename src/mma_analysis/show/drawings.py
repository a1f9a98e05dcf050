"""Figures of more than one line of plotly: parts of a whole, intervals side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from mma_analysis.show.figure import INK, NO, PARTLY, SOFT, UNKNOWN, YES
from mma_analysis.show.text import grenzen
from mma_analysis.show.text import plain as in_words
from mma_analysis.vocabulary.value import Value

LEGEND_WIDTH = 52  # characters of a line below a bar that fit on a phone
BAR_HEIGHT = 54  # of a bar with its question
LEGEND_LINE = 18  # of each line below it
BAR = 24
STAVE = 18
WHITE = "#ffffff"
ON_LIGHT = "#10161a"
HATCHED = {"shape": "/", "fgcolor": UNKNOWN, "bgcolor": WHITE, "size": 6}
ABOVE = 34  # pixels for the name above a row
BETWEEN = 18  # pixels from bar to bar within a row
OF_STAVE = 22  # pixels
LEAST_INSIDE = 0.055  # part of a bar in which its number fits
INTERVALS = (YES, PARTLY, SOFT)  # the colours of the columns of `tussen`, in turn
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


def stapels(balken: Sequence[Balk], onbekend: str = "niet opgeschreven") -> go.Figure:
    """Bars one below the other, each of one whole; the part `onbekend` last and hatched.

    What every part is, stands in words below its bar.
    """
    figure = go.Figure()
    notes = []
    place = 0.0
    longest = 0.0
    for balk in balken:
        shown = [(name, value) for name, value in balk.delen if value.shown]
        whole = sum(float(value) for _, value in shown) or 1
        longest = max(longest, whole)
        colours = _colours(balk, [name for name, _ in shown if name != onbekend])
        for name, value in shown:
            _add_part(figure, name, value, whole, -place, colours.get(name))

        legend = _legend(shown)
        notes.append(_note(f"<b>{plain(balk.vraag)}</b>", -place + 14, "bottom"))
        notes.append(_note(legend, -place - 15, "top", SOFT))
        lines = legend.count("<br>") + 1
        place += BAR_HEIGHT + LEGEND_LINE * lines
    figure.update_layout(
        barmode="stack",
        showlegend=False,
        annotations=notes,
        height=int(place) + 12,
        xaxis={"visible": False, "fixedrange": True, "range": [0, longest]},
        yaxis=_rows_between(-place + BAR_HEIGHT - 20, 42),
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
    )
    return figure


def _colours(balk: Balk, known: Sequence[str]) -> dict[str, str]:
    """The colour of each part that is known: the first is *ja*, the last may be *nee*."""
    colours = {name: PARTLY for name in known}
    if known:
        colours[known[0]] = YES
    if balk.laatste_is_nee and len(known) > 1:
        colours[known[-1]] = NO
    return colours


def _add_part(
    figure: go.Figure,
    name: str,
    value: Value,
    whole: float,
    place: float,
    colour: str | None,
) -> None:
    """Draw a part of a bar, with its number where that fits; hatched without a colour."""
    is_dark = colour in (YES, PARTLY)
    fits = float(value) / whole >= LEAST_INSIDE
    fill = colour or WHITE
    edge = fill if is_dark else SOFT
    figure.add_bar(
        x=[float(value)],
        y=[place],
        orientation="h",
        width=BAR,
        customdata=[value.cell],
        name=name,
        text=[str(value) if fits else ""],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": WHITE if is_dark else ON_LIGHT},
        marker={
            "color": fill,
            "line": {"color": edge, "width": 1},
            "pattern": HATCHED if colour is None else {},
        },
        hovertemplate=f"{plain(name)}: {value}<extra></extra>",
    )


def _legend(parts: Sequence[tuple[str, Value]]) -> str:
    """What each part is, over as many lines as it needs; a name stays with its number."""
    lines = [""]
    for name, value in parts:
        said = f"{name} {value}"
        longer = f"{lines[-1]} · {said}" if lines[-1] else said
        if lines[-1] and len(longer) > LEGEND_WIDTH:
            lines.append(said)
        else:
            lines[-1] = longer
    return "<br>".join(plain(line) for line in lines)


def _note(text: str, place: float, anchor: str, colour: str = INK) -> dict[str, object]:
    return {
        "text": text,
        "showarrow": False,
        "align": "left",
        "font": {"color": colour},
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": place,
        "yanchor": anchor,
    }


def _rows_between(bottom: float, top: float) -> dict[str, object]:
    """An axis that is not seen: what is on it has names of its own."""
    return {
        "visible": False,
        "fixedrange": True,
        "rangemode": "normal",
        "range": [bottom, top],
    }


def tussen(
    table: pd.DataFrame,
    rij: str,
    kolommen: Sequence[tuple[str, str, str]],
) -> go.Figure:
    """Between which ends something lies: a bar per row and per column of `kolommen`.

    `rij` is the column that names a row; `kolommen` are a name, a low and a high column.
    """
    figure = go.Figure()
    labels = []
    step = ABOVE + (LEGEND_LINE + BETWEEN) * len(kolommen)
    for row_number, row in enumerate(table.mma):
        said = []
        for name, low_column, high_column in kolommen:
            low = getattr(row, low_column)
            high = getattr(row, high_column)
            if not low.shown or not high.shown:
                continue
            number = len(said)
            said.append(f"{plain(name)} {low}–{high}")
            figure.add_scatter(
                x=[float(low), float(high)],
                y=[-step * row_number - BETWEEN * number] * 2,
                meta="x",
                mode="lines",
                name=name,
                line={"color": INTERVALS[number % len(INTERVALS)], "width": 12},
                customdata=[low.cell, high.cell],
                showlegend=row_number == 0,
                hovertemplate=f"{plain(name)}: {low} tot {high}<extra></extra>",
            )
            if low.form == "share":
                figure.update_xaxes(tickformat=".0%", range=[0, 1])
        name_of_row = plain(getattr(row, rij))
        labels.append(f"<b>{name_of_row}</b><br>{'<br>'.join(said)}")
    return _in_rows(figure, labels, step, has_legend=len(kolommen) > 1)


def staven(table: pd.DataFrame, rij: str, kolom: str) -> go.Figure:
    """A bar per row with its number above it, and a line for its 95% interval."""
    labels, values = _shown(table, rij, kolom)
    step = ABOVE + OF_STAVE
    bars = go.Bar(
        _marks(values, "x"),
        y=[-step * number for number in range(len(values))],
        orientation="h",
        width=STAVE,
        marker={"color": YES},
        textposition="none",
    )
    figure = go.Figure(bars)
    figure.update_xaxes(rangemode="normal", tickformat=",d")
    names = []
    for label, value in zip(labels, values, strict=True):
        interval = plain(in_words(grenzen(value)))
        names.append(f"{label} <b>{value}</b> {interval}")
    return _in_rows(figure, names, step)


def _in_rows(
    figure: go.Figure,
    labels: Sequence[str],
    step: int,
    has_legend: bool = False,
) -> go.Figure:
    """A name above every row, so that a row is as wide as the page, on a phone too."""
    notes = []
    for number, label in enumerate(labels):
        notes.append(_note(label, 12 - step * number, "bottom"))
    lines = max((label.count("<br>") for label in labels), default=0)
    top = ABOVE + LEGEND_LINE * lines
    bottom = step * len(labels) - ABOVE
    figure.update_layout(
        annotations=notes,
        showlegend=has_legend,
        margin={"l": 2, "r": 12, "t": 4},
        height=top + bottom + (70 if has_legend else 40),
        yaxis=_rows_between(-bottom, top),
    )
    return figure


def verloop(
    table: pd.DataFrame,
    tijd: str,
    kolom: str,
    gemiddelde: Value,
    niet_heel: Sequence[Value] = (),
) -> go.Figure:
    """A point per period with its 95% interval, and a dashed line for the average.

    The point is open of a period that not everybody delivered whole (`niet_heel`).
    """
    labels, values = _shown(table, tijd, kolom)
    are_open = {plain(str(period)) for period in niet_heel}
    symbols = []
    for label in labels:
        symbols.append("circle-open" if label in are_open else "circle")
    # `jul – sep 2021` over three lines, so that they fit side by side on a phone
    moments = [label.replace(" – ", "–<br>").replace(" ", "<br>") for label in labels]
    figure = go.Figure(_line(gemiddelde, "gemiddelde", "y", moments))
    points = go.Scatter(
        _marks(values, "y"),
        x=moments,
        mode="lines+markers",
        name="per maand",
        line={"color": YES, "width": 2},
        marker={"size": 10, "symbol": symbols, "line": {"width": 2}},
    )
    figure.add_trace(points)
    figure.update_xaxes(tickangle=0, tickfont={"size": 12})
    figure.update_layout(showlegend=False)
    return figure


def punten(
    table: pd.DataFrame,
    rij: str,
    kolom: str,
    gemiddelde: Value | None = None,
) -> go.Figure:
    """A dot per row with its 95% interval, and a dashed line for all of them together."""
    labels, values = _shown(table, rij, kolom)
    figure = go.Figure()
    if gemiddelde is not None and gemiddelde.shown:
        figure.add_trace(_line(gemiddelde, "samen", "x", labels[:1] + labels[-1:]))
    dots = go.Scatter(
        _marks(values, "x"),
        y=labels,
        mode="markers",
        name="gemeente",
        marker={"color": YES, "size": 11},
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
    )
    figure.add_trace(dots)
    figure.update_layout(height=22 * len(values) + 46, showlegend=False)
    figure.update_yaxes(
        autorange="reversed",
        categoryarray=labels,
        categoryorder="array",
    )
    return figure


def _shown(table: pd.DataFrame, label: str, column: str) -> tuple[list[str], list[Value]]:
    """The labels and the values of the rows with a number."""
    labels = []
    values = []
    for row in table.mma:
        value = getattr(row, column)
        if value.shown:
            labels.append(plain(getattr(row, label)))
            values.append(value)
    return labels, values


def _marks(values: Sequence[Value], axis: str) -> dict[str, Any]:
    """Values along an axis: their ids, how they read, and how far their intervals reach."""
    numbers = np.array([float(value) for value in values])
    low = np.array([float(value.onder) for value in values])
    high = np.array([float(value.boven) for value in values])
    marks: dict[str, Any] = {
        axis: numbers.tolist(),
        "meta": axis,
        "customdata": [value.cell for value in values],
        "hovertext": [str(value) for value in values],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    has_interval = ~np.isnan(low) & ~np.isnan(high)
    if has_interval.any():
        marks[f"error_{axis}"] = {
            "type": "data",
            "symmetric": False,
            "color": PARTLY,
            "thickness": 1.5,
            "width": 3,
            "arrayminus": (numbers - low).tolist(),
            "array": (high - numbers).tolist(),
        }
    return marks


def _line(value: Value, name: str, axis: str, along: Sequence[str]) -> go.Scatter:
    """A dashed line at one value, along the other axis."""
    at_value = [float(value)] * len(along)
    return go.Scatter(
        x=at_value if axis == "x" else along,
        y=at_value if axis == "y" else along,
        mode="lines",
        meta=axis,
        hoverinfo="skip",
        name=name,
        line={"color": SOFT, "dash": "dash", "width": 1.5},
        customdata=[value.cell] * len(along),
    )


def plain(text: str) -> str:
    """A text that plotly shows letter for letter, whoever wrote it."""
    return str(text).translate(_MARKUP)
