"""Indicators that follow from released counts alone: one function each.

Whoever adds one writes a function here and its row in `reference/indicators.csv`: the rest follows.
`docs/adding.md` goes through it.
"""

import pandas as pd

from mma_analysis.measure.categories import ABSENT, PRESENT, crossing
from mma_analysis.measure.counts import OUTCOME
from mma_analysis.measure.periods import WHOLE
from mma_analysis.measure.rates import FEWEST_OF_SHARE, share_of, with_difference
from mma_analysis.measure.released import NEVER, whole_total
from mma_analysis.vocabulary import UNKNOWN
from mma_analysis.vocabulary.schema import BACKGROUND, FOLLOW_UP

CONFIRMED = ("bevestigd", "deels_bevestigd")
KNOWN = (*CONFIRMED, "niet_bevestigd")
FIELDS = (*BACKGROUND, "also_sent_to", *FOLLOW_UP, "fed_back")


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


def bounds(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Say of every value of a field between which parts of all meldingen it certainly lies.

    At least: when no unknown one has it; at most: when all have it. Rounding is in both.

    One row per area, field and value, over the whole evaluation: `area`, `breakdown`, `value`,
    `count`, `known`, `total`, `least`, `most`; none when a count is missing, or of a rounded total
    below `FEWEST_OF_SHARE`.

    Examples
    --------
    >>> result = {"bevestigd": 20, "niet_bevestigd": 10, "onbekend": 70}
    >>> counts = pd.DataFrame({"value": result.keys(), "count": result.values()})
    >>> counts = counts.assign(area="borne", kind="whole", breakdown="result", state="shown")
    >>> bounds(counts)[["count", "known", "total", "least", "most"]].to_numpy().tolist()
    [[20.0, 30.0, 100.0, 0.2, 0.9], [10.0, 30.0, 100.0, 0.1, 0.8]]
    """
    rows = counts[counts["kind"].eq(WHOLE) & counts["breakdown"].isin(FIELDS)]
    rows = rows.assign(count=rows["count"].astype("Float64").mask(rows["state"] == NEVER, 0))
    sums = rows.groupby(["area", "breakdown"])["count"]
    own = rows.assign(total=sums.transform("sum", min_count=1), is_told=sums.transform("count"))
    own = own[own["is_told"] == sums.transform("size")]
    unknown = own[own["value"] == UNKNOWN].set_index(["area", "breakdown"])["count"]
    least = FEWEST_OF_SHARE if basis > 1 else 1
    table = own[own["value"].ne(UNKNOWN) & own["total"].ge(least)].reset_index(drop=True)
    keys = pd.MultiIndex.from_frame(table[["area", "breakdown"]])
    known = table["total"] - unknown.reindex(keys).fillna(0).to_numpy()
    off, most = basis - 1, table["total"] + basis - 1
    table = table.assign(
        known=known,
        least=((table["count"] - off).clip(lower=0) / most).astype("Float64"),
        most=(1 - (known - table["count"] - off).clip(lower=0) / most).astype("Float64"),
    )
    return table[["area", "breakdown", "value", "count", "known", "total", "least", "most"]]


def filling_in(counts: pd.DataFrame, basis: int = 1) -> pd.DataFrame:
    """Say what would be known when a result is filled in at closing, and when nothing is open.

    As if new results are like those that are known: their parts may shift, the width of what is not
    known stays.

    One row per area and situation (`now`, `closed`: each closed melding has a result, `not_open`:
    each that is not open any more): `area`, `situation`, `count` (with a result), `without` (how
    many closed ones have none, at least), `total`, `share`, and between which parts of all is
    confirmed: `whole_low`, `whole_high`, and also in part: `partly_low`, `partly_high`.

    Examples
    --------
    >>> result = {"bevestigd": 20, "deels_bevestigd": 5, "niet_bevestigd": 5, "onbekend": 70}
    >>> status = {"ontvangen": 5, "in_behandeling": 15, "afgesloten": 50, "onbekend": 30}
    >>> values = {"result": result, "status": status}
    >>> rows = [("borne", "whole", field, value, n, "shown") for field, of in values.items()
    ...         for value, n in of.items()]
    >>> names = ["area", "kind", "breakdown", "value", "count", "state"]
    >>> found = filling_in(pd.DataFrame(rows, columns=names))
    >>> found[["count", "without", "share", "whole_low", "whole_high"]].round(2).to_numpy().tolist()
    [[30.0, 20.0, 0.3, 0.2, 0.9], [50.0, 20.0, 0.5, 0.33, 0.83], [80.0, 20.0, 0.8, 0.53, 0.73]]
    """
    of = {value: whole_total(counts, OUTCOME, value).astype("Float64") for value in KNOWN}
    status = {
        value: whole_total(counts, "status", value).astype("Float64")
        for value in ("ontvangen", "in_behandeling", "afgesloten")
    }
    known = sum(of.values(), start=pd.Series(0.0, of[KNOWN[0]].index, dtype="Float64"))
    total = known + whole_total(counts, OUTCOME, UNKNOWN).astype("Float64")
    still_open = status["ontvangen"] + status["in_behandeling"]
    without = (status["afgesloten"] - known - 2 * (basis - 1)).clip(lower=0)
    parts = []
    for situation, number in (
        ("now", known),
        ("closed", status["afgesloten"]),
        ("not_open", total - still_open),
    ):
        table = pd.DataFrame(
            {"situation": situation, "count": number.clip(lower=known), "without": without}
        )
        table = table.assign(total=total, share=table["count"] / total)
        for name, values in (("whole", KNOWN[:1]), ("partly", CONFIRMED)):
            confirmed = sum((of[value] for value in values), start=0 * known) / known
            table[f"{name}_low"] = confirmed * table["share"]
            table[f"{name}_high"] = table[f"{name}_low"] + 1 - table["share"]
        parts.append(table.rename_axis("area").reset_index())
    both = pd.concat(parts, ignore_index=True)
    return both[both["total"].ge(FEWEST_OF_SHARE if basis > 1 else 1).fillna(False)].dropna()


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
