"""The number that M. gave a melding, in one way of writing, and rows that have the same one."""

from itertools import combinations

import pandas as pd

from mma_analysis.clean.words import map_cells
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import SOURCE

BEFORE, NUMBER, CUT_OFF = map(form, ("number_before", "number", "cut_off_number"))
NO_NUMBER = form("no_number")
LONGEST_NUMBER = 30
# Two whole numbers in one cell: `M2022-0001 / M2022-0002`, `20220001 en 20220002`.
BETWEEN_NUMBERS, WHOLE_NUMBER = form("between_numbers"), form("whole_number")
MELDING = ["gemeente", "number"]


def melding_numbers(cells: pd.Series) -> pd.Series:
    """Number of each melding in one way of writing, empty when the cell holds none.

    What was cut off (`2,02E+11`) is none, and nor are zeros alone: many would have the same.
    """
    typed = cells if cells.str.isascii().all() else cells.str.normalize("NFKC")
    bare = typed.str.upper().str.strip().str.replace(BEFORE.pattern, r"\1", regex=True)
    joined = bare.str.replace(r"[^A-Z0-9]+", "-", regex=True).str.strip("-")
    is_number = joined.str.fullmatch(NUMBER) & (joined.str.len() <= LONGEST_NUMBER)
    is_none = bare.str.fullmatch(CUT_OFF) | joined.str.fullmatch(NO_NUMBER)
    return joined.where(is_number & ~is_none, "")


def several(cells: pd.Series) -> pd.Series:
    """Whether each cell holds more than one number, each whole."""
    # Nearly all hold one: only the others are cut up, which takes longer.
    others = cells[~cells.str.fullmatch(WHOLE_NUMBER)]
    return map_cells(others, _holds_several, "bool").reindex(cells.index, fill_value=False)


def _holds_several(cell: str) -> bool:
    parts = {*BETWEEN_NUMBERS.split(cell.upper().strip())} - {""}
    return len(parts) > 1 and all(map(WHOLE_NUMBER.fullmatch, parts))


def find_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the rows with a number that their gemeente has already, and the row that stays.

    The row with the most filled cells stays, of equal ones the first. Without a number a row is
    never a duplicate. One row per row that is not counted, with the index that it has in `rows`.
    """
    numbered = rows[(rows["number"] != "") & rows.duplicated(MELDING, keep=False)]
    # A stable sort: of two rows that are filled alike the first stays first.
    best_first = numbered.sort_values("filled", ascending=False, kind="stable")
    kept = best_first.groupby(MELDING, sort=False)[[*SOURCE]].transform("first")
    stands_for = kept.rename(columns=lambda name: name.replace("source", "kept"))
    return best_first[best_first.duplicated(MELDING)].join(stands_for).sort_index()


def refuse_overlap(rows: pd.DataFrame, edition: Edition) -> None:
    """Two files of one gemeente have no melding in common, unless the settings say what that means.

    Only a person knows whether the older file still counts.
    """
    # The settings name files in the order in which they came in: the last one is likely the newer.
    named = {file: place for place, file in enumerate(edition.deliveries())}
    faults: list[str] = []
    for slug, sent in rows[rows["number"] != ""].groupby("gemeente"):
        by_file = sent.groupby("source_file")["number"]
        numbers = {str(file): set(cells.tolist()) for file, cells in by_file}
        supplements = edition.gemeente(str(slug)).vult_aan
        in_order = sorted(numbers, key=lambda file: named.get(file, 0))
        for one, other in combinations(in_order, 2):
            shared = len(numbers[one] & numbers[other])
            if not shared or supplements.get(one) == other or supplements.get(other) == one:
                continue
            meldingen = message("one_melding" if shared == 1 else "meldingen", number=shared)
            words = {"number": meldingen, "slug": slug, "settings": SETTINGS_FILE}
            faults.append(message("overlap", one=one, other=other, **words))
    if faults:
        raise DataError("\n".join(faults))
