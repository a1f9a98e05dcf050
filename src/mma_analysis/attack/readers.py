"""Who reads what was released, what each of them knows by itself, and what it can work out."""

import itertools
import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import highspy
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis.attack.atoms import Flags, Places
from mma_analysis.attack.system import OUTSIDER, Array, Disclosure, System

LOG = logging.getLogger(__name__)
MOST_OWNERS = 40  # of more, only crowds are asked
WIDE = 4  # a count is known too well when its ends are nearer to each other
FAR = 1000.0  # beyond what matters: with it every objective has a best
NEAR = 1e-6
PRIMAL = (
    4  # of the simplex method: only the objective changes, so each solution is a good start
)
TOGETHER = (
    12  # objectives that push all open counts at once: they settle nearly all of them
)
POLICE = "politie"
TO_POLICE = ("politie", "politie_en_partner")  # classes of who received a tip too
AT_ONCE = 2  # readers


class NotAttackedError(Exception):
    """The time was up, or no counts fit: then nothing was shown to be safe."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads all that went out.

    Of each atom it knows that it lies between `low` and `high`, and of each count (and atom) its
    own part, `own`.
    """

    name: str
    low: Array
    high: Array
    own: Array


def readers(system: System, until: float) -> tuple[list[Disclosure], pd.DataFrame]:
    """What some reader learns: an outsider, an organisation, two of these, or the police.

    Also how far apart the ends are of each count for the reader for whom they are nearest: a row
    per count, `reader` and `width` (at least so wide). Of more than `MOST_OWNERS` organisations
    crowds stand for all.
    """
    attack = _Attack(system, until)
    nobody = np.array([], dtype=np.intp)
    found = attack.of_readers([crowd(system, nobody), police(system)], attack.asked)
    if not found:
        attack.ask_crowds()
        found = attack.by_few()
    return found, attack.narrowest


def crowd(system: System, who: Places) -> Reader:
    """Organisations that put all they have together."""
    names = list(system.owners)
    members = [names[place] for place in who]
    slugs = frozenset[str]().union(*(system.owners[name] for name in members))
    is_own = system.rows["gemeente"].isin(slugs).to_numpy()
    is_known = np.isin(system.gemeente_of_unknowns(), list(slugs))
    name = " + ".join(members) if len(members) < 3 else f"{len(members)} organisaties samen"
    return Reader(
        name or OUTSIDER,
        low=np.where(is_known, system.unknowns, 0.0),
        high=np.where(is_known, system.unknowns, np.inf),
        own=system.own_part(is_own),
    )


def police(system: System) -> Reader:
    """The police knows every tip that also went to the police, and reads the report."""
    is_own = system.rows["also_sent_to"].isin(TO_POLICE).to_numpy()
    own = system.placed @ is_own.astype(np.float64)
    high = np.full(len(own), np.inf)
    family = system.atoms.families.get("also_sent_to")
    if family is not None:
        codes = family.codes.get_indexer(pd.Index(TO_POLICE))
        known = family.atoms(family.pieces[:, np.newaxis], codes[codes >= 0]).ravel()
        high[known] = own[known]
    more = len(system.unknowns) - len(own)
    low = system.of_unknowns(own)
    return Reader(
        POLICE, low, np.append(high, np.full(more, np.inf)), system.own_part(is_own)
    )


