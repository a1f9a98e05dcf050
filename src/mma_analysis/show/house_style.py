"""The look of an organisation: colours, letters and a logo in the `huisstijl` of an edition."""

import base64
import re
from itertools import chain
from operator import mul
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from markupsafe import Markup

from mma_analysis.vocabulary import UsageError, numbers
from mma_analysis.vocabulary.rows import not_there

COMMENT = re.compile(r"/\*.*?\*/", re.S)
SHEET = re.compile(r"\s*:root\s*\{(?P<inside>[^{}]*)\}\s*")
PROPERTY = re.compile(r"\s*--(?P<name>[a-z-]+)\s*:\s*(?P<value>[^:;]+?)\s*")
COLOUR, LETTERS = re.compile(r"#[0-9a-f]{6}", re.I), re.compile(r"[\w\s\"',.-]+")
FONT = "letters"  # every other property is a colour
# What WCAG asks of text (1.4.3) and of what is not text (1.4.11): the colour, and what is behind.
TEXT, MARK = 4.5, 3.0
PAIRS = {
    **{("ink", back): TEXT for back in ("paper", "tint", "pale", "act-tint", "warn")},
    **{(front, "paper"): TEXT for front in ("soft", "blue", "act")},
    **{("mid", "paper"): MARK, ("act", "act-tint"): MARK},
}


class HouseStyle(NamedTuple):
    """A style sheet of nothing but custom properties, and a logo as a link; empty without."""

    css: Markup = Markup()
    logo: str = ""


def house_style(folder: Path, ours: str) -> HouseStyle:
    """The look of an edition, of which every colour can be read and nothing runs or is fetched.

    `ours`: the style sheet of our pages, of which it may replace the properties.
    """
    style, logo = (folder / name for name in ("stijl.css", "logo.svg"))
    css, link = style.read_text(encoding="utf-8").strip() if style.is_file() else "", ""
    if css:
        _check(css, style, ours)
    if logo.is_file():  # as a link that holds it: of that no browser runs or fetches what is in it
        content = logo.read_bytes()
        try:
            drawing = [one.tag.rpartition("}")[2] for one in ElementTree.fromstring(content).iter()]
        except ElementTree.ParseError as error:
            raise UsageError.of("no_svg", path=logo) from error
        if "script" in drawing:
            raise UsageError.of("no_svg", path=logo)
        link = f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
    return HouseStyle(Markup(css), link)  # noqa: S704  it is nothing but properties


def _check(css: str, path: Path, ours: str) -> None:
    """Refuse what is no property of our pages, and a colour that not everybody can see."""
    sheet = SHEET.fullmatch(COMMENT.sub("", css))
    if sheet is None or "<" in css:
        raise UsageError.of("style_other", path=path)
    # on paper and on a light screen
    root = ours.partition(":root{")[2].partition("}")[0]
    colours = dict(re.findall(r"--([a-z-]+):([^;]+)", root))
    known, given = [one for one in colours if one in (*chain(*PAIRS), FONT)], dict[str, str]()
    for line in filter(str.strip, sheet["inside"].split(";")):
        found = PROPERTY.fullmatch(line)
        name = found["name"] if found else line.strip()
        if found is None or name not in known:
            raise UsageError(f"{path}: {not_there(name, known)}")
        if not (LETTERS if name == FONT else COLOUR).fullmatch(found["value"]):
            code = "style_letters" if name == FONT else "style_colour"
            raise UsageError.of(code, path=path, name=name, value=found["value"])
        given[name] = found["value"]
    colours |= given
    for (front, back), least in PAIRS.items():
        ratio = contrast(colours[front], colours[back])
        if ratio < least and {front, back} & {*given}:
            words = {"front": front, "back": back, "least": numbers.number(least, 1)}
            words |= {"ratio": numbers.number(ratio, 1)}
            words |= {"colour": colours[front], "behind": colours[back]}
            raise UsageError.of("style_weak", path=path, **words)


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, from 1 to 21, as WCAG 2 has it."""

    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [part / 255 for part in bytes.fromhex(digits)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(map(mul, (0.2126, 0.7152, 0.0722), linear)) + 0.05

    dark, bright = sorted(map(light, (one, other)))
    return bright / dark
