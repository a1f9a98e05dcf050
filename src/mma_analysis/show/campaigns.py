"""Campagnes: what happened around each, and whether that can be told apart from chance."""

from dataclasses import dataclass

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Sure, Table, Text, text
from mma_analysis.show.facts import Interval

COMPARED = ("more", "fewer", "cannot_tell")
VERDICTS = {
    "not_started": "Deze campagne begint pas na de peildatum. Er is nog niets te zien.",
    "outside": "Wat de campagne deed, is niet vast te stellen: de zes maanden ervoor en erna "
    "vallen niet allemaal in de evaluatie.",
    "hidden": "Wat de campagne deed, is niet vast te stellen: een deel van de aantallen tonen wij "
    "niet.",
    "more": "Vanaf de start ging een groter deel van de meldingen over de onderwerpen van de "
    "campagne.",
    "fewer": "Vanaf de start ging een kleiner deel van de meldingen over de onderwerpen van de "
    "campagne.",
    "cannot_tell": "Of de campagne verschil maakte, is niet vast te stellen: het kan ook toeval "
    "zijn.",
}
NOTHING_COMPARED = (
    "Rond de campagne kwamen geen meldingen binnen bij gemeenten die wij kunnen vergelijken."
)
NO_TOPICS = "Er zijn geen onderwerpen opgegeven. Wat de campagne deed, is niet vast te stellen."


@dataclass(frozen=True)
class Effect:
    """The counts around one campaign, missing when not shown, and what can be said of them."""

    name: str
    own_before: int | None
    own_after: int | None
    other_before: int | None
    other_after: int | None
    ratio: Interval | None
    verdict: str

    @property
    def is_counted(self) -> bool:
        """Whether there were meldingen around the campaign that could be compared."""
        counts = (self.own_before, self.own_after, self.other_before, self.other_after)
        return self.verdict in COMPARED and any(counts)


def sentences(e: Evaluation) -> Text:
    """For each campaign: when it was, who took part, and what can be said of it."""
    effects = _effects(e)
    if not effects:
        return text("Voor deze evaluatie zijn geen campagnes opgegeven.")
    return text(*[_sentence(e, number, effect) for number, effect in enumerate(effects)])


def counts_table(e: Evaluation) -> Block:
    """The counts behind each campaign that could be compared."""
    effects = [effect for effect in _effects(e) if effect.is_counted or effect.verdict == "hidden"]
    if not effects:
        return text("Er zijn geen campagnes waarvan wij aantallen kunnen vergelijken.")
    return Table(
        "Zes maanden voor en zes maanden vanaf de start van de campagne",
        ["Meldingen", "Ervoor", "Erna"],
        [row for effect in effects for row in _rows(effect)],
        note="Dit gaat alleen over gemeenten die meededen en al die maanden waren aangesloten. Het "
        "gaat om wat gemeenten ontvingen: een melding bij twee gemeenten telt twee keer.",
    )


def sure(e: Evaluation) -> Block:
    """How large the effect can be, and what else can explain it."""
    ratios = [_ratio_sentence(effect) for effect in _effects(e)]
    found = [ratio for ratio in ratios if ratio]
    if not found:
        return Sure("Er is geen campagne waarvan het effect te schatten is.")
    return Sure(
        " ".join(found) + " Ook een duidelijk verschil bewijst niet dat de campagne het deed: in "
        "dezelfde maanden kan er meer zijn veranderd."
    )


def _effects(e: Evaluation) -> list[Effect]:
    return [
        Effect(
            str(row["campaign"]),
            *[
                _whole(facts.real(row[column]))
                for column in ("target_before", "target_after", "other_before", "other_after")
            ],
            ratio=facts.interval(row, "ratio"),
            verdict=str(row["verdict"]),
        )
        for _, row in e.table("campaigns").iterrows()
    ]


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _sentence(e: Evaluation, number: int, effect: Effect) -> str:
    campaign = e.edition.campagnes[number]
    topics = [words.small(domain.topics()[topic]) for topic in campaign.topics]
    about = f" Onderwerpen: {words.listing(topics)}." if topics else ""
    who = "alle gemeenten" if campaign.gemeenten == "alle" else facts.names(campaign.gemeenten)
    return (
        f"{campaign.naam}: {words.days(campaign.begin, campaign.eind)}. Deelnemers: {who}.{about} "
        f"{_verdict(effect, bool(topics))}"
    )


def _verdict(effect: Effect, has_topics: bool) -> str:
    if effect.verdict in COMPARED and not has_topics:
        return NO_TOPICS
    if effect.verdict in COMPARED and not effect.is_counted:
        return NOTHING_COMPARED
    return VERDICTS[effect.verdict]


def _ratio_sentence(effect: Effect) -> str:
    ratio = effect.ratio
    if ratio is None or ratio.value == float("inf"):
        return ""
    return (
        f"{effect.name}: de verhouding tussen meldingen over deze onderwerpen en andere meldingen "
        f"werd {words.number(ratio.value, 1)} keer zo groot. Met 95% zekerheid ligt dat "
        f"{words.between_times(ratio.low, ratio.high)}."
    )


def _rows(effect: Effect) -> list[list[str]]:
    return [
        [
            f"{effect.name}: onderwerpen van de campagne",
            _text(effect.own_before),
            _text(effect.own_after),
        ],
        [
            f"{effect.name}: andere onderwerpen",
            _text(effect.other_before),
            _text(effect.other_after),
        ],
    ]


def _text(count: int | None) -> str:
    return words.HIDDEN if count is None else words.number(count)