class _Attack:
    """One attack under way: which counts are asked, and how near their ends were seen."""

    def __init__(self, system: System, until: float) -> None:
        self.system = system
        self.until = until
        self.asked = _asked(system)
        self.narrowest = pd.DataFrame({"reader": "", "width": np.inf}, index=system.names)
        self.left = self.asked.copy()  # what crowds did not show to be safe from every two
        self.of_crowds: dict[str, Disclosure] = {}
        self.lines, self._parallel = _lines(len(system.owners))
        self._is_safe = np.zeros((len(self.asked), len(self.lines)), dtype=bool)

    def of_readers(self, readers: Sequence[Reader], asked: Flags) -> list[Disclosure]:
        """What each of these readers learns of the asked counts, of what is not its own."""
        works = self._side_by_side(readers, [asked] * len(readers))
        return [one for work in works for one in work.found]

    def _side_by_side(
        self, readers: Sequence[Reader], asked: Sequence[Flags]
    ) -> list["_Work"]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            works = list(
                pool.map(partial(_work, self.system, until=self.until), readers, asked)
            )
        for reader, work in zip(readers, works, strict=True):
            self._note(reader, work)
        return works

    def _note(self, reader: Reader, work: "_Work") -> None:
        """Keep for which reader the ends of each count are nearest.

        What a crowd knows too well is asked of who is in it.
        """
        is_found = self.system.names.isin([one.count for one in work.found])
        is_nearer = (
            work.asked & (work.width < self.narrowest["width"].to_numpy()) & ~is_found
        )
        self.narrowest.loc[is_nearer, "reader"] = reader.name
        self.narrowest.loc[is_nearer, "width"] = work.width[is_nearer]

    def ask_crowds(self) -> None:
        """Find which counts crowds show to be safe from every two, and what crowds learn.

        A crowd is all organisations but those on one line. What it does not know too well is safe
        from every one or two in it.
        """
        of_owner = _of_owners(self.system)
        is_of_one = of_owner & (of_owner.sum(axis=1, keepdims=True) == 1)
        for first in range(0, len(self.lines), self._parallel):
            own = range(first, first + self._parallel)
            self._ask_class(own, of_owner)
            share = own.stop / len(self.lines)
            LOG.info("aanval: %d van %d", own.stop, len(self.lines), extra={"share": share})
            if first >= 2 * self._parallel:  # fewer cannot show it of any two
                has_part = self._is_safe.astype(np.float64) @ self.lines
                has_part[is_of_one] = 0  # who has it all knows it anyway
                most_of_two = np.sort(has_part, axis=1)[:, -2:].sum(axis=1)
                self.left &= most_of_two >= self._is_safe.sum(axis=1)
                if not self.left.any():
                    return

    def _ask_class(self, own: range, of_owner: Flags) -> None:
        """Ask all but those on each of these parallel lines: side by side."""
        crowds = [crowd(self.system, np.flatnonzero(~self.lines[at])) for at in own]
        asked = [self.left & of_owner[:, self.lines[at]].any(axis=1) for at in own]
        works = self._side_by_side(crowds, asked)
        for at, of_line, work in zip(own, asked, works, strict=True):
            self.of_crowds.update({one.count: one for one in work.found})
            is_near = self.system.names.isin([one.count for one in work.found])
            self._is_safe[:, at] = of_line & ~is_near

    def by_few(self) -> list[Disclosure]:
        """What single organisations, and then two together, learn of what is left."""
        if not self.left.any():
            return []
        owners = len(self.system.owners)
        if owners > MOST_OWNERS:
            names = self.system.names[self.left]
            return [self.of_crowds[name] for name in names if name in self.of_crowds]
        found = list[Disclosure]()
        pairs = _Pairs(owners, self.left)
        for line, is_safe in zip(self.lines, self._is_safe.T, strict=True):
            pairs.clear(np.flatnonzero(~line), is_safe)
        for who in _halves(owners):
            asked = pairs.open_to(who)
            if asked.any():
                reader = crowd(self.system, who)
                work = _work(self.system, reader, asked, self.until)
                is_near = self.system.names.isin([one.count for one in work.found])
                pairs.clear(who, asked & ~is_near)
        for who in [*itertools.combinations(range(owners), 1), *pairs.all]:
            asked = pairs.open_to_all_of(who)
            if asked.any():
                reader = crowd(self.system, np.array(who, dtype=np.intp))
                found += self.of_readers([reader], asked)
            if len(who) == 1 and who[0] == owners - 1 and found:
                return found
        return found


class _Pairs:
    """Of which counts every two organisations are not yet shown to learn nothing."""

    def __init__(self, owners: int, left: Flags) -> None:
        self.all = list(itertools.combinations(range(owners), 2))
        self._members = np.zeros((len(self.all), owners), dtype=bool)
        for place, pair in enumerate(self.all):
            self._members[place, list(pair)] = True
        self._is_open = np.repeat(left[:, np.newaxis], len(self.all), axis=1)

    def _within(self, who: Places) -> Flags:
        """Which pairs are in this group."""
        return self._members[:, who].sum(axis=1) == 2

    def clear(self, who: Places, is_safe: Flags) -> None:
        """What is safe from a group is safe from every two in it."""
        self._is_open[np.ix_(is_safe, self._within(who))] = False

    def open_to(self, who: Places) -> Flags:
        """The counts that some two of this group may learn."""
        return self._is_open[:, self._within(who)].any(axis=1)

    def open_to_all_of(self, who: tuple[int, ...]) -> Flags:
        """The counts that all pairs with these may learn: what one learns, two with it learn."""
        is_with = self._members[:, list(who)].all(axis=1)
        return self._is_open[:, is_with].all(axis=1)


def _halves(owners: int) -> list[Places]:
    """Groups of about half of all, in one of which every two are: each two of four blocks."""
    block = np.arange(owners) % 4
    pairs = itertools.combinations(range(4), 2)
    return [np.flatnonzero(np.isin(block, pair)) for pair in pairs] if owners > 4 else []


@dataclass(frozen=True)
class _Work:
    """What came of asking one reader: which counts, what it learns, and how wide each was seen."""

    asked: Flags
    found: list[Disclosure]
    width: Array


def _work(system: System, reader: Reader, asked: Flags, until: float) -> _Work:
    program = _Program(system, reader, until)
    is_asked = asked & (system.truth > reader.own + NEAR) & program.is_open
    found = list(program.too_near(np.flatnonzero(is_asked)))
    return _Work(is_asked, found, np.ptp(program.seen, axis=0))


def _asked(system: System) -> Flags:
    """The counts and atoms that may not be known too well: of meldingen that there are."""
    counts = system.atoms.of_counts
    is_asked = system.truth > NEAR
    is_asked[: len(system.counts)] &= system.is_open
    # An atom that is a count is asked once.
    is_single = (np.diff(counts.indptr) == 1) & system.is_receipts
    single = counts.indices[counts.indptr[:-1][is_single]]
    is_asked[len(system.counts) + single] = False
    return is_asked


