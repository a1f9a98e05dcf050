"""Opvolging: from received to result, with what is not known as a visible part."""

from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, parts, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text
from mma_analysis.show.parts import Breakdown

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
WAYS = {
    "ja": "na actie of overdracht",
    "nee": "zonder actie of overdracht",
    "onbekend": "zonder dat bekend is of er iets is gedaan",
}
BACKGROUNDS = {
    "has_time": "tijdstip",
    "has_location": "plaats",
    "has_person": "persoon",
    "has_vehicle": "voertuig",
}


def sentence(e: Evaluation) -> Text:
    """What is known of the results."""
    own = parts.breakdown(e, "result")
    if own.is_shown:
        return text(_results(own))
    return text(facts.instead(e, f"Wat de meldingen in {e.area.name} opleverden,"))


def steps_chart(e: Evaluation) -> Block:
    """From received to fed back: each step cut into yes, no, and not known."""
    area = parts.shown_breakdown(e, "result").area
    fields = {field: parts.breakdown(e, field, area) for field in {**FIELDS, **STEPS}}
    steps = [("Ontvangen", [1.0, 0.0, 0.0])]
    steps += [(label, _shares(fields[field], field)) for field, label in STEPS.items()]
    return Chart(
        title=_steps_title(fields["result"]),
        unit=f"Percentage van alle ontvangen meldingen in {area.name}",
        figure=charts.stacks([charts.Stack(label, shares) for label, shares in steps], KEY),
        key=KEY,
        alt="Van elke stap het deel ja, nee en niet bekend. "
        + " ".join(f"{label}: {_spoken(shares)}." for label, shares in steps),
        caption="Elke balk gaat over alle ontvangen meldingen. Beoordeeld: er staat wat ermee is "
        "gedaan, ook als dat niets was. Bruikbaar is geen latere stap: een gemeente kan een "
        "melding ook zonder resultaat bruikbaar noemen.",
        table=Table(
            f"Opvolging in {area.name}",
            ["Stap", "Meldingen", "Aandeel"],
            [
                [f"{label}: {words.small(part.label)}", part.count.text, part.share_text]
                for field, label in FIELDS.items()
                for part in fields[field].parts
            ],
        ),
    )


def disposition_chart(e: Evaluation) -> Block:
    """What gemeenten did with the tips; the district's when nothing of its own is shown."""
    shown = parts.shown_breakdown(e, "disposition")
    return parts.counts_chart(
        shown,
        _disposition_title(shown),
        "Onbekend betekent: niet geregistreerd. Het betekent niet dat er niets is gedaan.",
        ("Afhandeling", "Afhandeling"),
    )


def duration_sentence(e: Evaluation) -> Text:
    """How soon meldingen are closed and fed back, with open ones counted as open."""
    where = e.area.name if e.is_intern else f"heel {e.district.name}"
    own = "own_" if e.is_intern else ""
    return text(
        _closing_sentence(e.table(f"{own}time_to_close"), where),
        _feedback_sentence(e.table(f"{own}time_to_feedback"), where),
        ""
        if e.is_intern
        else "Dit gaat alleen over gemeenten die zo'n datum bijhouden. Meldingen die op de "
        "peildatum nog open stonden, tellen mee als nog niet afgesloten.",
    )


def ways_sentence(e: Evaluation) -> Text:
    """Which part is closed after an action, and which part without one."""
    rows = e.of_district("outcomes_over_time")
    if rows.empty:
        return text(
            "Of meldingen vaker worden afgesloten met of zonder actie, is niet vast te stellen: "
            "daarvoor zijn er te weinig met een datum van afsluiten."
        )
    shares = rows.set_index("acted")["within_90"]
    told = [
        f"{_about(float(shares[code]))} {way}" for code, way in WAYS.items() if shares[code] > 0
    ]
    return text(
        f"In de gemeenten die dit bijhouden, is binnen 90 dagen afgesloten: "
        f"{words.listing(told)}. De rest stond toen nog open. Dit is een schatting, afgerond op 5%."
    )


def background_table(e: Evaluation) -> Block:
    """What result goes with which background, in the district."""
    table = e.of_district("result_by_background")
    known = table[table["verdict"] != facts.CANNOT_TELL]
    if known.empty:
        return text("Of een melding met meer achtergrond vaker klopt, is niet vast te stellen.")
    return Table(
        "Hoe vaak een bekend resultaat een bevestiging is, met en zonder achtergrond",
        ["In de melding staat een", "Met", "Zonder, of niet bekend", "Verschil in procentpunten"],
        [_background_row(row) for _, row in table.iterrows()],
        note="Alleen meldingen met een bekend resultaat. Deels bevestigd telt als bevestigd. "
        f"{_background_finding(known)} Een verschil is geen oorzaak: wie meer opschrijft, zoekt "
        "misschien ook meer uit. Deze tabel is bedoeld voor een gesprek over het wegingskader, en "
        "niet om een melding een cijfer te geven.",
    )


