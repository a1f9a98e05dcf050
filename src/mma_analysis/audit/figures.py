"""What a figure draws: every mark is the value of the cell that it names, and so are its words.

A figure is plotly's JSON, as the page's script gets it. Which cells a mark is of, stands in the
`customdata` of its trace.
"""

import base64
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import unescape
from itertools import chain, pairwise, zip_longest
from typing import Any, NamedTuple

import numpy as np

from mma_analysis.audit.document import Figure, Part
from mma_analysis.audit.released import NO_CELL
from mma_analysis.audit.wording import Wording
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.value import FORMS, Value

Lookup = Callable[[str], Value]
Values = Sequence[Value | None]
Fault = tuple[str, str]  # where in the figure; the word that is wrong, or nothing
NOT_SEEN = re.compile(r"<[^>]*>|%\{[^}]*\}")  # markup, and the place of a value
DECOR = "decor"
# Texts that a reader sees; the others name, colour or place something.
AT_MARKS = ("text", "hovertext", "hovertemplate", "texttemplate")
TEXTS = {
    *AT_MARKS,
    *("name", "title", "x", "y", "ids", "labels", "legendgroup"),
    *("ticktext", "tickprefix", "ticksuffix"),
}
DATE = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[T ]00:00[:0.]*)?)?")
REFERENCES = (0.0, 1.0)  # where a line may stand that is no value: nothing, the same, all
FEW = 2  # marks of a line between two values; numbers of a range
NOT_DRAWN = {"uid", "uirevision", "legendrank", "legendwidth", "zorder"}  # hold anything
PLACE = re.compile(r"([xy])[01]?")
# Forms of numbers, days and amounts; of words there is one way.
DAYS, AMOUNTS = ("day", "month", "short_month"), ("euro", "cents")
NUMBERS = FORMS.keys() - {*DAYS, *AMOUNTS, "period", "code", "capital_code", "typed"}


def figure_content(source: str, place: str) -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Read a figure's JSON with its packed arrays as lists, and every text, list and names in it.

    The figure is not to be changed: the same one stands on many pages and is read once. One that
    cannot be read is an error: it cannot be said to be safe.
    """
    try:
        return _read(source)
    except (ValueError, TypeError) as error:
        raise DataError.of("cannot_examine_figure", place=place) from error


@lru_cache(maxsize=1_000)
def _read(source: str) -> tuple[dict[str, Any], tuple[Part, ...]]:
    content = json.loads(source, object_pairs_hook=_unpacked)
    if not isinstance(content, dict):
        raise TypeError("no object")
    return content, tuple(_parts_of(content))


def _unpacked(pairs: list[tuple[str, Any]]) -> Any:
    """An object, in which no name stands twice; packed numbers are a list, or rows of them."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("what stands first is never seen")
    if not {"dtype", "bdata"} <= content.keys():
        return content
    data = base64.b64decode(content["bdata"], validate=True)
    numbers = np.frombuffer(data, dtype=np.dtype(content["dtype"]).newbyteorder("<"))
    sizes = str(content.get("shape", numbers.size)).split(",")
    return numbers.reshape([int(size) for size in sizes]).tolist()


def _parts_of(content: Any, path: tuple[str | int, ...] = ()) -> Iterator[Part]:
    if isinstance(content, str | list | dict):
        yield path, [*content] if isinstance(content, dict) else content
    if isinstance(content, dict | list):
        items = content.items() if isinstance(content, dict) else enumerate(content)
        for name, below in items:
            yield from _parts_of(below, (*path, name))


# --- what it draws -------------------------------------------------------------------------------


class Mark(NamedTuple):
    """One mark of a trace: where it begins, how long it is, and how far its interval goes.

    `values` are those of its cells, none of a cell that there is not; `ends` of their intervals.
    """

    start: Any
    drawn: Any
    down: Any
    up: Any
    values: Values
    ends: Values

    @property
    def is_right(self) -> bool:
        """Whether it is as long as a value, or runs between two, and so does its interval."""
        if None in self.values or not _is_number(self.drawn):
            return None not in self.values
        lengths = [abs(number) for number in _numbers(self.values)]
        ends, begin = _numbers((*self.values, *self.ends)), self.start or 0
        steps = [self.up or 0, -(self.down or 0)] if self.up or self.down else []
        return (
            (not begin or _is_near(abs(begin), lengths))
            and any(_is_near(abs(tip), lengths) for tip in (self.drawn, begin + self.drawn))
            and all(_is_near(self.drawn + step, ends) for step in steps)
        )


def _marks(trace: Mapping[str, Any], lookup: Lookup) -> Iterator[Mark]:
    axis, base = _axis(trace), trace.get("base")
    drawn = trace[axis] if isinstance(trace.get(axis), list) else []
    bars = trace.get(f"error_{axis}") or {}
    up = bars.get("array") or []
    starts = base if isinstance(base, list) else [base] * len(drawn)
    rows = (starts, drawn, bars.get("arrayminus") or up, up, trace.get("customdata") or [])
    for start, number, down, high, names in zip_longest(*rows):
        cells = [] if names is None else names if isinstance(names, list) else [names]
        sides = [f"{cell}:{side}" for cell in cells for side in ("low", "high")]
        ends = [_looked_up(side, lookup) for side in sides if side.count(":") == 1]
        values = [_looked_up(cell, lookup) for cell in cells]
        yield Mark(start, number, down, high, values, ends)


