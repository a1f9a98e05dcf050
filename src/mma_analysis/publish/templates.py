"""What pages are written with: their style, and the templates of what is no notebook."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader

from mma_analysis.publish.house_style import house_style
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import numbers


@cache
def asset(name: str) -> str:
    """One of the files that are written into pages, as text."""
    return files("mma_analysis.publish").joinpath("assets", name).read_text(encoding="utf-8")


def written(name: str, edition: Edition, **told: object) -> str:
    """Write a page by its template, in the style of the reports and of the edition."""
    look = {"css": asset("page.css"), "index_css": asset("index.css")}
    look |= {"house": house_style(edition)}
    return _templates().get_template(name).render(edition=edition, **told, **look)


def corrected_on(edition: Edition) -> str:
    """The days on which this edition was put right since it was first sent; empty when it was not.

    Never what: who knows which numbers a correction touched knows about which meldingen it was.
    """
    days = sorted({one.datum for one in edition.evaluatie.erratum})
    return numbers.listing([numbers.day(day) for day in days])


@cache
def _templates() -> Environment:
    loader = PackageLoader("mma_analysis.publish", "template")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
