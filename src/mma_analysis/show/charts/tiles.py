"""The district as equal tiles, each with the same small bar chart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from mma_analysis.show import words
from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, INK, ORANGE, SOFT, TINT
from mma_analysis.show.words import Count

TILE_HEIGHT = 112
MARGIN, FLOOR, MIDDLE, TALLEST = 0.06, 0.08, 0.32, 0.5  # in tiles
NAME_WIDTH = 11  # characters on one line of a tile


@dataclass(frozen=True)
class Tile:
    """One gemeente on the map: its place and a count per period."""

    name: str
    row: int
    column: int
    counts: Sequence[Count]
    is_marked: bool = False


@dataclass(frozen=True)
class _Mark:
    """One count on the map: where its bar stands, and how tall it is."""

    tile: Tile
    period: str
    count: Count
    x: float
    floor: float
    height: float


def tile_map(tiles: Sequence[Tile], periods: Sequence[str]) -> go.Figure:
    """A map of equal tiles, each with the same small bar chart on the same scale."""
    rows, columns = max(t.row for t in tiles), max(t.column for t in tiles)
    marks = _marks(tiles, periods, rows)
    figure = style.figure(
        TILE_HEIGHT * rows,
        margin={"l": 2, "r": 2, "t": 2, "b": 2},
        xaxis=style.quiet_axis(range=[0, columns]),
        yaxis=style.quiet_axis(range=[0, rows]),
        barmode="overlay",
        uniformtext={"minsize": 8, "mode": "show"},
        annotations=[
            *[_sign(mark) for mark in marks if mark.count.state != "not_applicable"],
        ],
    )
    _backgrounds(figure, tiles, rows)
    _bars(figure, marks, width=0.72 * _step(periods))
    return figure


def _marks(tiles: Sequence[Tile], periods: Sequence[str], rows: int) -> list[_Mark]:
    highest = max([1, *(count.value or 0 for tile in tiles for count in tile.counts)])
    return [
        _Mark(
            tile=tile,
            period=period,
            count=count,
            x=tile.column - 1 + MARGIN + _step(periods) * (place + 0.5),
            floor=rows - tile.row + FLOOR,
            height=TALLEST * (count.value or 0) / highest,
        )
        for tile in tiles
        for place, (period, count) in enumerate(zip(periods, tile.counts, strict=True))
    ]


def _step(periods: Sequence[str]) -> float:
    return (1 - 2 * MARGIN) / len(periods)


def _backgrounds(figure: go.Figure, tiles: Sequence[Tile], rows: int) -> None:
    """The tiles as bars: names in bars shrink until all fit, which annotations do not."""
    figure.add_bar(
        x=[tile.column - 0.5 for tile in tiles],
        base=[rows - tile.row + 0.03 for tile in tiles],
        y=[0.94] * len(tiles),
        width=[0.96] * len(tiles),
        marker={"color": TINT, "line": {"width": 0}},
        text=[_name(tile) for tile in tiles],
        textposition="inside",
        insidetextanchor="end",
        textangle=0,
        constraintext="inside",
        textfont={"size": 13, "color": INK},
        hoverinfo="skip",
    )


def _bars(figure: go.Figure, marks: Sequence[_Mark], width: float) -> None:
    """A bar for each count; none for nothing, which would be drawn as a hair line."""
    figure.add_bar(
        x=[mark.x for mark in marks],
        base=[mark.floor for mark in marks],
        y=[mark.height or None for mark in marks],
        width=[width] * len(marks),
        marker={
            "color": [ORANGE if mark.tile.is_marked else BLUE for mark in marks],
            "line": {"width": 0},
        },
        hovertemplate=[
            f"{style.plain(f'{mark.tile.name}, {mark.period}: {_spoken(mark.count)}')}"
            "<extra></extra>"
            for mark in marks
        ],
    )


def _sign(mark: _Mark) -> style.Note:
    is_shown = mark.count.is_shown
    return style.note(
        mark.count.text if is_shown else style.bold(mark.count.text),
        x=mark.x,
        y=mark.floor + mark.height,
        yanchor="bottom",
        textangle=-90 if " " in mark.count.text else 0,  # a range is wider than its bar
        borderpad=0,
        font={"size": 10.5 if is_shown else 16, "color": INK if is_shown else SOFT},
    )


def _spoken(count: Count) -> str:
    return count.spoken if count.value is None else words.meldingen(count.value)


def _name(tile: Tile) -> str:
    # A word is not broken: a name that does not fit is written smaller.
    longest = max(len(word) for word in re.split(r"[ -]", tile.name))
    name = style.wrapped(tile.name, max(NAME_WIDTH, longest))
    return f"<b>{name}</b>" if tile.is_marked else name
