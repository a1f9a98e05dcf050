"""What an edition measures, and how long each gemeente could receive meldingen in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from mma_analysis.measure.periods import inhabitant_years, periods
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary
from mma_analysis.vocabulary.schema import BACKGROUND, FOLLOW_UP

DAYS_PER_MONTH = 365.25 / 12
ALWAYS = "ontvangen"  # the area of everything that gemeenten received
BEFORE_CONNECTION = "before"
# Months since the connection, until (not included): the last has no end.
SINCE_CONNECTION = {"1-3": 3, "4-6": 6, "7-12": 12, "13-": None}
FEWEST_IN_BIN = 3  # gemeenten; with fewer, months since the connection are taken together
FIELDS = (*BACKGROUND, "also_sent_to", *FOLLOW_UP, "acted", "fed_back")


@dataclass(frozen=True)
class Frame:
    """The time and the gemeenten that an edition measures; nothing of it comes from meldingen."""

    edition: Edition
    periods: pd.DataFrame
    connected_on: pd.Series
    exposure: pd.DataFrame
    delivered: tuple[str, ...]

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the edition."""
        return self.edition.vocabulary

    @property
    def by_kind(self) -> list[tuple[str, pd.DataFrame]]:
        """The periods of each kind, the longest first."""
        return [(str(kind), own) for kind, own in self.periods.groupby("kind", sort=False)]

    @property
    def fields(self) -> tuple[str, ...]:
        """The breakdowns that a gemeente may never fill in."""
        return FIELDS

    @cached_property
    def owner_of(self) -> dict[str, str]:
        """Gemeente → the organisation that knows its rows: the first of those that share."""
        return owners(self.edition)

    def joined_in(self, year: str) -> list[str]:
        """The gemeenten that delivered and were connected in this year or later."""
        begin = self.periods.set_index("period").loc[year, "begin"]
        return [slug for slug in self.delivered if self.connected_on[slug] >= begin]

    @cached_property
    def since_bins(self) -> dict[str, int | None]:
        """Months since the connection that are counted apart → before which month they end.

        None when it is not known since when a gemeente that delivered is connected. What fewer than
        three gemeenten reach is taken together with what comes before.
        """
        dates, last = self.connected_on[list(self.delivered)], self.periods["end"].max()
        if dates.isna().any() or dates.empty:
            return {}
        bins: list[tuple[str, int, int | None]] = []
        begin = 0
        for name, end in SINCE_CONNECTION.items():
            reached = (dates + pd.DateOffset(months=begin) <= last).sum()
            if bins and reached < FEWEST_IN_BIN:
                first, start, _ = bins.pop()
                name, begin = f"{first.split('-')[0]}-{name.split('-')[1]}", start
            bins.append((name, begin, end))
            begin = end or begin
        return {name: end for name, _, end in bins}

    @cached_property
    def days_since(self) -> pd.DataFrame:
        """The days of the evaluation in each of these bins and before it, per gemeente.

        One row per `value` and `area`: `begin`, `end` (both included; none when it is before).
        """
        dates = self.connected_on[list(self.delivered)]
        first, last = self.periods["begin"].min(), self.periods["end"].max()
        parts: list[tuple[str, int | None, int | None]] = []
        parts += [(BEFORE_CONNECTION, None, 0)] if self.since_bins else []
        start = 0
        for name, end in self.since_bins.items():
            parts.append((name, start, end))
            start = end or start
        tables = [
            pd.DataFrame(
                {
                    "value": name,
                    "area": dates.index,
                    "begin": first
                    if begin is None
                    else (dates + pd.DateOffset(months=begin)).clip(lower=first).to_numpy(),
                    "end": last
                    if end is None
                    else (dates + pd.DateOffset(months=end, days=-1)).clip(upper=last).to_numpy(),
                }
            )
            for name, begin, end in parts
        ]
        nothing = {
            "value": "str",
            "area": "str",
            "begin": "datetime64[us]",
            "end": "datetime64[us]",
        }
        return pd.concat([pd.DataFrame(columns=list(nothing)).astype(nothing), *tables])

    def since_bin(self, gemeente: pd.Series, days: pd.Series) -> pd.Series:
        """The months since the connection of each melding: `before`, or one of the bins."""
        connected = gemeente.map(self.connected_on)
        found = pd.Series(BEFORE_CONNECTION, days.index, dtype="object")
        begin = 0
        for name, end in self.since_bins.items():
            found = found.mask(days >= connected + pd.DateOffset(months=begin), name)
            begin = end or begin
        return found

    def missing(self, levels: Iterable[tuple[str, str, str, Iterable[str]]]) -> pd.DataFrame:
        """The counts that gemeenten without a delivery would have had, of `levels`: table,
        breakdown, kind of period and values."""
        absent = [a.slug for a in self.vocabulary.gemeenten if a.slug not in self.delivered]
        rows = [
            (table, slug, period, breakdown, value, kind)
            for table, breakdown, kind, values in levels
            for period in self.periods.loc[self.periods["kind"] == kind, "period"]
            for value in values
            for slug in absent
        ]
        columns = ["table", "area", "period", "breakdown", "value", "kind"]
        return pd.DataFrame(rows, columns=columns).astype("str")


