"""A page and its figures, read back: each element is one that we make, each number is of its cell.

A figure is plotly's JSON; of which cell each mark is, stands in the `customdata` of its trace.
"""

import base64
import csv
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

import lxml.html
import numpy as np
from lxml.html import HtmlElement

from mma_analysis.audit.document import Document
from mma_analysis.audit.released import TYPED, is_at, is_number, ways
from mma_analysis.audit.wording import CLAIMED, leaves
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.reference import package_table
from mma_analysis.vocabulary.value import SHOWN, SPOKEN

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
    """The package's own scripts and style sheets, and plotly's, as they are written in a page."""
    assets = files("mma_analysis").joinpath("publish", "assets").iterdir()
    whole = files("plotly").joinpath("package_data", "plotly.min.js")
    paths = [path for path in (*assets, whole) if path.name.endswith((".js", ".css"))]
    return frozenset(path.read_text("utf-8").strip() for path in paths) | {WITHOUT_SCRIPTS}


def say_page(path: Path, document: Document, house_style: frozenset[str]) -> None:
    """Write down what a page says; a style sheet and a logo of `house_style` may stand on it."""
    source, ours = path.read_text("utf-8"), shipped() | house_style
    page = lxml.html.document_fromstring(source)
    # What a browser would make of it is all that it holds: nothing is left open, out or behind.
    again = str(lxml.html.tostring(page, encoding="unicode", doctype="<!doctype html>"))
    lines = zip_longest(*(text.rstrip().split("\n") for text in (source, again)), fillvalue="\n")
    for number, (line, same) in enumerate(lines, start=1):
        # A quote may be another one, and a sign its number.
        if line != same and QUOTE.sub("", unescape(line)) != QUOTE.sub("", unescape(same)):
            document.fault(f"regel {number}")
    places: dict[HtmlElement, str] = {}
    sections = figures = 0
    for element in page.iter():
        sections += element.tag == "h2"
        section = f"onderdeel {sections}, " if sections else ""
        place = places[element] = f"{section}regel {element.sourceline}"
        _judge(element, place, document, ours)
        text = element.text or ""
        if _is_claim(element):
            _say_claim(element, place, document)
        elif element.get("id") == ORIGINS:
            for cell, said in json_object(text, document.file).items():
                if not cell.startswith(TYPED):
                    document.value(IN_ORIGINS, cell, is_said=False)
                document.say(IN_ORIGINS, str(said), [cell])
        elif element.get("type") == "application/json":
            figures += 1
            say_figure(json_object(text, document.file), f"figuur {figures}", document)
        elif element.tag in SOURCES:
            for one in sorted(ours, key=len, reverse=True):
                text = text.replace(one, "")
            if text.strip():
                document.fault(place)
        elif element.tag in FILLED and not len(element) and not _words(element):
            document.fault(place)
    _say_texts(page, places, document)


def _judge(element: HtmlElement, place: str, document: Document, ours: frozenset[str]) -> None:
    """What is heard of a figure may say its values again; a bar is as wide as its value."""
    of_claim = (*OF_CLAIM, "data-tab") if _is_claim(element) else ()
    given = {k: v for k, v in element.items() if k not in of_claim and v not in ours}
    figure = next(element.iterancestors("figure"), None)
    if given.get("href", "").startswith(PACKED) and not _is_table_of(figure, given.pop("href")):
        document.fault(f"{place}, CSV", "unread")
    if figure is not None and "aria-label" in given:
        document.say(f"{place}, aria-label", given.pop("aria-label"), _cells(figure))
    cell = next(iter(_cells(element)), "") if "style" in given else ""
    document.judge("html", place, element.tag, given.items(), cell)


def _say_claim(element: HtmlElement, place: str, document: Document) -> None:
    """A value reads as its cell has it, and says so to a program."""
    cell, raw, form, state, off = (element.get(name) for name in OF_CLAIM)
    words = _words(element)
    # In which tab it stands, and how far it may be from the truth.
    document.say(f"{place}, data-tab", element.get("data-tab", ""), [cell])
    if cell.startswith(TYPED):
        document.say(place, words, is_read=False)
        why = cell.removeprefix(TYPED).strip()
        document.typed |= {f"{why}: {words}"} if why not in OUR_REASONS else set()
        is_right = state is None and off is None and words == raw and bool(why)
    else:
        value = document.value(place, cell, form or "")
        is_right = value is None or (
            (raw, state) == ((str(value.raw), None) if value.shown else (None, value.state))
            and off == (str(value.off) if value.off else None)
            and words in ways(value)
        )
    if not is_right:
        document.fault(place, "cell")


