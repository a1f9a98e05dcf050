"""Who reads what was released, what each knows by itself, and what each can work out."""

import itertools
import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import highspy
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis.attack.atoms import Array, Flags, Positions
from mma_analysis.attack.system import NEAR_ENOUGH, OUTSIDER, Disclosure, System

LOG = logging.getLogger(__name__)
MOST_OWNERS = 40  # of more, only coalitions are asked
WIDE_INTERVAL = (
    4  # a count is known too well when the ends of its interval are nearer to each other
)
BEYOND_ALL = 1000.0  # beyond what matters: with it every objective has a best
# Of the simplex method: while only the objective changes, each solution is a good start.
PRIMAL = 4
DUAL = 1  # while only the bounds do
# Objectives that push all open counts at once: they settle nearly all of them.
TOGETHER = 12
POLICE = "politie"
TO_POLICE = ("politie", "politie_en_partner")  # classes of who received a tip too
AT_ONCE = 2  # readers
FEWEST_CLASSES = 3  # of parallel lines: with fewer, no count is safe from every two
MOST_CLASSES = 5  # when there are many organisations: two coalitions may learn a count
NOBODY = np.array([], dtype=np.intp)
Group = tuple[int, ...]  # places of organisations


class NotAttackedError(Exception):
    """The time was up, or no counts fit: then nothing was shown to be safe."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads all that went out.

    `who`: the organisations, or the police. Of each unknown it knows that it lies between
    `low` and `high`, and of each count, and each atom, its own part, `own`.
    """

    name: str
    who: frozenset[str]
    low: Array
    high: Array
    own: Array


@dataclass(frozen=True)
class _Push:
    """An objective: these counts, each as small (+1) or as large (-1) as can be.

    `basis`: of the solution, a good start when it is asked again and few bounds changed.
    """

    places: Positions
    signs: Array
    basis: highspy.HighsBasis


class Memory:
    """How the counts were pushed for each reader in the round before.

    From one round to the next a few numbers change: the same pushes settle nearly the same
    counts then, in a fraction of the steps. It changes no answer that is proven, only where
    the search for it begins.
    """

    def __init__(self) -> None:
        self._names = pd.Index([])
        self._pushes: dict[frozenset[str], list[_Push]] = {}

    def begin(self, system: System) -> None:
        """Forget all when these are other counts."""
        if self._names.equals(system.names):
            return
        self._names = system.names
        self._pushes.clear()

    def taken(self, who: frozenset[str]) -> list[_Push]:
        """What was pushed for these; it is noted anew."""
        return self._pushes.pop(who, [])

    def keep(self, who: frozenset[str], pushes: list[_Push]) -> None:
        """Note what was pushed for these."""
        self._pushes[who] = pushes


def readers(
    system: System,
    until: float,
    helpless: Collection[str] = (),
    memory: Memory | None = None,
) -> tuple[list[Disclosure], pd.DataFrame]:
    """What some reader learns: an outsider, an organisation, two of these, or the police.

    Organisations are asked when an outsider and the police learn nothing, and two together
    when none learns anything alone.

    Also how narrow the interval of each count is for the reader for whom it is narrowest: a
    row per count, `reader` and `width` (at least so wide). What is `helpless` is known too
    well already, and is not asked. Of more than `MOST_OWNERS`
    organisations coalitions stand for all. `memory`: of the round before.
    """
    ends = system.knowledge.said[["low", "high"]]
    if ends.isna().any(axis=None):
        raise NotAttackedError  # an end that is no number would bind nothing
    if memory is None:
        memory = Memory()
    memory.begin(system)

    attack = _Attack(system, until, helpless, memory)
    if len(system.owners) > MOST_OWNERS:
        found = attack.by_coalitions()
    else:
        found = attack.of_everybody()
        if not found:
            found = attack.by_few()
    return found, attack.narrowest


def coalition(system: System, who: Positions) -> Reader:
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
        frozenset(members),
        low=np.where(is_known, system.unknowns, 0.0),
        high=np.where(is_known, system.unknowns, np.inf),
        own=system.own_part(is_own),
    )


