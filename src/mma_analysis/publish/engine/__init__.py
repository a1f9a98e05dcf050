"""A papermill engine that runs a notebook in this very process: `papermill --engine mma`."""

# Before our own modules: papermill imports `engine.py` while it begins, and must find it whole.
import papermill  # noqa: F401
