"""Public counts are multiples of the basis that still add up; what is true of all is withheld."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from mma_analysis.vocabulary import TOTAL, UNKNOWN

GAP = 0.02  # no table changes the counts less together by more than this part
LONGEST = 60.0  # seconds: a fuse, the largest that was tried needs three
DEAR_TOTAL, DEAR_DISTRICT, DEAR_ISSUED = 5**0.5, 20**0.5, 100.0
LINE = ["area", "breakdown", "kind"]
# Counts that were rounded down and counts that were rounded up: one at least must go the other way.
Cut = tuple[Sequence[str], Sequence[str]]


def rounded(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    basis: int,
    cuts: Sequence[Cut] = (),
    stays: bool = True,
) -> pd.Series | None:
    """Round every published count to a multiple of the basis, so that every sum still holds.

    Controlled rounding (Cox 1987; indicator `state`): each count goes up or down to the next
    multiple, so none changes by the basis or more and a 0 stays a 0. Of all such tables it is one
    that changes the counts least together; totals of the whole evaluation change by half a basis at
    most where that is possible. A number that went out stays while the count is less than the basis
    away from it. What is not published is whatever the others need. The same counts give the same
    table.

    `cells` has one row per count, on its name: `count`, `published`; `is_total` (of the whole
    evaluation) and `is_district`, which are dear to change; perhaps `issued` (what went out) and
    `least` (the largest that went out of a part of it). `cuts` are tables that give a count away.
    Without `stays` what went out changes as little as can be. None when there is no such table.

    Examples
    --------
    >>> cells = pd.DataFrame(
    ...     {"count": [4, 14, 18], "published": True, "is_total": False, "is_district": False},
    ...     index=pd.Index(["a", "b", "both"], name="cell"),
    ... )
    >>> terms = {"relation": "sum", "cell": ["a", "b", "both"], "coefficient": [1, 1, -1]}
    >>> rounded(cells, pd.DataFrame(terms), 5).to_dict()
    {'a': 5, 'b': 15, 'both': 20}
    """
    ordered = cells.sort_index()
    # Sorted, so that the order of the rows of `relations` cannot matter.
    number, sums = pd.factorize(relations["relation"], sort=True)
    at = number, ordered.index.get_indexer(pd.Index(relations["cell"]))
    values = relations["coefficient"].to_numpy(dtype=np.float64)
    matrix = csr_array((values, at), shape=(len(sums), len(ordered)))
    matrix.sort_indices()
    published = ordered["published"].to_numpy(dtype=bool)
    ways = (_solved(ordered, published, matrix, basis, cuts, near, stays) for near in (True, False))
    multiples = next((way for way in ways if way is not None), None)
    if multiples is None:
        return None
    counts = pd.Series(multiples * basis, ordered.index, dtype="Int64").where(published)
    return counts[ordered["published"]].reindex(cells.index[cells["published"]])


def _solved(
    cells: pd.DataFrame,
    published: np.ndarray,
    matrix: csr_array,
    basis: int,
    cuts: Sequence[Cut],
    is_near: bool,
    stays: bool,
) -> np.ndarray | None:
    """The multiples, or none when there is no such table.

    `is_near`: totals go to the nearest; `stays`: see `rounded`.
    """
    exact = cells["count"].to_numpy(dtype=np.float64) / basis
    low = np.where(published, np.floor(exact), 0.0)
    # What is not published has a limit that it never comes near: without, the solver may not end.
    high = np.where(published, np.ceil(exact), 2 * exact.max() + 100)
    if is_near:
        is_total = cells["is_total"].to_numpy(dtype=bool) & published
        low = np.where(is_total, np.floor(exact + 0.5), low)
        high = np.where(is_total, low, high)
    issued = cells["issued"].to_numpy(np.float64) / basis if "issued" in cells else exact * np.nan
    is_issued = published & (np.abs(issued - exact) < 1) & (issued % 1 == 0)
    if stays and "least" in cells:
        # As much as went out of a shorter time at least, where the count itself is.
        least = cells["least"].to_numpy(np.float64) / basis
        low = np.where(published & (least > low), np.minimum(least, high), low)
        low, high = np.where(is_issued, issued, low), np.where(is_issued, issued, high)
    weight = np.where(cells["is_total"], DEAR_TOTAL, 1.0)
    weight *= np.where(cells["is_district"], DEAR_DISTRICT, 1.0)
    # Equal changes would leave the choice to the solver's path.
    weight *= 1 + 1e-3 * (np.arange(len(cells)) * (5**0.5 - 1) / 2 % 1)
    up, down = np.ceil(exact) - exact, exact - np.floor(exact)
    cost = np.where(published, weight * (up - down), 0.0)
    cost += np.where(is_issued, DEAR_ISSUED * np.where(issued > exact, -1, 1), 0.0)
    found = milp(
        cost,
        integrality=published.astype(int),
        bounds=Bounds(low, high),
        constraints=[LinearConstraint(matrix, 0, 0), *_cut(cells.index, exact, cuts)],
        options={"mip_rel_gap": GAP, "time_limit": LONGEST},
    )
    return None if found.x is None else np.round(found.x).astype(np.int64)


def _cut(names: pd.Index, exact: np.ndarray, cuts: Sequence[Cut]) -> list[LinearConstraint]:
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
    places, sign = names.get_indexer(pd.Index(cells)), np.array(signs)
    matrix = csr_array((sign, (rows, places)), shape=(len(cuts), len(names)))
    now = np.where(sign > 0, np.floor(exact[places]), -np.ceil(exact[places]))
    return [LinearConstraint(matrix, 1 + np.bincount(rows, now), np.inf)]


def group_disclosures(cells: pd.DataFrame) -> pd.DataFrame:
    """Find the public counts that are all meldingen of their area and period.

    Who knows that there was a melding then knows its topic, or what came of it. That nothing was
    registered of any tells of none, and is left out.

    `cells`: as made by `measure.counted`.

    One row per such count: `area`, `period`, `kind`, `breakdown`, `value`; no counts.

    Examples
    --------
    >>> cells = pd.DataFrame({
    ...     "breakdown": ["totaal", "topic_group", "topic_group"],
    ...     "value": ["totaal", "drugs", "geweld"],
    ...     "count": [12, 12, 0],
    ... }).assign(area="borne", period="whole", kind="whole", table="per_topic_group")
    >>> group_disclosures(cells)[["area", "value"]].to_numpy().tolist()
    [['borne', 'drugs']]
    """
    is_broken_down = cells["table"].str.startswith("per_") & cells["breakdown"].ne(TOTAL)
    told = cells[is_broken_down & cells["value"].ne(UNKNOWN) & cells["count"].gt(0)]
    totals = cells[cells["breakdown"] == TOTAL].set_index(["area", "period"])["count"]
    total = totals.reindex(pd.MultiIndex.from_frame(told[["area", "period"]])).to_numpy()
    found = told[told["count"].to_numpy() == total]
    return found[["area", "period", "kind", "breakdown", "value"]].reset_index(drop=True)


def undecided(disclosures: pd.DataFrame, decided: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """Leave out what somebody decided to show: area, breakdown and value."""
    shown = pd.MultiIndex.from_tuples(list(decided), names=["area", "breakdown", "value"])
    keys = pd.MultiIndex.from_frame(disclosures[shown.names].astype("str"))
    return disclosures[~keys.isin(shown)].reset_index(drop=True)


def withheld(cells: pd.DataFrame, disclosures: pd.DataFrame) -> pd.Series:
    """Whether each count is in a breakdown of an area that is not told, as all are alike there."""
    gone = pd.MultiIndex.from_frame(disclosures[LINE].astype("str"))
    is_gone = pd.MultiIndex.from_frame(cells[LINE].astype("str")).isin(gone)
    return pd.Series(is_gone & cells["table"].ne("").to_numpy(), cells.index)
