"""What an outsider can work out: bounds of every count, by linear programming over all sums."""

import highspy
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

PRIMAL = 4  # only the objective changes, so the last solution is a good beginning
TOGETHER = 12  # objectives that push all counts at once: they settle nearly all of them


def bounds(cells: pd.DataFrame, relations: pd.DataFrame, enough: float) -> pd.DataFrame:
    """Low and high of every asked count; as far as needed to say that they are `enough` apart.

    `cells` has on its name: `low`, `high` (what a reader knows of it by itself), `count` (the
    truth, which is one solution) and `asked`.
    """
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("simplex_strategy", PRIMAL)
    size = len(cells)
    solver.addVars(size, cells["low"].to_numpy(float), cells["high"].to_numpy(float))
    number, sums = pd.factorize(relations["relation"], sort=True)
    values = relations["coefficient"].to_numpy(float)
    place = cells.index.get_indexer(pd.Index(relations["cell"]))
    matrix = csr_array((values, (number, place)), shape=(len(sums), size))
    nothing = np.zeros(len(sums))
    solver.addRows(
        *(len(sums), nothing, nothing, matrix.nnz),
        *(matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data),
    )
    low = high = cells["count"].to_numpy(float)
    asked = np.flatnonzero(cells["asked"])
    random = np.random.default_rng(7)
    everywhere = np.arange(size, dtype=np.int32)

    def reached(cost: np.ndarray) -> np.ndarray:
        solver.changeColsCost(size, everywhere, cost)
        solver.run()
        assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.array(solver.getSolution().col_value)

    def is_open(cell: int) -> bool:
        certainly_few = low[cell] > 1 - 1e-6 and high[cell] < enough + 1 - 1e-6
        return high[cell] - low[cell] < enough - 1e-6 or certainly_few

    for turn in range(TOGETHER):
        cost = np.zeros(size)
        still = [cell for cell in asked if is_open(cell)]
        signs = random.choice([-1.0, 1.0], len(still)) if turn > 1 else 1.0 - 2.0 * turn
        cost[still] = signs
        solution = reached(cost)
        low, high = np.minimum(low, solution), np.maximum(high, solution)
    for cell in asked:
        for sign in (1.0, -1.0):
            if is_open(cell):
                cost = np.zeros(size)
                cost[cell] = sign
                solution = reached(cost)
                low, high = np.minimum(low, solution), np.maximum(high, solution)
    return pd.DataFrame({"low": low, "high": high}, cells.index).iloc[asked]
