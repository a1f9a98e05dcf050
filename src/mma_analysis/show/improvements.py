"""Verbeterpunten: background information, information sharing, publicity."""

from dataclasses import replace

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, parts, themes, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text
from mma_analysis.show.parts import Breakdown
from mma_analysis.show.questions import question
from mma_analysis.show.survey import answers_chart, likert_chart
from mma_analysis.show.themes import has_quotes
from mma_analysis.vocabulary import Area

ABSENT = "nee"
CODES = ("ja", ABSENT, "onbekend")  # as in `KEY`
NOUNS = {
    "has_time": "het tijdstip",
    "has_location": "de plaats",
    "has_person": "een persoon",
    "has_vehicle": "een voertuig",
}
KEY = (
    ("staat erin", charts.BLUE),
    ("staat er niet in", charts.ORANGE),
    ("niet geregistreerd", charts.UNKNOWN_COLOUR),
)
NEED = "Zonder tijdstip of plaats weet een gemeente niet waar en wanneer zij moet kijken."


def background_sentence(e: Evaluation) -> Text:
    """In how many tips the place is missing, where that is registered."""
    own = parts.breakdown(e, "has_location")
    if own.among_known(ABSENT) is None:
        return text(_why_no_background(e, own), NEED)
    return text(f"{_missing(own, 'de plaats')}. {NEED}")


def background_chart(e: Evaluation) -> Block:
    """For each kind of background: present, absent, or not registered; else only the table."""
    area = _charted(e)
    fields = _fields(e, area)
    titled = _titled(fields)
    bars = {label: shares for label, own in fields if (shares := own.shares(*CODES))}
    table = Table(
        f"Achtergrond in de meldingen van {area.name}",
        ["Gegeven", "Staat erin", "Staat er niet in", "Niet geregistreerd"],
        [[label, *[own.part(code).count.text for code in CODES]] for label, own in fields],
        sources=("per_background",),
    )
    if not bars:
        return replace(table, is_folded=True)
    return Chart(
        title=_title(titled, fields),
        unit=f"Percentage van de meldingen in {area.name}",
        figure=charts.stacks([charts.Stack(*bar) for bar in bars.items()], KEY),
        key=KEY,
        alt="Staafdiagram. "
        + " ".join(f"{label}: {_spoken(own)}." for label, own in fields if label in bars),
        caption="Niet geregistreerd: de gemeente schreef niet op of het in de melding stond."
        + _of_which(titled),
        table=table,
    )


def statements_chart(e: Evaluation) -> Block:
    """What gemeenten say about time and place, and about their capacity."""
    return likert_chart(e, ("tijdstip_en_plaats", "capaciteit"))


def publicity_chart(e: Evaluation) -> Block:
    """Whether gemeenten want publicity, and where."""
    return answers_chart(e, "publiciteit", "Behoefte aan publiciteit")


def open_answers(e: Evaluation) -> Text:
    """How many gemeenten wrote improvement points; their words are not shown unless released."""
    asked = question(e, "verbeterpunten")
    if asked is None:
        return text("Verbeterpunten in eigen woorden zijn er niet.")
    wrote = words.plural(asked.answered, "gemeente", "gemeenten")
    verb = "schreef" if asked.answered == 1 else "schreven"
    but = " Alleen de citaten hieronder zijn vrijgegeven." if has_quotes(e) else ""
    return text(
        f"Daarnaast {verb} {wrote} in eigen woorden op wat beter kan. Die tekst staat niet in dit "
        f"rapport: in open antwoorden kunnen gegevens over personen staan.{but}"
    )


def themes_chart(e: Evaluation) -> Block:
    """How many gemeenten brought up each improvement point, as people read their answers."""
    return themes.chart(e, "verbeterpunten", "Verbeterpunten")


def quotes(e: Evaluation) -> Block:
    """The words of gemeenten that somebody released, without the name of the gemeente."""
    return themes.quotes(e)


