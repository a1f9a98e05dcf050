"""What is written with a template: the templates, what they can use, and how it looks."""

import base64
import re
from functools import cache
from itertools import chain
from operator import mul
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from mma_analysis.settings import HOUSE_STYLE, Edition
from mma_analysis.show.text import FILTERS, to_html, vast
from mma_analysis.vocabulary import PACKAGE, UsageError, numbers
from mma_analysis.vocabulary.rows import not_there

BUNDLE = "plotly-basic.min.js"
ASSETS = PACKAGE / "publish" / "assets"


@cache
def asset(name: str) -> Markup:
    """One of the files that are written into pages, as text."""
    return Markup((ASSETS / name).read_text(encoding="utf-8"))  # noqa: S704  it is ours


def has_bundle() -> bool:
    """Whether the small plotly.js was fetched at set-up."""
    return (ASSETS / BUNDLE).is_file()


def plotly_js() -> Markup:
    """The small plotly.js; without it the plotly package's own full file, four times as large."""
    if has_bundle():
        return asset(BUNDLE)
    from plotly.offline import get_plotlyjs

    return Markup(get_plotlyjs())  # noqa: S704  it is plotly's


def written(name: str, **names: object) -> str:
    """Write a page or a text by its template; a page has the look of its `edition`."""
    return _templates().get_template(name).render(names)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("mma_analysis.publish", "template"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= FILTERS | {"markdown": lambda text: Markup(to_html(text))}  # noqa: S704
    made.filters["in_style"] = in_style
    made.globals |= {"asset": asset, "plotly_js": plotly_js, "house_style": look_of}
    made.globals |= {"vast": vast, "numbers": numbers, "corrected_on": corrected_on}
    return made


def in_style(text: str) -> str:
    """A text between quotes in a style sheet: every other sign by its number."""
    return re.sub(r"[^\w ·,.]", lambda sign: f"\\{ord(sign[0]):x} ", text)


def corrected_on(edition: Edition) -> str:
    """The days on which this edition was put right; never what: that says of which meldingen."""
    days = sorted({one.datum for one in edition.evaluatie.erratum})
    return numbers.listing([numbers.day(day) for day in days])


# --- the look of an organisation: colours, letters and a logo in `huisstijl` ----------------------

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


def look_of(edition: Edition) -> HouseStyle:
    """The look of an edition, of which every colour can be read and nothing runs or is fetched."""
    style, logo = (edition.folder / HOUSE_STYLE / name for name in ("stijl.css", "logo.svg"))
    css, link = style.read_text(encoding="utf-8").strip() if style.is_file() else "", ""
    if css:
        _check(css, style)
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


def _check(css: str, path: Path) -> None:
    """Refuse what is no property of our pages, and a colour that not everybody can see."""
    sheet = SHEET.fullmatch(COMMENT.sub("", css))
    if sheet is None or "<" in css:
        raise UsageError.of("style_other", path=path)
    # on paper and on a light screen
    root = asset("page.css").partition(":root{")[2].partition("}")[0]
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
