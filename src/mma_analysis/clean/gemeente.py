"""Which gemeente received each row, or why that cannot be said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from mma_analysis.clean.places import (
    ELSEWHERE,
    MOSTLY_ELSEWHERE,
    gemeenten_of_name,
    gemeenten_of_place,
    gemeenten_of_postcode,
)

# In the order in which they are believed.
CLUES: Mapping[str, Callable[[str], frozenset[str]]] = {
    "gemeente": gemeenten_of_name,
    "postcode": gemeenten_of_postcode,
    "place": gemeenten_of_place,
}


@dataclass(frozen=True)
class Receiver:
    """The gemeente of a row, or the reason why there is none and the field that it is in."""

    gemeente: str
    reason_code: str = ""
    field: str = ""


def receivers(rows: pd.DataFrame, senders: Sequence[str]) -> pd.DataFrame:
    """Say for each row which of the senders received it.

    With one sender it is that sender, unless the row is clearly about a place outside the
    district. With more, the gemeente column decides, then the postcode, then the place: a place of
    which only one sender has one of that name is that sender's, but not when the larger part of it
    is outside the district.

    Returns
    -------
    pandas.DataFrame
        One row per row, with `gemeente`, `reason_code` and `field`; all empty text when not so.
    """
    fields = [field for field in CLUES if field in rows]
    if not fields:
        return _as_table([_receiver({}, senders)] * len(rows)).set_axis(rows.index)
    place = rows.groupby(fields, sort=False).ngroup()
    distinct = rows.loc[~place.duplicated(), fields].to_dict("records")
    found = [
        _receiver({field: str(cells[field]) for field in fields}, senders) for cells in distinct
    ]
    return _as_table(found).take(place.to_numpy()).set_axis(rows.index)


def _as_table(found: Sequence[Receiver]) -> pd.DataFrame:
    table = [(r.gemeente, r.reason_code, r.field) for r in found]
    return pd.DataFrame(table, columns=["gemeente", "reason_code", "field"], dtype="str")


def _receiver(cells: dict[str, str], senders: Sequence[str]) -> Receiver:
    clues = {field: CLUES[field](cell) for field, cell in cells.items()}
    if len(senders) == 1:
        return _unless_elsewhere(senders[0], clues)
    return _one_of(senders, clues, cells)


def _unless_elsewhere(sender: str, clues: dict[str, frozenset[str]]) -> Receiver:
    """The only sender, unless one clue is clearly elsewhere and none is clearly here."""
    here = any(found and ELSEWHERE not in found for found in clues.values())
    for field, found in clues.items():
        if found == {ELSEWHERE} and not here:
            return Receiver(sender, ELSEWHERE, field)
    return Receiver(sender)


def _one_of(
    senders: Sequence[str], clues: dict[str, frozenset[str]], cells: dict[str, str]
) -> Receiver:
    """The sender that the first decisive clue points at, else the first reason not to know."""
    filled = [field for field, cell in cells.items() if cell]
    doubt = Receiver("", "gemeente_onbekend", (filled or list(cells) or [""])[0])
    for field, found in clues.items():
        among = found & set(senders)
        if len(among) == 1 and MOSTLY_ELSEWHERE not in found:
            return Receiver(*among)
        if found == {ELSEWHERE}:
            return Receiver("", ELSEWHERE, field)
        if among:
            doubt = Receiver("", "plaats_dubbelzinnig", field)
    return doubt
