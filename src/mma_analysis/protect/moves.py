"""Other counts that a reader could not tell from the true ones, found by linear programming."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Self

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

    `target` is the cell for which it was sought; near `basis` are moves that differ a little.
    """

    change: Floats
    target: int
    basis: highspy.HighsBasis


class Moves:
    """The changes of the true counts that keep every relation true.

    The true counts plus a move are counts that a reader cannot rule out, as long as every cell that
    moves is hidden; he knows that a hidden count is at least 1, because zeros are shown.
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


Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


class Part:
    """Some cells of a system, and the moves found among them.

    `cells` are their places in the whole system, `system` is what they are among themselves. Those
    on `duty` are to be saved here. `known` has one row per reader from whom: which he knows.
    """

    def __init__(
        self,
        whole: System,
        cells: Places,
        duty: Flags,
        known: Flags,
        found: "FoundMoves | None" = None,
    ) -> None:
        self.cells = cells
        self.system = whole.part(cells)
        self.duty = duty
        self.known = known
        self.found = FoundMoves(self.system) if found is None else found
        self._place = np.full(len(whole.count), -1)
        self._place[cells] = np.arange(len(cells))

    @cached_property
    def moves(self) -> Moves:
        """The changes that are possible; made when first asked for."""
        return Moves(self.system)

    def within(self, whole: System, group: Places) -> Self:
        """The same part of a group of cells to which no other cell has a relation.

        `whole` is the system of that group.
        """
        own = np.flatnonzero(np.isin(self.cells, group))
        places = np.searchsorted(group, self.cells[own])
        found = self.found.part(own)
        return type(self)(whole, places, self.duty[own], self.known[:, own], found)

    def own(self, flags: Flags) -> Places:
        """The places in this part of the cells of the whole that are flagged."""
        places = self._place[np.flatnonzero(flags)]
        return places[places >= 0]

    def hold(self, cell: int) -> None:
        """Keep a cell of the whole as it is in every next move here."""
        if self._place[cell] >= 0:
            self.moves.hold(int(self._place[cell]))

    def release(self, cell: int) -> None:
        """Let a cell of the whole change again."""
        if self._place[cell] >= 0:
            self.moves.release(int(self._place[cell]))

    def saving_move(self, cell: int, near: highspy.HighsBasis | None = None) -> Move | None:
        """Find a move that saves a cell of this part, the cheapest one upwards if there is one."""
        if self.system.primary[cell]:
            enough = self.system.threshold - self.system.count[cell]
            return self.moves.cheapest(cell, int(enough), near)
        move = self.moves.cheapest(cell, 1, near)
        return self.moves.cheapest(cell, -1) if move is None else move


class FoundMoves:
    """The moves found so far: which cells each needs, and which it saves; one row per move."""

    def __init__(self, part: System, needs: Flags | None = None, saves: Flags | None = None):
        none = np.zeros((0, len(part.count)), dtype=bool)
        self._system = part
        self._needs = none if needs is None else needs
        self._saves = none if saves is None else saves
        self._latest: dict[int, Move] = {}

    def add(self, move: Move) -> None:
        """Remember a move."""
        saves = _is_saved(self._system, move.change)
        self._needs = np.vstack([self._needs, move.change != 0])
        self._saves = np.vstack([self._saves, saves])
        self._latest |= dict.fromkeys(map(int, np.flatnonzero(saves)), move)

    def drop(self, cells: Places) -> None:
        """Forget the moves that need any of these cells."""
        kept = ~self._needs[:, cells].any(axis=1)
        self._needs, self._saves = self._needs[kept], self._saves[kept]

    def need(self, cells: Places) -> bool:
        """Whether any move needs any of these cells."""
        return bool(self._needs[:, cells].any())

    def near(self, cell: int) -> highspy.HighsBasis | None:
        """Where the last move ended that saved this cell, if there was one."""
        return self._latest[cell].basis if cell in self._latest else None

    def part(self, cells: Places) -> "FoundMoves":
        """The same moves among some cells only, to which no other cell has a relation."""
        return FoundMoves(self._system.part(cells), self._needs[:, cells], self._saves[:, cells])

    def saved_without(self, cells: Flags) -> Flags:
        """The cells that are saved by moves that need none of these."""
        return np.any(self._saves[~self._needs[:, cells].any(axis=1)], axis=0)


def _is_saved(part: System, move: NDArray[np.float64]) -> Flags:
    """Say which cells a move saves: a small count can be large, any other can be another one."""
    enough = np.where(part.primary, part.threshold - part.count, 1)
    reached = np.where(part.primary, move, np.abs(move))
    return part.published & (reached >= enough - NEGLIGIBLE)
