"""A part of a system in which cells are saved by moves, while all other cells stay as they are."""

from functools import cached_property
from typing import Self

import highspy
import numpy as np
from numpy.typing import NDArray

from mma_analysis.protect.moves import NEGLIGIBLE, Move, Moves
from mma_analysis.protect.system import System

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
