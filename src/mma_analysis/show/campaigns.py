"""Campagnes: what happened around each, and whether that can be told apart from chance."""

from dataclasses import dataclass
from typing import Any

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Sure, Table, Text, text
from mma_analysis.show.facts import Interval

COUNTS = {
    "own_before": "target_before",
    "own_after": "target_after",
    "other_before": "other_before",
    "other_after": "other_after",
    "control_before": "control_before",
    "control_after": "control_after",
}
BESIDE = {
    "other": "andere onderwerpen in dezelfde maanden",
    "control": "gemeenten die niet meededen, in dezelfde maanden",
}
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
    detectable: float | None
    ratio: Interval | None
    verdict: str
    control_before: int | None
    control_after: int | None
    control: Interval | None
    control_verdict: str

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
        note="Dit gaat over gemeenten die meededen en al die maanden waren aangesloten, tenzij er "
        "iets anders staat. Het gaat om wat gemeenten ontvingen: een melding bij twee gemeenten "
        "telt twee keer.",
        sources=("campaigns",),
    )


def sure(e: Evaluation) -> Block:
    """How large the effect can be, what two checks say, and what else can explain it."""
    told = [
        f"{ratio} {_control_sentence(effect)} {_series_sentence(e, number)}"
        for number, effect in enumerate(_effects(e))
        if (ratio := _ratio_sentence(effect))
    ]
    if not told:
        return Sure("Er is geen campagne waarvan het effect te schatten is.")
    return Sure(
        " ".join(told) + " Ook een duidelijk verschil bewijst niet dat de campagne het deed: in "
        "dezelfde maanden kan er meer zijn veranderd."
    )


def _effects(e: Evaluation) -> list[Effect]:
    return [
        Effect(
            name=str(row["campaign"]),
            **{name: _whole(facts.real(row[column])) for name, column in COUNTS.items()},
            detectable=facts.real(row["detectable"]),
            ratio=facts.interval(row, "ratio"),
            verdict=str(row["verdict"]),
            control=facts.interval(row, "control_ratio", "control_low", "control_high"),
            control_verdict=str(row["control_verdict"]),
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
    return f"{_power(effect)}{VERDICTS[effect.verdict]}"


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


def _ratio_sentence(effect: Effect) -> str:
    ratio = effect.ratio
    if ratio is None or ratio.value == float("inf"):
        return ""
    return (
        f"{effect.name}: de verhouding tussen meldingen over deze onderwerpen en andere meldingen "
        f"werd {words.number(ratio.value, 1)} keer zo groot. Met 95% zekerheid ligt dat "
        f"{words.between_times(ratio.low, ratio.high)}."
    )


def _control_sentence(effect: Effect) -> str:
    """What the gemeenten that did not take part say; a check, not a second answer."""
    control = effect.control
    if effect.control_verdict == "none":
        return "Er is geen gemeente die niet meedeed en al die maanden was aangesloten."
    if control is None or control.value == float("inf"):
        return "Met gemeenten die niet meededen is het niet te vergelijken."
    return (
        "Ter controle, dezelfde onderwerpen vergeleken met gemeenten die niet meededen: "
        f"{words.number(control.value, 1)} keer, {_interval(control)}."
    )


def _series_sentence(e: Evaluation, number: int) -> str:
    """What all months together say, with trend and season."""
    row = e.table("campaign_series").iloc[number]
    series = facts.interval(row, "ratio")
    if series is None:
        return "Voor een controle met alle maanden zijn er te weinig maanden of meldingen."
    return " ".join(
        [
            f"Over alle {int(row['months'])} maanden samen hadden wij pas een verschil van "
            f"{words.number(float(row['detectable']), 1)} keer goed kunnen zien.",
            f"Los van trend en seizoen was het {_times(series)}.",
            *_beside(row),
        ]
    )


def _beside(row: Any) -> list[str]:
    """The same step beside what had no campaign in the same months, where there is enough of it."""
    found = {
        what: facts.interval(row, *(f"{name}_{part}" for part in ("ratio", "low", "high")))
        for name, what in BESIDE.items()
    }
    return [f"Naast {what} was het {_times(ratio)}." for what, ratio in found.items() if ratio]


def _times(ratio: Interval) -> str:
    return f"{words.number(ratio.value, 1)} keer, {_interval(ratio)}"


def _interval(estimate: Interval) -> str:
    return f"met 95% zekerheid {words.between_times(estimate.low, estimate.high)}"


def _rows(effect: Effect) -> list[list[str]]:
    rows = [
        ("onderwerpen van de campagne", effect.own_before, effect.own_after),
        ("andere onderwerpen", effect.other_before, effect.other_after),
    ]
    if effect.control_verdict != "none":
        own = "onderwerpen van de campagne, in gemeenten die niet meededen"
        rows.append((own, effect.control_before, effect.control_after))
    return [[f"{effect.name}: {what}", _text(before), _text(after)] for what, before, after in rows]


def _text(count: int | None) -> str:
    return words.HIDDEN if count is None else words.number(count)
