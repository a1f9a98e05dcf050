"""The plan: which of all released counts are shown, and which are hidden."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mma_analysis.protect.moves import Flags, Part, Places
from mma_analysis.protect.solver import LARGEST, crowds
from mma_analysis.protect.system import ReleasedError, System, system
from mma_analysis.vocabulary import DataError

# What a change of a count that is hidden anyway costs, next to 1 for the cheapest shown one: not
# nothing, so that a move goes no further than it must.
FREE = 1e-3


def plan(cells: pd.DataFrame, relations: pd.DataFrame, threshold: int) -> pd.Series:
    """Decide for every published count whether it is shown or hidden.

    Counts from 1 up to the threshold are hidden, and with them the cheapest others that we find,
    until nobody can tell of a hidden count that it is below the threshold, nor what it is: no
    reader who knows all shown counts, all relations and that a hidden count is at least 1 (zeros
    are shown), and none who also knows all counts of one owner. None of the others is hidden in
    vain, but another choice might hide fewer (docs/besluiten/0003).

    Parameters
    ----------
    cells
        One row per count, indexed by `cell`: `count`, `published` (an output will show it), `owner`
        (who knows it anyway; empty for nobody) and `cost` (what is lost when it is hidden, above
        0). A count that is not published is unknown to the reader and may be anything from 0. Two
        more columns may be there: a `released` count was shown before and stays shown, a `withheld`
        one must not be shown, however large it is.
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
    DataError
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


def _plan_group(whole: System) -> Flags:
    """Hide what must be hidden in a group of cells with relations between them, and no more."""
    parts = _parts(whole)
    hidden = _hide(whole, parts)
    for group in whole.groups(hidden | ~whole.published):
        if (hidden & ~whole.secret)[group].any():
            own = whole.part(group)
            hidden[group] = _show_again(own, [part.within(own, group) for part in parts])
    return hidden


def _parts(whole: System) -> list[Part]:
    """One part per crowd of owners, and for what cannot be saved in those one of all cells.

    Each has the cells of nobody as well; the first sees to it that those are saved. A move in a
    crowd leaves the cells of all other owners as they are, so none of those knows that it did not
    happen.
    """
    everything = np.arange(len(whole.count))
    owners = np.flatnonzero(whole.known.any(axis=1)).tolist()
    dealt = crowds(owners, LARGEST)
    if len(dealt) <= 1:
        return [Part(whole, everything, np.ones_like(whole.published), whole.known.copy())]
    is_nobodys = ~whole.known.any(axis=0)
    parts = []
    for crowd in dealt:
        is_own = whole.known[crowd].any(axis=0)
        cells = np.flatnonzero(is_own | is_nobodys)
        duty = is_own if parts else is_own | is_nobodys
        known = whole.known[[0, *crowd]][:, cells]
        parts.append(Part(whole, cells, np.asarray(duty)[cells], known))
    none = np.zeros_like(whole.published)
    return [*parts, Part(whole, everything, none, whole.known.copy())]


def _hide(whole: System, parts: list[Part]) -> Flags:
    """Hide the cheapest cells that give every hidden cell a move that hides what it is.

    For a reader from outside there always is one: a multiple of all counts satisfies all relations.
    An owner may be the only one with a part in a sum: that sum he knows, whatever is hidden.
    """
    hidden, before = whole.secret, np.zeros_like(whole.published)
    # What is hidden for one reader must be safe from all others.
    while (hidden & ~before).any():
        before = hidden.copy()
        for part in parts:
            for known in part.known if part.duty.any() else ():
                with part.moves.holding(known & part.system.movable):
                    hidden[part.cells] = _hide_from(known, hidden[part.cells], part, parts[-1])
    return hidden


