"""Is it really rising? The change within the same gemeenten."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import beta, norm

from mma_analysis.measure import periods as period_module
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import MONTH, YEAR

FEWEST_MELDINGEN = 10  # in two years together: below this a comparison says nothing
FEWEST_MONTHS = 6.0  # connected in each of the two years
FEWEST_MONTHS_OF_TREND = 18  # with less a season cannot be told from a trend
LEVEL = 0.95
TREND = ["change", "low", "high", "dispersion", "verdict"]


def year_on_year(counts: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Compare a gemeente's last two complete years, per connected month.

    Given the sum of both years, the second count is binomial: the exact (Clopper–Pearson) interval
    of its probability gives the interval of the ratio of the two rates. With fewer than
    `FEWEST_MELDINGEN` together, less than `FEWEST_MONTHS` connected in either year, or a hidden
    count, the answer is `cannot_tell`. Assumes no season within a year that counts for a part.
    Not for the district: there a large gemeente that joins would look like a higher rate.

    Parameters
    ----------
    counts
        Protected counts per area and period: `area`, `period`, `count`, `connected_months`.

    Returns
    -------
    pd.DataFrame
        One row per area: `area`, `ratio`, `low`, `high`, `verdict` in `more`, `fewer`, `no_change`,
        `cannot_tell`. Ratio and high are infinite when the first year has none.
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
    gemeente, one yearly wave for the season (sine and cosine; Lopez Bernal 2017) and the connected
    time as exposure. The standard error is scaled by the Pearson dispersion when that is above 1
    (quasi-Poisson), never made smaller; normal 95 % interval. Because every gemeente has its own
    level, gemeenten that join later and are larger do not look like growth. Assumes one rate of
    change and one season for all gemeenten.

    It is made from exact rows, of hidden months too, and may be released all the same: one slope
    over hundreds of gemeente-months, given in whole percents, fits very many different tables.

    Parameters
    ----------
    meldingen
        Clean meldingen, one row per melding and receiving gemeente.
    exposure
        Per gemeente and period: `area`, `period`, `connected_months`; a gemeente without a known
        connection date is left out.

    Returns
    -------
    pd.DataFrame
        One row, or none with fewer than `FEWEST_MONTHS_OF_TREND` months or twice
        `FEWEST_MELDINGEN` meldingen: `change` per year (0.05 is +5 %), `low`, `high` (all three
        rounded to 0.01), `dispersion`, `verdict` in `more`, `fewer`, `no_change`.
    """
    table = _months_of_gemeenten(meldingen, exposure, periods)
    is_short = table["period"].nunique() < FEWEST_MONTHS_OF_TREND
    if is_short or table["count"].sum() < 2 * FEWEST_MELDINGEN:
        return pd.DataFrame(columns=TREND)
    fitted = sm.GLM(
        table["count"],
        _design(table),
        family=sm.families.Poisson(),
        offset=np.log(table["connected_months"]),
    ).fit()
    dispersion = max(1.0, fitted.pearson_chi2 / fitted.df_resid)
    error = fitted.bse["year"] * np.sqrt(dispersion)
    z = norm.ppf((1 + LEVEL) / 2)
    change, low, high = (np.expm1(fitted.params["year"] + k * error) for k in (0, -z, z))
    rounded = [round(float(value), 2) for value in (change, low, high, dispersion)]
    row = (*rounded, _verdict(low, high, 0.0))
    return described(pd.DataFrame([row], columns=TREND), "district_trend")


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
    keys = pd.MultiIndex.from_frame(connected[["area", "period"]])
    return connected.assign(
        count=counts.reindex(keys, fill_value=0).to_numpy(),
        years_since_begin=connected["period"].map(_middles(months)),
    )


def _middles(months: pd.DataFrame) -> pd.Series:
    """Per month: years from the begin of the evaluation to its middle."""
    middle = months["begin"] + (months["end"] - months["begin"]) / 2
    elapsed = (middle - months["begin"].min()).dt.total_seconds() / (365.25 * 86400)
    return pd.Series(elapsed.to_numpy(), index=months["period"])


def _design(table: pd.DataFrame) -> pd.DataFrame:
    """A level per gemeente, a common slope and a common yearly wave."""
    year = table["years_since_begin"]
    return pd.get_dummies(table["area"], dtype=float).assign(
        year=year, sine=np.sin(2 * np.pi * year), cosine=np.cos(2 * np.pi * year)
    )


def _ratio(own: pd.DataFrame, years: list[str]) -> tuple[float, float, float, str]:
    own = own.set_index("period").reindex(years)
    nothing = (np.nan, np.nan, np.nan, "cannot_tell")
    if len(years) < 2 or own[["count", "connected_months"]].isna().any(axis=None):
        return nothing
    n_first, n_second = (int(n) for n in own["count"])
    t_first, t_second = (float(t) for t in own["connected_months"])
    if n_first + n_second < FEWEST_MELDINGEN or min(t_first, t_second) < FEWEST_MONTHS:
        return nothing
    tail = (1 - LEVEL) / 2
    p_low = float(beta.ppf(tail, n_second, n_first + 1)) if n_second else 0.0
    p_high = float(beta.ppf(1 - tail, n_second + 1, n_first)) if n_first else 1.0
    odds = [p / (1 - p) if p < 1 else np.inf for p in (p_low, p_high)]
    low, high = (value * t_first / t_second for value in odds)
    ratio = (n_second / t_second) / (n_first / t_first) if n_first else np.inf
    return (ratio, low, high, _verdict(low, high, 1.0))


def _verdict(low: float, high: float, neutral: float) -> str:
    return "more" if low > neutral else "fewer" if high < neutral else "no_change"
