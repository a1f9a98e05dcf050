"""What a year after the peildatum may cost, under assumptions that are named."""

from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, text
from mma_analysis.show.costs import UNKNOWN, between

AS_NOW = "Het gaat door zoals tot nu toe"
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
        f"aangesloten en het aantal inwoners blijft gelijk. {_start(scenarios.iloc[0])} "
        f"{_as_now(scenarios)}",
        sources=("cost_scenarios",),
        text_columns=("Wie dit koos",),
    )


def _start(row: Any) -> str:
    """From how many meldingen the year starts: as many months of each gemeente as are paid for."""
    if facts.real(row["whole_year"]) is None:
        return "Hoeveel meldingen er in een heel jaar zijn, is niet bekend."
    return (
        f"Het jaar begint bij ongeveer {words.number(round(float(row['whole_year']), -1))} "
        "meldingen: zoveel zouden het er in het laatste jaar zijn geweest als alle gemeenten dat "
        "hele jaar waren aangesloten."
    )


def _as_now(scenarios: pd.DataFrame) -> str:
    """Where the first scenario comes from, or why it is not there."""
    if TREND in set(scenarios["scenario"]):
        return (
            "De eerste regel trekt het verloop tot nu toe een jaar door, met de grenzen van 95%. "
            "Wat op de andere regels staat, is aangenomen."
        )
    return "Hoeveel meldingen er komen als het zo doorgaat, is niet te voorspellen."


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