def _axis(trace: Mapping[str, Any]) -> str:
    """Along which axis the numbers are."""
    meta, is_flat = trace.get("meta"), trace.get("orientation") == "h"
    return str(meta) if meta in ("x", "y") else "x" if is_flat else "y"


def _looked_up(name: Any, lookup: Lookup) -> Value | None:
    try:
        return lookup(str(name))
    except NO_CELL:
        return None


def faults(figure: Figure, lookup: Lookup, wording: Wording) -> Iterator[Fault]:
    """Find marks that are not the value of their cell, and words that no cell backs."""
    data, layout = figure.content.get("data", []), figure.content.get("layout", {})
    traces = [one if isinstance(one, dict) else {} for one in data]
    marks = [list(_marks(trace, lookup)) for trace in traces]
    for nth, (trace, own) in enumerate(zip(traces, marks, strict=True), start=1):
        yield from ((f"reeks {nth}, {where}", "") for where in _misdrawn(trace, own))
    may_say = [[value for mark in own for value in (*mark.values, *mark.ends)] for own in marks]
    values = list(chain.from_iterable(may_say))
    axes, places = set(map(_axis, traces)), (*REFERENCES, *_numbers(values))
    for part in (*(layout.get("shapes") or ()), *(layout.get("annotations") or ())):
        for name, number in part.items():
            # What is drawn beside the marks stands at a value of them, or at no value at all.
            along = name[:1] if PLACE.fullmatch(name) and name[:1] in axes else ""
            is_apart = str(part.get(f"{along}ref", "")).endswith(("paper", "domain"))
            if along and _is_number(number) and not is_apart and not _is_near(number, places):
                yield "een lijn of een noot", ""
    if not layout.keys().isdisjoint({"meta", *NOT_DRAWN}):
        yield "opmaak", ""
    for path, part in figure.parts:
        steps: list[Any] = [*path, "", ""]
        top, nth, names = steps[0], steps[1], steps[2:-2]
        own, may, where = list[Mark](), values, "opmaak"
        if top == "data" and names:
            own, axis, where = marks[nth], _axis(traces[nth]), f"reeks {nth + 1}, {names[0]}"
            if isinstance(part, list) and names[0] in (axis, "base", f"error_{axis}"):
                continue
            may = may_say[nth]
            if names[0] in AT_MARKS and len(names) > 1 and len(own) > FEW:
                one = own[names[1]] if names[1] < len(own) else None
                may = (*one.values, *one.ends) if one else ()
        elif top != "layout" or nth in ("", "template"):
            continue
        yield from ((where, word) for word in _misnamed(part, (nth, *names), wording, may, own))


def _misdrawn(trace: Mapping[str, Any], marks: Sequence[Mark]) -> Iterator[str]:
    axis, numbers = _axis(trace), {mark.drawn for mark in marks if _is_number(mark.drawn)}
    is_line = trace.get("meta") == DECOR and len(numbers) == 1 and numbers <= {*REFERENCES}
    if not is_line:
        yield from (f"punt {at}" for at, mark in enumerate(marks, start=1) if not mark.is_right)
    across = "error_x" if axis == "y" else "error_y"
    if across in trace or "value" in (trace.get(f"error_{axis}") or {}):
        yield "een interval zonder cel"
    if trace.get("meta", axis) not in ("x", "y", DECOR):
        yield "meta"
    yield from trace.keys() & NOT_DRAWN


def _misnamed(
    part: str | list[Any],
    path: Sequence[str | int],
    wording: Wording,
    values: Values,
    marks: Sequence[Mark] = (),
) -> Iterator[str]:
    """What needs a cell in a text that a reader sees, and no value that it may say has.

    And a row of numbers, longer than a range: but for what is drawn again, places one after
    another, and one number all the time.
    """
    if isinstance(part, list):
        row = [number for number in part if _is_number(number)]
        steps = [b - a for a, b in pairwise(row)]
        is_drawn = row == [mark.drawn for mark in marks if _is_number(mark.drawn)]
        is_even = all(_is_near(step, steps[:1]) for step in steps)
        if len(row) > FEW and not is_drawn and not is_even:
            yield ""
        return
    name = next(name for name in reversed(path) if isinstance(name, str))
    words = " ".join(unescape(NOT_SEEN.sub(" ", part)).split())
    if name in TEXTS and not DATE.fullmatch(part) and wording.faults(words):
        yield from (word for _, word in wording.faults(words, written(values)))


def _numbers(values: Values) -> list[float]:
    return [float(one) for one in values if one is not None and _is_number(one.raw)]


def _is_number(one: Any) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and not math.isnan(one)


def _is_near(one: float, others: Iterable[float]) -> bool:
    return any(math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9) for other in others)


def written(values: Values) -> tuple[str, ...]:
    """Every way in which these values can stand on a page."""
    ways: dict[str, None] = {}
    for value in (one for one in values if one is not None and one.shown):
        forms = next((kind for kind in (NUMBERS, DAYS, AMOUNTS) if value.form in kind), ())
        for form in (value.form, *forms):
            try:
                other = value.as_form(form)
                ways |= {" ".join(way.split()): None for way in (str(other), other.sign)}
            except NO_CELL:  # of a number that is no share there is no part
                continue
    return tuple(filter(None, ways))
