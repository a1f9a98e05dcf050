"""A figure as things that are said: what it draws, each mark of the cells that it names, and words.

A figure is plotly's JSON, as the page's script gets it. Which cells a mark is of, stands in the
`customdata` of its trace.
"""

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape
from itertools import pairwise, zip_longest
from typing import Any

import numpy as np

from mma_analysis.audit.flat import Cells, Document, Kind
from mma_analysis.vocabulary import DataError

NOT_SEEN = re.compile(r"<[^>]*>|%\{[^}]*\}")  # markup, and the place of a value
DECOR = "decor"
METAS = (None, "x", "y", DECOR)  # along which axis the numbers are
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
ALONG = re.compile(r"([xy])[01]?")
NAME = ""  # the last step to the name of a part
Path = tuple[str | int, ...]


def json_object(source: str, place: str) -> dict[str, Any]:
    """Read an object of JSON, its packed arrays as lists; the same one is read once: do not change.

    One that cannot be read is an error: it cannot be said to be safe.
    """
    try:
        return _read(source)
    except (ValueError, TypeError) as error:
        raise DataError.of("cannot_examine_figure", place=place) from error


@lru_cache(maxsize=1_000)
def _read(source: str) -> dict[str, Any]:
    content = json.loads(source, object_pairs_hook=_unpacked)
    if not isinstance(content, dict):
        raise TypeError("no object")
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


class _Trace:
    """One row of marks: what it draws along which axis, and of which cells each mark is."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        meta, is_flat = content.get("meta"), content.get("orientation") == "h"
        self.content = content
        self.axis = str(meta) if meta in ("x", "y") else "x" if is_flat else "y"
        self.bars: Mapping[str, Any] = content.get(f"error_{self.axis}") or {}
        self.drawn = content[self.axis] if isinstance(content.get(self.axis), list) else []
        self.numbers = [number for number in self.drawn if _is_number(number)]
        names = [one if isinstance(one, list) else [one] for one in content.get("customdata") or ()]
        self.cells_of = [tuple(str(n) for n in one if n is not None) for one in names]
        self.cells = tuple(cell for cells in self.cells_of for cell in cells)

    def say(self, place: str, document: Document) -> None:
        """Every mark is as long as a value, or runs between two, and so does its interval."""
        meta, across = self.content.get("meta"), "error_y" if self.axis == "x" else "error_x"
        is_strange = across in self.content or "value" in self.bars or meta not in METAS
        if is_strange or not {*self.content}.isdisjoint(NOT_DRAWN):
            document.fault(place, "mark")
        if meta == DECOR and len({*self.numbers}) == 1 and {*self.numbers} <= {*REFERENCES}:
            return
        base, up = self.content.get("base"), self.bars.get("array") or []
        starts = base if isinstance(base, list) else [base] * len(self.drawn)
        rows = zip_longest(starts, self.drawn, self.bars.get("arrayminus") or up, up, self.cells_of)
        for at, (start, drawn, down, high, cells) in enumerate(rows, start=1):
            where, begin, of = f"{place}, punt {at}", start or 0, cells or ()
            if not _is_number(drawn) or not _is_number(begin):
                if not isinstance(drawn, str | None):
                    document.fault(where, "mark")
                document.say(where, "", Kind.DRAWN, of)
                continue
            document.say(where, f"{drawn!r} {begin + drawn!r}", Kind.DRAWN, of)
            if begin:
                document.say(where, repr(begin), Kind.DRAWN, of)
            for step in (high or 0, -(down or 0)) if high or down else ():
                document.say(where, repr(drawn + step), Kind.ENDS, of)

    def cells_at(self, path: Path) -> Cells:
        """The cells of which a text in it may say the value: of its mark, when there are many."""
        name, *nth = path
        if name not in AT_MARKS or not nth or len(self.cells_of) <= FEW:
            return self.cells
        return dict(enumerate(self.cells_of)).get(int(nth[0]), ())


def say_figure(content: Mapping[str, Any], place: str, document: Document) -> None:
    """Write down what a figure draws and says; numbers in it that draw nothing are a fault."""
    layout = content.get("layout", {})
    traces = [_Trace(one if isinstance(one, dict) else {}) for one in content.get("data", [])]
    every = tuple(dict.fromkeys(cell for trace in traces for cell in trace.cells))
    for nth, trace in enumerate(traces, start=1):
        trace.say(f"{place}, reeks {nth}", document)
    for part in (*(layout.get("shapes") or ()), *(layout.get("annotations") or ())):
        for name, number in part.items():
            # What is drawn beside the marks stands at a value of them, or at no value at all.
            is_along = ALONG.fullmatch(name) and name[:1] in {trace.axis for trace in traces}
            is_apart = str(part.get(f"{name[:1]}ref", "")).endswith(("paper", "domain"))
            if is_along and not is_apart and _is_number(number) and number not in REFERENCES:
                document.say(f"{place}, een lijn of een noot", repr(number), Kind.ENDS, every)
    if not {*layout}.isdisjoint({"meta", *NOT_DRAWN}):
        document.fault(f"{place}, opmaak", "mark")
    for path, part in _parts_of(content):
        nth = int(path[1]) if path[:1] == ("data",) and len(path) > 2 else None
        of_trace = None if nth is None else traces[nth]
        where = f"{place}, opmaak" if nth is None else f"{place}, reeks {nth + 1}"
        is_ours = path[:2] == ("layout", "template")  # of every figure, and no reader sees it
        name = next((step for step in reversed(path) if isinstance(step, str)), NAME)
        if isinstance(part, list):
            if not is_ours and not _is_drawn(part, path, of_trace):
                document.fault(where, "mark")
        elif name not in TEXTS or is_ours or DATE.fullmatch(part):
            document.say(where, part, Kind.SEARCHED)
        else:
            cells = of_trace.cells_at(path[2:]) if of_trace else every
            document.say(where, unescape(NOT_SEEN.sub(" ", part)), Kind.WORDS, cells)


def _parts_of(content: Any, path: Path = ()) -> Iterator[tuple[Path, str | list[Any]]]:
    """Every text, name and list in a figure, and the way to it."""
    if isinstance(content, str | list):
        yield path, content
    if isinstance(content, dict):
        yield from (((*path, NAME), name) for name in content)
    if isinstance(content, dict | list):
        for name, below in content.items() if isinstance(content, dict) else enumerate(content):
            yield from _parts_of(below, (*path, name))


def _is_drawn(row: list[Any], path: Path, of_trace: _Trace | None) -> bool:
    """Whether a row of numbers is judged as marks, or says nothing.

    That is what is drawn again, places one after another, one number all the time, and a range.
    """
    if of_trace and path[2] in (of_trace.axis, "base", f"error_{of_trace.axis}"):
        return True
    numbers = [number for number in row if _is_number(number)]
    steps = [after - before for before, after in pairwise(numbers)]
    is_even = all(math.isclose(step, steps[0], rel_tol=1e-6, abs_tol=1e-9) for step in steps)
    return len(numbers) <= FEW or is_even or (of_trace is not None and numbers == of_trace.numbers)


def _is_number(one: Any) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and not math.isnan(one)
