"""Answers to questions: each set of meldingen has a number of its own that is a bit off.

The cell key method (Fraser and Wooton 2005): the keys of its rows decide how far a count
is off.
"""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.vocabulary.reference import package_table

KEY_LENGTH = 32  # bytes of the secret
ROW_KEY_LENGTH = 8  # bytes: a whole number below 2**64
KEY_STEPS = (
    2**32
)  # of a key; with finer ones a count and a part could round to the next count


def row_keys(names: Iterable[str], secret: bytes) -> NDArray[np.uint64]:
    """A whole number below 2**64 for each row: nobody knows it without name and secret.

    That of a set is their sum, what passes 2**64 left out.
    """
    keys = []
    for name in names:
        hashed = hashlib.blake2b(name.encode(), key=secret, digest_size=ROW_KEY_LENGTH)
        key = int.from_bytes(hashed.digest(), "big")
        keys.append(key)
    return np.array(keys, dtype=np.uint64)


def perturbed(counts: pd.Series, keys: pd.Series) -> pd.Series:
    """Change each count by its key, as a part of 2**64, by `reference/cell_key.csv`.

    0 stays 0, 1 to 4 is never given, and the mean change over all keys is 0.

    For each count the table lists changes and their chances; a larger count than it has
    changes as its largest. The chances of a count, end to end, fill the line from it to the
    next whole number: the change is the one at count + key.
    """
    table = pd.DataFrame(package_table("cell_key"))
    table = table[["count", "change", "chance"]].astype("float64")

    chance_until = table.groupby("count")["chance"].cumsum()
    ends = (table["count"] + chance_until).round(9)

    key_as_part = keys % 1.0
    part = np.floor(key_as_part * KEY_STEPS) / KEY_STEPS
    largest = table["count"].max()
    at_most = counts.clip(upper=largest)
    rows = np.searchsorted(ends, at_most + part, side="right")

    changes = table["change"].astype("int64").to_numpy()
    change = changes[rows]
    return counts + change