def sure(e: Evaluation) -> Block:
    """How many meldingen have no time for certain, whatever was not registered."""
    shown = parts.breakdown(e, "has_time", _charted(e))
    certain = parts.certain(
        parts.within(shown, ABSENT, "geen tijdstip heeft", "geen tijdstip hebben")
    )
    if not certain:
        return Sure("Hoe vaak het tijdstip echt ontbreekt, is hieruit niet af te leiden.")
    if words.is_none(shown.unknown.count.value):
        return Sure("Van elke melding is geregistreerd of er een tijdstip in staat.")
    return Sure(f"{certain} Meer zekerheid is er alleen als elke gemeente dit registreert.")


def meaning(e: Evaluation) -> Block:
    """Who can do something about what is missing in a melding."""
    shown = parts.breakdown(e, "has_time", _charted(e))
    said = "Een gemeente spreekt de melder niet: alleen M. kan naar tijdstip en plaats vragen."
    if words.is_larger(shown.count(ABSENT), shown.count("ja")):
        said += " Het tijdstip ontbreekt bij meer dan de helft: dat is iets om met M. te bespreken."
    return Meaning(said)


def _fields(e: Evaluation, area: Area) -> list[tuple[str, Breakdown]]:
    labels = facts.fields(e.vocabulary)
    return [(labels[field], parts.breakdown(e, field, area)) for field in NOUNS]


def _charted(e: Evaluation) -> Area:
    """This area when it has meldingen enough for bars of its own; else the district."""
    has_bar = any(own.shares(*CODES) for _, own in _fields(e, e.area))
    return e.area if has_bar else e.district


def _why_no_background(e: Evaluation, own: Breakdown) -> str:
    if own.is_shown and not own.known:
        often = "niet" if words.is_none(own.known) else "bijna niet"
        return f"In {e.area.name} is {often} geregistreerd of de plaats in een melding stond."
    reason = facts.absence(e, f"Hoe vaak de plaats ontbreekt in {e.area.name},")
    return reason if _charted(e) == e.area else facts.instead(e, reason)


def _titled(fields: list[tuple[str, Breakdown]]) -> Breakdown:
    """The background that the title is about: the first of which it is known how often it lacks."""
    own = [breakdown for _, breakdown in fields]
    return next((b for b in own if b.among_known(ABSENT) is not None), own[0])


def _title(own: Breakdown, fields: list[tuple[str, Breakdown]]) -> str:
    if own.among_known(ABSENT) is not None:
        return _missing(own, NOUNS[own.field])
    never = [f"een {words.small(label)}" for label, field in fields if words.is_none(field.known)]
    if not never:
        return f"Welke achtergrond er in de meldingen van {own.area.name} staat"
    what = words.listing(never).replace(" en ", " of ")
    return f"In {own.area.name} is nooit geregistreerd of er {what} in een melding staat"


def _missing(own: Breakdown, what: str) -> str:
    """How often something is missing, of the meldingen of which that is registered."""
    count, known = own.among_known(ABSENT) or (0, 0)
    is_all = words.is_none(own.unknown.count.value)
    begin = words.capital(what) if is_all else "Voor zover bekend"
    verb = "ontbreekt" if is_all else f"ontbreekt {what}"
    return f"{begin} {verb} bij {words.of_meldingen(count, known)} in {own.area.name}"


def _of_which(own: Breakdown) -> str:
    """Of how many meldingen the percentage in the title is: the bars are of all of them."""
    count, known = own.among_known(ABSENT) or (0, 0)
    if known < words.FEW or words.is_none(own.unknown.count.value):
        return ""
    return (
        " Het percentage in de titel gaat over de meldingen waarvan dit bekend is: "
        f"{words.number(count)} van {words.number(known)}."
    )


def _spoken(own: Breakdown) -> str:
    told = [own.part(code).share_text for code in CODES]
    return words.listing([f"{share} {name}" for share, (name, _) in zip(told, KEY, strict=True)])
