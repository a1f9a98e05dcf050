"""What every page needs, imported and done once: a worker is forked from, or begins with, this."""

import gc
import tempfile
from pathlib import Path

import mma_analysis.publish.engine.shell  # noqa: F401  before pandas, which asks where it is shown
from mma_analysis import evaluation, show  # noqa: F401  what the notebooks import
from mma_analysis.publish import page, plotly_bundle

# A figure in a notebook: libraries read their tables of rules when the first one is made.
REHEARSAL = """
from mma_analysis.show import blocks, charts

figure = charts.bars([charts.Bar("a", 1, "1")])
figure.add_scatter(x=[1], y=[1], mode="lines+markers+text", text=["a"], error_x={"array": [1]})
figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=1)
blocks.Chart("t", "u", figure, "a", blocks.Table("t", ["a"], [["1"]]), "c")
"""


def warm_up() -> None:
    """Make a page that nobody sees, and keep what that read out of the garbage collector's way."""
    plotly_bundle.plotly_js()
    with tempfile.TemporaryDirectory(prefix="mma-warm-") as folder:
        page.rehearse(REHEARSAL, Path(folder) / "rehearsal.ipynb")
    gc.collect()
    gc.freeze()


warm_up()
