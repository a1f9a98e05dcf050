"""Campagnes: what happened around each, and whether that can be told apart from chance."""

from dataclasses import dataclass
from typing import Any

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Meaning, Sure, Table, Text, text
from mma_analysis.show.facts import Interval

COUNTS = ("target_before", "target_after", "other_before", "other_after")
COMPARED = ("more", "fewer", "cannot_tell")
VERDICTS = {
    "not_started": "Deze campagne begint pas na de peildatum. Er is nog niets te zien.",
    "outside": "Wat de campagne deed, is niet vast te stellen: de zes maanden ervoor en erna "
    "vallen niet allemaal in de evaluatie.",
    "more": "Vanaf de start ging een groter deel van de meldingen over de onderwerpen van de "
    "campagne.",
    "fewer": "Vanaf de start ging een kleiner deel van de meldingen over de onderwerpen van de "
    "campagne.",
    "cannot_tell": "Of de campagne verschil maakte, is niet vast te stellen: het kan ook toeval "
    "zijn.",
}
NOTHING_COMPARED = (
    "Rond de campagne kwamen (bijna) geen meldingen binnen bij gemeenten die wij kunnen "
    "vergelijken."
)
NO_TOPICS = "Er zijn geen onderwerpen opgegeven. Wat de campagne deed, is niet vast te stellen."
NOT_SHOWN = "Wat de campagne deed, is niet vast te stellen: niet elk aantal is getoond."


@dataclass(frozen=True)
class Effect:
    """The counts around one campaign, when there are any, and what can be said of them."""

    campaign: Any
    counts: tuple[int | None, ...]
    detectable: float | None
    ratio: Interval | None
    verdict: str
    compared: tuple[str, ...]

    @property
    def is_counted(self) -> bool:
        """Whether there were meldingen around the campaign that could be compared."""
        return self.verdict in COMPARED and any(self.counts) and None not in self.counts


def sentences(e: Evaluation) -> Text:
    """For each campaign: when it was, who took part, and what can be said of it."""
    told = [_sentence(e, effect) for effect in _effects(e)]
    return text(*(told or ["Voor deze evaluatie zijn geen campagnes opgegeven."]))


def counts_table(e: Evaluation) -> Block:
    """The counts behind each campaign that could be compared."""
    effects = [effect for effect in _effects(e) if effect.is_counted]
    if not effects:
        return text("Er zijn geen campagnes waarvan wij aantallen kunnen vergelijken.")
    return Table(
        "Zes maanden voor en zes maanden vanaf de start van de campagne",
        ["Meldingen", "Ervoor", "Erna"],
        [row for effect in effects for row in _rows(effect)],
        note="Dit gaat over gemeenten die meededen en al die maanden waren aangesloten. Het gaat "
        "om wat gemeenten ontvingen: een melding bij twee gemeenten telt twee keer.",
        sources=("campaigns",),
    )


def sure(e: Evaluation) -> Block:
    """How large each effect can be, and what else can explain it."""
    told = [
        _size(effect, ratio)
        for effect in _effects(e)
        if (ratio := effect.ratio) and ratio.value != float("inf")
    ]
    if not told:
        return Sure("Er is geen campagne waarvan het effect te schatten is.")
    return Sure(
        " ".join(told) + " Ook een duidelijk verschil bewijst niet dat de campagne het deed: in "
        "dezelfde maanden kan er meer zijn veranderd."
    )


def meaning(e: Evaluation) -> Block:
    """What follows for a next campaign."""
    verdicts = {effect.verdict for effect in _effects(e)}
    if not verdicts:
        return Meaning("Zonder campagne is er niets om te vergelijken.")
    if verdicts & {"more", "fewer"}:
        return Meaning("Een volgende campagne laat zien of het verschil terugkomt.")
    return Meaning(
        "Hieruit volgt niet dat een campagne werkt, en ook niet dat zij niet werkt. Hoe meer "
        "gemeenten meedoen, hoe eerder een verschil te zien is."
    )


