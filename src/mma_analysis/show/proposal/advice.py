"""What the DVO is advised to take note of."""

from dataclasses import dataclass

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import (
    costs,
    development,
    direct,
    facts,
    improvements,
    next_steps,
    practice,
    summary,
    themes,
)
from mma_analysis.show.survey import answers_sentence

UNDECIDED = "Of het aantal meldingen binnen dezelfde gemeenten verandert, is niet vast te stellen."


@dataclass(frozen=True)
class Advice:
    """One point to take note of: the subject, what the figures say, and where there are more."""

    subject: str
    sentence: str
    chapter: str


def advice(e: Evaluation) -> list[Advice]:
    """The seven points, in the order in which the board discusses them."""
    return [
        Advice(
            "De ontwikkeling van het aantal meldingen",
            f"{summary.lead(e).plain} {_trend_sentence(e)}",
            "Ontwikkeling van de meldingen",
        ),
        Advice(
            "De werkwijze, de samenwerking en de registratie",
            " ".join(
                [answers_sentence(e, [practice.PARTNERS]).plain, practice.never_sentence(e).plain]
            ).strip(),
            "Werkwijze, samenwerking en registratie",
        ),
        Advice(
            "De voordelen die gemeenten zien van rechtstreeks ontvangen",
            f"{direct.statements_sentence(e).plain} {direct.sentence(e).plain}",
            "Rechtstreeks ontvangen",
        ),
        Advice(
            "De verbeterpunten",
            f"{improvements.missing_sentence(e)} {themes.finding(e, improvements.WISHED)}",
            "Verbeterpunten",
        ),
        Advice(
            "De kosten en de financiering",
            f"{costs.phases_sentence(e).plain} {costs.district_sentence(e).plain}",
            "Kosten en financiering",
        ),
        Advice(
            "De deelname aan campagnes",
            answers_sentence(e, [next_steps.CAMPAIGN]).plain,
            "Campagnes",
        ),
        Advice(
            "De verdiepingsdag en het wegingskader",
            answers_sentence(e, [next_steps.EXCHANGE, next_steps.FRAMEWORK]).plain,
            "Vervolg",
        ),
    ]


def _trend_sentence(e: Evaluation) -> str:
    trend = facts.trend(e)
    return UNDECIDED if trend is None else development.trend_sentence(trend)
