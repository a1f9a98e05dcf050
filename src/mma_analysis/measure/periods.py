"""The periods in which meldingen are counted, and how many people live in them."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.vocabulary import Vocabulary, derived

WHOLE, YEAR, HALF, QUARTER, MONTH = "whole", "year", "half", "quarter", "month"
WINDOW = "window"  # the months around a campaign: not one of the evaluation's periods

# Each kind is a union of periods of the next: that is what makes the counts one system.
MONTHS_OF_KIND = {YEAR: 12, HALF: 6, QUARTER: 3, MONTH: 1}


def periods(begin: dt.date, peildatum: dt.date) -> pd.DataFrame:
    """Cut the evaluation into years, half years, quarters and months, counted from its first month.

    Years of the evaluation: one that starts in July has years from July to June.

    One row per period: `period` (its code: `whole`, `2021-07/2022-06` for a year, half year or
    quarter, `2021-07` for a month), `kind`, `begin`, `end` (both included) and `is_complete`; one
    that is cut short keeps its code and is not complete.
    """
    first, last = pd.Timestamp(begin), pd.Timestamp(peildatum)
    rows = [(WHOLE, WHOLE, first, last, True)]
    for kind, months in MONTHS_OF_KIND.items():
        start = first.replace(day=1)
        while start <= last:
            next_start = start + pd.DateOffset(months=months)
            end = next_start - pd.Timedelta(days=1)
            code = f"{start:%Y-%m}" if kind == MONTH else f"{start:%Y-%m}/{end:%Y-%m}"
            rows.append(
                (code, kind, max(start, first), min(end, last), first <= start and end <= last)
            )
            start = next_start
    return pd.DataFrame(rows, columns=["period", "kind", "begin", "end", "is_complete"])


def complete_years(periods: pd.DataFrame) -> list[str]:
    """The codes of the years that may be compared: those that are not cut short."""
    return list(periods.loc[(periods["kind"] == YEAR) & periods["is_complete"], "period"])


def period_of(days: pd.Series, of_kind: pd.DataFrame) -> pd.Series:
    """Say in which of these consecutive periods each day falls; missing when in none."""
    begins = of_kind["begin"].to_numpy()
    after = np.datetime64(of_kind["end"].iloc[-1] + pd.Timedelta(days=1))
    place = np.searchsorted(begins, days.to_numpy(), side="right") - 1
    is_inside = days.notna().to_numpy() & (place >= 0) & (days.to_numpy() < after)
    codes = of_kind["period"].array.take(np.where(is_inside, place, -1), allow_fill=True)
    return pd.Series(codes, days.index, dtype="str", name=days.name)


def longer_period(periods: pd.DataFrame, shorter: str, longer: str) -> pd.Series:
    """Per period of the shorter kind: the code of the period of the longer kind that it is in."""
    inner = periods[periods["kind"] == shorter].set_index("period")["begin"]
    return period_of(inner, periods[periods["kind"] == longer])


def inhabitants(vocabulary: Vocabulary, on: pd.Timestamp) -> pd.Series:
    """Whole inhabitants per gemeente slug on a day, from `reference/population.csv`.

    In a straight line between two known days, else as on the nearest. The table has not every year
    for every gemeente: so all gemeenten are taken on the same day all the same.

    Examples
    --------
    >>> int(inhabitants(Vocabulary(), pd.Timestamp("2022-01-01"))["hengelo"])
    81429
    """
    people = _people(vocabulary, pd.DatetimeIndex([on])).set_index("area")["people"]
    return people.rename("inhabitants")


def middle(begin: pd.Series, end: pd.Series) -> pd.Series:
    """The middle day of periods: of that day inhabitants are taken."""
    return (begin + (end - begin) / 2).dt.floor("D")


def inhabitant_years(
    vocabulary: Vocabulary, connected_months: pd.DataFrame, periods: pd.DataFrame
) -> pd.Series:
    """Inhabitants × connected years, per row of connected months per gemeente and period.

    Inhabitants in the middle of the period; missing when they or the time are unknown.
    """
    middles = middle(periods["begin"], periods["end"])
    people = _people(vocabulary, pd.DatetimeIndex(middles.unique()))
    days = connected_months["period"].map(pd.Series(middles.to_numpy(), periods["period"]))
    both = connected_months[["area"]].assign(day=days).merge(people, how="left")
    return connected_months["connected_months"] / 12 * both["people"].to_numpy()


def _people(vocabulary: Vocabulary, days: pd.DatetimeIndex) -> pd.DataFrame:
    """One row per gemeente and day: `area`, `day`, `people`."""
    at = days.to_julian_date()
    people = {slug: np.interp(at, *known).round() for slug, known in _known(vocabulary).items()}
    return pd.DataFrame(
        {
            "area": np.repeat(list(people), len(days)),
            "day": np.tile(days, len(people)),
            "people": np.concatenate(list(people.values())).astype("int64"),
        }
    )


@derived
def _known(vocabulary: Vocabulary) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Per gemeente the days of which the number is known, in order, and the numbers."""
    rows = pd.DataFrame(vocabulary.reference("population")).sort_values("reference_date")
    at = pd.DatetimeIndex(rows["reference_date"]).to_julian_date().to_numpy(dtype="float64")
    people = rows["inhabitants"].to_numpy(dtype="float64")
    return {str(slug): (at[own], people[own]) for slug, own in rows.groupby("slug").indices.items()}
