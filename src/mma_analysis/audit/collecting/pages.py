"""A page: HTML, taken apart with the standard library."""

import re
from html.parser import HTMLParser

from mma_analysis.audit.collecting.documents import (
    Cell,
    Claim,
    Document,
    Figure,
    Script,
    Table,
    Tag,
    Text,
)
from mma_analysis.audit.collecting.figures import figure_content, without_markup

FIGURE = "application/json"
ORIGINS = "herkomst"  # the script that says in words where each number comes from
IN_A_FIGURE = {"data", "layout"}
CELLS = ("th", "td")
# These do not end a piece of text: a word may go on in the next element.
INLINE = {
    *(
        "a",
        "abbr",
        "b",
        "button",
        "cite",
        "code",
        "data",
        "em",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "span",
    ),
    *("strong", "sub", "sup", "time", "tspan", "u", "wbr", "font"),
}
EMPTY = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
    *("source", "track", "wbr"),
}
# Attributes that a reader gets to see or hear.
# Of elements and attributes that are not here, the name is searched, and never said.
USUAL = {
    *INLINE,
    *EMPTY,
    *("p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr"),
    *("td", "th", "script", "style", "details", "summary", "figure", "figcaption", "section"),
    *("h1", "h2", "h3", "h4", "head", "html", "body", "title", "aside", "header", "footer"),
    *("main", "nav", "noscript", "blockquote", "iframe", "form", "svg", "textarea", "pre"),
    *("scope", "class", "id", "role", "tabindex", "type", "href", "content", "lang", "charset"),
    *("name", "http-equiv", "open", "src", "alt", "for", "headers", "colspan", "rowspan"),
    *("start", "datetime", "media", "hidden", "width", "height", "xmlns", "viewbox", "rel"),
    *("aria-label", "aria-labelledby", "aria-describedby", "aria-hidden", "aria-current"),
    *("aria-expanded", "aria-controls", "aria-level", "aria-live", "onclick", "srcdoc"),
    *("value", "data-cell", "data-form", "data-state", "data-nr", "data-tab", "download"),
}
# Elements that say from which cell they are, and how; elsewhere a reader may see these attributes.
CLAIMING = ("data", "span")
OF_CLAIM = ("value", "data-cell", "data-form", "data-state")
NUMBERING = (*OF_CLAIM, "data-nr", "data-tab", "start")
CLAIMED = "\ufffc"  # in the bare text, in the place of a claim
CUT = "\u200b"  # between the pieces of a text
IN_PIECES = re.compile(rf"[^\W\d_]+(?:{CUT}[^\W\d_]+)+")
RUNNING = re.compile(r"--running:'([^']*)'")  # what stands below each page on paper
IN_CSS = re.compile(r"\\([0-9a-f]{1,6}) ")
READ = {"alt", "title", "aria-label", "aria-description", "placeholder", "summary", "content"}


def attribute_name(name: str) -> str:
    """What an attribute is called in a finding."""
    return f"attribute {name}" if name in USUAL else "an attribute"


def open_page(source: str, file: str) -> Document:
    """Take a page apart."""
    reader = _Reader(file)
    reader.feed(source)
    reader.close()
    reader.end()
    return reader.document