def _of_owners(system: System) -> Flags:
    """Whether each count, and each atom, has a part of each organisation."""
    gemeenten = system.atoms.gemeente
    has_part = np.zeros((len(system.names), len(system.owners)), dtype=bool)
    for place, slugs in enumerate(system.owners.values()):
        is_own = np.isin(gemeenten, list(slugs)).astype(np.float64)
        has_part[:, place] = system.sets @ system.of_unknowns(is_own) > 0
    is_of_any = np.append(~system.is_receipts, np.zeros(system.atoms.size, dtype=bool))
    has_part[is_of_any] = True  # a tip may be of any of them
    return has_part


def _lines(points: int) -> tuple[Flags, int]:
    """Lines through so many points, class after class of parallel ones, and how many are parallel.

    The points fill a square of which the side is prime: there any two are on one line together, and
    each is on one line of every class (an affine plane).
    """
    side = next(n for n in itertools.count(2) if n * n >= points and _is_prime(n))
    row, column = np.divmod(np.arange(points), side)
    classes = [(row + slope * column) % side for slope in range(side)]
    classes.append(column)
    lines = [place == at for place in classes for at in range(side)]
    return np.array(lines), side


def _is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, number))


class _Program:
    """Linear programs of one reader: how little and how much each count can be.

    `seen`: the least and the most that some solution gave each count, and each atom.
    """

    def __init__(self, system: System, reader: Reader, until: float) -> None:
        self.system = system
        self.reader = reader
        self.until = until
        every, low, high, self.bound = system.bounds
        self.free = np.flatnonzero(reader.high > reader.low)
        known = system.unknowns.copy()
        known[self.free] = 0.0
        self.sets = csr_array(system.sets[:, self.free])
        self.fixed = system.sets @ known
        every_count = np.arange(len(system.counts))
        self.is_open = np.diff(self.sets.indptr) > 0
        self.tips = np.append(system.again_of(every_count), np.zeros(system.atoms.size))

        rows = csr_array(every[:, self.free])
        is_used = np.diff(rows.indptr) > 0
        self.bound = self.bound[is_used]
        of_known = (every @ known)[is_used]
        most = np.minimum(reader.high, system.unknowns + FAR)
        self.solver = _solver(
            csr_array(rows[is_used]),
            low[is_used] - of_known,
            high[is_used] - of_known,
            reader.low[self.free],
            most[self.free],
        )
        self.seen = np.array([system.truth, system.truth])

    def too_near(self, places: Places) -> Iterator[Disclosure]:
        """Find the counts among these that all bounds together bound too well."""
        random = np.random.default_rng(7)
        for turn in range(TOGETHER):
            still = places[self._is_near(places)]
            if not len(still):
                return
            signs = np.full(len(still), 1.0 - 2.0 * turn)
            if turn > 1:
                signs = random.choice([-1.0, 1.0], len(still))
            self._push(still, signs)
        for place in places[self._is_near(places)]:
            upper, lower = set[str](), set[str]()
            at = np.array([place])
            for sign in (1.0, -1.0):
                if self._is_near(at).any():
                    duals = self._push(at, np.array([sign]))
                    upper.update(self.bound[duals < -NEAR])
                    lower.update(self.bound[duals > NEAR])
            if self._is_near(at).any():
                low, high = np.round(
                    self.seen[:, place] - self.reader.own[place], 6
                ).tolist()
                told_by = [tuple(sorted(names - {""})) for names in (upper, lower)]
                count = self.system.names[place]
                yield Disclosure(self.reader.name, count, low, high, *told_by)

    def _is_near(self, places: Places) -> Flags:
        return np.ptp(self.seen[:, places], axis=0) < WIDE - NEAR

    def _push(self, places: Places, signs: Array) -> Array:
        """Make these counts as small (+) or as large (−) as can be; how far each bound holds."""
        cost = self.sets[places].T @ signs
        columns = np.arange(len(self.free), dtype=np.int32)
        self.solver.changeColsCost(len(self.free), columns, cost)
        self._solve()
        solution = self.solver.getSolution()
        counts = self.sets @ np.array(solution.col_value) + self.fixed - self.tips
        self.seen = np.array(
            [np.minimum(self.seen[0], counts), np.maximum(self.seen[1], counts)]
        )
        return np.array(solution.row_dual)

    def _solve(self) -> None:
        for _ in range(2):
            if time.process_time() > self.until:
                raise NotAttackedError
            self.solver.run()
            if self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                return
            self.solver.clearSolver()  # the last solution can be a start that leads nowhere
        raise NotAttackedError


def _solver(
    rows: csr_array, row_low: Array, row_high: Array, low: Array, high: Array
) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("simplex_strategy", PRIMAL)
    solver.addVars(len(low), low, high)
    starts = rows.indptr[:-1].astype(np.int32)
    columns = rows.indices.astype(np.int32)
    solver.addRows(rows.shape[0], row_low, row_high, rows.nnz, starts, columns, rows.data)
    return solver
