"""The attack: what a reader can work out about hidden counts. Shares no code with the plan."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import highspy
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import block_array, coo_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from mma_analysis.protect.solver import LARGEST, Solver, crowds
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
    """Lay out the counts as a reader gets them; DataError when a published cell has no state."""
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


# Attacked together at first: measured, most counts are safe among these few already.
FEW = 10


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
    cells, relations
        As for `planner.plan`.
    states
        `shown` or `hidden` for every published cell.
    zeros_printed
        Whether the reader sees zeros as zeros.
    insider
        The owner who reads: knows all of his own counts; nobody's when empty.

    Returns
    -------
    pd.DataFrame
        One row per hidden cell that the reader does not own, indexed by `cell`: `lowest`, `highest`
        (infinite when nothing limits it).

    Raises
    ------
    DataError
        When a published cell has no state, or the shown counts contradict the relations.
    """
    laid = board(cells, relations, states)
    known = _owned(laid, insider)
    rows = [
        (str(laid.names[program.places[cell]]), program.least(cell), program.most(cell))
        for program in laid.programs(known, laid.hidden, zeros_printed)
        for cell in program.asked
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
    """Pick the rows of `attack` of which a reader learns the value, or that it is below
    `threshold`.

    Much faster: a count is safe as soon as two tables were met that agree with all that is shown,
    and in one of which it is large enough. What an owner knows already when nothing but zeros is
    shown, is nothing that he learns.
    """
    laid = board(cells, relations, states)
    return _learned(laid, insider, laid.hidden, threshold, zeros_printed)


def exposed(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    states: pd.Series,
    threshold: int,
    zeros_printed: bool = True,
) -> pd.DataFrame:
    """Pick the hidden counts of which anybody learns something: from outside, or as an owner.

    As `weaknesses` of each reader apart, in less time. First a few owners at a time are attacked by
    somebody who knows all counts of everybody else: what he does not learn, nobody who knows less
    does.

    Returns
    -------
    pd.DataFrame
        One row per reader and count that he learns: `reader` (empty for who is nobody's owner),
        `cell`, `lowest`, `highest`; none is the only good answer.
    """
    laid = board(cells, relations, states)
    readers = ["", *sorted(set(laid.owner) - {""})]
    doubted = _doubted(laid, readers, threshold, zeros_printed)
    found = [
        _learned(laid, reader, doubts, threshold, zeros_printed).assign(reader=reader)
        for reader, doubts in zip(readers, doubted, strict=True)
        if doubts.any()
    ]
    table = pd.concat([_table([]).assign(reader=""), *found]).reset_index()
    return table[["reader", "cell", "lowest", "highest"]]


def _doubted(laid: Board, readers: list[str], threshold: int, zeros_printed: bool) -> Flags:
    """One row per reader: the hidden counts that are not yet shown to be safe from him.

    Who is in a crowd with whom decides how long it takes, and nothing else.
    """
    doubted = np.array([laid.hidden & ~_owned(laid, reader) for reader in readers])
    for size in (FEW, LARGEST):
        dealt = crowds(readers[1:], size)
        for crowd in dealt if len(dealt) > 1 else ():
            strangers = ~np.isin(laid.owner, ["", *crowd])
            for attacker in ("", *crowd):
                # Whoever is not in the crowd knows no more than an attacker from outside it.
                covered = np.isin(readers, [attacker] if attacker else crowd, invert=not attacker)
                known = strangers | _owned(laid, attacker)
                asked = doubted[covered].any(axis=0) & ~known
                doubted[covered] &= ~_safe(laid, known, asked, threshold, zeros_printed)
    return doubted


def _safe(laid: Board, known: Flags, asked: Flags, threshold: int, zeros_printed: bool) -> Flags:
    """Which of some hidden counts cannot be worked out by who knows some counts beforehand."""
    safe = np.zeros_like(asked)
    for program in laid.programs(known, asked, zeros_printed):
        for cell in program.asked:
            safe[program.places[cell]] = program.is_safe(cell, threshold)
    return safe


def _learned(
    laid: Board, reader: str, asked: Flags, threshold: int, zeros_printed: bool
) -> pd.DataFrame:
    """What a reader learns of some hidden counts."""
    known = _owned(laid, reader)
    weak = _unsafe(laid, known, asked, threshold, zeros_printed)
    if not reader or weak.empty:
        return weak
    # What he would know just as well when nothing but zeros were shown, is not learned.
    zeros = laid.shown & (laid.count == 0)
    without = replace(laid, shown=zeros, hidden=laid.hidden | (laid.shown & ~zeros))
    suspects = np.isin(laid.names, weak.index)
    known_anyway = _unsafe(without, known, suspects, threshold, zeros_printed)
    return weak[~weak.index.isin(known_anyway.index)]


def _unsafe(
    laid: Board, known: Flags, asked: Flags, threshold: int, zeros_printed: bool
) -> pd.DataFrame:
    rows = [
        (str(laid.names[program.places[cell]]), program.least(cell), program.most(cell))
        for program in laid.programs(known, asked, zeros_printed)
        for cell in program.asked
        if not program.is_safe(cell, threshold)
    ]
    return _table(rows)


def _owned(laid: Board, reader: str) -> Flags:
    return (laid.owner == reader) & (reader != "")


def _table(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["cell", "lowest", "highest"])
    return table.astype({"lowest": "float64", "highest": "float64"}).set_index("cell").sort_index()
