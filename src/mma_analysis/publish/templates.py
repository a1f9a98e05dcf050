"""What pages are written with: their style, and the templates of what is no notebook."""

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, select_autoescape

from mma_analysis.publish.house_style import HouseStyle, house_style
from mma_analysis.settings import Edition
from mma_analysis.show.text import FILTERS, vast
from mma_analysis.vocabulary import DataError, numbers

TAG = re.compile(r"<[^>]*>")
BUNDLE = "plotly-basic.min.js"


@cache
def asset(name: str) -> str:
    """One of the files that are written into pages, as text."""
    return files("mma_analysis.publish").joinpath("assets", name).read_text(encoding="utf-8")


def has_bundle() -> bool:
    """Whether the small plotly.js was fetched at set-up."""
    return files("mma_analysis.publish").joinpath("assets", BUNDLE).is_file()


def plotly_js() -> str:
    """The small plotly.js; without it the plotly package's own full file, four times as large."""
    if has_bundle():
        return asset(BUNDLE)
    from plotly.offline import get_plotlyjs

    return get_plotlyjs()


def written(name: str, edition: Edition | None = None, **names: object) -> str:
    """Write a page by its template, in the style of the reports and of the edition."""
    look = {"css": asset("page.css"), "index_css": asset("index.css")}
    look |= {
        "letter_css": asset("letter.css"),
        "house": house_style(edition) if edition else HouseStyle(),
    }
    return _templates().get_template(name).render(edition=edition, **names, **look)


def refuse_more_words(text: str, most: int, name: str) -> None:
    """Raise when a text is longer than its reader reads; tags are no words."""
    if (found := len(TAG.sub("", text).split())) > most:
        raise DataError(
            f"{name}: {found} woorden, {found - most} meer dan de {most} die er mogen staan; "
            "maak het korter"
        )


def corrected_on(edition: Edition) -> str:
    """The days on which this edition was put right since it was first sent; empty when it was not.

    Never what: who knows which numbers a correction touched knows about which meldingen it was.
    """
    days = sorted({one.datum for one in edition.evaluatie.erratum})
    return numbers.listing([numbers.day(day) for day in days])


@cache
def _templates() -> Environment:
    loader = PackageLoader("mma_analysis.publish", "template")
    made = Environment(
        loader=loader,
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= FILTERS
    made.globals |= {"vast": vast}
    return made
