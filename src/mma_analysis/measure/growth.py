"""Where the growth comes from: more gemeenten, more connected time, or more per connected month."""

import pandas as pd

from mma_analysis.measure.cells import MISSING
from mma_analysis.measure.periods import YEAR

COLUMNS = ["period_from", "period_to", "count_from", "count_to", "new", "months", "same"]


def growth_split(
    connection: pd.DataFrame, per_year: pd.DataFrame, connected_on: pd.Series, periods: pd.DataFrame
) -> pd.DataFrame:
    """Split the growth between the last two complete years into its three causes.

    `new`: meldingen of gemeenten that joined after the first of the two years. `months`: the other
    gemeenten were connected for more of the year. `same`: the other gemeenten received more or
    fewer per connected month. The last two are the symmetric split of the change in months × rate
    (Kitagawa 1955), per gemeente, so that a large gemeente that joins halfway does not look like a
    higher rate. Gemeenten of which a year is hidden are taken together, from what remains of the
    total: the split uses nothing that a reader does not have. The three add up exactly to the
    growth. Counts are receipts: a tip at two gemeenten counts twice. What a gemeente received
    before its connection is in the first year's total, and so lowers `same`.

    Parameters
    ----------
    connection
        Protected counts of breakdown `connection`: `period`, `value`, `count`.
    per_year
        Protected counts per gemeente and year: `area`, `period`, `count`, `state`,
        `connected_months`.
    connected_on
        Connection date per gemeente slug; missing when unknown.

    Returns
    -------
    pd.DataFrame
        One row, or none when nobody delivered, a total is hidden, or the connection date of a
        gemeente that delivered is not known: `period_from`, `period_to`, `count_from`,
        `count_to`, `new`, `months`, `same`.
    """
    years = periods[(periods["kind"] == YEAR) & periods["is_complete"]].tail(2)
    codes = list(years["period"])
    counted = per_year[
        per_year["area"].isin(connected_on.index)
        & per_year["period"].isin(codes)
        & (per_year["state"] != MISSING)
    ]
    totals = _totals(connection, codes)
    is_unknown = counted.empty or connected_on[counted["area"].unique()].isna().any()
    if totals is None or is_unknown:
        return pd.DataFrame(columns=COLUMNS)
    n_first, n_second, n_new, n_existing = totals
    is_existing = counted["area"].map(connected_on) < years["begin"].iloc[1]
    existing = counted[is_existing]
    months = _months_effect(existing, pd.Series([n_first, n_existing], index=codes))
    same = n_existing - n_first - months
    return pd.DataFrame([(*codes, n_first, n_second, n_new, months, same)], columns=COLUMNS)


def _totals(connection: pd.DataFrame, codes: list[str]) -> list[float] | None:
    """Receipts in both years, and of new and other gemeenten in the second; none when hidden."""
    if len(codes) < 2:
        return None
    shown = connection.set_index(["period", "value"])["count"]
    keys = [(codes[0], "all"), *((codes[1], value) for value in ("all", "new", "existing"))]
    totals = shown.reindex(pd.MultiIndex.from_tuples(keys))
    return None if totals.isna().any() else [float(n) for n in totals]


def _months_effect(existing: pd.DataFrame, totals: pd.Series) -> float:
    """What the change in connected months did, at the mean of both years' rates."""
    codes = list(totals.index)
    counts, months = (
        existing.astype({value: "float64"})
        .pivot_table(index="area", columns="period", values=value, dropna=False)
        .reindex(columns=codes)
        for value in ("count", "connected_months")
    )
    is_shown = counts.notna().all(axis=1)
    if not is_shown.all():
        rest = totals - counts[is_shown].sum()
        counts = pd.concat([counts[is_shown], rest.to_frame("rest").T])
        months = pd.concat([months[is_shown], months[~is_shown].sum().to_frame("rest").T])
    before, after = codes
    rates = counts / months
    return float(((months[after] - months[before]) * (rates[before] + rates[after]) / 2).sum())
