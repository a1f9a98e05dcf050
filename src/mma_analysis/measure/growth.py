"""Two periods of the same gemeenten side by side: where growth comes from, and who has more."""

import pandas as pd

from mma_analysis.measure.cells import MISSING, NOT_APPLICABLE
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import HALF, YEAR
from mma_analysis.measure.rates import CANNOT_TELL, NO_CHANGE, with_ratio
from mma_analysis.vocabulary import UsageError, Vocabulary, did_you_mean

CAUSES = ["new", "months", "same"]
GROWTH = ["period_from", "period_to", "count_from", "count_to", *CAUSES]
ENDS = ("from", "to")
FEWEST_MELDINGEN = 10  # in both periods together: below this a comparison says nothing
# Connected in each of the two years, to the nearest half: six calendar months are 5.95 to 6.05.
FEWEST_MONTHS = 6.0
SIDES = ["count_before", "months_before", "count_after", "months_after"]
RATIO = ["ratio", "low", "high", "verdict"]


def growth_between(
    vocabulary: Vocabulary, counts: pd.DataFrame, first: str, last: str
) -> pd.DataFrame:
    """Split the growth between any two periods into its three causes, per gemeente and in all.

    `new`: no connected time in the first period; then all that came in the last. `months`: more or
    less connected time. `same`: more or fewer per connected month (Kitagawa 1955); what came before
    the connection lowers it. The three add up exactly to the growth.

    Receipts `counts`: `area`, `period`, `count`, `connected_months`, missing when hidden or
    unknown; one row per gemeente for each of both periods.
    `first` and `last`: codes of two periods, which may be of unlike length.

    One row per gemeente, and one for the district, their sum: `area`, `period_from`, `period_to`,
    `count_from`, `count_to`, `new`, `months`, `same`; the causes are missing when a count or the
    time is, and for the district when they are for any.

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
    wide = timed_periods(both, first, last)
    wide = pd.concat([wide, wide.sum(skipna=False).to_frame(district).T])
    causes = _causes(wide.iloc[:-1])
    causes = pd.concat([causes, causes.sum(skipna=False).to_frame(district).T])
    split = causes.assign(
        period_from=first, period_to=last, count_from=wide["n_from"], count_to=wide["n_to"]
    )
    table = split.rename_axis("area").reset_index()[["area", *GROWTH]]
    return described(table, "growth_between")


def growth_split(
    connection: pd.DataFrame, per_year: pd.DataFrame, connected_on: pd.Series, periods: pd.DataFrame
) -> pd.DataFrame:
    """Split the growth between the last two complete years into its three causes.

    As `growth_between`, of receipts, and from what a reader has: gemeenten of which a year is
    hidden are taken together, as what remains of the total.

    Protected counts of breakdown `connection`: `period`, `value`, `count`.
    Protected counts `per_year`, per gemeente: `area`, `period`, `count`, `state`,
    `connected_months`.
    `connected_on`: connection date per gemeente slug; missing when unknown.

    One row with the columns of `growth_between` but `area`; none when nobody delivered, a total is
    hidden, or the connection date of a gemeente that delivered is not known.

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
        return pd.DataFrame(columns=GROWTH)
    n_first, n_second, n_new, n_existing = totals
    is_existing = counted["area"].map(connected_on) < years["begin"].iloc[1]
    existing = counted[is_existing]
    months = _months_effect(existing, pd.Series([n_first, n_existing], index=codes))
    same = n_existing - n_first - months
    row = (*codes, n_first, n_second, n_new, months, same)
    return described(pd.DataFrame([row], columns=GROWTH), "growth_split")


