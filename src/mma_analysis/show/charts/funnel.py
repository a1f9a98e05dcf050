"""Funnel plot: observed against expected, within the limits of chance and of what is usual."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, ORANGE, SOFT, VEIL

# In pixels: the plot on a phone and on a wide page, what is free beside it, and a mark and a name.
WIDTHS, HIGH, MARGIN = (300, 680), 360, 10
MARK, LETTER, LINE, BESIDE = 7, 7, 14, 9
# On which side of its mark a name may stand, and how much higher or lower; the first is preferred.
WAYS = ((1, 0), (-1, 0), (0, 17), (0, -17), (1, -13), (-1, -13), (1, 13), (-1, 13))
LOW_ENOUGH = 0.95  # of the axis: above a line that is higher there is no room for its name
LOWER = 0.07  # every other name is this much lower, so that neighbours do not touch
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

Box = tuple[float, float, float, float]
ANCHORS = {1: "left", 0: "center", -1: "right"}
FAR = 1e6  # where nothing is cut off any more


@dataclass(frozen=True)
class Point:
    """One gemeente: what was expected, how the count relates to it, and what a hover says."""

    name: str
    expected: float
    ratio: float
    text: str
    is_named: bool
    is_marked: bool = False


@dataclass(frozen=True)
class Limits:
    """One pair of limits, over a row of expected numbers; missing where there is none."""

    name: str
    dash: str
    low: Sequence[float | None]
    high: Sequence[float | None]


def funnel(
    points: Sequence[Point], expected: Sequence[float], limits: Sequence[Limits]
) -> go.Figure:
    """Observed divided by expected, on an axis that gives small gemeenten room."""
    left = min(point.expected for point in points) * 0.8
    right = max(point.expected for point in points) * 1.15
    top = _top(points, limits)
    figure = style.figure(
        430,
        margin={"l": 8, "r": 12, "t": 12, "b": 8},
        xaxis=style.value_axis(
            title={"text": "Verwacht aantal meldingen", "font": {"size": 14}},
            type="log",
            range=[math.log10(left), math.log10(right)],
            tickvals=[tick for tick in TICKS if left <= tick <= right],
            rangemode="normal",
            showgrid=False,
            zeroline=False,
        ),
        yaxis=style.value_axis(tickformat=".1f", ticksuffix="×", range=[0, top]),
        annotations=[
            *_line_names(limits, expected, left, top),
            *_names(points, left, right, top),
        ],
    )
    for pair in limits:
        _limits(figure, expected, pair)
    figure.add_hline(y=1, line={"color": SOFT, "width": 1})
    _points(figure, points)
    return figure


def _limits(figure: go.Figure, expected: Sequence[float], pair: Limits) -> None:
    for limit in (pair.low, pair.high):
        figure.add_scatter(
            x=list(expected),
            y=list(limit),
            mode="lines",
            name=pair.name,
            hoverinfo="skip",
            line={"color": SOFT, "width": 1.2, "dash": pair.dash},
        )


def _points(figure: go.Figure, points: Sequence[Point]) -> None:
    figure.add_scatter(
        x=[point.expected for point in points],
        y=[point.ratio for point in points],
        mode="markers",
        marker={
            "size": 11,
            "color": [ORANGE if point.is_marked else BLUE for point in points],
            "symbol": ["diamond" if point.is_marked else "circle" for point in points],
        },
        hovertemplate=[f"{style.plain(point.text)}<extra></extra>" for point in points],
    )


def _names(points: Sequence[Point], left: float, right: float, top: float) -> list[style.Note]:
    """The name of each named gemeente beside its mark, where it covers no mark and no other name.

    On a phone and on a wide page: a name is as long on both, and marks are not as far apart.
    """
    across = math.log10(right / left)
    spots = {p.name: (math.log10(p.expected / left) / across, p.ratio / top) for p in points}
    taken = {
        wide: [
            *[(x * wide - MARK, y * HIGH - MARK, x * wide + MARK, y * HIGH + MARK) for x, y in at],
            *[(-FAR, -FAR, 0, FAR), (wide + MARGIN, -FAR, FAR, FAR)],
        ]
        for at in [list(spots.values())]
        for wide in WIDTHS
    }
    notes = []
    for point in points:
        if not point.is_named:
            continue
        boxes = {way: _boxes(spots[point.name], point.name, *way) for way in WAYS}
        best = min(WAYS, key=lambda way: _covered(boxes[way], taken))
        for wide, box in boxes[best].items():
            taken[wide].append(box)
        notes.append(_name(point, *best))
    return notes


def _boxes(spot: tuple[float, float], name: str, side: int, lift: int) -> dict[int, Box]:
    """Where a name would stand on each width: left, bottom, right and top."""
    height = spot[1] * HIGH + lift
    found = {}
    for wide in WIDTHS:
        long = len(name) * LETTER
        left = spot[0] * wide + side * BESIDE - long * (1 - side) / 2
        found[wide] = (left, height - LINE / 2, left + long, height + LINE / 2)
    return found


def _covered(boxes: Mapping[int, Box], taken: Mapping[int, Sequence[Box]]) -> float:
    return sum(_common(box, other) for wide, box in boxes.items() for other in taken[wide])


def _common(one: Box, other: Box) -> float:
    """How much two boxes have in common."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0.0) * max(high, 0.0)


def _name(point: Point, side: int, lift: int) -> style.Note:
    return style.note(
        style.plain(point.name),
        x=math.log10(point.expected),
        y=point.ratio,
        xanchor=ANCHORS[side],
        xshift=side * BESIDE,
        yshift=lift,
        bgcolor=VEIL,
        borderpad=0,
        font={"size": 12.5},
    )


def _line_names(
    limits: Sequence[Limits], expected: Sequence[float], left: float, top: float
) -> list[style.Note]:
    """What each pair of lines is, above where the upper one is low enough, if anywhere."""
    found = {
        pair.name: (x, high)
        for place, pair in enumerate(limits)
        for x, high in reversed(list(zip(expected, pair.high, strict=True)))
        if high is not None and x >= left and high <= top * (LOW_ENOUGH - place % 2 * LOWER)
    }
    return [
        style.note(
            style.plain(name),
            x=math.log10(x),
            y=high,
            xanchor="left",
            yanchor="bottom",
            bgcolor=VEIL,
            borderpad=0,
            font={"size": 12, "color": SOFT},
        )
        for name, (x, high) in found.items()
    ]


def _top(points: Sequence[Point], limits: Sequence[Limits]) -> float:
    """High enough for every point, and for where the upper limits end."""
    ends = [pair.high[-1] for pair in limits if len(pair.high)]
    return max([1.6, *(point.ratio * 1.15 for point in points), *(e * 1.12 for e in ends if e)])
