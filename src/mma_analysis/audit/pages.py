"""A page, taken apart while it is read: each element and attribute is one that we make."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files

from mma_analysis.audit.document import BARE, CLAIMED, Cell, Claim, Document, Figure, Table
from mma_analysis.audit.figures import figure_content

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
# These do not end a piece of text: a word may go on in the next element.
INLINE = {"a", "abbr", "b", "button", "code", "data", "dfn", "em", "i", "span", "strong", "sup"}
CUT = "\u200b"  # between the pieces of a text
IN_PIECES = re.compile(rf"[^\W\d_]+(?:{CUT}[^\W\d_]+)+")
# As many of these as one likes, with nothing in them, say a number.
FILLED = {"li", "b", "em", "code", "dt", "tr", "ul", "ol", "h1", "h2", "h3", "sup"}
WITHIN = {
    **dict.fromkeys(("caption", "thead", "tbody"), ("table",)),
    **dict.fromkeys(("th", "td"), ("tr",)),
    "tr": ("table", "thead", "tbody"),
}
OF_CLAIM = ("data-cell", "value", "data-form", "data-state")
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


def open_page(source: str, file: str, house_style: frozenset[str] = frozenset()) -> Document:
    """Take a page apart; a style sheet and a logo of `house_style` may stand on it as well."""
    page = _Page(file, house_style)
    page.feed(source)
    page.close()
    return page.document


class _Page(HTMLParser):
    """Writes down what stands on a page; what is not well nested or not ours is a fault."""

    def __init__(self, file: str, house_style: frozenset[str]) -> None:
        super().__init__()
        self.document = Document(file)
        self._house_style = house_style
        self._open: list[str] = []
        self._at, self._sections, self._figures, self._has_begun = "regel 1", 0, 0, False
        self._is_empty = False  # nothing came after the tag that was opened last
        self._pieces: list[tuple[str, str]] = []  # of a text: without the values, and with them
        self._given: dict[str, str] = {}  # of the element that was opened last
        # What is open now, from which depth, and what was read of it.
        self._claim: tuple[int, Claim] | None = None
        self._claimed, self._words, self._spoken = list[str](), list[str](), 0
        self._table: tuple[str, list[tuple[bool, list[Cell]]]] = ("", [])
        self._style, self._claims = "", list[Claim]()

    @property
    def _figure(self) -> int:
        return self._figures if "figure" in self._open else 0

    def _fault(self) -> None:
        self.document.fault(self._at)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._sections += tag == "h2"
        self._figures += tag == "figure"
        section = f"onderdeel {self._sections}, " if self._sections else ""
        self._at = f"{section}regel {self.getpos()[0]}"
        given = self._given = {name: value or "" for name, value in attrs}
        is_claim = tag in ("data", "span") and "data-cell" in given
        is_second = self._has_begun and not self._open
        parent = self._open[-1] if self._open else ""
        is_elsewhere = tag in WITHIN and parent not in WITHIN[tag]
        if len(given) < len(attrs) or is_second or is_elsewhere or (self._claim and is_claim):
            self._fault()
        others = [
            (name, value)
            for name, value in given.items()
            if not (is_claim and name in OF_CLAIM) and value not in self._house_style
        ]
        self.document.judge("html", self._at, tag, others, self._figure)
        if tag not in (*INLINE, "script", "style"):
            self._flush()
        self._has_begun, self._is_empty = True, tag not in EMPTY
        if tag in EMPTY:
            return
        self._open.append(tag)
        depth = len(self._open)
        if is_claim and not self._claim:
            cell, value, form, state = (given.get(name, "") for name in OF_CLAIM)
            self._claim = depth, Claim(self._at, cell, value, "", form, state, self._figure)
            self._claimed = []
        if "spoken" in given.get("class", "").split() and not self._spoken:
            self._spoken = depth
        if tag == "table":
            self._table = self._at, []
        elif tag == "tr":
            self._table[1].append(("thead" in self._open, []))
        elif tag in ("th", "td"):
            self._words, self._style, self._claims = [], given.get("style", ""), []

    def handle_data(self, data: str) -> None:
        if not self._open:
            if data.strip():
                self._fault()
            return
        self._is_empty &= not data.strip()
        if self._open[-1] in ("script", "style"):
            self._judge_source(self._open[-1], data.strip())
            return
        if self._claim:
            self._claimed.append(data)
        else:
            self._pieces.append((data, data))
        if not self._spoken:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1:] != [tag]:
            self._fault()
            return
        depth = len(self._open)
        if tag in FILLED and self._is_empty:
            self._fault()
        self._is_empty = False
        if tag not in (*INLINE, "script", "style"):
            self._flush()
        if self._claim and self._claim[0] == depth:
            self._end_claim(self._claim[1])
        if self._spoken == depth:
            self._spoken = 0
        if tag in ("th", "td") and self._table[1]:
            cell = Cell(" ".join("".join(self._words).split()), self._style, tuple(self._claims))
            self._table[1][-1][1].append(cell)
        elif tag == "table":
            place, rows = self._table
            heads = [tuple(cell.words for cell in cells) for is_head, cells in rows if is_head]
            body = tuple(tuple(cells) for is_head, cells in rows if not is_head)
            table = Table(place, heads[-1] if heads else (), body, self._figure)
            self.document.tables.append(table)
        self._open.pop()

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self._fault()

    def handle_comment(self, data: str) -> None:
        self._fault()

    handle_pi = unknown_decl = handle_comment

    def close(self) -> None:
        super().close()
        if self._open:
            self._fault()

    def _end_claim(self, claim: Claim) -> None:
        words = " ".join("".join(self._claimed).split())
        claim = replace(claim, words=words)
        self.document.claims.append(claim)
        self._claims.append(claim)
        self._pieces.append((CLAIMED, words))
        self._claim = None

    def _flush(self) -> None:
        pieces = [bare for bare, _ in self._pieces]
        if CLAIMED in pieces:
            whole = "".join(full for _, full in self._pieces)
            self.document.headings.add(" ".join(whole.split()))
        self.document.say(self._at, " ".join(pieces), self._figure)
        for match in IN_PIECES.findall(CUT.join(pieces)) if len(pieces) > 1 else ():
            self.document.say(self._at, match.replace(CUT, ""), self._figure, BARE)
        self._pieces = []

    def _judge_source(self, tag: str, source: str) -> None:
        document, file = self.document, self.document.file
        if tag == "style":
            known = {*shipped(".css"), *self._house_style, WITHOUT_SCRIPTS}
            for sheet in sorted(known, key=len, reverse=True):
                source = source.replace(sheet, "")
            is_ours = not source.strip()
        elif self._given.get("id") == ORIGINS:
            content, _ = figure_content(source, file)
            is_ours = all(isinstance(said, str) for said in content.values())
            document.origins |= {cell: str(said) for cell, said in content.items()}
        elif self._given.get("type") == "application/json":
            content, parts = figure_content(source, file)
            is_ours = content.keys() <= {"data", "layout"}
            place = f"figuur {len(document.figures) + 1}"
            document.figures.append(Figure(place, content, parts))
        else:
            is_ours = source in shipped(".js")
        if not is_ours:
            self._fault()
