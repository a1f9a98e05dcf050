"""Who reads what was released, what each of them knows by itself, and what it can work out."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mma_analysis.attack.bounds import too_near
from mma_analysis.attack.relations import About, sums

RECEIPTS, AGAIN = "receipts", "again"
OUTSIDER = "buitenstaander"
MOST_OWNERS = 40  # of more, only an outsider is asked


class Reader(NamedTuple):
    """Who reads: its gemeenten (of which it has the rows), and how we call it."""

    name: str
    gemeenten: frozenset[str]


@dataclass(frozen=True)
class Learnt:
    """A count of which a reader knows the part of others too well, from `low` to `high`.

    The proof is made of counts of which the upper end of the range (`up`) or the lower (`down`)
    tells it so.
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

    @cached_property
    def names(self) -> pd.Index:
        """The names of all counts, remainders last."""
        return self._about.index

    @property
    def terms(self) -> pd.DataFrame:
        """Every sum that ties them: `relation`, `count`, `coefficient`."""
        return self._sums[0]

    @cached_property
    def truth(self) -> NDArray[np.float64]:
        """Every count, in the order of `names`."""
        known = self.counts["count"].to_numpy(dtype=np.float64)
        return np.append(known, self._members.sum(axis=1)[len(known) :]).astype(np.float64)

    def not_added_up(self) -> list[str]:
        """The counts that went out last and are not what their parts are together."""
        said = self.ranges.groupby("count")[["low", "high"]].last().mean(axis=1)
        terms = self.terms.assign(said=self.terms["count"].map(said))
        is_known = terms.groupby("relation")["said"].transform(
            lambda numbers: numbers.notna().all()
        )
        terms = terms[is_known]
        sums = (terms["said"] * terms["coefficient"]).groupby(terms["relation"]).sum()
        wholes = terms[terms["coefficient"] < 0].set_index("relation")["count"]
        return list(wholes[sums.index[sums != 0]])

    def outsider(self, until: float) -> list[Learnt]:
        """What somebody learns who has no rows at all."""
        reader = Reader(OUTSIDER, frozenset())
        return self._learnt(reader, self.truth > 0, np.zeros(len(self.names)), until)

    def insiders(self, until: float) -> list[Learnt]:
        """What organisations learn from each other: each alone, or when that is nothing, by twos.

        What more of them together do not know well, fewer do not either: so first all but one are
        asked, and for twos four at a time; then of these what is left and what the four know. Of a
        whole country nobody is asked: each asking takes minutes there.
        """
        if len(self.owners) > MOST_OWNERS:
            return []
        near = self._near_to_crowds(until)
        if found := [
            one for owner in sorted(self.owners) for one in self._of([owner], near, until)
        ]:
            return found
        blocks = [sorted(self.owners)[place : place + 2] for place in range(0, len(self.owners), 2)]
        done: set[tuple[str, ...]] = set()
        for several in combinations(blocks, 2):
            four = [owner for block in several for owner in block]
            reader = self._reader(four)
            is_theirs = self._is_of(reader.gemeenten)
            asked = near & (is_theirs | self._is_near(reader, near & ~is_theirs, until))
            for two in combinations(four, 2):
                found += self._of(two, asked, until) if two not in done else []
                done.add(two)
        return found

    def _of(self, names: Sequence[str], asked: NDArray[np.bool_], until: float) -> list[Learnt]:
        """What these organisations learn together of the asked counts, of what is not their own."""
        reader = self._reader(names)
        own = self._part_of(reader.gemeenten)
        return self._learnt(reader, asked & (self.truth - own > 0), own, until)

    def _near_to_crowds(self, until: float) -> NDArray[np.bool_]:
        """Whether a count may be known too well: not when it is of one organisation, and all others
        together do not know it well."""
        is_near = self.truth > 0
        for owner, gemeenten in sorted(self.owners.items()):
            own = self._is_of(gemeenten) & (self.truth > 0)
            others = self._reader([name for name in self.owners if name != owner])
            is_near &= ~own | self._is_near(others, own, until)
        return is_near

    def _is_near(self, reader: Reader, asked: NDArray[np.bool_], until: float) -> NDArray[np.bool_]:
        """Whether a reader knows each asked count too well, how small it is not considered."""
        no_matter = np.full(len(self.names), np.inf)
        learnt = self._learnt(reader, asked, no_matter, until)
        return self.names.isin([one.count for one in learnt])

    def _reader(self, names: Sequence[str]) -> Reader:
        members = (self.owners[name] for name in names)
        return Reader(" + ".join(names), frozenset[str]().union(*members))

    def _learnt(
        self, reader: Reader, asked: NDArray[np.bool_], own: NDArray[np.float64], until: float
    ) -> list[Learnt]:
        # How many tips two gemeenten received is taken to be known: who works there tells it.
        known = self._is_of(reader.gemeenten) | self._about["counted"].eq(AGAIN).to_numpy()
        low, high = (np.where(known, self.truth, end) for end in self._range)
        found = too_near(self._matrix, self.truth, low, high, asked & ~known, own, until)
        return [
            Learnt(
                reader.name,
                self.names[one.place],
                round(float(one.low - own[one.place]), 6),
                round(float(one.high - own[one.place]), 6),
                tuple(self.names[one.up]),
                tuple(self.names[one.down]),
            )
            for one in found
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
    def _members(self) -> csr_array:
        return self.members(self._about)

    def _part_of(self, gemeenten: frozenset[str]) -> NDArray[np.float64]:
        """How much of each count is from meldingen that these gemeenten have themselves."""
        is_own = self.meldingen["gemeente"].isin(gemeenten)
        has = self.meldingen["melding_id"].isin(self.meldingen.loc[is_own, "melding_id"])
        received, known = (self._members @ flags.to_numpy(np.float64) for flags in (is_own, has))
        return np.where(self._about["counted"] == RECEIPTS, received, known)

    @cached_property
    def _range(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        of_each = self.ranges.groupby("count").agg({"low": "max", "high": "min"})
        low = of_each["low"].reindex(self.names).fillna(0).clip(lower=0)
        return low.to_numpy(np.float64), of_each["high"].reindex(self.names).fillna(
            np.inf
        ).to_numpy(np.float64)

    @cached_property
    def _about(self) -> pd.DataFrame:
        columns = list(About._fields)
        return pd.concat([self.counts[columns], self._sums[1]])

    def _is_of(self, gemeenten: frozenset[str]) -> NDArray[np.bool_]:
        """Receipts of these gemeenten alone."""
        every = self._about["gemeenten"].unique()
        inside = [slugs for slugs in every if gemeenten.issuperset(slugs.split(","))]
        is_inside = self._about["gemeenten"].isin(inside) & self._about["counted"].eq(RECEIPTS)
        return is_inside.to_numpy(copy=True)


def deadline(seconds: float) -> float:
    """The moment after so many seconds, as `until`."""
    return time.monotonic() + seconds
