"""What every page needs, imported once: processes are forked from the one that does."""

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

import papermill  # noqa: E402, F401  IPython before pandas, which asks where it is shown
import pyarrow.parquet  # noqa: E402, F401  pandas imports it when a table is read

from mma_analysis.publish import batch, page, plan  # noqa: E402, F401
