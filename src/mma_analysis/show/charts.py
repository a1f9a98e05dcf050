"""Plotly figures in one style: direct labels, one palette, the same encoding for the same thing."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

INK, SOFT, LINE, TINT = "#1c252c", "#4b5760", "#d5dde3", "#eef2f5"
BLUE, ORANGE, TEAL, PALE = "#154273", "#b3541e", "#0b7a75", "#c9dceb"
FONT = '"Source Sans 3","Segoe UI",Roboto,"Noto Sans",Arial,sans-serif'
# From strong disagreement to strong agreement, and apart from it: no opinion.
LIKERT_COLOURS = ("#b3541e", "#e0a27c", "#d8dde1", "#7fa6c9", "#154273")
PARTS = ("#154273", "#7fa6c9", "#0b7a75", "#8cc0bb", "#e0a27c", "#b3541e", "#5b6770")
UNKNOWN_COLOUR = "#d8dde1"
ROW = 46  # height of a labelled bar


def _figure(height: int, **layout: object) -> go.Figure:
    return go.Figure(
        layout={
            "template": None,
            "height": height,
            "font": {"family": FONT, "size": 14, "color": INK},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "separators": ",.",
            "showlegend": False,
            "dragmode": False,
            "hoverlabel": {"font": {"family": FONT, "size": 14}},
            **layout,
        }
    )


def _quiet_axis(**more: object) -> dict[str, object]:
    return {
        "visible": False,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        **more,
    }


def _value_axis(**more: object) -> dict[str, object]:
    return {
        "fixedrange": True,
        "gridcolor": LINE,
        "zerolinecolor": SOFT,
        "tickformat": ",d",
        "automargin": True,
        "rangemode": "tozero",
        **more,
    }


def wrapped(label: str, width: int = 42) -> str:
    """A label over more than one line."""
    return "<br>".join(textwrap.wrap(label, width))


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length (missing when not shown), and the text at its end."""

    label: str
    length: float | None
    text: str
    is_marked: bool = False


def bars(rows: Sequence[Bar], hover_unit: str = "meldingen") -> go.Figure:
    """Horizontal bars with the label above each; what is not shown has a text and no bar."""
    places = list(range(len(rows)))[::-1]
    longest = max((row.length or 0 for row in rows), default=0) or 1
    figure = _figure(
        ROW * len(rows) + 16,
        xaxis=_quiet_axis(range=[0, longest * 1.22]),
        yaxis=_quiet_axis(range=[-0.5, len(rows) - 0.3]),
        bargap=0.62,
    )
    figure.add_bar(
        x=[row.length for row in rows],
        y=places,
        orientation="h",
        marker_color=[ORANGE if row.is_marked else BLUE for row in rows],
        hovertemplate=[f"{row.label}: {row.text} {hover_unit}<extra></extra>" for row in rows],
    )
    for place, row in zip(places, rows, strict=True):
        _label(figure, row.label, place)
        figure.add_annotation(
            x=row.length or 0,
            y=place,
            text=f"<b>{row.text}</b>" if row.length else row.text,
            showarrow=False,
            xanchor="left",
            xshift=5,
            font={"size": 14, "color": INK if row.length else SOFT},
        )
    return figure


@dataclass(frozen=True)
class Stack:
    """One bar cut into parts; `None` when its parts may not be shown."""

    label: str
    parts: Sequence[float] | None


def stacks(rows: Sequence[Stack], key: Sequence[tuple[str, str]]) -> go.Figure:
    """Bars of equal length cut into named parts, with the size of each part in it."""
    places = list(range(len(rows)))[::-1]
    total = max((sum(row.parts) for row in rows if row.parts), default=1) or 1
    figure = _figure(
        (ROW + 6) * len(rows) + 8,
        xaxis=_quiet_axis(range=[0, total * 1.002]),
        yaxis=_quiet_axis(range=[-0.5, len(rows) - 0.25]),
        barmode="stack",
        bargap=0.58,
    )
    for position, (name, colour) in enumerate(key):
        sizes = [row.parts[position] if row.parts else None for row in rows]
        figure.add_bar(
            x=sizes,
            y=places,
            orientation="h",
            name=name,
            marker={"color": colour, "line": {"color": "#ffffff", "width": 1}},
            text=[_part_text(size, total) for size in sizes],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"color": "#ffffff" if _is_dark(colour) else INK},
            hovertemplate=[f"{row.label}<br>{name}: %{{x:.0f}}%<extra></extra>" for row in rows],
        )
    for place, row in zip(places, rows, strict=True):
        _label(figure, row.label if row.parts else f"{row.label} – niet getoond", place)
    return figure


