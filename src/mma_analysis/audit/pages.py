"""A page, read back: each element is one of ours, each number that of its cell."""

import base64
import csv
import json
import math
import re
from collections import Counter
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

import lxml.html
from lxml.html import HtmlElement

from mma_analysis.audit.document import Document
from mma_analysis.audit.figures import SVG_SHAPES, are_heard, say_drawings, titles_of_marks
from mma_analysis.audit.released import COUNTED, TYPED, ways
from mma_analysis.audit.wording import CLAIMED, plain_words
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.numbers import number
from mma_analysis.vocabulary.searched import NEEDS_A_CELL
from mma_analysis.vocabulary.value import SHOWN, SPOKEN, TOKEN_OF_SUM, Value

QUOTE = re.compile("[\"']")
SOURCES = ("script", "style")
TEXT_CELL_CLASS = "tekst"  # the first class of what a text cell of a notebook wrote
# These do not end a piece of text: a word may go on in the next element.
INLINE = {"abbr", "b", "button", "code", "data", "dfn", "em", "i", "span", "strong", "sup"}
# As many elements with nothing in them as one likes say a number. On our pages nothing
# stands in these either, and they say something else.
WITH_ATTRIBUTES = ("meta", "input", "output")
WORDS_APART = {"br", "hr"}  # nothing stands in them; words stand before and behind
# As many as the value beside them says.
DOTS_OF_VALUE = re.compile(f"(?P<before>●+) {CLAIMED}|{CLAIMED} (?P<behind>●+)")
POINTING_ATTRIBUTES = ("href", "aria-labelledby", "popovertarget")
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")  # in a style sheet or a script
# Of drawings, and of whom a page is for.
CLASSES_BUILT = {"narrow", "wide", "tick", "key"}
CLASSES_BUILT |= {"openbaar", "intern", "district", "gemeente"}
OF_CLAIM = ("data-cell", "value", "data-form", "data-state", "data-off")
IN_ORIGINS = "waar getallen vandaan komen"
PACKED = "data:text/csv;base64,"
FOR_SEARCH_ENGINES = "application/ld+json"
ORIGINS = "herkomst"  # the script that says in words where each number comes from
DECISION = re.compile("Besluit \\d+")
# What stands in a drawing is said with its marks.
OWN_TEXTS = "//text()[not(parent::script or parent::style or ancestor::svg)]"


# Element → what is said in it with a number that the page itself counts.
Counted = dict[HtmlElement, list[str]]
NUMBERED_PARTS = ("Figuur", "Tabel")
DIGITS_AND_COMMAS = re.compile(r"[\d,]+")


@cache
def shipped() -> frozenset[str]:
    """The package's own scripts and style sheets, as they stand in a page."""
    sources = set()
    assets = files("mma_analysis").joinpath("publish", "assets").iterdir()
    for path in assets:
        if path.name.endswith((".js", ".css")):
            sources.add(path.read_text("utf-8").strip())
    return frozenset(sources)


# --- a page -------------------------------------------------------------------------------


def say_page(
    path: Path,
    document: Document,
    house_style: frozenset[str],
    dataset: str = "",
) -> None:
    """Write down what a page says; sheets and logos of `house_style` may stand on it.

    `dataset`: what a page may say to a search engine about the files beside it.
    """
    source = path.read_text("utf-8")
    ours = shipped() | house_style
    page = lxml.html.document_fromstring(source)
    _judge_lines(source, page, document)
    _judge_classes(page, document, ours)
    _judge_ids(page, document)

    counted = _counted(page, path, document)
    places: dict[HtmlElement, str] = {}
    cells: dict[HtmlElement, str] = {}
    sections = 0
    for element in page.iter():
        if element.tag == "h2":
            sections += 1
        section = f"onderdeel {sections}, " if sections else ""
        cell = cells.get(element.getparent(), "")
        if element.tag == "div":
            cell = _text_cell(element, document) or cell
        cells[element] = cell
        place = f"{section}regel {element.sourceline}{cell}"
        places[element] = place
        _judge(element, place, document, ours, counted)
        if _is_claim(element):
            _say_claim(element, place, document)
        elif element.get("id") == ORIGINS:
            _say_origins(element.text or "", document)
        elif element.get("type") == FOR_SEARCH_ENGINES:
            if element.tag != "script" or element.text != dataset:
                document.fault(place)
        elif element.tag in SOURCES:
            _judge_source(element.text or "", place, document, ours)
        if _is_strange(element):
            document.fault(place)
    say_drawings(page, places, document)
    _say_texts(page, places, document, counted)


