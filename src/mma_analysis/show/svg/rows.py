"""A drawing with names at the left, or above their rows where they are long."""

from collections.abc import Sequence
from typing import Any

from mma_analysis.show.svg.canvas import FOOT, INSIDE, Canvas, Entry, each_mark
from mma_analysis.show.svg.chart import Mark, Series
from mma_analysis.show.svg.elements import (
    ANCHORED_AT_END,
    AXIS,
    BOLD,
    DASHED,
    EDGE,
    FAINT,
    FILLED_BAND,
    GRID_LINE,
    HALO,
    LINE,
    MIDDLE,
    USUAL_COLOUR,
    Look,
    circle,
    interval,
    line,
    lines,
    part_of_width,
    rect,
    text,
)
from mma_analysis.show.svg.lettering import is_bold, widest, width, wrapped

BAR = 26  # pixels of a row
SIDE_BY_SIDE = 22  # of each bar of a row with more
OF_BAR = 0.9  # part of that which is drawn
ROW_OF_DOTS = 24  # of a row with dots
ROOM_OF_NAMES = 0.42  # part of the width
LEAST_PLOT = 0.38
MOST_LINES_OF_NAME = 3
BETWEEN_ROWS = 8  # pixels from row to row
FIRST_FOOT = 15  # pixels: from above a text to the foot of its first line
TEXT_BESIDE = 7  # pixels between a bar and its text
OF_TICK = 50  # pixels, with its number
BEHIND: Look = {"dx": TEXT_BESIDE}
TEXT_BEFORE: Look = {"dx": -TEXT_BESIDE}
LEAST_PART = 0.05
HALF_A_NUMBER = 99  # pixels: more than half of any number along the axis


