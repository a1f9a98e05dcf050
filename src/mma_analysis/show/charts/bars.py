"""Bars with a label above and their size at the end; steps from one total to another."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, INK, ORANGE, SOFT, TEAL, TINT


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length (missing when not shown), and the text at its end."""

    label: str
    length: float | None
    text: str
    hover: str = ""

    @property
    def spoken(self) -> str:
        """What a hover or a voice says."""
        return f"{self.label}: {self.hover or self.text}"


def bars(rows: Sequence[Bar], whole: float | None = None) -> go.Figure:
    """Horizontal bars with the label above each; what is not shown has a text and no bar.

    `whole` is what every bar is a part of: then the pale bar behind it is the whole, so that seven
    of twelve never looks as long as twelve of twelve.
    """
    places = style.places(rows)
    longest = whole or max((row.length or 0 for row in rows), default=0) or 1
    figure = style.figure(
        style.row_height([row.label for row in rows]) * len(rows) + 16,
        xaxis=style.quiet_axis(range=[0, longest * 1.24]),
        yaxis=style.quiet_axis(range=[-0.5, len(rows) - 0.3]),
        barmode="overlay",
        bargap=0.62,
        annotations=[
            note
            for place, row in zip(places, rows, strict=True)
            for note in (
                style.label(row.label, place),
                _end_text(row.length or 0, place, row.text, is_soft=not row.length),
            )
        ],
    )
    if whole:
        figure.add_bar(
            x=[whole for _ in rows],
            y=places,
            orientation="h",
            marker={"color": TINT, "line": {"width": 0}},
            hoverinfo="skip",
        )
    figure.add_bar(
        x=[row.length for row in rows],
        y=places,
        orientation="h",
        marker={"color": BLUE, "line": {"width": 0}},
        hovertemplate=[f"{style.plain(row.spoken)}<extra></extra>" for row in rows],
    )
    return figure


@dataclass(frozen=True)
class Step:
    """One step from a total to another; a total starts at nothing."""

    label: str
    size: float
    text: str
    is_total: bool = False


def waterfall(steps: Sequence[Step]) -> go.Figure:
    """From one total to another by steps that add up."""
    places = style.places(steps)
    spans = _spans(steps)
    figure = style.figure(
        style.row_height([step.label for step in steps]) * len(steps) + 16,
        xaxis=style.quiet_axis(range=[0, max([1.0, *(max(span) for span in spans)]) * 1.2]),
        yaxis=style.quiet_axis(range=[-0.5, len(steps) - 0.3]),
        bargap=0.62,
        annotations=[
            note
            for place, step, span in zip(places, steps, spans, strict=True)
            for note in (style.label(step.label, place), _end_text(max(span), place, step.text))
        ],
    )
    figure.add_bar(
        x=[end - start for start, end in spans],
        base=[start for start, _ in spans],
        y=places,
        orientation="h",
        marker={
            "color": [BLUE if s.is_total else TEAL if s.size >= 0 else ORANGE for s in steps],
            "line": {"width": 0},
        },
        hovertemplate=[f"{style.plain(f'{s.label}: {s.text}')}<extra></extra>" for s in steps],
    )
    return figure


def _spans(steps: Sequence[Step]) -> list[tuple[float, float]]:
    spans, level = [], 0.0
    for step in steps:
        start = 0.0 if step.is_total else level
        level = start + step.size
        spans.append((start, level))
    return spans


def _end_text(length: float, place: int, text: str, is_soft: bool = False) -> style.Note:
    return style.note(
        style.plain(text) if is_soft else style.bold(text),
        x=length,
        y=place,
        xanchor="left",
        xshift=5,
        font={"size": 14, "color": SOFT if is_soft else INK},
    )
