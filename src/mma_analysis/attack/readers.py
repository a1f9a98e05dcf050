"""Who reads what was released, what each knows by itself, and what each can work out."""

import itertools
import logging
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import highspy
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis.attack.atoms import Array, Flags, Places
from mma_analysis.attack.system import NEAR, OUTSIDER, Disclosure, System

LOG = logging.getLogger(__name__)
MOST_OWNERS = 40  # of more, only coalitions are asked
WIDE = 4  # a count is known too well when the ends of its interval are nearer to each other
FAR = 1000.0  # beyond what matters: with it every objective has a best
# Of the simplex method: only the objective changes, so each solution is a good start.
PRIMAL = 4
# Objectives that push all open counts at once: they settle nearly all of them.
TOGETHER = 12
POLICE = "politie"
TO_POLICE = ("politie", "politie_en_partner")  # classes of who received a tip too
AT_ONCE = 2  # readers
FEWEST_CLASSES = 3  # of parallel lines; with fewer, no count can be shown to be safe from two
BLOCKS = 4
NOBODY = np.array([], dtype=np.intp)


class NotAttackedError(Exception):
    """The time was up, or no counts fit: then nothing was shown to be safe."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads all that went out.

    Of each unknown it knows that it lies between `low` and `high`, and of each count, and
    each atom, its own part, `own`.
    """

    name: str
    low: Array
    high: Array
    own: Array


def readers(
    system: System, until: float, helpless: Collection[str] = ()
) -> tuple[list[Disclosure], pd.DataFrame]:
    """What some reader learns: an outsider, an organisation, two of these, or the police.

    Organisations are asked when an outsider and the police learn nothing, and two together
    when none learns anything alone.

    Also how narrow the interval of each count is for the reader for whom it is narrowest: a
    row per count, `reader` and `width` (at least so wide). What is `helpless` is known too
    well already, and is not asked. Of more than `MOST_OWNERS`
    organisations coalitions stand for all.
    """
    if system.knowledge.said[["low", "high"]].isna().any(axis=None):
        raise NotAttackedError  # an end that is no number would bind nothing
    attack = _Attack(system, until, helpless)
    if len(system.owners) > MOST_OWNERS:
        attack.ask_coalitions()
        found = attack.left_by_coalitions() or attack.police_with_coalitions()
        return found, attack.narrowest
    alone = [coalition(system, NOBODY), police(system)]
    found = attack.of_readers(alone, attack.asked)
    if not found:
        attack.ask_coalitions()
        found = attack.by_few()
    return found, attack.narrowest


def coalition(system: System, who: Places) -> Reader:
    """Organisations that put all they have together; without any it is an outsider."""
    names = list(system.owners)
    members = [names[place] for place in who]
    name = " + ".join(members) or OUTSIDER
    if len(members) > 2:
        name = f"{len(members)} organisaties samen"

    slugs = set[str]()
    for member in members:
        slugs |= system.owners[member]
    is_own = system.rows["gemeente"].isin(slugs).to_numpy()
    is_known = np.isin(system.gemeente_of_unknowns, list(slugs))
    return Reader(
        name,
        low=np.where(is_known, system.unknowns, 0.0),
        high=np.where(is_known, system.unknowns, np.inf),
        own=system.own_part(is_own),
    )


def police(system: System) -> Reader:
    """The police knows every tip that also went to the police, and reads the report."""
    is_own = system.rows["also_sent_to"].isin(TO_POLICE).to_numpy()
    own = system.of_unknowns(system.placed @ is_own.astype(np.float64))
    high = np.full(len(own), np.inf)
    family = system.atoms.families.get("also_sent_to")
    if family is not None:
        code = family.code_of(TO_POLICE)
        known = family.every(family.pieces, code[code >= 0])
        high[known] = own[known]
    return Reader(POLICE, own, high, system.own_part(is_own))


def _together(one: Reader, other: Reader) -> Reader:
    """A reader who knows what both know, under the name of the first."""
    return Reader(
        one.name,
        low=np.maximum(one.low, other.low),
        high=np.minimum(one.high, other.high),
        own=np.maximum(one.own, other.own),
    )


# --- all readers --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Work:
    """What came of asking one reader.

    Of each count and atom: whether it was `asked`, whether it `is_disclosed`, and the
    `width` of its interval as far as it was seen.
    """

    asked: Flags
    found: list[Disclosure]
    is_disclosed: Flags
    width: Array


