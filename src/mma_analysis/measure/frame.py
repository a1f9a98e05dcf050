"""What an edition measures: periods, gemeenten, campaigns; how long each could receive."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from mma_analysis.settings import Edition
from mma_analysis.settings.edition import Campagne
from mma_analysis.vocabulary import Vocabulary

# Areas: all receipts, and those of tips that came again.
RECEIVED = "ontvangen"
DOUBLE = "dubbel"
# Areas: gemeenten that joined within a year, and the others.
NEW = "nieuw"
EXISTING = "bestaand"

# Kinds of period.
WHOLE = "whole"
YEAR = "year"
HALF = "half"
QUARTER = "quarter"
MONTH = "month"
# Each kind is a union of periods of the next: that is what makes the counts one system.
MONTHS_OF_KIND = {YEAR: 12, HALF: 6, QUARTER: 3, MONTH: 1}
WINDOW = "window"  # the months around a campaign: not one of the evaluation's periods
DAY = pd.Timedelta(days=1)
DAYS_PER_MONTH = 365.25 / 12

BEFORE = "before"  # the connection
SINCE_CONNECTION = (3, 6, 12)  # months after it, at which another bin begins
FEWEST_IN_BIN = 3  # gemeenten; with fewer, bins of months since the connection are joined

# Sides of a campaign, and values of its breakdown.
MONTHS_AFTER = 2  # of these nothing is said
DURING = "during"
AFTERWARDS = "afterwards"
OTHERWISE = "otherwise"
TARGET = "target"
OTHER = "other"


@dataclass(frozen=True)
class Campaign:
    """A campaign that can be compared.

    `sides` are the names of its months, of the two after it, and of all others.
    """

    area: str  # of those who took part, together
    breakdown: str  # in its own topics and others
    sides: list[str]
    side_of: pd.Series  # month → side
    members: list[str]
    value_of: dict[str, str]  # topic → its own or another


@dataclass(frozen=True)
class Frame:
    """The time and the gemeenten that an edition measures; nothing is from meldingen."""

    edition: Edition
    connected_on: pd.Series
    delivered: tuple[str, ...]
    periods: pd.DataFrame
    people: pd.Series  # inhabitants in the middle of the evaluation

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
    def complete_years(self) -> list[str]:
        """The codes of the years that may be compared."""
        complete = self.of_kind(YEAR).query("is_complete")
        return list(complete["period"])

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
        sides = [f"{side} {one.naam}" for side in (DURING, AFTERWARDS, OTHERWISE)]
        during, afterwards, otherwise = sides
        side_of = np.select([is_during, is_after], [during, afterwards], otherwise)

        takes_part = self.delivered if one.gemeenten == "alle" else one.gemeenten
        topics = self.vocabulary.topics
        return Campaign(
            # No breakdown of meldingen and no gemeente has such a name.
            area=f"deelnemers {one.naam}",
            breakdown=f"campaign:{one.naam}",
            sides=sides,
            side_of=pd.Series(side_of, begins.index),
            members=[slug for slug in self.delivered if slug in takes_part],
            value_of={topic: TARGET if topic in one.topics else OTHER for topic in topics},
        )

    # --- gemeenten ------------------------------------------------------------------------

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Of each gemeente that delivered the areas that it is a part of.

        A column per grouping: of all, of those that joined within a year, of each campaign.
        """
        groups = pd.DataFrame({"all": RECEIVED}, index=list(self.delivered), dtype="str")
        for year in self.of_kind(YEAR)[1:].itertuples():
            new = f"{NEW} {year.period}"
            existing = f"{EXISTING} {year.period}"
            is_new = self.connected_on[groups.index] >= year.begin
            groups[f"joined {year.period}"] = is_new.map({True: new, False: existing})
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
        together = {slug: {slug} for slug in self.connected_on.index}
        for group in self._sharing():
            everyone = set().union(*(together[slug] for slug in group))
            for slug in everyone:
                together[slug] = everyone
        return {slug: min(everyone) for slug, everyone in together.items()}

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

    # --- how long each could receive ------------------------------------------------------

    @cached_property
    def days_since(self) -> pd.DataFrame:
        """Per `area` the first and last day of the months since its connection, and before.

        `value`: the months that are counted apart; what few gemeenten reach is taken
        together. No row without every connection date.
        """
        first = self.periods["begin"].min()
        last = self.periods["end"].max()
        dates = self.connected_on[list(self.delivered)]
        starts = {0: dates + pd.DateOffset(months=0)}
        for months in SINCE_CONNECTION:
            start = dates + pd.DateOffset(months=months)
            if (start <= last).sum() >= FEWEST_IN_BIN:
                starts[months] = start

        bins = []
        for begin, end in pairwise([None, *starts, None]):
            name = BEFORE if begin is None else f"{begin + 1}-{end or ''}"
            of_bin = pd.DataFrame({"value": name, "area": dates.index})
            of_bin["begin"] = first
            of_bin["end"] = last
            if begin is not None:
                of_bin["begin"] = starts[begin].clip(lower=first).to_numpy()
            if end is not None:
                until = starts[end] - DAY
                of_bin["end"] = until.clip(upper=last).to_numpy()
            bins.append(of_bin)

        if dates.empty or dates.isna().any():
            return bins[0].head(0)
        return pd.concat(bins)

    def since_bin(self, gemeente: pd.Series, days: pd.Series) -> pd.Series:
        """The months since the connection of each melding: a `value` of `days_since`."""
        bins = pd.Series(BEFORE, days.index, dtype="object")
        for name, of_bin in self.days_since.groupby("value", sort=False):
            begin_of = of_bin.set_index("area")["begin"]
            has_begun = days >= gemeente.map(begin_of)
            bins[has_begun] = str(name)
        return bins

    @cached_property
    def exposure(self) -> pd.DataFrame:
        """Per area and period how long how many could receive.

        `connected_months`, `inhabitant_years` and `connected_gemeenten`. The district is
        the sum of the gemeenten that delivered; missing when the date of one of them is: a
        rate over too little time would be too high.
        """
        months = connected_months(self.connected_on, self.periods.set_index("period"))
        people = inhabitants(self.vocabulary, self.periods)
        people = people.reindex(columns=months.index)
        exposure = {
            "connected_months": months,
            "inhabitant_years": months / 12 * people.to_numpy().T,
            "connected_gemeenten": (months > 0).astype("int64"),
        }
        for table in exposure.values():
            of_gemeenten = table.loc[list(self.delivered)]
            table.loc[self.district] = of_gemeenten.sum(skipna=False, min_count=1)

        names = ["area", "period"]
        cells = pd.MultiIndex.from_product([months.index, months.columns], names=names)
        columns = {name: table.to_numpy().ravel() for name, table in exposure.items()}
        rows = pd.DataFrame(columns, cells)
        rows = rows.fillna({"connected_gemeenten": 0})
        return rows.astype({"connected_gemeenten": "int64"}).reset_index()