def police(system: System) -> Reader:
    """The police knows every tip that also went to the police, and reads the report."""
    is_own = system.rows["also_sent_to"].isin(TO_POLICE).to_numpy()
    of_atoms = system.placed @ is_own.astype(np.float64)
    least = system.of_unknowns(of_atoms)
    most = np.full(len(least), np.inf)
    family = system.atoms.families.get("also_sent_to")
    if family is not None:
        codes = family.code_of(TO_POLICE)
        there = codes[codes >= 0]
        known = family.every(family.pieces, there)
        most[known] = least[known]
    return Reader(
        POLICE,
        frozenset({POLICE}),
        low=least,
        high=most,
        own=system.own_part(is_own),
    )


def intervals(system: System, reader: Reader, until: float) -> pd.DataFrame:
    """What one reader may take each count for: a row per count that has a part of others.

    `low` and `high`: of an interval narrower than `WIDE_INTERVAL` its proven ends; of
    another how far apart they were seen. `NotAttackedError` when the time is up (`until`,
    in seconds of the processor).
    """
    outcome = _outcome(system, reader, _asked(system), until, Memory())
    ends = pd.DataFrame(
        {"low": outcome.least, "high": outcome.most},
        index=system.names,
    )
    return ends[outcome.asked]


def _together(one: Reader, other: Reader) -> Reader:
    """A reader who knows what both know, under the name of the first."""
    return Reader(
        one.name,
        one.who | other.who,
        low=np.maximum(one.low, other.low),
        high=np.minimum(one.high, other.high),
        own=np.maximum(one.own, other.own),
    )


# --- all readers --------------------------------------------------------------------------


@dataclass(frozen=True)
class _ReaderOutcome:
    """What came of asking one reader.

    Of each count and atom the `least` and the `most` that it can be, as far as was seen,
    and whether it was `asked`; `found`: what of these is known too well.
    """

    reader: Reader
    asked: Flags
    least: Array
    most: Array
    found: list[Disclosure]

    @property
    def is_wide(self) -> Flags:
        """What was asked and is safe: from everybody who knows no more than this reader."""
        return self.asked & ~_is_narrow(self.least, self.most)

    def of_wide(self) -> "_ReaderOutcome":
        """The same, of what is safe only."""
        return replace(self, asked=self.is_wide)


def _is_narrow(least: Array, most: Array) -> Flags:
    """Whether the ends of each interval are so near that the count is known too well."""
    width = most - least
    return width < WIDE_INTERVAL - NEAR_ENOUGH


def _is_of_others(system: System, reader: Reader) -> Flags:
    """Of which counts a part is of others than this reader."""
    return system.truth > reader.own + NEAR_ENOUGH


@dataclass(frozen=True)
class _Seen:
    """What these organisations together may take each count for, as far as was seen."""

    who: frozenset[int]
    least: Array
    most: Array


def _places(is_in_it: Flags) -> Group:
    """The places of organisations in a group."""
    places = np.flatnonzero(is_in_it)
    return tuple(places.tolist())


def _outcome(
    system: System,
    reader: Reader,
    asked: Flags,
    until: float,
    memory: Memory,
    *,
    with_own: bool = False,
) -> _ReaderOutcome:
    """Ask one reader for the interval of each of these counts that has a part of others.

    `with_own`: also of what it has all of; that is then found too.
    """
    program = _Program(system, reader, until)
    is_asked = asked & program.is_open
    if not with_own:
        is_asked &= _is_of_others(system, reader)
    places = np.flatnonzero(is_asked)
    program.push_together(places, memory)
    found = list(program.disclosures(places))
    return _ReaderOutcome(reader, is_asked, program.least, program.most, found)


def _crowd(
    system: System,
    reader: Reader,
    asked: Flags,
    until: float,
    memory: Memory,
) -> _ReaderOutcome:
    """How far apart each of these counts may be for a reader, as far as is quickly seen."""
    program = _Program(system, reader, until)
    is_asked = asked & program.is_open
    places = np.flatnonzero(is_asked)
    program.push_together(places, memory)
    return _ReaderOutcome(reader, is_asked, program.least, program.most, found=[])


