"""Rows that may be one tip: listed for a person to decide, never dropped."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from mma_analysis import domain

BLOCK = ["gemeente", "topic", "place"]
MOST_DAYS_APART = 3
# Of what a delivery says after reading, this tells one tip from another.
COMPARED = ("place", "reported_on", *domain.REDUCED, "also_sent_to")
# So many fields beside day and topic must be filled in both rows: less is chance.
LEAST_ALIKE = 3
# So many rows further on is looked within a block, so that the cost is bounded. No gemeente gets
# more tips on one topic about one place in three days.
MOST_TOGETHER = 30

Places = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


def near_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the pairs of rows of one gemeente that may be one tip written down twice.

    The text of a tip is not kept, so likeness is that of the fields that are: a known topic that is
    the same, received at most three days apart, and every field that both have filled the same, at
    least three of them and the place among them. Two rows with different numbers are two tips,
    unless the numbers differ only in leading zeros, or on one day in one typing error: a digit too
    many, too few, another, or two that changed places. A last digit that is another is no typing
    error: two tips after one another look like that. In a large village three drugs tips a week are
    alike in all of this: the list asks, it proves nothing.

    Parameters
    ----------
    rows
        One row per counted row, in the order of the files: the columns of `domain.MELDINGEN` and
        `number` (empty when there is none).

    Returns
    -------
    pandas.DataFrame
        One row per pair (`domain.NEAR_DUPLICATES`), in the order of the rows. `score` is how much
        of what can be compared, the number and each field, is filled in both rows and alike: 0 to
        100.
    """
    first, second = _received_together(rows)
    may = _may_be_one(rows, first, second)
    first, second = first[may], second[may]
    alike, differs = _compared(rows, first, second)
    listed = ~differs & (alike.sum(axis="columns").to_numpy() >= LEAST_ALIKE)
    return _as_table(rows, first[listed], second[listed], alike[listed])


def _received_together(rows: pd.DataFrame) -> tuple[Places, Places]:
    """The places of each pair of rows of one block that are at most so many days apart."""
    block = rows.groupby(BLOCK, sort=False).ngroup().to_numpy()
    day = rows["received_on"].to_numpy()
    can_be_compared = (rows["topic"] != domain.UNKNOWN) & rows["place"].notna()
    places = np.flatnonzero(can_be_compared.to_numpy(dtype=bool))
    places = places[np.lexsort((day[places], block[places]))]
    block, day = block[places], day[places]
    pairs = []
    for apart in range(1, min(MOST_TOGETHER, len(places))):
        is_near = day[apart:] - day[:-apart] <= np.timedelta64(MOST_DAYS_APART, "D")
        found = np.flatnonzero((block[apart:] == block[:-apart]) & is_near)
        pairs.append(np.stack([places[found], places[found + apart]]))
    # Of a pair the row that comes first in its delivery goes first.
    first, second = np.sort(np.concatenate([np.empty((2, 0), np.intp), *pairs], axis=1), axis=0)
    return first, second


def _may_be_one(rows: pd.DataFrame, first: Places, second: Places) -> Mask:
    """Whether the numbers of a pair do not say that these are two tips."""
    bare = rows["number"].str.lstrip("0")
    # Hundreds of thousands of pairs: numbers for the numbers are compared much faster.
    code, _ = pd.factorize(bare)
    is_empty = rows["number"].eq("").to_numpy(dtype=bool)
    day = rows["received_on"].to_numpy()
    is_open = is_empty[first] | is_empty[second] | (code[first] == code[second])
    same_day = np.flatnonzero(~is_open & (day[first] == day[second]))
    texts = bare.to_numpy(dtype=object)
    is_open[same_day] = _is_mistyped(texts[first[same_day]], texts[second[same_day]])
    return is_open


def _is_mistyped(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> Mask:
    """Whether two different numbers are one typing error apart, and not in the last digit."""
    # Optimal string alignment: two neighbours that changed places are one error, and not two.
    close = cpdist(one.tolist(), other.tolist(), scorer=OSA.distance, score_cutoff=1) <= 1
    in_a_row = [a[:-1] == b[:-1] for a, b in zip(one, other, strict=True)]
    return close & ~np.array(in_a_row, dtype=bool)


def _compared(rows: pd.DataFrame, first: Places, second: Places) -> tuple[pd.DataFrame, Mask]:
    """Per pair the fields that both have filled and alike, and whether they differ in any."""
    alike = {}
    differs = np.zeros(len(first), dtype=bool)
    for field in COMPARED:
        one, other = (rows[field].take(places).reset_index(drop=True) for places in (first, second))
        both = _is_filled(one) & _is_filled(other)
        same = one.eq(other).fillna(False).to_numpy(dtype=bool)
        alike[field] = both & same
        differs |= both & ~same
    return pd.DataFrame(alike), differs


def _is_filled(cells: pd.Series) -> Mask:
    return (cells.notna() & cells.ne(domain.UNKNOWN).fillna(False)).to_numpy(dtype=bool)


def _as_table(
    rows: pd.DataFrame, first: Places, second: Places, alike: pd.DataFrame
) -> pd.DataFrame:
    """The pairs as they are listed."""
    one, other = (rows.take(places).reset_index(drop=True) for places in (first, second))
    table = pd.DataFrame(
        {
            "gemeente": one["gemeente"],
            **{name: one[name] for name in domain.SOURCE},
            **{name.replace("source", "other"): other[name] for name in domain.SOURCE},
            "days_apart": (other["received_on"] - one["received_on"]).dt.days.abs(),
            "alike_in": [", ".join(alike.columns[row]) for row in alike.to_numpy()],
            "score": _score(one["number"], other["number"], alike),
        }
    )
    typed = table.astype({column.name: column.dtype for column in domain.NEAR_DUPLICATES})
    return typed.sort_values(list(typed.columns), ignore_index=True)


def _score(one: pd.Series, other: pd.Series, alike: pd.DataFrame) -> npt.NDArray[np.int64]:
    """How much of number and fields is filled and alike; a number of one error counts in part."""
    bare = [numbers.str.lstrip("0").tolist() for numbers in (one, other)]
    likeness = cpdist(*bare, scorer=OSA.normalized_similarity)
    both = (one.ne("") & other.ne("")).to_numpy(dtype=bool)
    total = np.where(both, likeness, 0) + alike.sum(axis="columns").to_numpy()
    return np.rint(100 * total / (len(COMPARED) + 1)).astype("int64")
