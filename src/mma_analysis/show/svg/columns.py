"""A drawing with places from left to right: names, months, days or numbers."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from mma_analysis.show.svg.canvas import FOOT, INSIDE, Canvas
from mma_analysis.show.svg.chart import MONTH_AXIS, NUMBER_AXIS, Mark, Series
from mma_analysis.show.svg.elements import (
    ANCHORED_AT_END,
    AXIS,
    BOLD,
    DASHED,
    FAINT,
    FILLED_BAND,
    GRID_LINE,
    HALO,
    LINE,
    MIDDLE,
    Look,
    Point,
    circle,
    interval,
    line,
    lines,
    part_of_width,
    path,
    rect,
    text,
    together,
)
from mma_analysis.show.svg.lettering import (
    Tick,
    dutch,
    months_between,
    round_numbers,
    unbroken_parts,
    widest,
    width,
    wrapped,
)

HIGH = 210  # pixels from the lowest number to the highest
ABOVE_HIGHEST = 24  # for a text above the highest mark
OF_PLACE = 60  # pixels, with its words
BAR_OF_PLACE = 0.74  # of a place, for its bars
LEAST_FOR_NUMBERS = 44  # pixels: beside a plot
AT_EDGE = 24.0  # pixels: for half a word beside marks at the very edge
EARLIEST_YEAR = 1000  # from this on a number along the axis is a year
NEARLY_WIDE = 0.95  # a word may be a little wider than its place
ABOVE_DOT = 11
ABOVE_BAR = 7
UNFILLED: Look = {"fill": "none", "vector-effect": "non-scaling-stroke"}
BEFORE_AXIS: Look = {"dx": -8}
BELOW_DOT = 22
HIGH_AS_DIGIT = 12  # pixels, with a little room
FOOT_ROOM = 3  # pixels below a digit


class ColumnChart(Canvas):
    """Each name has a column, and numbers run upwards."""

    axis = "y"

    def arrange(self) -> None:
        """Draw the grid, the marks, and below them where they are."""
        last = self.steps[-1]
        is_free = not self.chart.numbers.get("range")
        # A mark above the highest tick gets one more.
        if self.high > last and is_free:
            self.high = last + self.step
            self.steps.append(self.high)
        ticks = self.ticks()
        if ticks:
            self.left = widest(words for _, words in ticks) + 8
        if not self.chart.places:
            self.right = AT_EDGE
            self.left = max(self.left, AT_EDGE)
        key_ends = self.key(self.told(), 0.0)
        self.top = key_ends + ABOVE_HIGHEST
        self.bottom = self.top + HIGH
        for number, words in ticks:
            foot = self.down(number) + FOOT
            said = text(
                words,
                x=0,
                y=foot,
                looks=[BEFORE_AXIS, ANCHORED_AT_END, FAINT],
            )
            drawn = self._across_at(number, GRID_LINE)
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
            at = part_of_width(tick.part)
            foot = self.bottom + LINE
            words = lines(tick.lines, at, foot, MIDDLE, FAINT)
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
        if chart.kind == MONTH_AXIS:
            found += months_between(first, last, most)
        elif chart.kind == NUMBER_AXIS:
            are_years = last > EARLIEST_YEAR
            for number in round_numbers(chart.first, chart.last, most):
                words = str(int(number)) if are_years else dutch(number)
                found.append((number, [words]))
        else:
            every = max(1, (last - first + 1) // most)
            for day in range(first, last + 1, every):
                words_of_day = chart.label(day).rsplit(" ", 1)
                found.append((day, words_of_day))
        return found

    def _names(self) -> list[Tick]:
        """Names over as many lines as they need; where they do not fit one of two."""
        chart = self.chart
        slot = self.plot / len(chart.places)
        longest = longest_word(self)
        every = 1
        while every * slot < longest * NEARLY_WIDE and every < len(chart.places):
            every += 1
        room = max(longest, slot * every)
        found = []
        for place in chart.places[::every]:
            words = wrapped(chart.label(place), room)
            found.append(Tick(self.across(place), words))
        return found

    # --- along the axis -------------------------------------------------------------------

    def _across_at(self, number: float, look: Look) -> Markup:
        """A line at one number, from side to side."""
        down = self.down(number)
        return line((0.0, down), (1.0, down), look)

    def _along(self) -> None:
        """Lines, bands and notes along the axis."""
        for start, end in self.beside():
            if start == end:
                drawn = self._across_at(start, DASHED)
                self.draw(drawn)
                continue
            top = self.down(end)
            high = self.down(start) - top
            drawn = rect(
                x=0.0,
                y=top,
                width=1.0,
                height=high,
                look=FILLED_BAND,
            )
            self.draw(drawn)
        for number, words in self.notes():
            above = self.down(number) - 6
            said = text(
                words,
                x="100%",
                y=above,
                looks=[ANCHORED_AT_END, HALO],
            )
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
            self.draw(self._across_at(0.0, AXIS))
        for series in self.chart.series:
            if series.has_line:
                self._line(series)
        for series in self.chart.series:
            if not series.is_bar and not series.is_level:
                for mark in series.marks:
                    self._dot(series, mark)

    def _bands(self) -> None:
        """What is sure of the numbers of a line, and what was filled between two lines."""
        before: list[Point] = []
        for series in self.chart.series:
            ends = [self.at(mark, mark.end) for mark in series.marks]
            if series.fills and before:
                self._band(before, ends)
            before = ends
            for run in series.runs:
                is_bounded = any(mark.has_interval for mark in run)
                if series.has_line and is_bounded:
                    highs = [self.at(mark, mark.high) for mark in run]
                    lows = [self.at(mark, mark.low) for mark in run]
                    self._band(highs, lows)

    def _band(self, highs: Sequence[Point], lows: Sequence[Point]) -> None:
        """What is between two lines."""
        back = lows[::-1]
        around = [*highs, *back]
        drawn = path(around, FILLED_BAND)
        self.draw(drawn)

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
            drawn = path(points, together([UNFILLED, look]))
            self.draw(drawn)

    def _bar(self, series: Series, mark: Mark, number: int) -> None:
        """A bar with its interval, and its text in it or above it."""
        count = self.chart.side_by_side
        slot = 1 / len(self.chart.places)
        wide = BAR_OF_PLACE * slot / count
        middle = self.across(mark.place)
        if count > 1:
            from_middle = number - (count - 1) / 2
            middle += from_middle * wide
        start = self.down(mark.start)
        end = self.down(mark.end)
        left = middle - wide / 2
        top = min(start, end)
        high = abs(start - end)
        look = self.look_of_bar(series, mark)
        box = rect(
            x=left,
            y=top,
            width=wide,
            height=high,
            look=look,
        )
        drawn = [box]
        if mark.has_interval:
            lowest = self.down(mark.low)
            highest = self.down(mark.high)
            drawn += interval((middle, lowest), (middle, highest))
        self.draw_mark(series, mark, *drawn)
        fits = wide * self.plot >= width(mark.text) + INSIDE
        if mark.text and fits:
            self._write_at_bar(series, mark, middle)

    def _write_at_bar(self, series: Series, mark: Mark, middle: float) -> None:
        """The text of a bar in it when it is one of a stack, and else at its end."""
        start = self.down(mark.start)
        end = self.down(mark.end)
        has_room = abs(start - end) >= LINE
        is_alone = self.chart.is_alone(mark)
        if not has_room and not is_alone:
            return
        may_be_inside = self.chart.stacks or series.where == "inside"
        look: Look = {}
        if may_be_inside and has_room:
            look = self.look_in_bar(series, mark)
            foot = (start + end) / 2 + FOOT
        elif mark.value < 0:
            foot = self.down(mark.low) + LINE
        else:
            foot = self.down(mark.high) - ABOVE_BAR
        self.write_mark(
            mark,
            x=middle,
            y=foot,
            looks=[MIDDLE, BOLD, look],
        )

    def _dot(self, series: Series, mark: Mark) -> None:
        """A dot, alone with its interval, and its text above it."""
        at = self.at(mark, mark.end)
        x, y = at
        drawn = []
        if mark.has_interval and not series.has_line:
            look = {"stroke": mark.colour, "stroke-width": 2.5}
            low = self.at(mark, mark.low)
            high = self.at(mark, mark.high)
            sure = line(low, high, look)
            drawn.append(sure)
        if series.mode != "text":
            look = self.look_of_dot(mark)
            dot = circle(at, look, series.size)
            self.draw_mark(series, mark, *drawn, dot)
        if mark.text and "text" in series.mode:
            foot = self._foot_of_dot(series, y)
            self.write_mark(
                mark,
                x=x,
                y=foot,
                looks=[MIDDLE, BOLD, HALO],
            )

    def _foot_of_dot(self, series: Series, y: float) -> float:
        """Where the text of a dot stands: below it, where a level line crosses it above."""
        above = y - ABOVE_DOT
        below = y + BELOW_DOT
        if series.where.startswith("bottom"):
            return below
        levels = [one for one in self.chart.series if one.is_level]
        downs = [self.down(level.marks[0].end) for level in levels if level.marks]
        for down in downs:
            is_crossed = above - HIGH_AS_DIGIT <= down <= above + FOOT_ROOM
            is_crossed_below = below - HIGH_AS_DIGIT <= down <= below + FOOT_ROOM
            if is_crossed and not is_crossed_below:
                return below
        return above


def longest_word(canvas: ColumnChart) -> float:
    """How wide the widest word is of the names of places."""
    words: list[str] = []
    for place in canvas.chart.places:
        words += unbroken_parts(canvas.chart.label(place))
    return widest(words)


def has_room(canvas: ColumnChart) -> bool:
    """Whether the names of bars fit below these."""
    slots = len(canvas.chart.places)
    slot = (canvas.room - LEAST_FOR_NUMBERS) / max(1, slots)
    return longest_word(canvas) <= slot