def _say_texts(page: HtmlElement, places: dict[HtmlElement, str], document: Document) -> None:
    """Every text between two blocks, with a sign in the place of each of its values."""
    for line in page.iter("br"):
        line.tail = f" {line.tail or ''}"
    spoken: dict[Any, str] = {claim: _words(claim) for claim in filter(_is_claim, page.iter())}
    for claim in spoken:
        del claim[:]
        claim.text = CLAIMED
    for block, group in groupby(page.xpath(OWN_TEXTS), key=_block_of):
        nodes: list[tuple[str, Any]] = [
            (str(node), None if node.is_tail else node.getparent()) for node in group
        ]
        bare = " ".join("".join(text for text, _ in nodes).split())
        cells = [inside.get("data-cell") for _, inside in nodes if inside in spoken]
        if cells:
            whole = "".join(spoken.get(inside, text) for text, inside in nodes)
            document.whole.add(" ".join(whole.split()))
        place = places.get(block, "buiten de pagina")  # what stands behind its end
        if not (dots := DOTS.fullmatch(bare)):
            document.say(place, bare)
        elif len(dots[1]) not in document.numbers(place, cells):
            document.fault(place, "cell")


def _block_of(text: Any) -> HtmlElement:
    """The element to which a text belongs, together with what is in line with it."""
    element = text.getparent().getparent() if text.is_tail else text.getparent()
    while element.tag in INLINE:
        element = element.getparent()
    return element


def _is_table_of(figure: HtmlElement | None, packed: str) -> bool:
    """Whether a file to save has the heads and rows of the figure's table, and its values."""
    try:
        text = base64.b64decode(packed.removeprefix(PACKED), validate=True).decode("utf-8-sig")
    except ValueError:
        return False
    lines = csv.reader(text.splitlines(keepends=True), delimiter=";")
    rows = () if figure is None else figure.iter("tr")
    return all(
        place is not None and said in _in_file(place)
        for line, row in zip_longest(lines, rows, fillvalue=())
        for said, place in zip_longest(line, row)
    )


def _in_file(place: HtmlElement) -> set[str]:
    """What a place of a table can be in a file: its words, or a number, or why there is none."""
    claims = [one for one in place.iter() if _is_claim(one)]
    states = [one.get("data-state", SHOWN) for one in claims] if _words(place) else SPOKEN
    numbers = (one.get("value", "").replace(".", ",") for one in claims)
    return {_words(place), *map(_words, claims), *numbers, *(SPOKEN.get(one, "") for one in states)}


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _is_claim(element: HtmlElement) -> bool:
    return element.tag in ("data", "span") and "data-cell" in element.attrib


def _cells(element: HtmlElement) -> tuple[str, ...]:
    """The cells of the values in an element; of what an author typed, what that is."""
    cells = ((one.get("data-cell", ""), one) for one in element.iter("data"))
    every = (TYPED + _words(one) if cell.startswith(TYPED) else cell for cell, one in cells)
    return tuple(dict.fromkeys(every))


# --- figures --------------------------------------------------------------------------------------

# Markup, and the place of a value: no more than figures of ours have.
NOT_SEEN = re.compile(r"</?(?:b|i|extra)>|<br ?/?>|%\{(?:x|y|hovertext|text)(?::[^}]*)?\}")
# Texts that a reader sees; the others name, colour or place something.
AT_MARKS = ("text", "hovertext", "hovertemplate", "texttemplate")
TEXTS = {
    *AT_MARKS,
    *("name", "title", "x", "y", "ids", "labels", "legendgroup", "uid", "uirevision"),
    *("ticktext", "tickprefix", "ticksuffix"),
}
DATE = re.compile(r"\d{4}-\d\d(?:-01(?:[T ]00:00[:0.]*)?)?")  # a month: no day of a melding
REFERENCES = (0.0, 1.0)  # where a line may stand that is no value: nothing, the same, all
ALONG = re.compile(r"([xy])[01]?")


