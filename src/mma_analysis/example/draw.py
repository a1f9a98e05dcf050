"""Draw by lot, the same on every machine and every Python."""

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from mma_analysis.example.tables import table

T = TypeVar("T")


class Draw:
    """A stream of draws with a name; another stream does not move when this one does.

    Only `Random.random` is used: its results for a seed are promised not to change. Weights are
    added with `fsum`, because `sum` of floats rounds differently since Python 3.12.
    """

    def __init__(self, name: str) -> None:
        self._random = random.Random(f"{table('world')['seed']}/{name}")

    def chance(self, probability: float) -> bool:
        """Say yes with this probability."""
        return self._random.random() < probability

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 up to, not including, the limit."""
        return int(self._random.random() * limit)

    def between(self, first: int, last: int) -> int:
        """Draw a whole number from first up to and including last."""
        return first + self.below(last - first + 1)

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of these, all equally likely."""
        return options[self.below(len(options))]

    def weighted(self, weights: Mapping[str, float]) -> str:
        """Draw one of these keys by weight."""
        left = self._random.random() * math.fsum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return list(weights)[-1]
