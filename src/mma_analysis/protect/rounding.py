"""Public counts are multiples of the basis that still add up; what is true of all is withheld."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from mma_analysis.vocabulary import TOTAL, UNKNOWN

GAP = 0.02  # no table changes the counts less together by more than this part
LONGEST = 60.0  # seconds: a fuse, the largest that was tried needs three
DEAR_TOTAL, DEAR_DISTRICT = 5**0.5, 20**0.5
DEAR_FEW = 1_000.0
LINE, SAME = ["area", "breakdown", "kind"], ["period", "breakdown", "value"]
# Counts that were rounded down and counts that were rounded up: one at least must go the other way.
Cut = tuple[Sequence[str], Sequence[str]]


def rounded(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    basis: int,
    cuts: Sequence[Cut] = (),
) -> pd.Series | None:
    """Round every published count to a multiple of the basis, so that every sum still holds.

    Controlled rounding (Cox 1987): none changes by the basis or more, a 0 stays a 0 and, where that
    can be, no area reads more than the district. The same counts give the same table; None when
    there is none.

    `cells` has one row per count, on its name: what it is of (`SAME`), `count`, `published`;
    `is_total` (of the whole evaluation) and `is_district`, which are dear to change; perhaps
    `issued` and `least`, to which a count is held (`staying`). `cuts` are tables that give a count
    away.
    """
    can, weight = _can_be(cells, basis), np.ones(len(cells))
    for is_dear, times in (("is_total", DEAR_TOTAL), ("is_district", DEAR_DISTRICT)):
        weight *= np.where(can[is_dear], times, 1.0)
    # To go up costs what it changes more than to go down does.
    more = (np.floor(can["exact"]) + np.ceil(can["exact"]) - 2 * can["exact"]).to_numpy()
    cost = np.where(can["published"], weight * _unlike(len(can)) * more, 0.0)
    low, high = (can["held"].fillna(can[end]) for end in ("low", "high"))
    bounded, tied = can.assign(low=low, high=high), _cut(can["exact"], cuts)
    for constraints in ([*tied, *_within(can)], tied):
        multiples = _solved(cost, bounded, relations, constraints, GAP)
        if multiples is not None:
            return (multiples * basis).astype("Int64").reindex(cells.index[cells["published"]])
    return None


def staying(
    cells: pd.DataFrame, relations: pd.DataFrame, basis: int, cuts: Sequence[Cut] = ()
) -> pd.Series | None:
    """Whether each count can be what it is held to, as many of them as go together.

    A count is held to what went out of it (`issued`) while it is less than the basis away, and to
    no less than what went out of a part of its days (`least`). None when there is no table.
    """
    can = _can_be(cells, basis)
    # Each count that moves costs about one, whichever way it goes; a few more than all the others
    # together: who saw both that it is less than five and that it is more than none knows a few.
    way = np.nan_to_num(np.sign((can["exact"] - can["held"]).to_numpy()))
    weight = _unlike(len(can)) * np.where(can["exact"] < 1, DEAR_FEW, 1.0)
    multiples = _solved(way * weight, can, relations, _cut(can["exact"], cuts), 0.0)
    return None if multiples is None else (can["held"] == multiples).reindex(cells.index)


def _can_be(cells: pd.DataFrame, basis: int) -> pd.DataFrame:
    """In order, with what each can become in multiples of the basis: `low`, `high` and `held`."""
    can = cells.sort_index().astype({"published": bool})
    published, exact = can["published"], can["count"].astype("float64") / basis
    low = exact.floordiv(1).where(published, 0.0)
    # What is not published has a limit that it never comes near: without, the solver may not end.
    high = (-(-exact).floordiv(1)).where(published, 2 * exact.max() + 100)
    can = can.assign(exact=exact, low=low, high=high, held=np.nan)
    if "issued" in can:
        issued, least = (can[name].astype("float64") / basis for name in ("issued", "least"))
        is_near = published & ((issued - exact).abs() < 1) & (issued % 1 == 0)
        can["held"] = high.where(published & (least > low) & (high > low)).mask(is_near, issued)
    return can


def _unlike(many: int) -> np.ndarray:
    """About one, of each count another: equal costs would leave the choice to the solver's path."""
    return 1 + 1e-3 * (np.arange(many) * (5**0.5 - 1) / 2 % 1)


