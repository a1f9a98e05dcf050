"""Log-linear models of counts: what changes, and how much of that could be chance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from mma_analysis.measure.rates import LEVEL

UPPER = (1 + LEVEL) / 2
MOST_STEPS, CLOSE = 100, 1e-8  # as statsmodels.GLM
# Where the best fit lies at infinity, the last step still lowers a mean that is on its way to 0,
# and the rule to stop leaves it below this.
VANISHED = CLOSE
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LogLinear:
    """A fitted model: coefficients on the log scale, and how far they could be off.

    `covariance` is widened by the `dispersion`; `reach` is how many standard errors the 95 %
    interval goes to each side. Without a finite estimate all numbers are missing.
    """

    coefficients: pd.Series
    covariance: pd.DataFrame
    dispersion: float
    reach: float

    def ratio(self, name: str) -> tuple[float, float, float]:
        """The factor that one step of a column makes, with its 95 % interval."""
        place = self.coefficients.index.get_loc(name)
        error = np.sqrt(self.covariance.to_numpy()[place, place])
        centre = self.coefficients.to_numpy()[place]
        low, estimate, high = np.exp(centre + np.array([-self.reach, 0, self.reach]) * error)
        return float(estimate), float(low), float(high)


def log_linear(counts: pd.Series, design: pd.DataFrame, exposure: pd.Series) -> LogLinear:
    """Fit counts = exposure × exp(design × coefficients), with room for waves beside chance.

    The errors are widened by the Pearson dispersion when that is above 1, and never made smaller.
    Where the best fit lies at infinity (separation;
    Correia, Guimarães and Zylkin 2019), or does not settle, nothing is estimated.

    `counts` and `exposure`: whole numbers, and the time (or inhabitants × time) in which they came;
    above 0.
    `design`: one column per coefficient, an intercept included.
    """
    y, offset = counts.to_numpy(dtype="float64"), np.log(exposure.to_numpy(dtype="float64"))
    model = GLM(y, design.to_numpy(dtype="float64"), family=Poisson(), offset=offset)
    fitted = model.fit(maxiter=MOST_STEPS, tol=CLOSE)
    mean = np.asarray(fitted.fittedvalues, dtype="float64")
    if not fitted.converged or mean.min() < VANISHED:
        return without_estimate(design)
    dispersion = dispersion_of(y, mean, len(y) - design.shape[1])
    names = design.columns
    return LogLinear(
        pd.Series(fitted.params, names),
        pd.DataFrame(fitted.cov_params() * dispersion, names, names),
        dispersion,
        float(norm.ppf(UPPER)),
    )


def waves(year: pd.Series, number: int) -> pd.DataFrame:
    """Sine and cosine columns for so many waves a year; `year` is time in years."""
    turns = {n: 2 * np.pi * n * year for n in range(1, number + 1)}
    return pd.DataFrame(
        {f"{name}_{n}": of(turn) for n, turn in turns.items() for name, of in SHAPES.items()},
        index=year.index,
    )


SHAPES = {"sine": np.sin, "cosine": np.cos}


def without_estimate(design: pd.DataFrame) -> LogLinear:
    """A model without an estimate."""
    names = design.columns
    coefficients = pd.Series(np.nan, names)
    return LogLinear(coefficients, pd.DataFrame(np.nan, names, names), np.nan, np.nan)


def dispersion_of(counts: Floats, mean: Floats, free: int) -> float:
    """Pearson's dispersion, at least that of chance alone."""
    return max(1.0, float(((counts - mean) ** 2 / mean).sum() / free)) if free > 0 else 1.0
