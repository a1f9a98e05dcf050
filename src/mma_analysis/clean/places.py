"""Which gemeente received each row, or why that cannot be said; what a place name means."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from mma_analysis.clean.words import says_nothing
from mma_analysis.vocabulary import Vocabulary, derived, plain

# Where something is that is clearly not in the district; also the code in `gemeente_aliases.csv`.
ELSEWHERE = "buiten_district"
# With a place of which the larger part is outside the district: then only a postcode decides.
MOSTLY_ELSEWHERE = "grotendeels_buiten_district"


def gemeenten_of_name(vocabulary: Vocabulary, cell: str) -> frozenset[str]:
    """The gemeenten that a cell in a gemeente column can mean: a name, a CBS code, else a place."""
    slug = vocabulary.gemeente_of(cell)
    return frozenset({slug}) if slug else gemeenten_of_place(vocabulary, cell)


def gemeenten_of_postcode(vocabulary: Vocabulary, pc4: str) -> frozenset[str]:
    """The gemeente of these four digits.

    Postcodes of post boxes are in no table, and begin as the places that they serve: a postcode is
    elsewhere only when none in the district begins like it, and `places.csv` has every gemeente.
    """
    postcodes = _postcodes(vocabulary)
    if pc4 in postcodes:
        return frozenset({postcodes[pc4]})
    is_near = any(other[:3] == pc4[:3] for other in postcodes)
    knows_all = {*postcodes.values()} >= {area.slug for area in vocabulary.gemeenten}
    return frozenset({ELSEWHERE} if len(pc4) == 4 and not is_near and knows_all else ())


def gemeenten_of_place(vocabulary: Vocabulary, cell: str) -> frozenset[str]:
    """The gemeenten that have a place of this name, and `ELSEWHERE` for a homonym.

    A place of which the larger part is outside the district has `MOSTLY_ELSEWHERE` too.
    """
    return _places(vocabulary).get(plain(cell), frozenset())


@derived
def _postcodes(vocabulary: Vocabulary) -> dict[str, str]:
    return {
        str(pc4): row["gemeente"]
        for row in vocabulary.reference("places")
        for pc4 in range(int(row["pc4_from"]), int(row["pc4_to"]) + 1)
    }


@derived
def canonical_places(vocabulary: Vocabulary) -> dict[str, str]:
    """Plain name of a place in the district → its name as in `places.csv`."""
    rows = vocabulary.reference("places")
    names = {name: row["place"] for row in rows for name in _names(vocabulary, row)[0]}
    return vocabulary.aliases("place") | names


@derived
def _places(vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    places: dict[str, set[str]] = {}
    for row in vocabulary.reference("gemeente_aliases"):
        if row["gemeente"] == ELSEWHERE:
            places.setdefault(plain(row["alias"]), set()).add(ELSEWHERE)
    for row in vocabulary.reference("places"):
        for names, code in zip(_names(vocabulary, row), (row["gemeente"], ELSEWHERE), strict=True):
            for name in names:
                places.setdefault(name, set()).add(code)
        if row["mostly_elsewhere"] == "ja":
            places[plain(row["place"])].add(MOSTLY_ELSEWHERE)
    for alias, place in vocabulary.aliases("place").items():
        places.setdefault(alias, set()).update(places.get(plain(place), ()))
    return {name: frozenset(slugs) for name, slugs in places.items()}


def _names(vocabulary: Vocabulary, row: dict[str, str]) -> tuple[list[str], list[str]]:
    """Plain names of this place, and of places outside the district that are called the same.

    Behind it may stand its gemeente, and where the district is unless another there has this place
    too; behind a homonym its gemeente or province.
    """
    gemeente = vocabulary.area(row["gemeente"]).name
    district = [word["word"] for word in vocabulary.reference("here")]
    is_double = any(f"({word})" in row["also_in"] for word in district)
    here = [
        "",
        gemeente,
        f"gemeente {gemeente}",
        f"gem {gemeente}",
        *([] if is_double else district),
    ]
    elsewhere: list[str] = []
    for homonym in filter(None, row["also_in"].split("; ")):
        name, _, province = homonym.rstrip(")").partition(" (")
        if name not in {area.name for area in vocabulary.gemeenten}:
            elsewhere += ["", name, *([] if province in district else [province])]
    return (
        [plain(row["place"] + area) for area in here],
        [plain(row["place"] + area) for area in elsewhere],
    )


# In the order in which they are believed.
CLUES: Mapping[str, Callable[[Vocabulary, str], frozenset[str]]] = {
    "gemeente": gemeenten_of_name,
    "postcode": gemeenten_of_postcode,
    "place": gemeenten_of_place,
}


def receivers(vocabulary: Vocabulary, rows: pd.DataFrame, senders: Sequence[str]) -> pd.DataFrame:
    """Say for each row which of the senders received it: `gemeente`, or `reason_code` and `field`.

    With one sender it is that sender, unless the row is clearly about a place outside the district.
    With more, the gemeente column decides, then the postcode, then the place when only one sender
    has it and its larger part is not outside the district.
    """
    fields = [field for field in CLUES if field in rows]
    cells = [tuple(row) for row in rows[fields].to_dict("split")["data"]]
    decided = {
        row: _receiver(vocabulary, dict(zip(fields, row, strict=True)), senders)
        for row in set(cells)
    }
    columns = ["gemeente", "reason_code", "field"]
    table = [decided[row] for row in cells]
    return pd.DataFrame(table, index=rows.index, columns=columns, dtype="str")


def _receiver(
    vocabulary: Vocabulary, cells: dict[str, str], senders: Sequence[str]
) -> tuple[str, str, str]:
    """The sender that the first decisive clue points at, else the first reason not to know."""
    clues = {field: CLUES[field](vocabulary, cell) for field, cell in cells.items()}
    elsewhere = [field for field, slugs in clues.items() if slugs == {ELSEWHERE}]
    if len(senders) == 1:
        here = any(slugs and ELSEWHERE not in slugs for slugs in clues.values())
        return (
            (senders[0], ELSEWHERE, elsewhere[0])
            if elsewhere and not here
            else (senders[0], "", "")
        )
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
