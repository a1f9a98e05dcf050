"""The change within the gemeenten beside that of the whole country, over the same years."""

from itertools import pairwise

import numpy as np
import pandas as pd

from mma_analysis.measure.indicators import described
from mma_analysis.measure.loglinear import waves
from mma_analysis.measure.periods import MONTH
from mma_analysis.measure.trend import CANNOT_TELL, FEWEST_MELDINGEN, verdict
from mma_analysis.measure.within import Margins, within
from mma_analysis.vocabulary import Vocabulary

MONTHS_OF_YEAR = 12
COLUMNS = ["year_from", "year_to", "change", "low", "high", "verdict", "national_change"]


def national_comparison(
    vocabulary: Vocabulary, margins: Margins | None, periods: pd.DataFrame
) -> pd.DataFrame:
    """Compare calendar years within the same gemeenten, and those years in the whole country.

    The national series (`reference/national.csv`) is of calendar years, so only pairs of whole
    calendar years within the evaluation can be compared. Within the gemeenten it is the model of
    `trend.district_trend` with a step for each calendar year in the place of a straight trend: a
    gemeente that joins is no growth, just as the national series has always had all partners. It is
    not the same thing all the same: M. passes tips on to police and others too.

    Parameters
    ----------
    vocabulary
        The words of the edition.
    margins
        As for `trend.district_trend`.

    Returns
    -------
    pd.DataFrame
        One row per pair of successive whole calendar years: `year_from`, `year_to`, `change`,
        `low`, `high` (rounded to 0.01), `verdict` (as for the trend; `cannot_tell` when one of the
        years has fewer than `FEWEST_MELDINGEN` tips in months, or stretches, of its own),
        `national_change` (missing when not known).

    Examples
    --------
    Five a month, and a year later four:

    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> cut = periods(dt.date(2021, 1, 1), dt.date(2022, 12, 31))
    >>> months = cut.query("kind == 'month'")
    >>> months = months.assign(stretch=range(24), years_since_begin=np.arange(24) / 12)
    >>> counts = np.repeat([5.0, 4.0], 12)
    >>> borne = Margins(counts, months, received=np.array([108.0]), time=np.ones((1, 24)))
    >>> found = national_comparison(Vocabulary(), borne, cut)
    >>> found[["year_to", "change"]].iloc[0].to_list()
    [2022.0, -0.2]
    """
    months = periods[(periods["kind"] == MONTH) & periods["is_complete"]]
    number = months["begin"].dt.year.value_counts()
    years = sorted(number.index[number == MONTHS_OF_YEAR])
    pairs = [(first, last) for first, last in pairwise(years) if last == first + 1]
    rows = [(*pair, *_change(margins, *pair), _national(vocabulary, *pair)) for pair in pairs]
    return described(pd.DataFrame(rows, columns=COLUMNS), "national_comparison")


def _change(margins: Margins | None, first: int, last: int) -> tuple[float, float, float, str]:
    nothing = (np.nan, np.nan, np.nan, CANNOT_TELL)
    if margins is None:
        return nothing
    year = margins.months["begin"].dt.year
    ends = year.groupby(margins.months["stretch"]).agg(["min", "max"])
    counts = pd.Series(margins.counts, ends.index)[ends["min"] == ends["max"]]
    own = counts.groupby(ends["min"])
    if own.sum().reindex([first, last], fill_value=0).min() < FEWEST_MELDINGEN:
        return nothing
    others = [one for one in sorted(year.unique()) if one != first]
    steps = pd.DataFrame({f"{one}": (year == one).astype("float64") for one in others})
    fitted = within(margins, steps.join(waves(margins.months["years_since_begin"], 1)))
    change, low, high = (round(factor - 1, 2) for factor in fitted.ratio(f"{last}"))
    return (change, low, high, verdict(low, high, 0.0))


def _national(vocabulary: Vocabulary, first: int, last: int) -> float:
    rows = vocabulary.reference("national")
    known = {int(row["year"]): int(row["forwarded"]) for row in rows}
    return known[last] / known[first] - 1 if {first, last} <= set(known) else np.nan
