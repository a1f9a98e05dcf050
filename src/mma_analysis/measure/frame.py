"""What an edition measures: its periods and gemeenten, and how long each could receive."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary

WHOLE, YEAR, HALF, QUARTER, MONTH = "whole", "year", "half", "quarter", "month"
# Each kind is a union of periods of the next: that is what makes the counts one system.
MONTHS_OF_KIND = {YEAR: 12, HALF: 6, QUARTER: 3, MONTH: 1}
DAYS_PER_MONTH = 365.25 / 12
BEFORE = "before"  # the connection
# Months since the connection, until (not included): the last has no end.
SINCE_CONNECTION = {"1-3": 3, "4-6": 6, "7-12": 12, "13-": None}
SHORT_START_UP, LONG_START_UP = 6, 12  # months after it
FEWEST_IN_BIN = 3  # gemeenten; with fewer, months since the connection are taken together


@dataclass(frozen=True)
class Frame:
    """The time and the gemeenten that an edition measures; nothing of it comes from meldingen.

    `years`: the codes of all, those that are cut short too; `people`: inhabitants in the middle.
    """

    edition: Edition
    vocabulary: Vocabulary
    district: str
    connected_on: pd.Series
    delivered: tuple[str, ...]
    periods: pd.DataFrame
    years: list[str]
    exposure: pd.DataFrame
    people: pd.Series

    @property
    def by_kind(self) -> list[tuple[str, pd.DataFrame]]:
        """The periods of each kind, the longest first."""
        return [(str(kind), rows) for kind, rows in self.periods.groupby("kind", sort=False)]

    def of_kind(self, kind: str) -> pd.DataFrame:
        """The periods of one kind."""
        return self.periods[self.periods["kind"] == kind].reset_index(drop=True)

    def longer(self, shorter: str, longer: str) -> pd.Series:
        """Per period of the shorter kind the code of the one of the longer kind that it is in."""
        begins = self.of_kind(shorter).set_index("period")["begin"]
        return period_of(begins, self.of_kind(longer))

    @property
    def complete_years(self) -> list[str]:
        """The codes of the years that may be compared."""
        return list(self.of_kind(YEAR).query("is_complete")["period"])

    @cached_property
    def owner_of(self) -> dict[str, str]:
        """Gemeente → the organisation that knows its rows: the first of those that share.

        Who sends one file for two gemeenten, or answers the survey for both, knows those of both.
        """
        shared = [*self.edition.bescherming.samen]
        if self.edition.vragenlijst is not None:
            shared += self.edition.vragenlijst.gezamenlijk.values()
        files: dict[str, list[str]] = {}
        for slug in self.connected_on.index:
            for file in self.edition.gemeente(slug).levering:
                files.setdefault(file, []).append(slug)
        owner = {slug: {slug} for slug in self.connected_on.index}
        for group in [*shared, *files.values()]:
            together = set().union(*(owner[slug] for slug in group))
            owner |= dict.fromkeys(together, together)
        return {slug: min(group) for slug, group in owner.items()}

    def joined_in(self, year: str) -> list[str]:
        """The gemeenten that delivered and were connected in this year or later."""
        begin = self.periods.set_index("period").loc[year, "begin"]
        return [slug for slug in self.delivered if self.connected_on[slug] >= begin]

    @cached_property
    def since_bins(self) -> dict[str, tuple[int, int | None]]:
        """Months since the connection that are counted apart → from and before which month.

        None when it is not known since when a gemeente that delivered is connected. What fewer than
        three gemeenten reach is taken together with what comes before.
        """
        dates, last = self.connected_on[list(self.delivered)], self.periods["end"].max()
        bins: dict[str, tuple[int, int | None]] = {}
        begin = 0
        for name, end in SINCE_CONNECTION.items() if len(dates) and dates.notna().all() else ():
            if bins and (dates + pd.DateOffset(months=begin) <= last).sum() < FEWEST_IN_BIN:
                first, (begin, _) = bins.popitem()
                name = f"{first.split('-')[0]}-{name.split('-')[1]}"
            bins[name] = begin, end
            begin = end or begin
        return bins

    @cached_property
    def days_since(self) -> pd.DataFrame:
        """The days of the evaluation in each of these bins and before it, per gemeente.

        One row per `value` and `area`: `begin`, `end` (both included; none when it is before).
        """
        dates, parts = self.connected_on[list(self.delivered)], []
        first, last = self.periods["begin"].min(), self.periods["end"].max()
        for name, (begin, end) in {BEFORE: (None, 0), **self.since_bins}.items():
            part = pd.DataFrame({"value": name, "area": dates.index, "begin": first, "end": last})
            if begin is not None:
                after = dates + pd.DateOffset(months=begin)
                part["begin"] = after.clip(lower=first).to_numpy()
            if end is not None:
                until = dates + pd.DateOffset(months=end, days=-1)
                part["end"] = until.clip(upper=last).to_numpy()
            parts.append(part)
        return pd.concat(parts) if self.since_bins else parts[0].head(0)

    def since_bin(self, gemeente: pd.Series, days: pd.Series) -> pd.Series:
        """The months since the connection of each melding: `before`, or one of the bins."""
        connected = gemeente.map(self.connected_on)
        bins = pd.Series(BEFORE, days.index, dtype="object")
        for name, (begin, _) in self.since_bins.items():
            bins = bins.mask(days >= connected + pd.DateOffset(months=begin), name)
        return bins


def frame(edition: Edition) -> Frame:
    """Set up periods, connection dates and exposure of an edition."""
    vocabulary, cut = edition.vocabulary, periods(edition.begin, edition.peildatum)
    settings = {area.slug: edition.gemeente(area.slug) for area in vocabulary.gemeenten}
    days = {slug: of.aangesloten for slug, of in settings.items()}
    connected_on = pd.Series(days, dtype="datetime64[us]")
    delivered = tuple(slug for slug, of in settings.items() if of.levering)
    years = list(cut.loc[cut["kind"] == YEAR, "period"])
    time = exposure(vocabulary, connected_on, delivered, cut)
    people = inhabitants(vocabulary, middle(cut.head(1))).iloc[0]
    head = (edition, vocabulary, vocabulary.district.slug, connected_on, delivered)
    return Frame(*head, cut, years, time, people)


def periods(begin: dt.date, peildatum: dt.date) -> pd.DataFrame:
    """Cut the evaluation into years, half years, quarters and months, counted from its first month.

    One row per period: `period` (its code: `whole`, `2021-07/2022-06` or, a month, `2021-07`),
    `kind`, `begin`, `end` (both included) and `is_complete`; one that is cut short keeps its code.
    """
    first, last = pd.Timestamp(begin), pd.Timestamp(peildatum)
    rows = [(WHOLE, WHOLE, first, last, True)]
    for kind, months in MONTHS_OF_KIND.items():
        start = first.replace(day=1)
        while start <= last:
            following = start + pd.DateOffset(months=months)
            end = following - pd.Timedelta(days=1)
            code = f"{start:%Y-%m}" if kind == MONTH else f"{start:%Y-%m}/{end:%Y-%m}"
            is_complete = first <= start and end <= last
            rows.append((code, kind, max(start, first), min(end, last), is_complete))
            start = following
    return pd.DataFrame(rows, columns=["period", "kind", "begin", "end", "is_complete"])


def period_of(days: pd.Series, of_kind: pd.DataFrame) -> pd.Series:
    """Say in which of these consecutive periods each day falls; missing when in none."""
    after = np.datetime64(of_kind["end"].iloc[-1] + pd.Timedelta(days=1))
    place = np.searchsorted(of_kind["begin"].to_numpy(), days.to_numpy(), side="right") - 1
    is_inside = days.notna().to_numpy() & (place >= 0) & (days.to_numpy() < after)
    codes = of_kind["period"].array.take(np.where(is_inside, place, -1), allow_fill=True)
    return pd.Series(codes, days.index, dtype="str", name=days.name)


def middle(periods: pd.DataFrame) -> pd.DatetimeIndex:
    """The middle day of each period: of that day inhabitants are taken."""
    halfway = periods["begin"] + (periods["end"] - periods["begin"]) / 2
    return pd.DatetimeIndex(halfway.dt.floor("D"))


def inhabitants(vocabulary: Vocabulary, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Whole inhabitants per day (rows) and gemeente (columns), by `reference/population.csv`.

    In a straight line between two known days, else as on the nearest: the table has not every year.
    """
    rows = pd.DataFrame(vocabulary.reference("population")).sort_values("reference_date")
    known = pd.DatetimeIndex(rows["reference_date"]).to_julian_date().to_numpy(dtype="float64")
    number, at = rows["inhabitants"].to_numpy(dtype="float64"), days.to_julian_date()
    people = {
        slug: np.interp(at, known[of_slug], number[of_slug]).round()
        for slug, of_slug in rows.groupby("slug").indices.items()
    }
    return pd.DataFrame(people, index=days).astype("int64")


