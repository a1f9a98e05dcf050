"""What each melding is counted under."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mma_analysis.measure.frame import MONTH, WHOLE, Frame, period_of
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import BACKGROUND, SOURCE

RECEIVED, DOUBLE = "ontvangen", "dubbel"  # areas: all receipts, and those of tips that came again
NEW, EXISTING = "nieuw", "bestaand"  # areas: gemeenten that joined within a year, and the others
WINDOW = "window"  # the months around a campaign: not one of the evaluation's periods
DELIVERED, REJECTED, DUPLICATE, READ = "delivered", "rejected", "duplicate", "read"
SINCE = "since"  # kind of the months since a gemeente was connected
YES, NO, OTHERS = "ja", "nee", "anders"
CROSSED = (YES, OTHERS)  # a background that is known to be there, or anything else
MELDINGEN = "clean"  # what counts, of the rows that were read
OUTCOME = "result"
MONTHS_AFTER = 2  # after a campaign: of these nothing is said
DURING, AFTERWARDS, OTHERWISE = "during", "afterwards", "otherwise"
TARGET, OTHER = "target", "other"


@dataclass(frozen=True)
class Campaign:
    """A campaign that can be compared, and the names of what is counted for it.

    `area` of those who took part; `breakdown` in its own topics and others; `window`, `group`:
    columns with the side of each melding and who took part; `sides`: its months, the two after it,
    and all others.
    """

    name: str
    area: str
    breakdown: str
    window: str
    group: str
    sides: list[str]
    side_of: pd.Series
    members: list[str]
    value_of: dict[str, str]
    values = [TARGET, OTHER]


def campaigns(of: Frame) -> list[Campaign]:
    """The campaigns that name topics and touch a month of the evaluation."""
    months, found = of.calendar, []
    for one in of.edition.campagnes:
        name, begin, end = one.naam, pd.Timestamp(one.begin), pd.Timestamp(one.eind)
        during = (months["begin"] <= end) & (months["end"] >= begin)
        after = end + pd.offsets.MonthEnd(0) + pd.offsets.MonthEnd(MONTHS_AFTER)
        later = (months["begin"] > end) & (months["begin"] <= after)
        if one.topics and during.any():
            sides = [f"{side} {name}" for side in (DURING, AFTERWARDS, OTHERWISE)]
            side_of = pd.Series(np.select([during, later], sides[:2], sides[2]), months.index)
            takes_part = of.delivered if one.gemeenten == "alle" else one.gemeenten
            members = [slug for slug in of.delivered if slug in takes_part]
            topics = {t: TARGET if t in one.topics else OTHER for t in of.vocabulary.topics}
            # No breakdown of meldingen and no gemeente has such a name.
            names = f"deelnemers {name}", f"campaign:{name}", f"{WINDOW} {name}", f"group {name}"
            found.append(Campaign(name, *names, sides, side_of, members, topics))
    return found


def crossing(background: str) -> str:
    """The breakdown that crosses a background with the result: `has_time+result`."""
    return f"{background}+{OUTCOME}"


def categories(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Say of each melding in the evaluation under which area, period and value it is counted: a
    column for each way of cutting meldingen up."""
    days, gemeente, topic = (meldingen[name] for name in ("received_on", "gemeente", "topic"))
    kinds = {kind: period_of(days, of_kind) for kind, of_kind in of.by_kind}
    plain = [row["breakdown"] for row in of.vocabulary.reference("breakdowns")]
    registered = {
        field: meldingen[field].map({True: YES, False: NO}).astype("object").fillna(UNKNOWN)
        for field in BACKGROUND
    }
    result = meldingen["result"].astype("str")
    columns = {
        "gemeente": gemeente,
        "tips": area_of_tips(of.vocabulary, meldingen),
        "all": RECEIVED,
        TOTAL: TOTAL,
        "since": of.since_bin(gemeente, days),
        **kinds,
        **{name: meldingen[name] for name in plain if name in meldingen},
        **registered,
        **steps(of.vocabulary, meldingen, of.periods["end"].max()),
    }
    for field, values in registered.items():
        has = values.eq(YES).map({True: YES, False: OTHERS})
        columns[crossing(field)] = has + "+" + result
    for year in of.years[1:]:
        names = {True: f"{NEW} {year}", False: f"{EXISTING} {year}"}
        columns[f"joined {year}"] = gemeente.isin(of.joined_in(year)).map(names)
    for campaign in campaigns(of):
        columns[campaign.window] = kinds[MONTH].map(campaign.side_of)
        columns[campaign.breakdown] = topic.map(campaign.value_of)
        members = dict.fromkeys(campaign.members, campaign.area)
        columns[campaign.group] = gemeente.map(members)
    table = pd.DataFrame(columns, index=meldingen.index)
    return table[table[WHOLE].notna()].astype("category")


def area_of_tips(vocabulary: Vocabulary, meldingen: pd.DataFrame) -> pd.Series:
    """The district for the first receipt of each tip, `dubbel` for every other."""
    several = meldingen[meldingen["melding_id"].duplicated(keep=False)]
    in_order = several.sort_values(["received_on", "gemeente", *SOURCE])
    again = in_order.index[in_order["melding_id"].duplicated(keep="first")]
    names = np.where(meldingen.index.isin(again), DOUBLE, vocabulary.district.slug)
    return pd.Series(names, index=meldingen.index, dtype="category")


def first_receipts(vocabulary: Vocabulary, meldingen: pd.DataFrame) -> pd.DataFrame:
    """Every tip once, as its first receiver wrote it down; `area`: the district."""
    district = vocabulary.district.slug
    return meldingen[area_of_tips(vocabulary, meldingen).eq(district)].assign(area=district)


def steps(vocabulary: Vocabulary, meldingen: pd.DataFrame, peildatum: pd.Timestamp) -> pd.DataFrame:
    """Whether somebody `acted` on each melding, and M. was told the result (`fed_back`).

    An empty day of feedback is `nee` only in a file that registers feedback; after the peildatum it
    was not given.
    """
    is_fed_back = meldingen["fed_back_on"] <= peildatum
    file = [meldingen["gemeente"], meldingen["source_file"]]
    registers = is_fed_back.groupby(file).transform("any")
    fed_back = is_fed_back.map({True: YES, False: NO}).where(registers, UNKNOWN)
    acted = meldingen["disposition"].map(acted_of_disposition(vocabulary))
    return pd.DataFrame({"acted": acted, "fed_back": fed_back})


def acted_of_disposition(vocabulary: Vocabulary) -> dict[str, str]:
    """Code of a disposition → whether somebody acted: `ja`, `nee` or `onbekend`."""
    return {row["disposition"]: row["acted"] for row in vocabulary.reference("acted")}
