"""Indicators that follow from released counts alone: one function each.

Whoever adds one writes a function here and its row in `reference/indicators.csv`: the rest follows.
`docs/adding.md` goes through it.
"""

from typing import Any

import pandas as pd

from mma_analysis.measure.categories import ABSENT, PRESENT, crossing
from mma_analysis.measure.periods import WHOLE
from mma_analysis.measure.rates import share_of, with_difference
from mma_analysis.measure.released import all_meldingen, whole_total
from mma_analysis.vocabulary import UNKNOWN
from mma_analysis.vocabulary.schema import BACKGROUND

CONFIRMED = ("bevestigd", "deels_bevestigd")
KNOWN = (*CONFIRMED, "niet_bevestigd")
LARGEST = 3
NO_TOPIC = ["overig", UNKNOWN]


def backlog(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Say which part of the meldingen of which the status is known is still open on the peildatum.

    Released `counts`: `area`, `kind`, `breakdown`, `value`, `count` (missing when not told).

    One row per area with counts of the status: `area`, `count` (open), `total` (status known),
    `share` with `share_low`, `share_high` (Wilson); missing when a count of it is.

    Examples
    --------
    >>> values = {"ontvangen": 2, "in_behandeling": 3, "afgesloten": 15, "onbekend": 20}
    >>> counts = pd.DataFrame({"value": values.keys(), "count": values.values()})
    >>> counts = counts.assign(area="borne", kind="whole", breakdown="status", state="shown")
    >>> backlog(counts)[["count", "total", "share"]].to_numpy().tolist()
    [[5, 20, 0.25]]
    """
    received, handled, closed = (
        whole_total(counts, "status", value)
        for value in ("ontvangen", "in_behandeling", "afgesloten")
    )
    still_open = received + handled
    table = pd.DataFrame({"count": still_open, "total": still_open + closed})
    table = table.rename_axis("area").reset_index()
    return share_of(table[["area", "count"]], table["total"], basis)


def concentration(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Say which part of all meldingen is in the three largest topic groups.

    `overig` and `onbekend` are no topics, but count in the total.

    Released `counts`: `area`, `kind`, `breakdown`, `value`, `count` (missing when not told).

    One row per area: `area`, `groups` (the codes, largest first; missing when the fourth may be as
    large as the third), `count`, `total`, `share`.

    Examples
    --------
    >>> groups = {"drugs": 12, "geweld": 4, "ondermijning": 2, "onbekend": 2}
    >>> rows = [("totaal", "totaal", 20), *(("topic_group", *one) for one in groups.items())]
    >>> table = pd.DataFrame(rows, columns=["breakdown", "value", "count"])
    >>> table = table.assign(area="borne", kind="whole", state="shown")
    >>> float(concentration(table)["share"].item())
    0.9
    """
    totals = all_meldingen(counts)
    is_group = counts["kind"].eq(WHOLE) & counts["breakdown"].eq("topic_group")
    topics = counts[is_group & ~counts["value"].isin(NO_TOPIC)].dropna(subset="count")
    ordered = topics.sort_values("count", ascending=False, kind="stable")
    rows = [
        (str(area), *_largest(own, basis))
        for area, own in ordered[["area", "value", "count"]].groupby("area", sort=False)
    ]
    table = pd.DataFrame(rows, columns=["area", "groups", "count"])
    table = table.astype({"groups": "str", "count": "Int64"})
    total = pd.Series(totals.reindex(table["area"]).to_numpy(), table.index, dtype="Int64")
    return share_of(table, total, basis).drop(columns=["share_low", "share_high"])


def result_by_background(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Compare how often a result is a confirmation, with and without each background.

    Made for people who agree on how to weigh a melding, never to score one: a difference is no
    cause.

    Released `counts`: `area`, `breakdown`, `value`, `count`.

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
        (area, background, *_confirmed(own, ABSENT), *_confirmed(own, PRESENT))
        for background in BACKGROUND
        for area, own in counts[counts["breakdown"] == crossing(background)].groupby("area")
    ]
    columns = ["area", "background", "count_from", "total_from", "count_to", "total_to"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], "Int64"))
    return with_difference(table, basis)


def _largest(own: pd.DataFrame, basis: int) -> tuple[Any, Any]:
    """The three largest groups, and how many they have; the names only when they are certain."""
    counts = [int(n) for n in own["count"]]
    off = 2 * (basis - 1)  # both may have been rounded, each its own way
    is_sure = len(counts) <= LARGEST or counts[LARGEST - 1] - counts[LARGEST] > off
    names = " ".join(own["value"].head(LARGEST)) if is_sure and sum(counts[:LARGEST]) else pd.NA
    return names, sum(counts[:LARGEST])


def _confirmed(own: pd.DataFrame, has: str) -> tuple[int, int]:
    """How many are confirmed, of how many with a known result."""
    count = own.set_index("value")["count"]
    sums = (int(count[[f"{has}+{result}" for result in of]].sum()) for of in (CONFIRMED, KNOWN))
    confirmed, known = sums
    return confirmed, known
