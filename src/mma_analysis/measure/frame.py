"""What an edition measures: periods, gemeenten, campaigns; how long each could receive."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from mma_analysis.settings import Edition
from mma_analysis.settings.edition import Campagne
from mma_analysis.vocabulary import Vocabulary

# Areas: all receipts, and those of tips that came again.
ALL_RECEIPTS = "ontvangen"
DOUBLE = "dubbel"
# Areas: gemeenten that joined within a year, and the others.
NEW_GEMEENTEN = "nieuw"
EXISTING = "bestaand"

# Kinds of period.
WHOLE = "whole"
YEAR = "year"
HALF_YEAR = "half"
QUARTER = "quarter"
MONTH = "month"
# Each kind is a union of periods of the next: that is what makes the counts one system.
# Kind of a period → how many months it has.
MONTHS_OF_KIND = {YEAR: 12, HALF_YEAR: 6, QUARTER: 3, MONTH: 1}
WINDOW = "window"  # the months around a campaign: not one of the evaluation's periods
ONE_DAY = pd.Timedelta(days=1)
DAYS_PER_MONTH = 365.25 / 12

BEFORE_CONNECTION = "before"  # the connection
SINCE_CONNECTION = (3, 6, 12)  # months after it, at which another bin begins
FEWEST_IN_BIN = 3  # gemeenten; with fewer, bins of months since the connection are joined

# Why nothing of a gemeente is counted.
NO_FILE = "no_file"
FILE_UNREADABLE = "unreadable"
FILE_OF_OTHER_PERIOD = "other_period"
# By what was sent instead of a delivery.
WHY_BY_SENT = {"totalen": "sent_totals", "onleesbaar": "sent_unreadable"}
NOT_DELIVERED = [NO_FILE, FILE_UNREADABLE, FILE_OF_OTHER_PERIOD, *WHY_BY_SENT.values()]

# Sides of a campaign, and values of its breakdown.
MONTHS_AFTER = 2  # of these nothing is said
DURING = "during"
AFTERWARDS = "afterwards"
OTHERWISE = "otherwise"
TARGET = "target"
OTHER_TOPICS = "other"


@dataclass(frozen=True)
class Campaign:
    """A campaign that can be compared, for those who took part and delivered all of it.

    `sides` are the names of its months, of the two after it, and of all others.
    """

    area: str  # of those who took part, together
    breakdown: str  # in its own topics and others
    sides: list[str]
    side_of: pd.Series  # month → side
    members: list[str]
    value_of: dict[str, str]  # topic → its own or another


class Period(NamedTuple):
    """A part of the evaluation, by its code (`period`); `begin` and `end` are in it."""

    period: str
    kind: str
    begin: pd.Timestamp
    end: pd.Timestamp
    is_complete: bool  # not cut short by the evaluation


@dataclass(frozen=True)
class DeliveryEnd:
    """Where a delivery is seen to end, of which nobody said until when it goes.

    `day`: the last one of the month of its last melding, or the last one that went out.
    `fewest`: how many meldingen it has at least, or so long a silence could be chance; 0
    when the day does not follow from the meldingen.
    """

    day: dt.date
    fewest: int = 0

    @property
    def last_month(self) -> pd.Timestamp:
        """The first day of the last month with a melding."""
        day = pd.Timestamp(self.day)
        return day.replace(day=1)


@dataclass(frozen=True)
class Frame:
    """The time and the gemeenten that an edition measures.

    A gemeente counts from its connection (`connected_on`) until the last day that its
    delivery covers (`covered_until`; none of who did not deliver). What came in later is
    not known: it is no zero.
    """

    edition: Edition
    connected_on: pd.Series
    covered_until: pd.Series
    delivered: tuple[str, ...]
    periods: pd.DataFrame
    people: pd.Series  # inhabitants in the middle of the evaluation
    absent: Mapping[str, str]  # gemeente → why nothing of it is counted
    ends: Mapping[str, DeliveryEnd]  # gemeente → where its delivery is seen to end

    @property
    def vocabulary(self) -> Vocabulary:
        """The words and areas of the edition."""
        return self.edition.vocabulary

    @property
    def district(self) -> str:
        """The slug of the district."""
        return self.vocabulary.district.slug

    # --- time -----------------------------------------------------------------------------

    def of_kind(self, kind: str) -> pd.DataFrame:
        """The periods of one kind."""
        is_of_kind = self.periods["kind"] == kind
        return self.periods[is_of_kind].reset_index(drop=True)

    @property
    def of_other_period(self) -> frozenset[str]:
        """The gemeenten of which the files are about other days than the evaluation."""
        others = {slug for slug, why in self.absent.items() if why == FILE_OF_OTHER_PERIOD}
        return frozenset(others)

    @property
    def complete_years(self) -> list[str]:
        """The codes of the years that may be compared: whole, and covered by all."""
        years = self.of_kind(YEAR)
        covered_until = self.covered_until[list(self.delivered)]
        is_covered = years["end"] <= covered_until.min()
        is_complete = years["is_complete"]
        return list(years.loc[is_complete & is_covered, "period"])

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """The months: `begin`, `end` and the code of the period of each kind around it."""
        months = self.of_kind(MONTH).set_index("period")
        calendar = months[["begin", "end"]]
        for kind, of_kind in self.periods.groupby("kind", sort=False):
            calendar[str(kind)] = period_of(months["begin"], of_kind)
        return calendar

    @cached_property
    def windows(self) -> pd.DataFrame:
        """Of each month the period of each kind, and each campaign's side (`window …`)."""
        windows = self.calendar.drop(columns=["begin", "end"])
        for name, campaign in self.campaigns.items():
            windows[f"{WINDOW} {name}"] = campaign.side_of
        return windows

    @cached_property
    def campaigns(self) -> dict[str, Campaign]:
        """Name → each campaign that names topics and touches a month of the evaluation."""
        months = self.calendar
        campaigns = {}
        for one in self.edition.campagnes:
            begins_in_time = months["begin"] <= pd.Timestamp(one.eind)
            ends_in_time = months["end"] >= pd.Timestamp(one.begin)
            is_during = begins_in_time & ends_in_time
            if one.topics and is_during.any():
                campaigns[one.naam] = self._campaign(one, is_during)
        return campaigns

    def _campaign(self, one: Campagne, is_during: pd.Series) -> Campaign:
        """A campaign as it is compared; `is_during`: of each month."""
        begins = self.calendar["begin"]
        end = pd.Timestamp(one.eind)
        last = end + pd.offsets.MonthEnd(0) + pd.offsets.MonthEnd(MONTHS_AFTER)
        is_after = (begins > end) & (begins <= last)
        during = f"{DURING} {one.naam}"
        afterwards = f"{AFTERWARDS} {one.naam}"
        otherwise = f"{OTHERWISE} {one.naam}"
        side_of = pd.Series(otherwise, begins.index)
        side_of[is_after] = afterwards
        side_of[is_during] = during

        value_of = dict.fromkeys(self.vocabulary.topics, OTHER_TOPICS)
        value_of |= dict.fromkeys(one.topics, TARGET)
        return Campaign(
            # No breakdown of meldingen and no gemeente has such a name.
            area=f"deelnemers {one.naam}",
            breakdown=f"campaign:{one.naam}",
            sides=[during, afterwards, otherwise],
            side_of=side_of,
            members=self._members(one, is_during),
            value_of=value_of,
        )

    def _members(self, one: Campagne, is_during: pd.Series) -> list[str]:
        """Who took part; who did not deliver all months of it cannot be compared."""
        last = self.calendar.loc[is_during, "end"].max()
        members = []
        for slug in self.delivered:
            takes_part = one.gemeenten == "alle" or slug in one.gemeenten
            if takes_part and self.covered_until[slug] >= last:
                members.append(slug)
        return members

    # --- gemeenten ------------------------------------------------------------------------

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Of each gemeente that delivered the areas that it is a part of.

        A column per grouping: of all, of those that joined within a year, of each campaign.
        """
        slugs = list(self.delivered)
        groups = pd.DataFrame({"all": ALL_RECEIPTS}, index=slugs, dtype="str")
        connected_on = self.connected_on[slugs]

        later_years = self.of_kind(YEAR)[1:]
        for year in later_years.itertuples():
            is_new = connected_on >= year.begin
            joined = pd.Series(f"{EXISTING} {year.period}", slugs, dtype="str")
            joined[is_new] = f"{NEW_GEMEENTEN} {year.period}"
            groups[f"joined {year.period}"] = joined

        for campaign in self.campaigns.values():
            area = campaign.area
            groups[area] = pd.Series(area, campaign.members, dtype="str")
        return groups

    @cached_property
    def owner_of(self) -> dict[str, str]:
        """Gemeente → the organisation that knows its rows: the first of those that share.

        Who sends one file for two gemeenten, or answers the survey for both, knows those of
        both.
        """
        owner_of = {}
        for slug in self.connected_on.index:
            owner_of[slug] = slug
        for group in self._sharing():
            owners = [owner_of[slug] for slug in group]
            first = min(owners)
            for slug, owner in owner_of.items():
                if owner in owners:
                    owner_of[slug] = first
        return owner_of

    def _sharing(self) -> Iterator[Sequence[str]]:
        """Gemeenten that know the rows of each other."""
        yield from self.edition.bescherming.samen
        survey = self.edition.vragenlijst
        if survey:
            yield from survey.gezamenlijk.values()

        senders: dict[str, list[str]] = {}
        for slug in self.connected_on.index:
            for file in self.edition.gemeente(slug).levering:
                senders.setdefault(file, []).append(slug)
        yield from senders.values()

    # --- how long each counts -------------------------------------------------------------

    def months_counted(self, periods: pd.DataFrame) -> pd.DataFrame:
        """The months, of 30.4375 days, that each gemeente (rows) counts in each period.

        `periods`: with `begin` and `end`, on their code.
        """
        spans = pd.DataFrame({"begin": self.connected_on, "end": self.covered_until})
        days = days_inside(spans, periods)
        return days / DAYS_PER_MONTH

    def is_before_connection(self, area: pd.Series, period: pd.Series) -> pd.Series:
        """Whether each of these periods ends before its gemeente was connected."""
        end_of = self.periods.set_index("period")["end"]
        connected_on = area.map(self.connected_on)
        return connected_on > period.map(end_of)

    def is_uncovered(self, area: pd.Series, period: pd.Series) -> pd.Series:
        """Whether each of these periods begins after what its gemeente delivered."""
        begin_of = self.periods.set_index("period")["begin"]
        covered_until = area.map(self.covered_until)
        return period.map(begin_of) > covered_until

    def covering(self, closed_until: pd.Series) -> "Frame":
        """The same, where what went out of a gemeente is covered too (gemeente → day).

        Also when nothing that it delivers now can be counted: what went out of it stays.
        """
        went_out = closed_until.reindex(self.covered_until.index)
        is_asked = went_out >= self.periods["begin"].min()
        is_covered = self.covered_until >= went_out
        covered_until = self.covered_until.mask(is_asked & ~is_covered, went_out)
        delivered = covered_until.index[covered_until.notna()]
        return replace(
            self,
            covered_until=covered_until,
            delivered=tuple(map(str, delivered)),
        )

    @cached_property
    def days_since(self) -> pd.DataFrame:
        """Per `area` the first and last day of the months since its connection, and before.

        `value`: the months that are counted apart; what few gemeenten reach is taken
        together. No row without every connection date. Days that a delivery does not cover
        are in none.
        """
        first = self.periods["begin"].min()
        last = self.covered_until[list(self.delivered)]
        dates = self.connected_on[list(self.delivered)]
        starts = {0: dates + pd.DateOffset(months=0)}
        for months in SINCE_CONNECTION:
            start = dates + pd.DateOffset(months=months)
            is_reached = start <= last
            if is_reached.sum() >= FEWEST_IN_BIN:
                starts[months] = start

        before = pd.DataFrame(index=dates.index)
        before["value"] = BEFORE_CONNECTION
        before["begin"] = first
        before["end"] = starts[0] - ONE_DAY
        bins = [before]
        begins = list(starts)
        ends = [*begins[1:], None]
        for begin, end in zip(begins, ends, strict=True):
            of_bin = pd.DataFrame(index=dates.index)
            of_bin["value"] = f"{begin + 1}-{end or ''}"
            of_bin["begin"] = starts[begin].clip(lower=first)
            of_bin["end"] = last if end is None else starts[end] - ONE_DAY
            bins.append(of_bin)

        every = pd.concat(bins)
        until = last.reindex(every.index)
        is_later = every["end"] > until
        every["end"] = every["end"].mask(is_later, until)
        if dates.isna().any():
            every = every.head(0)
        return every.rename_axis("area").reset_index()

    def since_bin(self, gemeente: pd.Series, days: pd.Series) -> pd.Series:
        """The months since the connection of each melding: a `value` of `days_since`."""
        bins = pd.Series(BEFORE_CONNECTION, days.index, dtype="object")
        by_name = self.days_since.groupby("value", sort=False)
        for name, of_bin in by_name:
            begin_of = of_bin.set_index("area")["begin"]
            own_begin = gemeente.map(begin_of)
            has_begun = days >= own_begin
            bins[has_begun] = str(name)
        return bins

    @cached_property
    def exposure(self) -> pd.DataFrame:
        """Per area and period how long how many count.

        `connected_months`, `inhabitant_years` and `connected_gemeenten`: of days that they
        were connected and that their delivery covers. The district is the sum of the
        gemeenten that delivered; missing when the date of one of them is: a rate over too
        little time would be too high.
        """
        on_period = self.periods.set_index("period")
        months = self.months_counted(on_period)
        people = inhabitants(self.vocabulary, on_period).T
        people = people.reindex(months.index)
        exposure = {
            "connected_months": months,
            "inhabitant_years": months / 12 * people,
            "connected_gemeenten": (months > 0).astype("int64"),
        }
        columns = []
        for name, table in exposure.items():
            of_gemeenten = table.loc[list(self.delivered)]
            of_district = of_gemeenten.sum(skipna=False, min_count=1)
            table.loc[self.district] = of_district
            by_period = table.T.rename_axis(index="period", columns="area")
            rows = by_period.reset_index().melt(id_vars="period", value_name=name)
            columns.append(rows.set_index(["area", "period"]))
        rows = pd.concat(columns, axis="columns")
        rows = rows.fillna({"connected_gemeenten": 0})
        return rows.astype({"connected_gemeenten": "int64"}).reset_index()


def frame(
    edition: Edition,
    absent: Mapping[str, str] | None = None,
    ends: Mapping[str, DeliveryEnd] | None = None,
) -> Frame:
    """Set up the periods, gemeenten and days of an edition.

    - `absent`: gemeente → why none of its rows could be counted; how many meldingen it has
      is not known, as of who did not deliver.
    - `ends`: gemeente → where its delivery is seen to end (`measure.ends_of`). All others
      cover what the settings say.
    """
    seen = dict(ends or {})
    why_absent = dict(absent or {})
    connected_on: dict[str, dt.date | None] = {}
    covered_until: dict[str, dt.date | None] = {}
    delivered: list[str] = []
    for area in edition.vocabulary.gemeenten:
        slug = area.slug
        settings = edition.gemeente(slug)
        connected_on[slug] = settings.aangesloten
        covered_until[slug] = None
        if not settings.levering:
            why_absent[slug] = NO_FILE
            if settings.stuurde:
                why_absent[slug] = WHY_BY_SENT[settings.stuurde]
        if slug not in why_absent:
            delivered.append(slug)
            covered_until[slug] = edition.covered_until(slug)
            if slug in seen:
                covered_until[slug] = seen[slug].day

    cut = periods(edition.begin, edition.peildatum)
    whole = cut.head(1)
    return Frame(
        edition=edition,
        connected_on=pd.Series(connected_on, dtype="datetime64[us]"),
        covered_until=pd.Series(covered_until, dtype="datetime64[us]"),
        delivered=tuple(delivered),
        periods=cut,
        people=inhabitants(edition.vocabulary, whole).iloc[0],
        absent=why_absent,
        ends={slug: seen[slug] for slug in delivered if slug in seen},
    )


def periods(begin: dt.date, peildatum: dt.date) -> pd.DataFrame:
    """Cut the evaluation into years, half years, quarters and months, from its first month.

    `period`: its code (`whole`, `2021-07/2022-06` or, a month, `2021-07`); one that is cut
    short ends in its kind, as a shorter one may have its months. `begin`, `end`: both
    included.
    """
    first = pd.Timestamp(begin)
    last = pd.Timestamp(peildatum)
    first_month = first.replace(day=1)
    whole = Period(
        period=WHOLE,
        kind=WHOLE,
        begin=first,
        end=last,
        is_complete=True,
    )
    rows = [whole]
    for kind, months in MONTHS_OF_KIND.items():
        starts = pd.date_range(first_month, last, freq=f"{months}MS")
        for start in starts:
            end = start + pd.DateOffset(months=months, days=-1)
            period = Period(
                period=_code(kind, start, end, last),
                kind=kind,
                begin=max(start, first),
                end=min(end, last),
                is_complete=first <= start and end <= last,
            )
            rows.append(period)
    table = pd.DataFrame(rows)
    return table.astype({"end": "datetime64[us]"})


def _code(kind: str, start: pd.Timestamp, end: pd.Timestamp, last: pd.Timestamp) -> str:
    """What a period from `start` to `end` is called, or to the `last` day of all."""
    code = f"{start:%Y-%m}"
    if kind == MONTH:
        return code
    until = min(end, last)
    code = f"{code}/{until:%Y-%m}"
    is_cut_short = until.to_period("M") < end.to_period("M")
    return f"{code}-{kind}" if is_cut_short else code


def period_of(days: pd.Series, of_kind: pd.DataFrame) -> pd.Series:
    """Say in which of these consecutive periods each day falls; missing when in none."""
    begins = of_kind["begin"]
    last = of_kind["end"].iloc[-1]
    edges = pd.DatetimeIndex(begins).append(pd.DatetimeIndex([last + ONE_DAY]))
    period = pd.cut(
        days,
        edges,
        right=False,
        labels=list(of_kind["period"]),
    )
    return period.astype("str")


def inhabitants(vocabulary: Vocabulary, periods: pd.DataFrame) -> pd.DataFrame:
    """Whole inhabitants in the middle of each period (rows) of each gemeente (columns).

    In a straight line between two known days (`reference/population.csv`), else as on the
    nearest.
    """
    known = pd.DataFrame(vocabulary.reference("population"))
    known = known.sort_values("reference_date")
    known["day"] = _number_of(known["reference_date"])

    length = periods["end"] - periods["begin"]
    halfway = periods["begin"] + length / 2
    days = _number_of(halfway.dt.floor("D"))

    people = {}
    for slug, of_slug in known.groupby("slug"):
        numbers = of_slug["inhabitants"].astype("float64")
        people[slug] = np.interp(days, of_slug["day"], numbers)
    table = pd.DataFrame(people, index=periods.index)
    return table.round().astype("int64")


def _number_of(days: pd.Series) -> pd.Index:
    """Days as numbers, to interpolate with."""
    dates = pd.DatetimeIndex(days)
    return dates.to_julian_date()


def days_inside(spans: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Count the days of each span (rows) in each period (columns).

    days = the first of both ends − the last of both begins + 1, and 0 when that is less.
    A span without an `end` lasts; of one without a `begin` the days are missing.
    """
    table = pd.DataFrame(index=spans.index, columns=periods.index, dtype="float64")
    for period, begin, end in periods[["begin", "end"]].itertuples():
        begins = spans["begin"].clip(lower=begin)
        ends = spans["end"].fillna(end)
        ends = ends.clip(upper=end)
        days = (ends - begins).dt.days + 1
        table[period] = days.clip(lower=0)
    return table