def _hide_from(known: Flags, hidden: Flags, part: Part, last: Part) -> Flags:
    """Hide more, until every cell is saved from a reader, is known to him, or left to `last`."""
    system, learned = part.system, []
    # The smallest has the longest way to go, and takes others along.
    while unsafe := _in_order(
        hidden & part.duty & ~known & ~part.found.saved_without(known), system.count
    ):
        part.moves.price(_prices(system, free=hidden))
        move = part.saving_move(unsafe[0])
        if move is not None:
            hidden |= system.published & (move.change != 0)
            part.found.add(move)
        elif part is not last:
            part.duty[unsafe[0]] = False
            last.duty[part.cells[unsafe[0]]] = True
        elif taken_back := _to_be_taken_back(unsafe[0], known, hidden, system):
            raise ReleasedError(
                f"no protection plan: '{system.names[unsafe[0]]}' can be worked out from what was "
                f"released before, unless these released counts could be taken back: {taken_back}"
            )
        elif known.any():
            known[unsafe[0]] = True
            # Else a move that needs it would be found, and saves nothing from who knows it.
            part.moves.hold(unsafe[0])
            learned.append(unsafe[0])
        else:
            raise DataError(
                "no protection plan: the solver misses that all counts may be a multiple"
            )
    for cell in learned:
        part.moves.release(cell)
    return hidden


def _to_be_taken_back(cell: int, known: Flags, hidden: Flags, system: System) -> str:
    """Name the released cells that the cheapest way to save a cell would hide; none when none."""
    if not system.released.any():
        return ""
    everything = np.arange(len(system.count))
    free = replace(system, released=np.zeros_like(system.released))
    part = Part(free, everything, hidden, known[np.newaxis])
    part.moves.price(_prices(free, free=hidden))
    with part.moves.holding(known & free.movable):
        move = part.saving_move(cell)
    if move is None:
        return ""
    return ", ".join(f"'{name}'" for name in system.names[system.released & (move.change != 0)])


def _show_again(whole: System, parts: list[Part]) -> Flags:
    """Show what was hidden in vain, the most valuable first; `whole` has unknown cells only.

    Once is enough: what cannot be shown now cannot be shown either when less is hidden.
    """
    parts = [part for part in parts if part.duty.any()]
    for part in parts:
        part.moves.price(_prices(part.system, free=part.system.secret | ~part.system.published))
    hidden = whole.published.copy()
    for cell in _in_order(hidden & ~whole.secret, -whole.cost, -whole.count):
        if hidden[cell]:
            shown = _shown_with(cell, hidden, whole, parts)
            hidden &= ~shown
            for part in parts:
                part.found.drop(part.own(shown))
    return hidden


def _shown_with(cell: int, hidden: Flags, whole: System, parts: list[Part]) -> Flags:
    """Say what can be shown when one cell is: it, and large counts that are then known; or nothing.

    Two halves of a year that is shown protect nobody any more once one of them is shown.
    """
    shown = np.zeros_like(hidden)
    unsaved: int | None = cell
    while unsaved is not None and not whole.secret[unsaved]:
        shown[unsaved] = True
        for part in parts:
            part.hold(unsaved)
        unsaved = _first_unsaved(hidden & ~shown, shown, parts)
    if unsaved is not None:
        for again in np.flatnonzero(shown):
            for part in parts:
                part.release(int(again))
        shown[:] = False
    return shown


def _first_unsaved(others: Flags, shown: Flags, parts: list[Part]) -> int | None:
    """Find a hidden cell that some reader knows when these cells are shown; small ones first."""
    for part in parts:
        now = part.own(shown)
        # What was saved by other moves still is.
        if part.found.need(now):
            for known in part.known:
                unsaved = _unsaved_from(known, others[part.cells], now, part)
                if unsaved is not None:
                    return int(part.cells[unsaved])
    return None


def _unsaved_from(known: Flags, others: Flags, shown: Places, part: Part) -> int | None:
    system, is_used = part.system, known.copy()
    is_used[shown] = True

    def unsafe() -> list[int]:
        # Largest primary counts first: measured, the ones that need this cell are met sooner.
        saved = part.found.saved_without(is_used)
        return _in_order(others & part.duty & ~known & ~saved, ~system.secret, -system.count)

    if not unsafe():
        return None
    with part.moves.holding(known & (others | ~system.published)):
        while cells := unsafe():
            move = part.saving_move(cells[0], part.found.near(cells[0]))
            if move is None:
                return cells[0]
            part.found.add(move)
    return None


def _prices(part: System, free: Flags) -> NDArray[np.float64]:
    return np.where(free | ~part.published, FREE, part.cost / part.cost.min())


def _in_order(flags: Flags, *keys: NDArray[np.generic]) -> list[int]:
    """List the flagged cells by the first key, then the next; by name when all are equal."""
    cells = np.flatnonzero(flags)
    order = np.lexsort([key[cells] for key in reversed(keys)])
    return [int(cell) for cell in cells[order]]
