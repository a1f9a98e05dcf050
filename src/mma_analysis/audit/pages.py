"""A page as one tree: every element and attribute is one that we make, or it is a finding."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from xml.etree.ElementTree import Element, TreeBuilder

from mma_analysis.audit.document import (
    CLAIMED,
    Cell,
    Claim,
    Document,
    Figure,
    Table,
    Text,
    texts_in,
)
from mma_analysis.audit.figures import figure_content
from mma_analysis.vocabulary.reference import package_table

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
# These do not end a piece of text: a word may go on in the next element.
INLINE = {"a", "abbr", "b", "button", "code", "data", "dfn", "em", "i", "span", "strong", "sup"}
CUT = "\u200b"  # between the pieces of a text
IN_PIECES = re.compile(rf"[^\W\d_]+(?:{CUT}[^\W\d_]+)+")
BARE, OTHER = "bare", "word"  # kinds of findings
FILLED = {"li", "b", "em", "code", "dt", "tr", "ul", "ol", "h1", "h2", "h3", "sup"}
IN_TABLE = ("caption", "thead", "tbody", "tr", "th", "td")
NAMES = ("class", "id", "aria-labelledby", "data-name", "download")
OF_CLAIM = ("value", "data-cell", "data-form", "data-state")
WORDS = "woorden"  # in the list of markup: what stands here is judged as words are
DATA_FILE = "data:text/csv;base64,"
ORIGINS = "herkomst"  # the script that says in words where each number comes from
CSS_SIGN = re.compile(r"\\([0-9a-f]{1,4}) ")
WITHOUT_SCRIPTS = ".plot,.key{display:none}"


@cache
def markup(kind: str) -> dict[tuple[str, str], re.Pattern[str] | None]:
    """Element and attribute → what may stand there; of words nothing but the words decide."""
    rows = (row for row in package_table("markup") if row["file"] == kind)
    return {
        (row["element"], row["attribute"]): None
        if row["value"] == WORDS
        else re.compile(row["value"])
        for row in rows
    }


@cache
def shipped(kind: str) -> frozenset[str]:
    """The package's own scripts or style sheets, and plotly's, as they are written in a page."""
    assets = files("mma_analysis").joinpath("publish", "assets")
    found = [path for path in assets.iterdir() if path.name.endswith(kind)]
    whole = files("plotly").joinpath("package_data", "plotly.min.js")
    found += [whole] if kind == ".js" and whole.is_file() else []
    return frozenset(path.read_text(encoding="utf-8").strip() for path in found)


def open_page(source: str, file: str, house_style: frozenset[str] = frozenset()) -> Document:
    """Take a page apart; a style sheet and a logo of `house_style` may stand on it as well."""
    tree = _Tree()
    tree.feed(source)
    tree.close()
    document = Document(file, faults=tree.faults)
    reader = _Reader(document, tree.lines, house_style)
    for root in tree.roots:
        reader.read(root)
    return document


class _Tree(HTMLParser):
    """Builds the elements of a page; what is not well nested is a fault."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.roots: list[Element] = []
        self.lines: dict[Element, int] = {}
        self.faults: list[tuple[str, str]] = []
        self._builder = TreeBuilder()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._open and self.roots:
            self._fault()
            return
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) < len(attrs):
            self._fault()
        element = self._builder.start(tag, attributes)
        self.lines[element] = self.getpos()[0]
        if not self._open:
            self.roots.append(element)
        if tag in EMPTY:
            self._builder.end(tag)
        else:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1:] == [tag]:
            self._open.pop()
            self._builder.end(tag)
        else:
            self._fault()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._builder.data(data)
        elif data.strip():
            self._fault()

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self._fault()

    def handle_comment(self, data: str) -> None:
        self._fault()

    def handle_pi(self, data: str) -> None:
        self._fault()

    def unknown_decl(self, data: str) -> None:
        self._fault()

    def close(self) -> None:
        super().close()
        if self._open:
            self._fault()

    def _fault(self) -> None:
        self.faults.append((f"regel {self.getpos()[0]}", "markup"))


