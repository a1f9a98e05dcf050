"""What a year after the peildatum may cost, under assumptions that are named."""

from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, text
from mma_analysis.show.costs import UNKNOWN, between

AS_NOW = "Het aantal meldingen blijft veranderen zoals nu"


def table(e: Evaluation) -> Block:
    """Between which amounts a year may cost, with what is assumed."""
    scenarios = e.table("cost_scenarios")
    if scenarios.empty:
        return text("Daarom staat hier ook niet wat een volgend jaar kan kosten.")
    receipts = facts.real(scenarios["receipts"].iloc[0])
    start = (
        "Hoeveel meldingen er in een heel jaar zijn, is niet bekend."
        if receipts is None
        else f"Het jaar begint bij de {words.number(receipts)} ontvangen meldingen van het laatste "
        "volledige jaar."
    )
    return Table(
        "Wat een volgend jaar kan kosten",
        ["Als", "Meldingen", "Tarieven", "Samen per jaar", "Per ontvangen melding"],
        [_scenario(row) for _, row in scenarios.iterrows()],
        note="Van het laagste tot het hoogste bedrag. Alle gemeenten zijn het hele jaar "
        f"aangesloten en het aantal inwoners blijft gelijk. {start} Dit is geen voorspelling.",
        sources=("cost_scenarios",),
    )


def _scenario(row: Any) -> list[str]:
    name = str(row["scenario"])
    return [
        AS_NOW if name == "trend" else name,
        _changes(row["meldingen_low"], row["meldingen_high"]),
        _changes(row["tariff_low"], row["tariff_high"]),
        _amounts(row["amount_low"], row["amount_high"]),
        _amounts(row["per_melding_low"], row["per_melding_high"]),
    ]


def _amounts(low: Any, high: Any) -> str:
    return UNKNOWN if pd.isna(low) or pd.isna(high) else between(float(low), float(high))


def _changes(low: float, high: float) -> str:
    """`gelijk`, `+5%`, `−13% tot +28%`."""
    if low == high == 0:
        return "gelijk"
    ends = [f"{words.signed(100 * float(change))}%" for change in (low, high)]
    return " tot ".join(dict.fromkeys(ends))