def diverging(rows: Sequence[Stack], key: Sequence[tuple[str, str]]) -> go.Figure:
    """Likert bars of counts around the middle of the scale; the scale has an odd length."""
    places = list(range(len(rows)))[::-1]
    middle = len(key) // 2
    reach = max((_reach(row.parts, middle) for row in rows if row.parts), default=1)
    figure = _figure(
        (ROW + 12) * len(rows) + 8,
        xaxis=_quiet_axis(range=[-reach - 0.3, reach + 0.3]),
        yaxis=_quiet_axis(range=[-0.5, len(rows) - 0.25]),
        barmode="overlay",
        bargap=0.55,
    )
    for position, (name, colour) in enumerate(key):
        sizes = [row.parts[position] if row.parts else 0 for row in rows]
        figure.add_bar(
            x=sizes,
            base=[_start(row.parts or [0] * len(key), position, middle) for row in rows],
            y=places,
            orientation="h",
            name=name,
            marker={"color": colour, "line": {"color": "#ffffff", "width": 1}},
            text=[f"{size:.0f}" if size else "" for size in sizes],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"color": "#ffffff" if _is_dark(colour) else INK},
            hovertemplate=[
                f"{row.label}<br>{name}: {size:.0f} gemeenten<extra></extra>"
                for row, size in zip(rows, sizes, strict=True)
            ],
        )
    figure.add_vline(x=0, line={"color": SOFT, "width": 1, "dash": "dot"})
    for place, row in zip(places, rows, strict=True):
        _label(figure, row.label, place, shift=24)
    return figure


def months(
    labels: Sequence[str],
    counts: Sequence[float | None],
    smooth: Sequence[float | None],
    connected: Sequence[int],
    bands: Sequence[tuple[int, int, str]] = (),
) -> go.Figure:
    """Monthly counts as dots with their running mean, above the number of connected gemeenten."""
    places = list(range(len(labels)))
    figure = _figure(
        420,
        margin={"l": 8, "r": 12, "t": 28, "b": 8},
        xaxis={
            "fixedrange": True,
            "tickvals": places[::3],
            "ticktext": list(labels)[::3],
            "anchor": "y2",
            "showgrid": False,
            "automargin": True,
            "tickangle": 0,
        },
        yaxis=_value_axis(domain=[0.36, 1]),
        yaxis2=_value_axis(domain=[0, 0.22], nticks=4),
    )
    figure.add_scatter(
        x=places,
        y=list(counts),
        mode="markers",
        marker={"color": SOFT, "size": 7},
        customdata=list(labels),
        hovertemplate="%{customdata}: %{y} meldingen<extra></extra>",
    )
    figure.add_scatter(
        x=places,
        y=list(smooth),
        mode="lines",
        line={"color": BLUE, "width": 3},
        hoverinfo="skip",
        connectgaps=False,
    )
    figure.add_bar(
        x=places,
        y=list(connected),
        yaxis="y2",
        marker_color=PALE,
        customdata=list(labels),
        hovertemplate="%{customdata}: %{y} gemeenten aangesloten<extra></extra>",
    )
    for text, y in (("<b>Meldingen per maand</b>", 1.0), ("<b>Aangesloten gemeenten</b>", 0.22)):
        figure.add_annotation(
            x=0,
            y=y,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            text=text,
            showarrow=False,
        )
    for first, last, name in bands:
        figure.add_shape(
            type="rect",
            x0=first - 0.5,
            x1=last + 0.5,
            y0=0,
            y1=1,
            yref="y domain",
            fillcolor=TEAL,
            opacity=0.14,
            line_width=0,
            layer="below",
        )
        figure.add_annotation(
            x=(first + last) / 2,
            y=1,
            yref="y domain",
            yanchor="top",
            text=wrapped(name, 16),
            showarrow=False,
            font={"color": TEAL, "size": 13},
        )
    return figure