class _Attack:
    """One attack under way: which counts are asked, and how narrow each was seen.

    `lines`: of organisations. A coalition is all but those on one line; any two are in many
    of these. What a coalition may take for two numbers, everybody in it may.
    """

    def __init__(
        self, system: System, until: float, helpless: Collection[str], memory: Memory
    ) -> None:
        self.system = system
        self.until = until
        self.memory = memory
        is_helpless = system.names.isin(list(helpless))
        self.asked = _asked(system) & ~is_helpless
        self._of_others: dict[Group, Flags] = {}
        self.narrowest = pd.DataFrame(
            {"reader": "", "width": np.inf},
            index=system.names,
        )
        self.classes = _parallel_lines(len(system.owners))
        self.lines = np.concatenate(self.classes)

    def _outcome(self, reader: Reader, asked: Flags) -> _ReaderOutcome:
        return _outcome(self.system, reader, asked, self.until, self.memory)

    def _side_by_side(
        self,
        outcome_of: Callable[..., _ReaderOutcome],
        readers: Sequence[Reader],
        asked: Sequence[Flags],
    ) -> list[_ReaderOutcome]:
        ask = partial(outcome_of, self.system, until=self.until, memory=self.memory)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            outcomes = pool.map(ask, readers, asked)
            return list(outcomes)

    def _note(self, outcome: _ReaderOutcome) -> None:
        """Keep for which reader the interval of each count of others is narrowest."""
        width = outcome.most - outcome.least
        so_far = self.narrowest["width"].to_numpy()
        is_narrower = width < so_far
        is_of_others = _is_of_others(self.system, outcome.reader)
        is_noted = outcome.asked & is_of_others & is_narrower
        noted = self.narrowest.index[is_noted]
        self.narrowest.loc[noted, "reader"] = outcome.reader.name
        self.narrowest.loc[noted, "width"] = width[is_noted]

    def _coalitions(self, lines: Flags) -> list[Reader]:
        """Of each line all organisations that are not on it."""
        coalitions = []
        for line in lines:
            others = np.flatnonzero(~line)
            coalitions.append(coalition(self.system, others))
        return coalitions

    def _coalition(self, who: Group) -> Reader:
        """These organisations together."""
        return coalition(self.system, np.array(who))

    # --- everybody, one, or two -----------------------------------------------------------

    def of_everybody(self) -> list[Disclosure]:
        """What the police learns, and an outsider: nothing that is safe from the police."""
        of_police = self._outcome(police(self.system), self.asked)
        self._note(of_police)

        left = self.asked & ~of_police.is_wide
        outsider = coalition(self.system, NOBODY)
        of_outsider = self._outcome(outsider, left)
        self._note(of_outsider)
        return of_outsider.found + of_police.found

    def by_few(self) -> list[Disclosure]:
        """What single organisations learn, and when these learn nothing, two together.

        Who learns least is asked last: what a coalition may take for numbers far enough
        apart is safe from everybody in it.
        """
        owners = range(len(self.system.owners))
        singles = list(itertools.combinations(owners, 1))
        pairs = list(itertools.combinations(owners, 2))
        seen = self._ask_crowds(pairs)
        found = self._ask_each(singles, seen)
        if found:
            return found
        seen += self._ask_blocks(pairs, seen)
        return self._ask_each(pairs, seen)

    def _ask_each(self, groups: Sequence[Group], seen: Sequence[_Seen]) -> list[Disclosure]:
        """What each of these learns of the counts that were not seen to be safe from it."""
        readers = []
        asked = []
        for who in groups:
            left = self._left(who, seen)
            if left.any():
                readers.append(self._coalition(who))
                asked.append(left)

        found = []
        for outcome in self._side_by_side(_outcome, readers, asked):
            self._note(outcome)
            found += outcome.found
        return found

    def _ask_crowds(self, pairs: Sequence[Group]) -> list[_Seen]:
        """For each line, what all who are not on it may take the counts for.

        Of what has no part of the line they know all. What is safe from every two after
        some classes of lines is not asked again.
        """
        of_owner = _of_owners(self.system)
        left = self.asked
        seen: list[_Seen] = []
        for parallel in self.classes:
            crowds = []
            asked = []
            for line in parallel:
                has_part = of_owner[:, line].any(axis=1)
                crowds.append(_places(~line))
                asked.append(left & has_part)
            seen += self._ask_quickly(crowds, asked)

            left = np.zeros(len(self.asked), dtype=bool)
            for pair in pairs:
                left |= self._left(pair, seen)
        return seen

    def _is_of_others(self, who: Group) -> Flags:
        """Of which counts a part is of others than these: looked up once."""
        if who not in self._of_others:
            reader = self._coalition(who)
            self._of_others[who] = _is_of_others(self.system, reader)
        return self._of_others[who]

    def _ask_blocks(self, pairs: Sequence[Group], seen: Sequence[_Seen]) -> list[_Seen]:
        """What all on two parallel lines may take the counts for, of what pairs have left.

        Each pair is in one of these blocks or more, and there are far fewer blocks.
        """
        left_of = {pair: self._left(pair, seen) for pair in pairs}
        blocks = []
        asked = []
        for block in self._blocks():
            left = np.zeros(len(self.asked), dtype=bool)
            for pair in itertools.combinations(block, 2):
                left |= left_of[pair]
            if left.any():
                blocks.append(block)
                asked.append(left)
        return self._ask_quickly(blocks, asked)

    def _blocks(self) -> Iterator[Group]:
        """All on two parallel lines, in order; where one line is left, all on that."""
        for parallel in self.classes:
            for first in range(0, len(parallel), 2):
                two_lines = parallel[first : first + 2]
                is_on_one = np.any(two_lines, axis=0)
                yield _places(np.asarray(is_on_one))

    def _ask_quickly(self, groups: Sequence[Group], asked: Sequence[Flags]) -> list[_Seen]:
        """What each of these groups together may take the counts for."""
        readers = [self._coalition(who) for who in groups]
        outcomes = self._side_by_side(_crowd, readers, asked)
        seen = []
        for who, outcome in zip(groups, outcomes, strict=True):
            self._note(outcome.of_wide())
            seen.append(_Seen(frozenset(who), outcome.least, outcome.most))
        return seen

    def _left(self, who: Group, seen: Sequence[_Seen]) -> Flags:
        """Of which counts of others it was not seen that these may take them for far apart.

        Whoever knows more may, too.
        """
        least = self.system.truth.copy()
        most = self.system.truth.copy()
        for one in seen:
            if one.who.issuperset(who):
                least = np.minimum(least, one.least)
                most = np.maximum(most, one.most)
        is_narrow = _is_narrow(least, most)
        return self.asked & self._is_of_others(who) & is_narrow

    # --- many organisations ---------------------------------------------------------------

    def by_coalitions(self) -> list[Disclosure]:
        """What coalitions learn that may be known to two, or to the police.

        Of many organisations not every two are asked, nor the police alone. What coalitions
        do not show to be safe from them stands for what they learn.
        """
        crowds = _Coalitions(self)
        asked = 0
        for number, parallel in enumerate(self.classes[:MOST_CLASSES], start=1):
            columns = range(asked, asked + len(parallel))
            crowds.ask(parallel, columns)
            asked = columns.stop
            share = asked / len(self.lines)
            LOG.info("aanval: %d van %d", asked, len(self.lines), extra={"share": share})
            if number >= FEWEST_CLASSES:
                crowds.clear()
                if not crowds.left.any():
                    return []
        return crowds.found()


