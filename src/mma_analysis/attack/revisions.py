"""What a revision tells: the rows of a gemeente before and after it, tied by what came and went.

A reader knows how many rows came in and how many went out, not which. Of each class on the same
days: after = before + in − out.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

from mma_analysis.attack.atoms import Array, Atoms, Family, Places, Terms


@dataclass(frozen=True)
class Revision:
    """A gemeente of which all rows were booked anew, under another name.

    A reader knows how many rows came `into` it and how many went `out` (one that changed did both),
    but not which: one row per melding, with its `day` and classes.
    """

    before: str
    after: str
    into: pd.DataFrame
    out: pd.DataFrame


@dataclass(frozen=True)
class Block:
    """The days that pieces of a family, before and after, make up together."""

    days: Places  # runs of the gemeente as it is after
    before: Places  # pieces
    after: Places


class Moves:
    """The unknowns of a revision beside the atoms: what came in and went out, per block and class.

    `truth`: of each unknown. `sums`: a row per sum, of the atoms and then of these unknowns, that is
    exactly `total`.
    """

    def __init__(self, atoms: Atoms, revision: Revision) -> None:
        self._atoms = atoms
        self.revision = revision
        self._first: dict[str, int] = {}
        self._blocks: dict[str, list[Block]] = {}
        size = 0
        for name, family in atoms.families.items():
            blocks = _blocks(atoms, family, revision)
            self._blocks[name] = blocks
            self._first[name] = size
            size += 2 * len(blocks) * len(family.codes)
        self.size = size

    def _places(self, name: str, block: int, code: int) -> tuple[int, int]:
        """The places among the unknowns of what came in and of what went out."""
        number = self._first[name] + 2 * (
            block * len(self._atoms.families[name].codes) + code
        )
        return number, number + 1

    @cached_property
    def truth(self) -> Array:
        """How many rows came in, and went out, in each block and class."""
        counts = np.zeros(self.size)
        for sign, rows in enumerate((self.revision.into, self.revision.out)):
            own = rows.assign(gemeente=self.revision.after)
            run = self._atoms.days.run_of(own)
            for name, family in self._atoms.families.items():
                if name and name not in rows:
                    continue
                code = np.zeros(len(rows), dtype=np.intp)
                if name:
                    code = family.codes.get_indexer(pd.Index(rows[name]))
                for number, block in enumerate(self._blocks[name]):
                    inside = np.isin(run, block.days) & (code >= 0)
                    for one in code[inside]:
                        counts[self._places(name, number, int(one))[sign]] += 1
        return counts

    @cached_property
    def sums(self) -> tuple[csr_array, Array]:
        """The sums of atoms and unknowns, and what each of them is."""
        ties = Terms()
        moves = Terms()
        totals = []
        for name, family in self._atoms.families.items():
            for number, block in enumerate(self._blocks[name]):
                for code in range(len(family.codes)):
                    into, out = self._places(name, number, code)
                    at = np.array([code])
                    ties.add(
                        [
                            (family.atoms(block.after[:, np.newaxis], at).ravel(), 1.0),
                            (family.atoms(block.before[:, np.newaxis], at).ravel(), -1.0),
                        ]
                    )
                    moves.add([(np.array([into]), -1.0), (np.array([out]), 1.0)])
                    totals.append(0.0)
        for name in self._blocks:
            for sign in (0, 1):
                self._add_classes(name, sign, ties, moves, totals)
        of_atoms = ties.matrix(self._atoms.size)
        of_moves = moves.matrix(self.size)
        return csr_array(hstack([of_atoms, of_moves])), np.array(totals)

    def _add_classes(
        self, name: str, sign: int, ties: Terms, moves: Terms, totals: list[float]
    ) -> None:
        """All classes of a block move as its total does; all totals together are known."""
        nothing = np.array([], dtype=np.intp)
        if name == "":
            every = [
                self._places("", number, 0)[sign] for number in range(len(self._blocks[""]))
            ]
            ties.add([(nothing, 1.0)])
            moves.add([(np.array(every, dtype=np.intp), 1.0)])
            totals.append(float(self.truth[every].sum()))
            return
        codes = range(len(self._atoms.families[name].codes))
        for number, block in enumerate(self._blocks[name]):
            own = [self._places(name, number, code)[sign] for code in codes]
            inside = [
                self._places("", place, 0)[sign]
                for place, total in enumerate(self._blocks[""])
                if set(total.days) <= set(block.days)
            ]
            covered = {run for total in self._blocks[""] for run in total.days}
            if name.startswith("delivered") or not set(block.days) <= covered:
                continue
            ties.add([(nothing, 1.0)])
            own_places = np.array(own, dtype=np.intp)
            total_places = np.array(inside, dtype=np.intp)
            moves.add([(own_places, 1.0), (total_places, -1.0)])
            totals.append(0.0)


def _blocks(atoms: Atoms, family: Family, revision: Revision) -> list[Block]:
    """The least unions of pieces before and of pieces after that are the same days."""
    if family.name.startswith("delivered"):
        return []
    runs = atoms.days.runs
    ours = _pieces(runs, family, revision.after)
    theirs = _pieces(runs, family, revision.before)
    if ours.empty or theirs.empty:
        return []
    both = ours.merge(theirs, how="cross", suffixes=("", "_of"))
    both = both[(both["begin"] < both["until_of"]) & (both["begin_of"] < both["until"])]
    after = np.unique(ours["piece"])
    before = np.unique(theirs["piece"])
    links = csr_array(
        (
            np.ones(len(both)),
            (
                np.searchsorted(after, both["piece"]),
                len(after) + np.searchsorted(before, both["piece_of"]),
            ),
        ),
        shape=(len(after) + len(before),) * 2,
    )
    _, component = connected_components(links, directed=False)
    blocks = []
    for number in np.unique(component):
        own = after[component[: len(after)] == number]
        other = before[component[len(after) :] == number]
        of_own = ours[ours["piece"].isin(own)]
        of_other = theirs[theirs["piece"].isin(other)]
        # Days of only one of them are tied by nothing.
        if len(own) and len(other) and _days(of_own) == _days(of_other):
            blocks.append(Block(of_own["run"].to_numpy(), other, own))
    return blocks


def _pieces(runs: pd.DataFrame, family: Family, gemeente: str) -> pd.DataFrame:
    """The runs of one gemeente that are in a piece of the family."""
    table = runs.assign(run=range(len(runs)), piece=family.piece_of_run)
    return table[(table["gemeente"] == gemeente) & table["piece"].isin(family.pieces)]


def _days(runs: pd.DataFrame) -> int:
    """How many days these runs are together."""
    return int((runs["until"] - runs["begin"]).dt.days.sum())
