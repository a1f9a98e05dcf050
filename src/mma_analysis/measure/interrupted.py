"""Interrupted time series: does the level of a series step up where a campaign begins?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import norm

from mma_analysis.edition import Campagne
from mma_analysis.measure.campaigns import took_part
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import MONTH
from mma_analysis.measure.receipts import receipt_cells

FEWEST_MONTHS = 18  # as for the trend: with less a season cannot be told from a trend
FEWEST_EACH_SIDE = 6
FEWEST_MELDINGEN = 20  # on each side
LEVEL = 0.95
STEP = ["ratio", "low", "high", "dispersion"]


def interrupted_series(series: pd.DataFrame, waves: int = 1) -> pd.DataFrame:
    """Estimate how many times as large a series became at its interruption.

    Poisson regression with a level per area, a straight trend, `waves` yearly waves (sine and
    cosine) and a step from the interruption on, with the exposure as offset (Lopez Bernal 2017).
    The standard error is scaled by the Pearson dispersion when that is above 1 (quasi-Poisson),
    never made smaller; normal 95 % interval. Assumes that the trend would have gone on as it was,
    and that nothing else changed in that month.

    Parameters
    ----------
    series
        One row per area and month: `area`, `year` (time in years), `count`, `exposure`, `is_after`.
    waves
        How many waves the season has; with 0 there is no season.

    Returns
    -------
    pd.DataFrame
        One row: `ratio`, `low`, `high`, `dispersion`.

    Examples
    --------
    >>> months = pd.DataFrame({"area": "borne", "year": np.arange(24) / 12,
    ...                        "count": [10, 11] * 6 + [20, 22] * 6, "exposure": 1.0,
    ...                        "is_after": np.arange(24) >= 12})
    >>> interrupted_series(months)["ratio"].round(1).to_list()
    [1.9]
    """
    levels = pd.get_dummies(series["area"], dtype=float)
    angle = 2 * np.pi * series["year"]
    season = {
        f"{name}_{wave}": function(wave * angle)
        for wave in range(1, waves + 1)
        for name, function in (("sine", np.sin), ("cosine", np.cos))
    }
    design = levels.assign(year=series["year"], **season, step=series["is_after"].astype(float))
    poisson = sm.families.Poisson()
    fitted = sm.GLM(
        series["count"], design, family=poisson, offset=np.log(series["exposure"])
    ).fit()
    dispersion = max(1.0, fitted.pearson_chi2 / fitted.df_resid)
    error = fitted.bse["step"] * np.sqrt(dispersion)
    z = norm.ppf((1 + LEVEL) / 2)
    step = [float(np.exp(fitted.params["step"] + k * error)) for k in (0, -z, z)]
    return pd.DataFrame([(*step, dispersion)], columns=STEP)


def campaign_series(
    meldingen: pd.DataFrame,
    campaigns: Sequence[Campagne],
    exposure: pd.DataFrame,
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Estimate per campaign the step in its own topics, in the gemeenten that took part.

    Unlike the comparison of half years it takes a trend and a season into account, and every month
    in which a gemeente was connected; but not what happened to other topics. A check, not a second
    answer. The month in which a campaign begins is after it.

    It is made from exact rows, of hidden months too, and may be released all the same: one step in
    a model with a level per gemeente, over at least `FEWEST_MELDINGEN` meldingen on each side,
    rounded to 0.1, fits very many different tables.

    Parameters
    ----------
    exposure
        Per gemeente and period: `area`, `period`, `connected_months`; a gemeente without a known
        connection date is left out.

    Returns
    -------
    pd.DataFrame
        One row per campaign: `campaign`, `months` (in the series), `ratio`, `low`, `high` (rounded
        to 0.1), `verdict` in `more`, `fewer`, `cannot_tell`. Missing and `cannot_tell` with fewer
        than `FEWEST_MONTHS` months, `FEWEST_EACH_SIDE` months or `FEWEST_MELDINGEN` meldingen on a
        side.
    """
    receipts = receipt_cells(meldingen, periods).reset_index()
    rows = [
        _row(campaign, _series(campaign, receipts, exposure, periods)) for campaign in campaigns
    ]
    columns = ["campaign", "months", "ratio", "low", "high", "verdict"]
    return described(pd.DataFrame(rows, columns=columns), "campaign_series")


def _series(
    campaign: Campagne, receipts: pd.DataFrame, exposure: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """The campaign's topics per gemeente that took part and month that it was connected in."""
    months = periods[(periods["kind"] == MONTH) & periods["is_complete"]].reset_index(drop=True)
    own = receipts[receipts["value"].isin(campaign.topics)]
    counts = own.groupby(["area", "period"])["count"].sum()
    told = [slug for slug in own["area"].unique() if took_part(campaign, str(slug))]
    series = exposure[exposure["area"].isin(told) & (exposure["connected_months"] > 0)]
    series = series.merge(months.assign(year=months.index / 12), on="period")
    keys = pd.MultiIndex.from_frame(series[["area", "period"]])
    return series.assign(
        count=counts.reindex(keys, fill_value=0).to_numpy(),
        exposure=series["connected_months"],
        is_after=series["end"] >= pd.Timestamp(campaign.begin),
    )


def _row(campaign: Campagne, series: pd.DataFrame) -> dict[str, object]:
    months = int(series["period"].nunique())
    head = {"campaign": campaign.naam, "months": months}
    sides = series.groupby("is_after").agg(months=("period", "nunique"), count=("count", "sum"))
    is_enough = (
        months >= FEWEST_MONTHS
        and len(sides) == 2
        and (sides["months"] >= FEWEST_EACH_SIDE).all()
        and (sides["count"] >= FEWEST_MELDINGEN).all()
    )
    if not is_enough:
        return {**head, "verdict": "cannot_tell"}
    found = interrupted_series(series).iloc[0]
    verdict = "more" if found["low"] > 1 else "fewer" if found["high"] < 1 else "cannot_tell"
    rounded = {name: round(float(found[name]), 1) for name in ("ratio", "low", "high")}
    return {**head, **rounded, "verdict": verdict}