def _counted(page: HtmlElement, path: Path, document: Document) -> Counted:
    """Element → what is said in it with a number that the page itself counts.

    The number of a figure, a table or a decision; how large a file beside the page is.
    """
    counted: Counted = {}
    numbers = Counter[str]()
    for figure in page.iter("figure"):
        for mark in figure.find_class("nr"):
            kind = _words(mark).partition(" ")[0]
            if kind in NUMBERED_PARTS:
                numbers[kind] += 1
                counted.setdefault(figure, []).append(f"{kind} {numbers[kind]}")
    for head in page.iter("h3"):
        if DECISION.fullmatch(_words(head)):
            numbers["Besluit"] += 1
            said = f"Besluit {numbers['Besluit']}"
            counted[head] = [said]
    for item in page.iter("li"):
        files = [path.parent / link.get("href", "") for link in item.iter("a")]
        sizes = [_size(file) for file in files if file.is_file()]
        if sizes:
            counted[item] = sizes
    return counted


def _size(path: Path) -> str:
    """How large a file is, rounded up: `24 kB`, `1,4 MB`."""
    size = path.stat().st_size
    kilobytes = math.ceil(size / 1_000)
    if kilobytes < 1_000:
        return f"{kilobytes} kB"
    tenths = math.ceil(kilobytes / 100)
    return f"{number(tenths / 10, 1)} MB"


def _without_counted(text: str, element: HtmlElement, counted: Counted) -> str:
    """A text in an element, without the numbers that the page counts there."""
    bare = text
    for around in (element, *element.iterancestors()):
        for said in counted.get(around, ()):
            word = DIGITS_AND_COMMAS.sub("", said)
            whole = rf"(?<![\w.,]){said}(?![\w]|[.,]\d)"
            bare = re.sub(whole, word, bare, flags=re.IGNORECASE)
    return bare


def _is_strange(element: HtmlElement) -> bool:
    """Whether nothing stands in an element, or a row is not as wide as its table."""
    if element.tag in WORDS_APART:
        before = element.getprevious()
        is_first = before is None and not (element.getparent().text or "").strip()
        is_next = before is not None and before.tag in WORDS_APART
        words_before = "" if before is None else (before.tail or "").strip()
        return is_first or (is_next and not words_before)
    if element.tag == "tr":
        table = next(element.iterancestors("table"), element)
        first = next(table.iter("tr"))
        return not _words(element) or len(element) != len(first)
    if element.tag == "dd":
        return element.getprevious() is None
    is_empty = len(element) == 0 and not _words(element) and "src" not in element.attrib
    may_be_empty = element.tag in ("td", *SVG_SHAPES)
    if element.tag in WITH_ATTRIBUTES:
        may_be_empty = len(element.attrib) > 0
    # Of what is in no cell nothing is said; that it is so, is compared with the tables.
    is_claim = "data-cell" in element.attrib
    may_be_empty = may_be_empty or is_claim
    return is_empty and not may_be_empty


def _text_cell(element: HtmlElement, document: Document) -> str:
    """The text cell of a notebook that wrote an element, to say behind its line.

    Empty when it has no name, and when a word of its name is not one of ours.
    """
    classes = element.get("class", "")
    first, _, name = classes.partition(" ")
    if first != TEXT_CELL_CLASS or not name:
        return ""
    words = plain_words(name)
    are_ours = document.wording.words.issuperset(words)
    if not are_ours:
        return ""
    return f", cel ‘%%{TEXT_CELL_CLASS} {name}’ van het notebook"


