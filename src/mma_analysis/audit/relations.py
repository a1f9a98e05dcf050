"""What must add up between counts, from what everybody knows about areas, periods and topics."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from mma_analysis.audit.placing.tables import COUNT, JOINED, RECEIVED, Placed
from mma_analysis.audit.placing.vocabulary import Key, Periods
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import TOTAL, Vocabulary

Combination = tuple[str, str, str]  # period, breakdown, value


class Relation(NamedTuple):
    """Parts that are a whole together, or more than that."""

    parts: tuple[Key, ...]
    whole: Key
    can_be_more: bool = False


def relations(placed: Collection[Placed], edition: Edition) -> list[Relation]:
    """Write down every sum that holds between counts of the kinds that were found.

    Gemeenten that delivered are the district together, or more: several can receive one tip. Parts
    of a period are the period; values the total; topics their group; what gemeenten received is the
    figure for all of them.
    """
    keys = {p.key for p in placed if p.measure == COUNT}
    combinations = {(key.period, key.breakdown, key.value) for key in keys}
    periods = Periods(edition.begin, edition.peildatum)
    vocabulary = edition.vocabulary
    gemeenten = [a.slug for a in vocabulary.gemeenten if edition.gemeente(a.slug).levering]
    areas = [*gemeenten, vocabulary.district.slug]
    return [
        *_areas(combinations, gemeenten, vocabulary.district.slug),
        *_periods(combinations, areas, periods),
        *_values(vocabulary, combinations, areas),
        *_groups(vocabulary, combinations, areas),
        *_received(keys, gemeenten, edition),
    ]


def _areas(
    combinations: Collection[Combination], gemeenten: Sequence[str], district: str
) -> Iterator[Relation]:
    for combination in sorted(combinations):
        parts = tuple(Key(area, *combination) for area in gemeenten)
        yield Relation(parts, Key(district, *combination), can_be_more=True)


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
                    keys = tuple(Key(area, p, breakdown, value) for p in parts)
                    yield Relation(keys, Key(area, long, breakdown, value))


@cache
def _within(inner: str, outer: str) -> bool:
    """Whether a period lies in another one."""
    (begin, end), (first, last) = inner.split("/"), outer.split("/")
    return first <= begin and end <= last


def _values(
    vocabulary: Vocabulary, combinations: Collection[Combination], areas: Sequence[str]
) -> Iterator[Relation]:
    times = sorted({period for period, breakdown, _ in combinations if breakdown == TOTAL})
    for (name, values), period, area in product(_values_of(vocabulary).items(), times, areas):
        parts = tuple(Key(area, period, name, value) for value in values)
        yield Relation(parts, Key(area, period, TOTAL, TOTAL))


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
            parts = [Key(area, period, fine, c) for c, of in whole_of.items() if of == whole]
            yield Relation(tuple(parts), Key(area, period, coarse, whole))


def _received(
    keys: Collection[Key], gemeenten: Sequence[str], edition: Edition
) -> Iterator[Relation]:
    """What all gemeenten received together, and those that joined within the year."""
    for key in sorted(key for key in keys if key.area in (RECEIVED, JOINED)):
        who = gemeenten
        if key.area == JOINED:
            who = [slug for slug in gemeenten if _joined_in(key.period, slug, edition)]
        yield Relation(tuple(key._replace(area=slug) for slug in who), key)


def _joined_in(period: str, slug: str, edition: Edition) -> bool:
    connected = edition.gemeente(slug).aangesloten
    return connected is not None and f"{connected:%Y-%m}" >= period.split("/")[0]
