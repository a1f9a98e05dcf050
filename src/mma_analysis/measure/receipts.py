"""Receipts per gemeente, month and topic: never published, they tie the campaigns to all else."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.domain import TOTAL
from mma_analysis.measure.cells import DOUBLE, relation, with_identity
from mma_analysis.measure.periods import MONTH, period_of

RECEIPTS = "receipts"


def receipt_cells(meldingen: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
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
    counts = keys.value_counts(sort=False).rename("count").reset_index()
    cells = with_identity(counts.assign(breakdown=RECEIPTS, kind=MONTH))
    return cells.assign(published=False)


def receipt_relations(cells: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """List of which receipts every total, topic group and topic is the sum, in every period.

    For a gemeente of its own receipts; for the district, together with what was received double,
    of all.

    Returns
    -------
    pd.DataFrame
        As `cells.relations`.
    """
    table = cells.reset_index()
    own = table[table["breakdown"] == RECEIPTS]
    own = own.assign(begin=own["period"].map(periods.set_index("period")["begin"]))
    values = {
        TOTAL: TOTAL,
        "topic_group": own["value"].map(domain.group_of_topic()),
        "topic": own["value"],
    }
    parts = pd.concat(
        own.assign(period=period_of(own["begin"], of_kind), breakdown=breakdown, value=value)
        for _, of_kind in periods.groupby("kind")
        for breakdown, value in values.items()
    )
    sums = table[table["breakdown"].isin(values.keys())]
    of_all = sums["area"].isin([domain.district().slug, DOUBLE])
    keys = ["period", "breakdown", "value"]
    return pd.concat(
        [
            relation(parts, sums[~of_all], ["area", *keys], RECEIPTS),
            relation(parts, sums[of_all], keys, RECEIPTS),
        ],
        ignore_index=True,
    )
