"""Log-linear models of counts: what changes, and how much of that could be chance."""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import norm
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

LEVEL = 0.95
CLEAR = norm.ppf(LEVEL)  # one-sided: only more variation than chance matters here
Variance = Literal["poisson", "quasi_poisson", "negative_binomial"]


@dataclass(frozen=True)
class LogLinear:
    """A fitted model: coefficients on the log scale, and how far they could be off.

    `covariance` is already widened by the `dispersion`; `variance` says what the test of
    overdispersion found.
    """

    coefficients: pd.Series
    covariance: pd.DataFrame
    dispersion: float
    variance: Variance

    def ratio(self, name: str) -> tuple[float, float, float]:
        """The factor that one step of a column makes, with its 95 % interval (normal)."""
        z = norm.ppf((1 + LEVEL) / 2)
        place = self.coefficients.index.get_loc(name)
        error = np.sqrt(self.covariance.to_numpy()[place, place])
        centre = self.coefficients.to_numpy()[place]
        low, estimate, high = np.exp(centre + np.array([-z, 0, z]) * error)
        return float(estimate), float(low), float(high)


def log_linear(
    counts: pd.Series, design: pd.DataFrame, exposure: pd.Series, variance: Variance | None = None
) -> LogLinear:
    """Fit counts = exposure × exp(design × coefficients), with room for waves beside chance.

    The errors are widened by the Pearson dispersion when that is above 1 and never made smaller,
    also when the test of overdispersion finds nothing: a test that decides whether an interval is
    widened makes intervals too narrow just when it misses. With a variance that grows with the
    square of the mean, gemeenten with many meldingen weigh less (negative binomial).

    Parameters
    ----------
    counts, exposure
        Whole numbers, and the time (or inhabitants × time) in which they came; above 0.
    design
        One column per coefficient, an intercept included.
    variance
        As found by `variance_of`, unless the caller names it.

    Examples
    --------
    Twice as many in the second of two years of equal length:

    >>> years = pd.DataFrame({"level": 1.0, "is_second": [0.0, 0.0, 1.0, 1.0]})
    >>> fitted = log_linear(pd.Series([9, 11, 18, 22]), years, pd.Series(6.0, years.index))
    >>> round(fitted.ratio("is_second")[0], 3), fitted.variance
    (2.0, 'poisson')
    """
    fitted = _glm(counts, design, exposure, sm.families.Poisson())
    found, excess = variance_of(counts, fitted.mu)
    kind = variance or found
    if kind == "negative_binomial":
        fitted = _glm(counts, design, exposure, sm.families.NegativeBinomial(alpha=excess))
    dispersion = max(1.0, fitted.pearson_chi2 / fitted.df_resid) if fitted.df_resid else 1.0
    return LogLinear(fitted.params, fitted.cov_params() * dispersion, float(dispersion), kind)


def variance_of(counts: pd.Series, mean: Any) -> tuple[Variance, float]:
    """Test whether counts vary more than chance around their mean (Cameron & Trivedi 1990).

    Regress ((y − μ)² − y) / μ on 1 (variance in proportion to the mean: `quasi_poisson`) and on μ
    (variance with its square: `negative_binomial`). The stronger of the two is taken when its t is
    above 1.645, the one-sided 5 % limit; else `poisson`.

    Returns
    -------
    tuple
        The variance, and the estimate of α in μ + αμ².
    """
    mean = np.asarray(mean, dtype="float64")
    excess = ((counts.to_numpy(dtype="float64") - mean) ** 2 - counts.to_numpy()) / mean
    # A series exactly as modelled leaves nothing to compare (not a number): that is no wave.
    with np.errstate(divide="ignore", invalid="ignore"):
        constant, squared = (sm.OLS(excess, x).fit() for x in (np.ones_like(mean), mean))
        in_proportion, with_square = (float(fit.tvalues[0]) for fit in (constant, squared))
    if not max(in_proportion, with_square) > CLEAR:
        return "poisson", 0.0
    kind = "negative_binomial" if with_square > in_proportion else "quasi_poisson"
    return kind, float(squared.params[0])


def waves(year: pd.Series, number: int) -> pd.DataFrame:
    """Sine and cosine columns for so many waves a year; `year` is time in years."""
    turns = {n: 2 * np.pi * n * year for n in range(1, number + 1)}
    return pd.DataFrame(
        {f"{name}_{n}": of(turn) for n, turn in turns.items() for name, of in SHAPES.items()},
        index=year.index,
    )


SHAPES = {"sine": np.sin, "cosine": np.cos}


def _glm(counts: pd.Series, design: pd.DataFrame, exposure: pd.Series, family: Any) -> Any:
    with warnings.catch_warnings():
        # Counts exactly as modelled are no separation: there are no two groups to tell apart.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return sm.GLM(counts, design, family=family, offset=np.log(exposure)).fit()
