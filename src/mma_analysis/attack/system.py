"""All that was said in all issues, as bounds on sums of atoms; and what is true."""

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from mma_analysis.attack.atoms import (
    Array,
    Atoms,
    Family,
    Flags,
    Positions,
    SumOfAtoms,
    Terms,
    field_of,
    is_delivered,
)
from mma_analysis.attack.revisions import Moves, Revision

RECEIPTS = "receipts"
AGAIN = "again"
UNKNOWN = "onbekend"
OUTSIDER = "buitenstaander"
NEAR_ENOUGH = 1e-6


@dataclass(frozen=True)
class Disclosure:
    """A count of which a reader knows the part of others too well, from `low` to `high`.

    What tells it: the upper ends of the intervals of some counts (`upper`), and the lower
    ends of others (`lower`).
    """

    reader: str
    count: str
    low: float
    high: float
    upper: tuple[str, ...] = ()
    lower: tuple[str, ...] = ()


@dataclass(frozen=True)
class Knowledge:
    """What everybody knows.

    - `said`: a row per number that went out or would: the `name` of its set, and its
      interval from `low` to `high`.
    - `rules`: what the program's own rules tell: a row per term, `rule`, `name`,
      `coefficient`; of each rule the sum is one or more.
    - `none`: sets of which a reader takes it that there are none, where that is so.
    - `final`: field → the classes that a melding does not leave once it is in them.
    - `revisions`: the gemeenten of which all rows were booked anew.
    """

    said: pd.DataFrame
    rules: pd.DataFrame
    none: frozenset[str]
    final: Mapping[str, frozenset[str]]
    revisions: tuple[Revision, ...] = ()


class Limits(NamedTuple):
    """What is known of sums of unknowns: each row of `sums` lies between `low` and `high`.

    `names`: the count that each is of; empty of what is known by itself.
    """

    sums: csr_array
    low: Array
    high: Array
    names: pd.Index


class Tips(NamedTuple):
    """The counts of tips, and of receipts that came `again`, among the same gemeenten.

    `place`: of these counts. `is_theirs`, `is_first`: of each row, whether it is one of
    theirs, and the first receipt among them of its tip.
    """

    place: Positions
    is_theirs: Flags
    is_first: Flags


