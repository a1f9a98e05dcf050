"""The other way: every count is shown, rounded so that all totals are still sums of their parts."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, identity

from mma_analysis.protect.system import System, system
from mma_analysis.vocabulary import DataError

# The search stops when no solution can be better by more than this part of the total change.
GAP = 0.02
# How many multiples a count may be further off than the nearest two, when those do not add up.
REACHES = (0, 1, 3)


def rounded(cells: pd.DataFrame, relations: pd.DataFrame, base: int) -> pd.Series:
    """Round every published count to a multiple of the base, so that every relation still holds.

    Controlled rounding (Cox 1987), by mixed integer programming: each count goes up or down to the
    next multiple, further only when no such table adds up; of those tables it is one that changes
    the counts least together, within 2%. Zeros stay zeros; what is not published is whatever the
    others need.

    Parameters
    ----------
    cells, relations
        As for `planner.plan`; owners say nothing here, and what is dear is changed less.

    Returns
    -------
    pd.Series
        One row per published cell, in the order of their names: the rounded count.

    Raises
    ------
    RelationError
        As `planner.plan`.
    DataError
        When no such table was found.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"count": [4, 14, 18], "published": True, "owner": "", "cost": 1.0},
    ...     index=pd.Index(["a", "b", "both"], name="cell"),
    ... )
    >>> terms = {"relation": "sum", "cell": ["a", "b", "both"], "coefficient": [1, 1, -1]}
    >>> rounded(cells, pd.DataFrame(terms), 5).to_dict()
    {'a': 5, 'b': 15, 'both': 20}
    """
    ordered = cells.sort_index()
    whole = system(ordered, relations, base)
    counts = np.zeros(len(ordered), dtype=np.int64)
    moving = (whole.count > 0) | ~whole.published
    for group in whole.groups(moving):
        counts[group] = _round(whole.part(group), base)
    table = pd.Series(counts, ordered.index, name="count")
    return table[whole.published].rename_axis("cell")


def _round(part: System, base: int) -> NDArray[np.int64]:
    for reach in REACHES:
        multiples = _multiples(part, base, reach)
        if multiples is not None:
            return base * multiples
    raise DataError(
        f"no rounding of all counts together was found with counts up to {REACHES[-1]} multiples "
        'off; this is a limit of mma-analysis: use methode = "verbergen" and please report it'
    )


def _multiples(part: System, base: int, reach: int) -> NDArray[np.int64] | None:
    """Solve for multiples: `relations @ multiples == 0`, as near to the counts as can be."""
    size = len(part.count)
    near = part.count / base
    weight = np.where(part.published, np.sqrt(part.cost / part.cost.min()), 1e-3)
    low = np.where(part.published, np.maximum(np.floor(near) - reach, 0), 0)
    high = np.where(part.published, np.ceil(near) + reach, np.inf)
    each = identity(size, format="csr")
    none = csr_array((part.relations.shape[0], size))
    limits = [
        LinearConstraint(hstack([part.relations, none]), 0, 0),
        LinearConstraint(hstack([each, -each]), -np.inf, near),
        LinearConstraint(hstack([each, each]), near, np.inf),
    ]
    # Equal changes would leave the choice to the solver's path.
    golden = 1 + 1e-3 * (np.arange(size) * (5**0.5 - 1) / 2 % 1)
    found = milp(
        np.concatenate([np.zeros(size), weight * golden]),
        integrality=np.concatenate([part.published, np.zeros(size)]),
        bounds=Bounds(
            np.concatenate([low, np.zeros(size)]), np.concatenate([high, np.full(size, np.inf)])
        ),
        constraints=limits,
        options={"mip_rel_gap": GAP},
    )
    return None if found.x is None else np.round(found.x[:size]).astype(np.int64)
