"""The attack: what a reader can work out about hidden counts. Shares no code with the plan."""

from collections.abc import Iterable, Iterator

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
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    states: pd.Series,
    zeros_printed: bool = True,
    insider: str = "",
) -> pd.DataFrame:
    """Derive the smallest and largest value that every hidden count can have.

    The reader knows the shown counts, all relations, and that counts are whole and not negative;
    when zeros are printed also that a hidden count is not zero.

    Parameters
    ----------
    cells
        One row per count, indexed by `cell`: `count`, `published`, `owner`.
    relations
        One row per relation and cell: `relation`, `cell`, `coefficient`; in every relation the sum
        of coefficient × count is 0.
    states
        `shown` or `hidden` for every published cell.
    zeros_printed
        Whether the reader sees zeros as zeros.
    insider
        The owner who reads: knows all of his own counts; nobody's when empty.

    Returns
    -------
    pd.DataFrame
        One row per hidden cell that the reader does not own, indexed by `cell`: `lowest`,
        `highest`; `highest` is infinite when nothing limits it.

    Raises
    ------
    MmaError
        When a published cell has no state, or the shown counts contradict the relations.
    """
    rows = [
        (program.names[cell], program.least(cell), program.most(cell))
        for program in _programs(cells, relations, states, zeros_printed, insider)
        for cell in program.hidden
    ]
    return _table(rows)


def weaknesses(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    states: pd.Series,
    threshold: int,
    zeros_printed: bool = True,
    insider: str = "",
) -> pd.DataFrame:
    """Pick the hidden counts of which a reader learns the value, or that it is too small to show.

    The same question as `attack` answers, much faster: a count is safe as soon as two tables were
    met that agree with all that is shown, and in one of which it is large enough. What an owner
    knows already when nothing but zeros is shown, such as a sum in which only he has a part, is
    nothing that he learns.

    Parameters
    ----------
    threshold
        The smallest count that may be shown. The others as in `attack`.

    Returns
    -------
    pd.DataFrame
        The rows of `attack` that fail; none is the only good answer.
    """
    weak = _unsafe(
        _programs(cells, relations, states, zeros_printed, insider), threshold, states.index
    )
    if not insider or weak.empty:
        return weak
    zeros_only = states.where(cells["count"].reindex(states.index) == 0, "hidden")
    known = _unsafe(
        _programs(cells, relations, zeros_only, zeros_printed, insider), threshold, weak.index
    )
    return weak[~weak.index.isin(known.index)]


def _unsafe(programs: Iterable["_Program"], threshold: int, suspects: pd.Index) -> pd.DataFrame:
    rows = [
        (program.names[cell], program.least(cell), program.most(cell))
        for program in programs
        for cell in program.hidden
        if program.names[cell] in suspects and not program.is_safe(cell, threshold)
    ]
    return _table(rows)


def _table(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["cell", "lowest", "highest"])
    return table.astype({"lowest": "float64", "highest": "float64"}).set_index("cell").sort_index()


def _programs(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    states: pd.Series,
    zeros_printed: bool,
    insider: str,
) -> Iterator["_Program"]:
    """One linear program per group of unknown counts without a relation to another group."""
    state = states.reindex(cells.index).where(cells["published"], "unpublished")
    if state.isna().any():
        raise MmaError(f"published cell '{cells.index[state.isna()][0]}' has no state")
    if insider:
        state = state.mask(cells["owner"] == insider, "shown")
    unknown = cells[state != "shown"].assign(hidden=state == "hidden").sort_index()
    is_hidden = unknown["hidden"].to_numpy(dtype=bool)
    equations, totals = _equations(cells, relations, state, unknown.index)
    for group in _independent_groups(equations):
        rows = np.flatnonzero(np.diff(csr_array(equations[:, group]).indptr))
        yield _Program(
            unknown.index[group],
            equations[rows][:, group],
            totals[rows],
            is_hidden[group],
            floor=is_hidden[group].astype(np.float64) * zeros_printed,
        )


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
    """The linear program of one group of unknown counts, and what its solutions have shown."""

    def __init__(
        self,
        names: pd.Index,
        equations: csc_array,
        totals: NDArray[np.float64],
        hidden: NDArray[np.bool_],
        floor: NDArray[np.float64],
    ) -> None:
        self.names = names
        self.hidden = [int(cell) for cell in np.flatnonzero(hidden)]
        self._floor = floor
        self._lowest_met = np.full(len(floor), np.inf)
        self._highest_met = np.full(len(floor), -np.inf)
        self._solver = Solver()
        self._solver.addVars(len(floor), floor, np.full(len(floor), highspy.kHighsInf))
        rows = csr_array(equations)
        self._solver.addRows(
            len(totals), totals, totals, rows.nnz, rows.indptr[:-1], rows.indices, rows.data
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
            raise MmaError(
                f"attack failed: {reason}; expected shown counts that satisfy all relations"
            )
        self._lowest_met = np.minimum(self._lowest_met, values)
        self._highest_met = np.maximum(self._highest_met, values)
        return float(values[cell])
