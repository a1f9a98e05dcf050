"""What changes within the same gemeenten, from released counts alone.

With a level for each gemeente, one course of time for all of them and its connected time, the
totals of the gemeenten and those of the months say all that a Poisson model can learn of that
course: they are sufficient (Palmgren 1981). So it is fitted to these two margins, which every
reader has.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import t

from mma_analysis.measure.frame import DAYS_PER_MONTH, Frame
from mma_analysis.measure.loglinear import (
    CLOSE,
    MOST_STEPS,
    UPPER,
    VANISHED,
    LogLinear,
    dispersion_of,
    without_estimate,
)
from mma_analysis.measure.periods import HALF, MONTH, WHOLE, longer_period
from mma_analysis.measure.rates import rounding_variance
from mma_analysis.measure.released import SHOWN

Floats = NDArray[np.float64]
WORST_CONDITION = 1e10  # of the information: beyond it two coefficients cannot be told apart


@dataclass(frozen=True)
class Margins:
    """What is released of the district in time, and of each gemeente in all.

    `counts`
        Tips of the district per month in which a gemeente was connected.
    `months`
        One row per such month: `period`, `begin`, `end` and `years_since_begin` (of its middle).
    `received`, `time`
        What each gemeente received in all, and (gemeenten × months) how long it was connected. What
        a gemeente wrote down of half years before its connection is a row of its own.
    """

    counts: Floats
    months: pd.DataFrame
    received: Floats
    time: Floats
    basis: int = 1


def margins(of: Frame, per_period: pd.DataFrame) -> Margins | None:
    """Take from the released totals what tells of change within gemeenten.

    Released totals `per_period`: `area`, `period`, `kind`, `count`, `basis`, `state`,
    `connected_months`.

    None when a gemeente that delivered has no known connection date, nobody received anything in
    connected time, or a month or total was left out (state `hidden`).
    """
    own = per_period[per_period["area"].isin(of.delivered)]
    if own["connected_months"].isna().any():
        return None
    months = _months(of.periods)
    received, time = _levels(own, of, months)
    is_heard = time.sum(axis=0) > 0  # where nobody was connected nothing is expected
    if not is_heard.any():
        return None
    of_district = per_period[per_period["area"] == of.vocabulary.district.slug]
    counts = of_district.set_index("period")["count"].reindex(months["period"][is_heard])
    if counts.isna().any() or np.isnan(received).any():
        return None
    return Margins(
        counts.to_numpy(dtype="float64"),
        months[is_heard],
        received,
        time[:, is_heard],
        int(per_period["basis"].max()),
    )


def within(margins: Margins, design: pd.DataFrame) -> LogLinear:
    """Fit the course of time that all gemeenten share, with a level for each.

    The Poisson maximum likelihood. Errors are widened by the Pearson dispersion of the months, or
    by their rounding, never made smaller, and the interval has Student's t.

    `design`: one row per row of `margins.months`, one column per coefficient; no intercept, as each
    gemeente has its level.

    Without an estimate when the columns cannot be told apart, or when the best fit lies at
    infinity.
    """
    of_months = design.to_numpy(dtype="float64")
    free = len(margins.counts) - design.shape[1] - 1
    beta = _solved(margins, of_months) if free > 0 and margins.counts.sum() else None
    if beta is None:
        return without_estimate(design)
    means, information = _expected(margins, of_months, beta)
    rounding = 1 + rounding_variance(margins.basis) / means.mean()
    dispersion = max(dispersion_of(margins.counts, means, free), rounding)
    names = design.columns
    return LogLinear(
        pd.Series(beta, names),
        pd.DataFrame(np.linalg.inv(information) * dispersion, names, names),
        dispersion,
        float(t.ppf(UPPER, free)),
    )


def _expected(margins: Margins, design: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """Tips per month, as many in all as were counted, and how much they tell of the course."""
    with np.errstate(divide="ignore"):  # not connected: no part of what was received
        share = softmax(np.log(margins.time) + design @ beta, axis=1)
    receipts = margins.received @ share
    covariance = np.diag(receipts) - share.T @ (margins.received[:, None] * share)
    of_tips = margins.counts.sum() / receipts.sum()
    return receipts * of_tips, design.T @ covariance @ design * of_tips


def _solved(margins: Margins, design: Floats) -> Floats | None:
    """The course that fits best, by Fisher's scoring; nothing when there is none."""
    beta = np.zeros(design.shape[1])
    for _ in range(MOST_STEPS):
        means, information = _expected(margins, design, beta)
        if not np.linalg.cond(information) < WORST_CONDITION:
            return None
        step = np.linalg.solve(information, design.T @ (margins.counts - means))
        beta = beta + step
        if np.abs(step).max() < CLOSE:
            return beta if means.min() > VANISHED else None
    return None


def _months(periods: pd.DataFrame) -> pd.DataFrame:
    months = periods[periods["kind"] == MONTH].reset_index(drop=True)
    middle = months["begin"] + (months["end"] - months["begin"]) / 2
    elapsed = (middle - months["begin"].min()).dt.total_seconds() / (365.25 * 86400)
    return months[["period", "begin", "end"]].assign(years_since_begin=elapsed)


def _levels(own: pd.DataFrame, of: Frame, months: pd.DataFrame) -> tuple[Floats, Floats]:
    """`received` and `time` of `Margins`, without rows of which one of the two is nothing."""
    whole = own[own["kind"] == WHOLE].set_index("area")["count"]
    in_months = of.exposure[of.exposure["period"].isin(months["period"])]
    connected = in_months.pivot_table("connected_months", "area", "period", "sum")
    early = [_before_connection(own[own["area"] == slug], of, months) for slug in whole.index]
    before = np.array([count for count, _ in early])
    received = np.concatenate([whole.to_numpy(dtype="float64") - before, before])
    time = np.vstack([connected.reindex(whole.index), *[time for _, time in early]])
    is_level = (received > 0) & (time.sum(axis=1) > 0)
    return received[is_level].astype("float64"), time[is_level]


def _before_connection(own: pd.DataFrame, of: Frame, months: pd.DataFrame) -> tuple[float, Floats]:
    """What a gemeente registered, shown, in half years before its connection; and their time."""
    is_early = own["kind"].eq(HALF) & own["connected_months"].eq(0) & own["state"].eq(SHOWN)
    early, half = own[is_early], longer_period(of.periods, MONTH, HALF).reset_index(drop=True)
    days = (months["end"] - months["begin"]).dt.days + 1
    time = days.where(half.isin(early["period"]), 0) / DAYS_PER_MONTH
    return float(early["count"].sum()), time.to_numpy(dtype="float64")
