"""What every page needs, imported once: processes are forked from the one that does."""

import json
import os
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to all of us
# Libraries start threads of their own, for arithmetic and for memory; a process is forked
# safely without them.
os.environ |= {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

import nbformat  # noqa: E402
import papermill  # noqa: E402, F401  IPython before pandas, which asks where it is shown
import pyarrow.parquet  # noqa: E402, F401  pandas imports it when a table is read

from mma_analysis import storage  # noqa: E402
from mma_analysis.publish import batch, page, plan, templates  # noqa: E402, F401
from mma_analysis.settings import NOTEBOOKS, shipped  # noqa: E402
from mma_analysis.show import figure, text  # noqa: E402

TEXT_CELL_BEGINS = "%%tekst"


def as_a_cell_has_it(sentences: str) -> str:
    """What stands below the first line of a text cell, as it is filled in when it runs."""
    return "\n" + sentences.removesuffix("\n") + "\n"


def _compile_what_pages_use() -> None:
    """Once for all pages: the templates, how a notebook is checked, and our text cells.

    A text cell that an edition changed is compiled by the pages that have it.
    """
    # Of the code that makes the pages, which a worker may have had in memory for days.
    storage.made_with()
    nbformat.validate(nbformat.v4.new_notebook())
    templates.template_of("page.html")
    figure.macros()
    shared = text.shared_sentences({})
    for path in sorted(shipped(NOTEBOOKS).glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            first, _, sentences = "".join(cell["source"]).partition("\n")
            if first.startswith(TEXT_CELL_BEGINS):
                below = as_a_cell_has_it(sentences)
                text.compiled(shared, below)
                text.typed_words(below)


_compile_what_pages_use()
