"""Which result goes with which background: counted in the district, tied to all other counts."""

import pandas as pd

from mma_analysis.measure.cells import area_of_tips, relation, with_identity
from mma_analysis.measure.differences import with_difference
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import WHOLE
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.schema import BACKGROUND

OUTCOME = "result"
PRESENT, OTHER = "ja", "anders"
CONFIRMED = ("bevestigd", "deels_bevestigd")
KNOWN = (*CONFIRMED, "niet_bevestigd")


def crossing(background: str) -> str:
    """The breakdown that crosses a background with the result: `has_time+result`."""
    return f"{background}+{OUTCOME}"


def crossing_cells(
    vocabulary: Vocabulary, meldingen: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """Count the meldingen by result, with and without each background, over the whole evaluation.

    What is not registered counts as without: apart, nearly all of it would be too small to show.
    Only the district's are published. Those of gemeenten are in the system all the same, because a
    reader knows that they add up; where there are none they are left out, as in `receipts`.

    Returns
    -------
    pd.DataFrame
        Cells as in `cells.count_cells`; breakdowns as named by `crossing`, values like
        `ja+bevestigd` and `anders+onbekend`.
    """
    days = meldingen["received_on"]
    inside = days.between(periods["begin"].min(), periods["end"].max())
    meldingen = meldingen[inside].reset_index(drop=True)
    told = meldingen[[*BACKGROUND, OUTCOME]].astype({OUTCOME: "category"})
    areas = (meldingen["gemeente"], area_of_tips(vocabulary, meldingen).astype("str"))
    counted = pd.concat([told.assign(area=area) for area in areas], ignore_index=True)
    counted = counted.astype({"area": "category"})
    parts = [_count(vocabulary, counted, background) for background in BACKGROUND]
    table = pd.concat(parts, ignore_index=True).assign(period=WHOLE, kind=WHOLE)
    cells = with_identity(vocabulary, table)
    return cells.assign(published=cells["area"] == vocabulary.district.slug)


def crossing_relations(cells: pd.DataFrame) -> pd.DataFrame:
    """List of which crossed cells each result, and each background that is present, is the sum.

    That gemeenten add up to the district is in `cells.relations`, as for every breakdown.

    Returns
    -------
    pd.DataFrame
        As `cells.relations`.
    """
    table = cells[cells["kind"] == WHOLE].reset_index()
    results = table[table["breakdown"] == OUTCOME].assign(margin=lambda rows: rows["value"])
    parts = []
    for background in BACKGROUND:
        name = crossing(background)
        own = table[table["breakdown"] == name]
        halves = own["value"].str.split("+", expand=True).reindex(columns=[0, 1])
        present = table[table["breakdown"].eq(background) & table["value"].eq(PRESENT)]
        present = present.assign(margin=PRESENT)
        on = ["area", "margin"]
        parts.append(relation(own.assign(margin=halves[0]), present, on, f"{name} to {background}"))
        parts.append(relation(own.assign(margin=halves[1]), results, on, f"{name} to {OUTCOME}"))
    return pd.concat(parts, ignore_index=True)


def result_by_background(counts: pd.DataFrame) -> pd.DataFrame:
    """Compare how often a result is a confirmation, with and without each background.

    Of the meldingen with a known result only; confirmed in part counts as confirmed. A difference
    is no cause: gemeenten that write down more may also look into more. Made for people who agree
    on how to weigh a melding, never to score one.

    Parameters
    ----------
    counts
        Protected counts with `area`, `breakdown`, `value`, `count` (missing when hidden).

    Returns
    -------
    pd.DataFrame
        One row per area and background: `area`, `background`, and of the meldingen without
        (`_from`) and with it (`_to`): `count` (confirmed), `total` (result known), `share`; their
        difference as in `differences.with_difference`.

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "area": "twente",
    ...     "breakdown": "has_time+result",
    ...     "value": [f"{has}+{result}" for has in ("anders", "ja") for result in KNOWN],
    ...     "count": [10, 10, 30, 20, 10, 10],
    ... })
    >>> result_by_background(counts)[["share_from", "share_to", "change"]].to_numpy().tolist()
    [[0.4, 0.75, 0.35]]
    """
    rows = [
        (area, background, *_confirmed(own, OTHER), *_confirmed(own, PRESENT))
        for background in BACKGROUND
        for area, own in counts[counts["breakdown"] == crossing(background)].groupby("area")
    ]
    columns = ["area", "background", "count_from", "total_from", "count_to", "total_to"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], "Int64"))
    return described(with_difference(table, len(BACKGROUND)), "result_by_background")


def _count(vocabulary: Vocabulary, counted: pd.DataFrame, background: str) -> pd.DataFrame:
    """Every combination in the district; elsewhere what there is."""
    present = counted[background].astype("boolean").fillna(False)
    keys = ["area", "present", OUTCOME]
    sizes = counted.assign(present=present).groupby(keys, observed=True).size()
    table = sizes.rename("count").reset_index().astype({"area": "str", OUTCOME: "str"})
    has = table["present"].map({True: PRESENT, False: OTHER}).astype("str")
    counts = table.assign(value=has + "+" + table[OUTCOME]).set_index(["area", "value"])["count"]
    results = vocabulary.values(OUTCOME)
    every = [f"{has}+{result}" for has in (PRESENT, OTHER) for result in results]
    district = pd.MultiIndex.from_product([[vocabulary.district.slug], every])
    absent = pd.Series(0, [key for key in district if key not in counts.index])
    table = pd.concat([counts, absent]).rename_axis(["area", "value"]).rename("count")
    return table.reset_index().assign(breakdown=crossing(background))


def _confirmed(own: pd.DataFrame, has: str) -> tuple[object, object]:
    """How many are confirmed, of how many with a known result; missing when a count is hidden."""
    count = own.set_index("value")["count"].astype("Int64")
    confirmed, known = (
        count.reindex([f"{has}+{result}" for result in results]).sum(skipna=False)
        for results in (CONFIRMED, KNOWN)
    )
    return (pd.NA, pd.NA) if pd.isna(known) else (confirmed, known)
