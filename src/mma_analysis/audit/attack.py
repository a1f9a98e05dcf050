"""The attack: what somebody who knows the shown counts learns about each hidden one.

Written apart from `protect`: linear programming over what the finished files say.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from mma_analysis.audit.relations import Cell, Relation
from mma_analysis.vocabulary import DataError

# A bound this close to a whole number is that number.
ROUNDING = 1e-5
# No count is anywhere near it; a limit keeps every program bounded.
LIMIT = 1e6
PRIMAL = 4  # the number that HiGHS has for it
EXACT, SMALL = "exact", "small"
Floats = NDArray[np.float64]
Places = NDArray[np.intp]


class ContradictionError(DataError):
    """No counts at all satisfy every relation together with what is shown."""


class Puzzle(NamedTuple):
    """What is not known, and what limits it: `low <= limits @ unknown <= high`."""

    cells: list[Cell]
    limits: csr_array
    low: Floats
    high: Floats


def weak_cells(
    known: Mapping[Cell, float],
    hidden: Collection[Cell],
    relations: Sequence[Relation],
    threshold: int,
    floor: int,
) -> dict[Cell, str]:
    """Find the hidden counts of which an attacker learns the value, or that it is too small.

    Gives weak cell → `exact` or `small`. The attacker knows the shown counts and every relation,
    and that counts are whole and not negative. Bounds are those of linear programming, rounded to
    whole numbers: whoever reasons in whole numbers could at times come closer.

    Parameters
    ----------
    hidden
        The cells that are said to be hidden; other unknown cells stand nowhere.
    threshold
        The smallest count, but nothing, that may be shown.
    floor
        The least that a hidden count can be: 1 when zeros are printed, else 0.

    Raises
    ------
    ContradictionError
        When the known counts do not satisfy the relations.
    """
    puzzle = _puzzle(known, hidden, relations)
    sought_cells = set(hidden)
    is_hidden = np.array([cell in sought_cells for cell in puzzle.cells], dtype=bool)
    weak: dict[Cell, str] = {}
    for group in _groups(puzzle.limits):
        sought = np.flatnonzero(is_hidden[group])
        if len(sought):
            program = _Program(puzzle, group, is_hidden[group] * float(floor))
            program.raise_together(sought, threshold)
            for place in sought:
                if verdict := program.verdict(int(place), threshold):
                    weak[puzzle.cells[group[place]]] = verdict
    return weak


def _puzzle(
    known: Mapping[Cell, float], hidden: Collection[Cell], relations: Sequence[Relation]
) -> Puzzle:
    """Put what is known on the other side of every relation."""
    named = [cell for relation in relations for cell, _ in relation.terms]
    cells = [cell for cell in dict.fromkeys([*hidden, *named]) if cell not in known]
    number = {cell: place for place, cell in enumerate(cells)}
    rows, columns, values, low, high = [], [], [], [], []
    for relation in relations:
        unknown = [(number[c], factor) for c, factor in relation.terms if c in number]
        seen = sum(factor * known[c] for c, factor in relation.terms if c in known)
        if not unknown and not relation.low - ROUNDING <= seen <= relation.high + ROUNDING:
            raise ContradictionError("the shown counts do not add up")
        if unknown:
            rows += [len(low)] * len(unknown)
            columns += [column for column, _ in unknown]
            values += [factor for _, factor in unknown]
            low.append(relation.low - seen)
            high.append(relation.high - seen)
    limits = coo_array((values, (rows, columns)), shape=(len(low), len(cells)), dtype=np.float64)
    return Puzzle(cells, csr_array(limits), np.array(low), np.array(high))


def _groups(limits: csr_array) -> Iterator[Places]:
    """Unknown counts that no relation links to those of another group."""
    size = limits.shape[1]
    if size:
        # Counts and relations as the two sides of a graph: pairs of counts would be far too many.
        graph = block_array([[None, limits.T], [limits, None]], format="csr")
        label = connected_components(graph, directed=False)[1][:size]
        order = np.argsort(label, kind="stable")
        yield from np.split(order, np.cumsum(np.bincount(label))[:-1])


class _Solver(highspy.Highs):
    """HiGHS without a word, in the same steps every time."""

    def __init__(self) -> None:
        super().__init__()
        self.setOptionValue("parallel", "off")
        self.setOptionValue("solver", "simplex")
        # Only what is asked for changes from run to run, so the last solution is a good beginning.
        self.setOptionValue("simplex_strategy", PRIMAL)

    def enableCallbacks(self) -> None:  # noqa: N802
        """HiGHS prints its name while it is set up: silence it just before."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


class _Program:
    """The linear program of one group, with the extremes that its solutions have reached."""

    def __init__(self, puzzle: Puzzle, group: Places, floor: Floats) -> None:
        columns = csr_array(puzzle.limits[:, group])
        used = np.flatnonzero(np.diff(columns.indptr))
        part = csr_array(columns[used])
        self._solver = _Solver()
        self._solver.addVars(len(group), floor, np.full(len(group), LIMIT))
        self._solver.addRows(
            *(len(used), puzzle.low[used], puzzle.high[used]),
            *(part.nnz, part.indptr[:-1], part.indices, part.data),
        )
        self._lowest = np.full(len(group), np.inf)
        self._highest = np.full(len(group), -np.inf)

    def raise_together(self, cells: Places, threshold: int) -> None:
        """Let one solution show of many counts at once that they can reach the threshold.

        As long as each next one shows it of more; the others are looked at one by one.
        """
        low = cells
        while len(low) > 1:
            self._solve(low, -1.0)
            still = cells[np.floor(self._highest[cells] + ROUNDING) < threshold]
            if len(still) >= len(low):
                return
            low = still

    def verdict(self, cell: int, threshold: int) -> str:
        """Say how a count is weak; empty when it is not.

        A solution in which it reaches the threshold, and one in which it is something else, are
        enough to call it safe: often those of other cells show that already.
        """
        if self._whole(cell)[1] < threshold:
            self._push(cell, -1.0)
        if self._whole(cell)[0] >= self._whole(cell)[1]:
            self._push(cell, -1.0)
            self._push(cell, 1.0)
        lowest, highest = self._whole(cell)
        if lowest >= highest:
            return EXACT
        return SMALL if highest < threshold else ""

    def _whole(self, cell: int) -> tuple[float, float]:
        lowest, highest = self._lowest[cell], self._highest[cell]
        return float(np.ceil(lowest - ROUNDING)), float(np.floor(highest + ROUNDING))

    def _push(self, cell: int, cost: float) -> None:
        """Solve for the largest (-1) or smallest (1) value of one count."""
        self._solve(np.array([cell]), cost)

    def _solve(self, cells: Places, cost: float) -> None:
        """Solve for the largest (-1) or smallest (1) sum of some counts."""
        number, places = len(cells), cells.astype(np.int32)
        self._solver.changeColsCost(number, places, np.full(number, cost))
        self._solver.run()
        status = self._solver.getModelStatus()
        values = np.array(self._solver.getSolution().col_value)
        self._solver.changeColsCost(number, places, np.zeros(number))
        if status == highspy.HighsModelStatus.kInfeasible:
            raise ContradictionError("the shown counts do not add up")
        if status != highspy.HighsModelStatus.kOptimal:
            raise DataError(
                f"the attack ended as {self._solver.modelStatusToString(status)}; this is a fault "
                "of mma-analysis: please report it"
            )
        self._lowest = np.minimum(self._lowest, values)
        self._highest = np.maximum(self._highest, values)