def waterfall(steps: Sequence[tuple[str, float, str, bool]]) -> go.Figure:
    """From one total to another; a step is a label, a size, a text, and whether it is a total."""
    places = list(range(len(steps)))[::-1]
    figure = _figure(
        ROW * len(steps) + 16,
        xaxis=_quiet_axis(),
        yaxis=_quiet_axis(range=[-0.5, len(steps) - 0.3]),
        bargap=0.62,
    )
    level, farthest = 0.0, 1.0
    for place, (label, size, text, is_total) in zip(places, steps, strict=True):
        start = 0.0 if is_total else level
        end = size if is_total else level + size
        colour = BLUE if is_total else TEAL if size >= 0 else ORANGE
        figure.add_bar(
            x=[end - start],
            base=[start],
            y=[place],
            orientation="h",
            marker_color=colour,
            hovertemplate=f"{label}: {text}<extra></extra>",
        )
        _label(figure, label, place)
        figure.add_annotation(
            x=max(start, end),
            y=place,
            text=f"<b>{text}</b>",
            showarrow=False,
            xanchor="left",
            xshift=5,
        )
        level = end
        farthest = max(farthest, start, end)
    figure.update_xaxes(range=[0, farthest * 1.2])
    return figure


@dataclass(frozen=True)
class Tile:
    """One gemeente on the tile map: its place and a bar per period (missing when not shown)."""

    name: str
    row: int
    column: int
    lengths: Sequence[float | None]
    signs: Sequence[str]
    is_marked: bool = False


def tile_map(tiles: Sequence[Tile], periods: Sequence[str]) -> go.Figure:
    """A map of equal tiles, each with the same small bar chart on the same scale."""
    rows, columns = max(t.row for t in tiles), max(t.column for t in tiles)
    highest = max((n or 0 for t in tiles for n in t.lengths), default=0) or 1
    figure = _figure(
        112 * rows,
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
        xaxis=_quiet_axis(range=[0, columns]),
        yaxis=_quiet_axis(range=[0, rows]),
        barmode="overlay",
    )
    for tile in tiles:
        left, bottom = tile.column - 1, rows - tile.row
        figure.add_shape(
            type="rect",
            x0=left + 0.02,
            x1=left + 0.98,
            y0=bottom + 0.03,
            y1=bottom + 0.97,
            fillcolor=TINT,
            line_width=0,
            layer="below",
        )
        name = f"<b>{tile.name}</b>" if tile.is_marked else tile.name
        figure.add_annotation(
            x=left + 0.06,
            y=bottom + 0.95,
            xanchor="left",
            yanchor="top",
            text=wrapped(name, 11),
            showarrow=False,
            font={"size": 11.5},
        )
        _tile_bars(figure, tile, left, bottom, highest, periods)
    return figure


def _tile_bars(
    figure: go.Figure,
    tile: Tile,
    left: float,
    bottom: float,
    highest: float,
    periods: Sequence[str],
) -> None:
    step = 0.88 / len(tile.lengths)
    for position, (length, sign) in enumerate(zip(tile.lengths, tile.signs, strict=True)):
        x = left + 0.06 + step * (position + 0.5)
        if length:
            figure.add_bar(
                x=[x],
                y=[0.5 * length / highest],
                base=[bottom + 0.08],
                width=step * 0.72,
                marker_color=ORANGE if tile.is_marked else BLUE,
                hovertemplate=f"{tile.name}, {periods[position]}: {length:.0f} meldingen"
                "<extra></extra>",
            )
            figure.add_annotation(
                x=x,
                y=bottom + 0.08 + 0.5 * length / highest,
                text=sign,
                showarrow=False,
                yanchor="bottom",
                font={"size": 10, "color": INK},
            )
        else:
            figure.add_annotation(
                x=x,
                y=bottom + 0.07,
                text=sign,
                showarrow=False,
                yanchor="bottom",
                font={"size": 11, "color": SOFT},
            )


@dataclass(frozen=True)
class Point:
    """One gemeente in the comparison: what was expected and how the count relates to it."""

    name: str
    expected: float
    ratio: float
    text: str
    is_named: bool
    is_marked: bool = False


