"""Vervolg: continue or not, exchange day, weighing framework."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.blocks import Block, Meaning, Sure, Text, text
from mma_analysis.show.questions import at_least, question
from mma_analysis.show.survey import answers_chart

CONTINUE, CAMPAIGN = "voortzetten", "vastgoedcampagne"


def sentence(e: Evaluation) -> Text:
    """How many gemeenten want to continue."""
    asked = question(e, CONTINUE)
    if asked is None:
        return text("Of gemeenten aangesloten willen blijven, is niet bekend.")
    given = [f"{count} keer ‘{value}’" for value, count in asked.answers.items() if count]
    verb = "antwoordde" if asked.answered == 1 else "antwoordden"
    who = words.plural(asked.answered, "gemeente", "gemeenten")
    return text(
        f"Op de vraag of de gemeente aangesloten wil blijven, {verb} {who}: {words.listing(given)}."
    )


def sure(e: Evaluation) -> Block:
    """Of all gemeenten, how many at least and at most want to continue."""
    asked = question(e, CONTINUE)
    if asked is None or asked.yes is None:
        return Sure("Zonder antwoorden is over het vervolg niets te zeggen.")
    everyone = len(e.vocabulary.gemeenten)
    who_want = at_least(e, asked.yes, asked.answered)
    return Sure(
        f"Van alle {everyone} gemeenten willen er dus {who_want} door, "
        "al dan niet onder voorwaarden. Een antwoord op deze vraag is nog geen besluit."
    )


def meaning(e: Evaluation) -> Block:
    """Who decides, and where it says about what."""
    asked = question(e, CONTINUE)
    if asked is not None and asked.yes == len(e.vocabulary.gemeenten):
        return Meaning("Elke gemeente wil door. Het besluit is aan het DVO: zie de samenvatting.")
    return Meaning("Het besluit is aan het DVO. Wat het DVO wordt gevraagd, staat bovenaan.")


def exchange_chart(e: Evaluation) -> Block:
    """Who wants to take part in the exchange day."""
    return answers_chart(e, "verdiepingsdag", "Deelname aan een verdiepingsdag")


def framework_chart(e: Evaluation) -> Block:
    """Who wants a weighing framework."""
    return answers_chart(e, "wegingskader", "Behoefte aan een wegingskader")


def campaign_chart(e: Evaluation) -> Block:
    """Who takes part in the next campaign."""
    asked = question(e, CAMPAIGN)  # its label says which campaign
    title = asked.label if asked is not None else "Deelname aan de vastgoedcampagne"
    return answers_chart(e, CAMPAIGN, title)
