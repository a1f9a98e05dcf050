"""Public counts are multiples of the basis that still add up, beside what went out before.

Controlled rounding (Cox 1987) as one integer program: a variable per set of meldingen, so that one
set has one number, in every table.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from mma_analysis.vocabulary import TOTAL, UNKNOWN

LONGEST = 60.0  # seconds: a fuse, the largest that was tried needs three
WEIGHT_OF_TOTAL = 5**0.5
WEIGHT_OF_DISTRICT = 20**0.5
# Beside this all other changes together weigh nothing: a number of before a revision stays.
WEIGHT_OF_HELD = 1_000.0
# Of each set another weight, by its name: of two tables that change as much one is the best, so
# that every solver finds the same one.
SPREAD = 0.05
FURTHEST = 3  # multiples: so far from the truth the sum of a few numbers of before can be
OFF_AT_MOST = 12  # what could be further off is not published
SAME = ["period", "breakdown", "value"]
LINE = ["area", "breakdown", "kind"]
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Counts that were rounded down and counts that were rounded up: one at least must go the other way.
Cut = tuple[Sequence[str], Sequence[str]]


def rounded(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    basis: int,
    cuts: Sequence[Cut] = (),
) -> pd.Series | None:
    """Round every published count to a multiple of the basis, so that every sum still holds.

    None changes by the basis or more, a 0 stays a 0 and, where that can be, no area reads more than
    the district. A number that went out stays; what such numbers alone are the sum of is their sum.
    The same counts give the same table; None when there is none.

    `cells` has one row per count, on its name:
    - what it is of (`SAME`), its `set` (the same for counts of the same meldingen), `count`;
    - `published`; `is_total` (of the whole evaluation) and `is_district`, which are dear to change;
    - `kept`, the number that went out of its set; `held`, that of before a revision, which stays
      where it is less than the basis away; and `off`, how far its number may be from the truth;
    - `is_forgotten`: its rows are gone, so its `count` is not known.

    `relations`: in each, coefficient × count adds up to 0. `cuts` are tables that give a count away.
    """
    problem = _Problem(cells.sort_index(), relations, basis)
    tied = problem.cut(cuts)
    within = problem.within_district()
    ends = problem.low, problem.high
    # What would be nice goes, one by one, when there is no table with it.
    for bounds, constraints in (
        (problem.nested, [*tied, *within]),
        (ends, [*tied, *within]),
        (ends, tied),
    ):
        multiples = problem.solved(bounds, constraints)
        if multiples is not None:
            numbers = pd.Series(multiples * basis, problem.cells.index).astype("Int64")
            return numbers.reindex(cells.index[cells["published"].astype(bool)])
    return None


def in_the_way(
    cells: pd.DataFrame, relations: pd.DataFrame, basis: int
) -> tuple[list[str], list[str]]:
    """What must go before there is a table: the fewest new counts, and the fewest sums.

    The sums are of numbers that went out in several issues and do not add up; they stay as they
    are.
    """
    return _Problem(cells.sort_index(), relations, basis).in_the_way()


def composed(cells: pd.DataFrame, relations: pd.DataFrame, basis: int) -> pd.Series:
    """How far the number of each count may be from the truth.

    One rounding is less than the basis off. What is the sum of numbers that went out, and of no new
    one, is their sum, and so far off as these can be together; of several ways the nearest. What is
    forgotten is the sum of these and of new ones, or infinitely far off. `cells` as for `rounded`,
    with the `kept_off` of what went out.
    """
    published = cells["published"].astype(bool)
    is_structural = cells["is_structural"].astype(bool)
    is_kept = published & cells["kept"].notna()
    off = pd.Series(np.inf, cells.index)
    off[is_kept] = cells["kept_off"]
    off[published & is_structural] = 0.0
    if is_kept.any():
        is_known = published & ~cells["is_forgotten"]
        off = _as_sums(off, is_known & np.isinf(off), cells, relations)
    off = off.where(np.isfinite(off) | cells["is_forgotten"], basis - 1.0)
    if cells["is_forgotten"].any():
        off = _as_sums(off, published & np.isinf(off), cells, relations)
    return off


def _as_sums(
    off: pd.Series, may: pd.Series, cells: pd.DataFrame, relations: pd.DataFrame
) -> pd.Series:
    """How far off the counts that `may` are, as sums of counts of which that is known already."""
    terms = relations[["relation", "cell"]].copy()
    while True:
        terms["off"] = terms["cell"].map(off)
        is_unknown = np.isinf(terms["off"])
        unknown = is_unknown.groupby(terms["relation"]).transform("sum")
        known = terms["off"].mask(is_unknown, 0.0)
        of_others = known.groupby(terms["relation"]).transform("sum") - known
        is_made = (unknown == 0) | ((unknown == 1) & is_unknown)
        made = of_others[is_made].groupby(terms["cell"]).min()
        nearest = np.minimum(off, made.reindex(cells.index).fillna(np.inf))
        # One set has one number, so the nearest of all its counts.
        of_set = nearest.groupby(cells["set"]).transform("min")
        new = off.where(~may, of_set)
        if new.equals(off):
            return off
        off = new


@dataclass(frozen=True)
class _Problem:
    """The integer program: one column per set, in multiples of the basis."""

    cells: pd.DataFrame
    relations: pd.DataFrame
    basis: int

    @cached_property
    def published(self) -> Flags:
        return self.cells["published"].to_numpy(dtype=bool)

    @cached_property
    def exact(self) -> Array:
        """The true counts, in multiples."""
        return self.cells["count"].to_numpy(dtype=np.float64) / self.basis

    @cached_property
    def kept(self) -> Array:
        """The numbers that went out, in multiples; missing where none did."""
        return self.cells["kept"].to_numpy(dtype=np.float64) / self.basis

    @cached_property
    def is_kept(self) -> Flags:
        return self.published & ~np.isnan(self.kept)

    @cached_property
    def is_composed(self) -> Flags:
        """Whether a count is the sum of numbers that went out."""
        is_further = self.cells["off"].to_numpy(dtype=np.float64) > self.basis - 1
        return self.published & ~self.is_kept & ~self.is_forgotten & is_further

    @cached_property
    def is_new(self) -> Flags:
        """Whether a count is to be rounded here."""
        return self.published & ~self.is_kept & ~self.is_composed & ~self.is_forgotten

    @cached_property
    def is_forgotten(self) -> Flags:
        """Whether nobody knows a count any more: it is what its parts add up to."""
        return self.cells["is_forgotten"].to_numpy(dtype=bool) & ~self.is_kept

    @cached_property
    def low(self) -> Array:
        """The least that each count can become."""
        low = np.where(self.published & ~self.is_forgotten, np.floor(self.exact), 0.0)
        low = np.where(self.is_composed, np.maximum(low - FURTHEST, 0.0), low)
        return np.where(self.is_kept, self.kept, low)

    @cached_property
    def nested(self) -> tuple[Array, Array]:
        """The same ends, no less than what went out of a part, no more than what of a whole."""
        least = (
            np.nan_to_num(self.cells["least"].to_numpy(np.float64), nan=0.0) / self.basis
        )
        most = (
            np.nan_to_num(self.cells["most"].to_numpy(np.float64), nan=np.inf) / self.basis
        )
        low = np.where(self.is_new, np.clip(least, self.low, self.high), self.low)
        high = np.where(self.is_new, np.clip(most, low, self.high), self.high)
        return low, high

    @cached_property
    def high(self) -> Array:
        """The most; what is not published has a limit that it never comes near."""
        most = np.nansum(
            [self.exact.max(initial=0.0), np.nanmax(np.append(self.kept, 0.0))]
        )
        far = 2 * most + 100
        high = np.where(self.published & ~self.is_forgotten, np.ceil(self.exact), far)
        high = np.where(self.is_composed, high + FURTHEST, high)
        return np.where(self.is_kept, self.kept, high)

    @cached_property
    def cost(self) -> Array:
        """What it costs that a count goes up and not down: as much more as that changes it."""
        up_not_down = np.floor(self.exact) + np.ceil(self.exact) - 2 * self.exact
        weight = np.where(self.cells["is_total"], WEIGHT_OF_TOTAL, 1.0)
        weight *= np.where(self.cells["is_district"], WEIGHT_OF_DISTRICT, 1.0)
        weight *= [1 + SPREAD * _part(name) for name in self.cells["set"]]
        cost = np.where(self.is_new, weight * up_not_down, 0.0)

        held = self.cells["held"].to_numpy(dtype=np.float64) / self.basis
        is_up = np.where(held > self.exact, -1.0, 1.0)
        is_near = np.abs(held - self.exact) < 1
        return np.where(self.is_new & is_near, WEIGHT_OF_HELD * is_up, cost)

    # --- one column per set ----------------------------------------------------------------------

    @cached_property
    def column(self) -> NDArray[np.intp]:
        """The column of each count: counts of the same set have the same."""
        return pd.factorize(self.cells["set"], sort=True)[0]

    @cached_property
    def columns(self) -> int:
        """How many sets there are."""
        return int(self.column.max(initial=-1)) + 1

    def _per_set(self, values: Array, how: str) -> Array:
        return pd.Series(values).groupby(self.column).agg(how).to_numpy()

    def _matrix(self, rows: Array, cells: Array, values: Array, height: int) -> csr_array:
        """A row per constraint, a column per set."""
        matrix = csr_array(
            (values, (rows, self.column[cells])), shape=(height, self.columns)
        )
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        matrix.sort_indices()
        return matrix

    @cached_property
    def sums(self) -> tuple[csr_array, pd.Index]:
        """All sums that hold, in an order of their own, and their names."""
        number, names = pd.factorize(self.relations["relation"], sort=True)
        places = self.cells.index.get_indexer(pd.Index(self.relations["cell"]))
        values = self.relations["coefficient"].to_numpy(dtype=np.float64)
        return self._matrix(number, places, values, len(names)), pd.Index(names)

    # --- what else must hold ---------------------------------------------------------------------

    def cut(self, cuts: Sequence[Cut]) -> list[LinearConstraint]:
        """Of each cut at least one count is rounded the other way."""
        rows, cells, signs = [], [], []
        for row, (down, up) in enumerate(cuts):
            for sign, side in ((1.0, down), (-1.0, up)):
                for name in side:
                    rows.append(row)
                    cells.append(name)
                    signs.append(sign)
        if not rows:
            return []
        places = self.cells.index.get_indexer(pd.Index(cells))
        sign = np.array(signs)
        matrix = self._matrix(np.array(rows), places, sign, len(cuts))
        now = np.where(sign > 0, np.floor(self.exact[places]), -np.ceil(self.exact[places]))
        return [LinearConstraint(matrix, 1 + np.bincount(rows, now, len(cuts)), np.inf)]

    def within_district(self) -> list[LinearConstraint]:
        """What is no more than the district has reads so too: rounding alone could turn it round."""
        table = self.cells.assign(place=range(len(self.cells)), exact=self.exact)
        public = table[self.published].astype({"is_district": bool})
        whole = public[public["is_district"]]
        pairs = public[~public["is_district"]].merge(whole, on=SAME, suffixes=("", "_of"))
        part = pairs["place"].to_numpy()
        of = pairs["place_of"].to_numpy()
        can_turn = (self.exact[part] <= self.exact[of]) & (self.high[part] > self.low[of])
        # What went out can be turned round already.
        can_turn &= ~(self.is_kept[part] & self.is_kept[of])
        part, of = part[can_turn], of[can_turn]
        if not len(part):
            return []
        rows = np.tile(np.arange(len(part)), 2)
        signs = np.repeat([-1.0, 1.0], len(part))
        matrix = self._matrix(rows, np.concatenate([part, of]), signs, len(part))
        return [LinearConstraint(matrix, 0, np.inf)]

    # --- solved ----------------------------------------------------------------------------------

    def solved(
        self, ends: tuple[Array, Array], constraints: Sequence[LinearConstraint]
    ) -> Array | None:
        """The best table, in multiples, a number for each count; None when there is none."""
        matrix = self.sums[0]
        is_used = np.diff(matrix.indptr) > 0
        every = [LinearConstraint(csr_array(matrix[is_used]), 0, 0), *constraints]
        solution = _solved(
            self._per_set(self.cost, "sum"),
            self._per_set(self.published.astype(float), "max"),
            Bounds(self._per_set(ends[0], "max"), self._per_set(ends[1], "min")),
            every,
        )
        return None if solution is None else np.round(solution)[self.column]

    def in_the_way(self) -> tuple[list[str], list[str]]:
        """The fewest new counts that must go before there is a table, and the fewest sums."""
        matrix, names = self.sums
        may_go = self._per_set((self.is_new | self.is_composed).astype(float), "max") > 0
        sets = np.flatnonzero(may_go)
        low = self._per_set(self.low, "max")
        high = self._per_set(self.high, "min")
        far = self._per_set(np.full(len(self.cells), high.max()), "max")
        room = eye_array(self.columns, format="csr")[sets]
        gone = eye_array(len(sets), format="csr") * far[0]
        slack = eye_array(len(names), format="csr")
        nothing = csr_array((len(sets), len(names)))
        constraints = [
            LinearConstraint(
                csr_array(
                    hstack([matrix, csr_array((len(names), len(sets))), slack, -slack])
                ),
                0,
                0,
            ),
            LinearConstraint(
                csr_array(hstack([room, -gone, nothing, nothing])), -np.inf, high[sets]
            ),
            LinearConstraint(
                csr_array(hstack([room, gone, nothing, nothing])), low[sets], np.inf
            ),
        ]
        free_low = low.copy()
        free_high = high.copy()
        free_low[sets] = 0.0
        free_high[sets] = far[0]
        spread = self._per_set(np.array([_part(name) for name in self.cells["set"]]), "max")
        cost = np.concatenate(
            [
                np.zeros(self.columns),
                1 + SPREAD * spread[sets],
                np.full(2 * len(names), WEIGHT_OF_HELD),
            ]
        )
        bounds = Bounds(
            np.concatenate([free_low, np.zeros(len(sets) + 2 * len(names))]),
            np.concatenate(
                [free_high, np.ones(len(sets)), np.full(2 * len(names), np.inf)]
            ),
        )
        is_whole = self._per_set(self.published.astype(float), "max")
        whole = np.concatenate([is_whole, np.ones(len(sets)), np.zeros(2 * len(names))])
        solution = _solved(cost, whole, bounds, constraints)
        if solution is None:
            return [], []
        goes = solution[self.columns : self.columns + len(sets)] > 0.5
        is_gone = np.isin(self.column, sets[goes]) & (self.is_new | self.is_composed)
        used = solution[self.columns + len(sets) :].reshape(2, -1).sum(axis=0) > 1e-6
        return list(self.cells.index[is_gone]), list(names[used])


def _part(name: str) -> float:
    """A part of one for each name, as good as random, and the same everywhere."""
    digest = hashlib.blake2b(str(name).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32


def _solved(
    cost: Array, whole: Array, bounds: Bounds, constraints: Sequence[LinearConstraint]
) -> Array | None:
    """The best solution; None when there is none."""
    # The presolve of HiGHS (1.11 to 1.15) calls some tables impossible that are not.
    for presolve in (True, False):
        options = {"mip_rel_gap": 0.0, "time_limit": LONGEST, "presolve": presolve}
        solved = milp(
            cost, integrality=whole, bounds=bounds, constraints=constraints, options=options
        )
        if solved.x is not None:
            return solved.x
    return None


def group_disclosures(cells: pd.DataFrame) -> pd.DataFrame:
    """Find the public counts that are all meldingen of their area and period: one row for each.

    Who knows that there was a melding then knows its topic, or what came of it. That nothing was
    registered of any tells of none, and is left out. `cells`: as made by `measure.counted`.
    """
    is_broken_down = cells["table"].str.startswith("per_") & cells["breakdown"].ne(TOTAL)
    parts = cells[is_broken_down & cells["value"].ne(UNKNOWN) & cells["count"].gt(0)]
    totals = cells[cells["breakdown"] == TOTAL].set_index(["area", "period"])["count"]
    beside = parts.join(totals.rename("total"), on=["area", "period"])
    found = beside[beside["count"] == beside["total"]]
    return found[["area", "period", "kind", "breakdown", "value"]].reset_index(drop=True)


def withheld(cells: pd.DataFrame, disclosures: pd.DataFrame) -> pd.Series:
    """Whether each count is of an area and breakdown that is withheld: all in it are alike."""
    gone = pd.MultiIndex.from_frame(disclosures[LINE].astype("str"))
    is_gone = pd.MultiIndex.from_frame(cells[LINE].astype("str")).isin(gone)
    return pd.Series(is_gone & cells["table"].ne("").to_numpy(), cells.index)
