"""What must add up between counts, from what everybody knows about areas, periods and topics."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from mma_analysis.audit.placing.tables import (
    COUNT,
    JOINED,
    KNOWN,
    PRICE,
    RECEIVED,
    SHARE,
    SHOWN,
    Placed,
)
from mma_analysis.audit.placing.vocabulary import Key, Periods
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary

TWICE = "dubbel"  # what more than one gemeente received, beyond the first
Cell = Any  # a `Key`; anything that can be looked up will do
Terms = tuple[tuple[Cell, float], ...]
Combination = tuple[str, str, str]  # period, breakdown, value


@dataclass(frozen=True)
class Relation:
    """A sum of counts, each times a number, that lies between two numbers."""

    terms: Terms
    low: float = 0.0
    high: float = 0.0

    @property
    def is_sum(self) -> bool:
        """Whether it holds whatever was shown: it is not read from a share or a price."""
        return self.low == self.high == 0.0


def relations(placed: Collection[Placed], edition: Edition) -> list[Relation]:
    """Write down every sum that holds between counts of the kinds that were found.

    Gemeenten that delivered add up to the district and what was received twice; parts of a period
    to the period; values to the total; topics to their group; what gemeenten received to the figure
    for all of them together. A rounded percentage of a total says between which counts it lies.
    """
    counts = [p for p in placed if p.measure == COUNT]
    combinations = {(p.key.period, p.key.breakdown, p.key.value) for p in counts}
    periods = Periods(edition.begin, edition.peildatum)
    vocabulary = edition.vocabulary
    gemeenten = [a.slug for a in vocabulary.gemeenten if edition.gemeente(a.slug).levering]
    district = vocabulary.district.slug
    areas = [*gemeenten, district, TWICE]
    return [
        *_areas(combinations, gemeenten, district),
        *_periods(combinations, areas, periods),
        *_values(vocabulary, combinations, areas),
        *_groups(vocabulary, combinations, areas),
        *_received({p.key for p in counts}, gemeenten, edition),
        *_shares(placed),
    ]


def adds_up(parts: Iterable[Key], whole: Key) -> Relation:
    """The parts together are the whole."""
    return Relation((*((part, 1.0) for part in parts), (whole, -1.0)))


def _areas(
    combinations: Collection[Combination], gemeenten: Sequence[str], district: str
) -> Iterator[Relation]:
    for combination in sorted(combinations):
        terms = [(Key(area, *combination), 1.0) for area in gemeenten]
        terms += [(Key(area, *combination), -1.0) for area in (district, TWICE)]
        if combination[0] and gemeenten:
            yield Relation(tuple(terms))


def _periods(
    combinations: Collection[Combination], areas: Sequence[str], periods: Periods
) -> Iterator[Relation]:
    cuts = [periods.parts(length) for length in (1, 6, 12)] + [[periods.whole]]
    kinds = sorted({(breakdown, value) for _, breakdown, value in combinations})
    for (breakdown, value), area in product(kinds, areas):
        there = [p for cut in cuts for p in cut if (p, breakdown, value) in combinations]
        for long in dict.fromkeys(there):
            for cut in cuts:
                parts = [p for p in cut if _within(p, long) and p != long]
                if parts and all((p, breakdown, value) in combinations for p in parts):
                    keys = [Key(area, p, breakdown, value) for p in parts]
                    yield adds_up(keys, Key(area, long, breakdown, value))


@cache
def _within(inner: str, outer: str) -> bool:
    """Whether a period lies in another one."""
    (begin, end), (first, last) = inner.split("/"), outer.split("/")
    return first <= begin and end <= last


def _values(
    vocabulary: Vocabulary, combinations: Collection[Combination], areas: Sequence[str]
) -> Iterator[Relation]:
    times = sorted({period for period, breakdown, _ in combinations if breakdown == TOTAL})
    for (name, values), period in product(_values_of(vocabulary).items(), times):
        if all((period, name, value) in combinations for value in values):
            for area in areas:
                parts = [Key(area, period, name, value) for value in values]
                yield adds_up(parts, Key(area, period, TOTAL, TOTAL))


def _values_of(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Breakdown → its values, that together are all meldingen."""
    names = {row["breakdown"] for row in vocabulary.reference("breakdowns")} - {TOTAL}
    named = {"topic": vocabulary.topics, "topic_group": vocabulary.topic_groups}
    return {name: list(named.get(name) or vocabulary.values(name)) for name in sorted(names)}


def _groups(
    vocabulary: Vocabulary, combinations: Collection[Combination], areas: Sequence[str]
) -> Iterator[Relation]:
    """Topics are their groups, what was done whether anybody acted."""
    acted = {row["disposition"]: row["acted"] for row in vocabulary.reference("acted")}
    for fine, coarse, whole_of in (
        ("topic", "topic_group", vocabulary.group_of_topic),
        ("disposition", "acted", acted),
    ):
        times = sorted({period for period, breakdown, _ in combinations if breakdown == fine})
        for period, whole, area in product(times, dict.fromkeys(whole_of.values()), areas):
            if (period, coarse, whole) in combinations:
                parts = [Key(area, period, fine, c) for c, of in whole_of.items() if of == whole]
                yield adds_up(parts, Key(area, period, coarse, whole))


def _received(
    keys: Collection[Key], gemeenten: Sequence[str], edition: Edition
) -> Iterator[Relation]:
    """What all gemeenten received together, and those that joined within the year."""
    for key in sorted(key for key in keys if key.area in (RECEIVED, JOINED)):
        who = gemeenten
        if key.area == JOINED:
            who = [slug for slug in gemeenten if _joined_in(key.period, slug, edition)]
        yield adds_up([key._replace(area=slug) for slug in who], key)


def _joined_in(period: str, slug: str, edition: Edition) -> bool:
    connected = edition.gemeente(slug).aangesloten
    return connected is not None and f"{connected:%Y-%m}" >= period.split("/")[0]


def _shares(placed: Collection[Placed]) -> Iterator[Relation]:
    """A share of a total as two limits: count − share × total is not above nor below nothing.

    A count that follows from a price lies between two numbers as it is.
    """
    for p in dict.fromkeys((p.key, p.measure, p.low, p.high) for p in placed if p.state == SHOWN):
        key, measure, low, high = p
        if measure == PRICE:
            yield Relation(((key, 1.0),), low, high)
        if measure not in (SHARE, KNOWN):
            continue
        if measure == KNOWN:
            key, low, high = key._replace(value=UNKNOWN), 1 - high, 1 - low
        total = key._replace(breakdown=TOTAL, value=TOTAL)
        yield Relation(((key, 1.0), (total, -low)), 0.0, float("inf"))
        yield Relation(((key, 1.0), (total, -high)), float("-inf"), 0.0)
