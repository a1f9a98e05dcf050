"""The district as equal tiles, each with the same small bar chart."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mma_analysis.show import words
from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, INK, ORANGE, SOFT, TINT
from mma_analysis.show.words import Count

TILE_HEIGHT = 112
MARGIN, FLOOR, TALLEST = 0.06, 0.08, 0.5  # in tiles
NAME_WIDTH = 11  # characters on one line of a tile


@dataclass(frozen=True)
class Tile:
    """One gemeente on the map: its place and a count per period."""

    name: str
    row: int
    column: int
    counts: Sequence[Count]
    is_marked: bool = False


def tile_map(tiles: Sequence[Tile], periods: Sequence[str]) -> go.Figure:
    """A map of equal tiles, each with the same small bar chart on the same scale."""
    rows, columns = max(t.row for t in tiles), max(t.column for t in tiles)
    highest = max([1, *(count.value or 0 for tile in tiles for count in tile.counts)])
    figure = style.figure(
        TILE_HEIGHT * rows,
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
        xaxis=style.quiet_axis(range=[0, columns]),
        yaxis=style.quiet_axis(range=[0, rows]),
        barmode="overlay",
        uniformtext={"minsize": 8, "mode": "show"},
    )
    _backgrounds(figure, tiles, rows)
    _bars(figure, tiles, periods, rows, highest)
    return figure


def _backgrounds(figure: go.Figure, tiles: Sequence[Tile], rows: int) -> None:
    """The tiles as bars: names in bars shrink until all fit, which annotations do not."""
    figure.add_bar(
        x=[tile.column - 0.5 for tile in tiles],
        base=[rows - tile.row + 0.03 for tile in tiles],
        y=[0.94] * len(tiles),
        width=[0.96] * len(tiles),
        marker_color=TINT,
        text=[_name(tile) for tile in tiles],
        textposition="inside",
        insidetextanchor="end",
        textangle=0,
        constraintext="inside",
        textfont={"size": 13, "color": INK},
        hoverinfo="skip",
    )


def _bars(
    figure: go.Figure, tiles: Sequence[Tile], periods: Sequence[str], rows: int, highest: int
) -> None:
    step = (1 - 2 * MARGIN) / len(periods)
    drawn = [
        (tile, place, count, tile.column - 1 + MARGIN + step * (place + 0.5), rows - tile.row)
        for tile in tiles
        for place, count in enumerate(tile.counts)
    ]
    figure.add_bar(
        x=[x for *_, x, _ in drawn],
        base=[bottom + FLOOR for *_, bottom in drawn],
        y=[TALLEST * count.value / highest if count.value else None for _, _, count, *_ in drawn],
        width=[step * 0.72] * len(drawn),
        marker_color=[ORANGE if tile.is_marked else BLUE for tile, *_ in drawn],
        hovertemplate=[
            f"{style.plain(f'{tile.name}, {periods[place]}: {_spoken(count)}')}<extra></extra>"
            for tile, place, count, *_ in drawn
        ],
    )
    for _, _, count, x, bottom in drawn:
        if count.state != "not_applicable":
            top = TALLEST * (count.value or 0) / highest
            _sign(figure, count, x, bottom + FLOOR + top)


def _sign(figure: go.Figure, count: Count, x: float, y: float) -> None:
    figure.add_annotation(
        x=x,
        y=y,
        text=count.text if count.is_shown else style.bold(count.text),
        showarrow=False,
        yanchor="bottom",
        borderpad=0,
        font={"size": 10.5 if count.is_shown else 16, "color": INK if count.is_shown else SOFT},
    )


def _spoken(count: Count) -> str:
    return count.spoken if count.value is None else words.meldingen(count.value)


def _name(tile: Tile) -> str:
    name = style.wrapped(tile.name, NAME_WIDTH)
    return f"<b>{name}</b>" if tile.is_marked else name
