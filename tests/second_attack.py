"""A second attack, which shares no code with the first: what readers of all issues work out.

Written down from the numbers as they went out (`cell`, `number`, `off`, `state`), the settings and
the rows that must be booked. Unknown is how many meldingen of each class a gemeente received in
each run of days that some number cuts out; every number is a bound on a sum of these. Solved as
linear programs by scipy.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from counting import TWENTE, VOCABULARY
from drawing import GOES_ON, Booked, Sent, last_day
from mma_analysis.settings import Edition

DAY = pd.Timedelta(days=1)
NOT_A_NUMBER = ("hidden", "forgotten", "unpublished", "missing")
PROGRESS = ("status", "disposition", "result", "usable", "fed_back")
BACKGROUND = ("has_time", "has_location", "has_person", "has_vehicle")
FIELDS = (*BACKGROUND, "also_sent_to", *PROGRESS)
ACTED = {
    "ja": ["actie_gemeente", "overgedragen_politie", "overgedragen_riec", "overgedragen_partner"],
    "nee": ["toegevoegd_aan_dossier", "niet_actiewaardig"],
    "onbekend": ["onbekend"],
}
TO_POLICE = ("politie", "politie_en_partner")
WIDE = 4
NEAR = 1e-6
PUSHES = 24  # of all that is open yet at once

Days = tuple[pd.Timestamp, pd.Timestamp]  # the first, and the day after the last
# What is counted: in each gemeente the days, and the family with its classes ("" is a total).
Where = tuple[tuple[str, Days], ...]


class Row(NamedTuple):
    """One melding at one gemeente, with its class in a family."""

    gemeente: str
    melding_id: str
    day: pd.Timestamp
    code: str
    to_police: bool


@dataclass(frozen=True)
class Number:
    """One number of one issue: of which meldingen, and between which ends a reader has it."""

    cell: str
    issue: int
    area: str
    where: Where
    family: str
    codes: tuple[str, ...]
    state: str
    low: float
    high: float

    @property
    def is_tips(self) -> bool:
        """Whether it counts tips, each once."""
        return self.area == TWENTE

    def exactly(self, truth: float) -> "Number":
        """The same when the truth itself is told."""
        return replace(self, low=truth, high=truth)

    def unsaid(self, cell: str, slug: str, days: Days) -> "Number":
        """All that a gemeente received on these days, of which nothing is said."""
        total = {"family": "", "codes": ("",), "area": slug, "state": "unsaid"}
        where = ((slug, days),)
        return replace(self, cell=cell, where=where, low=0.0, high=np.inf, **total)


def days_of(period: str, of: Edition) -> list[Days]:
    """The days of a period of an edition."""
    first, last = pd.Timestamp(of.begin), pd.Timestamp(of.peildatum) + DAY
    side, _, name = period.partition(" ")
    if side in ("during", "afterwards", "otherwise"):
        return _around(side, name, of, first, last)
    if period == "whole":
        return [(first, last)]
    begin, _, end = period.partition("/")
    end = end[:7] or begin
    begin, end = pd.Timestamp(f"{begin}-01"), pd.Timestamp(f"{end}-01") + pd.DateOffset(months=1)
    return [(max(begin, first), min(end, last))]


def _around(side: str, name: str, of: Edition, first: pd.Timestamp, last: pd.Timestamp):
    (one,) = [campaign for campaign in of.campagnes if campaign.naam == name]
    begin = pd.Timestamp(one.begin).replace(day=1)
    end = pd.Timestamp(one.eind).replace(day=1) + pd.DateOffset(months=1)
    after = end + pd.DateOffset(months=2)
    runs = {
        "during": [(begin, end)],
        "afterwards": [(end, after)],
        "otherwise": [(first, begin), (after, last)],
    }[side]
    clipped = [(max(a, first), min(b, last)) for a, b in runs]
    return [(a, b) for a, b in clipped if a < b]


@dataclass(eq=False)
class SecondAttack:
    """All that was said in some issues, as bounds on sums of unknowns."""

    sent: Sent
    booked: Booked
    numbers: list[Number] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place in range(len(self.sent.issues)):
            self.numbers += self._numbers(place)

    # --- what was said ----------------------------------------------------------------------------

    def label(self, slug: str, place: int) -> str:
        """What a gemeente is called in an issue: another name since it was revised."""
        revising = [one.revising for one in self.sent.delivered[: place + 1]]
        return f"{slug}#2" if any(slug in one for one in revising) else slug

    def _numbers(self, place: int) -> list[Number]:
        of = self.sent.delivered[place].of
        said = self.sent.issues[place].said
        rows = said.loc[said["cell"].ne("") & ~said["state"].isin(NOT_A_NUMBER)]
        numbers = []
        for row in rows.itertuples():
            _, area, period, breakdown, value = row.cell.split("|")
            low, high = 0.0, 0.0  # a 0 by its nature
            if row.state == "shown":
                low, high = max(row.number - row.off, 0.0), float(row.number + row.off)
                if self._is_before(area, period, of):
                    low = max(low, 1.0)  # of none it is said that there are none
            family, codes = self._class(breakdown, value, of)
            where = self._where(area, period, breakdown, of, place)
            cell = f"{place}|{row.cell}"
            numbers.append(Number(cell, place, area, where, family, codes, row.state, low, high))
        return numbers

    def _class(self, breakdown: str, value: str, of: Edition) -> tuple[str, tuple[str, ...]]:
        groups = VOCABULARY.group_of_topic
        if breakdown == "totaal":
            return "", ("",)
        if breakdown == "topic_group":
            return "topic", tuple(topic for topic, group in groups.items() if group == value)
        if breakdown.startswith("campaign:"):
            (one,) = [c for c in of.campagnes if f"campaign:{c.naam}" == breakdown]
            is_own = value == "target"
            return "topic", tuple(topic for topic in groups if (topic in one.topics) == is_own)
        if breakdown == "acted":
            return f"disposition@{of.peildatum}", tuple(ACTED[value])
        if breakdown == "delivered":
            return f"delivered@{of.begin}/{of.peildatum}", (value,)
        if breakdown in PROGRESS:
            return f"{breakdown}@{of.peildatum}", (value,)
        return breakdown, (value,)

    def _where(self, area: str, period: str, breakdown: str, of: Edition, place: int) -> Where:
        since = {slug: pd.Timestamp(one.aangesloten) for slug, one in of.gemeenten.items()}
        where = []
        for slug, day in since.items():
            if not self._is_in(area, period, slug, day, of):
                continue
            runs = days_of(period, of) if _is_period(period) else _since(period, day, of)
            label = self.label(slug, place)
            until = last_day(slug, of) + DAY
            for first, last in runs:
                begin = first if label in self._early[place] else max(first, day)
                end = last if breakdown == "delivered" else min(last, until)
                if begin < end:
                    where.append((label, (begin, end)))
        return tuple(where)

    @staticmethod
    def _is_before(area: str, period: str, of: Edition) -> bool:
        """Whether a period is all before a gemeente was connected."""
        if area not in of.gemeenten or period == "whole" or not _is_period(period):
            return False
        last = days_of(period, of)[-1][1]
        return last <= pd.Timestamp(of.gemeenten[area].aangesloten)

    @staticmethod
    def _is_in(area: str, period: str, slug: str, day: pd.Timestamp, of: Edition) -> bool:
        kind, _, name = area.partition(" ")
        if kind in ("nieuw", "bestaand"):
            first = pd.Timestamp(f"{name[:7]}-01")
            return (day >= first) == (kind == "nieuw")
        if kind == "deelnemers":
            (one,) = [campaign for campaign in of.campagnes if campaign.naam == name]
            return one.gemeenten == "alle" or slug in one.gemeenten
        return area in (slug, TWENTE, "ontvangen")

    @cached_property
    def _early(self) -> list[set[str]]:
        """Of each issue the gemeenten with meldingen of before they were connected."""
        early = []
        for one, table in zip(self.sent.delivered, self.booked.tables, strict=True):
            since = {slug: pd.Timestamp(own.aangesloten) for slug, own in one.of.gemeenten.items()}
            connected = table["gemeente"].str.partition("#")[0].map(since)
            early.append(set(table.loc[table["received_on"] < connected, "gemeente"]))
        return early

    # --- the unknowns -----------------------------------------------------------------------------

    @cached_property
    def cuts(self) -> dict[tuple[str, str], list[Days]]:
        """Of each family (whatever its peildatum) and gemeente the runs of days that are one."""
        edges: dict[tuple[str, str], set[pd.Timestamp]] = {}
        for one in self.numbers:
            for slug, (first, last) in one.where:
                for stem in {_stem(one.family), ""}:
                    edges.setdefault((stem, slug), set()).update((first, last))
        # The days of two versions of a gemeente are the same days.
        for (stem, slug), own in list(edges.items()):
            twin = f"{slug}#2" if (stem, f"{slug}#2") in edges else slug
            both = own | edges[stem, twin]
            edges[stem, slug] = edges[stem, twin] = both
        runs = {}
        for key, own in edges.items():
            order = sorted(own)
            runs[key] = list(zip(order, order[1:], strict=False))
        return runs

    @cached_property
    def place_of(self) -> dict[tuple[str, str, Days, str], int]:
        """Family, gemeente, run of days and class → the place of that unknown."""
        places: dict[tuple[str, str, Days, str], int] = {}
        for one in self.numbers:
            for slug, run, code in self._parts(one):
                places.setdefault((one.family, slug, run, code), len(places))
        for stem, slug in self.cuts:
            for family in {n.family for n in self.numbers if _stem(n.family) == stem}:
                for run in self.cuts[stem, slug]:
                    if (family, slug, run) in self._there:
                        for code in self._codes[family]:
                            places.setdefault((family, slug, run, code), len(places))
        return places

    @cached_property
    def _codes(self) -> dict[str, list[str]]:
        codes: dict[str, set[str]] = {}
        for one in self.numbers:
            codes.setdefault(one.family, set()).update(one.codes)
        every = {family: sorted(own) for family, own in codes.items()}
        return {f: _delivered_codes(own) if "delivered" in f else own for f, own in every.items()}

    @cached_property
    def _there(self) -> set[tuple[str, str, Days]]:
        there = set()
        for one in self.numbers:
            for slug, run, _ in self._parts(one):
                there.add((one.family, slug, run))
                for total in self._inside(slug, run, ""):
                    there.add(("", slug, total))
        return there

    def _inside(self, slug: str, days: Days, stem: str) -> list[Days]:
        return [run for run in self.cuts[stem, slug] if days[0] <= run[0] and run[1] <= days[1]]

    def _parts(self, one: Number) -> Iterable[tuple[str, Days, str]]:
        for slug, days in one.where:
            for run in self._inside(slug, days, _stem(one.family)):
                for code in one.codes:
                    yield slug, run, code

    def _of(self, one: Number) -> dict[int, float]:
        """The unknowns that a number is the sum of."""
        return {self.place_of[one.family, *part]: 1.0 for part in self._parts(one)}

    # --- the truth --------------------------------------------------------------------------------

    @cached_property
    def every_row(self) -> pd.DataFrame:
        """Every row that any issue counted, the first that was booked first."""
        every = pd.concat(self.booked.tables, ignore_index=True)
        return every.drop_duplicates(["gemeente", "melding_id"]).reset_index(drop=True)

    @cache  # noqa: B019
    def rows_of(self, family: str) -> list[Row]:
        """Every row, with its class in this family: what came of it as of a peildatum."""
        every = self.every_row
        stem, _, day = family.partition("@")
        if stem in PROGRESS:
            tables = [
                table
                for one, table in zip(self.sent.delivered, self.booked.tables, strict=True)
                if f"{one.of.peildatum}" == day
            ]
            every = pd.concat(tables).drop_duplicates(["gemeente", "melding_id"])
        code = pd.Series("", every.index)
        if stem in BACKGROUND:
            code = every[stem].astype("object").map({True: "ja", False: "nee"}).fillna("onbekend")
        elif stem and stem != "delivered":
            code = every[stem].astype("object").fillna("onbekend")
        columns = every["gemeente"], every["melding_id"], every["received_on"], code
        to_police = every["also_sent_to"].isin(TO_POLICE)
        return [Row(*row) for row in zip(*columns, to_police, strict=True)]

    def counted(self, rows: Iterable[Row], family: str) -> dict[tuple[str, str, Days, str], int]:
        """How many of these rows each unknown of a family is."""
        counts: dict[tuple[str, str, Days, str], int] = {}
        for row in rows:
            for run in self.cuts.get((_stem(family), row.gemeente), ()):
                if run[0] <= row.day < run[1]:
                    key = family, row.gemeente, run, row.code
                    counts[key] = counts.get(key, 0) + 1
        return counts

    def _numbers_of(self, is_own: Callable[[Row], bool]) -> np.ndarray:
        """How many of some rows each unknown is."""
        numbers = np.zeros(len(self.place_of))
        for family in self._codes:
            if _stem(family) != "delivered":  # nothing was refused
                own = self.counted(filter(is_own, self.rows_of(family)), family)
                for key, count in own.items():
                    if key in self.place_of:
                        numbers[self.place_of[key]] = count
        return numbers

    @cached_property
    def truth(self) -> np.ndarray:
        """How many meldingen each unknown is."""
        return self._numbers_of(lambda row: True)

    @cache  # noqa: B019
    def _firsts(self, slugs: frozenset[str]) -> set[tuple[str, str]]:
        """The first receipt of each tip among some gemeenten: what was booked first is."""
        firsts: dict[str, tuple[int, pd.Timestamp, str]] = {}
        for place, table in enumerate(self.booked.tables):
            for row in table[["gemeente", "melding_id", "received_on"]].itertuples():
                if row.gemeente in slugs:
                    key = place, row.received_on, row.gemeente
                    firsts[row.melding_id] = min(firsts.get(row.melding_id, key), key)
        return {(slug, number) for number, (_, _, slug) in firsts.items()}

    @cache  # noqa: B019
    def _inside_of(self, one: Number) -> list[tuple[Row, bool]]:
        """The rows that a number counts, and whether each is the first receipt of its tip."""
        firsts = self._firsts(frozenset(slug for slug, _ in one.where))
        found = []
        for row in self.rows_of(one.family):
            for slug, (first, last) in one.where:
                if row.gemeente == slug and first <= row.day < last and row.code in one.codes:
                    found.append((row, (slug, row.melding_id) in firsts))
        return found

    def tips_twice(self, one: Number) -> float:
        """How many receipts more than tips a number of the district counts."""
        if not one.is_tips:
            return 0.0
        return float(sum(not is_first for _, is_first in self._inside_of(one)))

    def tips_known(self, one: Number, ids: set[str]) -> float:
        """How many of the tips of a number of the district have one of these numbers."""
        return float(
            sum(is_first and row.melding_id in ids for row, is_first in self._inside_of(one))
        )

    def true_of(self, one: Number) -> float:
        """What a number is a rounding of."""
        own = self._of(one)
        return sum(self.truth[place] for place in own) - self.tips_twice(one)

    # --- what holds -------------------------------------------------------------------------------

    @cached_property
    def sums(self) -> tuple[csr_array, np.ndarray, np.ndarray]:
        """All sums of unknowns of which the ends are known: the sums, their least, their most."""
        terms = _Terms()
        for one in self.numbers:
            again = self.tips_twice(one)
            terms.add(self._of(one), one.low + again, one.high + again)
        for family, slug, run in sorted(self._there):
            if family and "delivered" not in family:
                own = {self.place_of[family, slug, run, c]: 1.0 for c in self._codes[family]}
                totals = {self.place_of["", slug, t, ""]: -1.0 for t in self._inside(slug, run, "")}
                terms.add(own | totals, 0, 0)
        self._add_progress(terms)
        self._add_rules(terms)
        size = self._add_moves(terms)
        return terms.matrix(size)

    def _add_progress(self, terms: "_Terms") -> None:
        """The last word stays, and unknown does not come back."""
        for family, slug, run in sorted(self._there):
            stem, _, day = family.partition("@")
            if stem not in PROGRESS:
                continue
            for later in sorted(self._codes):
                if _stem(later) != stem or later.partition("@")[2] <= day:
                    continue
                if (later, slug, run) not in self._there:
                    continue
                for code in set(self._codes[family]) & set(self._codes[later]):
                    sign = 1.0 if code not in GOES_ON[stem] else -1.0
                    if sign < 0 and code != "onbekend":
                        continue
                    before = self.place_of[family, slug, run, code]
                    after = self.place_of[later, slug, run, code]
                    terms.add({after: sign, before: -sign}, 0, np.inf)

    def _add_rules(self, terms: "_Terms") -> None:
        """What everybody knows of the program, where it is so."""
        by_line: dict[tuple[int, str, str, Where], list[Number]] = {}
        totals: dict[tuple[str, Where], Number] = {}
        for one in self.numbers:
            if one.family == "" and one.state == "shown":
                totals[one.area, one.where] = one
            if one.state == "unsaid":
                continue
            breakdown = one.cell.split("|")[4]
            by_line.setdefault((one.issue, one.area, breakdown, one.where), []).append(one)
        for (_, area, breakdown, where), line in by_line.items():
            total = totals.get((area, where))
            shown = [one for one in line if one.state == "shown"]
            if total is None or not shown or breakdown in ("totaal", "delivered"):
                continue
            unknown = [one for one in line if one.codes == ("onbekend",)]
            less = []
            if total.low >= 1:  # not all are alike, or it would not be shown
                less += [one for one in shown if one not in unknown]
            is_kept = breakdown in FIELDS and all(one.state == "shown" for one in line)
            if is_kept and area in self._slugs:
                less += unknown  # something is known of some
                if breakdown == "fed_back" and self.true_of(unknown[0]) == 0:
                    terms.add(self._of(unknown[0]), 0, 0)
                    (yes,) = [one for one in line if one.codes == ("ja",)]
                    self._add_if_so(terms, self._of(yes), 1 + self.tips_twice(yes))
            for one in less:
                rest = self._of(total) | {p: -1.0 for p in self._of(one)}
                again = self.tips_twice(total) - self.tips_twice(one)
                self._add_if_so(terms, rest, 1 + again)

    @cached_property
    def _slugs(self) -> set[str]:
        return {slug for one in self.sent.delivered for slug in one.of.gemeenten}

    def _add_if_so(self, terms: "_Terms", parts: Mapping[int, float], least: float) -> None:
        if sum(self.truth[place] * sign for place, sign in parts.items()) >= least:
            terms.add(parts, least, np.inf)

    def _add_moves(self, terms: "_Terms") -> int:
        """After a revision: before + what came − what went, and it is known how many did."""
        size = len(self.place_of)
        self.truth_of_moves: list[float] = []
        for label, (came, went) in self.booked.moved.items():
            before = label.partition("#")[0]
            for family in sorted(self._codes):
                runs = [run for run in self.cuts.get((_stem(family), label), [])]
                both = [
                    run
                    for run in runs
                    if (family, label, run) in self._there and (family, before, run) in self._there
                ]
                if "delivered" in family or not both:
                    continue
                numbers = [self._moved_of(rows, family, label) for rows in (came, went)]
                moved: list[dict[int, float]] = [{}, {}]
                for run in both:
                    for code in self._codes[family]:
                        parts = {
                            self.place_of[family, label, run, code]: 1.0,
                            self.place_of[family, before, run, code]: -1.0,
                        }
                        for which, sign in enumerate((-1.0, 1.0)):
                            parts[size] = sign
                            moved[which][size] = 1.0
                            key = family, label, run, code
                            self.truth_of_moves.append(numbers[which].get(key, 0))
                            size += 1
                        terms.add(parts, 0, 0)
                for which in moved:
                    number = sum(self.truth_of_moves[p - len(self.place_of)] for p in which)
                    terms.add(which, number, number)
        return size

    def _moved_of(self, rows: pd.DataFrame, family: str, label: str):
        """How many of the rows that came or went each unknown would be."""
        stem = _stem(family)
        code = pd.Series("", rows.index)
        if stem in BACKGROUND:
            code = rows[stem].astype("object").map({True: "ja", False: "nee"}).fillna("onbekend")
        elif stem:
            code = rows[stem].astype("object").fillna("onbekend")
        listed = zip(rows["melding_id"], rows["received_on"], code, strict=True)
        return self.counted((Row(label, *row, False) for row in listed), family)

    # --- readers ----------------------------------------------------------------------------------

    def found(self, reader: str, slugs: Iterable[str] = ()) -> list[tuple[str, float, float]]:
        """What a reader knows too well of others: the count, and between which ends.

        `reader`: an outsider, the police, or an organisation with the rows of `slugs`.
        """
        matrix, low, high = self.sums
        slugs = set(slugs)
        truth = np.append(self.truth, self.truth_of_moves)
        keys = list(self.place_of)
        own = np.zeros(len(truth))
        least, most = np.zeros(len(truth)), np.full(len(truth), np.inf)
        ids: set[str] = set()
        if slugs:
            rows = self.every_row
            ids = set(rows.loc[rows["gemeente"].str.partition("#")[0].isin(slugs), "melding_id"])
            is_own = np.array([slug.partition("#")[0] in slugs for _, slug, _, _ in keys])
            is_own = np.append(is_own, np.zeros(len(self.truth_of_moves), dtype=bool))
            own[is_own] = least[is_own] = most[is_own] = truth[is_own]
        if reader == "politie":
            ids = {row.melding_id for row in self.rows_of("") if row.to_police}
            known = self._numbers_of(lambda row: row.to_police)
            own[: len(known)] = least[: len(known)] = known
            for (family, _, _, code), place in self.place_of.items():
                if family == "also_sent_to" and code in TO_POLICE:
                    most[place] = own[place]

        asked = []
        for one in self.numbers:
            parts = self._of(one)
            known = sum(own[place] for place in parts)
            if one.is_tips:
                known = self.tips_known(one, ids)
            asked.append((one.cell, parts, self.tips_twice(one), known))
        for key, place in self.place_of.items():
            asked.append((f"{key}", {place: 1.0}, 0.0, own[place]))
        return _too_near(matrix, low, high, least, most, truth, asked)

    def of_everybody(self) -> dict[str, list[tuple[str, float, float]]]:
        """What an outsider, the police and every gemeente know too well; only who knows any."""
        readers = {"buitenstaander": (), "politie": ()}
        readers |= {slug: (slug,) for slug in sorted(self._slugs)}
        found = {name: self.found(name, slugs) for name, slugs in readers.items()}
        return {name: own for name, own in found.items() if own}

    def sets_with_two_numbers(self) -> list[tuple[str, str]]:
        """Numbers of the same meldingen, in any table of any issue, that are not the same."""
        seen: dict[tuple[bool, frozenset[tuple[str, Days, str]], str], Number] = {}
        wrong = []
        for one in self.numbers:
            if one.state != "shown" or not one.where or "delivered" in one.family:
                continue
            key = one.is_tips, frozenset(self._parts(one)), one.family
            before = seen.setdefault(key, one)
            if (before.low, before.high) != (one.low, one.high):
                wrong.append((before.cell, one.cell))
        return wrong

    def further_than_said(self) -> list[tuple[str, float]]:
        """The numbers that are further from the truth than a reader is told."""
        wrong = []
        for one in self.numbers:
            true = self.true_of(one)
            if not one.low <= true <= one.high:
                wrong.append((one.cell, true))
        return wrong


def _stem(family: str) -> str:
    return family.partition("@")[0]


def _is_period(period: str) -> bool:
    is_date = period[:4].isdecimal() and period[4:5] == "-" and len(period) > 5
    return is_date or period.partition(" ")[0] in ("whole", "during", "afterwards", "otherwise")


def _since(name: str, day: pd.Timestamp, of: Edition) -> list[Days]:
    """The days of months since a connection: `1-3`, `4-`, or before it."""
    first, last = pd.Timestamp(of.begin), pd.Timestamp(of.peildatum) + DAY
    if name == "before":
        return [(first, day)] if first < day else []
    begin, _, end = name.partition("-")
    start = max(day + pd.DateOffset(months=int(begin) - 1), first)
    until = min(day + pd.DateOffset(months=int(end)), last) if end else last
    return [(start, until)] if start < until else []


def _delivered_codes(codes: Iterable[str]) -> list[str]:
    return [code for code in codes if code not in ("read", "clean")]


class _Terms:
    """Rows of a matrix under way."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, parts: Mapping[int, float], low: float, high: float) -> None:
        self.rows += [len(self.low)] * len(parts)
        self.columns += list(parts)
        self.values += list(parts.values())
        self.low.append(low)
        self.high.append(high)

    def matrix(self, size: int) -> tuple[csr_array, np.ndarray, np.ndarray]:
        shape = len(self.low), size
        matrix = csr_array((self.values, (self.rows, self.columns)), shape=shape)
        return matrix, np.array(self.low), np.array(self.high)


