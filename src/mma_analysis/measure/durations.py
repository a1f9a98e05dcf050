"""How fast a melding comes, and how long until it is closed; open cases count as open."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, quantile_test
from statsmodels.duration.survfunc import SurvfuncRight

from mma_analysis.measure.rates import FEWEST_GEMEENTEN, LEVEL
from mma_analysis.vocabulary import UNKNOWN

FEWEST_MELDINGEN = 10
FEWEST_EVENTS = 5
# Of what a gemeente closed. With less, those with a day may be the quick ones, unseen.
FEWEST_DATED = 0.9
# Of all its meldingen. With less, what is closed without a word of it would count as open.
FEWEST_OF_STATUS = 0.9
HORIZONS = (30, 90)
RECEIVED_COLUMNS = ["area", "gemeenten", "median_days", "low", "high"]
COLUMNS = [
    "area",
    "gemeenten",
    "median_days",
    "median_low",
    "median_high",
    "within_30",
    "within_90",
]
# Of how many meldingen a share is, a reader may know. Of so many, also "all" and "none" in
# steps of five percent leave room for five: of fewer they say that at most four are
# otherwise.
FEWEST_FOR_ALL = 200
STEP = 0.05
FINE_STEP = 0.01


def time_to_receive(meldingen: pd.DataFrame) -> pd.DataFrame:
    """How many days after M. a gemeente had a melding, in whole days, of exact rows.

    One row per area with enough of them: `gemeenten`, `median_days` and its interval, `low`
    and `high`; no count.
    """
    waited = meldingen["received_on"] - meldingen["reported_on"]
    table = meldingen.assign(days=waited.dt.days)
    table = table[table["days"] >= 0]
    rows = []
    for area, own in table.groupby("area", sort=True):
        gemeenten = own["gemeente"].nunique()
        if len(own) < FEWEST_MELDINGEN or gemeenten < FEWEST_GEMEENTEN:
            continue
        test: Any = quantile_test(own["days"].to_numpy(), p=0.5)
        interval = test.confidence_interval(LEVEL)
        numbers = (own["days"].median(), interval.low, interval.high)
        in_days = [round(float(number)) for number in numbers]
        rows.append((area, gemeenten, *in_days))
    return pd.DataFrame(rows, columns=RECEIVED_COLUMNS)


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
    fewest = FEWEST_FOR_ALL if for_all else FEWEST_MELDINGEN
    step = STEP if for_all else FINE_STEP
    rows = []
    for area, own in _spells(meldingen, covered_until).groupby("area", sort=False):
        per_gemeente = own.groupby("gemeente")["is_ended"].agg(["size", "sum"])
        left = per_gemeente.sum()
        if for_all:
            # A gemeente knows its own rows: what it reads may not be of the few of others.
            left = left - per_gemeente.max()
        is_enough = left["size"] >= fewest and left["sum"] >= FEWEST_EVENTS
        is_followed = own["followed"].max() >= HORIZONS[-1]
        if is_enough and is_followed:
            found = _estimate(own, step)
            if not for_all or _leaves_room(own, found):
                rows.append((area, len(per_gemeente), *found))
    return pd.DataFrame(rows, columns=COLUMNS)


def _spells(meldingen: pd.DataFrame, covered_until: pd.Series) -> pd.DataFrame:
    """How long each melding took, or waits when its delivery ends; without later ones.

    One row per melding of a gemeente that writes down nearly always whether a melding is
    closed, and on which day: `area`, `gemeente`, `days`, `is_ended`, and `followed`, the
    days from its receipt to that end.
    """
    # No other columns: of a whole country each copy of all is hundreds of megabytes.
    used = meldingen[["area", "gemeente", "status", "received_on", "closed_on"]]
    received = used["received_on"]
    closed = used["closed_on"]
    has_day = closed.notna() & ~(closed < received)
    is_closed = closed.notna() | (used["status"] == "afgesloten")

    closed_rows = used.assign(has_day=has_day)[is_closed]
    dated = closed_rows.groupby("gemeente")["has_day"].mean()
    is_told = is_closed | (used["status"] != UNKNOWN)
    told = is_told.groupby(used["gemeente"]).mean()
    has_days = used["gemeente"].isin(dated.index[dated >= FEWEST_DATED])
    has_status = used["gemeente"].isin(told.index[told >= FEWEST_OF_STATUS])
    is_registered = has_days & has_status
    is_known = has_day | ~is_closed
    until = used["gemeente"].map(covered_until)
    used = used[is_registered & is_known & (received <= until)]

    until = until.loc[used.index]
    is_ended = used["closed_on"] <= until
    end = used["closed_on"].where(is_ended, until)
    return used[["area", "gemeente"]].assign(
        days=(end - used["received_on"]).dt.days,
        is_ended=is_ended,
        followed=(until - used["received_on"]).dt.days,
    )


def _estimate(own: pd.DataFrame, step: float) -> list[float]:
    """The median and its interval, and the share that is closed at each horizon.

    S(t): the part still open after t days (Kaplan and Meier 1958). Its interval is
    S · exp(± z · SE / S); the median is the first t at which S, or an end, is a half.
    """
    days = own["days"].to_numpy(dtype=float)
    is_ended = own["is_ended"].to_numpy(dtype=int)
    curve = SurvfuncRight(days, is_ended)
    times = np.asarray(curve.surv_times)
    still_open = np.asarray(curve.surv_prob)
    error = np.asarray(curve.surv_prob_se)
    z = norm.ppf((1 + LEVEL) / 2)
    # Where nothing is open any more, the logarithm has no error: nor has R a band there.
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(z * error / still_open)
    low = still_open / spread
    high = still_open * spread

    found = [_median(times, level) for level in (still_open, low, high)]
    for horizon in HORIZONS:
        until = still_open[times <= horizon]
        share = float(1 - until.min(initial=1.0))
        is_followed = (own["followed"] >= horizon).sum() >= FEWEST_MELDINGEN
        in_steps = round(round(share / step) * step, 2)
        found.append(in_steps if is_followed else np.nan)
    return found


def _median(times: np.ndarray, still_open: np.ndarray) -> float:
    """The first time at which half is closed; unknown when that is never."""
    # A product of fractions that is a half on paper may come out just above it.
    half_closed = times[still_open <= 0.5 + 1e-9]
    if not len(half_closed):
        return np.nan
    return float(half_closed[0])


def _leaves_room(own: pd.DataFrame, found: list[float]) -> bool:
    """Whether what is said of all leaves room for five meldingen fewer.

    Who knows how many ended in all gemeenten could take off what a share says at least, and
    learn how few ended where no day is registered. Of n meldingen of which a part w still
    waits at a horizon, with steps of s:

    least = (share − s/2) · (1 − w − s/2) · n
    """
    median, _, _, within_30, within_90 = found
    half = 0.5 + STEP / 2
    shares = zip((median, *HORIZONS), (half, within_30, within_90), strict=True)
    ended = int(own["is_ended"].sum())
    for day, share in shares:
        if np.isnan(day):
            continue
        is_waiting = ~own["is_ended"] & (own["days"] <= day)
        known = 1 - float(is_waiting.mean()) - STEP / 2
        least = (share - STEP / 2) * known * len(own)
        if least > 0 and ended - least < FEWEST_EVENTS:
            return False
    return True
