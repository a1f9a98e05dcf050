"""Kosten en financiering: who pays what, and what a melding costs."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Block, Table, Text, text
from mma_analysis.show.questions import agreement, question

NOT_KNOWN = "De kosten zijn niet te berekenen: voor deze evaluatie zijn geen tarieven opgegeven."
UNKNOWN = "niet bekend"
GEMEENTE = "gemeente"  # the payer, in the settings, when each gemeente pays for itself


@dataclass(frozen=True)
class Cost:
    """What one gemeente's connection costs; amounts are missing when they cannot be computed."""

    area: str
    per_year: float
    amount: float | None
    per_melding: float | None
    per_useful: tuple[float, float] | None


def phases_sentence(e: Evaluation) -> Text:
    """Who paid from when to when, and how much in the evaluation."""
    phases = e.edition.kosten.fase if e.edition.kosten else ()
    if not phases:
        return text("Wie de aansluiting betaalt, is voor deze evaluatie niet opgegeven.")
    return text(" ".join(_phase_sentence(e, phase) for phase in phases), _nobody_paid(e))


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
        sources=("tariffs",),
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
        f"gerekend over de tijd dat zij waren aangesloten.{_per_melding(e)}{_per_useful(e)}",
        _next_year(e, costs),
    )


def per_melding(e: Evaluation) -> float | None:
    """What a melding costs on average in the gemeenten that delivered; none when not known."""
    table = e.table("costs_of_district")
    return None if table.empty else facts.real(table["per_melding"].iloc[0])


def per_gemeente_table(e: Evaluation) -> Block:
    """What the connection of each gemeente cost; per melding of those with enough of them."""
    costs = _costs(e)
    if not costs:
        return text()
    return Table(
        "Kosten per gemeente over de evaluatieperiode",
        [
            "Gemeente",
            "Tarief per jaar",
            "Kosten in de periode",
            "Per melding",
            "Per bruikbare melding",
        ],
        [
            [
                e.vocabulary.area(cost.area).name,
                words.money(cost.per_year),
                words.MISSING if cost.amount is None else words.money(cost.amount),
                _per_melding_text(e, cost),
                UNKNOWN if cost.per_useful is None else between(*cost.per_useful),
            ]
            for cost in costs
        ],
        note="Kosten in de periode: het tarief over de tijd dat de gemeente was aangesloten, "
        "zonder de uren van ambtenaren. Het bedrag per melding staat er alleen van gemeenten met "
        "genoeg meldingen. Per bruikbare melding: het laagste bedrag geldt als alle meldingen "
        "waarvan het niet bekend is bruikbaar waren, het hoogste als geen daarvan bruikbaar was, "
        f"met ruimte voor de afronding. {words.capital(UNKNOWN)}: niet geregistreerd, of te weinig "
        "meldingen.",
        sources=("costs",),
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
    if cost.per_useful is not None:
        sentences.append(f"Per bruikbare melding is dat {between(*cost.per_useful)}.")
    return text(" ".join(sentences))


def worth_sentence(e: Evaluation) -> Text:
    """Whether gemeenten find it worth the money."""
    asked = question(e, "waard_wat_het_kost")
    if asked is None:
        return text("Of gemeenten de aansluiting het geld waard vinden, is niet bekend.")
    return text(agreement(asked))


def _costs(e: Evaluation) -> list[Cost]:
    return [
        Cost(
            str(row["area"]),
            float(row["per_year"]),
            facts.real(row["amount"]),
            facts.real(row["per_melding"]),
            _useful(row),
        )
        for _, row in e.table("costs").iterrows()
    ]


def _useful(row: Any) -> tuple[float, float] | None:
    """At least and at most per useful melding; none when no melding is known to be useful."""
    low, high = facts.real(row["per_useful_low"]), facts.real(row["per_useful_high"])
    return None if low is None or high is None else (low, high)


def _per_melding(e: Evaluation) -> str:
    average = per_melding(e)
    if average is None:
        return ""
    counted = int(e.table("costs_of_district")["counted_gemeenten"].iloc[0])
    who = words.plural(counted, "gemeente die leverde", "gemeenten die leverden")
    over = "" if counted == len(e.vocabulary.gemeenten) else f", over {who}"
    return f" Dat is gemiddeld {words.money(average)} per melding{over}."


def _per_useful(e: Evaluation) -> str:
    useful = _useful(e.table("costs_of_district").iloc[0])
    if useful is None:
        return ""
    return (
        f" Per bruikbare melding is dat {between(*useful)}: hoeveel meldingen bruikbaar waren, is "
        "niet precies bekend."
        if round(useful[0]) < round(useful[1])
        else f" Per bruikbare melding is dat {words.money(useful[0])}."
    )


def between(low: float, high: float) -> str:
    """Two amounts, or one when they are the same to the reader."""
    ends = [words.money(low), words.money(high)]
    return " tot ".join(dict.fromkeys(ends))


def _phase_sentence(e: Evaluation, phase: Any) -> str:
    payer = "elke gemeente zelf" if phase.betaler == GEMEENTE else phase.betaler
    paid = _paid(e, phase)
    if phase.eind is None:
        return f"Vanaf {words.day(phase.begin)} betaalt {payer}.{paid}"
    verb = "betaalde" if phase.eind <= e.peildatum else "betaalt"
    return f"Van {words.days(phase.begin, phase.eind)} {verb} {payer}.{paid}"


def _paid(e: Evaluation, phase: Any) -> str:
    """What was paid in a phase as far as it is evaluated, for this gemeente or for all of them."""
    table = e.table("costs_per_phase")
    own = table if e.area.is_district else table[table["area"] == e.area.slug]
    if len(own.dropna(subset="amount")["begin"].unique()) == 1:
        return ""  # what was paid is then what the connection costs, and that is told below
    first = pd.Timestamp(max(phase.begin, e.begin))
    rows = own[(own["payer"] == phase.betaler) & (own["begin"] == first)]
    amounts = rows["amount"].dropna()
    if amounts.empty:
        return ""
    missing = len(rows) - len(amounts)
    over = f", over {len(amounts)} van de {len(rows)} gemeenten" if missing else ""
    where = "" if e.area.is_district else f" voor {e.area.name}"
    return (
        f" Volgens de opgegeven tarieven is dat in deze evaluatie{where} samen "
        f"{words.money(amounts.sum())}{over}."
    )


def _nobody_paid(e: Evaluation) -> str:
    table = e.table("costs_per_phase")
    gaps = table[table["payer"] == ""].drop_duplicates("begin")
    when = [words.days(row["begin"], row["end"]) for _, row in gaps.iterrows()]
    return f"Wie betaalde van {words.listing(when)}, is niet opgegeven." if when else ""


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
    if cost.per_melding is not None:
        return words.money(cost.per_melding)
    if words.is_none(count.value):
        return "geen meldingen"
    return words.TOO_FEW if count.is_shown else count.text
