"""Verbeterpunten: background information, information sharing, publicity."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Table, Text, text
from mma_analysis.show.survey import answers_chart, likert_chart, question

FIELDS = {
    "has_time": "Tijdstip",
    "has_location": "Plaats",
    "has_person": "Persoon",
    "has_vehicle": "Voertuig",
}
KEY = (
    ("staat erin", charts.BLUE),
    ("staat er niet in", charts.ORANGE),
    ("niet bijgehouden", charts.UNKNOWN_COLOUR),
)


def background_sentence(e: Evaluation) -> Text:
    """In how many tips the time is missing, where that is registered."""
    time = facts.breakdown(e, "per_background", "has_time")
    missing = facts.registered_share(time, "nee")
    if missing is None:
        return text(
            "In hoeveel meldingen van deze gemeente het tijdstip ontbreekt, tonen wij niet of is "
            "niet geregistreerd. Hieronder staat het beeld van het district."
        )
    return text(
        f"Bij {words.percent(missing)} van de meldingen waarvan dat is bijgehouden, ontbreekt het "
        "tijdstip. Zonder tijdstip en plaats is een melding moeilijk te controleren."
    )


def background_chart(e: Evaluation) -> Block:
    """For each kind of background: present, absent, or not registered."""
    area = e.area.slug if _is_shown(e) else e.district.slug
    rows, table = [], []
    for field, label in FIELDS.items():
        counts = facts.breakdown(e, "per_background", field, area).set_index("value")
        shares = [counts.loc[value, "share"] for value in ("ja", "nee", domain.UNKNOWN)]
        shown = all(pd.notna(share) for share in shares)
        rows.append(charts.Stack(label, [100 * share for share in shares] if shown else None))
        table.append(
            [label, *[words.count_of(counts.loc[v]).text for v in ("ja", "nee", domain.UNKNOWN)]]
        )
    spoken = [
        f"{row.label}: {row.parts[0]:.0f}% aanwezig, {row.parts[1]:.0f}% afwezig"
        if row.parts
        else f"{row.label}: niet getoond"
        for row in rows
    ]
    return Chart(
        title=f"Welke achtergrond er in de meldingen van {facts.name(area)} staat",
        unit="Percentage van de meldingen",
        figure=charts.stacks(rows, KEY),
        key=KEY,
        alt="; ".join(spoken) + ".",
        table=Table(
            f"Achtergrond in de meldingen van {facts.name(area)}",
            ["Gegeven", "Staat erin", "Staat er niet in", "Niet bijgehouden"],
            table,
        ),
    )


def statements_chart(e: Evaluation) -> Block:
    """What gemeenten say about time and place, and about their capacity."""
    return likert_chart(
        e, ("tijdstip_en_plaats", "capaciteit"), "Wat gemeenten missen om meldingen op te volgen"
    )


def publicity_chart(e: Evaluation) -> Block:
    """Whether gemeenten want publicity, and where."""
    return answers_chart(e, "publiciteit", "Behoefte aan publiciteit")


def open_answers(e: Evaluation) -> Text:
    """How many gemeenten wrote improvement points; their words are not shown."""
    found = question(e, "verbeterpunten")
    if found.empty:
        return text("In de vragenlijst is niet naar verbeterpunten gevraagd.")
    wrote = int(found.loc[found["value"] == "ja", "count"].sum())
    return text(
        f"{words.capital(words.in_words(wrote))} van de {int(found['answered'].max())} gemeenten "
        "schreven in hun eigen woorden verbeterpunten op. Hun tekst staat niet in dit rapport: in "
        "open antwoorden kunnen gegevens over personen staan."
    )


def _is_shown(e: Evaluation) -> bool:
    own = facts.breakdown(e, "per_background", "has_time")
    return bool(own["share"].notna().all())