def _judge_classes(
    page: HtmlElement,
    document: Document,
    ours: frozenset[str],
) -> None:
    """A class is one of a style sheet, a template or a text cell of ours, and once."""
    known = CLASSES_BUILT | document.wording.classes
    for source in ours:
        known |= set(CLASS.findall(source))
    for element in page.iter():
        names = element.get("class", "").split()
        is_text = names[:1] == [TEXT_CELL_CLASS]
        allowed = known | document.wording.text_cells if is_text else known
        is_twice = len(set(names)) < len(names)
        if is_twice or not allowed.issuperset(names):
            document.fault(f"regel {element.sourceline}, class")


def _judge_ids(page: HtmlElement, document: Document) -> None:
    """An id stands once; that of a text is pointed at."""
    pointed_at = set()
    for element in page.iter():
        pointed_at |= {
            element.get(name, "").removeprefix("#") for name in POINTING_ATTRIBUTES
        }
    known = set()
    metas = [tuple(meta.items()) for meta in page.iter("meta")]
    if len(set(metas)) < len(metas):
        document.fault("meta")
    for element in page.iter():
        name = element.get("id", "")
        is_loose = element.tag in ("p", "span") and name not in pointed_at
        if name and (name in known or is_loose):
            document.fault(f"regel {element.sourceline}, id")
        known.add(name)


def _judge_lines(source: str, page: HtmlElement, document: Document) -> None:
    """What a browser would make of it is all that it holds: nothing is open or left out."""
    again = str(lxml.html.tostring(page, encoding="unicode", doctype="<!doctype html>"))
    lines = source.rstrip().split("\n")
    lines_again = again.rstrip().split("\n")
    pairs = zip_longest(lines, lines_again, fillvalue="\n")
    for at, (line, line_again) in enumerate(pairs, start=1):
        is_same = line == line_again or _bare(line) == _bare(line_again)
        if not is_same:
            document.fault(f"regel {at}")


def _bare(line: str) -> str:
    """A quote may be another one, a sign its number, and a name of SVG in small letters."""
    return QUOTE.sub("", unescape(line)).casefold()


def _say_origins(source: str, document: Document) -> None:
    """Write down where each number comes from, in words of its cell."""
    for cell, said in json_object(source, document.file).items():
        if not cell.startswith(TYPED):
            document.value(IN_ORIGINS, cell, is_said=False)
        document.say(IN_ORIGINS, str(said), [cell, *ids_in(cell)])


def ids_in(expression: str) -> list[str]:
    """The cells of which a number is computed; none of a number that is one cell."""
    parts = TOKEN_OF_SUM.findall(expression)
    return [part for part in parts if "#" in part or part.startswith(COUNTED)]


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
    counted: Counted,
) -> None:
    """What is heard of a figure may say its values again; a bar is as wide as its value."""
    attributes = _attributes_to_judge(element, ours)
    if "aria-label" in attributes:
        heard = attributes["aria-label"]
        attributes["aria-label"] = _without_counted(heard, element, counted)

    _judge_of_figure(element, place, attributes, document)
    cell = ""
    if "style" in attributes:
        cell = next(iter(_cells(element)), "")
    document.judge("html", place, element.tag, attributes.items(), cell)


def _attributes_to_judge(element: HtmlElement, ours: frozenset[str]) -> dict[str, str]:
    """Those of an element but what is ours, and what is judged with its value."""
    judged_elsewhere = (*OF_CLAIM, "data-tab") if _is_claim(element) else ()
    attributes = {}
    for name, value in element.items():
        if name not in judged_elsewhere and value not in ours:
            attributes[name] = value
    return attributes


def _judge_of_figure(
    element: HtmlElement,
    place: str,
    attributes: dict[str, str],
    document: Document,
) -> None:
    """Judge a table to save, and what is heard, by the figure: both leave `attributes`."""
    figure = next(element.iterancestors("figure"), None)
    if attributes.get("href", "").startswith(PACKED):
        packed = attributes.pop("href")
        if not _is_table_of(figure, packed):
            document.fault(f"{place}, CSV", "unread")
    if figure is not None and "aria-label" in attributes:
        heard = attributes.pop("aria-label")
        _judge_heard(heard, element, figure, place, document)


