"""Who reads what was released, what each of them knows by itself, and what it can work out."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import highspy
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mma_analysis.attack.relations import About, sums

RECEIPTS, AGAIN = "receipts", "again"
OUTSIDER = "buitenstaander"
MOST_OWNERS = 40  # of more, only an outsider is asked
LOG = logging.getLogger(__name__)
Flags = NDArray[np.bool_]
WIDE = 4  # a count is known too well when its bounds are nearer to each other
FEW = 4  # or when it is certainly 1 up to and including this
FAR = 1000.0
NEAR = 1e-6
PRIMAL = 4  # of the simplex method: only the objective changes, so each solution is a good start
TOGETHER = 12  # objectives that push all open counts at once: they settle nearly all of them
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Learnt:
    """A count of which a reader knows the part of others too well, from `low` to `high`.

    By counts of which the upper end of the range (`up`) or the lower (`down`) tells it so.
    """

    reader: str
    count: str
    low: float
    high: float
    up: tuple[str, ...]
    down: tuple[str, ...]


@dataclass(frozen=True)
class System:
    """All counts of all issues together, what ties them, and what everybody knows of each.

    `counts`: one row per count, on its name: what it is about (see `sums`) and `count`, the truth.
    `ranges`: one row per number that went out: `count` (its name), `low`, `high`. `owners`:
    organisation → its gemeenten. `meldingen`: one row per melding and receiving `gemeente`, with
    `melding_id`; `members`: of a table of counts, which of these each counts.
    """

    counts: pd.DataFrame
    ranges: pd.DataFrame
    owners: Mapping[str, frozenset[str]]
    meldingen: pd.DataFrame
    members: Callable[[pd.DataFrame], csr_array]

    @property
    def names(self) -> pd.Index:
        """The names of all counts, remainders last."""
        return self._about.index

    @property
    def terms(self) -> pd.DataFrame:
        """Every sum that ties them: `relation`, `count`, `coefficient`."""
        return self._sums[0]

    @cached_property
    def truth(self) -> Array:
        """Every count, in the order of `names`."""
        known = self.counts["count"].to_numpy(dtype=np.float64)
        return np.append(known, self._members.sum(axis=1)[len(known) :]).astype(np.float64)

    def not_added_up(self) -> list[str]:
        """The counts that went out last and are not what their parts are together."""
        said = self.ranges.groupby("count")[["low", "high"]].last().mean(axis=1)
        terms = self.terms.assign(said=self.terms["count"].map(said))
        terms = terms[terms["said"].notna().groupby(terms["relation"]).transform("all")]
        sums = (terms["said"] * terms["coefficient"]).groupby(terms["relation"]).sum()
        wholes = terms[terms["coefficient"] < 0].set_index("relation")["count"]
        return list(wholes[sums.index[sums != 0]])

    def outsider(self, until: float) -> list[Learnt]:
        """What somebody learns who has no rows at all."""
        return self._learnt([], self.truth > 0, np.zeros(len(self.names)), until)

    def insiders(self, until: float) -> list[Learnt]:
        """What organisations learn from each other: each alone, or when that is nothing, by twos.

        What many do not know well together, fewer do not: so first all but one are asked, and for
        twos four at a time. Of a whole country nobody is: each asking takes minutes there.
        """
        owners = sorted(self.owners)
        if len(owners) > MOST_OWNERS:
            return []
        near = self.truth > 0
        for owner in owners:
            theirs = self._is_of([owner]) & (self.truth > 0)
            others = [name for name in owners if name != owner]
            near &= ~theirs | self._is_near(others, theirs, until)
        if found := [one for owner in owners for one in self._of([owner], near, until)]:
            return found
        blocks = [owners[place : place + 2] for place in range(0, len(owners), 2)]
        fours = [[*first, *second] for first, second in combinations(blocks, 2)]
        done: set[tuple[str, ...]] = set()
        for at, four in enumerate(fours, start=1):
            is_theirs = self._is_of(four)
            asked = near & (is_theirs | self._is_near(four, near & ~is_theirs, until))
            for two in combinations(four, 2):
                found += self._of(two, asked, until) if two not in done else []
                done.add(two)
            step = "aanval: elke twee organisaties, %d van %d"
            LOG.info(step, at, len(fours), extra={"share": at / len(fours)})
        return found

    def _of(self, readers: Sequence[str], asked: Flags, until: float) -> list[Learnt]:
        """What these organisations learn together of the asked counts, of what is not their own."""
        is_own = self.meldingen["gemeente"].isin(self._gemeenten(readers))
        has = self.meldingen["melding_id"].isin(self.meldingen.loc[is_own, "melding_id"])
        received, known = (self._members @ flags.to_numpy(np.float64) for flags in (is_own, has))
        own = np.where(self._about["counted"] == RECEIPTS, received, known)
        return self._learnt(readers, asked & (self.truth - own > 0), own, until)

    def _is_near(self, readers: Sequence[str], asked: Flags, until: float) -> Flags:
        """Whether readers know each asked count too well, how small it is not considered."""
        no_matter = np.full(len(self.names), np.inf)
        learnt = self._learnt(readers, asked, no_matter, until)
        return self.names.isin([one.count for one in learnt])

    def _learnt(self, who: Sequence[str], asked: Flags, own: Array, until: float) -> list[Learnt]:
        # How many tips two gemeenten received is taken to be known: who works there tells it.
        is_known = self._is_of(who) | self._about["counted"].eq(AGAIN).to_numpy()
        known = self._range.assign(truth=self.truth, own=own)
        known.loc[is_known, ["low", "high"]] = known.loc[is_known, ["truth", "truth"]].to_numpy()
        found = too_near(self._matrix, known, asked & ~is_known, until)
        name, names = " + ".join(who) or OUTSIDER, self.names
        return [
            Learnt(name, names[at], round(low, 6), round(high, 6), *(tuple(names[e]) for e in ends))
            for at, low, high, *ends in found
        ]

    @cached_property
    def _sums(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return sums(self.counts)

    @cached_property
    def _matrix(self) -> csr_array:
        terms = self.terms
        places = self.names.get_indexer(pd.Index(terms["count"]))
        at = (terms["relation"].to_numpy(dtype=np.int64), places)
        values = terms["coefficient"].to_numpy(dtype=np.float64)
        return csr_array((values, at), shape=(terms["relation"].nunique(), len(self.names)))

    @cached_property
    def _range(self) -> pd.DataFrame:
        ends = self.ranges.groupby("count").agg({"low": "max", "high": "min"}).reindex(self.names)
        return ends.astype("float64").fillna({"low": 0, "high": np.inf}).clip(lower=0)

    @cached_property
    def _about(self) -> pd.DataFrame:
        return pd.concat([self.counts[list(About._fields)], self._sums[1]])

    @cached_property
    def _members(self) -> csr_array:
        return self.members(self._about)

    def _gemeenten(self, readers: Sequence[str]) -> frozenset[str]:
        return frozenset[str]().union(*(self.owners[name] for name in readers))

    def _is_of(self, readers: Sequence[str]) -> Flags:
        """Receipts of the gemeenten of these readers alone."""
        gemeenten, every = self._gemeenten(readers), self._about["gemeenten"]
        inside = [slugs for slugs in every.unique() if gemeenten.issuperset(slugs.split(","))]
        return (every.isin(inside) & self._about["counted"].eq(RECEIPTS)).to_numpy(copy=True)


# --- between which numbers: linear programming over all sums --------------------------------------


class NotAttackedError(Exception):
    """The time was up, or no counts fit: then nothing was shown to be safe."""


def too_near(
    matrix: csr_array, known: pd.DataFrame, asked: NDArray[np.bool_], until: float
) -> Iterator[tuple[int, float, float, list[int], list[int]]]:
    """Find the asked counts that a reader knows too well: of what is not its own.

    `matrix`: a row per sum, a column per count. `known`: per count the `truth`, what the reader
    knows before it adds up (`low`, `high`), and what is its `own`. Gives the place of each, its
    bounds, and the counts of which the upper and of which the lower end of the range tells it.
    """
    free = np.flatnonzero(known["high"] > known["low"])
    true, low, high, own = known.iloc[free][["truth", "low", "high", "own"]].to_numpy(float).T
    part, open_counts = matrix[:, free], np.flatnonzero(asked[free]).tolist()
    # Nothing is without an end, so that every objective has its best: far beyond what matters.
    solver = _solver(part, low, np.minimum(high, true + FAR), part @ true)
    lowest, highest = true.copy(), true.copy()
    random = np.random.default_rng(7)

    def is_open(count: int) -> bool:
        ends = lowest[count] - own[count], highest[count] - own[count]
        return (ends[0] > 1 - NEAR and ends[1] < FEW + 1 - NEAR) or highest[count] - lowest[
            count
        ] < WIDE - NEAR

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
