"""Every kind of sum that everybody knows is one the audit reckons with: without it, a leak."""

import pytest

from audit_pages import edition_of_two
from mma_analysis.audit.attack import weak_cells
from mma_analysis.audit.placing import Key, Placed
from mma_analysis.audit.placing.tables import COUNT, HIDDEN, RECEIVED, SHOWN
from mma_analysis.audit.relations import relations
from mma_analysis.vocabulary import TOTAL, Vocabulary

FIRST, SECOND, WHOLE = "2021-07/2021-12", "2022-01/2022-06", "2021-07/2022-06"
TWENTE = Vocabulary().district.slug
Counts = dict[Key, int | None]


def totals(area: str, *counts: int | None) -> Counts:
    """Both halves and the whole of one area; None is hidden."""
    return {
        Key(area, period, TOTAL, TOTAL): count
        for period, count in zip((FIRST, SECOND, WHOLE), counts, strict=True)
    }


def of_borne(breakdown: str, **counts: int | None) -> Counts:
    return {Key("borne", WHOLE, breakdown, value): count for value, count in counts.items()}


PERIODS = totals("borne", None, 7, 10)
# Between 3 and 7 stands only that no gemeente has more than the district leaves it.
AREAS = {**totals("almelo", 0, 0, 0), **totals("borne", None, None, 10), **totals(TWENTE, 3, 7, 10)}
VALUES = {**of_borne(TOTAL, totaal=20), **of_borne("usable", ja=None, nee=8, onbekend=9)}
GROUPS = {
    **of_borne("acted", nee=10),
    **of_borne("disposition", toegevoegd_aan_dossier=None, niet_actiewaardig=7),
}
TOPICS = {
    **of_borne("topic_main", ander=40),
    **of_borne("topic_group", geweld=None, fraude_en_geld=17, wonen_en_uitbuiting=8),
    **of_borne("topic_group", ondermijning=12, overig=0),
}
TOGETHER = {
    **{Key("almelo", WHOLE, TOTAL, TOTAL): 50, Key("borne", WHOLE, TOTAL, TOTAL): None},
    Key(RECEIVED, WHOLE, TOTAL, TOTAL): 53,
}


@pytest.mark.parametrize(
    ("counts", "more"),
    [
        (PERIODS, [Key("borne", WHOLE, TOTAL, TOTAL)]),
        (AREAS, [Key(TWENTE, SECOND, TOTAL, TOTAL), Key(TWENTE, WHOLE, TOTAL, TOTAL)]),
        (VALUES, [Key("borne", WHOLE, "usable", "nee")]),
        (GROUPS, [Key("borne", WHOLE, "disposition", "niet_actiewaardig")]),
        (TOPICS, [Key("borne", WHOLE, "topic_group", "ondermijning")]),
        (TOGETHER, [Key("almelo", WHOLE, TOTAL, TOTAL)]),
    ],
    ids=["periods", "areas", "values", "dispositions", "topics", "all that was received"],
)
def test_a_hidden_three_is_found_until_more_is_hidden(counts: Counts, more: list[Key]) -> None:
    assert set(found(counts).values()) == {"exact"}
    assert found(counts | dict.fromkeys(more)) == {}


def found(counts: Counts) -> dict[Key, str]:
    """What an attacker who sees zeros learns of the hidden ones."""
    known = {key: float(count) for key, count in counts.items() if count is not None}
    placed = [
        Placed(key, COUNT, HIDDEN if count is None else SHOWN, count or 0, count or 0, "f", "p")
        for key, count in counts.items()
    ]
    hidden = [key for key in counts if key not in known]
    return weak_cells(known, hidden, relations(placed, edition_of_two()), threshold=5, floor=1)
