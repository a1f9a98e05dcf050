"""Bars cut into parts: shares of a whole, and answers around the middle of a scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mma_analysis.show import words
from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import ON_DARK, ON_LIGHT, PAPER, SOFT

Key = Sequence[tuple[str, str]]
NARROW = 0.075  # a part below this share of the bar is too narrow for its own number


@dataclass(frozen=True)
class Stack:
    """One bar cut into parts."""

    label: str
    parts: Sequence[float]


def stacks(rows: Sequence[Stack], key: Key) -> go.Figure:
    """Bars of equal length cut into shares that add up to 1, with each share in its part."""
    places = style.places(rows)
    figure = _empty([row.label for row in rows], [0, 1.002], barmode="stack")
    for position, (name, colour) in enumerate(key):
        sizes = [row.parts[position] for row in rows]
        figure.add_bar(
            x=sizes,
            y=places,
            text=[words.share(size) if size >= NARROW else "" for size in sizes],
            hovertemplate=[
                _hover(row.label, name, words.share(size))
                for row, size in zip(rows, sizes, strict=True)
            ],
            **_part_style(name, colour),
        )
    return figure


def diverging(rows: Sequence[Stack], key: Key) -> go.Figure:
    """Counts of answers around the middle of a scale of odd length."""
    places = style.places(rows)
    middle = len(key) // 2
    reach = max([1.0, *(_reach(row.parts, middle) for row in rows)])
    figure = _empty([row.label for row in rows], [-reach - 0.3, reach + 0.3], barmode="overlay")
    figure.add_vline(x=0, line={"color": SOFT, "width": 1, "dash": "dot"}, layer="below")
    for position, (name, colour) in enumerate(key):
        sizes = [row.parts[position] for row in rows]
        figure.add_bar(
            x=sizes,
            base=[_start(row.parts, position, middle) for row in rows],
            y=places,
            text=[words.number(size) if size else "" for size in sizes],
            hovertemplate=[
                _hover(row.label, name, words.plural(round(size), "gemeente", "gemeenten"))
                for row, size in zip(rows, sizes, strict=True)
            ],
            **_part_style(name, colour),
        )
    return figure


def _empty(labels: Sequence[str], span: Sequence[float], barmode: str) -> go.Figure:
    return style.figure(
        (style.row_height(labels) + 4) * len(labels) + 8,
        xaxis=style.quiet_axis(range=list(span)),
        yaxis=style.quiet_axis(range=[-0.5, len(labels) - 0.25]),
        barmode=barmode,
        bargap=0.58,
        annotations=[
            style.label(label, place)
            for label, place in zip(labels, style.places(labels), strict=True)
        ],
    )


def _part_style(name: str, colour: str) -> dict[str, object]:
    return {
        "orientation": "h",
        "name": style.plain(name),
        "marker": {"color": colour, "line": {"color": PAPER, "width": 1}},
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"color": ON_DARK if style.is_dark(colour) else ON_LIGHT},
    }


def _hover(label: str, name: str, size: str) -> str:
    return f"{style.plain(label)}<br>{style.plain(f'{name}: {size}')}<extra></extra>"


def _start(parts: Sequence[float], position: int, middle: int) -> float:
    return sum(parts[:position]) - sum(parts[:middle]) - parts[middle] / 2


def _reach(parts: Sequence[float], middle: int) -> float:
    half = parts[middle] / 2
    return max(sum(parts[:middle]) + half, sum(parts[middle + 1 :]) + half)
