"""What all figures share: colours, axes, labels, and text that is never markup."""

import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

# page.js has for each of these the colour that takes its place on a dark page.
INK, SOFT, LINE, TINT = "#1c252c", "#4b5760", "#d5dde3", "#eef2f5"
PAPER, VEIL = "rgb(255,255,255)", "rgba(255,255,255,.85)"
ON_DARK, ON_LIGHT = "#ffffff", "#10161a"  # a number in a part of a bar: the same on any page
BLUE, ORANGE, TEAL, PALE = "#154273", "#b3541e", "#0b7a75", "#c9dceb"
FONT = '"Source Sans 3","Segoe UI",Roboto,"Noto Sans",Arial,sans-serif'
# From strong disagreement to strong agreement.
LIKERT_COLOURS = ("#b3541e", "#e0a27c", "#d8dde1", "#7fa6c9", "#154273")
UNKNOWN_COLOUR = "#d8dde1"
ROW = 46  # height of a bar with one line of label above it
LABEL_LINE = 17  # height of one more line of label
LABEL_WIDTH = 44  # characters of a label that fit on a phone

Note = dict[str, object]

# Without a template of ours every figure carries the 7 kB of plotly's.
_AXIS = {"zerolinewidth": 2, "automargin": True, "title": {"standoff": 15}}
TEMPLATE = {
    "layout": {
        "hovermode": "closest",
        "hoverlabel": {"align": "left"},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    },
    "data": {"bar": [{"marker": {"line": {"color": "#e5ecf6", "width": 0.5}}}]},
}

# Plotly reads these in a text as the beginning of markup or of a template.
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "&#123;", "}": "&#125;"})


def plain(text: str) -> str:
    """A text that plotly shows letter for letter, whoever wrote it."""
    return text.translate(_MARKUP)


def bold(text: str) -> str:
    """A text in bold."""
    return f"<b>{plain(text)}</b>"


def wrapped(label: str, width: int = LABEL_WIDTH) -> str:
    """A plain label over as many lines as it needs."""
    lines = textwrap.wrap(label, width, break_on_hyphens=True) or [""]
    return "<br>".join(plain(line) for line in lines)


def row_height(labels: Sequence[str]) -> int:
    """The height of every row, so that the longest label fits above its bar."""
    most = max((wrapped(label).count("<br>") for label in labels), default=0)
    return ROW + LABEL_LINE * most


def figure(height: int, **layout: object) -> go.Figure:
    """An empty figure in our style."""
    return go.Figure(
        layout={
            "template": TEMPLATE,
            "height": height,
            "font": {"family": FONT, "size": 14, "color": INK},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 2, "r": 8, "t": 8, "b": 8},
            "separators": ",.",
            "showlegend": False,
            "dragmode": False,
            "hoverlabel": {"font": {"family": FONT, "size": 14}},
            **layout,
        }
    )


def quiet_axis(**more: object) -> dict[str, object]:
    """An axis that is not drawn: what it would say stands beside the marks."""
    return {"visible": False, "fixedrange": True, "showgrid": False, "zeroline": False, **more}


def value_axis(**more: object) -> dict[str, object]:
    """An axis with whole numbers and quiet lines."""
    return {
        "fixedrange": True,
        "gridcolor": LINE,
        "zerolinecolor": SOFT,
        "tickformat": ",d",
        "automargin": True,
        "rangemode": "tozero",
        **more,
    }


def note(text: str, **more: object) -> Note:
    """A text in a figure, without an arrow."""
    return {"text": text, "showarrow": False, **more}


def label(text: str, place: float) -> Note:
    """The label above the bar at this place, from the left."""
    return note(
        wrapped(text),
        x=0,
        xref="x domain",
        y=place,
        yshift=10,
        xanchor="left",
        yanchor="bottom",
        align="left",
        bgcolor=VEIL,
        borderpad=1,
    )


def places(rows: Sequence[object]) -> list[int]:
    """The place of each row on the vertical axis: the first row on top."""
    return list(range(len(rows)))[::-1]


def is_dark(colour: str) -> bool:
    """Whether text on this colour must be white."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 140
