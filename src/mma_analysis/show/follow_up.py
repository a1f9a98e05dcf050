"""Opvolging: from received to result, with what is not known as a visible part."""

from typing import Any

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, parts, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text
from mma_analysis.show.parts import Breakdown

KEY = (("bekend", charts.BLUE), ("niet bekend", charts.UNKNOWN_COLOUR))
STEPS = {
    "status": "Stand van zaken",
    "disposition": "Afhandeling",
    "result": "Resultaat",
    "usable": "Bruikbaarheid",
}


def sentence(e: Evaluation) -> Text:
    """What is known of the results."""
    own = parts.breakdown(e, "result")
    if own.is_shown:
        return text(_results(own))
    return text(facts.instead(e, f"Wat de meldingen in {e.area.name} opleverden,"))


def steps_chart(e: Evaluation) -> Block:
    """Status, disposition, result and usefulness, each cut into what is known and what is not."""
    area = parts.shown_breakdown(e, "result").area
    steps = [(label, parts.breakdown(e, field, area)) for field, label in STEPS.items()]
    return Chart(
        title=_steps_title(parts.breakdown(e, "result", area)),
        unit="Percentage van de meldingen waarvan de stap bekend is",
        figure=charts.stacks([charts.Stack(label, _known(step)) for label, step in steps], KEY),
        key=KEY,
        alt="Van elke stap het deel dat bekend is. "
        + " ".join(f"{label}: {_spoken(step)}." for label, step in steps),
        caption="Bruikbaarheid is geen latere stap: een gemeente kan een melding ook zonder "
        "resultaat bruikbaar noemen.",
        table=Table(
            f"Opvolging in {area.name}",
            ["Stap", "Meldingen", "Aandeel"],
            [
                [f"{label}: {words.small(part.label)}", part.count.text, part.share_text]
                for label, step in steps
                for part in step.parts
            ],
        ),
    )


def disposition_chart(e: Evaluation) -> Block:
    """What gemeenten did with the tips; the district's when nothing of its own is shown."""
    shown = parts.shown_breakdown(e, "disposition")
    bars = [charts.Bar(part.label, part.count.value, part.count.spoken) for part in shown.parts]
    return Chart(
        title=_disposition_title(shown),
        unit=f"Aantal meldingen in {shown.area.name}",
        figure=charts.bars(bars),
        alt="Staafdiagram. " + " ".join(f"{bar.spoken}." for bar in bars),
        caption="Onbekend betekent: niet geregistreerd. Het betekent niet dat er niets is gedaan.",
        table=Table(
            f"Afhandeling in {shown.area.name}",
            ["Afhandeling", "Meldingen", "Aandeel"],
            [[part.label, part.count.text, part.share_text] for part in shown.parts],
        ),
    )


def duration_sentence(e: Evaluation) -> Text:
    """How soon meldingen are closed, with open ones counted as open."""
    table = e.table("own_time_to_close" if e.is_intern else "time_to_close")
    where = e.area.name if e.is_intern else f"heel {e.district.name}"
    if table.empty:
        return text(
            f"Hoe lang de opvolging in {where} duurt, is niet vast te stellen: daarvoor is te vaak "
            "niet geregistreerd wanneer een melding is afgesloten."
        )
    row = table.iloc[0]
    soon, later = (words.percent(float(row[f"closed_within_{days}"])) for days in (30, 90))
    return text(
        f"In {where} is naar schatting {soon} van de meldingen binnen 30 dagen afgesloten, en "
        f"{later} binnen 90 dagen. {_median(row)} Meldingen die op de peildatum nog open stonden, "
        "tellen mee als nog niet afgesloten.",
        ""
        if e.is_intern
        else "Dit gaat alleen over gemeenten die de datum van afsluiten registreren.",
    )


def sure(e: Evaluation) -> Block:
    """How many meldingen are confirmed for certain, whatever the unknown ones are."""
    shown = parts.shown_breakdown(e, "result")
    caveat = "Wat niet is geregistreerd, kan anders zijn afgelopen dan wat wel is geregistreerd."
    return Sure(f"{caveat} {parts.certain(shown, 'bevestigd', 'Bevestigd')}".strip())


def meaning(e: Evaluation) -> Block:
    """What the unknown results stand in the way of."""
    shown = parts.shown_breakdown(e, "result")
    if shown.unknown.count.value == 0:
        return Meaning("Elk resultaat is bekend. De opbrengst van meldingen is dus te evalueren.")
    return Meaning(
        "Zolang resultaten ontbreken, is niet te zeggen wat meldingen opleveren. Het loont dus om "
        "het resultaat van een melding te registreren."
    )


def _median(row: Any) -> str:
    median, low, high = (facts.real(row[f"median_{end}"]) for end in ("days", "low", "high"))
    if median is None:
        return "Na hoeveel dagen de helft is afgesloten, is nog niet te zeggen."
    days = words.plural(round(median), "dag", "dagen")
    if low is None or high is None:
        return f"De helft is afgesloten binnen {days}."
    return (
        f"De helft is afgesloten binnen {days}; met 95% zekerheid ligt dat tussen "
        f"{words.number(low)} en {words.number(high)} dagen."
    )


def _results(own: Breakdown) -> str:
    known = own.known
    if known is None:
        return "Een deel van de resultaten tonen wij niet."
    if known == 0:
        return "Van geen enkele melding is het resultaat bekend."
    shown = [part for part in own.known_parts if part.count.is_shown]
    hidden = " De andere aantallen tonen wij niet." if len(shown) < len(own.known_parts) else ""
    amounts = [
        f"{_amount(part.count.value or 0, known)} {words.small(part.label)}" for part in shown
    ]
    if known == 1 and len(shown) == len(own.known_parts):
        only = next(part for part in shown if part.count.value)
        return f"Van één melding is het resultaat bekend: {words.small(only.label)}."
    whole = f"de {words.meldingen(known)} met een bekend resultaat"
    if not amounts:
        return f"Wat er uit {whole} kwam, tonen wij niet."
    return f"Dit kwam er uit {whole}: {words.listing(amounts)}.{hidden}"


def _amount(count: int, known: int) -> str:
    return f"{count}" if known < words.FEW else words.percent(count / known)


def _known(step: Breakdown) -> list[float] | None:
    share = step.known_share
    return None if share is None else [share, 1 - share]


def _spoken(step: Breakdown) -> str:
    share = step.known_share
    return words.STATE_WORDS["hidden"] if share is None else f"{words.share(share)} bekend"


def _steps_title(result: Breakdown) -> str:
    unknown, total = result.unknown.count.value, result.total.value
    if unknown is None or not total:
        return f"Wat er bekend is over de opvolging in {result.area.name}"
    if unknown == 0:
        return f"Van elke melding in {result.area.name} is het resultaat bekend"
    where = f"Bij {words.of_meldingen(unknown, total)} in {result.area.name}"
    return f"{where} is het resultaat niet bekend"


def _disposition_title(shown: Breakdown) -> str:
    if shown.known is None or not shown.total.value:
        return f"Wat er met de meldingen in {shown.area.name} is gedaan"
    return (
        f"Bij {words.of_meldingen(shown.known, shown.total.value)} in {shown.area.name} is bekend "
        "wat ermee is gedaan"
    )
