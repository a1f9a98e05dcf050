"""Where the growth comes from: more gemeenten, more connected time, or more per connected month."""

import pandas as pd

from mma_analysis.measure.cells import MISSING
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import YEAR
from mma_analysis.vocabulary import UsageError, Vocabulary, did_you_mean

CAUSES = ["new", "months", "same"]
COLUMNS = ["period_from", "period_to", "count_from", "count_to", *CAUSES]
SHORT = {"count": "n", "connected_months": "t"}
ENDS = ("from", "to")


def growth_between(
    vocabulary: Vocabulary, counts: pd.DataFrame, first: str, last: str
) -> pd.DataFrame:
    """Split the growth between any two periods into its three causes, per gemeente and in all.

    `new`: a gemeente without connected time in the first period; then all that it received in the
    last. `months`: it was connected for more or less time, at the mean of both rates. `same`: more
    or fewer per connected month (Kitagawa 1955: the symmetric split of months × rate). The three
    add up exactly to the growth, of every gemeente and of the district. What a gemeente received
    before its connection lowers `same`.

    Parameters
    ----------
    vocabulary
        The words of the edition.
    counts
        Receipts per gemeente and period: `area`, `period`, `count`, `connected_months`; missing
        when hidden or unknown. One row per gemeente for each of both periods.
    first, last
        Codes of two periods, which may be of unlike length.

    Returns
    -------
    pd.DataFrame
        One row per gemeente, and one for the district: the sum of these gemeenten, in receipts.
        `area`, `period_from`, `period_to`, `count_from`, `count_to`, `new`, `months`, `same`; the
        causes are missing when a count or the time is, and for the district when they are for any.

    Raises
    ------
    UsageError
        When a period is not in the table.

    Examples
    --------
    Two a month for half a year, then three a month for a whole year:

    >>> own = pd.DataFrame({"area": "borne", "period": ["a", "b"], "count": [12, 36]})
    >>> own = own.assign(connected_months=[6.0, 12.0])
    >>> split = growth_between(Vocabulary(), own, "a", "b")
    >>> split[["new", "months", "same"]].iloc[0].to_list()
    [0.0, 15.0, 9.0]
    """
    known = list(counts["period"].unique())
    for code in (first, last):
        if code not in known:
            near = did_you_mean(code, known)
            raise UsageError(f"no counts of period '{code}' in the table{near}")
    district = vocabulary.district.slug
    both = counts[counts["period"].isin([first, last])]
    wide = both_periods(both, first, last)
    wide = pd.concat([wide, wide.sum(skipna=False).to_frame(district).T])
    causes = _causes(wide.iloc[:-1])
    causes = pd.concat([causes, causes.sum(skipna=False).to_frame(district).T])
    split = causes.assign(
        period_from=first, period_to=last, count_from=wide["n_from"], count_to=wide["n_to"]
    )
    table = split.rename_axis("area").reset_index()[["area", *COLUMNS]]
    return described(table, "growth_between")


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

    Examples
    --------
    Borne went from 12 to 18 in whole years, and Losser joined with 5:

    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> cut = periods(dt.date(2021, 1, 1), dt.date(2022, 12, 31))
    >>> first, last = "2021-01/2021-12", "2022-01/2022-12"
    >>> totals = pd.DataFrame({"period": [first, last, last, last], "count": [12, 23, 5, 18],
    ...                        "value": ["all", "all", "new", "existing"]})
    >>> own = pd.DataFrame({"area": ["borne", "borne", "losser", "losser"], "state": "shown",
    ...                     "period": [first, last] * 2, "count": [12, 18, 0, 5],
    ...                     "connected_months": [12.0, 12.0, 0.0, 6.0]})
    >>> since = pd.Series({"borne": "2020-01-01", "losser": "2022-07-01"}, dtype="datetime64[us]")
    >>> growth_split(totals, own, since, cut)[["new", "months", "same"]].iloc[0].to_list()
    [5.0, 0.0, 6.0]
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
    row = (*codes, n_first, n_second, n_new, months, same)
    return described(pd.DataFrame([row], columns=COLUMNS), "growth_split")


def _totals(connection: pd.DataFrame, codes: list[str]) -> list[float] | None:
    """Receipts in both years, and of new and other gemeenten in the second; none when hidden."""
    if len(codes) < 2:
        return None
    shown = connection.set_index(["period", "value"])["count"]
    keys = [(codes[0], "all"), *((codes[1], value) for value in ("all", "new", "existing"))]
    totals = shown.reindex(pd.MultiIndex.from_tuples(keys))
    return None if totals.isna().any() else [float(n) for n in totals]


def _months_effect(existing: pd.DataFrame, totals: pd.Series) -> float:
    """What the change in connected months did; gemeenten with a hidden year are taken together."""
    wide = both_periods(existing, *totals.index)
    is_shown = wide[["n_from", "n_to"]].notna().all(axis=1)
    if not is_shown.all():
        rest = wide[~is_shown].sum()
        rest[["n_from", "n_to"]] = totals.to_numpy() - wide.loc[is_shown, ["n_from", "n_to"]].sum()
        wide = pd.concat([wide[is_shown], rest.to_frame("rest").T])
    return float(_causes(wide)["months"].sum())


def both_periods(counts: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    """Put counts and connected months of two periods side by side; missing where there are none.

    Returns
    -------
    pd.DataFrame
        One row per area (index): `n_from`, `n_to`, `t_from`, `t_to`.
    """
    areas = pd.Index(counts["area"].unique(), name="area")
    table = counts.set_index("area")[list(SHORT)].astype("float64").rename(columns=SHORT)
    ends = [
        table[(counts["period"] == code).to_numpy()].reindex(areas).add_suffix(f"_{end}")
        for end, code in zip(ENDS, (first, last), strict=True)
    ]
    return pd.concat(ends, axis=1)


def _causes(wide: pd.DataFrame) -> pd.DataFrame:
    """The three causes per row of `both_periods`; they add up to the growth of that row."""
    growth = wide["n_to"] - wide["n_from"]
    is_new = wide["t_from"] == 0
    rate_from, rate_to = (wide[f"n_{w}"] / wide[f"t_{w}"].where(wide[f"t_{w}"] > 0) for w in ENDS)
    months = (wide["t_to"] - wide["t_from"]) * (rate_from + rate_to) / 2
    causes = pd.DataFrame(
        {"new": wide["n_to"].where(is_new, 0.0), "months": months.mask(is_new, 0.0)}
    )
    causes = causes.assign(same=growth - causes["new"] - causes["months"])
    return causes.where(causes.notna().all(axis=1))
