"""A figure as one web page: what it says around it, and everything that draws it inside it."""

from html import escape
from typing import TYPE_CHECKING, Any

from mma_analysis.show.blocks import STAYS_HERE

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from mma_analysis.show.blocks import Chart

PAGE = """<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ font-family: sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
figure {{ margin: 0 }} ul {{ list-style: none; padding: 0 }}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{unit}</p>
{key}<figure>
<div role="img" aria-label="{alt}">
{drawing}
</div>
<figcaption>{caption}</figcaption>
</figure>
</main>
</body>
</html>
"""


def page_of_chart(chart: "Chart") -> str:
    """A page of a chart of `show`, with its title, unit, key and caption; it needs no network."""
    return PAGE.format(
        title=escape(chart.title),
        unit=escape(chart.unit),
        key=_key(chart),
        alt=escape(chart.alt),
        drawing=_drawing(chart.figure, full_html=False, div_id="figuur"),
        caption=escape(chart.caption),
    )


def _drawing(figure: "go.Figure", **options: Any) -> str:
    return figure.to_html(config=STAYS_HERE, include_plotlyjs=True, **options)


def _key(chart: "Chart") -> str:
    """What each colour is; nothing when the figure says so itself."""
    names = "".join(
        f'<li><span aria-hidden="true" style="color:{escape(colour)}">■</span> {escape(name)}</li>'
        for name, colour in chart.key
    )
    return f"<ul>{names}</ul>\n" if names else ""


def page_of_figure(figure: "go.Figure") -> str:
    """A page of a figure of plotly, named after the title that it has; it needs no network."""
    page = _drawing(figure)
    title = figure.layout["title"]["text"]
    return page.replace("</head>", f"<title>{escape(title)}</title></head>", 1) if title else page
