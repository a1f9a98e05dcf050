"""Interrupted time series: does the level of a series step up where a campaign begins?"""

import numpy as np
import pandas as pd
from scipy.stats import norm

from mma_analysis.measure.campaigns import POWER
from mma_analysis.measure.categories import took_part
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.loglinear import log_linear
from mma_analysis.measure.loglinear import waves as waves_of
from mma_analysis.measure.periods import MONTH, period_of
from mma_analysis.measure.rates import CANNOT_TELL, LEVEL, verdict
from mma_analysis.settings import Campagne
from mma_analysis.vocabulary import Vocabulary

FEWEST_MONTHS = 18  # as for the trend: with less a season cannot be told from a trend
FEWEST_EACH_SIDE = 6
FEWEST_MELDINGEN = 20  # of each gemeente that counts, on each side
STEP = ["ratio", "low", "high"]
OWN, OTHER, CONTROL = "own", "other", "control"
COLUMNS = ["campaign", "months", "detectable", *STEP, "verdict"]
CHECKS = [f"{against}_{part}" for against in (OTHER, CONTROL) for part in (*STEP, "verdict")]


def interrupted_series(series: pd.DataFrame, waves: int = 1) -> pd.DataFrame:
    """Estimate how many times as large a series became at its interruption.

    A level per area, a straight trend, a season and a step (Lopez Bernal 2017; indicator
    `campaign_series`), with the interval of `loglinear.log_linear`.

    `series` has one row per area and month: `area`, `year` (time in years), `count`, `exposure`,
    `is_after`. Every area has counts above 0.
    `waves`: how many waves the season has; with 0 there is no season.

    One row: `ratio`, `low`, `high`, `dispersion`; missing without a finite estimate.
    """
    step = series["is_after"].astype("float64")
    design = waves_of(series["year"], waves).assign(year=series["year"], step=step)
    fitted = log_linear(
        series["count"],
        design,
        series["exposure"],
        levels=series["area"],
        together=series["year"],
    )
    row = (*fitted.ratio("step"), fitted.dispersion)
    return pd.DataFrame([row], columns=[*STEP, "dispersion"])


def controlled_series(series: pd.DataFrame) -> pd.DataFrame:
    """Estimate how many times as large a series became, beside one that was not interrupted.

    Every month has its own level, so what happens to both drops out; on that the own series has its
    own straight trend and step (Lopez Bernal, Cummins and Gasparrini 2018).

    `series`: as for `interrupted_series`, of both series, with `is_own`; an area can be in both. A
    month or an area without any count tells nothing and is left out.

    One row: `ratio`, `low`, `high`, `dispersion`; missing without a finite estimate.
    """
    area = series["area"].astype("str").str.cat(series["is_own"].astype("str"), sep="|")
    table = series.assign(area=area)
    for key in ("area", "year"):
        table = table[table.groupby(key)["count"].transform("sum") > 0]
    is_own = table["is_own"].astype("float64")
    design = pd.get_dummies(table["year"], dtype=float, drop_first=True)
    design.columns = [f"month_{number}" for number in range(design.shape[1])]
    design = design.assign(year=is_own * table["year"], step=is_own * table["is_after"])
    fitted = log_linear(table["count"], design, table["exposure"], levels=table["area"])
    row = (*fitted.ratio("step"), fitted.dispersion)
    return pd.DataFrame([row], columns=[*STEP, "dispersion"])


def campaign_series(of: Frame, meldingen: pd.DataFrame) -> pd.DataFrame:
    """Estimate the step in a campaign's topics over all months, alone and beside two controls.

    In the gemeenten that took part: as `interrupted_series`, and as `controlled_series` beside all
    other topics there, and beside the same topics in gemeenten that did not take part.

    Made from exact rows, of topics of which no month is in any table. Only gemeenten count that
    have at least `FEWEST_MELDINGEN` meldingen on each side: the few of another could be worked out
    by one who knows the rest. One step rounded to 0.1 fits very many different tables. A gemeente
    without a known connection date is left out.

    One row per campaign: `campaign`, `months` (complete, in which a gemeente that took part was
    connected, whether or not it counts: that says nothing about meldingen), `detectable` (the
    smallest ratio that the interval would call `more` with 80 % probability), `ratio`, `low`,
    `high` (rounded to 0.1), `verdict` in `more`, `fewer`, `cannot_tell`; the last four also as
    `other_…` and `control_…`. Missing and `cannot_tell` when a series that is needed has no
    gemeente that counts, fewer than `FEWEST_MONTHS` months or `FEWEST_EACH_SIDE` on a side, or
    without a finite estimate.
    """
    receipts = receipts_of(meldingen, of.periods)
    rows = [
        _row(of.vocabulary, one, receipts, of.exposure, of.periods) for one in of.edition.campagnes
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, *CHECKS])