@dataclass(frozen=True)
class System:
    """All counts of all issues, what ties them, what everybody knows, and the truth.

    - `counts`: a row per set of meldingen, on its name: `counted`, `family`, `codes`,
      `region`.
    - `rows`: a row per melding and receiving `gemeente`, with `melding_id`, `day`, `booked`
      (in which order rows went out) and its class in each family.
    - `refused`: rows that are no melding: `gemeente`, `family`, `code`, `count`.
    - `owners`: organisation → the gemeenten of which it has the rows.
    - `forgotten`: the days of which the rows are gone: `gemeente`, `first`, `last`.
    """

    counts: pd.DataFrame
    rows: pd.DataFrame
    refused: pd.DataFrame
    owners: Mapping[str, frozenset[str]]
    forgotten: pd.DataFrame
    knowledge: Knowledge

    # --- what there is --------------------------------------------------------------------

    @cached_property
    def atoms(self) -> Atoms:
        """The smallest sets, of which every count is a sum."""
        return Atoms(self.counts)

    @cached_property
    def placed(self) -> csr_array:
        """In which atoms each melding is: a row per atom, a column per melding."""
        return self.atoms.placed(self.rows)

    @cached_property
    def is_receipts(self) -> Flags:
        """Whether each count is one of receipts."""
        counted = self.counts["counted"].to_numpy()
        return counted == RECEIPTS

    @cached_property
    def is_again(self) -> Flags:
        """Whether each count is one of receipts of tips that came in before."""
        counted = self.counts["counted"].to_numpy()
        return counted == AGAIN

    @cached_property
    def names(self) -> pd.Index:
        """The names of all counts, then those of all atoms."""
        atoms = []
        for family in self.atoms.families.values():
            for piece in family.pieces:
                for code in family.codes:
                    atoms.append(f"{family.name}|{code}|{piece}")

        names = self.counts.index.tolist()
        for slug, atom in zip(self.atoms.gemeente, atoms, strict=True):
            names.append(f"atom|{slug}|{atom}")
        return pd.Index(names)

    @cached_property
    def sets(self) -> csr_array:
        """Of which unknowns each count and atom is the sum, in the order of `names`."""
        of_atoms = eye_array(self.atoms.size)
        every = vstack([self.atoms.of_counts, of_atoms])
        return self._beside_moves(csr_array(every))

    # --- what is not known ----------------------------------------------------------------

    @cached_property
    def moves(self) -> list[Moves]:
        """What is not known of each revision, beside the atoms."""
        return [Moves(self.atoms, revision) for revision in self.knowledge.revisions]

    @cached_property
    def _size_of_moves(self) -> int:
        return sum(moves.size for moves in self.moves)

    def _beside_moves(self, of_atoms: csr_array) -> csr_array:
        """The same sums, of atoms and of all else that is not known."""
        shape = of_atoms.shape[0], self._size_of_moves
        of_moves = csr_array(shape)
        return csr_array(hstack([of_atoms, of_moves]))

    def of_unknowns(self, of_atoms: Array) -> Array:
        """The same number for each atom, and 0 for all else that is not known."""
        nothing = np.zeros(self._size_of_moves)
        return np.append(of_atoms, nothing)

    @cached_property
    def unknowns(self) -> Array:
        """The truth of each atom, and of all else that is not known."""
        of_moves = [moves.truth for moves in self.moves]
        return np.concatenate([self.of_atoms, *of_moves])

    @cached_property
    def gemeente_of_unknowns(self) -> NDArray[np.object_]:
        """Of which gemeente each atom, and each other unknown, is."""
        slugs = [self.atoms.gemeente]
        for moves in self.moves:
            after = np.full(moves.size, moves.revision.after, dtype=object)
            slugs.append(after)
        return np.concatenate(slugs)

    # --- the truth ------------------------------------------------------------------------

    @cached_property
    def truth(self) -> Array:
        """Every count, and every atom, in the order of `names`."""
        receipts = self.atoms.of_counts @ self.of_atoms
        counts = receipts - self.again
        counts[self.is_again] = self.again[self.is_again]
        return np.append(counts, self.of_atoms)

    @cached_property
    def of_atoms(self) -> Array:
        """The true count of each atom."""
        meldingen = np.asarray(self.placed.sum(axis=1), dtype=np.float64)
        counts = self.atoms.with_refused(meldingen, self.refused)
        if self.forgotten.empty:
            return counts
        return self._possible(counts)

    @cached_property
    def is_forgotten(self) -> Flags:
        """Of which atoms the rows are gone."""
        return self.atoms.touch(self.forgotten)

    @cached_property
    def is_open(self) -> Flags:
        """Of which counts something can be asked.

        Of tips, and of rows that were refused, only when all rows are there.
        """
        forgotten = self.is_forgotten.astype(np.float64)
        forgotten_in = self.atoms.of_counts @ forgotten
        is_whole = forgotten_in == 0
        is_refused = self.counts["family"].map(is_delivered).to_numpy(dtype=bool)
        is_of_clean_receipts = self.is_receipts & ~is_refused
        return ~self.is_again & (is_whole | is_of_clean_receipts)

    def _possible(self, counts: Array) -> Array:
        """The counts; where rows are gone, some with which all that was said holds."""
        said = self._said
        sums = vstack([self._sums_of(said), self.atoms.sums])
        nothing = np.zeros(self.atoms.sums.shape[0])
        holds = LinearConstraint(
            csr_array(sums),
            np.append(said["low"], nothing),
            np.append(said["high"], nothing),
        )

        least = np.where(self.is_forgotten, 0.0, counts)
        most = np.where(self.is_forgotten, np.inf, counts)
        solved = milp(
            np.zeros(self.atoms.size),
            integrality=np.ones(self.atoms.size),
            bounds=Bounds(least, most),
            constraints=holds,
        )
        if solved.x is None:
            return counts
        return np.round(solved.x)

    @cached_property
    def _said(self) -> pd.DataFrame:
        """The interval of each count that was said, of which something can be asked."""
        of_set = self.knowledge.said.groupby("name")
        said = of_set.agg({"low": "max", "high": "min"})
        said = said.astype("float64")
        place = self.counts.index.get_indexer(said.index)
        is_open = self.is_open[place]
        return said[is_open]

    def _sums_of(self, said: pd.DataFrame) -> csr_array:
        """Of which atoms each count that was said is the sum."""
        place = self.counts.index.get_indexer(said.index)
        sums = self.atoms.of_counts[place]
        return csr_array(sums)

    # --- tips, and receipts that came again -----------------------------------------------

    @cached_property
    def again(self) -> Array:
        """Of each count how many of its receipts are not the first; of receipts none."""
        counts = np.zeros(len(self.counts))
        for tips in self._tips:
            came_again = tips.is_theirs & ~tips.is_first
            counts[tips.place] = self._rows_in(tips.place, came_again)
        return counts

    def own_part(self, is_own: Flags) -> Array:
        """How much of each count, and of each atom, who has these rows knows by itself.

        Of a tip that came in elsewhere too it knows that it did.
        """
        of_atoms = self.placed @ is_own.astype(np.float64)
        of_counts = self.atoms.of_counts @ of_atoms

        own_tips = self._tip_of_rows[is_own]
        is_of_own_tip = np.isin(self._tip_of_rows, own_tips)
        for tips in self._tips:
            is_counted = tips.is_first & is_of_own_tip
            of_counts[tips.place] = self._rows_in(tips.place, is_counted)
        return np.append(of_counts, of_atoms)

    @cached_property
    def _tip_of_rows(self) -> Positions:
        """Which tip each row is of, by number."""
        number, _ = pd.factorize(self.rows["melding_id"])
        return number

    def _rows_in(self, place: Positions, is_counted: Flags) -> Array:
        """How many of these rows are in each of these counts."""
        of_atoms = self.placed @ is_counted.astype(np.float64)
        return self.atoms.of_counts[place] @ of_atoms

    @cached_property
    def _tips(self) -> list[Tips]:
        """All counts that are not of receipts, by the gemeenten that they are among."""
        of_tips = np.flatnonzero(~self.is_receipts)
        regions = self.counts["region"].iloc[of_tips]
        gemeenten = regions.map(_gemeenten)
        every = []
        for slugs in gemeenten.unique():
            is_among_these = (gemeenten == slugs).to_numpy()
            place = of_tips[is_among_these]
            is_theirs = self.rows["gemeente"].isin(slugs.split(",")).to_numpy()
            is_first = self._is_first(is_theirs)
            every.append(Tips(place, is_theirs, is_first))
        return every

    def _is_first(self, is_theirs: Flags) -> Flags:
        """Whether each row is the first receipt of its tip among these."""
        own = self.rows[is_theirs]
        own = own.assign(place=np.flatnonzero(is_theirs))
        in_order = own.sort_values(["booked", "day", "gemeente"], kind="stable")
        firsts = in_order.drop_duplicates("melding_id")
        is_first = np.zeros(len(self.rows), dtype=bool)
        is_first[firsts["place"]] = True
        return is_first

    # --- what is known of sums ------------------------------------------------------------

    @cached_property
    def bounds(self) -> Limits:
        """All that is known of sums of atoms, and of what else is not known."""
        every = [
            self._told(),
            self._added_up(),
            self._told_by_rules(),
            self._never_less(),
            *self._revised(),
        ]
        names = []
        for limits in every:
            names += limits.names.tolist()
        return Limits(
            sums=csr_array(vstack([limits.sums for limits in every])),
            low=np.concatenate([limits.low for limits in every]),
            high=np.concatenate([limits.high for limits in every]),
            names=pd.Index(names),
        )

    def _told(self) -> Limits:
        """The interval of each number.

        How many tips two gemeenten received is taken to be known: who works there tells it.
        So a number of tips is one of receipts.
        """
        said = self._said
        positions = self.counts.index.get_indexer(said.index)
        # Where a reader takes it that there are none, and that is so.
        may_be_none = said.index.isin(self.knowledge.none)
        is_none = may_be_none & (self.truth[positions] == 0)
        least = said["low"].clip(lower=0).to_numpy()
        most = said["high"].mask(is_none, 0.0).to_numpy()

        # A number of tips, and what came again of these, is a number of receipts.
        came_again = self.again[positions]
        of_atoms = self._sums_of(said)
        return Limits(
            self._beside_moves(of_atoms),
            low=least + came_again,
            high=most + came_again,
            names=said.index,
        )

    def _added_up(self) -> Limits:
        """The classes of what a total counts are that total."""
        sums = self.atoms.sums
        nothing = np.zeros(sums.shape[0])
        return _by_itself(self._beside_moves(sums), nothing, nothing)

    def _told_by_rules(self) -> Limits:
        """What the program's own rules tell: sums of counts that are one or more."""
        terms = self.knowledge.rules
        terms = terms[terms["name"].isin(self.counts.index)]
        number, rules = pd.factorize(terms["rule"])
        place = self.counts.index.get_indexer(pd.Index(terms["name"]))
        coefficient = terms["coefficient"].to_numpy(np.float64)
        of_counts = csr_array(
            (coefficient, (number, place)),
            shape=(len(rules), len(self.counts)),
        )

        of_atoms = csr_array(of_counts @ self.atoms.of_counts)
        least = 1.0 + of_counts @ self.again
        # What is not so, nobody can know.
        truth = of_counts @ self.truth[: len(self.counts)]
        is_so = truth >= 1
        return self._at_least(csr_array(of_atoms[is_so]), least[is_so])

    def _never_less(self) -> Limits:
        """What was known on a peildatum is known later, and no more is unknown then."""
        by_field: dict[str, list[Family]] = {}
        for name in sorted(self.atoms.families):
            field = field_of(name)
            if field != name:  # as of a peildatum
                of_field = by_field.setdefault(field, [])
                of_field.append(self.atoms.families[name])

        terms = Terms()
        for field, families in by_field.items():
            final = self.knowledge.final.get(field, frozenset())
            for before, after in itertools.combinations(families, 2):
                for difference in _differences(before, after, final):
                    terms.add(difference)
        nothing = np.zeros(len(terms))
        return self._at_least(terms.matrix(self.atoms.size), nothing)

    def _at_least(self, sums: csr_array, least: Array) -> Limits:
        """Sums of atoms of which no more is known than the least that each is."""
        no_end = np.full(len(least), np.inf)
        return _by_itself(self._beside_moves(sums), least, no_end)

    def _revised(self) -> list[Limits]:
        """Of each revision the sums of atoms and of its own unknowns."""
        limits = []
        before = 0
        for moves in self.moves:
            sums, total = moves.sums
            number = len(total)
            after = self._size_of_moves - before - moves.size
            every = hstack(
                [
                    sums[:, : self.atoms.size],
                    csr_array((number, before)),
                    sums[:, self.atoms.size :],
                    csr_array((number, after)),
                ]
            )
            limits.append(_by_itself(csr_array(every), total, total))
            before += moves.size
        return limits

    def not_added_up(self) -> list[str]:
        """What was said, or is known by itself (`rule`), and is not so."""
        limits = self.bounds
        value = limits.sums @ self.unknowns
        is_less = value < limits.low - NEAR_ENOUGH
        is_more = value > limits.high + NEAR_ENOUGH
        names = limits.names[is_less | is_more]
        return [name or "rule" for name in names]


def _differences(
    before: Family, after: Family, final: Collection[str]
) -> Iterator[SumOfAtoms]:
    """Of each class on the same days, what is 0 or more: what one peildatum has more.

    later − earlier of a final class; earlier − later of what is not known.
    """
    stays = {*final, UNKNOWN}
    codes = stays.intersection(before.codes, after.codes)
    for piece in np.intersect1d(before.pieces, after.pieces):
        days = np.array([piece])
        for code in sorted(codes):
            earlier = before.atoms(days, before.code_of([code]))
            later = after.atoms(days, after.code_of([code]))
            sign = 1.0 if code in final else -1.0
            yield [(later, sign), (earlier, -sign)]


def _by_itself(sums: csr_array, low: Array, high: Array) -> Limits:
    """What is known of sums although nobody said it."""
    no_names = pd.Index([""] * len(low))
    return Limits(sums, low, high, no_names)


def _gemeenten(region: str) -> str:
    """The gemeenten of a region, with commas."""
    slugs = set[str]()
    for part in region.split():
        of_part, _, _ = part.partition(":")
        slugs.update(of_part.split(","))
    return ",".join(sorted(slugs))
