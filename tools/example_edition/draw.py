"""Draw by lot, the same on every machine and every Python."""

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

# Chosen from a thousand: with this one no gemeente happens to have a trend of its own.
SEED = "voorbeeld-2023/125"

T = TypeVar("T")


class Draw:
    """A stream of draws with a name; another stream does not move when this one does.

    Only `Random.random` is used: its results for a seed are promised not to change. Weights are
    added with `fsum`, because `sum` of floats rounds differently since Python 3.12.
    """

    def __init__(self, name: str) -> None:
        self._random = random.Random(f"{SEED}/{name}")

    def chance(self, probability: float) -> bool:
        """Say yes with this probability."""
        return self._random.random() < probability

    def between(self, first: int, last: int) -> int:
        """Draw a whole number from first up to and including last."""
        return first + int(self._random.random() * (last - first + 1))

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of these, all equally likely."""
        return options[self.between(0, len(options) - 1)]

    def weighted(self, weights: Mapping[str, float]) -> str:
        """Draw one of these keys by weight."""
        left = self._random.random() * math.fsum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return list(weights)[-1]
