"""What the meldingen are about, and how that shifts."""

from typing import Any

import pandas as pd

from mma_analysis.measure.differences import with_difference
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import complete_years
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary

FIELD = "topic_group"
LARGEST = 3
NO_TOPIC = ["overig", UNKNOWN]


def topic_shift(
    vocabulary: Vocabulary, counts: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """Compare the share of each topic group in the first and in the last complete year.

    Shares of all meldingen, those without a known topic included: a shift of `onbekend` is a change
    in how gemeenten register, and it moves all others. The intervals hold for all groups together.

    Parameters
    ----------
    vocabulary
        The words of the edition.
    counts
        Protected counts per area, period and topic group: `area`, `period`, `breakdown`, `value`,
        `count` (missing when hidden), with those of breakdown `TOTAL`.
    periods
        As made by `periods.periods`.

    Returns
    -------
    pd.DataFrame
        One row per topic group and area that has counts of these years, none with less than two:
        `area`, `period_from`, `period_to`, `value`, `count_from`, `total_from`, `count_to`,
        `total_to`, and the difference as in `differences.with_difference`.

    Examples
    --------
    Half of the first year and a quarter of the second are about drugs:

    >>> import datetime as dt
    >>> from mma_analysis.measure.periods import periods
    >>> cut = periods(dt.date(2021, 1, 1), dt.date(2022, 12, 31))
    >>> years = complete_years(cut)
    >>> rows = [(year, *part) for year, n in zip(years, (40, 20)) for part in (
    ...     (TOTAL, TOTAL, 80), (FIELD, "drugs", n), (FIELD, "geweld", 80 - n))]
    >>> counts = pd.DataFrame(rows, columns=["period", "breakdown", "value", "count"])
    >>> found = topic_shift(Vocabulary(), counts.assign(area="twente"), cut)
    >>> found = found.query("value == 'drugs'")
    >>> found[["share_from", "share_to", "change", "verdict"]].to_numpy().tolist()
    [[0.5, 0.25, -0.25, 'fewer']]
    """
    years = complete_years(periods)
    rows = counts[counts["breakdown"].isin([FIELD, TOTAL])]
    areas = rows.loc[rows["breakdown"].eq(FIELD) & rows["period"].isin(years), "area"].unique()
    groups = list(vocabulary.topic_groups)
    keys = [(area, value) for area in areas for value in groups] if len(years) > 1 else []
    table = pd.DataFrame(keys, columns=["area", "value"], dtype="str")
    found = rows.set_index(["period", "area", "value"])["count"].astype("Int64")
    first, last = (years[0], years[-1]) if len(years) > 1 else ("", "")
    for end, year in (("from", first), ("to", last)):
        period = pd.Series(year, table.index, dtype="str")
        total = pd.Series(TOTAL, table.index, dtype="str")
        table[f"period_{end}"] = period
        table[f"count_{end}"] = _taken(found, period, table["area"], table["value"])
        table[f"total_{end}"] = _taken(found, period, table["area"], total)
    return described(with_difference(table, len(groups)), "topic_shift")


def concentration(counts: pd.DataFrame) -> pd.DataFrame:
    """Say which part of all meldingen is in the three largest topic groups.

    Missing when a hidden count may be larger than the third: what is shown must not depend on it.
    When another topic group has, or may have, as many as the third, the share is certain and which
    groups they are is not: then only the groups are missing.
    No interval: the three are chosen by the same counts, so a usual interval would lie too high.
    `overig` and `onbekend` are no topics, but count in the total.

    Parameters
    ----------
    counts
        Protected counts of one period per area and topic group: `area`, `breakdown`, `value`,
        `count` (missing when hidden), with those of breakdown `TOTAL`.

    Returns
    -------
    pd.DataFrame
        One row per area: `area`, `groups` (the codes, largest first; missing when a tie leaves more
        than one answer), `count`, `total`, `share`.

    Examples
    --------
    >>> groups = {"drugs": 12, "geweld": 4, "ondermijning": 2, "onbekend": 2}
    >>> rows = [("totaal", "totaal", 20), *(("topic_group", *one) for one in groups.items())]
    >>> table = pd.DataFrame(rows, columns=["breakdown", "value", "count"]).assign(area="borne")
    >>> float(concentration(table)["share"].item())
    0.9
    """
    totals = counts[counts["breakdown"] == TOTAL].set_index("area")["count"].astype("Int64")
    of_groups = counts[counts["breakdown"] == FIELD].astype({"count": "Int64"})
    shown: dict[str, dict[str, int]] = {area: {} for area in of_groups["area"].unique()}
    for area, value, count in of_groups.dropna(subset="count")[
        ["area", "value", "count"]
    ].itertuples(index=False):
        shown[area][value] = count
    rows = [(area, *_largest(own, totals.get(area, pd.NA))) for area, own in shown.items()]
    table = pd.DataFrame(rows, columns=["area", "groups", "count", "total"])
    table = table.astype({"groups": "str", "count": "Int64", "total": "Int64"})
    share = table["count"].astype("Float64") / table["total"].where(table["total"] > 0)
    return described(table.assign(share=share), "concentration")


def _largest(shown: dict[str, int], total: Any) -> tuple[Any, Any, Any]:
    """The three largest groups, together and of how many; nothing when that is not certain."""
    topics = [value for value in shown if value not in NO_TOPIC]
    ordered = sorted(topics, key=lambda value: shown[value], reverse=True)
    groups, others = ordered[:LARGEST], ordered[LARGEST:]
    nothing = (pd.NA, pd.NA, total)
    if pd.isna(total) or not groups:
        return nothing
    hidden = int(total) - sum(shown.values())
    third = shown[groups[-1]] if len(groups) == LARGEST else 0
    if hidden > third:
        return nothing
    fourth = max(hidden, *(shown[value] for value in others), 0)
    is_tie = len(groups) == LARGEST and fourth == third
    named = pd.NA if is_tie else " ".join(groups)
    return named, sum(shown[value] for value in groups), total


def _taken(found: pd.Series, *keys: pd.Series) -> pd.Series:
    """The count with these keys, missing when there is none."""
    counts = found.reindex(pd.MultiIndex.from_arrays(keys))
    return pd.Series(counts.to_numpy(), keys[0].index, dtype="Int64")