def _judge_heard(
    heard: str,
    element: HtmlElement,
    figure: HtmlElement,
    place: str,
    document: Document,
) -> None:
    """What is heard of a drawing are its marks, in order; of a table it is the title."""
    titles = [_words(title) for title in figure.find_class("ti")]
    if heard in titles:
        return
    document.say(f"{place}, aria-label", heard, _cells(element))
    said = titles_of_marks(element)
    has_number = NEEDS_A_CELL.search(heard) is not None
    if has_number and not are_heard(heard, said):
        document.fault(f"{place}, aria-label", "mark")


def _say_claim(element: HtmlElement, place: str, document: Document) -> None:
    """A value reads as its cell has it, and says so to a program."""
    cell = element.get("data-cell")
    # In which tab it stands, and how far it may be from the truth.
    document.say(f"{place}, data-tab", element.get("data-tab", ""), [cell])
    if cell.startswith(TYPED):
        is_right = _is_typed_right(element, place, document)
    else:
        form = element.get("data-form", "")
        value = document.value(place, cell, form)
        document.judge_form(place, cell, form)
        # That it has no value is a finding already.
        is_right = value is None or _is_said_right(element, value)
    if not is_right:
        document.fault(place, "cell")


def _is_typed_right(element: HtmlElement, place: str, document: Document) -> bool:
    """Whether a number that the author typed stands there as it is, and has a reason."""
    words = _words(element)
    why = element.get("data-cell").removeprefix(TYPED).strip()
    document.say_typed(place, why, words)
    is_as_typed = words == element.get("value")
    is_of_table = "data-state" in element.attrib or "data-off" in element.attrib
    return is_as_typed and not is_of_table


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
    counted: Counted,
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
        said = " ".join(text.split())
        is_decision = said in counted.get(block, ())  # a Word document says it too
        if cells or is_decision:
            whole = " ".join(text_with_values.split())
            document.whole.append(whole)
        bare = _without_counted(said, block, counted)
        place = places.get(block, "buiten de pagina")  # what stands behind its end
        dots = DOTS_OF_VALUE.fullmatch(bare)
        if dots is None:
            document.say(place, bare)
        elif len(dots["before"] or dots["behind"]) not in document.numbers(place, cells):
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
    rows = [] if figure is None else list(figure.iter("tr"))
    with_ends = set()
    for row in rows:
        with_ends |= {at for at, place in enumerate(row) if _ends_in(place)}
    for line, row in zip_longest(lines, rows, fillvalue=()):
        allowed: list[set[str]] = []
        for at, place in enumerate(row):
            allowed.append(_in_file(place))
            if at in with_ends:
                allowed += _ends_in_file(place)
        for said, ways_to_say in zip_longest(line, allowed):
            if ways_to_say is None or said not in ways_to_say:
                return False
    return True


def _ends_in(place: HtmlElement) -> list[HtmlElement]:
    """The two ends of an interval that stand in a place of a table."""
    return [end for span in place.find_class("grens") for end in span.iter("data")]


def _ends_in_file(place: HtmlElement) -> list[set[str]]:
    """What the two columns of the ends of an interval can be in a file."""
    if place.get("scope") == "col":
        head = _words(place)
        return [{f"{head} (ondergrens)"}, {f"{head} (bovengrens)"}]
    ends = _ends_in(place)
    if not ends:
        return [{""}, {""}]
    return [{end.get("value", "").replace(".", ",")} for end in ends]


def _in_file(place: HtmlElement) -> set[str]:
    """What a place of a table can be in a file: its words, a number, why there is none."""
    words = _words(place)
    claims = [element for element in place.iter() if _is_claim(element)]
    said = {words}
    for claim in claims:
        raw = claim.get("value", "")
        said.add(_words(claim))
        said.add(raw.replace(".", ","))
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
    for claim in element.iter("data", "g"):
        cell = claim.get("data-cell", "")
        if not cell:
            continue
        if cell.startswith(TYPED):
            cell = TYPED + _words(claim)
        cells[cell] = None
    return tuple(cells)


def json_object(source: str, place: str) -> dict[str, Any]:
    """Read an object of JSON; one that cannot be read is an error."""
    try:
        content = json.loads(source, object_pairs_hook=_plain)
        if not isinstance(content, dict):
            raise TypeError("no object")
    except (ValueError, TypeError) as error:
        raise DataError.of("cannot_examine_origins", place=place) from error
    return content


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name stands twice."""
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("what stands first is never seen")
    return content
