"""The change within the gemeenten beside that of the whole country, over the same years."""

from itertools import pairwise

import numpy as np
import pandas as pd

from mma_analysis import domain
from mma_analysis.measure.cells import NOT_APPLICABLE, SHOWN
from mma_analysis.measure.indicators import described
from mma_analysis.measure.loglinear import log_linear, waves
from mma_analysis.measure.periods import HALF, MONTH
from mma_analysis.measure.trend import (
    CANNOT_TELL,
    FEWEST_MELDINGEN,
    heard,
    months_of_gemeenten,
    verdict,
)

FEWEST_GEMEENTEN = 3  # of one or two the change would tell their counts
MONTHS_OF_YEAR = 12
OWN = ["change", "low", "high", "verdict"]
COLUMNS = ["year_from", "year_to", *OWN, "national_change"]


def national_comparison(
    meldingen: pd.DataFrame, exposure: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """Compare calendar years within the same gemeenten, and those years in the whole country.

    The national series (`reference/national.csv`) is of calendar years, so only pairs of whole
    calendar years within the evaluation can be compared. Within the gemeenten that were connected
    in both, it is the model of `trend.district_trend` with the last year against the first: a
    gemeente that joins is no growth, just as the national series has always had all partners. It is
    not the same thing all the same: M. passes tips on to police and others too.

    It is made from exact rows, and of a hundred meldingen a whole percent is one: with what the
    district received, it says what all other gemeenten received. So it is released only as
    `not_given_away` leaves it.

    Parameters
    ----------
    meldingen, exposure, periods
        As for `trend.district_trend`.

    Returns
    -------
    pd.DataFrame
        One row per pair of successive whole calendar years: `year_from`, `year_to`, `change`,
        `low`, `high` (rounded to 0.01), `verdict` (as for the trend; `cannot_tell` also with fewer
        than `FEWEST_GEMEENTEN`), `national_change` (missing when not known).

    Examples
    --------
    Three gemeenten with five a month each, and a year later four:

    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> cut = periods(dt.date(2021, 1, 1), dt.date(2022, 12, 31))
    >>> days = cut.loc[cut["kind"] == MONTH, "begin"].repeat([5] * 12 + [4] * 12)
    >>> slugs = pd.DataFrame({"area": ["borne", "losser", "wierden"]})
    >>> tips = slugs.rename(columns={"area": "gemeente"}).merge(days.rename("received_on"), "cross")
    >>> time = slugs.merge(cut[["period"]], "cross").assign(connected_months=1.0)
    >>> national_comparison(tips, time, cut)[["year_to", "change"]].iloc[0].to_list()
    [2022.0, -0.2]
    """
    months = periods[(periods["kind"] == MONTH) & periods["is_complete"]]
    number = months["begin"].dt.year.value_counts()
    years = sorted(number.index[number == MONTHS_OF_YEAR])
    table = months_of_gemeenten(meldingen, exposure, periods)
    table = table.assign(year=table["period"].map(months.set_index("period")["begin"].dt.year))
    pairs = [(first, last) for first, last in pairwise(years) if last == first + 1]
    rows = [(*pair, *_change(table[table["year"].isin(pair)]), _national(*pair)) for pair in pairs]
    return described(pd.DataFrame(rows, columns=COLUMNS), "national_comparison")


def not_given_away(
    compared: pd.DataFrame, per_period: pd.DataFrame, connected_on: pd.Series, periods: pd.DataFrame
) -> pd.DataFrame:
    """Leave out the own change where it would tell a count that is not shown.

    Who knows what the district received in both years, takes off the gemeenten that were connected
    in both. What remains is of the others: every half year of theirs, and of the district, that is
    partly in these years must be shown.

    Parameters
    ----------
    compared
        As made by `national_comparison`.
    per_period
        Released totals: `area`, `period`, `kind`, `state`.
    connected_on
        Connection date of each gemeente that delivered; missing when not known.

    Returns
    -------
    pd.DataFrame
        The same rows; `change`, `low` and `high` are missing, and `verdict` is `cannot_tell`, where
        they would give a count away.

    Examples
    --------
    Borne joined in 2022, and its first half year is hidden:

    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> cut = periods(dt.date(2021, 1, 1), dt.date(2022, 12, 31))
    >>> halves = cut.loc[cut["kind"] == HALF, ["period"]].assign(state="shown")
    >>> twente, borne = (halves.assign(area=area) for area in ("twente", "borne"))
    >>> borne["state"] = ["not_applicable", "not_applicable", "hidden", "shown"]
    >>> own = {"change": [-0.2], "low": [-0.3], "high": [-0.1], "verdict": ["fewer"]}
    >>> compared = pd.DataFrame({"year_from": [2021.0], "year_to": [2022.0], **own})
    >>> joined = pd.Series({"borne": pd.Timestamp(2022, 3, 1)})
    >>> not_given_away(compared, pd.concat([twente, borne]), joined, cut)["verdict"].item()
    'cannot_tell'
    """
    halves = periods[periods["kind"] == HALF]
    told = per_period[per_period["state"].isin([SHOWN, NOT_APPLICABLE])]
    shown = set(zip(told["area"], told["period"], strict=True))
    kept = []
    for first, last in zip(compared["year_from"], compared["year_to"], strict=True):
        begin, end = pd.Timestamp(int(first), 1, 1), pd.Timestamp(int(last), 12, 31)
        inside = halves.loc[(halves["begin"] <= end) & (halves["end"] >= begin), "period"]
        is_in_both = connected_on < pd.Timestamp(int(last), 1, 1)
        others = [domain.district().slug, *connected_on.index[~is_in_both]]
        kept.append(all((area, period) in shown for area in others for period in inside))
    is_kept = pd.Series(kept, compared.index, dtype="bool")
    table = compared.assign(verdict=compared["verdict"].where(is_kept, CANNOT_TELL))
    table[OWN[:-1]] = compared[OWN[:-1]].where(is_kept)
    return table


def _change(table: pd.DataFrame) -> tuple[float, float, float, str]:
    in_both = table.groupby("area")["year"].transform("nunique") == 2
    table = heard(table[in_both])
    few = table["area"].nunique() < FEWEST_GEMEENTEN
    if few or table.groupby("year")["count"].sum().min() < FEWEST_MELDINGEN:
        return (np.nan, np.nan, np.nan, CANNOT_TELL)
    is_last = (table["year"] == table["year"].max()).astype("float64")
    fitted = log_linear(
        table["count"],
        waves(table["years_since_begin"], 1).assign(is_last=is_last),
        table["connected_months"],
        levels=table["area"],
        together=table["period"],
    )
    change, low, high = (round(factor - 1, 2) for factor in fitted.ratio("is_last"))
    return (change, low, high, verdict(low, high, 0.0))


def _national(first: int, last: int) -> float:
    known = {int(row["year"]): int(row["forwarded"]) for row in domain.reference("national")}
    return known[last] / known[first] - 1 if {first, last} <= set(known) else np.nan
