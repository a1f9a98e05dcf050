"""Campagnes: what happened around each, and whether that can be told apart from chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Meaning, Sure, Table, Text, text
from mma_analysis.show.facts import Interval

COUNTS = {
    "own_before": "target_before",
    "own_after": "target_after",
    "other_before": "other_before",
    "other_after": "other_after",
    "control_before": "control_before",
    "control_after": "control_after",
}
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
# What was compared, how large the effect is by it, and what could have been seen.
Estimate = tuple[str, Interval, float | None]
NO_TOPICS = "Er zijn geen onderwerpen opgegeven. Wat de campagne deed, is niet vast te stellen."


@dataclass(frozen=True)
class Effect:
    """The counts around one campaign, when there are any, and what can be said of them."""

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
    compared: tuple[str, ...]

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
    return text(*[_sentence(e, effect) for effect in effects])


def counts_table(e: Evaluation) -> Block:
    """The counts behind each campaign that could be compared."""
    effects = [effect for effect in _effects(e) if effect.is_counted]
    if not effects:
        return text("Er zijn geen campagnes waarvan wij aantallen kunnen vergelijken.")
    return Table(
        _caption("zes maanden voor en zes maanden vanaf de start van de campagne", effects),
        ["Meldingen", "Ervoor", "Erna"],
        [row for effect in effects for row in _rows(effect, len(effects) > 1)],
        note="Dit gaat over gemeenten die meededen en al die maanden waren aangesloten, tenzij er "
        "iets anders staat. Het gaat om wat gemeenten ontvingen: een melding bij twee gemeenten "
        "telt twee keer.",
        sources=("campaigns",),
    )


def estimates_table(e: Evaluation) -> Block:
    """How large each effect can be: by the counts, and by every check that could be made."""
    found = [(effect, checks) for effect in _effects(e) if (checks := _estimates(effect))]
    if not found:
        return text("Hoe groot het effect van een campagne is, is niet te schatten.")
    return Table(
        _caption(
            "hoeveel keer zo groot het aantal werd over de onderwerpen van de campagne, vergeleken "
            "met wat er ernaast staat",
            [effect for effect, _ in found],
        ),
        ["Vergelijking", "Keer zo groot", "Met 95% zekerheid", "Goed te zien vanaf"],
        [row for effect, checks in found for row in _checks(effect, checks, len(found) > 1)],
        note="1 keer is: naast elkaar niets veranderd. Goed te zien vanaf: een kleiner verschil "
        "hadden wij bij deze aantallen waarschijnlijk gemist.",
        sources=("campaigns",),
    )


def sure(e: Evaluation) -> Block:
    """Whether the effect and its checks can be told from chance, and what else can explain it."""
    told = [sentence for effect in _effects(e) if (sentence := _chance_sentence(effect))]
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
    return [
        Effect(
            name=str(row["campaign"]),
            **{name: _count(e, row[column]) for name, column in COUNTS.items()},
            detectable=facts.real(row["detectable"]),
            ratio=facts.interval(row, "ratio"),
            verdict=str(row["verdict"]),
            control=facts.interval(row, "control_ratio", "control_low", "control_high"),
            control_verdict=str(row["control_verdict"]),
            compared=tuple(str(row["compared"]).split(", ")) if row["compared"] else (),
        )
        for _, row in e.table("campaigns").iterrows()
    ]


def _count(e: Evaluation, value: Any) -> int | None:
    return None if facts.real(value) is None else facts.counted(e, value)


def _sentence(e: Evaluation, effect: Effect) -> str:
    campaign = {one.naam: one for one in e.edition.campagnes}[effect.name]
    topics = [words.small(e.vocabulary.topics[topic]) for topic in campaign.topics]
    is_coming = effect.verdict == "not_started"
    lasts, is_about = ("duurt", "gaat") if is_coming else ("duurde", "ging")
    about = f" De campagne {is_about} over {words.listing(topics)}." if topics else ""
    when = words.days(campaign.begin, campaign.eind)
    return (
        f"{campaign.naam} {lasts} van {when}. {_who(e, campaign, is_coming)}."
        f"{about}{_counted(e, campaign, effect)} {_verdict(effect, bool(topics))}"
    )


def _who(e: Evaluation, campaign: Any, is_coming: bool) -> str:
    """Who took part, or for whom a campaign is that is still to come."""
    who = "alle gemeenten" if campaign.gemeenten == "alle" else facts.names(e, campaign.gemeenten)
    if is_coming:
        return f"Zij is bedoeld voor {who}"
    is_one = campaign.gemeenten != "alle" and len(campaign.gemeenten) == 1
    return f"{words.capital(who)} {'deed' if is_one else 'deden'} mee"


def _counted(e: Evaluation, campaign: Any, effect: Effect) -> str:
    """Of which participants the counts are, when not of all of them."""
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


def _chance_sentence(effect: Effect) -> str:
    """In how many comparisons chance is ruled out; what could not be compared is told too."""
    found = _estimates(effect)
    if not found:
        return ""
    clear = sum(not ratio.low <= 1 <= ratio.high for _, ratio, _ in found)
    how_many = "geen enkele" if not clear else words.in_words(clear)
    first = (
        f"in de enige vergelijking is toeval {'' if clear else 'niet '}uitgesloten."
        if len(found) == 1
        else f"in {how_many} van de {words.in_words(len(found))} vergelijkingen is toeval "
        "uitgesloten."
    )
    return " ".join([f"{effect.name}: {first}", *_not_compared(effect)])


def _not_compared(effect: Effect) -> list[str]:
    """Which checks could not be made, and why."""
    told = []
    if effect.control_verdict == "none":
        told.append("Er is geen gemeente die niet meedeed en al die maanden was aangesloten.")
    elif not _is_finite(effect.control):
        told.append("Met gemeenten die niet meededen is het niet te vergelijken.")
    return told


def _caption(what: str, effects: Sequence[Effect]) -> str:
    """What a table holds; when it is of one campaign, its name is here and not in every row."""
    return words.capital(what) if len(effects) > 1 else f"{effects[0].name}: {what}"


def _label(effect: Effect, what: str, is_named: bool) -> str:
    return f"{effect.name}: {what}" if is_named else words.capital(what)


def _checks(effect: Effect, checks: Sequence[Estimate], is_named: bool) -> list[list[str]]:
    """A row for each estimate of one campaign."""
    return [
        [
            _label(effect, what, is_named),
            words.number(ratio.value, 1),
            _ends(ratio),
            "" if power is None else f"{words.number(power, 1)} keer",
        ]
        for what, ratio, power in checks
    ]


def _ends(ratio: Interval) -> str:
    """The interval in a cell: `0,5 – 2,6`, or where it begins when it has no end."""
    low = words.number(ratio.low, 1)
    return (
        f"vanaf {low}" if ratio.high == float("inf") else f"{low} – {words.number(ratio.high, 1)}"
    )


def _estimates(effect: Effect) -> list[Estimate]:
    """What was compared, how large the effect is by it, and what could have been seen."""
    if not _is_finite(effect.ratio):
        return []
    found: list[tuple[str, Interval | None, float | None]] = [
        ("zes maanden voor en na", effect.ratio, _finite(effect.detectable)),
        ("hetzelfde, naast gemeenten die niet meededen", effect.control, None),
    ]
    return [(what, ratio, power) for what, ratio, power in found if ratio and _is_finite(ratio)]


def _finite(value: float | None) -> float | None:
    return None if value is None or value == float("inf") else value


def _is_finite(ratio: Interval | None) -> bool:
    return ratio is not None and ratio.value != float("inf")


def _rows(effect: Effect, is_named: bool) -> list[list[str]]:
    rows = [
        ("onderwerpen van de campagne", effect.own_before, effect.own_after),
        ("andere onderwerpen", effect.other_before, effect.other_after),
    ]
    if effect.control_verdict != "none":
        own = "onderwerpen van de campagne, in gemeenten die niet meededen"
        rows.append((own, effect.control_before, effect.control_after))
    return [
        [_label(effect, what, is_named), *[words.number(n) for n in counts if n is not None]]
        for what, *counts in rows
    ]
