"""Vervolg: continue or not, exchange day, weighing framework."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.blocks import Block, Text, text
from mma_analysis.show.survey import answers_chart, question


def sentence(e: Evaluation) -> Text:
    """How many gemeenten want to continue."""
    rows = question(e, "voortzetten")
    if rows.empty:
        return text("Of gemeenten door willen, is niet gevraagd.")
    answered = int(rows["answered"].max())
    parts = [
        f"{words.capital(words.in_words(int(row['count'])))} van de {answered} gemeenten "
        f"antwoordden: {row['value'].lower()}."
        for _, row in rows.iterrows()
        if row["count"]
    ]
    return text("Wil uw gemeente aangesloten blijven? " + " ".join(parts))


def exchange_chart(e: Evaluation) -> Block:
    """Who wants to take part in the exchange day."""
    return answers_chart(e, "verdiepingsdag", "Deelname aan een verdiepingsdag")


def framework_chart(e: Evaluation) -> Block:
    """Who wants a weighing framework."""
    return answers_chart(e, "wegingskader", "Behoefte aan een wegingskader")


def campaign_chart(e: Evaluation) -> Block:
    """Who takes part in the next campaign."""
    return answers_chart(e, "vastgoedcampagne", "Deelname aan de vastgoedcampagne")
