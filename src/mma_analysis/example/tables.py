"""The tables that say what the example edition holds."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

_instead: dict[str, Mapping[str, Any]] = {}


def raw(name: str) -> bytes:
    """Read one file of `tables/` as it is."""
    return files("mma_analysis.example").joinpath("tables", name).read_bytes()


def table(name: str) -> Mapping[str, Any]:
    """One table of `tables/`, or the one that is used instead of it."""
    return _instead[name] if name in _instead else _of_package(name)


@contextmanager
def instead(others: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """Within the block, these tables are what happens, is written and is answered."""
    before = dict(_instead)
    _instead.update(others)
    try:
        yield
    finally:
        _instead.clear()
        _instead.update(before)


@cache
def _of_package(name: str) -> dict[str, Any]:
    return tomllib.loads(raw(f"{name}.toml").decode("utf-8"))