def year_on_year(counts: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Compare each gemeente's last two complete years, per connected month, as `with_ratio`.

    Not for the district: there a large gemeente that joins would look like a higher rate.

    Protected `counts`: `area`, `period`, `count`, `connected_months`. All areas in it are looked at
    together.

    One row per area: `area`, `ratio`, `low`, `high`, `verdict` in `more`, `fewer`, `no_change`,
    `cannot_tell` (a hidden count, fewer than `FEWEST_MELDINGEN`, or less than `FEWEST_MONTHS`
    connected in a year).

    Examples
    --------
    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> years = periods(dt.date(2022, 1, 1), dt.date(2023, 12, 31))
    >>> codes = ["2022-01/2022-12", "2023-01/2023-12"]
    >>> own = pd.DataFrame({"area": "borne", "period": codes, "count": [1, 9]})
    >>> year_on_year(own.assign(connected_months=12.0), years)["verdict"].item()
    'more'
    """
    years = periods[(periods["kind"] == YEAR) & periods["is_complete"]]["period"].tail(2)
    table = counts[counts["period"].isin(years)]
    first, last = ["", "", *years][-2:]
    wide = timed_periods(table, first, last)
    enough = wide["n_from"] + wide["n_to"] >= FEWEST_MELDINGEN
    shortest = wide[["t_from", "t_to"]].min(axis=1, skipna=False)
    told = wide[enough & ((shortest * 2).round() / 2 >= FEWEST_MONTHS)]
    found = with_ratio(told, NO_CHANGE).reindex(wide.index).fillna({"verdict": CANNOT_TELL})
    return described(found.rename_axis("area").reset_index(), "year_on_year")


def before_connection(
    counts: pd.DataFrame, connected_on: pd.Series, periods: pd.DataFrame
) -> pd.DataFrame:
    """Compare what a gemeente received per month before it was connected and after.

    In whole half years: those that end before the connection, and those that begin on or after it.
    One before it of which nothing is registered is no 0, and is left out with its months. Then as
    `with_ratio`.

    Protected totals `counts` per gemeente and period: `area`, `period`, `count`, `state`. All
    gemeenten in it are looked at together.
    `connected_on`: connection date per gemeente slug; missing when unknown.

    One row per gemeente with a known date and half years on both sides: `area`, `count_before`,
    `months_before`, `count_after`, `months_after`, `ratio`, `low`, `high`, `verdict` in
    `not_registered`, `hidden`, `more`, `fewer`, `cannot_tell` (fewer than `FEWEST_MELDINGEN` in
    all, or it may be chance).

    Examples
    --------
    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> halves = periods(dt.date(2022, 1, 1), dt.date(2022, 12, 31))
    >>> counts = pd.DataFrame({"area": "borne", "period": ["2022-01/2022-06", "2022-07/2022-12"],
    ...                        "count": [4, 20], "state": "shown"})
    >>> connected_on = pd.Series({"borne": pd.Timestamp("2022-07-01")})
    >>> before_connection(counts, connected_on, halves)[["ratio", "verdict"]].to_numpy().tolist()
    [[5.0, 'more']]
    """
    halves = periods[(periods["kind"] == HALF) & periods["is_complete"]]
    timed = counts.merge(halves, on="period", suffixes=("", "_of"))
    day = timed["area"].map(connected_on)
    before = dict(iter(timed[timed["end"] < day].groupby("area")))
    after = dict(iter(timed[timed["begin"] >= day].groupby("area")))
    rows = [
        {"area": slug, **_around(before[slug], after[slug])}
        for slug in connected_on.index
        if slug in before and slug in after
    ]
    table = pd.DataFrame(rows, columns=["area", *SIDES, *RATIO])
    table = table.astype(dict.fromkeys(SIDES, "Int64"))
    told = table.loc[table["verdict"].isna(), SIDES].astype("float64")
    told = told.set_axis(["n_from", "t_from", "n_to", "t_to"], axis="columns")
    found = with_ratio(told, CANNOT_TELL).reindex(table.index)
    verdict = table["verdict"].astype("object").fillna(found["verdict"]).astype("str")
    ratios = found[RATIO[:3]].astype("float64")
    joined = table.drop(columns=RATIO).join(ratios).assign(verdict=verdict)
    return described(joined, "before_connection")


def both_periods(
    table: pd.DataFrame, keys: list[str], values: list[str], first: str, last: str
) -> pd.DataFrame:
    """Values of two periods side by side: `<value>_from` and `<value>_to`, on the keys of both."""
    ends = [
        table[(table["period"] == code).to_numpy()].set_index(keys)[values].add_suffix(f"_{end}")
        for end, code in zip(ENDS, (first, last), strict=True)
    ]
    return pd.concat(ends, axis=1)


def timed_periods(counts: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    """Counts and connected months of two periods per area: `n_from`, `n_to`, `t_from`, `t_to`."""
    short = counts.rename(columns={"count": "n", "connected_months": "t"})
    short = short.astype({"n": "float64", "t": "float64"})
    areas = pd.Index(counts["area"].unique(), name="area")
    return both_periods(short, ["area"], ["n", "t"], first, last).reindex(areas)


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
    wide = timed_periods(existing, *totals.index)
    is_shown = wide[["n_from", "n_to"]].notna().all(axis=1)
    if not is_shown.all():
        rest = wide[~is_shown].sum()
        rest[["n_from", "n_to"]] = totals.to_numpy() - wide.loc[is_shown, ["n_from", "n_to"]].sum()
        wide = pd.concat([wide[is_shown], rest.to_frame("rest").T])
    return float(_causes(wide)["months"].sum())


def _causes(wide: pd.DataFrame) -> pd.DataFrame:
    """The three causes per row of `timed_periods`; they add up to the growth of that row."""
    growth = wide["n_to"] - wide["n_from"]
    is_new = wide["t_from"] == 0
    rate_from, rate_to = (wide[f"n_{w}"] / wide[f"t_{w}"].where(wide[f"t_{w}"] > 0) for w in ENDS)
    months = (wide["t_to"] - wide["t_from"]) * (rate_from + rate_to) / 2
    causes = pd.DataFrame(
        {"new": wide["n_to"].where(is_new, 0.0), "months": months.mask(is_new, 0.0)}
    )
    causes = causes.assign(same=growth - causes["new"] - causes["months"])
    return causes.where(causes.notna().all(axis=1))


def _around(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, object]:
    """Both sides of a connection, and the verdict of what cannot be compared."""
    registered = before[before["state"] != NOT_APPLICABLE]
    is_none = registered.empty
    found: dict[str, object] = {
        "months_before": 6 * len(before if is_none else registered),
        "months_after": 6 * len(after),
    }
    n_before, n_after = registered["count"].sum(skipna=False), after["count"].sum(skipna=False)
    if is_none:
        return {**found, "verdict": "not_registered"}
    if pd.isna(n_before) or pd.isna(n_after):
        return {**found, "verdict": "hidden"}
    found |= {"count_before": int(n_before), "count_after": int(n_after)}
    is_too_little = n_before + n_after < FEWEST_MELDINGEN or n_before == 0
    return {**found, "verdict": CANNOT_TELL} if is_too_little else found
