"""How much gemeenten differ beyond chance: a variance between them, and what one may borrow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

Floats = NDArray[np.float64]
LARGEST, POINTS = 1.5, 61  # of the standard deviation between gemeenten, on the scale of the log
SCALE, SMALL_SCALE = 0.5, 0.25  # of the half-normal prior: of estimates, and of the mean square


def paule_mandel(values: Floats, variances: Floats) -> tuple[float, float, float]:
    """Variance between units (Paule and Mandel 1982), their mean, and its standard error."""

    def at(tau2: float) -> tuple[Floats, float, float]:
        weights = 1 / (variances + tau2)
        mean = float((weights * values).sum() / weights.sum())
        return weights, mean, float((weights * (values - mean) ** 2).sum())

    def excess(tau2: float) -> float:
        return at(tau2)[2] - (len(values) - 1)

    tau2 = 0.0
    if excess(0.0) > 0:
        most = float(((values - values.mean()) ** 2).sum()) + 1.0
        tau2 = float(brentq(excess, 0.0, most, xtol=1e-14, rtol=1e-12))
    weights, mean, _ = at(tau2)
    return tau2, mean, float(np.sqrt(1 / weights.sum()))


@dataclass(frozen=True)
class Between:
    """The posterior of the standard deviation between units, on a grid, and of their mean.

    A half-normal prior on the deviation, a flat one on the mean; `weights` add up to 1.
    """

    values: Floats
    variances: Floats
    scale: float = SCALE

    @property
    def grid(self) -> Floats:
        """Standard deviations that are looked at."""
        return np.linspace(0.0, LARGEST, POINTS)

    def _given(self) -> tuple[Floats, Floats, Floats]:
        """Per point: the mean, the sum of the weights of units, and the weight of the point."""
        tau2 = self.grid[:, None] ** 2
        each = 1 / (self.variances + tau2)
        total = each.sum(axis=1)
        mean = (each * self.values).sum(axis=1) / total
        log = -(self.grid**2) / (2 * self.scale**2) + 0.5 * np.log(each).sum(axis=1)
        log += -0.5 * np.log(total) - 0.5 * (each * (self.values - mean[:, None]) ** 2).sum(axis=1)
        weights = np.exp(log - log.max())
        weights[[0, -1]] /= 2  # the trapezium rule
        return mean, total, weights / weights.sum()

    def mean_square(self) -> float:
        """Posterior mean of the variance between units."""
        return float((self.grid**2 * self._given()[2]).sum())

    def shrunken(self, unit: int | None, tails: tuple[float, ...]) -> list[float]:
        """Quantiles of one unit, drawn to the others; of None, a unit that says nothing itself."""
        mean, total, weights = self._given()
        tau2 = self.grid**2
        if unit is None:
            middle, variance = mean, tau2 + 1 / total
        else:
            own, chance = self.values[unit], self.variances[unit]
            part = tau2 / (tau2 + chance)
            middle = mean + part * (own - mean)
            variance = part * chance + (1 - part) ** 2 / total
        error = np.sqrt(variance)
        low, high = (middle - 9 * error).min(), (middle + 9 * error).max()

        def below(value: float, tail: float) -> float:
            return float((weights * ndtr((value - middle) / error)).sum()) - tail

        return [float(brentq(below, low, high, args=(tail,))) for tail in tails]
