"""Funnel plot: observed against expected, within the limits of chance and of what is usual."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, ORANGE, SOFT, VEIL

CLOSE, CLOSE_ACROSS = 0.1, 0.3  # in ratio, and in powers of ten of what is expected
LOW_ENOUGH = 0.95  # of the axis: above a line that is higher there is no room for its name
APART = 12  # pixels between two names that would touch
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


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
            *[name for pair in limits for name in _line_name(pair, expected, left, top)],
            *[_name(point, points, (left * right) ** 0.5) for point in points if point.is_named],
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


def _name(point: Point, points: Sequence[Point], middle: float) -> style.Note:
    """The name of a gemeente beside its mark, on the side where there is room."""
    is_left = point.expected < middle
    return style.note(
        style.plain(point.name),
        x=math.log10(point.expected),
        y=point.ratio,
        xanchor="left" if is_left else "right",
        xshift=9 if is_left else -9,
        yshift=_height(point, points),
        bgcolor=VEIL,
        borderpad=0,
        font={"size": 12.5},
    )


def _line_name(
    pair: Limits, expected: Sequence[float], left: float, top: float
) -> list[style.Note]:
    """What a pair of lines is, above where the upper one comes in; it falls from there.

    Nothing when it does not.
    """
    inside = [
        (x, high)
        for x, high in zip(expected, pair.high, strict=True)
        if high is not None and x >= left and high <= top * LOW_ENOUGH
    ]
    if not inside:
        return []
    return [
        style.note(
            style.plain(pair.name),
            x=math.log10(inside[0][0]),
            y=inside[0][1],
            xanchor="left",
            yanchor="bottom",
            borderpad=0,
            font={"size": 12, "color": SOFT},
        )
    ]


def _height(point: Point, points: Sequence[Point]) -> int:
    """How far a name is moved up, so that it is not written over that of a gemeente close by."""
    own = (point.ratio, point.expected)
    close = [
        (other.ratio, other.expected)
        for other in points
        if other.is_named and other != point and _is_close(point, other)
    ]
    if close and own > max(close):
        return APART
    return -APART if close and own < min(close) else 0


def _is_close(one: Point, other: Point) -> bool:
    return (
        abs(one.ratio - other.ratio) < CLOSE
        and abs(math.log10(one.expected / other.expected)) < CLOSE_ACROSS
    )


def _top(points: Sequence[Point], limits: Sequence[Limits]) -> float:
    """High enough for every point, and for where the upper limits end."""
    ends = [pair.high[-1] for pair in limits if len(pair.high)]
    return max([1.6, *(point.ratio * 1.15 for point in points), *(e * 1.12 for e in ends if e)])