class _Reader(HTMLParser):
    """Walks through a page and writes down what it meets."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.document = Document(file)
        self._piece: list[str] = []
        self._bare: list[str] = []
        self._claim: tuple[str, dict[str, str], list[str]] | None = None
        self._inside = 0  # elements of the same name that are open in a claim
        self._sections = self._figures = self._figure = 0
        self._raw: tuple[str, dict[str, str], str] | None = None  # a script or style, its place
        self._table: _Rows | None = None
        self._spoken = ""

    # --- what the parser tells -------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        place = self._place(tag if tag in USUAL else "element")
        self._count(tag)
        claims = tag in CLAIMING and "data-cell" in attributes and self._claim is None
        self.document.tags.append(Tag(place, tag, attributes, self._figure))
        self._attributes(place, attributes, claims)
        if unusual := [name for name in (tag, *attributes) if name not in USUAL]:
            self.document.texts.append(Text(place, " ".join(unusual), is_read=False))
        if tag not in INLINE:
            self._end_piece()
        if claims:
            self._claim = (tag, attributes, [])
            self._bare.append(CLAIMED)
        elif self._claim is not None and tag == self._claim[0]:
            self._inside += 1
        if tag in ("script", "style"):
            self._raw = (tag, attributes, place)
        self._spoken = attributes.get("aria-label", self._spoken)
        if tag == "table":
            self._table = _Rows(f"table {len(self.document.tables) + 1}", self._figure)
        if self._table is not None:
            kept = {k: v for k, v in attributes.items() if not (claims and k in OF_CLAIM)}
            self._table.start(tag, kept)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._raw = None
        if tag not in INLINE:
            self._end_piece()
        if tag == "figure":
            self._figure = 0
        self._end_claim(tag)
        if self._table is not None:
            self._table.end(tag)
            if tag == "table":
                self.document.tables.append(self._table.table())
                self._table = None

    def handle_data(self, data: str) -> None:
        if self._raw is not None:
            self._script(data, *self._raw)
            return
        self._piece.append(data)
        (self._bare if self._claim is None else self._claim[2]).append(data)
        if self._table is not None:
            self._table.add(data)

    def handle_comment(self, data: str) -> None:
        self.document.texts.append(Text(self._place("comment"), data, is_read=False))
        self.document.tags.append(Tag(self._place("comment"), "!comment", {}))

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)

    def end(self) -> None:
        """Write down what is left at the end of the page."""
        if self._claim is not None:
            self._inside = 0
            self._end_claim(self._claim[0])
        self._end_piece()

    # --- what is written down --------------------------------------------------------------------

    def _place(self, what: str) -> str:
        return f"{what}, line {self.getpos()[0]}"

    def _section(self, what: str) -> str:
        """The same with the section that it is in, by its number: its title may say too much."""
        return f"section {self._sections}, {what}" if self._sections else what

    def _count(self, tag: str) -> None:
        if tag == "h2":
            self._sections += 1
        elif tag == "figure":
            self._figures += 1
            self._figure = self._figures

    def _attributes(self, place: str, attributes: dict[str, str], claims: bool) -> None:
        for name, value in attributes.items():
            where = f"{attribute_name(name)} of {place}"
            self.document.texts.append(Text(where, value, is_read=name in READ))
            if name in READ - {"content"} or (name in NUMBERING and not claims):
                bare = Text(self._section(where), " ".join(value.split()), figure=self._figure)
                self.document.bare.append(bare)
            if name == "style" and (running := RUNNING.search(value)):
                words = IN_CSS.sub(lambda sign: chr(int(sign[1], 16)), running[1])
                self.document.texts.append(Text(where, words))
                self.document.bare.append(Text(where, words))

    def _end_claim(self, tag: str) -> None:
        if self._claim is None or tag != self._claim[0]:
            return
        if self._inside:
            self._inside -= 1
            return
        (_, said, words), self._claim = self._claim, None
        place, text = self._section(self._place("value")), " ".join("".join(words).split())
        named = (said.get("data-form", ""), said.get("data-state", ""), self._figure)
        claim = Claim(place, said["data-cell"], said.get("value", ""), text, *named)
        self.document.claims.append(claim)
        if self._table is not None:
            self._table.claim(claim)

    def _end_piece(self) -> None:
        # A style sheet may set elements in a line apart, so they are also read as apart.
        for glue in ("", " ") if len(self._piece) > 1 else ("",):
            if words := " ".join(glue.join(self._piece).split()):
                self.document.texts.append(Text(self._place("text"), words))
                self.document.told |= {words} if CLAIMED in self._bare else set()
        # A word in pieces is one word; a number in pieces is one as well, also when they are apart.
        whole = (word.replace(CUT, "") for word in IN_PIECES.findall(CUT.join(self._bare)))
        for words in filter(None, (" ".join(" ".join(self._bare).split()), *whole)):
            place = self._section(self._place("text"))
            self.document.bare.append(Text(place, words, figure=self._figure))
        self._piece, self._bare = [], []

    def _script(self, source: str, tag: str, said: dict[str, str], place: str) -> None:
        if said.get("id") == ORIGINS:
            self._origins(source, place)
            return
        if said.get("type", "") != FIGURE:
            self.document.scripts.append(Script(place, tag, source))
            return
        where = f"{self.document.file}, figure {len(self.document.figures) + 1}"
        content, strings = figure_content(source, where)
        place = f"figure {len(self.document.figures) + 1}"
        if not content.keys() <= IN_A_FIGURE:
            self.document.unread.append(place)
        self.document.figures.append(
            Figure(place, content, self._spoken, len(self.document.tables), strings)
        )
        self.document.texts += [Text(place, without_markup(string)) for string in strings]

    def _origins(self, source: str, place: str) -> None:
        """What the page says of where each number comes from, when a reader asks."""
        content, strings = figure_content(source, f"{self.document.file}, {place}")
        self.document.texts += [Text(place, string) for string in strings]
        words = {name: said for name, said in content.items() if isinstance(said, str)}
        self.document.origins |= words
        if len(words) < len(content):
            self.document.unread.append(place)


class _Rows:
    """The rows of a table while they are read."""

    def __init__(self, place: str, figure: int) -> None:
        self._place, self._figure = place, figure
        self._caption: list[str] = []
        self._heads: list[list[Cell]] = []
        self._rows: list[list[Cell]] = []
        self._in_head = False
        self._row: list[Cell] = []
        self._words: list[str] | None = None
        self._beside: list[str] = []
        self._unseen: list[str] = []
        self._claims: list[Claim] = []
        self._in_caption = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("thead", "tbody"):
            self._in_head = tag == "thead"
        elif tag == "tr":
            self._row = []
        elif tag == "caption":
            self._in_caption = True
        elif tag in CELLS:
            self._words, self._beside, self._claims = [], list(attributes.values()), []
        elif self._words is not None:
            self._beside += attributes.values()
            if tag not in EMPTY:
                is_unseen = "spoken" in attributes.get("class", "")
                self._unseen.append(tag if is_unseen else "")

    def claim(self, claim: Claim) -> None:
        """Note that what a cell says, or a part of it, says where it is from."""
        self._claims.append(claim)

    def add(self, data: str) -> None:
        if self._in_caption:
            self._caption.append(data)
        elif self._words is not None:
            (self._beside if any(self._unseen) else self._words).append(data)

    def end(self, tag: str) -> None:
        if tag == "caption":
            self._in_caption = False
        elif tag in CELLS and self._words is not None:
            words = " ".join("".join(self._words).split())
            beside = " ".join(" ".join(self._beside).split())
            self._row.append(Cell(words, beside, tuple(self._claims)))
            self._words, self._unseen = None, []
        elif tag == "tr" and self._row:
            (self._heads if self._in_head else self._rows).append(self._row)
            self._row = []
        elif self._words is not None and self._unseen:
            self._unseen.pop()

    def table(self) -> Table:
        head = self._heads[-1] if self._heads else []
        return Table(
            place=self._place,
            caption=" ".join("".join(self._caption).split()),
            head=tuple(cell.words for cell in head),
            rows=tuple(tuple(row) for row in self._rows),
            figure=self._figure,
        )