class _Coalitions:
    """What coalitions show of the counts, when there are many organisations.

    `left`: of which counts they did not show yet that they are safe from every two and from
    the police.
    """

    def __init__(self, attack: _Attack) -> None:
        self.attack = attack
        self.system = attack.system
        self.police = police(attack.system)
        self.of_owner = _of_owners(attack.system)
        self.left = attack.asked.copy()
        self._is_safe_from_police = ~attack.asked
        self._found: dict[str, Disclosure] = {}
        # Whether each count (a row) is safe from all who are not on a line (a column).
        self._is_safe = np.zeros((len(self.left), len(attack.lines)), dtype=bool)

    def ask(self, parallel: Flags, columns: range) -> None:
        """Ask all who are not on one of these lines: first with the police beside them."""
        without = self.attack._coalitions(parallel)
        with_police = [_together(self.police, others) for others in without]
        asked = []
        for line in parallel:
            has_part = self.of_owner[:, line].any(axis=1)
            asked.append(self.left & has_part)
        are_safe = self._ask(with_police, asked)

        left = []
        for of_line, is_safe in zip(asked, are_safe, strict=True):
            self._is_safe_from_police |= is_safe
            left.append(of_line & ~is_safe)
        are_safe_without = self._ask(without, left)

        for column, one, other in zip(columns, are_safe, are_safe_without, strict=True):
            self._is_safe[:, column] = one | other

    def _ask(self, readers: Sequence[Reader], asked: Sequence[Flags]) -> list[Flags]:
        """What each of these shows to be safe."""
        outcome_of = partial(_outcome, with_own=True)
        outcomes = self.attack._side_by_side(outcome_of, readers, asked)
        for outcome in outcomes:
            self.attack._note(outcome.of_wide())
            for disclosure in outcome.found:
                self._found[disclosure.count] = disclosure
        return [outcome.is_wide for outcome in outcomes]

    def clear(self) -> None:
        """What is safe from every two and from the police is not asked again."""
        is_safe = self._is_safe_from_two() & self._is_safe_from_police
        self.left &= ~is_safe

    def _is_safe_from_two(self) -> Flags:
        """Whether each count was shown to be safe from every two that do not have it all.

        s(a) safe lines go through an organisation, of s in all. Some safe line goes through
        neither of two when their s(a) are less than s together.
        """
        is_safe = self._is_safe.astype(np.float64)
        safe_lines = is_safe.sum(axis=1)
        through = is_safe @ self.attack.lines

        has_some = _have_some(self.system)
        number = has_some.sum(axis=1)
        has_all = has_some & (number == 1)[:, np.newaxis]
        # Who has it all does not learn it.
        through[has_all] = 0
        most = _largest_two(through)

        # Nor do two that have it all together; one of these and another may.
        of_them = np.where(has_some, through, 0)
        of_others = np.where(has_some, 0, through)
        one_of_each = of_them.max(axis=1) + of_others.max(axis=1)
        most_but_both = np.maximum(one_of_each, _largest_two(of_others))
        are_two = number == 2
        most[are_two] = most_but_both[are_two]
        return most < safe_lines

    def found(self) -> list[Disclosure]:
        """What is left, as a coalition learns it."""
        disclosed = []
        for name in self.system.names[self.left]:
            if name not in self._found:
                raise NotAttackedError
            disclosed.append(self._found[name])
        return disclosed


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
        along = row + slope * column
        line_of_point.append(along % side)
    line_of_point.append(column)

    lines = np.arange(side)
    each_line = lines[:, np.newaxis]
    return [of_point == each_line for of_point in line_of_point]


