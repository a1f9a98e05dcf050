"""A plotly figure as SVG, drawn once, when a page is made: it is there without scripts.

Two drawings are made, for a phone and for a screen; `page.css` shows one.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from mma_analysis.show.svg import elements as svg
from mma_analysis.show.svg.canvas import Canvas, each_mark, said_of, whole
from mma_analysis.show.svg.chart import Chart, read
from mma_analysis.show.svg.columns import ColumnChart, has_room
from mma_analysis.show.svg.rows import RowChart

NARROW = 280  # pixels: the least that there is for each drawing
PAGE_WIDE = 680
MOST_HEARD = 20  # marks; of more the table says what they are
HEARD_IN_TABLE = "De cijfers staan in de tabel hieronder."
NAMESPACE = "http://www.w3.org/2000/svg"


def draw(figure: Mapping[str, Any], name: str) -> Markup:
    """Draw what plotly writes down of a figure; `name` is that of no other on its page.

    `TypeError`: when a page cannot show it well, with what can be done instead.
    """
    chart = read(figure)
    narrow = drawing(chart, NARROW)
    wide = drawing(chart, PAGE_WIDE)
    drawn = _element(narrow, "narrow", name) + _element(wide, "wide", name)
    image = {"class": "plot", "role": "img", "aria-label": heard(chart)}
    return svg.element("div", image, drawn)


def drawing_in_words(figure: Mapping[str, Any]) -> str:
    """What is drawn, in a sentence to be heard."""
    chart = read(figure)
    return heard(chart)


def alone(figure: Mapping[str, Any]) -> str:
    """The same as a picture by itself, as wide as a page is on a screen."""
    chart = read(figure)
    canvas = drawing(chart, PAGE_WIDE)
    inside = {
        "x": whole(canvas.left),
        "width": PAGE_WIDE - whole(canvas.left) - whole(canvas.right),
        "height": whole(canvas.height),
        "overflow": "visible",
    }
    outside = {
        "xmlns": NAMESPACE,
        "width": PAGE_WIDE,
        "height": whole(canvas.height),
        "font-family": "Arial, sans-serif",
        "font-size": svg.LETTER_HIGH,
        "fill": svg.LETTERING,
    }
    drawn = svg.element("svg", inside, _patterned(canvas, svg.HATCH))
    return str(svg.element("svg", outside, drawn))


def drawing(chart: Chart, room: int) -> Canvas:
    """A drawing with names at the left or below, as a figure asks and as they fit."""
    if chart.lies:
        return RowChart(chart, room)
    canvas = ColumnChart(chart, room)
    if chart.bars and not has_room(canvas):
        return RowChart(chart, room)
    return canvas


def _element(canvas: Canvas, kind: str, name: str) -> Markup:
    """A drawing as it stands in a page: without a style sheet only the narrow one shows."""
    left = whole(canvas.left)
    right = whole(canvas.right)
    attributes = {
        "class": kind,
        "aria-hidden": "true",  # what it says is said of both together
        "display": "none" if kind == "wide" else "",
        "style": f"margin:0 {right}px 0 {left}px;width:calc(100% - {left + right}px)",
        "height": whole(canvas.height),
        "font-size": svg.LETTER_HIGH,
        "fill": svg.LETTERING,
        "overflow": "visible",
    }
    inside = _patterned(canvas, f"{name}-{kind}")
    return svg.element("svg", attributes | canvas.scale(), inside)


def _patterned(canvas: Canvas, name: str) -> Markup:
    """What is in a drawing, with the pattern that it uses."""
    body = canvas.body()
    used = f"url(#{svg.HATCH})"
    if used not in body:
        return body
    named = body.replace(used, f"url(#{name})")
    return svg.pattern(name) + Markup(named)  # noqa: S704  it was escaped


def heard(chart: Chart) -> str:
    """What is drawn, in a sentence to be heard; a long list is left to the table."""
    said: list[str] = []
    pieces = defaultdict[str, list[str]](list)
    for series, mark in each_mark(chart):
        if series.is_heard:
            words = said_of(chart, series, mark)
            said.append(words.replace(": ", " ", 1))
            asked = chart.label(mark.place)
            pieces[asked].append(f"{series.name} {mark.words}")
    if len(said) > MOST_HEARD:
        return HEARD_IN_TABLE
    if not chart.is_pieces:
        return f"{'; '.join(said)}."
    sentences = []
    for asked, parts in pieces.items():
        together = ", ".join(parts)
        sentences.append(f"{asked} {together}.")
    return " ".join(sentences)
