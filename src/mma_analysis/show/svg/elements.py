"""Elements of SVG: what runs sideways is in percentages, what runs down in pixels.

So a drawing is as wide as its place, and its letters stay as large as they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

Look = Mapping[str, Any]  # attributes by their names in SVG
Point = tuple[float, float]  # a part of the width, pixels from above

# The colours of a light page; `page.css` has those of a dark one and of forced colours.
LETTERING = "#1c252c"
SOFT = "#4b5760"
GRID = "#d5dde3"
PAPER = "#fefefe"
WHITE = "#ffffff"
EDGE = "#6b757d"
USUAL_COLOUR = "#c9dceb"  # of what would be usual

LETTER_HIGH = 16  # pixels
LINE = 20  # from line to line of a text
DOT = 5.5
SMALL_DOT = 3.0  # of a line without dots: there its number can be asked for
BOLD: Look = {"font-weight": 600}
FAINT: Look = {"fill": SOFT}
HALO: Look = {"stroke": PAPER, "stroke-width": 5, "paint-order": "stroke"}
MIDDLE: Look = {"text-anchor": "middle"}
ANCHORED_AT_END: Look = {"text-anchor": "end"}
GRID_LINE: Look = {"stroke": GRID}
AXIS: Look = {"stroke": SOFT}
DASHED: Look = {"stroke": SOFT, "stroke-width": 1.5, "stroke-dasharray": "6 5"}
FILLED_BAND: Look = {"fill": USUAL_COLOUR}
INTERVAL: Look = {"stroke": LETTERING, "stroke-width": 2}
AROUND_INTERVAL: Look = {"stroke": PAPER, "stroke-width": 5}
HATCH = "hatch"  # the pattern of what is not known, until a drawing has a name


def element(name: str, attributes: Look, *inside: Markup) -> Markup:
    """An element; of its attributes those that say something."""
    pairs = []
    for key, value in attributes.items():
        if value is not None and value != "":
            pairs.append(Markup(' {}="{}"').format(key, few_digits(value)))
    return Markup("<{0}{1}>{2}</{0}>").format(name, Markup("").join(pairs), joined(inside))


def joined(parts: Sequence[Markup]) -> Markup:
    """Elements one behind the other."""
    return Markup("").join(parts)


def few_digits(value: Any) -> Any:
    """A number in few digits, so that the same figure is always the same text."""
    if isinstance(value, float):
        return f"{round(value, 1) + 0.0:g}"
    return value


def part_of_width(part: float) -> str:
    """A part of the width."""
    return f"{round(100 * part, 2) + 0.0:g}%"


def text(words: str, x: Any, y: float, looks: Sequence[Look]) -> Markup:
    """A line of text: none is scaled, and none is turned."""
    place = {"x": x, "y": y}
    return element("text", together([place, *looks]), Markup.escape(words))


def lines(words: Sequence[str], x: Any, y: float, *looks: Look) -> Markup:
    """A text of more lines, of which the first stands at `y`."""
    spans = []
    for one in words:
        spans.append(element("tspan", {"x": x, "y": y}, Markup.escape(one)))
        y += LINE
    return element("text", together(looks), *spans)


def together(looks: Sequence[Look]) -> Look:
    """All attributes of these."""
    attributes: dict[str, Any] = {}
    for look in looks:
        attributes.update(look)
    return attributes


def line(start: Point, end: Point, look: Look) -> Markup:
    """A straight line."""
    ends = {
        "x1": part_of_width(start[0]),
        "y1": start[1],
        "x2": part_of_width(end[0]),
        "y2": end[1],
    }
    return element("line", ends | dict(look))


def rect(x: float, y: float, width: float, height: float, look: Look) -> Markup:
    """A box: `x` and `width` are parts of the width."""
    box = {"x": part_of_width(x), "y": y, "width": part_of_width(width), "height": height}
    return element("rect", box | dict(look))


def interval(start: Point, end: Point) -> list[Markup]:
    """From end to end of what is sure, with paper around it, so that it shows on a bar."""
    return [line(start, end, AROUND_INTERVAL), line(start, end, INTERVAL)]


def circle(at: Point, look: Look, r: float = DOT) -> Markup:
    """A dot."""
    return element("circle", {"cx": part_of_width(at[0]), "cy": at[1], "r": r} | dict(look))


def path(points: Sequence[Point], look: Look) -> Markup:
    """A line or a plane along points, in a drawing that is stretched sideways."""
    steps = [f"{few_digits(100.0 * x)},{few_digits(float(y))}" for x, y in points]
    drawn = element("path", {"d": f"M{' '.join(steps)}"} | dict(look))
    stretched = {
        "width": "100%",
        "height": 100,
        "viewBox": "0 0 100 100",
        "preserveAspectRatio": "none",
        "overflow": "visible",
    }
    return element("svg", stretched, drawn)


def drawn_with_title(cell: str, said: str, *drawn: Markup) -> Markup:
    """What is drawn of one number: with its cell, and what is said to who points at it."""
    title = element("title", {}, Markup.escape(said)) if said else Markup("")
    return element("g", {"data-cell": cell}, title, *drawn)


def pattern(name: str) -> Markup:
    """How what is not known is hatched; `name` is of no other pattern on the page."""
    stripes = {
        "d": "M0,7 7,0M-1,1 1,-1M6,8 8,6",
        "stroke": "#8a959d",
        "stroke-width": 2,
    }
    size = {"id": name, "width": 7, "height": 7, "patternUnits": "userSpaceOnUse"}
    return element("pattern", size, element("path", stripes))