def sure(e: Evaluation) -> Block:
    """How many meldingen are confirmed or useful for certain, whatever the unknown ones are."""
    caveat = "Wat niet is geregistreerd, kan anders zijn afgelopen dan wat wel is geregistreerd."
    shown = parts.shown_breakdown(e, "result")
    useful = parts.breakdown(e, "usable", shown.area)
    certain = parts.certain(
        parts.within(shown, "bevestigd", "Bevestigd"), parts.within(useful, "ja", "Bruikbaar")
    )
    return Sure(f"{caveat} {certain}".strip())


def meaning(e: Evaluation) -> Block:
    """What the unknown results stand in the way of."""
    shown = parts.shown_breakdown(e, "result")
    if shown.unknown.count.value == 0:
        return Meaning("Elk resultaat is bekend. De opbrengst van meldingen is dus te evalueren.")
    return Meaning(
        "Zolang resultaten ontbreken, is niet te zeggen wat meldingen opleveren. Het loont dus om "
        "het resultaat van een melding te registreren."
    )


def _closing_sentence(table: pd.DataFrame, where: str) -> str:
    if table.empty:
        return (
            f"Hoe lang de opvolging in {where} duurt, is niet vast te stellen: daarvoor is te vaak "
            "niet geregistreerd wanneer een melding is afgesloten."
        )
    row = table.iloc[0]
    soon, later = (words.percent(float(row[f"within_{days}"])) for days in (30, 90))
    return (
        f"In {where} is naar schatting {soon} van de meldingen binnen 30 dagen afgesloten, en "
        f"{later} binnen 90 dagen. {_median(row, 'afgesloten')}"
    )


def _feedback_sentence(table: pd.DataFrame, where: str) -> str:
    if table.empty:
        return (
            "Hoe lang het duurt voor M. hoort wat ervan kwam, is niet vast te stellen: daarvoor "
            "zijn er te weinig meldingen waarvan de dag van terugkoppelen wordt bijgehouden."
        )
    row = table.iloc[0]
    later = _about(float(row["within_90"]))
    return (
        f"Binnen 90 dagen is van {later} van de meldingen in {where} aan M. teruggekoppeld wat "
        f"ervan kwam. {_median(row, 'teruggekoppeld')}"
    )


def _about(share: float) -> str:
    """A share that was rounded to five percent."""
    return f"ongeveer {words.percent(share)}" if share > 0 else "minder dan 3%"


def _median(row: Any, done: str) -> str:
    median, low, high = (facts.real(row[f"median_{end}"]) for end in ("days", "low", "high"))
    if median is None:
        return f"Na hoeveel dagen de helft is {done}, is nog niet te zeggen."
    days = words.plural(round(median), "dag", "dagen")
    if low is None or high is None:
        return f"De helft is {done} binnen {days}."
    return (
        f"De helft is {done} binnen {days}; met 95% zekerheid ligt dat tussen "
        f"{words.number(low)} en {words.number(high)} dagen."
    )


def _background_row(row: pd.Series) -> list[str]:
    with_it, without, change, low, high = (
        facts.real(row[name]) for name in ("share_to", "share_from", "change", "low", "high")
    )
    if change is None or low is None or high is None:
        return [BACKGROUNDS[row["background"]], *[words.HIDDEN] * 3]
    difference = words.signed(change * 100)
    return [
        BACKGROUNDS[row["background"]],
        f"{words.share(with_it)} van {words.number(row['total_to'])}",
        f"{words.share(without)} van {words.number(row['total_from'])}",
        f"{difference} ({words.signed(low * 100)} tot {words.signed(high * 100)})",
    ]


def _background_finding(known: pd.DataFrame) -> str:
    more = [BACKGROUNDS[row] for row in known.loc[known["verdict"] == "more", "background"]]
    fewer = [BACKGROUNDS[row] for row in known.loc[known["verdict"] == "fewer", "background"]]
    if not more and not fewer:
        return "Geen enkel verschil is groter dan past bij toeval."
    told = [
        f"Met {words.listing(fields)} is een resultaat {how} een bevestiging dan past bij toeval."
        for fields, how in ((more, "vaker"), (fewer, "minder vaak"))
        if fields
    ]
    return " ".join(told)


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


def _shares(own: Breakdown, field: str) -> list[float] | None:
    """Yes, no and not known of one step; none when a part of it is hidden."""
    if field not in YES_OR_NO:
        known = own.known_share
        return None if known is None else [known, 0.0, 1 - known]
    shares = [own.part(code).share for code in ("ja", "nee", "onbekend")]
    shown = [share.value for share in shares if share is not None]
    return shown if len(shown) == len(shares) else None


def _spoken(shares: list[float] | None) -> str:
    if shares is None:
        return words.STATE_WORDS["hidden"]
    told = [
        f"{words.share(share)} {name}"
        for share, (name, _) in zip(shares, KEY, strict=True)
        if share > 0
    ]
    return words.listing(told)


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
