"""Is it really rising? Growth split by its cause, and the change within the same gemeenten."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import beta, norm

from mma_analysis.measure import periods as period_module
from mma_analysis.measure.periods import MONTH, YEAR

FEWEST_MELDINGEN = 10  # below this a comparison of two years says nothing
FEWEST_MONTHS = 6.0  # connected in each of the two years
LEVEL = 0.95
SPLIT = ["new", "months", "same"]


def growth_split(
    connection: pd.DataFrame, per_year: pd.DataFrame, connected_on: pd.Series, periods: pd.DataFrame
) -> pd.DataFrame:
    """Split the growth between the last two complete years into its three causes.

    `new`: meldingen of gemeenten that joined after the first of the two years. `months`: the other
    gemeenten were connected for more of the year. `same`: the other gemeenten received more or
    fewer per connected month. The last two are the symmetric split of the change in months × rate
    (Kitagawa 1955), per gemeente, so that a large gemeente that joins halfway does not look like a
    higher rate. Gemeenten of which a year is hidden are taken together, from what remains of the
    total: the split uses nothing that a reader does not have. The three add up exactly to the
    growth. Counts are receipts: a tip at two gemeenten counts twice.

    Parameters
    ----------
    connection
        Protected counts of breakdown `connection`: `period`, `value`, `count`.
    per_year
        Protected counts per gemeente and year: `area`, `period`, `count`, `connected_months`.

    Returns
    -------
    pd.DataFrame
        One row, or none when the totals may not be shown: `period_from`, `period_to`, `count_from`,
        `count_to`, `new`, `months`, `same`.
    """
    years = periods[(periods["kind"] == YEAR) & periods["is_complete"]].tail(2)
    columns = ["period_from", "period_to", "count_from", "count_to", *SPLIT]
    shown = connection.dropna(subset="count").set_index(["period", "value"])["count"]
    codes = list(years["period"])
    needed = [(code, "all") for code in codes] + [(codes[-1], v) for v in ("new", "existing")]
    if len(codes) < 2 or not set(needed) <= set(shown.index):
        return pd.DataFrame(columns=columns)
    n_first, n_second, n_new, n_existing = (float(shown[key]) for key in needed)
    before, after = codes
    existing = connected_on.index[connected_on < years["begin"].iloc[1]]
    own = per_year[per_year["area"].isin(existing) & per_year["period"].isin(codes)]
    counts, months = (_wide(own, value) for value in ("count", "connected_months"))
    totals = pd.Series({before: n_first, after: n_existing})
    counts, months = _with_rest(counts, months, totals)
    rates = counts / months
    longer = ((months[after] - months[before]) * (rates[before] + rates[after]) / 2).sum()
    row = (before, after, n_first, n_second, n_new, longer, n_existing - n_first - longer)
    return pd.DataFrame([row], columns=columns)


def _wide(own: pd.DataFrame, value: str) -> pd.DataFrame:
    cells = own.set_index(["area", "period"])[value].astype("Float64").astype(float)
    return cells.unstack("period")  # noqa: PD010


def _with_rest(
    counts: pd.DataFrame, months: pd.DataFrame, totals: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the gemeenten of which a year is hidden together as one row, so that totals hold."""
    whole = counts.notna().all(axis=1) & (months > 0).all(axis=1)
    if whole.all():
        return counts, months
    rest = totals - counts[whole].sum()
    return (
        pd.concat([counts[whole], rest.to_frame("rest").T]),
        pd.concat([months[whole], months[~whole].sum().to_frame("rest").T]),
    )


