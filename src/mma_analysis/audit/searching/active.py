"""What a file carries out, fetches or sends when somebody opens it."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from mma_analysis.audit.collecting.documents import Document, Tag
from mma_analysis.audit.collecting.pages import USUAL, attribute_name
from mma_analysis.audit.findings import Finding

LOADING = {
    *("iframe", "frame", "frameset", "object", "embed", "applet", "portal", "form", "input"),
    *("audio", "video", "source", "track", "base", "link", "foreignobject"),
}
FETCHING = {
    *("href", "src", "srcset", "action", "formaction", "data", "poster", "background", "ping"),
    *("cite", "longdesc", "manifest", "xlink:href", "style", "archive", "codebase", "imagesrcset"),
}
EXTERNAL = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|\\\\|(?:ftp|mailto|tel|ws|wss):", re.I)
ACTIVE = re.compile(
    r"^[\s\x00-\x1f]*(?:(?:java|vb)script:"
    r"|data:(?!image/(?:png|jpeg|gif|webp)[;,]|text/csv;base64,))",
    re.I,
)
CSS_FETCH = re.compile(
    r"url\s*\(\s*(?![\"']?(?:data:image/|#))|@import|image-set\(|expression\(", re.I
)
MAIL = "mailto:"
PICTURE = re.compile(r"^\s*data:image/", re.I)
IN_TEXT = re.compile(r"(?:https?|ftp|wss?)://", re.I)

# Office files: names of elements and relations that run, fetch or hide something.
FORMULAS = {"f", "oleObject", "externalReference", "ddeLink", "control", "webPublishItem"}
CHANGES = {"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "cellIns", "cellDel"}
FIELDS = re.compile(r"\b(?:INCLUDETEXT|INCLUDEPICTURE|DDE|DDEAUTO|HYPERLINK|LINK)\b")
# Element and folder of its part → where its size is, and the least that can be read: of a row in
# points, of a column in letters, of a letter in half points.
SIZES = {
    ("row", "part xl/worksheets"): ("ht", 6.0),
    ("col", "part xl/worksheets"): ("width", 1.0),
    ("sz", "part xl"): ("val", 6.0),
    ("sz", "part word"): ("val", 12.0),
}
NUMBER = re.compile(r"\d+(\.\d+)?")
NAMESPACES = ("http://schemas.", "http://purl.org/", "http://www.w3.org/", "https://schemas.")


def find_active(document: Document, own: str) -> Iterator[Finding]:
    """Find everything in a file that runs, fetches, sends, or cannot be searched.

    `own` is the settings of the edition as one text: they hold an address to write to.
    """
    if document.file.endswith(".html"):
        for tag in document.tags:
            yield from _in_tag(document.file, tag, own)
        yield from _scripts(document)
        yield from _addresses(document)
    elif document.file.endswith((".xlsx", ".docx")):
        yield from _in_office(document)
    for part in document.unread:
        yield Finding(document.file, part or "whole file", "unread")


def _in_tag(file: str, tag: Tag, own: str) -> Iterator[Finding]:
    is_switch = tag.name == "input" and tag.attributes.get("type") == "checkbox"
    if (tag.name in LOADING and not is_switch) or (
        tag.name == "script" and "src" in tag.attributes
    ):
        yield Finding(file, tag.place, "element")
    if tag.name == "meta" and tag.attributes.get("http-equiv", "").lower() == "refresh":
        yield Finding(file, tag.place, "element")
    for name, value in tag.attributes.items():
        place = f"{attribute_name(name)} of {tag.place}"
        if name not in USUAL and re.search(r"\d", f"{name} {value}"):
            yield Finding(file, place, "attribute")
        if name.startswith("on") or name == "srcdoc":
            yield Finding(file, place, "handler")
        if ACTIVE.search(value):
            yield Finding(file, place, "handler")
        is_ours = name == "href" and value.startswith(MAIL) and value.removeprefix(MAIL) in own
        if name in FETCHING and not is_ours and (EXTERNAL.search(value) or CSS_FETCH.search(value)):
            yield Finding(file, place, "external")
        if PICTURE.search(value):
            yield Finding(file, place, "unread")


def _scripts(document: Document) -> Iterator[Finding]:
    """Only what is shipped with the package may run, byte for byte; and only that may style."""
    for script in document.scripts:
        if script.kind == "script" and script.source.strip() not in shipped(".js"):
            yield Finding(document.file, script.place, "script")
        if script.kind == "style" and not _is_shipped_style(script.source):
            yield Finding(document.file, script.place, "style")
        if script.kind == "style" and (CSS_FETCH.search(script.source)):
            yield Finding(document.file, script.place, "external")


def _is_shipped_style(source: str) -> bool:
    rest = source
    for known in sorted(shipped(".css"), key=len, reverse=True):
        rest = rest.replace(known, "")
    return rest.strip() in ("", ".plot,.key{display:none}")


def _addresses(document: Document) -> Iterator[Finding]:
    for text in document.texts:
        if text.is_read and IN_TEXT.search(text.words):
            yield Finding(document.file, text.place, "external")


@cache
def shipped(kind: str) -> frozenset[str]:
    """The package's own scripts or style sheets, and plotly's, as they are written in a page."""
    assets = files("mma_analysis").joinpath("publish", "assets")
    found: list[Traversable] = [path for path in assets.iterdir() if path.name.endswith(kind)]
    whole = files("plotly").joinpath("package_data", "plotly.min.js")
    if kind == ".js" and whole.is_file():
        found.append(whole)
    return frozenset(path.read_text(encoding="utf-8").strip() for path in found)


def _in_office(document: Document) -> Iterator[Finding]:
    for tag in document.tags:
        if tag.name in FORMULAS:
            yield Finding(document.file, tag.place, "formula")
        if tag.attributes.get("TargetMode") == "External" or tag.name == "attachedTemplate":
            yield Finding(document.file, tag.place, "external")
        if tag.name in CHANGES:
            yield Finding(document.file, tag.place, "change")
        if _is_unseen(tag):
            yield Finding(document.file, tag.place, "unseen")
        if tag.name == "instrText" or "instr" in tag.attributes:
            yield from _field(document, tag)
    for text in document.texts:
        if IN_TEXT.search(text.words) and not text.words.startswith(NAMESPACES):
            yield Finding(document.file, text.place, "external")


def _is_unseen(tag: Tag) -> bool:
    """Whether this hides a sheet, a row, a column or a piece of text."""
    is_hidden = tag.name in ("row", "col") and tag.attributes.get("hidden") in ("1", "true")
    is_covered = tag.name == "sheet" and "idden" in tag.attributes.get("state", "")
    is_vanished = tag.name in ("vanish", "webHidden", "specVanish")
    return is_hidden or is_covered or is_vanished or _is_tiny(tag)


def _is_tiny(tag: Tag) -> bool:
    """Whether a row, a column or a letter is too small to see."""
    attribute, least = SIZES.get((tag.name, tag.place.rpartition("/")[0]), ("", 0.0))
    size = tag.attributes.get(attribute, "")
    is_none = tag.name == "sheetFormatPr" and tag.attributes.get("zeroHeight") in ("1", "true")
    return is_none or (bool(NUMBER.fullmatch(size)) and float(size) < least)


def _field(document: Document, tag: Tag) -> Iterator[Finding]:
    words = [t.words for t in document.texts if t.place.endswith(tag.place.removeprefix("part "))]
    if any(FIELDS.search(text) for text in words):
        yield Finding(document.file, tag.place, "external")
