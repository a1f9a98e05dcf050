"""Opvolging: from received to result, with what is not known as a visible part."""

from dataclasses import replace
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, parts, words
from mma_analysis.show.blocks import Block, Chart, Table, Text, text
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
NOT_FOLLOWED = (
    "Welk deel binnen 30 of 90 dagen is afgesloten, is nog niet te zeggen: te weinig meldingen "
    "waren zo lang te volgen."
)
STILL_OPEN = "Meldingen die op de peildatum nog open stonden, tellen mee als nog niet klaar."


def sentence(e: Evaluation) -> Text:
    """What is known of the results, and what is certain whatever the unknown ones are."""
    own = parts.breakdown(e, "result")
    if not own.is_shown:
        return text(facts.absence(e, f"Wat de meldingen in {e.area.name} opleverden,"))
    useful = parts.breakdown(e, "usable")
    certain = parts.certain(
        parts.within(own, "bevestigd", "helemaal bevestigd is", "helemaal bevestigd zijn"),
        parts.within(useful, "ja", "bruikbaar is", "bruikbaar zijn"),
    )
    return text(_results(own), certain)


def steps_chart(e: Evaluation) -> Block:
    """From received to fed back, each step cut into yes, no, and not known; else only the table."""
    fields = {field: parts.breakdown(e, field) for field in {**FIELDS, **STEPS}}
    steps = {
        label: shares
        for field, label in STEPS.items()
        if (shares := _shares(fields[field], field)) is not None
    }
    table = Table(
        f"Opvolging in {e.area.name}",
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
        unit=f"Percentage van alle ontvangen meldingen in {e.area.name}",
        figure=charts.stacks([charts.Stack("Ontvangen", [1.0, 0.0, 0.0]), *stacks], KEY),
        key=KEY,
        alt="Van elke stap het deel ja, nee en niet bekend. "
        + " ".join(f"{label}: {_spoken(shares)}." for label, shares in steps.items()),
        caption="Elke balk gaat over alle ontvangen meldingen. Beoordeeld: er staat wat ermee is "
        "gedaan, ook als dat niets was. Bruikbaar is geen latere stap: een gemeente kan een "
        "melding ook zonder resultaat bruikbaar noemen.",
        table=table,
    )


def duration_sentence(e: Evaluation) -> Text:
    """How soon meldingen are closed, with open ones counted as open.

    Of the district, and on its intern page of a gemeente: of one no time is released.
    """
    if not (e.is_intern or e.area.is_district):
        return text()
    closing = e.own("time_to_close")
    if closing.empty:
        return text(_no_closing_sentence(e))
    return text(_closing_sentence(e, closing.iloc[0]), STILL_OPEN, _dated_sentence(e))


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


def _no_closing_sentence(e: Evaluation) -> str:
    """What is of all must be of enough gemeenten too: one of them knows its own."""
    why = (
        "Daarvoor leggen te weinig gemeenten vast wanneer zij meldingen afsluiten, of zijn er te "
        "weinig meldingen."
        if e.area.is_district
        else "Van te weinig meldingen is geregistreerd wanneer zij zijn afgesloten."
    )
    return f"Hoe lang de opvolging in {e.area.name} duurt, is niet vast te stellen. {why}"


def _closing_sentence(e: Evaluation, row: pd.Series) -> str:
    """Of the district only some gemeenten count: what is told is of these."""
    who = f"de gemeenten in {e.area.name} die dit bijhouden," if e.area.is_district else e.area.name
    shares = [(days, facts.real(row[f"within_{days}"])) for days in (30, 90)]
    told = [
        f"{words.percent(share)} binnen {days} dagen" for days, share in shares if share is not None
    ]
    closed = f"In {who} is naar schatting van alle meldingen {words.listing(told)} afgesloten."
    return f"{closed if told else NOT_FOLLOWED} {_median(row)}"


def _dated_sentence(e: Evaluation) -> str:
    """Which gemeenten count, and the bound that follows; the part itself could be a few."""
    who = "een gemeente mee als" if e.area.is_district else f"{e.area.name} mee omdat"
    return (
        f"Voor de tijd tot afsluiten telt {who} van minstens 90% van wat zij afsloot de dag bekend "
        "is. Afgesloten meldingen zonder die dag tellen niet mee: dat is hoogstens 10%."
    )


def _median(row: Any) -> str:
    median, low, high = (facts.real(row[f"median_{end}"]) for end in ("days", "low", "high"))
    if median is None:
        return "Na hoeveel dagen de helft is afgesloten, is nog niet te zeggen."
    days = words.plural(round(median), "dag", "dagen")
    if low is not None and high is None:
        return (
            "Wanneer de helft is afgesloten, is niet precies te zeggen: met 95% zekerheid pas na "
            f"{words.number(low)} dagen of later."
        )
    if low is None or high is None:
        return f"De helft is afgesloten binnen {days}; hoe zeker dat is, is niet te zeggen."
    return (
        f"De helft is afgesloten binnen {days}; met 95% zekerheid ligt dat tussen "
        f"{words.number(low)} en {words.number(high)} dagen."
    )
