"""What every page needs, imported and done once: its process is forked from, or begins with, this.

In the server that forks nothing else is imported before, so nothing has begun a thread.
"""

import gc
import os
import sys
import tempfile
from importlib.resources import files
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


def warm_up() -> None:
    """Make a page that nobody sees, and keep what that read out of the garbage collector's way."""
    sys.excepthook = _unless_nobody_asks
    os.environ.update(ONE_THREAD)
    os.environ.pop(RENDERER, None)
    import papermill  # noqa: F401, I001  IPython before pandas, which asks where it is shown
    import pyarrow.parquet  # noqa: F401  pandas imports it when a table is read

    from mma_analysis import evaluation, show  # noqa: F401  what the notebooks import
    from mma_analysis.publish import batch, page, plan  # noqa: F401

    plan.made_with()
    # Text, figure, table: libraries read their tables of rules when the first one is made.
    rehearsal = Path(str(files("mma_analysis.publish").joinpath("template", "rehearsal.ipynb")))
    with tempfile.TemporaryDirectory(prefix="mma-warm-") as folder:
        ran = page.execute(rehearsal, {}, Path(folder) / "executed.ipynb")
        page.remarks(ran)
        page.to_html(ran)
    gc.collect()
    gc.freeze()


def _unless_nobody_asks(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Say nothing of one that was killed while it asked for a process: nobody asks any more."""
    if not issubclass(kind, EOFError):
        sys.__excepthook__(kind, error, trace)


warm_up()
