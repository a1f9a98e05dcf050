"""A drawing with places from left to right: names, months, days or numbers."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from mma_analysis.show.svg import elements as svg
from mma_analysis.show.svg.canvas import FOOT, INSIDE, Canvas
from mma_analysis.show.svg.chart import MONTH, NUMBER, Mark, Series
from mma_analysis.show.svg.elements import LINE, Point
from mma_analysis.show.svg.lettering import (
    Tick,
    dutch,
    months_between,
    round_numbers,
    widest,
    width,
    words_of,
    wrapped,
)

HIGH = 210  # pixels from the lowest number to the highest
ABOVE = 24  # for a text above the highest mark
OF_PLACE = 60  # pixels, with its words
THICK = 0.74  # of a place, for its bars
LEAST_FOR_NUMBERS = 44  # pixels: beside a plot
AT_EDGE = 24.0  # pixels: for half a word beside marks at the very edge
EARLIEST_YEAR = 1000  # from this on a number along the axis is a year
NEAR = 0.95  # a word may be a little wider than its place
ABOVE_DOT = 11
UNFILLED: svg.Look = {"fill": "none", "vector-effect": "non-scaling-stroke"}
BEFORE_AXIS: svg.Look = {"dx": -8}
BELOW_DOT = 22


class Columns(Canvas):
    """Each name has a column, and numbers run upwards."""

    axis = "y"

    def arrange(self) -> None:
        """Draw the grid, the marks, and below them where they are."""
        if self.high > self.steps[-1] and not self.chart.numbers.get("range"):
            self.steps.append(self.steps[-1] + self.step)
            self.high = self.steps[-1]
        ticks = self.ticks()
        if ticks:
            self.left = widest(words for _, words in ticks) + 8
        if not self.chart.places:
            self.right = AT_EDGE
            self.left = max(self.left, AT_EDGE)
        self.top = self.key(self.told(), 0.0) + ABOVE
        self.bottom = self.top + HIGH
        for number, words in ticks:
            foot = self.down(number) + FOOT
            said = svg.text(words, 0, foot, BEFORE_AXIS, svg.END, svg.FAINT)
            drawn = self._across_at(number, svg.GRID_LINE)
            self.draw_tick(drawn, said)
        self._along()
        self._marks()
        self.height = self._below()

    def scale(self) -> dict[str, Any]:
        """How a number becomes a place: pixels from above."""
        ends = {"data-top": repr(self.top), "data-bottom": repr(self.bottom)}
        return super().scale() | ends

    # --- places ---------------------------------------------------------------------------

    def down(self, number: float) -> float:
        """How far from above a number is."""
        return self.top + (1 - self.part(number)) * HIGH

    def across(self, place: Any) -> float:
        """Where the middle of a place is, as a part of the width."""
        chart = self.chart
        if chart.places:
            return (chart.places.index(place) + 0.5) / len(chart.places)
        return (place - chart.first) / (chart.last - chart.first)

    def at(self, mark: Mark, number: float) -> Point:
        """Where a number of a mark is."""
        return self.across(mark.place), self.down(number)

    # --- what stands below ----------------------------------------------------------------

    def _below(self) -> float:
        """Write the places below the plot; give where that ends."""
        deepest = 1
        for tick in self._places():
            at = svg.percent(tick.part)
            foot = self.bottom + LINE
            words = svg.lines(tick.lines, at, foot, svg.MIDDLE, svg.FAINT)
            self.write(words)
            deepest = max(deepest, len(tick.lines))
        return self.bottom + LINE * deepest + 8

    def _places(self) -> list[Tick]:
        """Where words stand below, and which."""
        if self.chart.places:
            return self._names()
        found = []
        for place, words in self._moments():
            found.append(Tick(self.across(place), words))
        return found

    def _moments(self) -> list[tuple[float, list[str]]]:
        """Numbers, months or days along the axis of places, as many as fit."""
        chart = self.chart
        most = max(2, int(self.plot // OF_PLACE))
        first = int(chart.first)
        last = int(chart.last)
        found: list[tuple[float, list[str]]] = []
        if chart.kind == MONTH:
            found += months_between(first, last, most)
        elif chart.kind == NUMBER:
            are_years = last > EARLIEST_YEAR
            for number in round_numbers(chart.first, chart.last, most):
                words = str(int(number)) if are_years else dutch(number)
                found.append((number, [words]))
        else:
            every = max(1, (last - first + 1) // most)
            for day in range(first, last + 1, every):
                lines = chart.label(day).rsplit(" ", 1)
                found.append((day, lines))
        return found

    def _names(self) -> list[Tick]:
        """Names over as many lines as they need; where they do not fit one of two."""
        chart = self.chart
        slot = self.plot / len(chart.places)
        longest = longest_word(self)
        every = 1
        while every * slot < longest * NEAR and every < len(chart.places):
            every += 1
        room = max(longest, slot * every)
        found = []
        for place in chart.places[::every]:
            words = wrapped(chart.label(place), room)
            found.append(Tick(self.across(place), words))
        return found

    # --- along the axis -------------------------------------------------------------------

    def _across_at(self, number: float, look: svg.Look) -> Markup:
        """A line at one number, from side to side."""
        down = self.down(number)
        return svg.line((0.0, down), (1.0, down), look)

    def _along(self) -> None:
        """Lines, bands and notes along the axis."""
        for start, end in self.beside():
            if start == end:
                drawn = self._across_at(start, svg.DASHED)
                self.draw(drawn)
                continue
            top = self.down(end)
            high = self.down(start) - top
            drawn = svg.rect(0.0, top, 1.0, high, svg.FILLED_BAND)
            self.draw(drawn)
        for number, words in self.notes():
            above = self.down(number) - 6
            said = svg.text(words, "100%", above, svg.END, svg.HALO)
            self.write(said)

    # --- marks ----------------------------------------------------------------------------

    def _marks(self) -> None:
        """Draw bands first, then bars, then lines, then dots."""
        self._bands()
        bars = self.chart.bars
        for number, series in enumerate(bars):
            for mark in series.marks:
                self._bar(series, mark, number)
        if bars:
            self.draw(self._across_at(0.0, svg.AXIS))
        for series in self.chart.series:
            if series.has_line:
                self._line(series)
        for series in self.chart.series:
            if not series.is_bar and not series.is_level:
                for mark in series.marks:
                    self._dot(series, mark)

    def _bands(self) -> None:
        """What is sure of the numbers of a line, and what was filled between two lines."""
        before: list[Mark] = []
        for series in self.chart.series:
            if series.fills and before:
                highs = [self.at(mark, mark.end) for mark in before]
                lows = [self.at(mark, mark.end) for mark in series.marks]
                self._band(lows, highs)
            before = series.marks
            for run in series.runs:
                if series.has_line and any(mark.has_interval for mark in run):
                    highs = [self.at(mark, mark.high) for mark in run]
                    lows = [self.at(mark, mark.low) for mark in run]
                    self._band(lows, highs)

    def _band(self, lows: Sequence[Point], highs: Sequence[Point]) -> None:
        """What is between two lines."""
        self.draw(svg.path([*highs, *lows[::-1]], svg.FILLED_BAND))

    def _line(self, series: Series) -> None:
        """A line along its marks; one at one number goes from side to side."""
        for run in series.runs:
            first = run[0]
            look = self.look_of_line(series, first)
            if series.is_level:
                level = self._across_at(first.end, look)
                self.draw_mark(series, first, level)
                return
            points = [self.at(mark, mark.end) for mark in run]
            drawn = svg.path(points, svg.together([UNFILLED, look]))
            self.draw(drawn)

    def _bar(self, series: Series, mark: Mark, number: int) -> None:
        """A bar with its interval, and its text in it or above it."""
        count = self.chart.side_by_side
        wide = THICK / len(self.chart.places) / count
        middle = self.across(mark.place)
        if count > 1:
            middle += (number - (count - 1) / 2) * wide
        start = self.down(mark.start)
        end = self.down(mark.end)
        left = middle - wide / 2
        top = min(start, end)
        high = abs(start - end)
        look = self.look_of_bar(series, mark)
        box = svg.rect(left, top, wide, high, look)
        drawn = [box]
        if mark.has_interval:
            lowest = self.down(mark.low)
            highest = self.down(mark.high)
            drawn += svg.interval((middle, lowest), (middle, highest))
        self.draw_mark(series, mark, *drawn)
        fits = wide * self.plot >= width(mark.text) + INSIDE
        if mark.text and fits:
            self._write_at_bar(series, mark, middle)

    def _write_at_bar(self, series: Series, mark: Mark, middle: float) -> None:
        """The text of a bar in it when it is one of a stack, and else at its end."""
        high = self.down(mark.high)
        low = self.down(mark.low)
        is_inside = self.chart.stacks or series.where == "inside"
        if not is_inside:
            foot = low + LINE if mark.value < 0 else high - 7
            self.write_mark(mark, middle, foot, svg.MIDDLE, svg.BOLD)
            return
        start = self.down(mark.start)
        end = self.down(mark.end)
        if abs(start - end) >= LINE:
            look = self.look_in_bar(series, mark)
            foot = (start + end) / 2 + FOOT
            self.write_mark(mark, middle, foot, svg.MIDDLE, svg.BOLD, look)

    def _dot(self, series: Series, mark: Mark) -> None:
        """A dot, alone with its interval, and its text above it."""
        x, y = self.at(mark, mark.end)
        drawn = []
        if mark.has_interval and not series.has_line:
            look = {"stroke": mark.colour, "stroke-width": 2.5}
            low = self.at(mark, mark.low)
            high = self.at(mark, mark.high)
            drawn.append(svg.line(low, high, look))
        if series.mode != "text":
            look = self.look_of_dot(mark)
            dot = svg.circle((x, y), look, series.size)
            self.draw_mark(series, mark, *drawn, dot)
        if mark.text and "text" in series.mode:
            is_below = series.where.startswith("bottom")
            foot = y + BELOW_DOT if is_below else y - ABOVE_DOT
            self.write_mark(mark, x, foot, svg.MIDDLE, svg.BOLD, svg.HALO)


def longest_word(canvas: Columns) -> float:
    """How wide the widest word is of the names of places."""
    words: list[str] = []
    for place in canvas.chart.places:
        words += words_of(canvas.chart.label(place))
    return widest(words)


def has_room(canvas: Columns) -> bool:
    """Whether the names of bars fit below these."""
    slots = len(canvas.chart.places)
    slot = (canvas.room - LEAST_FOR_NUMBERS) / max(1, slots)
    return longest_word(canvas) <= slot
