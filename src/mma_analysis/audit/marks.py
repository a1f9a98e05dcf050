"""What a figure draws: every mark is the value of the cell that it names, and so are its words."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from itertools import chain, pairwise
from typing import Any

from mma_analysis.audit.document import Figure
from mma_analysis.audit.figures import without_markup
from mma_analysis.audit.released import NO_CELL
from mma_analysis.audit.wording import Wording
from mma_analysis.vocabulary.value import FORMS, Value

Lookup = Callable[[str], Value]
Values = Sequence[Value | None]
Fault = tuple[str, str]  # where in the figure; the word that is wrong, or nothing
DECOR = "decor"
ERRORS = {"error_x": "x", "error_y": "y"}
# Texts that a reader sees; the others name, colour or place something.
AT_MARKS = ("text", "hovertext", "hovertemplate", "texttemplate")
TEXTS = {
    *AT_MARKS,
    *("name", "title", "x", "y", "ids", "labels", "legendgroup"),
    *("ticktext", "tickprefix", "ticksuffix"),
}
SLOT = re.compile(r"%\{[^}]*\}")
DATE = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[T ]00:00[:0.]*)?)?")
REFERENCES = (0.0, 1.0)  # where a line may stand that is no value: nothing, the same, all
FEW = 2  # marks of a line between two values; numbers of a range
NOT_DRAWN = ("uid", "uirevision", "legendrank", "legendwidth", "zorder")  # hold anything
ELSEWHERE = ("paper", "domain")
PLACE = re.compile(r"([xy])[01]?")
# Forms of days, amounts and words; all others are of numbers.
KINDS = (
    {"day", "month", "short_month", "year", "period"},
    {"euro", "cents"},
    {"code", "capital_code", "typed"},
)


def faults(figure: Figure, lookup: Lookup, wording: Wording) -> Iterator[Fault]:
    """Find marks that are not the value of their cell, and words that no cell backs."""
    traces = [trace for trace in figure.content.get("data", []) if isinstance(trace, dict)]
    known = [[_values(one, lookup) for one in trace.get("customdata") or ()] for trace in traces]
    for number, (trace, values) in enumerate(zip(traces, known, strict=True), start=1):
        found = [(where, "") for where in _marks(trace, values, lookup)]
        with_ends = [[*those, *_ends_of(those, lookup)] for those in values]
        found += _words(trace, with_ends, wording)
        yield from ((f"trace {number}, {where}", word) for where, word in found)
    drawn = [value for values in chain.from_iterable(known) for value in values]
    drawn += _ends_of(drawn, lookup)
    layout = {k: v for k, v in figure.content.get("layout", {}).items() if k != "template"}
    yield from (("layout", word) for word in _said_in(layout, wording, written(drawn)))
    yield from (("layout", "") for row in _number_rows(layout) if not _is_even(row))
    yield from (("layout", "") for name in ("meta", "uirevision") if name in layout)
    axes = {_axis(trace) for trace in traces}
    for part in (*(layout.get("shapes") or ()), *(layout.get("annotations") or ())):
        if not all(_is_reference(name, at, part, axes, drawn) for name, at in part.items()):
            yield "a line or a note", ""


def _axis(trace: Mapping[str, Any]) -> str:
    """Along which axis the numbers are."""
    meta, is_flat = trace.get("meta"), trace.get("orientation") == "h"
    return meta if meta in ("x", "y") else "x" if is_flat else "y"


def _values(names: Any, lookup: Lookup) -> Values:
    return [_found(name, lookup) for name in (names if isinstance(names, list) else [names])]


def _ends_of(values: Values, lookup: Lookup) -> list[Value | None]:
    """Both ends of the interval of each value, that a text may say as well."""
    cells = [value.cell for value in values if value is not None and ":" not in value.cell]
    return [_found(f"{cell}:{side}", lookup) for cell in cells for side in ("low", "high")]


def _found(name: Any, lookup: Lookup) -> Value | None:
    try:
        return lookup(str(name))
    except NO_CELL:
        return None


# --- numbers -------------------------------------------------------------------------------------


def _marks(trace: Mapping[str, Any], known: Sequence[Values], lookup: Lookup) -> Iterator[str]:
    axis = _axis(trace)
    drawn: list[Any] = trace[axis] if isinstance(trace.get(axis), list) else []
    numbers = list(filter(_is_number, drawn))
    is_line = trace.get("meta") == DECOR and len({*numbers}) == 1 and numbers[0] in REFERENCES
    for at, number in enumerate(drawn):
        values = known[at] if at < len(known) else ()
        is_told = not _is_number(number) or is_line or _is_drawn(number, at, trace, values)
        if None in values or not is_told:
            yield f"mark {at + 1}"
    for name, along in ERRORS.items():
        if bars := trace.get(name):
            ends = _ends(bars) if along == axis else [(math.nan, math.nan)]
            for at, (down, up) in enumerate(ends):
                values = known[at] if at < len(known) else ()
                if not _is_interval(drawn[at : at + 1], (down, up), values, lookup):
                    yield f"{name}, mark {at + 1}"
    if str(trace.get("meta", axis)) not in ("x", "y", DECOR):
        yield "meta"
    yield from (name for name in NOT_DRAWN if name in trace)
    for name, other in trace.items():
        if name not in (axis, "base", *ERRORS):
            for row in _number_rows([other]):
                if not _is_even(row) and row != numbers:
                    yield name


def _is_drawn(number: float, at: int, trace: Mapping[str, Any], values: Values) -> bool:
    """Whether a mark is as long as its value; one that begins elsewhere runs between two."""
    ends = [float(value) for value in values if value is not None and value.shown]
    start = trace.get("base") or 0
    start = (start[at] or 0) if isinstance(start, list) else start
    signed = [*ends, *(-end for end in ends)]
    if not start:
        return bool(ends) and (_near(number, ends[0]) or _near(number, -ends[0]))
    reach = [*ends, start + ends[0]] if ends else []
    return any(_near(start, end) for end in signed) and any(
        _near(start + number, end) for end in reach
    )


def _ends(bars: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """How far each bar goes down and up; one of a fixed size is of no cell."""
    up = bars.get("array") or []
    down = bars.get("arrayminus") or up
    return [(math.nan, math.nan)] if "value" in bars else list(zip(down, up, strict=False))


def _is_interval(
    number: Sequence[Any], steps: tuple[Any, Any], values: Values, lookup: Lookup
) -> bool:
    """Whether an error bar ends where the interval of its value does."""
    if not number or not _is_number(number[0]):
        return True
    named = [value.cell for value in values if value is not None] or [""]
    for side, sign, step in zip(("low", "high"), (-1, 1), steps, strict=True):
        if step is None:
            continue
        own = [name for name in named if name.endswith(f":{side}")] or [f"{named[0]}:{side}"]
        end = _found(own[0], lookup)
        if end is None or not _near(number[0] + sign * step, float(end)):
            return False
    return True


def _is_reference(
    name: str, number: Any, part: Mapping[str, Any], axes: set[str], drawn: Values
) -> bool:
    """Whether what is drawn beside the marks stands at a value of them, or at no value at all."""
    place = PLACE.fullmatch(name)
    if place is None or place[1] not in axes or not _is_number(number):
        return True
    if str(part.get(f"{place[1]}ref", "")).endswith(ELSEWHERE):
        return True
    values = (float(value) for value in drawn if value is not None and _is_number(value.raw))
    return any(_near(number, value) for value in (*REFERENCES, *values))


def _number_rows(content: Any) -> Iterator[list[float]]:
    """Every row of numbers, longer than a range, in a part of a figure."""
    for below in content.values() if isinstance(content, dict) else content:
        if isinstance(below, list) and len(row := list(filter(_is_number, below))) > FEW:
            yield row
        if isinstance(below, list | dict):
            yield from _number_rows(below)


def _is_even(row: Sequence[float]) -> bool:
    """Whether numbers are places one after another, or all the same: they say nothing."""
    steps = [b - a for a, b in pairwise(row)]
    return all(_near(step, steps[0]) for step in steps)


def _is_number(one: Any) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and not math.isnan(one)


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


# --- words ---------------------------------------------------------------------------------------


def _words(trace: Mapping[str, Any], known: Sequence[Values], wording: Wording) -> Iterator[Fault]:
    """Texts of a trace: those at a mark may be its values, or both of a line between two."""
    apart = {n: trace[n] for n in AT_MARKS if isinstance(trace.get(n), list) and len(known) > FEW}
    for name, texts in apart.items():
        for at, text in enumerate(texts):
            also = written(known[at] if at < len(known) else ())
            yield from ((f"{name}, mark {at + 1}", word) for word in _said(text, wording, also))
    rest = {name: part for name, part in trace.items() if name not in apart}
    also = written(list(chain.from_iterable(known)))
    yield from (("words", word) for word in _said_in(rest, wording, also))


def _said_in(part: Any, wording: Wording, also: tuple[str, ...]) -> Iterator[str]:
    """What needs a cell in every text that a reader sees below a part of a figure."""
    for name, below in part.items() if isinstance(part, dict) else ():
        for one in below if isinstance(below, list) else [below]:
            if name in TEXTS and isinstance(one, str) and not DATE.fullmatch(one):
                yield from _said(one, wording, also)
            yield from _said_in(one, wording, also)


def _said(text: Any, wording: Wording, also: tuple[str, ...]) -> tuple[str, ...]:
    plain = unescape(without_markup(SLOT.sub(" ", str(text))))
    return tuple(word for _, word in wording.faults(" ".join(plain.split()), also))


def written(values: Values) -> tuple[str, ...]:
    """Every way in which these values can stand on a page."""
    known = {f"{value.cell} {value.raw}": value for value in values if value is not None}
    ways = (way for value in known.values() if value.shown for way in _ways(value))
    return tuple(dict.fromkeys(" ".join(way.split()) for way in ways if way))


def _ways(value: Value) -> Iterator[str]:
    yield from (str(value), value.sign)
    kind = next(
        (forms for forms in KINDS if value.form in forms), FORMS.keys() - set().union(*KINDS)
    )
    for form in kind:
        try:
            other = value.as_form(form)
            yield from (str(other), other.sign)
        except NO_CELL:  # of a number that is no share there is no part
            continue
