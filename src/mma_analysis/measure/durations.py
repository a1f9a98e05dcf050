"""How long it takes before a melding is closed, with open cases counted as still open."""

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight

FEWEST_MELDINGEN = 10
HORIZONS = (30, 90)


def time_to_close(meldingen: pd.DataFrame, peildatum: pd.Timestamp) -> pd.DataFrame:
    """Estimate per area how soon meldingen are closed (Kaplan–Meier).

    A melding that is not closed on the peildatum counts as open until then. Only gemeenten that
    register closing dates count: elsewhere an empty date says nothing. The median is the first day
    on which half is closed, and missing when that is not reached; its interval uses the log
    transform (Kalbfleisch & Prentice), and an upper end that is not reached is missing.

    Parameters
    ----------
    meldingen
        Rows with `area`, `received_on` and `closed_on`.

    Returns
    -------
    pd.DataFrame
        One row per area with at least `FEWEST_MELDINGEN` such meldingen: `area`, `median_days`,
        `median_low`, `median_high`, `closed_within_30`, `closed_within_90` (shares).
    """
    registers = meldingen.groupby("gemeente")["closed_on"].transform(lambda d: d.notna().any())
    columns = ["area", "median_days", "median_low", "median_high"]
    columns += [f"closed_within_{days}" for days in HORIZONS]
    rows = [
        (area, *_estimate(own, peildatum))
        for area, own in meldingen[registers].groupby("area", sort=False)
        if len(own) >= FEWEST_MELDINGEN and own["closed_on"].notna().any()
    ]
    return pd.DataFrame(rows, columns=columns)


def _estimate(own: pd.DataFrame, peildatum: pd.Timestamp) -> list[float]:
    closed = own["closed_on"].notna() & (own["closed_on"] <= peildatum)
    days = (own["closed_on"].where(closed, peildatum) - own["received_on"]).dt.days
    curve = SurvfuncRight(days.to_numpy(dtype=float), closed.to_numpy(dtype=int))
    return [*_median(curve), *(_closed_within(curve, days) for days in HORIZONS)]


def _median(curve: SurvfuncRight) -> tuple[float, float, float]:
    reached = curve.surv_prob <= 0.5
    if not reached.any():
        return (np.nan, np.nan, np.nan)
    low, high = curve.quantile_ci(0.5, alpha=0.05, method="log")
    # statsmodels gives the last event time when the upper band never comes down to a half.
    with np.errstate(divide="ignore", invalid="ignore"):
        error = curve.surv_prob_se / curve.surv_prob
        band = np.exp(np.log(curve.surv_prob) + 1.959964 * error)
    crosses = (band <= 0.5) | (curve.surv_prob == 0)
    return (float(curve.quantile(0.5)), float(low), float(high) if crosses.any() else np.nan)


def _closed_within(curve: SurvfuncRight, days: int) -> float:
    before = curve.surv_times <= days
    return float(1 - curve.surv_prob[before][-1]) if before.any() else 0.0
