"""The templates of what is no notebook: the index, letters, placeholders and the board paper."""

from functools import cache

from jinja2 import Environment, PackageLoader

from mma_analysis.publish.assets import asset


def written(name: str, **told: object) -> str:
    """Write a page by its template, in the style of the reports."""
    css, index_css = asset("page.css"), asset("index.css")
    return _templates().get_template(name).render(**told, css=css, index_css=index_css)


@cache
def _templates() -> Environment:
    loader = PackageLoader("mma_analysis.publish", "template")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
