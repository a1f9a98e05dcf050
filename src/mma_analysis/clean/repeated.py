"""Rows that were pasted twice: without numbers nothing else tells that they are the same tips."""

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from mma_analysis import domain

# One row may be the same as another by chance, and so may two; three after one another are not.
FEWEST_ROWS, FEWEST_DAYS = 3, 2
# A row that stands there so often is no sign of anything.
MOST_OFTEN = 20
COMPARED = [field for field in domain.RAW_MELDINGEN if field != "melding_id"]


def repeated_rows(raw: pd.DataFrame, decided: pd.DataFrame) -> pd.Series:
    """Whether each row stands, with its neighbours in the same order, further up as well.

    Only rows of one gemeente and without a number, of one sheet, several or several files.

    Parameters
    ----------
    raw
        The rows as read, in the order of files, sheets and rows.
    decided
        The same rows: their gemeente and days.
    """
    is_repeated = pd.Series(False, index=raw.index)
    bare = raw[raw["melding_id"].eq("") & decided["received_on"].notna()]
    for _, own in bare.groupby(decided.loc[bare.index, "gemeente"], sort=False):
        if len(own) < 2 * FEWEST_ROWS:
            continue
        kinds = own.groupby(COMPARED, sort=False).ngroup().tolist()
        days = decided.loc[own.index, "received_on"].tolist()
        is_repeated.loc[own.index[sorted(_second_times(kinds, days))]] = True
    return is_repeated


def _second_times(kinds: Sequence[int], days: Sequence[object]) -> set[int]:
    """Places in runs of rows that have been there before."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, kind in enumerate(kinds):
        places[kind].append(place)
    found: set[int] = set()
    for same in places.values():
        if len(same) > MOST_OFTEN:
            continue
        for number, first in enumerate(same):
            for second in same[number + 1 :]:
                if first and kinds[first - 1] == kinds[second - 1]:
                    continue  # a run that began earlier
                length = _length(kinds, first, second)
                run = slice(first, first + length)
                if len(set(kinds[run])) >= FEWEST_ROWS and len(set(days[run])) >= FEWEST_DAYS:
                    found |= set(range(second, second + length))
    return found


def _length(kinds: Sequence[int], first: int, second: int) -> int:
    """How many rows from here on are the same, until the second run begins or ends."""
    length = 0
    while (
        first + length < second
        and second + length < len(kinds)
        and kinds[first + length] == kinds[second + length]
    ):
        length += 1
    return length
