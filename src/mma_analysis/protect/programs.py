"""The linear programs of the attack: what is not known, and what its solutions have shown."""

from collections.abc import Iterator
from dataclasses import dataclass

import highspy
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import block_array, coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from mma_analysis.protect.solver import Solver
from mma_analysis.vocabulary import DataError

Flags = NDArray[np.bool_]

# A bound this close to a whole number is that number.
ROUNDING = 1e-5
PRIMAL = 4  # the number that HiGHS has for the simplex method that keeps a solution


@dataclass(frozen=True)
class Board:
    """All counts in the order of their names, and the relations between them; one entry per cell.

    A cell is `shown`, or `hidden`, or not published at all.
    """

    names: NDArray[np.object_]
    count: NDArray[np.float64]
    owner: NDArray[np.object_]
    shown: Flags
    hidden: Flags
    relations: csc_array

    def programs(self, known: Flags, asked: Flags, zeros_printed: bool) -> Iterator["Program"]:
        """One program per group of unknown counts, of which some are asked for.

        No relation links two groups. Counts that are `known` are so beside those that are shown.
        """
        is_seen = self.shown | known
        unknown = np.flatnonzero(~is_seen)
        totals = -(self.relations @ np.where(is_seen, self.count, 0.0))
        equations = csr_array(self.relations[:, unknown])
        is_hidden, is_asked = self.hidden[unknown], asked[unknown]
        for group in _independent_groups(equations):
            wanted = np.flatnonzero(is_hidden[group] & is_asked[group])
            if len(wanted):
                columns = csr_array(equations[:, group])
                rows = np.flatnonzero(np.diff(columns.indptr))
                floor = is_hidden[group].astype(np.float64) * zeros_printed
                yield Program(unknown[group], columns[rows], totals[rows], wanted, floor)


def board(cells: pd.DataFrame, relations: pd.DataFrame, states: pd.Series) -> Board:
    """Lay out the counts as a reader gets them.

    Raises
    ------
    DataError
        When a published cell has no state.
    """
    cells = cells.sort_index()
    state = states.reindex(cells.index).where(cells["published"], "unpublished")
    if state.isna().any():
        raise DataError(f"published cell '{cells.index[state.isna()][0]}' has no state")
    number, found = pd.factorize(relations["relation"], sort=True)
    place = (number, cells.index.get_indexer(pd.Index(relations["cell"])))
    values = relations["coefficient"].to_numpy(dtype=np.float64)
    return Board(
        names=cells.index.to_numpy(dtype=object),
        count=cells["count"].to_numpy(dtype=np.float64),
        owner=cells["owner"].to_numpy(dtype=object),
        shown=(state == "shown").to_numpy(dtype=bool),
        hidden=(state == "hidden").to_numpy(dtype=bool),
        relations=csc_array(coo_array((values, place), shape=(len(found), len(cells)))),
    )


def _independent_groups(equations: csr_array) -> list[NDArray[np.intp]]:
    size = equations.shape[1]
    if not size:
        return []
    linked = block_array([[None, equations.T], [equations, None]], format="csr")
    _, label = connected_components(linked, directed=False)
    order = np.argsort(label[:size], kind="stable")
    return np.split(order, np.cumsum(np.bincount(label[:size]))[:-1])


class Program:
    """The linear program of one group of unknown counts, and what its solutions have shown.

    `places` are those of its counts on the board; those `asked` for are numbered within the group.
    """

    def __init__(
        self,
        places: NDArray[np.intp],
        equations: csr_array,
        totals: NDArray[np.float64],
        asked: NDArray[np.intp],
        floor: NDArray[np.float64],
    ) -> None:
        self.places = places
        self.asked = [int(cell) for cell in asked]
        self._floor = floor
        self._lowest_met = np.full(len(floor), np.inf)
        self._highest_met = np.full(len(floor), -np.inf)
        self._solver = Solver()
        # Only what is asked for changes, so the last solution is still one, and a good beginning.
        self._solver.setOptionValue("simplex_strategy", PRIMAL)
        self._solver.addVars(len(floor), floor, np.full(len(floor), highspy.kHighsInf))
        self._solver.addRows(
            *(len(totals), totals, totals, equations.nnz),
            *(equations.indptr[:-1], equations.indices, equations.data),
        )

    def most(self, cell: int) -> float:
        """Find the largest value of one count."""
        return float(np.floor(self._extreme(cell, -1.0) + ROUNDING))

    def least(self, cell: int) -> float:
        """Find the smallest value of one count."""
        # No solution can be lower than the floor: one that lies on it settles the matter.
        if self._lowest_met[cell] <= self._floor[cell] + ROUNDING:
            return float(self._floor[cell])
        return float(np.ceil(self._extreme(cell, 1.0) - ROUNDING))

    def is_safe(self, cell: int, threshold: int) -> bool:
        """Whether a count may be large enough, and is not known."""
        for direction in (-1.0, 1.0):
            if self._has_met_both(cell, threshold):
                return True
            if self._extreme(cell, direction) == np.inf:
                return True
        return self._has_met_both(cell, threshold)

    def _has_met_both(self, cell: int, threshold: int) -> bool:
        lowest, highest = self._lowest_met[cell], self._highest_met[cell]
        apart = np.floor(highest + ROUNDING) > np.ceil(lowest - ROUNDING)
        return bool(apart and highest >= threshold - ROUNDING)

    def _extreme(self, cell: int, cost: float) -> float:
        self._solver.changeColCost(cell, cost)
        status = self._solver.solved()
        values = np.array(self._solver.getSolution().col_value)
        self._solver.changeColCost(cell, 0.0)
        if status == highspy.HighsModelStatus.kUnbounded:
            return np.inf
        if status != highspy.HighsModelStatus.kOptimal:
            reason = self._solver.modelStatusToString(status)
            raise DataError(
                f"attack failed: {reason}; expected shown counts that satisfy all relations"
            )
        self._lowest_met = np.minimum(self._lowest_met, values)
        self._highest_met = np.maximum(self._highest_met, values)
        return float(values[cell])
