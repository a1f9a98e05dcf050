"""A page as things that are said; each element and attribute is one that we make."""

import base64
import csv
import re
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from mma_analysis.audit.figures import json_object, say_figure
from mma_analysis.audit.flat import CLAIMED, TYPED, Document, Kind

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
SOURCES = ("script", "style")
# These do not end a piece of text: a word may go on in the next element.
INLINE = {"abbr", "b", "button", "code", "data", "dfn", "em", "i", "span", "strong", "sup"}
# As many of these as one likes, with nothing in them, say a number.
FILLED = {"li", "b", "em", "code", "dt", "tr", "ul", "ol", "h1", "h2", "h3", "sup"}
DOTS = re.compile(f"(●+) {CLAIMED}")  # as many as the value beside them says
AGAIN = r"(?<![\w.,])(?:{})(?!\w|[.,]\d)"  # a value, and no part of a longer one
OF_CLAIM = ("data-cell", "value", "data-form", "data-state")
PACKED = "data:text/csv;base64,"
ORIGINS = "herkomst"  # the script that says in words where each number comes from
WITHOUT_SCRIPTS = ".plot,.key{display:none}"


@cache
def shipped(kind: str) -> frozenset[str]:
    """The package's own scripts or style sheets, and plotly's, as they are written in a page."""
    assets = files("mma_analysis").joinpath("publish", "assets")
    found = [path for path in assets.iterdir() if path.name.endswith(kind)]
    whole = files("plotly").joinpath("package_data", "plotly.min.js")
    found += [whole] if kind == ".js" and whole.is_file() else []
    return frozenset(path.read_text(encoding="utf-8").strip() for path in found)


def say_page(path: Path, document: Document, house_style: frozenset[str]) -> None:
    """Write down what a page says; a style sheet and a logo of `house_style` may stand on it."""
    tree = _Tree(document)
    tree.feed(path.read_text("utf-8"))
    tree.close()
    _Page(tree, house_style).read(tree.top)


