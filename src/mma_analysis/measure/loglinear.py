"""Log-linear models of counts: what changes, and how much of that could be chance."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t
from statsmodels.genmod import families
from statsmodels.regression.linear_model import OLS

from mma_analysis.measure.rates import LEVEL

UPPER = (1 + LEVEL) / 2
CLEAR = norm.ppf(LEVEL)  # one-sided: only more variation than chance matters here
MOST_STEPS, CLOSE = 100, 1e-8  # as statsmodels.GLM
# Where the best fit lies at infinity, the last step still lowers a mean that is on its way to 0,
# and the rule to stop leaves it below this.
VANISHED = CLOSE
Floats = NDArray[np.float64]
Variance = Literal["poisson", "quasi_poisson"]


@dataclass(frozen=True)
class LogLinear:
    """A fitted model: coefficients on the log scale, and how far they could be off.

    `covariance` is widened by the `dispersion`; `variance` says what the test of overdispersion
    found; `reach` is how many standard errors the 95 % interval goes to each side. Without a finite
    estimate all numbers are missing, and there is no `variance`.
    """

    coefficients: pd.Series
    covariance: pd.DataFrame
    dispersion: float
    variance: Variance | None
    reach: float

    def ratio(self, name: str) -> tuple[float, float, float]:
        """The factor that one step of a column makes, with its 95 % interval."""
        place = self.coefficients.index.get_loc(name)
        error = np.sqrt(self.covariance.to_numpy()[place, place])
        centre = self.coefficients.to_numpy()[place]
        low, estimate, high = np.exp(centre + np.array([-self.reach, 0, self.reach]) * error)
        return float(estimate), float(low), float(high)


def log_linear(
    counts: pd.Series,
    design: pd.DataFrame,
    exposure: pd.Series,
    *,
    levels: pd.Series | None = None,
    together: pd.Series | None = None,
) -> LogLinear:
    """Fit counts = exposure × exp(design × coefficients), with room for waves beside chance.

    The errors are widened by the Pearson dispersion when that is above 1, whatever the test of
    overdispersion finds, and never made smaller. Where the best fit lies at infinity (separation;
    Correia, Guimarães and Zylkin 2019), or does not settle, nothing is estimated.

    `counts` and `exposure`: whole numbers, and the time (or inhabitants × time) in which they came;
    above 0.
    `design`: one column per coefficient, an intercept included unless there are `levels`.
    `levels`: per row the group that has a level of its own, as with a column for each group (Frisch
    & Waugh 1933). Every group must have counts above 0.
    `together`: per row what it may go up and down with, such as its month. When the sums of these
    disperse more than the rows, the errors are widened by that, and the interval has Student's t:
    such a wave is no independent evidence from each row.
    """
    data = _Data.of(counts, design, exposure, levels)
    fitted = data.fit()
    if fitted is None:
        return without_estimate(design)
    mean, beta, covariance = fitted
    dispersion, reach = dispersion_of(data.counts, mean, data.free), float(norm.ppf(UPPER))
    if together is not None and together.nunique() < len(counts):
        parts = pd.DataFrame({"n": data.counts, "mean": mean})
        sums = parts.groupby(together.to_numpy()).sum().to_numpy(dtype="float64")
        # All levels together count as one here: they say nothing of one month against another.
        free = len(sums) - design.shape[1] - 1
        of_sums = dispersion_of(sums[:, 0], sums[:, 1], free)
        if of_sums > dispersion:
            dispersion, reach = of_sums, float(t.ppf(UPPER, free))
    names = design.columns
    widened = pd.DataFrame(covariance * dispersion, names, names)
    return LogLinear(pd.Series(beta, names), widened, dispersion, variance_of(counts, mean), reach)


def variance_of(counts: pd.Series, mean: Any) -> Variance:
    """Test whether counts vary more than chance around their mean (Cameron & Trivedi 1990).

    Regress ((y − μ)² − y) / μ on 1 and on μ: `quasi_poisson` when the t of one of them is above the
    one-sided 5 % limit; which of the two is not told.
    """
    mean = np.asarray(mean, dtype="float64")
    excess = ((counts.to_numpy(dtype="float64") - mean) ** 2 - counts.to_numpy()) / mean
    # A series exactly as modelled leaves nothing to compare (not a number): that is no wave.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = [float(OLS(excess, x).fit().tvalues[0]) for x in (np.ones_like(mean), mean)]
    return "quasi_poisson" if max(found) > CLEAR else "poisson"


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
    return LogLinear(coefficients, pd.DataFrame(np.nan, names, names), np.nan, None, np.nan)


def dispersion_of(counts: Floats, mean: Floats, free: int) -> float:
    """Pearson's dispersion, at least that of chance alone."""
    return max(1.0, float(((counts - mean) ** 2 / mean).sum() / free)) if free > 0 else 1.0


@dataclass(frozen=True)
class _Data:
    """What is fitted, as numbers; `group` is the place of each row's level."""

    counts: Floats
    design: Floats
    offset: Floats
    group: NDArray[np.int64] | None
    free: int

    @classmethod
    def of(
        cls, counts: pd.Series, design: pd.DataFrame, exposure: pd.Series, levels: pd.Series | None
    ) -> "_Data":
        """Take the numbers out of the tables."""
        group = None if levels is None else pd.factorize(levels)[0]
        number = 0 if group is None else int(group.max()) + 1
        return cls(
            counts.to_numpy(dtype="float64"),
            design.to_numpy(dtype="float64"),
            np.log(exposure.to_numpy(dtype="float64")),
            group,
            len(counts) - design.shape[1] - number,
        )

    def fit(self) -> tuple[Floats, Floats, Floats] | None:
        """Mean, coefficients and covariance (without dispersion); nothing without a finite
        estimate.

        Reweighted least squares as `statsmodels.GLM.fit`: its family, start and rule to stop.
        """
        family: Any = families.Poisson()
        mean = family.starting_mu(self.counts)
        predicted, deviance = family.predict(mean), family.deviance(self.counts, mean)
        for _ in range(MOST_STEPS):
            weight = family.weights(mean)
            wanted = predicted + family.link.deriv(mean) * (self.counts - mean) - self.offset
            root = np.sqrt(weight)[:, None]
            both = np.column_stack([self.design, wanted])
            within = (both - self._levels(both, weight)) * root
            beta = np.linalg.lstsq(within[:, :-1], within[:, -1])[0]
            rest = wanted - self.design @ beta
            level = self._levels(rest[:, None], weight)[:, 0]
            predicted = self.design @ beta + level + self.offset
            mean, before = family.fitted(predicted), deviance
            deviance = family.deviance(self.counts, mean)
            if abs(deviance - before) <= CLOSE:
                if mean.min() < VANISHED:
                    return None
                return mean, beta, np.linalg.pinv(within[:, :-1].T @ within[:, :-1])
        return None

    def _levels(self, values: Floats, weight: Floats) -> Floats:
        """Per row the weighted mean of its group; 0 without groups."""
        if self.group is None:
            return np.zeros_like(values)
        weights = np.bincount(self.group, weight)
        sums = [np.bincount(self.group, weight * column) / weights for column in values.T]
        return np.column_stack(sums)[self.group]
