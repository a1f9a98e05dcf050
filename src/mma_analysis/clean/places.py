"""Which gemeente received each row, or why that cannot be said; what a place name means."""

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from mma_analysis.clean.words import map_cells, says_nothing
from mma_analysis.vocabulary import Vocabulary, derived, plain

# Where something is that is clearly not in the district; also the code in `gemeente_aliases.csv`.
ELSEWHERE = "buiten_district"
# With a place of which the larger part is outside the district: then only a postcode decides.
MOSTLY_ELSEWHERE = "grotendeels_buiten_district"
CLUES = ("gemeente", "postcode", "place")  # in the order in which they are believed


@derived
def places(vocabulary: Vocabulary) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Plain name of a place in the district → its name; and of any → the gemeenten that have it."""
    district = [row["word"] for row in vocabulary.reference("here")]
    gemeenten = {area.name for area in vocabulary.gemeenten}
    names = dict(vocabulary.aliases("place"))
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in vocabulary.reference("gemeente_aliases"):
        if row["gemeente"] == ELSEWHERE:
            owners[plain(row["alias"])].add(ELSEWHERE)
    for row in vocabulary.reference("places"):
        place, gemeente = row["place"], vocabulary.area(row["gemeente"]).name
        # Behind a place may stand its gemeente, and where the district is unless another there has
        # this place too; behind a homonym its gemeente or province.
        is_double = any(f"({word})" in row["also_in"] for word in district)
        where = ["", gemeente, f"gemeente {gemeente}", f"gem {gemeente}"]
        for area in where if is_double else [*where, *district]:
            names[plain(place + area)] = place
            owners[plain(place + area)].add(row["gemeente"])
        for homonym in filter(None, row["also_in"].split("; ")):
            name, _, province = homonym.rstrip(")").partition(" (")
            areas = [] if name in gemeenten else ["", name, province]
            for area in areas if province not in district else areas[:2]:
                owners[plain(place + area)].add(ELSEWHERE)
        if row["mostly_elsewhere"] == "ja":
            owners[plain(place)].add(MOSTLY_ELSEWHERE)
    for alias, place in vocabulary.aliases("place").items():
        owners[alias] |= owners[plain(place)]
    return names, owners


@derived
def _postcodes(vocabulary: Vocabulary) -> dict[str, str]:
    return {
        str(pc4): row["gemeente"]
        for row in vocabulary.reference("places")
        for pc4 in range(int(row["pc4_from"]), int(row["pc4_to"]) + 1)
    }


def gemeenten_of(vocabulary: Vocabulary, field: str, cell: str) -> set[str]:
    """The gemeenten that a cell points at: a name or a CBS code, a postcode, else a place."""
    if field == "gemeente" and (slug := vocabulary.gemeente_of(cell)):
        return {slug}
    if field != "postcode":
        return places(vocabulary)[1].get(plain(cell), set())
    postcodes = _postcodes(vocabulary)
    if cell in postcodes:
        return {postcodes[cell]}
    # Postcodes of post boxes are in no table, and begin as the places that they serve.
    is_near = any(other[:3] == cell[:3] for other in postcodes)
    knows_all = {*postcodes.values()} >= {area.slug for area in vocabulary.gemeenten}
    return {ELSEWHERE} if len(cell) == 4 and not is_near and knows_all else set()


def receivers(vocabulary: Vocabulary, rows: pd.DataFrame, senders: Sequence[str]) -> pd.DataFrame:
    """Say for each row which of the senders received it: `gemeente`, or `reason_code` and `field`.

    With one sender it is that sender, unless the row is clearly about a place outside the district.
    """
    fields = [field for field in CLUES if field in rows]
    # Without any of these fields it is decided once for all rows.
    cells = [*zip(*(rows[field].tolist() for field in fields), strict=True)] or [()] * len(rows)
    distinct = {row: at for at, row in enumerate(dict.fromkeys(cells))}
    decided = [
        _receiver(vocabulary, dict(zip(fields, row, strict=True)), senders) for row in distinct
    ]
    table = pd.DataFrame(decided, columns=["gemeente", "reason_code", "field"], dtype="str")
    return table.take([distinct[row] for row in cells]).set_axis(rows.index)


def names_another(vocabulary: Vocabulary, cells: pd.Series, sender: str) -> pd.Series:
    """Whether each cell that says which gemeente names another one, or one that is not known."""

    def is_other(cell: str) -> bool:
        slugs = gemeenten_of(vocabulary, "gemeente", cell)
        return sender not in slugs and not says_nothing(vocabulary, cell)

    return map_cells(cells, is_other, "bool")


def _receiver(
    vocabulary: Vocabulary, cells: dict[str, str], senders: Sequence[str]
) -> tuple[str, str, str]:
    """The sender that the first decisive clue points at, else the first reason not to know."""
    clues = {field: gemeenten_of(vocabulary, field, cell) for field, cell in cells.items()}
    elsewhere = [field for field, slugs in clues.items() if slugs == {ELSEWHERE}]
    if len(senders) == 1:
        here = any(slugs and ELSEWHERE not in slugs for slugs in clues.values())
        if elsewhere and not here:
            return (senders[0], ELSEWHERE, elsewhere[0])
        return (senders[0], "", "")
    filled = [field for field, cell in cells.items() if not says_nothing(vocabulary, cell)]
    reason = "gemeente_onbekend" if filled else "gemeente_ontbreekt"
    doubt = ("", reason, [*filled, *clues, ""][0])
    for field, slugs in clues.items():
        among = slugs & set(senders)
        if len(among) == 1 and MOSTLY_ELSEWHERE not in slugs:
            return (min(among), "", "")
        if field in elsewhere:
            return ("", ELSEWHERE, field)
        if among:
            doubt = ("", "plaats_dubbelzinnig", field)
    return doubt
