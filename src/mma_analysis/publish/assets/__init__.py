"""The files that are written into pages."""

from functools import cache
from importlib.resources import files


@cache
def asset(name: str) -> str:
    """One of the files that are written into pages, as text."""
    return files("mma_analysis.publish.assets").joinpath(name).read_text(encoding="utf-8")
