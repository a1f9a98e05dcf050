"""What changes within the same gemeenten, from released counts alone.

With a level for each gemeente, one course of time for all of them and its connected time, the
totals of the gemeenten and those of the months say all that a Poisson model can learn of that
course: they are sufficient. So it is fitted to these two margins, which every reader has, and no
count that is not shown can follow from what comes out.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp, softmax
from scipy.stats import t

from mma_analysis.measure.frame import DAYS_PER_MONTH, Frame
from mma_analysis.measure.loglinear import (
    CLOSE,
    MOST_STEPS,
    UPPER,
    VANISHED,
    LogLinear,
    dispersion_of,
    variance_of,
    without_estimate,
)
from mma_analysis.measure.periods import HALF, MONTH, QUARTER, WHOLE, YEAR, longer_period
from mma_analysis.measure.rates import rounding_variance
from mma_analysis.measure.released import MISSING, SHOWN

Floats = NDArray[np.float64]
SHORTER = {WHOLE: YEAR, YEAR: HALF, HALF: QUARTER, QUARTER: MONTH}
WORST_CONDITION = 1e10  # of the information: beyond it two coefficients cannot be told apart


@dataclass(frozen=True)
class Margins:
    """What is shown of the district in time, and of each gemeente in all.

    `counts`
        Tips of the district per stretch. Stretches are the shortest periods that are all shown and
        together make the whole: months, and where a month is hidden its quarter, or half year.
    `months`
        One row per month: `period`, `stretch` (its place in `counts`), `begin`, `end`,
        `years_since_begin` (of its middle) and `half` (the half year it is in).
    `received`, `time`
        What each gemeente received in all, and (gemeenten × months) how long it was connected.
        Those of which it is hidden are one row: what is left of all receipts, and their inhabitants
        × time. What a gemeente wrote down of half years before its connection is a row of its own.
    """

    counts: Floats
    months: pd.DataFrame
    received: Floats
    time: Floats
    basis: int = 1

    @property
    def stretches(self) -> int:
        """How many counts there are in time."""
        return len(self.counts)


def margins(of: Frame, per_period: pd.DataFrame, received_twice: pd.DataFrame) -> Margins | None:
    """Take from the released totals what tells of change within gemeenten.

    Released totals `per_period`: `area`, `period`, `kind`, `count` (missing unless shown), `state`,
    `connected_months`.
    `received_twice`: what all gemeenten together received.

    None when the whole of the district is not shown, when a gemeente that delivered has no known
    connection date, or when nobody received anything in connected time.
    """
    exposure, periods = of.exposure, of.periods
    receipts = received_twice["receipts"].astype("float64").item()
    is_district = per_period["area"] == of.vocabulary.district.slug
    shown = per_period[is_district].set_index("period")["count"].dropna().astype("float64")
    own = per_period[~is_district & (per_period["state"] != MISSING)]
    if WHOLE not in shown.index or own["connected_months"].isna().any():
        return None
    months = _months(periods)
    # Where receipts are hidden, so is how few tips came in twice: then tips are close enough.
    of_all = float(shown.loc[WHOLE]) if np.isnan(receipts) else receipts
    received, time = _levels(own, of_all, exposure, months)
    stretch = _stretches(shown, periods).reindex(months["period"])
    heard = pd.Series(time.sum(axis=0), stretch.index).groupby(stretch, sort=False).sum() > 0
    codes = heard.index[heard]  # where nobody was connected nothing is expected
    if not len(codes):
        return None
    place = pd.Series(range(len(codes)), codes)
    is_in = stretch.isin(codes).to_numpy()
    known = months[is_in].assign(stretch=stretch[is_in].map(place).to_numpy())
    counts = np.asarray(shown.loc[codes], dtype="float64")
    basis = int(per_period["basis"].max())
    return Margins(counts, known, received, time[:, is_in], basis)


def within(margins: Margins, design: pd.DataFrame) -> LogLinear:
    """Fit the course of time that all gemeenten share, with a level for each.

    The Poisson maximum likelihood when the stretches are months (Palmgren 1981); with longer ones
    an estimating equation without bias, with the errors of its sandwich (Godambe 1960). Errors are
    widened by the Pearson dispersion of the stretches, never made smaller, and the interval has
    Student's t.

    `design`: one row per row of `margins.months`, one column per coefficient; no intercept, as each
    gemeente has its level.

    Without an estimate when the columns cannot be told apart, or when the best fit lies at
    infinity.
    """
    at = _Course(margins, design.to_numpy(dtype="float64"))
    free = margins.stretches - design.shape[1] - 1
    if free < 1 or margins.counts.sum() == 0:
        return without_estimate(design)
    beta = at.solved()
    if beta is None:
        return without_estimate(design)
    means, slope, spread = at.means(beta), at.slope(beta), at.spread(beta)
    inverse, names = np.linalg.inv(slope), design.columns
    rounding = 1 + rounding_variance(margins.basis) / means.mean()
    dispersion = max(dispersion_of(margins.counts, means, free), rounding)
    return LogLinear(
        pd.Series(beta, names),
        pd.DataFrame(inverse @ spread @ inverse.T * dispersion, names, names),
        dispersion,
        variance_of(pd.Series(margins.counts), means),
        float(t.ppf(UPPER, free)),
    )


class _Course:
    """What the margins and a course of time expect of each stretch."""

    def __init__(self, margins: Margins, design: Floats) -> None:
        self.counts, self.received, self.design = margins.counts, margins.received, design
        stretch = margins.months["stretch"].to_numpy()
        self.inside = (np.arange(margins.stretches)[:, None] == stretch).astype("float64")
        with np.errstate(divide="ignore"):  # not connected: no part of what was received
            self.log_time = np.log(margins.time)

    def _logs(self, beta: Floats) -> tuple[Floats, Floats]:
        """Of the part of what a gemeente received in all that falls in a month; and of all parts.

        As logarithms: where the best fit lies at infinity, months go on their way to 0.
        """
        share = log_softmax(self.log_time + self.design @ beta, axis=1)
        return share, logsumexp(np.log(self.received)[:, None] + share, axis=0)

    def means(self, beta: Floats) -> Floats:
        """Tips per stretch: as many in all as were counted."""
        receipts = self.inside @ np.exp(self._logs(beta)[1])
        return receipts * (self.counts.sum() / receipts.sum())

    def _parts(self, beta: Floats) -> tuple[Floats, Floats]:
        """The mean design of each stretch, and the covariance of months given the levels."""
        log_share, log_months = self._logs(beta)
        share, months = np.exp(log_share), np.exp(log_months)
        middle = softmax(np.where(self.inside > 0, log_months, -np.inf), axis=1) @ self.design
        covariance = np.diag(months) - share.T @ (self.received[:, None] * share)
        return middle, covariance * (self.counts.sum() / months.sum())

    def solved(self) -> Floats | None:
        """The course of which nothing is lacking, by Newton's steps; nothing when there is none."""
        beta = np.zeros(self.design.shape[1])
        for _ in range(MOST_STEPS):
            slope = self.slope(beta)
            if not np.linalg.cond(slope) < WORST_CONDITION:
                return None
            step = np.linalg.solve(slope, self.lacking(beta))
            beta = beta + step
            if np.abs(step).max() < CLOSE:
                return beta if self.means(beta).min() > VANISHED else None
        return None

    def lacking(self, beta: Floats) -> Floats:
        """What was counted less what is expected, in the direction of every column."""
        return self._parts(beta)[0].T @ (self.counts - self.means(beta))

    def slope(self, beta: Floats) -> Floats:
        """How fast that falls when a coefficient rises (as in Fisher's scoring)."""
        middle, covariance = self._parts(beta)
        return middle.T @ self.inside @ covariance @ self.design

    def spread(self, beta: Floats) -> Floats:
        """How far that is off by chance."""
        middle, covariance = self._parts(beta)
        return middle.T @ self.inside @ covariance @ self.inside.T @ middle


