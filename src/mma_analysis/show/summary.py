"""Samenvatting: findings with their figure, and what the DVO is asked."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import costs, facts, parts, words
from mma_analysis.show.blocks import Ask, Block, Finding, Findings, Text, text
from mma_analysis.show.development.district import CANNOT_TELL, JOINING, STAYS, TAKEN_BACK, tens
from mma_analysis.show.development.gemeente import TOGETHER, since, why_unknown
from mma_analysis.show.questions import Question, agreement, question

WITHIN = {
    "more": "duidelijk meer",
    "fewer": "duidelijk minder",
    "no_change": "geen duidelijke verandering",
}


def lead(e: Evaluation) -> Text:
    """The report in a few sentences."""
    sentences = _district_lead(e) if e.area.is_district else _gemeente_lead(e)
    return Text([" ".join(sentences)], is_lead=True)


def findings(e: Evaluation) -> Block:
    """The findings that can be told, in reading order; figure and claim are one sentence."""
    makers = (
        (_growth, _trend, _background, _result, _survey, _cost)
        if e.area.is_district
        else (_own_count, _own_trend, _background, _result, _own_cost)
    )
    told = [finding for maker in makers if (finding := maker(e)) is not None]
    if not told:
        return text("Voor dit rapport zijn er nog geen bevindingen die wij kunnen tonen.")
    return Findings(told)


def ask(e: Evaluation) -> Ask:
    """What the DVO is asked."""
    return Ask(
        "Gevraagd aan het Districtelijk Veiligheidsoverleg (DVO)",
        [
            "Kennis te nemen van deze evaluatie.",
            *_ask_results(e),
            *_ask_background(e),
        ],
    )


def _district_lead(e: Evaluation) -> list[str]:
    absent = facts.without_delivery(e)
    everyone = len(e.vocabulary.gemeenten)
    who = "de gemeenten" if not absent else f"{everyone - len(absent)} van de {everyone} gemeenten"
    sentences = [
        f"Van {facts.whole_span(e)} kregen {who} in {e.area.name} samen {facts.total(e).sentence} "
        "van Meld Misdaad Anoniem (M.)."
    ]
    split = facts.split(e)
    if split is None or not split.by_joining:
        return sentences
    sentences.append("In het laatste jaar waren het er meer dan in het jaar ervoor.")
    sentences.append(f"Dat komt {split.by_joining} {JOINING}.")
    return sentences


def _gemeente_lead(e: Evaluation) -> list[str]:
    sentences = [
        "Dit rapport gaat over de meldingen die Meld Misdaad Anoniem (M.) doorgaf aan "
        f"{e.area.name}. {since(e)}"
    ]
    if not facts.total(e).value:
        sentences.append(facts.absence(e, ""))
    return sentences


def _growth(e: Evaluation) -> Finding | None:
    split = facts.split(e)
    if split is None:
        return None
    ends = f"van {words.number(split.count_from)} naar {words.number(split.count_to)}"
    support = (
        f"Door nieuw of langer aangesloten zijn {tens(split.joined)}, door een ander aantal "
        f"meldingen per maand {tens(split.same)}. Een melding bij twee gemeenten telt hier twee "
        "keer."
    )
    claim = f"ontvangen meldingen in een jaar: {ends}."
    return Finding(words.signed(split.growth), claim, support)


def _trend(e: Evaluation) -> Finding | None:
    trend = facts.trend(e)
    if trend is None:
        return None
    if trend.qualifier in TAKEN_BACK:
        return Finding("?", CANNOT_TELL, f"{words.capital(TAKEN_BACK[trend.qualifier])}.")
    return Finding(
        f"{words.signed(trend.value * 100)}%",
        f"per jaar binnen dezelfde gemeenten: {WITHIN[trend.verdict]}.",
        f"{_limits(trend)} {STAYS[trend.qualifier] if trend.qualifier else ''}".strip(),
    )


def _limits(change: facts.Change) -> str:
    return (
        f"Met 95% zekerheid ligt dit tussen {words.change(change.low)} en "
        f"{words.change(change.high)}."
    )


def _own_count(e: Evaluation) -> Finding | None:
    count = facts.total(e).value
    if count is None:
        return None
    rate = facts.whole(e).per_month
    return Finding(
        words.number(count),
        f"{_noun(count)} ontving {e.area.name} rechtstreeks.",
        "Het gemiddelde per maand is niet te berekenen: de datum van aansluiting is niet bekend."
        if rate is None
        else f"Gemiddeld {words.number(rate.value, 1)} per maand dat de gemeente was aangesloten.",
    )


def _own_trend(e: Evaluation) -> Finding | None:
    """Of a few meldingen the change is that of the others: told in the chapter, and no finding."""
    if (facts.total(e).value or 0) < words.FEW:
        return None
    change = facts.own_trend(e)
    if change is None:
        return Finding("?", CANNOT_TELL, why_unknown(e))
    return Finding(
        f"{words.signed(change.value * 100)}%",
        f"per jaar in {e.area.name}: {WITHIN[change.verdict]}.",
        _limits(change) + (f" {TOGETHER}" if change.verdict == "no_change" else ""),
    )


def _background(e: Evaluation) -> Finding | None:
    found = parts.breakdown(e, "has_time").among_known("nee")
    if found is None or facts.may_say(e, "has_time", e.area) != "of_all":
        return None
    count, known = found
    if words.most_of_nothing(count) or words.most_of_nothing(known - count):
        return None
    asked = question(e, "tijdstip_en_plaats") if e.area.is_district else None
    return Finding(
        words.figure(count, known),
        f"{_noun(known)} in {facts.where(e, e.area)} {_has(count)} geen tijdstip."
        if known < words.FEW
        else f"van de meldingen in {facts.where(e, e.area)} heeft geen tijdstip.",
        "Dit gaat over de meldingen waarvan het bekend is."
        + (f" {agreement(asked)}" if asked else ""),
    )


def _result(e: Evaluation) -> Finding | None:
    shown = parts.breakdown(e, "result")
    unknown, total = shown.unknown.count.value, shown.total.value
    if unknown is None or not total or words.most_of_nothing(unknown):
        return None
    return Finding(
        words.figure(unknown, total),
        f"{_noun(total)} in {facts.where(e, e.area)} {_has(unknown)} geen bekend resultaat."
        if total < words.FEW
        else f"van de meldingen in {facts.where(e, e.area)} heeft geen bekend resultaat.",
        "Zonder resultaat is niet te zeggen wat een melding heeft opgeleverd.",
    )


def _survey(e: Evaluation) -> Finding | None:
    asked = question(e, "informatiepositie")
    if asked is None:
        return None
    return Finding(
        f"{asked.agree} van {asked.answered}",
        f"gemeenten {'is' if asked.agree == 1 else 'zijn'} het eens met ‘{asked.label}’.",
        _who_is_missing(e, asked),
    )


def _cost(e: Evaluation) -> Finding | None:
    average = costs.per_melding(e)
    if average is None:
        return None
    return Finding(
        words.money(average),
        "kost een melding gemiddeld.",
        "Berekend uit de opgegeven tarieven en de aangesloten tijd, zonder de uren van gemeenten.",
    )


def _own_cost(e: Evaluation) -> Finding | None:
    own = e.own("costs")
    if own.empty:
        return None
    amount = facts.real(own["amount"].iloc[0])
    return Finding(
        words.money(float(own["per_year"].iloc[0])),
        f"per jaar kost de aansluiting van {e.area.name}.",
        "Over welke tijd in deze evaluatie dat is, is niet bekend."
        if amount is None
        else f"Over de aangesloten tijd in deze evaluatie is dat {words.money(amount)}.",
    )


def _noun(count: int) -> str:
    return "melding" if count == 1 else "meldingen"


def _has(count: int) -> str:
    return "heeft" if count == 1 else "hebben"


def _who_is_missing(e: Evaluation, asked: Question) -> str:
    """Why there are fewer answers than gemeenten."""
    silent = len(e.vocabulary.gemeenten) - asked.answered
    if not silent:
        return f"Alle {asked.answered} gemeenten gaven antwoord."
    is_young = int((e.table("survey_response")["state"] == "no_experience").sum()) == silent
    why = ": nog te kort aangesloten om te oordelen" if is_young else ""
    verb = "gaf" if silent == 1 else "gaven"
    return (
        f"{words.capital(words.plural(silent, 'gemeente', 'gemeenten'))} {verb} geen antwoord{why}."
    )


def _ask_background(e: Evaluation) -> list[str]:
    """A point about what only M. can ask a caller, when it is missing more often than not."""
    found = parts.breakdown(e, "has_time", e.district).among_known("nee")
    is_known = facts.may_say(e, "has_time", e.district) == "of_all"
    if found is None or not is_known or 2 * found[0] <= found[1]:
        return []
    return [
        "Met M. te bespreken hoe meldingen vaker een tijdstip krijgen. Voor zover bekend ontbreekt "
        f"het bij {words.of_meldingen(*found)} in {e.district.name}."
    ]


def _ask_results(e: Evaluation) -> list[str]:
    result = parts.breakdown(e, "result", e.district)
    unknown, total = result.unknown.count.value, result.total.value
    if words.is_none(unknown) or not total:
        return []
    how_often = (
        ""
        if unknown is None
        else f" Bij {words.of_meldingen(unknown, total)} in {e.district.name} is dat niet bekend."
    )
    return [f"Gemeenten te vragen het resultaat van elke melding te registreren.{how_often}"]
