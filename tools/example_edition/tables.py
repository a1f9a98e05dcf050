"""The tables that the example edition is made from, and those of it that are written by hand."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

TABLES = Path(__file__).with_name("tables")
ROOT = Path(__file__).resolve().parents[2]
EDITION = ROOT / "data" / "raw" / "voorbeeld-2023"
REFERENCE = ROOT / "src" / "mma_analysis" / "reference"


@cache
def table(name: str) -> dict[str, Any]:
    """One table of `tables/`."""
    return tomllib.loads((TABLES / f"{name}.toml").read_text("utf-8"))


@cache
def of_edition(name: str) -> dict[str, Any]:
    """One file of the edition that is written by hand."""
    return tomllib.loads((EDITION / name).read_text("utf-8"))