def _work(system: System, reader: Reader, asked: Flags, until: float) -> _Work:
    """Ask one reader for the interval of each of these counts that is not all its own."""
    program = _Program(system, reader, until)
    is_of_others = system.truth > reader.own + NEAR
    is_asked = asked & is_of_others & program.is_open
    found = list(program.disclosures(np.flatnonzero(is_asked)))
    counts = [one.count for one in found]
    return _Work(
        asked=is_asked,
        found=found,
        is_disclosed=system.names.isin(counts),
        width=program.most - program.least,
    )


class _Attack:
    """One attack under way: which counts are asked, and how narrow each was seen.

    `left`: of which counts no coalition showed yet that they are safe from every two.
    """

    def __init__(self, system: System, until: float, helpless: Collection[str]) -> None:
        self.system = system
        self.until = until
        self.asked = _asked(system) & ~system.names.isin(list(helpless))
        self.left = self.asked.copy()
        self.narrowest = pd.DataFrame({"reader": "", "width": np.inf}, index=system.names)
        self.classes = _parallel_lines(len(system.owners))
        self.lines = np.concatenate(self.classes)
        self._of_coalitions: dict[str, Disclosure] = {}
        # Whether each count (a row) is safe from all who are not on a line (a column).
        self._is_safe = np.zeros((len(self.asked), len(self.lines)), dtype=bool)

    def of_readers(self, readers: Sequence[Reader], asked: Flags) -> list[Disclosure]:
        """What each of these readers learns of the asked counts, of what is not its own."""
        found: list[Disclosure] = []
        for work in self._side_by_side(readers, [asked] * len(readers)):
            found += work.found
        return found

    def _side_by_side(self, readers: Sequence[Reader], asked: Sequence[Flags]) -> list[_Work]:
        work_of = partial(_work, self.system, until=self.until)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            works = list(pool.map(work_of, readers, asked))
        for reader, work in zip(readers, works, strict=True):
            self._note(reader, work)
        return works

    def _note(self, reader: Reader, work: _Work) -> None:
        """Keep for which reader the interval of each count is narrowest.

        What is disclosed to a coalition is asked of who is in it.
        """
        is_narrower = work.width < self.narrowest["width"].to_numpy()
        is_noted = work.asked & is_narrower & ~work.is_disclosed
        width = work.width[is_noted]
        self.narrowest.loc[is_noted, "reader"] = reader.name
        self.narrowest.loc[is_noted, "width"] = width

    # --- coalitions -----------------------------------------------------------------------

    def ask_coalitions(self) -> None:
        """Find which counts coalitions show to be safe from every two, and what they learn.

        A coalition is all organisations but those on one line. What it does not learn is
        safe from every one or two in it.
        """
        of_owner = _of_owners(self.system)
        asked = 0
        for number, parallel in enumerate(self.classes, start=1):
            columns = range(asked, asked + len(parallel))
            self._ask_class(parallel, columns, of_owner)
            asked = columns.stop
            share = asked / len(self.lines)
            LOG.info("aanval: %d van %d", asked, len(self.lines), extra={"share": share})
            if number >= FEWEST_CLASSES:
                self.left &= ~self._is_safe_from_two(of_owner)
                if not self.left.any():
                    return

    def _ask_class(self, parallel: Flags, columns: range, of_owner: Flags) -> None:
        """Ask, for each of these parallel lines, all who are not on it: side by side."""
        readers = []
        asked = []
        for line in parallel:
            readers.append(coalition(self.system, np.flatnonzero(~line)))
            has_part = of_owner[:, line].any(axis=1)
            asked.append(self.left & has_part)
        works = self._side_by_side(readers, asked)
        for column, of_line, work in zip(columns, asked, works, strict=True):
            for one in work.found:
                self._of_coalitions[one.count] = one
            self._is_safe[:, column] = of_line & ~work.is_disclosed

    def _is_safe_from_two(self, of_owner: Flags) -> Flags:
        """Whether each count was shown to be safe from every two.

        s(a) safe lines go through an organisation, of s in all. Some safe line goes through
        neither of any two when the two largest s(a) are less than s together.
        """
        owners = of_owner.sum(axis=1, keepdims=True)
        through = self._is_safe.astype(np.float64) @ self.lines
        # Who has it all knows it anyway.
        through[of_owner & (owners == 1)] = 0
        largest = np.sort(through, axis=1)[:, -2:]
        return largest.sum(axis=1) < self._is_safe.sum(axis=1)

    def left_by_coalitions(self) -> list[Disclosure]:
        """What coalitions learn of what is left: of many, not every two are asked."""
        names = self.system.names[self.left]
        return [self._of_coalitions[name] for name in names if name in self._of_coalitions]

    def police_with_coalitions(self) -> list[Disclosure]:
        """What the police learns together with coalitions: of many it is not asked alone.

        What one of these does not learn is safe from the police.
        """
        of_owner = _of_owners(self.system)
        known = police(self.system)
        left = self.asked.copy()
        learnt: dict[str, Disclosure] = {}
        for parallel in self.classes[:FEWEST_CLASSES]:
            readers = []
            asked = []
            for line in parallel:
                others = coalition(self.system, np.flatnonzero(~line))
                readers.append(_together(known, others))
                asked.append(left & of_owner[:, line].any(axis=1))
            for of_line, work in zip(asked, self._side_by_side(readers, asked), strict=True):
                left &= ~of_line | work.is_disclosed
                learnt.update({one.count: one for one in work.found})
            if not left.any():
                return []
        return [learnt[name] for name in self.system.names[left] if name in learnt]

    # --- one or two -----------------------------------------------------------------------

    def by_few(self) -> list[Disclosure]:
        """What single organisations, and then two together, learn of what is left."""
        if not self.left.any():
            return []
        owners = len(self.system.owners)
        pairs = self._pairs()
        found: list[Disclosure] = []
        for groups in (itertools.combinations(range(owners), 1), pairs.all):
            for who in groups:
                asked = pairs.open_to_all_of(who)
                if asked.any():
                    reader = coalition(self.system, np.array(who))
                    found += self.of_readers([reader], asked)
            if found:
                return found
        return found

    def _pairs(self) -> "_Pairs":
        """All pairs, without what larger groups show to be safe from them."""
        owners = len(self.system.owners)
        pairs = _Pairs(owners, self.left)
        for line, is_safe in zip(self.lines, self._is_safe.T, strict=True):
            pairs.clear(np.flatnonzero(~line), is_safe)
        for who in _halves(owners):
            asked = pairs.open_to(who)
            if asked.any():
                reader = coalition(self.system, who)
                work = _work(self.system, reader, asked, self.until)
                pairs.clear(who, asked & ~work.is_disclosed)
        return pairs


