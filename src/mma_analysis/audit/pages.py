"""A page and its figures, read back: each element is one of ours, each number of its cell.

A figure is plotly's JSON; the `customdata` of a trace has the cell of each of its marks.
"""

import base64
import csv
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import lxml.html
import numpy as np
from lxml.html import HtmlElement

from mma_analysis.audit.document import Document
from mma_analysis.audit.released import TYPED, is_at, is_number, ways
from mma_analysis.audit.wording import CLAIMED, Steps, leaves
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.value import SHOWN, SPOKEN, Value

QUOTE = re.compile("[\"']")
SOURCES = ("script", "style")
# These do not end a piece of text: a word may go on in the next element.
INLINE = {"abbr", "b", "button", "code", "data", "dfn", "em", "i", "span", "strong", "sup"}
# As many of these as one likes, with nothing in them, say a number.
FILLED = {"li", "b", "em", "code", "dt", "tr", "ul", "ol", "h1", "h2", "h3", "sup"}
DOTS = re.compile(f"(●+) {CLAIMED}")  # as many as the value beside them says
OF_CLAIM = ("data-cell", "value", "data-form", "data-state", "data-off")
OUR_REASONS = {row["why"] for row in package_table("typed")}
IN_ORIGINS = "waar getallen vandaan komen"
PACKED = "data:text/csv;base64,"
ORIGINS = "herkomst"  # the script that says in words where each number comes from
OWN_TEXTS = "//text()[not(parent::script or parent::style)]"
WITHOUT_SCRIPTS = ".plot,.key{display:none}"


@cache
def shipped() -> frozenset[str]:
    """The package's own scripts and style sheets, and plotly's, as they stand in a page."""
    sources = {WITHOUT_SCRIPTS}
    assets = files("mma_analysis").joinpath("publish", "assets").iterdir()
    plotly = files("plotly").joinpath("package_data", "plotly.min.js")
    for path in (*assets, plotly):
        if path.name.endswith((".js", ".css")):
            sources.add(path.read_text("utf-8").strip())
    return frozenset(sources)


# --- a page -------------------------------------------------------------------------------


def say_page(path: Path, document: Document, house_style: frozenset[str]) -> None:
    """Write down what a page says; sheets and logos of `house_style` may stand on it."""
    source = path.read_text("utf-8")
    ours = shipped() | house_style
    page = lxml.html.document_fromstring(source)
    _judge_lines(source, page, document)

    places: dict[HtmlElement, str] = {}
    sections = 0
    figures = 0
    for element in page.iter():
        if element.tag == "h2":
            sections += 1
        section = f"onderdeel {sections}, " if sections else ""
        place = f"{section}regel {element.sourceline}"
        places[element] = place
        _judge(element, place, document, ours)
        if _is_claim(element):
            _say_claim(element, place, document)
        elif element.get("id") == ORIGINS:
            _say_origins(element.text or "", document)
        elif element.get("type") == "application/json":
            figures += 1
            content = json_object(element.text or "", document.file)
            say_figure(content, f"figuur {figures}", document)
        elif element.tag in SOURCES:
            _judge_source(element.text or "", place, document, ours)
        elif element.tag in FILLED:
            is_empty = len(element) == 0 and not _words(element)
            if is_empty:
                document.fault(place)
    _say_texts(page, places, document)


def _judge_lines(source: str, page: HtmlElement, document: Document) -> None:
    """What a browser would make of it is all that it holds: nothing is open or left out."""
    again = str(lxml.html.tostring(page, encoding="unicode", doctype="<!doctype html>"))
    lines = source.rstrip().split("\n")
    lines_again = again.rstrip().split("\n")
    pairs = zip_longest(lines, lines_again, fillvalue="\n")
    for number, (line, line_again) in enumerate(pairs, start=1):
        is_same = line == line_again or _bare(line) == _bare(line_again)
        if not is_same:
            document.fault(f"regel {number}")


def _bare(line: str) -> str:
    """A quote may be another one, and a sign its number."""
    return QUOTE.sub("", unescape(line))


def _say_origins(source: str, document: Document) -> None:
    """Write down where each number comes from, in words of its cell."""
    for cell, said in json_object(source, document.file).items():
        if not cell.startswith(TYPED):
            document.value(IN_ORIGINS, cell, is_said=False)
        document.say(IN_ORIGINS, str(said), [cell])


def _judge_source(
    source: str,
    place: str,
    document: Document,
    ours: frozenset[str],
) -> None:
    """A script or a style sheet holds nothing but ours."""
    rest = source
    for one in sorted(ours, key=len, reverse=True):
        rest = rest.replace(one, "")
    if rest.strip():
        document.fault(place)


