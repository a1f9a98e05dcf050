"""Monthly counts above the number of connected gemeenten."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import plotly.graph_objects as go

from mma_analysis.show import words
from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, PALE

MOST_TICKS = 5
EVERY = (1, 3, 6, 12, 24, 60)  # months between two ticks
MOST_LINES = 6


@dataclass(frozen=True)
class Month:
    """One month: its count (missing when not known), and how many gemeenten were connected."""

    label: str
    count: int | None
    connected: int


def months(rows: Sequence[Month]) -> go.Figure:
    """Monthly counts as dots, above the number of connected gemeenten."""
    highest = max([1, *(row.count for row in rows if row.count is not None)])
    figure = style.figure(
        430,
        margin={"l": 8, "r": 12, "t": 28, "b": 8},
        xaxis=_month_axis(rows),
        yaxis=style.value_axis(
            domain=[0.38, 1], range=[0, highest * 1.08], tickvals=_lines(highest)
        ),
        yaxis2=style.value_axis(
            domain=[0, 0.2], nticks=3, range=[0, max([1, *(row.connected for row in rows)]) * 1.25]
        ),
        annotations=[_heading("Meldingen per maand", 1.0), _heading("Aangesloten gemeenten", 0.2)],
    )
    figure.add_scatter(
        x=list(range(len(rows))),
        y=[row.count for row in rows],
        mode="markers",
        marker={"color": BLUE, "size": 8},
        hovertemplate=[f"{row.label}: {_spoken(row.count)}<extra></extra>" for row in rows],
    )
    _connected(figure, rows)
    return figure


def _lines(highest: int) -> list[int]:
    """Round numbers up to the highest count."""
    decades = (factor * 10**power for power in count() for factor in (1, 2, 5))
    step = next(size for size in decades if highest <= size * MOST_LINES)
    return list(range(0, int(highest * 1.05) + 1, step))


def _month_axis(rows: Sequence[Month]) -> dict[str, object]:
    every = next((step for step in EVERY if len(rows) <= step * MOST_TICKS), EVERY[-1])
    return {
        "fixedrange": True,
        "tickvals": list(range(0, len(rows), every)),
        "ticktext": [row.label.replace(" ", "<br>") for row in rows[::every]],
        "anchor": "y2",
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "tickangle": 0,
    }


def _connected(figure: go.Figure, rows: Sequence[Month]) -> None:
    ends = {0, len(rows) - 1}
    figure.add_bar(
        x=list(range(len(rows))),
        y=[row.connected for row in rows],
        yaxis="y2",
        marker={"color": PALE, "line": {"width": 0}},
        text=[str(row.connected) if place in ends else "" for place, row in enumerate(rows)],
        textposition="outside",
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        hovertemplate=[
            f"{row.label}: {words.plural(row.connected, 'gemeente', 'gemeenten')} aangesloten"
            "<extra></extra>"
            for row in rows
        ],
    )


def _spoken(count: int | None) -> str:
    return words.STATE_WORDS["missing"] if count is None else words.meldingen(count)


def _heading(text: str, top: float) -> style.Note:
    return style.note(
        style.bold(text),
        x=0,
        y=top,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        yshift=4,
    )
