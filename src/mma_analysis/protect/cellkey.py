"""Answers to questions: each set of meldingen has a number of its own that is a little off.

The cell key method (Fraser and Wooton 2005): the keys of its rows decide how far a count is off.
"""

import hashlib
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import root

FARTHEST = 4  # no count changes by more
VARIANCE = 2.0  # of the change of a count
KEY_LENGTH = 32  # bytes of the secret
SMALL = 4  # no answer is 1 up to and including this


def row_keys(names: Iterable[str], secret: bytes) -> NDArray[np.uint64]:
    """A whole number below 2**64 for each row, that nobody knows without its name and the secret.

    That of a set is their sum, what passes 2**64 left out.
    """
    digests = (hashlib.blake2b(name.encode(), key=secret, digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(digest, "big") for digest in digests], dtype=np.uint64)


def perturbed(counts: pd.Series, keys: pd.Series) -> pd.Series:
    """Change each count by its key, as a part of 2**64: 0 stays 0, 1 to 4 is never given.

    The mean change over all keys is 0.
    """
    found = []
    for count, key in zip(counts, keys, strict=True):
        changes, chances = _changes(min(int(count), SMALL + FARTHEST + 1))
        place = int(np.searchsorted(np.cumsum(chances), key % 1.0, side="right"))
        found.append(int(count) + changes[min(place, len(changes) - 1)])
    return pd.Series(found, counts.index, dtype="int64")


@cache
def _changes(count: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """What a count can change by, and how often: of all ways with that mean and variance the one
    that says least (maximal entropy)."""
    if count <= SMALL + 1:
        above = count / (SMALL + 1)
        return (-count, SMALL + 1 - count), (1 - above, above)
    changes = np.arange(max(-FARTHEST, SMALL + 1 - count), FARTHEST + 1)

    def chances(at: NDArray[np.float64]) -> NDArray[np.float64]:
        weights = np.exp(at[0] * changes + at[1] * changes**2)
        return weights / weights.sum()

    def lacking(at: NDArray[np.float64]) -> list[float]:
        own = chances(at)
        return [float(own @ changes), float(own @ changes**2) - VARIANCE]

    solved = chances(root(lacking, [0.0, -0.25]).x)
    return tuple(int(change) for change in changes), tuple(float(chance) for chance in solved)
