"""Every public count is a multiple of the basis, and every sum of them still adds up."""

import logging

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from mma_analysis.vocabulary import DataError

LOG = logging.getLogger(__name__)
GAP = 0.02  # no table changes the counts less together by more than this part
LONGEST = 60.0  # seconds: a fuse, the largest that was tried needs three
DEAR_TOTAL, DEAR_DISTRICT = 5**0.5, 20**0.5


def rounded(cells: pd.DataFrame, relations: pd.DataFrame, basis: int) -> pd.Series:
    """Round every published count to a multiple of the basis, so that every sum still holds.

    Controlled rounding (Cox 1987; indicator `state`): each count goes up or down to the next
    multiple, so none changes by the basis or more and a 0 stays a 0. Of all such tables it is one
    that changes the counts least together; totals of the whole evaluation change by half a basis at
    most where that is possible. What is not published is whatever the others need. The same counts
    give the same table.

    Parameters
    ----------
    cells
        One row per count, on its name: `count`, `published`; `is_total` (of the whole evaluation)
        and `is_district`, which are dear to change.
    relations
        One row per sum and count: `relation`, `cell`, `coefficient`.

    Returns
    -------
    pd.Series
        The rounded count of each published cell, on its name. Of lines that keep any such table
        from being there (`line` in `cells`) it is missing.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"count": [4, 14, 18], "published": True, "is_total": False, "is_district": False},
    ...     index=pd.Index(["a", "b", "both"], name="cell"),
    ... )
    >>> terms = {"relation": "sum", "cell": ["a", "b", "both"], "coefficient": [1, 1, -1]}
    >>> rounded(cells, pd.DataFrame(terms), 5).to_dict()
    {'a': 5, 'b': 15, 'both': 20}
    """
    ordered = cells.sort_index()
    matrix = _matrix(ordered.index, relations)
    published = ordered["published"].to_numpy(dtype=bool)
    multiples = _solved(ordered, published, matrix, basis, is_near=True)
    if multiples is None:
        multiples = _solved(ordered, published, matrix, basis, is_near=False)
    for line in _lines(ordered):
        if multiples is not None:
            break
        LOG.warning("afronden: %s is left out: no table of which all sums hold has it", line)
        published = published & ordered["line"].ne(line).to_numpy()
        multiples = _solved(ordered, published, matrix, basis, is_near=False)
    if multiples is None:
        raise DataError(
            "no rounding of these counts keeps their sums, not even of totals; nothing was "
            "written. This is a fault of mma-analysis: please report it"
        )
    counts = pd.Series(multiples * basis, ordered.index, dtype="Int64").where(published)
    return counts[ordered["published"]].reindex(cells.index[cells["published"]])


def _matrix(names: pd.Index, relations: pd.DataFrame) -> csr_array:
    # Sorted, so that the order of the rows of `relations` cannot matter.
    number, sums = pd.factorize(relations["relation"], sort=True)
    column = names.get_indexer(pd.Index(relations["cell"]))
    values = relations["coefficient"].to_numpy(dtype=np.float64)
    matrix = csr_array((values, (number, column)), shape=(len(sums), len(names)))
    matrix.sort_indices()
    return matrix


def _solved(
    cells: pd.DataFrame, published: np.ndarray, matrix: csr_array, basis: int, is_near: bool
) -> np.ndarray | None:
    """The multiples, or none when no table is near enough; `is_near`: totals to the nearest."""
    exact = cells["count"].to_numpy(dtype=np.float64) / basis
    low = np.where(published, np.floor(exact), 0.0)
    # What is not published has a limit that it never comes near: without, the solver may not end.
    high = np.where(published, np.ceil(exact), 2 * exact.max() + 100)
    if is_near:
        is_total = cells["is_total"].to_numpy(dtype=bool) & published
        low = np.where(is_total, np.floor(exact + 0.5), low)
        high = np.where(is_total, low, high)
    weight = np.where(cells["is_total"], DEAR_TOTAL, 1.0)
    weight *= np.where(cells["is_district"], DEAR_DISTRICT, 1.0)
    # Equal changes would leave the choice to the solver's path.
    weight *= 1 + 1e-3 * (np.arange(len(cells)) * (5**0.5 - 1) / 2 % 1)
    up, down = np.ceil(exact) - exact, exact - np.floor(exact)
    found = milp(
        np.where(published, weight * (up - down), 0.0),
        integrality=published.astype(int),
        bounds=Bounds(low, high),
        constraints=[LinearConstraint(matrix, 0, 0)],
        options={"mip_rel_gap": GAP, "time_limit": LONGEST},
    )
    return None if found.x is None else np.round(found.x).astype(np.int64)


def _lines(cells: pd.DataFrame) -> list[str]:
    """What is left out when nothing fits, the least meldingen first; never a total."""
    if "line" not in cells:
        return []
    own = cells[cells["published"] & cells["line"].ne("")]
    return list(own.groupby("line")["count"].sum().sort_values(kind="stable").index)
