"""What an outsider can work out: bounds of every count, by linear programming over all sums."""

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

TOGETHER = 12  # objectives that push all counts at once: they settle nearly all of them


def bounds(cells: pd.DataFrame, relations: pd.DataFrame, enough: float) -> pd.DataFrame:
    """Low and high of every asked count; as far as needed to say that they are `enough` apart.

    `cells` has on its name: `low`, `high` (what a reader knows of it by itself), `count` (the
    truth, which is one solution) and `asked`.
    """
    number, sums = pd.factorize(relations["relation"], sort=True)
    place = cells.index.get_indexer(pd.Index(relations["cell"]))
    values = relations["coefficient"].to_numpy(float)
    matrix = csr_array((values, (number, place)), shape=(len(sums), len(cells)))
    asked, ends = np.flatnonzero(cells["asked"]), cells[["low", "high"]].to_numpy(float)
    found = np.array([cells["count"], cells["count"]], dtype=float)
    random = np.random.default_rng(7)

    def open_ones() -> np.ndarray:
        low, high = found[:, asked]
        is_certainly_few = (low > 1 - 1e-6) & (high < enough + 1 - 1e-6)
        return asked[(high - low < enough - 1e-6) | is_certainly_few]

    def push(places: np.ndarray, signs: object) -> None:
        cost = np.zeros(len(cells))
        cost[places] = signs
        solved = linprog(cost, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=ends)
        assert solved.status == 0
        found[:] = np.minimum(found[0], solved.x), np.maximum(found[1], solved.x)

    for turn in range(TOGETHER):
        still = open_ones()
        push(still, random.choice([-1.0, 1.0], len(still)) if turn > 1 else 1.0 - 2.0 * turn)
    for cell in open_ones():
        push(cell, 1.0)
        push(cell, -1.0)
    return pd.DataFrame(found.T, cells.index, ["low", "high"]).iloc[asked]
