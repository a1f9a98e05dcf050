"""The plan: which of all released counts are shown, and which are hidden."""

from dataclasses import replace

import highspy
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.domain import MmaError
from mma_analysis.protect.moves import NEGLIGIBLE, Move, Moves
from mma_analysis.protect.system import ReleasedError, System, system

Flags = NDArray[np.bool_]

# What a change of a count that is hidden anyway costs, next to 1 for the cheapest shown one: not
# nothing, so that a move goes no further than it must.
FREE = 1e-3


def plan(cells: pd.DataFrame, relations: pd.DataFrame, threshold: int) -> pd.Series:
    """Decide for every published count whether it is shown or hidden.

    Counts from 1 up to the threshold are hidden, and with them the cheapest others that we find,
    until a reader who knows all shown counts, all relations and that a hidden count is at least 1
    cannot tell of any hidden count that it is below the threshold, nor what it is. Neither can a
    reader who knows all counts of one owner beforehand. Zeros are shown: that there were no tips is
    a finding, and it is why a hidden count is known to be at least 1.

    None of the others is hidden in vain, but another choice might hide fewer: finding the best one
    is out of reach for tables of this size (docs/besluiten/0003).

    Parameters
    ----------
    cells
        One row per count, indexed by `cell`: `count`, `published` (an output will show it), `owner`
        (who knows it anyway; empty for nobody) and `cost` (what is lost when it is hidden, above
        0). A count that is not published is unknown to the reader and may be anything from 0.
        Two more columns may be there: a `released` count was shown before and stays shown, a
        `withheld` one must not be shown, however large it is.
    relations
        One row per relation and cell: `relation`, `cell`, `coefficient`; in every relation the sum
        of coefficient × count is 0.
    threshold
        The smallest count that may be shown.

    Returns
    -------
    pd.Series
        One row per published cell, in the order of their names: `shown` or `hidden`.

    Raises
    ------
    RelationError
        When a cell is named twice, a relation names an unknown cell, or counts do not add up.
    ReleasedError
        When a small count can be worked out unless a released one is taken back; it says which.
    MmaError
        When a count is negative or a cost is not above zero.
    """
    ordered = cells.sort_index()
    whole = system(ordered, relations, threshold)
    _check_released(whole)
    hidden = whole.secret
    for group in whole.groups(whole.movable | whole.released):
        hidden[group] = _plan_group(whole.part(group))
    states = pd.Series(np.where(hidden, "hidden", "shown"), ordered.index, dtype="str")
    return states[whole.published].rename("state").rename_axis("cell")


def _check_released(whole: System) -> None:
    is_small = whole.released & (whole.count > 0) & (whole.count < whole.threshold)
    if is_small.any():
        names = ", ".join(f"'{name}'" for name in whole.names[is_small])
        raise ReleasedError(
            f"no protection plan: counts that were released before are below the threshold now, "
            f"and cannot be taken back: {names}; lower the threshold to what it was"
        )


def _plan_group(part: System) -> Flags:
    """Hide what must be hidden in a group of cells with relations between them, and no more."""
    found = _FoundMoves(part)
    hidden, known = _hide(part, found)
    part = replace(part, known=known)
    for group in part.groups(hidden | ~part.published):
        hidden[group] = _show_again(part.part(group), found.part(group))
    return hidden


def _hide(part: System, found: "_FoundMoves") -> tuple[Flags, Flags]:
    """Hide the cheapest cells that give every hidden cell a move that hides what it is.

    One move is enough for many cells, and it stays possible when more is hidden. For a reader from
    outside there always is one: a multiple of all counts satisfies all relations. An owner may be
    the only one with a part in a sum: that sum he knows as well, whatever is hidden.

    Returns
    -------
    tuple[Flags, Flags]
        Which cells are hidden, and per reader which counts he knows beforehand.
    """
    known = part.known.copy()
    moves = Moves(part)
    hidden, before = part.secret, np.zeros_like(part.secret)
    # What is hidden for one reader must be safe from all others.
    while (hidden & ~before).any():
        before = hidden.copy()
        for own in known:
            with moves.holding(own & part.movable):
                _hide_from(own, hidden, part, moves, found)
    return hidden, known


def _hide_from(
    known: Flags, hidden: Flags, part: System, moves: Moves, found: "_FoundMoves"
) -> None:
    """Add to `hidden`, `known` and `found` until a reader knows a hidden cell, or it is saved."""
    # The smallest has the longest way to go, and takes others along.
    while unsafe := _in_order(hidden & ~known & ~found.saved_without(known), part.count):
        moves.price(_prices(part, free=hidden))
        move = _saving_move(moves, part, unsafe[0])
        if move is not None:
            hidden |= part.published & (move.change != 0)
            found.add(move)
        elif taken_back := _to_be_taken_back(unsafe[0], known, hidden, part):
            raise ReleasedError(
                f"no protection plan: '{part.names[unsafe[0]]}' can be worked out from what was "
                f"released before, unless these released counts could be taken back: {taken_back}"
            )
        elif known.any():
            known[unsafe[0]] = True
        else:
            raise MmaError(
                "no protection plan: the solver misses that all counts may be a multiple"
            )


