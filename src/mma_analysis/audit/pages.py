"""A page, read back: it is no more than its elements, and each of those is one that we make."""

import base64
import csv
import re
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

import lxml.html
from lxml.html import HtmlElement

from mma_analysis.audit.document import Document
from mma_analysis.audit.figures import json_object, say_figure
from mma_analysis.audit.released import SETTING, TYPED, ways, written
from mma_analysis.audit.wording import CLAIMED
from mma_analysis.vocabulary.value import SHOWN, SPOKEN

SOURCES = ("script", "style")
# These do not end a piece of text: a word may go on in the next element.
INLINE = {"abbr", "b", "button", "code", "data", "dfn", "em", "i", "span", "strong", "sup"}
# As many of these as one likes, with nothing in them, say a number.
FILLED = {"li", "b", "em", "code", "dt", "tr", "ul", "ol", "h1", "h2", "h3", "sup"}
DOTS = re.compile(f"(●+) {CLAIMED}")  # as many as the value beside them says
OF_CLAIM = ("data-cell", "value", "data-form", "data-state")
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
    found = [path for path in (*assets, whole) if path.name.endswith((".js", ".css"))]
    return frozenset(path.read_text("utf-8").strip() for path in found) | {WITHOUT_SCRIPTS}


def say_page(path: Path, document: Document, house_style: frozenset[str]) -> None:
    """Write down what a page says; a style sheet and a logo of `house_style` may stand on it."""
    source, ours = path.read_text("utf-8"), shipped() | house_style
    page = lxml.html.document_fromstring(source)
    # What a browser would make of it is all that it holds: nothing is left open, out or behind.
    again = str(lxml.html.tostring(page, encoding="unicode", doctype="<!doctype html>"))
    lines = zip_longest(*(text.rstrip().split("\n") for text in (source, again)), fillvalue="\n")
    for number, (line, same) in enumerate(lines, start=1):
        if line != same and _bare(line) != _bare(same):
            document.fault(f"regel {number}")
    places: dict[HtmlElement, str] = {}
    sections = figures = 0
    for element in page.iter():
        sections += element.tag == "h2"
        section = f"onderdeel {sections}, " if sections else ""
        place = places[element] = f"{section}regel {element.sourceline}"
        if not isinstance(element.tag, str):  # a comment, or an order to a program
            document.fault(place)
            continue
        _judge(element, place, document, ours)
        if _is_claim(element):
            _say_claim(element, place, document)
        elif element.get("id") == ORIGINS:
            for cell, said in json_object(element.text or "", document.file).items():
                if not cell.startswith(TYPED):
                    document.value(IN_ORIGINS, cell, is_said=False)
                document.say(IN_ORIGINS, str(said), cells=(cell,))
        elif element.get("type") == "application/json":
            figures += 1
            content = json_object(element.text or "", document.file)
            say_figure(content, f"figuur {figures}", document)
        elif element.tag in SOURCES:
            for one in sorted(ours, key=len, reverse=True):
                element.text = (element.text or "").replace(one, "")
            if element.text.strip():
                document.fault(place)
        elif element.tag in FILLED and not len(element) and not _words(element):
            document.fault(place)
    _say_texts(page, places, document)


def _bare(line: str) -> str:
    """A line however its signs are written: a quote, and a sign by its number."""
    return re.sub(r"[\"']", "", unescape(line))


def _judge(element: HtmlElement, place: str, document: Document, ours: frozenset[str]) -> None:
    """What is heard of a figure may say its values again; a bar is as wide as its value."""
    of_claim = OF_CLAIM if _is_claim(element) else ()
    given = {k: v for k, v in element.items() if k not in of_claim and v not in ours}
    figure = next(element.iterancestors("figure"), None)
    if given.get("href", "").startswith(PACKED) and not _is_table_of(figure, given.pop("href")):
        document.fault(f"{place}, CSV", "unread")
    if figure is not None and "aria-label" in given:
        label, cells = given.pop("aria-label"), _cells(figure)
        document.say(f"{place}, aria-label", label, cells=cells)
    cell = next(iter(_cells(element)), "") if "style" in given else ""
    document.judge("html", place, element.tag, given.items(), cell)


def _say_claim(element: HtmlElement, place: str, document: Document) -> None:
    """A value reads as its cell has it, and says so to a program; there is none within another."""
    cell, raw, form, state = (element.get(name) for name in OF_CLAIM)
    words = _words(element)
    if any(_is_claim(above) for above in element.iterancestors("data", "span")):
        document.fault(place)
    if cell.startswith(TYPED):
        document.say(place, words, is_read=False)
        is_right = state is None and words == raw and bool(cell.removeprefix(TYPED).strip())
    else:
        value = document.value(place, cell, form or "")
        is_right = value is None or (
            (raw, state) == ((str(value.raw), None) if value.shown else (None, value.state))
            # An author may write a day that was set as a month.
            and words in (written(value) if cell.startswith(SETTING) else ways(value))
        )
    if not is_right:
        document.fault(place, "cell")


def _say_texts(page: HtmlElement, places: dict[HtmlElement, str], document: Document) -> None:
    """Every text between two blocks, with a sign in the place of each of its values."""
    for line in page.iter("br"):
        line.tail = f" {line.tail or ''}"
    claims = [one for one in page.iter("data", "span") if _is_claim(one)]
    spoken: dict[Any, str] = {claim: _words(claim) for claim in claims}
    for claim in claims:
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
        if dots := DOTS.fullmatch(bare):
            if len(dots[1]) not in document.numbers(place, cells):
                document.fault(place, "cell")
        else:
            document.say(place, bare)


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
    lines = list(csv.reader(text.splitlines(keepends=True), delimiter=";"))
    rows = [] if figure is None else [[*map(_in_file, row)] for row in figure.iter("tr")]
    return [*map(len, lines)] == [*map(len, rows)] and all(
        said in accepted
        for line, row in zip(lines, rows, strict=True)
        for said, accepted in zip(line, row, strict=True)
    )


def _in_file(place: HtmlElement) -> set[str]:
    """What a place of a table can be in a file: its words, or a number, or why there is none."""
    claims = [one for one in place.iter("data", "span") if _is_claim(one)]
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
