"""What would be mostly hidden is told coarser: fewer, larger counts instead of many small ones."""

from collections.abc import Collection, Mapping

import pandas as pd

from mma_analysis.measure.cells import BETWEEN, COARSENED, CONNECTION, HIDDEN
from mma_analysis.measure.periods import HALF, MONTH, QUARTER, WHOLE, YEAR
from mma_analysis.vocabulary import TOTAL, Vocabulary

LONGER = {MONTH: QUARTER, QUARTER: HALF, HALF: YEAR, YEAR: WHOLE}
# Told only of a gemeente of which the finer breakdown is not.
STANDS_IN = {"topic_main": "topic_group"}
COLUMNS = ["area", "breakdown", "kind", "shown_breakdown", "shown_kind"]


def coarsening(
    vocabulary: Vocabulary, cells: pd.DataFrame, threshold: int, untold: Collection[str] = ()
) -> pd.DataFrame:
    """Choose for each gemeente the finest level of each breakdown that is worth showing.

    A level is a breakdown in periods of one kind. It is told when the gemeente received at least
    the threshold per count of that level on average; else the next coarser level is. The rule looks
    at one number, the gemeente's total, and not at the small counts themselves: a rule that did
    would tell that they are small. Of a gemeente whose total is not told every breakdown is told at
    its coarsest level: the rule would say something of that total to whoever knows it. A level
    without a coarser one is told in any case. So is all of the district.

    Parameters
    ----------
    vocabulary
        The words of the edition.
    cells
        As made by `cells.count_cells`, of everything that may be released.
    threshold
        The smallest count that may be shown.
    untold
        Gemeenten whose total over the whole evaluation is not told.

    Returns
    -------
    pd.DataFrame
        One row per level that is not told: `area`, `breakdown`, `kind`, and the level that is told
        instead: `shown_breakdown`, `shown_kind`.

    Examples
    --------
    Six meldingen over four halves and two years are too few to cut up; the total is told:

    >>> kinds = ["half"] * 4 + ["year"] * 2 + ["whole"]
    >>> cells = pd.DataFrame({"kind": kinds, "count": [0, 2, 3, 1, 2, 4, 6]}).assign(
    ...     area="borne", breakdown="totaal", published=True
    ... )
    >>> coarsening(Vocabulary(), cells, 5)[["kind", "shown_kind"]].to_numpy().tolist()
    [['half', 'whole'], ['year', 'whole']]
    """
    coarser_breakdown = _coarser_breakdowns(vocabulary)
    slugs = [area.slug for area in vocabulary.gemeenten]
    own = cells[cells["area"].isin(slugs) & cells["published"] & (cells["breakdown"] != CONNECTION)]
    size = own.groupby(["area", "breakdown", "kind"], sort=False).size()
    totals = own[(own["breakdown"] == TOTAL) & (own["kind"] == WHOLE)].set_index("area")["count"]
    rows = []
    for level in size.index:
        told = level
        total = 0 if level[0] in untold else int(totals[level[0]])
        while (coarser := _coarser(told, coarser_breakdown)) in size.index and _is_too_fine(
            total, int(size[told]), threshold
        ):
            told = coarser
        if told != level:
            rows.append((*level, *told[1:]))
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def coarsened(vocabulary: Vocabulary, cells: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """Take the levels that are not told out of what is published.

    They stay in the system: a reader knows that the counts that are told add up from them.

    Returns
    -------
    pd.DataFrame
        The same cells, with `published` and `coarsened` (in no table: a coarser level is, or it is
        what two counts differ).
    """
    keys = ["area", "breakdown", "kind"]
    left_out = pd.MultiIndex.from_frame(levels[keys].astype("str"))
    is_coarsened = pd.MultiIndex.from_frame(cells[keys]).isin(left_out) & cells["published"]
    finer = pd.MultiIndex.from_arrays(
        [cells["area"], cells["breakdown"].map(STANDS_IN), cells["kind"]]
    )
    slugs = [area.slug for area in vocabulary.gemeenten]
    stands_in = cells["breakdown"].isin(list(STANDS_IN)) & cells["area"].isin(slugs)
    is_superfluous = stands_in & ~finer.isin(left_out)
    return cells.assign(
        published=cells["published"] & ~is_coarsened & ~is_superfluous,
        # What two counts differ is in no table, and must be protected all the same.
        coarsened=is_coarsened | cells["kind"].eq(BETWEEN),
    )


def at_told_level(vocabulary: Vocabulary, counts: pd.DataFrame) -> pd.DataFrame:
    """Let a breakdown that is told coarser have the counts of the coarser breakdown.

    For what does not depend on the level, such as of how many meldingen something is known. What
    has no coarser breakdown either is hidden.
    """
    coarser = _coarser_breakdowns(vocabulary)
    is_gone = counts["state"].eq(COARSENED)
    told = counts[~is_gone]
    keys = ["area", "period", "breakdown"]
    gone = counts.loc[is_gone & counts["breakdown"].ne(TOTAL), keys].drop_duplicates()
    gone = gone.assign(finer=gone["breakdown"], breakdown=gone["breakdown"].map(coarser))
    substitutes = told.merge(gone, on=keys).drop(columns="breakdown")
    substitutes = substitutes.rename(columns={"finer": "breakdown"})
    have_one = pd.MultiIndex.from_frame(substitutes[keys].astype("str"))
    others = counts[is_gone & ~pd.MultiIndex.from_frame(counts[keys].astype("str")).isin(have_one)]
    return pd.concat(
        [told, substitutes[told.columns], others.assign(state=HIDDEN)], ignore_index=True
    )


def _is_too_fine(total: int, number: int, threshold: int) -> bool:
    # A single count is the total itself: to leave it out would say that it is small.
    return number > 1 and total < threshold * number


def _coarser(level: tuple[str, str, str], breakdowns: Mapping[str, str]) -> tuple[str, str, str]:
    area, breakdown, kind = level
    if breakdown == TOTAL:
        return area, TOTAL, LONGER.get(kind, "")
    return area, breakdowns.get(breakdown, ""), kind


def _coarser_breakdowns(vocabulary: Vocabulary) -> dict[str, str]:
    rows = vocabulary.reference("breakdowns")
    return {row["breakdown"]: row["coarser"] for row in rows if row["coarser"]}
