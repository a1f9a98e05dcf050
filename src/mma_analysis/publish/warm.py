"""What every page needs, imported and done once: its process is forked from, or begins with, this.

In the server that forks nothing else is imported before, so nothing has begun a thread.
"""

import gc
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

# Libraries start threads of their own, for arithmetic and for memory; a process is forked safely
# without them.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# Where plotly shows the figures of who explores. A name that it does not know stops its import.
RENDERER = "PLOTLY_RENDERER"
# Text, a figure and a table: libraries read their tables of rules when the first one is made.
HEADING = "## a\n\nb **c**\n\n- d\n"
REHEARSAL = """
import pandas as pd
import plotly.express as px

from mma_analysis.show import Value, figuur, tabel
from mma_analysis.show.text import fill, to_html

value = Value(1.5, "rate", "a|b#c", low=1.0, high=2.0)
to_html(fill("**{{ a }}** {{ a | grenzen }} {{ a | geheel }} {{ b | dag }}", {
    "a": value, "b": Value("2023-01-01", "day", "a|b#c"),
}))
table = pd.DataFrame({"a": ["b"], "count": [1]})
figure = px.bar(table, x="count", y="a", orientation="h", text="a")
figure.add_scatter(
    x=[1], y=["b"], mode="lines+markers+text", text=["a"],
    error_x={"array": [1]}, error_y={"array": [1]},
    line={"width": 1}, marker={"line": {"width": 1}},
)
figure.add_bar(x=[1], y=["b"], textfont={"size": 1}, marker={"pattern": {"shape": "/"}})
figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=1, line={"width": 1})
figure.add_annotation(x=1, y="b", text="a", font={"size": 1})
figure.update_xaxes(tickfont={"size": 1})
figuur(figure, table, titel="a {{ 1 }}", eenheid="b", noot="c", bron="d")
tabel(table, "a")
"""


def warm_up() -> None:
    """Make a page that nobody sees, and keep what that read out of the garbage collector's way."""
    sys.excepthook = _unless_nobody_asks
    os.environ.update(ONE_THREAD)
    os.environ.pop(RENDERER, None)
    import papermill  # noqa: F401, I001  IPython before pandas, which asks where it is shown
    import pyarrow.parquet  # noqa: F401  pandas imports it when a table is read

    from mma_analysis import evaluation, show  # noqa: F401  what the notebooks import
    from mma_analysis.publish import batch, page, plan, plotly_bundle  # noqa: F401

    plan.made_with()
    plotly_bundle.plotly_js()
    with tempfile.TemporaryDirectory(prefix="mma-warm-") as folder:
        page.rehearse(HEADING, REHEARSAL, Path(folder) / "rehearsal.ipynb")
    gc.collect()
    gc.freeze()


def _unless_nobody_asks(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Say nothing of one that was killed while it asked for a process: nobody asks any more."""
    if not issubclass(kind, EOFError):
        sys.__excepthook__(kind, error, trace)


warm_up()
