"""Verbeterpunten: background information, information sharing, publicity."""

from dataclasses import replace

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, parts, themes, words
from mma_analysis.show.blocks import Block, Chart, Table, Text, text
from mma_analysis.show.parts import Breakdown
from mma_analysis.show.survey import answers_sentence

WISHED = "verbeterpunten"
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


def background_chart(e: Evaluation) -> Block:
    """For each kind of background: present, absent, or not registered; else only the table."""
    fields = _fields(e)
    if not any(own.is_shown for _, own in fields):
        return text(facts.absence(e, f"Wat in de meldingen in {e.area.name} ontbreekt,"))
    titled = _titled(fields)
    bars = {label: shares for label, own in fields if (shares := own.shares(*CODES))}
    table = Table(
        f"Achtergrond in de meldingen van {e.area.name}",
        ["Gegeven", "Staat erin", "Staat er niet in", "Niet geregistreerd"],
        [[label, *[own.part(code).count.text for code in CODES]] for label, own in fields],
        sources=("per_background",),
    )
    if not bars:
        return replace(table, is_folded=True)
    return Chart(
        title=_title(titled, fields),
        unit=f"Percentage van de meldingen in {e.area.name}",
        figure=charts.stacks([charts.Stack(*bar) for bar in bars.items()], KEY),
        key=KEY,
        alt="Staafdiagram. "
        + " ".join(f"{label}: {_spoken(own)}." for label, own in fields if label in bars),
        caption="Niet geregistreerd: de gemeente schreef niet op of het in de melding stond."
        + _of_which(titled),
        table=table,
    )


def themes_chart(e: Evaluation) -> Block:
    """How many gemeenten brought up each improvement point, as people read their answers."""
    return themes.chart(e, WISHED)


def quotes(e: Evaluation) -> Block:
    """The words of gemeenten that somebody released, without the name of the gemeente."""
    return themes.quotes(e)


def missing_sentence(e: Evaluation) -> str:
    """Which background is missing how often, as far as that is registered."""
    return f"{_title(_titled(_fields(e)), _fields(e))}."


def publicity_sentence(e: Evaluation) -> Text:
    """Whether gemeenten want publicity, and where."""
    return answers_sentence(e, ("publiciteit",))


def _fields(e: Evaluation) -> list[tuple[str, Breakdown]]:
    labels = facts.fields(e.vocabulary)
    return [(labels[field], parts.breakdown(e, field)) for field in NOUNS]


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
