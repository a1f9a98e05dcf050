"""The national series as a benchmark."""

import datetime as dt
from itertools import pairwise
from typing import Any

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.blocks import Block, Table, Text, text
from mma_analysis.show.development.district import VERDICTS
from mma_analysis.show.facts import CANNOT_TELL

YEARS_SHOWN = 6
NOT_KNOWN = "Landelijke cijfers over deze jaren zijn niet bekend."


def national_sentence(e: Evaluation) -> Text:
    """What the national figures say about the years evaluated."""
    series = _series(e)
    changes = [
        (year, count / series[year - 1] - 1)
        for year, count in series.items()
        if year > e.begin.year and year - 1 in series
    ]
    if not changes:
        return text(NOT_KNOWN)
    first, *others = changes
    parts = [_change(*first, " meldingen door"), *[_change(*other) for other in others]]
    return text(
        f"Landelijk gaf M. {words.listing(parts)}. Dat gaat over alle partners van M., niet alleen "
        "over gemeenten.",
        _beside(e),
    )


def national_table(e: Evaluation) -> Block:
    """The national series of whole years up to the peildatum."""
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
        "kalenderjaren.",
        sources=("national",),
    )


def _beside(e: Evaluation) -> str:
    """The district and the country over the same whole calendar years."""
    table = e.table("national_comparison")
    if table.empty:
        return (
            f"{e.district.name} is daar niet naast te zetten: de landelijke cijfers gaan over hele "
            "kalenderjaren, en deze evaluatie telt er geen twee na elkaar."
        )
    known = table.dropna(subset=["national_change"])
    return " ".join(_pair(e, row) for _, row in known.iterrows())


def _pair(e: Evaluation, row: Any) -> str:
    years = f"Van {int(row['year_from'])} op {int(row['year_to'])}"
    national = f"Nederland {_signed(float(row['national_change']))}"
    if row["verdict"] == CANNOT_TELL:
        return (
            f"{years}: {national}; voor {e.district.name} is de verandering niet vast te stellen."
        )
    own = f"{e.district.name} {words.signed(float(row['change']) * 100)}%"
    return (
        f"{years}: {own}, {national}. Voor {e.district.name} is dat binnen de gemeenten die in "
        "beide jaren waren aangesloten; met 95% zekerheid ligt het tussen "
        f"{words.change(row['low'])} en {words.change(row['high'])}. {VERDICTS[row['verdict']]}"
    )


def _series(e: Evaluation) -> dict[int, int]:
    """Year → tips that M. passed on, for the years that were over on the peildatum."""
    rows = {int(row["year"]): int(row["forwarded"]) for row in e.vocabulary.reference("national")}
    return {year: count for year, count in rows.items() if dt.date(year, 12, 31) <= e.peildatum}


def _change(year: int, share: float, what: str = "") -> str:
    size = words.number(abs(share) * 100, 1)
    if size == "0,0":
        return f"evenveel{what} in {year} als in {year - 1}"
    return f"{size}% {'meer' if share > 0 else 'minder'}{what} in {year} dan in {year - 1}"


def _signed(share: float) -> str:
    return f"{words.signed(share * 100, 1)}%"