def owners(edition: Edition) -> dict[str, str]:
    """Gemeente → the first of the gemeenten that share a file, an answer, or are said to be one.

    Who sends one file for two gemeenten, or answers the survey for both, knows the rows of both.
    """
    shared: list[set[str]] = [set(group) for group in edition.bescherming.samen]
    if edition.vragenlijst is not None:
        shared += [set(group) for group in edition.vragenlijst.gezamenlijk.values()]
    slugs = [area.slug for area in edition.vocabulary.gemeenten]
    files: dict[str, set[str]] = {}
    for slug in slugs:
        for file in edition.gemeente(slug).levering:
            files.setdefault(file, set()).add(slug)
    owner = {slug: {slug} for slug in slugs}
    for group in [*shared, *files.values()]:
        together = set().union(*(owner[slug] for slug in group))
        owner |= dict.fromkeys(together, together)
    return {slug: min(group) for slug, group in owner.items()}


def frame(edition: Edition) -> Frame:
    """Set up periods, connection dates and exposure of an edition."""
    cut = periods(edition.begin, edition.peildatum)
    slugs = [area.slug for area in edition.vocabulary.gemeenten]
    connected_on = pd.Series(
        {slug: edition.gemeente(slug).aangesloten for slug in slugs}, dtype="datetime64[us]"
    )
    delivered = tuple(slug for slug in slugs if edition.gemeente(slug).levering)
    return Frame(
        edition=edition,
        periods=cut,
        connected_on=connected_on,
        exposure=exposure(edition.vocabulary, connected_on, delivered, cut),
        delivered=delivered,
    )


def connected_months(connected_on: pd.Series, periods: pd.DataFrame) -> pd.DataFrame:
    """Measure per gemeente and period how many months (of 30,4375 days) it was connected.

    `connected_on`: connection date per gemeente slug; missing when unknown.

    One row per gemeente and period: `area`, `period`, `connected_months`, missing without a known
    date: it is not assumed to be connected, nor to be unconnected.
    """
    dates = connected_on.rename_axis("area").rename("connected_on").reset_index()
    both = dates.merge(periods, how="cross")
    from_day = both[["begin", "connected_on"]].max(axis=1, skipna=False)
    days = (both["end"] - from_day).dt.days + 1
    return pd.DataFrame(
        {
            "area": both["area"],
            "period": both["period"],
            "connected_months": days.clip(lower=0) / DAYS_PER_MONTH,
        }
    )


def exposure(
    vocabulary: Vocabulary,
    connected_on: pd.Series,
    delivered: Collection[str],
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Measure connected months per area and period.

    The district is the sum of the gemeenten that delivered, the others' meldingen being in no
    count; missing when one of them has no known date: a rate over too little time would be too
    high.

    One row per area and period: `area`, `period`, `connected_months`, `inhabitant_years`
    (inhabitants × connected years), `connected_gemeenten` (how many are known to be connected on at
    least one day of it).
    """
    own = connected_months(connected_on, periods).assign(
        inhabitant_years=lambda t: inhabitant_years(vocabulary, t, periods),
        connected_gemeenten=lambda t: (t["connected_months"] > 0).astype("int64"),
    )
    counted = own[own["area"].isin(delivered)].groupby("period")
    summed = periods[["period"]].assign(
        area=vocabulary.district.slug,
        connected_months=periods["period"].map(counted["connected_months"].sum(skipna=False)),
        inhabitant_years=periods["period"].map(counted["inhabitant_years"].sum(skipna=False)),
        connected_gemeenten=periods["period"].map(counted["connected_gemeenten"].sum()),
    )
    return pd.concat([own, summed.fillna({"connected_gemeenten": 0})], ignore_index=True).astype(
        {"connected_gemeenten": "int64"}
    )


def all_periods(of: Frame) -> pd.DataFrame:
    """The periods of the evaluation, as `periods.periods`."""
    return of.periods
