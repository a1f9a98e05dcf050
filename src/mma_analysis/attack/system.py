"""All that was said, in all issues together, as bounds and sums of atoms; and what is true."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from mma_analysis.attack.atoms import DELIVERED, Array, Atoms, Flags, Places, Terms
from mma_analysis.attack.revisions import Moves, Revision

RECEIPTS, TIPS, AGAIN = "receipts", "tips", "again"
UNKNOWN = "onbekend"
OUTSIDER = "buitenstaander"


@dataclass(frozen=True)
class Disclosure:
    """A count of which a reader knows the part of others too well, from `low` to `high`.

    By counts of which the upper end of the range (`upper`) or the lower (`lower`) tells it so.
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

    - `said`: a row per number that went out or would: the `name` of its set, `low` and `high`.
    - `rules`: what the program's own rules tell: a row per term, `rule`, `name`, `coefficient`; of
      each rule the sum is one or more.
    - `none`: sets of which a reader takes it that there are none, where that is so.
    - `final`: family → the classes that a melding does not leave once it is in them.
    """

    said: pd.DataFrame
    rules: pd.DataFrame
    none: frozenset[str]
    final: Mapping[str, frozenset[str]]
    revisions: tuple[Revision, ...] = ()


@dataclass(frozen=True)
class System:
    """All counts of all issues, what ties them, what everybody knows of each, and the truth.

    - `counts`: a row per set of meldingen, on its name: `counted`, `family`, `codes`, `region`.
    - `rows`: a row per melding and receiving `gemeente`, with `melding_id`, `day`, `booked` (in
      which order rows went out) and its class in each family.
    - `refused`: rows that are no melding: `gemeente`, `family`, `code`, `count`.
    - `owners`: organisation → the gemeenten of which it has the rows.
    - `forgotten`: days of gemeenten of which the rows are gone (`gemeente`, `first`, `last`).
    """

    counts: pd.DataFrame
    rows: pd.DataFrame
    refused: pd.DataFrame
    owners: Mapping[str, frozenset[str]]
    forgotten: pd.DataFrame
    knowledge: Knowledge

    # --- what there is -------------------------------------------------------------------------

    @cached_property
    def atoms(self) -> Atoms:
        """The smallest sets, of which every count is a sum."""
        return Atoms(self.counts)

    @cached_property
    def placed(self) -> csr_array:
        """In which atoms each melding is."""
        return self.atoms.placed(self.rows)

    @cached_property
    def is_receipts(self) -> Flags:
        """Whether each count is one of receipts."""
        return (self.counts["counted"] == RECEIPTS).to_numpy()

    @cached_property
    def names(self) -> pd.Index:
        """The names of all counts, then those of all atoms."""
        parts = []
        for family in self.atoms.families.values():
            for piece in family.pieces:
                parts += [f"{family.name}|{code}|{piece}" for code in family.codes]
        slugs = self.atoms.gemeente.tolist()
        atoms = [f"atom|{slug}|{part}" for slug, part in zip(slugs, parts, strict=True)]
        return pd.Index([*self.counts.index, *atoms])

    @cached_property
    def sets(self) -> csr_array:
        """Of which atoms each count, and each atom, is the sum: in the order of `names`."""
        every = csr_array(vstack([self.atoms.of_counts, eye_array(self.atoms.size)]))
        return self._beside_moves(every)

    @cached_property
    def moves(self) -> list[Moves]:
        """What is not known of each revision, beside the atoms."""
        return [Moves(self.atoms, revision) for revision in self.knowledge.revisions]

    def _beside_moves(self, of_atoms: csr_array) -> csr_array:
        """The same sums, of atoms and of all else that is not known."""
        more = sum(moves.size for moves in self.moves)
        return csr_array(hstack([of_atoms, csr_array((of_atoms.shape[0], more))]))

    def of_unknowns(self, of_atoms: Array, of_moves: Array | None = None) -> Array:
        """A number for each atom, and for all else that is not known: none, or this."""
        more = sum(moves.size for moves in self.moves)
        return np.append(of_atoms, np.zeros(more) if of_moves is None else of_moves)

    @cached_property
    def unknowns(self) -> Array:
        """The truth of each atom, and of all else that is not known."""
        moves = [moves.truth for moves in self.moves]
        return self.of_unknowns(self.of_atoms, np.concatenate([np.array([]), *moves]))

    def gemeente_of_unknowns(self) -> Array:
        """Of which gemeente each atom, and each other unknown, is."""
        slugs = [np.full(m.size, m.revision.after, dtype=object) for m in self.moves]
        return np.concatenate([self.atoms.gemeente, *slugs])

    # --- the truth -----------------------------------------------------------------------------

    @cached_property
    def of_atoms(self) -> Array:
        """The true count of each atom."""
        meldingen = self.placed.sum(axis=1)
        counts = self.atoms.with_refused(meldingen, self.refused)
        return self._possible(counts) if len(self.forgotten) else counts

    @cached_property
    def is_forgotten(self) -> Flags:
        """Of which atoms the rows are gone."""
        return self.atoms.touch(self.forgotten)

    @cached_property
    def is_open(self) -> Flags:
        """Of which counts something can be asked.

        Of tips, and of rows that were refused, only when all rows are there.
        """
        has_gone = self.atoms.of_counts @ self.is_forgotten.astype(np.float64) > 0
        is_again = (self.counts["counted"] == AGAIN).to_numpy()
        is_refused = self.counts["family"].str.startswith(DELIVERED).to_numpy()
        return ~is_again & ~(has_gone & (is_refused | ~self.is_receipts))

    def _possible(self, counts: Array) -> Array:
        """The counts, and where rows are gone what they may have been: all that was said holds."""
        said = self._said
        place = self.counts.index.get_indexer(said.index)
        of_said = self.atoms.of_counts[place]
        every = csr_array(vstack([of_said, self.atoms.sums]))
        none = np.zeros(self.atoms.sums.shape[0])
        low = np.where(self.is_forgotten, 0.0, counts)
        high = np.where(self.is_forgotten, np.inf, counts)
        solved = milp(
            np.zeros(self.atoms.size),
            integrality=np.ones(self.atoms.size),
            bounds=Bounds(low, high),
            constraints=LinearConstraint(
                every,
                np.append(said["low"].to_numpy(np.float64), none),
                np.append(said["high"].to_numpy(np.float64), none),
            ),
        )
        return counts if solved.x is None else np.round(solved.x)

    @cached_property
    def _said(self) -> pd.DataFrame:
        """The ends of the range of each count that was said, of which something can be asked."""
        said = self.knowledge.said.groupby("name").agg({"low": "max", "high": "min"})
        is_open = self.is_open[self.counts.index.get_indexer(said.index)]
        return said[is_open]

    @cached_property
    def again(self) -> Array:
        """Of each count of tips or of `again`: how many of its receipts are not the first."""
        return self._receipts_that(lambda is_first: ~is_first)

    @cached_property
    def truth(self) -> Array:
        """Every count, and every atom, in the order of `names`."""
        receipts = self.atoms.of_counts @ self.of_atoms
        is_again = (self.counts["counted"] == AGAIN).to_numpy()
        counts = np.where(is_again, self.again, receipts - self.again)
        return np.append(counts, self.of_atoms)

    def _receipts_that(self, are, has: Flags | None = None) -> Array:
        """For counts that are not of receipts: in how many rows a flag is true."""
        counts = np.zeros(len(self.counts))
        gemeenten = self._gemeenten_of_tips
        for slugs in gemeenten[gemeenten != ""].unique():
            is_theirs = self.rows["gemeente"].isin(slugs.split(",")).to_numpy()
            flags = is_theirs & are(self._is_first(is_theirs))
            if has is not None:
                flags &= has
            of_atoms = self.placed @ flags.astype(np.float64)
            own = np.flatnonzero(gemeenten == slugs)
            counts[own] = self.atoms.of_counts[own] @ of_atoms
        return counts

    @cached_property
    def _gemeenten_of_tips(self) -> pd.Series:
        """The gemeenten among which each count of tips finds first receipts; empty of others."""
        slugs_of = {}
        for region in self.counts.loc[~self.is_receipts, "region"].unique():
            slugs = {
                s for part in region.split() for s in part.partition(":")[0].split(",")
            }
            slugs_of[region] = ",".join(sorted(slugs))
        return self.counts["region"].where(~self.is_receipts, "").map({"": ""} | slugs_of)

    def _is_first(self, is_theirs: Flags) -> Flags:
        """Whether each row is the first receipt of its tip among those of some gemeenten."""
        own = self.rows[is_theirs].assign(place=np.flatnonzero(is_theirs))
        in_order = own.sort_values(["booked", "day", "gemeente"], kind="stable")
        firsts = in_order.loc[~in_order["melding_id"].duplicated(), "place"]
        is_first = np.zeros(len(self.rows), dtype=bool)
        is_first[firsts] = True
        return is_first

    def own_part(self, is_own: Flags) -> Array:
        """How much of each count, and of each atom, who has these rows knows by itself.

        Of a tip that came in elsewhere too it knows that it did.
        """
        receipts = self.placed @ is_own.astype(np.float64)
        known_ids = self.rows.loc[is_own, "melding_id"]
        has = self.rows["melding_id"].isin(known_ids).to_numpy()
        tips = self._receipts_that(lambda is_first: is_first, has)
        of_counts = np.where(self.is_receipts, self.atoms.of_counts @ receipts, tips)
        return np.append(of_counts, receipts)

    # --- what is said --------------------------------------------------------------------------

    @cached_property
    def bounds(self) -> tuple[csr_array, Array, Array, pd.Index]:
        """Every bound on a sum of atoms: the sums, their least, their most, and of which count.

        How many tips two gemeenten received is taken to be known: who works there tells it. So a
        number of tips is one of receipts.
        """
        said = self._said
        place = self.counts.index.get_indexer(said.index)
        of_said = self.atoms.of_counts[place]
        low = np.maximum(said["low"].to_numpy(np.float64), 0) + self.again_of(place)
        high = said["high"].to_numpy(np.float64)
        is_none = said.index.isin(self.knowledge.none) & (self.truth[place] == 0)
        high = np.where(is_none, 0.0, high) + self.again_of(place)

        rules, least = self._rules()
        never_less = self._in_time()
        parts = [of_said, self.atoms.sums, rules, never_less]
        lows = [
            low,
            np.zeros(self.atoms.sums.shape[0]),
            least,
            np.zeros(never_less.shape[0]),
        ]
        unbound = rules.shape[0] + never_less.shape[0]
        highs = [high, np.zeros(self.atoms.sums.shape[0]), np.full(unbound, np.inf)]
        every = [self._beside_moves(csr_array(vstack(parts)))]
        for at, moves in enumerate(self.moves):
            sums, total = moves.sums
            before = csr_array((sums.shape[0], sum(m.size for m in self.moves[:at])))
            after = csr_array((sums.shape[0], sum(m.size for m in self.moves[at + 1 :])))
            of_atoms = sums[:, : self.atoms.size]
            every.append(
                csr_array(hstack([of_atoms, before, sums[:, self.atoms.size :], after]))
            )
            lows.append(total)
            highs.append(total)
        every = csr_array(vstack(every))
        names = [*said.index, *[""] * (every.shape[0] - len(place))]
        return every, np.concatenate(lows), np.concatenate(highs), pd.Index(names)

    def again_of(self, place: Places) -> Array:
        """How many receipts more than tips; of a count of receipts none."""
        return np.where(self.is_receipts[place], 0.0, self.again[place])

    def _rules(self) -> tuple[csr_array, Array]:
        """What the program's own rules tell: sums of counts that are one or more."""
        rules = self.knowledge.rules
        rules = rules[rules["name"].isin(self.counts.index)]
        number, every = pd.factorize(rules["rule"])
        place = self.counts.index.get_indexer(pd.Index(rules["name"]))
        coefficient = rules["coefficient"].to_numpy(np.float64)
        shape = len(every), len(self.counts)
        of_counts = csr_array((coefficient, (number, place)), shape=shape)
        again = of_counts @ self.again_of(np.arange(len(self.counts)))
        # What is not so, nobody can know.
        is_so = of_counts @ self.truth[: len(self.counts)] >= 1
        of_atoms = csr_array(of_counts @ self.atoms.of_counts)
        return csr_array(of_atoms[is_so]), (1.0 + again)[is_so]

    def _in_time(self) -> csr_array:
        """What was known on a peildatum is known later: sums of atoms that are 0 or more."""
        terms = Terms()
        families = self.atoms.families
        stems: dict[str, list[str]] = {}
        for name in sorted(families):
            if "@" in name:
                stems.setdefault(name.partition("@")[0], []).append(name)
        for stem, names in stems.items():
            final = self.knowledge.final.get(stem, frozenset())
            for place, earlier in enumerate(names):
                for later in names[place + 1 :]:
                    one, other = families[earlier], families[later]
                    for piece in np.intersect1d(one.pieces, other.pieces):
                        for code in sorted(set(one.codes) & set(other.codes)):
                            sign = 1.0 if code in final else -1.0
                            if code not in final and code != UNKNOWN:
                                continue
                            at = np.array([piece])
                            before = one.atoms(at, one.codes.get_indexer(pd.Index([code])))
                            after = other.atoms(
                                at, other.codes.get_indexer(pd.Index([code]))
                            )
                            terms.add([(after, sign), (before, -sign)])
        return terms.matrix(self.atoms.size)

    def not_added_up(self) -> list[str]:
        """Numbers of one set that are further from the truth than was said."""
        every, low, high, names = self.bounds
        values = every @ self.unknowns
        is_wrong = (values < low - 1e-6) | (values > high + 1e-6)
        return [name or "rule" for name in names[is_wrong]]