def _solved(
    cost: np.ndarray,
    can: pd.DataFrame,
    relations: pd.DataFrame,
    tied: Sequence[LinearConstraint],
    gap: float,
) -> pd.Series | None:
    # Sorted, so that the order of the rows of `relations` cannot matter.
    number, sums = pd.factorize(relations["relation"], sort=True)
    at = number, can.index.get_indexer(pd.Index(relations["cell"]))
    values = relations["coefficient"].to_numpy(dtype=np.float64)
    matrix = csr_array((values, at), shape=(len(sums), len(can)))
    matrix.sort_indices()
    solved = milp(
        cost,
        integrality=can["published"].to_numpy(dtype=int),
        bounds=Bounds(can["low"].to_numpy(), can["high"].to_numpy()),
        constraints=[LinearConstraint(matrix, 0, 0), *tied],
        options={"mip_rel_gap": gap, "time_limit": LONGEST},
    )
    return None if solved.x is None else pd.Series(np.round(solved.x), can.index)


def _cut(exact: pd.Series, cuts: Sequence[Cut]) -> list[LinearConstraint]:
    """Of each cut at least one count is rounded the other way."""
    terms = [
        (row, name, sign)
        for row, cut in enumerate(cuts)
        for sign, side in zip((1.0, -1.0), cut, strict=True)
        for name in side
    ]
    if not terms:
        return []
    rows, cells, signs = (list(column) for column in zip(*terms, strict=True))
    places, sign = exact.index.get_indexer(pd.Index(cells)), np.array(signs)
    matrix = csr_array((sign, (rows, places)), shape=(len(cuts), len(exact)))
    now = exact.to_numpy()[places]
    now = np.where(sign > 0, np.floor(now), -np.ceil(now))
    return [LinearConstraint(matrix, 1 + np.bincount(rows, now), np.inf)]


def _within(can: pd.DataFrame) -> list[LinearConstraint]:
    """What is no more than the district has reads so too: rounding alone could turn it round."""
    public = can.assign(place=range(len(can)))[can["published"]].astype({"is_district": bool})
    whole = public[public["is_district"]]
    pairs = public[~public["is_district"]].merge(whole, on=SAME, suffixes=("", "_of"))
    pairs = pairs[(pairs["exact"] <= pairs["exact_of"]) & (pairs["high"] > pairs["low_of"])]
    if pairs.empty:
        return []
    rows, signs = np.tile(np.arange(len(pairs)), 2), np.repeat([-1.0, 1.0], len(pairs))
    places = pairs[["place", "place_of"]].to_numpy().T.ravel()
    matrix = csr_array((signs, (rows, places)), shape=(len(pairs), len(can)))
    return [LinearConstraint(matrix, 0, np.inf)]


def group_disclosures(cells: pd.DataFrame) -> pd.DataFrame:
    """Find the public counts that are all meldingen of their area and period: one row for each.

    Who knows that there was a melding then knows its topic, or what came of it. That nothing was
    registered of any tells of none, and is left out. `cells`: as made by `measure.counted`.
    """
    is_broken_down = cells["table"].str.startswith("per_") & cells["breakdown"].ne(TOTAL)
    parts = cells[is_broken_down & cells["value"].ne(UNKNOWN) & cells["count"].gt(0)]
    totals = cells[cells["breakdown"] == TOTAL].set_index(["area", "period"])["count"]
    total = totals.reindex(pd.MultiIndex.from_frame(parts[["area", "period"]])).to_numpy()
    found = parts[parts["count"].to_numpy() == total]
    return found[["area", "period", "kind", "breakdown", "value"]].reset_index(drop=True)


def withheld(cells: pd.DataFrame, disclosures: pd.DataFrame) -> pd.Series:
    """Whether each count is of an area and breakdown that is withheld: all in it are alike."""
    gone = pd.MultiIndex.from_frame(disclosures[LINE].astype("str"))
    is_gone = pd.MultiIndex.from_frame(cells[LINE].astype("str")).isin(gone)
    return pd.Series(is_gone & cells["table"].ne("").to_numpy(), cells.index)
