"""Receipts per gemeente, month and topic: never published, they tie the campaigns to all else."""

import pandas as pd

from mma_analysis.measure.cells import DOUBLE, relation, with_identity
from mma_analysis.measure.periods import MONTH, longer_period, period_of
from mma_analysis.vocabulary import TOTAL, Vocabulary

RECEIPTS = "receipts"


def receipt_cells(
    vocabulary: Vocabulary, meldingen: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """Count the receipts of each gemeente per month and topic, where there are any.

    A reader does not know which of these are zero. Leaving those out can only hide more than is
    needed, and keeps the system small.

    Returns
    -------
    pd.DataFrame
        Cells as in `cells.count_cells`, breakdown `RECEIPTS`, values topics; none is published.
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
    """List of which receipts every total, topic group and topic is the sum, in every period.

    For a gemeente of its own receipts; for the district, together with what was received double,
    of all.

    Returns
    -------
    pd.DataFrame
        As `cells.relations`.
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
