"""The truth of the example edition, counted plainly from the rows that its generator wrote.

Nothing here imports the package: it cannot count as the package counts. `test_truth_of_pages.py`
holds the pages against it, and first holds it against `tests/truth/voorbeeld-2023.json`.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tools.example_edition import survey
from tools.example_edition.rows import CLEAN, Row, rows_of
from tools.example_edition.tables import REFERENCE, of_edition, table
from tools.example_edition.tips import MOST_A_DAY, WORKDAYS_A_YEAR, District

TWENTE = "twente"
OFF = 4  # how far a count may be off: less than the five that it is rounded to
DAYS_A_MONTH = 365.25 / 12
UNKNOWN = "onbekend"
# Where a gemeente writes its own words for a field: what the page calls it.
FIELDS = {
    "Onderwerp (hoofdgroep)": "topic",
    "Tijdstip": "has_time",
    "Plaats": "has_location",
    "Persoon": "has_person",
    "Voertuig": "has_vehicle",
    "Stand van zaken": "status",
    "Afhandeling": "disposition",
    "Resultaat": "result",
    "Terugmelding aan MMA": "fed_back",
    "Bruikbaarheid": "usable",
    "Wie de melding verder kreeg": "also_sent_to",
}
SIDES = {
    "helemaal mee eens": "eens",
    "mee eens": "eens",
    "neutraal": "tussenin",
    "weet niet / n.v.t.": "tussenin",
    "mee oneens": "oneens",
    "helemaal mee oneens": "oneens",
    "misschien": "tussenin",
    "geen mening": "tussenin",
    "nog niet besloten": "tussenin",
    "nee": "oneens",
}


@dataclass(frozen=True)
class Value:
    """A true value, and how far what is printed of it may be off."""

    true: float
    off: float = 0.0


@dataclass(frozen=True)
class Melding:
    """One melding as the gemeente that received it wrote it down."""

    number: str
    gemeente: str
    day: dt.date
    reported_on: dt.date | None
    closed_on: dt.date | None
    fields: dict[str, str]
    shared: bool


@dataclass
class World:
    """All meldingen, answers, tariffs and days of the example edition."""

    settings: dict[str, Any] = field(default_factory=lambda: of_edition("evaluatie.toml"))

    @cached_property
    def files(self) -> dict[str, list[Row]]:
        """File → the rows that its gemeente wrote."""
        world = table("world")
        district = District(world["gemeenten"], self.connected, world["shared"])
        received = district.receipts()
        files = {}
        for layout in table("layouts")["file"]:
            own = [receipt for receipt in received if receipt.gemeente in layout["gemeenten"]]
            files[layout["name"]] = rows_of(layout, own, district)
        return files

    @cached_property
    def receipts(self) -> list[Melding]:
        """Every melding once for every gemeente that received it."""
        rows = [row for rows in self.files.values() for row in rows if row.verdict == CLEAN]
        told = {row.receipt.gemeente for row in rows if row.receipt.follow_up.fed_back_on}
        return [_melding(row, row.receipt.gemeente in told) for row in rows]

    @cached_property
    def tips(self) -> list[Melding]:
        """Every melding once, as the first who received it wrote it; of one day by alphabet."""
        first: dict[str, Melding] = {}
        for one in sorted(self.receipts, key=lambda one: (one.day, one.gemeente)):
            first.setdefault(one.number, one)
        return list(first.values())

    def of(self, area: str) -> list[Melding]:
        """The meldingen of the district, or the receipts of a gemeente."""
        if area == TWENTE:
            return self.tips
        return [one for one in self.receipts if one.gemeente == area]

    # --- Days, people and money ---

    @cached_property
    def connected(self) -> dict[str, dt.date]:
        return {slug: of["aangesloten"] for slug, of in self.settings["gemeenten"].items()}

    @property
    def begin(self) -> dt.date:
        return self.settings["evaluatie"]["begin"]

    @property
    def peildatum(self) -> dt.date:
        return self.settings["evaluatie"]["peildatum"]

    @cached_property
    def names(self) -> dict[str, str]:
        """Name on a page → slug, the district too."""
        with (REFERENCE / "areas.csv").open(encoding="utf-8", newline="") as file:
            return {row["name"]: row["slug"] for row in csv.DictReader(file)}

    def gemeenten(self, area: str = TWENTE) -> list[str]:
        return list(self.connected) if area == TWENTE else [area]

    def days(self, slug: str, first: dt.date, last: dt.date) -> int:
        """How many of these days a gemeente was connected."""
        begin = max(first, self.connected[slug])
        end = min(last, self.peildatum)
        return max(0, (end - begin).days + 1)

    def months(self, area: str, first: dt.date | None = None, last: dt.date | None = None) -> float:
        first = first or self.begin
        last = last or self.peildatum
        return sum(self.days(slug, first, last) for slug in self.gemeenten(area)) / DAYS_A_MONTH

    def inhabitants(self, slug: str) -> float:
        """Halfway through the evaluation, on a line between two known days."""
        with (REFERENCE / "population.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["slug"] == slug]
        known = [(dt.date.fromisoformat(r["reference_date"]), int(r["inhabitants"])) for r in rows]
        day = self.begin + (self.peildatum - self.begin) / 2
        before = [one for one in known if one[0] <= day][-1]
        after = next((one for one in known if one[0] > day), None)
        if after is None:
            return before[1]
        part = (day - before[0]).days / (after[0] - before[0]).days
        return before[1] + part * (after[1] - before[1])

    def tariff(self, slug: str) -> float:
        steps = self.settings["kosten"]["tarief"]
        fitting = [one for one in steps if one["vanaf_inwoners"] <= self.inhabitants(slug)]
        return max(fitting, key=lambda one: one["vanaf_inwoners"])["per_jaar"]

    def paid(self, area: str) -> float:
        """What connections cost up to the peildatum: a twelfth of a year for a calendar month."""
        whole = 0.0
        for slug in self.gemeenten(area):
            since = self.connected[slug]
            next_month = dt.date(since.year + since.month // 12, since.month % 12 + 1, 1)
            first_month = dt.date(since.year, since.month, 1)
            part = (next_month - since).days / (next_month - first_month).days
            after = self.peildatum + dt.timedelta(days=1)
            full = (after.year - next_month.year) * 12 + after.month - next_month.month
            whole += self.tariff(slug) * (part + full) / 12
        return whole

    def has_rate(self, slug: str) -> bool:
        """Rounded there are twenty or more: Losser's 19 are 20, and 16 are 15."""
        return len(self.of(slug)) > 16

    def peers(self, slug: str) -> list[str]:
        """The other gemeenten of its size class of CBS: here at most twelve."""
        with (REFERENCE / "size_classes.csv").open(encoding="utf-8", newline="") as file:
            steps = [int(row["from_inhabitants"]) for row in csv.DictReader(file)]

        def size(one: str) -> int:
            return max(step for step in steps if step <= self.inhabitants(one))

        same = [one for one in self.connected if one != slug and size(one) == size(slug)]
        if same:
            return same
        others = [one for one in self.connected if one != slug]
        own = self.inhabitants(slug)
        return sorted(others, key=lambda one: abs(self.inhabitants(one) - own))[:2]

    # --- Counts ---

    def count(self, area: str, query: str) -> Value:
        """Count `field=code+code` or `field=!code`; off four for each count in the sum."""
        name, _, codes = query.partition("=")
        wanted = codes.removeprefix("!").split("+")
        every = [one.fields[name] for one in self.of(area)]
        if codes.startswith("!"):
            number = sum(code not in wanted for code in every)
            return Value(number, OFF * max(1, len({*every} - {*wanted})))
        return Value(sum(code in wanted for code in every), OFF * len(wanted))

    def share(self, area: str, part: str, whole: str) -> Value:
        """A part of a whole, of which both may be off."""
        of = self.number(area, whole)
        own = self.number(area, part)
        true = own.true / of.true
        most = min(1.0, (own.true + own.off) / max(own.true + own.off, of.true - of.off))
        least = max(0.0, (own.true - own.off) / (of.true + of.off))
        return Value(true, max(most - true, true - least))

    def number(self, area: str, query: str) -> Value:
        if query == "alle":
            return Value(len(self.of(area)), OFF)
        return self.count(area, query)

    def received(self, area: str, first: dt.date, last: dt.date) -> int:
        """Receipts in these days; of the district those of all gemeenten."""
        own = self.gemeenten(area)
        return sum(one.gemeente in own and first <= one.day <= last for one in self.receipts)

    def expected(self, area: str, first: dt.date, last: dt.date) -> float:
        """What the model of the example lets these gemeenten receive in these days."""
        world = table("world")
        shared = {pair["first"]: 0.0 for pair in world["shared"]}
        for pair in world["shared"]:
            shared[pair["first"]] += pair["tips"]
        whole = 0.0
        for slug in self.gemeenten(area):
            chance = world["gemeenten"][slug]["per_year"] / WORKDAYS_A_YEAR / MOST_A_DAY
            day = max(first, self.connected[slug])
            while day <= last:
                if day.weekday() < 5:
                    whole += MOST_A_DAY * chance * world["season"][day.month - 1]
                day += dt.timedelta(days=1)
            within = self.days(slug, first, last) / self.days(slug, self.begin, self.peildatum)
            whole += shared.get(slug, 0.0) * within
        return whole

    def lived(self, *slugs: str) -> float:
        """Ten thousands of inhabitants times connected years."""
        return sum(self.inhabitants(one) / 10_000 * self.months(one) / 12 for one in slugs)

    def rate(self, *slugs: str) -> Value:
        """Receipts of these gemeenten together per 10.000 inhabitants in a year."""
        number = sum(len(self.of(slug)) for slug in slugs)
        counts = 1 if {*slugs} == {*self.connected} else len(slugs)  # of all there is a total
        return Value(number / self.lived(*slugs), OFF * counts / self.lived(*slugs))

    def model_rate(self, *slugs: str) -> float:
        """The rate that these gemeenten were made with, which chance did not touch."""
        every = sum(self.expected(slug, self.begin, self.peildatum) for slug in slugs)
        return every / self.lived(*slugs)

    def never(self, name: str) -> list[str]:
        """Gemeenten that know this of not one melding."""
        return [slug for slug in sorted(self.connected) if not self.known(slug, name)]

    def known(self, area: str, name: str) -> int:
        return sum(one.fields[name] != UNKNOWN for one in self.of(area))

    def has_column(self, name: str) -> list[str]:
        """Gemeenten of which the file has a column for this."""
        having = []
        for layout in table("layouts")["file"]:
            held = [column.partition(":")[0] for _, column in layout["columns"]]
            if name in held:
                having += layout["gemeenten"]
        return having

    # --- The survey ---

    @cached_property
    def answers(self) -> dict[str, dict[str, Any]]:
        return survey.counted()

    def side(self, question: str, side: str) -> int:
        """How many gemeenten answered on this side of a statement, or yes or no."""
        given = [answer.get(question) for answer in self.answers.values()]
        return sum(one is not None and SIDES.get(one, "eens") == side for one in given)

    def chose(self, question: str, choice: str) -> int:
        number = 0
        for answer in self.answers.values():
            given = answer.get(question)
            given = given if isinstance(given, list) else [given]
            number += choice in given
        return number


