"""Monthly counts above the number of connected gemeenten."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import plotly.graph_objects as go

from mma_analysis.show import words
from mma_analysis.show.charts import style
from mma_analysis.show.charts.style import BLUE, ORANGE, PALE, SOFT, TEAL

MOST_TICKS = 5
EVERY = (1, 3, 6, 12, 24, 60)  # months between two ticks
MOST_LINES = 6


@dataclass(frozen=True)
class Month:
    """One month: its count and running mean (missing when not known), and who was connected.

    `low` and `high` are the range in which the count was to be expected, when that can be told.
    """

    label: str
    count: int | None
    mean: float | None
    connected: int
    low: float | None = None
    high: float | None = None

    @property
    def is_outside(self) -> bool:
        """Whether the count lies outside its expected range."""
        if self.count is None or self.low is None or self.high is None:
            return False
        return not self.low <= self.count <= self.high


@dataclass(frozen=True)
class Band:
    """A named stretch of months, by the place of its first and last month."""

    first: int
    last: int
    name: str


def months(rows: Sequence[Month], bands: Sequence[Band] = ()) -> go.Figure:
    """Monthly counts as dots with their running mean, above the number of connected gemeenten.

    A count outside its expected range is a diamond.
    """
    tops = [value for row in rows for value in (row.count, row.high) if value is not None]
    highest = max([1.0, *tops])
    figure = style.figure(
        430,
        margin={"l": 8, "r": 12, "t": 28, "b": 8},
        xaxis=_month_axis(rows),
        yaxis=style.value_axis(
            domain=[0.38, 1],
            range=[0, highest * (1.3 if bands else 1.08)],
            tickvals=_lines(highest),
        ),
        yaxis2=style.value_axis(
            domain=[0, 0.2], nticks=3, range=[0, max([1, *(row.connected for row in rows)]) * 1.25]
        ),
        annotations=[
            _heading("Meldingen per maand", 1.0),
            _heading("Aangesloten gemeenten", 0.2),
            *[_band_name(band) for band in bands],
            *_range_name(rows),
        ],
        shapes=[
            *[_range(place, row) for place, row in enumerate(rows) if row.high is not None],
            *[_band(band) for band in bands],
        ],
    )
    _counts(figure, rows)
    _connected(figure, rows)
    return figure


def _lines(highest: float) -> list[int]:
    """Round numbers up to the highest count: no line runs through the names above it."""
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


def _counts(figure: go.Figure, rows: Sequence[Month]) -> None:
    figure.add_scatter(
        x=list(range(len(rows))),
        y=[row.count for row in rows],
        mode="markers",
        marker={
            "color": [ORANGE if row.is_outside else SOFT for row in rows],
            "symbol": ["diamond" if row.is_outside else "circle" for row in rows],
            "size": [11 if row.is_outside else 7 for row in rows],
        },
        hovertemplate=[f"{row.label}: {_hover(row)}<extra></extra>" for row in rows],
    )
    figure.add_scatter(
        x=list(range(len(rows))),
        y=[row.mean for row in rows],
        mode="lines",
        line={"color": BLUE, "width": 3},
        hoverinfo="skip",
        connectgaps=False,
    )


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


def _hover(row: Month) -> str:
    if row.low is None or row.high is None:
        return _spoken(row.count)
    return f"{_spoken(row.count)}<br>te verwachten: {words.between(row.low, row.high)}"


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


def _range_name(rows: Sequence[Month]) -> list[style.Note]:
    """The words for the light blue, below the middle of it; none when there is no such range."""
    lows = [(place, row.low) for place, row in enumerate(rows) if row.low is not None]
    if not lows:
        return []
    return [
        style.note(
            "te verwachten",
            x=sum(place for place, _ in lows) / len(lows),
            y=min(low for _, low in lows),
            yanchor="top",
            font={"color": SOFT, "size": 13},
        )
    ]


def _range(place: int, row: Month) -> dict[str, object]:
    return {
        "type": "rect",
        "x0": place - 0.5,
        "x1": place + 0.5,
        "y0": row.low,
        "y1": row.high,
        "fillcolor": PALE,
        "opacity": 0.45,
        "line": {"width": 0},
        "layer": "below",
    }


def _band(band: Band) -> dict[str, object]:
    return {
        "type": "rect",
        "x0": band.first - 0.5,
        "x1": band.last + 0.5,
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "fillcolor": TEAL,
        "opacity": 0.14,
        "line": {"width": 0},
        "layer": "below",
    }


def _band_name(band: Band) -> style.Note:
    return style.note(
        style.wrapped(band.name, 18),
        x=(band.first + band.last) / 2,
        y=1,
        yref="y domain",
        yanchor="top",
        font={"color": TEAL, "size": 13},
    )
