"""All meldingen of an area with the same value: no small count, and still it tells of each."""

from collections.abc import Iterable

import pandas as pd

from mma_analysis.measure.coarsening import COLUMNS
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary

KEYS = ["area", "breakdown", "kind"]


def group_disclosures(vocabulary: Vocabulary, cells: pd.DataFrame) -> pd.DataFrame:
    """Find the counts that are all meldingen of their area and period.

    Who knows that there was a melding in that area then knows its topic, or what came of it. That
    nothing was registered of any melding tells of no melding, and is left out.

    Parameters
    ----------
    vocabulary
        The words of the edition.
    cells
        Everything that is to be released, as made by `coarsening.coarsened`.

    Returns
    -------
    pd.DataFrame
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
    """Take the whole breakdown of each of these counts out of what is released.

    Its zeros go as well: they would tell the same. The count itself is `withheld`: the plan sees to
    it that the counts of others do not give it back.

    Returns
    -------
    pd.DataFrame
        The same cells, with `published`, `coarsened` and `withheld`.
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
