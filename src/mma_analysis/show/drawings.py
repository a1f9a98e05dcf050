"""Figures that take more than one line of plotly: parts of a whole, and intervals side by side."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from mma_analysis.show.figure import INK, LINE, NO, PARTLY, SOFT, UNKNOWN, YES
from mma_analysis.vocabulary.value import Value

LEGEND_WIDTH = 46  # characters of a line below a bar that fit on a phone
BAR_HEIGHT, LEGEND_LINE = 58, 18  # of a bar with its question, and of each line below it
HATCHED = {"shape": "/", "fgcolor": UNKNOWN, "bgcolor": "#ffffff", "size": 6}
COLOURS = (YES, PARTLY, NO)
ON_DARK, ON_LIGHT = "#ffffff", "#10161a"
LEAST_INSIDE = 0.055  # part of a bar in which its number fits
# Plotly reads these in a text as the beginning of markup or of a template.
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "&#123;", "}": "&#125;"})


@dataclass(frozen=True)
class Balk:
    """A bar of parts that make a whole: what is asked, and each part with its name."""

    vraag: str
    delen: Sequence[tuple[str, Value]]


def stapels(balken: Sequence[Balk], onbekend: str = "niet opgeschreven") -> go.Figure:
    """Bars one below the other, each of one whole; the part named `onbekend` last and hatched.

    What every part is, stands in words below its bar.
    """
    figure = go.Figure()
    place, height, notes = 0.0, 0, []
    for balk in balken:
        shown = [(name, value) for name, value in balk.delen if value.shown]
        whole = sum(float(value) for _, value in shown) or 1
        known = [name for name, _ in shown if name != onbekend]
        for name, value in shown:
            is_known = name != onbekend
            colour = _colour(known.index(name), len(known)) if is_known else "#ffffff"
            fits = float(value) / whole >= LEAST_INSIDE
            figure.add_bar(
                **{"x": [float(value)], "y": [-place], "orientation": "h", "width": 24},
                **{"customdata": [value.cell], "name": name, "text": [str(value) if fits else ""]},
                **{"textposition": "inside", "insidetextanchor": "middle", "textangle": 0},
                textfont={"color": ON_DARK if colour in (YES, PARTLY) else ON_LIGHT},
                marker={
                    "color": colour,
                    "line": {"color": SOFT if colour not in (YES, PARTLY) else colour, "width": 1},
                    "pattern": {} if is_known else HATCHED,
                },
                hovertemplate=f"{plain(name)}: {value}<extra></extra>",
            )
        legend = _legend(shown)
        notes += [
            _note(f"<b>{plain(balk.vraag)}</b>", -place + 14, "bottom"),
            _note(legend, -place - 15, "top", SOFT),
        ]
        step = BAR_HEIGHT + LEGEND_LINE * (legend.count("<br>") + 1)
        place, height = place + step, height + step
    figure.update_layout(
        **{"barmode": "stack", "showlegend": False, "height": height + 12, "annotations": notes},
        xaxis={"visible": False, "fixedrange": True},
        yaxis={
            **{"visible": False, "fixedrange": True, "rangemode": "normal"},
            "range": [-place + BAR_HEIGHT - 20, 42],
        },
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
    )
    return figure


def _colour(place: int, known: int) -> str:
    """From yes to no: the last one of two is no."""
    return COLOURS[2 if place and place == known - 1 else min(place, 1)]


def _legend(parts: Sequence[tuple[str, Value]]) -> str:
    text = " · ".join(f"{name}\xa0{value}" for name, value in parts)
    return "<br>".join(plain(line) for line in textwrap.wrap(text, LEGEND_WIDTH) or [""])


def _note(text: str, place: float, anchor: str, colour: str = INK) -> dict[str, object]:
    return {
        **{"text": text, "showarrow": False, "align": "left", "font": {"color": colour}},
        **{"x": 0, "xref": "paper", "xanchor": "left", "y": place, "yanchor": anchor},
    }


def tussen(
    table: pd.DataFrame, rij: str, kolommen: Sequence[tuple[str, str, str]], punt: str = ""
) -> go.Figure:
    """Between which ends something lies, a bar per row: `kolommen` are name, low and high.

    `rij` is the column with what stands in front; `punt` a column with the estimate itself.
    """
    figure = go.Figure()
    rows = list(table.mma)
    labels = [plain(getattr(row, rij)) for row in rows]
    colours = dict(zip([name for name, _, _ in kolommen], (YES, PARTLY, SOFT), strict=False))
    for number, (name, low, high) in enumerate(kolommen):
        for label, row in zip(labels, rows, strict=True):
            ends = [getattr(row, low), getattr(row, high)]
            if not all(end.shown for end in ends):
                continue
            shift = 0.18 * (2 * number - len(kolommen) + 1)
            place = len(labels) - 1 - labels.index(label) - shift
            figure.add_scatter(
                **{"x": [float(end) for end in ends], "y": [place] * 2, "meta": "x"},
                **{"mode": "lines+text" if not punt else "lines", "name": name},
                **{"line": {"color": colours[name], "width": 4 if punt else 12}},
                **{"customdata": [end.cell for end in ends], "showlegend": row is rows[0]},
                **{"text": ["", f"  {ends[0]}–{ends[1]}"], "textposition": "middle right"},
                hovertemplate=f"{plain(name)}: {ends[0]} tot {ends[1]}<extra></extra>",
            )
            if punt and (estimate := getattr(row, punt)).shown:
                figure.add_scatter(
                    **{"x": [float(estimate)], "y": [place], "mode": "markers", "meta": "x"},
                    **{"marker": {"color": colours[name], "size": 11}, "showlegend": False},
                    **{"customdata": [estimate.cell], "hoverinfo": "skip", "name": name},
                )
    step = 30 + 24 * (len(kolommen) - 1)
    figure.update_layout(
        height=step * len(labels) + 70,
        showlegend=len(kolommen) > 1,
        yaxis={
            **{"tickvals": list(range(len(labels))), "ticktext": labels[::-1]},
            **{"range": [-0.6, len(labels) - 0.4], "rangemode": "normal", "gridcolor": LINE},
        },
    )
    return figure


def staven(table: pd.DataFrame, rij: str, kolom: str) -> go.Figure:
    """A bar per row with its number beside it, and a line for its 95% interval."""
    rows = [row for row in table.mma if getattr(row, kolom).shown]
    values = [getattr(row, kolom) for row in rows]
    figure = go.Figure(
        go.Bar(
            **{"x": [float(v) for v in values], "y": [plain(getattr(row, rij)) for row in rows]},
            **{"orientation": "h", "marker": {"color": YES}, "error_x": _errors(values)},
            **{"customdata": [v.cell for v in values], "textposition": "none"},
            hovertext=[str(v) for v in values],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    figure.update_xaxes(rangemode="normal", tickformat=",d")
    return figure.update_layout(yaxis={"autorange": "reversed"})


def verloop(table: pd.DataFrame, tijd: str, kolom: str, gemiddelde: Value) -> go.Figure:
    """A point per period with its 95% interval, and a dashed line for the average."""
    rows = [row for row in table.mma if getattr(row, kolom).shown]
    values = [getattr(row, kolom) for row in rows]
    moments = [plain(getattr(row, tijd)) for row in rows]
    figure = go.Figure()
    figure.add_scatter(
        **{"x": moments, "y": [float(gemiddelde)] * len(rows), "mode": "lines", "meta": "y"},
        **{"line": {"color": SOFT, "dash": "dash", "width": 1.5}, "hoverinfo": "skip"},
        **{"customdata": [gemiddelde.cell] * len(rows), "name": "gemiddelde"},
    )
    figure.add_scatter(
        **{"x": moments, "y": [float(v) for v in values], "mode": "lines+markers", "meta": "y"},
        **{"line": {"color": YES, "width": 2}, "marker": {"size": 10}},
        **{"error_y": _errors(values), "customdata": [v.cell for v in values], "name": "per maand"},
        **{"hovertext": [str(v) for v in values], "hovertemplate": "%{hovertext}<extra></extra>"},
    )
    return figure.update_layout(showlegend=False)


def punten(table: pd.DataFrame, rij: str, kolom: str, gemiddelde: Value | None = None) -> go.Figure:
    """A dot per row with its 95% interval, and a dashed line for what all have together."""
    rows = [row for row in table.mma if getattr(row, kolom).shown]
    values = [getattr(row, kolom) for row in rows]
    labels = [plain(getattr(row, rij)) for row in rows]
    figure = go.Figure()
    if gemiddelde is not None and gemiddelde.shown:
        ends = [labels[0], labels[-1]] if labels else []
        figure.add_scatter(
            **{"x": [float(gemiddelde)] * len(ends), "y": ends, "mode": "lines", "meta": "x"},
            **{"line": {"color": SOFT, "dash": "dash", "width": 1.5}, "hoverinfo": "skip"},
            **{"customdata": [gemiddelde.cell] * len(ends), "name": "samen"},
        )
    figure.add_scatter(
        **{"x": [float(v) for v in values], "y": labels, "mode": "markers", "meta": "x"},
        **{"marker": {"color": YES, "size": 11}, "error_x": _errors(values), "name": "gemeente"},
        **{"customdata": [v.cell for v in values], "hovertext": [str(v) for v in values]},
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
    )
    figure.update_layout(height=26 * len(rows) + 50, showlegend=False)
    return figure.update_yaxes(autorange="reversed", categoryarray=labels, categoryorder="array")


def _errors(values: Sequence[Value]) -> dict[str, object]:
    """The ends of the intervals, as plotly wants them: how far from the value."""
    ends = [(v.onder, v.boven) for v in values]
    if not any(low.shown and high.shown for low, high in ends):
        return {}
    pairs = zip(values, ends, strict=True)
    far = [(float(v) - float(low), float(high) - float(v)) for v, (low, high) in pairs]
    return {
        **{"type": "data", "symmetric": False, "color": PARTLY, "thickness": 1.5, "width": 3},
        **{"arrayminus": [down for down, _ in far], "array": [up for _, up in far]},
    }


def plain(text: str) -> str:
    """A text that plotly shows letter for letter, whoever wrote it."""
    return str(text).translate(_MARKUP)