def year_on_year(counts: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Compare an area's last two complete years, per connected month.

    Given the sum of both years, the second count is binomial: the exact (Clopper–Pearson) interval
    of its probability gives the interval of the ratio of the two rates. With fewer than
    `FEWEST_MELDINGEN` together, less than `FEWEST_MONTHS` connected in either year, or a hidden
    count, the answer is `cannot_tell`.

    Returns
    -------
    pd.DataFrame
        One row per area: `area`, `ratio`, `low`, `high`, `verdict` in `more`, `fewer`, `no_change`,
        `cannot_tell`.
    """
    years = periods[(periods["kind"] == YEAR) & periods["is_complete"]]["period"].tail(2)
    table = counts[counts["period"].isin(years)]
    return pd.DataFrame(
        [(area, *_ratio(own, list(years))) for area, own in table.groupby("area", sort=False)],
        columns=["area", "ratio", "low", "high", "verdict"],
    )


def district_trend(
    meldingen: pd.DataFrame, exposure: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """Estimate the yearly change within gemeenten, whatever the moment they joined.

    Poisson regression of the receipts per gemeente and month on time, with a level for each
    gemeente and the connected time as exposure; standard error scaled by the Pearson dispersion
    (quasi-Poisson), normal 95 % interval. Because every gemeente has its own level, gemeenten that
    join later and are larger do not look like growth. Assumes one common rate of change and no
    season; with two full years the season falls out.

    Parameters
    ----------
    meldingen
        Clean meldingen, one row per melding and receiving gemeente.
    exposure
        Per gemeente and period: `area`, `period`, `connected_months`.

    Returns
    -------
    pd.DataFrame
        One row, or none when there is too little to estimate: `change` per year (0.05 is +5 %),
        `low`, `high`, `dispersion`, `verdict` in `more`, `fewer`, `no_change`.
    """
    columns = ["change", "low", "high", "dispersion", "verdict"]
    table = _months_of_gemeenten(meldingen, exposure, periods)
    if len(table) < 24 or table["count"].sum() < 2 * FEWEST_MELDINGEN:
        return pd.DataFrame(columns=columns)
    levels = pd.get_dummies(table["area"], dtype=float)
    design = levels.assign(year=table["years_since_begin"])
    model = sm.GLM(
        table["count"],
        design,
        family=sm.families.Poisson(),
        offset=np.log(table["connected_months"]),
    )
    fitted = model.fit(scale="X2")
    z = norm.ppf((1 + LEVEL) / 2)
    slope, error = fitted.params["year"], fitted.bse["year"]
    change, low, high = (np.expm1(slope + k * error) for k in (0, -z, z))
    return pd.DataFrame(
        [(change, low, high, fitted.scale, _verdict(low, high, 0.0))], columns=columns
    )


def _months_of_gemeenten(
    meldingen: pd.DataFrame, exposure: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """One row per connected gemeente and month; a gemeente without meldingen tells nothing here."""
    months = periods[periods["kind"] == MONTH]
    received = period_module.period_of(meldingen["received_on"], months)
    counts = pd.DataFrame({"area": meldingen["gemeente"], "period": received}).value_counts()
    connected = exposure[
        exposure["period"].isin(months["period"])
        & exposure["area"].isin(meldingen["gemeente"].unique())
        & (exposure["connected_months"] > 0)
    ]
    table = connected.join(counts.rename("count"), on=["area", "period"]).fillna({"count": 0})
    middle = months.set_index("period").pipe(lambda t: t["begin"] + (t["end"] - t["begin"]) / 2)
    elapsed = table["period"].map(middle) - months["begin"].min()
    return table.assign(years_since_begin=elapsed.dt.total_seconds() / (365.25 * 86400))


def _ratio(own: pd.DataFrame, years: list[str]) -> tuple[float, float, float, str]:
    own = own.set_index("period").reindex(years)
    nothing = (np.nan, np.nan, np.nan, "cannot_tell")
    if len(years) < 2 or own["count"].isna().any() or own["connected_months"].isna().any():
        return nothing
    n_first, n_second = own["count"].astype(int)
    t_first, t_second = own["connected_months"].astype(float)
    if n_first + n_second < FEWEST_MELDINGEN or min(t_first, t_second) < FEWEST_MONTHS:
        return nothing
    tail = (1 - LEVEL) / 2
    p_low = beta.ppf(tail, n_second, n_first + 1) if n_second else 0.0
    p_high = beta.ppf(1 - tail, n_second + 1, n_first) if n_first else 1.0
    odds = [p / (1 - p) if p < 1 else np.inf for p in (p_low, p_high)]
    low, high = (value * t_first / t_second for value in odds)
    ratio = (n_second / t_second) / (n_first / t_first) if n_first else np.inf
    return (ratio, low, high, _verdict(low, high, 1.0))


def _verdict(low: float, high: float, neutral: float) -> str:
    return "more" if low > neutral else "fewer" if high < neutral else "no_change"
