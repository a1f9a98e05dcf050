"""What an edition measures: periods, gemeenten and campaigns, and how long each could receive."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary

RECEIVED, DOUBLE = "ontvangen", "dubbel"  # areas: all receipts, and those of tips that came again
NEW, EXISTING = "nieuw", "bestaand"  # areas: gemeenten that joined within a year, and the others
WHOLE, YEAR, HALF, QUARTER, MONTH = "whole", "year", "half", "quarter", "month"
# Each kind is a union of periods of the next: that is what makes the counts one system.
MONTHS_OF_KIND = {YEAR: 12, HALF: 6, QUARTER: 3, MONTH: 1}
WINDOW = "window"  # the months around a campaign: not one of the evaluation's periods
DAYS_PER_MONTH = 365.25 / 12
BEFORE = "before"  # the connection
SINCE_CONNECTION = (3, 6, 12)  # months after it, at which another bin begins
FEWEST_IN_BIN = 3  # gemeenten; with fewer, months since the connection are taken together
MONTHS_AFTER = 2  # after a campaign: of these nothing is said
DURING, AFTERWARDS, OTHERWISE = "during", "afterwards", "otherwise"
TARGET, OTHER = "target", "other"


@dataclass(frozen=True)
class Campaign:
    """A campaign that can be compared: `sides` are its months, the two after it, and all others."""

    area: str  # of those who took part, together
    breakdown: str  # in its own topics and others
    sides: list[str]
    side_of: pd.Series  # month → side
    members: list[str]
    value_of: dict[str, str]  # topic → its own or another


@dataclass(frozen=True)
class Frame:
    """The time and the gemeenten that an edition measures; nothing of it comes from meldingen."""

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

    def of_kind(self, kind: str) -> pd.DataFrame:
        """The periods of one kind."""
        return self.periods[self.periods["kind"] == kind].reset_index(drop=True)

    @property
    def complete_years(self) -> list[str]:
        """The codes of the years that may be compared."""
        return list(self.of_kind(YEAR).query("is_complete")["period"])

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """The months, with `begin`, `end` and the code of the period of each kind that it is in."""
        months = self.of_kind(MONTH).set_index("period", drop=False)[["begin", "end"]]
        kinds = self.periods.groupby("kind", sort=False)
        return months.assign(**{str(kind): period_of(months["begin"], of) for kind, of in kinds})

    @cached_property
    def campaigns(self) -> dict[str, Campaign]:
        """Name → each campaign that names topics and touches a month of the evaluation."""
        months, campaigns = self.calendar, {}
        for one in self.edition.campagnes:
            name, begin, end = one.naam, pd.Timestamp(one.begin), pd.Timestamp(one.eind)
            during = (months["begin"] <= end) & (months["end"] >= begin)
            if one.topics and during.any():
                after = end + pd.offsets.MonthEnd(0) + pd.offsets.MonthEnd(MONTHS_AFTER)
                later = (months["begin"] > end) & (months["begin"] <= after)
                sides = [f"{side} {name}" for side in (DURING, AFTERWARDS, OTHERWISE)]
                side_of = pd.Series(np.select([during, later], sides[:2], sides[2]), months.index)
                takes_part = self.delivered if one.gemeenten == "alle" else one.gemeenten
                members = [slug for slug in self.delivered if slug in takes_part]
                topics = {t: TARGET if t in one.topics else OTHER for t in self.vocabulary.topics}
                # No breakdown of meldingen and no gemeente has such a name.
                names = f"deelnemers {name}", f"campaign:{name}"
                campaigns[name] = Campaign(*names, sides, side_of, members, topics)
        return campaigns

    @cached_property
    def windows(self) -> pd.DataFrame:
        """Of each month the period of each kind, and the side of each campaign (`window …`)."""
        windows = {f"{WINDOW} {name}": one.side_of for name, one in self.campaigns.items()}
        return self.calendar.drop(columns=["begin", "end"]).assign(**windows)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Of each gemeente that delivered the areas that it is a part of: a column per grouping."""
        groups = pd.DataFrame({"all": RECEIVED}, index=list(self.delivered), dtype="str")
        for row in self.of_kind(YEAR)[1:].itertuples():
            names = {True: f"{NEW} {row.period}", False: f"{EXISTING} {row.period}"}
            is_new = self.connected_on[groups.index] >= row.begin
            groups[f"joined {row.period}"] = is_new.map(names)
        for one in self.campaigns.values():
            groups[one.area] = pd.Series(one.area, one.members, dtype="str")
        return groups

    @cached_property
    def owner_of(self) -> dict[str, str]:
        """Gemeente → the organisation that knows its rows: the first of those that share.

        Who sends one file for two gemeenten, or answers the survey for both, knows those of both.
        """
        slugs, asked = list(self.connected_on.index), self.edition.vragenlijst
        files: dict[str, list[str]] = {}
        for slug in slugs:
            for file in self.edition.gemeente(slug).levering:
                files.setdefault(file, []).append(slug)
        jointly = asked.gezamenlijk.values() if asked else ()
        together = {slug: {slug} for slug in slugs}
        for group in (*self.edition.bescherming.samen, *jointly, *files.values()):
            every = set().union(*(together[slug] for slug in group))
            together |= dict.fromkeys(every, every)
        return {slug: min(every) for slug, every in together.items()}

    @cached_property
    def days_since(self) -> pd.DataFrame:
        """Per `area` the first and last day of the months since its connection, and before it.

        `value`: the months that are counted apart; what few gemeenten reach is taken together. No
        row without every connection date.
        """
        dates = self.connected_on[list(self.delivered)]
        first, last = self.periods["begin"].min(), self.periods["end"].max()
        after = {months: dates + pd.DateOffset(months=months) for months in (0, *SINCE_CONNECTION)}
        begins = [n for n in SINCE_CONNECTION if after[n].le(last).sum() >= FEWEST_IN_BIN]
        parts = []
        for begin, end in pairwise([None, 0, *begins, None]):
            name = BEFORE if begin is None else f"{begin + 1}-{end or ''}"
            part = pd.DataFrame({"value": name, "area": dates.index, "begin": first, "end": last})
            if begin is not None:
                part["begin"] = after[begin].clip(lower=first).to_numpy()
            if end is not None:
                part["end"] = (after[end] - pd.Timedelta(days=1)).clip(upper=last).to_numpy()
            parts.append(part)
        return pd.concat(parts) if len(dates) and dates.notna().all() else parts[0].head(0)

    def since_bin(self, gemeente: pd.Series, days: pd.Series) -> pd.Series:
        """The months since the connection of each melding: a `value` of `days_since`."""
        bins = pd.Series(BEFORE, days.index, dtype="object")
        for name, rows in self.days_since.groupby("value", sort=False):
            bins[days >= gemeente.map(rows.set_index("area")["begin"])] = str(name)
        return bins

    @cached_property
    def exposure(self) -> pd.DataFrame:
        """Per area and period `connected_months`, `inhabitant_years` and `connected_gemeenten`.

        The district is the sum of the gemeenten that delivered; missing when the date of one of
        them is: a rate over too little time would be too high.
        """
        months = connected_months(self.connected_on, self.periods.set_index("period"))
        people = inhabitants(self.vocabulary, self.periods).reindex(columns=months.index)
        tables = {
            "connected_months": months,
            "inhabitant_years": months / 12 * people.to_numpy().T,
            "connected_gemeenten": months.gt(0).astype("int64"),
        }
        for table in tables.values():
            who = table.loc[list(self.delivered)]
            table.loc[self.district] = who.sum(skipna=False, min_count=1)
        names = ["area", "period"]
        cells = pd.MultiIndex.from_product([months.index, months.columns], names=names)
        columns = {name: table.to_numpy().ravel() for name, table in tables.items()}
        table = pd.DataFrame(columns, cells).fillna({"connected_gemeenten": 0})
        return table.astype({"connected_gemeenten": "int64"}).reset_index()