def _judge(
    element: HtmlElement,
    place: str,
    document: Document,
    ours: frozenset[str],
) -> None:
    """What is heard of a figure may say its values again; a bar is as wide as its value."""
    judged_elsewhere = (*OF_CLAIM, "data-tab") if _is_claim(element) else ()
    attributes = {}
    for name, value in element.items():
        if name not in judged_elsewhere and value not in ours:
            attributes[name] = value

    figure = next(element.iterancestors("figure"), None)
    if attributes.get("href", "").startswith(PACKED):
        packed = attributes.pop("href")
        if not _is_table_of(figure, packed):
            document.fault(f"{place}, CSV", "unread")
    if figure is not None and "aria-label" in attributes:
        heard = attributes.pop("aria-label")
        document.say(f"{place}, aria-label", heard, _cells(figure))
    cell = ""
    if "style" in attributes:
        cell = next(iter(_cells(element)), "")
    document.judge("html", place, element.tag, attributes.items(), cell)


def _say_claim(element: HtmlElement, place: str, document: Document) -> None:
    """A value reads as its cell has it, and says so to a program."""
    cell = element.get("data-cell")
    # In which tab it stands, and how far it may be from the truth.
    document.say(f"{place}, data-tab", element.get("data-tab", ""), [cell])
    if cell.startswith(TYPED):
        is_right = _is_typed_right(element, place, document)
    else:
        value = document.value(place, cell, element.get("data-form", ""))
        # That it has no value is a finding already.
        is_right = value is None or _is_said_right(element, value)
    if not is_right:
        document.fault(place, "cell")


def _is_typed_right(element: HtmlElement, place: str, document: Document) -> bool:
    """Whether a number that the author typed stands there as it is, and has a reason."""
    words = _words(element)
    document.say(place, words, is_read=False)
    why = element.get("data-cell").removeprefix(TYPED).strip()
    if why not in OUR_REASONS:
        document.typed.add(f"{why}: {words}")
    is_as_typed = words == element.get("value")
    is_of_table = "data-state" in element.attrib or "data-off" in element.attrib
    return bool(why) and is_as_typed and not is_of_table


def _is_said_right(element: HtmlElement, value: Value) -> bool:
    """Whether a value is said as it is: its number or why it has none, its bound, words."""
    raw = str(value.raw) if value.shown else None
    state = None if value.shown else value.state
    off = str(value.off) if value.off else None
    return (
        element.get("value") == raw
        and element.get("data-state") == state
        and element.get("data-off") == off
        and _words(element) in ways(value)
    )


def _say_texts(
    page: HtmlElement,
    places: dict[HtmlElement, str],
    document: Document,
) -> None:
    """Every text between two blocks, with a sign in the place of each of its values."""
    for line in page.iter("br"):
        line.tail = f" {line.tail or ''}"
    claims = [element for element in page.iter() if _is_claim(element)]
    spoken = {claim: _words(claim) for claim in claims}
    for claim in claims:
        del claim[:]
        claim.text = CLAIMED

    for block, group in groupby(page.xpath(OWN_TEXTS), key=_block_of):
        text = ""
        text_with_values = ""
        cells = []
        for node in group:
            text += node
            claim = node.getparent()
            is_of_claim = claim in spoken and not node.is_tail
            if is_of_claim:
                text_with_values += spoken[claim]
                cells.append(claim.get("data-cell"))
            else:
                text_with_values += node
        if cells:
            whole = " ".join(text_with_values.split())
            document.whole.add(whole)

        bare = " ".join(text.split())
        place = places.get(block, "buiten de pagina")  # what stands behind its end
        dots = DOTS.fullmatch(bare)
        if dots is None:
            document.say(place, bare)
        elif len(dots[1]) not in document.numbers(place, cells):
            document.fault(place, "cell")


def _block_of(text: Any) -> HtmlElement:
    """The element to which a text belongs, together with what is in line with it."""
    element = text.getparent()
    if text.is_tail:
        element = element.getparent()
    while element.tag in INLINE:
        element = element.getparent()
    return element


def _is_table_of(figure: HtmlElement | None, packed: str) -> bool:
    """Whether a file to save has the heads, rows and values of the figure's table."""
    try:
        content = packed.removeprefix(PACKED)
        text = base64.b64decode(content, validate=True).decode("utf-8-sig")
    except ValueError:
        return False
    lines = csv.reader(text.splitlines(keepends=True), delimiter=";")
    rows = () if figure is None else figure.iter("tr")
    for line, row in zip_longest(lines, rows, fillvalue=()):
        for said, place in zip_longest(line, row):
            if place is None or said not in _in_file(place):
                return False
    return True