class _Pairs:
    """Of which counts every two organisations are not yet shown to learn nothing."""

    def __init__(self, owners: int, left: Flags) -> None:
        self.all = list(itertools.combinations(range(owners), 2))
        number = len(self.all)
        self._members = np.zeros((number, owners), dtype=bool)
        for place, pair in enumerate(self.all):
            self._members[place, list(pair)] = True
        of_one = left[:, np.newaxis]
        self._is_open = np.repeat(of_one, number, axis=1)

    def _within(self, who: Places) -> Flags:
        """Which pairs are in this group."""
        members = self._members[:, who].sum(axis=1)
        return members == 2

    def clear(self, who: Places, is_safe: Flags) -> None:
        """What is safe from a group is safe from every two in it."""
        within = self._within(who)
        self._is_open[np.ix_(is_safe, within)] = False

    def open_to(self, who: Places) -> Flags:
        """The counts that some two of this group may learn."""
        of_pairs = self._is_open[:, self._within(who)]
        return np.logical_or.reduce(of_pairs, axis=1)

    def open_to_all_of(self, who: tuple[int, ...]) -> Flags:
        """The counts that all pairs with these may learn: what one learns, two learn."""
        members = self._members[:, who].sum(axis=1)
        of_pairs = self._is_open[:, members == len(who)]
        return np.logical_and.reduce(of_pairs, axis=1)


def _halves(owners: int) -> list[Places]:
    """Groups of half of all: each two of four blocks, so every two are in one of them."""
    if owners <= BLOCKS:
        return []
    block = np.arange(owners) % BLOCKS
    pairs = itertools.combinations(range(BLOCKS), 2)
    return [np.flatnonzero(np.isin(block, pair)) for pair in pairs]


def _parallel_lines(points: int) -> list[Flags]:
    """Classes of parallel lines through so many points; each line says which are on it.

    The points fill a square of which the side is prime, row by row. There any two are on
    one line together, and each is on one line of every class (an affine plane): (row +
    slope × column) modulo side is the same for all on a line, or column is.
    """
    side = _prime_side(points)
    row, column = np.divmod(np.arange(points), side)
    line_of_point = []
    for slope in range(side):
        line_of_point.append((row + slope * column) % side)
    line_of_point.append(column)

    line = np.arange(side)[:, np.newaxis]
    return [of_point == line for of_point in line_of_point]


def _prime_side(points: int) -> int:
    """The smallest prime of which the square holds so many points."""
    side = 2
    while side * side < points or any(side % n == 0 for n in range(2, side)):
        side += 1
    return side


