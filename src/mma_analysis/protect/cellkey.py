"""Answers to questions: each set of meldingen has a number of its own that is a little off.

The cell key method (Fraser and Wooton 2005): the keys of its rows decide how far a count is off.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.vocabulary.reference import package_table

KEY_LENGTH = 32  # bytes of the secret


def row_keys(names: Iterable[str], secret: bytes) -> NDArray[np.uint64]:
    """A whole number below 2**64 for each row, that nobody knows without its name and the secret.

    That of a set is their sum, what passes 2**64 left out.
    """
    digests = (hashlib.blake2b(name.encode(), key=secret, digest_size=8).digest() for name in names)
    return np.array([int.from_bytes(digest, "big") for digest in digests], dtype=np.uint64)


def perturbed(counts: pd.Series, keys: pd.Series) -> pd.Series:
    """Change each count by its key, as a part of 2**64, by `reference/cell_key.csv`.

    0 stays 0, 1 to 4 is never given, and the mean change over all keys is 0.
    """
    table = pd.DataFrame(package_table("cell_key")).drop(columns="source").astype("float64")
    ends = (table["count"] + table.groupby("count")["chance"].cumsum()).round(9)
    # A part of 32 bits, so that with the count before it none is rounded up to the next.
    part = np.floor(keys % 1.0 * 2**32) / 2**32
    place = np.searchsorted(ends, counts.clip(upper=table["count"].max()) + part, side="right")
    return counts + table["change"].astype("int64").to_numpy()[place]
