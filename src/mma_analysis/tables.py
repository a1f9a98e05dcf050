"""The tables of `reference/`, and those that an edition has instead of them.

One set of tables is in use at a time in a process: that of the edition that was loaded last.
"""

import csv
import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Table = tuple[dict[str, str], ...]
Tables = Mapping[str, Table]

NONE_OF_ITS_OWN: Tables = {}

_in_use: Tables = NONE_OF_ITS_OWN
_remembering: list[Any] = []


def reference(name: str) -> Table:
    """One table of `reference/`, of the edition in use: a row per line, every value text."""
    return _in_use[name] if name in _in_use else of_package(name)


@functools.cache
def of_package(name: str) -> Table:
    """One table of `reference/` as the package has it, whatever edition is in use."""
    text = files("mma_analysis").joinpath("reference", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def names() -> tuple[str, ...]:
    """The names of the tables of `reference/`, in alphabetical order."""
    folder = files("mma_analysis").joinpath("reference")
    found = (path.name for path in folder.iterdir())
    return tuple(sorted(name.removesuffix(".csv") for name in found if name.endswith(".csv")))


def use(own: Tables) -> None:
    """Let every word from now on be that of an edition with these tables of its own.

    For the whole process, because a word is asked for everywhere and is seldom another one. What
    `remembered` functions kept of other tables is forgotten.

    Parameters
    ----------
    own
        Name → rows of each table that takes the place of the package's; the others are as in the
        package.
    """
    global _in_use
    if own is not _in_use and own != _in_use:
        for function in _remembering:
            function.cache_clear()
    _in_use = own


def remembered(most: int | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the answers of a function as long as the same tables are in use.

    For every function whose answer follows from a table of `reference/`; `functools.cache` would
    give the words of the edition before.

    Parameters
    ----------
    most
        The number of answers that are kept; all of them when not given.
    """

    def keeping(function: Callable[P, R]) -> Callable[P, R]:
        kept = functools.lru_cache(maxsize=most)(function)
        _remembering.append(kept)
        return kept  # pyright: ignore[reportReturnType]  # it takes what the function takes

    return keeping


def mark_of(*tables: str) -> str:
    """A mark of these tables of `reference/` together, another one as soon as a word changes."""
    rows = json.dumps([reference(name) for name in tables], ensure_ascii=False)
    return hashlib.sha256(rows.encode()).hexdigest()[:8]


def mark(row: Mapping[str, str]) -> str:
    """A mark of one row of a table of `reference/`, another one as soon as a word changes."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
