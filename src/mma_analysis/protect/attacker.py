"""The attack: what a reader can work out about hidden counts. Shares no code with the plan."""

import highspy
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from mma_analysis.domain import MmaError
from mma_analysis.protect.solver import Solver

# A bound this close to a whole number is that number.
ROUNDING = 1e-5


def attack(
    cells: pd.DataFrame, relations: pd.DataFrame, states: pd.Series, zeros_printed: bool = True
) -> pd.DataFrame:
    """Derive the smallest and largest value that every hidden count can have.

    The reader knows the shown counts, all relations, and that counts are whole and not negative;
    when zeros are printed also that a hidden count is not zero.

    Parameters
    ----------
    cells
        One row per count, indexed by `cell`: `count`, `published`.
    relations
        One row per relation and cell: `relation`, `cell`, `coefficient`; in every relation the sum
        of coefficient × count is 0.
    states
        `shown` or `hidden` for every published cell.
    zeros_printed
        Whether the reader sees zeros as zeros.

    Returns
    -------
    pd.DataFrame
        One row per hidden cell, indexed by `cell`: `lowest`, `highest`; `highest` is infinite when
        nothing limits it.

    Raises
    ------
    MmaError
        When a published cell has no state, or the shown counts contradict the relations.
    """
    state = states.reindex(cells.index).where(cells["published"], "unpublished")
    if state.isna().any():
        raise MmaError(f"published cell '{cells.index[state.isna()][0]}' has no state")
    unknown = cells[state != "shown"].assign(hidden=state == "hidden").sort_index()
    equations, totals = _equations(cells, relations, state, unknown.index)
    floor = unknown["hidden"].to_numpy(dtype=np.float64) * zeros_printed
    bounds = np.full((len(unknown), 2), np.nan)
    for group in _independent_groups(equations):
        rows = np.flatnonzero(np.diff(csr_array(equations[:, group]).indptr))
        program = _Program(equations[rows][:, group], totals[rows], floor[group])
        for cell in np.flatnonzero(unknown["hidden"].to_numpy()[group]):
            bounds[group[cell]] = program.bounds(int(cell))
    whole = np.column_stack([np.ceil(bounds[:, 0] - ROUNDING), np.floor(bounds[:, 1] + ROUNDING)])
    table = pd.DataFrame(whole, index=unknown.index, columns=["lowest", "highest"])
    return table[unknown["hidden"]].rename_axis("cell")


def weaknesses(derived: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Pick the hidden counts of which a reader learns the value, or that it is too small to show.

    Parameters
    ----------
    derived
        What `attack` returned: one row per hidden cell with `lowest`, `highest`.
    threshold
        The smallest count that may be shown.

    Returns
    -------
    pd.DataFrame
        The rows of `derived` that fail; none is the only good answer.
    """
    is_known = derived["lowest"] == derived["highest"]
    return derived[is_known | (derived["highest"] < threshold)]


def _equations(
    cells: pd.DataFrame, relations: pd.DataFrame, state: pd.Series, unknown: pd.Index
) -> tuple[csc_array, NDArray[np.float64]]:
    """Write the relations as `equations @ unknown counts == totals of shown counts`."""
    terms = relations.assign(
        row=pd.factorize(relations["relation"], sort=True)[0],
        known=relations["coefficient"] * relations["cell"].map(cells["count"]),
        is_shown=relations["cell"].map(state) == "shown",
    )
    known = terms["known"].where(terms["is_shown"], 0.0).groupby(terms["row"]).sum()
    open_terms = terms[~terms["is_shown"]]
    place = (open_terms["row"], unknown.get_indexer(pd.Index(open_terms["cell"])))
    values = open_terms["coefficient"].to_numpy(dtype=np.float64)
    matrix = coo_array((values, place), shape=(len(known), len(unknown)))
    return csc_array(matrix), -known.to_numpy(dtype=np.float64)


def _independent_groups(equations: csc_array) -> list[NDArray[np.intp]]:
    touching = abs(equations).T @ abs(equations)
    number, label = connected_components(touching, directed=False)
    return [np.flatnonzero(label == group) for group in range(number)]


class _Program:
    """The linear program of one group of unknown counts."""

    def __init__(
        self, equations: csc_array, totals: NDArray[np.float64], floor: NDArray[np.float64]
    ) -> None:
        self._floor = floor
        self._reached = np.full(len(floor), np.inf)
        self._solver = Solver()
        self._solver.addVars(len(floor), floor, np.full(len(floor), highspy.kHighsInf))
        rows = csr_array(equations)
        self._solver.addRows(
            len(totals), totals, totals, rows.nnz, rows.indptr[:-1], rows.indices, rows.data
        )

    def bounds(self, cell: int) -> tuple[float, float]:
        """Find the smallest and the largest value of one count."""
        highest = self._extreme(cell, -1.0)
        # No solution can be lower than the floor: one that lies on it settles the matter.
        if self._reached[cell] <= self._floor[cell] + ROUNDING:
            return float(self._floor[cell]), highest
        return self._extreme(cell, 1.0), highest

    def _extreme(self, cell: int, cost: float) -> float:
        self._solver.changeColCost(cell, cost)
        status = self._solver.solved()
        values = np.array(self._solver.getSolution().col_value)
        self._solver.changeColCost(cell, 0.0)
        if status == highspy.HighsModelStatus.kUnbounded:
            return np.inf
        if status != highspy.HighsModelStatus.kOptimal:
            reason = self._solver.modelStatusToString(status)
            raise MmaError(
                f"attack failed: {reason}; expected shown counts that satisfy all relations"
            )
        self._reached = np.minimum(self._reached, values)
        return float(values[cell])
