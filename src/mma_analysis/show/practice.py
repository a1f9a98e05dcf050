"""Werkwijze, samenwerking en registratie: what gemeenten say they do, and what they register."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Table, Text, text
from mma_analysis.show.survey import answers_chart

FIELDS = {
    "topic_group": ("per_topic_group", "Onderwerp"),
    "also_sent_to": ("per_recipient", "Wie de melding nog meer kreeg"),
    "has_time": ("per_background", "Tijdstip (ja of nee)"),
    "has_location": ("per_background", "Plaats (ja of nee)"),
    "has_person": ("per_background", "Persoon (ja of nee)"),
    "has_vehicle": ("per_background", "Voertuig (ja of nee)"),
    "status": ("per_follow_up", "Stand van zaken"),
    "disposition": ("per_follow_up", "Afhandeling"),
    "result": ("per_follow_up", "Resultaat"),
    "usable": ("per_follow_up", "Bruikbaarheid"),
}


def receivers_chart(e: Evaluation) -> Block:
    """Who receives the tips within the gemeente."""
    return answers_chart(e, "ontvanger", "Wie de meldingen ontvangt")


def registration_chart(e: Evaluation) -> Block:
    """Where gemeenten register the tips."""
    return answers_chart(e, "registratie", "Waar gemeenten de meldingen registreren")


def partners_chart(e: Evaluation) -> Block:
    """With whom gemeenten consult about a tip."""
    return answers_chart(e, "afstemming_met", "Met wie gemeenten een melding afstemmen")


def completeness_sentence(e: Evaluation) -> Text:
    """Which field is registered least."""
    shares = _known_shares(e, e.area.slug)
    shown = {label: share for label, share in shares.items() if share is not None}
    if not shown:
        return text(
            "Hoe volledig de registratie van deze gemeente is, tonen wij niet: daarvoor zijn het "
            "te weinig meldingen."
        )
    least = min(shown, key=lambda label: shown[label])
    return text(
        f"Het minst geregistreerd is: {least.lower()}. Dat is bekend bij "
        f"{words.percent(shown[least])} van de meldingen. Wat niet is geregistreerd, kunnen wij "
        "niet evalueren."
    )


def completeness_chart(e: Evaluation) -> Block:
    """The share of meldingen of which each field is known."""
    own = _known_shares(e, e.area.slug)
    district = _known_shares(e, e.district.slug)
    bars = [
        charts.Bar(
            label,
            None if share is None else share * 100,
            "niet getoond" if share is None else words.percent(share),
        )
        for label, share in own.items()
    ]
    head = ["Gegeven", e.area.name]
    rows = [[label, words.share(share)] for label, share in own.items()]
    if not e.area.is_district:
        head.append(e.district.name)
        rows = [[*row, words.share(district[row[0]])] for row in rows]
    return Chart(
        title="Hoe volledig de registratie is",
        unit="Percentage van de meldingen waarvan het gegeven bekend is",
        figure=charts.bars(bars, hover_unit="van de meldingen"),
        alt="Staafdiagram: " + words.listing([f"{b.label}: {b.text}" for b in bars]) + ".",
        caption="Een gemeente die een gegeven niet registreert, telt mee als onbekend.",
        table=Table("Volledigheid van de registratie", head, rows),
    )


def _known_shares(e: Evaluation, area: str) -> dict[str, float | None]:
    shares: dict[str, float | None] = {}
    for field, (table, label) in FIELDS.items():
        rows = facts.breakdown(e, table, field, area).set_index("value")
        known = rows["share"].drop(domain.UNKNOWN)
        unknown = rows.loc[domain.UNKNOWN, "share"]
        if known.notna().all() and len(known):
            shares[label] = float(known.sum())
        else:
            shares[label] = None if pd.isna(unknown) else 1 - float(unknown)
    return shares
