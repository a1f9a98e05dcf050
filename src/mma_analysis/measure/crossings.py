"""Counts that tie what is published to all else: receipts, and results by background."""

import pandas as pd

from mma_analysis.measure.cells import DOUBLE, area_of_tips, relation, with_identity
from mma_analysis.measure.periods import MONTH, WHOLE, longer_period, period_of
from mma_analysis.vocabulary import TOTAL, Vocabulary
from mma_analysis.vocabulary.schema import BACKGROUND

RECEIPTS = "receipts"


def receipt_cells(
    vocabulary: Vocabulary, meldingen: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """Count the receipts of each gemeente per month and topic, where there are any; none is
    published.

    A reader does not know which of these are zero. Leaving those out can only hide more than is
    needed, and keeps the system small. Cells as in `cells.count_cells`, breakdown `RECEIPTS`,
    values topics.
    """
    months = periods[periods["kind"] == MONTH]
    keys = pd.DataFrame(
        {
            "area": meldingen["gemeente"],
            "period": period_of(meldingen["received_on"], months),
            "value": meldingen["topic"],
        }
    )
    grouped = keys.astype("category").groupby(list(keys), observed=True).size()
    counts = grouped.rename("count").reset_index().astype(dict.fromkeys(keys, "str"))
    cells = with_identity(vocabulary, counts.assign(breakdown=RECEIPTS, kind=MONTH))
    return cells.assign(published=False)


def receipt_relations(
    vocabulary: Vocabulary, cells: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """List of which receipts every total, topic group and topic is the sum, as `cells.relations`.

    For a gemeente of its own receipts; for the district, with what was received double, of all.
    """
    table = cells.reset_index()
    own = table.loc[table["breakdown"] == RECEIPTS, ["cell", "area", "period", "value"]]
    values = {
        TOTAL: TOTAL,
        "topic_group": own["value"].map(vocabulary.group_of_topic),
        "topic": own["value"],
    }
    sums = table[table["breakdown"].isin(values.keys())]
    of_all = sums["area"].isin([vocabulary.district.slug, DOUBLE])
    keys = ["period", "breakdown", "value"]
    parts = []
    # One kind and breakdown at a time: of all at once there are millions.
    for (kind, breakdown, is_of_all), whole in sums.groupby(["kind", "breakdown", of_all]):
        period = own["period"].map(longer_period(periods, MONTH, str(kind)))
        named = own.assign(period=period, breakdown=str(breakdown), value=values[str(breakdown)])
        parts.append(relation(named, whole, keys if is_of_all else ["area", *keys], RECEIPTS))
    return pd.concat(parts, ignore_index=True)


OUTCOME = "result"
PRESENT, OTHER = "ja", "anders"


def crossing(background: str) -> str:
    """The breakdown that crosses a background with the result: `has_time+result`."""
    return f"{background}+{OUTCOME}"


def crossing_cells(
    vocabulary: Vocabulary, meldingen: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """Count the meldingen by result, with and without each background, over the whole evaluation.

    What is not registered counts as without: apart, nearly all of it would be too small to show.
    Only the district's are published; those of gemeenten, where there are any, add up to them.

    Cells as in `cells.count_cells`; breakdowns as named by `crossing`, values like `ja+bevestigd`
    and `anders+onbekend`.
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

    As `cells.relations`, which has how gemeenten add up to the district.
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
