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


class Sum(NamedTuple):
    """A count is the sum of its parts and of a remainder, when there is one."""

    whole: str
    parts: list[str]
    rest: About | None = None


def sums(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List the sums that hold between counts, and the remainders that they make known.

    Of counts that differ in one thing only (gemeenten, days or classes), each is the sum of those
    inside it that do not overlap, and of a remainder: what a reader can subtract. A remainder is a
    count as well.

    Parameters
    ----------
    counts
        One row per count, on its name, no two about the same: `gemeenten`, `counted`, `period`,
        `since`, `family`, `codes` (as `measure.dimensions` has them).

    Returns
    -------
    tuple[pd.DataFrame, pd.DataFrame]
        The sums, one row per sum and count: `relation`, `count`, `coefficient`; in every sum count
        × coefficient adds up to 0. And the remainders, on their names: the first five of `counts`.

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
    rows = [(name, About(*about), since) for name, *about, since in zip(counts.index, *columns)]
    terms: list[tuple[int, str, int]] = []
    rests: dict[str, About] = {}
    for relation, (whole, parts, rest) in enumerate(_all_sums(rows)):
        terms += [(relation, whole, -1), *((relation, part, 1) for part in parts)]
        if rest is not None:
            terms.append((relation, "|".join(rest), 1))
            rests["|".join(rest)] = rest
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
        if about.counted != "again":
            by_gemeenten[about._replace(gemeenten="")].append((name, about.gemeenten))
        if about.family != DELIVERED:
            by_days[about._replace(period="")].append((name, about.period))
    for about, own in by_gemeenten.items():
        sets = [frozenset(gemeenten.split(",")) for _, gemeenten in own]
        for whole, parts, rest in _tiled([name for name, _ in own], sets):
            gap = about._replace(gemeenten=",".join(sorted(rest)))
            yield Sum(whole, parts, gap if rest else None)
    for about, own in by_days.items():
        for whole, parts, rest in _tiled([name for name, _ in own], _spans([p for _, p in own])):
            gap = about._replace(period=",".join(sorted(rest)))
            yield Sum(whole, parts, gap if rest else None)
    for own in by_class.values():
        yield from _of_classes(own)
    for own in by_receipt.values():  # a tip that two gemeenten received is two receipts
        of = {counted: name for name, counted in own}
        if len(of) == 3:
            yield Sum(of["receipts"], [of["tips"], of["again"]])
    for own in since.values():
        together = [name for name, about in own if about.period.startswith(SINCE)]
        apart = [name for name, about in own if not about.period.startswith(SINCE)]
        yield from (Sum(whole, apart) for whole in together)


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
        for whole, parts, rest in _tiled([name for name, _ in known], [s for _, s in known]):
            gap = about._replace(codes=",".join(sorted(rest)))
            yield Sum(whole, parts, gap if rest else None)


def _spans(periods: Iterable[str]) -> list[Set]:
    """Every period as the spans between all first and last days, the shortest there are."""
    days = [tuple(dt.date.fromisoformat(day) for day in period.split("/")) for period in periods]
    one = dt.timedelta(days=1)
    cuts = sorted({first for first, _ in days} | {last + one for _, last in days})
    spans = [(first, until - one) for first, until in pairwise(cuts)]
    return [
        frozenset(f"{a}/{b}" for a, b in spans if first <= a and b <= last) for first, last in days
    ]


def _tiled(names: Sequence[str], sets: Sequence[Set]) -> Iterator[tuple[str, list[str], Set]]:
    """Each set as the sum of others and of what remains; of two equal ones that they are equal."""
    first: dict[Set, str] = {}
    for name, own in zip(names, sets, strict=True):
        if first.setdefault(own, name) != name:
            yield first[own], [name], frozenset()
    for whole, parts, rest in _tilings(tuple(first)):
        yield first[whole], [first[part] for part in parts], rest


@lru_cache(maxsize=4096)
def _tilings(sets: tuple[Set, ...]) -> list[tuple[Set, list[Set], Set]]:
    ordered = sorted(sets, key=lambda own: (-len(own), sorted(own)))
    tilings = []
    for whole in ordered:
        inside = [own for own in ordered if own < whole]
        used: set[Set] = set()
        for begin in inside:
            if begin in used or any(begin < other for other in inside):
                continue
            parts, rest = [begin], whole - begin
            for own in inside:
                if own <= rest:
                    parts.append(own)
                    rest -= own
            used.update(parts)
            tilings.append((whole, parts, rest))
    return tilings