def _in_file(place: HtmlElement) -> set[str]:
    """What a place of a table can be in a file: its words, a number, why there is none."""
    words = _words(place)
    claims = [element for element in place.iter() if _is_claim(element)]
    said = {words}
    for claim in claims:
        number = claim.get("value", "")
        said.add(_words(claim))
        said.add(number.replace(".", ","))
    # An empty place may have any reason.
    states = [claim.get("data-state", SHOWN) for claim in claims] if words else SPOKEN
    for state in states:
        said.add(SPOKEN.get(state, ""))
    return said


def _words(element: HtmlElement) -> str:
    """What is read of an element."""
    return " ".join(element.text_content().split())


def _is_claim(element: HtmlElement) -> bool:
    """Whether an element says the value of a cell, or why there is none."""
    return element.tag in ("data", "span") and "data-cell" in element.attrib


def _cells(element: HtmlElement) -> tuple[str, ...]:
    """The cells of the values in an element; of what an author typed, what that is."""
    cells: dict[str, None] = {}
    for claim in element.iter("data"):
        cell = claim.get("data-cell", "")
        if cell.startswith(TYPED):
            cell = TYPED + _words(claim)
        cells[cell] = None
    return tuple(cells)


# --- figures ------------------------------------------------------------------------------

# Markup, and the place of a value: no more than figures of ours have.
NOT_SEEN = re.compile(r"</?(?:b|i|extra)>|<br ?/?>|%\{(?:x|y|hovertext|text)(?::[^}]*)?\}")
# Texts that a reader sees; the others name, colour or place something.
AT_MARKS = ("text", "hovertext", "hovertemplate", "texttemplate")
TEXTS = {
    *AT_MARKS,
    "name",
    "title",
    "x",
    "y",
    "ids",
    "labels",
    "legendgroup",
    "uid",
    "uirevision",
    "ticktext",
    "tickprefix",
    "ticksuffix",
}
DATE = re.compile(r"\d{4}-\d\d(?:-01(?:[T ]00:00[:0.]*)?)?")  # a month: no day of a melding
REFERENCES = (0.0, 1.0)  # where a line may stand that is no value: nothing, the same, all
ALONG = re.compile(r"([xy])[01]?")


class Part(NamedTuple):
    """A trace of a figure, or its layout.

    `axis`: the one along which marks stand at a value, `x` or `y`; empty for the layout.
    `cells`: of a trace the cell of each mark; of the layout those of all traces.
    """

    content: Mapping[str, Any]
    axis: str
    cells: Sequence[str]
    place: str


@cache
def template() -> dict[str, Any]:
    """The look of every figure, as plotly writes it."""
    look = files("mma_analysis").joinpath("show", "figure.toml").read_text("utf-8")
    parts = tomllib.loads(look)
    axes = {"xaxis": parts["axis"], "yaxis": parts["axis"]}
    bar = parts["bar"] | {"type": "bar"}
    return {"layout": parts["layout"] | axes, "data": {"bar": [bar]}}