class _Tree(HTMLParser):
    """The elements of a page and their places; what is not well nested is a fault."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document, self.top = document, Element("page")
        self.places = {self.top: "regel 1"}
        self._open, self._sections = [self.top], 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._sections += tag == "h2"
        section = f"onderdeel {self._sections}, " if self._sections else ""
        given = {name: value or "" for name, value in attrs}
        element = SubElement(self._open[-1], tag, given)
        self.places[element] = f"{section}regel {self.getpos()[0]}"
        if len(given) < len(attrs):
            self.handle_comment(tag)
        if tag not in EMPTY:
            self._open.append(element)

    def handle_data(self, data: str) -> None:
        inside = self._open[-1]
        if inside is self.top and data.strip():
            self.handle_comment(data)
        elif len(inside):
            inside[-1].tail = (inside[-1].tail or "") + data
        else:
            inside.text = (inside.text or "") + data

    def handle_endtag(self, tag: str) -> None:
        inside = self._open[-1]
        if inside.tag != tag or (tag in FILLED and not len(inside) and not _words(inside)):
            self.handle_comment(tag)
        if inside.tag == tag:
            self._open.pop()

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.handle_comment(decl)

    def handle_comment(self, data: str) -> None:
        self.document.fault(f"regel {self.getpos()[0]}")

    handle_pi = unknown_decl = handle_comment

    def close(self) -> None:
        super().close()
        if self._open[-1] is not self.top:
            self.handle_comment("")


class _Page:
    """Writes down what the elements of a page say."""

    def __init__(self, tree: _Tree, house_style: frozenset[str]) -> None:
        self.document, self._places, self._house_style = tree.document, tree.places, house_style
        self._place, self._figures = "", 0
        # Of a text: each piece without values and with them, and the cell of a value.
        self._pieces: list[tuple[str, str, str]] = []

    def read(self, element: Element, figure: Element | None = None) -> None:
        """Write down what stands in an element, within a figure or in none."""
        for below in (None, *element):
            said = (element.text if below is None else below.tail) or ""
            if below is not None:
                self._read_element(below, below if below.tag == "figure" else figure)
            self._pieces.append((said, said, ""))

    def _read_element(self, element: Element, figure: Element | None) -> None:
        is_block = element.tag not in (*INLINE, *SOURCES)
        self._place = self._places[element]
        if is_block:
            self._end_text()
        self._read_attributes(element, figure)
        if _is_claim(element):
            self._read_claim(element)
        elif element.tag in SOURCES:
            self._read_source(element, (element.text or "").strip())
        else:
            self.read(element, figure)
        if is_block:
            self._end_text()

    def _read_attributes(self, element: Element, figure: Element | None = None) -> None:
        """What is heard of a figure may say its values again; a bar is as wide as its value."""
        given = {
            name: value
            for name, value in element.items()
            if not (_is_claim(element) and name in OF_CLAIM) and value not in self._house_style
        }
        place = self._places[element]
        if given.get("href", "").startswith(PACKED):
            self._read_packed(given.pop("href").removeprefix(PACKED), place, figure)
        if figure is not None and "aria-label" in given:
            again = sorted({_words(one) for one in _claims(figure)} - {""}, key=len, reverse=True)
            said = "|".join(map(re.escape, again)) or CLAIMED
            given["aria-label"] = re.sub(AGAIN.format(said), CLAIMED, given["aria-label"])
        cells = _cells(element)[:1] if "style" in given else ()
        self.document.judge("html", place, element.tag, given.items(), cells)

    def _read_claim(self, element: Element) -> None:
        cell, value, form, state = (element.get(name, "") for name in OF_CLAIM)
        words, place, say = _words(element), self._place, self.document.say
        self._pieces.append((CLAIMED, words, cell))
        if cell.startswith(TYPED):
            say(place, words, Kind.SEARCHED)
            if state or words != value or not cell.removeprefix(TYPED).strip():
                self.document.fault(place, "cell")
        elif state:
            say(place, words + value, Kind.ABSENT, (cell,), state)
        else:
            say(place, words, Kind.VALUE, (cell,), form)
            say(place, value, Kind.RAW, (cell,), form)
        for below in list(element.iter())[1:]:
            self._read_attributes(below)
            if _is_claim(below):
                self.document.fault(place)

    def _end_text(self) -> None:
        bare, whole, cells = ("".join(pieces) for pieces in zip(*self._pieces, strict=True))
        self._pieces = []
        if CLAIMED in bare:
            self.document.whole.add(" ".join(whole.split()))
        if dots := DOTS.fullmatch(" ".join(bare.split())):
            self.document.say(self._place, str(len(dots[1])), Kind.RAW, (cells,))
        else:
            self.document.say(self._place, bare)

    def _read_packed(self, source: str, place: str, figure: Element | None) -> None:
        """A file to save has the heads and rows of the figure's table, and its values."""
        table = None if figure is None else figure.find(".//table")
        rows = [list(row) for row in table.iter("tr")] if table is not None else []
        try:
            text = base64.b64decode(source, validate=True).decode("utf-8-sig")
        except ValueError:
            text = ""
        lines = list(csv.reader(text.splitlines(keepends=True), delimiter=";"))
        if not rows or list(map(len, lines)) != list(map(len, rows)):
            self.document.fault(place, "unread")
            return
        for number, (line, row) in enumerate(zip(lines, rows, strict=True), start=1):
            for said, cell in zip(line, row, strict=True):
                cells = _cells(cell)[:1]
                kind = Kind.EITHER if cells else Kind.WORDS
                self.document.say(f"{place}, CSV-rij {number}", said, kind, cells)

    def _read_source(self, element: Element, source: str) -> None:
        document = self.document
        if element.tag == "style":
            known = {*shipped(".css"), *self._house_style, WITHOUT_SCRIPTS}
            for sheet in sorted(known, key=len, reverse=True):
                source = source.replace(sheet, "")
            is_ours = not source.strip()
        elif element.get("id") == ORIGINS:
            content = json_object(source, document.file)
            is_ours = all(isinstance(said, str) for said in content.values())
            for cell, said in content.items():
                document.say("waar getallen vandaan komen", str(said), Kind.WORDS, (cell,))
        elif element.get("type") == "application/json":
            self._figures += 1
            content = json_object(source, document.file)
            is_ours = content.keys() <= {"data", "layout"}
            say_figure(content, f"figuur {self._figures}", document)
        else:
            is_ours = source in shipped(".js")
        if not is_ours:
            document.fault(self._place)


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _is_claim(element: Element) -> bool:
    return element.tag in ("data", "span") and "data-cell" in element.attrib


def _claims(element: Element) -> list[Element]:
    return [one for one in element.iter() if _is_claim(one) and "data-state" not in one.attrib]


def _cells(element: Element) -> tuple[str, ...]:
    """The cells of the values in an element."""
    return tuple(one.get("data-cell", "") for one in _claims(element))
