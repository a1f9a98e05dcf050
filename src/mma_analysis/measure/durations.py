"""How long it takes before a melding is closed, with open cases counted as open."""

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.duration.survfunc import SurvfuncRight

from mma_analysis.measure.verdicts import LEVEL

FEWEST_MELDINGEN = 10
FEWEST_EVENTS = 5
# Of what a gemeente closed. With less, those with a day may be the quick ones, unseen.
FEWEST_DATED = 0.9
HORIZONS = (30, 90)
CLOSED = "afgesloten"
COLUMNS = ["area", "median_days", "median_low", "median_high", "within_30", "within_90"]
# Of how many meldingen a share is, a reader may know. Of so many, also "all" and "none" in steps
# of five percent leave room for five: of fewer they say that at most four are otherwise.
FEWEST_FOR_ALL, STEP, FINE_STEP = 200, 0.05, 0.01


def time_to_close(
    meldingen: pd.DataFrame, peildatum: pd.Timestamp, for_all: bool = False
) -> pd.DataFrame:
    """Estimate per area how soon meldingen are closed (indicator `time_to_close`).

    Only gemeenten that register a possible day of at least `FEWEST_DATED` of what they closed
    count; what they closed on an unknown day is left out, and which part that is, is not told: it
    could be a few meldingen.

    `meldingen`: rows with `area`, `gemeente`, `status`, `received_on` and `closed_on`.
    `for_all`: whether everybody may read it, and not only the gemeente whose meldingen these are.
    It is made from exact rows: so then of at least `FEWEST_FOR_ALL` meldingen, as many without
    those of any one gemeente (`_of_others_too`), in steps of five percent that leave room
    (`_has_room`).

    One row per area with at least `FEWEST_MELDINGEN` such meldingen, `FEWEST_EVENTS` of them
    closed, the first at least 90 days before the peildatum: `area`, `median_days`, `median_low`,
    `median_high` (first day on which half is closed; missing when not reached), `within_30`,
    `within_90` (shares, rounded to 0.01 or 0.05; missing when fewer than `FEWEST_MELDINGEN` came in
    so many days before the peildatum, closed or not).

    Examples
    --------
    >>> received = pd.Timestamp("2023-01-01")
    >>> meldingen = pd.DataFrame({
    ...     "area": "borne", "gemeente": "borne", "status": "onbekend", "received_on": received,
    ...     "closed_on": [received + pd.Timedelta(days=day) for day in range(10, 110, 10)],
    ... })
    >>> time_to_close(meldingen, pd.Timestamp("2023-06-30"))[["median_days", "within_30"]]
       median_days  within_30
    0         50.0        0.3
    """
    spells = _closing(meldingen, peildatum)
    if for_all:
        return _estimates(_of_others_too(spells), FEWEST_FOR_ALL, STEP)
    return _estimates(spells, FEWEST_MELDINGEN, FINE_STEP)


def _has_room(own: pd.DataFrame, share: float, waiting: float) -> bool:
    """Whether a share that ended, in steps of five percent, leaves room for five meldingen fewer.

    A share that ended (Kaplan–Meier) takes at least that share of those who do not wait. Who knows
    how many ended in all gemeenten would take that off, and learn how few ended where the day is
    not registered.
    """
    least = (share - STEP / 2) * (1 - waiting - STEP / 2) * len(own)
    return least <= 0 or int(own["is_ended"].sum()) - least >= FEWEST_EVENTS


def _closing(meldingen: pd.DataFrame, peildatum: pd.Timestamp) -> pd.DataFrame:
    """Spells until closing; a melding that is closed on an unknown day has none."""
    used = _registered(meldingen)
    return _spells(used[~used["is_closed"] | used["has_day"]], "closed_on", peildatum)


def _registered(meldingen: pd.DataFrame) -> pd.DataFrame:
    """The meldingen of gemeenten that register the day of nearly all that they closed."""
    # No other columns: of a whole country each copy of all of them is hundreds of megabytes.
    used = meldingen[["area", "gemeente", "status", "received_on", "closed_on"]]
    day = used["closed_on"]
    told = used.assign(
        has_day=day.notna() & ~(day < used["received_on"]),
        is_closed=day.notna() | (used["status"] == CLOSED),
    )
    closed = told[told["is_closed"]]
    dated = closed.groupby("gemeente")["has_day"].mean()
    return told[told["gemeente"].isin(dated.index[dated >= FEWEST_DATED])]