class _Reader:
    """Walks through the tree of a page and writes down what stands in it."""

    def __init__(
        self, document: Document, lines: dict[Element, int], house_style: frozenset[str]
    ) -> None:
        self._document, self._lines, self._house_style = document, lines, house_style
        self._buffer: list[tuple[str, str]] = []  # without the values, and with them
        self._sections = self._figures = self._figure = 0
        self._in_table, self._at = False, ""

    def read(self, element: Element) -> None:
        self._sections += element.tag == "h2"
        section = f"onderdeel {self._sections}, " if self._sections else ""
        self._at = f"{section}regel {self._lines[element]}"
        is_claim = element.tag in ("data", "span") and "data-cell" in element.attrib
        self._attributes(element, is_claim)
        if element.tag in ("script", "style"):
            self._source(element)
            return
        is_block, before = element.tag not in INLINE, self._figure
        if element.tag == "figure":
            self._figures += 1
            self._figure = self._figures
        if is_block:
            self._flush()
        if element.tag in FILLED and not len(element) and not (element.text or "").strip():
            self._fault()  # as many as one likes, they say a number
        if element.tag in IN_TABLE and not self._in_table:
            self._fault()
        was_in_table, self._in_table = self._in_table, self._in_table or element.tag == "table"
        if element.tag == "table":
            self._document.tables.append(_table(element, self._at, self._figure))
        if is_claim:
            self._read_claim(element)
        else:
            self._add(element.text or "")
            for below in element:
                self.read(below)
                self._add(below.tail or "")
        if is_block:
            self._flush()
        self._figure, self._in_table = before, was_in_table

    def _add(self, words: str) -> None:
        self._buffer.append((words, words))

    def _read_claim(self, element: Element) -> None:
        claim = _claim(element, self._at, self._figure)
        self._document.claims.append(claim)
        self._buffer.append((CLAIMED, claim.words))
        for below in element.iter():
            if below is not element:
                self._attributes(below, is_claim=False)
                if "data-cell" in below.attrib:
                    self._fault()

    def _attributes(self, element: Element, is_claim: bool) -> None:
        """Each attribute is one of the list; free words in it are judged like any other."""
        known = markup("html")
        if (element.tag, "") not in known:
            self._fault()
        for name, value in element.attrib.items():
            if is_claim and name in OF_CLAIM:
                continue
            if value in self._house_style and (element.tag, name) in known:
                continue
            if value.startswith(DATA_FILE) and (element.tag, name) in known:
                self._document.files.append((self._at, value, self._figure))
                continue
            if (element.tag, name) not in known:
                self._fault()
                continue
            pattern = known[element.tag, name]
            if pattern is None:
                words = re.sub(r"[-#._]", " ", value) if name in NAMES else value
                self._text(f"{self._at}, {name}", words, OTHER if name in NAMES else "")
            elif match := pattern.fullmatch(value):
                for text in texts_in(match, f"{self._at}, {name}", self._figure):
                    self._text(text.place, CSS_SIGN.sub(_sign, text.words), text.only)
            else:
                self._fault()

    def _flush(self) -> None:
        pieces, whole = (
            [bare for bare, _ in self._buffer],
            "".join(full for _, full in self._buffer),
        )
        self._buffer = []
        if CLAIMED in pieces:
            self._document.headings.add(" ".join(whole.split()))
        self._text(self._at, " ".join(pieces))
        for match in IN_PIECES.findall(CUT.join(pieces)):
            self._text(self._at, match.replace(CUT, ""), BARE)

    def _text(self, place: str, words: str, only: str = "") -> None:
        if words.strip():
            self._document.texts.append(Text(place, " ".join(words.split()), self._figure, only))

    def _source(self, element: Element) -> None:
        source = "".join(element.itertext()).strip()
        if element.tag == "style":
            known = {*shipped(".css"), *self._house_style, WITHOUT_SCRIPTS}
            for sheet in sorted(known, key=len, reverse=True):
                source = source.replace(sheet, "")
            if source.strip():
                self._fault()
        elif element.get("id") == ORIGINS:
            content, _ = figure_content(source, self._document.file)
            self._document.origins |= {k: v for k, v in content.items() if isinstance(v, str)}
            if not all(isinstance(said, str) for said in content.values()):
                self._fault()
        elif element.get("type") == "application/json":
            content, strings = figure_content(source, self._document.file)
            if not content.keys() <= {"data", "layout"}:
                self._fault()
            place = f"figuur {len(self._document.figures) + 1}"
            self._document.figures.append(Figure(place, content, strings, self._figure))
        elif source not in shipped(".js"):
            self._fault()

    def _fault(self) -> None:
        self._document.faults.append((self._at, "markup"))


def _sign(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _claim(element: Element, place: str, figure: int) -> Claim:
    cell, value, form, state = (
        element.get(name, "") for name in ("data-cell", "value", "data-form", "data-state")
    )
    return Claim(place, cell, value, _words(element), form, state, figure)


def _table(element: Element, place: str, figure: int) -> Table:
    rows = [
        (row, tuple(_cell(cell, place, figure) for cell in row if cell.tag in ("th", "td")))
        for row in element.iter("tr")
    ]
    heads = {row for head in element.iter("thead") for row in head.iter("tr")}
    head = [tuple(cell.words for cell in cells) for row, cells in rows if row in heads]
    body = tuple(cells for row, cells in rows if row not in heads)
    return Table(place, head[-1] if head else (), body, figure)


def _cell(element: Element, place: str, figure: int) -> Cell:
    claims = tuple(
        _claim(below, place, figure) for below in element.iter() if "data-cell" in below.attrib
    )
    return Cell(_words(element, _is_seen), element.get("style", ""), claims)


def _is_seen(element: Element) -> bool:
    return "spoken" not in element.get("class", "").split()


def _words(element: Element, is_read: Callable[[Element], bool] = lambda _: True) -> str:
    def pieces(below: Element) -> Iterator[str]:
        yield below.text or ""
        for child in below:
            yield from pieces(child) if is_read(child) else ()
            yield child.tail or ""

    return " ".join("".join(pieces(element)).split())