@cache
def template() -> dict[str, Any]:
    """The look of every figure, as plotly writes it."""
    look = files("mma_analysis").joinpath("show", "figure.toml").read_text("utf-8")
    parts = tomllib.loads(look)
    layout = {**parts["layout"], "xaxis": parts["axis"], "yaxis": parts["axis"]}
    return {"layout": layout, "data": {"bar": [parts["bar"] | {"type": "bar"}]}}


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
    """An object, in which no name stands twice, and numbers stand as they are and not packed."""
    content = dict(pairs)
    if len(content) < len(pairs) or "bdata" in content:
        raise ValueError("what stands first, or is packed, is never seen")
    return content


def say_figure(content: Mapping[str, Any], place: str, document: Document) -> None:
    """Write down what a figure draws and says; numbers in it that draw nothing are a fault."""
    layout, top = {**content.get("layout", {})}, f"{place}, opmaak"
    if not content.keys() <= {"data", "layout"} or {"meta", "barnorm"} & layout.keys():
        document.fault(top, "mark")
    if layout.pop("template", {}) not in ({}, template()):
        document.fault(top, "mark")
    every, axes = dict[str, None](), set[str]()
    for nth, trace in enumerate(content.get("data", []), start=1):
        cells = [str(one) for one in trace.get("customdata") or ()]
        axis = trace.get("meta") or ("x" if trace.get("orientation") == "h" else "y")
        every |= dict.fromkeys(cells)
        axes.add(axis)
        across = "error_y" if axis == "x" else "error_x"
        bars = trace.get(f"error_{axis}", {})
        if axis not in ("x", "y") or across in trace or "base" in trace or "value" in bars:
            document.fault(f"{place}, reeks {nth}", "mark")
        _say_part(trace, axis, cells, f"{place}, reeks {nth}", document)
    _say_part(layout, "", [*every], top, document)
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


def _say_part(
    part: Mapping[str, Any], axis: str, cells: Sequence[str], place: str, document: Document
) -> None:
    """Write down the words of a part, of its cells alone at a mark, and how far marks reach."""
    rows, steps = defaultdict[tuple[Any, ...], list[Any]](list), dict[str, None]()
    for path, leaf in leaves(part):
        names = [step for step in path if isinstance(step, str)]
        steps |= dict.fromkeys(names)
        if isinstance(path[-1], int):
            rows[path[:-1]].append(leaf)
        if isinstance(leaf, str):
            is_text = names[-1] in TEXTS and not DATE.fullmatch(leaf)
            is_at_mark = names[0] in AT_MARKS and path[1:]
            of = cells[path[-1] : path[-1] + 1] if is_at_mark else cells
            words = unescape(NOT_SEEN.sub(" ", leaf)) if is_text else leaf
            document.say(place, words, of, is_text)
    document.say(place, " ".join(steps), is_read=False)
    drawn, up = rows.pop((axis,), []), rows.pop((f"error_{axis}", "array"), [])
    down = rows.pop((f"error_{axis}", "arrayminus"), up)
    for nth, (end, low, high, cell) in enumerate(zip_longest(drawn, down, up, cells), start=1):
        where, named = f"{place}, punt {nth}", [cell] if cell and axis else []
        steps_to = (high or 0, -(low or 0)) if high or low else ()
        values = document.numbers(where, named)
        ends = document.numbers(where, named, ends=True) if steps_to else []
        is_right = end is None or (isinstance(end, str) and not (axis and not cell))
        if isinstance(end, int | float) and is_number(end):
            is_right = is_at(end, values) and all(is_at(end + step, ends) for step in steps_to)
        if not is_right:
            document.fault(where, "mark")
    for row in rows.values():  # they say nothing when drawn too, at even steps, or all the same
        numbers = [one for one in row if is_number(one)]
        is_even = np.allclose(np.diff(numbers), np.diff(numbers[:2]), rtol=1e-6, atol=1e-9)
        if not is_even and numbers != drawn:
            document.fault(place, "mark")
