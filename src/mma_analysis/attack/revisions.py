"""What a revision tells: rows of a gemeente before and after, tied by what came and went.

A reader knows how many rows came in and how many went out, not which. Of each class on the
same days: after = before + in − out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

from mma_analysis.attack.atoms import (
    TOTAL_FAMILY,
    Array,
    Atoms,
    Family,
    Positions,
    SumOfAtoms,
    Terms,
    is_delivered,
    ones_at,
)

INTO = 0  # of the two unknowns of a block and class: how many rows came in
OUT = 1  # and how many went out
NO_PLACES = np.array([], dtype=np.intp)


@dataclass(frozen=True)
class Revision:
    """A gemeente of which all rows were booked anew, under another name.

    A reader knows how many rows came `into` it and how many went `out` (one that changed
    did both), but not which. One row per melding, with its `day` and its class in each
    family.
    """

    before: str
    after: str
    into: pd.DataFrame
    out: pd.DataFrame


@dataclass(frozen=True)
class Block:
    """The days that pieces of a family, before and after, make up together."""

    runs: Positions  # of the gemeente as it is after
    before: Positions  # pieces
    after: Positions


class Moves:
    """The unknowns of a revision beside the atoms: what came in and went out.

    Two of each block and class: how many rows came in, and how many went out.

    - `truth`: what each unknown is.
    - `sums`: a row per sum of the atoms, and then of these unknowns, that is exactly known,
      and what it is.
    """

    def __init__(self, atoms: Atoms, revision: Revision) -> None:
        self._atoms = atoms
        self.revision = revision
        self._first: dict[str, int] = {}
        self._blocks: dict[str, list[Block]] = {}
        self.size = 0
        for name, family in atoms.families.items():
            blocks = _blocks(atoms, family, revision)
            self._blocks[name] = blocks
            self._first[name] = self.size
            self.size += 2 * len(blocks) * len(family.codes)

    def _places(self, name: str, block: int, way: int) -> Positions:
        """The places of what moved this way in a block: of each class of the family."""
        codes = self._atoms.families[name].every_code
        moves_of_block = 2 * len(codes)
        before = block * moves_of_block
        first = self._first[name] + before
        return first + 2 * codes + way

    @cached_property
    def truth(self) -> Array:
        """How many rows came in, and went out, in each block and class."""
        counts = np.zeros(self.size)
        self._count(self.revision.into, INTO, counts)
        self._count(self.revision.out, OUT, counts)
        return counts

    def _count(self, rows: pd.DataFrame, way: int, counts: Array) -> None:
        """Put in the counts how many of these rows, that moved this way, are in each."""
        days = rows.assign(gemeente=self.revision.after)
        run = self._atoms.days.run_of(days)
        for name, family in self._atoms.families.items():
            if is_delivered(name):
                continue
            code = family.code_of_rows(rows)
            has_code = code >= 0
            for number, block in enumerate(self._blocks[name]):
                is_inside = np.isin(run, block.runs) & has_code
                places = self._places(name, number, way)
                counts[places] = np.bincount(
                    code[is_inside],
                    minlength=len(places),
                )

    @cached_property
    def sums(self) -> tuple[csr_array, Array]:
        """The sums of atoms and unknowns, and what each of them is."""
        of_atoms = Terms()
        of_moves = Terms()
        totals = []
        for atoms, moves, total in self._sums():
            of_atoms.add(atoms)
            of_moves.add(moves)
            totals.append(total)
        matrix = hstack(
            [
                of_atoms.matrix(self._atoms.size),
                of_moves.matrix(self.size),
            ]
        )
        return csr_array(matrix), np.array(totals)

    def _sums(self) -> Iterator[tuple[SumOfAtoms, SumOfAtoms, float]]:
        """Each sum: its atoms, its unknowns, and what it is."""
        for name in self._blocks:
            for atoms, moves in self._of_classes(name):
                yield atoms, moves, 0.0

        for name in self._blocks:
            for way in (INTO, OUT):
                of_total = self._places_of_total(way)
                if name == TOTAL_FAMILY:
                    every = np.concatenate([NO_PLACES, *of_total])
                    number = self.truth[every].sum()
                    yield [], [(every, 1.0)], float(number)
                    continue
                for moves in self._of_totals(name, way, of_total):
                    yield [], moves, 0.0

    def _places_of_total(self, way: int) -> list[Positions]:
        """The places of what moved this way, in each block of totals."""
        number = len(self._blocks[TOTAL_FAMILY])
        return [self._places(TOTAL_FAMILY, block, way) for block in range(number)]

    def _of_classes(self, name: str) -> Iterator[tuple[SumOfAtoms, SumOfAtoms]]:
        """Of each class in a block: after − before − in + out = 0."""
        family = self._atoms.families[name]
        for number, block in enumerate(self._blocks[name]):
            into = self._places(name, number, INTO)
            out = self._places(name, number, OUT)
            for code in family.every_code:
                own = np.array([code])
                after = family.every(block.after, own)
                before = family.every(block.before, own)
                atoms = [(after, 1.0), (before, -1.0)]
                moves = [(into[own], -1.0), (out[own], 1.0)]
                yield atoms, moves

    def _of_totals(
        self,
        name: str,
        way: int,
        of_total: Sequence[Positions],
    ) -> Iterator[SumOfAtoms]:
        """Of each block: its classes together − the totals of the same days = 0."""
        blocks_of_total = self._blocks[TOTAL_FAMILY]
        covered = set[int]()
        for total in blocks_of_total:
            covered.update(total.runs)

        for number, block in enumerate(self._blocks[name]):
            if not covered.issuperset(block.runs):
                continue
            inside = [NO_PLACES]
            for total, places in zip(blocks_of_total, of_total, strict=True):
                if np.isin(total.runs, block.runs).all():
                    inside.append(places)
            own = self._places(name, number, way)
            yield [(own, 1.0), (np.concatenate(inside), -1.0)]


def _blocks(atoms: Atoms, family: Family, revision: Revision) -> list[Block]:
    """The least unions of pieces before and of pieces after that are the same days."""
    if is_delivered(family.name):
        return []
    of_after = _runs_of(revision.after, atoms, family)
    of_before = _runs_of(revision.before, atoms, family)
    if of_after.empty or of_before.empty:
        return []

    after = np.unique(of_after["piece"])
    before = np.unique(of_before["piece"])
    both = of_after.merge(of_before, how="cross", suffixes=("", "_before"))
    begins_in_time = both["begin"] < both["until_before"]
    ends_in_time = both["begin_before"] < both["until"]
    both = both[begins_in_time & ends_in_time]

    # Pieces after, and then pieces before: linked where they have days in common.
    place_after = np.searchsorted(after, both["piece"])
    place_before = np.searchsorted(before, both["piece_before"])
    number = len(after) + len(before)
    links = ones_at(
        place_after,
        len(after) + place_before,
        shape=(number, number),
    )
    blocks_in_all, block_of = connected_components(links, directed=False)
    block_of_after = block_of[: len(after)]
    block_of_before = block_of[len(after) :]

    blocks = []
    for block in range(blocks_in_all):
        own_after = after[block_of_after == block]
        own_before = before[block_of_before == block]
        runs_after = of_after[of_after["piece"].isin(own_after)]
        runs_before = of_before[of_before["piece"].isin(own_before)]
        # Days of only one of them are tied by nothing.
        if _days(runs_after) == _days(runs_before):
            blocks.append(Block(runs_after["run"].to_numpy(), own_before, own_after))
    return blocks


def _runs_of(gemeente: str, atoms: Atoms, family: Family) -> pd.DataFrame:
    """The runs of one gemeente that are in a piece of the family, with its number."""
    runs = atoms.days.runs
    table = runs.reset_index(names="run").assign(piece=family.piece_of_run)
    is_own = table["gemeente"] == gemeente
    has_piece = table["piece"].isin(family.pieces)
    return table[is_own & has_piece]


def _days(runs: pd.DataFrame) -> int:
    """How many days these runs are together."""
    lengths = runs["until"] - runs["begin"]
    return int(lengths.dt.days.sum())
