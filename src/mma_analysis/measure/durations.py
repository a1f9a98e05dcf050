"""How fast a melding comes, and how long until it is closed; open cases count as open."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import CensoredData, ecdf, norm, quantile_test

from mma_analysis.measure.rates import FEWEST_GEMEENTEN, LEVEL
from mma_analysis.vocabulary import UNKNOWN

FEWEST_MELDINGEN = 10
FEWEST_EVENTS = 5
# Of what a gemeente closed. With less, those with a day may be the quick ones, unseen.
FEWEST_DATED = 0.9
# Of all its meldingen. With less, what is closed without a word of it would count as open.
FEWEST_OF_STATUS = 0.9
SHORT_HORIZON = 30
LONG_HORIZON = 90
# Of how many meldingen a share is, a reader may know. Of so many, also "all" and "none" in
# steps of five percent leave room for five: of fewer they say that at most four are
# otherwise.
FEWEST_FOR_ALL = 200
STEP = 0.05
FINE_STEP = 0.01
MEDIAN = 0.5  # the part of a distribution below it


class TimeToReceive(NamedTuple):
    """The median of an area, and the ends of its interval, in whole days."""

    area: Any
    gemeenten: int
    median_days: int
    low: int
    high: int


class TimeToClose(NamedTuple):
    """The median in days, with its interval, and the shares closed within so many."""

    median_days: float
    median_low: float
    median_high: float
    within_30: float
    within_90: float


class Curve(NamedTuple):
    """Which part is `still_open` after so many days (`times`), and its interval."""

    times: np.ndarray
    still_open: np.ndarray
    low: np.ndarray
    high: np.ndarray


# --- until it is received -----------------------------------------------------------------


def time_to_receive(meldingen: pd.DataFrame) -> pd.DataFrame:
    """How many days after M. a gemeente had a melding, in whole days, of exact rows.

    One row per area with enough of them: `gemeenten`, `median_days` and its interval, `low`
    and `high`; no count.
    """
    waited = meldingen["received_on"] - meldingen["reported_on"]
    table = meldingen.assign(days=waited.dt.days)
    table = table[table["days"] >= 0]
    rows: list[TimeToReceive] = []
    for area, own in table.groupby("area", sort=True):
        gemeenten = own["gemeente"].nunique()
        if len(own) < FEWEST_MELDINGEN or gemeenten < FEWEST_GEMEENTEN:
            continue
        days = own["days"]
        test: Any = quantile_test(days.to_numpy(), p=MEDIAN)
        interval = test.confidence_interval(LEVEL)
        received = TimeToReceive(
            area=area,
            gemeenten=gemeenten,
            median_days=round(float(days.median())),
            low=round(float(interval.low)),
            high=round(float(interval.high)),
        )
        rows.append(received)
    return pd.DataFrame(rows, columns=TimeToReceive._fields)


# --- until it is closed -------------------------------------------------------------------


def time_to_close(
    meldingen: pd.DataFrame,
    covered_until: pd.Series,
    for_all: bool = False,
) -> pd.DataFrame:
    """How soon meldingen of an area are closed: one row per area of which that is known.

    How many `gemeenten` know it, the median in days and its interval, and the shares within
    30 and 90 days. `covered_until`: gemeente → the last day that its delivery covers: what
    is open then may be closed later. `for_all`: only of many, and in steps that leave room.
    """
    step = STEP if for_all else FINE_STEP
    spells = _spells(meldingen, covered_until)
    rows = []
    for area, own in spells.groupby("area", sort=False):
        if not _is_enough(own, for_all):
            continue
        found = _estimate(own, step)
        if for_all and not _leaves_room(own, found):
            continue
        gemeenten = own["gemeente"].nunique()
        rows.append((area, gemeenten, *found))
    return pd.DataFrame(rows, columns=["area", "gemeenten", *TimeToClose._fields])


def course_of_closing(meldingen: pd.DataFrame, covered_until: pd.Series) -> pd.DataFrame:
    """The curve behind `time_to_close`, of exact rows: one row per day on which it steps.

    `days` since the receipt, which part is `still_open` then, and its interval, `low` and
    `high`; and of how many `meldingen` at how many `gemeenten` it is.
    """
    spells = _spells(meldingen, covered_until)
    curve = _curve(spells)
    return (
        pd.DataFrame(curve._asdict())
        .assign(
            meldingen=len(spells),
            gemeenten=spells["gemeente"].nunique(),
        )
        .rename(columns={"times": "days"})
    )


def _spells(meldingen: pd.DataFrame, covered_until: pd.Series) -> pd.DataFrame:
    """How long each melding took, or waits when its delivery ends; without later ones.

    One row per melding of a gemeente that writes down nearly always whether a melding is
    closed, and on which day: `area`, `gemeente`, `days`, `is_ended`, and `followed`, the
    days from its receipt to that end.
    """
    # No other columns: of a whole country each copy of all is hundreds of megabytes.
    used = meldingen[["area", "gemeente", "status", "received_on", "closed_on"]]
    gemeente = used["gemeente"]
    received = used["received_on"]
    closed = used["closed_on"]
    has_day = closed.notna() & ~(closed < received)
    is_closed = _is_closed(used)
    kept = closing_kept(used)
    is_registered = gemeente.map(kept["is_kept"]).astype("bool")
    is_known = has_day | ~is_closed
    until = gemeente.map(covered_until)
    is_covered = received <= until
    used = used[is_registered & is_known & is_covered]
    until = until.loc[used.index]
    is_ended = used["closed_on"] <= until
    end = used["closed_on"].where(is_ended, until)
    return used[["area", "gemeente"]].assign(
        days=(end - used["received_on"]).dt.days,
        is_ended=is_ended,
        followed=(until - used["received_on"]).dt.days,
    )


def closing_kept(meldingen: pd.DataFrame) -> pd.DataFrame:
    """Who writes down whether a melding is closed and on which day: a row per gemeente.

    How many are `closed`, of how many of these the day is `dated`, and whether both are
    written down so often that `time_to_close` is of this gemeente too: `is_kept`.
    """
    gemeente = meldingen["gemeente"]
    closed_on = meldingen["closed_on"]
    has_day = closed_on.notna() & ~(closed_on < meldingen["received_on"])
    is_closed = _is_closed(meldingen)
    is_told = is_closed | (meldingen["status"] != UNKNOWN)
    closed = is_closed.groupby(gemeente).sum()
    dated = (has_day & is_closed).groupby(gemeente).sum()
    told = is_told.groupby(gemeente).mean()
    is_dated = dated / closed >= FEWEST_DATED  # of none that is closed it is not known
    is_kept = is_dated & (told >= FEWEST_OF_STATUS)
    return pd.DataFrame({"closed": closed, "dated": dated, "is_kept": is_kept})


def _is_closed(meldingen: pd.DataFrame) -> pd.Series:
    """Whether each melding is closed: by its day, or by its status."""
    return meldingen["closed_on"].notna() | (meldingen["status"] == "afgesloten")


def _is_enough(own: pd.DataFrame, for_all: bool) -> bool:
    """Whether something may be said of these spells: enough, and followed long enough."""
    fewest = FEWEST_FOR_ALL if for_all else FEWEST_MELDINGEN
    per_gemeente = own.groupby("gemeente")["is_ended"].agg(["size", "sum"])
    left = per_gemeente.sum()
    if for_all:
        # A gemeente knows its own rows: what it reads may not be of the few of others.
        left = left - per_gemeente.max()
    has_spells = left["size"] >= fewest
    has_events = left["sum"] >= FEWEST_EVENTS
    is_followed = own["followed"].max() >= LONG_HORIZON
    return bool(has_spells and has_events and is_followed)


def _estimate(own: pd.DataFrame, step: float) -> TimeToClose:
    """The median and its interval, and the share that is closed at each horizon.

    The median is the first t at which S(t), or an end of its interval, is a half.
    """
    curve = _curve(own)
    return TimeToClose(
        median_days=_median(curve.times, curve.still_open),
        median_low=_median(curve.times, curve.low),
        median_high=_median(curve.times, curve.high),
        within_30=_closed_within(SHORT_HORIZON, own, curve, step),
        within_90=_closed_within(LONG_HORIZON, own, curve, step),
    )


def _curve(own: pd.DataFrame) -> Curve:
    """S(t): the part still open after t days (Kaplan and Meier 1958), with its interval.

    S · exp(± z · SE / S)        (SE / S)² = Σ d / n (n − d)        (Greenwood 1926)

    n are open at the begin of a day, of which d are closed on it. scipy has S, and other
    intervals than this one, which is that of R.
    """
    days = own["days"].to_numpy(dtype=float)
    is_ended = own["is_ended"].to_numpy(dtype=bool)
    censored = CensoredData(uncensored=days[is_ended], right=days[~is_ended])
    found = ecdf(censored).sf
    times = np.asarray(found.quantiles)
    still_open = np.asarray(found.probabilities)
    at_risk = len(days) - np.searchsorted(np.sort(days), times)
    ended = np.sort(days[is_ended])
    closed = np.searchsorted(ended, times, side="right") - np.searchsorted(ended, times)
    z = norm.ppf((1 + LEVEL) / 2)
    # Where nothing is open any more, the logarithm has no error: nor has R a band there.
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = closed / (at_risk * (at_risk - closed))
        spread = np.exp(z * np.sqrt(np.cumsum(terms)))
        low = still_open / spread
        high = still_open * spread
    return Curve(times, still_open, low, high)


def _closed_within(horizon: int, own: pd.DataFrame, curve: Curve, step: float) -> float:
    """The share closed after so many days, in steps; unknown when few are followed."""
    is_followed = own["followed"] >= horizon
    if is_followed.sum() < FEWEST_MELDINGEN:
        return np.nan
    until = curve.still_open[curve.times <= horizon]
    share = float(1 - until.min(initial=1.0))
    steps = round(share / step)
    return round(steps * step, 2)


def _median(times: np.ndarray, still_open: np.ndarray) -> float:
    """The first time at which half is closed; unknown when that is never."""
    # A product of fractions that is a half on paper may come out just above it.
    is_half = still_open <= MEDIAN + 1e-9
    half_closed = times[is_half]
    if not len(half_closed):
        return np.nan
    return float(half_closed[0])


def _leaves_room(own: pd.DataFrame, found: TimeToClose) -> bool:
    """Whether what is said of all leaves room for five meldingen fewer.

    Who knows how many ended in all gemeenten could take off what a share says at least, and
    learn how few ended where no day is registered. Of n meldingen of which a part w still
    waits at a horizon, with steps of s:

    least = (share − s/2) · (1 − w − s/2) · n
    """
    said = [
        (found.median_days, MEDIAN + STEP / 2),
        (SHORT_HORIZON, found.within_30),
        (LONG_HORIZON, found.within_90),
    ]
    ended = int(own["is_ended"].sum())
    for day, share in said:
        if np.isnan(day):
            continue
        is_waiting = ~own["is_ended"] & (own["days"] <= day)
        waiting = float(is_waiting.mean())
        known = 1 - waiting - STEP / 2
        least = (share - STEP / 2) * known * len(own)
        if least > 0 and ended - least < FEWEST_EVENTS:
            return False
    return True