class RowChart(Canvas):
    """Each name has a row, and numbers run from left to right."""

    @property
    def most_steps(self) -> int:
        """As many round numbers as their words let stand side by side."""
        return int(0.6 * self.room / OF_TICK)

    def arrange(self) -> None:
        """Write the names, and draw the marks of each row."""
        self.centres: dict[Any, float] = {}
        self.bottom = self._names()
        self._grid()
        self._along()
        self._marks()
        self.height = self.bottom
        if self.ticks():
            self.height += LINE + BETWEEN_ROWS

    # --- names ----------------------------------------------------------------------------

    def _names(self) -> float:
        """Give every name its row from above; give where the last ends."""
        chart = self.chart
        beside = {place: self._wrapped(place, ROOM_OF_NAMES) for place in chart.places}
        every_line: list[str] = []
        for names in beside.values():
            every_line += names
        column = widest(every_line)
        self._margins(column + 12)
        has_room = column <= ROOM_OF_NAMES * self.room
        leaves_room = self.plot >= LEAST_PLOT * self.room
        are_short = all(len(names) <= MOST_LINES_OF_NAME for names in beside.values())
        is_beside = has_room and leaves_room and are_short and not chart.is_pieces
        if not is_beside:
            self._margins(0.0)
        self.top = self.key(self.told(), 0.0)
        if is_beside:
            return self._names_beside(beside)
        return self._names_above()

    def _wrapped(self, place: Any, part: float) -> list[str]:
        """A name over lines that are so wide a part of the drawing."""
        return wrapped(self.chart.label(place), part * self.room)

    def _names_beside(self, names: dict[Any, list[str]]) -> float:
        """Names at the left of their rows."""
        y = self.top
        for place, words in names.items():
            high_words = LINE * len(words)
            high = max(self.row, high_words + 4)
            first = y + (high - high_words) / 2
            look = BOLD if is_bold(place) else {}
            name = lines(words, -self.left, first + FIRST_FOOT, look)
            self.write(name)
            self.centres[place] = y + high / 2
            y += high
            if self.chart.bars:
                y += BETWEEN_ROWS
        return y

    def _names_above(self) -> float:
        """Names above their rows; below a bar of pieces what these are."""
        y = self.top
        for place in self.chart.places:
            words = self._wrapped(place, 1.0)
            name = lines(words, -self.left, y + FIRST_FOOT, BOLD)
            self.write(name)
            y += LINE * len(words) + 2
            self.centres[place] = y + self.row / 2
            y += self.row + 1
            if self.chart.is_pieces:
                y = self.key(self._pieces_at(place), y)
            y += BETWEEN_ROWS
        return y - BETWEEN_ROWS / 2

    def _pieces_at(self, place: Any) -> list[Entry]:
        """What the pieces of a bar are; with the number of one that has no room for it."""
        entries = []
        for series, mark in each_mark(self.chart):
            if mark.place == place:
                more = "" if self.is_inside(series, mark) else mark.text
                entries.append(Entry(series, mark, more))
        return entries

    @property
    def row(self) -> float:
        """How high what is drawn in a row is."""
        if not self.chart.bars:
            return ROW_OF_DOTS
        count = self.chart.side_by_side
        return BAR if count == 1 else SIDE_BY_SIDE * count

    # --- room beside what is drawn --------------------------------------------------------

    def _margins(self, column: float) -> None:
        """Room for names, and for texts that stand beside what they say."""
        self.left = column
        self.right = 0.0
        for series, mark in each_mark(self.chart):
            if not mark.text or self.chart.is_pieces:
                continue
            size = width(mark.text) + TEXT_BESIDE + 1
            if series.has_dots:  # these stand in a column of their own
                self.right = max(self.right, size + 2)
            elif not self.is_inside(series, mark):
                is_before = self.is_before(series, mark)
                self._make_room(mark, size, column, is_before)
        for number, words in self.ticks():
            part = self.part(number)
            half = width(words) / 2
            before = half - part * HALF_A_NUMBER
            behind = half - (1 - part) * HALF_A_NUMBER
            self.left = max(self.left, before)
            self.right = max(self.right, behind)

    def _make_room(self, mark: Mark, size: float, column: float, is_before: bool) -> None:
        """Let a text of this size fit before a mark, or behind it.

        Behind it there is (1 − p) w + r, with p the part of the axis where it ends, w the
        width of the plot and r the margin; and w = room − left − r. So r ≥ (size − (1 − p)
        (room − left)) / p.
        """
        other = self.right if is_before else self.left
        room = self.room - other
        if is_before:
            room -= column
        tip = self.part(self.tip(mark, is_before))
        part = 1 - tip if is_before else tip
        available = (1 - part) * room
        needed = (size - available) / max(part, LEAST_PART)
        if is_before:
            self.left = max(self.left, column + needed)
        else:
            self.right = max(self.right, needed)

    def tip(self, mark: Mark, is_before: bool) -> float:
        """The number at which a mark ends, on the side of its text."""
        if is_before:
            return min(mark.low, mark.end)
        return max(mark.high, mark.end)

    def is_inside(self, series: Series, mark: Mark) -> bool:
        """Whether the text of a bar stands in it."""
        if not series.is_bar or series.where == "outside" or mark.has_interval:
            return False
        length = abs(self.part(mark.end) - self.part(mark.start)) * self.plot
        return length >= width(mark.text) + INSIDE

    def is_before(self, series: Series, mark: Mark) -> bool:
        """Whether the text of a mark stands at its left."""
        if series.is_span:
            run = next(run for run in series.runs if mark in run)
            return run.index(mark) % 2 == 0
        return mark.value < 0

    # --- along the axis -------------------------------------------------------------------

    def _grid(self) -> None:
        """Lines at round numbers, with these below; without them one at nothing."""
        ticks = self.ticks()
        foot = self.bottom + LINE
        for number, words in ticks:
            part = self.part(number)
            at = part_of_width(part)
            said = text(
                words,
                x=at,
                y=foot,
                looks=[MIDDLE, FAINT],
            )
            drawn = self._down_at(number, GRID_LINE)
            self.draw_tick(drawn, said)
        if not ticks and not self.chart.is_pieces:
            self.draw(self._down_at(0.0, AXIS))

    def _down_at(self, number: float, look: Look) -> Any:
        """A line at one number, through all rows."""
        part = self.part(number)
        return line((part, self.top), (part, self.bottom), look)

    def _along(self) -> None:
        """Lines, bands and notes along the axis."""
        for start, end in self.beside():
            if start == end:
                drawn = self._down_at(start, DASHED)
                self.draw(drawn)
                continue
            first = self.part(start)
            length = self.part(end) - first
            high = self.bottom - self.top
            drawn = rect(
                x=first,
                y=self.top,
                width=length,
                height=high,
                look=FILLED_BAND,
            )
            self.draw(drawn)
        for number, words in self.notes():
            part = self.part(number)
            at = part_of_width(part)
            said = text(
                words,
                x=at,
                y=self.top + 12,
                looks=[HALO],
            )
            self.write(said)

    # --- marks ----------------------------------------------------------------------------

    def _marks(self) -> None:
        """Draw what is wide first, then bars, then lines and dots."""
        each = self.row / self.chart.side_by_side
        first = (each - self.row) / 2
        for number, series in enumerate(self.chart.bars):
            off = first
            if self.chart.side_by_side > 1:
                off += number * each
            for mark in series.marks:
                y = self.centres[mark.place] + off
                self._bar(series, mark, y, OF_BAR * each)
        for series in self.chart.series:
            if series.is_span:
                self._spans(series)
            elif series.is_level:
                mark = series.marks[0]
                look = self.look_of_line(series, mark)
                drawn = self._down_at(mark.end, look)
                self.draw_mark(series, mark, drawn)
            elif not series.is_bar:
                for mark in series.marks:
                    self._dot(series, mark, self.centres[mark.place])

    def _bar(self, series: Series, mark: Mark, y: float, high: float) -> None:
        """A bar with its interval, and its text in it or beside it."""
        start = self.part(mark.start)
        end = self.part(mark.end)
        first = min(start, end)
        length = abs(end - start)
        top = y - high / 2
        look = self.look_of_bar(series, mark)
        box = rect(
            x=first,
            y=top,
            width=length,
            height=high,
            look=look,
        )
        sure = self._interval(mark, y)
        self.draw_mark(series, mark, box, *sure)
        if not mark.text:
            return
        if self.is_inside(series, mark):
            look = self.look_in_bar(series, mark)
            middle = (start + end) / 2
            foot = y + FOOT
            self.write_mark(
                mark,
                x=middle,
                y=foot,
                looks=[MIDDLE, BOLD, look],
            )
        elif self.chart.is_alone(mark) and not self.chart.is_pieces:
            self._write_beside(mark, y, mark.value < 0)

    def _interval(self, mark: Mark, y: float) -> Sequence[Any]:
        """From end to end of what is sure of a bar."""
        if not mark.has_interval:
            return ()
        low = self.part(mark.low)
        high = self.part(mark.high)
        return interval((low, y), (high, y))

    def _write_beside(self, mark: Mark, y: float, is_before: bool) -> None:
        """The text of a mark before it, or behind it."""
        tip = self.part(self.tip(mark, is_before))
        looks = [BOLD, BEHIND]
        if is_before:
            looks = [BOLD, TEXT_BEFORE, ANCHORED_AT_END]
        self.write_mark(
            mark,
            x=tip,
            y=y + FOOT,
            looks=looks,
        )

    def _spans(self, series: Series) -> None:
        """Thick lines from one number to the next, each end with its text."""
        thick = series.line["width"]
        for run in series.runs:
            firsts = run[::2]
            lasts = run[1::2]
            for first, last in zip(firsts, lasts, strict=False):
                y = self.centres[first.place]
                start = self.part(first.end)
                length = self.part(last.end) - start
                drawn = rect(
                    x=start,
                    y=y - thick / 2,
                    width=length,
                    height=thick,
                    look={"fill": first.colour},
                )
                self.draw(drawn)
                self._end_of_span(series, first, y, thick)
                self._end_of_span(series, last, y, thick)

    def _end_of_span(self, series: Series, mark: Mark, y: float, thick: float) -> None:
        """An end of a thick line, with its number."""
        part = self.part(mark.end)
        top = y - thick / 2
        bottom = y + thick / 2
        colour = (
            EDGE if mark.colour == USUAL_COLOUR else mark.colour
        )  # a band is too pale to end
        look = {"stroke": colour, "stroke-width": 2}
        drawn = line((part, top), (part, bottom), look)
        self.draw_mark(series, mark, drawn)
        if mark.text:
            is_before = self.is_before(series, mark)
            self._write_beside(mark, y, is_before)

    def _dot(self, series: Series, mark: Mark, y: float) -> None:
        """A dot with its interval; its text stands at the right of all rows."""
        drawn = []
        if mark.has_interval:
            look = {"stroke": mark.colour, "stroke-width": 2.5}
            low = self.part(mark.low)
            high = self.part(mark.high)
            sure = line((low, y), (high, y), look)
            drawn.append(sure)
        part = self.part(mark.end)
        look = self.look_of_dot(mark)
        dot = circle((part, y), look, series.size)
        self.draw_mark(series, mark, *drawn, dot)
        if mark.text:
            beside = {"dx": self.right}
            self.write_mark(
                mark,
                x=1.0,
                y=y + FOOT,
                looks=[beside, ANCHORED_AT_END],
            )
