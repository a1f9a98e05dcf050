"""Two shares per row: where it was and where it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mma_analysis.show import words
from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, LINE, SOFT


@dataclass(frozen=True)
class Pair:
    """One row: a label and a share before and after, missing when there is too little for one."""

    label: str
    first: float | None
    last: float | None


def dumbbells(rows: Sequence[Pair], names: tuple[str, str]) -> go.Figure:
    """Two shares per row, joined by a line, with both shares to the right of them."""
    places = style.places(rows)
    farthest = max([*_shares(rows), 0.01])
    figure = style.figure(
        style.row_height([row.label for row in rows]) * len(rows) + 16,
        xaxis=style.quiet_axis(range=[-farthest * 0.03, farthest * 1.55]),
        yaxis=style.quiet_axis(range=[-0.5, len(rows) - 0.3]),
        annotations=[
            note
            for place, row in zip(places, rows, strict=True)
            for note in (style.label(row.label, place), _text(row, place))
        ],
        shapes=[
            _line(row.first, row.last, place)
            for place, row in zip(places, rows, strict=True)
            if row.first is not None and row.last is not None
        ],
    )
    _markers(figure, rows, [row.first for row in rows], names[0], SOFT, "circle-open")
    _markers(figure, rows, [row.last for row in rows], names[1], BLUE, "circle")
    return figure


def _markers(
    figure: go.Figure,
    rows: Sequence[Pair],
    shares: Sequence[float | None],
    name: str,
    colour: str,
    symbol: str,
) -> None:
    """A marker for each share, and nothing at all where there is none."""
    places = style.places(rows)
    shown = [
        (row, place, share)
        for row, place, share in zip(rows, places, shares, strict=True)
        if share is not None
    ]
    figure.add_scatter(
        x=[share for _, _, share in shown],
        y=[place for _, place, _ in shown],
        mode="markers",
        name=style.plain(name),
        marker={"size": 13, "color": colour, "symbol": symbol, "line": {"width": 2}},
        hovertemplate=[
            f"{style.plain(f'{row.label}, {name}: {words.share(share)}')}<extra></extra>"
            for row, _, share in shown
        ],
    )


def _line(first: float, last: float, place: int) -> dict[str, object]:
    return {
        "type": "line",
        "x0": first,
        "x1": last,
        "y0": place,
        "y1": place,
        "line": {"color": LINE, "width": 4},
        "layer": "below",
    }


def _text(row: Pair, place: int) -> style.Note:
    first, last = (words.spoken_share(share) for share in (row.first, row.last))
    return style.note(
        f"{style.plain(first)} → {style.bold(last)}",
        x=max([*_shares([row]), 0]),
        y=place,
        xanchor="left",
        xshift=11,
    )


def _shares(rows: Sequence[Pair]) -> list[float]:
    return [share for row in rows for share in (row.first, row.last) if share is not None]
