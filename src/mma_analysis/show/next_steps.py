"""Vervolg: continue or not, exchange day, weighing framework, next campaign."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.blocks import Text, text
from mma_analysis.show.questions import at_least, question
from mma_analysis.show.survey import answers_sentence

CONTINUE, CAMPAIGN = "voortzetten", "vastgoedcampagne"
EXCHANGE, FRAMEWORK = "verdiepingsdag", "wegingskader"


def sentence(e: Evaluation) -> Text:
    """How many gemeenten want to continue, and of all of them at least and at most."""
    asked = question(e, CONTINUE)
    if asked is None:
        return text("Of gemeenten aangesloten willen blijven, is niet bekend.")
    given = [f"{count} keer ‘{value}’" for value, count in asked.answers.items() if count]
    verb = "antwoordde" if asked.answered == 1 else "antwoordden"
    who = words.plural(asked.answered, "gemeente", "gemeenten")
    told = (
        f"Op de vraag of de gemeente aangesloten wil blijven, {verb} {who}: {words.listing(given)}."
    )
    if asked.yes is None:
        return text(told)
    who_want = at_least(e, asked.yes, asked.answered)
    return text(
        f"{told} Van alle {len(e.vocabulary.gemeenten)} gemeenten willen er dus {who_want} door, "
        "al dan niet onder voorwaarden."
    )


def wishes_sentence(e: Evaluation) -> Text:
    """Who wants an exchange day, a weighing framework, and to take part in the next campaign."""
    return answers_sentence(e, (EXCHANGE, FRAMEWORK, CAMPAIGN))
