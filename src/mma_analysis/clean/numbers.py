"""The number that M. gave a melding, in one way of writing, and rows that have the same."""

from itertools import combinations

import pandas as pd

from mma_analysis.clean.words import map_cells
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import SOURCE

BEFORE = form("number_before")
NUMBER = form("number")
LONGEST_NUMBER = 30
CUT_OFF = form("cut_off_number")
NO_NUMBER = form("no_number")
# Two whole numbers in one cell: `M2022-0001 / M2022-0002`, `20220001 en 20220002`.
BETWEEN_NUMBERS = form("between_numbers")
WHOLE_NUMBER = form("whole_number")
MELDING = ["gemeente", "number"]


def melding_numbers(cells: pd.Series) -> pd.Series:
    """Number of each melding in one way of writing, empty when the cell holds none.

    What was cut off (`2,02E+11`) is none, and nor are zeros alone: many would have the
    same.
    """
    is_ascii = cells.str.isascii().all()
    one_way = cells if is_ascii else cells.str.normalize("NFKC")
    capitals = one_way.str.upper().str.strip()
    bare = capitals.str.replace(BEFORE.pattern, r"\1", regex=True)
    joined = bare.str.replace(r"[^A-Z0-9]+", "-", regex=True)
    number = joined.str.strip("-")

    is_number = number.str.fullmatch(NUMBER)
    is_short = number.str.len() <= LONGEST_NUMBER
    is_cut_off = bare.str.fullmatch(CUT_OFF)
    is_none = number.str.fullmatch(NO_NUMBER)
    is_whole = is_number & is_short & ~is_cut_off & ~is_none
    return number.where(is_whole, "")


def several(cells: pd.Series) -> pd.Series:
    """Whether each cell holds more than one number, each whole."""
    # Nearly all hold one: only the others are cut up, which takes longer.
    is_one = cells.str.fullmatch(WHOLE_NUMBER)
    others = map_cells(cells[~is_one], _holds_several, "bool")
    return others.reindex(cells.index, fill_value=False)


def _holds_several(cell: str) -> bool:
    capitals = cell.upper().strip()
    parts = set(BETWEEN_NUMBERS.split(capitals)) - {""}
    return len(parts) > 1 and all(WHOLE_NUMBER.fullmatch(part) for part in parts)


def find_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the rows with a number that their gemeente has already, and the row that stays.

    The row with the most filled cells stays, of equal ones the first. Without a number a
    row is never a duplicate. One row per row that is not counted, with the index that it
    has in `rows`.
    """
    has_number = rows["number"] != ""
    is_one_of_more = rows.duplicated(MELDING, keep=False)
    alike = rows[has_number & is_one_of_more]

    # A stable sort: of two rows that are filled alike the first stays first.
    best_first = alike.sort_values("filled", ascending=False, kind="stable")
    by_melding = best_first.groupby(MELDING, sort=False)
    kept = by_melding[list(SOURCE)].transform("first")
    kept.columns = [name.replace("source", "kept") for name in kept.columns]
    doubles = best_first[best_first.duplicated(MELDING)]
    return doubles.join(kept).sort_index()


def refuse_overlap(rows: pd.DataFrame, edition: Edition) -> None:
    """Two files of one gemeente have no melding in common, unless the settings say why.

    Only a person knows whether the older file still counts.
    """
    # The settings name files in the order in which they came in: the last one is likely the
    # newer.
    place_of = {file: place for place, file in enumerate(edition.deliveries())}
    faults: list[str] = []
    numbered = rows[rows["number"] != ""]
    for slug, sent in numbered.groupby("gemeente"):
        by_file = sent.groupby("source_file")["number"]
        numbers = {str(file): set(cells.tolist()) for file, cells in by_file}
        supplements = edition.gemeente(str(slug)).vult_aan
        in_order = sorted(numbers, key=lambda file: place_of.get(file, 0))
        for one, other in combinations(in_order, 2):
            shared = len(numbers[one] & numbers[other])
            is_said = supplements.get(one) == other or supplements.get(other) == one
            if not shared or is_said:
                continue
            count = "one_melding" if shared == 1 else "meldingen"
            fault = message(
                "overlap",
                one=one,
                other=other,
                number=message(count, number=shared),
                slug=slug,
                settings=SETTINGS_FILE,
            )
            faults.append(fault)
    if faults:
        raise DataError("\n".join(faults))
