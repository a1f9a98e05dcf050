"""The tables of `reference/`: the package's, and how a table of the same kind is read."""

import csv
import functools
from collections.abc import Mapping
from importlib.resources import files

Table = tuple[dict[str, str], ...]
Tables = Mapping[str, Table]


@functools.cache
def package_table(name: str) -> Table:
    """One table of `reference/` as the package has it: a row per line, every value text."""
    text = files("mma_analysis").joinpath("reference", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def table_names() -> tuple[str, ...]:
    """The names of the tables of `reference/`, in alphabetical order."""
    folder = files("mma_analysis").joinpath("reference")
    found = (path.name for path in folder.iterdir())
    return tuple(sorted(name.removesuffix(".csv") for name in found if name.endswith(".csv")))


# What the code does: the same for every edition, as no edition can have one of its own.
INDICATORS = package_table("indicators")
REGISTRY = tuple(row for row in INDICATORS if row["scope"])  # what is made, a row per table
LABELS = package_table("labels")
CODES = package_table("codes")
