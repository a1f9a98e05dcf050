"""What each melding is counted under: its area, periods, and the value of every breakdown."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mma_analysis.measure.frame import ALWAYS, Frame
from mma_analysis.measure.periods import MONTH, WHOLE, WINDOW, YEAR, period_of
from mma_analysis.settings import Campagne
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import BACKGROUND, SOURCE

YES, NO = "ja", "nee"
PRESENT, ABSENT = YES, "anders"
CROSSED = (PRESENT, ABSENT)
MONTHS_AFTER = 2  # after a campaign: of these nothing is said
DURING, AFTERWARDS, OTHERWISE = "during", "afterwards", "otherwise"
TARGET, OTHER = "target", "other"
PART = "deelnemers"


def crossing(background: str) -> str:
    """The breakdown that crosses a background with the result: `has_time+result`."""
    return f"{background}+result"


def categories(meldingen: pd.DataFrame, of: Frame, windows: "Windows") -> pd.DataFrame:
    """Say of each melding under which area, period and value it is counted.

    One row per row of `meldingen`, on its index, all categories: `gemeente`, `tips` (the district,
    or `dubbel` for a tip that came in before), `all`, a column per kind of period (missing outside
    the evaluation), `since` (months since the connection), one per breakdown, and of each campaign
    its months, its topics and who took part.
    """
    vocabulary, days, gemeente = of.vocabulary, meldingen["received_on"], meldingen["gemeente"]
    kinds = {kind: period_of(days, of_kind) for kind, of_kind in of.by_kind}
    followed = steps(vocabulary, meldingen, of.periods["end"].max())
    registered = {
        field: meldingen[field].map({True: YES, False: NO}).astype("object").fillna(UNKNOWN)
        for field in BACKGROUND
    }
    plain = [row["breakdown"] for row in vocabulary.reference("breakdowns")]
    own = {name: meldingen[name] for name in plain if name in meldingen and name not in registered}
    result = meldingen["result"].astype("str")
    crossed = {
        crossing(field): values.eq(YES).map({True: PRESENT, False: ABSENT}) + "+" + result
        for field, values in registered.items()
    }
    joined = {
        f"joined {year}": gemeente.isin(of.joined_in(year)).map(
            {True: f"nieuw {year}", False: f"bestaand {year}"}
        )
        for year in of.periods.loc[of.periods["kind"] == YEAR, "period"]
    }
    columns = {
        "gemeente": gemeente,
        "tips": area_of_tips(vocabulary, meldingen),
        "all": ALWAYS,
        TOTAL: TOTAL,
        "since": of.since_bin(gemeente, days),
        **kinds,
        **own,
        **registered,
        **crossed,
        **joined,
        "acted": followed["acted"],
        "fed_back": followed["fed_back"],
        **windows.columns(meldingen, kinds[MONTH]),
    }
    table = pd.DataFrame(columns, index=meldingen.index)
    # A melding outside the evaluation is in no period, and no count.
    return table[table[WHOLE].notna()].astype("category")


def area_of_tips(vocabulary: Vocabulary, meldingen: pd.DataFrame) -> pd.Series:
    """The district for the first receipt of each tip, `dubbel` for every other."""
    several = meldingen[meldingen["melding_id"].duplicated(keep=False)]
    in_order = several.sort_values(["received_on", "gemeente", *SOURCE])
    again = in_order.index[in_order["melding_id"].duplicated(keep="first")]
    names = np.where(meldingen.index.isin(again), "dubbel", vocabulary.district.slug)
    return pd.Series(names, index=meldingen.index, dtype="category")


def first_receipts(vocabulary: Vocabulary, meldingen: pd.DataFrame) -> pd.DataFrame:
    """Every tip once, as its first receiver wrote it down; `area`: the district."""
    district = vocabulary.district.slug
    return meldingen[area_of_tips(vocabulary, meldingen).eq(district)].assign(area=district)


def steps(vocabulary: Vocabulary, meldingen: pd.DataFrame, peildatum: pd.Timestamp) -> pd.DataFrame:
    """Say of each melding whether somebody acted on it, and whether M. was told the result.

    By `reference/acted.csv`. An empty day of feedback is `nee` only in a file of a gemeente that
    registers feedback, elsewhere `onbekend`; feedback after the peildatum was not yet given.

    On the index of `meldingen`: `acted`, `fed_back`, each `ja`, `nee` or `onbekend`.

    Examples
    --------
    >>> meldingen = pd.DataFrame({
    ...     "gemeente": ["borne", "borne", "losser"],
    ...     "source_file": ["borne.csv", "borne.csv", "losser.csv"],
    ...     "disposition": ["actie_gemeente", "toegevoegd_aan_dossier", "onbekend"],
    ...     "fed_back_on": pd.to_datetime(["2023-03-01", None, None]),
    ... })
    >>> steps(Vocabulary(), meldingen, pd.Timestamp("2023-06-30")).to_numpy().tolist()
    [['ja', 'ja'], ['nee', 'nee'], ['onbekend', 'onbekend']]
    """
    is_fed_back = meldingen["fed_back_on"] <= peildatum
    registers = is_fed_back.groupby([meldingen["gemeente"], meldingen["source_file"]]).transform(
        "any"
    )
    return pd.DataFrame(
        {
            "acted": meldingen["disposition"].map(acted_of_disposition(vocabulary)),
            "fed_back": is_fed_back.map({True: YES, False: NO}).where(registers, UNKNOWN),
        }
    )


def acted_of_disposition(vocabulary: Vocabulary) -> dict[str, str]:
    """Code of a disposition → whether somebody acted: `ja`, `nee` or `onbekend`."""
    return {row["disposition"]: row["acted"] for row in vocabulary.reference("acted")}


# --- campaigns -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Windows:
    """The campaigns that can be compared: their months, topics and gemeenten, by name."""

    of_frame: Frame
    known: dict[str, Campagne]
    values = [TARGET, OTHER]

    @classmethod
    def of(cls, of: Frame) -> "Windows":
        """Those of an edition that name topics and touch a month of the evaluation."""
        windows = cls(of, {one.naam: one for one in of.edition.campagnes if one.topics})
        during = [name for name in windows.known if windows._side_of(name).eq(DURING).any()]
        return cls(of, {name: windows.known[name] for name in during})

    @property
    def campaigns(self) -> list[str]:
        """Their names."""
        return list(self.known)

    def breakdown(self, name: str) -> str:
        """No breakdown of meldingen has such a name."""
        return f"campaign:{name}"

    def value_of(self, name: str) -> dict[str, str]:
        """Topic → whether it is one of the campaign's."""
        own = self.known[name].topics
        return {t: TARGET if t in own else OTHER for t in self.of_frame.vocabulary.topics}

    def part(self, name: str) -> str:
        """What those who took part are called as an area."""
        return f"{PART} {name}"

    def members(self, name: str) -> list[str]:
        """Who took part, of the gemeenten that delivered."""
        who = self.known[name].gemeenten
        return [slug for slug in self.of_frame.delivered if who == "alle" or slug in who]

    def sides(self, name: str) -> list[str]:
        """The codes of the months of the campaign, of the two after it, and of all others."""
        return [f"{side} {name}" for side in (DURING, AFTERWARDS, OTHERWISE)]

    def days(self, name: str) -> Iterator[tuple[str, list[tuple[pd.Timestamp, pd.Timestamp]]]]:
        """The sides of a campaign with the first and last days of their months."""
        months = self._months()
        side_of = self._side_of(name)
        runs = side_of.ne(side_of.shift()).cumsum()
        spans: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
        for _, run in months.groupby(runs):
            side = f"{side_of[run.index[0]]} {name}"
            spans.setdefault(side, []).append((run["begin"].min(), run["end"].max()))
        yield from spans.items()

    def months(self, name: str) -> Iterator[tuple[str, str]]:
        """Every month with the side of the campaign that it is on."""
        yield from zip(self._months()["period"], self._side_of(name) + f" {name}", strict=True)

    def number_of_months(self, name: str) -> dict[str, int]:
        """How many months each side has."""
        return dict(self._side_of(name).value_counts())

    def columns(self, meldingen: pd.DataFrame, months: pd.Series) -> dict[str, pd.Series]:
        """Of each melding its side, its topics and whether its gemeente took part, per campaign."""
        found = {}
        for name in self.campaigns:
            found[f"{WINDOW} {name}"] = months.map(dict(self.months(name)))
            found[self.breakdown(name)] = meldingen["topic"].map(self.value_of(name))
            found[f"group {name}"] = meldingen["gemeente"].map(
                dict.fromkeys(self.members(name), self.part(name))
            )
        return found

    def _months(self) -> pd.DataFrame:
        periods = self.of_frame.periods
        return periods[periods["kind"] == MONTH].reset_index(drop=True)

    def _side_of(self, name: str) -> pd.Series:
        """Side per month: what a campaign leaves behind is left out."""
        months, one = self._months(), self.known[name]
        begin, end = pd.Timestamp(one.begin), pd.Timestamp(one.eind)
        after = end + pd.offsets.MonthEnd(0) + pd.offsets.MonthEnd(MONTHS_AFTER)
        during = (months["begin"] <= end) & (months["end"] >= begin)
        later = (months["begin"] > end) & (months["begin"] <= after)
        return pd.Series(np.select([during, later], [DURING, AFTERWARDS], OTHERWISE), months.index)
