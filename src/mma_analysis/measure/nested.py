"""How the roundings of months hang together: these also add up to longer periods."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.measure.frame import HALF_YEAR, MONTH, QUARTER, YEAR

Floats = NDArray[np.float64]
WITHIN = [YEAR, HALF_YEAR, QUARTER, MONTH]  # each is a part of one of the kind before it


@dataclass(frozen=True)
class _Level:
    """The periods of one kind: that `of` each month, and how their roundings covary."""

    of: pd.Series
    covariance: pd.DataFrame


def rounding_covariance(months: pd.DataFrame, variance: pd.Series) -> Floats:
    """The covariance of the roundings of months that add up to longer periods.

    `months`: of each month the code of the period of each kind. `variance`: of the rounding
    of each period, on its code; missing of a longer one that is not told. All together are
    not off: a course is fitted to parts of what was received.

    Part i of n that together are off by E, of variance V, is off by

        e_i = E / n + d_i,    Σ d_i = 0,    var d_i = v_i − V / n²

    So each period varies as it is rounded, and the more it adds up, the less per month.
    """
    of_months = variance.reindex(months.index)
    every = pd.Series("every month", months.index)
    level = _Level(every, pd.DataFrame(0.0, ["every month"], ["every month"]))
    for kind in WITHIN:
        of = months[kind] if kind != MONTH else months.index.to_series()
        # Of what is not told only its months bind.
        as_months = of_months.groupby(of).sum()
        told = variance.reindex(as_months.index)
        of_parts = told.fillna(as_months)
        level = _parts(level, of, of_parts)
    return level.covariance.to_numpy()


def _parts(whole: _Level, of: pd.Series, variance: pd.Series) -> _Level:
    """The periods of the next kind: what each shares with its whole, and has itself.

    cov(e_i, e_j) = cov(E_i, E_j) / n_i n_j + cov(d_i, d_j)

    cov(d_i, d_j) = own (1_ij − 1 / n) / (1 − 1 / n)    of two parts of the same whole
    """
    parts = list(of.unique())
    whole_of = whole.of.groupby(of.to_numpy()).first()
    whole_of = whole_of.reindex(parts)
    parts_of_whole = whole_of.value_counts()
    number = whole_of.map(parts_of_whole)
    of_whole = whole.covariance.loc[whole_of, whole_of]
    covariance = of_whole.to_numpy() / np.outer(number, number)

    for name, n in parts_of_whole.items():
        if n == 1:
            continue
        is_part = (whole_of == name).to_numpy()
        its_parts = whole_of.index[is_part]
        mean = float(variance[its_parts].mean())
        shared = whole.covariance.loc[name, name] / n**2
        own = max(0.0, mean - shared)

        # Σ d_i = 0: variance of each of n such that it is `own`.
        apart = np.eye(n) - 1 / n
        scale = own / (1 - 1 / n)
        among_these = np.ix_(is_part, is_part)
        covariance[among_these] += scale * apart
    return _Level(of, pd.DataFrame(covariance, parts, parts))
