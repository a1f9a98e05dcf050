"""How long it takes before a melding is closed, with open cases counted as still open."""

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.duration.survfunc import SurvfuncRight

FEWEST_MELDINGEN = 10
FEWEST_CLOSED = 5
HORIZONS = (30, 90)
CLOSED = "afgesloten"
LEVEL = 0.95
COLUMNS = ["area", "median_days", "median_low", "median_high", "closed_within_30"]
COLUMNS += ["closed_within_90"]


def time_to_close(meldingen: pd.DataFrame, peildatum: pd.Timestamp) -> pd.DataFrame:
    """Estimate per area how soon meldingen are closed (Kaplan–Meier).

    A melding that is not closed on the peildatum counts as open until then. Only gemeenten that
    register closing dates count: elsewhere an empty date says nothing. A melding that is closed on
    an unknown day, or before it came in, is left out. The median is the first day on which half is
    closed; its interval is where the 95 % band of the curve (log transform, as R's `survfit`)
    crosses a half. What is not reached is missing.

    It is made from exact rows and may be released all the same: whole percents and days of at least
    ten meldingen, without their number, and of at least five that are closed, give no count back.

    Parameters
    ----------
    meldingen
        Rows with `area`, `gemeente`, `status`, `received_on` and `closed_on`.

    Returns
    -------
    pd.DataFrame
        One row per area with at least `FEWEST_MELDINGEN` such meldingen, `FEWEST_CLOSED` of them
        closed, the first at least 90 days before the peildatum: `area`, `median_days`,
        `median_low`, `median_high`, `closed_within_30`, `closed_within_90` (shares, rounded to
        0.01).
    """
    used = _usable(meldingen)
    closed = used["closed_on"] <= peildatum
    spells = pd.DataFrame(
        {
            "area": used["area"],
            "days": (used["closed_on"].where(closed, peildatum) - used["received_on"]).dt.days,
            "is_closed": closed,
            "followed": (peildatum - used["received_on"]).dt.days,
        }
    )
    rows = [
        (area, *_estimate(own))
        for area, own in spells.groupby("area", sort=False)
        if len(own) >= FEWEST_MELDINGEN
        and own["is_closed"].sum() >= FEWEST_CLOSED
        and own["followed"].max() >= HORIZONS[-1]
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _usable(meldingen: pd.DataFrame) -> pd.DataFrame:
    has_date = meldingen["closed_on"].notna()
    registers = meldingen["gemeente"].isin(meldingen.loc[has_date, "gemeente"])
    undated = ~has_date & (meldingen["status"] == CLOSED)
    impossible = meldingen["closed_on"] < meldingen["received_on"]
    return meldingen[registers & ~undated & ~impossible]


def _estimate(own: pd.DataFrame) -> list[float]:
    curve = SurvfuncRight(own["days"].to_numpy(dtype=float), own["is_closed"].to_numpy(dtype=int))
    times, still_open = np.asarray(curve.surv_times), np.asarray(curve.surv_prob)
    # Where nothing is open any more, the logarithm has no error: R gives no band there either.
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(norm.ppf((1 + LEVEL) / 2) * np.asarray(curve.surv_prob_se) / still_open)
    levels = (still_open, still_open / spread, still_open * spread)
    closed = [1 - still_open[times <= days].min(initial=1.0) for days in HORIZONS]
    return [
        *(_first_day_half_closed(times, level) for level in levels),
        *(round(float(share), 2) for share in closed),
    ]


def _first_day_half_closed(times: np.ndarray, still_open: np.ndarray) -> float:
    # A product of fractions that is a half on paper may come out just above it.
    reached = times[still_open <= 0.5 + 1e-9]
    return float(reached[0]) if len(reached) else np.nan
