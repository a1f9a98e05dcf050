"""Wat er is veranderd sinds de vorige editie: the time that it is about, and what figures mean."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.blocks import Block, Table, Text, text

TOTALS, DEFINITIONS = "changed_totals", "changed_definitions"
NO_EARLIER = (
    "Dat is hier niet te zeggen: voor deze evaluatie is geen vorige editie opgegeven. Een volgende "
    "evaluatie kan wel met deze worden vergeleken."
)
NOTHING = "niet opgegeven"
SETTINGS = {
    "begin": "Eerste dag die meetelt",
    "peildatum": "Peildatum",
    "basis": "Afronding van aantallen",
    "topics": "Lijst van woorden voor onderwerpen",
}
MOST_ROWS = 12  # in a table that is open
DATES = ("begin", "peildatum", "connected")


def sentence(e: Evaluation) -> Text:
    """The whole period of the earlier edition and of this one, which are not to be subtracted."""
    if not e.has(TOTALS):
        return text(NO_EARLIER)
    rows = e.rows(TOTALS, area=e.area.slug)
    if not rows or pd.isna(rows[0]["period_before"]):
        return text(f"In de vorige editie stond {e.area.name} nog niet.")
    row = rows[0]
    before, after = (days(str(row[f"period_{when}"])) for when in ("before", "after"))
    if before == after:
        return text(f"De vorige editie ging over dezelfde tijd: {before}.")
    return text(
        f"De vorige editie ging over {before}. Deze gaat over {after}. Wat daartussen verschilt, "
        "is dus niet vanzelf een groei of een daling."
    )


def definitions_table(e: Evaluation) -> Block:
    """What figures mean now, where that is not what they meant."""
    if not e.has(TOTALS):
        return text()
    if not e.has(DEFINITIONS):
        return text("Wat de cijfers van de vorige editie betekenden, is toen niet vastgelegd.")
    rows = definitions(e)
    if not rows:
        return text("Alle cijfers betekenen hetzelfde als in de vorige editie.")
    return Table(
        "Wat cijfers nu anders betekenen",
        ["Wat", "Vorige editie", "Nu"],
        rows,
        note="Een hogere versie betekent dat het cijfer anders is berekend.",
        is_text=True,
        is_folded=len(rows) > MOST_ROWS,
        sources=(DEFINITIONS,),
    )


def definitions(e: Evaluation) -> list[list[str]]:
    """What means something else now: what it is, what it was, and what it is now, in words."""
    return [
        [_name(e, row), *(_value(e, row, when) for when in ("before", "after"))]
        for row in (dict(row) for _, row in e.table(DEFINITIONS).iterrows())
    ]


def days(period: str) -> str:
    """First and last day as released → `jul 2021 – jun 2022`."""
    first, _, last = period.partition("/")
    return words.span(pd.Timestamp(first), pd.Timestamp(last))


def _name(e: Evaluation, row: Mapping[str, Any]) -> str:
    what, of = str(row["what"]), str(row["of"] or "")
    if what == "connected":
        return f"{e.vocabulary.area(of).name} aangesloten sinds"
    if what == "group":
        return f"Hoofdgroep van {words.small(e.vocabulary.topics.get(of, of))}"
    if what == "indicator":
        names = {one["code"]: one["name"] for one in e.vocabulary.reference("indicators")}
        return f"Berekening: {words.small(names.get(of, of))}"
    return SETTINGS[what]


def _value(e: Evaluation, row: Mapping[str, Any], when: str) -> str:
    value, what = row[when], str(row["what"])
    if pd.isna(value):
        return NOTHING
    if what in DATES:
        return words.day(pd.Timestamp(str(value)))
    if what == "group":
        return e.vocabulary.topic_groups.get(str(value), str(value))
    return f"versie {value}" if what == "indicator" else str(value)
