"""What every drawing has: an axis of numbers, a key, and how marks look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from markupsafe import Markup

from mma_analysis.show.svg.chart import PALE, Chart, Mark, Series
from mma_analysis.show.svg.elements import (
    BOLD,
    DOT,
    EDGE,
    HALO,
    HATCH,
    LETTER_HIGH,
    LETTERING,
    LINE,
    PAPER,
    WHITE,
    Look,
    drawn_with_title,
    element,
    lines,
    part_of_width,
    text,
    together,
)
from mma_analysis.show.svg.lettering import (
    dutch,
    round_numbers,
    widest,
    width,
    without_plotly_markup,
    wrapped,
)

DASHES = {"dash": "6 5", "dot": "2 4", "dashdot": "6 4 2 4", "longdash": "10 6"}
SWATCH = 13  # pixels of a colour in the key
STROKE = 14  # pixels of a line in the key
BESIDE_SWATCH = 20
BETWEEN_ENTRIES = 16
DARK = 420  # red, green and blue together
LEGEND_LOOK: Look = {"class": "key"}
TICK: Look = {"class": "tick"}
INSIDE = 6  # pixels that a text in a bar needs around it
FOOT = 5.5  # from the middle of a letter to its foot


@dataclass(frozen=True)
class Entry:
    """What a key says of a colour; `more` is a number that has no room where it is."""

    series: Series
    mark: Mark
    more: str = ""


class Canvas:
    """A drawing of a chart with room for at least so many pixels.

    `left` and `right`: pixels beside what is drawn, for words. `marks` and `over`: what is
    drawn, and the texts above it.
    """

    axis = "x"  # along which numbers are drawn

    def __init__(self, chart: Chart, room: int) -> None:
        self.chart = chart
        self.room = room
        self.left = 0.0
        self.right = 0.0
        self.height = 0.0
        self.marks: list[Markup] = []
        self.over: list[Markup] = []
        self.letter = "x" if chart.lies else "y"  # plotly's name of the axis of numbers
        ends = self._ends()
        self.low = min(ends)
        self.high = max(ends)
        self.steps = round_numbers(self.low, self.high, self.most_steps)
        self.step = self.steps[1] - self.steps[0] if len(self.steps) > 1 else 1.0
        self.arrange()

    def arrange(self) -> None:
        """Draw everything, and say how high that is."""
        raise NotImplementedError

    def scale(self) -> dict[str, Any]:
        """How a number becomes a place, so that anybody can check where marks stand."""
        return {
            "data-axis": self.axis,
            "data-low": repr(self.low),
            "data-high": repr(self.high),
        }

    def body(self) -> Markup:
        """All elements, each on a line of its own, those in front last."""
        return Markup("\n").join([*self.marks, *self.over])

    @property
    def plot(self) -> float:
        """How many pixels wide what is drawn is at least."""
        return self.room - self.left - self.right

    # --- numbers --------------------------------------------------------------------------

    def part(self, number: float) -> float:
        """Where a number is, as a part of the axis."""
        return (number - self.low) / (self.high - self.low)

    def written(self, number: float, step: float) -> str:
        """A number as the axis has it."""
        axis = self.chart.numbers
        before = without_plotly_markup(axis.get("tickprefix"))
        behind = without_plotly_markup(axis.get("ticksuffix"))
        form = axis.get("tickformat") or ""
        return f"{before}{dutch(number, form, step)}{behind}"

    def _ends(self) -> tuple[float, float]:
        """Where the axis begins and ends: as was asked, or so that everything is on it."""
        chart = self.chart
        given = chart.numbers.get("range")
        if given:
            first, last = given
            return float(first), float(last)
        ends: list[float] = []
        for mark in chart.marks:
            ends += [mark.low, mark.high, mark.end]
        for start, end in self.beside():
            ends += [start, end]
        if chart.bars or chart.numbers.get("rangemode") != "normal":
            ends.append(0.0)
        low = float(min(ends))
        high = float(max(ends))
        if low == high:
            high += 1
        return low, high

    @property
    def most_steps(self) -> int:
        """How many round numbers fit along the axis."""
        return 5

    def ticks(self) -> list[tuple[float, str]]:
        """The round numbers, and how they are written; none where the axis is not seen."""
        axis = self.chart.numbers
        if axis.get("visible") is False or axis.get("showticklabels") is False:
            return []
        return [(number, self.written(number, self.step)) for number in self.steps]

    # --- how things look ------------------------------------------------------------------

    def look_of_bar(self, series: Series, mark: Mark) -> Look:
        """How a bar is filled: what is pale has an edge, what is not known is hatched."""
        if series.is_hatched:
            return {"fill": f"url(#{HATCH})", "stroke": EDGE}
        edge = EDGE if mark.colour in PALE else PAPER
        return {"fill": mark.colour, "stroke": edge}

    def look_of_dot(self, mark: Mark) -> Look:
        """How a dot is filled, or not."""
        if mark.is_open:
            return {"fill": PAPER, "stroke": mark.colour, "stroke-width": 2}
        return {"fill": mark.colour, "stroke": PAPER}

    def look_of_line(self, series: Series, mark: Mark) -> Look:
        """How a line is drawn."""
        return {
            "stroke": mark.colour,
            "stroke-width": series.line.get("width", 2.5),
            "stroke-dasharray": DASHES.get(str(series.line.get("dash"))),
        }

    def look_in_bar(self, series: Series, mark: Mark) -> Look:
        """How a number in a bar is written."""
        if series.is_hatched:
            return HALO
        return {"fill": WHITE if is_dark(mark.colour) else LETTERING}

    # --- what is drawn --------------------------------------------------------------------

    def draw(self, *drawn: Markup) -> None:
        """Put something in the drawing, in front of what is there."""
        self.marks.extend(drawn)

    def draw_mark(self, series: Series, mark: Mark, *drawn: Markup) -> None:
        """Draw one number, and say what it is to who points at it."""
        said = said_of(self.chart, series, mark) if series.is_heard else ""
        marked = drawn_with_title(mark.cell, said, *drawn)
        self.draw(marked)

    def draw_tick(self, drawn: Markup, words: Markup) -> None:
        """Draw a line of the grid, with its number."""
        grouped = element("g", TICK, drawn, words)
        self.draw(grouped)

    def write(self, words: Markup) -> None:
        """Put words above everything."""
        self.over.append(words)

    def write_mark(self, mark: Mark, x: float, y: float, looks: Sequence[Look]) -> None:
        """Write the text of a mark."""
        at = part_of_width(x)
        words = text(
            mark.text,
            x=at,
            y=y,
            looks=looks,
        )
        marked = drawn_with_title(mark.cell, "", words)
        self.write(marked)

    def beside(self) -> Iterator[tuple[float, float]]:
        """From where to where lines and bands go that were put along the axis."""
        for shape in self.chart.beside.get("shapes") or ():
            ends = (shape[f"{self.letter}0"], shape[f"{self.letter}1"])
            yield min(ends), max(ends)

    def notes(self) -> Iterator[tuple[float, str]]:
        """What was written along the axis, and at which number."""
        for note in self.chart.beside.get("annotations") or ():
            yield note[self.letter], without_plotly_markup(note.get("text"))

    # --- the key --------------------------------------------------------------------------

    def told(self) -> list[Entry]:
        """The series that a key must tell apart."""
        chart = self.chart
        entries = []
        for series in chart.series:
            if series.marks and series.name and series.is_told:
                first = series.marks[0]
                entries.append(Entry(series, first))
        is_asked = bool(chart.beside.get("showlegend"))
        is_needed = len(entries) > 1 or is_asked
        if chart.has_key and is_needed and not chart.is_pieces:
            return entries
        return []

    def key(self, entries: Sequence[Entry], y: float) -> float:
        """Write what each colour is, over the lines that it takes; give where it ends."""
        if not entries:
            return y
        x = 0.0
        for entry in entries:
            names = wrapped(entry.series.name, self.room - BESIDE_SWATCH - 10)
            more = width(f" {entry.more}") if entry.more else 0.0
            size = BESIDE_SWATCH + widest(names) + more
            if x and x + size > self.room:
                x = 0.0
                y += LINE
            self._write_entry(entry, names, x - self.left, y)
            x += size + BETWEEN_ENTRIES
            y += LINE * (len(names) - 1)
        return y + LINE + 4

    def _write_entry(self, entry: Entry, names: list[str], x: float, y: float) -> None:
        """Write one colour with its name, and a number behind it."""
        foot = y + LETTER_HIGH
        middle = foot - FOOT
        beside = x + BESIDE_SWATCH
        swatch = self._swatch(entry, x, middle)
        name = lines(names, beside, foot)
        grouped = element("g", LEGEND_LOOK, swatch, name)
        self.write(grouped)
        if entry.more:
            behind = beside + width(f"{names[-1]} ")
            number = text(
                entry.more,
                x=behind,
                y=foot,
                looks=[BOLD],
            )
            marked = drawn_with_title(entry.mark.cell, "", number)
            self.write(marked)

    def _swatch(self, entry: Entry, x: float, middle: float) -> Markup:
        """The colour of a series as it is drawn."""
        series = entry.series
        mark = entry.mark
        top = middle - SWATCH / 2
        place: Look
        if series.is_bar or series.is_span:
            kind = "rect"
            place = {"x": x, "y": top, "width": SWATCH, "height": SWATCH}
            look = self.look_of_bar(series, mark)
        elif series.has_line and not series.has_dots:
            kind = "line"
            place = {"x1": x, "y1": middle, "x2": x + STROKE, "y2": middle}
            look = self.look_of_line(series, mark)
        else:
            kind = "circle"
            place = {"cx": x + SWATCH / 2, "cy": middle, "r": DOT}
            look = self.look_of_dot(mark)
        return element(kind, together([place, look]))


def said_of(chart: Chart, series: Series, mark: Mark) -> str:
    """A mark in words: where it is, of which series, and its number."""
    place = chart.label(mark.place).replace("\n", " ")
    several = [one for one in chart.series if one.is_heard]
    name = f" {series.name}" if len(several) > 1 and series.name else ""
    colon = "" if place.endswith(("?", "!", ":")) else ":"
    return f"{place}{colon}{name} {mark.words}"


def is_dark(colour: str) -> bool:
    """Whether white letters can be read on a colour."""
    if not colour.startswith("#") or len(colour) != 7:
        return False
    parts = bytes.fromhex(colour.removeprefix("#"))
    return sum(parts) < DARK


def whole(pixels: float) -> int:
    """So many pixels and what is left of one."""
    return ceil(pixels - 1e-6)


def each_mark(chart: Chart) -> Iterator[tuple[Series, Mark]]:
    """Every mark with its series."""
    for series in chart.series:
        for mark in series.marks:
            yield series, mark
