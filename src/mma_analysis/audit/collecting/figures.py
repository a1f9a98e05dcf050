"""Figures as the page's script gets them: plotly's JSON, with packed numbers written out."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from mma_analysis.domain import MmaError


def figure_content(source: str, place: str) -> dict[str, Any]:
    """Read a figure's JSON and write its packed arrays out as lists.

    Raises
    ------
    MmaError
        When it is no JSON object, or an array cannot be unpacked: what cannot be read cannot be
        said to be safe.
    """
    try:
        content = json.loads(source)
        unpacked = _unpacked(content)
    except (ValueError, TypeError) as error:
        raise MmaError(f"{place}: the data of a figure cannot be read; make the page again") from (
            error
        )
    if not isinstance(unpacked, dict):
        raise MmaError(f"{place}: the data of a figure is no object; make the page again")
    return unpacked


def strings_in(content: Any) -> Iterator[str]:
    """Every text in a figure: hover texts, annotations, names, keys."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield str(key)
            yield from strings_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings_in(value)


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
