"""Indicators that follow from released counts alone: one function each.

Whoever adds one writes a function here and its row in `reference/indicators.csv`: the rest follows.
`docs/adding.md` goes through it.
"""

import pandas as pd

from mma_analysis.measure.categories import ABSENT, PRESENT, crossing
from mma_analysis.measure.rates import share_of, with_difference
from mma_analysis.measure.released import whole_total
from mma_analysis.vocabulary.schema import BACKGROUND

CONFIRMED = ("bevestigd", "deels_bevestigd")
KNOWN = (*CONFIRMED, "niet_bevestigd")


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


def _confirmed(own: pd.DataFrame, has: str) -> tuple[int, int]:
    """How many are confirmed, of how many with a known result."""
    count = own.set_index("value")["count"]
    sums = (int(count[[f"{has}+{result}" for result in of]].sum()) for of in (CONFIRMED, KNOWN))
    confirmed, known = sums
    return confirmed, known