def _prime_side(points: int) -> int:
    """The smallest prime of which the square holds so many points."""
    side = 2
    while side * side < points or not _is_prime(side):
        side += 1
    return side


def _is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, number))


def _asked(system: System) -> Flags:
    """The counts and atoms that may not be known too well: of meldingen that there are."""
    number = len(system.counts)
    is_asked = system.truth > NEAR_ENOUGH
    is_asked[:number] &= system.is_open

    # An atom that is a count is asked once.
    of_counts = system.atoms.of_counts
    atoms_in = np.diff(of_counts.indptr)
    is_single = (atoms_in == 1) & system.is_receipts
    begins = of_counts.indptr[:-1]
    atom = of_counts.indices[begins[is_single]]
    is_asked[number + atom] = False
    return is_asked


def _of_owners(system: System) -> Flags:
    """Whether each count, and each atom, has a part of each organisation."""
    shape = len(system.names), len(system.owners)
    has_part = np.zeros(shape, dtype=bool)
    for place, slugs in enumerate(system.owners.values()):
        is_own = np.isin(system.atoms.gemeente, list(slugs))
        own = system.of_unknowns(is_own.astype(np.float64))
        atoms_in_common = system.sets @ own
        has_part[:, place] = atoms_in_common > 0

    # A tip may be of any of them.
    of_tips = np.flatnonzero(~system.is_receipts)
    has_part[of_tips] = True
    return has_part


def _have_some(system: System) -> Flags:
    """Which organisations have a melding of each count, and each atom."""
    gemeente = system.rows["gemeente"]
    of_each = []
    for slugs in system.owners.values():
        is_own = gemeente.isin(slugs).to_numpy()
        own = system.own_part(is_own)
        of_each.append(own > NEAR_ENOUGH)
    return np.stack(of_each, axis=1)