def _spells(used: pd.DataFrame, event: str, peildatum: pd.Timestamp) -> pd.DataFrame:
    """How long each melding took, or has been waiting on the peildatum; without later ones."""
    used = used[used["received_on"] <= peildatum]
    ended = used[event] <= peildatum
    return pd.DataFrame(
        {
            "area": used["area"],
            "gemeente": used["gemeente"],
            "days": (used[event].where(ended, peildatum) - used["received_on"]).dt.days,
            "is_ended": ended,
            "followed": (peildatum - used["received_on"]).dt.days,
        }
    )


def _of_others_too(spells: pd.DataFrame) -> pd.DataFrame:
    """The spells of areas that have enough for all, also without those of any one gemeente.

    A gemeente knows its own rows: what it reads of all may not be of the few that others have.
    """
    counts = spells.groupby(["area", "gemeente"])["is_ended"].agg(["size", "sum"])
    own = counts.groupby("area")
    left = own.sum() - own.max()  # without the gemeente that has most
    is_enough = (left["size"] >= FEWEST_FOR_ALL) & (left["sum"] >= FEWEST_EVENTS)
    return spells[spells["area"].isin(left.index[is_enough])]


def _estimates(spells: pd.DataFrame, fewest: int, step: float) -> pd.DataFrame:
    rows = [
        (area, *found)
        for area, own in spells.groupby("area", sort=False)
        if len(own) >= fewest
        and own["is_ended"].sum() >= FEWEST_EVENTS
        and own["followed"].max() >= HORIZONS[-1]
        for found in [_estimate(own, step)]
        if step < STEP or _leaves_room(own, found)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _estimate(own: pd.DataFrame, step: float) -> list[float]:
    curve = SurvfuncRight(own["days"].to_numpy(dtype=float), own["is_ended"].to_numpy(dtype=int))
    times, still_open = np.asarray(curve.surv_times), np.asarray(curve.surv_prob)
    # Where nothing is open any more, the logarithm has no error: R gives no band there either.
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(norm.ppf((1 + LEVEL) / 2) * np.asarray(curve.surv_prob_se) / still_open)
    levels = (still_open, still_open / spread, still_open * spread)
    ended = [1 - still_open[times <= days].min(initial=1.0) for days in HORIZONS]
    return [
        *(_first_day_half_ended(times, level) for level in levels),
        *(
            _rounded(float(share), step) if _is_followed(own, days) else np.nan
            for days, share in zip(HORIZONS, ended, strict=True)
        ),
    ]


def _leaves_room(own: pd.DataFrame, found: list[float]) -> bool:
    """Whether what is said of all leaves room: the shares, and that half is closed on a day."""
    median, *_, within_30, within_90 = found
    shares = [(median, 0.5 + STEP / 2), *zip(HORIZONS, (within_30, within_90), strict=True)]
    return all(
        _has_room(own, share, _waiting(own, day))
        for day, share in shares
        if not np.isnan([day, share]).any()
    )


def _waiting(own: pd.DataFrame, day: float) -> float:
    """The part that was still open on the peildatum, no more than so many days after it came in."""
    return float((~own["is_ended"] & (own["days"] <= day)).mean())


def _is_followed(own: pd.DataFrame, days: int) -> bool:
    """Whether of enough meldingen is known what became of them in so many days."""
    return bool((own["followed"] >= days).sum() >= FEWEST_MELDINGEN)


def _rounded(share: float, step: float) -> float:
    return round(round(share / step) * step, 2)


def _first_day_half_ended(times: np.ndarray, still_open: np.ndarray) -> float:
    # A product of fractions that is a half on paper may come out just above it.
    reached = times[still_open <= 0.5 + 1e-9]
    return float(reached[0]) if len(reached) else np.nan
