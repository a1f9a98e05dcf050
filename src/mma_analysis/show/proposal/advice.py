"""What the DVO is advised to take note of, and the figures behind each point."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import (
    campaigns,
    costs,
    development,
    direct,
    facts,
    improvements,
    next_steps,
    practice,
    scenarios,
    summary,
    words,
)
from mma_analysis.show.blocks import Block, Chart, Sure, Table, Text
from mma_analysis.show.questions import question

SUBJECTS = ("Hoe ", "Waar ", "Wat ", "Welke ", "Wie ")  # titles that are no sentence begin so
UNDECIDED = "Of het aantal meldingen binnen dezelfde gemeenten verandert, is niet vast te stellen."


@dataclass(frozen=True)
class Advice:
    """One point to take note of: the subject, what the figures say, and those figures.

    `chapter` is where the report tells more.
    """

    subject: str
    sentence: str
    chapter: str
    blocks: Sequence[Text | Sure | Table]


def advice(e: Evaluation) -> list[Advice]:
    """The seven points, in the order in which the board discusses them."""
    return [
        Advice(
            "De ontwikkeling van het aantal meldingen",
            f"{summary.lead(e).plain} {_trend_sentence(e)}",
            "Ontwikkeling van de meldingen",
            _shown(
                development.district_sentence(e),
                development.split_chart(e),
                development.assumptions_table(e),
                development.district_sure(e),
                development.meaning(e),
            ),
        ),
        Advice(
            "De werkwijze, de samenwerking en de registratie",
            f"{_partners_sentence(e)} {practice.completeness_sentence(e).plain}",
            "Werkwijze, samenwerking en registratie",
            _shown(
                practice.receivers_chart(e),
                practice.partners_chart(e),
                practice.registration_chart(e),
                practice.completeness_chart(e),
                practice.gemeenten_sentence(e),
                practice.sure(e),
            ),
        ),
        Advice(
            "De voordelen die gemeenten zien van rechtstreeks ontvangen",
            f"{said(direct.statements_chart(e))} {direct.sentence(e).plain}",
            "Rechtstreeks ontvangen",
            _shown(
                direct.statements_chart(e),
                direct.recipients_chart(e),
                direct.speed_sentence(e),
                direct.before_after(e),
            ),
        ),
        Advice(
            "De verbeterpunten",
            f"{said(improvements.background_chart(e))} {said(improvements.themes_chart(e))}",
            "Verbeterpunten",
            _shown(
                improvements.background_sentence(e),
                improvements.background_chart(e),
                improvements.statements_chart(e),
                improvements.themes_chart(e),
                improvements.publicity_chart(e),
                improvements.sure(e),
            ),
        ),
        Advice(
            "De kosten en de financiering",
            f"{costs.phases_sentence(e).plain} {costs.district_sentence(e).paragraphs[0]}",
            "Kosten en financiering",
            _shown(
                costs.phases_sentence(e),
                costs.tariff_table(e),
                costs.district_sentence(e),
                scenarios.table(e),
                costs.worth_sentence(e),
                costs.sure(e),
            ),
        ),
        Advice(
            "De deelname aan campagnes",
            said(next_steps.campaign_chart(e)),
            "Campagnes",
            _shown(
                campaigns.sentences(e),
                campaigns.counts_table(e),
                campaigns.sure(e),
                next_steps.campaign_chart(e),
            ),
        ),
        Advice(
            "De verdiepingsdag en het wegingskader",
            _exchange_sentence(e),
            "Vervolg",
            _shown(next_steps.exchange_chart(e), next_steps.framework_chart(e)),
        ),
    ]


def told_once(advice: Sequence[Advice], told: Sequence[str]) -> list[Advice]:
    """The same points, without what is told before: a note under a table, and a paragraph.

    `told` is what the paper says before the explanations, besides the points themselves.
    """
    above = "\n".join([*told, *(point.sentence for point in advice)])
    notes: set[str] = set()
    found = []
    for point in advice:
        blocks: list[Text | Sure | Table] = []
        for block in point.blocks:
            if isinstance(block, Table):
                blocks.append(replace(block, note="") if block.note in notes else block)
                notes.add(block.note)
            elif isinstance(block, Sure):
                blocks += [] if block.sentence in above else [block]
            elif left := [paragraph for paragraph in block.paragraphs if paragraph not in above]:
                blocks.append(replace(block, paragraphs=left))
        found.append(replace(point, blocks=blocks))
    return found


def said(block: Block) -> str:
    """What a figure finds, as a sentence; what is said instead when there is nothing to draw.

    Nothing when its title only says what it is of.
    """
    if isinstance(block, Chart):
        is_finding = ":" in block.title or not block.title.startswith(SUBJECTS)
        return f"{block.title.rstrip('.')}." if is_finding else ""
    return block.plain if isinstance(block, Text) else ""


def _trend_sentence(e: Evaluation) -> str:
    trend = facts.trend(e)
    return UNDECIDED if trend is None else development.trend_sentence(trend)


def _partners_sentence(e: Evaluation) -> str:
    """With whom most gemeenten consult, as a sentence; the title of the figure when nobody is."""
    asked = question(e, "afstemming_met")
    if asked is None or asked.top is None:
        return said(practice.partners_chart(e))
    count = asked.answers[asked.top]
    who = words.gemeenten(count, asked.answered, "stemt", "stemmen")
    return f"{words.capital(who)} een melding af met ‘{asked.top}’."


def _exchange_sentence(e: Evaluation) -> str:
    asked = (question(e, code) for code in ("verdiepingsdag", "wegingskader"))
    if all(one is not None and one.yes for one in asked):
        # How many want it, stands with what is asked.
        return "Over allebei wordt hieronder een besluit gevraagd."
    return f"{said(next_steps.exchange_chart(e))} {said(next_steps.framework_chart(e))}"


def _shown(*blocks: Block) -> list[Text | Sure | Table]:
    """The blocks that paper can hold: of a figure its table, of the rest their sentences."""
    found: list[Text | Sure | Table] = []
    for block in blocks:
        if isinstance(block, Chart):
            found.append(block.table)
        elif isinstance(block, Text | Sure | Table):
            found.append(block)
    return found
