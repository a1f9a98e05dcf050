"""What the annex says around its tables: cover, notes, what the words for no number mean."""

from dataclasses import dataclass

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import accountability, facts, words
from mma_analysis.show.annex import cells
from mma_analysis.vocabulary import Vocabulary

FICTITIOUS = (
    "Fictieve voorbeelddata. Deze cijfers zijn verzonnen en zeggen niets over de genoemde "
    "gemeenten."
)


@dataclass(frozen=True)
class Sign:
    """What stands in a cell, and what it means."""

    words: str
    meaning: str


@dataclass(frozen=True)
class Definition:
    """One figure: what it is, how it is computed, what it assumes and where it stops."""

    name: str
    unit: str
    definition: str
    method: str
    assumption: str
    limit: str
    source: str


def cover(e: Evaluation) -> list[tuple[str, str]]:
    """What this workbook is, as pairs of a heading and a text."""
    return [
        ("Evaluatie", e.edition.evaluatie.titel),
        ("Gebied", f"District {e.district.name}, {len(e.vocabulary.gemeenten)} gemeenten"),
        ("Periode", facts.whole_span(e)),
        ("Peildatum", words.day(e.peildatum)),
        ("Uitgave", "openbaar"),
        ("Hoort bij", "district.html en de rapporten van de gemeenten"),
        ("Gemaakt met", accountability.colophon(e).plain),
    ]


def notes(e: Evaluation) -> list[tuple[str, str]]:
    """How to read the tables, as pairs of a subject and a text."""
    return [
        (
            "Eén tabel per tabblad",
            "Elk tabblad heeft een titel, een toelichting en één tabel. De "
            "koppen blijven staan als u naar beneden gaat.",
        ),
        (
            "Hetzelfde als in het rapport",
            "Onder een tabel in het rapport staat op welk tabblad de "
            "cijfers staan. Op het tabblad staat bij welk hoofdstuk zij horen. Het rapport rondt "
            "af; hier staan meer cijfers achter de komma, behalve bij bedragen en bij schattingen "
            "die zelf al zijn afgerond.",
        ),
        ("Bescherming", accountability.protection_sentence(e).plain),
        (
            "Van en tot",
            "Twee kolommen met van en tot geven de grenzen waar het echte getal met 95% "
            "zekerheid tussen ligt, of het laagste en hoogste dat mogelijk is.",
        ),
        (
            "Kwaliteit van leveringen",
            " ".join(
                f"{g['label']}: {words.small(g['rule'])}" for g in e.vocabulary.reference("grades")
            ),
        ),
        (
            "Teksten",
            "Een tekst die een rekenprogramma voor een formule kan houden, begint hier met "
            "een apostrof. In dit bestand staan geen formules, macro's of koppelingen naar buiten.",
        ),
        *accountability.definitions(e).terms,
    ]


def signs(basis: int) -> list[Sign]:
    """What can stand in a cell instead of a number."""
    return [
        Sign(f"0 – {basis - 1}", "geen of een paar: openbare aantallen zijn afgerond"),
        Sign(cells.HIDDEN, "niet getoond, om melders te beschermen"),
        Sign(cells.NEVER, "de gemeente houdt dit gegeven niet bij: het staat bij geen melding"),
        Sign(cells.MISSING, "wij kregen geen gegevens: het kunnen er nul zijn, of veel"),
        Sign(
            cells.NOT_APPLICABLE,
            "er kon niets zijn, bijvoorbeeld omdat een gemeente nog niet was aangesloten",
        ),
        Sign(
            cells.UNDETERMINED,
            "dit cijfer volgt uit andere cijfers, en een daarvan is niet "
            "getoond of niet bekend, of er is te weinig geteld om het te zeggen",
        ),
        Sign(cells.UNKNOWN, "dit is voor deze evaluatie niet opgegeven"),
        Sign(cells.ENDLESS, "het kan oneindig veel meer zijn: er is geen grens te geven"),
    ]


def definitions(vocabulary: Vocabulary, names: list[str]) -> list[Definition]:
    """What each of these figures is, from the table of indicators."""
    return [
        Definition(
            *(row["name"], row["unit"], words.capital(row["definition"]), row["method"]),
            *(row["assumption"], row["limit"], row["source"]),
        )
        for row in vocabulary.reference("indicators")
        if row["name"] in names
    ]
