"""How fast a melding comes, and how long it takes before it is closed; open cases count as open."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, quantile_test
from statsmodels.duration.survfunc import SurvfuncRight

from mma_analysis.measure.rates import FEWEST_GEMEENTEN, LEVEL

FEWEST_MELDINGEN, FEWEST_EVENTS = 10, 5
# Of what a gemeente closed. With less, those with a day may be the quick ones, unseen.
FEWEST_DATED = 0.9
HORIZONS = (30, 90)
COLUMNS = ["area", "median_days", "median_low", "median_high", "within_30", "within_90"]
# Of how many meldingen a share is, a reader may know. Of so many, also "all" and "none" in steps
# of five percent leave room for five: of fewer they say that at most four are otherwise.
FEWEST_FOR_ALL, STEP, FINE_STEP = 200, 0.05, 0.01


def time_to_receive(meldingen: pd.DataFrame) -> pd.DataFrame:
    """How many days after M. a gemeente had a melding: of exact rows, in whole days, no count."""
    days = (meldingen["received_on"] - meldingen["reported_on"]).dt.days
    table, rows = meldingen.assign(days=days)[days >= 0], []
    for area, own in table.groupby("area", sort=True):
        gemeenten = own["gemeente"].nunique()
        if len(own) >= FEWEST_MELDINGEN and gemeenten >= FEWEST_GEMEENTEN:
            ends: Any = quantile_test(own["days"].to_numpy(), p=0.5).confidence_interval(LEVEL)
            numbers = [round(float(day)) for day in (own["days"].median(), ends.low, ends.high)]
            rows.append((area, gemeenten, *numbers))
    return pd.DataFrame(rows, columns=["area", "gemeenten", "median_days", "low", "high"])


def time_to_close(
    meldingen: pd.DataFrame, peildatum: pd.Timestamp, for_all: bool = False
) -> pd.DataFrame:
    """How soon meldingen of an area are closed; `for_all`: of many, in steps that leave room."""
    spells = _spells(meldingen, peildatum)
    fewest, step = (FEWEST_FOR_ALL, STEP) if for_all else (FEWEST_MELDINGEN, FINE_STEP)
    rows = []
    for area, own in spells.groupby("area", sort=False):
        # A gemeente knows its own rows: what it reads may not be of the few that others have.
        counts = own.groupby("gemeente")["is_ended"].agg(["size", "sum"])
        left = counts.sum() - (counts.max() if for_all else 0)
        is_enough = left["size"] >= fewest and left["sum"] >= FEWEST_EVENTS
        if is_enough and own["followed"].max() >= HORIZONS[-1]:
            found = _estimate(own, step)
            if not for_all or _leaves_room(own, found):
                rows.append((area, *found))
    return pd.DataFrame(rows, columns=COLUMNS)


def _spells(meldingen: pd.DataFrame, peildatum: pd.Timestamp) -> pd.DataFrame:
    """How long each melding took, or has been waiting on the peildatum; without later ones."""
    # No other columns: of a whole country each copy of all of them is hundreds of megabytes.
    used = meldingen[["area", "gemeente", "status", "received_on", "closed_on"]]
    day, received = used["closed_on"], used["received_on"]
    has_day = day.notna() & ~(day < received)
    is_closed = day.notna() | (used["status"] == "afgesloten")
    dated = used.assign(has_day=has_day)[is_closed].groupby("gemeente")["has_day"].mean()
    is_registered = used["gemeente"].isin(dated.index[dated >= FEWEST_DATED])
    used = used[is_registered & (~is_closed | has_day) & (received <= peildatum)]
    is_ended = used["closed_on"] <= peildatum
    return used[["area", "gemeente"]].assign(
        days=(used["closed_on"].where(is_ended, peildatum) - used["received_on"]).dt.days,
        is_ended=is_ended,
        followed=(peildatum - used["received_on"]).dt.days,
    )


def _estimate(own: pd.DataFrame, step: float) -> list[float]:
    curve = SurvfuncRight(own["days"].to_numpy(dtype=float), own["is_ended"].to_numpy(dtype=int))
    times, still_open = np.asarray(curve.surv_times), np.asarray(curve.surv_prob)
    # Where nothing is open any more, the logarithm has no error: R gives no band there either.
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(norm.ppf((1 + LEVEL) / 2) * np.asarray(curve.surv_prob_se) / still_open)
    found = []
    for level in (still_open, still_open / spread, still_open * spread):
        # A product of fractions that is a half on paper may come out just above it.
        half_ended = times[level <= 0.5 + 1e-9]
        found.append(float(half_ended[0]) if len(half_ended) else np.nan)
    for days in HORIZONS:
        share = 1 - still_open[times <= days].min(initial=1.0)
        is_followed = (own["followed"] >= days).sum() >= FEWEST_MELDINGEN
        found.append(round(round(float(share) / step) * step, 2) if is_followed else np.nan)
    return found


def _leaves_room(own: pd.DataFrame, found: list[float]) -> bool:
    """Whether what is said of all leaves room for five meldingen fewer.

    Who knows how many ended in all gemeenten could take off what a share says at least, and learn
    how few ended where no day is registered.
    """
    median, *_, within_30, within_90 = found
    shares = zip((median, *HORIZONS), (0.5 + STEP / 2, within_30, within_90), strict=True)
    for day, share in shares:
        if np.isnan(day):
            continue
        waiting = float((~own["is_ended"] & (own["days"] <= day)).mean())
        least = (share - STEP / 2) * (1 - waiting - STEP / 2) * len(own)
        if least > 0 and int(own["is_ended"].sum()) - least < FEWEST_EVENTS:
            return False
    return True
