"""How long each gemeente has been connected: the time in which a melding could arrive."""

import pandas as pd

DAYS_PER_MONTH = 365.25 / 12


def connected_months(connected_on: pd.Series, periods: pd.DataFrame) -> pd.DataFrame:
    """Measure per gemeente and period how many months it was connected.

    Counted in days and divided by the mean length of a month (30,4375 days), so that a gemeente
    that joins halfway a month counts for that half. A gemeente of which the connection date is not
    known gets a missing value: it is not assumed to be connected, nor to be unconnected.

    Parameters
    ----------
    connected_on
        Connection date per gemeente slug; missing when unknown.
    periods
        As made by `periods.periods`.

    Returns
    -------
    pd.DataFrame
        One row per gemeente and period: `area`, `period`, `connected_months`.
    """
    dates = connected_on.rename_axis("area").rename("connected_on").reset_index()
    both = dates.merge(periods, how="cross")
    from_day = both[["begin", "connected_on"]].max(axis=1, skipna=False)
    days = (both["end"] - from_day).dt.days + 1
    return pd.DataFrame(
        {
            "area": both["area"],
            "period": both["period"],
            "connected_months": days.clip(lower=0) / DAYS_PER_MONTH,
        }
    )


def exposure(connected_on: pd.Series, periods: pd.DataFrame, district: str) -> pd.DataFrame:
    """Measure connected months per area and period, the district as the sum of its gemeenten.

    Returns
    -------
    pd.DataFrame
        One row per area and period: `area`, `period`, `connected_months`, `connected_gemeenten`
        (how many were connected on at least one day of it).
    """
    own = connected_months(connected_on, periods).assign(
        connected_gemeenten=lambda t: (t["connected_months"] > 0).astype("int64")
    )
    summed = own.groupby("period", sort=False)[["connected_months", "connected_gemeenten"]].sum()
    return pd.concat([own, summed.reset_index().assign(area=district)], ignore_index=True)
