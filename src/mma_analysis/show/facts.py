"""The facts that more than one section tells, with plain types: counts, periods, changes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import words
from mma_analysis.show.words import Count
from mma_analysis.vocabulary import Area, Vocabulary, derived

WHOLE, YEAR, HALF, MONTH = "whole", "year", "half", "month"
CANNOT_TELL = "cannot_tell"
ROUNDED = (
    "Alle aantallen meldingen zijn afgerond op veelvouden van {basis}: ze wijken hoogstens {most} "
    "af van wat is geteld. Verschillen, gemiddelden en percentages zijn daaruit berekend en gelden "
    "dus ongeveer. Zo blijven melders onherkenbaar."
)


@derived
def fields(vocabulary: Vocabulary) -> dict[str, str]:
    """Breakdown → what a reader calls it."""
    return {row["breakdown"]: row["label"] for row in vocabulary.reference("breakdowns")}


def labels(vocabulary: Vocabulary, field: str) -> dict[str, str]:
    """Values of a breakdown → what a reader calls them, in reading order."""
    named = {"topic": vocabulary.topics, "topic_group": vocabulary.topic_groups}
    return named[field] if field in named else vocabulary.values(field)


NEARLY_ALL, MOST_OF_IT = 0.9, 0.5  # of the growth


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Change(Interval):
    """A change with its interval, and what we call it: `more`, `fewer` or `no_change`.

    `qualifier`: the assumption without which it cannot be said; empty when there is none.
    """

    verdict: str
    qualifier: str = ""

    @property
    def is_seen(self) -> bool:
        """Whether there is more or less in these gemeenten, whatever was assumed."""
        return self.verdict in ("more", "fewer") and self.qualifier in ("", "own_courses")


@dataclass(frozen=True)
class Period:
    """A part of the evaluation, first and last day included."""

    code: str
    begin: pd.Timestamp
    end: pd.Timestamp
    is_complete: bool

    @property
    def label(self) -> str:
        """`jul 2021 – jun 2022`."""
        return words.span(self.begin, self.end)


@dataclass(frozen=True)
class Received:
    """What one area received in one period; `connected_months` is missing when unknown."""

    period: Period
    count: Count
    connected_months: float | None
    connected_gemeenten: int
    per_month: Interval | None
    per_10000: Interval | None


@dataclass(frozen=True)
class Connection:
    """Since when a gemeente is connected, and what it delivered."""

    area: str
    connected_on: pd.Timestamp | None
    source: str
    has_delivered: bool
    delivered_on: pd.Timestamp | None


@dataclass(frozen=True)
class Split:
    """The growth between two years, and how much of it comes from joining, and from within.

    `share_low` and `share_high`: between which parts of the growth comes from joining; none when
    the growth itself is not clear.
    """

    first: Period
    last: Period
    count_from: int
    count_to: int
    joined: Interval
    same: Interval
    share_low: float | None
    share_high: float | None

    @property
    def growth(self) -> int:
        """How many more in the last year."""
        return self.count_to - self.count_from

    @property
    def is_by_joining(self) -> bool:
        """Whether at least half of the growth comes from joining."""
        return self.share_low is not None and self.share_low >= MOST_OF_IT

    @property
    def by_joining(self) -> str:
        """How far the growth comes from joining, in words; empty when there is no clear growth."""
        if self.share_low is None or self.share_high is None:
            return ""
        if self.share_high < MOST_OF_IT:
            return "voor minder dan de helft" if self.share_high > 0 else "niet"
        steps = ((NEARLY_ALL, "bijna helemaal"), (MOST_OF_IT, "vooral"), (0, "mede"))
        return next((word for least, word in steps if self.share_low >= least), "misschien mede")


def real(value: Any) -> float | None:
    """One number of a released table; none when it is missing."""
    return None if pd.isna(value) else float(value)


def counted(e: Evaluation, value: Any, area: str = "") -> int:
    """A number of meldingen in a released table: rounded, but for that of the own gemeente."""
    if e.is_intern and area == e.area.slug:
        return round(float(value))
    basis = e.edition.bescherming.basis
    return words.Rounded(basis * round(float(value) / basis), basis)


def rounding(e: Evaluation) -> str:
    """How counts are rounded, and what follows for all that is computed from them."""
    basis = e.edition.bescherming.basis
    return ROUNDED.format(basis=basis, most=basis - 1)


def interval(row: Any, value: str, low: str = "low", high: str = "high") -> Interval | None:
    """An estimate in one row of a released table; none when a part of it is missing."""
    numbers = [number for column in (value, low, high) if (number := real(row[column])) is not None]
    return Interval(*numbers) if len(numbers) == 3 else None


def date(value: Any) -> pd.Timestamp | None:
    """One date of a released table; none when it is missing."""
    return None if pd.isna(value) else pd.Timestamp(value)


def periods(e: Evaluation, kind: str) -> list[Period]:
    """The periods of one kind, in order."""
    return [
        Period(
            str(row["period"]),
            pd.Timestamp(row["begin"]),
            pd.Timestamp(row["end"]),
            bool(row["is_complete"]),
        )
        for row in e.rows("periods", kind=kind)
    ]


def last_two_years(e: Evaluation) -> list[Period]:
    """The last two complete years; fewer when there are fewer."""
    return [period for period in periods(e, YEAR) if period.is_complete][-2:]


def received(e: Evaluation, kind: str, area: str | None = None) -> list[Received]:
    """What an area received in each period of one kind; this area unless another is named."""
    slug = area or e.area.slug
    rows = {row["period"]: row for row in e.rows("per_period", area=slug, kind=kind)}
    return [_received(period, rows[period.code]) for period in periods(e, kind)]


def whole(e: Evaluation, area: str | None = None) -> Received:
    """What an area received in the whole evaluation."""
    return received(e, WHOLE, area)[0]


def total(e: Evaluation, area: str | None = None) -> Count:
    """All meldingen of an area in the whole evaluation."""
    return whole(e, area).count


def whole_span(e: Evaluation) -> str:
    """`juli 2021 tot en met juni 2023`."""
    return f"{words.month(e.begin)} tot en met {words.month(e.peildatum)}"


def middle(e: Evaluation) -> dt.date:
    """The middle of the evaluation: inhabitants are those of that day."""
    return e.begin + (e.peildatum - e.begin) / 2


def names(e: Evaluation, areas: Sequence[str]) -> str:
    """The names of areas, in a sentence."""
    return words.listing([e.vocabulary.area(area).name for area in areas])


def connections(e: Evaluation) -> list[Connection]:
    """Since when each gemeente is connected."""
    return [
        Connection(
            str(row["area"]),
            date(row["connected_on"]),
            str(row["source"] or ""),
            bool(row["has_delivered"]),
            date(row["delivered_on"]),
        )
        for _, row in e.table("connection").iterrows()
    ]


def connection(e: Evaluation) -> Connection:
    """Since when this gemeente is connected."""
    return next(known for known in connections(e) if known.area == e.area.slug)


def without_delivery(e: Evaluation) -> list[str]:
    """The gemeenten of which no meldingen were delivered."""
    return [known.area for known in connections(e) if not known.has_delivered]


def without_date(e: Evaluation) -> list[str]:
    """The gemeenten of which it is not known since when they are connected."""
    return [known.area for known in connections(e) if known.connected_on is None]


def where(e: Evaluation, area: Area) -> str:
    """The name of an area; of the district also how many gemeenten are counted, when not all.

    A gemeente without delivery is missing in every total: it is not counted as 0.
    """
    absent = without_delivery(e)
    if not area.is_district or not absent:
        return area.name
    everyone = len(e.vocabulary.gemeenten)
    return f"{area.name} ({everyone - len(absent)} van de {everyone} gemeenten)"


def split(e: Evaluation) -> Split | None:
    """Where the growth between the last two years comes from; none when that cannot be told."""
    table = e.table("growth_split")
    if table.empty:
        return None
    row = table.iloc[0]
    years = {period.code: period for period in periods(e, YEAR)}
    return Split(
        first=years[str(row["period_from"])],
        last=years[str(row["period_to"])],
        count_from=counted(e, row["count_from"]),
        count_to=counted(e, row["count_to"]),
        joined=Interval(*(float(row[f"joined{end}"]) for end in ("", "_low", "_high"))),
        same=Interval(*(float(row[f"same{end}"]) for end in ("", "_low", "_high"))),
        share_low=real(row["share_low"]),
        share_high=real(row["share_high"]),
    )


def trend(e: Evaluation) -> Change | None:
    """The yearly change within the same gemeenten; none when that cannot be estimated."""
    return _known(e.table("trend"), "change")


def own_trend(e: Evaluation) -> Change | None:
    """The yearly change of this gemeente, beside the others; none when nothing can be said."""
    return _known(e.own("gemeente_trends"), "change")


def may_say(e: Evaluation, field: str, area: Area, period: str = WHOLE) -> str:
    """What may be said of a field of which so much is known: `measure.verdicts.may_say`."""
    rows = e.table("completeness") if area != e.area else e.own("completeness")
    own = rows[rows["area"].eq(area.slug) & rows["field"].eq(field) & rows["period"].eq(period)]
    return str(own["may_say"].iloc[0]) if len(own) else "only_known"


def absence(e: Evaluation, what: str) -> str:
    """Why there is nothing to tell about this area; `what` is the clause that cannot be told."""
    count = total(e)
    if count.state == "missing":
        return f"Van {e.area.name} is geen bestand met meldingen ontvangen."
    if count.state == "not_applicable":
        return f"{e.area.name} was op de peildatum nog niet aangesloten."
    if not count.value:
        return f"{e.area.name} ontving in deze periode {count.sentence}."
    return f"{what} tonen wij niet."


def _received(period: Period, row: Any) -> Received:
    return Received(
        period=period,
        count=words.count_of(row),
        connected_months=real(row["connected_months"]),
        connected_gemeenten=int(real(row["connected_gemeenten"]) or 0),
        per_month=interval(row, "per_month", "per_month_low", "per_month_high"),
        per_10000=interval(row, "per_10000", "per_10000_low", "per_10000_high"),
    )


def _known(table: pd.DataFrame, column: str) -> Change | None:
    known = table[table["verdict"] != CANNOT_TELL]
    if known.empty:
        return None
    row = known.iloc[0]
    value, low, high = (float(row[name]) for name in (column, "low", "high"))
    return Change(value, low, high, str(row["verdict"]), str(row.get("qualifier", "")))
