"""The drawings of a page, read back: every mark stands where the value of its cell is.

A drawing says how numbers become places, its ticks show that, and all that is drawn along
its axis of numbers must be there by that rule. The name beside a mark is that of a row of
the table below the figure, in which its cell stands.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

from mma_analysis.audit.document import Document

SVG_SHAPES = ("rect", "line", "circle", "path", "text")
REFERENCES = (0.0, 1.0)  # where a line may stand that is no value: nothing, the same, all
POINT_OF_PATH = re.compile(r"(-?[\d.]+),(-?[\d.]+)")
NUMBER_OF_TICK = re.compile(r"[+−-]?\d[\d.]*(?:,\d+)?")
TWO_LETTERS = re.compile(r"[^\W\d_]{2}")
BETWEEN_MARKS = re.compile(r"[;,.] |\.$")  # and behind the last
FAR_OFF = {"x": 0.02, "y": 0.11}  # how far a rounded place may be off: percents, pixels
# Of each shape what it has along an axis.
ALONG = {
    ("line", "x"): ("x1", "x2"),
    ("line", "y"): ("y1", "y2"),
    ("circle", "x"): ("cx",),
    ("circle", "y"): ("cy",),
}
OTHER = {"x": "y", "y": "x"}
LOWEST = 12.0  # pixels at most below all that is drawn
LETTER_UP = 16.0  # pixels from the foot of a name to above it
THICKEST = 40.0  # pixels: what is higher goes through more than one row
FAR_BESIDE = 0.2  # percents: how far a mark may be from above its name


class Scale(NamedTuple):
    """How numbers become places along an axis: `begin` is the place of 0, `unit` that of 1.

    Along `x` places are percents of the width, along `y` pixels from above.
    """

    axis: str
    begin: float
    unit: float

    def place(self, number: float, begin: float | None = None) -> float:
        """Where a number is, from the place of 0 or from where its bar begins."""
        origin = self.begin if begin is None else begin
        return origin + number * self.unit

    def is_at(
        self,
        place: float,
        numbers: Sequence[float],
        begin: float | None = None,
    ) -> bool:
        """Whether a place is that of one of these numbers."""
        return any(self.is_near(place, self.place(number, begin)) for number in numbers)

    def is_near(self, place: float, other: float) -> bool:
        """Whether two places are the same, but for their last digit."""
        return abs(place - other) <= FAR_OFF[self.axis]


class BarShape(NamedTuple):
    """A bar along its axis, and how thick it is."""

    low: float
    high: float
    thick: float


class Name(NamedTuple):
    """A name in a drawing, without spaces: from where to where it goes across the axis."""

    words: str
    begin: float
    end: float

    @property
    def middle(self) -> float:
        """Where its middle is."""
        return (self.begin + self.end) / 2


class Told(NamedTuple):
    """A row of the table below a figure: its cells and their rows, and all its words.

    `heads`: cell → the head of its column.
    """

    cells: frozenset[str]
    words: frozenset[str]
    heads: Mapping[str, str]


def say_drawings(
    page: HtmlElement,
    places: dict[HtmlElement, str],
    document: Document,
) -> None:
    """Write down what every drawing of a page draws and says."""
    drawings = [one for one in page.iter("svg") if one.get("data-axis")]
    seen: set[HtmlElement] = set()
    for drawing in drawings:
        seen |= set(drawing.iter())
        _Drawing(drawing, places, document).judge()
    for element in page.iter("svg", *SVG_SHAPES):
        if element not in seen:  # what stands in no drawing cannot be checked
            document.fault(places[element], "mark")


def titles_of_marks(element: HtmlElement) -> list[str]:
    """What is said of each mark of the first drawing in an element."""
    for drawing in element.iter("svg"):
        if drawing.get("data-axis"):
            marks = [one for one in drawing.iter("g") if "data-cell" in one.attrib]
            return [_words(title) for mark in marks for title in mark.iter("title")]
    return []


def are_heard(heard: str, titles: Sequence[str]) -> bool:
    """Whether a sentence says each mark, in order, and nothing else.

    Behind another mark of the same place only the rest is said: `Plaats wel 340, niet 210`.
    """
    rest = heard
    before = ""
    for title in titles:
        whole = title.replace(": ", " ", 1)
        said = _heard_first(rest, whole, before)
        between = BETWEEN_MARKS.match(rest, len(said))
        if not said or between is None:
            return False
        rest = rest[between.end() :]
        before = whole
    return rest == ""


def _heard_first(rest: str, whole: str, before: str) -> str:
    """As much of a mark as a sentence begins with; nothing when it says another."""
    words = whole.split(" ")
    for number in range(len(words)):
        said = " ".join(words[number:])
        of_place = whole.removesuffix(said)
        if rest.startswith(said) and before.startswith(of_place):
            return said
    return ""


class _Drawing:
    """A drawing while it is judged."""

    def __init__(
        self,
        drawing: HtmlElement,
        places: dict[HtmlElement, str],
        document: Document,
    ) -> None:
        self.drawing = drawing
        self.places = places
        self.document = document
        self.scale = _scale_of(drawing)
        self.marks = [one for one in drawing.iter("g") if "data-cell" in one.attrib]
        self.cells = list(dict.fromkeys(one.get("data-cell") for one in self.marks))
        self.bars: dict[HtmlElement, BarShape] = {}
        self.names: list[Name] = []
        self.are_beside = False
        self.table = _table_below(drawing)

    def fault(self, element: HtmlElement) -> None:
        """Write down that something is drawn that its cell does not say."""
        self.document.fault(f"{self.places[element]}, figuur", "mark")

    def judge(self) -> None:
        """Hold every mark, tick, line and text against the scale and the cells."""
        if self.scale is None:
            self.fault(self.drawing)
            return
        for mark in self.marks:
            for box in mark.iter("rect"):
                self.bars[box] = _box(box, self.scale)
        for mark in self.marks:
            self._judge_mark(mark, self.scale)
        self._judge_evenness(self.scale)
        self._judge_names(self.scale)
        self._judge_height()
        for element in self.drawing.iter(*SVG_SHAPES):
            group = next(element.iterancestors("g", "pattern", "svg"))
            kind = group.get("class")
            if group.tag == "pattern" or "data-cell" in group.attrib:
                continue
            if element.tag == "text":
                self._say_text(element, kind, self.scale)
            elif kind != "key":
                self._judge_shape(element, self.scale)

    def _judge_height(self) -> None:
        """A drawing is as high as what is drawn in it."""
        low = 0.0
        for element in self.drawing.iter("rect", "line", "circle", "text", "tspan"):
            if element.getparent().tag != "pattern":
                low = max(low, *_downs(element))
        height = _number(self.drawing.get("height"))
        if not low <= height <= low + LOWEST:
            self.fault(self.drawing)

    # --- marks ----------------------------------------------------------------------------

    def _judge_mark(self, mark: HtmlElement, scale: Scale) -> None:
        """A bar is as long as the value, a dot stands at it, a line goes to its ends."""
        cell = mark.get("data-cell")
        place = f"{self.places[mark]}, figuur"
        for said in mark.iter("title", "text"):
            self.document.say(place, _words(said), [cell])
        for title in mark.iter("title"):
            self._judge_said_name(title, cell)
        shapes = list(mark.iter("rect", "line", "circle"))
        if any(mark.iter("path")):
            self.fault(mark)
        if not shapes:
            return
        value = self.document.numbers(place, [cell])
        if not value:
            self.fault(mark)
            return
        ends = self.document.numbers(place, [cell], ends=True)
        begin = None
        for shape in shapes:
            if shape.tag == "rect":
                begin = self._judge_bar(shape, value[0], scale)
            elif shape.tag == "circle":
                self._judge_places(shape, scale, value, None)
            else:
                self._judge_places(shape, scale, ends, begin)

    def _judge_bar(self, shape: HtmlElement, value: float, scale: Scale) -> float:
        """A bar begins at nothing, or where another ends; give where it begins."""
        box = self.bars[shape]
        grows = value * scale.unit >= 0
        begin = box.low if grows else box.high
        end = box.high if grows else box.low
        begins = [scale.place(0.0)]
        for other, bar in self.bars.items():
            if other is not shape:
                begins += [bar.low, bar.high]
        is_right = scale.is_near(end - begin, value * scale.unit)
        if not is_right or not any(scale.is_near(begin, one) for one in begins):
            self.fault(shape)
        return begin

    def _judge_places(
        self,
        shape: HtmlElement,
        scale: Scale,
        numbers: Sequence[float],
        begin: float | None,
    ) -> None:
        """All that a shape has along the axis stands at one of these numbers."""
        for name in ALONG[shape.tag, scale.axis]:
            if not scale.is_at(_number(shape.get(name)), numbers, begin):
                self.fault(shape)

    def _judge_evenness(self, scale: Scale) -> None:
        """Bars are equally thick, and dots above a line of places stand at even steps."""
        thick = {round(bar.thick, 1) for bar in self.bars.values()}
        if len(thick) > 1:
            self.fault(self.drawing)
        if scale.axis == "x":
            return
        found = set()
        for mark in self.marks:
            for dot in mark.iter("circle"):
                found.add(_number(dot.get("cx")))
        across = sorted(found)
        steps = [after - before for before, after in zip(across, across[1:], strict=False)]
        if not steps:
            return
        for place in across:
            from_first = (place - across[0]) / min(steps)
            if abs(from_first - round(from_first)) > 0.05:
                self.fault(self.drawing)

    # --- names ----------------------------------------------------------------------------

    def _judge_names(self, scale: Scale) -> None:
        """The name at a mark stands in a row of the table that has the cell of the mark."""
        self.names = _names(self.drawing, scale)
        self.are_beside = _is_beside(self.marks, self.names, scale)
        every_word: set[str] = set()
        for told in self.table:
            every_word |= told.words
        drawn = {name.words for name in self.names}
        are_known = not drawn.isdisjoint(every_word)
        for mark in self.marks:
            own = self._words_of(mark.get("data-cell"))
            if not own:  # the table does not have it
                continue
            for shape in mark.iter("rect", "circle", "line"):
                name = self._name_at(shape, scale)
                if name is None or name in own:
                    continue
                is_strict = are_known and scale.axis == "x"
                if is_strict or name in every_word:
                    self.fault(shape)

    def _judge_said_name(self, title: HtmlElement, cell: str) -> None:
        """What is said of a mark has no name of another row or column than its own."""
        own = self._words_of(cell)
        head = self._head_of(cell)
        if not own:  # the table does not have it
            return
        others: set[str] = set()
        for told in self.table:
            others |= told.words
            if head:
                others |= set(told.heads.values())
        own = own | {head}
        rest = _squeezed(title).casefold()
        for name in _names_first(own):
            rest = rest.replace(name, " ")
        for name in _names_first(others - own):
            if name in rest:
                self.fault(title)

    def _head_of(self, cell: str) -> str:
        """The head of the column of the table in which a cell stands."""
        for told in self.table:
            if cell in told.heads:
                return told.heads[cell]
        return ""

    def _words_of(self, cell: str) -> set[str]:
        """What stands in the rows of the table that have a cell, or its row."""
        row, _, _ = cell.rpartition("#")
        for wanted in (cell, row):
            found: set[str] = set()
            for told in self.table:
                if wanted in told.cells:
                    found |= told.words
            if found:
                return found
        return set()

    def _name_at(self, shape: HtmlElement, scale: Scale) -> str | None:
        """The name of the row or column of a shape; none of what goes through more."""
        first, last = _across(shape, scale)
        middle = (first + last) / 2
        if scale.axis == "y":
            near = [name for name in self.names if abs(name.middle - middle) <= FAR_BESIDE]
            return near[0].words if near else None
        if last - first >= THICKEST or not self.names:
            return None
        if self.are_beside:
            nearest = min(self.names, key=lambda name: abs(name.middle - middle))
            return nearest.words
        above = [name for name in self.names if name.begin <= middle]
        return above[-1].words if above else None

    # --- what stands beside the marks -----------------------------------------------------

    def _judge_shape(self, shape: HtmlElement, scale: Scale) -> None:
        """A line or a plane goes along values, or stands where nothing or all is."""
        numbers = self._numbers()
        group = shape.getparent()
        of_tick = self._of_tick(group) if group.get("class") == "tick" else None
        if of_tick is not None:
            numbers.append(of_tick)
        if shape.tag == "line":
            self._judge_places(shape, scale, numbers, None)
        elif shape.tag == "rect":
            box = _box(shape, scale)
            if box.thick < THICKEST:
                numbers = self._numbers_beside(shape, scale) or numbers
            if not scale.is_at(box.low, numbers) or not scale.is_at(box.high, numbers):
                self.fault(shape)
        elif shape.tag == "path":
            for point in POINT_OF_PATH.finditer(shape.get("d", "")):
                place = float(point[1] if scale.axis == "x" else point[2])
                if not scale.is_at(place, numbers):
                    self.fault(shape)
        else:
            self.fault(shape)

    def _numbers(self) -> list[float]:
        """All values of the marks, with the ends of their intervals."""
        place = f"{self.places[self.drawing]}, figuur"
        return [*REFERENCES, *self.document.numbers(place, self.cells, ends=True)]

    def _numbers_beside(self, band: HtmlElement, scale: Scale) -> list[float]:
        """The values of the marks in the same row as a band."""
        name = self._name_at(band, scale)
        if name is None:
            return []
        cells = []
        for mark in self.marks:
            shapes = mark.iter("rect", "circle", "line")
            if any(self._name_at(shape, scale) == name for shape in shapes):
                cells.append(mark.get("data-cell"))
        return self.document.numbers(self.places[band], cells, ends=True)

    def _say_text(self, text: HtmlElement, kind: str | None, scale: Scale) -> None:
        """A tick stands at its number; other texts may say the values of the marks."""
        place = f"{self.places[text]}, figuur"
        if kind != "tick":
            self.document.say(place, _words(text), self.cells)
            return
        number = self._of_tick(text.getparent())
        rest = NUMBER_OF_TICK.sub("", _words(text), count=1)
        self.document.say(place, rest.replace("%", " "))
        lines = list(text.getparent().iter("line"))
        if number is None or not lines:
            self.fault(text)
            return
        for line in lines:
            self._judge_places(line, scale, [number], None)

    def _of_tick(self, tick: HtmlElement) -> float | None:
        """The number that stands at a tick."""
        words = _words(tick)
        found = NUMBER_OF_TICK.search(words)
        if found is None:
            return None
        written = found[0].replace(".", "").replace(",", ".").replace("−", "-")
        share = 100 if "%" in words else 1
        return float(written) / share


def _scale_of(drawing: HtmlElement) -> Scale | None:
    """How a drawing says that numbers become places; none when it does not."""
    try:
        axis = drawing.get("data-axis")
        low = float(drawing.get("data-low", ""))
        high = float(drawing.get("data-high", ""))
        first = 0.0
        last = 100.0
        if axis == "y":
            first = float(drawing.get("data-bottom", ""))
            last = float(drawing.get("data-top", ""))
        unit = (last - first) / (high - low)
    except (ValueError, ZeroDivisionError):
        return None
    return Scale(axis, first - low * unit, unit)


def _box(shape: HtmlElement, scale: Scale) -> BarShape:
    """Where a box is along the axis, and how thick it is across it."""
    lengths = {"x": "width", "y": "height"}
    low = _number(shape.get(scale.axis))
    length = _number(shape.get(lengths[scale.axis]))
    thick = _number(shape.get(lengths[OTHER[scale.axis]]))
    return BarShape(low, low + length, thick)


def _downs(shape: HtmlElement) -> list[float]:
    """How far down the parts of a shape are that are said in pixels."""
    downs = [0.0]
    for name in ("y", "y1", "y2", "cy"):
        place = shape.get(name, "")
        if place and not place.endswith("%"):
            down = _number(place) + _number(shape.get("r", "0"))
            if shape.tag == "rect":
                down += _number(shape.get("height"))
            downs.append(down)
    return downs


def _across(shape: HtmlElement, scale: Scale) -> tuple[float, float]:
    """From where to where a shape goes across the axis."""
    other = OTHER[scale.axis]
    if shape.tag == "circle":
        middle = _number(shape.get(f"c{other}"))
        return middle, middle
    if shape.tag == "line":
        ends = (_number(shape.get(f"{other}1")), _number(shape.get(f"{other}2")))
        return min(ends), max(ends)
    length = {"x": "width", "y": "height"}[other]
    begin = _number(shape.get(other))
    return begin, begin + _number(shape.get(length))


def _is_beside(marks: Sequence[HtmlElement], names: Sequence[Name], scale: Scale) -> bool:
    """Whether names stand at the height of marks, and not above them."""
    for mark in marks:
        for shape in mark.iter("rect", "circle"):
            first, last = _across(shape, scale)
            middle = (first + last) / 2
            if any(name.begin <= middle <= name.end for name in names):
                return True
    return False


def _names(drawing: HtmlElement, scale: Scale) -> list[Name]:
    """The names of rows from above, or of columns: texts of lines that are of no mark."""
    found = []
    for text in drawing.iter("text"):
        lines = list(text.iter("tspan"))
        if not lines or text.getparent().tag == "g":
            continue
        words = _squeezed(text)
        begin = _number(lines[0].get(OTHER[scale.axis]))
        end = _number(lines[-1].get(OTHER[scale.axis]))
        if scale.axis == "x":  # a text stands above its foot
            begin -= LETTER_UP
        found.append(Name(words, begin, end))
    return sorted(found, key=lambda name: name.begin)


def _table_below(drawing: HtmlElement) -> list[Told]:
    """The rows of the table of the figure in which a drawing is."""
    figure = next(drawing.iterancestors("figure"), None)
    rows = [] if figure is None else list(figure.iter("tr"))
    told = []
    for row in rows:
        cells = set()
        heads = {}
        for head, place in zip(rows[0], row, strict=False):
            for claim in place.iter("data"):
                cell = claim.get("data-cell", "")
                of_row, _, _ = cell.rpartition("#")
                cells |= {cell, of_row}
                heads[cell] = _squeezed(head)
        words = {_squeezed(place) for place in row}
        read = Told(frozenset(cells), frozenset(words), heads)
        told.append(read)
    return told


def _names_first(words: Iterable[str]) -> list[str]:
    """What is a name among words without spaces, in small letters, the longest first."""
    names = {word.casefold() for word in words if TWO_LETTERS.search(word)}
    return sorted(names, key=lambda name: (-len(name), name))


def _squeezed(element: HtmlElement) -> str:
    """What is read of an element, without any space: a name may go on in the next line."""
    return "".join(_words(element).split())


def _number(written: str | None) -> float:
    """A number in an attribute, of percents or pixels; what is none is nowhere."""
    try:
        return float((written or "").removesuffix("%"))
    except ValueError:
        return float("nan")


def _words(element: HtmlElement) -> str:
    """What is read of a text, with its lines one behind the other."""
    texts = [str(text) for text in element.itertext()]
    return " ".join(" ".join(texts).split())
