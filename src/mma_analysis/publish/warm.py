"""What every page needs, imported and done once: a worker is forked from, or begins with, this."""

import gc
import tempfile
from pathlib import Path

import pyarrow.parquet  # noqa: F401  pandas imports it when a table is read

import mma_analysis.publish.engine.shell  # noqa: F401  before pandas, which asks where it is shown
from mma_analysis import evaluation, show  # noqa: F401  what the notebooks import
from mma_analysis.publish import page, plotly_bundle

# Text, a figure and a table: libraries read their tables of rules when the first one is made.
HEADING = "## a\n\nb **c**\n\n- d\n"
REHEARSAL = """
import datetime as dt

from mma_analysis.show import blocks, charts, words

for name in blocks.templates().list_templates():
    blocks.templates().get_template(name)
words.day(dt.date(2000, 1, 1))
figure = charts.bars([charts.Bar("a", 1, words.number(1))])
figure.add_scatter(
    x=[1], y=[1], mode="lines+markers+text", text=["a"], error_x={"array": [1]},
    line={"width": 1}, marker={"line": {"width": 1}},
)
figure.add_bar(x=[1], y=[1], textfont={"size": 1})
figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=1, line={"width": 1})
figure.update_layout(uniformtext={"minsize": 1}, xaxis={"title": {"font": {"size": 1}}})
blocks.Chart("t", "u", figure, "a", blocks.Table("t", ["a"], [["1"]]), "c")
"""


def warm_up() -> None:
    """Make a page that nobody sees, and keep what that read out of the garbage collector's way."""
    plotly_bundle.plotly_js()
    with tempfile.TemporaryDirectory(prefix="mma-warm-") as folder:
        page.rehearse(HEADING, REHEARSAL, Path(folder) / "rehearsal.ipynb")
    gc.collect()
    gc.freeze()


warm_up()
