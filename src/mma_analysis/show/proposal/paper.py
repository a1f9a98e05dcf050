"""The proposal as a whole: its heading, and what is in it in which order."""

from collections.abc import Sequence
from dataclasses import dataclass

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import accountability, facts, next_steps, summary, survey, words
from mma_analysis.show.blocks import Terms
from mma_analysis.show.proposal.advice import Advice, advice

TO_FILL_IN = "nog in te vullen"
BODY = "Districtelijk Veiligheidsoverleg (DVO)"


@dataclass(frozen=True)
class Field:
    """One line of the heading; `is_open` when a person still has to fill it in."""

    name: str
    value: str

    @property
    def is_open(self) -> bool:
        """Whether the settings do not say it."""
        return not self.value

    @property
    def text(self) -> str:
        """What stands in the heading."""
        return self.value or TO_FILL_IN


@dataclass(frozen=True)
class Proposal:
    """The whole paper, from heading to figures."""

    title: str
    heading: Sequence[Field]
    advice: Sequence[Advice]
    decisions: Sequence[str]
    introduction: Sequence[str]
    next_steps: Sequence[str]
    explained: Terms
    attached: Sequence[str]


def proposal(e: Evaluation) -> Proposal:
    """Write the proposal of an edition; everything in it that is a figure is computed.

    `e` is the public evaluation of the district.
    """
    title = _fields(e)[0].value or e.edition.evaluatie.titel
    decisions, begin, after = list(summary.ask(e).points)[1:], _introduction(e), _coming(e)
    points = advice(e)
    told = [part for point in points for part in (point.subject, point.sentence)]
    return Proposal(
        title=title,
        heading=_fields(e),
        advice=points,
        decisions=decisions,
        introduction=begin,
        next_steps=after,
        explained=accountability.terms_used(
            e.vocabulary, "\n".join([BODY, title, *decisions, *begin, *after, *told])
        ),
        attached=[
            f"district.html: het evaluatierapport van het district {e.district.name}",
            "een rapport per gemeente, met de naam van de gemeente",
            "bijlage.xlsx: alle tabellen, met een toelichting en definities",
        ],
    )


def _fields(e: Evaluation) -> list[Field]:
    """The heading, in the order of the form; what the settings leave out is to be filled in."""
    given = e.edition.voorstel
    if given is None:
        names = ("Onderwerp", "Agendapunt", "Datum", "Openbaar", "Behandeld door")
        more = ("Registratienummer", "Telefoonnummer", "Portefeuillehouder")
        return [Field(name, "") for name in (*names, *more)]
    openbaar = "" if given.openbaar is None else "ja" if given.openbaar else "nee"
    return [
        Field("Onderwerp", given.onderwerp),
        Field("Agendapunt", given.agendapunt),
        Field("Datum", "" if given.datum is None else words.day(given.datum)),
        Field("Openbaar", openbaar),
        Field("Behandeld door", given.behandeld_door),
        Field("Registratienummer", given.registratienummer),
        Field("Telefoonnummer", given.telefoonnummer),
        Field("Portefeuillehouder", given.portefeuillehouder),
    ]


def _introduction(e: Evaluation) -> list[str]:
    """What M. is, who receives meldingen, and what this evaluation rests on."""
    everyone = len(e.vocabulary.gemeenten)
    delivered = everyone - len(facts.without_delivery(e))
    who = words.gemeenten(delivered, everyone, "leverde", "leverden")
    return [
        "Bij Meld Misdaad Anoniem (M.) kan iedereen een misdaad melden zonder een naam te noemen. "
        f"M. geeft meldingen door aan de politie, aan gemeenten en aan andere partners. "
        f"{_connected(e)}",
        f"Deze evaluatie gaat over {facts.whole_span(e)}. {words.capital(who)} daarvoor een "
        f"registratie van meldingen. {survey.response_sentence(e).plain}",
        "De cijfers in dit voorstel zijn dezelfde als in het rapport van het district. "
        f"{facts.rounding(e)} Wat woorden betekenen, staat achteraan.",
    ]


def _connected(e: Evaluation) -> str:
    """Since when, and how many gemeenten receive meldingen themselves."""
    known = [known.connected_on for known in facts.connections(e)]
    days = [day for day in known if day is not None and day.date() <= e.peildatum]
    if not days:
        return f"Wanneer de gemeenten in {e.district.name} zijn aangesloten, is niet bekend."
    who = words.gemeenten(len(days), len(e.vocabulary.gemeenten), "is", "zijn")
    unknown = len(facts.without_date(e))
    beside = f" Van {words.plural(unknown, 'gemeente', 'gemeenten')} weten wij het niet."
    return (
        f"De eerste gemeente in {e.district.name} ontvangt ze rechtstreeks sinds "
        f"{words.month(min(days))}. {words.capital(who)} op de peildatum aangesloten."
        f"{beside if unknown else ''}"
    )


def _coming(e: Evaluation) -> list[str]:
    """Whether gemeenten go on, and what is planned."""
    after = [c for c in e.edition.campagnes if c.begin > e.peildatum]
    planned = [f"{c.naam} ({words.days(c.begin, c.eind)})" for c in after]
    coming = [f"Na de peildatum staat gepland: {words.listing(planned)}."] if planned else []
    return [next_steps.sentence(e).plain, *coming]
