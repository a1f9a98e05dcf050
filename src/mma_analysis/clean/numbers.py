"""The number that M. gave a melding, in one way of writing, and rows that have the same."""

import re

import pandas as pd

from mma_analysis.clean.words import map_cells
from mma_analysis.vocabulary import UNKNOWN
from mma_analysis.vocabulary.reference import form
from mma_analysis.vocabulary.schema import SOURCE

BEFORE_NUMBER = form("number_before")
MELDING_NUMBER = form("number")
LONGEST_NUMBER = 30
CUT_OFF = form("cut_off_number")
NO_MELDING_NUMBER = form("no_number")
# Two whole numbers in one cell: `M2022-0001 / M2022-0002`, `20220001 en 20220002`.
BETWEEN_NUMBERS = form("between_numbers")
WHOLE_MELDING_NUMBER = form("whole_number")
MELDING = ["gemeente", "number"]
# What two rows of one melding cannot both be; how far it is may have changed.
CONTRADICTED = ("received_on", "topic", "result")
# What a program does to a number that it takes for an amount: `00026193`, `26193.0`.
ZEROS_BEHIND = re.compile(r"[.,]0+$")
ZEROS_IN_FRONT = re.compile(r"(?<!\d)0+(?=\d)")


def melding_numbers(cells: pd.Series) -> pd.Series:
    """Number of each melding in one way of writing, empty when the cell holds none.

    What was cut off (`2,02E+11`) is none, and nor are zeros alone: many would have the
    same.
    """
    bare = _without_name(cells)
    number = _joined(bare)
    is_number = number.str.fullmatch(MELDING_NUMBER)
    is_short = number.str.len() <= LONGEST_NUMBER
    is_cut_off = bare.str.fullmatch(CUT_OFF)
    is_none = number.str.fullmatch(NO_MELDING_NUMBER)
    is_whole = is_number & is_short & ~is_cut_off & ~is_none
    return number.where(is_whole, "")


def without_decimals(cells: pd.Series) -> pd.Series:
    """Each number without spaces, and without the `.0` of an amount."""
    bare = _without_name(cells)
    amounts = bare.str.replace(ZEROS_BEHIND, "", regex=True)
    return _joined(amounts.str.replace(r"\s+", "", regex=True))


def as_compared(cells: pd.Series) -> pd.Series:
    """Each number as it is compared with others: also without zeros in front."""
    return without_decimals(cells).str.replace(ZEROS_IN_FRONT, "", regex=True)


def _without_name(cells: pd.Series) -> pd.Series:
    """In capitals, without the `M` or `MMA` before a number."""
    is_ascii = cells.str.isascii().all()
    one_way = cells if is_ascii else cells.str.normalize("NFKC")
    capitals = one_way.str.upper().str.strip()
    return capitals.str.replace(BEFORE_NUMBER.pattern, r"\1", regex=True)


def _joined(bare: pd.Series) -> pd.Series:
    """With one dash for whatever stands between its parts."""
    return bare.str.replace(r"[^A-Z0-9]+", "-", regex=True).str.strip("-")


def longest_way(rows: pd.DataFrame) -> pd.Series:
    """The number of each row, as the gemeente wrote the same one with the most zeros.

    `rows` have its number as it is `compared`, and in a `plain_way`.
    """
    by_length = rows["plain_way"].str.len().sort_values(ascending=False, kind="stable")
    longest_first = rows.loc[by_length.index]
    same = longest_first.groupby(["gemeente", "compared"])
    longest = same["plain_way"].transform("first")
    return longest.reindex(rows.index)


def several(cells: pd.Series) -> pd.Series:
    """Whether each cell holds more than one number, each whole."""
    # Nearly all hold one: only the others are cut up, which takes longer.
    is_one = cells.str.fullmatch(WHOLE_MELDING_NUMBER)
    others = map_cells(cells[~is_one], _holds_several, "bool")
    return others.reindex(cells.index, fill_value=False)


def _holds_several(cell: str) -> bool:
    capitals = cell.upper().strip()
    parts = set(BETWEEN_NUMBERS.split(capitals)) - {""}
    return len(parts) > 1 and all(WHOLE_MELDING_NUMBER.fullmatch(part) for part in parts)


def contradictions(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Field → whether rows with the number of each row say something else there.

    What is not known contradicts nothing.
    """
    has_number = rows["number"] != ""
    melding = [rows[name] for name in MELDING]
    contradicted: dict[str, pd.Series] = {}
    for field in CONTRADICTED:
        said = rows[field]
        known = said.mask(said == UNKNOWN)
        different = known.groupby(melding).transform("nunique")
        contradicted[field] = has_number & (different > 1)
    return contradicted


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
