"""The proposal as a whole: its heading, and what is in it in which order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import summary, terms, words
from mma_analysis.show.blocks import Table, Terms, Text
from mma_analysis.show.proposal.advice import Advice, advice, noted_once, told_once
from mma_analysis.show.proposal.around import coming, introduction

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
    decisions, begin, after = list(summary.ask(e).points)[1:], introduction(e), coming(e)
    points = told_once(noted_once(advice(e)), [*decisions, *begin, *after])
    return Proposal(
        title=title,
        heading=_fields(e),
        advice=points,
        decisions=decisions,
        introduction=begin,
        next_steps=after,
        explained=_explained(e, [title, *decisions, *begin, *after, *_texts(points)]),
        attached=[
            f"district.html: het evaluatierapport van het district {e.district.name}",
            "een rapport per gemeente, met de naam van de gemeente",
            "bijlage.xlsx: alle tabellen, met een toelichting en definities",
        ],
    )


def _explained(e: Evaluation, texts: Iterable[str]) -> Terms:
    return Terms(terms.in_order(terms.used_in(e.vocabulary, "\n".join([BODY, *texts]))))


def _texts(points: Sequence[Advice]) -> Iterator[str]:
    """Everything that the points say, in sentences and in tables."""
    for point in points:
        yield from (point.subject, point.sentence)
        for block in point.blocks:
            if isinstance(block, Table):
                yield from (block.caption, block.note, *block.head)
                yield from (cell for row in block.rows for cell in row)
            else:
                yield from block.paragraphs if isinstance(block, Text) else [block.sentence]


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