def _to_be_taken_back(cell: int, known: Flags, hidden: Flags, part: System) -> str:
    """Name the released cells that the cheapest way to save a cell would hide; none when none."""
    if not part.released.any():
        return ""
    was_released = part.released
    part = replace(part, released=np.zeros_like(part.released))
    moves = Moves(part)
    moves.price(_prices(part, free=hidden))
    with moves.holding(known & part.movable):
        move = _saving_move(moves, part, cell)
    if move is None:
        return ""
    return ", ".join(f"'{name}'" for name in part.names[was_released & (move.change != 0)])


def _show_again(part: System, found: "_FoundMoves") -> Flags:
    """Show what was hidden in vain, the most valuable first; `part` has unknown cells only.

    Once is enough: what cannot be shown now cannot be shown either when less is hidden.
    """
    moves = Moves(part)
    moves.price(_prices(part, free=part.secret | ~part.published))
    hidden = part.published.copy()
    for cell in _in_order(hidden & ~part.secret, -part.cost, -part.count):
        if hidden[cell]:
            shown = _shown_with(cell, hidden, part, moves, found)
            hidden &= ~shown
            found.drop(shown)
    return hidden


def _shown_with(
    cell: int, hidden: Flags, part: System, moves: Moves, found: "_FoundMoves"
) -> Flags:
    """Say what can be shown when one cell is: it, and large counts that are then known; or nothing.

    Two halves of a year that is shown protect nobody any more once one of them is shown.
    """
    shown = np.zeros_like(hidden)
    unsaved: int | None = cell
    while unsaved is not None and not part.secret[unsaved]:
        shown[unsaved] = True
        moves.hold(unsaved)
        unsaved = _first_unsaved(hidden & ~shown, shown, part, moves, found)
    if unsaved is not None:
        for again in np.flatnonzero(shown):
            moves.release(int(again))
        shown[:] = False
    return shown


def _first_unsaved(
    others: Flags, shown: Flags, part: System, moves: Moves, found: "_FoundMoves"
) -> int | None:
    """Find a hidden cell that some reader knows when these cells are shown; small ones first."""
    for known in part.known:
        unsaved = _unsaved_from(known, others, shown, part, moves, found)
        if unsaved is not None:
            return unsaved
    return None


def _unsaved_from(
    known: Flags, others: Flags, shown: Flags, part: System, moves: Moves, found: "_FoundMoves"
) -> int | None:
    def unsafe() -> list[int]:
        # Largest primary counts first: measured, the ones that need this cell are met sooner.
        saved = found.saved_without(known | shown)
        return _in_order(others & ~known & ~saved, ~part.secret, -part.count)

    if not unsafe():
        return None
    with moves.holding(known & (others | ~part.published)):
        while cells := unsafe():
            move = _saving_move(moves, part, cells[0], found.near(cells[0]))
            if move is None:
                return cells[0]
            found.add(move)
    return None


class _FoundMoves:
    """The moves found so far: which cells each needs, and which it saves; one row per move."""

    def __init__(self, part: System, needs: Flags | None = None, saves: Flags | None = None):
        none = np.zeros((0, len(part.count)), dtype=bool)
        self._part = part
        self._needs = none if needs is None else needs
        self._saves = none if saves is None else saves
        self._latest: dict[int, Move] = {}

    def add(self, move: Move) -> None:
        saves = _is_saved(self._part, move.change)
        self._needs = np.vstack([self._needs, move.change != 0])
        self._saves = np.vstack([self._saves, saves])
        self._latest |= dict.fromkeys(map(int, np.flatnonzero(saves)), move)

    def drop(self, cells: Flags) -> None:
        kept = ~self._needs[:, cells].any(axis=1)
        self._needs, self._saves = self._needs[kept], self._saves[kept]

    def near(self, cell: int) -> highspy.HighsBasis | None:
        """Where the last move ended that saved this cell, if there was one."""
        return self._latest[cell].basis if cell in self._latest else None

    def part(self, cells: NDArray[np.intp]) -> "_FoundMoves":
        """The same moves among some cells only, to which no other cell has a relation."""
        return _FoundMoves(self._part.part(cells), self._needs[:, cells], self._saves[:, cells])

    def saved_without(self, cells: Flags) -> Flags:
        return np.any(self._saves[~self._needs[:, cells].any(axis=1)], axis=0)


def _saving_move(
    moves: Moves, part: System, cell: int, near: highspy.HighsBasis | None = None
) -> Move | None:
    """Find a move that saves one cell, the cheapest one upwards if there is one."""
    if part.primary[cell]:
        return moves.cheapest(cell, part.threshold - part.count[cell], near)
    move = moves.cheapest(cell, 1, near)
    return moves.cheapest(cell, -1) if move is None else move


def _is_saved(part: System, move: NDArray[np.float64]) -> Flags:
    """Say which cells a move saves: a small count can be large, any other can be another one."""
    enough = np.where(part.primary, part.threshold - part.count, 1)
    reached = np.where(part.primary, move, np.abs(move))
    return part.published & (reached >= enough - NEGLIGIBLE)


def _prices(part: System, free: Flags) -> NDArray[np.float64]:
    return np.where(free | ~part.published, FREE, part.cost / part.cost.min())


def _in_order(flags: Flags, *keys: NDArray[np.generic]) -> list[int]:
    """List the flagged cells by the first key, then the next; by name when all are equal."""
    cells = np.flatnonzero(flags)
    order = np.lexsort([key[cells] for key in reversed(keys)])
    return [int(cell) for cell in cells[order]]