def json_object(source: str, place: str) -> dict[str, Any]:
    """Read an object of JSON; one that cannot be read is an error."""
    try:
        content = json.loads(source, object_pairs_hook=_plain)
        if not isinstance(content, dict):
            raise TypeError("no object")
    except (ValueError, TypeError) as error:
        raise DataError.of("cannot_examine_figure", place=place) from error
    return content


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name stands twice, and no numbers are packed."""
    content = dict(pairs)
    if len(content) < len(pairs) or "bdata" in content:
        raise ValueError("what stands first, or is packed, is never seen")
    return content


def say_figure(content: Mapping[str, Any], place: str, document: Document) -> None:
    """Write down what a figure draws and says; a number that draws nothing is a fault."""
    traces = []
    cells: dict[str, None] = {}
    for number, trace in enumerate(content.get("data", []), start=1):
        part = _trace_part(trace, f"{place}, reeks {number}")
        traces.append(part)
        cells |= dict.fromkeys(part.cells)
    given = content.get("layout", {})
    layout = {**given}
    look = layout.pop("template", {})
    of_layout = Part(layout, "", list(cells), f"{place}, opmaak")

    is_known = content.keys() <= {"data", "layout"}
    is_strange = "meta" in layout or "barnorm" in layout
    is_our_look = look in ({}, template())
    if not is_known or is_strange or not is_our_look:
        document.fault(of_layout.place, "mark")
    for part in traces:
        _judge_trace(part, document)
        _say_part(part, document)
    _say_part(of_layout, document)

    # What is drawn beside the marks stands at a value of them, or at no value at all.
    numbers = list(_numbers_beside(layout, {part.axis for part in traces}))
    accepted = list(REFERENCES)
    if numbers:
        accepted += document.numbers(of_layout.place, of_layout.cells, ends=True)
    if not all(is_at(number, accepted) for number in numbers):
        document.fault(f"{place}, een lijn of een noot", "mark")


def _trace_part(trace: Mapping[str, Any], place: str) -> Part:
    """A trace with the cells of its marks, and the axis that it has itself or is usual."""
    of_marks = trace.get("customdata") or ()
    cells = [str(cell) for cell in of_marks]
    is_lying = trace.get("orientation") == "h"
    usual = "x" if is_lying else "y"
    axis = trace.get("meta") or usual
    return Part(trace, axis, cells, place)


def _judge_trace(part: Part, document: Document) -> None:
    """Marks begin at nothing; bars are along their axis, each of its own length."""
    trace = part.content
    bars_along = trace.get(f"error_{part.axis}", {})
    across = "error_y" if part.axis == "x" else "error_x"
    is_strange = part.axis not in ("x", "y") or "base" in trace
    if is_strange or across in trace or "value" in bars_along:
        document.fault(part.place, "mark")


def _numbers_beside(layout: Mapping[str, Any], axes: set[str]) -> Iterator[float]:
    """Where lines and notes stand along an axis of values, not at a part of the page."""
    lines = layout.get("shapes") or ()
    notes = layout.get("annotations") or ()
    for one in (*lines, *notes):
        for name, number in one.items():
            axis = name[:1]
            is_along = ALONG.fullmatch(name) and axis in axes
            refers_to = str(one.get(f"{axis}ref", ""))
            is_of_page = refers_to.endswith(("paper", "domain"))
            if is_along and is_number(number) and not is_of_page:
                yield number


def _say_part(part: Part, document: Document) -> None:
    """Write down the words of a part, and how far its marks reach."""
    lists = defaultdict[Steps, list[Any]](list)
    names: dict[str, None] = {}
    for steps, leaf in leaves(part.content):
        names |= dict.fromkeys(_names_in(steps))
        if isinstance(steps[-1], int):
            lists[steps[:-1]].append(leaf)
        if isinstance(leaf, str):
            _say_leaf(part, steps, leaf, document)
    document.say(part.place, " ".join(names), is_read=False)
    _judge_lists(part, lists, document)


def _judge_lists(part: Part, lists: dict[Steps, list[Any]], document: Document) -> None:
    """Each mark is that of its cell, and no other list says numbers."""
    bars = f"error_{part.axis}"
    ends = lists.pop((part.axis,), [])
    up = lists.pop((bars, "array"), [])
    down = lists.pop((bars, "arrayminus"), up)
    marks = zip_longest(ends, up, down, part.cells)
    for number, mark in enumerate(marks, start=1):
        place = f"{part.place}, punt {number}"
        _judge_mark(Mark(*mark), part.axis, place, document)

    for listed in lists.values():
        # They say nothing when drawn too, at even steps, or all the same.
        numbers = [one for one in listed if is_number(one)]
        is_even = _is_even(numbers)
        if not is_even and numbers != ends:
            document.fault(part.place, "mark")


def _names_in(steps: Steps) -> list[str]:
    """The steps by name, without those by number."""
    return [step for step in steps if isinstance(step, str)]


def _say_leaf(part: Part, steps: Steps, leaf: str, document: Document) -> None:
    """Write down a text of a part; what stands at a mark may say its value alone."""
    names = _names_in(steps)
    is_seen = names[-1] in TEXTS and not DATE.fullmatch(leaf)
    words = leaf
    if is_seen:
        without_markup = NOT_SEEN.sub(" ", leaf)
        words = unescape(without_markup)
    cells = part.cells
    if names[0] in AT_MARKS and len(steps) > 1:
        mark = steps[-1]
        cells = cells[mark : mark + 1]
    document.say(part.place, words, cells, is_seen)


class Mark(NamedTuple):
    """Where a mark ends along its axis, how far its bar goes to both sides, its cell.

    Each is None when the list of it is shorter than another.
    """

    end: Any
    up: Any
    down: Any
    cell: str | None


def _judge_mark(mark: Mark, axis: str, place: str, document: Document) -> None:
    """A mark ends at the value of its cell, and its bar at the ends of its interval."""
    cells = [mark.cell] if mark.cell and axis else []
    values = document.numbers(place, cells)
    up = mark.up or 0
    down = -(mark.down or 0)
    has_bar = bool(up or down)
    ends = document.numbers(place, cells, ends=True) if has_bar else []

    if isinstance(mark.end, str):
        # In the layout a word has no cell.
        is_right = bool(mark.cell) or not axis
    elif is_number(mark.end):
        is_right = is_at(mark.end, values)
        if has_bar and is_right:
            is_right = is_at(mark.end + up, ends) and is_at(mark.end + down, ends)
    else:
        is_right = mark.end is None
    if not is_right:
        document.fault(place, "mark")


def _is_even(numbers: Sequence[float]) -> bool:
    """Whether each of these is as far from the one before."""
    steps = np.diff(numbers)
    first = steps[:1]
    return np.allclose(steps, first, rtol=1e-6, atol=1e-9)
