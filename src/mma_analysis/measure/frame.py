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
    """The time and the gemeenten that an edition measures; nothing of it comes from meldingen."""

    edition: Edition
    connected_on: pd.Series
    delivered: tuple[str, ...]
    periods: pd.DataFrame
    exposure: pd.DataFrame
    people: pd.Series  # inhabitants in the middle of the evaluation

    @property
    def vocabulary(self) -> Vocabulary:
        """The words and areas of the edition."""
        return self.edition.vocabulary

    @property
    def district(self) -> str:
        """The slug of the district."""
        return self.vocabulary.district.slug

    @property
    def years(self) -> list[str]:
        """The codes of all years, those that are cut short too."""
        return list(self.of_kind(YEAR)["period"])

    @property
    def by_kind(self) -> list[tuple[str, pd.DataFrame]]:
        """The periods of each kind, the longest first."""
        return [(str(kind), rows) for kind, rows in self.periods.groupby("kind", sort=False)]

    def of_kind(self, kind: str) -> pd.DataFrame:
        """The periods of one kind."""
        return self.periods[self.periods["kind"] == kind].reset_index(drop=True)

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """The months, with `begin`, `end` and the code of the period of each kind that it is in."""
        months = self.of_kind(MONTH).set_index("period", drop=False)[["begin", "end"]]
        kinds = {kind: period_of(months["begin"], rows) for kind, rows in self.by_kind}
        return months.assign(**kinds)

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

        None without every connection date. What few gemeenten reach is taken together.
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
        """The first and last day of each of these bins (`value`), and before it, per `area`."""
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
    settings = {area.slug: edition.gemeente(area.slug) for area in edition.vocabulary.gemeenten}
    days = {slug: of.aangesloten for slug, of in settings.items()}
    connected_on = pd.Series(days, dtype="datetime64[us]")
    delivered = tuple(slug for slug, of in settings.items() if of.levering)
    cut = periods(edition.begin, edition.peildatum)
    time = exposure(edition.vocabulary, connected_on, delivered, cut)
    people = inhabitants(edition.vocabulary, middle(cut.head(1))).iloc[0]
    return Frame(edition, connected_on, delivered, cut, time, people)


def periods(begin: dt.date, peildatum: dt.date) -> pd.DataFrame:
    """Cut the evaluation into years, half years, quarters and months, counted from its first month.

    `period`: its code (`whole`, `2021-07/2022-06` or, a month, `2021-07`), also when it is cut
    short; `begin`, `end`: both included.
    """
    first, last = pd.Timestamp(begin), pd.Timestamp(peildatum)
    rows = [(WHOLE, WHOLE, first, last, True)]
    for kind, months in MONTHS_OF_KIND.items():
        for start in pd.date_range(first.replace(day=1), last, freq=f"{months}MS"):
            end = start + pd.DateOffset(months=months, days=-1)
            code = f"{start:%Y-%m}" if kind == MONTH else f"{start:%Y-%m}/{end:%Y-%m}"
            is_complete = first <= start and end <= last
            rows.append((code, kind, max(start, first), min(end, last), is_complete))
    table = pd.DataFrame(rows, columns=["period", "kind", "begin", "end", "is_complete"])
    return table.astype({"end": "datetime64[us]"})


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
    """Whole inhabitants per day (rows) and gemeente (columns), by `reference/population.csv`: in a
    straight line between two known days, else as on the nearest."""
    rows = pd.DataFrame(vocabulary.reference("population")).sort_values("reference_date")
    rows["day"] = pd.DatetimeIndex(rows["reference_date"]).to_julian_date()
    at, people = days.to_julian_date(), {}
    for slug, of_slug in rows.groupby("slug"):
        people[slug] = np.interp(at, of_slug["day"], of_slug["inhabitants"].astype("float64"))
    return pd.DataFrame(people, index=days).round().astype("int64")


def connected_months(connected_on: pd.Series, periods: pd.DataFrame) -> pd.DataFrame:
    """Months (of 30.4375 days) that each area was connected in a period; missing without a date."""
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
    """Per area and period its `connected_months`, `inhabitant_years` and `connected_gemeenten`.

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