def _asked(system: System) -> Flags:
    """The counts and atoms that may not be known too well: of meldingen that there are."""
    is_asked = system.truth > NEAR
    is_asked[: len(system.counts)] &= system.is_open
    # An atom that is a count is asked once.
    of_counts = system.atoms.of_counts
    is_single = (np.diff(of_counts.indptr) == 1) & system.is_receipts
    first = of_counts.indptr[:-1]
    atom = of_counts.indices[first[is_single]]
    is_asked[len(system.counts) + atom] = False
    return is_asked


def _of_owners(system: System) -> Flags:
    """Whether each count, and each atom, has a part of each organisation."""
    has_part = np.zeros((len(system.names), len(system.owners)), dtype=bool)
    for place, slugs in enumerate(system.owners.values()):
        is_own = np.isin(system.atoms.gemeente, list(slugs))
        own = system.of_unknowns(is_own.astype(np.float64))
        has_part[:, place] = system.sets @ own > 0
    # A tip may be of any of them.
    is_of_tips = np.flatnonzero(~system.is_receipts)
    has_part[is_of_tips] = True
    return has_part


# --- one reader ---------------------------------------------------------------------------


class _Program:
    """Linear programs of one reader: how little and how much each count can be.

    `least`, `most`: the ends of the interval of each count, and each atom, as far as they
    were seen. `is_open`: of which of these the reader does not know every part by itself.
    """

    def __init__(self, system: System, reader: Reader, until: float) -> None:
        self.system = system
        self.reader = reader
        self.until = until
        self.least = system.truth.copy()
        self.most = system.truth.copy()

        self.free = np.flatnonzero(reader.high > reader.low)
        known = system.unknowns.copy()
        known[self.free] = 0.0
        self.sets = csr_array(system.sets[:, self.free])
        self.is_open = np.diff(self.sets.indptr) > 0
        self.of_known = system.sets @ known
        # A number of tips is that of receipts without those that came again.
        self.again = np.append(system.again, np.zeros(system.atoms.size))

        limits = system.bounds
        rows = csr_array(limits.sums[:, self.free])
        is_used = np.diff(rows.indptr) > 0
        sum_of_known = limits.sums @ known
        low = limits.low - sum_of_known
        high = limits.high - sum_of_known
        most = np.minimum(reader.high, system.unknowns + FAR)
        self.names = limits.names[is_used]
        self.solver = _solver(
            csr_array(rows[is_used]),
            low[is_used],
            high[is_used],
            reader.low[self.free],
            most[self.free],
        )

    def disclosures(self, places: Places) -> Iterator[Disclosure]:
        """Find the counts among these that are disclosed: all bounds make them narrow."""
        self._push_together(places)
        for place in places[self._is_narrow(places)]:
            at = np.array([place])
            upper = set[str]()
            lower = set[str]()
            for sign in (1.0, -1.0):
                if self._is_narrow(at).any():
                    duals = self._push(at, np.array([sign]))
                    upper.update(self.names[duals < -NEAR])
                    lower.update(self.names[duals > NEAR])
            if self._is_narrow(at).any():
                own = self.reader.own[place]
                yield Disclosure(
                    reader=self.reader.name,
                    count=str(self.system.names[place]),
                    low=round(float(self.least[place] - own), 6),
                    high=round(float(self.most[place] - own), 6),
                    upper=tuple(sorted(upper - {""})),
                    lower=tuple(sorted(lower - {""})),
                )

    def _push_together(self, places: Places) -> None:
        """Push all of these down, then up, then each one way or the other."""
        random = np.random.default_rng(7)
        for turn in range(TOGETHER):
            narrow = places[self._is_narrow(places)]
            if not len(narrow):
                return
            signs = np.full(len(narrow), 1.0 - 2.0 * turn)
            if turn > 1:
                signs = random.choice([-1.0, 1.0], len(narrow))
            self._push(narrow, signs)

    def _is_narrow(self, places: Places) -> Flags:
        width = self.most[places] - self.least[places]
        return width < WIDE - NEAR

    def _push(self, places: Places, signs: Array) -> Array:
        """Make these counts as small (+) or as large (−) as can be.

        Gives the dual of each bound: one that is not 0 is a part of the proof.
        """
        cost = self.sets[places].T @ signs
        columns = np.arange(len(self.free), dtype=np.int32)
        self.solver.changeColsCost(len(self.free), columns, cost)
        self._solve()
        solution = self.solver.getSolution()
        free = np.array(solution.col_value)
        counts = self.sets @ free + self.of_known - self.again
        self.least = np.minimum(self.least, counts)
        self.most = np.maximum(self.most, counts)
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
