"""Who reads what was released, what each of them knows by itself, and what it can work out."""

import itertools
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mma_analysis.attack.relations import About, sums

RECEIPTS, AGAIN = "receipts", "again"
OUTSIDER = "buitenstaander"
MOST_OWNERS = 40  # of more, only crowds are asked
LOG = logging.getLogger(__name__)
WIDE = 4  # a count is known too well when its bounds are nearer to each other
FAR, NEAR = 1000.0, 1e-6
PRIMAL = 4  # of the simplex method: only the objective changes, so each solution is a good start
TOGETHER = 12  # objectives that push all open counts at once: they settle nearly all of them
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


class NotAttackedError(Exception):
    """The time was up, or no counts fit: then nothing was shown to be safe."""


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
    `ranges`: one row per `number` that went out: `count` (its name), `low`, `high`. `owners`:
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

    @cached_property
    def truth(self) -> Array:
        """Every count, in the order of `names`."""
        known = self.counts["count"].to_numpy(dtype=np.float64)
        return np.append(known, self.members(self._about).sum(axis=1)[len(known) :]).astype(
            np.float64
        )

    def not_added_up(self) -> list[str]:
        """The counts that went out last and are not what their parts are together."""
        last = self.ranges.groupby("count")["number"].last()
        off = self.matrix @ last.reindex(self.names).to_numpy()  # unknown where a part did not
        return list(self.names[self.matrix[np.abs(off) > 0].argmin(axis=1)])

    def learnt(self, until: float) -> list[Learnt]:
        """What an outsider learns, or when that is nothing, organisations: each alone, or by twos.

        Of more than `MOST_OWNERS`, what crowds learn is the answer.
        """
        left, of_crowds = self._left_by_crowds(until)
        if not left.any() or len(self.owners) > MOST_OWNERS:
            return [of_crowds[name] for name in self.names[left]]
        for many in range(3):
            some = itertools.combinations(range(len(self.owners)), many)
            if found := [one for who in some for one in self._of(who, left, until)]:
                return found
        return []

    def _left_by_crowds(self, until: float) -> tuple[Flags, dict[str, Learnt]]:
        """Which counts crowds do not show to be safe from every two, and what crowds know too well.

        A crowd is all organisations but those on one line. What it does not know too well is safe
        from every one or two in it.
        """
        lines, parallel = _lines(len(self.owners))
        left = (self.truth > 0) & self._about["counted"].ne(AGAIN).to_numpy()
        is_safe = np.zeros((len(left), len(lines)), dtype=bool)
        is_of_one = self._of_owner & (self._of_owner.sum(axis=1, keepdims=True) == 1)
        of_crowds = dict[str, Learnt]()
        for at, line in enumerate(lines, start=1):
            asked = left & self._of_owner[:, line].any(axis=1)
            near = self._learnt(np.flatnonzero(~line), asked, np.zeros(len(left)), until)
            is_safe[:, at - 1] = asked & ~self.names.isin([one.count for one in near])
            of_crowds |= {one.count: one for one in near}
            LOG.info("aanval: %d van %d", at, len(lines), extra={"share": at / len(lines)})
            if at % parallel == 0 and at >= 3 * parallel:  # fewer cannot show it of any two
                has_part = is_safe.astype(np.float64) @ lines
                has_part[is_of_one] = 0  # who has it all knows it anyway
                left &= np.sort(has_part, axis=1)[:, -2:].sum(axis=1) >= is_safe.sum(axis=1)
                if not left.any():
                    break
        return left, of_crowds

    def _of(self, who: tuple[int, ...], asked: Flags, until: float) -> list[Learnt]:
        """What these organisations learn together of the asked counts, of what is not their own."""
        gemeenten = frozenset[str]().union(*(list(self.owners.values())[n] for n in who))
        is_own = self.meldingen["gemeente"].isin(gemeenten)
        has = self.meldingen["melding_id"].isin(self.meldingen.loc[is_own, "melding_id"])
        members = self.members(self._about)
        received, known = (members @ flags.to_numpy(np.float64) for flags in (is_own, has))
        own = np.where(self._about["counted"] == RECEIPTS, received, known)
        return self._learnt(np.array(who, dtype=np.intp), asked & (self.truth > own), own, until)

    def _learnt(self, who: Places, asked: Flags, own: Array, until: float) -> list[Learnt]:
        # How many tips two gemeenten received is taken to be known: who works there tells it.
        is_again = self._about["counted"].eq(AGAIN).to_numpy()
        is_known = is_again | ~np.delete(self._of_owner, who, axis=1).any(axis=1)
        low, high = (np.where(is_known, self.truth, self._range[end]) for end in ("low", "high"))
        readers, names = [list(self.owners)[place] for place in who], self.names.to_numpy()
        reader = " + ".join(readers) if len(readers) < 3 else f"{len(readers)} organisaties samen"
        found = _too_near(self.matrix, self.truth, low, high, asked & ~is_known, until)
        return [
            Learnt(reader or OUTSIDER, names[at], least, most, tuple(names[up]), tuple(names[down]))
            for at, bounds, up, down in found
            for least, most in [np.round(bounds - own[at], 6).tolist()]
        ]

    @cached_property
    def _of_owner(self) -> Flags:
        """Whether each count has a part of each organisation: a tip may be of any of them."""
        every, parts = self._about["gemeenten"], dict[str, list[bool]]()
        for slugs in every.unique():
            of = frozenset(slugs.split(","))
            parts[slugs] = [not of.isdisjoint(gemeenten) for gemeenten in self.owners.values()]
        is_of_any = self._about["counted"].ne(RECEIPTS).to_numpy()
        return np.array(every.map(parts).tolist()) | is_of_any[:, np.newaxis]

    @cached_property
    def _sums(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return sums(self.counts)

    @cached_property
    def matrix(self) -> csr_array:
        """Every sum that ties them: a row per sum, a column per count; with all counts 0."""
        terms = self._sums[0]
        at = terms["relation"].to_numpy(np.int64), self.names.get_indexer(pd.Index(terms["count"]))
        values = terms["coefficient"].to_numpy(dtype=np.float64)
        return csr_array((values, at), shape=(terms["relation"].nunique(), len(self.names)))

    @cached_property
    def _range(self) -> pd.DataFrame:
        ends = self.ranges.groupby("count").agg({"low": "max", "high": "min"}).reindex(self.names)
        return ends.astype("float64").fillna({"low": 0, "high": np.inf}).clip(lower=0)

    @cached_property
    def _about(self) -> pd.DataFrame:
        return pd.concat([self.counts[list(About._fields)], self._sums[1]])


def _lines(points: int) -> tuple[Flags, int]:
    """Lines through so many points, class after class of parallel ones, and how many are parallel.

    The points fill a square of which the side is prime: there any two are on one line together, and
    each is on one line of every class (an affine plane).
    """
    side = next(
        n for n in itertools.count(2) if n * n >= points and all(n % d for d in range(2, n))
    )
    row, column = np.divmod(np.arange(points), side)
    classes = [*((row + slope * column) % side for slope in range(side)), column]
    return np.array([place == at for place in classes for at in range(side)]), side


def _too_near(
    matrix: csr_array, truth: Array, low: Array, high: Array, asked: Flags, until: float
) -> Iterator[tuple[int, Array, list[int], list[int]]]:
    """Find the asked counts that all sums bound too well, by linear programming.

    Gives the place of each, its bounds, and the counts whose upper and whose lower end tell it.
    """
    free = np.flatnonzero(high > low)
    places, part = np.flatnonzero(asked[free]), matrix[:, free]
    # Nothing is without an end, so that every objective has its best: far beyond what matters.
    ends = low[free], np.minimum(high, truth + FAR)[free]
    solver = _solver(part, *ends, part @ truth[free])
    bounds = np.array([truth[free], truth[free]])
    random = np.random.default_rng(7)

    def is_near(counts: Places | int) -> Flags:
        return np.ptp(bounds[:, counts], axis=0) < WIDE - NEAR

    def pushed(counts: Places | int, signs: Array | float) -> Array:
        """How far the end of each range holds this objective back."""
        cost = np.zeros(len(free))
        cost[counts] = signs
        solver.changeColsCost(len(free), np.arange(len(free), dtype=np.int32), cost)
        for _ in range(2):
            if time.process_time() > until:
                raise NotAttackedError
            solver.run()
            if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                break
            solver.clearSolver()  # the last solution can be a start that leads nowhere
        else:
            raise NotAttackedError
        solution = np.array(solver.getSolution().col_value)
        bounds[:] = np.minimum(bounds[0], solution), np.maximum(bounds[1], solution)
        return np.array(solver.getSolution().col_dual)

    for turn in range(TOGETHER):
        still = places[is_near(places)]
        if not len(still):
            return
        pushed(still, random.choice([-1.0, 1.0], len(still)) if turn > 1 else 1.0 - 2.0 * turn)
    for place in places.tolist():
        up, down = set[int](), set[int]()
        for sign in (1.0, -1.0):
            if is_near(place):
                reduced = pushed(place, sign)
                up |= {*free[reduced < -NEAR].tolist()}
                down |= {*free[reduced > NEAR].tolist()}
        if is_near(place):
            yield int(free[place]), bounds[:, place], sorted(up), sorted(down)


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
