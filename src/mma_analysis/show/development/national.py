"""The national series as a benchmark."""

from itertools import pairwise

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.blocks import Block, Table, Text, text

YEARS_SHOWN = 6
NOT_KNOWN = "Landelijke cijfers over deze jaren zijn niet bekend."


def national_sentence(e: Evaluation) -> Text:
    """What the national figures say about the years evaluated."""
    series = _series(e)
    parts = [
        _change(year, count / series[year - 1] - 1)
        for year, count in series.items()
        if year > e.begin.year and year - 1 in series
    ]
    if not parts:
        return text(NOT_KNOWN)
    return text(
        f"Landelijk veranderde het aantal meldingen dat M. doorgaf zo: {words.listing(parts)}. Dat "
        "gaat over alle partners van M., niet alleen over gemeenten."
    )


def national_table(e: Evaluation) -> Block:
    """The national series up to the peildatum."""
    shown = list(_series(e).items())[-YEARS_SHOWN:]
    if not shown:
        return text(NOT_KNOWN)
    changes = ["", *[_signed(after / before - 1) for (_, before), (_, after) in pairwise(shown)]]
    return Table(
        "Landelijk: meldingen die M. doorgaf aan politie, gemeenten en andere partners",
        ["Jaar", "Doorgegeven", "Verandering"],
        [
            [str(year), words.number(count), change]
            for (year, count), change in zip(shown, changes, strict=True)
        ],
        note="Bron: jaarcijfers van M. in de pers. Het gaat om alle partners en om hele "
        "kalenderjaren. Vergelijk daarom de richting en niet het aantal.",
    )


def _series(e: Evaluation) -> dict[int, int]:
    """Year → tips that M. passed on, for the years up to the peildatum."""
    rows = {int(row["year"]): int(row["forwarded"]) for row in domain.reference("national")}
    return {year: count for year, count in rows.items() if year <= e.peildatum.year}


def _change(year: int, share: float) -> str:
    size = words.number(abs(share) * 100, 1)
    if size == "0,0":
        return f"evenveel in {year} als in {year - 1}"
    return f"{size}% {'meer' if share > 0 else 'minder'} in {year} dan in {year - 1}"


def _signed(share: float) -> str:
    return f"{words.signed(share * 100, 1)}%"
