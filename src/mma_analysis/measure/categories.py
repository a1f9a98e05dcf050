"""What each melding is counted under, and what each count is about."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

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
RECEIPTS, TIPS, AGAIN = "receipts", "tips", "again"
DIMENSIONS = ["gemeenten", "counted", "period", "family", "codes"]
MELDINGEN = "clean"  # what counts, of the rows that were read
MONTHS_AFTER = 2  # after a campaign: of these nothing is said
DURING, AFTERWARDS, OTHERWISE = "during", "afterwards", "otherwise"
TARGET, OTHER = "target", "other"


@dataclass(frozen=True)
class Campaign:
    """A campaign that can be compared, and the names of what is counted for it.

    `area`: of those who took part (`members`); `breakdown`: its own topics (`value_of`) and others;
    `window` and `group`: columns with the side of each melding and who took part; `sides`: its
    months, the two after it, and all others (`side_of` a month).
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
    months, found = of.of_kind(MONTH).set_index("period"), []
    for one in of.edition.campagnes:
        name, begin, end = one.naam, pd.Timestamp(one.begin), pd.Timestamp(one.eind)
        during = (months["begin"] <= end) & (months["end"] >= begin)
        after = end + pd.offsets.MonthEnd(0) + pd.offsets.MonthEnd(MONTHS_AFTER)
        later = (months["begin"] > end) & (months["begin"] <= after)
        if one.topics and during.any():
            sides = [f"{side} {name}" for side in (DURING, AFTERWARDS, OTHERWISE)]
            side_of = np.select([during, later], sides[:2], sides[2])
            side_of = pd.Series(side_of, months.index)
            takes_part = of.delivered if one.gemeenten == "alle" else one.gemeenten
            members = [slug for slug in of.delivered if slug in takes_part]
            topics = {t: TARGET if t in one.topics else OTHER for t in of.vocabulary.topics}
            # No breakdown of meldingen and no gemeente has such a name.
            names = f"deelnemers {name}", f"campaign:{name}", f"{WINDOW} {name}", f"group {name}"
            found.append(Campaign(name, *names, sides, side_of, members, topics))
    return found


def crossing(background: str) -> str:
    """The breakdown that crosses a background with the result: `has_time+result`."""
    return f"{background}+result"