def connected_months(connected_on: pd.Series, periods: pd.DataFrame) -> pd.DataFrame:
    """Measure per `area` and `period` how many months (of 30.4375 days) it was connected.

    `connected_months`: missing without a known date.
    """
    dates = connected_on.rename_axis("area").rename("connected_on").reset_index()
    both = dates.merge(periods, how="cross")
    from_day = both[["begin", "connected_on"]].max(axis=1, skipna=False)
    days = (both["end"] - from_day).dt.days + 1
    return both[["area", "period"]].assign(connected_months=days.clip(lower=0) / DAYS_PER_MONTH)


def exposure(
    vocabulary: Vocabulary,
    connected_on: pd.Series,
    delivered: Collection[str],
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Measure per area and period `connected_months`, `inhabitant_years` (inhabitants × connected
    years) and `connected_gemeenten` (on at least one day of it).

    The district is the sum of the gemeenten that delivered; missing when the date of one of them
    is: a rate over too little time would be too high.
    """
    table = connected_months(connected_on, periods)
    people = inhabitants(vocabulary, middle(periods)).reindex(columns=connected_on.index)
    table["inhabitant_years"] = table["connected_months"] / 12 * people.to_numpy().T.ravel()
    table["connected_gemeenten"] = table["connected_months"].gt(0).astype("int64")
    counted = table[table["area"].isin(delivered)].groupby("period")
    summed = counted[["connected_months", "inhabitant_years"]].sum(skipna=False)
    summed["connected_gemeenten"] = counted["connected_gemeenten"].sum()
    summed = summed.reindex(periods["period"]).fillna({"connected_gemeenten": 0})
    district = summed.assign(area=vocabulary.district.slug).reset_index()[list(table)]
    return pd.concat([table, district.astype(table.dtypes)], ignore_index=True)