def _largest_two(numbers: Array) -> Array:
    """The sum of the two largest of each row."""
    in_order = np.sort(numbers, axis=1)
    largest_two = in_order[:, -2:]
    return largest_two.sum(axis=1)


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
        # A number of tips is that of receipts without those that came again.
        self.again = np.append(system.again, np.zeros(system.atoms.size))

        self.free = np.flatnonzero(reader.high > reader.low)
        known = system.unknowns.copy()
        known[self.free] = 0.0
        self.sets = csr_array(system.sets[:, self.free])
        self.is_open = np.diff(self.sets.indptr) > 0
        self.of_known = system.sets @ known

        limits = system.bounds
        rows = csr_array(limits.sums[:, self.free])
        is_used = np.diff(rows.indptr) > 0
        sum_of_known = limits.sums @ known
        low = limits.low - sum_of_known
        high = limits.high - sum_of_known
        most = np.minimum(reader.high, system.unknowns + BEYOND_ALL)
        self.names = limits.names[is_used]
        self.solver = _solver(
            csr_array(rows[is_used]),
            low[is_used],
            high[is_used],
            reader.low[self.free],
            most[self.free],
        )

    def disclosures(self, places: Positions) -> Iterator[Disclosure]:
        """Find the counts among these that are disclosed: all bounds make them narrow."""
        for place in self._narrow(places):
            at = np.array([place])
            upper = {""}
            lower = {""}
            for sign in (1.0, -1.0):
                if self._narrow(at).size:
                    duals = self._push(at, np.array([sign]))
                    upper.update(self.names[duals < -NEAR_ENOUGH])
                    lower.update(self.names[duals > NEAR_ENOUGH])
            if not self._narrow(at).size:
                continue

            # What is known by itself has no name.
            upper.remove("")
            lower.remove("")
            own = self.reader.own[place]
            least = self.least[place] - own
            most = self.most[place] - own
            yield Disclosure(
                reader=self.reader.name,
                count=str(self.system.names[place]),
                low=round(float(least), 6),
                high=round(float(most), 6),
                upper=tuple(sorted(upper)),
                lower=tuple(sorted(lower)),
            )

    def push_together(self, places: Positions, memory: Memory) -> None:
        """Push all of these down, then up, then each one way or the other.

        What was pushed in the round before comes first.
        """
        done = self._push_as_before(places, memory.taken(self.reader.who))
        random = np.random.default_rng(7)
        first_turn = 2 if done else 0
        for turn in range(first_turn, TOGETHER):
            narrow = self._narrow(places)
            if not narrow.size:
                break
            if turn == 0:
                signs = np.ones(narrow.size)
            elif turn == 1:
                signs = -np.ones(narrow.size)
            else:
                signs = random.choice([-1.0, 1.0], narrow.size)
            self._push(narrow, signs)
            done.append(_Push(narrow, signs, self.solver.getBasis()))

        if len(self.system.owners) <= MOST_OWNERS:  # of more it would be too much to keep
            memory.keep(self.reader.who, done[:TOGETHER])

    def _push_as_before(self, places: Positions, before: Sequence[_Push]) -> list[_Push]:
        """Push what was pushed in the round before, from where that ended."""
        done = []
        self.solver.setOptionValue("simplex_strategy", DUAL)
        for push in before:
            is_narrow = np.isin(push.places, self._narrow(places))
            if not is_narrow.any():
                continue
            status = self.solver.setBasis(push.basis)
            if status != highspy.HighsStatus.kOk:
                break  # it is of other bounds
            self._push(push.places, push.signs)
            done.append(replace(push, basis=self.solver.getBasis()))
        self.solver.setOptionValue("simplex_strategy", PRIMAL)
        return done

    def _narrow(self, places: Positions) -> Positions:
        """Which of these counts are known too well, as far as was seen."""
        is_narrow = _is_narrow(self.least[places], self.most[places])
        return places[is_narrow]

    def _push(self, places: Positions, signs: Array) -> Array:
        """Make these counts as small (+) or as large (−) as can be.

        Gives the dual of each bound: one that is not 0 is a part of the proof.
        """
        number = len(self.free)
        pushed = self.sets[places]
        cost = pushed.T @ signs
        columns = np.arange(number, dtype=np.int32)
        self.solver.changeColsCost(number, columns, cost)
        self._solve()

        solution = self.solver.getSolution()
        free = np.array(solution.col_value)
        of_free = self.sets @ free
        counts = of_free + self.of_known - self.again
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
    """A linear program of unknowns and sums of these (`rows`), each between two ends."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("simplex_strategy", PRIMAL)
    solver.addVars(len(low), low, high)

    number = len(row_low)
    starts = rows.indptr[:-1].astype(np.int32)
    columns = rows.indices.astype(np.int32)
    solver.addRows(number, row_low, row_high, rows.nnz, starts, columns, rows.data)
    return solver
