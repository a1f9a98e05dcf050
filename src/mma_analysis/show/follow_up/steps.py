"""From received to fed back, with what is not known as a visible part."""

from dataclasses import replace

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, parts, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text
from mma_analysis.show.parts import Breakdown
from mma_analysis.vocabulary import UNKNOWN

KEY = (("ja", charts.BLUE), ("nee", charts.ORANGE), ("niet bekend", charts.UNKNOWN_COLOUR))
FIELDS = {
    "status": "Stand van zaken",
    "disposition": "Afhandeling",
    "result": "Resultaat",
    "fed_back": "Terugkoppeling",
    "usable": "Bruikbaarheid",
}
# Of these the known values are `ja` and `nee`; of the other steps to be known is to be done.
YES_OR_NO = ("acted", "fed_back", "usable")
STEPS = {
    "disposition": "Beoordeeld",
    "acted": "Actie of overdracht",
    "result": "Resultaat bekend",
    "fed_back": "Teruggekoppeld aan M.",
    "usable": "Bruikbaar",
}


def sentence(e: Evaluation) -> Text:
    """What is known of the results."""
    own = parts.breakdown(e, "result")
    if own.is_shown:
        return text(_results(own))
    reason = facts.absence(e, f"Wat de meldingen in {e.area.name} opleverden,")
    return text(facts.instead(e, reason))


def steps_chart(e: Evaluation) -> Block:
    """From received to fed back, each step cut into yes, no, and not known; else only the table."""
    area = parts.shown_breakdown(e, "result").area
    fields = {field: parts.breakdown(e, field, area) for field in {**FIELDS, **STEPS}}
    steps = {
        label: shares
        for field, label in STEPS.items()
        if (shares := _shares(fields[field], field)) is not None
    }
    table = Table(
        f"Opvolging in {area.name}",
        *parts.told(
            ["Stap", "Meldingen", "Aandeel"],
            [
                [f"{label}: {words.small(part.label)}", part.count.text, part.share_text]
                for field, label in FIELDS.items()
                for part in fields[field].parts
            ],
        ),
        sources=("per_follow_up",),
    )
    if not steps:
        is_known = any(own.known for own in fields.values())
        return replace(table, is_folded=True) if is_known else text()
    stacks = [charts.Stack(label, shares) for label, shares in steps.items()]
    return Chart(
        title=_steps_title(fields["result"]),
        unit=f"Percentage van alle ontvangen meldingen in {area.name}",
        figure=charts.stacks([charts.Stack("Ontvangen", [1.0, 0.0, 0.0]), *stacks], KEY),
        key=KEY,
        alt="Van elke stap het deel ja, nee en niet bekend. "
        + " ".join(f"{label}: {_spoken(shares)}." for label, shares in steps.items()),
        caption="Elke balk gaat over alle ontvangen meldingen. Beoordeeld: er staat wat ermee is "
        "gedaan, ook als dat niets was. Bruikbaar is geen latere stap: een gemeente kan een "
        "melding ook zonder resultaat bruikbaar noemen.",
        table=table,
    )


def disposition_chart(e: Evaluation) -> Block:
    """What gemeenten did with the tips, where that is known."""
    shown = parts.shown_breakdown(e, "disposition")
    if not shown.known or not shown.total.value:
        is_none = words.is_none(shown.known)
        return text("Van geen enkele melding is bekend wat ermee is gedaan." if is_none else "")
    where = f"Bij {words.of_meldingen(shown.known, shown.total.value)} in {shown.area.name}"
    return parts.counts_chart(
        shown,
        f"{where} is bekend wat ermee is gedaan",
        "Onbekend betekent: niet geregistreerd. Het betekent niet dat er niets is gedaan.",
        ("Afhandeling", "Afhandeling"),
    )


def sure(e: Evaluation) -> Block:
    """How many meldingen are confirmed or useful for certain, whatever the unknown ones are."""
    caveat = "Wat niet is geregistreerd, kan anders zijn afgelopen dan wat wel is geregistreerd."
    shown = parts.shown_breakdown(e, "result")
    useful = parts.breakdown(e, "usable", shown.area)
    certain = parts.certain(
        parts.within(shown, "bevestigd", "helemaal bevestigd is", "helemaal bevestigd zijn"),
        parts.within(useful, "ja", "bruikbaar is", "bruikbaar zijn"),
    )
    return Sure(f"{caveat} {certain}".strip())


def meaning(e: Evaluation) -> Block:
    """What the unknown results stand in the way of."""
    shown = parts.shown_breakdown(e, "result")
    if words.is_none(shown.unknown.count.value):
        return Meaning("Elk resultaat is bekend. De opbrengst van meldingen is dus te evalueren.")
    return Meaning(
        "Zolang resultaten ontbreken, is niet te zeggen wat meldingen opleveren. Het loont dus om "
        "het resultaat van een melding te registreren."
    )


def _results(own: Breakdown) -> str:
    known = own.known
    if known is None or words.is_none(known):
        return "Van geen enkele melding is het resultaat bekend."
    if most := words.most_of_nothing(known):
        return f"Van hoogstens {most} meldingen is het resultaat bekend."
    counts = {words.small(part.label): part.count.value for part in own.known_parts}
    if known == 1:
        only = next(label for label, count in counts.items() if count)
        return f"Van één melding is het resultaat bekend: {only}."
    amounts = [f"{_amount(n, known)} {label}" for label, n in counts.items() if n is not None]
    whole = f"de {words.meldingen(known)} met een bekend resultaat"
    return f"Dit kwam er uit {whole}: {words.listing(amounts)}."


def _amount(count: int, known: int) -> str:
    return words.number(count) if known < words.FEW else words.share_of(count, known)


def _shares(own: Breakdown, field: str) -> list[float] | None:
    """Yes, no and not known of one step; none without shares."""
    if field not in YES_OR_NO:
        known = own.known_share
        return None if known is None else [known, 0.0, 1 - known]
    return own.shares("ja", "nee", "onbekend")


def _spoken(shares: list[float]) -> str:
    told = [
        f"{words.share(share)} {name}"
        for share, (name, _) in zip(shares, KEY, strict=True)
        if share > 0
    ]
    return words.listing(told)


def _steps_title(result: Breakdown) -> str:
    unknown, total = result.count(UNKNOWN), result.total.value or 0
    if words.is_none(unknown):
        return f"Van elke melding in {result.area.name} is het resultaat bekend"
    where = f"Bij {words.of_meldingen(unknown, total)} in {result.area.name}"
    return f"{where} is het resultaat niet bekend"
