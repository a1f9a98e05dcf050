"""Between which numbers a reader knows each count, by linear programming over all sums."""

import time
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

WIDE = 4  # a count is known too well when its bounds are nearer to each other
FEW = 4  # or when it is certainly 1 up to and including this
FAR = 1000.0
NEAR = 1e-6
PRIMAL = 4  # of the simplex method: only the objective changes, so each solution is a good start
TOGETHER = 12  # objectives that push all open counts at once: they settle nearly all of them
Array = NDArray[np.float64]


class NotAttackedError(Exception):
    """The time was up, or no counts fit: then nothing was shown to be safe."""


class Bounds(NamedTuple):
    """What a reader knows of one count, and of which counts an end of their range tells it so."""

    place: int
    low: float
    high: float
    up: list[int]
    down: list[int]


def too_near(
    matrix: csr_array,
    truth: Array,
    low: Array,
    high: Array,
    asked: NDArray[np.bool_],
    own: Array,
    until: float,
) -> list[Bounds]:
    """Find the asked counts that a reader knows too well: of what is not its own.

    `matrix` has one row per sum and one column per count, `truth` the counts, `low` and `high` what
    the reader knows of each before it adds anything up, and `own` the part of each that is its own.
    """
    free = np.flatnonzero(high > low)
    place_of = np.full(len(truth), -1)
    place_of[free] = np.arange(len(free))
    open_counts = place_of[np.flatnonzero(asked & (high > low))]
    part, reader_own, true = matrix[:, free], own[free], truth[free]
    # Nothing is without an end, so that every objective has its best: far beyond what matters.
    solver = _solver(part, low[free], np.minimum(high[free], true + FAR), part @ true)
    lowest, highest = true.copy(), true.copy()
    random = np.random.default_rng(7)

    def is_open(count: int) -> bool:
        few = lowest[count] - reader_own[count] > 1 - NEAR
        few = few and highest[count] - reader_own[count] < FEW + 1 - NEAR
        return few or highest[count] - lowest[count] < WIDE - NEAR

    def pushed(counts: list[int], signs: Array) -> None:
        cost = np.zeros(len(free))
        cost[counts] = signs
        solver.changeColsCost(len(free), np.arange(len(free), dtype=np.int32), cost)
        if time.monotonic() > until:
            raise NotAttackedError
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise NotAttackedError
        solution = np.array(solver.getSolution().col_value)
        np.minimum(lowest, solution, out=lowest)
        np.maximum(highest, solution, out=highest)

    for turn in range(TOGETHER):
        still = [count for count in open_counts if is_open(count)]
        if not still:
            return []
        ones = np.full(len(still), 1.0 - 2.0 * turn)
        pushed(still, random.choice([-1.0, 1.0], len(still)) if turn > 1 else ones)
    found = []
    for count in open_counts:
        proof: set[tuple[int, bool]] = set()
        for sign in (1.0, -1.0):
            if is_open(count):
                pushed([count], np.array([sign]))
                proof |= _binding(solver, free)
        if is_open(count):
            up = sorted(place for place, is_up in proof if is_up)
            down = sorted(place for place, is_up in proof if not is_up)
            ends = float(lowest[count]), float(highest[count])
            found.append(Bounds(int(free[count]), ends[0], ends[1], up, down))
    return found


def _solver(matrix: csr_array, low: Array, high: Array, sums: Array) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("simplex_strategy", PRIMAL)
    solver.addVars(len(low), low, high)
    used = matrix[np.diff(matrix.indptr) > 0]
    of_used = sums[np.diff(matrix.indptr) > 0]
    starts, columns = used.indptr[:-1].astype(np.int32), used.indices.astype(np.int32)
    rows = used.shape[0], of_used, of_used, used.nnz, starts, columns, used.data
    solver.addRows(*rows)
    return solver


def _binding(solver: highspy.Highs, free: NDArray[np.int64]) -> set[tuple[int, bool]]:
    """The counts at an end of their range that keep the last objective where it is."""
    reduced = np.array(solver.getSolution().col_dual)
    return {
        (int(free[place]), bool(reduced[place] < 0))
        for place in np.flatnonzero(np.abs(reduced) > NEAR)
    }
