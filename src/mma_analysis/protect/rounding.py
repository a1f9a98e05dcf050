"""Public counts are multiples of the basis that still add up, beside what went out before.

Controlled rounding (Cox 1987) as one integer program: a variable per set of meldingen, so
that one set has one number, in every table.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csr_array, eye_array

from mma_analysis.vocabulary import TOTAL, UNKNOWN

LONGEST_ROUNDING = 60.0  # seconds: a fuse, the largest that was tried needs three
WEIGHT_OF_TOTAL = 5**0.5
WEIGHT_OF_DISTRICT = 20**0.5
# Beside this all other changes together weigh nothing: a number of before a revision stays.
WEIGHT_OF_HELD = 1_000.0
WEIGHT_OF_SUM = 1_000.0  # a sum goes only when no counts that go would help
# Of each set another weight, by its name: of two tables that change as much one is the
# best, so that every solver finds the same one.
SPREAD = 0.05
FURTHEST_SUM = (
    3  # multiples: so far from the truth the sum of a few numbers of before can be
)
SUMMED_AT_MOST = 3  # roundings: what could be further off is not published
SAME = ["period", "breakdown", "value"]
# What is withheld together, when all meldingen of one such count are alike.
BREAKDOWN_OF_AREA = ["area", "breakdown", "kind"]
NEAR_ENOUGH = 1e-6
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]
# Counts that were rounded down and counts that were rounded up: one at least must go the
# other way.
Cut = tuple[Sequence[str], Sequence[str]]


def rounded(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    basis: int,
    cuts: Sequence[Cut] = (),
) -> pd.Series | None:
    """Round every published count to a multiple of the basis, so that all sums still hold.

    None changes by the basis or more, a 0 stays a 0 and, where that can be, no area reads
    more than the district. A number that went out stays; what such numbers alone are the
    sum of is their sum. The same counts give the same table; None when there is none.

    `cells` has one row per count, on its name:
    - what it is of (`SAME`), its `set` (the same for counts of the same meldingen),
      `count`;
    - `published`; `is_total` (of the whole evaluation) and `is_district`, which are costly
      to change;
    - `kept`, the number that went out of its set; `held`, that of before a revision, which
      stays where it is less than the basis away; and `off`, how far its number may be from
      the truth;
    - `least` and `most`: what went out of a part of it, and of what it is a part of; where
      that can be, its number lies between these;
    - `is_forgotten`: its rows are gone, so its `count` is not known.

    `relations`: in each, coefficient × count adds up to 0. `cuts`: of each at least one
    count must be rounded otherwise than it says.
    """
    problem = _Problem(cells.sort_index(), relations, basis)
    tied = problem.cut(cuts)
    within = problem.within_district()
    # What would be nice goes, one by one, when there is no table with it.
    attempts = [
        (problem.nested, [*tied, *within]),
        (problem.ends, [*tied, *within]),
        (problem.ends, tied),
    ]
    for ends, constraints in attempts:
        multiples = problem.solved(ends, constraints)
        if multiples is not None:
            numbers = pd.Series(multiples * basis, problem.cells.index).astype("Int64")
            is_published = cells["published"].astype(bool)
            return numbers.reindex(cells.index[is_published])
    return None


def in_the_way(
    cells: pd.DataFrame, relations: pd.DataFrame, basis: int
) -> tuple[list[str], list[str]]:
    """What must go before there is a table: the fewest new counts, and the fewest sums.

    The sums are of numbers that went out in several issues and do not add up; they stay as
    they are.
    """
    problem = _Problem(cells.sort_index(), relations, basis)
    return problem.in_the_way()


def composed(cells: pd.DataFrame, relations: pd.DataFrame, basis: int) -> pd.Series:
    """How far the number of each count may be from the truth.

    One rounding is less than the basis off. What is the sum of numbers that went out, and
    of no new one, is their sum, and so far off as these can be together; of several ways
    the nearest. What is forgotten is the sum of these and of new ones, or infinitely far
    off.

    `cells` as for `rounded`, with the `kept_off` of what went out, and `is_structural`: a 0
    by its nature, of which the number is the truth.
    """
    published = cells["published"].astype(bool)
    is_structural = cells["is_structural"].astype(bool)
    is_forgotten = cells["is_forgotten"]
    is_kept = published & cells["kept"].notna()

    off = pd.Series(np.inf, cells.index)
    off[is_kept] = cells["kept_off"]
    off[published & is_structural] = 0.0
    if is_kept.any():
        is_open = published & np.isinf(off)
        off = _as_sums(off, is_open & ~is_forgotten, cells, relations)

    one_rounding = basis - 1.0
    is_rounded_here = np.isinf(off) & ~is_forgotten
    off = off.mask(is_rounded_here, one_rounding)
    if is_forgotten.any():
        is_open = published & np.isinf(off)
        off = _as_sums(off, is_open, cells, relations)
    return off


def _as_sums(
    off: pd.Series, may: pd.Series, cells: pd.DataFrame, relations: pd.DataFrame
) -> pd.Series:
    """How far off the counts that `may` are, as sums of counts of which that is known.

    off of one = Σ off of the others in its sum; of all its sums the least.
    """
    terms = relations[["relation", "cell"]].copy()
    while True:
        terms["off"] = terms["cell"].map(off)
        terms["is_open"] = terms["off"] == np.inf
        terms["known"] = terms["off"].mask(terms["is_open"], 0.0)

        by_relation = terms.groupby("relation")
        of_relation = by_relation[["is_open", "known"]].transform("sum")
        of_others = of_relation["known"] - terms["known"]
        # Nothing is open in the sum, or this count alone.
        is_made = of_relation["is_open"] == terms["is_open"]
        made = of_others[is_made].groupby(terms["cell"]).min()
        made = made.reindex(cells.index).fillna(np.inf)
        is_nearer = made < off
        nearest = off.mask(is_nearer, made)

        # One set has one number, so the nearest of all its counts.
        of_set = nearest.groupby(cells["set"]).transform("min")
        new = off.where(~may, of_set)
        if new.equals(off):
            return off
        off = new


class RoundedBounds(NamedTuple):
    """The least and the most that each count can become, in multiples."""

    low: Array
    high: Array


@dataclass(frozen=True)
class _Problem:
    """The integer program: one column per set, in multiples of the basis."""

    cells: pd.DataFrame
    relations: pd.DataFrame
    basis: int

    def _flags(self, name: str) -> Flags:
        return self.cells[name].to_numpy(dtype=bool)

    def _multiples(self, name: str) -> Array:
        """A column of numbers in multiples; missing where there is none."""
        numbers = self.cells[name].to_numpy(dtype=np.float64)
        return numbers / self.basis

    def _places(self, names: pd.Series) -> Positions:
        """Where the counts of these names stand."""
        return self.cells.index.get_indexer(pd.Index(names))

    @cached_property
    def exact(self) -> Array:
        """The true counts, in multiples."""
        return self._multiples("count")

    @cached_property
    def kept(self) -> Array:
        """The numbers that went out, in multiples; missing where none did."""
        return self._multiples("kept")

    # --- what becomes of each count -------------------------------------------------------

    @cached_property
    def published(self) -> Flags:
        return self._flags("published")

    @cached_property
    def is_kept(self) -> Flags:
        went_out = np.isfinite(self.kept)
        return self.published & went_out

    @cached_property
    def is_forgotten(self) -> Flags:
        """Whether nobody knows a count any more: it is what its parts add up to."""
        return self._flags("is_forgotten") & ~self.is_kept

    @cached_property
    def is_composed(self) -> Flags:
        """Whether a count is the sum of numbers that went out."""
        one_rounding = self.basis - 1
        off = self.cells["off"].to_numpy()
        is_further = off > one_rounding
        is_given = self.is_kept | self.is_forgotten
        return self.published & ~is_given & is_further

    @cached_property
    def is_new(self) -> Flags:
        """Whether a count is to be rounded here."""
        is_given = self.is_kept | self.is_composed | self.is_forgotten
        return self.published & ~is_given

    # --- between which ends ---------------------------------------------------------------

    @cached_property
    def ends(self) -> RoundedBounds:
        """The multiples around each count, and one number for what went out.

        What is not published, or not known, has a limit that it never comes near.
        """
        largest = np.nanmax(self.exact, initial=0.0)
        largest_kept = np.nanmax(self.kept, initial=0.0)
        far = 2 * (largest + largest_kept) + 100

        is_known = self.published & ~self.is_forgotten
        down = np.floor(self.exact)
        up = np.ceil(self.exact)
        low = np.where(is_known, down, 0.0)
        high = np.where(is_known, up, far)
        further_down = np.maximum(low - FURTHEST_SUM, 0.0)
        further_up = high + FURTHEST_SUM
        low = np.where(self.is_composed, further_down, low)
        high = np.where(self.is_composed, further_up, high)

        low = np.where(self.is_kept, self.kept, low)
        high = np.where(self.is_kept, self.kept, high)
        return RoundedBounds(low, high)

    @cached_property
    def nested(self) -> RoundedBounds:
        """The same, no less than what went out of a part, no more than what of a whole."""
        low, high = self.ends
        least = np.fmax(self._multiples("least"), low)
        most = np.fmin(self._multiples("most"), high)
        new_low = np.minimum(least, high)
        new_high = np.maximum(most, new_low)
        return RoundedBounds(
            np.where(self.is_new, new_low, low),
            np.where(self.is_new, new_high, high),
        )

    # --- one column per set ---------------------------------------------------------------

    @cached_property
    def column(self) -> Positions:
        """The column of each count: counts of the same set have the same."""
        number, _ = pd.factorize(self.cells["set"], sort=True)
        return number

    @cached_property
    def columns(self) -> int:
        """How many sets there are."""
        last = self.column.max(initial=-1)
        return int(last) + 1

    def _per_set(self, values: Array, how: str) -> Array:
        of_set = pd.Series(values).groupby(self.column)
        return of_set.agg(how).to_numpy()

    def _bounds(self, ends: RoundedBounds) -> Bounds:
        """The ends of each set: what all its counts allow."""
        low = self._per_set(ends.low, "max")
        high = self._per_set(ends.high, "min")
        return Bounds(low, high)

    @cached_property
    def _is_whole(self) -> Array:
        """Whether the number of each set must be whole: when a count of it is published."""
        published = self.published.astype(np.float64)
        return self._per_set(published, "max")

    def _matrix(
        self, rows: Positions, cells: Positions, values: Array, height: int
    ) -> csr_array:
        """A row per constraint, a column per set."""
        columns = self.column[cells]
        matrix = csr_array((values, (rows, columns)), shape=(height, self.columns))
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        matrix.sort_indices()
        return matrix

    @cached_property
    def sums(self) -> tuple[csr_array, pd.Index]:
        """All sums that hold, in an order of their own, and their names."""
        terms = self.relations
        number, names = pd.factorize(terms["relation"], sort=True)
        cells = self._places(terms["cell"])
        coefficient = terms["coefficient"].to_numpy(dtype=np.float64)
        matrix = self._matrix(number, cells, coefficient, len(names))
        return matrix, pd.Index(names)

    # --- what it costs --------------------------------------------------------------------

    @cached_property
    def spread(self) -> Array:
        """A weight of its own for each set, by its name; nearly one."""
        part = self.cells["set"].map(_part)
        weight = 1 + SPREAD * part
        return weight.to_numpy(dtype=np.float64)

    @cached_property
    def weight(self) -> Array:
        """How costly it is to change each count."""
        is_total = self._flags("is_total")
        is_district = self._flags("is_district")
        of_total = np.where(is_total, WEIGHT_OF_TOTAL, 1.0)
        of_district = np.where(is_district, WEIGHT_OF_DISTRICT, 1.0)
        return of_total * of_district * self.spread

    @cached_property
    def cost(self) -> Array:
        """What it costs that a count goes up and not down: as much more as that changes it.

        (up − exact) − (exact − down), times its weight.
        """
        exact = self.exact
        down = np.floor(exact)
        up = np.ceil(exact)
        up_not_down = up + down - 2 * exact
        cost = np.where(self.is_new, self.weight * up_not_down, 0.0)

        held = self._multiples("held")
        distance = np.abs(held - exact)
        is_held = self.is_new & (distance < 1)
        is_up = held > exact
        cost_of_held = np.where(is_up, -WEIGHT_OF_HELD, WEIGHT_OF_HELD)
        return np.where(is_held, cost_of_held, cost)

    # --- what else must hold --------------------------------------------------------------

    def cut(self, cuts: Sequence[Cut]) -> list[LinearConstraint]:
        """Of each cut at least one count is rounded the other way.

        Σ down − Σ up ≥ 1 + what that is as it was rounded.
        """
        terms = []
        for row, (down, up) in enumerate(cuts):
            terms += [(row, name, 1.0) for name in down]
            terms += [(row, name, -1.0) for name in up]
        if not terms:
            return []
        table = pd.DataFrame(terms, columns=["row", "cell", "sign"])
        row = table["row"].to_numpy()
        sign = table["sign"].to_numpy()
        cells = self._places(table["cell"])

        exact = self.exact[cells]
        is_down = sign > 0
        as_rounded = np.where(is_down, np.floor(exact), -np.ceil(exact))
        now = np.bincount(row, as_rounded, len(cuts))
        matrix = self._matrix(row, cells, sign, len(cuts))
        return [LinearConstraint(matrix, 1 + now, np.inf)]

    def within_district(self) -> list[LinearConstraint]:
        """What is no more than the district reads so too: rounding could turn it round."""
        table = self.cells[[*SAME, "is_district"]].assign(place=range(len(self.cells)))
        public = table[self.published]
        is_district = public["is_district"].astype(bool)
        of_district = public[is_district]
        of_others = public[~is_district]
        pairs = of_others.merge(of_district, on=SAME, suffixes=("", "_of"))
        part = pairs["place"].to_numpy()
        whole = pairs["place_of"].to_numpy()

        is_no_more = self.exact[part] <= self.exact[whole]
        could_read_more = self.ends.high[part] > self.ends.low[whole]
        # What went out can be turned round already.
        went_out = self.is_kept[part] & self.is_kept[whole]
        can_turn = is_no_more & could_read_more & ~went_out
        part = part[can_turn]
        whole = whole[can_turn]
        number = len(part)
        if not number:
            return []

        # whole − part ≥ 0: a row for each.
        row = np.arange(number)
        ones = np.ones(number)
        matrix = self._matrix(
            np.concatenate([row, row]),
            np.concatenate([part, whole]),
            np.concatenate([-ones, ones]),
            number,
        )
        return [LinearConstraint(matrix, 0, np.inf)]

    # --- solved ---------------------------------------------------------------------------

    def solved(
        self, ends: RoundedBounds, constraints: Sequence[LinearConstraint]
    ) -> Array | None:
        """The best table, in multiples, a number for each count; None without a table."""
        matrix, _ = self.sums
        is_used = np.diff(matrix.indptr) > 0
        adds_up = LinearConstraint(csr_array(matrix[is_used]), 0, 0)
        solution = _solved(
            self._per_set(self.cost, "sum"),
            self._is_whole,
            self._bounds(ends),
            [adds_up, *constraints],
        )
        if solution is None:
            return None
        return np.round(solution)[self.column]

    def in_the_way(self) -> tuple[list[str], list[str]]:
        """The fewest new counts that must go before there is a table, and the fewest sums.

        A set may go (g), and a sum need not hold (more, less):
        low − far × g ≤ number ≤ high + far × g, and sum + more − less = 0.
        """
        sums, names = self.sums
        is_free = self.is_new | self.is_composed
        sets = np.flatnonzero(self._per_set(is_free.astype(np.float64), "max"))
        ends = self._bounds(self.ends)
        far = ends.ub.max()

        one = eye_array(self.columns, format="csr")[sets]
        goes = far * eye_array(len(sets))
        differs = eye_array(len(names))
        matrix = block_array(
            [
                [sums, None, differs, -differs],
                [one, -goes, None, None],
                [one, goes, None, None],
            ]
        )
        no_sum = np.zeros(len(names))
        no_end = np.full(len(sets), np.inf)
        holds = LinearConstraint(
            csr_array(matrix),
            np.concatenate([no_sum, -no_end, ends.lb[sets]]),
            np.concatenate([no_sum, ends.ub[sets], no_end]),
        )

        low = ends.lb.copy()
        high = ends.ub.copy()
        low[sets] = 0.0
        high[sets] = far
        weight = self._per_set(self.spread, "max")[sets]
        slack = np.zeros(2 * len(names))
        solution = _solved(
            np.concatenate([np.zeros(self.columns), weight, slack + WEIGHT_OF_SUM]),
            np.concatenate([self._is_whole, np.ones(len(sets)), slack]),
            Bounds(
                np.concatenate([low, np.zeros(len(sets)), slack]),
                np.concatenate([high, np.ones(len(sets)), slack + np.inf]),
            ),
            [holds],
        )
        if solution is None:
            return [], []
        _, is_gone, more, less = np.split(
            solution,
            np.cumsum([self.columns, len(sets), len(names)]),
        )
        gone = sets[is_gone > 0.5]
        counts = self.cells.index[is_free & np.isin(self.column, gone)]
        return list(counts), list(names[more + less > NEAR_ENOUGH])


def _part(name: str) -> float:
    """A part of one for each name, as good as random, and the same everywhere."""
    hashed = hashlib.blake2b(str(name).encode(), digest_size=4)
    number = int.from_bytes(hashed.digest(), "big")
    return number / 2**32


def _solved(
    cost: Array, whole: Array, bounds: Bounds, constraints: Sequence[LinearConstraint]
) -> Array | None:
    """The best solution; None when there is none."""
    # The presolve of HiGHS (1.11 to 1.15) calls some tables impossible that are not.
    for presolve in (True, False):
        solved = milp(
            cost,
            integrality=whole.astype(np.intp),
            bounds=bounds,
            constraints=constraints,
            options={
                "mip_rel_gap": 0.0,
                "time_limit": LONGEST_ROUNDING,
                "presolve": presolve,
            },
        )
        if solved.x is not None:
            return solved.x
    return None


# --- group disclosure ---------------------------------------------------------------------


def group_disclosures(cells: pd.DataFrame) -> pd.DataFrame:
    """Find the public counts that are all meldingen of their area and period: a row each.

    Who knows that there was a melding then knows its topic, or what came of it. That
    nothing was registered of any tells of none, and is left out. `cells`: as made by
    `measure.counted`.
    """
    is_total = cells["breakdown"] == TOTAL
    is_public = cells["table"].str.startswith("per_")
    is_known = cells["value"] != UNKNOWN
    is_any = cells["count"] > 0
    parts = cells[is_public & ~is_total & is_known & is_any]

    totals = cells[is_total].set_index(["area", "period"])["count"]
    beside = parts.join(totals.rename("total"), on=["area", "period"])
    is_all = beside["count"] == beside["total"]
    columns = ["area", "period", "kind", "breakdown", "value"]
    return beside.loc[is_all, columns].reset_index(drop=True)


def withheld(cells: pd.DataFrame, disclosures: pd.DataFrame) -> pd.Series:
    """Whether each count is of an area and breakdown that is withheld: all are alike."""
    every = cells[BREAKDOWN_OF_AREA].astype("str")
    alike = disclosures[BREAKDOWN_OF_AREA].astype("str")
    withheld_keys = pd.MultiIndex.from_frame(alike)
    is_withheld = pd.MultiIndex.from_frame(every).isin(withheld_keys)
    is_public = cells["table"] != ""
    return is_public & is_withheld
