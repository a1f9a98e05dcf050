"""How long each gemeente has been connected: the time in which a melding could arrive."""

from collections.abc import Collection

import pandas as pd

from mma_analysis.measure.population import inhabitant_years
from mma_analysis.vocabulary import Vocabulary

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

    Examples
    --------
    Connected from the sixteenth day of a month of thirty:

    >>> begin, end = pd.Timestamp("2022-06-01"), pd.Timestamp("2022-06-30")
    >>> june = pd.DataFrame({"period": ["2022-06"], "begin": begin, "end": end})
    >>> since = pd.Series({"borne": pd.Timestamp("2022-06-16")})
    >>> connected_months(since, june)["connected_months"].round(3).to_list()
    [0.493]
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


def exposure(
    vocabulary: Vocabulary,
    connected_on: pd.Series,
    delivered: Collection[str],
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Measure connected months per area and period.

    The district is the sum of the gemeenten that delivered: the others were connected too, but
    their meldingen are in no count. When one of them has no known connection date, the district's
    months are missing too: a rate over too little time would be too high.

    Returns
    -------
    pd.DataFrame
        One row per area and period: `area`, `period`, `connected_months`, `inhabitant_years`
        (inhabitants × connected years), `connected_gemeenten` (how many are known to be connected
        on at least one day of it).
    """
    own = connected_months(connected_on, periods).assign(
        inhabitant_years=lambda t: inhabitant_years(vocabulary, t, periods),
        connected_gemeenten=lambda t: (t["connected_months"] > 0).astype("int64"),
    )
    counted = own[own["area"].isin(delivered)].groupby("period")
    summed = periods[["period"]].assign(
        area=vocabulary.district.slug,
        connected_months=periods["period"].map(counted["connected_months"].sum(skipna=False)),
        inhabitant_years=periods["period"].map(counted["inhabitant_years"].sum(skipna=False)),
        connected_gemeenten=periods["period"].map(counted["connected_gemeenten"].sum()),
    )
    return pd.concat([own, summed.fillna({"connected_gemeenten": 0})], ignore_index=True).astype(
        {"connected_gemeenten": "int64"}
    )
