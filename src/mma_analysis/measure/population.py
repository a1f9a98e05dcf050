"""How many people live in each gemeente, on any day."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.vocabulary import Vocabulary, derived


def inhabitants(vocabulary: Vocabulary, on: pd.Timestamp) -> pd.Series:
    """Inhabitants per gemeente on a day, from `reference/population.csv`.

    Between two days of which the number is known it changes in a straight line; before the first
    and after the last it stays as it was. The table has not every year for every gemeente: so all
    gemeenten are taken on the same day all the same.

    Returns
    -------
    pd.Series
        Whole numbers, on the slugs of the gemeenten.

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

    Inhabitants are those of the middle of the period. A slug without inhabitants, or an unknown
    time, gives a missing value.
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