def _melding(row: Row, tells: bool) -> Melding:
    receipt = row.receipt
    follow_up = receipt.follow_up
    disposition = row.counted["disposition"]
    acted = disposition.startswith(("actie_", "overgedragen_"))
    told = "ja" if follow_up.fed_back_on else "nee"
    fields = {
        **row.counted,
        "topic_group": GROUPS[row.counted["topic"]],
        "acted": UNKNOWN if disposition == UNKNOWN else ("ja" if acted else "nee"),
        "fed_back": told if tells and receipt.gemeente in TELLING else UNKNOWN,
    }
    return Melding(
        number=receipt.melding_id,
        gemeente=receipt.gemeente,
        day=receipt.received_on,
        reported_on=receipt.reported_on,
        closed_on=follow_up.closed_on,
        fields=fields,
        shared=receipt.shared,
    )


def _groups() -> dict[str, str]:
    with (REFERENCE / "topics.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["group"] for row in csv.DictReader(file)}


GROUPS = _groups()
TELLING = {
    slug
    for layout in table("layouts")["file"]
    if "fed_back_on" in [column for _, column in layout["columns"]]
    for slug in layout["gemeenten"]
}


def half_closed(days: Iterable[tuple[int, bool]]) -> Callable[[int], float]:
    """Kaplan and Meier: the part that is still open after so many days."""
    lasted = list(days)

    def still_open(after: int) -> float:
        part = 1.0
        for day in sorted({one for one, ended in lasted if ended and one <= after}):
            at_risk = sum(one >= day for one, _ in lasted)
            ends = sum(one == day and ended for one, ended in lasted)
            part *= 1 - ends / at_risk
        return part

    return still_open
