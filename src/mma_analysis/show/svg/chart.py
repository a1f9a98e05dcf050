"""What a plotly figure draws, as a page can show it: series of marks between two axes."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mma_analysis.show.svg.elements import DOT, EDGE, SMALL_DOT
from mma_analysis.show.svg.lettering import (
    MONTHS_A_YEAR,
    SHORT_MONTHS,
    dutch,
    without_plotly_markup,
)
from mma_analysis.vocabulary import message

ISO_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?([T ].*)?")
COLOURS = ("#154273", "#4a789f", "#c3cbd1", "#8a959d", "#b3541e")
PALE = COLOURS[2:4]  # too pale for a line, a dot or an edge on paper
DRAWN_KINDS = ("bar", "scatter")
MOST_SERIES = 6
MOST_ROWS_DRAWN = 40
MOST_MARKS = 300
THICK_LINE = 8  # a line of so many pixels is a bar from end to end
MOVING = ("frames", "sliders", "updatemenus")
NUMBER_AXIS = "number"
MONTH_AXIS = "month"
DAY_AXIS = "day"
Drawn = Mapping[str, Any]


@dataclass(frozen=True)
class Mark:
    """One number of a series.

    `place`: a name, a month or day by its number, or a number. `start` and `end`: from
    where to where it is drawn. `low` and `high`: its interval, or its end twice. `words`:
    the number as it is said. `text`: what stands beside it.
    """

    place: Any
    value: float
    start: float
    end: float
    low: float
    high: float
    cell: str
    words: str
    text: str
    colour: str
    is_open: bool = False

    @property
    def has_interval(self) -> bool:
        """Whether it says how sure its number is."""
        return self.low < self.high


@dataclass
class Series:
    """A trace with its marks; `runs` are the same from gap to gap."""

    name: str
    is_bar: bool
    mode: str
    where: str  # the text of a mark
    line: Drawn
    is_hatched: bool
    is_told: bool  # in the key
    group: str
    is_heard: bool
    fills: bool
    marks: list[Mark] = field(default_factory=list)
    runs: list[list[Mark]] = field(default_factory=list)

    @property
    def has_line(self) -> bool:
        """Whether its marks are joined."""
        return "lines" in self.mode

    @property
    def has_dots(self) -> bool:
        """Whether each mark is a dot."""
        return "markers" in self.mode

    @property
    def size(self) -> float:
        """How large a dot is; on a line without dots it is there to be asked."""
        return DOT if self.has_dots else SMALL_DOT

    @property
    def is_level(self) -> bool:
        """Whether it is a line at one number, from side to side."""
        return self.mode == "lines" and len({mark.end for mark in self.marks}) == 1

    @property
    def is_span(self) -> bool:
        """Whether it goes from one end to another, as thick as a bar."""
        return self.has_line and self.line.get("width", 0) >= THICK_LINE


@dataclass
class Chart:
    """A figure. It `lies` when its names stand at the left and its numbers run sideways.

    `places`: the names in the order in which they are read; none when marks stand at a
    `kind` of numbers, from `first` to `last`.
    """

    series: list[Series]
    lies: bool
    places: list[Any]
    kind: str
    first: float
    last: float
    stacks: bool
    has_key: bool
    numbers: Drawn  # the axis
    beside: Drawn  # the layout, with what is drawn along the axis

    @property
    def bars(self) -> list[Series]:
        """The series of bars."""
        return [one for one in self.series if one.is_bar]

    @property
    def marks(self) -> list[Mark]:
        """The marks of every series."""
        return [mark for one in self.series for mark in one.marks]

    @property
    def side_by_side(self) -> int:
        """How many bars stand at one place beside each other."""
        return 1 if self.stacks else max(1, len(self.bars))

    @property
    def is_pieces(self) -> bool:
        """Whether every bar is a whole of its own, of which the pieces have names."""
        return self.stacks and all(one.group for one in self.bars)

    def is_alone(self, mark: Mark) -> bool:
        """Whether no other bar stands at the end of this one."""
        if not self.stacks:
            return True
        here = [one for one in self.marks if one.place == mark.place]
        return len(here) == 1

    def label(self, place: Any) -> str:
        """A place as it is written."""
        if self.kind in (MONTH_AXIS, DAY_AXIS):
            return moment(place, self.kind)
        if self.kind == NUMBER_AXIS:
            return dutch(place)
        return label(place)


def read(figure: Drawn) -> Chart:
    """Read what plotly writes of a figure, `data` and `layout`."""
    layout = figure.get("layout") or {}
    traces = []
    for trace in figure.get("data") or ():
        if trace.get("visible", True) is True:
            traces.append(trace)
    _refuse(figure, traces, layout)
    is_bar = any(one.get("type") == "bar" for one in traces)
    lies = _lies(traces, is_bar)
    names = "y" if lies else "x"
    numbers = "x" if lies else "y"
    axis = layout.get(f"{names}axis") or {}
    _refuse_beside(layout, numbers)
    stacks = layout.get("barmode") in ("stack", "relative")
    places = _places(traces, names, numbers, axis)
    kind = "" if is_bar or axis.get("type") == "category" else kind_of(places)
    ordered = [] if kind else _ordered(places, traces, axis, names, numbers, lies)
    if len(ordered) > MOST_ROWS_DRAWN:
        raise TypeError(message("figure_rows", rows=len(ordered), most=MOST_ROWS_DRAWN))

    chart = Chart(
        series=[],
        lies=lies,
        places=ordered,
        kind=kind,
        first=0.0,
        last=1.0,
        stacks=stacks,
        has_key=layout.get("showlegend") is not False,
        numbers=layout.get(f"{numbers}axis") or {},
        beside=layout,
    )
    for number, trace in enumerate(traces):
        chart.series.append(_series(trace, number, names, numbers, chart))
    _stack(chart)
    _refuse_marks(chart)
    if kind:
        found = [mark.place for mark in chart.marks]
        chart.first = min(found)
        chart.last = max(found)
        if chart.first == chart.last:
            chart.last += 1
    return chart


def _refuse(figure: Drawn, traces: Sequence[Drawn], layout: Drawn) -> None:
    """Raise for what a page does not draw, with what can be done instead."""
    for name in MOVING:
        if figure.get(name) or layout.get(name):
            raise TypeError(message("figure_moves"))
    for trace in traces:
        _refuse_trace(trace)
    for name in ("xaxis", "yaxis"):
        axis = layout.get(name) or {}
        if axis.get("type") == "log":
            raise TypeError(message("figure_log"))
    _refuse_many(traces, layout)


def _refuse_trace(trace: Drawn) -> None:
    """Raise for one series that a page does not draw."""
    kind = trace.get("type", "scatter")
    if kind not in DRAWN_KINDS:
        raise TypeError(message("figure_kind", kind=kind))
    is_usual = trace.get("xaxis", "x") == "x" and trace.get("yaxis", "y") == "y"
    if not is_usual:
        raise TypeError(message("figure_axes"))
    marker = trace.get("marker") or {}
    if _says_numbers(marker):
        raise TypeError(message("figure_sizes"))


def _refuse_many(traces: Sequence[Drawn], layout: Drawn) -> None:
    """Raise for more series in the key than anybody tells apart."""
    told = set()
    for trace in traces:
        is_told = trace.get("showlegend") is not False
        is_piece = bool(trace.get("legendgrouptitle"))
        if is_told and not is_piece:
            told.add(trace.get("name"))
    has_key = layout.get("showlegend") is not False
    if has_key and len(told) > MOST_SERIES:
        raise TypeError(message("figure_series", series=len(told), most=MOST_SERIES))


def _says_numbers(marker: Drawn) -> bool:
    """Whether marks say a number by their colour or their size."""
    colours = marker.get("color")
    colours = colours if isinstance(colours, list) else [""]
    are_numbers = not all(isinstance(colour, str) for colour in colours)
    return are_numbers or isinstance(marker.get("size"), list) or "coloraxis" in marker


def _refuse_beside(layout: Drawn, numbers: str) -> None:
    """Raise for a line or a note that does not stand at a number."""
    beside = [*(layout.get("shapes") or ()), *(layout.get("annotations") or ())]
    for one in beside:
        along = str(one.get(f"{numbers}ref") or "paper")
        if along.endswith(("domain", "paper")):
            raise TypeError(message("figure_notes"))


def _refuse_marks(chart: Chart) -> None:
    """Raise for a figure with nothing in it, or with more than anybody reads."""
    count = len(chart.marks)
    if not count:
        raise TypeError(message("figure_empty"))
    if count > MOST_MARKS:
        raise TypeError(message("figure_marks", marks=count, most=MOST_MARKS))


def _lies(traces: Sequence[Drawn], is_bar: bool) -> bool:
    """Whether the names of a figure stand at the left."""
    if is_bar:
        return any(one.get("orientation") == "h" for one in traces)
    for trace in traces:
        for one in trace.get("y") or ():
            if one is not None:
                return isinstance(one, str) and not ISO_DATE.fullmatch(one)
    return False


def _along(trace: Drawn, names: str, numbers: str) -> list[Any]:
    """Where the marks of a trace are; without a word they are numbered."""
    given = trace.get(names)
    if given is None:
        given = range(len(trace.get(numbers) or ()))
    return list(given)


def _places(traces: Sequence[Drawn], names: str, numbers: str, axis: Drawn) -> list[Any]:
    """Every place once, in the order in which they are found."""
    found: dict[Any, None] = {}
    for trace in traces:
        for place in _along(trace, names, numbers):
            if place is not None:
                found[place] = None
    return list(found)


def kind_of(places: Sequence[Any]) -> str:
    """Whether places are days, beginnings of months, numbers, or none of these: names."""
    if not places:
        return ""
    if all(isinstance(one, int | float) for one in places):
        return NUMBER_AXIS
    if not all(isinstance(one, str) and ISO_DATE.fullmatch(one) for one in places):
        return ""
    are_months = all(_day(one).day == 1 for one in places)
    return MONTH_AXIS if are_months else DAY_AXIS


def _day(place: str) -> dt.date:
    return dt.date.fromisoformat(f"{place}-01"[:10])


def _number_of(place: Any, kind: str) -> Any:
    """A place as a number, where it has one."""
    if kind == MONTH_AXIS:
        day = _day(place)
        return day.year * MONTHS_A_YEAR + day.month - 1
    return _day(place).toordinal() if kind == DAY_AXIS else place


def moment(number: float, kind: str) -> str:
    """A month or a day by its number, in words."""
    if kind == MONTH_AXIS:
        return f"{SHORT_MONTHS[int(number) % MONTHS_A_YEAR]} {int(number) // MONTHS_A_YEAR}"
    day = dt.date.fromordinal(int(number))
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {day.year}"


def label(place: Any) -> str:
    """A name as it is written; of a bar at a date that date."""
    words = without_plotly_markup(place)
    if not ISO_DATE.fullmatch(words):
        return words
    kind = kind_of([words])
    return moment(_number_of(words, kind), kind)


def _ordered(
    places: list[Any],
    traces: Sequence[Drawn],
    axis: Drawn,
    names: str,
    numbers: str,
    lies: bool,
) -> list[Any]:
    """Names in the order in which they are read: from above, or from the left."""
    order = axis.get("categoryorder") or ""
    ranked = list(axis.get("categoryarray") or ())
    if order.startswith("category") or kind_of(places):
        places = sorted(places)
    elif order.startswith("total"):
        totals: dict[Any, float] = defaultdict(float)
        for trace in traces:
            values = trace.get(numbers) or ()
            for place, value in zip(_along(trace, names, numbers), values, strict=False):
                totals[place] += value or 0
        places = sorted(places, key=lambda place: totals[place])
    elif ranked:
        known = [place for place in ranked if place in places]
        places = known + [place for place in places if place not in ranked]

    # The first name of a lying figure stands below, unless it is turned.
    turns = order.endswith("descending")
    if lies:
        turns = not turns
    if _is_turned(axis):
        turns = not turns
    return places[::-1] if turns else places


def _is_turned(axis: Drawn) -> bool:
    """Whether the first name stands where the last one would."""
    first, last = axis.get("range") or (0, 0)
    return axis.get("autorange") == "reversed" or first > last


def _series(trace: Drawn, number: int, names: str, numbers: str, chart: Chart) -> Series:
    """Read a trace."""
    is_bar = trace.get("type") == "bar"
    marker = trace.get("marker") or {}
    pattern = (marker.get("pattern") or {}).get("shape")
    mode = "" if is_bar else trace.get("mode") or "lines+markers"
    where = trace.get("textposition")
    made = Series(
        name=without_plotly_markup(trace.get("name")),
        is_bar=is_bar,
        mode=mode,
        where=where if isinstance(where, str) else "auto",
        line=trace.get("line") or {},
        is_hatched=bool(pattern),
        is_told=trace.get("showlegend") is not False,
        group=without_plotly_markup(trace.get("legendgroup"))
        if trace.get("legendgrouptitle")
        else "",
        is_heard=trace.get("hoverinfo") != "skip",
        fills=trace.get("fill") == "tonexty",
    )
    values = list(trace.get(numbers) or ())
    error = trace.get(f"error_{numbers}") or {}
    count = len(values)
    up = _each(error.get("array"), count)
    down = _each(error.get("arrayminus", error.get("array")), count)
    own = marker.get("color") or made.line.get("color") or COLOURS[number % len(COLOURS)]
    colours = _each(own, count)
    symbols = _each(marker.get("symbol"), count)
    bases = _each(trace.get("base"), count)
    cells = _each(trace.get("customdata"), count)
    words = _each(words_in(trace), count)
    texts = _texts(trace, values, words)
    run: list[Mark] = []
    for nth, place in enumerate(_along(trace, names, numbers)[:count]):
        value = values[nth]
        if value is None or place is None:
            made.runs.append(run)
            run = []
            continue
        if not isinstance(value, int | float):
            raise TypeError(message("figure_numbers"))
        start = bases[nth] or 0.0
        end = start + value if is_bar else value
        colour = str(colours[nth])
        is_pale = colour in PALE and not is_bar
        if is_bar and made.is_hatched:
            colour = "#ffffff"
        mark = Mark(
            place=_number_of(place, chart.kind),
            value=value,
            start=start,
            end=end,
            low=end - (down[nth] or 0),
            high=end + (up[nth] or 0),
            cell=_cell(cells[nth]),
            words=str(words[nth] or dutch(value, chart.numbers.get("tickformat") or "")),
            text=texts[nth],
            colour=EDGE if is_pale else colour,
            is_open=str(symbols[nth] or "").endswith("-open"),
        )
        made.marks.append(mark)
        run.append(mark)
    made.runs.append(run)
    made.runs = [one for one in made.runs if one]
    return made


def words_in(trace: Drawn) -> Any:
    """How each number of a trace is said, where somebody told."""
    told = trace.get("meta")
    return told.get("words") if isinstance(told, Mapping) else None


def _each(given: Any, count: int) -> list[Any]:
    """One for every mark of what may be given once for all."""
    if isinstance(given, list | tuple):
        return [*given, *[None] * count][:count]
    return [given] * count


def _cell(given: Any) -> str:
    """The id that stands at a mark: the first where there are more."""
    if isinstance(given, list | tuple):
        return str(given[0]) if given else ""
    return "" if given is None else str(given)


def _texts(trace: Drawn, values: Sequence[Any], words: Sequence[Any]) -> list[str]:
    """What stands beside each mark: a text, or its number as it is said."""
    if trace.get("textposition") == "none":
        return [""] * len(values)
    given = _each(trace.get("text"), len(values))
    has_template = bool(trace.get("texttemplate"))
    texts = []
    for value, one, said in zip(values, given, words, strict=True):
        is_number = isinstance(one, int | float)
        if has_template or is_number:
            number = one if is_number else value
            texts.append(str(said) if said else dutch(number or 0))
        else:
            texts.append(without_plotly_markup(one).strip())
    return texts


def _stack(chart: Chart) -> None:
    """Let each piece of a bar begin where the one before it ends."""
    if not chart.stacks:
        return
    sums: dict[tuple[Any, bool], float] = defaultdict(float)
    for one in chart.bars:
        stacked = []
        for mark in one.marks:
            if mark.start:
                stacked.append(mark)
                continue
            key = (mark.place, mark.value < 0)
            start = sums[key]
            end = start + mark.value
            sums[key] = end
            moved = replace(
                mark,
                start=start,
                end=end,
                low=mark.low + start,
                high=mark.high + start,
            )
            stacked.append(moved)
        one.marks = stacked
