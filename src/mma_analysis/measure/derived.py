"""Indicators that follow from protected counts alone: one function each, and one table of its name.

Whoever adds one writes a function here and its row in `reference/indicators.csv`: the rest follows.
`docs/adding.md` goes through it.
"""

import pandas as pd

from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import WHOLE
from mma_analysis.measure.rates import share_of

__all__ = ["backlog"]


def backlog(counts: pd.DataFrame) -> pd.DataFrame:
    """Say which part of the meldingen of which the status is known is still open on the peildatum.

    Of the known ones only: a melding without a status may be closed long ago. What came in just
    before the peildatum is open for that reason alone, so some backlog is no arrears.

    Parameters
    ----------
    counts
        Protected counts: `area`, `kind`, `breakdown`, `value`, `count` (missing when hidden).

    Returns
    -------
    pd.DataFrame
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
