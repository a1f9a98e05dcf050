"""Figures that take more than one line of plotly: parts of a whole, and intervals side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from mma_analysis.show.figure import INK, NO, PARTLY, SOFT, UNKNOWN, YES
from mma_analysis.show.text import grenzen
from mma_analysis.show.text import plain as in_words
from mma_analysis.vocabulary.value import Value

LEGEND_WIDTH = 52  # characters of a line below a bar that fit on a phone
BAR_HEIGHT, LEGEND_LINE = 54, 18  # of a bar with its question, and of each line below it
WHITE, ON_LIGHT = "#ffffff", "#10161a"
HATCHED = {"shape": "/", "fgcolor": UNKNOWN, "bgcolor": WHITE, "size": 6}
ABOVE, BETWEEN = 34, 18  # pixels for the name above a row, and from bar to bar within it
LEAST_INSIDE = 0.055  # part of a bar in which its number fits
# Plotly reads these in a text as the beginning of markup or of a template.
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "&#123;", "}": "&#125;"})


@dataclass(frozen=True)
class Balk:
    """A bar of parts that make a whole: what is asked, and each part with its name."""

    vraag: str
    delen: Sequence[tuple[str, Value]]
    laatste_is_nee: bool = True


def stapels(balken: Sequence[Balk], onbekend: str = "niet opgeschreven") -> go.Figure:
    """Bars one below the other, each of one whole; the part named `onbekend` last and hatched.

    What every part is, stands in words below its bar.
    """
    figure = go.Figure()
    place, notes, longest = 0.0, [], 0.0
    for balk in balken:
        shown = [(name, value) for name, value in balk.delen if value.shown]
        whole = sum(float(value) for _, value in shown) or 1
        longest = max(longest, whole)
        known = [name for name, _ in shown if name != onbekend]
        colours = dict.fromkeys(known, PARTLY) | dict.fromkeys(known[:1], YES)
        if balk.laatste_is_nee and len(known) > 1:
            colours[known[-1]] = NO
        for name, value in shown:
            colour = colours.get(name, WHITE)
            is_dark = colour in (YES, PARTLY)
            fits = float(value) / whole >= LEAST_INSIDE
            figure.add_bar(
                **{"x": [float(value)], "y": [-place], "orientation": "h", "width": 24},
                **{"customdata": [value.cell], "name": name, "text": [str(value) if fits else ""]},
                **{"textposition": "inside", "insidetextanchor": "middle", "textangle": 0},
                textfont={"color": WHITE if is_dark else ON_LIGHT},
                marker={
                    "color": colour,
                    "line": {"color": colour if is_dark else SOFT, "width": 1},
                    "pattern": {} if name in colours else HATCHED,
                },
                hovertemplate=f"{plain(name)}: {value}<extra></extra>",
            )
        legend = _legend(shown)
        notes += [
            _note(f"<b>{plain(balk.vraag)}</b>", -place + 14, "bottom"),
            _note(legend, -place - 15, "top", SOFT),
        ]
        place += BAR_HEIGHT + LEGEND_LINE * (legend.count("<br>") + 1)
    figure.update_layout(
        **{"barmode": "stack", "showlegend": False, "annotations": notes},
        height=int(place) + 12,
        xaxis={"visible": False, "fixedrange": True, "range": [0, longest]},
        yaxis={
            **{"visible": False, "fixedrange": True, "rangemode": "normal"},
            "range": [-place + BAR_HEIGHT - 20, 42],
        },
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
    )
    return figure


def _legend(parts: Sequence[tuple[str, Value]]) -> str:
    """What each part is, over as many lines as it needs; a name and its number stay together."""
    lines = [""]
    for said in (f"{name} {value}" for name, value in parts):
        longer = f"{lines[-1]} · {said}" if lines[-1] else said
        if lines[-1] and len(longer) > LEGEND_WIDTH:
            lines.append(said)
        else:
            lines[-1] = longer
    return "<br>".join(plain(line) for line in lines)


def _note(text: str, place: float, anchor: str, colour: str = INK) -> dict[str, object]:
    return {
        **{"text": text, "showarrow": False, "align": "left", "font": {"color": colour}},
        **{"x": 0, "xref": "paper", "xanchor": "left", "y": place, "yanchor": anchor},
    }


def tussen(table: pd.DataFrame, rij: str, kolommen: Sequence[tuple[str, str, str]]) -> go.Figure:
    """Between which ends something lies: a bar per row and per column of `kolommen`.

    `rij` is the column that names a row; `kolommen` are a name, a low and a high column.
    """
    figure = go.Figure()
    labels = []
    step = ABOVE + (LEGEND_LINE + BETWEEN) * len(kolommen)
    for row_number, row in enumerate(table.mma):
        ends = [(name, getattr(row, low), getattr(row, high)) for name, low, high in kolommen]
        ends = [(name, low, high) for name, low, high in ends if low.shown and high.shown]
        said = "<br>".join(f"{plain(name)} {low}–{high}" for name, low, high in ends)
        labels.append(f"<b>{plain(getattr(row, rij))}</b><br>{said}")
        for number, (name, low, high) in enumerate(ends):
            figure.add_scatter(
                **{"x": [float(low), float(high)], "meta": "x", "mode": "lines"},
                **{"y": [-step * row_number - BETWEEN * number] * 2, "name": name},
                **{"line": {"color": (YES, PARTLY, SOFT)[number % 3], "width": 12}},
                **{"customdata": [low.cell, high.cell], "showlegend": row_number == 0},
                hovertemplate=f"{plain(name)}: {low} tot {high}<extra></extra>",
            )
            if low.form == "share":
                figure.update_xaxes(tickformat=".0%", range=[0, 1])
    return _in_rows(figure, labels, step, has_legend=len(kolommen) > 1)


def staven(table: pd.DataFrame, rij: str, kolom: str) -> go.Figure:
    """A bar per row with its number above it, and a line for its 95% interval."""
    labels, values = _shown(table, rij, kolom)
    step = ABOVE + 22
    figure = go.Figure(
        go.Bar(
            **{**_marks(values, "x"), "y": [-step * n for n in range(len(values))]},
            **{"orientation": "h", "width": 18, "marker": {"color": YES}, "textposition": "none"},
        )
    )
    figure.update_xaxes(rangemode="normal", tickformat=",d")
    names = [
        f"{label} <b>{v}</b> {plain(in_words(grenzen(v)))}"
        for label, v in zip(labels, values, strict=True)
    ]
    return _in_rows(figure, names, step)


def _in_rows(
    figure: go.Figure, labels: Sequence[str], step: int, has_legend: bool = False
) -> go.Figure:
    """A name above every row, so that a row is as wide as the page, on a phone too."""
    notes = [_note(label, 12 - step * number, "bottom") for number, label in enumerate(labels)]
    lines = max((label.count("<br>") for label in labels), default=0)
    top, bottom = ABOVE + LEGEND_LINE * lines, step * (len(labels) - 1) + step - ABOVE
    figure.update_layout(
        **{"annotations": notes, "showlegend": has_legend, "margin": {"l": 2, "r": 12, "t": 4}},
        height=top + bottom + (70 if has_legend else 40),
        yaxis={
            **{"visible": False, "fixedrange": True, "rangemode": "normal"},
            "range": [-bottom, top],
        },
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
    figure.add_scatter(
        **{**_marks(values, "y"), "x": moments, "mode": "lines+markers", "name": "per maand"},
        line={"color": YES, "width": 2},
        marker={"size": 10, "symbol": symbols, "line": {"width": 2}},
    )
    figure.update_xaxes(tickangle=0, tickfont={"size": 12})
    return figure.update_layout(showlegend=False)


def punten(table: pd.DataFrame, rij: str, kolom: str, gemiddelde: Value | None = None) -> go.Figure:
    """A dot per row with its 95% interval, and a dashed line for what all have together."""
    labels, values = _shown(table, rij, kolom)
    figure = go.Figure()
    if gemiddelde is not None and gemiddelde.shown:
        figure.add_trace(_line(gemiddelde, "samen", "x", labels[:1] + labels[-1:]))
    figure.add_scatter(
        **{**_marks(values, "x"), "hovertemplate": "%{y}: %{hovertext}<extra></extra>"},
        **{"y": labels, "mode": "markers", "name": "gemeente"},
        **{"marker": {"color": YES, "size": 11}},
    )
    figure.update_layout(height=22 * len(values) + 46, showlegend=False)
    return figure.update_yaxes(autorange="reversed", categoryarray=labels, categoryorder="array")


def _shown(table: pd.DataFrame, label: str, column: str) -> tuple[list[str], list[Value]]:
    """The labels and the values of the rows with a number."""
    rows = [row for row in table.mma if getattr(row, column).shown]
    return [plain(getattr(row, label)) for row in rows], [getattr(row, column) for row in rows]


def _marks(values: Sequence[Value], axis: str) -> dict[str, object]:
    """Values along an axis: their ids, how they read, and how far their intervals reach."""
    marks: dict[str, object] = {
        **{axis: [float(v) for v in values], "meta": axis, "customdata": [v.cell for v in values]},
        **{"hovertext": [str(v) for v in values], "hovertemplate": "%{hovertext}<extra></extra>"},
    }
    ends = [(float(v.onder), float(v.boven)) for v in values]
    if any(low == low and high == high for low, high in ends):
        marks[f"error_{axis}"] = {
            **{"type": "data", "symmetric": False, "color": PARTLY, "thickness": 1.5, "width": 3},
            "arrayminus": [float(v) - low for v, (low, _) in zip(values, ends, strict=True)],
            "array": [high - float(v) for v, (_, high) in zip(values, ends, strict=True)],
        }
    return marks


def _line(value: Value, name: str, axis: str, along: Sequence[str]) -> go.Scatter:
    """A dashed line at one value, along the other axis."""
    ends = {axis: [float(value)] * len(along), "y" if axis == "x" else "x": along}
    return go.Scatter(
        **{**ends, "mode": "lines", "meta": axis, "hoverinfo": "skip", "name": name},
        **{"line": {"color": SOFT, "dash": "dash", "width": 1.5}},
        customdata=[value.cell] * len(along),
    )


def plain(text: str) -> str:
    """A text that plotly shows letter for letter, whoever wrote it."""
    return str(text).translate(_MARKUP)
