"""Figures as the page's script gets them: plotly's JSON, with packed numbers written out."""

import base64
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from mma_analysis.vocabulary import DataError

MARKUP = re.compile(r"<[^>]*>")


def figure_content(source: str, place: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read a figure's JSON with its packed arrays as lists, and every text in it once.

    The figure is not to be changed: the same one stands on many pages and is read once. One that
    cannot be read is an error: it cannot be said to be safe.
    """
    try:
        unpacked, strings = _read(source)
    except (ValueError, TypeError) as error:
        raise DataError(f"{place}: the data of a figure cannot be read; make the page again") from (
            error
        )
    if not isinstance(unpacked, dict):
        raise DataError(f"{place}: the data of a figure is no object; make the page again")
    return unpacked, strings


@lru_cache(maxsize=1_000)
def _read(source: str) -> tuple[Any, tuple[str, ...]]:
    unpacked = _unpacked(json.loads(source))
    return unpacked, tuple(dict.fromkeys(strings_in(unpacked)))


@lru_cache(maxsize=100_000)
def without_markup(string: str) -> str:
    """A text of a figure as its reader sees it."""
    return MARKUP.sub(" ", string)


def strings_in(content: Any) -> Iterator[str]:
    """Every text in what was JSON, names as well."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value.values(), *map(str, value)]
        elif isinstance(value, list):
            waiting += [below for below in value if isinstance(below, str | dict | list)]


def _unpacked(content: Any) -> Any:
    if isinstance(content, list):
        return [_unpacked(value) for value in content]
    if not isinstance(content, dict):
        return content
    if {"dtype", "bdata"} <= content.keys():
        return _array(content)
    return {key: _unpacked(value) for key, value in content.items()}


def _array(packed: dict[str, Any]) -> list[Any]:
    """The numbers of a packed array; one of more dimensions as rows."""
    data = base64.b64decode(packed["bdata"], validate=True)
    numbers = np.frombuffer(data, dtype=np.dtype(packed["dtype"]).newbyteorder("<"))
    if "shape" in packed:
        sizes = [int(size) for size in str(packed["shape"]).split(",")]
        numbers = numbers.reshape(sizes)
    return numbers.tolist()
