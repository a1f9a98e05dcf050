"""The proposal to the DVO: its heading, what is advised, and the figures behind each advice."""

from collections.abc import Sequence
from dataclasses import dataclass

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import (
    campaigns,
    costs,
    development,
    direct,
    facts,
    improvements,
    next_steps,
    practice,
    scenarios,
    summary,
    survey,
    words,
)
from mma_analysis.show.blocks import Block, Chart, Sure, Table, Text

TO_FILL_IN = "nog in te vullen"
BODY = "Districtelijk Veiligheidsoverleg (DVO)"
UNDECIDED = "Of het aantal meldingen binnen dezelfde gemeenten verandert, is niet vast te stellen."


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
class Advice:
    """One point to take note of: the subject, what the figures say, and those figures.

    `chapter` is where the report tells more.
    """

    subject: str
    sentence: str
    chapter: str
    blocks: Sequence[Text | Sure | Table]


@dataclass(frozen=True)
class Proposal:
    """The whole paper, from heading to figures."""

    title: str
    heading: Sequence[Field]
    advice: Sequence[Advice]
    decisions: Sequence[str]
    introduction: Sequence[str]
    next_steps: Sequence[str]
    attached: Sequence[str]


def proposal(e: Evaluation) -> Proposal:
    """Write the proposal of an edition; everything in it that is a figure is computed.

    Parameters
    ----------
    e
        The public evaluation of the district.
    """
    return Proposal(
        title=_fields(e)[0].value or e.edition.evaluatie.titel,
        heading=_fields(e),
        advice=[
            *(_trend(e), _practice(e), _direct(e), _improvements(e)),
            *(_costs(e), _campaigns(e), _exchange(e)),
        ],
        decisions=list(summary.ask(e).points)[1:],
        introduction=_introduction(e),
        next_steps=_next_steps(e),
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


# --- what to take note of ------------------------------------------------------------------------


def _trend(e: Evaluation) -> Advice:
    return Advice(
        "De ontwikkeling van het aantal meldingen",
        f"{summary.lead(e).plain} {_trend_sentence(e)}",
        "Ontwikkeling van de meldingen",
        _shown(
            development.district_sentence(e),
            development.split_chart(e),
            development.quarters_table(e),
            development.district_sure(e),
            development.meaning(e),
        ),
    )


def _trend_sentence(e: Evaluation) -> str:
    trend = facts.trend(e)
    if trend is None:
        return UNDECIDED
    limits = f"tussen {words.change(trend.low)} en {words.change(trend.high)}"
    if trend.verdict == "no_change":
        return (
            "Binnen dezelfde gemeenten is er geen duidelijke verandering: met 95% zekerheid ligt "
            f"die {limits} per jaar."
        )
    return (
        f"Binnen dezelfde gemeenten zijn het er {words.change(trend.value)} per jaar (met 95% "
        f"zekerheid {limits})."
    )


def _practice(e: Evaluation) -> Advice:
    return Advice(
        "De werkwijze, de samenwerking en de registratie",
        f"{_said(practice.partners_chart(e))} {practice.completeness_sentence(e).plain}",
        "Werkwijze, samenwerking en registratie",
        _shown(
            practice.receivers_chart(e),
            practice.partners_chart(e),
            practice.registration_chart(e),
            practice.completeness_chart(e),
            practice.gemeenten_sentence(e),
            practice.sure(e),
        ),
    )


def _direct(e: Evaluation) -> Advice:
    return Advice(
        "De voordelen van rechtstreeks ontvangen",
        f"{_said(direct.statements_chart(e))} {direct.sentence(e).plain}",
        "Rechtstreeks ontvangen",
        _shown(
            direct.statements_chart(e),
            direct.recipients_chart(e),
            direct.experience(e),
            direct.before_after(e),
        ),
    )


def _improvements(e: Evaluation) -> Advice:
    return Advice(
        "De verbeterpunten",
        f"{_said(improvements.background_chart(e))} {_said(improvements.themes_chart(e))}",
        "Verbeterpunten",
        _shown(
            improvements.background_sentence(e),
            improvements.background_chart(e),
            improvements.statements_chart(e),
            improvements.themes_chart(e),
            improvements.publicity_chart(e),
            improvements.sure(e),
        ),
    )


def _costs(e: Evaluation) -> Advice:
    return Advice(
        "De kosten en de financiering",
        f"{costs.phases_sentence(e).plain} {costs.district_sentence(e).paragraphs[0]}",
        "Kosten en financiering",
        _shown(
            costs.phases_sentence(e),
            costs.tariff_table(e),
            costs.district_sentence(e),
            scenarios.table(e),
            costs.worth_sentence(e),
            costs.sure(e),
        ),
    )


def _campaigns(e: Evaluation) -> Advice:
    return Advice(
        "De deelname aan campagnes",
        _said(next_steps.campaign_chart(e)),
        "Campagnes",
        _shown(
            campaigns.sentences(e),
            campaigns.counts_table(e),
            campaigns.sure(e),
            next_steps.campaign_chart(e),
        ),
    )


def _exchange(e: Evaluation) -> Advice:
    return Advice(
        "De verdiepingsdag en het wegingskader",
        f"{_said(next_steps.exchange_chart(e))} {_said(next_steps.framework_chart(e))}",
        "Vervolg",
        _shown(next_steps.exchange_chart(e), next_steps.framework_chart(e)),
    )


def _said(block: Block) -> str:
    """What a figure finds, as a sentence; what is said instead when there is nothing to draw."""
    if isinstance(block, Chart):
        return f"{block.title.rstrip('.')}."
    return block.plain if isinstance(block, Text) else ""


def _shown(*blocks: Block) -> list[Text | Sure | Table]:
    """The blocks that paper can hold: of a figure its table, of the rest their sentences."""
    found: list[Text | Sure | Table] = []
    for block in blocks:
        if isinstance(block, Chart):
            found.append(block.table)
        elif isinstance(block, Text | Sure | Table):
            found.append(block)
    return found


# --- introduction and what comes next ------------------------------------------------------------


def _introduction(e: Evaluation) -> list[str]:
    everyone = len(domain.gemeenten())
    delivered = everyone - len(facts.without_delivery(e))
    who = words.gemeenten(delivered, everyone, "leverde", "leverden")
    return [
        "Bij Meld Misdaad Anoniem (M.) kan iedereen een misdaad melden zonder een naam te noemen. "
        f"M. geeft meldingen door aan de politie, aan gemeenten en aan andere partners. "
        f"{_connected(e)}",
        f"Deze evaluatie gaat over {facts.whole_span(e)}. {words.capital(who)} daarvoor een "
        f"registratie van meldingen. {survey.response_sentence(e).plain}",
        "De cijfers in dit voorstel zijn dezelfde als in het rapport van het district. Kleine "
        "aantallen staan er niet in. Zo blijven melders onherkenbaar.",
    ]


def _connected(e: Evaluation) -> str:
    """Since when, and how many gemeenten receive meldingen themselves."""
    known = [known.connected_on for known in facts.connections(e)]
    days = [day for day in known if day is not None and day.date() <= e.peildatum]
    if not days:
        return f"Wanneer de gemeenten in {e.district.name} zijn aangesloten, is niet bekend."
    everyone = len(domain.gemeenten())
    who = words.gemeenten(len(days), everyone, "was", "waren")
    unknown = len(facts.without_date(e))
    beside = f" Van {words.plural(unknown, 'gemeente', 'gemeenten')} weten wij het niet."
    return (
        f"De eerste gemeente in {e.district.name} ontvangt ze rechtstreeks sinds "
        f"{words.month(min(days))}. Op de peildatum, {words.day(e.peildatum)}, {_turned(who)} "
        f"aangesloten.{beside if unknown else ''}"
    )


def _turned(who: str) -> str:
    """The verb before its subject: `alle 14 gemeenten waren` → `waren alle 14 gemeenten`."""
    subject, _, verb = who.rpartition(" ")
    return f"{verb} {subject}"


def _next_steps(e: Evaluation) -> list[str]:
    after = [c for c in e.edition.campagnes if c.begin > e.peildatum]
    planned = [f"{c.naam} ({words.days(c.begin, c.eind)})" for c in after]
    sure = next_steps.sure(e)
    coming = f"Na de peildatum staat gepland: {words.listing(planned)}." if planned else ""
    sentences = [
        next_steps.sentence(e).plain,
        sure.sentence if isinstance(sure, Sure) else "",
        *costs.district_sentence(e).paragraphs[1:],
        f"{_said(next_steps.exchange_chart(e))} {_said(next_steps.framework_chart(e))}",
        f"{coming} {_said(next_steps.campaign_chart(e))}".strip(),
    ]
    return [sentence for sentence in sentences if sentence]
