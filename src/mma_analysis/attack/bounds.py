"""Between which numbers a reader knows each count, by linear programming over all sums."""

import time
from collections.abc import Iterator

import highspy
import numpy as np
import pandas as pd
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


def too_near(
    matrix: csr_array, known: pd.DataFrame, asked: NDArray[np.bool_], until: float
) -> Iterator[tuple[int, float, float, list[int], list[int]]]:
    """Find the asked counts that a reader knows too well: of what is not its own.

    `matrix` has one row per sum and one column per count; `known` one row per count: `truth`, what
    the reader knows of it before it adds anything up (`low`, `high`), and the part that is its
    `own`. Gives the place of each, its bounds, and of which counts the upper end of the range tells
    it so, and of which the lower.
    """
    free = np.flatnonzero(known["high"] > known["low"])
    true, low, high, own = known.iloc[free][["truth", "low", "high", "own"]].to_numpy(float).T
    part, open_counts = matrix[:, free], np.flatnonzero(asked[free]).tolist()
    # Nothing is without an end, so that every objective has its best: far beyond what matters.
    solver = _solver(part, low, np.minimum(high, true + FAR), part @ true)
    lowest, highest = true.copy(), true.copy()
    random = np.random.default_rng(7)

    def is_open(count: int) -> bool:
        is_few = lowest[count] - own[count] > 1 - NEAR
        is_few = is_few and highest[count] - own[count] < FEW + 1 - NEAR
        return is_few or highest[count] - lowest[count] < WIDE - NEAR

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
        if not (still := list(filter(is_open, open_counts))):
            return
        ones = np.full(len(still), 1.0 - 2.0 * turn)
        pushed(still, random.choice([-1.0, 1.0], len(still)) if turn > 1 else ones)
    for count in open_counts:
        up, down = set[int](), set[int]()
        for sign in (1.0, -1.0):
            if is_open(count):
                pushed([count], np.array([sign]))
                # The counts at an end of their range that keep the objective where it is.
                reduced = np.array(solver.getSolution().col_dual)
                up |= {*free[reduced < -NEAR].tolist()}
                down |= {*free[reduced > NEAR].tolist()}
        if is_open(count):
            ends = float(lowest[count] - own[count]), float(highest[count] - own[count])
            yield int(free[count]), *ends, sorted(up), sorted(down)


def _solver(matrix: csr_array, low: Array, high: Array, sums: Array) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("simplex_strategy", PRIMAL)
    solver.addVars(len(low), low, high)
    is_used = np.diff(matrix.indptr) > 0
    used, of_used = matrix[is_used], sums[is_used]
    starts, columns = used.indptr[:-1].astype(np.int32), used.indices.astype(np.int32)
    solver.addRows(used.shape[0], of_used, of_used, used.nnz, starts, columns, used.data)
    return solver
