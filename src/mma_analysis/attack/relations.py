"""Every sum that ties counts together, from nothing but what each count is about."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

SINCE, DELIVERED, CLEAN = "since", "delivered", "clean"
Set = frozenset[str]


class About(NamedTuple):
    """What a count is about."""

    gemeenten: str
    counted: str
    period: str
    family: str
    codes: str


# A count and the counts that it is the sum of; what nobody counts by itself is a remainder.
Sum = tuple[str, list[str | About]]


def sums(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List the sums that hold between counts, and the remainders that they make known.

    Counts that differ in one thing only (gemeenten, days, classes) are each the sum of the pieces
    in which they cut each other; one that is no count is a remainder: what a reader can subtract.

    `counts` has one row per count, on its name, no two about the same, with what it is about. Sums
    have one row per sum and count: in every sum count × `coefficient` adds up to 0.
    """
    columns = (counts[name] for name in (*About._fields, "since"))
    rows = [
        (name, About(*about), since)
        for name, *about, since in zip(counts.index, *columns, strict=True)
    ]
    terms, rests = list[tuple[int, str, int]](), dict[str, About]()
    for relation, (whole, parts) in enumerate(_all_sums(rows)):
        terms.append((relation, whole, -1))
        for part in parts:
            if isinstance(part, About):
                rests["|".join(part)] = part
            terms.append((relation, "|".join(part) if isinstance(part, About) else part, 1))
    remainders = pd.DataFrame(list(rests.values()), list(rests), list(About._fields), dtype="str")
    return pd.DataFrame(terms, columns=["relation", "count", "coefficient"]), remainders


def _all_sums(rows: Sequence[tuple[str, About, str]]) -> Iterator[Sum]:
    by_gemeenten, by_days, by_class, by_receipt, since = (defaultdict(list) for _ in range(5))
    for name, about, months in rows:
        if months:
            since[months, about.family, about.codes].append((name, about))
        if about.period.startswith(SINCE):
            continue
        by_class[about[:3]].append((name, about))
        by_receipt[about._replace(counted="")].append((name, about.counted))
        if about.counted == "receipts":
            gemeenten = frozenset(about.gemeenten.split(","))
            by_gemeenten[about._replace(gemeenten="")].append((name, gemeenten))
        if about.family != DELIVERED:
            by_days[about._replace(period="")].append((name, about.period))
    for about, sets in by_gemeenten.items():
        yield from _cut_up(sets, "gemeenten", about)
    for about, periods in by_days.items():
        names, of_names = zip(*periods, strict=True)
        yield from _cut_up(list(zip(names, _spans(of_names), strict=True)), "period", about)
    for classes in by_class.values():
        yield from _of_classes(classes)
    for counted in by_receipt.values():  # a tip of two gemeenten is two receipts
        name_of = {what: name for name, what in counted}
        if len(name_of) == 3:
            yield name_of["receipts"], [name_of["tips"], name_of["again"]]
    for months in since.values():
        apart = [name for name, about in months if not about.period.startswith(SINCE)]
        yield from ((whole, [*apart]) for whole, _ in months if whole not in apart)


def _of_classes(own: Sequence[tuple[str, About]]) -> Iterator[Sum]:
    """What ties the classes of the same gemeenten and days: one family of codes at a time."""
    families: dict[str, list[tuple[str, Set]]] = defaultdict(list)
    for name, about in own:
        families[about.family].append((name, frozenset(about.codes.split(","))))
    totals = [name for name, _ in families.pop("", [])]
    for family, classes in families.items():
        every = frozenset[str]().union(*(codes for _, codes in classes))
        of_total = frozenset([CLEAN]) if family == DELIVERED else every
        sets = [*classes, *((name, of_total) for name in totals)]
        yield from _cut_up(sets, "codes", own[0][1]._replace(family=family))


def _spans(periods: Iterable[str]) -> list[Set]:
    """Every period as the spans between all first and last days, the shortest there are."""
    runs = [
        [tuple(dt.date.fromisoformat(day) for day in run.split("/")) for run in period.split(",")]
        for period in periods
    ]
    days, one = [run for own in runs for run in own], dt.timedelta(days=1)
    cuts = sorted({first for first, _ in days} | {last + one for _, last in days})
    spans = [(first, until - one) for first, until in pairwise(cuts)]
    return [
        frozenset(f"{a}/{b}" for a, b in spans for first, last in own if first <= a and b <= last)
        for own in runs
    ]


def _cut_up(own: Sequence[tuple[str, Set]], field: str, about: About) -> Iterator[Sum]:
    """Each set as the sum of the smallest pieces that all sets together make of it."""
    first: dict[Set, str] = {}
    for name, pieces in own:
        if first.setdefault(pieces, name) != name:
            yield first[pieces], [name]
    for whole, pieces in _pieces(tuple(first)).items():
        rests = (about._replace(**{field: ",".join(sorted(piece))}) for piece in pieces)
        if len(pieces) > 1:
            named = zip(pieces, rests, strict=True)
            yield first[whole], [first.get(piece) or rest for piece, rest in named]


@lru_cache(maxsize=4096)
def _pieces(sets: tuple[Set, ...]) -> dict[Set, list[Set]]:
    """Each set → the pieces it is cut in: what is in the same sets stays together."""
    together: dict[tuple[bool, ...], list[str]] = defaultdict(list)
    for one in sorted(frozenset[str]().union(*sets)):
        together[tuple(one in own for own in sets)].append(one)
    found = [(inside, frozenset(members)) for inside, members in together.items()]
    return {own: [piece for inside, piece in found if inside[n]] for n, own in enumerate(sets)}
