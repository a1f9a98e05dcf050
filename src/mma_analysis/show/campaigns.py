"""Campagnes: what happened around each, and whether that can be told apart from chance."""

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.blocks import Block, Table, Text, text

VERDICTS = {
    "not_started": "Deze campagne begint pas na de peildatum. Er is nog niets te zien.",
    "outside": "Niet vast te stellen: de zes maanden ervoor en erna vallen niet allemaal in de "
    "evaluatieperiode.",
    "hidden": "Niet vast te stellen: de aantallen rond de campagne zijn te klein om te tonen.",
    "more": "Meldingen over de onderwerpen van de campagne namen meer toe dan andere meldingen.",
    "fewer": "Meldingen over de onderwerpen van de campagne namen minder toe dan andere meldingen.",
    "cannot_tell": "Niet vast te stellen: het verschil kan ook toeval zijn.",
}


def sentences(e: Evaluation) -> Text:
    """For each campaign: when it was, who took part, and what can be said of it."""
    table = e.table("campaigns")
    if table.empty:
        return text("Voor deze evaluatie zijn geen campagnes opgegeven.")
    return text(*[_sentence(e, number, row) for number, (_, row) in enumerate(table.iterrows())])


def counts_table(e: Evaluation) -> Block:
    """The counts behind each campaign that could be compared."""
    table = e.table("campaigns")
    compared = table[table["verdict"].isin(["more", "fewer", "cannot_tell", "hidden"])]
    if compared.empty:
        return text("Er is geen campagne waarvan de aantallen vergeleken konden worden.")
    return Table(
        "Zes maanden voor en zes maanden vanaf de campagne",
        ["Meldingen", "Ervoor", "Erna"],
        [
            line
            for _, row in compared.iterrows()
            for line in (
                [
                    f"{row['campaign']}: onderwerpen van de campagne",
                    _count(row["target_before"]),
                    _count(row["target_after"]),
                ],
                [
                    f"{row['campaign']}: andere onderwerpen",
                    _count(row["other_before"]),
                    _count(row["other_after"]),
                ],
            )
        ],
        note="Alleen gemeenten die meededen en al die maanden waren aangesloten. Een melding die "
        "bij twee gemeenten binnenkwam, telt twee keer.",
    )


def _sentence(e: Evaluation, number: int, row: pd.Series) -> str:
    campaign = e.edition.campagnes[number]
    topics = [domain.topics()[topic].lower() for topic in campaign.topics]
    about = f" over {words.listing(topics)}" if topics else ""
    who = (
        "alle gemeenten"
        if campaign.gemeenten == "alle"
        else words.listing([domain.area(slug).name for slug in campaign.gemeenten])
    )
    effect = ""
    if row["verdict"] in ("more", "fewer", "cannot_tell"):
        effect = (
            f" De verhouding tussen beide veranderingen is {words.number(row['ratio'], 1)} "
            f"(met 95% zekerheid tussen {words.number(row['low'], 1)} en {_high(row['high'])})."
        )
    return (
        f"{campaign.naam}, {words.day(campaign.begin)} tot en met {words.day(campaign.eind)}"
        f"{about}. Deelnemers: {who}. {VERDICTS[row['verdict']]}{effect}"
    )


def _high(value: float) -> str:
    return "onbegrensd" if value == float("inf") else words.number(value, 1)


def _count(value: float) -> str:
    return words.HIDDEN if pd.isna(value) else words.number(int(value))
