"""Units that differ: how much, whether that is more than chance, and what one of them has.

Each unit has an estimate y with variance v around its own value θ, and θ is N(μ, τ²).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import chi2

Floats = NDArray[np.float64]
LARGEST = 1.5  # of τ on the grid, on the scale of the logarithm
POINTS = 61  # of the grid
PRIOR_SCALE = 0.5  # of the half-normal prior of τ: of estimates
SMALL_SCALE = 0.25  # and of its mean square
FURTHEST_QUANTILE = 9  # standard errors from the mean: no quantile lies further


class Mean(NamedTuple):
    """τ² between units, their mean, and its standard error."""

    tau2: float
    mean: float
    error: float


def paule_mandel(values: Floats, variances: Floats) -> Mean:
    """τ² such that Σ w (y − μ)² = k − 1, with w = 1 / (v + τ²) (Paule and Mandel 1982)."""
    free = len(values) - 1

    def excess(tau2: float) -> float:
        return _q(values, variances, tau2) - free

    tau2 = 0.0
    if excess(0.0) > 0:
        off_mean = values - values.mean()
        spread = float((off_mean**2).sum())
        root = brentq(excess, 0.0, spread + 1.0, xtol=1e-14, rtol=1e-12)
        tau2 = float(root)
    weights = 1 / (variances + tau2)
    mean = np.average(values, weights=weights)
    total = float(weights.sum())
    return Mean(tau2, float(mean), error=total**-0.5)


def chance_of_spread(values: Floats, variances: Floats) -> float:
    """How likely units that do not differ are as far apart as these (Cochran 1954).

    Q = Σ (y − μ)² / v    is χ² with k − 1 degrees of freedom
    """
    q = _q(values, variances, 0.0)
    free = len(values) - 1
    return float(chi2.sf(q, free))


def _q(values: Floats, variances: Floats, tau2: float) -> float:
    """Q: the weighted squares around the weighted mean."""
    weights = 1 / (variances + tau2)
    mean = np.average(values, weights=weights)
    off_mean = values - mean
    return float(weights @ off_mean**2)


class RandomEffects:
    """The posterior of τ on a grid: half-normal prior, and a flat one on μ.

    weight(τ) ∝ exp(−τ² / 2 s²) Π √w (Σ w)^−½ exp(−½ Σ w (y − μ)²),    w = 1 / (v + τ²)
    """

    def __init__(
        self, values: Floats, variances: Floats, scale: float = PRIOR_SCALE
    ) -> None:
        self.values = values
        self.variances = variances
        tau = np.linspace(0.0, LARGEST, POINTS)
        self.tau2 = tau**2
        variance = variances + self.tau2[:, np.newaxis]
        w = 1 / variance
        self.total = w.sum(axis=1)
        self.mean = w @ values / self.total

        # Each times −2, as a logarithm.
        of_prior = self.tau2 / scale**2
        of_spread = np.log(variance).sum(axis=1)
        of_mean = np.log(self.total)
        off_mean = values - self.mean[:, np.newaxis]
        squares = w * off_mean**2
        q = squares.sum(axis=1)
        log = -(of_prior + of_spread + of_mean + q) / 2
        weights = np.exp(log - log.max())
        weights[[0, -1]] /= 2  # the trapezium rule
        self.weights = weights / weights.sum()

    def mean_square(self) -> float:
        """The posterior mean of τ²."""
        mean = self.weights @ self.tau2
        return float(mean)

    def variance_of_mean(self) -> float:
        """The posterior variance of μ: what is left of it at each τ, and between them."""
        mean = self.weights @ self.mean
        between = self.weights @ (self.mean - mean) ** 2
        within = self.weights @ (1 / self.total)
        return float(within + between)

    def shrunken(self, unit: int | None, tails: tuple[float, ...]) -> list[float]:
        """Quantiles of θ of one unit, drawn to the others; of None, of one without y.

        θ | τ is N(μ + B (y − μ), B v + (1 − B)² / Σ w),    B = τ² / (τ² + v)
        """
        middle = self.mean
        variance = self.tau2 + 1 / self.total
        if unit is not None:
            v = self.variances[unit]
            own = self.tau2 / (self.tau2 + v)
            middle = self.mean + own * (self.values[unit] - self.mean)
            variance = own * v + (1 - own) ** 2 / self.total

        error = np.sqrt(variance)
        far = FURTHEST_QUANTILE * error
        low = (middle - far).min()
        high = (middle + far).max()

        def excess(value: float, tail: float) -> float:
            errors_from_middle = (value - middle) / error
            below = ndtr(errors_from_middle)
            chance = self.weights @ below
            return float(chance) - tail

        quantiles = []
        for tail in tails:
            quantile = brentq(excess, low, high, args=(tail,))
            quantiles.append(float(quantile))
        return quantiles
