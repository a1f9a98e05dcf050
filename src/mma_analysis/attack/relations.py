"""Every sum that ties counts together, from nothing but what each count is about."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
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

    Counts that differ in one thing only (gemeenten, days or classes) cut each other in pieces, and
    each is the sum of its pieces. A piece that is no count itself is a remainder: what a reader can
    subtract.

    `counts` has one row per count, on its name, no two about the same, with what it is about. Sums
    have one row per sum and count: in every sum count × `coefficient` adds up to 0.

    Examples
    --------
    >>> counts = pd.DataFrame({"gemeenten": ["a", "b", "a,b,c"], "counted": "receipts",
    ...                        "period": "2022-01-01/2022-12-31", "since": "", "family": "",
    ...                        "codes": ""}, index=["a", "b", "all"])
    >>> terms, remainders = sums(counts)
    >>> terms[["count", "coefficient"]].to_numpy().tolist()
    [['all', -1], ['a', 1], ['b', 1], ['c|receipts|2022-01-01/2022-12-31||', 1]]
    """
    columns = (counts[name] for name in (*About._fields, "since"))
    rows = [
        (name, About(*about), since)
        for name, *about, since in zip(counts.index, *columns, strict=True)
    ]
    terms: list[tuple[int, str, int]] = []
    rests: dict[str, About] = {}
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
            by_gemeenten[about._replace(gemeenten="")].append((name, about.gemeenten))
        if about.family != DELIVERED:
            by_days[about._replace(period="")].append((name, about.period))
    for about, own in by_gemeenten.items():
        sets = [(name, frozenset(gemeenten.split(","))) for name, gemeenten in own]
        yield from _cut_up(sets, lambda s, of=about: of._replace(gemeenten=",".join(sorted(s))))
    for about, own in by_days.items():
        spans = zip((name for name, _ in own), _spans([days for _, days in own]), strict=True)
        yield from _cut_up([*spans], lambda s, of=about: of._replace(period=",".join(sorted(s))))
    for own in by_class.values():
        yield from _of_classes(own)
    for own in by_receipt.values():  # a tip that two gemeenten received is two receipts
        of = {counted: name for name, counted in own}
        if len(of) == 3:
            yield of["receipts"], [of["tips"], of["again"]]
    for own in since.values():
        together = [name for name, about in own if about.period.startswith(SINCE)]
        apart = [name for name, about in own if not about.period.startswith(SINCE)]
        yield from ((whole, [*apart]) for whole in together)


def _of_classes(own: Sequence[tuple[str, About]]) -> Iterator[Sum]:
    """What ties the classes of the same gemeenten and days: one family of codes at a time."""
    families: dict[str, list[tuple[str, Set]]] = defaultdict(list)
    for name, about in own:
        families[about.family].append((name, frozenset(about.codes.split(","))))
    totals = [name for name, _ in families.pop("", [])]
    for family, classes in families.items():
        every = frozenset[str]().union(*(codes for _, codes in classes))
        of_total = frozenset([CLEAN]) if family == DELIVERED else every
        known = [*classes, *((name, of_total) for name in totals)]
        for place, field in enumerate(family.split("+") if "+" in family else ()):
            for name, codes in families.get(field, []):  # a class of one of two crossed fields
                crossed = frozenset(pair for pair in every if pair.split("+")[place] in codes)
                known += [(name, crossed)] if crossed else []
        about = own[0][1]._replace(family=family)
        yield from _cut_up(known, lambda s, of=about: of._replace(codes=",".join(sorted(s))))


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


def _cut_up(
    own: Sequence[tuple[str, Set]], rest: Callable[[Set], About]
) -> Iterator[tuple[str, list[str | About]]]:
    """Each set as the sum of the smallest pieces that all sets together make of it.

    `rest`: what a piece is about that is no set itself.
    """
    first: dict[Set, str] = {}
    for name, pieces in own:
        if first.setdefault(pieces, name) != name:
            yield first[pieces], [name]
    for whole, pieces in _pieces(tuple(first)).items():
        if len(pieces) > 1:
            yield first[whole], [first.get(piece) or rest(piece) for piece in pieces]


@lru_cache(maxsize=4096)
def _pieces(sets: tuple[Set, ...]) -> dict[Set, list[Set]]:
    """Each set → the pieces it is cut in: what is in the same sets stays together."""
    inside: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(sets):
        for one in own:
            inside[one].append(place)
    together: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for one in sorted(inside):
        together[tuple(inside[one])].append(one)
    found: dict[Set, list[Set]] = {own: [] for own in sets}
    for places, members in together.items():
        for place in places:
            found[sets[place]].append(frozenset(members))
    return found
