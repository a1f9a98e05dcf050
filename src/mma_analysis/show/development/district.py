"""How many tips the district received, and whether that is growth or more gemeenten."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Table, Text, text
from mma_analysis.show.facts import Received, Split
from mma_analysis.vocabulary.headings import words_of

VERDICTS = {
    "more": "Dat is een toename.",
    "fewer": "Dat is een afname.",
    "no_change": "Minder en meer zijn dus allebei mogelijk. Daarom zeggen wij: geen duidelijke "
    "verandering.",
}
# Why a more or fewer is not said, and what is said with one that is.
TAKEN_BACK = {
    "start_up": "de eerste maanden na een aansluiting kunnen anders zijn dan latere",
    "last_quarter": "dit beeld hangt af van het laatste kwartaal",
}
STAYS = {
    "": "Dat blijft zo met een andere aanloop, zonder het laatste kwartaal en met een eigen "
    "verloop per gemeente.",
    "own_courses": "Dat geldt voor deze gemeenten samen, en niet voor elke gemeente apart.",
}
CANNOT_TELL = "Of het aantal verandert, is niet vast te stellen."
JOINING = "doordat er gemeenten bij kwamen of langer waren aangesloten"
TWICE = (
    "Een melding die bij meer dan één gemeente binnenkwam, telt hier bij elke gemeente mee: het "
    "gaat om wat gemeenten ontvingen."
)


def district_sentence(e: Evaluation) -> Text:
    """How many tips there were in all and per year."""
    years = facts.received(e, facts.YEAR)
    per_year = [f"{year.count.sentence} ({year.period.label})" for year in years]
    told = (
        f"Per jaar kregen de gemeenten samen {words.listing(per_year)}."
        if len(years) > 1
        else f"Samen kregen de gemeenten in {e.area.name} {facts.total(e).sentence}."
    )
    return text(
        f"{told} Een melding die bij meer dan één gemeente binnenkwam, telt hier één keer. "
        "Meer of minder meldingen betekent niet dat er meer of minder misdaad is.",
        _missing_sentence(e),
    )


def months_chart(e: Evaluation) -> Block:
    """Tips per month above the number of connected gemeenten."""
    rows = facts.received(e, facts.MONTH)
    months = [
        charts.Month(row.period.label, row.count.value, row.connected_gemeenten) for row in rows
    ]
    highest = max((row.count.value or 0 for row in rows), default=0)
    most = f" De aantallen gaan tot {words.number(highest)}." if highest else ""
    unknown = facts.without_date(e)
    without = (
        f" Van {facts.names(e, unknown)} is niet bekend sinds wanneer: deze gemeenten tellen hier "
        "niet mee als aangesloten."
    )
    return Chart(
        title=_months_title(e, rows),
        unit="Meldingen per maand",
        figure=charts.months(months),
        alt=f"Grafiek per maand, {facts.whole_span(e)}.{most} Het aantal aangesloten gemeenten "
        f"ging van {rows[0].connected_gemeenten} naar {rows[-1].connected_gemeenten}.",
        caption="Een gemeente telt mee vanaf de maand waarin zij is aangesloten."
        + (without if unknown else ""),
        table=Table(
            "Meldingen per maand",
            ["Maand", "Meldingen", "Aangesloten gemeenten"],
            [
                [words.month(row.period.begin), row.count.text, str(row.connected_gemeenten)]
                for row in rows
            ],
            sources=("per_period",),
        ),
    )


def split_chart(e: Evaluation) -> Block:
    """Where the growth between the last two years comes from."""
    split = facts.split(e)
    if split is None:
        return text(_why_no_split(e))
    steps = _steps(e, split)
    return Chart(
        title=_split_title(split),
        unit=f"Verschil tussen {split.first.label} en {split.last.label}, in ontvangen meldingen",
        figure=charts.waterfall(steps),
        alt="Trapdiagram. " + " ".join(f"{step.label}: {step.text}." for step in steps),
        caption="De onderdelen zijn schattingen: tussen haakjes staan de grenzen van 95%. Langer "
        "aangesloten: een gemeente die in het eerste jaar halverwege begon, deed in het tweede "
        f"jaar het hele jaar mee. {TWICE}",
        table=Table(
            "Herkomst van het verschil",
            ["Onderdeel", "Meldingen"],
            [[step.label, step.text] for step in steps],
            sources=("growth_split",),
        ),
    )


def district_trend(e: Evaluation) -> Text:
    """The change within the same gemeenten, with its interval and verdict."""
    trend = facts.trend(e)
    return text(_without_trend(e) if trend is None else trend_sentence(trend))


def trend_sentence(trend: facts.Change) -> str:
    """The yearly change with its interval, and what may be said of it."""
    said = VERDICTS[trend.verdict]
    if trend.qualifier in TAKEN_BACK:
        said = f"Maar {TAKEN_BACK[trend.qualifier]}. Of er echt iets verandert, weten wij dus niet."
    elif trend.is_seen:
        said = f"{said} {STAYS[trend.qualifier]}"
    return (
        "Vergelijken wij elke gemeente alleen met zichzelf, dan kwamen er per jaar "
        f"{words.change(trend.value)} meldingen binnen. Met 95% zekerheid ligt dat tussen "
        f"{words.change(trend.low)} en {words.change(trend.high)}. {said}"
    )


def assumptions_table(e: Evaluation) -> Block:
    """Whether the change stays as it is when an assumption does not hold."""
    rows = e.table("trend_rows")
    if rows.empty:
        return text()
    assumptions, said = words_of("assumption"), words_of("verdict")
    return Table(
        "Blijft dit zo als …",
        ["Als …", "Verandering per jaar", "Oordeel"],
        [
            [assumptions[str(row["assumption"])], *_assumed(row), said[str(row["verdict"])]]
            for _, row in rows.iterrows()
        ],
        note="Wij noemen een toename of afname alleen als zij blijft wanneer de eerste maanden na "
        "aansluiting anders zijn. Zij moet ook blijven zonder het laatste kwartaal. Tussen haakjes "
        "staan de grenzen van 95%.",
        sources=("trend_rows",),
    )


def _assumed(row: pd.Series) -> list[str]:
    if facts.real(row["change"]) is None:
        return [words.CANNOT_TELL]
    change, low, high = (f"{words.signed(row[end] * 100)}%" for end in ("change", "low", "high"))
    return [f"{change} ({low} tot {high})"]


def _without_trend(e: Evaluation) -> str:
    """Why there is no trend."""
    absent = facts.without_delivery(e)
    undated = [area for area in facts.without_date(e) if area not in absent]
    if undated:
        return (
            f"Van {facts.names(e, undated)} weten wij niet sinds wanneer meldingen rechtstreeks "
            f"binnenkomen. Zonder die dag kunnen wij geen trend berekenen. {CANNOT_TELL}"
        )
    return f"Er zijn te weinig maanden of meldingen om een trend te zien. {CANNOT_TELL}"


def _months_title(e: Evaluation, rows: Sequence[Received]) -> str:
    first, last = rows[0].connected_gemeenten, rows[-1].connected_gemeenten
    if first == last:
        return f"Het aantal aangesloten gemeenten bleef {last}"
    split = facts.split(e)
    if split is not None and split.is_by_joining:
        return "Het aantal meldingen groeit mee met het aantal aangesloten gemeenten"
    return f"Het aantal aangesloten gemeenten ging van {first} naar {last}"


def _steps(e: Evaluation, split: Split) -> list[charts.Step]:
    joined = facts.counted(e, split.joined.value)  # is drawn as counts are
    return [
        charts.Step(
            split.first.label, split.count_from, words.number(split.count_from), is_total=True
        ),
        charts.Step("Nieuw of langer aangesloten", joined, tens(split.joined)),
        charts.Step("Ander aantal per maand", split.growth - joined, tens(split.same)),
        charts.Step(split.last.label, split.count_to, words.number(split.count_to), is_total=True),
    ]


def tens(size: facts.Interval) -> str:
    """A part of the growth with its limits, in tens: it is an estimate."""
    value, low, high = (words.signed(round(end, -1)) for end in (size.value, size.low, size.high))
    return f"{value} ({low} tot {high})"


def _split_title(split: Split) -> str:
    """In words: a percentage here would look like how sure we are."""
    if not split.by_joining:
        return "Het aantal meldingen groeide niet duidelijk"
    return f"De groei komt {split.by_joining} {JOINING}"


def _why_no_split(e: Evaluation) -> str:
    if len(facts.last_two_years(e)) < 2:
        return (
            "Waar een verschil tussen jaren vandaan komt, is nog niet te zeggen: daarvoor zijn "
            "twee volledige jaren nodig."
        )
    return (
        "Waar het verschil tussen de jaren vandaan komt, is niet te zeggen: het is niet van elke "
        "gemeente bekend sinds wanneer zij is aangesloten."
    )


def _missing_sentence(e: Evaluation) -> str:
    absent = facts.without_delivery(e)
    if not absent:
        return ""
    have = words.plural(len(e.vocabulary.gemeenten) - len(absent), "gemeente", "gemeenten")
    return f"Dit gaat over {have}: van {facts.names(e, absent)} is geen bestand ontvangen."
