"""What receiving meldingen directly brings: how fast they come."""

from typing import Any

import pandas as pd
from scipy.stats import quantile_test

from mma_analysis.measure.verdicts import LEVEL

FEWEST_MELDINGEN = 10
RECEIVE = ["area", "gemeenten", "median_days", "low", "high"]


def time_to_receive(meldingen: pd.DataFrame) -> pd.DataFrame:
    """How many days after M. a gemeente had a melding (indicator `time_to_receive`).

    Made from exact rows, but in whole days and without a count.

    `meldingen`: clean meldingen, with `area`: what to summarise them by.

    One row per area with at least `FEWEST_MELDINGEN` meldingen of which both days are known and in
    order: `area`, `gemeenten` (that register both), `median_days`, `low`, `high`.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-01-01"] * 5 + ["2022-01-03"] * 6)
    >>> meldingen = pd.DataFrame({"area": "twente", "gemeente": "borne", "received_on": days,
    ...                           "reported_on": pd.Timestamp("2022-01-01")})
    >>> time_to_receive(meldingen)[["median_days", "low", "high"]].to_numpy().tolist()
    [[2, 0, 2]]
    """
    table = meldingen.assign(days=_days(meldingen)).dropna(subset="days")
    rows = []
    for area, own in table.groupby("area", sort=True):
        if len(own) >= FEWEST_MELDINGEN:
            ends: Any = quantile_test(own["days"].to_numpy(), p=0.5).confidence_interval(LEVEL)
            days = [round(float(day)) for day in (own["days"].median(), ends.low, ends.high)]
            rows.append((area, own["gemeente"].nunique(), *days))
    return pd.DataFrame(rows, columns=RECEIVE)


def _days(meldingen: pd.DataFrame) -> pd.Series:
    """Days from M. to the gemeente; missing when one is not known or they are the wrong way."""
    days = (meldingen["received_on"] - meldingen["reported_on"]).dt.days
    return days.where(days >= 0)
