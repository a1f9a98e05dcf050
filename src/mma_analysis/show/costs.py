"""Kosten en financiering: who pays what, and what a melding costs."""

from dataclasses import dataclass

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Sure, Table, Text, text
from mma_analysis.show.questions import agreement, question

NOT_KNOWN = "De kosten zijn niet te berekenen: voor deze evaluatie zijn geen tarieven opgegeven."
GEMEENTE = "gemeente"  # the payer, in the settings, when each gemeente pays for itself


@dataclass(frozen=True)
class Cost:
    """What one gemeente's connection costs; amounts are missing when they cannot be computed."""

    area: str
    per_year: float
    amount: float | None
    per_melding: float | None


def phases_sentence(e: Evaluation) -> Text:
    """Who paid from when to when."""
    phases = e.edition.kosten.fase if e.edition.kosten else ()
    if not phases:
        return text("Wie de aansluiting betaalt, is voor deze evaluatie niet opgegeven.")
    sentences = []
    for phase in phases:
        payer = "elke gemeente zelf" if phase.betaler == GEMEENTE else phase.betaler
        if phase.eind is None:
            sentences.append(f"Vanaf {words.day(phase.begin)} betaalt {payer}.")
        else:
            verb = "betaalde" if phase.eind <= e.peildatum else "betaalt"
            sentences.append(f"Van {words.days(phase.begin, phase.eind)} {verb} {payer}.")
    return text(" ".join(sentences))


def tariff_table(e: Evaluation) -> Block:
    """The yearly price per size class, and the other prices when there are any."""
    if e.edition.kosten is None or not e.edition.kosten.tarief:
        return text(NOT_KNOWN)
    tariffs = sorted(e.edition.kosten.tarief, key=lambda t: t.vanaf_inwoners, reverse=True)
    columns = {"Per jaar": [words.money(t.per_jaar) for t in tariffs]}
    if any(t.aansluiting for t in tariffs):
        columns["Aansluiting, één keer"] = [words.money(t.aansluiting) for t in tariffs]
    if any(t.per_melding for t in tariffs):
        columns["Per melding"] = [words.money(t.per_melding, cents=True) for t in tariffs]
    sizes = [f"vanaf {words.number(t.vanaf_inwoners)}" for t in tariffs]
    if len(tariffs) > 1 and tariffs[-1].vanaf_inwoners == 0:
        sizes[-1] = f"minder dan {words.number(tariffs[-2].vanaf_inwoners)}"
    return Table(
        "Tarief naar aantal inwoners",
        ["Inwoners", *columns],
        [list(row) for row in zip(sizes, *columns.values(), strict=True)],
        note=f"Inwoners: cijfers van het CBS, berekend voor {words.day(facts.middle(e))}.",
    )


def district_sentence(e: Evaluation) -> Text:
    """What the connections cost in all and per melding."""
    costs = _costs(e)
    amounts = [cost.amount for cost in costs if cost.amount is not None]
    if not amounts:
        return text(NOT_KNOWN)
    gemeenten = words.plural(len(amounts), "gemeente", "gemeenten")
    return text(
        f"De aansluiting van {gemeenten} kostte in deze periode samen {words.money(sum(amounts))}, "
        f"gerekend over de tijd dat zij waren aangesloten.{_per_melding(e)}",
        _next_year(e, costs),
    )


def per_melding(e: Evaluation) -> float | None:
    """What a melding costs on average in the district.

    None unless the amount of every gemeente is known and every gemeente delivered its meldingen:
    else amounts and meldingen would be those of different gemeenten.
    """
    costs, count = _costs(e), facts.total(e, e.district.slug).value
    amounts = [cost.amount for cost in costs if cost.amount is not None]
    if len(amounts) < len(domain.gemeenten()) or not facts.is_whole(e) or not count:
        return None
    return sum(amounts) / count


def per_gemeente_table(e: Evaluation) -> Block:
    """What each gemeente's connection cost, and per melding where that may be shown."""
    costs = _costs(e)
    if not costs:
        return text("Daarom staan hier geen bedragen per gemeente.")
    return Table(
        "Kosten per gemeente over de evaluatieperiode",
        ["Gemeente", "Tarief per jaar", "Kosten in de periode", "Per melding"],
        [
            [
                facts.name(cost.area),
                words.money(cost.per_year),
                words.MISSING if cost.amount is None else words.money(cost.amount),
                _per_melding_text(e, cost),
            ]
            for cost in costs
        ],
        note="Kosten in de periode: het tarief over de tijd dat de gemeente was aangesloten. Het "
        "bedrag per melding staat er alleen als wij het aantal meldingen tonen.",
    )


def gemeente_sentence(e: Evaluation) -> Text:
    """What this gemeente's connection costs."""
    if not _costs(e):
        return text(NOT_KNOWN)
    cost = next(cost for cost in _costs(e) if cost.area == e.area.slug)
    sentences = [f"{e.area.name} valt onder het tarief van {words.money(cost.per_year)} per jaar."]
    if cost.amount is not None:
        sentences.append(
            f"Over de aangesloten tijd in deze evaluatie is dat {words.money(cost.amount)}."
        )
    if cost.per_melding is not None:
        sentences.append(f"Dat is gemiddeld {words.money(cost.per_melding)} per melding.")
    return text(" ".join(sentences))


def worth_sentence(e: Evaluation) -> Text:
    """Whether gemeenten find it worth the money."""
    asked = question(e, "waard_wat_het_kost")
    if asked is None:
        return text("Of gemeenten de aansluiting het geld waard vinden, is niet bekend.")
    return text(agreement(asked))


def sure(e: Evaluation) -> Block:
    """What the amounts rest on."""
    if not _costs(e):
        return Sure("Zonder tarieven is over de kosten niets te zeggen.")
    return Sure(
        "De bedragen zijn berekend uit de tarieven die voor deze evaluatie zijn opgegeven. De tijd "
        "die gemeenten aan een melding besteden, zit er niet in. Een melding die veel oplevert en "
        "een melding zonder gevolg tellen hier even zwaar."
    )


def _costs(e: Evaluation) -> list[Cost]:
    return [
        Cost(
            str(row["area"]),
            float(row["per_year"]),
            facts.real(row["amount"]),
            facts.real(row["per_melding"]),
        )
        for _, row in e.table("costs").iterrows()
    ]


def _per_melding(e: Evaluation) -> str:
    average = per_melding(e)
    return "" if average is None else f" Dat is gemiddeld {words.money(average)} per melding."


def _next_year(e: Evaluation, costs: list[Cost]) -> str:
    """A full year at the same tariffs; a price per melding depends on what will come in."""
    gemeenten = words.plural(len(costs), "gemeente", "gemeenten")
    per_year = words.money(sum(cost.per_year for cost in costs))
    tariffs = e.edition.kosten.tarief if e.edition.kosten else ()
    apart = ", zonder het bedrag per melding" if any(t.per_melding for t in tariffs) else ""
    return (
        f"Een heel jaar kost voor {gemeenten} samen {per_year}{apart}, als tarieven en aantallen "
        "inwoners gelijk blijven."
    )


def _per_melding_text(e: Evaluation, cost: Cost) -> str:
    count = facts.total(e, cost.area)
    if count.value == 0:
        return "geen meldingen"
    if cost.per_melding is not None:
        return words.money(cost.per_melding)
    return words.MISSING if count.is_shown else count.text
