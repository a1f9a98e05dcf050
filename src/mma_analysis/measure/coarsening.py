"""What would be mostly hidden is told coarser, and what tells of each melding not at all."""

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from mma_analysis.measure.cells import BETWEEN, COARSENED, CONNECTION, HIDDEN
from mma_analysis.measure.periods import HALF, MONTH, QUARTER, WHOLE, YEAR
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary

LONGER = {MONTH: QUARTER, QUARTER: HALF, HALF: YEAR, YEAR: WHOLE}
# Told only of a gemeente of which the finer breakdown is not.
STANDS_IN = {"topic_main": "topic_group"}
COLUMNS = ["area", "breakdown", "kind", "shown_breakdown", "shown_kind"]


def coarsening(
    vocabulary: Vocabulary, cells: pd.DataFrame, threshold: int, untold: Collection[str] = ()
) -> pd.DataFrame:
    """Choose for each gemeente the finest level of each breakdown that is worth showing.

    A level is a breakdown in periods of one kind; it is told when the gemeente received the
    threshold per count of it on average. The rule looks at the gemeente's total alone: one that
    looked at the small counts would tell that they are small. All of the district is told.

    `cells`: as made by `cells.count_cells`, of everything that may be released.
    `untold`: gemeenten whose total over the whole evaluation is not told: of these every breakdown
    is told at its coarsest level, or the rule would say something of that total.

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
        # A single count is the total itself: to leave it out would say that it is small.
        while size[told] > 1 and total < threshold * size[told]:
            coarser = _coarser(told, coarser_breakdown)
            if coarser not in size.index:
                break
            told = coarser
        if told != level:
            rows.append((*level, *told[1:]))
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def coarsened(vocabulary: Vocabulary, cells: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """Take the levels that are not told out of what is published.

    They stay in the system, flagged `coarsened` (in no table: a coarser level is, or it is what two
    counts differ): a reader knows that the counts that are told add up from them.
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

    For what does not depend on the level. What has no coarser breakdown either is hidden.
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


def _coarser(level: tuple[str, str, str], breakdowns: Mapping[str, str]) -> tuple[str, str, str]:
    area, breakdown, kind = level
    if breakdown == TOTAL:
        return area, TOTAL, LONGER.get(kind, "")
    return area, breakdowns.get(breakdown, ""), kind


def _coarser_breakdowns(vocabulary: Vocabulary) -> dict[str, str]:
    rows = vocabulary.reference("breakdowns")
    return {row["breakdown"]: row["coarser"] for row in rows if row["coarser"]}


KEYS = ["area", "breakdown", "kind"]


def group_disclosures(vocabulary: Vocabulary, cells: pd.DataFrame) -> pd.DataFrame:
    """Find the counts that are all meldingen of their area and period.

    Who knows that there was a melding then knows its topic, or what came of it. That nothing was
    registered of any tells of none, and is left out.

    `cells`: everything that is to be released, as made by `coarsened`.

    One row per such count: `area`, `period`, `kind`, `breakdown`, `value`; no counts.

    Examples
    --------
    >>> cells = pd.DataFrame({
    ...     "breakdown": ["totaal", "topic_group", "topic_group"],
    ...     "value": ["totaal", "drugs", "geweld"],
    ...     "count": [12, 12, 0],
    ... }).assign(area="borne", period="whole", kind="whole", published=True)
    >>> group_disclosures(Vocabulary(), cells)[["area", "value"]].to_numpy().tolist()
    [['borne', 'drugs']]
    """
    breakdowns = {row["breakdown"] for row in vocabulary.reference("breakdowns")} - {TOTAL}
    told = cells[cells["published"] & cells["breakdown"].isin(list(breakdowns))]
    told = told[(told["value"] != UNKNOWN) & (told["count"] > 0)]
    totals = cells[cells["breakdown"] == TOTAL].set_index(["area", "period"])["count"]
    total = totals.reindex(pd.MultiIndex.from_frame(told[["area", "period"]])).to_numpy()
    found = told[told["count"].to_numpy() == total]
    return found[["area", "period", "kind", "breakdown", "value"]].reset_index(drop=True)


def undecided(disclosures: pd.DataFrame, shown: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """Leave out what somebody decided to show: area, breakdown and value.

    Examples
    --------
    >>> found = pd.DataFrame({"area": ["borne", "losser"], "breakdown": "topic_group",
    ...                       "value": "drugs"})
    >>> undecided(found, [("borne", "topic_group", "drugs")])["area"].to_list()
    ['losser']
    """
    decided = pd.MultiIndex.from_tuples(list(shown), names=["area", "breakdown", "value"])
    keys = pd.MultiIndex.from_frame(disclosures[["area", "breakdown", "value"]].astype("str"))
    return disclosures[~keys.isin(decided)].reset_index(drop=True)


def withheld(cells: pd.DataFrame, disclosures: pd.DataFrame) -> pd.DataFrame:
    """Take the whole breakdown of each of these counts out of what is released, its zeros too.

    The count itself is flagged `withheld`: the plan sees to it that others do not give it back.
    """
    gone = pd.MultiIndex.from_frame(disclosures[KEYS].astype("str"))
    counts = pd.MultiIndex.from_frame(
        disclosures[["area", "period", "breakdown", "value"]].astype("str")
    )
    is_gone = pd.MultiIndex.from_frame(cells[KEYS]).isin(gone) & cells["published"]
    is_all = pd.MultiIndex.from_frame(cells[counts.names]).isin(counts) & is_gone
    return cells.assign(
        published=cells["published"] & (~is_gone | is_all),
        coarsened=cells["coarsened"] | is_gone,
        withheld=is_all,
    )


def without(levels: pd.DataFrame, disclosures: pd.DataFrame) -> pd.DataFrame:
    """Add to what is told coarser what is not told at all: no breakdown is shown instead."""
    rows = disclosures[KEYS].drop_duplicates().assign(shown_breakdown="", shown_kind="")
    return pd.concat([levels, rows[COLUMNS]], ignore_index=True).astype("str")