def receipts_of(meldingen: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """One row per gemeente, month and topic that there are meldingen of: `area`, `period`, `value`
    (topic), `count`."""
    months = periods[periods["kind"] == MONTH]
    keys = pd.DataFrame(
        {
            "area": meldingen["gemeente"],
            "period": period_of(meldingen["received_on"], months),
            "value": meldingen["topic"],
        }
    )
    grouped = keys.astype("category").groupby(list(keys), observed=True).size()
    return grouped.rename("count").reset_index().astype(dict.fromkeys(keys, "str"))


def _row(
    vocabulary: Vocabulary,
    campaign: Campagne,
    receipts: pd.DataFrame,
    exposure: pd.DataFrame,
    periods: pd.DataFrame,
) -> dict[str, object]:
    is_about = receipts["value"].isin(campaign.topics)
    has_part = receipts["area"].map(lambda slug: took_part(campaign, str(slug))).astype(bool)
    parts = {OWN: is_about & has_part, OTHER: ~is_about & has_part, CONTROL: is_about & ~has_part}
    series = {
        name: _series(receipts[rows], exposure, periods, pd.Timestamp(campaign.begin))
        for name, rows in parts.items()
    }
    own = series[OWN]
    alone = interrupted_series(own) if _is_enough(own) else None
    found = {"detectable": _detectable(alone), **_told(alone)}
    for name in (OTHER, CONTROL):
        other = series[name]
        both = pd.concat([own.assign(is_own=True), other.assign(is_own=False)], ignore_index=True)
        is_enough = _is_enough(own) and _is_enough(other)
        told = _told(controlled_series(both) if is_enough else None)
        found |= {f"{name}_{key}": value for key, value in told.items()}
    months = _months(vocabulary, campaign, exposure, periods)
    return {"campaign": campaign.naam, "months": months, **found}


def _months(
    vocabulary: Vocabulary, campaign: Campagne, exposure: pd.DataFrame, periods: pd.DataFrame
) -> int:
    """In how many complete months a gemeente that took part was connected; no melding is needed."""
    participants = [a.slug for a in vocabulary.gemeenten if took_part(campaign, a.slug)]
    connected = exposure[exposure["area"].isin(participants) & (exposure["connected_months"] > 0)]
    return connected.merge(_complete(periods), on="period")["period"].nunique()


def _complete(periods: pd.DataFrame) -> pd.DataFrame:
    return periods[(periods["kind"] == MONTH) & periods["is_complete"]].reset_index(drop=True)


def _series(
    receipts: pd.DataFrame, exposure: pd.DataFrame, periods: pd.DataFrame, begin: pd.Timestamp
) -> pd.DataFrame:
    """These receipts per gemeente that has enough, and month that it was connected in."""
    months = _complete(periods)
    counts = receipts.groupby(["area", "period"])["count"].sum()
    connected = exposure[
        exposure["area"].isin(receipts["area"].unique()) & (exposure["connected_months"] > 0)
    ]
    series = connected.merge(months.assign(year=months.index / 12), on="period")
    keys = pd.MultiIndex.from_frame(series[["area", "period"]])
    table = series.assign(
        count=counts.reindex(keys, fill_value=0).to_numpy(),
        exposure=series["connected_months"],
        is_after=series["end"] >= begin,
    )
    return _with_enough(table)


def _with_enough(table: pd.DataFrame) -> pd.DataFrame:
    """Only gemeenten with enough meldingen on each side, so that none is there with a few."""
    sides = table.pivot_table("count", "area", "is_after", aggfunc="sum", fill_value=0)
    fewest = sides.reindex(columns=[False, True], fill_value=0).min(axis="columns")
    return table[table["area"].isin(fewest.index[fewest >= FEWEST_MELDINGEN])]


def _is_enough(series: pd.DataFrame) -> bool:
    """Whether there are months enough: every gemeente that counts has both sides."""
    months = series.groupby("is_after")["period"].nunique()
    is_long = series["period"].nunique() >= FEWEST_MONTHS
    return bool(is_long and (months >= FEWEST_EACH_SIDE).all())


def _told(found: pd.DataFrame | None) -> dict[str, object]:
    """Rounded, and the verdict of what is rounded: it must agree with what a reader sees."""
    if found is None:
        return {**dict.fromkeys(STEP, np.nan), "verdict": CANNOT_TELL}
    ratio, low, high = (round(float(found[name].iloc[0]), 1) for name in STEP)
    told = verdict(low, high, 1.0, CANNOT_TELL)
    return {"ratio": ratio, "low": low, "high": high, "verdict": told}


def _detectable(exact: pd.DataFrame | None) -> float:
    """The smallest ratio that would have been told, from how far the estimate could be off."""
    if exact is None:
        return np.nan
    low, high = (float(np.log(exact[end].iloc[0])) for end in ("low", "high"))
    z = norm.ppf((1 + LEVEL) / 2)
    return round(float(np.exp((high - low) / 2 / z * (z + norm.ppf(POWER)))), 1)