def categories(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Say of each melding in the evaluation under which area, period and value it is counted.

    All are categories: `gemeente`, `tips` (the district, or `dubbel` for a tip that came in
    before), `all`, a column per kind of period, `since` (months since the connection), one per
    breakdown, and of each campaign its months, its topics and who took part.
    """
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
    for year in of.years:
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
    """Say of each melding whether somebody acted on it, and whether M. was told the result.

    `acted` (by `reference/acted.csv`) and `fed_back`: `ja`, `nee` or `onbekend`. An empty day of
    feedback is `nee` only in a file that registers feedback; after the peildatum it was not given.
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


def dimensions(cells: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Say of each count (`measure.Counts`) what it is about, without a word of one edition alone.

    On its name: `gemeenten` (slugs, with commas), `counted` (`receipts`, `tips`, or `again`:
    receipts of tips that came in before), `period` (`first/last` day, with commas when there are
    more), `since` (months since the connection), `family` and `codes`: of which of the finest
    classes it is the sum (both empty for a total). A count of no day at all has no row.
    """
    who, when, classes = dict(_areas(of)), dict(_periods(of)), dict(_classes(of))
    rows, names = [], ["area", "period", "kind", "breakdown", "value"]
    for area, period, kind, *of_class in cells[names].astype("str").to_numpy().tolist():
        is_since = kind == SINCE
        days = when.get(f"{area} {period}" if is_since else period, "")
        family, codes = classes.get(tuple(of_class), of_class)
        rows.append((*who[area], days, period if is_since else "", family, codes))
    columns = [*DIMENSIONS[:3], "since", *DIMENSIONS[3:]]
    table = pd.DataFrame(rows, cells.index, columns).astype("str")
    return table[table["gemeenten"].ne("") & table["period"].ne("")]


def _areas(of: Frame) -> Iterator[tuple[str, tuple[str, str]]]:
    everybody = ",".join(sorted(of.delivered))
    yield from ((slug, (slug, RECEIPTS)) for slug in of.delivered)
    yield of.district, (everybody, TIPS)
    yield DOUBLE, (everybody, AGAIN)
    yield RECEIVED, (everybody, RECEIPTS)
    for year in of.years:
        joined = of.joined_in(year)
        yield f"{NEW} {year}", (",".join(sorted(joined)), RECEIPTS)
        yield f"{EXISTING} {year}", (",".join(sorted({*of.delivered} - {*joined})), RECEIPTS)
    for campaign in campaigns(of):
        yield campaign.area, (",".join(sorted(campaign.members)), RECEIPTS)


def _periods(of: Frame) -> Iterator[tuple[str, str]]:
    for row in of.periods.to_dict("records"):
        yield row["period"], _days(row["begin"], row["end"])
    for campaign in campaigns(of):
        sides = campaign.side_of.to_numpy()
        runs = of.of_kind(MONTH).groupby(np.cumsum(np.append(True, sides[1:] != sides[:-1])))
        spans: dict[str, list[str]] = {}
        for _, run in runs:
            days = _days(run["begin"].min(), run["end"].max())
            spans.setdefault(sides[run.index[0]], []).append(days)
        yield from ((side, ",".join(of_side)) for side, of_side in spans.items())
    # Months since the connection are other days for every gemeente, and for all together none.
    for row in of.days_since.to_dict("records"):
        yield f"{RECEIVED} {row['value']}", f"{SINCE} {row['value']}"
        if row["begin"] <= row["end"]:
            yield f"{row['area']} {row['value']}", _days(row["begin"], row["end"])


def _days(begin: pd.Timestamp, end: pd.Timestamp) -> str:
    return f"{begin:%Y-%m-%d}/{end:%Y-%m-%d}"


def _classes(of: Frame) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Breakdown and value → family and codes, of those that are no class of their own."""
    yield (TOTAL, TOTAL), ("", "")
    yield (DELIVERED, READ), (DELIVERED, ",".join(sorted((DUPLICATE, MELDINGEN, REJECTED))))
    parts: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for breakdown, family, mapping in (
        ("topic_group", "topic", of.vocabulary.group_of_topic),
        ("acted", "disposition", acted_of_disposition(of.vocabulary)),
        *((campaign.breakdown, "topic", campaign.value_of) for campaign in campaigns(of)),
    ):
        for code, value in mapping.items():
            parts.setdefault((breakdown, value), (family, []))[1].append(code)
    for key, (family, codes) in parts.items():
        yield key, (family, ",".join(sorted(codes)))


def membership(table: pd.DataFrame, meldingen: pd.DataFrame, of: Frame) -> csr_array:
    """Say which meldingen each count counts: a row per count of `table`, a column per melding.

    A way of counting of its own: by the days, gemeenten and codes of `dimensions`. Of what is no
    melding (rejected, read) and of what is not of days there is none.
    """
    meldingen = meldingen.reset_index(drop=True)
    of_rows = categories(meldingen, of)
    places, gemeenten = of_rows.index.to_numpy(), of_rows["gemeente"].astype("str")
    days = meldingen["received_on"].dt.strftime("%Y-%m-%d").to_numpy()[places]

    def is_inside(slugs: list[str], counted: str) -> np.ndarray:
        inside = gemeenten.isin(slugs).to_numpy()
        if counted == RECEIPTS:
            return inside
        is_again = area_of_tips(of.vocabulary, meldingen[meldingen["gemeente"].isin(slugs)])
        again = is_again.eq(DOUBLE).reindex(places, fill_value=False).to_numpy()
        return inside & (again == (counted == AGAIN))

    is_none = table["family"].eq(DELIVERED) | table["period"].str.startswith(SINCE)
    numbered = table.assign(number=range(len(table)))[~is_none.to_numpy()]
    areas: dict[tuple[str, str], np.ndarray] = {}
    rows, columns = [np.array([], dtype="int64")], [np.array([], dtype="int64")]
    for key, counts in numbered.groupby(DIMENSIONS[:-1], sort=False):
        slugs, counted, period, family = map(str, key)
        if (slugs, counted) not in areas:
            areas[slugs, counted] = is_inside(slugs.split(","), counted)
        spans = [span.split("/") for span in period.split(",")]
        on_a_day = np.any([(days >= first) & (days <= last) for first, last in spans], axis=0)
        here = np.flatnonzero(areas[slugs, counted] & on_a_day)
        value = of_rows[family].astype("str").to_numpy()[here] if family else None
        for number, codes in zip(counts["number"], counts["codes"], strict=True):
            counted_here = here if value is None else here[np.isin(value, codes.split(","))]
            rows.append(np.full(len(counted_here), number))
            columns.append(places[counted_here])
    at = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(at[0]), dtype=np.int64), at), (len(table), len(meldingen)))
