"""What a year after the peildatum may cost, under assumptions that are named."""

from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, text
from mma_analysis.show.costs import UNKNOWN, between

AS_NOW = "Het aantal meldingen blijft binnen de grenzen van de trend"
FROM_TREND = "berekend uit de trend"
NOBODY = "niet opgegeven"
TREND = "trend"


def table(e: Evaluation) -> Block:
    """Between which amounts a year may cost, with what is assumed and by whom."""
    scenarios = e.table("cost_scenarios")
    if scenarios.empty:
        return text("Daarom staat hier ook niet wat een volgend jaar kan kosten.")
    return Table(
        "Wat een volgend jaar kan kosten",
        ["Als", "Wie dit koos", "Meldingen", "Tarieven", "Samen per jaar", "Per ontvangen melding"],
        [_scenario(row) for _, row in scenarios.iterrows()],
        note="Van het laagste tot het hoogste bedrag. Alle gemeenten zijn het hele jaar "
        f"aangesloten en het aantal inwoners blijft gelijk. {_start(e, scenarios.iloc[0])} "
        f"{_trend(e, scenarios)}Dit is geen voorspelling.",
        sources=("cost_scenarios",),
        text_columns=("Wie dit koos",),
    )


def _start(e: Evaluation, row: Any) -> str:
    """From how many meldingen the year starts: as many months of each gemeente as are paid for."""
    receipts, whole_year = facts.real(row["receipts"]), facts.real(row["whole_year"])
    if receipts is None:
        return "Hoeveel meldingen er in een heel jaar zijn, is niet bekend."
    received = words.number(facts.counted(e, receipts))
    last = f"{received} ontvangen meldingen van het laatste volledige jaar"
    if whole_year is None:
        return (
            f"In de {last} zit niet van elke gemeente een heel jaar, en hoeveel het er dan waren "
            "geweest, is niet bekend. Daarom staat er geen bedrag per melding."
        )
    if whole_year == receipts:
        return f"Het jaar begint bij de {last}."
    return (
        f"Het jaar begint bij ongeveer {words.number(facts.counted(e, whole_year))} ontvangen "
        f"meldingen. Dat zijn de {last}. "
        "Gemeenten die in dat jaar zijn aangesloten, tellen daarin een heel jaar mee, in het tempo "
        "waarin zij meldingen kregen."
    )


def _trend(e: Evaluation, scenarios: pd.DataFrame) -> str:
    """Where the range of the first scenario comes from; it is no change that goes on."""
    if TREND not in set(scenarios["scenario"]):
        return ""
    trend = facts.trend(e)
    unclear = (
        ": die laat geen duidelijke verandering zien, dus minder en meer zijn allebei mogelijk"
        if trend is not None and trend.verdict == "no_change"
        else ""
    )
    return f"De eerste regel is het 95%-interval van de trend{unclear}. "


def _scenario(row: Any) -> list[str]:
    name, chosen_by = str(row["scenario"]), str(row["chosen_by"])
    is_trend = name == TREND
    return [
        AS_NOW if is_trend else name,
        FROM_TREND if is_trend else chosen_by or NOBODY,
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
