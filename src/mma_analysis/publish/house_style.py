"""The look of an organisation: `huisstijl/stijl.css` and `huisstijl/logo.svg` of an edition."""

import base64
import re
from dataclasses import dataclass
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


@dataclass(frozen=True)
class HouseStyle:
    """A style sheet of nothing but custom properties, and a logo as a link; empty without."""

    css: str = ""
    logo: str = ""


def house_style(edition: Edition) -> HouseStyle:
    """The look of an edition, of which every colour can be read and nothing runs or is fetched.

    `UsageError`: In Dutch: what is wrong, and of a colour on which other it stands too weak.
    """
    style, logo = (edition.folder / HOUSE_STYLE / name for name in (STYLE, LOGO))
    css = style.read_text(encoding="utf-8").strip() if style.is_file() else ""
    if css:
        _check(css, style)
    return HouseStyle(css, _picture(logo) if logo.is_file() else "")


def _check(css: str, path: Path) -> None:
    """Refuse what is no property of our pages, and a colour that not everybody can see."""
    sheet = SHEET.fullmatch(COMMENT.sub("", css))
    if sheet is None or "<" in css:
        raise UsageError(f"{path}: hier mag alleen `:root {{ … }}` staan, met kleuren en letters")
    ours = files("mma_analysis.publish").joinpath("assets", "page.css").read_text(encoding="utf-8")
    first = ours[ours.index(":root{") :].partition("}")[0]  # on paper and on a light screen
    colours = dict(re.findall(r"--([a-z-]+):([^;]+)", first))
    known = [one for one in colours if one in chain(*PAIRS) or one == FONT]
    given = {}
    for line in filter(str.strip, sheet["inside"].split(";")):
        found = PROPERTY.fullmatch(line)
        name = found["name"] if found else line.strip()
        if found is None or name not in known:
            raise UsageError(f"{path}: {not_there(name, known)}")
        if not (LETTERS if name == FONT else COLOUR).fullmatch(found["value"]):
            form = "namen van letters, met komma's ertussen" if name == FONT else "zoals #154273"
            raise UsageError(f"{path}: bij --{name} staat ‘{found['value']}’; schrijf {form}")
        given[name] = found["value"]
    colours |= given
    for (front, back), least in PAIRS.items():
        ratio = contrast(colours[front], colours[back])
        if ratio < least and {front, back} & {*given}:
            raise UsageError(
                f"{path}: --{front} ({colours[front]}) op --{back} ({colours[back]}) is niet goed "
                f"te zien: het contrast is {numbers.number(ratio, 1)}, en "
                f"{numbers.number(least, 1)} is nodig. Kies een donkerder of lichtere kleur"
            )


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, from 1 to 21, as WCAG 2 has it."""
    light = []
    for colour in (one, other):
        digits = colour.removeprefix("#")
        digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        light.append(0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    return max(light) / min(light)


def _picture(path: Path) -> str:
    """A logo as a link that holds it: of a picture no browser runs or fetches what is in it."""
    content = path.read_bytes()
    try:
        ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise UsageError(f"{path}: dit is geen gewone SVG; bewaar haar opnieuw") from error
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