def _effects(e: Evaluation) -> list[Effect]:
    campaigns = {campaign.naam: campaign for campaign in e.edition.campagnes}
    return [
        Effect(
            campaign=campaigns[str(row["campaign"])],
            counts=tuple(_count(e, row[column]) for column in COUNTS),
            detectable=facts.real(row["detectable"]),
            ratio=facts.interval(row, "ratio"),
            verdict=str(row["verdict"]),
            compared=tuple(str(row["compared"]).split(", ")) if row["compared"] else (),
        )
        for _, row in e.table("campaigns").iterrows()
    ]


def _count(e: Evaluation, value: Any) -> int | None:
    return None if facts.real(value) is None else facts.counted(e, value)


def _sentence(e: Evaluation, effect: Effect) -> str:
    campaign = effect.campaign
    topics = [words.small(e.vocabulary.topics[topic]) for topic in campaign.topics]
    is_coming = effect.verdict == "not_started"
    lasts, is_about = ("duurt", "gaat") if is_coming else ("duurde", "ging")
    about = f" De campagne {is_about} over {words.listing(topics)}." if topics else ""
    when = words.days(campaign.begin, campaign.eind)
    return (
        f"{campaign.naam} {lasts} van {when}. {_who(e, campaign, is_coming)}."
        f"{about}{_counted(e, effect)} {_verdict(effect)}"
    )


def _who(e: Evaluation, campaign: Any, is_coming: bool) -> str:
    """Who took part, or for whom a campaign is that is still to come."""
    who = "alle gemeenten" if campaign.gemeenten == "alle" else facts.names(e, campaign.gemeenten)
    if is_coming:
        return f"Zij is bedoeld voor {who}"
    is_one = campaign.gemeenten != "alle" and len(campaign.gemeenten) == 1
    return f"{words.capital(who)} {'deed' if is_one else 'deden'} mee"


def _counted(e: Evaluation, effect: Effect) -> str:
    """Of which participants the counts are, when not of all of them."""
    campaign = effect.campaign
    if not effect.is_counted or campaign.gemeenten == "alle":
        return ""
    late = sorted(set(campaign.gemeenten) - set(effect.compared))
    if not late or not effect.compared:
        return ""
    verb = "was" if len(late) == 1 else "waren"
    return (
        f" De telling van zes maanden ervoor en erna gaat alleen over "
        f"{facts.names(e, effect.compared)}: {facts.names(e, late)} {verb} niet al die maanden "
        "aangesloten."
    )


def _verdict(effect: Effect) -> str:
    if effect.verdict not in COMPARED:
        return VERDICTS[effect.verdict]
    if not effect.campaign.topics:
        return NO_TOPICS
    if None in effect.counts:
        return NOT_SHOWN
    return f"{_power(effect)}{VERDICTS[effect.verdict]}" if any(effect.counts) else NOTHING_COMPARED


def _power(effect: Effect) -> str:
    """What could have been seen at all, before what was seen."""
    if effect.detectable is None:
        return ""
    if effect.detectable == float("inf"):
        return "Bij deze aantallen hadden wij geen enkel verschil kunnen zien. "
    return (
        "Bij deze aantallen hadden wij pas een verschil van "
        f"{words.number(effect.detectable, 1)} keer goed kunnen zien. "
    )


def _size(effect: Effect, ratio: Interval) -> str:
    is_clear = not ratio.low <= 1 <= ratio.high
    return (
        f"{effect.campaign.naam}: het aantal over de onderwerpen van de campagne werd "
        f"{words.number(ratio.value, 1)} keer zo groot, vergeleken met andere onderwerpen. Met 95% "
        f"zekerheid ligt dat {words.between_times(ratio.low, ratio.high)}: toeval is "
        f"{'' if is_clear else 'niet '}uitgesloten."
    )


def _rows(effect: Effect) -> list[list[str]]:
    kinds = ("onderwerpen van de campagne", "andere onderwerpen")
    own, other = effect.counts[:2], effect.counts[2:]
    return [
        [
            f"{effect.campaign.naam}: {what}",
            *[words.number(n) for n in counts if n is not None],
        ]
        for what, counts in zip(kinds, (own, other), strict=True)
    ]
