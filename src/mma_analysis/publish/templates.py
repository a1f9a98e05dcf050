"""What is written with a template: the templates, what they can use, and how it looks."""

import base64
import re
from collections.abc import Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from jinja2 import Environment, PackageLoader, Template, select_autoescape
from markupsafe import Markup

from mma_analysis.settings import HOUSE_STYLE, Edition
from mma_analysis.show.text import jinja, to_html
from mma_analysis.vocabulary import PACKAGE, UsageError, numbers
from mma_analysis.vocabulary.rows import not_there

ASSETS = PACKAGE / "publish" / "assets"
TEMPLATES = PACKAGE / "publish" / "template"


@cache
def asset(name: str) -> Markup:
    """One of the files that are written into pages, as text."""
    return Markup((ASSETS / name).read_text(encoding="utf-8"))  # noqa: S704  it is ours


def written(name: str, **names: object) -> str:
    """Write a page or a text by its template; a page has the look of its `edition`."""
    return template_of(name).render(names)


def template_of(name: str) -> Template:
    """A template of this package, which is compiled once."""
    return _templates().get_template(name)


@cache
def _templates() -> Environment:
    made = jinja(
        loader=PackageLoader("mma_analysis.publish", "template"),
        autoescape=select_autoescape(),
        keep_trailing_newline=True,
    )
    made.filters["markdown"] = markdown
    made.filters["in_style"] = in_style
    made.globals["asset"] = asset
    made.globals["house_style"] = look_of
    made.globals["numbers"] = numbers
    made.globals["corrected_on"] = corrected_on
    return made


def markdown(text: Markup) -> Markup:
    """Markdown as HTML."""
    return Markup(to_html(text))  # noqa: S704  it is what a notebook shows


def in_style(text: str) -> str:
    """A text between quotes in a style sheet: every other sign by its number."""
    return re.sub(r"[^\w ·,.]", lambda sign: f"\\{ord(sign[0]):x} ", text)


def corrected_on(edition: Edition) -> str:
    """The days on which this edition was put right; never what: it may tell of a tip."""
    days = sorted({one.datum for one in edition.evaluatie.erratum})
    return numbers.listing([numbers.day(day) for day in days])


# --- the look of an organisation: colours, letters and a logo in `huisstijl` --------------

COMMENT = re.compile(r"/\*.*?\*/", re.S)
ROOT_RULE = re.compile(r"\s*:root\s*\{(?P<inside>[^{}]*)\}\s*")
PROPERTY = re.compile(r"\s*--(?P<name>[a-z-]+)\s*:\s*(?P<value>[^:;]+?)\s*")
COLOUR_OF_PAGE = re.compile(r"--([a-z-]+):([^;]+)")
COLOUR = re.compile(r"#[0-9a-f]{6}", re.I)
FONT_NAMES = re.compile(r"[\w\s\"',.-]+")
FONT = "letters"  # every other property is a colour
# What WCAG asks of text (1.4.3) and of what is not text (1.4.11).
CONTRAST_OF_TEXT = 4.5
CONTRAST_OF_MARKS = 3.0
# The colour, and what is behind it → how far apart they must be.
PAIRS = {
    ("ink", "paper"): CONTRAST_OF_TEXT,
    ("ink", "tint"): CONTRAST_OF_TEXT,
    ("ink", "pale"): CONTRAST_OF_TEXT,
    ("ink", "act-tint"): CONTRAST_OF_TEXT,
    ("ink", "warn"): CONTRAST_OF_TEXT,
    ("soft", "paper"): CONTRAST_OF_TEXT,
    ("blue", "paper"): CONTRAST_OF_TEXT,
    ("act", "paper"): CONTRAST_OF_TEXT,
    ("mid", "paper"): CONTRAST_OF_MARKS,
    ("act", "act-tint"): CONTRAST_OF_MARKS,
}


class HouseStyle(NamedTuple):
    """A style sheet of nothing but custom properties, and a logo as a link, if any."""

    css: Markup = Markup()
    logo: str = ""


def look_of(edition: Edition) -> HouseStyle:
    """The look of an edition: every colour can be read, and nothing runs or is fetched."""
    folder = edition.folder / HOUSE_STYLE
    css = ""
    style = folder / "stijl.css"
    if style.is_file():
        css = style.read_text(encoding="utf-8").strip()
    if css:
        _check(css, style)
    logo = folder / "logo.svg"
    link = _link(logo) if logo.is_file() else ""
    return HouseStyle(Markup(css), link)  # noqa: S704  it is nothing but properties


def _link(logo: Path) -> str:
    """A link that holds a logo: of that no browser runs or fetches what is in it."""
    content = logo.read_bytes()
    try:
        drawing = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise UsageError.of("no_svg", path=logo) from error
    tags = [one.tag.rpartition("}")[2] for one in drawing.iter()]
    if "script" in tags:
        raise UsageError.of("no_svg", path=logo)
    in_text = base64.b64encode(content).decode()
    return f"data:image/svg+xml;base64,{in_text}"


def _check(css: str, path: Path) -> None:
    """Refuse what is no property of our pages, and a colour that not everybody can see."""
    # Ours on paper and on a light screen.
    _, _, from_root = asset("page.css").partition(":root{")
    properties, _, _ = from_root.partition("}")
    ours = dict(COLOUR_OF_PAGE.findall(properties))
    given = _given(css, path, ours)
    colours = ours | given
    for (front, back), least in PAIRS.items():
        is_given = front in given or back in given
        ratio = contrast(colours[front], colours[back])
        if ratio < least and is_given:
            raise UsageError.of(
                "style_weak",
                path=path,
                front=front,
                back=back,
                colour=colours[front],
                behind=colours[back],
                ratio=numbers.number(ratio, 1),
                least=numbers.number(least, 1),
            )


def _given(css: str, path: Path, ours: Mapping[str, str]) -> dict[str, str]:
    """The properties in a style sheet: each is one of ours that may be another."""
    sheet = ROOT_RULE.fullmatch(COMMENT.sub("", css))
    if sheet is None or "<" in css:
        raise UsageError.of("style_other", path=path)
    may_be_given = {FONT, *chain.from_iterable(PAIRS)}
    known = [name for name in ours if name in may_be_given]
    given: dict[str, str] = {}
    for line in filter(str.strip, sheet["inside"].split(";")):
        found = PROPERTY.fullmatch(line)
        name = found["name"] if found else line.strip()
        if found is None or name not in known:
            raise UsageError(f"{path}: {not_there(name, known)}")
        value = found["value"]
        form = FONT_NAMES if name == FONT else COLOUR
        if not form.fullmatch(value):
            code = "style_letters" if name == FONT else "style_colour"
            raise UsageError.of(code, path=path, name=name, value=value)
        given[name] = value
    return given


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, from 1 to 21, as WCAG 2 has it.

    (L₁ + 0.05) / (L₂ + 0.05), with L₁ the relative luminance of the lighter colour
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """How light a colour is: L = 0.2126 R + 0.7152 G + 0.0722 B, of linear parts."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue = map(_linear, bytes.fromhex(digits))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: int) -> float:
    """A part of a colour, of 0 to 255, as light: sRGB without its gamma."""
    share = part / 255
    if share <= 0.04045:
        return share / 12.92
    return ((share + 0.055) / 1.055) ** 2.4
