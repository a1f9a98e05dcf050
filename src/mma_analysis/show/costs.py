"""Kosten en financiering: who pays what, and what a melding costs."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Sure, Table, Text, text

NOT_KNOWN = (
    "In de gegevens van deze evaluatie staan geen tarieven. De kosten zijn niet te berekenen."
)


def phases_sentence(e: Evaluation) -> Text:
    """Who paid from when to when."""
    if e.edition.kosten is None or not e.edition.kosten.fase:
        return text("Wie de aansluiting betaalt, is voor deze evaluatie niet opgegeven.")
    parts = []
    for phase in e.edition.kosten.fase:
        payer = phase.betaler if phase.betaler != "gemeente" else "elke gemeente zelf"
        until = f" tot en met {words.day(phase.eind)}" if phase.eind else ""
        parts.append(f"{words.capital(f'vanaf {words.day(phase.begin)}')}{until} betaalt {payer}.")
    return text(" ".join(parts))


def tariff_table(e: Evaluation) -> Block:
    """The yearly price per size class."""
    if e.edition.kosten is None or not e.edition.kosten.tarief:
        return text(NOT_KNOWN)
    tariffs = sorted(e.edition.kosten.tarief, key=lambda t: t.vanaf_inwoners, reverse=True)
    return Table(
        "Tarief per jaar",
        ["Inwoners", "Per jaar", "Aansluiting", "Per melding"],
        [
            [
                f"vanaf {words.number(t.vanaf_inwoners)}" if t.vanaf_inwoners else "kleiner",
                words.money(t.per_jaar),
                words.money(t.aansluiting),
                words.money(t.per_melding, True),
            ]
            for t in tariffs
        ],
        note="Inwoners per gemeente: population.csv, rond 1 januari 2021.",
    )


def district_sentence(e: Evaluation) -> Text:
    """What the connections cost in all and per melding."""
    table = e.table("costs")
    if table.empty:
        return text(NOT_KNOWN)
    known = table["amount"].dropna()
    total = float(known.sum())
    count = facts.total(e)
    per_year = words.money(float(table["per_year"].sum()))
    per_melding = (
        f" Dat is gemiddeld {words.money(total / count.value)} per melding." if count.value else ""
    )
    return text(
        f"Over de aangesloten maanden van {len(known)} gemeenten komt dat samen neer op "
        f"{words.money(total)}.{per_melding} Een heel jaar met alle gemeenten kost {per_year}."
    )


def per_gemeente_table(e: Evaluation) -> Block:
    """What each gemeente's connection cost, and per melding where that may be shown."""
    table = e.table("costs")
    if table.empty:
        return text(NOT_KNOWN)
    return Table(
        "Kosten per gemeente over de evaluatieperiode",
        ["Gemeente", "Tarief per jaar", "Kosten in de periode", "Per melding"],
        [
            [
                facts.name(row["area"]),
                words.money(row["per_year"]),
                _money(row["amount"]),
                _money(row["per_melding"], words.HIDDEN),
            ]
            for _, row in table.iterrows()
        ],
        note="Kosten in de periode: het tarief per jaar over de tijd dat de gemeente was "
        "aangesloten. Per melding tonen wij alleen als het aantal meldingen getoond mag worden.",
    )


def gemeente_sentence(e: Evaluation) -> Text:
    """What this gemeente's connection costs."""
    table = e.table("costs")
    if table.empty:
        return text(NOT_KNOWN)
    row = e.own("costs").iloc[0]
    parts = [f"{e.area.name} valt onder het tarief van {words.money(row['per_year'])} per jaar."]
    if pd.notna(row["amount"]):
        parts.append(
            f"Over de tijd dat de gemeente was aangesloten is dat {words.money(row['amount'])}."
        )
    if pd.notna(row["per_melding"]):
        parts.append(f"Dat is {words.money(row['per_melding'])} per melding.")
    return text(" ".join(parts))


def sure(e: Evaluation) -> Block:
    """What the amounts rest on."""
    return Sure(
        "De bedragen zijn berekend uit de tarieven die voor deze evaluatie zijn opgegeven. De tijd "
        "die gemeenten aan een melding besteden, zit er niet in. Een melding die veel oplevert en "
        "een melding zonder gevolg tellen hier even zwaar."
    )


def _money(value: float, sign: str = words.MISSING) -> str:
    return sign if pd.isna(value) else words.money(float(value))
