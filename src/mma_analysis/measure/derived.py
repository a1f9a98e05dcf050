"""Indicators that follow from protected counts alone: one function each, and one table of its name.

Whoever adds one writes a function here and its row in `reference/indicators.csv`: the rest follows.
`docs/adding.md` goes through it.
"""

from typing import Any

import pandas as pd

from mma_analysis.measure.crossings import OTHER, PRESENT, crossing
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import WHOLE
from mma_analysis.measure.rates import share_of, with_difference
from mma_analysis.vocabulary import TOTAL, UNKNOWN
from mma_analysis.vocabulary.schema import BACKGROUND

__all__ = ["backlog", "concentration", "result_by_background"]

CONFIRMED = ("bevestigd", "deels_bevestigd")
KNOWN = (*CONFIRMED, "niet_bevestigd")
LARGEST = 3
NO_TOPIC = ["overig", UNKNOWN]


def backlog(counts: pd.DataFrame) -> pd.DataFrame:
    """Say which part of the meldingen of which the status is known is still open on the peildatum.

    Protected `counts`: `area`, `kind`, `breakdown`, `value`, `count` (missing when hidden).

    One row per area with counts of the status: `area`, `count` (open), `total` (status known),
    `share` with `share_low`, `share_high` (Wilson); missing when a count of it is hidden.

    Examples
    --------
    >>> values = {"ontvangen": 2, "in_behandeling": 3, "afgesloten": 15, "onbekend": 20}
    >>> counts = pd.DataFrame({"value": values.keys(), "count": values.values()})
    >>> counts = counts.assign(area="borne", kind="whole", breakdown="status")
    >>> backlog(counts)[["count", "total", "share"]].to_numpy().tolist()
    [[5, 20, 0.25]]
    """
    rows = counts[counts["kind"].eq(WHOLE) & counts["breakdown"].eq("status")]
    values = {
        value: rows[rows["value"] == value].set_index("area")["count"].astype("Int64")
        for value in ("ontvangen", "in_behandeling", "afgesloten")
    }
    still_open = values["ontvangen"] + values["in_behandeling"]
    table = pd.DataFrame({"count": still_open, "total": still_open + values["afgesloten"]})
    table = table.rename_axis("area").reset_index()
    return described(share_of(table[["area", "count"]], table["total"]), "backlog")


def concentration(counts: pd.DataFrame) -> pd.DataFrame:
    """Say which part of all meldingen is in the three largest topic groups.

    `overig` and `onbekend` are no topics, but count in the total.

    Protected `counts`: `area`, `kind`, `breakdown`, `value`, `count` (missing when hidden).

    One row per area: `area`, `groups` (the codes, largest first; missing when another group is, or
    may be, as large as the third), `count`, `total`, `share` (missing when a hidden count may be
    larger than the third: what is shown must not depend on it).

    Examples
    --------
    >>> groups = {"drugs": 12, "geweld": 4, "ondermijning": 2, "onbekend": 2}
    >>> rows = [("totaal", "totaal", 20), *(("topic_group", *one) for one in groups.items())]
    >>> table = pd.DataFrame(rows, columns=["breakdown", "value", "count"])
    >>> float(concentration(table.assign(area="borne", kind="whole"))["share"].item())
    0.9
    """
    whole = counts[counts["kind"] == WHOLE]
    totals = whole[whole["breakdown"] == TOTAL].set_index("area")["count"].astype("Int64")
    of_groups = whole[whole["breakdown"] == "topic_group"].astype({"count": "Int64"})
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


def result_by_background(counts: pd.DataFrame) -> pd.DataFrame:
    """Compare how often a result is a confirmation, with and without each background.

    Made for people who agree on how to weigh a melding, never to score one: a difference is no
    cause.

    Protected `counts`: `area`, `breakdown`, `value`, `count` (missing when hidden).

    One row per area and background: `area`, `background`, and of the meldingen without (`_from`)
    and with it (`_to`): `count` (confirmed, also in part), `total` (result known), `share`; their
    difference as in `rates.with_difference`.

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


def _confirmed(own: pd.DataFrame, has: str) -> tuple[object, object]:
    """How many are confirmed, of how many with a known result; missing when a count is hidden."""
    count = own.set_index("value")["count"].astype("Int64")
    confirmed, known = (
        count.reindex([f"{has}+{result}" for result in results]).sum(skipna=False)
        for results in (CONFIRMED, KNOWN)
    )
    return (pd.NA, pd.NA) if pd.isna(known) else (confirmed, known)
