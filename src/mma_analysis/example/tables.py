"""The tables that say what the example edition holds."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def raw(name: str) -> bytes:
    """Read one file of `tables/` as it is."""
    return files("mma_analysis.example").joinpath("tables", name).read_bytes()


@cache
def table(name: str) -> dict[str, Any]:
    """Read one table of `tables/`."""
    return tomllib.loads(raw(f"{name}.toml").decode("utf-8"))
