"""Which gemeente received each row, or why that cannot be said; what a place name means."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from mma_analysis.clean.words import map_cells, says_nothing
from mma_analysis.vocabulary import Vocabulary, derived, plain

# Where something is that is clearly not in the district; also the code in
# `gemeente_aliases.csv`.
ELSEWHERE = "buiten_district"
# With a place of which the larger part is outside the district: then only a postcode
# decides.
MOSTLY_ELSEWHERE = "grotendeels_buiten_district"
CLUES = ("gemeente", "postcode", "place")  # in the order in which they are believed


class Places(NamedTuple):
    """Plain name of a place in the district → its name; and of any → who have such a place.

    `owners` are gemeenten, `ELSEWHERE` and `MOSTLY_ELSEWHERE`.
    """

    names: dict[str, str]
    owners: dict[str, set[str]]


class Receiver(NamedTuple):
    """The sender that received a row; or why that cannot be said, and by which field."""

    gemeente: str = ""
    reason_code: str = ""
    field: str = ""


@derived
def places(vocabulary: Vocabulary) -> Places:
    """What every name of a place means, however it is added to."""
    names = dict(vocabulary.aliases("place"))
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in vocabulary.reference("gemeente_aliases"):
        if row["gemeente"] == ELSEWHERE:
            owners[plain(row["alias"])].add(ELSEWHERE)

    for row in vocabulary.reference("places"):
        place = row["place"]
        for addition in _additions(vocabulary, row):
            name = plain(place + addition)
            names[name] = place
            owners[name].add(row["gemeente"])
        for addition in _additions_elsewhere(vocabulary, row):
            owners[plain(place + addition)].add(ELSEWHERE)
        if row["mostly_elsewhere"] == "ja":
            owners[plain(place)].add(MOSTLY_ELSEWHERE)

    for alias, place in vocabulary.aliases("place").items():
        owners[alias] |= owners[plain(place)]
    return Places(names, owners)


def _additions(vocabulary: Vocabulary, row: dict[str, str]) -> list[str]:
    """What may stand behind a place: nothing, its gemeente, and where the district is.

    The last not when another place of this name is there too.
    """
    gemeente = vocabulary.area(row["gemeente"]).name
    additions = ["", gemeente, f"gemeente {gemeente}", f"gem {gemeente}"]
    regions = _regions(vocabulary)
    is_double = any(f"({region})" in row["also_in"] for region in regions)
    return additions if is_double else [*additions, *regions]


def _additions_elsewhere(vocabulary: Vocabulary, row: dict[str, str]) -> list[str]:
    """What may stand behind a place of the same name outside the district."""
    gemeenten = {area.name for area in vocabulary.gemeenten}
    regions = _regions(vocabulary)
    additions: list[str] = []
    for homonym in row["also_in"].split("; "):
        gemeente, _, province = homonym.rstrip(")").partition(" (")
        if not homonym or gemeente in gemeenten:
            continue
        additions += ["", gemeente]
        if province not in regions:
            additions.append(province)
    return additions


def _regions(vocabulary: Vocabulary) -> list[str]:
    """The words for where the district is, such as its province."""
    return [row["word"] for row in vocabulary.reference("here")]


@derived
def _postcodes(vocabulary: Vocabulary) -> dict[str, str]:
    """Four digits → the gemeente that has them."""
    gemeente_of: dict[str, str] = {}
    for row in vocabulary.reference("places"):
        first = int(row["pc4_from"])
        last = int(row["pc4_to"])
        for digits in range(first, last + 1):
            gemeente_of[str(digits)] = row["gemeente"]
    return gemeente_of


def gemeenten_of(vocabulary: Vocabulary, field: str, cell: str) -> set[str]:
    """The gemeenten that a cell points at: a name, a CBS code, a postcode, else a place."""
    if field == "postcode":
        return _gemeenten_of_postcode(vocabulary, cell)
    if field == "gemeente":
        slug = vocabulary.gemeente_of(cell)
        if slug:
            return {slug}
    return places(vocabulary).owners.get(plain(cell), set())


def _gemeenten_of_postcode(vocabulary: Vocabulary, cell: str) -> set[str]:
    postcodes = _postcodes(vocabulary)
    if cell in postcodes:
        return {postcodes[cell]}

    # Postcodes of post boxes are in no table, and begin as the places that they serve.
    is_near = any(other[:3] == cell[:3] for other in postcodes)
    is_postcode = len(cell) == 4
    slugs = {area.slug for area in vocabulary.gemeenten}
    knows_all = slugs <= set(postcodes.values())
    if is_postcode and not is_near and knows_all:
        return {ELSEWHERE}
    return set()


def receivers(
    vocabulary: Vocabulary,
    rows: pd.DataFrame,
    senders: Sequence[str],
) -> pd.DataFrame:
    """Say for each row which of the senders received it: the columns of a `Receiver`.

    With one sender it is that sender, unless the row is clearly about a place outside the
    district.
    """
    fields = [field for field in CLUES if field in rows]
    columns = [rows[field].tolist() for field in fields]
    clues: list[tuple[str, ...]] = list(zip(*columns, strict=True))
    if not columns:  # all rows have the same clues, which is none
        clues = [()] * len(rows)

    distinct = list(dict.fromkeys(clues))
    decided: list[Receiver] = []
    for row in distinct:
        cells: dict[str, str] = dict(zip(fields, row, strict=True))
        decided.append(_receiver(vocabulary, cells, senders))
    table = pd.DataFrame(decided, columns=list(Receiver._fields), dtype="str")

    place_of = {row: place for place, row in enumerate(distinct)}
    places_of_rows = [place_of[row] for row in clues]
    return table.take(places_of_rows).set_axis(rows.index)


def names_another(vocabulary: Vocabulary, cells: pd.Series, sender: str) -> pd.Series:
    """Whether each cell about the gemeente names another one, or one that is not known."""

    def is_other(cell: str) -> bool:
        slugs = gemeenten_of(vocabulary, "gemeente", cell)
        return sender not in slugs and not says_nothing(vocabulary, cell)

    return map_cells(cells, is_other, "bool")


def _receiver(
    vocabulary: Vocabulary,
    cells: dict[str, str],
    senders: Sequence[str],
) -> Receiver:
    """The sender that the first decisive clue points at, else why that is not known."""
    clues = {field: gemeenten_of(vocabulary, field, cell) for field, cell in cells.items()}
    if len(senders) == 1:
        return _only_receiver(senders[0], clues)

    doubt = _first_doubt(vocabulary, cells)
    for field, slugs in clues.items():
        among = slugs & set(senders)
        if len(among) == 1 and MOSTLY_ELSEWHERE not in slugs:
            return Receiver(among.pop())
        if slugs == {ELSEWHERE}:
            return Receiver("", ELSEWHERE, field)
        if among:
            doubt = Receiver("", "plaats_dubbelzinnig", field)
    return doubt


def _only_receiver(sender: str, clues: dict[str, set[str]]) -> Receiver:
    elsewhere = [field for field, slugs in clues.items() if slugs == {ELSEWHERE}]
    is_here = any(slugs and ELSEWHERE not in slugs for slugs in clues.values())
    if elsewhere and not is_here:
        return Receiver(sender, ELSEWHERE, elsewhere[0])
    return Receiver(sender)


def _first_doubt(vocabulary: Vocabulary, cells: dict[str, str]) -> Receiver:
    """That no clue points at a sender, by the first that is filled in, else the first."""
    for field, cell in cells.items():
        if not says_nothing(vocabulary, cell):
            return Receiver("", "gemeente_onbekend", field)
    first = next(iter(cells), "")
    return Receiver("", "gemeente_ontbreekt", first)