def frame(edition: Edition, uncounted: Collection[str] = ()) -> Frame:
    """Set up the periods, gemeenten and connection dates of an edition.

    `uncounted`: gemeenten of which no row could be counted; how many meldingen they have is not
    known, as of who did not deliver.
    """
    settings = {area.slug: edition.gemeente(area.slug) for area in edition.vocabulary.gemeenten}
    days = {slug: of.aangesloten for slug, of in settings.items()}
    counted = {slug for slug, of in settings.items() if of.levering} - {*uncounted}
    delivered = tuple(slug for slug in settings if slug in counted)
    cut = periods(edition.begin, edition.peildatum)
    people = inhabitants(edition.vocabulary, cut.head(1)).iloc[0]
    return Frame(edition, pd.Series(days, dtype="datetime64[us]"), delivered, cut, people)


def periods(begin: dt.date, peildatum: dt.date) -> pd.DataFrame:
    """Cut the evaluation into years, half years, quarters and months, counted from its first month.

    `period`: its code (`whole`, `2021-07/2022-06` or, a month, `2021-07`); one that is cut short
    ends in its kind, as a shorter one may have its months. `begin`, `end`: both included.
    """
    first, last = pd.Timestamp(begin), pd.Timestamp(peildatum)
    rows = [(WHOLE, WHOLE, first, last, True)]
    for kind, months in MONTHS_OF_KIND.items():
        for start in pd.date_range(first.replace(day=1), last, freq=f"{months}MS"):
            end = start + pd.DateOffset(months=months, days=-1)
            until = min(end, last)
            code = f"{start:%Y-%m}" if kind == MONTH else f"{start:%Y-%m}/{until:%Y-%m}"
            code += f"-{kind}" if until.to_period("M") < end.to_period("M") else ""
            is_complete = first <= start and end <= last
            rows.append((code, kind, max(start, first), until, is_complete))
    table = pd.DataFrame(rows, columns=["period", "kind", "begin", "end", "is_complete"])
    return table.astype({"end": "datetime64[us]"})


