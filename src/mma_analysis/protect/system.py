"""All counts and the relations between them as one system of linear equations."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components

from mma_analysis.vocabulary import DataError


class RelationError(DataError, ValueError):
    """The counts do not satisfy a relation that is said to hold between them."""


class ReleasedError(DataError):
    """What was released before cannot be taken back, and gives a small count away."""


@dataclass(frozen=True)
class System:
    """Counts of which `relations @ count == 0` is known to everybody.

    One entry per cell, one row of `relations` per relation. `known` has one row per reader: which
    counts he knows beforehand. The first knows none; each other reader knows those of one owner.
    Cells that are `released` were shown before, cells that are `withheld` must not be shown.
    """

    relations: csr_array
    names: NDArray[np.object_]
    count: NDArray[np.int64]
    published: NDArray[np.bool_]
    known: NDArray[np.bool_]
    cost: NDArray[np.float64]
    released: NDArray[np.bool_]
    withheld: NDArray[np.bool_]
    threshold: int

    @property
    def primary(self) -> NDArray[np.bool_]:
        """Published counts that are themselves too small to show; zero is not one of them."""
        is_small = (self.count > 0) & (self.count < self.threshold)
        return self.published & is_small & ~self.released

    @property
    def secret(self) -> NDArray[np.bool_]:
        """What is hidden whatever else is: small counts and what is withheld."""
        return self.primary | self.withheld

    @property
    def movable(self) -> NDArray[np.bool_]:
        """Counts that a reader may not know: a published zero is always shown."""
        return ~self.released & (~self.published | (self.count > 0))

    def part(self, cells: NDArray[np.intp]) -> Self:
        """Keep some cells, and the relations between them; all other cells are constants."""
        columns = self.relations[:, cells]
        return type(self)(
            relations=csr_array(columns[np.flatnonzero(np.diff(columns.indptr))]),
            names=self.names[cells],
            count=self.count[cells],
            published=self.published[cells],
            known=self.known[:, cells],
            cost=self.cost[cells],
            released=self.released[cells],
            withheld=self.withheld[cells],
            threshold=self.threshold,
        )

    def groups(self, cells: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
        """Split some cells into groups without a relation between one and another."""
        chosen = np.flatnonzero(cells)
        if not len(chosen):
            return []
        columns = csr_array(self.relations[:, chosen])
        # Cells beside relations: which cells share one would be many pairs.
        linked = block_array([[None, columns.T], [columns, None]], format="csr")
        _, label = connected_components(linked, directed=False)
        order = np.argsort(label[: len(chosen)], kind="stable")
        ends = np.cumsum(np.bincount(label[: len(chosen)]))
        return [chosen[group] for group in np.split(order, ends[:-1])]


def system(cells: pd.DataFrame, relations: pd.DataFrame, threshold: int) -> System:
    """Build the system from tables, in the order of `cells`; errors as in `planner.plan`."""
    _check_cells(cells)
    readers = ["", *sorted(set(cells["owner"]) - {""})]
    count = cells["count"].to_numpy(dtype=np.int64)
    matrix = _matrix(cells.index, relations, count)
    return System(
        relations=matrix,
        names=cells.index.to_numpy(dtype=object),
        count=count,
        published=cells["published"].to_numpy(dtype=bool),
        known=np.array([(cells["owner"] == owner) & (owner != "") for owner in readers]),
        cost=cells["cost"].to_numpy(dtype=np.float64),
        released=_flags(cells, "released"),
        withheld=_flags(cells, "withheld"),
        threshold=threshold,
    )


def _flags(cells: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    if column not in cells:
        return np.zeros(len(cells), dtype=bool)
    return cells[column].to_numpy(dtype=bool)


def _check_cells(cells: pd.DataFrame) -> None:
    if not cells.index.is_unique:
        name = cells.index[cells.index.duplicated()][0]
        raise RelationError(f"cell '{name}' occurs twice; expected one row per cell")
    for column, wrong, expected in (
        ("count", cells["count"] < 0, "0 or more"),
        ("cost", ~cells["cost"].between(0, np.inf, inclusive="neither"), "more than 0"),
    ):
        if wrong.any():
            raise DataError(f"cell '{cells.index[wrong][0]}': {column} must be {expected}")


def _matrix(names: pd.Index, relations: pd.DataFrame, count: NDArray[np.int64]) -> csr_array:
    column = names.get_indexer(pd.Index(relations["cell"]))
    if (column < 0).any():
        row = relations[column < 0].iloc[0]
        raise RelationError(f"relation '{row['relation']}' names unknown cell '{row['cell']}'")
    # Sorted, so that the order of the rows of `relations` cannot matter.
    number, found = pd.factorize(relations["relation"], sort=True)
    values = relations["coefficient"].to_numpy(dtype=np.float64)
    matrix = csr_array((values, (number, column)), shape=(len(found), len(names)))
    matrix.sort_indices()
    wrong = np.flatnonzero(matrix @ count)
    if len(wrong):
        raise RelationError(
            f"relation '{found[wrong[0]]}' does not add up: the counts differ by "
            f"{(matrix @ count)[wrong[0]]:g}, expected 0; repair how the counts are measured"
        )
    return matrix
