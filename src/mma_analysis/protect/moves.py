"""Other counts that a reader could not tell from the true ones, found by linear programming."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack

from mma_analysis.protect.solver import Solver
from mma_analysis.protect.system import System
from mma_analysis.vocabulary import DataError

Floats = NDArray[np.float64]

# A count can only change by whole tips; what the solver leaves below this is not a change.
NEGLIGIBLE = 1e-6
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Move:
    """A change of all counts that keeps every relation true.

    `target` is the cell for which it was sought, `basis` where the solver found it: from there a
    move that differs a little is near.
    """

    change: Floats
    target: int
    basis: highspy.HighsBasis


class Moves:
    """The changes of the true counts that keep every relation true.

    A move changes each count up or down; the true counts plus a move are counts that a reader
    cannot rule out, as long as every cell that moves is hidden. A reader knows that a hidden count
    is at least 1, because zeros are shown.
    """

    def __init__(self, system: System) -> None:
        size = len(system.count)
        self._size = size
        self._up = np.where(system.movable, highspy.kHighsInf, 0.0)
        room = np.where(system.published, system.count - 1, system.count)
        self._down = np.where(system.movable, room, 0).astype(np.float64)
        # Equal prices would leave the choice between equal moves to the solver's path.
        self._tie_breaks = 1 + 1e-3 * (np.arange(size) * GOLDEN % 1)
        self._solver = _solver(_program(system.relations, self._up, self._down))
        self._start = self._no_move()

    def price(self, prices: NDArray[np.float64]) -> None:
        """Set what it costs to change each count by one."""
        broken = prices * self._tie_breaks
        columns = np.arange(2 * self._size, dtype=np.int32)
        self._solver.changeColsCost(len(columns), columns, np.concatenate([broken, broken]))

    def hold(self, cell: int) -> None:
        """Keep the count of this cell as it is in every next move."""
        self._bound(cell, (0.0, 0.0), (0.0, 0.0))

    def release(self, cell: int) -> None:
        """Let the count of this cell change again."""
        self._bound(cell, (0.0, self._up[cell]), (0.0, self._down[cell]))

    @contextmanager
    def holding(self, cells: NDArray[np.bool_]) -> Iterator[None]:
        """Keep the counts of some cells, that were free, as they are for the time being."""
        held = [int(cell) for cell in np.flatnonzero(cells)]
        for cell in held:
            self.hold(cell)
        try:
            yield
        finally:
            for cell in held:
                self.release(cell)

    def cheapest(
        self, cell: int, change: int, near: highspy.HighsBasis | None = None
    ) -> Move | None:
        """Find the cheapest move that changes one cell by at least this much; None if none does.

        Sought from the basis of a move that is near, or else from no move at all.
        """
        self._solver.setBasis(near or self._start)
        if change > 0:
            self._bound(cell, (change, self._up[cell]), (0.0, 0.0))
        elif -change > self._down[cell]:
            return None
        else:
            self._bound(cell, (0.0, 0.0), (-change, self._down[cell]))
        found = self._solve()
        basis = self._solver.getBasis()
        self.release(cell)
        return None if found is None else Move(found, cell, basis)

    def _no_move(self) -> highspy.HighsBasis:
        """Where to begin: a solution in which nothing changes, for any prices."""
        self._solver.run()
        return self._solver.getBasis()

    def _bound(self, cell: int, up: tuple[float, float], down: tuple[float, float]) -> None:
        self._solver.changeColBounds(cell, float(up[0]), float(up[1]))
        self._solver.changeColBounds(cell + self._size, float(down[0]), float(down[1]))

    def _solve(self) -> Floats | None:
        status = self._solver.solved()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            reason = self._solver.modelStatusToString(status)
            raise DataError(f"no protection plan: the solver stopped with '{reason}'")
        value = np.array(self._solver.getSolution().col_value)
        move = value[: self._size] - value[self._size :]
        return np.where(np.abs(move) < NEGLIGIBLE, 0.0, move)


def _program(relations: csr_array, up: Floats, down: Floats) -> highspy.HighsLp:
    matrix = csc_array(hstack([relations, -relations], format="csc"))
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = np.ones(len(up) * 2)
    program.col_lower_ = np.zeros(len(up) * 2)
    program.col_upper_ = np.concatenate([up, down])
    program.row_lower_ = program.row_upper_ = np.zeros(matrix.shape[0])
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_ = matrix.indices
    program.a_matrix_.value_ = matrix.data
    return program


def _solver(program: highspy.HighsLp) -> Solver:
    solver = Solver()
    # Presolve would forget where the last solution ended, from where the next one is near.
    solver.setOptionValue("presolve", "off")
    # Every coefficient is 1 or -1 already.
    solver.setOptionValue("simplex_scale_strategy", 0)
    solver.passModel(program)
    return solver