def period_of(days: pd.Series, of_kind: pd.DataFrame) -> pd.Series:
    """Say in which of these consecutive periods each day falls; missing when in none."""
    after = of_kind["end"].iloc[-1] + pd.Timedelta(days=1)
    edges = pd.DatetimeIndex([*of_kind["begin"], after])
    return pd.cut(days, edges, right=False, labels=list(of_kind["period"])).astype("str")


def inhabitants(vocabulary: Vocabulary, periods: pd.DataFrame) -> pd.DataFrame:
    """Whole inhabitants in the middle of each period (rows) of each gemeente (columns).

    In a straight line between two known days (`reference/population.csv`), else as on the nearest.
    """
    rows = pd.DataFrame(vocabulary.reference("population")).sort_values("reference_date")
    rows["day"] = pd.DatetimeIndex(rows["reference_date"]).to_julian_date()
    halfway = periods["begin"] + (periods["end"] - periods["begin"]) / 2
    at, people = pd.DatetimeIndex(halfway.dt.floor("D")).to_julian_date(), {}
    for slug, of_slug in rows.groupby("slug"):
        people[slug] = np.interp(at, of_slug["day"], of_slug["inhabitants"].astype("float64"))
    return pd.DataFrame(people, index=periods.index).round().astype("int64")


def days_inside(spans: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Count the days of each span (rows) in each period (columns).

    A span without an `end` lasts; of one without a `begin` the days are missing.
    """
    begins, ends = ((spans[end].to_numpy(), periods[end].to_numpy()) for end in ("begin", "end"))
    days = (np.fmin.outer(*ends) - np.maximum.outer(*begins)) / np.timedelta64(1, "D") + 1
    return pd.DataFrame(days, spans.index, periods.index).clip(lower=0)


def connected_months(connected_on: pd.Series, periods: pd.DataFrame) -> pd.DataFrame:
    """The months (of 30.4375 days) that each gemeente (rows) was connected in each period."""
    spans = pd.DataFrame({"begin": connected_on, "end": pd.NaT})
    return days_inside(spans, periods) / DAYS_PER_MONTH
