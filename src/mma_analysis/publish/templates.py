"""What is written with a template: the templates, and what they can use."""

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from mma_analysis.settings import HOUSE_STYLE, Edition
from mma_analysis.show.house_style import HouseStyle, house_style
from mma_analysis.show.text import FILTERS, to_html, vast
from mma_analysis.vocabulary import DataError, numbers

TAG = re.compile(r"<[^>]*>")
BUNDLE = "plotly-basic.min.js"
ASSETS = files("mma_analysis.publish").joinpath("assets")


@cache
def asset(name: str) -> Markup:
    """One of the files that are written into pages, as text."""
    return Markup(ASSETS.joinpath(name).read_text(encoding="utf-8"))  # noqa: S704  it is ours


def has_bundle() -> bool:
    """Whether the small plotly.js was fetched at set-up."""
    return ASSETS.joinpath(BUNDLE).is_file()


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
    made.globals |= {"asset": asset, "plotly_js": plotly_js, "house_style": look_of}
    made.globals |= {"vast": vast, "numbers": numbers, "corrected_on": corrected_on}
    return made


def look_of(edition: Edition) -> HouseStyle:
    """The house style of an edition, checked."""
    return house_style(edition.folder / HOUSE_STYLE, asset("page.css"))


def refuse_more_words(text: str, most: int, name: str) -> None:
    """Raise when a text is longer than its reader reads; tags are no words."""
    if (count := len(TAG.sub("", text).split())) > most:
        raise DataError.of("too_many_words", name=name, count=count, most=most, over=count - most)


def corrected_on(edition: Edition) -> str:
    """The days on which this edition was put right; never what: that says of which meldingen."""
    days = sorted({one.datum for one in edition.evaluatie.erratum})
    return numbers.listing([numbers.day(day) for day in days])
