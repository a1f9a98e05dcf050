"""What would tell of each single melding of an area: all of them alike."""

from collections.abc import Iterable

import pandas as pd

from mma_analysis.vocabulary import TOTAL, UNKNOWN

LINE = ["area", "breakdown", "kind"]


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