def funnel(
    points: Sequence[Point],
    expected: Sequence[float],
    inner: tuple[Sequence[float], Sequence[float]],
    outer: tuple[Sequence[float], Sequence[float]],
) -> go.Figure:
    """Funnel plot: observed against expected, within the limits of chance."""
    figure = _figure(
        430,
        margin={"l": 8, "r": 12, "t": 12, "b": 8},
        xaxis=_value_axis(title={"text": "Verwacht aantal meldingen"}, showgrid=False),
        yaxis=_value_axis(title={"text": "Werkelijk gedeeld door verwacht"}, tickformat=".1f"),
    )
    for (low, high), dash, name in ((inner, "dot", "95%"), (outer, "solid", "99,8%")):
        for limit in (low, high):
            figure.add_scatter(
                x=list(expected),
                y=list(limit),
                mode="lines",
                hoverinfo="skip",
                line={"color": SOFT, "width": 1.2, "dash": dash},
            )
        figure.add_annotation(
            x=expected[-1],
            y=high[-1],
            text=name,
            showarrow=False,
            xanchor="right",
            yanchor="bottom",
            font={"size": 12, "color": SOFT},
        )
    figure.add_hline(y=1, line={"color": SOFT, "width": 1})
    figure.add_scatter(
        x=[p.expected for p in points],
        y=[p.ratio for p in points],
        mode="markers+text",
        text=[p.name if p.is_named else "" for p in points],
        textposition="top center",
        textfont={"size": 12},
        marker={
            "size": 11,
            "color": [ORANGE if p.is_marked else BLUE for p in points],
            "symbol": ["diamond" if p.is_marked else "circle" for p in points],
        },
        customdata=[p.text for p in points],
        hovertemplate="%{customdata}<extra></extra>",
    )
    return figure


def dumbbells(
    rows: Sequence[tuple[str, float | None, float | None]], names: tuple[str, str]
) -> go.Figure:
    """Two shares per row, joined by a line: where it was and where it is."""
    places = list(range(len(rows)))[::-1]
    farthest = max((value or 0 for _, *pair in rows for value in pair), default=0) or 1
    figure = _figure(
        ROW * len(rows) + 40,
        margin={"l": 8, "r": 8, "t": 8, "b": 34},
        xaxis=_value_axis(range=[0, farthest * 1.12], tickformat=".0%", zeroline=False),
        yaxis=_quiet_axis(range=[-0.6, len(rows) - 0.2]),
    )
    for place, (label, first, second) in zip(places, rows, strict=True):
        _label(figure, label, place)
        if first is not None and second is not None:
            figure.add_shape(
                type="line",
                x0=first,
                x1=second,
                y0=place,
                y1=place,
                line={"color": LINE, "width": 4},
                layer="below",
            )
    for position, (colour, symbol) in enumerate(((SOFT, "circle-open"), (BLUE, "circle"))):
        figure.add_scatter(
            x=[row[position + 1] for row in rows],
            y=places,
            mode="markers",
            name=names[position],
            marker={"size": 13, "color": colour, "symbol": symbol, "line": {"width": 2}},
            customdata=[row[0] for row in rows],
            hovertemplate="%{customdata}, " + names[position] + ": %{x:.0%}<extra></extra>",
        )
    return figure


def _label(figure: go.Figure, label: str, place: float, shift: int = 19) -> None:
    figure.add_annotation(
        x=0,
        xref="x domain",
        y=place,
        yshift=shift,
        xanchor="left",
        text=label,
        showarrow=False,
        align="left",
        bgcolor="rgba(255,255,255,.8)",
        borderpad=1,
    )


def _part_text(size: float | None, total: float) -> str:
    """The size inside a part; too narrow a part has none, its size is in the table."""
    return f"{size:.0f}%" if size and size / total >= 0.075 else ""


def _is_dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140


def _start(parts: Sequence[float], position: int, middle: int) -> float:
    return sum(parts[:position]) - sum(parts[:middle]) - parts[middle] / 2


def _reach(parts: Sequence[float], middle: int) -> float:
    half = parts[middle] / 2
    return max(sum(parts[:middle]) + half, sum(parts[middle + 1 :]) + half)