def frame(edition: Edition, uncounted: Collection[str] = ()) -> Frame:
    """Set up the periods, gemeenten and connection dates of an edition.

    `uncounted`: gemeenten of which no row could be counted; how many meldingen they have is
    not known, as of who did not deliver.
    """
    connected_on: dict[str, dt.date | None] = {}
    delivered: list[str] = []
    for area in edition.vocabulary.gemeenten:
        settings = edition.gemeente(area.slug)
        connected_on[area.slug] = settings.aangesloten
        if settings.levering and area.slug not in uncounted:
            delivered.append(area.slug)

    cut = periods(edition.begin, edition.peildatum)
    whole = cut.head(1)
    return Frame(
        edition=edition,
        connected_on=pd.Series(connected_on, dtype="datetime64[us]"),
        delivered=tuple(delivered),
        periods=cut,
        people=inhabitants(edition.vocabulary, whole).iloc[0],
    )


def periods(begin: dt.date, peildatum: dt.date) -> pd.DataFrame:
    """Cut the evaluation into years, half years, quarters and months, from its first month.

    `period`: its code (`whole`, `2021-07/2022-06` or, a month, `2021-07`); one that is cut
    short ends in its kind, as a shorter one may have its months. `begin`, `end`: both
    included.
    """
    first = pd.Timestamp(begin)
    last = pd.Timestamp(peildatum)
    rows = [(WHOLE, WHOLE, first, last, True)]
    for kind, months in MONTHS_OF_KIND.items():
        starts = pd.date_range(first.replace(day=1), last, freq=f"{months}MS")
        for start in starts:
            end = start + pd.DateOffset(months=months, days=-1)
            until = min(end, last)
            code = f"{start:%Y-%m}"
            if kind != MONTH:
                code += f"/{until:%Y-%m}"
            is_cut_short = until.to_period("M") < end.to_period("M")
            if is_cut_short:
                code += f"-{kind}"
            is_complete = first <= start and end <= last
            rows.append((code, kind, max(start, first), until, is_complete))
    table = pd.DataFrame(rows, columns=["period", "kind", "begin", "end", "is_complete"])
    return table.astype({"end": "datetime64[us]"})


def period_of(days: pd.Series, of_kind: pd.DataFrame) -> pd.Series:
    """Say in which of these consecutive periods each day falls; missing when in none."""
    begins = list(of_kind["begin"])
    after = of_kind["end"].iloc[-1] + DAY
    edges = pd.DatetimeIndex([*begins, after])
    codes = list(of_kind["period"])
    period = pd.cut(days, edges, right=False, labels=codes)
    return period.astype("str")


def inhabitants(vocabulary: Vocabulary, periods: pd.DataFrame) -> pd.DataFrame:
    """Whole inhabitants in the middle of each period (rows) of each gemeente (columns).

    In a straight line between two known days (`reference/population.csv`), else as on the
    nearest.
    """
    known = pd.DataFrame(vocabulary.reference("population"))
    known = known.sort_values("reference_date")
    known["day"] = pd.DatetimeIndex(known["reference_date"]).to_julian_date()

    length = periods["end"] - periods["begin"]
    halfway = periods["begin"] + length / 2
    days = pd.DatetimeIndex(halfway.dt.floor("D")).to_julian_date()

    people = {}
    for slug, of_slug in known.groupby("slug"):
        numbers = of_slug["inhabitants"].astype("float64")
        people[slug] = np.interp(days, of_slug["day"], numbers)
    table = pd.DataFrame(people, index=periods.index)
    return table.round().astype("int64")


def days_inside(spans: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Count the days of each span (rows) in each period (columns).

    days = the first of both ends − the last of both begins + 1, and 0 when that is less.
    A span without an `end` lasts; of one without a `begin` the days are missing.
    """
    span_begins = spans["begin"].to_numpy()
    span_ends = spans["end"].to_numpy()
    begins = np.maximum.outer(span_begins, periods["begin"].to_numpy())
    ends = np.fmin.outer(span_ends, periods["end"].to_numpy())
    days = (ends - begins) / np.timedelta64(1, "D") + 1
    table = pd.DataFrame(days, spans.index, periods.index)
    return table.clip(lower=0)


def connected_months(connected_on: pd.Series, periods: pd.DataFrame) -> pd.DataFrame:
    """The months, of 30.4375 days, that each gemeente (rows) was connected in a period."""
    spans = pd.DataFrame({"begin": connected_on, "end": pd.NaT})
    return days_inside(spans, periods) / DAYS_PER_MONTH