def _months(periods: pd.DataFrame) -> pd.DataFrame:
    months = periods[periods["kind"] == MONTH].reset_index(drop=True)
    middle = months["begin"] + (months["end"] - months["begin"]) / 2
    elapsed = (middle - months["begin"].min()).dt.total_seconds() / (365.25 * 86400)
    half = longer_period(periods, MONTH, HALF).to_numpy()
    return months[["period", "begin", "end"]].assign(years_since_begin=elapsed, half=half)


def _stretches(shown: pd.Series, periods: pd.DataFrame) -> pd.Series:
    """Per month the code of the stretch it is in: from the whole down, as long as all is shown."""
    months = periods.loc[periods["kind"] == MONTH, "period"]
    stretch = pd.Series(WHOLE, index=months)
    for longer, shorter in SHORTER.items():
        outer = longer_period(periods, shorter, longer)
        is_told = pd.Series(outer.index.isin(shown.index), outer.index).groupby(outer).all()
        inner = longer_period(periods, MONTH, shorter)
        stretch = stretch.mask(stretch.isin(is_told.index[is_told]), inner)
    return stretch


def _levels(
    own: pd.DataFrame, receipts: float, exposure: pd.DataFrame, months: pd.DataFrame
) -> tuple[Floats, Floats]:
    """`received` and `time` of `Margins`, without rows of which one of the two is nothing."""
    whole = own[own["kind"] == WHOLE].set_index("area")["count"].astype("float64")
    shown = whole.dropna()
    in_months = exposure[exposure["period"].isin(months["period"])]
    wide = in_months.pivot_table(["connected_months", "inhabitant_years"], "area", "period", "sum")
    hidden = wide["inhabitant_years"].reindex(whole.index.difference(shown.index))
    early = [_before_connection(own[own["area"] == slug], months) for slug in shown.index]
    before = np.array([count for count, _ in early])
    rest = [receipts - shown.sum()]
    received = np.concatenate([rest, shown.to_numpy() - before, before])
    connected = wide["connected_months"].reindex(shown.index)
    time = np.vstack([hidden.sum(), connected, *[time for _, time in early]])
    is_level = (received > 0) & (time.sum(axis=1) > 0)
    return received[is_level], time[is_level]


def _before_connection(own: pd.DataFrame, months: pd.DataFrame) -> tuple[float, Floats]:
    """What a gemeente registered, shown, in half years before its connection; and their time."""
    is_early = own["kind"].eq(HALF) & own["connected_months"].eq(0) & own["state"].eq(SHOWN)
    early = own[is_early]
    days = (months["end"] - months["begin"]).dt.days + 1
    time = days.where(months["half"].isin(early["period"]), 0) / DAYS_PER_MONTH
    return float(early["count"].sum()), time.to_numpy(dtype="float64")