def _too_near(matrix, low, high, least, most, truth, asked) -> list[tuple[str, float, float]]:
    """Which of these sums of unknowns are known too well: less than 4 wide, or 1 to 4."""
    true_sums = matrix @ truth
    assert (true_sums >= low - NEAR).all(), "a reader knows something that is not so"
    assert (true_sums <= high + NEAR).all(), "a reader knows something that is not so"
    is_exact = low == high
    is_upper, is_lower = ~is_exact & np.isfinite(high), ~is_exact & np.isfinite(low)
    bounds = np.c_[least, np.minimum(most, truth + 1000.0)]
    parts = [matrix[is_upper], -matrix[is_lower]]
    given = {
        "A_eq": csr_array(matrix[is_exact]),
        "b_eq": low[is_exact],
        "A_ub": csr_array(vstack(parts)),
        "b_ub": np.concatenate([high[is_upper], -low[is_lower]]),
        "bounds": bounds,
        "method": "highs",
    }
    names, sums, minus, known = zip(*asked, strict=True)
    terms = _Terms()
    for one in sums:
        terms.add(one, 0, 0)
    of = terms.matrix(len(truth))[0]
    minus, known = np.array(minus), np.array(known)
    value = of @ truth - minus
    seen = np.array([value, value])
    open_ = value - known > NEAR
    has_free = (abs(of) @ (bounds[:, 1] > bounds[:, 0]).astype(float)) > 0
    open_ &= has_free

    def push(cost: np.ndarray) -> None:
        solved = linprog(cost, **given)
        assert solved.status == 0, solved.message
        values = of @ solved.x - minus
        seen[0] = np.minimum(seen[0], values)
        seen[1] = np.maximum(seen[1], values)

    def is_near() -> np.ndarray:
        return open_ & (np.ptp(seen, axis=0) < WIDE - NEAR)

    random = np.random.default_rng(5)
    for turn in range(PUSHES):
        near = is_near()
        if not near.any():
            return []
        signs = random.choice([-1.0, 1.0], near.sum()) if turn > 1 else 1.0 - 2.0 * turn
        push(of[near].T @ (signs * np.ones(near.sum())))
    found = []
    for place in np.flatnonzero(is_near()):
        for sign in (1.0, -1.0):
            if is_near()[place]:
                push(of[[place]].T @ np.array([sign]))
        if is_near()[place]:
            ends = (seen[:, place] - known[place]).round(6).tolist()
            found.append((names[place], *ends))
    return found
