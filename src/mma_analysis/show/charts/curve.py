"""A step curve of what is done after so many days, with marks where some cannot be followed on."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mma_analysis.show import words
from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, INK, VEIL


@dataclass(frozen=True)
class CurvePoint:
    """One day: the share that is done by then, and whether there is a mark and a label."""

    day: int
    share: float
    is_marked: bool
    is_labelled: bool


def curve(points: Sequence[CurvePoint]) -> go.Figure:
    """Shares that only grow, as steps from one day to the next, on an axis from nothing to all."""
    figure = style.figure(
        340,
        margin={"l": 8, "r": 14, "t": 14, "b": 8},
        xaxis=style.value_axis(
            title={"text": "Dagen na ontvangst", "font": {"size": 14}},
            range=[-4, max(point.day for point in points) * 1.04],
            tickvals=[point.day for point in points if point.is_labelled or point.day == 0],
            showgrid=False,
            zeroline=False,
            rangemode="normal",
        ),
        yaxis=style.value_axis(range=[0, 1.08], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%"),
        annotations=[_label(point) for point in points if point.is_labelled],
    )
    figure.add_scatter(
        x=[point.day for point in points],
        y=[point.share for point in points],
        mode="lines",
        line={"color": BLUE, "width": 3, "shape": "hv"},
        hoverinfo="skip",
    )
    _marks(figure, points)
    return figure


def _marks(figure: go.Figure, points: Sequence[CurvePoint]) -> None:
    """A dot for each day, upright where some were followed no longer."""
    figure.add_scatter(
        x=[point.day for point in points],
        y=[point.share for point in points],
        mode="markers",
        marker={
            "color": BLUE,
            "symbol": ["line-ns" if point.is_marked else "circle" for point in points],
            "size": [14 if point.is_marked else 7 for point in points],
            "line": {"color": BLUE, "width": 2},
        },
        hovertemplate=[
            f"{words.plural(point.day, 'dag', 'dagen')}: {words.share(point.share)}<extra></extra>"
            for point in points
        ],
    )


def _label(point: CurvePoint) -> style.Note:
    return style.note(
        style.bold(words.share(point.share)),
        x=point.day,
        y=point.share,
        yanchor="bottom",
        xanchor="center",
        yshift=12 if point.is_marked else 8,  # above its upright line
        bgcolor=VEIL,
        borderpad=0,
        font={"size": 13, "color": INK},
    )
