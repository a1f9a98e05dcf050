"""The look of an organisation: `huisstijl/stijl.css` and `huisstijl/logo.svg` of an edition."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

from mma_analysis.settings import HOUSE_STYLE, Edition
from mma_analysis.show.reading import not_there
from mma_analysis.vocabulary import UsageError, numbers

STYLE, LOGO = "stijl.css", "logo.svg"
COMMENT = re.compile(r"/\*.*?\*/", re.S)
SHEET = re.compile(r"\s*:root\s*\{(?P<inside>[^{}]*)\}\s*")
PROPERTY = re.compile(r"\s*--(?P<name>[a-z-]+)\s*:\s*(?P<value>[^:;]+?)\s*")
COLOUR, LETTERS = re.compile(r"#[0-9a-f]{6}", re.I), re.compile(r"[\w\s\"',.-]+")
FONT = "letters"  # every other property is a colour
# What WCAG asks of text (1.4.3) and of what is not text (1.4.11): the colour, and what is behind.
TEXT, MARK = 4.5, 3.0
PAIRS = {
    **dict.fromkeys(
        (("ink", back) for back in ("paper", "tint", "pale", "act-tint", "warn")), TEXT
    ),
    **dict.fromkeys(((front, "paper") for front in ("soft", "blue", "act")), TEXT),
    **dict.fromkeys((("mid", "paper"), ("act", "act-tint")), MARK),
}
RUNS = {"script", "foreignObject", "iframe", "image", "a", "animate", "set"}
ELSEWHERE = re.compile(r"url\s*\(\s*[\"']?(?![\"'#])|@import|(?:script|data|https?|file):|//", re.I)


@dataclass(frozen=True)
class HouseStyle:
    """A style sheet of nothing but custom properties, and a logo as a link; empty without."""

    css: str = ""
    logo: str = ""


def house_style(edition: Edition) -> HouseStyle:
    """The look of an edition, of which every colour can be read and nothing runs or is fetched.

    Raises
    ------
    UsageError
        In Dutch: what is wrong, and of a colour on which other it stands too weak.
    """
    style, logo = (edition.folder / HOUSE_STYLE / name for name in (STYLE, LOGO))
    css = style.read_text(encoding="utf-8").strip() if style.is_file() else ""
    if css:
        refuse_weak(properties(css, style), style)
    return HouseStyle(css, picture(logo) if logo.is_file() else "")


@cache
def ours() -> Mapping[str, str]:
    """The custom properties of our own pages, on paper and on a light screen."""
    sheet = files("mma_analysis.publish").joinpath("assets", "page.css")
    first = re.search(r":root\{([^}]*)\}", sheet.read_text(encoding="utf-8"))
    pairs = (one.split(":", 1) for one in (first[1] if first else "").split(";"))
    return {name.removeprefix("--"): value for name, value in pairs if name.startswith("--")}


def properties(css: str, path: Path) -> dict[str, str]:
    """The custom properties of a style sheet, each one that our pages have."""
    sheet = SHEET.fullmatch(COMMENT.sub("", css))
    if sheet is None or "<" in css:
        raise UsageError(f"{path}: hier mag alleen `:root {{ … }}` staan, met kleuren en letters")
    found = {}
    for line in filter(str.strip, sheet["inside"].split(";")):
        given = PROPERTY.fullmatch(line)
        name = given["name"] if given else line.strip()
        known = [one for one in ours() if one in chain(*PAIRS) or one == FONT]
        if given is None or name not in known:
            raise UsageError(f"{path}: {not_there(name, known)}")
        if not (LETTERS if name == FONT else COLOUR).fullmatch(given["value"]):
            form = "namen van letters, met komma's ertussen" if name == FONT else "zoals #154273"
            raise UsageError(f"{path}: bij --{name} staat ‘{given['value']}’; schrijf {form}")
        found[name] = given["value"]
    return found


def refuse_weak(found: Mapping[str, str], path: Path) -> None:
    """Refuse a colour that not everybody can tell from what is behind it."""
    colours = {**ours(), **found}
    for (front, back), least in PAIRS.items():
        if not {front, back} & {*found}:
            continue
        ratio = contrast(colours[front], colours[back])
        if ratio < least:
            raise UsageError(
                f"{path}: --{front} ({colours[front]}) op --{back} ({colours[back]}) is niet goed "
                f"te zien: het contrast is {numbers.number(ratio, 1)}, en "
                f"{numbers.number(least, 1)} is nodig. Kies een donkerder of lichtere kleur"
            )


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, from 1 to 21, as WCAG 2 has it."""
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def picture(path: Path) -> str:
    """A logo as a link that holds it; refused when it runs or fetches something."""
    content = path.read_bytes()
    try:
        if b"<!" in content.replace(b"<!--", b""):
            raise ElementTree.ParseError("a declaration")
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise UsageError(f"{path}: dit is geen gewone SVG; bewaar haar opnieuw") from error
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        runs = name in RUNS or any(key.startswith("on") for key in element.attrib)
        links = (value for key, value in element.attrib.items() if key.endswith("href"))
        runs |= any(not value.startswith("#") for value in links)
        if runs or any(map(ELSEWHERE.search, (element.text or "", *element.attrib.values()))):
            raise UsageError(
                f"{path}: ‘{name}’ kan iets uitvoeren of ophalen. Bewaar het logo als gewone SVG, "
                "met alleen vormen en kleuren"
            )
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
