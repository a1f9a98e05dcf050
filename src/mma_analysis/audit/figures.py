"""A figure, read back: what it draws is of the cells that it names, and its words are ours.

A figure is plotly's JSON, as the page's script gets it. Which cells a mark is of, stands in the
`customdata` of its trace.
"""

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from html import unescape
from itertools import pairwise, zip_longest
from typing import Any

import numpy as np

from mma_analysis.audit.document import Cells, Document
from mma_analysis.audit.released import is_at, is_number
from mma_analysis.audit.wording import leaves
from mma_analysis.vocabulary import DataError

NOT_SEEN = re.compile(r"<[^>]*>|%\{[^}]*\}")  # markup, and the place of a value
DECOR = "decor"
METAS = (None, "x", "y", DECOR)  # along which axis the numbers are
# Texts that a reader sees; the others name, colour or place something.
AT_MARKS = ("text", "hovertext", "hovertemplate", "texttemplate")
TEXTS = {
    *AT_MARKS,
    *("name", "title", "x", "y", "ids", "labels", "legendgroup", "uid", "uirevision"),
    *("ticktext", "tickprefix", "ticksuffix"),
}
DATE = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[T ]00:00[:0.]*)?)?")
REFERENCES = (0.0, 1.0)  # where a line may stand that is no value: nothing, the same, all
FEW = 2  # marks of a line between two values; numbers of a range
ALONG = re.compile(r"([xy])[01]?")


def json_object(source: str, place: str) -> dict[str, Any]:
    """Read an object of JSON, its packed arrays as lists.

    One that cannot be read is an error: it cannot be said to be safe.
    """
    try:
        content = json.loads(source, object_pairs_hook=_unpacked)
        if not isinstance(content, dict):
            raise TypeError("no object")
    except (ValueError, TypeError) as error:
        raise DataError.of("cannot_examine_figure", place=place) from error
    return content


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


def say_figure(content: Mapping[str, Any], place: str, document: Document) -> None:
    """Write down what a figure draws and says; numbers in it that draw nothing are a fault."""
    layout, top = {**content.get("layout", {})}, f"{place}, opmaak"
    if not content.keys() <= {"data", "layout"} or "meta" in layout:
        document.fault(top, "mark")
    for path, leaf in leaves(layout.pop("template", {})):  # of every figure, and no reader sees it
        document.say(top, " ".join(map(str, (*path, leaf))), is_read=False)
    every, axes = dict[str, None](), set[str]()
    for nth, trace in enumerate(content.get("data", []), start=1):
        names = [one if isinstance(one, list) else [one] for one in trace.get("customdata") or ()]
        marks = [tuple(str(name) for name in one if name is not None) for one in names]
        every |= dict.fromkeys(cell for mark in marks for cell in mark)
        axes.add(_axis(trace))
        _say_marks(trace, marks, f"{place}, reeks {nth}", document)
        _say_rest(trace, _axis(trace), marks, f"{place}, reeks {nth}", document)
    _say_rest(layout, "", [tuple(every)], top, document)
    # What is drawn beside the marks stands at a value of them, or at no value at all.
    numbers = [
        number
        for part in (*(layout.get("shapes") or ()), *(layout.get("annotations") or ()))
        for name, number in part.items()
        if ALONG.fullmatch(name) and name[:1] in axes and is_number(number)
        if not str(part.get(f"{name[:1]}ref", "")).endswith(("paper", "domain"))
    ]
    accepted = (*REFERENCES, *document.numbers(top, every if numbers else (), ends=True))
    if not all(is_at(number, accepted) for number in numbers):
        document.fault(f"{place}, een lijn of een noot", "mark")


def _axis(trace: Mapping[str, Any]) -> str:
    meta = trace.get("meta")
    return meta if meta in ("x", "y") else "x" if trace.get("orientation") == "h" else "y"


def _say_rest(
    part: Mapping[str, Any], axis: str, marks: Sequence[Cells], place: str, document: Document
) -> None:
    """The words of a part: at one of many marks of its cells. Rows of numbers that are no marks.

    These say nothing when they are drawn too, one after another, or one number all the time.
    """
    bars, steps, rows = f"error_{axis}", dict[str, None](), dict[Any, list[Any]]()
    drawn = [[axis], ["base"], [bars, "array"], [bars, "arrayminus"]] if axis else []
    of_part = tuple(cell for mark in marks for cell in mark)
    for path, leaf in leaves(part):
        names = [step for step in path if isinstance(step, str)]
        steps |= dict.fromkeys(names)
        if len(path) > len(names) and names not in drawn:
            rows.setdefault(path[:-1], []).append(leaf)
        if isinstance(leaf, str):
            is_text = names[-1] in TEXTS and not DATE.fullmatch(leaf)
            cells = of_part
            if names[0] in AT_MARKS and path[1:] and len(marks) > FEW:
                cells = dict(enumerate(marks)).get(path[-1], ())
            words = unescape(NOT_SEEN.sub(" ", leaf)) if is_text else leaf
            document.say(place, words, cells, is_text)
    for name in steps:
        document.say(place, name, is_read=False)
    for row in map(_numbers, rows.values()):
        differences = [after - before for before, after in pairwise(row)]
        is_even = all(
            math.isclose(one, differences[0], rel_tol=1e-6, abs_tol=1e-9) for one in differences
        )
        if not is_even and row != _numbers(part.get(axis)):
            document.fault(place, "mark")


def _say_marks(
    trace: Mapping[str, Any], marks: Sequence[Cells], place: str, document: Document
) -> None:
    """Every mark is as long as a value, or runs between two, and so does its interval."""
    axis, meta = _axis(trace), trace.get("meta")
    bars = trace.get(f"error_{axis}") or {}
    across = "error_y" if axis == "x" else "error_x"
    if across in trace or "value" in bars or meta not in METAS:
        document.fault(place, "mark")
    drawn = trace[axis] if isinstance(trace.get(axis), list) else []
    numbers = {*_numbers(drawn)}
    if meta == DECOR and len(numbers) == 1 and numbers <= {*REFERENCES}:
        return
    base, up = trace.get("base"), bars.get("array") or []
    starts = base if isinstance(base, list) else [base] * len(drawn)
    rows = zip_longest(starts, drawn, bars.get("arrayminus") or up, up, marks)
    for nth, (begin, end, down, high, cells) in enumerate(rows, start=1):
        where, begin = f"{place}, punt {nth}", begin or 0
        values = document.numbers(where, cells or ())
        either = [sign * value for value in values for sign in (1, -1)]
        steps = (high or 0, -(down or 0)) if high or down else ()
        ends = document.numbers(where, cells or (), ends=True) if steps else []
        if not is_number(end) or not is_number(begin):
            is_right = isinstance(end, str | None)
        else:
            is_long = is_at(end, either) or is_at(begin + end, either)
            is_begun = not begin or is_at(begin, either)
            is_right = is_long and is_begun and all(is_at(end + step, ends) for step in steps)
        if not is_right:
            document.fault(where, "mark")


def _numbers(row: Any) -> list[float]:
    return [one for one in row if is_number(one)] if isinstance(row, list) else []
